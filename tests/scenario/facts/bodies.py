"""Bodies that name other objects: what is looked up, what is made, and what the engine gets in the end."""

import json

from lib import world
from lib.stub import error, reply
from lib.suite import scenario
from lib.wire import need

CREATE = "/v1.41/containers/create"
IMAGE = "sha256:" + world.identity("an image")
NET, BRIDGE = world.identity("acme's network"), world.identity("acme's bridge")
DB, FOREIGN = world.identity("acme's db"), world.identity("beta's")


def owned(tenant, **facts):
    return {**facts, "Labels": {world.LABEL: tenant}}


class Shelf:
    """An engine with some of acme's objects and one of beta's; it keeps what it is asked to make."""

    def __init__(self, t, volumes=None):
        self.engine, self.made, self.volumes, self.bridge = t.engine, [], volumes, False
        rule = t.engine.rule
        rule("GET", "/images/.*/json", self.image)
        rule("GET", "/containers/.*/json", self.container)
        rule("GET", "/networks/.*", self.network)
        rule("GET", "/volumes/.*", lambda q: error(404, "no such volume"))
        rule("POST", "/volumes/create", self.make("volume"))
        rule("POST", "/networks/create", self.make("network"))
        rule("POST", "/containers/create", self.make("container"))
        rule("POST", "/networks/.*/connect", self.make("connect"))

    def image(self, q):
        if "acme--" in q.route:
            return error(404, "No such image")
        return reply(200, world.dumps({"Id": IMAGE, "RepoTags": ["busybox:latest"], "RepoDigests": [],
                                       "Config": {"Labels": None, "Volumes": self.volumes}}))

    def container(self, q):
        found = {"acme--db": (DB, "acme"), DB: (DB, "acme"), FOREIGN: (FOREIGN, "beta")}.get(q.route.split("/")[2])
        if not found:
            return error(404, "No such container")
        return reply(200, world.dumps({"Id": found[0], "Name": "/acme--db", "Config": {"Labels": {world.LABEL: found[1]}}}))

    def network(self, q):
        name = q.route.split("/")[2]
        if name in ("acme--net", NET):
            return reply(200, world.dumps(owned("acme", Id=NET, Name="acme--net")))
        if self.bridge and name in ("acme--bridge", BRIDGE):
            return reply(200, world.dumps(owned("acme", Id=BRIDGE, Name="acme--bridge", Containers={})))
        return error(404, "no such network")

    def make(self, kind):
        def answer(q):
            body = q.json()
            self.made.append((kind, body))
            if kind == "network":
                self.bridge = True
                return reply(201, world.dumps({"Id": BRIDGE, "Warning": ""}))
            if kind == "volume":
                return reply(201, world.dumps(body))
            return reply(200 if kind == "connect" else 201, world.dumps({"Id": world.identity("made"), "Warnings": []}))
        return answer


def ask(t, shelf, method, target, body=None):
    """The answer, and what the engine was asked to make for it."""
    shelf.made.clear()
    c = t.client()
    c.request(method, target, None if body is None else world.dumps(body))
    return c.response(), list(shelf.made)


@scenario("a container is created with full ids, its volumes made first and labelled, all under the tenant's names")
def everything_named(t):
    shelf = Shelf(t)
    got, made = ask(t, shelf, "POST", CREATE + "?name=web", {
        "Image": "busybox", "Volumes": {"/anon": {}},
        "HostConfig": {"NetworkMode": "net", "Binds": ["data:/data:ro"], "VolumesFrom": ["db:ro"], "Links": ["db:store"]},
        "NetworkingConfig": {"EndpointsConfig": {"net": {"Aliases": ["alias"]}}}})
    need(got.status == 201, f"{got.status} {got.body}")
    need([kind for kind, _ in made] == ["volume", "container"], f"{made}")
    need(made[0][1] == {"Name": "acme--data", "Labels": {world.LABEL: "acme"}}, f"{made[0]}")
    body = made[1][1]
    host = body["HostConfig"]
    need(body["Image"] == IMAGE and body["Labels"][world.LABEL] == "acme" and body["Labels"][world.LABEL + ".ref"] == "busybox", f"{body}")
    need(host["NetworkMode"] == NET and host["Binds"] == ["acme--data:/data:ro"] and host["VolumesFrom"] == [DB + ":ro"], f"{host}")
    need(host["Mounts"] == [{"Type": "volume", "Target": "/anon", "VolumeOptions": {"Labels": {world.LABEL: "acme"}}}], f"{host}")
    need("Volumes" not in body and "Links" not in host, f"{body}")
    need(body["NetworkingConfig"]["EndpointsConfig"] == {NET: {"Links": [DB[:12] + ":store"], "Aliases": ["alias", "web"]}}, f"{body}")


@scenario("without a network the tenant's own bridge is made once, and the container is in it")
def the_bridge(t):
    shelf = Shelf(t)
    for made_before in (False, True):
        got, made = ask(t, shelf, "POST", CREATE + "?name=web", {"Image": "busybox"})
        need(got.status == 201, f"{got.status} {got.body}")
        need([kind for kind, _ in made] == ([] if made_before else ["network"]) + ["container"], f"{made}")
        body = made[-1][1]
        need(body["HostConfig"]["NetworkMode"] == BRIDGE, f"{body}")
        need(body["NetworkingConfig"]["EndpointsConfig"] == {BRIDGE: {"Aliases": ["web"]}}, f"{body}")
        if not made_before:
            need(made[0][1] == {"Name": "acme--bridge", "Driver": "bridge", "CheckDuplicate": True, "Labels": {world.LABEL: "acme"}}, f"{made}")


@scenario("the tenant's bridge is made when it is looked at")
def looked_at(t):
    shelf = Shelf(t)
    got, made = ask(t, shelf, "GET", "/v1.41/networks/bridge")
    told = json.loads(got.body)
    need(got.status == 200 and told["Name"] == "bridge" and told["Id"] == BRIDGE, f"{got.status} {got.body}")
    need([kind for kind, _ in made] == ["network"], f"{made}")
    got, made = ask(t, shelf, "GET", "/v1.41/networks/bridge")
    need(got.status == 200 and not made, f"{got.status} {made}")


@scenario("a container that is connected by its id has its name there")
def connected(t):
    shelf = Shelf(t)
    for ref in (DB, DB, "db"):
        got, made = ask(t, shelf, "POST", f"/v1.41/networks/{NET}/connect", {"Container": ref, "EndpointConfig": {"Aliases": ["x"]}})
        need(got.status == 200, f"{got.status} {got.body}")
        need(made == [("connect", {"Container": DB, "EndpointConfig": {"Aliases": ["x", "db"]}})], f"{made}")


@scenario("volumes that an image declares are labelled; one in /dev is refused")
def declared(t):
    shelf = Shelf(t, {"/declared/": {}, "/data": {}})
    body = {"Image": "busybox", "HostConfig": {"NetworkMode": "none", "Binds": ["data:/data"]}}
    got, made = ask(t, shelf, "POST", CREATE, body)
    need(got.status == 201, f"{got.status} {got.body}")
    need([m["Target"] for m in made[-1][1]["HostConfig"]["Mounts"]] == ["/declared"], f"{made}")
    shelf.volumes = {"/dev": {}}
    got, made = ask(t, shelf, "POST", CREATE, body)
    need(got.status == 403 and b"the image's Volumes" in got.body and not made, f"{got.status} {got.body} {made}")


@scenario("what names another's object, or nothing, is answered alike, and nothing is made")
def foreign(t):
    shelf = Shelf(t)
    lost = "f" * 64
    for host in ({"VolumesFrom": ["REF"]}, {"NetworkMode": "container:REF"}, {"Links": ["REF:x"]}, {"NetworkMode": "REF"}):
        body = json.dumps({"Image": "busybox", "HostConfig": {"Binds": ["new:/new"], **host}})
        bodies = [json.loads(body.replace("REF", ref)) for ref in (FOREIGN, lost)]
        answers = [ask(t, shelf, "POST", CREATE, b) for b in bodies]
        need(all(got.status == 404 and not made for got, made in answers), f"{host}: {answers}")
        need(answers[0][0].body.replace(FOREIGN.encode(), b"") == answers[1][0].body.replace(lost.encode(), b""), f"{answers}")
    got, made = ask(t, shelf, "POST", CREATE, {"Image": "busybox", "NetworkingConfig": {"EndpointsConfig": {"net": {}, NET: {}}}})
    need(got.status == 400 and not made, f"one network by two names: {got.status} {got.body}")
