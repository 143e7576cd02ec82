"""house: an engine, a recorder before it, the gateway, and the tenants on it."""

import http.client
import json
import os
import shutil
import ssl
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "clients"))

from check import Failure  # noqa: E402
from gateway import Gateway  # noqa: E402
from machine import execute, run  # noqa: E402
from recorder import Recorder  # noqa: E402
from ways import Way  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
IMAGE = "fairlead-test:1"
FOREVER = ("sh", "-c", "trap exit TERM; while :; do sleep 0.2; done")

REGISTRY = "127.0.0.1:15990"  # where the cases that have one put it

GRANTS = ["archive", "build", "commit", "load", "save", "export"]
TENANTS = {
    "acme": {"grants": GRANTS + ["push"], "own_images": [REGISTRY + "/acme/*"]},
    "beta": {"images": ["*", "127.0.0.1:*/base"], "grants": GRANTS + ["push"], "own_images": [REGISTRY + "/beta/*"]},
    "plain": {},
    "watcher": {"preset": "observer"},
    "operator": {"preset": "operator"},
    "root": {"preset": "admin"},
    "rich": {"bind": [{"path": "/usr/share"}, {"path": "/var/local", "write": True}], "cap_add": ["NET_ADMIN"], "extra_hosts": True,
             "ports": {"range": "23750-23759", "host": "127.0.0.1"}, "grants": ["privileged_exec"]},
    "small": {"quota": {"containers": 6, "volumes": 3, "networks": 2, "memory": "256MiB", "cpus": 2, "pids": 100}},
    "few": {"quota": {"execs": 2, "sessions": 4}},
    "busy": {"quota": {"requests": 3}},
    "slow": {"quota": {"bytes": "512KiB"}},
}


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    def json(self):
        return json.loads(self.body)

    def message(self):
        try:
            return self.json()["message"]
        except (ValueError, KeyError, TypeError):
            return self.body.decode(errors="replace")

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


class Tenant:
    def __init__(self, house, name):
        self.house, self.name = house, name
        folder = os.path.join(house.folder, "cert-" + name)
        run(house.gateway.program, "cert", "new", "-c", house.gateway.config, "--tenant", name, "--name", name,
            "--ca", os.path.join(house.folder, "pki"), "--out", folder)
        pair = tuple(os.path.join(folder, f) for f in ("cert.pem", "key.pem"))
        self.way = Way.through(house.folder, "as-" + name, house.gateway.port, house.pki("ca.pem"), certificate=pair)
        self.context = ssl.create_default_context(cafile=self.way.authority)
        self.context.load_cert_chain(*pair)

    def cli(self, *arguments, which="new", stdin=None, env=None):
        return execute([self.house.clis[which], *arguments], {**self.way.env, **(env or {})}, stdin)

    def must(self, *arguments, **how):
        done = self.cli(*arguments, **how)
        if done.code != 0:
            raise Failure(f"{self.name}: docker {' '.join(arguments)}: {done}")
        return done.out.decode().strip()

    def ask(self, method, target, body=None, fields=None):
        """One request on a connection of its own; `body` may be anything that JSON can say, or bytes."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.house.gateway.port, timeout=60, context=self.context)
        fields = dict(fields or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            fields.setdefault("Content-Type", "application/json")
        try:
            connection.request(method, target, body, fields)
            return Answer(connection.getresponse())
        finally:
            connection.close()


class House:
    def __init__(self, build):
        self.program = os.path.join(os.path.abspath(build), "fairlead")
        self.build = os.path.abspath(build)
        self.folder = tempfile.mkdtemp(prefix="fairlead-tenants-", dir="/tmp")
        self.engine_folder = os.path.join(self.folder, "engine")
        self.engine_socket = os.path.join(self.engine_folder, "docker.sock")
        self.credentials = os.path.join(self.folder, "credentials.json")
        self.gateway = self.recorder = None
        self.clis, self.tenants = {}, {}

    def pki(self, name):
        return os.path.join(self.folder, "pki", name)

    def find_clis(self):
        found = shutil.which("docker", path=os.environ.get("PATH", "") + ":/usr/local/bin:/usr/bin")
        if not found:
            raise Failure("there is no docker CLI; docker/install-deps.sh test brings it")
        self.clis = {"new": found}
        if os.path.realpath(found) != os.path.realpath("/usr/bin/docker") and os.path.exists("/usr/bin/docker"):
            self.clis["old"] = "/usr/bin/docker"

    def start(self):
        self.find_clis()
        run(os.path.join(ROOT, "docker/engine.sh"), "start", self.engine_folder)
        self.direct = Way.direct(self.folder, "direct", self.engine_socket)
        self.recorder = Recorder(os.path.join(self.folder, "recorder.sock"), self.engine_socket)
        run(os.path.join(ROOT, "certs/make-certs.sh"), os.path.join(self.folder, "pki"), "127.0.0.1", "localhost")
        with open(os.open(self.credentials, os.O_CREAT | os.O_WRONLY, 0o600), "w") as out:
            out.write('{"credentials": []}\n')
        self.gateway = Gateway(self.program, self.folder, "gateway", self.recorder.path, self.pki, self.credentials,
                               "us-west-1", {}, tenants=TENANTS)
        self.tenants = {name: Tenant(self, name) for name in TENANTS}
        self.gateway.start()

    def engine(self, *arguments, which="new", stdin=None):
        """The CLI on the engine's own socket."""
        return execute([self.clis[which], *arguments], self.direct.env, stdin)

    def tell_log(self):
        if self.gateway:
            self.gateway.tell_log()

    def stop(self):
        try:
            if self.gateway:
                self.gateway.stop()
        finally:
            try:
                run(os.path.join(ROOT, "docker/engine.sh"), "stop", self.engine_folder)
            finally:
                shutil.rmtree(self.folder, ignore_errors=True)
