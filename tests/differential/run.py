#!/usr/bin/python3
"""The gateway's reading of bodies beside Go's own, which is the engine's.

usage: run.py JUDGE DECODE [COUNT]

For every body: either the gateway refuses it, or Go reads what the gateway would send exactly as it
reads what the client sent. So no body has one meaning for the rules and another for the engine.
Ends with the line `differential: N passed, N failed`.
"""

import subprocess
import sys

sys.dont_write_bytecode = True

import bodies  # noqa: E402
from reading import differences, repaired  # noqa: E402

SHOWN = 3


class Reader:
    """A program that answers each body with a status and bytes."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, line, body):
        self.process.stdin.write(f"{line} {len(body)}\n".encode() + body)
        self.process.stdin.flush()
        head = self.process.stdout.readline().split()
        if len(head) != 2:
            raise SystemExit(f"{self.process.args[0]} ended at {line} {body[:300]!r}")
        return int(head[0]), self.process.stdout.read(int(head[1]))

    def close(self):
        self.process.stdin.close()
        return self.process.wait()


class Comparison:
    def __init__(self, judge, decode):
        self.judge, self.decode = Reader(judge), Reader(decode)
        self.passed = self.failed = self.taken = self.refused = 0

    def wrong(self, kind, body):
        """What is wrong with the gateway's reading of this body, or None; and whether it took it."""
        status, sent = self.judge.ask(bodies.KINDS[kind][0], body)
        if status:
            self.refused += 1
            return None, False
        self.taken += 1
        theirs, meant = self.decode.ask(kind, body)
        ours, got = self.decode.ask(kind, sent)
        if ours:
            return f"sent {sent[:400]!r}, which Go does not read: {got.decode()}", True
        left = body
        while theirs and (left := repaired(left, meant.decode())):
            theirs, meant = self.decode.ask(kind, left)
        if theirs:
            return f"taken, though Go does not read it: {meant.decode()}", True
        told = differences(kind, meant, got)
        return (f"{told}; sent {sent[:400]!r}" if told else None), True

    def tell(self, name, faults):
        if faults:
            self.failed += 1
            for body, fault in faults[:SHOWN]:
                print(f"FAIL {name}: {body[:300]!r}: {fault}")
            if len(faults) > SHOWN:
                print(f"     and {len(faults) - SHOWN} more")
        else:
            self.passed += 1
            print(f"ok   {name}")

    def fact(self, name, kind, body, taken):
        fault, took = self.wrong(kind, body)
        if not fault and took != taken:
            fault = "is taken" if took else "is refused: " + self.judge.ask(bodies.KINDS[kind][0], body)[1].decode()
        self.tell(f"{kind}: {name}", [(body, fault)] if fault else [])

    def mutation(self, kind, mutation, count):
        faults = []
        for body in bodies.generated(kind, mutation, count):
            fault, _ = self.wrong(kind, body)
            if fault:
                faults.append((body, fault))
        self.tell(f"{kind}: {count} bodies with {mutation}", faults)


def main():
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
    c = Comparison(sys.argv[1], sys.argv[2])
    for fact in bodies.FACTS:
        c.fact(*fact)
    for kind, (_, good) in bodies.KINDS.items():
        for i, body in enumerate(good):
            c.fact(f"good body {i}", kind, bodies.render(body, None, None), True)
        for mutation in bodies.MUTATIONS:
            c.mutation(kind, mutation, count)
    for reader in (c.judge, c.decode):
        if reader.close():
            print(f"FAIL {reader.process.args[0]} ended badly")
            c.failed += 1
    print(f"{c.taken} bodies taken, {c.refused} refused")
    if not c.taken or not c.refused:
        c.failed += 1
    print(f"differential: {c.passed} passed, {c.failed} failed")
    return 1 if c.failed or not c.passed else 0


if __name__ == "__main__":
    sys.exit(main())
