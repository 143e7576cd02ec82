"""WebSockets: attach and exec for browsers."""

import time

from facts.reload import reload
from lib import hyper, world, ws
from lib.gateway import REGION
from lib.suite import build, scenario
from lib.wire import need, short

WEB, API, EXEC, TTY_EXEC = world.WEB, world.API, world.WEB_EXEC, world.WEB_TTY_EXEC
HOST = "localhost:2376"
PATH = f"/v1.41/exec/{EXEC.id}/ws"


def mux(stream, data):
    return bytes([stream, 0, 0, 0]) + len(data).to_bytes(4, "big") + data


def exec_open(t, query="?tty=1", fields=(), e=EXEC, early=b""):
    c = t.client()
    c.request("GET", f"/v1.41/exec/{e.id}/ws{query}", None, fields=list(ws.FIELDS) + list(fields), early=early)
    x = t.engine.expect("POST", f"/exec/{e.id}/start", 41, client=c)
    need(x.request.field("Upgrade") == "tcp" and x.request.field("Content-Type") == "application/json", f"{x.request.fields}")
    x.upgraded()
    ws.opened(c)
    return c, x


@scenario("an exec by WebSocket carries binary both ways and ends with 1000")
def exec_ws(t):
    c, x = exec_open(t)
    need(x.request.json() == {"Detach": False, "Tty": True} and not x.request.query, f"{x.request.body} {x.request}")
    for n in (1, 125, 126, 65535, 65536, 200000):
        data = bytes(range(256)) * (n // 256) + b"x" * (n % 256)
        c.send(ws.frame(ws.BINARY, data))
        need(x.read(n) == data, f"{n} bytes up")
        x.send(data)
        need(ws.stream(c, n) == data, f"{n} bytes down")
    x.shut()
    ws.closed(c, 1000)
    x.close()
    t.logged(c, "session_end", endpoint="exec-ws", exec=EXEC.id, container=WEB.id, reason="engine ended")


@scenario("a multiplexed exec reaches the browser as plain bytes")
def exec_mux(t):
    c, x = exec_open(t, "")
    need(x.request.json() == {"Detach": False, "Tty": False}, f"{x.request.body}")
    x.send(mux(1, b"out") + mux(2, b"err" * 1000) + mux(1, b"") + mux(1, b"more"))
    need(ws.stream(c, 3007) == b"out" + b"err" * 1000 + b"more", "the payload")
    x.send(mux(3, b"it broke"))
    x.shut()
    ws.closed(c, 1011, "it broke")
    x.close()


@scenario("a multiplexed stream that is cut or cannot be read ends with 1011")
def exec_mux_bad(t):
    for data in (mux(1, b"whole")[:-1], b"\x09" + b"x" * 20):
        c, x = exec_open(t, "")
        x.give(data)
        if data[0] == 1:
            need(ws.stream(c, 4) == b"whol", "payload")
            x.shut()
        ws.closed(c, 1011)
        x.close()


@scenario("a terminal's size goes to the engine, at the start and by command")
def resize(t):
    c, x = exec_open(t, "?tty=true&h=24&w=80")
    sizes = [(24, 80), (50, 120)]
    for i, (h, w) in enumerate(sizes):
        if i:
            ws.command(c, {"resize": [h, w]})
        r = t.engine.expect("POST", f"/exec/{EXEC.id}/resize", 41, client=c)
        need(sorted(r.request.query.split("&")) == [f"h={h}", f"w={w}"], f"{r.request}")
        if i:  # the newest of those that wait is sent
            for n in (1, 2, 3):
                ws.command(c, {"resize": [n, n]})
            c.send(ws.frame(ws.BINARY, b"barrier"))
            need(x.read(7) == b"barrier", "barrier")
        r.reply(200)
    r = t.engine.expect("POST", f"/exec/{EXEC.id}/resize", client=c)
    need(sorted(r.request.query.split("&")) == ["h=3", "w=3"], f"{r.request}")
    r.reply(500, {"message": "no"})  # no reason to end the session
    c.send(ws.frame(ws.BINARY, b"on"))
    need(x.read(2) == b"on", "the stream goes on")
    x.shut()
    ws.closed(c, 1000)
    x.close()


@scenario("an exec's stdin is ended by command while its output goes on")
def half_close(t):
    c, x = exec_open(t)
    c.send(ws.frame(ws.BINARY, b"in"))
    ws.command(c, {"stdin": "close"})
    need(x.end() == b"in", "the end of input")
    c.send(ws.frame(ws.BINARY, b"dropped"))
    x.send(b"output")
    need(ws.stream(c, 6) == b"output", "output")
    x.shut()
    ws.closed(c, 1000)
    x.close()


@scenario("a text message that is no command ends an exec with 1008")
def bad_command(t):
    for text in (b"ls", b"{}", b'{"resize":[0,1]}', b'{"resize":[1]}', b'{"resize":[1,2],"x":1}', b'{"stdin":"open"}', b"[1]",
                 b'{"stdin":"close"', b""):
        c, x = exec_open(t)
        ws.command(c, text)
        ws.closed(c, 1008)
        x.gone()
        x.close()
    c, x = exec_open(t)
    ws.command(c, b'{"resize":[1,1]' + b" " * 1020 + b"}")
    ws.closed(c, 1009)
    x.gone()
    x.close()


@scenario("a fragmented message arrives whole, with control frames between its parts")
def fragments(t):
    c, x = exec_open(t)
    c.send(ws.frame(ws.BINARY, b"one ", fin=False) + ws.frame(ws.PING, b"hello") + ws.frame(0, b"two ", fin=False)
           + ws.frame(0, b"", fin=False) + ws.frame(ws.PONG, b"unasked") + ws.frame(0, b"three"))
    need(x.read(13) == b"one two three", "the message")
    need(ws.message(c) == (ws.PONG, b"hello"), "pong")
    part = b'{"stdin":'
    c.send(ws.frame(ws.TEXT, part, fin=False) + ws.frame(0, b'"close"}'))
    need(x.end() == b"", "the command in two parts")
    c.send(ws.frame(ws.CLOSE, b"\x03\xe8bye"))
    need(ws.message(c) == (ws.CLOSE, b"\x03\xe8"), "the close frame's answer")
    c.end()
    x.gone()
    x.close()
    t.logged(c, "session_end", reason="client closed")


@scenario("frames against the protocol end with the code that says so")
def bad_frames(t):
    for data, code in ((ws.frame(ws.BINARY, b"x", masked=False), 1002), (ws.frame(ws.BINARY, b"x", rsv=0x40), 1002),
                       (ws.frame(3, b"x"), 1002), (ws.frame(0, b"x"), 1002), (ws.frame(ws.PING, b"x" * 126), 1002),
                       (ws.frame(ws.PING, b"", fin=False), 1002), (ws.frame(ws.TEXT, b"\xff"), 1007),
                       (ws.frame(ws.CLOSE, b"\x03"), 1002), (ws.frame(ws.CLOSE, b"\x03\xed"), 1002),
                       (ws.frame(ws.CLOSE, b"\x03\xe8\xff"), 1007)):
        c, x = exec_open(t)
        c.send(data)
        opcode, body = ws.message(c)
        need(opcode == ws.CLOSE and int.from_bytes(body[:2], "big") == code, f"{short(data)}: {opcode} {body}, wanted {code}")
        c.end()
        x.gone()
        x.close()


@scenario("a handshake that is none is refused and nothing is sent")
def handshakes(t):
    def without(name, value=None):
        return [f for f in ws.FIELDS if f[0] != name] + ([(name, value)] if value is not None else [])
    for fields, status in (([], 426), (without("Connection"), 400), (without("Upgrade", "tcp"), 426),
                           (without("Sec-WebSocket-Version", "8"), 426), (without("Sec-WebSocket-Key"), 400),
                           (without("Sec-WebSocket-Key", "short"), 400)):
        c = t.client()
        c.request("GET", PATH, None, fields=fields)
        r = c.response()
        t.message(r, status)
        need(status != 426 or r.field("Sec-WebSocket-Version") == "13" and r.field("Upgrade") == "websocket", f"{r}")
    c.request("GET", PATH + "?tty=perhaps&x=1", None, fields=ws.FIELDS)
    t.message(c.response(), 400)
    t.nothing_sent()


@scenario("a browser's page may open a WebSocket when its origin is listed", setting="origins")
def origins(t):
    for origin in ("https://ok.example", "HTTPS://OK.example", None):
        c, x = exec_open(t, fields=[("Origin", origin)] if origin else [])
        c.send(ws.frame(ws.CLOSE))
        need(ws.message(c) == (ws.CLOSE, b""), "the close frame's answer")
        c.end()
        x.gone()
        x.close()
    for origin in ("https://evil.example", "null", "https://ok.example.evil", "https://ok.example:8443"):
        c = t.client()
        c.request("GET", PATH, None, fields=list(ws.FIELDS) + [("Origin", origin)])
        t.message(c.response(), 403, "Origin")


@scenario("another's exec and one that is none are missing by WebSocket too")
def foreign(t):
    for e in (world.DB_EXEC.id, "f" * 64, world.WEB_ROOT_EXEC.id):
        c = t.client()
        c.request("GET", f"/v1.41/exec/{e}/ws", None, fields=ws.FIELDS)
        t.message(c.response(), 404, "No such exec instance")
    for name in ("db", "nobody", world.DB.id):
        c = t.client()
        c.request("GET", f"/v1.41/containers/{name}/attach/ws", None, fields=ws.FIELDS)
        t.message(c.response(), 404, "No such container")
    t.nothing_sent(but=[("GET", "/(exec|containers)/.*/json")])


@scenario("an engine's refusal of a WebSocket's stream is an answer, and the connection goes on")
def refused(t):
    c = t.client()
    c.request("GET", PATH, None, fields=ws.FIELDS)
    x = t.engine.expect("POST", f"/exec/{EXEC.id}/start", client=c)
    x.reply(409, {"message": "container is paused"})
    t.message(c.response(), 409, "paused")
    t.alive(c)


@scenario("an attach by WebSocket is taken apart for a container without a terminal, and not for one with")
def attach(t):
    for container, sent, got in ((WEB, mux(1, b"out") + mux(2, b"err"), b"outerr"), (API, b"\1raw", b"\1raw")):
        c = t.client()
        c.request("GET", f"/v1.41/containers/{container.name}/attach/ws?stream=1&stdout=1&logs=1", None, fields=ws.FIELDS)
        x = t.engine.expect("POST", f"/containers/{container.id}/attach", 41, client=c)
        query = dict(p.split("=") for p in x.request.query.split("&"))
        need(query == {"stream": "1", "logs": "1", "stdin": "1", "stdout": "1", "stderr": "1"}, f"{query}")
        x.upgraded()
        ws.opened(c)
        x.send(sent)
        need(ws.stream(c, len(got)) == got, "output")
        c.send(ws.frame(ws.TEXT, "é".encode()) + ws.frame(ws.BINARY, b"bin"))  # terminals of browsers send text
        need(x.read(5) == "ébin".encode(), "input")
        c.send(ws.frame(ws.TEXT, b"pasted " * 1000))
        need(x.read(7000) == b"pasted " * 1000, "a long text")
        x.shut()
        ws.closed(c, 1000)
        x.close()


@scenario("a newer engine is told what to attach to", setting="engine 1.44-1.51")
def attach_new(t):
    c = t.client()
    c.request("GET", "/v1.44/containers/web/attach/ws?stream=1&stdout=1", None, fields=ws.FIELDS)
    x = t.engine.expect("POST", f"/containers/{WEB.id}/attach", 44, client=c)
    need(sorted(x.request.query.split("&")) == ["stdout=1", "stream=1"], f"{x.request}")
    x.reply(404, {"message": "gone"})
    t.message(c.response(), 404)
    c.request("GET", f"/v1.44/exec/{EXEC.id}/ws?tty=1&h=24&w=80", None, fields=ws.FIELDS)
    x = t.engine.expect("POST", f"/exec/{EXEC.id}/start", 44, client=c)
    need(x.request.json() == {"Detach": False, "Tty": True, "ConsoleSize": [24, 80]}, f"{x.request.body}")
    x.reply(404, {"message": "gone"})
    t.message(c.response(), 404)


@scenario("a browser that does not read stops the engine and loses nothing", setting="patient")
def slow_client(t):
    c, x = exec_open(t)
    piece, count = bytes(range(256)) * 256, 300
    c.reading = False
    sender = t.beside(lambda: [x.send(piece, whole=True) for _ in range(count)] and x.shut())
    sender.thread.join(0.3)
    need(sender.thread.is_alive(), "20 MB were taken though the client does not read")
    c.reading = True
    need(ws.stream(c, len(piece) * count) == piece * count, "the stream")
    sender.join()
    ws.closed(c, 1000)
    x.close()


@scenario("an engine that does not read stops the browser and loses nothing")
def slow_engine(t):
    c, x = exec_open(t)
    piece, count = bytes(range(256)) * 64, 400
    data = b"".join(ws.frame(ws.BINARY, piece) for _ in range(count))
    sender = t.beside(lambda: c.send(data, whole=True))
    sender.thread.join(0.3)
    need(sender.thread.is_alive(), "6 MB were taken though the engine does not read")
    need(x.read(len(piece) * count) == piece * count, "the stream")
    sender.join()
    x.shut()
    ws.closed(c, 1000)
    x.close()


@scenario("a client that leaves without a close frame ends the engine's stream")
def leave(t):
    for how in ("close", "rst", "fin"):
        c, x = exec_open(t)
        getattr(c, how)()
        x.gone()
        x.close()
        t.logged(c, "session_end", reason="client gone")


@scenario("an engine that resets ends the WebSocket with 1011", setting="engine by TCP")
def engine_reset(t):
    c, x = exec_open(t)
    x.send(b"last")
    need(ws.stream(c, 4) == b"last", "output")
    x.rst()
    ws.closed(c, 1011)


@scenario("a silent client is pinged and stays when it answers", setting="short idle")
def pinged(t):
    c = t.client()
    c.request("GET", "/v1.41/containers/web/attach/ws?stream=1", None, fields=ws.FIELDS)
    x = t.engine.expect("POST", f"/containers/{WEB.id}/attach", 41, client=c)
    x.upgraded()
    ws.opened(c)
    begin = time.monotonic()
    while True:
        opcode, data = ws.message(c)
        if opcode != ws.PING:
            break
        c.send(ws.frame(ws.PONG, data))
        need(time.monotonic() - begin < 5, "the idle session is never ended")
    need(opcode == ws.CLOSE and data[:2] == b"\x03\xe9", f"{opcode} {data}")
    c.send(ws.frame(ws.CLOSE, data[:2]))
    c.end()
    x.gone()
    x.close()
    t.logged(c, "session_end", reason="idle timeout")


@scenario("a client that does not answer its ping is given up", setting="short silence")
def silent(t):
    c, x = exec_open(t)
    need(ws.message(c) == (ws.PING, b""), "ping")
    c.send(ws.frame(ws.PONG))
    need(ws.message(c) == (ws.PING, b""), "a next ping")
    c.wait(c.ended, "the end")
    x.gone()
    x.close()
    t.logged(c, "session_end", reason="client silent")


@scenario("a draining gateway tells its WebSockets that it goes away", setting="short drain")
def drain(t):
    c, x = exec_open(t)
    t.gateway.process.terminate()
    ws.closed(c, 1001)
    x.gone()
    x.close()


@scenario("a key revoked at a reload ends its WebSockets with 1008 and that reason", setting="own")
def revoked(t):
    c, x = exec_open(t)
    t.house.command("key", "revoke", "-c", t.gateway.config_path, "acme-bearer")
    reload(t)
    ws.closed(c, 1008, "credential revoked")
    x.gone()
    x.close()
    t.logged(c, "session_end", reason="credential revoked", endpoint="exec-ws")


@scenario("the administrator's WebSockets go to whatever they name", setting="backend")
def administrator(t):
    c = t.client("beta")
    c.request("GET", f"/v1.41/exec/{EXEC.id}/ws?tty=yes&h=10&w=20", None, fields=ws.FIELDS)
    x = t.engine.expect("POST", f"/exec/{EXEC.id}/start", 41, client=c)
    need(x.request.json() == {"Detach": False, "Tty": True}, f"{x.request.body}")
    x.upgraded()
    ws.opened(c)
    r = t.engine.expect("POST", f"/exec/{EXEC.id}/resize", 41, client=c)
    need(sorted(r.request.query.split("&")) == ["h=10", "w=20"], f"{r.request}")
    r.reply(200)
    x.shut()
    ws.closed(c, 1000)
    x.close()
    c = t.client("beta")
    c.request("GET", "/v1.41/containers/db/attach/ws?stream=1", None, fields=ws.FIELDS)
    x = t.engine.expect("POST", "/containers/db/attach", 41, client=c)
    x.upgraded()
    ws.opened(c)
    x.send(mux(1, b"taken apart"))
    need(ws.stream(c, 11) == b"taken apart", "output")
    x.shut()
    ws.closed(c, 1000)
    x.close()


@scenario("an exec by WebSocket starts with the Tty it was created with, where the operator wants it so", setting="same tty")
def same_tty(t):
    for e, query, good in ((EXEC, "?tty=1", False), (EXEC, "", True), (TTY_EXEC, "", False), (TTY_EXEC, "?tty=1", True)):
        c = t.client()
        c.request("GET", f"/v1.41/exec/{e.id}/ws{query}", None, fields=ws.FIELDS)
        if good:
            t.engine.expect("POST", f"/exec/{e.id}/start", client=c).reply(409, {"message": "paused"})
        t.message(c.response(), 409 if good else 400, *([] if good else ["Tty"]))


@scenario("a signed WebSocket that starts something comes once, one of events comes again")
def signed_again(t):
    key, secret = t.house.hyper["acme"]
    for target, again in ((PATH, False), ("/events/ws", True)):
        fields = hyper.sign("GET", target, HOST, b"", key, secret, REGION)
        for nth in (1, 2):
            c = t.client(None)
            c.ask(build("GET", target, None, list(ws.FIELDS) + fields, host=HOST), "GET")
            if nth == 2 and not again:
                t.message(c.response(), 401)
                continue
            x = t.engine.expect("GET" if again else "POST", "/events" if again else f"/exec/{EXEC.id}/start", client=c)
            x.reply(409, {"message": "not now"})
            t.message(c.response(), 409)
