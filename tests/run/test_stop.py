#!/usr/bin/python3
"""How the gateway stops, and what becomes of it when its processes die. Needs no engine."""
import json
import os
import signal
import socket
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from case import Case, status_field  # noqa: E402
from harness import echo, ended, wait_for  # noqa: E402


class Stop(Case):
    def test_sigterm_waits_for_sessions(self):
        g = self.gateway().start()
        session = g.attach()
        self.assertEqual(g.ask_admin("/readyz")[0], 200)
        g.signal(signal.SIGTERM)
        wait_for("no new connections", lambda: self.refused(g.port))
        self.assertEqual(wait_for("not ready", lambda: self.not_ready(g)), 503)
        self.assertTrue(echo(session, b"during the drain"))
        self.assertIsNone(g.process.poll())
        session.close()
        self.assertEqual(g.wait_end(), 0)

    @staticmethod
    def refused(port):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return False
        except ConnectionRefusedError:
            return True
        except ConnectionResetError:
            return False  # in the very moment of the close; the next one is refused

    @staticmethod
    def not_ready(g):
        code = g.ask_admin("/readyz")[0]
        return code if code != 200 else None

    def test_connections_queued_at_sigterm_are_not_reset(self):
        g = self.gateway(workers=1).start()
        pid = g.workers()[0]
        os.kill(pid, signal.SIGSTOP)
        queued = [socket.create_connection(("127.0.0.1", g.port), timeout=10) for _ in range(5)]
        g.signal(signal.SIGTERM)
        wait_for("the master let go", lambda: "serving -> stopping" in g.log())
        os.kill(pid, signal.SIGCONT)
        for raw in queued:
            self.assertEqual(g.request(g.tls(raw))[0], 200)
        self.assertEqual(g.wait_end(), 0)

    def test_the_drain_has_an_end(self):
        g = self.gateway(timeouts={"drain": 1}).start()
        session = g.attach()
        began = time.monotonic()
        g.signal(signal.SIGTERM)
        self.assertTrue(ended(session))
        self.assertGreater(time.monotonic() - began, 0.8)
        self.assertEqual(g.wait_end(), 0)
        self.assertIn('reason="drain timeout"', g.log())

    def test_a_second_sigterm_hastens(self):
        g = self.gateway().start()
        session = g.attach()
        g.signal(signal.SIGTERM)
        g.wait_log("serving -> stopping")
        self.assertTrue(echo(session, b"x"))
        g.signal(signal.SIGTERM)
        self.assertTrue(ended(session))
        self.assertEqual(g.wait_end(), 0)

    def test_sigint_ends_at_once(self):
        g = self.gateway().start()
        session = g.attach()
        g.signal(signal.SIGINT)
        self.assertTrue(ended(session))
        self.assertEqual(g.wait_end(), 0)
        self.assertIn("reason=shutdown", g.log())

    def test_a_worker_that_hangs_is_killed_in_the_end(self):
        g = self.gateway(timeouts={"drain": 1, "linger": 0.1}).start()
        os.kill(g.workers()[0], signal.SIGSTOP)
        g.signal(signal.SIGTERM)
        self.assertEqual(g.wait_end(20), 0)
        self.assertIn("signal=KILL", g.log())


class Death(Case):
    def test_a_killed_worker_is_replaced_and_its_rows_are_reaped(self):
        g = self.gateway(workers=1).start()
        session = g.attach()
        pid = g.workers()[0]
        os.kill(pid, signal.SIGKILL)
        self.assertTrue(ended(session))
        wait_for("another worker", lambda: g.workers() and g.workers() != [pid])
        self.assertEqual(g.request(g.connect())[0], 200)
        self.assertEqual(g.ask_admin("/sessions")[1], "[]\n")
        self.assertEqual(g.metric("fairlead_streams"), 0)
        self.assertEqual(g.metric("fairlead_workers_failed_total"), 1)
        self.assertEqual(g.metric("fairlead_workers"), 1)

    def test_a_fault_costs_one_workers_sessions_only(self):
        g = self.gateway().start()
        sessions = [g.attach() for _ in range(8)]
        owners = [s["pid"] for s in json.loads(g.ask_admin("/sessions")[1])]
        self.assertEqual(len(owners), 8)
        os.kill(owners[0], signal.SIGABRT)
        g.wait_log("event=worker_died")
        time.sleep(0.2)
        alive = 0
        for s in sessions:
            try:
                alive += echo(s, b"there?")
            except OSError:
                pass
        self.assertEqual(alive, sum(pid != owners[0] for pid in owners))

    def test_a_worker_that_dies_again_and_again_is_restarted_ever_slower(self):
        g = self.gateway(workers=1).start()
        began = time.monotonic()
        for _ in range(4):
            pid = wait_for("a worker", g.workers)[0]
            os.kill(pid, signal.SIGKILL)
            wait_for("its end", lambda: pid not in g.workers())
        wait_for("a worker", g.workers)
        self.assertGreater(time.monotonic() - began, 0.1 + 0.2 + 0.4 + 0.8 - 0.1)
        self.assertEqual(g.request(g.connect())[0], 200)

    def test_a_worker_told_to_leave_is_replaced_and_keeps_its_sessions(self):
        g = self.gateway(workers=1).start()
        session = g.attach()
        pid = g.workers()[0]
        os.kill(pid, signal.SIGTERM)
        wait_for("another worker", lambda: len(g.workers()) == 2)
        self.assertEqual(g.request(g.connect())[0], 200)
        self.assertTrue(echo(session, b"still"))
        session.close()
        wait_for("the old one ends", lambda: pid not in g.workers())

    def test_without_a_master_workers_serve_what_they_have_and_end(self):
        g = self.gateway().start()
        session = g.attach()
        workers = g.workers()
        g.process.kill()
        g.process.wait()
        wait_for("no new connections", lambda: Stop.refused(g.port))
        self.assertTrue(echo(session, b"orphaned"))
        session.close()
        wait_for("the workers end", lambda: not any(os.path.exists("/proc/%d/fd" % p) and
                                                     status_field(p, "State")[0] != "Z" for p in workers))

    def test_a_new_master_starts_at_once_beside_the_workers_of_a_dead_one(self):
        g = self.gateway().start()
        session = g.attach()
        g.process.kill()
        g.process.wait()
        wait_for("no new connections", lambda: Stop.refused(g.port))
        g.start(wait=False)
        g.wait_log("event=serving", 2)
        self.assertEqual(g.request(g.connect())[0], 200)
        self.assertEqual(g.ask_admin("/readyz")[0], 200)
        self.assertTrue(echo(session, b"of the dead one"))
        session.close()


if __name__ == "__main__":
    unittest.main(warnings="ignore")
