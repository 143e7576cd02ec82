#!/usr/bin/python3
"""A gateway that checks nothing: TLS off, the first head's fields thinned out, and a blind splice.

It takes the gateway's command line. The scenarios about bytes pass with it and
those about checks fail with it; with NAIVE_FAULT set it is wrong about bytes
too. So selftest.py proves that the scenarios can tell.
"""

import json
import os
import select
import socket
import ssl
import struct
import sys
import threading

FAULT = os.environ.get("NAIVE_FAULT", "")
LEAKED = []
SENT = {b"user-agent", b"accept", b"content-type", b"content-length", b"connection", b"upgrade"}


class Splice:
    def __init__(self, sock, context, engine):
        self.sock, self.port = sock, sock.getpeername()[1]
        self.inb, self.outb = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.inb, self.outb, server_side=True)
        self.engine = socket.socket(socket.AF_UNIX)
        self.engine.connect(engine)
        self.up = self.down = 0
        self.head, self.client_ended, self.engine_ended, self.shaken = b"", False, False, False

    def flush(self):
        while data := self.outb.read():
            self.sock.sendall(data)

    def from_client(self):
        data = self.sock.recv(65536)
        if data:
            self.inb.write(data)
        ended = not data
        try:
            if not self.shaken:
                self.tls.do_handshake()
                self.shaken = True
            while True:
                plain = self.tls.read(65536)
                if not plain:
                    ended = True
                    break
                self.to_engine(plain)
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:
            ended = True
        self.flush()
        if ended and not self.client_ended:
            self.client_ended = True
            if FAULT == "half-close ends all":
                raise OSError("the client ended")
            if FAULT != "half-close is not passed on":
                self.engine.shutdown(socket.SHUT_WR)
        return bool(data)

    def to_engine(self, plain):
        if self.head is not None:
            self.head += plain
            if b"\r\n\r\n" not in self.head:
                return
            head, _, rest = self.head.partition(b"\r\n\r\n")
            line, *fields = head.split(b"\r\n")
            kept = [f for f in fields if f.split(b":")[0].lower() in SENT]
            self.head, plain = None, b"\r\n".join([line, b"Host: docker", *kept]) + b"\r\n\r\n" + rest
        self.up += len(plain)
        self.engine.sendall(plain)

    def from_engine(self):
        data = self.engine.recv(65536)
        if FAULT == "the last bytes are lost" and len(data) < 8:
            data = b""
        if data:
            self.down += len(data)
            self.tls.write(data)
            self.flush()
            return
        self.engine_ended = True
        if FAULT == "reset at the end":
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise OSError("reset")
        if FAULT == "no close_notify":
            self.sock.shutdown(socket.SHUT_WR)
            return
        try:
            self.tls.unwrap()
        except ssl.SSLWantReadError:
            pass
        self.flush()
        self.sock.shutdown(socket.SHUT_WR)

    def run(self):
        try:
            reading = True
            while reading or not self.engine_ended:
                socks = [self.sock] * reading + [self.engine] * (not self.engine_ended)
                ready = select.select(socks, [], [], 2 if self.engine_ended else None)[0]
                if not ready:
                    break
                if self.sock in ready:
                    reading = self.from_client()
                if self.engine in ready:
                    self.from_engine()
        except (OSError, ssl.SSLError):
            pass
        self.sock.close()
        if FAULT == "the engine's connection leaks":
            LEAKED.append(self.engine)
        else:
            self.engine.close()
        print(json.dumps({"event": "session_end", "peer": f"127.0.0.1:{self.port}", "reason": "engine ended"}), flush=True)


def serve(path):
    with open(path) as f:
        config = json.load(f)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pair = config["tls"]["certificates"][0]
    context.load_cert_chain(pair["cert"], pair["key"])
    context.options |= 1 << 7  # SSL_OP_IGNORE_UNEXPECTED_EOF
    host, port = config["listen"][0].split(":")
    listener = socket.create_server((host, int(port)), backlog=256)
    print(json.dumps({"event": "serving"}), flush=True)
    while True:
        sock, _ = listener.accept()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def begin(sock=sock):
            try:
                Splice(sock, context, config["engine"].partition(":")[2]).run()
            except OSError:
                sock.close()
        threading.Thread(target=begin, daemon=True).start()


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        import signal
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
        serve(sys.argv[sys.argv.index("-c") + 1])
