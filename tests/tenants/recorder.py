"""recorder: a relay on a unix socket before the engine; keeps the head and body of every request it passes."""

import os
import re
import socket
import threading

LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.I)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.I)
KEPT = 1 << 20  # of a body


class Sent:
    """One request as the engine got it."""

    def __init__(self, head, body):
        line, _, self.fields = head.partition(b"\r\n")
        self.method, self.target, _ = line.decode().split(" ", 2)
        self.path, _, self.query = self.target.partition("?")
        self.route = re.sub(r"^/v1\.[0-9]+", "", self.path)
        self.body = body.decode("utf-8", "replace")

    def __repr__(self):
        return f"{self.method} {self.target} {self.body[:300]}"


class Reader:
    """Cuts what the gateway sends into requests; after an upgrade it looks no more."""

    def __init__(self, keep):
        self.keep, self.buffer, self.raw = keep, b"", False

    def feed(self, data):
        if self.raw:
            return
        self.buffer += data
        while self._next():
            pass

    def _next(self):
        head, end, rest = self.buffer.partition(b"\r\n\r\n")
        if not end:
            return False
        if CHUNKED.search(head):
            at = rest.find(b"0\r\n\r\n") if len(rest) < KEPT else len(rest) - 5
            if at < 0:
                return False
            body, rest = rest[:at], rest[at + 5:]
        else:
            length = LENGTH.search(head)
            size = int(length[1]) if length else 0
            if len(rest) < size:
                return False
            body, rest = rest[:size], rest[size:]
        self.buffer = rest
        self.raw = b"\r\nupgrade:" in head.lower()
        self.keep(Sent(head, body[:KEPT]))
        return not self.raw


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
    except OSError:
        for s in (source, sink):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
