"""The HTTP front: what is no request, is too large, or comes in an unusual but right way."""

import json
import os
import signal
import time

from lib import world
from lib.suite import add, build, scenario
from lib.wire import need

LIST = "/v1.41/containers/json"
FRAMED = "POST /v1.41/containers/web/wait HTTP/1.1\r\nHost: localhost\r\n"
GET = f"GET {LIST} HTTP/1.1\r\nHost: localhost\r\n"

# name, bytes (A: the tenant's Authorization line), statuses that are right
BAD_HEADS = [
    ("Content-Length beside Transfer-Encoding", FRAMED + "AContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("Transfer-Encoding before Content-Length", FRAMED + "ATransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n", 400),
    ("two different Content-Lengths", FRAMED + "AContent-Length: 0\r\nContent-Length: 44\r\n\r\n", 400),
    ("two equal Content-Lengths", FRAMED + "AContent-Length: 0\r\nContent-Length: 0\r\n\r\n", 400),
    ("a list as Content-Length", FRAMED + "AContent-Length: 0, 0\r\n\r\n", 400),
    ("a signed Content-Length", FRAMED + "AContent-Length: +0\r\n\r\n", 400),
    ("a negative Content-Length", FRAMED + "AContent-Length: -1\r\n\r\n", 400),
    ("a hexadecimal Content-Length", FRAMED + "AContent-Length: 0x0\r\n\r\n", 400),
    ("an empty Content-Length", FRAMED + "AContent-Length:\r\n\r\n", 400),
    ("a Content-Length beyond 64 bits", FRAMED + "AContent-Length: 18446744073709551616\r\n\r\n", (400, 413)),
    ("an unknown transfer coding", FRAMED + "ATransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", (400, 501)),
    ("chunked twice", FRAMED + "ATransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", (400, 501)),
    ("two Transfer-Encoding fields", FRAMED + "ATransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", (400, 501)),
    ("a coding that looks like chunked", FRAMED + "ATransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", (400, 501)),
    ("a vertical tab before chunked", FRAMED + "ATransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", (400, 501)),
    ("Transfer-Encoding in HTTP 1.0",
     "POST /v1.41/containers/web/wait HTTP/1.0\r\nHost: localhost\r\nATransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("lines that end in a bare LF", GET.replace("\r\n", "\n") + "A\n", 400),
    ("one line that ends in a bare LF", GET + "AX-One: 1\nX-Two: 2\r\n\r\n", 400),
    ("an empty line of a bare LF", GET + "A\n", 400),
    ("a bare CR in a value", GET + "AX-One: 1\rX-Two: 2\r\n\r\n", 400),
    ("a folded field", GET + "AX-One: 1\r\n 2\r\n\r\n", 400),
    ("a first field that is folded", f"GET {LIST} HTTP/1.1\r\n Host: localhost\r\nA\r\n", 400),
    ("a space before the colon", GET + "AContent-Length : 0\r\n\r\n", 400),
    ("a tab before the colon", GET + "ATransfer-Encoding\t: chunked\r\n\r\n", 400),
    ("a field without a colon", GET + "AX-One\r\n\r\n", 400),
    ("a field without a name", GET + "A: 1\r\n\r\n", 400),
    ("a NUL in a value", GET + "AX-One: a\0b\r\n\r\n", 400),
    ("a NUL in a name", GET + "AX\0One: a\r\n\r\n", 400),
    ("a parenthesis in a name", GET + "AX(One): a\r\n\r\n", 400),
    ("no Host in HTTP 1.1", f"GET {LIST} HTTP/1.1\r\nA\r\n", 400),
    ("two Hosts", GET + "AHost: localhost\r\n\r\n", 400),
    ("two different Hosts", GET + "AHost: elsewhere\r\n\r\n", 400),
    ("a Host with a space", f"GET {LIST} HTTP/1.1\r\nHost: local host\r\nA\r\n", 400),
    ("a Host with a path", f"GET {LIST} HTTP/1.1\r\nHost: localhost/x\r\nA\r\n", 400),
    ("two Content-Types", FRAMED + "AContent-Type: application/json\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n", 400),
    ("two credentials", GET + "AAuthorization: Bearer x\r\n\r\n", 400),
    ("an absolute target", f"GET http://localhost{LIST} HTTP/1.1\r\nHost: localhost\r\nA\r\n", 400),
    ("a CONNECT", "CONNECT localhost:22 HTTP/1.1\r\nHost: localhost:22\r\nA\r\n", (400, 404, 405, 501)),
    ("a request line without version", f"GET {LIST}\r\nHost: localhost\r\nA\r\n", (400, 505)),
    ("a request line without target", "GET HTTP/1.1\r\nHost: localhost\r\nA\r\n", 400),
    ("two spaces in the request line", f"GET  {LIST} HTTP/1.1\r\nHost: localhost\r\nA\r\n", 400),
    ("a tab in the request line", f"GET\t{LIST} HTTP/1.1\r\nHost: localhost\r\nA\r\n", 400),
    ("a space in the target", "GET /v1.41/containers /json HTTP/1.1\r\nHost: localhost\r\nA\r\n", 400),
    ("a space before the method", f" GET {LIST} HTTP/1.1\r\nHost: localhost\r\nA\r\n", 400),
    ("a space after the version", f"GET {LIST} HTTP/1.1 \r\nHost: localhost\r\nA\r\n", (400, 505)),
    ("a control byte in the target", "GET /v1.41/containers\x01/json HTTP/1.1\r\nHost: localhost\r\nA\r\n", 400),
    ("a byte over 0x7e in the target", "GET /v1.41/containers\xe9/json HTTP/1.1\r\nHost: localhost\r\nA\r\n", 400),
    ("version 2.0", f"GET {LIST} HTTP/2.0\r\nHost: localhost\r\nA\r\n", (400, 505)),
    ("the HTTP 2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400, 505)),
    ("a version in lower case", f"GET {LIST} http/1.1\r\nHost: localhost\r\nA\r\n", (400, 505)),
    ("another protocol", "SSH-2.0-OpenSSH_9.2\r\n\r\n", 400),
    ("an unknown expectation", FRAMED + "AExpect: 200-ok\r\nContent-Length: 0\r\n\r\n", (400, 417)),
    ("a line that is too long", f"GET /v1.41/containers/json?limit={'1' * 9000} HTTP/1.1\r\nHost: localhost\r\nA\r\n", 414),
    ("a line without end", "GET /" + "a" * 70000, 414),
    ("a head that is too large", GET + "A" + "".join(f"X-{i}: {'v' * 2000}\r\n" for i in range(30)) + "\r\n", 431),
    ("too many fields", GET + "A" + "".join(f"X-{i}: v\r\n" for i in range(100)) + "\r\n", 431),
]


def bad_head(data, statuses):
    def run(t):
        c = t.client()
        line = "{}: {}\r\n".format(*c.auth[0])
        text = data.replace("\r\nA", "\r\n" + line).replace("\nA", "\n" + line.replace("\r\n", "\n"), "\r\nA" not in data)
        c.ask(text.encode("latin-1"))
        r = c.response()
        need(r.status in (statuses if isinstance(statuses, tuple) else (statuses,)), f"wanted {statuses}: {r}")
        t.message(r, r.status)
        need(r.field("Connection") == "close", f"Connection: {r.field('Connection')}")
        c.end()
        t.nothing_sent()
    return run


for _name, _data, _statuses in BAD_HEADS:
    _status = _statuses if isinstance(_statuses, int) else " or ".join(map(str, _statuses))
    add(f"a head with {_name} gets {_status} and a clean end", bad_head(_data, _statuses))


@scenario("the answer to a bad head can be read by a client that is still sending")
def still_sending(t):
    c = t.client()
    c.ask(GET.encode() + b"Content-Length : 4\r\n\r\n")
    c.send(b"x" * 300000, whole=True)
    t.message(c.response(), 400)
    c.end()
    t.nothing_sent()


@scenario("the answer to a body that is too large can be read by a client that is still sending")
def large_body(t):
    c = t.client()
    body = b'{"Cmd":["' + b"a" * 1500000 + b'"]}'
    c.ask(build("POST", "/v1.41/containers/web/exec", body, c.auth), "POST", whole=True)
    t.message(c.response(), 413)
    c.end()
    t.nothing_sent(but=[("GET", "/containers/.*/json")])


@scenario("a chunked body that is too large gets 413")
def large_chunked(t):
    c = t.client()
    body = b'{"Cmd":["' + b"a" * 1500000 + b'"]}'
    c.ask(build("POST", "/v1.41/containers/web/exec", body, c.auth, chunked=True), "POST", whole=True)
    t.message(c.response(), 413)
    c.end()
    t.nothing_sent(but=[("GET", "/containers/.*/json")])


@scenario("a client that speaks plain HTTP to the TLS port is told so in plain text")
def plain_http(t):
    c = t.bare_socket()
    c.ask(b"GET /_ping HTTP/1.1\r\nHost: localhost\r\n\r\n", whole=True)
    r = c.response()
    need(r.status == 400, f"{r}")
    need((r.field("Content-Type") or "").startswith("text/plain"), f"{r}")
    need(b"TLS" in r.body or b"https" in r.body.lower(), f"{r}")
    c.end()


@scenario("a client that says nothing at all and leaves leaves no trace at the engine")
def silent_client(t):
    t.client().close()
    t.bare_socket().fin()
    t.bare_socket().rst()
    t.nothing_sent()


def listed(t, x):
    x.reply(200, [world.WEB.listed()])


@scenario("three requests on one connection are answered")
def keep_alive(t):
    c = t.client()
    for _ in range(3):
        c.get(LIST)
        listed(t, t.engine.expect("GET", "/containers/json", client=c))
        r = c.response()
        need(r.status == 200 and world.WEB.id.encode() in r.body, f"{r}")
        need(r.field("Connection") != "close", f"{r}")
    need(len({q.connection for q in t.engine.log if q.route == "/containers/json"}) == 1, "the pool is not used")


@scenario("three pipelined requests are answered in order")
def pipelined(t):
    c = t.client()
    whole = b"".join(build("GET", f"{LIST}?limit={n}", fields=c.auth) for n in (1, 2, 3))
    c.send(whole)
    c.asked += ["GET"] * 3
    for n in (1, 2, 3):
        x = t.engine.expect("GET", "/containers/json")
        need(f"limit={n}" in x.request.query, f"request {n} is {x.request}")
        x.reply(200, [dict(world.WEB.listed(), Status=f"answer {n}")])
        r = c.response()
        need(f"answer {n}".encode() in r.body, f"answer {n} is {r}")


@scenario("a client that pipelines hundreds of requests gets them all answered, and does not make others wait for it")
def pipelined_flood(t):
    count = 400
    first, other, second = t.client(), t.client("beta"), t.client()
    with open(f"/proc/{t.gateway.process.pid}/task/{t.gateway.process.pid}/children") as f:
        workers = [int(pid) for pid in f.read().split()]
    try:
        for pid in workers:  # so that all are there in the same turn, with the other in the middle
            os.kill(pid, signal.SIGSTOP)
        time.sleep(0.02)
        for c, n in ((first, count), (other, 1), (second, count)):
            c.send(build("GET", "/v1.41/swarm", fields=c.auth) * n, whole=True)
            c.asked += ["GET"] * n
    finally:
        for pid in workers:
            os.kill(pid, signal.SIGCONT)
    for c, n in ((other, 1), (first, count), (second, count)):
        for _ in range(n):
            t.message(c.response(), 403)
    t.logged(other, "request", status=403)
    ports = [n["peer"].rsplit(":", 1)[1] for n in t.gateway.lines if n.get("event") == "request"]
    before = [p for p in ports[:ports.index(str(other.port))] if p in (str(first.port), str(second.port))]
    need(len(before) < 100, f"the other waited for {len(before)} requests")
    t.alive(first)


@scenario("a pipelined request after a bad one is never served")
def pipelined_bad(t):
    c = t.client()
    c.ask(GET.encode() + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n" + build("GET", LIST, fields=c.auth))
    t.message(c.response(), 400)
    c.end()
    t.nothing_sent()


@scenario("HTTP 1.0 is answered and the connection ended")
def http_10(t):
    c = t.client()
    c.get(LIST, minor=0)
    listed(t, t.engine.expect("GET", "/containers/json", client=c))
    r = c.response()
    need(r.status == 200 and r.framing != "chunked", f"{r} {r.framing}")
    c.end()


@scenario("HTTP 1.0 without Host is answered")
def http_10_no_host(t):
    c = t.client()
    c.get(LIST, minor=0, host=None)
    listed(t, t.engine.expect("GET", "/containers/json", client=c))
    need(c.response().status == 200, "status")
    c.end()


@scenario("Connection: close ends the connection after the answer")
def connection_close(t):
    c = t.client()
    c.get(LIST, fields=[("Connection", "close")])
    listed(t, t.engine.expect("GET", "/containers/json", client=c))
    r = c.response()
    need(r.status == 200 and r.field("Connection") == "close", f"{r}")
    c.end()


@scenario("Connection: close ends the connection after a refusal too, and what follows is not served")
def connection_close_refused(t):
    for how in ({"fields": [("Connection", "close")]}, {"minor": 0}):
        c = t.client()
        c.get("/v1.41/swarm", **how)
        c.send(build("GET", "/v1.41/swarm", fields=c.auth))
        r = c.response()
        need(r.status == 403 and r.field("Connection") == "close", f"{r}")
        c.end()
    t.nothing_sent()


@scenario("HEAD /_ping has the engine's version and no body, and the connection goes on")
def head_ping(t):
    c = t.client()
    c.request("HEAD", "/_ping")
    r = c.response()
    need(r.status == 200 and r.field("Api-Version"), f"{r}")
    c.get("/_ping")  # a body after HEAD would be taken for this one's head
    r = c.response()
    need(r.status == 200 and r.body == b"OK" and r.field("Api-Version") == "1.41", f"{r}")


@scenario("GET /version says which API versions may be asked for")
def version(t):
    c = t.client()
    c.get("/v1.41/version")
    r = c.response()
    need(r.status == 200 and b'"ApiVersion":"1.41"' in r.body and b"MinAPIVersion" in r.body, f"{r}")


@scenario("Expect: 100-continue is answered before the body is sent")
def expect_continue(t):
    c = t.client()
    body = b'{"Cmd":["true"]}'
    data = build("POST", "/v1.41/containers/web/exec", body, c.auth + [("Expect", "100-continue")])
    c.ask(data[:-len(body)], "POST")
    need(c.head().status == 100, "no 100 Continue")
    c.send(body)
    x = t.engine.expect("POST", f"/containers/{world.WEB.id}/exec", client=c)
    need(x.request.json()["Cmd"] == ["true"], f"{x.request.body}")
    x.reply(201, {"Id": world.WEB_EXEC.id})
    need(c.response().status == 201, "status")


@scenario("Expect: 100-continue without a credential gets 401 and no 100")
def expect_unauthorized(t):
    c = t.client(None)
    c.ask(build("POST", "/v1.41/containers/web/exec", None, [("Expect", "100-continue"), ("Content-Length", "16"),
                                                             ("Content-Type", "application/json")]), "POST")
    need(c.head().status == 401, "not 401 at once")
    t.nothing_sent()


@scenario("a chunked body is taken as the engine would")
def chunked_body(t):
    c = t.client()
    c.post("/v1.41/containers/web/exec", {"Cmd": ["echo", "a b"]}, chunked=True)
    x = t.engine.expect("POST", f"/containers/{world.WEB.id}/exec", client=c)
    need(x.request.json()["Cmd"] == ["echo", "a b"], f"{x.request.body}")
    x.reply(201, {"Id": world.WEB_EXEC.id})
    need(c.response().status == 201, "status")


@scenario("a large body is taken whole when the engine is slow to tell its versions")
def large_body_early(t):
    c = t.client()
    t.engine.down()  # its versions are asked again when it is back
    c.get(LIST)
    t.refused(c, 502)
    t.engine.up()
    t.engine.hold("GET", "/version")
    body = json.dumps({"Cmd": ["echo", "a" * 400000]}).encode()
    data = build("POST", "/v1.41/containers/web/exec", body, c.auth)
    c.ask(data[:200000], "POST", whole=True)
    version = t.engine.expect("GET", "/version", client=c)
    time.sleep(0.1)  # the gateway holds what it may of the body meanwhile, and stops reading
    version.reply(200, {"ApiVersion": "1.41", "MinAPIVersion": "1.12"})
    c.send(data[200000:], whole=True)
    x = t.engine.expect("POST", f"/containers/{world.WEB.id}/exec", client=c)
    need(len(x.request.json()["Cmd"][1]) == 400000, "the body was cut")
    x.reply(201, {"Id": world.WEB_EXEC.id})
    need(c.response().status == 201, "status")


@scenario("an empty chunked body, as the Hyper CLI sends it, is no body")
def empty_chunked(t):
    c = t.client()
    c.post("/v1.23/containers/web/resize?h=24&w=80", b"", chunked=True, kind=None)
    x = t.engine.expect("POST", f"/containers/{world.WEB.id}/resize", client=c)
    need(x.request.body == b"" and x.request.field("Transfer-Encoding") is None, f"{x.request.raw}")
    x.reply(200)
    need(c.response().status == 200, "status")
    t.alive(c)


BAD_CHUNKS = {
    "a chunk size that is no number": b"zz\r\n",
    "a chunk size with a sign": b"+1\r\nx\r\n0\r\n\r\n",
    "a chunk size with 0x": b"0x1\r\nx\r\n0\r\n\r\n",
    "a chunk size of more than 64 bits": b"10000000000000000\r\n",
    "a chunk size that ends in LF": b"1\nx\r\n0\r\n\r\n",
    "a chunk extension": b"1;a=b\r\nx\r\n0\r\n\r\n",
    "chunk data without CRLF": b"1\r\nxx\r\n0\r\n\r\n",
    "a trailer field": b"0\r\nX-One: 1\r\n\r\n",
}


def bad_chunk(data):
    def run(t):
        c = t.client()
        head = build("POST", "/v1.41/containers/web/wait", None, c.auth + [("Transfer-Encoding", "chunked")])
        c.ask(head + data, "POST")
        t.message(c.response(), 400)
        c.end()
        t.nothing_sent(but=[("GET", "/containers/.*/json")])
    return run


for _name, _data in BAD_CHUNKS.items():
    add(f"a body with {_name} gets 400 and a clean end", bad_chunk(_data))


@scenario("a client that leaves within its body sends nothing to the engine")
def half_body(t):
    c = t.client()
    c.ask(build("POST", "/v1.41/containers/web/exec", None,
                c.auth + [("Content-Type", "application/json"), ("Content-Length", "100")]) + b'{"Cmd":["a"', "POST")
    c.close()
    t.nothing_sent(but=[("GET", "/containers/.*/json")])


@scenario("a head that never ends gets 408", setting="short idle")
def slow_head(t):
    c = t.client()
    c.ask(b"GET /v1.41/containers/json HTTP/1.1\r\nHost: loc")
    t.message(c.response(), 408)
    c.end()


@scenario("a body that never ends gets 408", setting="short idle")
def slow_body(t):
    c = t.client()
    c.ask(build("POST", "/v1.41/containers/web/exec", None,
                c.auth + [("Content-Type", "application/json"), ("Content-Length", "100")]) + b'{"Cmd":["a"', "POST")
    t.message(c.response(), 408)
    c.end()
    t.nothing_sent(but=[("GET", "/containers/.*/json")])


@scenario("an idle connection is ended cleanly", setting="short idle")
def idle(t):
    c = t.client()
    c.end()
