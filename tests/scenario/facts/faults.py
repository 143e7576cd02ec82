"""An engine that is away, slow, broken or lying."""

import json

from facts.exec_start import ID, UPGRADE
from lib import world
from lib.stub import reply
from lib.suite import add, scenario
from lib.wire import need

LIST = "/v1.41/containers/json"
WEB = world.WEB


@scenario("an engine that is down gives 502 with a message, and work goes on when it is back")
def down(t):
    t.engine.down()
    for method, target, body in (("GET", LIST, None), ("POST", "/v1.41/containers/web/exec", {"Cmd": ["id"]}),
                                 ("POST", f"/v1.41/exec/{ID}/start", {"Tty": False})):
        c = t.client()
        c.request(method, target, body, UPGRADE if "start" in target else [])
        t.refused(c, 502)
    c = t.client()
    t.engine.up()
    t.alive(c)


@scenario("an engine that was down gives plain text to a client of 1.23")
def down_plain(t):
    c = t.client()
    t.alive(c)
    t.engine.down()
    c.get("/v1.23/containers/json")
    t.refused(c, 502, plain=True)


@scenario("an engine that was restarted answers the next request, on no stale connection")
def restarted(t):
    c = t.client()
    for _ in range(3):
        t.alive(c)
        t.engine.restart()
    c.post("/v1.41/containers/web/exec", {"Cmd": ["id"]})
    t.engine.expect("POST", f"/containers/{WEB.id}/exec", client=c).reply(201, {"Id": ID})
    need(c.response().status == 201, "status")
    need(t.engine.asked("POST", ".*/exec") == 1, "sent twice")


@scenario("a request that changes something is not repeated when the engine breaks off")
def not_repeated(t):
    c = t.client()
    t.alive(c)
    c.post("/v1.41/containers/web/exec", {"Cmd": ["id"]})
    x = t.engine.expect("POST", f"/containers/{WEB.id}/exec", client=c)
    x.close()
    t.refused(c, 502)
    need(t.engine.asked("POST", ".*/exec") == 1, "sent twice")
    t.alive(c)


GARBAGE = {
    "no HTTP": b"hello there\r\n\r\n",
    "HTTP 0.9": b"<html>",
    "a bad status line": b"HTTP/1.1 abc OK\r\n\r\n",
    "a status of two digits": b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "both framings": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a bare LF": b"HTTP/1.1 200 OK\nContent-Length: 0\n\n",
    "a folded field": b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n",
    "a NUL": b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n",
    "a head without end": b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"v" * 200000,
    "nothing": b"",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Le",
}


def garbage(data, target, route, hijack):
    def run(t):
        c = t.client()
        if hijack:
            c.post(target, {"Tty": False}, fields=UPGRADE)
        else:
            c.get(target)
        method = "POST" if hijack else "GET"
        x = t.engine.expect(method, route, client=c)
        x.give(data).close()
        if not data and x.request.nth > 1 and not hijack:  # a kept connection was over: a GET is asked again, once
            t.engine.expect(method, route, client=c).close()
        t.refused(c, 502)
        t.alive(c)
    return run


for _name, _data in GARBAGE.items():
    add(f"an engine that answers with {_name} gives 502", garbage(_data, f"/v1.41/containers/{WEB.id}/top", f"/containers/{WEB.id}/top", False))
    add(f"an engine that answers an exec start with {_name} gives 502", garbage(_data, f"/v1.41/exec/{ID}/start", f"/exec/{ID}/start", True))


@scenario("an engine that does not answer gives 504", setting="impatient")
def timeout(t):
    c = t.client()
    c.get("/v1.41/containers/web/top")
    x = t.engine.expect("GET", f"/containers/{WEB.id}/top", client=c)
    t.refused(c, 504)
    x.gone()
    x.close()
    t.alive(c)
    t.logged(c, "request", status=504)


@scenario("an engine that does not say whose the container is gives 504", setting="impatient")
def timeout_inspect(t):
    t.engine.hold("GET", "/containers/web/json")
    c = t.client()
    c.get("/v1.41/containers/web/top")
    x = t.engine.expect("GET", "/containers/web/json", client=c)
    t.refused(c, 504)
    x.close()


@scenario("an exec start waits as long as the engine needs", setting="impatient")
def exec_patient(t):
    c = t.client()
    c.post(f"/v1.41/exec/{ID}/start", {"Tty": False}, fields=UPGRADE)
    x = t.engine.expect("POST", f"/exec/{ID}/start", client=c)
    x.silent(0.9)
    x.upgraded()
    need(c.head().status == 101, "status")
    x.close()


@scenario("a client that leaves while the engine is asked whose it is sends nothing more")
def leaves_during_inspect(t):
    t.engine.hold("GET", "/containers/web/json")
    c = t.client()
    c.get("/v1.41/containers/web/top")
    x = t.engine.expect("GET", "/containers/web/json", client=c)
    c.rst()
    x.gone()
    x.close()
    t.nothing_sent(but=[("GET", "/containers/(acme--)?web/json")])


def cut_body(head, part):
    def run(t):
        c = t.client()
        c.get("/v1.41/containers/web/top")
        x = t.engine.expect("GET", f"/containers/{WEB.id}/top", client=c)
        x.give(head + part).close()
        c.wait(lambda: c.ended() or b"HTTP/1.1 502" in c.buffer and c.buffer.endswith(b"}"), "the end")
        said = bytes(c.buffer)
        if said.startswith(b"HTTP/1.1 502"):
            return
        # Passed on already: then it must be seen to be cut, by its own framing.
        top, _, rest = said.partition(b"\r\n\r\n")
        need(top.startswith(b"HTTP/1.1 200") and c.ended(), f"{said}")
        if b"chunked" in top:
            need(not rest.endswith(b"0\r\n\r\n"), f"a clean end was put under it: {said}")
        elif b"Content-Length" in top:
            need(b"Content-Length: %d" % len(rest) not in top, f"the length was made to fit: {said}")
        else:
            need("close_notify" not in c.events, "a stream to its end was ended cleanly")
    return run


add("an answer cut within its length is seen to be cut", cut_body(
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n", b'{"Titles":["PID"],'))
add("an answer cut within a chunk is seen to be cut", cut_body(
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n", b'40\r\n{"Titles":["PID"],'))
add("an answer cut between chunks is seen to be cut", cut_body(
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n", b'4\r\n{"a"\r\n'))
add("an answer with a broken chunk is seen to be cut", cut_body(
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n", b"4\r\nabcd\r\nzz\r\n"))


@scenario("an answer longer than is held to be filtered gives 502", setting="small")
def long_answer(t):
    big = dict(WEB.inspect(), Name="/" + "x" * 200000)
    t.engine.rule("GET", f"/containers/{WEB.id}/json", lambda q: reply(200, world.dumps(big)))
    t.engine.rule("GET", "/containers/web/json", lambda q: reply(200, world.dumps(big)))
    c = t.client()
    c.get("/v1.41/containers/web/json")
    t.refused(c, 502)
    need(b"xxxx" not in c.peek(), "it came through")


@scenario("an answer with more bytes than its length does not become the next one's")
def too_many_bytes(t):
    c = t.client()
    c.get("/v1.41/containers/web/top")
    x = t.engine.expect("GET", f"/containers/{WEB.id}/top", client=c)
    x.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
           b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 6\r\n\r\n\"evil\"", whole=True)
    x.done()
    r = c.response()
    need(r.body == b"{}", f"{r}")
    c.get("/v1.41/containers/web/top")
    x = t.engine.expect("GET", f"/containers/{WEB.id}/top", client=c)
    x.reply(200, {"Titles": []})
    r = c.response()
    need(json.loads(r.body) == {"Titles": []}, f"{r}")
