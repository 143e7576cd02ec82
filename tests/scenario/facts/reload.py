"""Reload and stop: what goes on, what ends, and with which reason."""

import json
import os
import signal
import time

from facts.exec_start import ended, started
from lib import world
from lib.suite import scenario
from lib.wire import GUARD, need

LIST = "/v1.41/containers/json"


def reload(t, event="reloaded", count=1):
    t.gateway.process.send_signal(signal.SIGHUP)
    end = time.monotonic() + GUARD
    while sum(1 for n in list(t.gateway.lines) if n.get("event") == event) < count:
        need(time.monotonic() < end, f"no {event} in the log: {t.gateway.lines[-5:]}")
        time.sleep(0.02)


def revoke(t, name):
    t.house.command("key", "revoke", "-c", t.gateway.config_path, name)


def stream(t, who="acme"):
    c = t.client(who)
    x = started(t, c, exec_id=(world.WEB_EXEC if who == "acme" else world.DB_EXEC).id).upgraded()
    need(c.head().status == 101, "status")
    return c, x


def works(c, x):
    c.send(b"ping")
    need(x.read(4) == b"ping", "input")
    x.send(b"pong")
    need(c.read(4) == b"pong", "output")


@scenario("a reload cuts no stream and no new client", setting="own")
def keeps(t):
    c, x = stream(t)
    reload(t)
    works(c, x)
    fresh = t.client()
    t.alive(fresh)
    reload(t, count=2)
    works(c, x)
    ended(t, c, x, b"end")
    t.alive(t.client())


@scenario("a key revoked at a reload ends its sessions with that reason, and no other", setting="own")
def revoked(t):
    mine, x = stream(t)
    other, y = stream(t, "beta")
    revoke(t, "acme-bearer")
    reload(t)
    mine.wait(mine.stream_over, "the end")
    mine.close()
    x.gone()
    t.logged(mine, "session_end", reason="credential revoked", tenant="acme")
    works(other, y)
    late = t.client()
    late.get(LIST)
    t.message(late.response(), 401)
    ended(t, other, y, b"end")
    x.close()


@scenario("a tenant taken out at a reload loses its sessions with that reason", setting="own")
def tenant_gone(t):
    mine, x = stream(t)
    other, y = stream(t, "beta")
    with open(t.gateway.config_path) as f:
        config = json.load(f)
    del config["tenants"]["beta"]
    with open(t.gateway.config_path, "w") as f:
        json.dump(config, f)
    reload(t)
    other.wait(other.stream_over, "the end")
    other.close()
    y.gone()
    t.logged(other, "session_end", reason="tenant removed", tenant="beta")
    works(mine, x)
    late = t.client("beta")
    late.get(LIST)
    t.message(late.response(), 401)
    ended(t, mine, x, b"end")
    y.close()


@scenario("a reload of a broken configuration changes nothing", setting="own")
def broken(t):
    c, x = stream(t)
    with open(t.gateway.config_path, "a") as f:
        f.write("}")
    reload(t, "reload_refused")
    works(c, x)
    t.alive(t.client())
    ended(t, c, x, b"end")


@scenario("a stop lets streams come to their end and takes no new client", setting="own")
def stop(t):
    c, x = stream(t)
    idle = t.client()
    t.alive(idle)
    t.gateway.process.send_signal(signal.SIGTERM)
    idle.end()
    works(c, x)
    need(t.gateway.process.poll() is None, "it did not wait for its stream")
    ended(t, c, x, b"end")
    need(t.gateway.process.wait(GUARD) == 0, "exit code")


@scenario("a stop ends the streams that outlast the drain time in an orderly way", setting="short drain")
def drain_over(t):
    c, x = stream(t)
    t.gateway.process.send_signal(signal.SIGTERM)
    c.wait(c.ended, "the end")
    need("rst" not in c.events and "close_notify" in c.events, f"{c.events}")
    x.gone()
    x.close()
    need(t.gateway.process.wait(GUARD) == 0, "exit code")


@scenario("a second stop signal ends all at once", setting="own")
def stop_twice(t):
    c, x = stream(t)
    idle = t.client()
    t.alive(idle)
    t.gateway.process.send_signal(signal.SIGTERM)
    idle.end()  # the first one was heard: two at the same time would be one
    works(c, x)
    t.gateway.process.send_signal(signal.SIGTERM)
    c.wait(c.ended, "the end")
    x.gone()
    x.close()
    t.gateway.process.wait(GUARD)


@scenario("a worker that dies is replaced", setting="own")
def worker_dies(t):

    with open(f"/proc/{t.gateway.process.pid}/task/{t.gateway.process.pid}/children") as f:
        worker = int(f.read().split()[0])
    t.alive(t.client())
    os.kill(worker, signal.SIGKILL)
    end = time.monotonic() + GUARD
    while not any(n.get("event") == "worker_died" for n in list(t.gateway.lines)):
        need(time.monotonic() < end, "no worker_died in the log")
        time.sleep(0.02)
    t.alive(t.client())
