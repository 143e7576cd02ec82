"""What bodies and queries name: looked up first, sent by the engine's own word, and made when it may be."""

import json
from urllib.parse import quote, unquote

from lib import world
from lib.stub import error, reply
from lib.suite import add, scenario
from lib.wire import need

CREATE = "/v1.41/containers/create"
IMAGE = "sha256:" + world.identity("an image")
NETWORK = world.identity("a network")
OWNER = {world.LABEL: "acme"}


def image(names, labels=None, digests=()):
    return reply(200, world.dumps({"Id": IMAGE, "RepoTags": list(names), "RepoDigests": list(digests), "Config": {"Labels": labels}}))


def network(name, labels):
    return reply(200, world.dumps({"Name": name, "Id": NETWORK, "Driver": "bridge", "Labels": labels}))


class Things:
    """An engine's objects by their names on it; what is not here is missing."""

    def __init__(self, t, images=None, networks=None, volumes=None):
        self.asked = []
        for kind, there in (("images", {"busybox:latest": image(["busybox:latest"])} if images is None else images),
                            ("networks", {} if networks is None else networks), ("volumes", volumes or {})):
            t.engine.rule("GET", f"/{kind}/.+", lambda q, there=there: self.look(q, there))

    def look(self, q, there):
        name = unquote(q.route).split("/", 2)[2].removesuffix("/json")
        self.asked.append(name)
        return there.get(name) or error(404, "missing")


def made(t, c, route):
    """The next request that makes something, and its body."""
    x = t.engine.expect("POST", route, 41, client=c)
    return x, x.request.json()


def create(t, host, **more):
    c = t.client(split=False)
    c.post(CREATE, {"Image": "busybox", "HostConfig": host, **more})
    return c


def finish(t, c):
    x, body = made(t, c, "/containers/create")
    x.reply(201, world.dumps({"Id": world.WEB.id, "Warnings": []}))
    need(c.response().status == 201, "status")
    return body


@scenario("a volume that a create mounts is made first, with its owner's label")
def volume_made(t):
    Things(t)
    c = create(t, {"NetworkMode": "none", "Binds": ["data:/one", "data:/two:ro"]})
    x, body = made(t, c, "/volumes/create")
    need(body == {"Name": "acme--data", "Labels": OWNER}, f"{body}")
    need(t.engine.asked("POST", "/containers/create") == 0, "the container came before its volume")
    x.reply(201, world.dumps({"Name": "acme--data", "Labels": OWNER}))
    body = finish(t, c)
    need(body["HostConfig"]["Binds"] == ["acme--data:/one", "acme--data:/two:ro"], f"{body}")
    need(t.engine.asked("POST", "/volumes/create") == 1, "it was made more than once")


@scenario("an own volume is not made anew")
def volume_there(t):
    Things(t, volumes={"acme--data": reply(200, world.dumps({"Name": "acme--data", "Labels": OWNER}))})
    c = create(t, {"NetworkMode": "none", "Binds": ["data:/one"]})
    need(finish(t, c)["HostConfig"]["Binds"] == ["acme--data:/one"], "the mount")
    need(t.engine.asked("POST", "/volumes/create") == 0, "it was made")


def volume_taken(labels):
    def run(t):
        Things(t, volumes={"acme--data": reply(200, world.dumps({"Name": "acme--data", "Labels": labels}))})
        c = create(t, {"NetworkMode": "none", "Binds": ["data:/one"]})
        x, _ = made(t, c, "/volumes/create")
        x.reply(201, world.dumps({"Name": "acme--data", "Labels": labels}))
        t.message(c.response(), 409, "data")
        need(t.engine.asked("POST", "/containers/create") == 0, "the container was made")
    return run


for _name, _labels in (("nobody's", None), ("another tenant's", {world.LABEL: "beta"})):
    add(f"a volume of this name that is {_name} is not taken over", volume_taken(_labels))


@scenario("nothing is made for a create that names a foreign network")
def nothing_made(t):
    things = Things(t, networks={"lan": network("lan", {world.LABEL: "beta"})})
    c = create(t, {"NetworkMode": "lan", "Binds": ["data:/one"]})
    t.message(c.response(), 404, "network lan not found")
    need("acme--lan" in things.asked and "lan" in things.asked, f"{things.asked}")
    need(t.engine.asked("POST", "/volumes/create") == 0, "a volume was made")


@scenario("without a network a container gets the tenant's own bridge, which is made")
def bridge_made(t):
    Things(t)
    c = create(t, {})
    x, body = made(t, c, "/networks/create")
    need((body["Name"], body["Driver"], body["CheckDuplicate"], body["Labels"]) == ("acme--bridge", "bridge", True, OWNER), f"{body}")
    x.reply(201, world.dumps({"Id": NETWORK, "Warning": ""}))
    body = finish(t, c)
    need(body["HostConfig"]["NetworkMode"] == NETWORK, f"{body}")


@scenario("a bridge that the engine has no addresses for is no missing object: clients would pull the image")
def bridge_full(t):
    Things(t)
    c = create(t, {})
    x, _ = made(t, c, "/networks/create")
    x.reply(404, world.dumps({"message": "could not find an available, non-overlapping IPv4 address pool"}))
    t.message(c.response(), 502, "could not find an available, non-overlapping IPv4 address pool")


@scenario("the log says why a request was refused")
def refusal_logged(t):
    Things(t)
    c = create(t, {"Privileged": True})
    t.message(c.response(), 403, "HostConfig.Privileged: not allowed for tenant acme")
    t.logged(c, "request", status=403, reason="denied", message="HostConfig.Privileged: not allowed for tenant acme")


@scenario("a bridge that another request has made meanwhile is used")
def bridge_meanwhile(t):
    networks = {}
    Things(t, networks=networks)
    c = create(t, {})
    x, _ = made(t, c, "/networks/create")
    networks["acme--bridge"] = network("acme--bridge", OWNER)
    x.reply(409, world.dumps({"message": "network with name acme--bridge already exists"}))
    need(finish(t, c)["HostConfig"]["NetworkMode"] == NETWORK, "the network")


@scenario("a network of the bridge's name that is not the tenant's is not used")
def bridge_taken(t):
    Things(t, networks={"acme--bridge": network("acme--bridge", {})})
    c = create(t, {})
    x, _ = made(t, c, "/networks/create")
    x.reply(409, world.dumps({"message": "network with name acme--bridge already exists"}))
    t.message(c.response(), 409, "bridge")
    need(t.engine.asked("POST", "/containers/create") == 0, "the container was made")


@scenario("an engine's answer to a create of a volume that cannot be read ends the request")
def volume_unreadable(t):
    Things(t)
    c = create(t, {"NetworkMode": "none", "Binds": ["data:/one"]})
    x, _ = made(t, c, "/volumes/create")
    x.reply(201, b'{"Name":"beta--data","Labels":{"fairlead.tenant":"acme"}}')
    need(c.response().status == 502, "status")
    need(t.engine.asked("POST", "/containers/create") == 0, "the container was made")


def image_sent(word, there, asked):
    def run(t):
        things = Things(t, images=there)
        c = create(t, {"NetworkMode": "none"}, Image=word)
        body = finish(t, c)
        need((body["Image"], body["Labels"][world.LABEL + ".ref"]) == (IMAGE, word), f"{body}")
        need(things.asked == asked, f"{things.asked}")
    return run


HEX = "abcdef123456"
for _name, _word, _there, _asked in (
        ("its own before a shared one", "app", {"acme--app:latest": image(["acme--app:latest"]), "app:latest": image(["app:latest"])}, ["acme--app:latest"]),
        ("a shared one when it has none of its own", "app:1", {"app:1": image(["app:1"])}, ["acme--app:1", "app:1"]),
        ("one by its digest", "app@" + IMAGE, {"app@" + IMAGE: image([], digests=["app@" + IMAGE])}, ["acme--app@" + IMAGE, "app@" + IMAGE]),
        ("one by its id", IMAGE, {IMAGE: image(["beta--x:1", "busybox:latest"])}, [IMAGE]),
        ("what it built, by the beginning of its id", HEX, {"sha256:" + HEX: image([], {world.LABEL + ".image": "acme"})},
         [f"acme--{HEX}:latest", f"{HEX}:latest", "sha256:" + HEX])):
    add(f"the image that a create names is {_name}, and sent as its id", image_sent(_word, _there, _asked))


def image_missing(word, there):
    def run(t):
        Things(t, images=there)
        c = create(t, {"NetworkMode": "none"}, Image=word)
        t.message(c.response(), 404, f"No such image: {word}")
        need(t.engine.asked("POST", "/containers/create") == 0, "the container was made")
    return run


for _name, _word, _there in (
        ("another tenant's, by its name on the engine", "beta--app:1", {"beta--app:1": image(["beta--app:1"])}),
        ("another tenant's, by its id", IMAGE, {IMAGE: image(["beta--app:1"], {world.LABEL + ".image": "beta"})}),
        ("nobody's, by its id", IMAGE, {IMAGE: image([])}),
        ("what the engine finds by an id where a name was asked for", HEX, {f"{HEX}:latest": image(["busybox:latest"])}),
        ("another tenant's, by the beginning of its id", HEX, {"sha256:" + HEX: image(["beta--app:1"])})):
    add(f"an image is missing that is {_name}", image_missing(_word, _there))


def removed(word, there, status, sent=None):
    def run(t):
        Things(t, images=there)
        c = t.client(split=False)
        c.request("DELETE", f"/v1.41/images/{word}?force=1")
        if sent:
            t.engine.expect("DELETE", "/images/" + quote(sent, safe=""), 41, client=c).reply(200, b"[]")
        need(c.response().status == status, "status")
        need(len([q for q in t.engine.log if q.method == "DELETE"]) == (1 if sent else 0), f"{t.engine.log}")
    return run


OWN, SHARED = image(["acme--app:1"]), image(["app:1"])
for _name, _word, _there, _status, _sent in (
        ("its own, by its name", "app:1", {"acme--app:1": OWN}, 200, "acme--app:1"),
        ("its own, by its id", IMAGE, {IMAGE: OWN}, 200, IMAGE),
        ("its own on a shared one, by its name", "app:1", {"acme--app:1": image(["acme--app:1", "base:1"])}, 200, "acme--app:1"),
        ("a shared one, by its name", "app:1", {"app:1": SHARED}, 403, None),
        ("a shared one, by its id", IMAGE, {IMAGE: SHARED}, 403, None),
        ("one with a shared name, by its id", IMAGE, {IMAGE: image(["acme--app:1", "base:1"])}, 403, None),
        ("one with another tenant's name, by its id", IMAGE, {IMAGE: image(["acme--app:1", "beta--app:1"])}, 403, None),
        ("another tenant's, by its id", IMAGE, {IMAGE: image(["beta--app:1"])}, 404, None)):
    add(f"a removed image is {_name}: {_status}", removed(_word, _there, _status, _sent))


@scenario("filters that name objects are sent when all are found")
def filters(t):
    c = t.client(split=False)
    c.get("/v1.41/containers/json?filters=" + '{"before":["web"]}'.replace('"', "%22"))
    x = t.engine.expect("GET", "/containers/json", 41, client=c)
    sent = json.loads(unquote(x.request.query).split("filters=")[1])
    need(sent == {"label": ["fairlead.tenant=acme"], "before": [world.WEB.id]}, f"{sent}")
    x.reply(200, b"[]")
    need(c.response().status == 200, "status")
    for ref in (world.DB.id, world.DB.name, "nothing"):
        c.get("/v1.41/containers/json?filters=" + ('{"since":["%s"]}' % ref).replace('"', "%22"))
        t.message(c.response(), 404, f"No such container: {ref}")


@scenario("a request that names hundreds of objects is refused before the engine is asked")
def hundreds(t):
    things = Things(t)
    c = create(t, {"NetworkMode": "none", "Binds": [f"data{i}:/d{i}" for i in range(129)]})
    t.message(c.response(), 400, "names")
    need(not things.asked, f"{things.asked}")


@scenario("credentials for a registry go with what asks one, and with nothing else")
def registry_auth(t):
    Things(t)
    secret = ("X-Registry-Auth", "eyJVc2VybmFtZSI6ImEiLCJ4IjoxfQ")  # {"Username":"a","x":1}
    c = t.client(split=False)
    c.post("/v1.41/images/create?fromImage=busybox&tag=1", None, fields=[secret, ("Content-Length", "0")])
    x = t.engine.expect("POST", "/images/create", 41, client=c)
    need(x.request.field("X-Registry-Auth") == "eyJ1c2VybmFtZSI6ImEifQ==", f"{x.request}")
    need(x.request.query == "fromImage=busybox&tag=1", f"{x.request}")
    x.reply(200, b"")
    need(c.response().status == 200, "status")
    c.get("/v1.41/containers/json", fields=[secret])
    x = t.engine.expect("GET", "/containers/json", 41, client=c)
    need(x.request.field("X-Registry-Auth") is None, f"{x.request}")
    x.reply(200, b"[]")
    need(c.response().status == 200, "status")
    c.post("/v1.41/images/create?fromImage=busybox&tag=1", None, fields=[("X-Registry-Auth", "!"), ("Content-Length", "0")])
    t.message(c.response(), 400, "X-Registry-Auth: is not base64")
