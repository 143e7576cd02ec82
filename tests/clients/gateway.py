"""The gateway as an operator sees it: a configuration, a process, its workers, its admin socket."""

import http.client
import json
import os
import signal
import socket
import subprocess

from check import Failure, until
from machine import clean_environment

WORKERS = 2


class UnixHTTP(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(60)
        self.sock.connect(self.path)


def unix_get(path, target):
    """Status and body of one GET on a unix socket."""
    connection = UnixHTTP(path)
    try:
        connection.request("GET", target)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


class Gateway:
    def __init__(self, program, folder, name, engine_socket, pki, credentials, region, limits, tenants=None, more=None):
        self.program, self.process, self.told = program, None, 0
        self.config = os.path.join(folder, name + ".conf")
        self.log = os.path.join(folder, name + ".log")
        self.admin_socket = os.path.join(folder, name + ".admin")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        with open(self.config, "w") as out:
            json.dump({
                "listen": [f"127.0.0.1:{self.port}"],
                "engine": "unix:" + engine_socket,
                "admin_socket": self.admin_socket,
                "workers": WORKERS,
                "credentials": credentials,
                "tenants": tenants or {"acme": {}, "beta": {}},
                "tls": {
                    "certificates": [{"cert": pki("server.pem"), "key": pki("server-key.pem")}],
                    "client_ca": pki("ca.pem"),
                    "client_cert": "optional",
                },
                "hyper": {"region": region},
                "limits": limits,
                **(more or {}),
            }, out, indent=2)

    def start(self):
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen([self.program, "serve", "-c", self.config], stdin=subprocess.DEVNULL,
                                            stdout=out, stderr=out, env=clean_environment())
        until(self.ready, "the gateway's first answer", 30)

    def ready(self):
        if self.process.poll() is not None:
            raise Failure(f"the gateway ended with {self.process.returncode}")
        try:
            return unix_get(self.admin_socket, "/readyz")[0] == 200 and len(self.workers()) == WORKERS
        except OSError:
            return False

    def workers(self):
        """Pids of the master's children that live."""
        pids = []
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                with open(f"/proc/{entry}/stat") as f:
                    state, parent = f.read().rsplit(")", 1)[1].split()[:2]
            except OSError:
                continue
            if int(parent) == self.process.pid and state != "Z":
                pids.append(int(entry))
        return sorted(pids)

    def descriptors(self):
        return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in self.workers())

    def engine_connections(self):
        """Connected unix sockets that the workers hold: to the engine, besides a constant few to the master."""
        with open("/proc/net/unix") as table:
            connected = {row[6] for row in (line.split() for line in table) if row[5] == "03"}
        held = 0
        for pid in self.workers():
            for fd in os.listdir(f"/proc/{pid}/fd"):
                try:
                    held += os.readlink(f"/proc/{pid}/fd/{fd}")[8:-1] in connected
                except OSError:
                    pass  # closed meanwhile
        return held

    def sessions(self):
        status, body = unix_get(self.admin_socket, "/sessions")
        if status != 200:
            raise Failure(f"/sessions of the admin socket answers {status}")
        return json.loads(body)

    def tell_log(self):
        """The log's lines since the last time, at most 15 of them."""
        try:
            with open(self.log, errors="replace") as log:
                log.seek(self.told)
                lines = log.readlines()
                self.told = log.tell()
        except OSError:
            return
        for line in lines[-15:]:
            print("     gateway: " + line.rstrip()[:240])

    def stop(self):
        if not self.process or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
            raise Failure("the gateway does not end when told") from None
