"""stub: an engine on a unix socket that a scenario scripts and that records what it was sent.

Questions that a gateway asks on its own (ping, version, inspects) are answered
as an engine does. Every other request waits for the scenario, which takes it
with `expect` and holds the connection until it lets go of it. At the scenario's
end nothing may be left: a request nobody expected fails it.
"""

import json
import os
import queue
import re
import select
import socket
import struct
import threading

from lib import world
from lib.wire import GUARD, Fault, need, parse_head, pieces, short

VERSION = re.compile(r"^/v1\.([0-9]+)(/.*)$")
# What a request to the engine may carry; anything else came from the client.
SENT_FIELDS = {"host", "user-agent", "accept", "content-type", "content-length", "connection", "upgrade",
               "transfer-encoding"}
# What a backend is told of the client.
TOLD_FIELDS = {"x-fairlead-tenant", "x-fairlead-key"}


class Request:
    def __init__(self, connection, nth, line, fields, head, body):
        self.connection, self.nth, self.raw, self.body = connection, nth, head + b"\r\n\r\n" + body, body
        self.fields = fields
        parts = line.split(" ")
        need(len(parts) == 3 and parts[2] == "HTTP/1.1", f"the engine got the request line {line!r}")
        self.method, self.target = parts[0], parts[1]
        self.path, _, self.query = self.target.partition("?")
        m = VERSION.match(self.path)
        self.version, self.route = (int(m[1]), m[2]) if m else (None, self.path)

    def field(self, name):
        values = [v for k, v in self.fields if k.lower() == name.lower()]
        need(len(values) < 2, f"the engine got {name} {len(values)} times")
        return values[0] if values else None

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.method} {self.target}"

    def check(self, backend=False):
        """What holds for every request that reaches an engine, whoever asked for it."""
        names = [k.lower() for k, _ in self.fields]
        need(len(set(names)) == len(names), f"the engine got a field twice: {self.fields}")
        allowed = SENT_FIELDS | (TOLD_FIELDS if backend else set())
        if re.fullmatch(r"/images/create|/images/.+/push|/distribution/.+/json", self.route):
            allowed |= {"x-registry-auth"}
        need(set(names) <= allowed, f"the engine got fields of the client: {set(names) - allowed}")
        need(names.count("host") == 1, f"the engine got no Host: {self.fields}")
        need(re.fullmatch(r"/([A-Za-z0-9_./-]|%3A|%40)*(\?[A-Za-z0-9_.~%=&-]+)?", self.target), f"not canonical: {self.target!r}")
        need("//" not in self.path and "/." not in self.path and not self.path.endswith("/"), f"path {self.path!r}")
        need(self.field("Transfer-Encoding") in (None, "chunked"), f"the engine got {self.fields}")
        need(not (self.field("Transfer-Encoding") and self.field("Content-Length")), f"two framings: {self.fields}")
        if self.body:
            need(self.field("Content-Type") == "application/json", f"body with type {self.field('Content-Type')!r}")


class Conn:
    """One accepted connection; bytes that were read too far stay in `early`."""

    def __init__(self, engine, sock, number):
        self.engine, self.sock, self.number, self.buffer, self.served = engine, sock, number, b"", 0
        sock.settimeout(GUARD)

    def read_request(self):
        self.sock.settimeout(None)  # an idle pooled connection waits as long as it likes
        while b"\r\n\r\n" not in self.buffer:
            data = self.sock.recv(65536)
            if not data:
                need(not self.buffer, f"the engine got half a request: {short(self.buffer)}")
                return None
            self.buffer += data
        self.sock.settimeout(GUARD)
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        line, fields = parse_head(head)
        size = [v for k, v in fields if k.lower() == "content-length"]
        need(len(size) < 2, f"the engine got two lengths: {fields}")
        body = self.read(int(size[0]) if size else 0)
        self.served += 1
        return Request(self.number, self.served, line, fields, head, body)

    def read(self, n):
        while len(self.buffer) < n:
            data = self.sock.recv(262144)
            need(data, f"the gateway ended after {len(self.buffer)} of {n} bytes: {short(self.buffer)}")
            self.buffer += data
        out, self.buffer = self.buffer[:n], self.buffer[n:]
        return out

    def chunk(self):
        """The next chunk of a body that streams; b"" is its end."""
        line = b""
        while not line.endswith(b"\r\n"):
            line += self.read(1)
        data = self.read(int(line, 16))
        need(self.read(2) == b"\r\n", "chunk without its CRLF")
        return data

    def send(self, data, whole=False):
        for piece in pieces(data, self.engine.split and not whole):
            self.sock.sendall(piece)


def reply(status, body=b"", kind="application/json", fields=(), version="1.41"):
    reason = {200: "OK", 201: "Created", 204: "No Content", 304: "Not Modified", 400: "Bad Request", 404: "Not Found",
              409: "Conflict", 500: "Internal Server Error"}.get(status, "Whatever")
    lines = [f"HTTP/1.1 {status} {reason}", f"Api-Version: {version}", "Docker-Experimental: false", "Ostype: linux",
             "Server: Docker/20.10.24 (linux)", "Date: Fri, 02 Jan 2026 03:04:05 GMT"]
    lines += [f"{k}: {v}" for k, v in fields]
    if status not in (204, 304):
        lines += [f"Content-Type: {kind}"] if body else []
        lines += [f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def error(status, message, version=None):
    if version is not None and version <= 23:
        return reply(status, message.encode() + b"\n", "text/plain; charset=utf-8")
    return reply(status, world.dumps({"message": message}))


class Exchange:
    """A request that waits for the scenario, and what the scenario does with its connection."""

    def __init__(self, conn, request):
        self.conn, self.request, self.over, self.keep = conn, request, threading.Event(), False
        conn.engine.exchanges.append(self)

    def send(self, data, whole=False):
        self.conn.send(data, whole)
        return self

    def give(self, data):
        """Sends what the gateway may refuse to read to its end."""
        try:
            self.conn.send(data)
        except OSError:
            pass
        return self

    def reply(self, status, body=b"", kind="application/json", fields=()):
        """A whole answer; the connection goes on to the next request."""
        self.conn.send(reply(status, world.dumps(body) if isinstance(body, (dict, list)) else body, kind, fields))
        self.done()

    def upgraded(self, kind="application/vnd.docker.raw-stream", whole=False, early=b""):
        self.conn.send((f"HTTP/1.1 101 UPGRADED\r\nContent-Type: {kind}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
                        "Api-Version: 1.41\r\nDocker-Experimental: false\r\nOstype: linux\r\n"
                        "Server: Docker/20.10.24 (linux)\r\n\r\n").encode() + early, whole)
        return self

    def raw_200(self, kind="application/vnd.docker.raw-stream", early=b""):
        self.conn.send(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n".encode() + early)
        return self

    def chunked(self, fields=(("Content-Type", "application/vnd.docker.raw-stream"),)):
        lines = ["HTTP/1.1 200 OK", "Api-Version: 1.41", "Transfer-Encoding: chunked"] + [f"{k}: {v}" for k, v in fields]
        self.conn.send(("\r\n".join(lines) + "\r\n\r\n").encode())
        return self

    def chunk(self, data):
        self.conn.send(b"%x\r\n%s\r\n" % (len(data), data))
        return self

    def read(self, n):
        return self.conn.read(n)

    def upload(self, n):
        """So many bytes of a body that streams, and no more than its chunks."""
        data = b""
        while len(data) < n:
            piece = self.conn.chunk()
            need(piece, f"the body ends after {len(data)} of {n} bytes")
            data += piece
        need(len(data) == n, f"{len(data)} bytes came, wanted {n}: {short(data)}")
        return data

    def upload_end(self):
        data = self.conn.chunk()
        need(data == b"", f"the body goes on: {short(data)}")
        return self

    def broken(self):
        """The gateway breaks off a body that streams: it has no last chunk. Returns the bytes before."""
        data, rest = b"", self.end()
        while rest:
            line, _, rest = rest.partition(b"\r\n")
            if not line or not rest:
                break
            need(int(line, 16) > 0, "the body was given a clean end")
            data, rest = data + rest[:int(line, 16)], rest[int(line, 16) + 2:]
        return data

    def silent(self, seconds=0.03):
        """Nothing has come so far. (The wait only gives a fault time to show; it asserts no speed.)"""
        if not self.conn.buffer and select.select([self.conn.sock], [], [], seconds)[0]:
            self.conn.buffer += self.conn.sock.recv(65536)
            need(self.conn.buffer, "the gateway ended the engine's connection")
        need(not self.conn.buffer, f"the engine got bytes too early: {short(self.conn.buffer)}")

    def end(self):
        """The gateway ends its side: EOF. Returns the bytes before it."""
        data = self.conn.buffer
        self.conn.buffer = b""
        while True:
            piece = self.conn.sock.recv(262144)
            if not piece:
                return data
            data += piece

    def gone(self):
        """The gateway ends or breaks the connection; whatever was still on the way is thrown away."""
        try:
            self.end()
        except ConnectionResetError:
            pass
        except TimeoutError:
            raise Fault("the gateway keeps the engine's connection open") from None

    def shut(self):
        self.conn.sock.shutdown(socket.SHUT_WR)

    def rst(self):
        """A unix socket has no RST: there, closing with unread bytes is what makes the peer see one."""
        if self.conn.sock.family == socket.AF_INET:
            self.conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self):
        self.keep = False
        self.over.set()
        self.conn.sock.close()

    def done(self):
        self.keep = True
        self.over.set()


class Engine:
    def __init__(self, address, split=False, low=12, high=41, backend=False):
        self.backend = backend
        self.address, self.split, self.low, self.high = address, split, low, high
        self.lock = threading.Lock()
        self.faults, self.log, self.rules, self.exchanges = [], [], [], []
        self.arrived, self.listener, self.open = queue.Queue(), None, set()
        self.up()

    def begin(self):
        """A new scenario: nothing of the last one is left."""
        self.rules, self.faults, self.log, self.exchanges = [], [], [], []
        self.arrived = queue.Queue()
        if not self.listener:
            self.up()

    def up(self):
        by_tcp = isinstance(self.address, tuple)
        self.listener = socket.socket(socket.AF_INET if by_tcp else socket.AF_UNIX, socket.SOCK_STREAM)
        if by_tcp:
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        elif os.path.exists(self.address):
            os.unlink(self.address)
        self.listener.bind(self.address)
        self.address = self.listener.getsockname()
        self.name = "tcp:%s:%d" % self.address if by_tcp else "unix:" + self.address
        self.listener.listen(256)
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def down(self):
        """As a stopped engine: no socket, all connections closed."""
        listener, self.listener = self.listener, None
        if listener:
            if isinstance(self.address, str):
                os.unlink(self.address)
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        with self.lock:
            conns, self.open = self.open, set()
        for conn in conns:
            try:
                conn.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def restart(self):
        self.down()
        self.up()

    def _accept(self, listener):
        number = 0
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            number += 1
            conn = Conn(self, sock, number)
            with self.lock:
                self.open.add(conn)
            threading.Thread(target=self._serve, args=(conn,), daemon=True).start()

    def _serve(self, conn):
        try:
            while request := conn.read_request():
                self.log.append(request)
                request.check(self.backend)
                answer = self._answer(request)
                if answer is not None:
                    conn.send(answer)
                    continue
                exchange = Exchange(conn, request)
                self.arrived.put(exchange)
                exchange.over.wait(6 * GUARD)
                if not exchange.keep:
                    break
        except Fault as e:
            self.faults.append(str(e))
        except OSError:
            pass
        with self.lock:
            self.open.discard(conn)
        conn.sock.close()

    # What is answered without the scenario.

    def rule(self, method, route, answer):
        """`answer(request)` gives the bytes, or None to leave the request to `expect`."""
        self.rules.append((method, re.compile(route), answer))

    def hold(self, method, route):
        self.rule(method, route, lambda request: None)

    def _answer(self, q):
        if self.backend:
            return None
        for method, route, answer in self.rules:
            if q.method == method and route.fullmatch(q.route):
                return answer(q)
        if q.version is not None and not self.low <= q.version <= self.high:
            word = ("old. Minimum supported API version is 1.%d" % self.low if q.version < self.low
                    else "new. Maximum supported API version is 1.%d" % self.high)
            return error(400, f"client version 1.{q.version} is too {word}")
        shown = f"1.{self.high}"
        if q.route == "/_ping" and q.method in ("GET", "HEAD"):
            whole = reply(200, b"OK", "text/plain; charset=utf-8", version=shown)
            return whole if q.method == "GET" else whole[:-2]
        if q.method == "GET" and q.route == "/version":
            return reply(200, world.dumps({
                "Platform": {"Name": "Docker Engine - Community"}, "Version": "20.10.24", "ApiVersion": shown,
                "MinAPIVersion": f"1.{self.low}", "GitCommit": "5d6db84", "GoVersion": "go1.19.8", "Os": "linux",
                "Arch": "amd64", "KernelVersion": "6.1.0", "BuildTime": "2023-04-06"}), version=shown)
        parts = q.route.split("/")
        if q.method == "GET" and len(parts) == 4 and parts[1] == "containers" and parts[3] == "json":
            found = world.find_container(parts[2])
            return (reply(200, world.dumps(found.inspect())) if found
                    else error(404, f"No such container: {parts[2]}", q.version))
        if q.method == "GET" and len(parts) == 4 and parts[1] == "exec" and parts[3] == "json":
            found = world.find_exec(parts[2])
            return (reply(200, world.dumps(found.inspect())) if found
                    else error(404, f"No such exec instance: {parts[2]}", q.version))
        return None

    # What the scenario asks.

    def expect(self, method, route, version=None, client=None):
        """The next request that waits; it must be this one. `route` has no version prefix, `?query` is left out."""
        for i in range(100):
            try:
                x = self.arrived.get(timeout=GUARD / 100)
                break
            except queue.Empty:
                need(not self.faults, "; ".join(self.faults))
                if client is not None and i > 5 and (said := client.peek()):
                    raise Fault(f"wanted {method} {route} at the engine; the client got {short(said)}") from None
        else:
            raise Fault(f"the engine never got {method} {route}; it got {self.log}")
        need((x.request.method, x.request.route) == (method, route), f"the engine got {x.request}, wanted {method} {route}")
        need(version is None or x.request.version == version, f"version 1.{x.request.version}, wanted 1.{version}")
        return x

    def asked(self, method, route):
        """How many requests of this kind came."""
        return sum(1 for q in self.log if q.method == method and re.fullmatch(route, q.route))

    def left(self):
        """What is wrong at a scenario's end."""
        wrong = list(self.faults)
        while not self.arrived.empty():
            x = self.arrived.get()
            wrong.append(f"the engine got {x.request} and nobody expected it")
        for x in self.exchanges:
            if not x.over.is_set():
                x.close()
        return wrong
