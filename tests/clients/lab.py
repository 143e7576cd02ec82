"""Brings up what the cases run against: an engine, its containers, the gateway, two tenants."""

import hashlib
import json
import os
import secrets
import shutil
import ssl
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

    def fairlead(self, *arguments):
        return run(os.path.join(self.build, "fairlead"), *arguments)

    def pki(self, name):
        return os.path.join(self.folder, "pki", name)

    def new_gateway(self, name, engine_socket, **limits):
        return Gateway(os.path.join(self.build, "fairlead"), self.folder, name, engine_socket, self.pki,
                       self.credentials, REGION, limits)

    def make_credentials(self):
        """A certificate for each tenant, a bearer key and a Hyper key for one."""
        folder = os.path.join(self.folder, "pki")
        run(os.path.join(ROOT, "certs/make-certs.sh"), folder, "127.0.0.1", "localhost")
        for tenant in ("acme", "beta"):
            self.make_client_certificate(tenant)
        self.key, self.hyper = "fl_" + secrets.token_urlsafe(32), ("AKACME", secrets.token_urlsafe(32))
        made = {"created": "2026-01-01T00:00:00Z"}
        store = [{"kind": "cert", "tenant": t, "name": t + "-cert", "sha256": self.fingerprint(t), **made}
                 for t in ("acme", "beta")]
        store.append({"kind": "bearer", "tenant": "acme", "name": "acme-key",
                      "sha256": hashlib.sha256(self.key.encode()).hexdigest(), **made})
        store.append({"kind": "hyper", "tenant": "acme", "name": "acme-hyper", "access_key": self.hyper[0],
                      "secret": self.hyper[1], **made})
        with open(self.credentials, "w") as out:
            json.dump({"credentials": store}, out)
        os.chmod(self.credentials, 0o600)

    def pair(self, tenant):
        return self.pki(tenant + ".pem"), self.pki(tenant + "-key.pem")

    def make_client_certificate(self, tenant):
        certificate, key = self.pair(tenant)
        request, facts = certificate + ".request", certificate + ".facts"
        run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
            "/CN=" + tenant, "-keyout", key, "-out", request)
        with open(facts, "w") as out:
            out.write(f"subjectAltName=URI:urn:fairlead:tenant:{tenant}\nextendedKeyUsage=clientAuth\n")
        run("openssl", "x509", "-req", "-in", request, "-CA", self.pki("ca.pem"), "-CAkey", self.pki("ca-key.pem"),
            "-CAcreateserial", "-days", "1", "-extfile", facts, "-out", certificate)

    def fingerprint(self, tenant):
        with open(self.pair(tenant)[0]) as pem:
            return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem.read())).hexdigest()

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
        self.make_credentials()
        self.gateway = self.new_gateway("gateway", self.engine_socket)
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
