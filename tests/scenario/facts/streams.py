"""Attach, logs, stats, wait, top and resize of containers."""

import json

from facts.exec_start import RAW, UPGRADE, ended
from lib import world
from lib.suite import scenario
from lib.wire import need

WEB = world.WEB
EMPTY = [("Content-Length", "0")]


@scenario("attach becomes a stream both ways")
def attach(t):
    for upgrade in (True, False):
        c = t.client()
        c.post("/v1.41/containers/web/attach?stream=1&stdin=1&stdout=true&stderr=yes&logs=0&detachKeys=ctrl-p,ctrl-q", None,
               fields=EMPTY + (UPGRADE if upgrade else []), early=b"early ")
        x = t.engine.expect("POST", f"/containers/{WEB.id}/attach", 41, client=c)
        sent = dict(p.split("=") for p in x.request.query.split("&"))
        need(all(sent[k] == "1" for k in ("stream", "stdin", "stdout", "stderr")) and sent.get("logs", "0") == "0", f"{sent}")
        need(x.request.field("Upgrade") == ("tcp" if upgrade else None), f"{x.request.fields}")
        x.silent()
        x.upgraded() if upgrade else x.raw_200()
        r = c.head()
        need(r.status == (101 if upgrade else 200) and r.field("Content-Type") == RAW, f"{r}")
        c.send(b"input")
        need(x.read(11) == b"early input", "input")
        c.close_notify()
        need(x.end() == b"", "end of input")
        ended(t, c, x, b"output" * 1000)
        t.logged(c, "session_end", endpoint="container-attach", container=WEB.id, bytes_up=11, bytes_down=6000)


@scenario("an attach that the engine refuses is relayed and the next request is checked")
def attach_refused(t):
    c = t.client()
    c.post("/v1.41/containers/web/attach?stream=1&stdout=1", None, fields=EMPTY + UPGRADE)
    x = t.engine.expect("POST", f"/containers/{WEB.id}/attach", client=c)
    x.reply(409, {"message": "You cannot attach to a stopped container, start it first"})
    t.message(c.response(), 409, "stopped")
    t.alive(c)


@scenario("followed logs are relayed piece by piece, at once")
def logs(t):
    c = t.client()
    c.get("/v1.41/containers/web/logs?follow=1&stdout=1&stderr=1&tail=all&since=1700000000.5")
    x = t.engine.expect("GET", f"/containers/{WEB.id}/logs", 41, client=c)
    sent = dict(p.split("=") for p in x.request.query.split("&"))
    need(sent == {"follow": "1", "stdout": "1", "stderr": "1", "tail": "all", "since": "1700000000.5"}, f"{sent}")
    x.chunked()
    r = c.head()
    need(r.status == 200 and r.all("Transfer-Encoding") == ["chunked"] and r.field("Content-Type") == RAW, f"{r}")
    for i in range(5):  # each piece must arrive before the next is sent
        piece = b"\1\0\0\0\0\0\0\7line %d\n" % i
        x.chunk(piece)
        got = b""
        while len(got) < len(piece):
            got += c.chunk()
        need(got == piece, f"piece {i}: {got}")
    x.chunk(b"")
    need(c.chunk() == b"", "last chunk")
    x.done()
    c.asked.clear()
    t.alive(c)


@scenario("logs end for the engine when the client leaves")
def logs_leave(t):
    for how in ("close", "rst", "fin"):
        c = t.client()
        c.get("/v1.41/containers/web/logs?follow=1&stdout=1")
        x = t.engine.expect("GET", f"/containers/{WEB.id}/logs", client=c)
        x.chunked().chunk(b"line\n")
        need(c.head().status == 200 and c.chunk() is not None, "status")
        if how == "fin":  # no HTTP client half-closes; both readings of it end the engine's request when nobody reads
            c.fin()
            c.rst()
        else:
            getattr(c, how)()
        x.gone()
        x.close()


@scenario("logs that the engine breaks off are seen as broken off")
def logs_cut(t):
    c = t.client()
    c.get("/v1.41/containers/web/logs?follow=1&stdout=1")
    x = t.engine.expect("GET", f"/containers/{WEB.id}/logs", client=c)
    x.chunked().chunk(b"line\n")
    need(c.head().status == 200 and c.chunk(), "status")
    x.close()
    c.wait(c.ended, "the end")
    need(b"0\r\n\r\n" not in c.buffer, "a cut stream was given a clean end")


@scenario("logs of an engine that streams to the end of its connection arrive whole")
def logs_eof(t):
    c = t.client()
    c.get("/v1.41/containers/web/logs?stdout=1")
    x = t.engine.expect("GET", f"/containers/{WEB.id}/logs", client=c)
    x.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n" + b"line\n" * 10000)
    x.close()
    r = c.response()
    need(r.status == 200 and r.body == b"line\n" * 10000, f"{len(r.body)} bytes")


@scenario("a client that does not read its logs stops the engine and loses nothing")
def logs_slow(t):
    c = t.client()
    c.get("/v1.41/containers/web/logs?stdout=1")
    x = t.engine.expect("GET", f"/containers/{WEB.id}/logs", client=c)
    piece, count = bytes(range(256)) * 256, 400

    def give():
        x.chunked()
        for _ in range(count):
            x.chunk(piece)
        x.chunk(b"").done()
    c.reading = False
    sender = t.beside(give)
    sender.thread.join(0.3)
    need(sender.thread.is_alive(), "26 MB were taken though the client does not read")
    c.reading = True
    r = c.response()
    need(r.body == piece * count, f"{len(r.body)} bytes of {len(piece) * count}")
    sender.join()


@scenario("a single sample of stats is as long as it is told to be, though a name in it is another")
def stats_once(t):
    c = t.client()
    c.get("/v1.41/containers/web/stats?stream=0")
    x = t.engine.expect("GET", f"/containers/{WEB.id}/stats", client=c)
    x.reply(200, {"read": "2026-01-02T03:04:05Z", "name": "/acme--web", "id": WEB.id})
    sample = json.loads(c.response().body)
    need(sample["name"] == "/web" and sample["id"] == WEB.id, f"{sample}")
    t.alive(c)


@scenario("stats are relayed as they come")
def stats(t):
    c = t.client()
    c.get("/v1.41/containers/web/stats?stream=1")
    x = t.engine.expect("GET", f"/containers/{WEB.id}/stats", client=c)
    x.chunked([("Content-Type", "application/json")])
    r = c.head()
    need(r.status == 200 and r.field("Content-Type") == "application/json", f"{r}")
    for i in range(3):
        x.chunk(world.dumps({"read": i, "name": "/acme--web"}))
        line, got = world.dumps({"read": i, "name": "/web"}), b""
        while len(got) < len(line):
            got += c.chunk()
        need(got == line, f"{got}")
    c.close()
    x.gone()
    x.close()


@scenario("wait answers when the container ends, however long it was silent")
def wait(t):
    c = t.client()
    c.post("/v1.41/containers/web/wait?condition=next-exit", None, fields=EMPTY)
    x = t.engine.expect("POST", f"/containers/{WEB.id}/wait", 41, client=c)
    need(x.request.query == "condition=next-exit", f"{x.request}")
    x.silent(0.2)
    x.chunked([("Content-Type", "application/json")])
    need(c.head().status == 200, "the head comes before the answer")
    x.silent(0.2)
    x.chunk(b'{"StatusCode":7}\n').chunk(b"").done()
    got = b""
    while piece := c.chunk():
        got += piece
    need(json.loads(got) == {"StatusCode": 7}, f"{got}")
    c.asked.clear()
    t.alive(c)


@scenario("wait outlives the answer timeout", setting="impatient")
def wait_long(t):
    c = t.client()
    c.post("/v1.41/containers/web/wait", None, fields=EMPTY)
    x = t.engine.expect("POST", f"/containers/{WEB.id}/wait", client=c)
    x.silent(0.9)  # the limit for others is 0.4 s
    x.reply(200, {"StatusCode": 0})
    r = c.response()
    need(r.status == 200 and json.loads(r.body) == {"StatusCode": 0}, f"{r}")


@scenario("a client that leaves its wait ends it at the engine, answered or not")
def wait_leave(t):
    for answered in (True, False):
        for how in ("close", "rst"):
            c = t.client()
            c.post("/v1.41/containers/web/wait", None, fields=EMPTY)
            x = t.engine.expect("POST", f"/containers/{WEB.id}/wait", client=c)
            if answered:
                x.chunked([("Content-Type", "application/json")])
                need(c.head().status == 200, "status")
            getattr(c, how)()
            x.gone()
            x.close()


@scenario("a wait for something else is refused")
def wait_bad(t):
    c = t.client()
    c.post("/v1.41/containers/web/wait?condition=doomsday", None, fields=EMPTY)
    t.refused(c, 400, "condition")
    t.nothing_sent(but=[("GET", "/containers/.*/json")])


@scenario("top shows the processes")
def top(t):
    c = t.client()
    c.get("/v1.41/containers/web/top?ps_args=-ef")
    x = t.engine.expect("GET", f"/containers/{WEB.id}/top", 41, client=c)
    need(x.request.query in ("ps_args=-ef", "ps_args=%2Def"), f"{x.request}")
    x.reply(200, {"Titles": ["PID"], "Processes": [["1"]]})
    r = c.response()
    need(json.loads(r.body) == {"Titles": ["PID"], "Processes": [["1"]]}, f"{r}")


@scenario("a container's terminal is resized")
def resize(t):
    c = t.client()
    c.post("/v1.41/containers/web/resize?h=24&w=80", None, fields=EMPTY)
    x = t.engine.expect("POST", f"/containers/{WEB.id}/resize", 41, client=c)
    need(sorted(x.request.query.split("&")) == ["h=24", "w=80"], f"{x.request}")
    x.reply(200)
    need(c.response().status == 200, "status")


@scenario("an engine's 304 is passed on without a body")
def not_modified(t):
    c = t.client()
    c.get("/v1.41/containers/web/top")
    t.engine.expect("GET", f"/containers/{WEB.id}/top", client=c).reply(304)
    need(c.response().status == 304, "status")
    t.alive(c)


EVENT = {"Type": "container", "Action": "start", "time": 1, "Actor": {"ID": WEB.id, "Attributes": dict(WEB.labels, name="web")}}
# Streams that are filtered or not: the request, what the engine is asked, and one piece that passes.
ENDLESS = (
    ("GET", "/v1.41/events", "/events", EVENT),
    ("GET", "/v1.41/containers/web/stats?stream=1", f"/containers/{WEB.id}/stats", {"read": "2026-01-02T03:04:05Z", "id": WEB.id}),
    ("GET", "/v1.41/containers/web/logs?follow=1&stdout=1", f"/containers/{WEB.id}/logs", "line\n"),
    ("POST", "/v1.41/images/create?fromImage=alpine&tag=1", "/images/create", {"status": "Pulling", "id": "abc"}),
)


def endless(t):
    for method, target, route, value in ENDLESS:
        c = t.client()
        c.request(method, target, None, fields=EMPTY if method == "POST" else ())
        x = t.engine.expect(method, route, 41, client=c)
        x.chunked([("Content-Type", "application/json")])
        piece = value.encode() if isinstance(value, str) else world.dumps(value)
        x.chunk(piece)
        need(c.head().status == 200 and c.chunk(), f"{target}: the first piece")
        yield target, c, x, piece


@scenario("a client that leaves any endless answer ends it at the engine")
def endless_leave(t):
    for how in ("close", "rst"):
        for _, c, x, _ in endless(t):
            getattr(c, how)()
            x.gone()
            x.close()


@scenario("a silent stream is not cut, whatever else may not take that long", setting="short idle")
def endless_silent(t):
    for target, c, x, piece in endless(t):
        x.silent(0.9)
        x.chunk(piece)
        need(c.chunk(), f"{target}: a piece after the silence")
        x.chunk(b"").done()
        while c.chunk():
            pass


@scenario("a client that does not read stops the engine's events and loses none")
def events_slow(t):
    c = t.client()
    c.get("/v1.41/events")
    x = t.engine.expect("GET", "/events", client=c)
    line, count = world.dumps(dict(EVENT, status="x" * 20000)), 800

    def give():
        x.chunked([("Content-Type", "application/json")])
        for _ in range(count):
            x.conn.send(b"%x\r\n%s\r\n" % (len(line), line), whole=True)
        x.chunk(b"").done()
    c.reading = False
    sender = t.beside(give)
    sender.thread.join(0.5)
    need(sender.thread.is_alive(), "16 MB were taken though the client does not read")
    c.reading = True
    r = c.response()
    need(r.body.count(b"\n") == count, f"{len(r.body)} bytes")
    sender.join()
