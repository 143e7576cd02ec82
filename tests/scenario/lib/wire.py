"""wire: a client's end of a connection, in plain bytes or TLS.

TLS runs over memory buffers, so that a scenario decides what happens on the
socket: bytes split at will, close_notify without FIN, FIN without close_notify,
RST, reading after its own half-close, not reading at all. What the peer did to
end the connection is kept in order in `events`.
"""

import errno
import os
import select
import socket
import ssl
import struct
import time

GUARD = float(os.environ.get("SCENARIO_GUARD", "10"))  # hang guard in seconds, never an assertion of speed
SPLIT_BYTES = 1200  # the first bytes of a send go one at a time when splitting, ...
SPLIT_REST = 1021  # ... the rest in pieces that fit no power of two


class Fault(Exception):
    """Something was not as the scenario says."""


def need(truth, message):
    if not truth:
        raise Fault(message)


def short(data, limit=300):
    return repr(bytes(data[:limit])) + ("..." if len(data) > limit else "")


def pieces(data, split):
    if not split:
        return [data] if data else []
    out = [data[i:i + 1] for i in range(min(len(data), SPLIT_BYTES))]
    return out + [data[i:i + SPLIT_REST] for i in range(SPLIT_BYTES, len(data), SPLIT_REST)]


class Response:
    """One answer, parsed strictly. `pieces` keeps the chunks as they were framed."""

    def __init__(self, status, reason, fields, raw_head):
        self.status, self.reason, self.fields, self.raw_head = status, reason, fields, raw_head
        self.body, self.framing = b"", None

    def all(self, name):
        return [v for k, v in self.fields if k.lower() == name.lower()]

    def field(self, name):
        values = self.all(name)
        need(len(values) < 2, f"{name} comes {len(values)} times")
        return values[0] if values else None

    def __repr__(self):
        return f"<{self.status} {self.fields} {short(self.body)}>"


def parse_head(raw):
    """(start line, [(name, value)]) of a head without its empty line."""
    lines = raw.decode("latin-1").split("\r\n")
    fields = []
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        need(colon and name and not name[-1].isspace() and not line[0].isspace(), f"malformed field {line!r}")
        need("\n" not in line and "\r" not in line and "\0" not in line, f"control byte in field {line!r}")
        fields.append((name, value.strip(" \t")))
    return lines[0], fields


class Client:
    def __init__(self, address, context=None, split=False, server_name="localhost", session=None):
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.sock = socket.socket(family, socket.SOCK_STREAM)
        self.sock.settimeout(GUARD)
        self.sock.connect(address)
        if family == socket.AF_INET:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.port = self.sock.getsockname()[1]
        self.sock.setblocking(False)
        self.split, self.reading = split, True
        self.buffer, self.events = bytearray(), []
        self.asked = []  # methods whose answers are still to be read
        self.tls, self.context = None, context
        if context:
            self.inb, self.outb = ssl.MemoryBIO(), ssl.MemoryBIO()
            self.tls = context.wrap_bio(self.inb, self.outb, server_hostname=server_name, session=session)
            self._handshake()

    # What comes in.

    def _handshake(self):
        end = time.monotonic() + GUARD
        while True:
            try:
                self.tls.do_handshake()
                self._flush(self.outb.read())
                return
            except ssl.SSLWantReadError:
                self._flush(self.outb.read())
                need(time.monotonic() < end, "the handshake hangs")
                self._fill(GUARD, decode=False)
                need("fin" not in self.events and "rst" not in self.events, "connection ended in the handshake")

    def _fill(self, timeout, decode=True):
        """Takes what the socket has, waiting up to `timeout` for it. True when anything happened."""
        if self.ended():
            return False
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        if not poll.poll(timeout * 1000):
            return False
        try:
            data = self.sock.recv(262144)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError as e:
            need(e.errno in (errno.ECONNRESET, errno.EPIPE), f"recv: {e}")
            self.events.append("rst")
            return True
        if not self.tls:
            self.buffer += data
        elif data:
            self.inb.write(data)
        if self.tls and decode:
            self._decode()
        if not data:
            self.events.append("fin")
        return True

    def _decode(self):
        while "close_notify" not in self.events:
            try:
                data = self.tls.read(262144)
            except ssl.SSLWantReadError:
                break
            except ssl.SSLZeroReturnError:
                data = b""
            except ssl.SSLError as e:
                self.events.append("alert " + str(e.reason))
                break
            if not data:
                self.events.append("close_notify")
            self.buffer += data
        if self.outb.pending:  # key updates and alerts
            try:
                self.sock.send(self.outb.read())
            except OSError:
                pass

    def ended(self):
        return "fin" in self.events or "rst" in self.events or "left" in self.events

    def stream_over(self):
        return self.ended() or "close_notify" in self.events

    def wait(self, enough, what):
        end = time.monotonic() + GUARD
        while not enough():
            left = end - time.monotonic()
            need(left > 0, f"waited {GUARD:.0f} s for {what}; has {short(self.buffer)}, events {self.events}")
            self._fill(left)
            if self.ended() and not enough():
                raise Fault(f"connection ended before {what}; has {short(self.buffer)}, events {self.events}")

    def peek(self):
        """What is there without waiting."""
        while self._fill(0):
            pass
        return bytes(self.buffer)

    def read(self, n):
        self.wait(lambda: len(self.buffer) >= n or self.stream_over() and len(self.buffer) < n, f"{n} bytes")
        need(len(self.buffer) >= n, f"stream over after {len(self.buffer)} of {n} bytes: {short(self.buffer)}")
        out = bytes(self.buffer[:n])
        del self.buffer[:n]
        return out

    def read_until(self, mark):
        self.wait(lambda: mark in self.buffer, repr(mark))
        return self.read(self.buffer.index(mark) + len(mark))

    def some(self):
        """At least one byte, as much as is there; b"" when the stream is over."""
        self.wait(lambda: self.buffer or self.stream_over(), "some bytes")
        return self.read(len(self.buffer))

    def rest(self):
        """All up to the end of the stream (close_notify, or FIN on a plain socket)."""
        self.wait(self.stream_over, "the end of the stream")
        return self.read(len(self.buffer))

    def end(self, leftover=b""):
        """The server ends: close_notify, then FIN; no byte more than `leftover` and no RST."""
        self.wait(self.ended, "the server's end")
        got = bytes(self.buffer)
        need(got == leftover, f"bytes before the end: {short(got)}, wanted {short(leftover)}")
        wanted = ["close_notify", "fin"] if self.tls else ["fin"]
        need(self.events == wanted, f"the connection ended by {self.events}, wanted {wanted}")

    def torn(self):
        """The server ends without close_notify: what tells a client that a body to EOF was cut."""
        self.wait(self.ended, "the server's end")
        need("close_notify" not in self.events, "a cut stream was ended by close_notify")

    # What goes out.

    def send(self, data, whole=False):
        for piece in pieces(data, self.split and not whole):
            if self.tls:
                self.tls.write(piece)
                self._flush(self.outb.read())
            else:
                self._flush(piece)
        return self

    def _flush(self, data):
        view, end = memoryview(data), time.monotonic() + GUARD
        poll = select.poll()
        while view:
            reading = self.reading and not self.ended() and (not self.tls or self.tls.version())
            poll.register(self.sock, select.POLLOUT | (select.POLLIN if reading else 0))
            need(poll.poll(max(0, end - time.monotonic()) * 1000), "the server takes no more bytes")
            if reading:
                self._fill(0)
            try:
                view = view[self.sock.send(view):]
            except BlockingIOError:
                pass
            except OSError as e:
                if "cannot send" not in self.events:
                    self.events.append("cannot send")
                raise Fault(f"send: {e}; has {short(self.buffer)}, events {self.events}") from e

    def send_what_fits(self, data):
        """Sends without reading until the peer takes no more for a while; how many bytes it took."""
        sent, poll = 0, select.poll()
        poll.register(self.sock, select.POLLOUT)
        for i in range(0, len(data), 16384):
            self.tls.write(data[i:i + 16384])
            view = memoryview(self.outb.read())
            while view:
                if not poll.poll(300):
                    self.unsent = bytes(view)
                    return sent
                view = view[self.sock.send(view):]
            sent += len(data[i:i + 16384])
        self.unsent = b""
        return sent

    def close_notify(self):
        """TLS half-close: close_notify and no FIN."""
        self.peek()
        try:
            self.tls.unwrap()
        except ssl.SSLWantReadError:
            pass
        self._flush(self.outb.read())

    def fin(self):
        """Bare FIN, without close_notify."""
        self.sock.shutdown(socket.SHUT_WR)

    def rst(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()
        self.events.append("left")

    def close(self):
        if "left" in self.events:
            return
        try:
            if self.tls and not self.stream_over():
                self.close_notify()
        except (Fault, OSError, ssl.SSLError):
            pass
        self.sock.close()
        self.events.append("left")

    # HTTP.

    def ask(self, data, method="GET", whole=False):
        self.asked.append(method)
        return self.send(data, whole)

    def head(self):
        raw = self.read_until(b"\r\n\r\n")[:-4]
        line, fields = parse_head(raw)
        parts = line.split(" ", 2)
        need(len(parts) == 3 and parts[0] == "HTTP/1.1" and parts[1].isdigit(), f"malformed status line {line!r}")
        return Response(int(parts[1]), parts[2], fields, raw)

    def chunk(self):
        """One chunk of a chunked body; b"" is the last."""
        line = self.read_until(b"\r\n")[:-2]
        need(line and all(c in b"0123456789abcdefABCDEF" for c in line), f"malformed chunk size {line!r}")
        data = self.read(int(line, 16))
        need(self.read(2) == b"\r\n", "chunk without its CRLF")
        return data

    def response(self):
        """A whole answer to the oldest request without one."""
        method = self.asked.pop(0)
        r = self.head()
        while r.status == 100:
            r = self.head()
        length, coding = r.all("Content-Length"), r.all("Transfer-Encoding")
        need(len(length) + len(coding) < 2, f"two framings: {r.fields}")
        if method == "HEAD" or r.status in (204, 304):
            r.framing = "none"
        elif coding:
            need(coding == ["chunked"], f"Transfer-Encoding {coding}")
            r.framing = "chunked"
            whole = []
            while data := self.chunk():
                whole.append(data)
            r.body = b"".join(whole)
        elif length:
            need(length[0].isdigit(), f"Content-Length {length}")
            r.framing, r.body = "length", self.read(int(length[0]))
        else:
            r.framing, r.body = "eof", self.rest()
        return r
