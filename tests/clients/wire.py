"""An HTTP/1.1 client that shows every byte: for what stock clients do not let a test see or break."""

import json
import os
import socket
import struct

from check import Failure

UPGRADE = {"Upgrade": "tcp", "Connection": "Upgrade"}


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Wire:
    """One connection. Requests on it are signed or carry what the way's credential needs."""

    def __init__(self, way):
        self.way, self.socket, self.rest = way, way.connect(), b""

    def close(self):
        self.socket.close()

    def cut(self):
        """Ends it as a client that vanishes: a reset on TCP."""
        if self.way.address:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def finish(self):
        """Half-close by a bare FIN without close_notify, as the Hyper client does. Reading goes on."""
        if not self.way.address:
            self.socket.shutdown(socket.SHUT_WR)
            return
        twin = socket.socket(fileno=os.dup(self.socket.fileno()))
        twin.shutdown(socket.SHUT_WR)
        twin.close()

    def send(self, data):
        self.socket.sendall(data)

    def receive(self, most=65536):
        """Some bytes, b"" at the end."""
        if self.rest:
            got, self.rest = self.rest[:most], self.rest[most:]
            return got
        return self.socket.recv(most)

    def read_exactly(self, count):
        parts = []
        while count:
            part = self.receive(min(count, 262144))
            if not part:
                raise Failure(f"the stream ended {count} bytes early")
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def read_to_end(self):
        parts = []
        while part := self.receive(262144):
            parts.append(part)
        return b"".join(parts)

    def _line(self):
        while b"\r\n" not in self.rest:
            more = self.socket.recv(65536)
            if not more:
                raise Failure(f"the answer's head ended early, after {self.rest[:200]!r}")
            self.rest += more
        line, self.rest = self.rest.split(b"\r\n", 1)
        return line.decode("latin-1")

    def request(self, method, target, body=None, headers=None, early=b"", chunked=False):
        """Sends a request, with `early` bytes in the same write, and reads the answer's head."""
        payload = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        fields = {"Host": self.way.host, "User-Agent": "wire"}
        if body is not None:
            fields["Content-Type"] = "application/json"
        fields.update(self.way.headers)
        if self.way.signer:
            fields.update(self.way.signer.sign(method, target, self.way.host, payload))
        fields.update(headers or {})
        if chunked:
            fields["Transfer-Encoding"] = "chunked"
            payload = (b"%x\r\n%s\r\n" % (len(payload), payload) if payload else b"") + b"0\r\n\r\n"
        elif method == "POST" or payload:
            fields["Content-Length"] = str(len(payload))
        head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in fields.items()) + "\r\n"
        self.send(head.encode() + payload + early)
        words = self._line().split(" ", 2)
        answer = {}
        while line := self._line():
            name, _, value = line.partition(":")
            answer[name.strip().lower()] = value.strip()
        return int(words[1]), answer

    def ask(self, method, target, body=None, **options):
        """A request with a finite answer, all of it."""
        status, headers = self.request(method, target, body, **options)
        if status in (204, 304) or method == "HEAD":
            return Answer(status, headers, b"")
        if headers.get("transfer-encoding") == "chunked":
            parts = []
            while size := int(self._line().split(";")[0], 16):
                parts.append(self.read_exactly(size))
                self.read_exactly(2)
            while self._line():
                pass
            return Answer(status, headers, b"".join(parts))
        if "content-length" in headers:
            return Answer(status, headers, self.read_exactly(int(headers["content-length"])))
        return Answer(status, headers, self.read_to_end())


def ask(way, method, target, body=None, **options):
    wire = Wire(way)
    try:
        return wire.ask(method, target, body, **options)
    finally:
        wire.close()


def frames(stream):
    """A multiplexed stream taken apart: {1: stdout, 2: stderr}."""
    out = {1: b"", 2: b""}
    while stream:
        if len(stream) < 8:
            raise Failure(f"a frame's head is cut: {stream!r}")
        kind, size = stream[0], int.from_bytes(stream[4:8], "big")
        if kind not in out or len(stream) < 8 + size:
            raise Failure(f"a frame of kind {kind} and {size} bytes is wrong or cut at {len(stream) - 8}")
        out[kind] += stream[8:8 + size]
        stream = stream[8 + size:]
    return out


class Exec:
    """An exec through a way, on a connection of its own, upgraded."""

    def __init__(self, way, container, command, version="v1.41", tty=False, stdin=True, early=b"",
                 upgrade=True, extras=None):
        self.way, self.version, self.held = way, version, b""
        create = {"AttachStdin": stdin, "AttachStdout": True, "AttachStderr": True, "Tty": tty, "Cmd": command}
        create.update(extras or {})
        made = ask(way, "POST", f"/{version}/containers/{container}/exec", create)
        if made.status != 201:
            raise Failure(f"exec create answers {made.status} {made.body!r}")
        self.id = made.json()["Id"]
        self.wire = Wire(way)
        start = {"Detach": False, "Tty": tty}
        start.update(extras or {})
        self.status, self.headers = self.wire.request(
            "POST", f"/{version}/exec/{self.id}/start", start, headers=UPGRADE if upgrade else None, early=early)
        if self.status != (101 if upgrade else 200):
            raise Failure(f"exec start answers {self.status}")

    def exit_code(self):
        return ask(self.way, "GET", f"/{self.version}/exec/{self.id}/json").json()["ExitCode"]

    def frame(self):
        """One frame: its kind and payload."""
        head = self.wire.read_exactly(8)
        return head[0], self.wire.read_exactly(int.from_bytes(head[4:8], "big"))

    def read_payload(self, count):
        """Payload bytes of the next frames; frames that end elsewhere are kept for the next call."""
        while len(self.held) < count:
            self.held += self.frame()[1]
        got, self.held = self.held[:count], self.held[count:]
        return got
