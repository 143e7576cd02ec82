"""What comes back of networks, volumes, images and events: the tenant's own, in its own words, while it comes."""

import json
import threading

from lib import world
from lib.stub import reply
from lib.suite import scenario
from lib.wire import need

WEB, DB = world.WEB, world.DB
JSON = (("Content-Type", "application/json"),)


def event(kind, action, actor, tenant=None, **attributes):
    labels = {world.LABEL: tenant} if tenant else {}
    return {"status": action, "id": actor, "Type": kind, "Action": action,
            "Actor": {"ID": actor, "Attributes": {**labels, **attributes}}, "time": 1}


def ask(t, target, answer):
    c = t.client()
    c.get("/v1.41" + target)
    t.engine.expect("GET", target, 41, client=c).reply(200, answer)
    return c.response()


@scenario("events come at once, the tenant's only and under its names")
def events(t):
    c = t.client()
    c.get("/v1.41/events")
    x = t.engine.expect("GET", "/events", 41, client=c)
    need(x.request.query == "", f"networks and volumes have no labels in their events: {x.request.query}")
    x.chunked(JSON)
    need(c.head().status == 200, "the stream has begun before its first event")
    for i in range(3):
        theirs = [event("container", "start", DB.id, "beta", name="beta--db"), event("volume", "mount", "beta--data", container=DB.id),
                  event("network", "connect", "9" * 64, name="acme--net", container=DB.id), event("daemon", "reload", "x", "acme")]
        ours = [event("container", "start", WEB.id, "acme", name="acme--web", image="acme--app:1"), event("volume", "mount", "acme--data"),
                event("network", "connect", "9" * 64, name="none", container=WEB.id)]
        for e in theirs + ours:
            x.chunk(world.dumps(e) + b"\n")
        got = b""
        while got.count(b"\n") < len(ours):
            got += c.chunk()
        seen = [json.loads(line) for line in got.splitlines()]
        need([e["Type"] for e in seen] == ["container", "volume", "network"], f"{seen}")
        need(seen[0]["Actor"]["Attributes"] == {"name": "web", "image": "app:1"} and seen[1]["id"] == "data", f"{seen}")
        need(b"beta" not in got and b"acme" not in got, f"{got}")
    x.chunk(b"")
    need(c.chunk() == b"", "last chunk")
    x.done()
    c.asked.clear()
    t.alive(c)


@scenario("an event that cannot be read ends the stream, not with its end")
def broken_event(t):
    for bad in (b"[1]", b"x", b'{"Type":"container","Type":"container"}\n'):
        c = t.client()
        c.get("/v1.41/events")
        x = t.engine.expect("GET", "/events", 41, client=c)
        x.chunked(JSON)
        need(c.head().status == 200, "status")
        x.chunk(world.dumps(event("container", "start", WEB.id, "acme", name="acme--web")) + b"\n")
        need(b'"web"' in c.chunk(), "the first event")
        x.give(b"%x\r\n%s\r\n" % (len(bad), bad))
        c.torn()
        x.gone()


@scenario("an answer of another form gives 502")
def other_forms(t):
    for target, answer in (("/networks", {}), ("/networks", b"[1"), ("/volumes", []), ("/volumes", {"Volumes": {}}), ("/volumes", {"Volumes": [1]}),
                           ("/volumes", b'{"Volumes":[],"Volumes":[]}'), ("/images/json", {}), ("/system/df", b'{"Images":[{}'), ("/system/df", [])):
        c = t.client()
        c.get("/v1.41" + target)
        t.engine.expect("GET", target, 41, client=c).give(reply(200, answer if isinstance(answer, bytes) else world.dumps(answer))).close()
        r = c.response()
        need(r.status == 502, f"{target} {answer}: {r}")


@scenario("lists that are objects come with what is the tenant's of them")
def objects(t):
    mine = {"Name": "acme--data", "Mountpoint": "/" + world.SECRET, "Labels": {world.LABEL: "acme", "a": "b"}}
    theirs = {"Name": "beta--data", "Mountpoint": "/" + world.SECRET, "Labels": {world.LABEL: "beta"}}
    r = ask(t, "/volumes", {"Volumes": [theirs, mine, theirs], "Warnings": [world.SECRET]})
    need(json.loads(r.body) == {"Volumes": [{"Name": "data", "Mountpoint": "", "Labels": {"a": "b"}}], "Warnings": []}, f"{r}")
    r = ask(t, "/volumes", {"Volumes": None, "Warnings": None})
    need(json.loads(r.body) == {"Volumes": None, "Warnings": None}, f"{r}")
    r = ask(t, "/system/df", {"LayersSize": 99, "Images": [{"Id": "sha256:1", "RepoTags": ["beta--x:1"], "Size": 9},
                                                          {"Id": "sha256:2", "RepoTags": ["acme--x:1", "beta--x:1"], "Size": 7, "Containers": 5}],
                              "Containers": [], "Volumes": [theirs, mine], "BuildCache": [{"ID": world.SECRET}]})
    value = json.loads(r.body)
    need(value["LayersSize"] == 7 and [i["RepoTags"] for i in value["Images"]] == [["x:1"]] and value["Images"][0]["Containers"] == 0, f"{r}")
    need([v["Name"] for v in value["Volumes"]] == ["data"] and value["BuildCache"] == [] and world.SECRET.encode() not in r.body, f"{r}")


@scenario("ten thousand objects of others take no room")
def long_lists(t):
    """The whole is larger than any answer that is held (limits.answer)."""
    theirs = {"Name": "beta--data", "Labels": {world.LABEL: "beta"}, "Options": {"o": "x" * 4000}}
    mine = {"Name": "acme--data", "Labels": {world.LABEL: "acme"}}
    c = t.client()
    c.get("/v1.41/volumes")
    x = t.engine.expect("GET", "/volumes", 41, client=c)
    x.chunked(JSON)
    x.chunk(b'{"Volumes":[')
    block = (world.dumps(theirs) + b",") * 100
    for i in range(100):
        x.chunk(block)
    x.chunk(world.dumps(mine) + b'],"Warnings":null}')
    x.chunk(b"")
    r = c.response()
    need(r.status == 200 and json.loads(r.body)["Volumes"] == [{"Name": "data", "Labels": {}}], f"{r}")
    x.done()


@scenario("ten thousand containers come through, though no answer as long is held")
def long_list(t):
    """More than limits.answer; the client takes its time, so the engine has to wait."""
    one = WEB.listed()
    one["Command"] = "x" * 3300
    block = (world.dumps(one) + b",") * 100
    c = t.client()
    c.get("/v1.41/containers/json?all=1")
    x = t.engine.expect("GET", "/containers/json", 41, client=c)
    x.chunked(JSON)
    x.chunk(b"[")
    sender = threading.Thread(target=lambda: [x.chunk(block) for i in range(100)], daemon=True)
    sender.start()
    need(c.head().status == 200, "status")
    got, size = 0, 0
    while got < 9900:
        piece = c.chunk()
        got += piece.count(b'"Id"')
        size += len(piece)
    sender.join(30)
    x.chunk(world.dumps(one) + b"]")
    x.chunk(b"")
    while piece := c.chunk():
        got += piece.count(b'"Id"')
        size += len(piece)
    need(got == 10001 and size > 32 << 20, f"{got} elements, {size} bytes")
    x.done()
    c.asked.clear()
    t.alive(c)
