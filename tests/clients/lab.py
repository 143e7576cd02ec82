"""Brings up what the cases run against: an engine, its containers, the gateway, two tenants."""

import os
import shutil
import tempfile

from check import Failure
from gateway import Gateway
from hyper import Signer
from machine import run
from ways import Way

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
IMAGE = "fairlead-test:1"
LABEL = "fairlead.tenant"
REGION = "us-west-1"


class Lab:
    def __init__(self, build, direct=False):
        self.build = os.path.abspath(build)
        self.program = os.path.join(self.build, "fairlead")
        self.direct_only = direct
        self.folder = tempfile.mkdtemp(prefix="fairlead-clients-", dir="/tmp")
        self.engine_folder = os.path.join(self.folder, "engine")
        self.engine_socket = os.path.join(self.engine_folder, "docker.sock")
        self.credentials = os.path.join(self.folder, "credentials.json")
        self.gateway = None
        self.clis = {}
        self.ways = {}

    def engine(self, command):
        run(os.path.join(ROOT, "docker/engine.sh"), command, self.engine_folder)

    def docker(self, *arguments):
        """The docker CLI on the engine's own socket, for what the lab itself needs."""
        return run(self.clis["new"], "-H", "unix://" + self.engine_socket, *arguments)

    def container(self, name, tenant, *command, options=()):
        """A container of a tenant, running; its full id."""
        return self.docker("run", "-d", "--network", "none", "--name", name, "--label", f"{LABEL}={tenant}",
                           "--stop-signal", "KILL", *options, IMAGE, *command)

    def containers(self):
        forever = ("sh", "-c", "while :; do sleep 3600; done")
        self.ids = {name: self.container(name, tenant, *forever)
                    for name, tenant in (("web", "acme"), ("frozen", "acme"), ("vault", "beta"))}
        self.docker("pause", "frozen")

    def pki(self, name):
        return os.path.join(self.folder, "pki", name)

    def new_gateway(self, name, engine_socket, **limits):
        return Gateway(self.program, self.folder, name, engine_socket, self.pki,
                       self.credentials, REGION, limits)

    def make_authority(self):
        run(os.path.join(ROOT, "certs/make-certs.sh"), os.path.dirname(self.pki("")), "127.0.0.1", "localhost")
        with open(os.open(self.credentials, os.O_CREAT | os.O_WRONLY, 0o600), "w") as out:
            out.write('{"credentials": []}\n')

    def make_credentials(self):
        """As an operator gives them out: a certificate for each tenant, a bearer key and a Hyper key for one."""
        for tenant in ("acme", "beta"):
            self.new("cert", tenant, tenant + "-cert", "--ca", os.path.dirname(self.pki("")),
                     "--out", self.certificate_folder(tenant))
        # The first line that is no comment is the key itself.
        self.key = self.new("key", "acme", "acme-key").split("\n")[1]
        self.hyper = self.new("key", "acme", "acme-hyper", "--kind", "hyper").split("\n")[1].split(" ")

    def new(self, what, tenant, name, *options):
        return run(self.program, what, "new", "-c", self.gateway.config, "--tenant", tenant, "--name", name, *options)

    def certificate_folder(self, tenant):
        return os.path.join(self.folder, "cert-" + tenant)

    def pair(self, tenant):
        return tuple(os.path.join(self.certificate_folder(tenant), name) for name in ("cert.pem", "key.pem"))

    def ways_through(self, gateway, prefix=""):
        def way(name, **credential):
            return Way.through(self.folder, prefix + name, gateway.port, self.pki("ca.pem"), **credential)
        return {
            "stranger": way("stranger"),
            "cert": way("cert", certificate=self.pair("acme")),
            "beta": way("beta", certificate=self.pair("beta")),
            "bearer": way("bearer", key=self.key),
            "hyper": way("hyper", signer=Signer(*self.hyper, REGION)),
        }

    def find_clis(self):
        found = shutil.which("docker", path=os.environ.get("PATH", "") + ":/usr/local/bin:/usr/bin")
        if not found:
            raise Failure("there is no docker CLI; docker/install-deps.sh test brings it")
        self.clis = {"new": found}
        debian = "/usr/bin/docker"
        if os.path.exists(debian) and os.path.realpath(found) != os.path.realpath(debian):
            self.clis["old"] = debian

    def start(self):
        self.find_clis()
        self.engine("start")
        self.containers()
        direct = Way.direct(self.folder, "direct", self.engine_socket)
        if self.direct_only:
            self.ways = {name: direct for name in ("direct", "cert", "bearer", "hyper")}
            return
        self.make_authority()
        self.gateway = self.new_gateway("gateway", self.engine_socket)
        self.make_credentials()
        self.ways = {"direct": direct, **self.ways_through(self.gateway)}
        self.gateway.start()

    def tell_log(self):
        if self.gateway:
            self.gateway.tell_log()

    def stop(self):
        """Ends all of it."""
        try:
            if self.gateway:
                self.gateway.stop()
        finally:
            try:
                self.engine("stop")
            finally:
                shutil.rmtree(self.folder, ignore_errors=True)
