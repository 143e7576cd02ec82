"""Exec start as HTTP: bodies, answers, versions; the stream itself is in exec_stream.py."""

import json

from lib import stub, world
from lib.suite import add, scenario
from lib.wire import need

ID = world.WEB_EXEC.id
START = f"/exec/{ID}/start"
UPGRADE = [("Connection", "Upgrade"), ("Upgrade", "tcp")]
ASKED = ("GET", "/(exec|containers)/[^/]*/json")
RAW = "application/vnd.docker.raw-stream"
MULTIPLEXED = "application/vnd.docker.multiplexed-stream"


def started(t, c, body=None, upgrade=True, version="/v1.41", exec_id=ID, sent_version=None, **how):
    """Sends an exec start; the engine's side of it."""
    body = {"Detach": False, "Tty": False} if body is None else body
    c.post(f"{version}/exec/{exec_id}/start", body, fields=UPGRADE if upgrade else [], **how)
    x = t.engine.expect("POST", f"/exec/{exec_id}/start", sent_version, client=c)
    need(x.request.field("Upgrade") == ("tcp" if upgrade else None), f"Upgrade: {x.request.fields}")
    return x


def ended(t, c, x, tail=b""):
    """The engine ends its stream as engines do (write side only): all of it arrives, then the orderly end."""
    if tail:
        x.send(tail)
    x.shut()
    need(c.rest() == tail, "the last bytes")
    c.end()
    c.close()
    x.gone()
    x.close()


@scenario("exec start with Upgrade becomes a stream by 101")
def upgrade(t):
    c = t.client()
    x = started(t, c, sent_version=41).upgraded()
    need(x.request.json() == {"Detach": False, "Tty": False}, f"{x.request.body}")
    r = c.head()
    need(r.status == 101 and r.field("Upgrade") == "tcp" and r.field("Connection").lower() == "upgrade", f"{r}")
    need(r.field("Content-Type") == RAW and not r.all("Content-Length") and not r.all("Transfer-Encoding"), f"{r}")
    need(r.field("Api-Version") == "1.41" and r.field("Ostype") == "linux", f"what engines say: {r}")
    x.send(b"out")
    need(c.read(3) == b"out", "output")
    c.send(b"in")
    need(x.read(2) == b"in", "input")
    ended(t, c, x, b"last")
    t.logged(c, "request", endpoint="exec-start", status=101, tenant="acme", exec=ID, container=world.WEB.id)
    t.logged(c, "session_end", exec=ID, bytes_up=2, bytes_down=7, reason="engine ended")


@scenario("exec start without Upgrade becomes a stream by 200, and no Upgrade is added")
def no_upgrade(t):
    c = t.client()
    x = started(t, c, upgrade=False).raw_200()
    r = c.head()
    need(r.status == 200 and r.field("Content-Type") == RAW and r.field("Upgrade") is None, f"{r}")
    need(not r.all("Content-Length") and not r.all("Transfer-Encoding"), f"{r}")
    x.send(b"out")
    need(c.read(3) == b"out", "output")
    c.send(b"in")
    need(x.read(2) == b"in", "input")
    ended(t, c, x, b"last")


@scenario("the engine's choice of 200 for a request with Upgrade is kept")
def upgrade_200(t):
    c = t.client()
    x = started(t, c).raw_200()
    r = c.head()
    need(r.status == 200 and r.field("Upgrade") is None, f"{r}")
    ended(t, c, x, b"all")


BODIES = [
    ("with whole exec configuration, as the Hyper CLI sends it",
     b'{"User":"root","Privileged":true,"Tty":true,"Container":"db","AttachStdin":true,"AttachStderr":true,"AttachStdout":true,'
     b'"Detach":false,"DetachKeys":"","Cmd":["sh"]}\n', {"Detach": False, "Tty": True}),
    ("with dockerode's own keys", b'{"Detach":false,"hijack":true,"stdin":true}', {"Detach": False, "Tty": False}),
    ("with null", b'{"Detach":null,"Tty":null}', {"Detach": False, "Tty": False}),
    ("with a key in other case", b'{"dEtAcH":false,"TTY":true}', {"Detach": False, "Tty": True}),
    ("with an escaped key", b'{"\\u0054ty":true}', {"Detach": False, "Tty": True}),
    ("with a long s folded in", '{"Tty":true,"Con\u017foleSize":null}'.encode(), {"Detach": False, "Tty": True}),
    ("with white space around", b' \r\n\t{ "Tty" : true } \n', {"Detach": False, "Tty": True}),
    ("that is an empty object", b"{}", {"Detach": False, "Tty": False}),
]


def body_made_anew(body, wanted):
    def run(t):
        c = t.client()
        x = started(t, c, body, exec_id=world.WEB_TTY_EXEC.id).upgraded()
        need(json.loads(x.request.body) == wanted, f"{x.request.body}")
        need(x.request.body.strip() == json.dumps(wanted, separators=(",", ":")).encode(), f"not canonical: {x.request.body}")
        need(c.head().status == 101, "status")
        ended(t, c, x, b"x")
    return run


for _name, _body, _wanted in BODIES:
    add(f"an exec start body {_name} is made anew", body_made_anew(_body, _wanted))


@scenario("an exec start without a body takes all defaults")
def empty_body(t):
    for kind in ("application/json", None):
        c = t.client()
        x = started(t, c, b"", kind=kind).upgraded()
        need(json.loads(x.request.body) == {"Detach": False, "Tty": False}, f"{x.request.body}")
        need(c.head().status == 101, "status")
        ended(t, c, x)


BAD = [
    ("Detach is a string", b'{"Detach":"true"}', "Detach"),
    ("Detach is a number", b'{"Detach":0,"Tty":1}', "Detach"),
    ("Tty is an object", b'{"Tty":{}}', "Tty"),
    ("ConsoleSize is a number", b'{"Tty":true,"ConsoleSize":24}', "ConsoleSize"),
    ("ConsoleSize has three numbers", b'{"Tty":true,"ConsoleSize":[1,2,3]}', "ConsoleSize"),
    ("ConsoleSize is negative", b'{"Tty":true,"ConsoleSize":[-1,80]}', "ConsoleSize"),
    ("Detach comes twice", b'{"Detach":true,"Detach":false}', "Detach"),
    ("Detach comes in two cases", b'{"Detach":true,"detach":false}', ""),
    ("there is data after it", b'{"Detach":false}{"Detach":true}', ""),
    ("there is a word after it", b'{"Detach":false} x', ""),
    ("it is cut", b'{"Detach":fal', ""),
    ("it is an array", b"[]", ""),
    ("it is null", b"null", ""),
    ("it is a string", b'"Detach"', ""),
    ("it is a form", b"Detach=true", ""),
    ("it begins with a BOM", b'\xef\xbb\xbf{}', ""),
    ("it holds a comment", b'{"Tty":true/*x*/}', ""),
    ("it has bad UTF-8", b'{"Tty":true,"x":"\xc3"}', ""),
    ("it is too deep", b'{"x":' + b"[" * 5000 + b"]" * 5000 + b"}", ""),
    ("it is NUL bytes", b"\0\0\0", ""),
]


def bad_body(body, word):
    def run(t):
        c = t.client()
        c.post("/v1.41" + START, body, fields=UPGRADE)
        t.refused(c, 400, word)
        t.nothing_sent(but=[ASKED])
    return run


for _name, _body, _word in BAD:
    if _name == "it is null":
        continue  # Go takes null for no body; so may the gateway
    add(f"an exec start is refused when {_name}", bad_body(_body, _word))


for _kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonx", "application/json, text/plain", "json"):
    def _typed(t, kind=_kind):
        c = t.client()
        c.post("/v1.41" + START, b'{"Tty":false}', fields=UPGRADE, kind=kind)
        r = c.response()
        need(r.status in (400, 415), f"{r}")
        t.message(r, r.status, "application/json")
        t.nothing_sent(but=[ASKED])
    add(f"an exec start body of type {_kind} is refused", _typed)


@scenario("an exec start body whose type has parameters is taken")
def parameters(t):
    c = t.client()
    x = started(t, c, kind='Application/JSON; charset="utf-8"').upgraded()
    need(x.request.field("Content-Type") == "application/json", f"{x.request.fields}")
    need(c.head().status == 101, "status")
    ended(t, c, x)


@scenario("a detached exec start gets 200 and the connection stays HTTP, checked as before")
def detached(t):
    c = t.client()
    x = started(t, c, {"Detach": True, "Tty": False})
    need(x.request.json() == {"Detach": True, "Tty": False}, f"{x.request.body}")
    x.reply(200)
    r = c.response()
    need(r.status == 200 and r.body == b"" and r.field("Upgrade") is None, f"{r}")
    t.alive(c)
    t.logged(c, "request", endpoint="exec-start", status=200, exec=ID)


@scenario("bytes after a detached exec start are a request, never a stream")
def detached_early(t):
    c = t.client()
    nested = b"POST /v1.41/containers/db/wait HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n" + \
        "{}: {}\r\n\r\n".format(*c.auth[0]).encode()
    x = started(t, c, {"Detach": True, "Tty": False}, early=nested)
    x.silent()
    x.reply(200)
    need(c.response().status == 200, "status")
    c.asked.append("POST")
    t.message(c.response(), 404)
    t.nothing_sent(but=[ASKED, ("POST", START)])


ERRORS = [(404, f"No such exec instance: {ID}"), (409, "Container web is paused, unpause the container before exec"),
          (409, f"Container {world.WEB.id} is not running"), (500, "cannot do it")]

for _status, _message in ERRORS:
    def _error(t, status=_status, message=_message):
        """After a refusal the engine would serve the next request on the same connection: it is parsed and checked here."""
        c = t.client()
        x = started(t, c)
        x.conn.send(stub.error(status, message))
        x.done()
        need(t.message(c.response(), status) == message, "message")
        t.alive(c)
    add(f"the engine's {_status} to an exec start is relayed ({' '.join(_message.replace(ID, 'ID').split()[-2:])}) and the next request is checked", _error)


@scenario("bytes sent ahead for a stream that the engine refuses are not taken by it")
def refused_early(t):
    c = t.client()
    x = started(t, c, early=b"echo hello\n")
    x.silent()
    x.conn.send(stub.error(409, "paused"))
    x.done()
    t.message(c.response(), 409)
    c.wait(lambda: c.stream_over() or c.buffer, "what becomes of the early bytes")
    if c.buffer:  # they are no request
        c.asked.append("POST")
        t.message(c.response(), 400)
    c.end()
    t.nothing_sent(but=[ASKED, ("POST", START)])


@scenario("a Tty that differs from the create's is served")
def tty_served(t):
    c = t.client()
    x = started(t, c, {"Detach": False, "Tty": True}).upgraded()
    need(x.request.json()["Tty"] is True, f"{x.request.body}")
    need(c.head().status == 101, "status")
    ended(t, c, x)


@scenario("a Tty that differs from the create's is refused when the operator says so", setting="same tty")
def tty_refused(t):
    for exec_id, tty in ((ID, True), (world.WEB_TTY_EXEC.id, False)):
        c = t.client()
        c.post(f"/v1.41/exec/{exec_id}/start", {"Detach": False, "Tty": tty}, fields=UPGRADE)
        r = c.response()
        need(r.status in (400, 403, 409), f"{r}")
        t.message(r, r.status, "Tty")
    t.nothing_sent(but=[ASKED])


@scenario("a privileged exec that was made elsewhere is not started")
def privileged(t):
    c = t.client()
    c.post(f"/v1.41/exec/{world.WEB_ROOT_EXEC.id}/start", {"Detach": False, "Tty": False}, fields=UPGRADE)
    r = c.response()
    need(r.status in (403, 404), f"{r}")
    t.nothing_sent(but=[ASKED])


@scenario("ConsoleSize is not sent to an engine that does not know it")
def console_size_old(t):
    c = t.client()
    x = started(t, c, {"Detach": False, "Tty": True, "ConsoleSize": [24, 80]}, exec_id=world.WEB_TTY_EXEC.id).upgraded()
    need(x.request.json() == {"Detach": False, "Tty": True}, f"{x.request.body}")
    need(c.head().status == 101, "status")
    ended(t, c, x)


@scenario("ConsoleSize is sent to an engine that knows it", setting="engine 1.24-1.43")
def console_size(t):
    c = t.client()
    x = started(t, c, {"Detach": False, "Tty": True, "ConsoleSize": [24, 80]}, version="/v1.43", exec_id=world.WEB_TTY_EXEC.id)
    need(x.request.json() == {"Detach": False, "Tty": True, "ConsoleSize": [24, 80]}, f"{x.request.body}")
    x.upgraded()
    need(c.head().status == 101, "status")
    ended(t, c, x)


# Versions.

@scenario("errors for API 1.23 are plain text")
def plain_errors(t):
    c = t.client()
    c.post("/v1.23" + START, b'{"Detach":"x"}', fields=UPGRADE)
    t.refused(c, 400, "Detach", plain=True)
    c.post("/v1.23/containers/nowhere/exec", {"Cmd": ["id"]})
    t.refused(c, 404, "nowhere", plain=True)
    x = started(t, c, version="/v1.23")
    x.conn.send(stub.error(409, "Container web is paused", x.request.version))
    x.done()
    t.refused(c, 409, "Container web is paused", plain=True)
    c.get("/v1.24/containers/nowhere/json")
    t.refused(c, 404, "nowhere")


def version_sent(asked, sent):
    def run(t):
        c = t.client()
        x = started(t, c, version=f"/v1.{asked}" if asked else "", sent_version=sent).upgraded()
        need(c.head().status == 101, "status")
        ended(t, c, x)
    return run


for _setting, _low, _high in (("plain", 12, 41), ("engine 1.24-1.43", 24, 43), ("engine 1.44-1.51", 44, 51)):
    for _asked in sorted({23, 24, _low, _high} - {12} | {None}, key=lambda v: v or 0):
        _sent = max(_asked, _low) if _asked else _high
        _what = f"version 1.{_asked}" if _asked else "no version"
        add(f"a client of {_what} gets API 1.{_sent} of an engine with 1.{_low} to 1.{_high}", version_sent(_asked, _sent), _setting)


def version_refused(asked, plain):
    def run(t):
        c = t.client()
        c.post(f"/v1.{asked}" + START, {"Tty": False}, fields=UPGRADE)
        t.refused(c, 400, f"1.{asked}", plain=plain)
        t.nothing_sent(but=[ASKED])
    return run


for _asked, _name in ((42, "newer than the engine's"), (99, "far too new"), (22, "below 1.23"), (1, "of the stone age")):
    add(f"API 1.{_asked}, {_name}, gets a clear 400", version_refused(_asked, _asked <= 23))


@scenario("an engine of 1.44 answers a 1.23 client's errors in the client's form", setting="engine 1.44-1.51")
def old_client_new_engine(t):
    c = t.client()
    x = started(t, c, version="/v1.23", sent_version=44)
    x.conn.send(stub.error(409, "Container web is paused", x.request.version))
    x.done()
    t.refused(c, 409, "Container web is paused", plain=True)


def media(setting, asked, upgrade, answered, wanted):
    def run(t):
        c = t.client()
        x = started(t, c, version=f"/v1.{asked}", upgrade=upgrade)
        x.upgraded(answered) if upgrade else x.raw_200(answered)
        r = c.head()
        need(r.field("Content-Type") == wanted, f"{r}")
        ended(t, c, x, b"\1\0\0\0\0\0\0\1x")
    add(f"a stream of {answered.split('.')[-1]} for a {asked} client comes as {wanted.split('.')[-1]}"
        f" ({'101' if upgrade else '200'}, {setting})", run, setting)


media("engine 1.44-1.51", 23, True, MULTIPLEXED, RAW)
media("engine 1.44-1.51", 41, True, MULTIPLEXED, RAW)
media("engine 1.44-1.51", 44, True, MULTIPLEXED, MULTIPLEXED)
media("engine 1.24-1.43", 42, True, MULTIPLEXED, MULTIPLEXED)
media("engine 1.24-1.43", 41, True, RAW, RAW)


# What an engine may answer that is no stream.

@scenario("a 200 of another type is a finite answer, not a stream")
def finite_200(t):
    c = t.client()
    x = started(t, c)
    x.reply(200, {"odd": True})
    r = c.response()
    need(r.status == 200 and json.loads(r.body) == {"odd": True}, f"{r}")
    t.alive(c)


@scenario("a 200 of the stream's type with a length is a finite answer")
def finite_stream_type(t):
    c = t.client()
    x = started(t, c)
    x.reply(200, b"done", RAW)
    r = c.response()
    need(r.status == 200 and r.body == b"done", f"{r}")
    t.alive(c)


@scenario("an interim answer before the 101 is skipped")
def interim(t):
    c = t.client()
    x = started(t, c)
    x.send(b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n").upgraded()
    need(c.head().status == 101, "status")
    ended(t, c, x, b"x")


@scenario("an exec start with Expect: 100-continue becomes a stream")
def expect_continue(t):
    c = t.client()
    c.post("/v1.41" + START, b'{"Tty":false}', fields=UPGRADE + [("Expect", "100-continue")])
    x = t.engine.expect("POST", START).upgraded()
    r = c.head()
    need((c.head() if r.status == 100 else r).status == 101, "status")
    ended(t, c, x, b"x")


@scenario("an exec starts on a connection that served requests before")
def reused(t):
    c = t.client()
    t.alive(c)
    x = started(t, c).upgraded()
    need(c.head().status == 101, "status")
    ended(t, c, x, b"x")


@scenario("an exec start that asks for another upgrade is refused")
def other_upgrade(t):
    for word in ("h2c", "websocket", "tcp, h2c"):
        c = t.client()
        c.post("/v1.41" + START, {"Tty": False}, fields=[("Connection", "Upgrade"), ("Upgrade", word)])
        t.refused(c, 400, "Upgrade")
    t.nothing_sent(but=[ASKED])
