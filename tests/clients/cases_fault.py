"""What breaks, and what must not break with it. These come last: they end workers and the engine."""

import os
import random
import signal
import subprocess
import threading
import time

from check import Failure, Skip, case, equal, true, until
from gateway import WORKERS
from machine import clean_environment, execute
from wire import Exec, Wire, ask

SESSIONS = 200
CUTS = 12


def needs_gateway(lab):
    if lab.direct_only:
        raise Skip("there is no gateway")


def works(lab, way="cert"):
    session = Exec(lab.ways[way], "web", ["cat"])
    try:
        session.wire.send(b"are you there")
        equal(session.frame(), (1, b"are you there"), "echo")
        session.wire.finish()
        equal(session.wire.read_to_end(), b"", "the end of the stream")
    finally:
        session.wire.close()


class Echo:
    """A live session, `cat`, that checks each byte it gets back."""

    def __init__(self, lab, number):
        self.session = Exec(lab.ways["cert" if number % 2 else "bearer"], "web", ["cat"])
        self.random = random.Random(number)
        self.bytes = 0

    def round(self):
        data = self.random.randbytes(self.random.randrange(1, 20000))
        self.session.wire.send(data)
        if self.session.read_payload(len(data)) != data:
            raise Failure("other bytes came back")
        self.bytes += len(data)

    def finish(self):
        self.session.wire.finish()
        equal(self.session.wire.read_to_end(), b"", "bytes after the end")
        equal(self.session.held, b"", "bytes after the end")
        self.session.wire.close()

    def alive(self):
        try:
            self.round()
            return True
        except (OSError, Failure):
            return False


def in_parallel(jobs, workers=8):
    """Runs them on a few threads; the errors of all."""
    errors, lock, jobs = [], threading.Lock(), list(jobs)

    def work():
        while True:
            with lock:
                if not jobs:
                    return
                job = jobs.pop()
            try:
                job()
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def none_failed(errors, what):
    if errors:
        raise Failure(f"{what}: {len(errors)} failed, the first: {errors[0]!r}")


@case("fault-sessions-are-listed")
def listed(lab):
    needs_gateway(lab)
    before = len(lab.gateway.sessions())
    session = Echo(lab, 0)
    session.round()
    rows = until(lambda: [r for r in lab.gateway.sessions() if r.get("exec") == session.session.id], "the session's row")
    equal((rows[0]["tenant"], rows[0]["container"]), ("acme", lab.ids["web"]), "whose it is")
    session.finish()
    until(lambda: len(lab.gateway.sessions()) <= before, "the end of its row")


def cut_one(way, number):
    """A client that vanishes in mid-stream: while it sends or while it is sent to, by a reset or by a FIN."""
    uploads, resets = number % 2, number % 4 < 2
    session = Exec(way, "web", ["sh", "-c", "cat >/dev/null" if uploads else "yes | head -c 1000000000"])
    if uploads:
        session.wire.send(bytes(3_000_000))
    else:
        session.wire.read_exactly(1_000_000)
    if resets:
        session.wire.cut()
    else:
        session.wire.close()


def kill_client(lab, gateway, way):
    """The docker CLI, killed while it uploads."""
    big = os.path.join(lab.folder, "cut")
    with open(big, "wb") as out:
        out.truncate(1 << 34)
    with open(big, "rb") as source:
        client = subprocess.Popen([lab.clis["new"], "exec", "-i", "web", "sh", "-c", "cat >/dev/null"],
                                  env=clean_environment(way.env), stdin=source, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        until(lambda: any(row["up"] > 1_000_000 for row in gateway.sessions()), "the client's upload")
        client.kill()
        client.wait()
    os.unlink(big)


@case("fault-client-cut-leaks-nothing")
def cut(lab):
    """On a gateway that keeps no idle engine connections, so that what is left over is a leak."""
    needs_gateway(lab)
    gateway = lab.new_gateway("lean", lab.engine_socket, pool=0)
    way = lab.ways_through(gateway, "lean-")["cert"]
    gateway.start()

    def left():
        return gateway.descriptors(), gateway.engine_connections(), len(gateway.sessions())

    try:
        for number in range(4):  # what is opened once and kept is open after these
            cut_one(way, number)
        until(lambda: not gateway.sessions(), "the end of all sessions")
        time.sleep(3)  # linger of the last ones
        before = left()
        none_failed(in_parallel([lambda n=n: cut_one(way, n) for n in range(CUTS)], 4), "cuts")
        kill_client(lab, gateway, way)
        try:
            until(lambda: all(now <= then for now, then in zip(left(), before)), "the end", 60, 0.2)
        except Failure:
            raise Failure(f"descriptors, engine connections, sessions: {left()} left, {before} before") from None
    except Exception:
        gateway.tell_log()
        raise
    finally:
        gateway.stop()


@case("fault-reload-under-200-sessions")
def reload_under_load(lab):
    """SIGHUP to the master while 200 sessions talk: not a byte is lost, and all workers are new after it."""
    needs_gateway(lab)
    sessions = []
    none_failed(in_parallel([lambda n=n: sessions.append(Echo(lab, n)) for n in range(SESSIONS)]), "openings")
    equal(len(sessions), SESSIONS, "sessions")
    for one in sessions:
        one.round()
    until(lambda: len(lab.gateway.sessions()) >= SESSIONS, "all their rows")
    old = lab.gateway.workers()
    told = threading.Event()

    def talk(one):
        one.round()
        if not told.is_set():
            told.set()
            os.kill(lab.gateway.process.pid, signal.SIGHUP)
        for _ in range(10):
            one.round()

    none_failed(in_parallel([lambda s=s: talk(s) for s in sessions]), "sessions during the reload")
    until(lambda: len(set(lab.gateway.workers()) - set(old)) == WORKERS, "new workers")
    works(lab, "cert")
    works(lab, "bearer")
    none_failed(in_parallel([s.round for s in sessions]), "sessions after the reload")
    equal(len(lab.gateway.sessions()), SESSIONS, "sessions of old workers in the list")
    none_failed(in_parallel([s.finish for s in sessions]), "ends")
    until(lambda: not set(lab.gateway.workers()) & set(old), "the end of the old workers", 60)


@case("fault-bad-reload-changes-nothing")
def bad_reload(lab):
    needs_gateway(lab)
    with open(lab.gateway.config) as source:
        good = source.read()
    session, old = Echo(lab, 1), lab.gateway.workers()
    size = os.path.getsize(lab.gateway.log)
    try:
        with open(lab.gateway.config, "w") as out:
            out.write(good.replace('"workers"', '"wrokers"'))
        os.kill(lab.gateway.process.pid, signal.SIGHUP)

        def said():
            with open(lab.gateway.log, errors="replace") as log:
                log.seek(size)
                return "wrokers" in log.read()
        until(said, "a line of the log that names the wrong option")
    finally:
        with open(lab.gateway.config, "w") as out:
            out.write(good)
    session.round()
    session.finish()
    equal(lab.gateway.workers(), old, "the workers")
    works(lab)


@case("fault-worker-killed")
def worker_killed(lab):
    """A worker that dies takes its own sessions along, no other's; another takes its place."""
    needs_gateway(lab)
    sessions = [Echo(lab, n) for n in range(16)]
    for one in sessions:
        one.round()
    owner = {row["exec"]: row["pid"] for row in lab.gateway.sessions()}
    workers = lab.gateway.workers()
    victim = max(workers, key=lambda pid: sum(1 for one in sessions if owner[one.session.id] == pid))
    mine = [one for one in sessions if owner[one.session.id] == victim]
    others = [one for one in sessions if owner[one.session.id] != victim]
    os.kill(victim, signal.SIGKILL)
    for one in others:
        one.round()
    until(lambda: not any(one.alive() for one in mine), "the end of the dead worker's sessions")
    until(lambda: len(lab.gateway.workers()) == WORKERS and victim not in lab.gateway.workers(), "a new worker")
    for _ in range(2 * WORKERS):
        works(lab)
    for one in others:
        one.round()
        one.finish()
    true(mine, "the worker had sessions")
    until(lambda: not lab.gateway.sessions(), "rows of the dead worker are given back")


@case("fault-engine-down-and-up")
def engine_down(lab):
    """502 while the engine is away, in the words of the API; the next request after its return works."""
    needs_gateway(lab)
    works(lab)
    kept = Wire(lab.ways["cert"])
    equal(kept.ask("GET", "/v1.41/containers/json").status, 200, "before")
    live = Echo(lab, 3)
    live.round()
    lab.engine("halt")
    until(lambda: not live.alive(), "the end of the live session")
    live.session.wire.close()
    for wire in (kept, Wire(lab.ways["bearer"])):
        answer = wire.ask("GET", "/v1.41/containers/json")
        equal(answer.status, 502, f"without an engine: {answer.body!r}")
        true("message" in answer.json(), f"the body says why: {answer.body!r}")
        wire.close()
    got = execute([lab.clis["new"], "ps"], lab.ways["cert"].env)
    equal((got.code, got.out), (1, b""), f"the CLI without an engine: {got.err!r}")
    lab.engine("start")
    lab.docker("start", "web")
    for way in ("cert", "bearer"):
        equal(ask(lab.ways[way], "GET", "/v1.41/containers/json").status, 200, "with the engine back")
        works(lab, way)


@case("fault-gateway-told-to-end")
def told_to_end(lab):
    """SIGTERM with an idle client: it ends by itself, and with success."""
    needs_gateway(lab)
    idle = Wire(lab.ways["cert"])
    equal(idle.ask("GET", "/_ping").status, 200, "ping")
    lab.gateway.process.send_signal(signal.SIGTERM)
    until(lambda: lab.gateway.process.poll() is not None, "the gateway's end", 60)
    equal(lab.gateway.process.returncode, 0, "its exit code")
    idle.close()
