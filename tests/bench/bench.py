#!/usr/bin/python3
"""The bench: runs the contenders in turn, round after round, and reports the medians.

BENCH_QUICK=1: one short round. BENCH_ROUNDS=N. BENCH_CONTENDERS=a,b,c: only these.
BENCH_STRICT=1: a missed goal makes the exit code 1 (a broken session always does).
"""

import argparse
import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import contenders
import report

GB = 10**9
SESSIONS = 1000
STALLED = 32
TAIL = 1 << 20
HALF_CLOSES = 10
GIVE_BACK_S = 2.5  # for what gives memory back some time after a peak


class Place:
    """Where things are: the build, the certificate, the engine's socket."""

    def __init__(self, build):
        self.out = pathlib.Path(build).resolve() / "bench"
        self.fairlead = pathlib.Path(build).resolve() / "fairlead"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fairlead-bench-"))
        self.folder.chmod(0o755)
        self.socket = self.folder / "engine.sock"
        self.cert, self.private, self.pem = (self.folder / n for n in ("cert.pem", "key.pem", "both.pem"))
        self.measured, self.driving = contenders.cpu_sets()

    def make_certificate(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                        "-nodes", "-days", "2", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                        "-keyout", str(self.private), "-out", str(self.cert)], check=True, capture_output=True)
        self.pem.write_text(self.cert.read_text() + self.private.read_text())


class Sizes:
    def __init__(self, quick):
        self.rounds = int(os.environ.get("BENCH_ROUNDS", 1 if quick else 3))
        self.repeats = 1 if quick else 2  # of each step in a round: many short samples beat few long ones
        self.bulk = GB // 4 if quick else GB // 2
        self.echoes = 5000
        self.setups = 400 if quick else 500
        self.gets = 2000 if quick else 3000
        self.lists = 100 if quick else 200  # of 1,000 containers each
        self.many = 8  # connections that ask at one time


class Load:
    """One run of the load generator: opened, released by go(), read by result()."""

    def __init__(self, bench, contender, mode, **options):
        argv = [bench.place.out / "load", "-m", mode, "-p", contender.port]
        if contender.key:
            argv += ["-k", contender.key]
        for flag, value in options.items():
            argv += [f"-{flag}"] if value is True else [f"-{flag}", value]
        self.what = f"{contender.label}: {mode}"
        self.process = contenders.spawn(argv, bench.driving, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        bench.running.append(self.process)
        if self.process.stdout.readline() != "ready\n":
            self.process.wait()
            raise RuntimeError(f"{self.what} failed")

    def go(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if self.process.wait() != 0 or not line:
            hung = self.process.returncode == -signal.SIGALRM
            raise RuntimeError(f"{self.what} {'hangs' if hung else 'failed'}")
        return json.loads(line)


class Bench:
    def __init__(self, place, sizes, wanted):
        self.place, self.sizes = place, sizes
        self.running = []
        self.driving = place.driving
        self.serial = 1 << 20  # fresh ids are never used twice
        self.results = {}
        self.contenders = [kind(name, label, place) for name, kind, label in contenders.ROSTER if name in wanted]
        self.streams = [c for c in self.contenders if c.exec]
        self.exec = [c for c in self.streams if c.whole]
        self.http = [c for c in self.contenders if c.http]

    def note(self, contender, metric, value):
        self.results.setdefault(metric, {}).setdefault(contender.name, []).append(value)
        print(f"  {metric:24} {contender.label:14} {value:12.3f}", file=sys.stderr, flush=True)

    def start_engine(self):
        argv = [self.place.out / "stub", self.place.socket, contenders.HERE / "engine"]
        self.engine = contenders.spawn(argv, self.place.driving)
        self.running.append(self.engine)
        deadline = time.monotonic() + 10
        while not self.place.socket.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        self.engine_counts()

    def engine_counts(self):
        """(exec streams that the engine has open, lookups that it has answered, connections to it so far)"""
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(str(self.place.socket))
            s.sendall(b"GET /bench/counts HTTP/1.1\r\nHost: engine\r\n\r\n")
            answer = b""
            while not answer.endswith(b"]\n"):
                answer += s.recv(4096)
        return json.loads(answer.rpartition(b"\r\n\r\n")[2])

    def hijacked(self):
        return self.engine_counts()[0]

    def fresh(self, n):
        self.serial += n
        return self.serial - n

    # Memory and descriptors: each in a process that did nothing before.

    def memory(self, c):
        c.start()
        Load(self, c, "setup", n=4, i=self.fresh(8)).go()
        c.settle()
        empty, descriptors, hijacked = c.pss(), c.descriptors(), self.hijacked()
        self.note(c, "empty_pss", empty / 1024)
        idle = Load(self, c, "idle", n=SESSIONS, i=self.fresh(SESSIONS))
        c.settle()
        self.note(c, "idle_pss", (c.pss() - empty) / SESSIONS)
        idle.go()
        self.wait_for(lambda: c.descriptors() <= descriptors)
        time.sleep(GIVE_BACK_S)
        c.settle()
        self.note(c, "kept_sessions", (c.pss() - empty) / 1024)
        Load(self, c, "cut", n=SESSIONS, i=self.fresh(SESSIONS)).go()
        self.wait_for(lambda: c.descriptors() <= descriptors and self.hijacked() <= hijacked)
        self.note(c, "cut_descriptors", max(0, c.descriptors() - descriptors))
        self.note(c, "cut_engine", max(0, self.hijacked() - hijacked))
        c.stop()

    @staticmethod
    def wait_for(reached, patience=5.0):
        deadline = time.monotonic() + patience
        while not reached() and time.monotonic() < deadline:
            time.sleep(0.05)

    def stalled(self, c, mode, metric):
        c.start()
        Load(self, c, "setup", n=4, i=self.fresh(8)).go()
        c.settle()
        before = c.pss()
        load = Load(self, c, mode, n=STALLED, s=STALLED, i=self.fresh(STALLED))
        c.settle()
        self.note(c, metric, (c.pss() - before) / STALLED)
        load.go()
        c.stop()

    # CPU time and latency: all are up, one works at a time.

    def place_on(self, measured, driving):
        """Bulk runs with the contender on a core of its own. What goes to and fro (echo, setup,
        requests) runs with all on one core: there one side always waits for the other, and
        waking a sleeping core costs more than the work, and differently each time."""
        self.driving = driving
        contenders.move(self.engine.pid, driving)
        for c in self.contenders:
            if c.process:
                c.move(measured)

    def measure(self, c, mode, **options):
        """(CPU seconds that it took, the load's result)"""
        load = Load(self, c, mode, i=self.fresh(1 << 20), **options)
        c.settle(1.0)
        before = c.cpu()
        result = load.go()
        time.sleep(0.03)
        return c.cpu() - before, result

    def bulk(self, c, mode, streams):
        cpu, result = self.measure(c, mode, s=streams, b=self.sizes.bulk)
        self.note(c, f"{mode}_{streams}", cpu / (result["bytes"] / GB))
        self.note(c, f"{mode}_{streams}_rate", result["bytes"] / 1e6 / result["seconds"])

    def echo(self, c):
        cpu, result = self.measure(c, "echo", n=self.sizes.echoes, w=200)
        self.note(c, "echo_cpu", cpu / result["count"] * 1e6)
        self.note(c, "echo_p50", result["p50_us"])
        self.note(c, "echo_p99", result["p99_us"])

    def setup(self, c, metric, **options):
        before = self.engine_counts()[1]
        cpu, result = self.measure(c, "setup", s=2, n=self.sizes.setups, w=20, **options)
        lookups = self.engine_counts()[1] - before
        wanted = 2 * self.sizes.setups if options.get("f") else 0
        # What was opened before the measured part (warming up, learning the ticket) may have looked up too.
        if not wanted <= lookups <= wanted + 2 * 21:
            raise RuntimeError(f"{c.label}: {metric}: {lookups} lookups, not {wanted}")
        self.note(c, f"{metric}_cpu", cpu / result["count"] * 1e6)
        self.note(c, f"{metric}_rate", result["count"] / result["seconds"])

    def get(self, c, metric, path, count):
        cpu, result = self.measure(c, "get", n=count, w=count // 20, u=path)
        self.note(c, metric, cpu / result["count"] * 1e6)

    def get_many(self, c, metric, path, count):
        before = self.engine_counts()[2]
        _, result = self.measure(c, "get", n=count, s=self.sizes.many, u=path)
        connects = self.engine_counts()[2] - before - 1  # the question's own
        self.note(c, f"{metric}_rate", result["count"] / result["seconds"])
        self.note(c, f"{metric}_connects", connects * 1000 / result["count"])

    def half_close(self, c):
        _, result = self.measure(c, "half-close", s=HALF_CLOSES, b=TAIL)
        self.note(c, "half_close", result["whole"])

    def bulk_steps(self):
        """(who takes part, what is done)"""
        for mode in ("down", "up"):
            for streams in (1, 8):
                yield self.streams, lambda c, m=mode, s=streams: self.bulk(c, m, s)

    def turn_steps(self):
        yield self.exec, self.echo
        # The peers look nothing up: only for fairlead are fresh ids another case.
        yield self.exec, lambda c: self.setup(c, "setup_full")
        yield self.exec, lambda c: self.setup(c, "setup_resumed", r=True)
        looking = [c for c in self.exec if isinstance(c, contenders.Fairlead)]
        yield looking, lambda c: self.setup(c, "setup_full_lookup", f=True)
        yield looking, lambda c: self.setup(c, "setup_resumed_lookup", f=True, r=True)
        for metric, path, count in self.gets():
            yield self.http, lambda c, m=metric, p=path, n=count: self.get(c, m, p, n)

    def gets(self):
        """(metric, path, how many)"""
        return (("get_version", "/v1.41/version", self.sizes.gets), ("get_list", "/v1.41/containers/json", self.sizes.gets),
                ("get_long_list", "/v1.41/containers/json?limit=1000", self.sizes.lists))

    def rate_steps(self):
        for metric, path, count in self.gets():
            yield self.http, lambda c, m=metric, p=path, n=count: self.get_many(c, m, p, 4 * n)

    def run_steps(self, steps, repeats, in_turn):
        for who, step in steps:
            for _ in range(repeats):
                for c in in_turn(who):
                    step(c)

    def round(self, number):
        def in_turn(who):
            shift = number % len(who) if who else 0
            return who[shift:] + who[:shift]

        for c in in_turn(self.exec):
            self.memory(c)
        for c in in_turn(self.streams):
            self.stalled(c, "stall-down", "stall_down")
            self.stalled(c, "stall-up", "stall_up")
        for c in self.contenders:
            c.start()
        at_start = {c: c.pss() for c in self.contenders}
        self.run_steps(self.bulk_steps(), self.sizes.repeats, in_turn)
        for c in self.exec:
            self.note(c, "kept_bulk", max(0, c.pss() - at_start[c]) / 1024)
        self.run_steps([(self.exec, self.half_close)], 1, in_turn)
        self.run_steps(self.rate_steps(), self.sizes.repeats, in_turn)
        self.place_on(self.place.driving, self.place.driving)
        self.run_steps(self.turn_steps(), self.sizes.repeats, in_turn)
        for c in self.contenders:
            c.stop()
        self.place_on(self.place.measured, self.place.driving)

    def run(self):
        self.start_engine()
        for number in range(self.sizes.rounds):
            print(f"round {number + 1} of {self.sizes.rounds}", file=sys.stderr)
            self.round(number)

    def close(self):
        for c in self.contenders:
            c.stop()
        for process in self.running:
            contenders.end(process)
        shutil.rmtree(self.place.folder, ignore_errors=True)


def install_missing(wanted):
    """Peers that are not there come from the distribution, when that is allowed."""
    packages = []
    if any(n.startswith("haproxy") for n in wanted) and not shutil.which("haproxy"):
        packages.append("haproxy")
    if any(n.startswith("nginx") for n in wanted) and not shutil.which("nginx"):
        packages += ["nginx", "libnginx-mod-stream"]
    if not packages:
        return
    if os.getuid() != 0:
        sys.exit(f"bench: not installed: {' '.join(packages)} (run as root to have them installed)")
    subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", *packages], check=True,
                   env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


def stop_on_signal(number, frame):
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build")
    args = parser.parse_args()
    quick = os.environ.get("BENCH_QUICK", "0") not in ("", "0")
    wanted = os.environ.get("BENCH_CONTENDERS", ",".join(n for n, _, _ in contenders.ROSTER)).split(",")
    install_missing(wanted)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    signal.signal(signal.SIGTERM, stop_on_signal)
    place = Place(args.build)
    bench = Bench(place, Sizes(quick), wanted)
    began = time.monotonic()
    try:
        place.make_certificate()
        bench.run()
    except KeyboardInterrupt:
        sys.exit("bench: interrupted")
    except RuntimeError as error:
        sys.exit(f"bench: {error}")
    finally:
        bench.close()
    summary = report.summarize(bench, quick, time.monotonic() - began)
    report.write(summary, place.out)
    report.print_table(summary)
    broken, missed = report.verdict(summary)
    strict = os.environ.get("BENCH_STRICT", "0") not in ("", "0")
    sys.exit(1 if broken or (missed and strict) else 0)


if __name__ == "__main__":
    main()
