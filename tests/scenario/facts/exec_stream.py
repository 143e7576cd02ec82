"""The stream after an exec start: every byte arrives, in both directions, whoever ends first and however."""

import hashlib
import random
import socket
import time

from facts.exec_start import ID, UPGRADE, ended, started
from lib.suite import add, scenario
from lib.wire import need

MIB = 1 << 20


def noise(size, seed):
    return random.Random(seed).randbytes(size)


def same(got, wanted, what):
    need(len(got) == len(wanted) and hashlib.sha256(got).digest() == hashlib.sha256(wanted).digest(),
         f"{what}: {len(got)} bytes of {len(wanted)}, or others")


def joined(t, upgrade=True, **how):
    c = t.client()
    x = started(t, c, upgrade=upgrade, **how)
    x.upgraded() if upgrade else x.raw_200()
    need(c.head().status == (101 if upgrade else 200), "status")
    return c, x


# Before the engine's head.

@scenario("input in the same segment as the request reaches the process, after the engine's head")
def early_same_segment(t):
    c = t.client()
    x = started(t, c, early=b"echo hello\nexit\n")
    x.silent()
    x.upgraded()
    need(x.read(16) == b"echo hello\nexit\n", "early input")
    need(c.head().status == 101, "status")
    ended(t, c, x, b"hello\n")


@scenario("input sent before the engine's head reaches the process, in order and complete")
def early_later(t):
    c = t.client()
    first, second, third = noise(100, 1), noise(3000, 2), noise(20000, 3)
    x = started(t, c, early=first)
    c.send(second)
    x.silent()
    c.send(third)
    x.silent()
    x.upgraded()
    same(x.read(23100), first + second + third, "early input")
    c.send(b"later")
    need(x.read(5) == b"later", "later input")
    need(c.head().status == 101, "status")
    ended(t, c, x, b"out")


@scenario("more early input than is held waits at the client and is lost nowhere", setting="small")
def early_much(t):
    c = t.client()
    data = noise(MIB, 4)
    x = started(t, c)
    sender = t.beside(lambda: c.send(data, whole=True))
    x.silent(0.1)
    x.upgraded()
    same(x.read(MIB), data, "early input")
    sender.join()
    need(c.head().status == 101, "status")
    ended(t, c, x, b"out")


@scenario("the end of input before the engine's head is passed on after the early bytes")
def early_end(t):
    for bare in (False, True):
        c = t.client()
        x = started(t, c, early=b"last words")
        c.fin() if bare else c.close_notify()
        x.silent()
        x.upgraded()
        need(x.end() == b"last words", "early input and its end")
        x.send(b"answer to it")
        need(c.head().status == 101, "status")
        ended(t, c, x, b", complete") if c.read(12) == b"answer to it" else need(False, "output")


@scenario("output in the same segment as the engine's head reaches the client")
def early_output(t):
    for upgrade in (True, False):
        c = t.client()
        x = started(t, c, upgrade=upgrade)
        x.upgraded(early=b"motd\n") if upgrade else x.raw_200(early=b"motd\n")
        need(c.head().status == (101 if upgrade else 200), "status")
        need(c.read(5) == b"motd\n", "early output")
        ended(t, c, x, b"more")


@scenario("a stream that is over with its head arrives whole")
def all_at_once(t):
    c = t.client()
    x = started(t, c)
    x.upgraded(whole=True, early=noise(50000, 5))
    x.shut()
    need(c.head().status == 101, "status")
    same(c.rest(), noise(50000, 5), "output")
    c.end()


@scenario("a client that leaves before the engine's head takes its request with it")
def leaves_before_head(t):
    for leave in ("rst", "close"):
        c = t.client()
        x = started(t, c)
        if leave == "rst":
            c.rst()
            x.gone()
            x.close()
        else:  # close_notify and then FIN may be a mere end of input: its output is not awaited by anyone
            c.close()
            x.give(b"HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\nunheard")
            x.gone()
            x.close()


# Ends.

def half_close(bare, upgrade):
    def run(t):
        c, x = joined(t, upgrade)
        c.send(b"cat until the end\n")
        c.fin() if bare else c.close_notify()
        need(x.end() == b"cat until the end\n", "input and its end")
        out = noise(300000, 6)
        x.send(out)
        x.shut()
        same(c.rest(), out, "output after the end of input")
        c.end()
        x.gone()
        t.logged(c, "session_end", reason="engine ended", bytes_up=18, bytes_down=300000)
    return run


for _bare in (False, True):
    for _upgrade in (False, True):
        add(f"after half-close by {'bare FIN' if _bare else 'close_notify'} the output is complete ({101 if _upgrade else 200})",
            half_close(_bare, _upgrade))


@scenario("a client that ends its input at once, as without -i, gets all output")
def end_at_once(t):
    for bare in (False, True):
        c = t.client()
        x = started(t, c)
        x.upgraded()
        need(c.head().status == 101, "status")
        c.fin() if bare else c.close_notify()
        need(x.end() == b"", "end of input")
        ended(t, c, x, noise(70000, 7))


@scenario("when the process ends the client gets all, close_notify and FIN, and both connections are closed")
def engine_half_close(t):
    c, x = joined(t)
    out = noise(500000, 8)
    sender = t.beside(lambda: (x.send(out, whole=True), x.shut()))
    same(c.rest(), out, "output")
    c.end()
    sender.join()
    c.close()
    x.gone()
    t.logged(c, "session_end", reason="engine ended", bytes_down=500000)


@scenario("when the process ends while the client types, the client gets no RST")
def engine_ends_while_typing(t):
    c, x = joined(t)
    c.send(b"typed and never read")
    x.send(b"bye")
    x.shut()
    need(c.read(3) == b"bye", "output")
    c.wait(c.stream_over, "the end")
    try:
        c.send(b"one more key")
    except Exception:
        pass  # the gateway may have ended the whole by now, without a reset of what it sent
    need("rst" not in c.events[:2], f"{c.events}")
    c.wait(c.ended, "the end of the connection")
    need(c.events[:2] == ["close_notify", "fin"], f"{c.events}")


@scenario("a client that is reset takes the engine's connection with it")
def client_rst(t):
    for upgrade in (True, False):
        c, x = joined(t, upgrade)
        c.send(b"abc")
        need(x.read(3) == b"abc", "input")
        c.rst()
        x.gone()
        t.logged(c, "session_end", reason="client gone")
        x.close()


@scenario("a client that is reset while the engine floods takes the engine's connection with it")
def client_rst_flood(t):
    c, x = joined(t)

    def flood():
        try:
            for _ in range(4096):
                x.send(b"y" * 65536, whole=True)
        except OSError:
            return True
        return False
    sender = t.beside(flood)
    c.read(200000)
    c.rst()
    need(sender.join(), "256 MiB went to nobody")


@scenario("an engine that breaks the connection ends the client's in an orderly way")
def engine_rst(t):
    c, x = joined(t)
    x.send(b"some output")
    need(c.read(11) == b"some output", "output")
    c.send(b"never read by the engine")
    x.conn.sock.recv(1)  # the input is there: closing with the rest unread is a reset
    x.rst()
    c.wait(c.ended, "the end")
    need("rst" not in c.events, f"{c.events}")
    t.logged(c, "session_end")


# Flow.

@scenario("1 MiB each way at the same time arrives as it was sent")
def both_ways(t):
    for upgrade in (True, False):
        c, x = joined(t, upgrade)
        up, down = noise(MIB, 9), noise(MIB, 10)
        sender = t.beside(lambda: x.send(down))
        reader = t.beside(lambda: x.read(MIB))
        c.send(up)
        same(c.read(MIB), down, "output")
        same(reader.join(), up, "input")
        sender.join()
        ended(t, c, x, b"end")
        t.logged(c, "session_end", bytes_up=MIB, bytes_down=MIB + 3)


@scenario("output goes on while the engine has stopped reading and input floods")
def output_during_flood(t):
    c, x = joined(t)
    taken = c.send_what_fits(b"z" * (8 * MIB))
    need(taken < 8 * MIB, "8 MiB were taken though the engine does not read")
    out = noise(200000, 11)
    x.send(out, whole=True)
    same(c.read(200000), out, "output")
    x.shut()
    need(c.rest() == b"", "end")


@scenario("output goes on when the engine has closed its reading side")
def engine_epipe(t):
    c, x = joined(t)
    x.conn.sock.shutdown(socket.SHUT_RD)
    for _ in range(5):  # the gateway's writes to the engine fail from here on
        c.send(b"typed into the void\n")
    out = noise(200000, 12)
    x.send(out, whole=True)
    same(c.read(200000), out, "output")
    c.send(b"still typing")
    ended(t, c, x, b"last")


@scenario("a client that stops reading stops the engine, and nothing is lost when it goes on")
def slow_client(t):
    c, x = joined(t)
    c.reading = False
    out = noise(32 * MIB, 13)
    sender = t.beside(lambda: (x.send(out, whole=True), x.shut()))
    sender.thread.join(0.3)
    need(sender.thread.is_alive(), "32 MiB were taken though the client does not read")
    c.send(b"input goes on")
    need(x.read(13) == b"input goes on", "input")
    c.reading = True
    same(c.rest(), out, "output")
    sender.join()
    c.end()


@scenario("an engine that stops reading stops the client, and nothing is lost when it goes on")
def slow_engine(t):
    c, x = joined(t)
    data = noise(8 * MIB, 14)
    sender = t.beside(lambda: c.send(data, whole=True))
    sender.thread.join(0.3)
    need(sender.thread.is_alive(), "8 MiB were taken though the engine does not read")
    same(x.read(8 * MIB), data, "input")
    sender.join()
    ended(t, c, x, b"end")


@scenario("what looks like HTTP in a stream is a stream")
def http_inside(t):
    c, x = joined(t)
    text = b"POST /v1.41/containers/db/kill HTTP/1.1\r\nHost: docker\r\nContent-Length: 0\r\n\r\n"
    c.send(text)
    need(x.read(len(text)) == text, "input")
    x.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    need(c.read(38) == b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "output")
    ended(t, c, x)


@scenario("a single byte goes each way at once, many times")
def ping_pong(t):
    c, x = joined(t)
    for i in range(200):
        c.send(bytes([i]))
        need(x.read(1) == bytes([i]), "input")
        x.send(bytes([255 - i]))
        need(c.read(1) == bytes([255 - i]), "output")
    ended(t, c, x)


@scenario("every byte value and frame passes unchanged")
def transparent(t):
    c, x = joined(t)
    frames = b"".join(bytes([k, 0, 0, 0]) + n.to_bytes(4, "big") + noise(n, n) for k in (0, 1, 2, 3) for n in (0, 1, 255, 4096))
    every = bytes(range(256)) * 4
    x.send(frames)
    same(c.read(len(frames)), frames, "frames")
    c.send(every)
    same(x.read(1024), every, "bytes")
    ended(t, c, x)


@scenario("twenty streams at once do not mix")
def many(t):
    pairs = []
    for i in range(20):
        c = t.client(split=False)
        c.post(f"/v1.41/exec/{ID}/start", {"Detach": False, "Tty": False}, fields=UPGRADE)
        x = t.engine.expect("POST", f"/exec/{ID}/start", client=c)
        pairs.append((c, x.upgraded()))
    for i, (c, x) in enumerate(pairs):
        need(c.head().status == 101, "status")
        c.send(b"up %03d" % i)
        x.send(b"down %03d" % i)
    for i, (c, x) in enumerate(pairs):
        need(x.read(6) == b"up %03d" % i and c.read(8) == b"down %03d" % i, f"stream {i}")
    for c, x in pairs:
        ended(t, c, x, b"end")


@scenario("resize works on another connection while the stream runs")
def resize(t):
    c, x = joined(t)
    other = t.client()
    other.post(f"/v1.41/exec/{ID}/resize?h=40&w=120", None, fields=[("Content-Length", "0")])
    y = t.engine.expect("POST", f"/exec/{ID}/resize", 41, client=other)
    need(sorted(y.request.query.split("&")) == ["h=40", "w=120"], f"{y.request}")
    y.reply(200)
    need(other.response().status == 200, "status")
    ended(t, c, x, b"x")


@scenario("a resize of no size is refused")
def bad_resize(t):
    c = t.client()
    for query in ("h=0&w=80", "h=24&w=-1", "h=24&w=70000", "h=a&w=b"):
        c.post(f"/v1.41/exec/{ID}/resize?{query}", None, fields=[("Content-Length", "0")])
        t.refused(c, 400)
    t.nothing_sent(but=[("GET", "/(exec|containers)/[^/]*/json")])


@scenario("a session without a byte for the operator's limit is ended", setting="short idle")
def idle_limit(t):
    c, x = joined(t)
    c.wait(c.stream_over, "the end")
    c.close()
    x.gone()
    t.logged(c, "session_end", reason="idle timeout")
    x.close()


@scenario("a session that is silent one way and busy the other is not idle", setting="short idle")
def not_idle(t):
    c, x = joined(t)
    for _ in range(8):
        time.sleep(0.1)
        x.send(b".")
    need(c.read(8) == b"." * 8, "output")
    ended(t, c, x, b"x")


@scenario("a silent session stays when there is no limit")
def silent(t):
    c, x = joined(t)
    time.sleep(0.5)
    x.send(b"after silence")
    need(c.read(13) == b"after silence", "output")
    c.send(b"yes")
    need(x.read(3) == b"yes", "input")
    ended(t, c, x)
