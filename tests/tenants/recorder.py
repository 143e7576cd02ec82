"""recorder: a relay on a unix socket before the engine; keeps the head and body of every request it passes."""

import os
import re
import socket
import threading

LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.I)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.I)
KEPT = 1 << 20  # of a body


class Sent:
    """One request as the engine got it: kept from its head on, its body grows as it comes."""

    def __init__(self, head):
        line, _, self.fields = head.partition(b"\r\n")
        self.method, self.target, _ = line.decode().split(" ", 2)
        self.path, _, self.query = self.target.partition("?")
        self.route = re.sub(r"^/v1\.[0-9]+", "", self.path)
        self.whole, self.bytes = False, bytearray()

    @property
    def body(self):
        return self.bytes.decode("utf-8", "replace")

    def add(self, data):
        self.bytes += data[:KEPT - len(self.bytes)]

    def __repr__(self):
        return f"{self.method} {self.target} {self.body[:300]}"


class Reader:
    """Cuts what the gateway sends into requests; after an upgrade it looks no more."""

    def __init__(self, keep):
        self.keep, self.buffer, self.raw = keep, b"", False
        self.sent, self.left, self.chunked = None, 0, False

    def feed(self, data):
        if self.raw:
            return
        self.buffer += data
        while self.buffer and not self.raw and (self._body() if self.sent else self._head()):
            pass

    def _head(self):
        head, end, rest = self.buffer.partition(b"\r\n\r\n")
        if not end:
            return False
        self.buffer, self.sent = rest, Sent(head)
        self.chunked, length = bool(CHUNKED.search(head)), LENGTH.search(head)
        self.left = int(length[1]) if length else 0
        self.keep(self.sent)
        self.upgrade = b"\r\nupgrade:" in head.lower()
        if not self.chunked and not self.left:
            self._over()
        return True

    def _over(self):
        self.sent.whole, self.sent, self.raw = True, None, self.upgrade

    def _body(self):
        if not self.left:
            return self._chunk()
        piece, self.buffer = self.buffer[:self.left], self.buffer[self.left:]
        self.left -= len(piece)
        self.sent.add(piece)
        if not self.left and not self.chunked:
            self._over()
        return True

    def _chunk(self):
        """A chunk's size, with the end of the one before."""
        self.buffer = self.buffer.removeprefix(b"\r\n")
        line, end, rest = self.buffer.partition(b"\r\n")
        if not end:
            return False
        self.left, self.buffer = int(line, 16), rest
        if not self.left:
            if len(rest) < 2:
                self.buffer = line + end + rest
                return False
            self.buffer = rest[2:]
            self._over()
        return True


class Recorder:
    def __init__(self, path, engine):
        self.path, self.engine, self.lock, self.sent = path, engine, threading.Lock(), []
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(path)
        self.listener.listen(256)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            engine = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            engine.connect(self.engine)
            reader = Reader(self._keep)
            threading.Thread(target=relay, args=(client, engine, reader.feed), daemon=True).start()
            threading.Thread(target=relay, args=(engine, client, None), daemon=True).start()

    def _keep(self, sent):
        with self.lock:
            self.sent.append(sent)

    def mark(self):
        with self.lock:
            return len(self.sent)

    def since(self, mark):
        with self.lock:
            return self.sent[mark:]

    def close(self):
        self.listener.close()
        os.unlink(self.path)


def relay(source, sink, see):
    try:
        while data := source.recv(65536):
            if see:
                see(data)
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except (OSError, ValueError):
        for s in (source, sink):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
