"""A test case with gateways, which it ends and whose logs it looks through for the sanitizers' words."""
import unittest

from harness import BINARY, Gateway

with open(BINARY, "rb") as binary:
    SANITIZED = b"__asan_init" in binary.read()


def status_field(pid, name):
    with open("/proc/%d/status" % pid) as f:
        for line in f:
            if line.startswith(name + ":"):
                return line.split(":", 1)[1].split()
    return []


class Case(unittest.TestCase):
    def gateway(self, **options):
        g = Gateway(**options)
        self.addCleanup(self.close, g)
        return g

    def close(self, g):
        try:
            g.close()
            log = g.log()
        finally:
            g.remove()
        for mark in ("AddressSanitizer", "LeakSanitizer", "runtime error"):
            i = log.find(mark)
            self.assertEqual(i, -1, log[i:i + 3000])
