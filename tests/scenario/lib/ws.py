"""ws: a client's side of WebSocket (RFC 6455) on a connection of the scenarios, byte by byte if need be."""

import base64
import hashlib
import json
import os

from lib.wire import need, short

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
KEY = base64.b64encode(bytes(range(16))).decode()
FIELDS = (("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Key", KEY), ("Sec-WebSocket-Version", "13"))


def frame(opcode, data=b"", fin=True, rsv=0, masked=True):
    head = bytes([(0x80 if fin else 0) | rsv | opcode])
    bit = 0x80 if masked else 0
    n = len(data)
    head += (bytes([bit | n]) if n < 126 else bytes([bit | 126]) + n.to_bytes(2, "big") if n < 65536
             else bytes([bit | 127]) + n.to_bytes(8, "big"))
    if not masked:
        return head + data
    mask = os.urandom(4)
    return head + mask + bytes(b ^ mask[i & 3] for i, b in enumerate(data))


def opened(c, early=b""):
    """The handshake's answer."""
    r = c.head()
    need(r.status == 101 and r.field("Upgrade") == "websocket" and r.field("Connection") == "Upgrade", f"{r}")
    wanted = hashlib.sha1((KEY + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
    need(r.field("Sec-WebSocket-Accept") == base64.b64encode(wanted).decode(), f"{r}")
    need(r.field("Sec-WebSocket-Extensions") is None and r.field("Sec-WebSocket-Protocol") is None, f"{r}")
    c.asked.clear()


def message(c):
    """The next frame of the server, which are whole and unmasked."""
    first, second = c.read(2)
    need(first & 0xf0 == 0x80, f"first byte {first:#x}")
    need(second & 0x80 == 0, "the server masks")
    n = second
    if n > 125:
        n = int.from_bytes(c.read(2 if n == 126 else 8), "big")
    return first & 15, c.read(n)


def stream(c, n):
    """So many bytes of binary messages."""
    got = b""
    while len(got) < n:
        opcode, data = message(c)
        need(opcode == BINARY, f"opcode {opcode}: {short(data)}")
        got += data
    need(len(got) == n, f"{len(got)} bytes, wanted {n}")
    return got


def closed(c, code, *parts):
    """The server closes with this code, and ends when it has the answer."""
    opcode, data = message(c)
    need(opcode == CLOSE, f"opcode {opcode}: {short(data)}")
    got = int.from_bytes(data[:2], "big") if data else None
    need(got == code, f"close code {got} {data[2:]!r}, wanted {code}")
    for part in parts:
        need(part in data[2:].decode(), f"reason {data[2:]!r} does not say {part!r}")
    c.send(frame(CLOSE, data[:2]))
    c.end()


def command(c, value):
    c.send(frame(TEXT, value if isinstance(value, bytes) else json.dumps(value).encode()))
