"""The ways to an engine: its own socket, or the gateway with one kind of credential."""

import json
import os
import socket
import ssl

from check import GUARD


class Way:
    """How a client reaches an engine: `env` for stock clients, connect() for ours."""

    def __init__(self, folder, name):
        self.name, self.folder = name, os.path.join(folder, "way-" + name)
        self.headers, self.signer, self.certificate, self.address = {}, None, None, None
        os.makedirs(self.folder)

    @classmethod
    def direct(cls, folder, name, engine_socket):
        way = cls(folder, name)
        way.socket, way.host = engine_socket, "engine"
        way.env = {"DOCKER_HOST": "unix://" + engine_socket, "DOCKER_CONFIG": way.folder}
        way.write_config()
        return way

    @classmethod
    def through(cls, folder, name, port, authority, certificate=None, key=None, signer=None):
        """A credential: a (certificate, key) pair of files, a bearer key, a signer of requests, or none."""
        way = cls(folder, name)
        way.address, way.authority, way.host = ("127.0.0.1", port), authority, f"127.0.0.1:{port}"
        way.env = {"DOCKER_HOST": "tcp://" + way.host, "DOCKER_TLS_VERIFY": "1",
                   "DOCKER_CERT_PATH": way.folder, "DOCKER_CONFIG": way.folder}
        os.symlink(authority, os.path.join(way.folder, "ca.pem"))
        way.certificate, way.signer = certificate, signer
        for source, kept in zip(certificate or (), ("cert.pem", "key.pem")):
            os.symlink(source, os.path.join(way.folder, kept))
        if key:
            way.headers = {"Authorization": "Bearer " + key}
        way.write_config()
        return way

    def write_config(self):
        with open(os.path.join(self.folder, "config.json"), "w") as out:
            json.dump({"HttpHeaders": self.headers} if self.headers else {}, out)

    def connect(self):
        """A connected stream socket, TLS done."""
        if not self.address:
            s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            s.settimeout(GUARD)
            s.connect(self.socket)
            return s
        context = ssl.create_default_context(cafile=self.authority)
        if self.certificate:
            context.load_cert_chain(*self.certificate)
        raw = socket.create_connection(self.address, GUARD)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return context.wrap_socket(raw, server_hostname="127.0.0.1")

    def curl(self, *arguments):
        command = ["curl", "-sS", "--max-time", str(GUARD)]
        if not self.address:
            base = "http://engine"
            command += ["--unix-socket", self.socket]
        else:
            base = "https://" + self.host
            command += ["--cacert", self.authority]
            if self.certificate:
                command += ["--cert", self.certificate[0], "--key", self.certificate[1]]
        for name, value in self.headers.items():
            command += ["-H", f"{name}: {value}"]
        return command + [a.replace("BASE", base) for a in arguments]
