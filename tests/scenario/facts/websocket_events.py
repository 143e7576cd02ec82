"""Events by WebSocket: a tenant's only, one a message."""

import json
import time
import urllib.parse

from lib import world, ws
from lib.suite import scenario
from lib.wire import need, short

WEB, API = world.WEB, world.API


def event(container, action="start"):
    return {"Type": "container", "Action": action, "scope": "local", "time": 1, "timeNano": 1700000000000000001,
            "Actor": {"ID": container.id, "Attributes": dict(container.labels, name=container.name, image="busybox")},
            "status": action, "id": container.id, "from": "busybox"}


def events_open(t, who="acme", target='/events/ws?filters={"container":["web"]}'):
    c = t.client(who)
    c.request("GET", target, None, fields=ws.FIELDS)
    x = t.engine.expect("GET", "/events", client=c)
    x.chunked([("Content-Type", "application/json")])
    ws.opened(c)
    return c, x


@scenario("events by WebSocket are the tenant's only, one a message, with a raw query")
def events(t):
    c, x = events_open(t)
    filters = json.loads(urllib.parse.parse_qs(x.request.query)["filters"][0])
    need("container" in filters, f"{filters}")
    lines = [event(WEB), event(world.DB), event(API, "exec_start: sh -c 'echo\n'"), event(WEB, "die")]
    text = b"".join(world.dumps(e) for e in lines)
    x.chunk(text[:100])
    x.chunk(text[100:])
    for wanted in (lines[0], lines[2], lines[3]):
        opcode, data = ws.message(c)
        got = json.loads(data)
        need(opcode == ws.TEXT and got["id"] == wanted["id"] and got["timeNano"] == wanted["timeNano"]
             and got["Action"] == wanted["Action"], f"{data}")
    c.send(ws.frame(ws.TEXT, b"what a client says is nothing") + ws.frame(ws.PING, b"p"))
    need(ws.message(c) == (ws.PONG, b"p"), "pong")
    x.chunk(b"").done()
    ws.closed(c, 1000)
    t.logged(c, "session_end", endpoint="events-ws", reason="engine ended")


@scenario("events that the engine breaks off, or that cannot be read, end with 1011")
def events_broken(t):
    for how in ("cut", "half", "bad"):
        c, x = events_open(t)
        x.chunk(world.dumps(event(WEB)))
        need(ws.message(c)[0] == ws.TEXT, "the first event")
        if how == "bad":
            x.give(b"2\r\n}{\r\n")
        elif how == "half":
            x.chunk(b'{"Type":')
            x.chunk(b"")
        if how == "cut":
            x.close()
        ws.closed(c, 1011)
        x.close()


@scenario("a client that leaves its events ends them at the engine")
def events_leave(t):
    c, x = events_open(t)
    c.send(ws.frame(ws.CLOSE, b"\x03\xe9"))
    need(ws.message(c) == (ws.CLOSE, b"\x03\xe9"), "the close frame's answer")
    c.end()
    x.gone()
    x.close()


@scenario("a client that does not read its events stops the engine and loses none")
def events_slow(t):
    c, x = events_open(t)
    big, count = dict(event(WEB), status="x" * 20000), 700
    c.reading = False

    def give():
        for _ in range(count):
            x.chunk(world.dumps(big))
        x.chunk(b"").done()
    sender = t.beside(give)
    sender.thread.join(0.5)
    need(sender.thread.is_alive(), "14 MB were taken though the client does not read")
    c.reading = True
    for _ in range(count):
        opcode, data = ws.message(c)
        need(opcode == ws.TEXT and json.loads(data)["id"] == WEB.id, f"{short(data)}")
    sender.join()
    ws.closed(c, 1000)


@scenario("the administrator's events by WebSocket are everybody's", setting="backend")
def events_all(t):
    c, x = events_open(t, "beta", "/v1.41/events/ws")
    for e in (event(WEB), event(world.DB)):
        x.chunk(world.dumps(e))
        need(json.loads(ws.message(c)[1]) == e, "the event")
    x.chunk(b"").done()
    ws.closed(c, 1000)


@scenario("silent events by WebSocket are not ended as an idle session is", setting="short idle")
def events_silent(t):
    c, x = events_open(t)
    end = time.monotonic() + 1
    while time.monotonic() < end:
        opcode, data = ws.message(c)
        need(opcode == ws.PING, f"opcode {opcode}: {data}")
        c.send(ws.frame(ws.PONG, data))
    x.chunk(world.dumps(event(WEB)))
    while (got := ws.message(c))[0] == ws.PING:
        c.send(ws.frame(ws.PONG, got[1]))
    need(got[0] == ws.TEXT, f"{got}")
    x.chunk(b"").done()
    ws.closed(c, 1000)
