"""Long lists, old clients, resumed TLS sessions and the gateway's bounds."""

import json

from facts.exec_start import ID, UPGRADE, ended, started
from lib import world
from lib.stub import reply
from lib.suite import scenario
from lib.wire import need

WEB, DB = world.WEB, world.DB
LIST = "/v1.41/containers/json"


def long_list(count):
    return [dict((WEB if i % 3 else DB).listed(), Status=f"number {i}") for i in range(count)]


@scenario("a list of 3,000 containers is filtered and arrives whole")
def big_list(t):
    c = t.client()
    c.get(LIST + "?all=1")
    x = t.engine.expect("GET", "/containers/json", client=c)
    sender = t.beside(lambda: x.reply(200, long_list(3000)))
    r = c.response()
    sender.join()
    got = json.loads(r.body)
    need([e["Status"] for e in got] == [f"number {i}" for i in range(3000) if i % 3], f"{len(got)} elements")
    need(DB.id.encode() not in r.body and world.SECRET.encode() not in r.body, "what is not the tenant's")
    t.alive(c)


@scenario("a long list that the engine cuts is seen to be cut")
def cut_list(t):
    c = t.client()
    c.get(LIST)
    x = t.engine.expect("GET", "/containers/json", client=c)
    text = world.dumps(long_list(3000))

    def give():
        x.chunked([("Content-Type", "application/json")])
        for i in range(0, len(text) // 2, 50000):
            x.chunk(text[i:i + 50000])
        x.close()
    sender = t.beside(give)
    c.wait(lambda: c.ended() or b"HTTP/1.1 502" in c.buffer and c.buffer.endswith(b"}\n"), "the end")
    sender.join()
    need(b"HTTP/1.1 502" in c.buffer[:20] or not c.buffer.endswith(b"0\r\n\r\n"), "a cut list was given a clean end")
    need(DB.id.encode() not in c.buffer, "another's data")


@scenario("a followed log of an HTTP 1.0 client ends with its connection")
def logs_10(t):
    c = t.client()
    c.get("/v1.41/containers/web/logs?follow=1&stdout=1", minor=0)
    x = t.engine.expect("GET", f"/containers/{WEB.id}/logs", client=c)
    x.chunked().chunk(b"one\n").chunk(b"two\n").chunk(b"").done()
    r = c.response()
    need(r.framing == "eof" and r.body == b"one\ntwo\n", f"{r} {r.framing}")
    c.end()


@scenario("a log of an HTTP 1.0 client that is cut ends without close_notify")
def logs_10_cut(t):
    c = t.client()
    c.get("/v1.41/containers/web/logs?follow=1&stdout=1", minor=0)
    x = t.engine.expect("GET", f"/containers/{WEB.id}/logs", client=c)
    x.chunked().chunk(b"one\n")
    c.read_until(b"one\n")
    x.close()
    c.torn()


@scenario("raw quotes and braces in a query, as the Hyper CLI sends them, are taken")
def raw_query(t):
    c = t.client()
    c.get('/v1.23/containers/json?filters={"label":{"app":true}}&all=1')
    x = t.engine.expect("GET", "/containers/json", client=c)
    need("app" in x.request.query and "acme" in x.request.query, f"{x.request}")
    x.reply(200, b"[]")
    need(c.response().status == 200, "status")


@scenario("HEAD /_ping without a credential gets 401 and no body")
def ping_unauthorized(t):
    c = t.client(None)
    c.request("HEAD", "/_ping")
    r = c.response()
    need(r.status == 401 and r.all("WWW-Authenticate"), f"{r}")
    c.request("HEAD", "/_ping")  # a body after the first would be taken for this one's head
    need(c.response().status == 401, "second answer")
    t.nothing_sent()


@scenario("a 401 to a client of 1.23 is plain text")
def plain_401(t):
    c = t.client(None)
    c.get("/v1.23/containers/json")
    t.message(c.response(), 401, plain=True)
    t.nothing_sent()


@scenario("a resumed TLS session speaks for the certificate that began it")
def resumed(t):
    first = t.client(None, cert="acme")
    first.get("/_ping")
    need(first.response().status == 200, "status")
    session, context = first.tls.session, first.context
    first.close()
    c = t.client(None, cert="acme", resume=(context, session))
    need(c.tls.session_reused, "the session was not resumed")
    c.get(LIST)
    x = t.engine.expect("GET", "/containers/json", client=c)
    need("acme" in x.request.query, f"{x.request}")
    x.reply(200, b"[]")
    need(c.response().status == 200, "status")
    t.logged(c, "handshake", resumed="yes")


@scenario("a resumed session of a revoked certificate gets 401")
def resumed_revoked(t):
    first = t.client(None, cert="revoked")
    first.get("/_ping")
    t.message(first.response(), 401)
    c = t.client(None, cert="revoked", resume=(first.context, first.tls.session))
    c.get(LIST)
    t.message(c.response(), 401)
    t.nothing_sent()


@scenario("one session too many gets 503, and is served when another has ended", setting="two sessions")
def sessions(t):
    held = []
    for _ in range(2):
        c = t.client()
        held.append((c, started(t, c).upgraded()))
        need(c.head().status == 101, "status")
    c = t.client()
    c.post(f"/v1.41/exec/{ID}/start", {"Tty": False}, fields=UPGRADE)
    t.refused(c, 503)
    ended(t, *held.pop(), b"x")
    t.logged(t.clients[1], "session_end", reason="engine ended")
    x = started(t, c).upgraded()
    need(c.head().status == 101, "status")
    ended(t, c, x, b"y")
    ended(t, *held.pop(), b"z")


# An engine by TCP.

@scenario("an engine by TCP carries a stream", setting="engine by TCP")
def tcp(t):
    c = t.client()
    x = started(t, c, early=b"early ").upgraded()
    need(c.head().status == 101, "status")
    c.send(b"input")
    need(x.read(11) == b"early input", "input")
    c.close_notify()
    need(x.end() == b"", "end of input")
    ended(t, c, x, b"output" * 10000)
    t.logged(c, "session_end", reason="engine ended", bytes_down=60000)


@scenario("an RST of an engine by TCP ends the client in an orderly way", setting="engine by TCP")
def tcp_rst(t):
    c = t.client()
    x = started(t, c).upgraded()
    need(c.head().status == 101, "status")
    x.send(b"some output")
    need(c.read(11) == b"some output", "output")
    x.rst()
    c.wait(c.ended, "the end")
    need("rst" not in c.events, f"{c.events}")
    t.logged(c, "session_end", reason="engine gone")


@scenario("an engine by TCP that is away gives 502", setting="engine by TCP")
def tcp_down(t):
    t.engine.down()
    c = t.client()
    c.get(LIST)
    t.refused(c, 502)
    t.engine.up()
    t.alive(c)


@scenario("a lookup that the engine answers with another object is not believed")
def lying_exec(t):
    """An inspect that names another exec than was asked for: what would be started is not what was checked."""
    other = world.identity("asked for")
    t.engine.rule("GET", f"/exec/{other}/json", lambda q: reply(200, world.dumps(world.WEB_EXEC.inspect())))
    c = t.client()
    c.post(f"/v1.41/exec/{other}/start", {"Detach": True, "Tty": False})
    r = c.response()
    need(r.status in (404, 502), f"{r}")
    t.nothing_sent(but=[("GET", "/exec/.*/json"), ("GET", "/containers/.*/json")])
