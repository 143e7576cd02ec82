"""Bodies that are not held: they pass piece by piece, both ways at a time if need be."""

import time

from lib import hyper
from lib.gateway import REGION
from lib.suite import build, scenario
from lib.wire import need, short

TARGET = "/snapshots/a/b"
HOST = "localhost:2376"
CHUNKED = [("Transfer-Encoding", "chunked"), ("Content-Type", "application/x-thing")]


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


def begun(t, c, method="POST", fields=(), target=TARGET):
    """A request with a body that is still to come, and what the backend got of it."""
    c.request(method, target, None, fields=CHUNKED + list(fields))
    x = t.backend.expect(method, target, client=c)
    need(x.request.field("Transfer-Encoding") == "chunked" and x.request.field("Content-Type") == "application/x-thing",
         f"{x.request.fields}")
    return x


@scenario("a body reaches the backend piece by piece, before its end", setting="backend")
def pieces(t):
    c = t.client()
    x = begun(t, c)
    need(x.request.field("X-Fairlead-Tenant") == "acme" and x.request.field("X-Fairlead-Key") == "acme-bearer",
         f"{x.request.fields}")
    for piece in (b"one", b"two" * 1000, b"\0\r\n" * 7):
        c.send(chunk(piece))
        need(x.upload(len(piece)) == piece, "another piece")
    x.silent()
    c.send(b"0\r\n\r\n")
    x.upload_end().reply(201, b"done\n", "text/plain")
    r = c.response()
    need((r.status, r.body) == (201, b"done\n") and not r.field("Connection"), f"{r}")
    c.get("/snapshots")
    t.backend.expect("GET", "/snapshots", client=c).reply(200, b"next", "text/plain")
    need(c.response().body == b"next", "the connection's next answer")


@scenario("a body with a length reaches the backend whole", setting="backend")
def length(t):
    c, body = t.client(), bytes(range(256)) * 40
    c.request("PUT", TARGET, body, kind="application/octet-stream")
    x = t.backend.expect("PUT", TARGET, client=c)
    need(x.request.field("Content-Length") is None and x.upload(len(body)) == body, f"{x.request.fields}")
    x.upload_end().reply(204)
    need(c.response().status == 204, "status")


@scenario("a client cannot say to a backend who it is", setting="backend")
def told(t):
    c = t.client()
    c.request("POST", TARGET, b"x", kind="text/plain", fields=[("X-Fairlead-Tenant", "beta"), ("X-Fairlead-Key", "k")])
    x = t.backend.expect("POST", TARGET, client=c)
    need(x.request.field("X-Fairlead-Tenant") == "acme" and x.request.field("X-Fairlead-Key") == "acme-bearer",
         f"{x.request.fields}")
    x.upload(1)
    x.upload_end().reply(200, b"ok", "text/plain")
    need(c.response().status == 200, "status")


@scenario("a body and its answer pass at one time", setting="backend")
def both_ways(t):
    c = t.client()
    x = begun(t, c)
    x.chunked([("Content-Type", "text/plain")])
    r = c.head()
    need(r.status == 200 and r.field("Connection") == "close", f"{r}")
    for piece in (b"a" * 10, b"b" * 5000):
        c.send(chunk(piece))
        x.chunk(x.upload(len(piece)))
        got = b""
        while len(got) < len(piece):
            got += c.chunk()
        need(got == piece, f"{short(got)}")
    c.send(b"0\r\n\r\n")
    x.upload_end().chunk(b"").done()
    need(c.chunk() == b"", "the answer's end")
    c.end()


@scenario("a client that waits for 100 Continue gets it when the gates have passed, and not before", setting="backend")
def expect(t):
    c = t.client()
    c.request("POST", TARGET, None, fields=CHUNKED + [("Expect", "100-continue")])
    x = t.backend.expect("POST", TARGET, client=c)
    need(c.head().status == 100, "100 Continue")
    c.send(chunk(b"body") + b"0\r\n\r\n")
    x.upload(4)
    x.upload_end().reply(200, b"ok", "text/plain")
    need(c.response().body == b"ok", "answer")
    c = t.client("wrong")
    c.request("POST", TARGET, None, fields=CHUNKED + [("Expect", "100-continue")])
    need(c.head().status == 401, "status")


@scenario("an early answer reaches a client that still sends, and the connection ends", setting="backend")
def early(t):
    for close in (False, True):
        c = t.client()
        x = begun(t, c)
        c.send(chunk(b"some"))
        x.upload(4)
        x.send(b"HTTP/1.1 413 Too Large\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nno\n")
        if close:
            x.close()
        r = c.response()
        need((r.status, r.body, r.field("Connection")) == (413, b"no\n", "close"), f"{r}")
        if not close:
            x.gone()
            x.close()
        for _ in range(20):
            c.send(chunk(b"more" * 1000))
        c.end()


@scenario("an answer is read though the backend did not read the body to its end", setting="backend")
def unread(t):
    c = t.client()
    x = begun(t, c)
    c.send(chunk(b"z" * 100000))
    x.send(b"HTTP/1.1 507 Full\r\nContent-Length: 4\r\n\r\nfull")
    x.close()
    r = c.response()
    need((r.status, r.body) == (507, b"full"), f"{r}")


@scenario("a backend that goes away within a body is told as such", setting="backend")
def gone(t):
    c = t.client()
    x = begun(t, c)
    c.send(chunk(b"some"))
    x.upload(4)
    x.close()
    t.message(c.response(), 502, "snapshots")
    c.end()


@scenario("a client that leaves within its body ends the backend's request", setting="backend")
def leaves(t):
    for how in ("close", "rst", "fin"):
        c = t.client()
        x = begun(t, c)
        c.send(chunk(b"some"))
        x.upload(4)
        getattr(c, how)()
        try:
            need(x.broken() == b"", "bytes that nobody sent")
        except ConnectionResetError:
            pass
        x.close()


@scenario("a body that is framed wrongly is refused and cut", setting="backend")
def framing(t):
    c = t.client()
    x = begun(t, c)
    c.send(chunk(b"some") + b"zz\r\n")
    t.message(c.response(), 400, "framed")
    got = x.broken()
    need(b"some".startswith(got), f"the body at the backend: {got}")
    x.close()


@scenario("a body that stops coming is given up", setting="backend")
def slow_client(t):
    c = t.client()
    x = begun(t, c)
    for _ in range(3):
        c.send(chunk(b"some"), whole=True)
        x.upload(4)
        time.sleep(0.2)
    t.message(c.response(), 408, "in time")
    need(x.broken() == b"", "the body at the backend")
    x.close()


@scenario("a backend that takes nothing stops the client, and loses nothing", setting="backend")
def slow_backend(t):
    c = t.client(split=False)
    x = begun(t, c)
    piece, count = bytes(range(256)) * 256, 200

    def give():
        for _ in range(count):
            c.send(chunk(piece))
        c.send(b"0\r\n\r\n")
    sender = t.beside(give)
    sender.thread.join(0.8)  # more than the time a body may pause: it is not the client that pauses
    need(sender.thread.is_alive(), "13 MB were taken though the backend does not read")
    got = b""
    while data := x.conn.chunk():
        got += data
    need(got == piece * count, f"{len(got)} bytes")
    sender.join()
    x.reply(200, b"ok", "text/plain")
    need(c.response().status == 200, "status")


@scenario("a signed body that streams is checked before its end is sent", setting="backend")
def signed(t):
    for good in (True, False):
        c, body = t.client(None), (b"signed" if good else b"other") * 100
        key, secret = t.house.hyper["acme"]
        fields = hyper.sign("POST", TARGET, HOST, body, key, secret, REGION, content_type="text/plain")
        sent = body if good else body[:-1] + b"X"
        c.ask(build("POST", TARGET, sent, fields, host=HOST, chunked=True), "POST")
        x = t.backend.expect("POST", TARGET, client=c)
        if good:
            got = b""
            while data := x.conn.chunk():
                got += data
            need(got == body, f"{short(got)}")
            x.reply(200, b"ok", "text/plain")
            need(c.response().status == 200, "status")
        else:
            t.message(c.response(), 401)
            c.end()
            need(len(x.broken()) <= len(body), "the body at the backend")
            x.close()


@scenario("the administrator's tar streams, and its JSON is held and printed anew", setting="backend")
def administrator(t):
    c = t.client("beta")
    tar = b"\0" * 20000  # more than limits.body
    c.request("PUT", "/v1.41/containers/web/archive?path=%2F", tar, kind="application/x-tar")
    x = t.engine.expect("PUT", "/containers/web/archive", client=c)
    need(x.request.field("Content-Type") == "application/x-tar" and x.upload(len(tar)) == tar, f"{x.request.fields}")
    x.upload_end().reply(200)
    need(c.response().status == 200, "status")
    c.post("/v1.41/containers/web/update", b'{ "Memory": 1 }')
    x = t.engine.expect("POST", "/containers/web/update", client=c)
    need(x.request.body == b'{"Memory":1}', f"{x.request.body}")
    x.reply(200, {})
    need(c.response().status == 200, "status")
    c.post("/v1.41/containers/web/update", b'{"a":"' + b"x" * 5000 + b'"}')
    t.message(c.response(), 413)


@scenario("a form is refused of the administrator too", setting="backend")
def form(t):
    c = t.client("beta")
    c.request("POST", "/v1.41/containers/prune?filters={}", b"filters=x", kind="application/x-www-form-urlencoded")
    t.message(c.response(), 415, "form")
    t.nothing_sent()


@scenario("a body that streams is slowed down to the tenant's bytes a second", setting="slow backend")
def paced(t):
    c = t.client(split=False)
    x = begun(t, c)
    begin = time.monotonic()
    body = b"x" * 300000  # 100 KB a second, of which the first second's is there
    sender = t.beside(lambda: c.send(chunk(body) + b"0\r\n\r\n"))
    got = b""
    while data := x.conn.chunk():
        got += data
    need(got == body and time.monotonic() - begin > 1, f"{len(got)} bytes in {time.monotonic() - begin} s")
    sender.join()
    x.reply(200, b"ok", "text/plain")
    need(c.response().status == 200, "status")
