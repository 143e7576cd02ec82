"""gateway: the gateway's processes, their configuration, credentials and log."""

import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import threading
import time

from lib import pki
from lib.stub import Engine
from lib.wire import GUARD, Fault, need

POOL = 4
NAMES = ("acme", "beta", "revoked", "expired")
MAKE_CERTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../certs/make-certs.sh")
REGION = "us-west-1"
SAN_WORDS = ("AddressSanitizer", "LeakSanitizer", "runtime error:", "UndefinedBehavior")

# What the gateways and engines of the scenarios differ in, by name of the setting.
SETTINGS = {
    "plain": {},
    "observers": {"config": {"tenants": {"acme": {"preset": "observer"}, "beta": {}}}},
    "operators": {"config": {"tenants": {"acme": {"preset": "operator"}, "beta": {}}}},
    "impatient": {"config": {"timeouts": {"answer": 0.4, "connect": 0.4}}},
    "small": {"config": {"limits": {"body": "4KiB", "hold": "4KiB", "answer": "64KiB"}}},
    "same tty": {"config": {"exec": {"tty_mismatch": "refuse"}}},
    "engine 1.24-1.43": {"low": 24, "high": 43},
    "engine 1.44-1.51": {"low": 44, "high": 51},
    "builders": {"config": {"tenants": {"acme": {"grants": ["build"], "images": ["busybox", "on"],
                                                 "quota": {"container_memory": "64MiB", "container_cpus": 1.5}}, "beta": {}}}},
    "two sessions": {"config": {"limits": {"sessions": 2}}},
    "engine by TCP": {"tcp": True},
    "two sessions of acme": {"backend": True, "config": {"tenants": {"acme": {"quota": {"sessions": 2}}}, "workers": 2}},
    "two execs of acme": {"config": {"tenants": {"acme": {"quota": {"execs": 2}}}, "workers": 2}},
    "ten containers": {"config": {"tenants": {"acme": {"quota": {"containers": 10, "memory": "1GiB", "container_memory": "64MiB"}}}, "workers": 2}},
    "ten containers, to be killed": {"own": True, "config": {"tenants": {"acme": {"quota": {"containers": 10}}}, "workers": 2}},
    "two execs and sessions, to be killed": {"own": True, "config": {
        "tenants": {"acme": {"quota": {"execs": 2, "sessions": 2}}}, "workers": 2}},
    "slow streams of acme": {"own": True, "backend": True, "config": {"tenants": {"acme": {"quota": {"bytes": "100KiB"}}}}},
    "administrator": {"config": {"tenants": {"acme": {"preset": "admin"}}}},
    "two requests a second": {"own": True, "config": {"tenants": {"acme": {"quota": {"requests": 2}}}, "workers": 2}},
    "origins": {"config": {"websocket": {"origins": ["https://ok.example"]}}},
    "patient": {"config": {"timeouts": {"linger": 20}}},
    "short silence": {"config": {"timeouts": {"keepalive": 0.4}}},
    "slow backend": {"backend": True, "own": True, "config": {"tenants": {"acme": {"quota": {"bytes": "100KiB"}}}}},
    "backend": {"backend": True, "config": {"tenants": {"beta": {"preset": "admin"}},
                                            "timeouts": {"body": 0.5}, "limits": {"body": "4KiB"}}},
    # A gateway for this scenario alone, with a credential store that it may change.
    "own": {"own": True, "config": {"timeouts": {"drain": 20}}},
    "short drain": {"own": True, "config": {"timeouts": {"drain": 0.3}}},
    "short idle": {"config": {"timeouts": {"idle_session": 0.4, "head": 0.4, "keepalive": 0.4, "body": 0.4}}},
}


class House:
    """What all gateways of a run share: certificates and credentials."""

    def __init__(self, program, folder, tools=True):
        """`tools`: the program has the commands that give out credentials."""
        self.program, self.folder = program, folder
        self.keys, self.hyper = {"wrong": "flk_" + secrets.token_hex(32)}, {}
        subprocess.run([MAKE_CERTS, folder, "localhost", "127.0.0.1"], check=True, capture_output=True)
        with open(self.path("credentials.json"), "w", opener=lambda n, f: os.open(n, f, 0o600)) as f:
            f.write('{"credentials": []}\n')
        self.tools_config = self.config("tools.json", {"engine": "unix:" + self.path("none.sock")}, 1)
        for name in NAMES:
            if tools:
                self._give_out(name, "beta" if name == "beta" else "acme")
            else:
                self.keys[name] = name
        if tools:
            pki.odd_ones(folder)
            self._expire("expired-bearer")

    def path(self, name):
        return os.path.join(self.folder, name)

    def config(self, name, more, port):
        config = {
            "listen": [f"127.0.0.1:{port}"], "workers": 1, "sandbox": True,
            "credentials": self.path("credentials.json"), "tenants": {"acme": {}, "beta": {}},
            "tls": {"certificates": [{"cert": self.path("server.pem"), "key": self.path("server-key.pem")}],
                    "client_ca": self.path("ca.pem"), "client_cert": "optional"},
            "hyper": {"region": REGION}, "limits": {"pool": POOL}, "log": {"format": "json", "level": "debug"},
        }
        for group, options in more.items():
            if isinstance(options, dict):
                config.setdefault(group, {}).update(options)
            else:
                config[group] = options
        with open(self.path(name), "w") as f:
            json.dump(config, f, indent=1)
        return self.path(name)

    def command(self, *args):
        p = subprocess.run([self.program, *args], capture_output=True, text=True, timeout=60)
        need(p.returncode == 0, f"fairlead {' '.join(args)}: exit code {p.returncode}: {p.stderr.strip()}")
        return p.stdout

    def _give_out(self, name, tenant):
        """One credential of each kind, by the product's own commands."""
        whose = ["-c", self.tools_config, "--tenant", tenant, "--name"]
        self.keys[name] = re.search(r"^flk_[0-9a-f]{64}$", self.command("key", "new", *whose, name + "-bearer"), re.M)[0]
        told = self.command("key", "new", *whose, name + "-hyper", "--kind", "hyper")
        self.hyper[name] = re.search(r"^(FLK[0-9a-f]{32}) (fls_[0-9a-f]{64})$", told, re.M).groups()
        self.command("cert", "new", *whose, name + "-cert", "--out", self.path(name))
        if name == "revoked":
            for kind in ("bearer", "hyper", "cert"):
                self.command("key", "revoke", "-c", self.tools_config, f"{name}-{kind}")

    def _expire(self, name):
        """No command gives out what is over already."""
        with open(self.path("credentials.json")) as f:
            store = json.load(f)
        for entry in store["credentials"]:
            if entry["name"] == name:
                entry["expires"] = "2026-01-02T03:04:05Z"
        with open(self.path("credentials.json"), "w") as f:
            json.dump(store, f)

    def pair(self, cert):
        """The files of a client certificate and its key."""
        if os.path.isdir(self.path(cert)):
            return self.path(cert + "/cert.pem"), self.path(cert + "/key.pem")
        return self.path(cert + ".pem"), self.path(cert + "-key.pem")


class Gateway:
    def __init__(self, house, name, setting, mode):
        self.house, self.name = house, name
        where = ("127.0.0.1", 0) if setting.get("tcp") else house.path(name + ".sock")
        self.engine = Engine(where, mode.engine_split, setting.get("low", 12), setting.get("high", 41))
        more = dict(setting.get("config", {}), engine=self.engine.name)
        self.backend = None
        if setting.get("backend"):
            self.backend = Engine(house.path(name + ".backend.sock"), mode.engine_split, backend=True)
            more["backends"] = {"snapshots": self.backend.name}
        self.credentials = house.path("credentials.json")
        if setting.get("own"):
            self.credentials = house.path(name + ".credentials.json")
            shutil.copy(house.path("credentials.json"), self.credentials)
            more["credentials"] = self.credentials
        with socket.socket() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind(("127.0.0.1", 0))
            self.address = s.getsockname()
        self.config_path = house.config(name + ".json", more, self.address[1])
        self.lines, self.fresh, self.words = [], threading.Condition(), []
        self.process = subprocess.Popen([house.program, "serve", "-c", self.config_path], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        self.reader = threading.Thread(target=self._read_log, daemon=True)
        self.reader.start()
        self._wait_ready()
        self.at_start, self.pools = self.descriptors(), POOL * more.get("workers", 1)

    def _read_log(self):
        for raw in self.process.stdout:
            try:
                line = json.loads(raw)
            except ValueError:
                self.words.append(raw.decode("utf-8", "replace").rstrip())
                continue
            with self.fresh:
                self.lines.append(line)
                self.fresh.notify_all()

    def _wait_ready(self):
        try:
            self.log_line(lambda n: n.get("event") == "serving", "event=serving, at the start")
        except Fault as e:
            raise Fault(f"the gateway did not start: {e}; {self.words} {self.lines[-3:]}") from None

    def log_line(self, is_it, what):
        """Waits for a line; those of all scenarios are kept, so what is looked for must be its own (by port)."""
        end, seen = time.monotonic() + GUARD / 2, 0
        with self.fresh:
            while True:
                while seen < len(self.lines):
                    if is_it(self.lines[seen]):
                        return self.lines[seen]
                    seen += 1
                if not self.fresh.wait(max(0, end - time.monotonic())):
                    port = what.rsplit(" ", 1)[1]
                    near = [n for n in self.lines if n.get("peer", "").endswith(":" + port)]
                    raise Fault(f"no log line {what}; it has {near}")

    def trouble(self):
        """What a sanitizer or the master said since it was last asked."""
        new, self.words = self.words, []
        reports = [w for w in new if any(s in w for s in SAN_WORDS)]
        wrong = ["a sanitizer reports: " + " | ".join(new[-60:])] if reports else []
        if self.process.poll() is not None:
            wrong.append(f"the gateway is gone: exit code {self.process.returncode}: {new[-5:]}")
        return wrong

    def descriptors(self):
        """How many sockets the gateway's processes hold."""
        count, pids = 0, [self.process.pid]
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as f:
            pids += f.read().split()
        for pid in pids:
            try:
                for fd in os.listdir(f"/proc/{pid}/fd"):
                    count += os.readlink(f"/proc/{pid}/fd/{fd}").startswith("socket:")
            except OSError:
                pass  # it ended, or this descriptor was closed, meanwhile
        return count

    def children(self):
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as f:
            return {int(pid) for pid in f.read().split()}

    def kill_workers(self):
        """As a fault in one would end it; waits until there are new ones."""
        old = self.children()
        for pid in old:
            os.kill(pid, signal.SIGKILL)
        end = time.monotonic() + GUARD
        while old & self.children() or len(self.children()) < len(old):
            need(time.monotonic() < end, "the master starts no new workers")
            time.sleep(0.01)

    def leaks(self):
        """All clients are gone: only the workers' pools may hold more than there was at the start."""
        end = time.monotonic() + GUARD
        while (now := self.descriptors()) > self.at_start + self.pools:
            if time.monotonic() > end:
                return [f"{self.name}: {now} descriptors of sockets are open, {self.at_start} were at the start"]
            time.sleep(0.05)
        return []

    def stop(self):
        """Ends it as an operator does. Returns what was not in order."""
        leaks = []
        if self.process.poll() is None:
            leaks = self.leaks()
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(2 * GUARD)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            return [f"{self.name}: does not end at SIGTERM"]
        self.reader.join(GUARD)
        self.engine.down()
        if self.backend:
            self.backend.down()
        wrong = leaks if code == 0 else leaks + [f"{self.name}: exit code {code}"]
        if any(word in said for word in SAN_WORDS for said in self.words):
            wrong.append(f"{self.name}: a sanitizer reports: " + " | ".join(self.words[-60:]))
        return wrong
