"""Quotas of what exists: creates at once, refused ones, and what is left behind."""

import re
import threading
import time
from urllib.parse import unquote

from lib import world
from lib.stub import error, reply
from lib.suite import scenario
from lib.wire import GUARD, need

CREATE = "/v1.41/containers/create"
IMAGE = "sha256:" + world.identity("an image")
BODY = {"Image": "busybox", "HostConfig": {"NetworkMode": "none"}}


class Ledger:
    """An engine's containers: what is created is listed from some moment before the answer on."""

    def __init__(self, t, pause=0.02):
        self.there, self.pause, self.lock, self.lists = [], pause, threading.Lock(), 0
        self.held, self.dead = threading.Event(), False
        self.held.set()
        t.engine.rule("POST", "/containers/create", self.create)
        t.engine.rule("GET", "/containers/json", self.list)
        t.engine.rule("GET", "/images/.*/json", self.image)

    def image(self, q):
        if "acme--" in q.route:
            return error(404, "No such image")
        return reply(200, world.dumps({"Id": IMAGE, "RepoTags": ["busybox:latest"], "RepoDigests": [], "Config": {"Labels": None}}))

    def create(self, q):
        """Half of the time passes before it is there, half of it after."""
        self.held.wait(3 * GUARD)
        if self.dead:
            return error(500, "nobody is there")
        labels = q.json()["Labels"]
        if "bad" in labels:
            return error(400, "what the engine does not like")
        time.sleep(self.pause)
        with self.lock:
            self.there.append({"Id": world.identity(f"made {len(self.there)}"), "Labels": labels})
            made = self.there[-1]["Id"]
        time.sleep(self.pause)
        return reply(201, world.dumps({"Id": made, "Warnings": []}))

    def list(self, q):
        need(q.query and 'fairlead.tenant=acme' in unquote(q.query) and "all=1" in q.query, f"{q}")
        with self.lock:
            self.lists += 1
            there = list(self.there)
        time.sleep(self.pause / 2)
        return reply(200, world.dumps(there))


def create(t, body=BODY):
    c = t.client(split=False)
    c.post(CREATE, body)
    return c


def sent(t):
    """The engine has got the create."""
    end = time.monotonic() + GUARD
    while t.engine.asked("POST", "/containers/create") != 1:
        need(time.monotonic() < end, f"no create came: {t.engine.log}")
        time.sleep(0.01)


def statuses(clients):
    return sorted(c.response().status for c in clients)


@scenario("of 40 creates at once as many succeed as there is room for, over two workers", setting="ten containers")
def creates(t):
    ledger = Ledger(t)
    need(statuses([create(t) for _ in range(40)]) == [201] * 10 + [403] * 30, "what became of them")
    need(len(ledger.there) == 10, f"{len(ledger.there)} were made")
    c = create(t)
    t.refused(c, 403, "quota.containers", "tenant acme", "10 of 10", "remove one")
    # Room for three, and some of those that wait for others fail.
    del ledger.there[3:6]
    need(statuses([create(t) for _ in range(20)]) == [201] * 3 + [403] * 17, "the next")
    need(len(ledger.there) == 10, f"{len(ledger.there)} were made")
    # What is another's does not count, whatever a list may have in it.
    ledger.there[:] = [dict(e, Labels={"fairlead.tenant": "beta"}) for e in ledger.there]
    need(statuses([create(t)]) == [201], "an element of another tenant counted")


@scenario("what a client has left behind with the engine still counts", setting="ten containers")
def left_behind(t):
    ledger = Ledger(t, 0.05)
    ledger.there = [{"Id": world.identity(str(i)), "Labels": {"fairlead.tenant": "acme"}} for i in range(9)]
    ledger.held.clear()
    first = create(t)
    sent(t)
    first.close()
    t.logged(first, "request", status=499)
    second = create(t)
    # However long the engine takes; in one mode longer than a claim lasts that is nobody's.
    time.sleep(0.2 if t.mode.client_split or t.mode.engine_split else 5.5)
    need(t.engine.asked("POST", "/containers/create") == 1, "the second one was sent beside the first")
    ledger.held.set()
    need(second.response().status == 403, "the second one")
    need(len(ledger.there) == 10, f"{len(ledger.there)} were made")


@scenario("creates that the engine refuses make room for those that wait", setting="ten containers")
def creates_fail(t):
    ledger = Ledger(t)
    ledger.there = [{"Id": world.identity(str(i)), "Labels": {"fairlead.tenant": "acme"}} for i in range(9)]
    ledger.held.clear()
    bad = create(t, dict(BODY, Labels={"bad": "1"}))
    sent(t)
    good = create(t)
    time.sleep(0.1)
    ledger.held.set()
    need(bad.response().status == 400 and good.response().status == 201, "the answers")


@scenario("a list that cannot be read refuses the create", setting="ten containers")
def bad_list(t):
    for answer, status in ((reply(200, b'[{"Labels":'), 502), (reply(200, b'{}'), 502), (error(500, "broken"), 502)):
        t.engine.rules.clear()
        ledger = Ledger(t)
        t.engine.rules.insert(0, ("GET", re.compile("/containers/json"), lambda q, answer=answer: answer))
        t.refused(create(t), status)
        need(not ledger.there, "one was made")


@scenario("a worker that is killed in the middle of creates gives back what it held", setting="ten containers, to be killed")
def killed(t):
    ledger = Ledger(t)
    ledger.there = [{"Id": world.identity(str(i)), "Labels": {"fairlead.tenant": "acme"}} for i in range(9)]
    ledger.held.clear()
    for _ in range(6):
        create(t)
    sent(t)
    t.gateway.kill_workers()
    t.engine.rules.clear()
    after = Ledger(t)
    after.there, ledger.dead = ledger.there, True
    begin = time.monotonic()
    need(create(t).response().status == 201, "the next create")
    need(time.monotonic() - begin > 3, "what was sent for the dead worker may still be done: it counts for a while")
    ledger.held.set()


@scenario("a gateway ends while the engine is at work for a client that has left", setting="ten containers, to be killed")
def ends_orphaned(t):
    ledger = Ledger(t)
    ledger.held.clear()
    first = create(t)
    sent(t)
    first.close()
    t.logged(first, "request", status=499)
    need(not t.gateway.stop(), "its end")
    ledger.dead = True
    ledger.held.set()
