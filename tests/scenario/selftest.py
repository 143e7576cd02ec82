#!/usr/bin/python3
"""Tries the harness itself: the signer, the two ends against each other, and whether scenarios can fail.

A scenario that passes with a gateway that is wrong proves nothing. So some run
here against lib/naive.py, which splices blindly: those about bytes must pass
with it, those about checks must not, and with a fault in its splice the former
must not either.
"""

import os
import shutil
import sys
import tempfile

os.environ.setdefault("SCENARIO_GUARD", "2")
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

import run  # noqa: E402
from lib import hyper, world  # noqa: E402
from lib.stub import Engine  # noqa: E402
from lib.suite import Background, build  # noqa: E402
from lib.wire import Client, Fault, need  # noqa: E402

NAIVE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib", "naive.py")
PLAIN = "tls 1.3, client whole, engine whole"

# Made by the original client's signer.
VECTORS = [
    ("POST", "/v1.23/exec/e90e34656806/start", "127.0.0.1:8443", '{"Detach":false,"Tty":false}', "20260102T030405Z",
     "AKTENANTA0000000000000000000001", "SKtenantA-secret-0000000000000000000000000001", "us-west-1",
     "7da2f0e7a757c2972b0b3ab036b8ad99dfaed34e91c6d32af98b504387e79bb6"),
    ("GET", "/v1.23/containers/json?all=1&limit=5&filters=%7B%22label%22%3A%7B%22a%20b%3Dc%2Bd%22%3Atrue%7D%7D",
     "us-west-1.hyper.sh:443", "", "20260102T235959Z", "AKTENANTA0000000000000000000001",
     "SKtenantA-secret-0000000000000000000000000001", "ignored-because-host-is-hyper.sh",
     "18263cb86fa6fa48569ed3fe9bf5caedceb629d8ad188b23213d37aac2eb8032"),
]

PASS = ["exec start without Upgrade becomes a stream by 200", "the engine's choice of 200", "output in the same segment",
        "a stream that is over with its head", "a client that ends its input at once", "what looks like HTTP in a stream",
        "every byte value and frame", "a single byte goes each way", "twenty streams at once"]
FAIL = ["an exec start is refused when Detach is a string", "input in the same segment as the request",
        "bytes after a detached exec start", "the engine's 404 to an exec start", "API 1.99", "two different Content-Lengths",
        "the target /v1.41/containers%2fjson", "facts.target POST /v1.41/swarm/init", "a request without a credential", "a cookie is no credential",
        "an own container asked for by its name", "POST containers/REF/exec of another's", "a list shows the tenant's own only",
        "an engine that is down", "a client that leaves its wait", "a body of type application/x-www-form-urlencoded",
        "output goes on while the engine has stopped", "a stream of multiplexed-stream for a 41 client",
        "bytes sent ahead for a stream that the engine refuses", "a client's own fields never reach"]
END = "a client that ends its input at once"
FAULTS = [(END, "half-close ends all"), (END, "half-close is not passed on"), (END, "reset at the end"), (END, "no close_notify"),
          ("the engine's choice of 200", "the last bytes are lost")]


def signer():
    for method, target, host, body, date, access_key, secret, region, signature in VECTORS:
        fields = dict(hyper.sign(method, target, host, body.encode(), access_key, secret, region, date))
        need(fields["Authorization"].endswith("Signature=" + signature), f"{method} {target}: {fields}")


def fails(what, words=""):
    try:
        what()
    except Fault as e:
        need(words in str(e), f"another fault than {words!r}: {e}")
        return
    raise Fault("a fault was not seen")


def both_ends(folder):
    """Client and stub without a gateway between them."""
    for split in (False, True):
        engine = Engine(f"{folder}/direct{split}.sock", split)
        c = Client(engine.address, None, split)
        for method in ("GET", "HEAD"):
            c.ask(build(method, "/_ping"), method)
            need(c.response().body == (b"OK" if method == "GET" else b""), "ping")
        c.ask(build("GET", "/v1.41/version"))
        need(b'"MinAPIVersion":"1.12"' in c.response().body, "version")
        c.ask(build("GET", "/v1.42/version"))
        need(c.response().status == 400, "too new")
        c.ask(build("GET", "/v1.41/containers/web/json"))
        need(world.WEB.id.encode() in c.response().body, "inspect")
        c.ask(build("GET", "/v1.41/containers/nowhere/json"))
        need(c.response().status == 404, "missing")
        c.ask(build("POST", "/v1.41/exec/x/start", b'{"Tty":false}', [("Upgrade", "tcp")]) + b"early", "POST")
        x = engine.expect("POST", "/exec/x/start", 41)
        fails(x.silent, "too early")
        sender = Background(lambda: x.upgraded(early=b"first ").send(b"y" * 100000).shut())
        need(c.head().status == 101 and c.read(6) == b"first ", "stream")
        need(x.read(5) == b"early", "early bytes")
        need(c.rest() == b"y" * 100000, "rest")
        sender.join()
        c.end()
        c.fin()
        need(x.end() == b"", "end")
        need(engine.left() == [], "left")
        bad = Client(engine.address, None, split)
        bad.ask(build("GET", "/v1.41/info", fields=[("Authorization", "Bearer x")]))
        bad.wait(bad.ended, "the end")
        need("authorization" in engine.left()[0], f"{engine.left()}")
        other = Client(engine.address, None, split)
        other.ask(build("GET", "/v1.41/info"))
        fails(lambda: engine.expect("GET", "/nothing"), "")
        engine.begin()
        other.ask(build("GET", "/v1.41/info"))
        other.rst()
        engine.down()


def outcome(folder, name, words, fault="", ends=False):
    os.environ["NAIVE_FAULT"] = fault
    os.makedirs(f"{folder}/{name}")
    got, _ = run.run_all(NAIVE, words, PLAIN, f"{folder}/{name}", show=lambda *a, **k: None, tools=False)
    return [(n, w) for n, modes in got.items() for w in modes.values() if (n == run.ENDS) == ends]


def main():
    folder = tempfile.mkdtemp(prefix="scenario-self-")
    passed, failed = 0, []
    try:
        signer()
        both_ends(folder)
        tries = [(words, "", True) for words in PASS] + [(words, "", False) for words in FAIL]
        tries += [(words, fault, False) for words, fault in FAULTS]
        for i, (words, fault, good) in enumerate(tries):
            got = outcome(folder, str(i), words, fault)
            if len(got) == 1 and (got[0][1] is None) == good:
                passed += 1
            else:
                failed.append(f"{words!r} with {fault or 'a blind splice'} should {'pass' if good else 'fail'}: {got}")
        leak = outcome(folder, "leak", "an exec start body", "the engine's connection leaks", ends=True)
        if leak and "descriptors" in (leak[0][1] or ""):
            passed += 1
        else:
            failed.append(f"leaked connections should be seen: {leak}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for line in failed:
        print("FAIL", line)
    print(f"scenario selftest: {passed} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
