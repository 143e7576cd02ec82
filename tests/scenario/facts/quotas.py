"""Quotas: requests, sessions and execs of a tenant, over all workers."""

import os
import time

from facts.exec_start import ID, UPGRADE, ended, started
from lib import world, ws
from lib.suite import scenario
from lib.wire import need


def too_many(r, t, *words):
    t.message(r, 429, *words)
    need(r.field("Retry-After") == "1", f"Retry-After {r.field('Retry-After')!r}")


@scenario("a third session of a tenant that may have two gets 429 until one ends", setting="two sessions of acme")
def sessions(t):
    held = []
    for _ in range(2):
        c = t.client()
        held.append((c, started(t, c).upgraded()))
        need(c.head().status == 101, "status")
    # Connections come to one worker or the other.
    for _ in range(6):
        c = t.client()
        c.post(f"/v1.41/exec/{ID}/start", {"Tty": False}, fields=UPGRADE)
        too_many(c.response(), t, "quota.sessions", "acme", "2 of 2")
        c = t.client()
        c.get("/_ping")
        too_many(c.response(), t, "quota.sessions")
        c = t.client()
        c.request("POST", "/snapshots/a", b"x" * 100, kind="text/plain")
        too_many(c.response(), t, "quota.sessions")
    other = t.client("beta")
    other.get("/_ping")
    need(other.response().status == 200, "another tenant's")
    ended(t, *held.pop(), b"x")
    t.logged(t.clients[1], "session_end", reason="engine ended")
    c = t.client()
    x = started(t, c).upgraded()
    need(c.head().status == 101, "status")
    ended(t, c, x, b"y")
    ended(t, *held.pop(), b"z")


@scenario("requests beyond ten seconds' worth get 429, whoever asks and whatever for", setting="two requests a second")
def requests(t):
    seen = {200: 0, 404: 0, 429: 0}
    for i in range(40):
        c = t.client(cert=None if i % 2 else "acme")
        c.get("/_ping" if i % 3 else "/nowhere")
        r = c.response()
        seen[r.status] += 1
        if r.status == 429:
            too_many(r, t, "quota.requests", "acme", "2 requests a second")
            need(r.framing != "eof", "the connection goes on")
    # A slow run gets some more of them.
    need(20 <= seen[200] + seen[404] <= 38 and seen[200] and seen[404], f"{seen}")
    other = t.client("beta")
    other.get("/_ping")
    need(other.response().status == 200, "another tenant's")


@scenario("a third exec's stream gets 429, one that is detached does not, and a stream's end makes room", setting="two execs of acme")
def execs(t):
    held = []
    for _ in range(2):
        c = t.client()
        held.append((c, started(t, c).upgraded()))
        need(c.head().status == 101, "status")
    for _ in range(4):
        c = t.client()
        c.post(f"/v1.41/exec/{ID}/start", {"Tty": False}, fields=UPGRADE)
        too_many(c.response(), t, "quota.execs", "acme", "2 of 2")
        c = t.client()
        c.request("GET", f"/v1.41/exec/{ID}/ws", None, fields=ws.FIELDS)
        too_many(c.response(), t, "quota.execs")
    c = t.client()
    c.post(f"/v1.41/exec/{ID}/start", {"Detach": True})
    t.engine.expect("POST", f"/exec/{ID}/start", client=c).reply(200)
    need(c.response().status == 200, "a detached one")
    ended(t, *held.pop(), b"x")
    t.logged(t.clients[1], "session_end", reason="engine ended")
    # One that the engine refuses holds no place.
    for _ in range(3):
        c = t.client()
        started(t, c).reply(409, {"message": "container is paused"})
        t.message(c.response(), 409)
    c = t.client()
    c.request("GET", f"/v1.41/exec/{ID}/ws", None, fields=ws.FIELDS)
    x = t.engine.expect("POST", f"/exec/{ID}/start", client=c).upgraded()
    ws.opened(c)
    too_many_now = t.client()
    too_many_now.post(f"/v1.41/exec/{ID}/start", {"Tty": False}, fields=UPGRADE)
    too_many(too_many_now.response(), t, "quota.execs")
    x.shut()
    ws.closed(c, 1000)
    x.close()
    ended(t, *held.pop(), b"z")


@scenario("a worker that is killed gives back its sessions and execs", setting="two execs and sessions, to be killed")
def killed(t):
    for _ in range(2):
        c = t.client()
        started(t, c).upgraded()
        need(c.head().status == 101, "status")
    c = t.client()
    c.get("/_ping")
    too_many(c.response(), t, "quota.sessions", "2 of 2")
    t.gateway.kill_workers()
    for _ in range(2):
        c = t.client()
        started(t, c).upgraded()
        need(c.head().status == 101, "status")
    c = t.client()
    c.get("/_ping")
    too_many(c.response(), t, "quota.sessions", "2 of 2")


@scenario("a stream beyond its tenant's bytes a second is slowed down, and nothing of it is lost", setting="slow streams of acme")
def slow_stream(t):
    # A second's worth passes at once.
    data = os.urandom(140 << 10)
    c = t.client(split=False)
    x = started(t, c).upgraded(whole=True)
    need(c.head().status == 101, "status")
    begin = time.monotonic()
    t.beside(lambda: (x.send(data, whole=True), x.shut()))
    need(c.rest() == data, "the bytes")
    need(time.monotonic() - begin > 0.35, f"140 KiB passed in {time.monotonic() - begin:.2f} s")
    c.end()
    c.close()
    x.gone()
    x.close()
    t.logged(c, "session_end", reason="engine ended", bytes_down=len(data))


@scenario("a log beyond its tenant's bytes a second is slowed down, and others are not", setting="slow streams of acme")
def slow_log(t):
    data = os.urandom(300 << 10)
    c = t.client(split=False)
    c.get("/v1.41/containers/web/logs?stdout=1&follow=1")
    x = t.engine.expect("GET", f"/containers/{world.WEB.id}/logs", client=c)
    begin = time.monotonic()

    def give():
        x.chunked()
        for i in range(0, len(data), 20 << 10):
            x.chunk(data[i:i + (20 << 10)])
        x.chunk(b"").done()
    t.beside(give)
    other = t.client("beta")
    other.get("/_ping")
    need(other.response().status == 200, "another tenant's")
    need(c.response().body == data, "the bytes")
    need(time.monotonic() - begin > 0.8, f"300 KiB passed in {time.monotonic() - begin:.2f} s")
    t.alive(c)


@scenario("a body that streams beyond its tenant's bytes a second is slowed down", setting="slow streams of acme")
def slow_body(t):
    data = os.urandom(240 << 10)
    c = t.client(split=False)
    c.request("POST", "/snapshots/a", None, fields=[("Content-Length", str(len(data))), ("Content-Type", "application/x-thing")])
    x = t.backend.expect("POST", "/snapshots/a", client=c)
    begin = time.monotonic()
    sender = t.beside(lambda: c.send(data))
    need(x.upload(len(data)) == data, "the bytes")
    need(time.monotonic() - begin > 0.5, f"240 KiB passed in {time.monotonic() - begin:.2f} s")
    sender.join()
    x.upload_end().reply(204)
    need(c.response().status == 204, "status")
