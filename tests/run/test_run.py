#!/usr/bin/python3
"""The processes: start, reload, stop, death, and what they tell the world. Needs no engine.

FAIRLEAD=build/fairlead tests/run/test_run.py [unittest's options]
"""
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import BINARY, Gateway, echo, ended, free_port, wait_for  # noqa: E402

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
        g.close()
        for mark in ("AddressSanitizer", "LeakSanitizer", "runtime error"):
            i = g.log().find(mark)
            self.assertEqual(i, -1, g.log()[i:i + 3000])


class Start(Case):
    def test_all_errors_of_a_bad_start_are_named_at_once(self):
        g = self.gateway(tenants={"Bad Name": {}}, workers=1000)
        r = subprocess.run([BINARY, "serve", "-c", g.config_path], capture_output=True, text=True, timeout=20)
        self.assertEqual(r.returncode, 2)
        self.assertIn("workers", r.stderr)
        self.assertIn("Bad Name", r.stderr)

    def test_a_bad_store_and_a_bad_certificate_are_both_named(self):
        g = self.gateway()
        with open(g.options["credentials"], "w") as f:
            f.write("{")
        with open(g.dir + "/cert.pem", "w") as f:
            f.write("nonsense")
        r = subprocess.run([BINARY, "serve", "-c", g.config_path], capture_output=True, text=True, timeout=20)
        self.assertEqual(r.returncode, 2)
        self.assertIn("credentials.json", r.stderr)
        self.assertIn("cert.pem", r.stderr)

    def test_an_address_in_use_is_named(self):
        g = self.gateway().start()
        other = self.gateway(listen=["127.0.0.1:%d" % g.port])
        r = subprocess.run([BINARY, "serve", "-c", other.config_path], capture_output=True, text=True, timeout=20)
        self.assertEqual(r.returncode, 1)
        self.assertIn("another process listens there", r.stderr)
        self.assertFalse(os.path.exists(other.admin))

    def test_a_file_that_is_no_socket_is_not_removed(self):
        g = self.gateway()
        with open(g.admin, "w") as f:
            f.write("precious")
        r = subprocess.run([BINARY, "serve", "-c", g.config_path], capture_output=True, text=True, timeout=20)
        self.assertEqual(r.returncode, 1)
        self.assertIn("not a socket", r.stderr)
        with open(g.admin) as f:
            self.assertEqual(f.read(), "precious")

    def test_an_admin_socket_that_is_served_is_not_taken(self):
        g = self.gateway().start()
        other = self.gateway(admin_socket=g.admin)
        r = subprocess.run([BINARY, "serve", "-c", other.config_path], capture_output=True, text=True, timeout=20)
        self.assertEqual(r.returncode, 1)
        self.assertIn("another process answers there", r.stderr)
        self.assertEqual(g.ask_admin("/healthz")[0], 200)

    def test_a_stale_admin_socket_is_replaced(self):
        g = self.gateway()
        with socket.socket(socket.AF_UNIX) as s:
            s.bind(g.admin)
        g.start()
        self.assertEqual(g.ask_admin("/healthz")[0], 200)
        self.assertEqual(stat.S_IMODE(os.lstat(g.admin).st_mode), 0o600)
        g.signal(signal.SIGTERM)
        self.assertEqual(g.wait_end(), 0)
        self.assertFalse(os.path.exists(g.admin))

    def test_ipv6_and_ipv4_wildcards_of_one_port_live_together(self):
        port = free_port()
        g = self.gateway(listen=["0.0.0.0:%d" % port, "[::]:%d" % port]).start()
        for host in ("127.0.0.1", "::1"):
            sock = g.tls(socket.create_connection((host, port), timeout=10))
            self.assertEqual(g.request(sock)[0], 200)

    @unittest.skipIf(SANITIZED, "a sanitizer build has no sandbox")
    def test_workers_are_sandboxed_and_unprivileged(self):
        if os.getuid() != 0:
            self.skipTest("only root can become another")
        g = self.gateway(user="nobody")
        os.chmod(g.dir, 0o755)
        os.chmod(g.engine.path, 0o666)
        g.start()
        for pid in g.workers():
            self.assertEqual(status_field(pid, "Seccomp"), ["2"])
            self.assertEqual(status_field(pid, "NoNewPrivs"), ["1"])
            self.assertNotIn("0", status_field(pid, "Uid") + status_field(pid, "Gid") + status_field(pid, "Groups"))
            self.assertEqual(int(status_field(pid, "CapEff")[0], 16), 0)
        self.assertTrue(echo(g.attach(), b"as nobody"))
        self.assertEqual(g.ask_admin("/readyz")[0], 200)
        g.reload()
        self.assertTrue(echo(g.attach(), b"after a reload"))


class Reload(Case):
    def test_a_session_outlives_reloads_and_its_worker_ends_with_it(self):
        g = self.gateway().start()
        session = g.attach()
        first = set(g.workers())
        g.reload()
        g.reload()
        self.assertTrue(echo(session, b"still here"))
        self.assertEqual(json.loads(g.ask_admin("/sessions")[1])[0]["up"], 15)
        wait_for("one old worker is left", lambda: len(set(g.workers()) & first) == 1 and len(g.workers()) == 3)
        session.close()
        wait_for("the old worker ends", lambda: not set(g.workers()) & first)
        self.assertEqual(g.count_log("event=worker_died"), 0)

    def test_queued_connections_are_served_by_the_next_generation(self):
        g = self.gateway().start()
        old = g.workers()
        for pid in old:
            os.kill(pid, signal.SIGSTOP)
        queued = [socket.create_connection(("127.0.0.1", g.port), timeout=10) for _ in range(40)]
        g.reload()
        for raw in queued:
            self.assertEqual(g.request(g.tls(raw))[0], 200)
        for pid in old:
            os.kill(pid, signal.SIGCONT)
        wait_for("the old workers end", lambda: not set(g.workers()) & set(old))

    def test_no_request_fails_while_it_reloads_again_and_again(self):
        g = self.gateway().start()
        served = 0
        for _ in range(6):
            n = g.count_log("event=reloaded")
            g.signal(signal.SIGHUP)
            while g.count_log("event=reloaded") == n or served % 10:
                with g.connect() as sock:
                    self.assertEqual(g.request(sock)[0], 200)
                served += 1
        self.assertGreaterEqual(served, 60 - 10)

    def test_a_bad_configuration_changes_nothing(self):
        g = self.gateway().start()
        workers = g.workers()
        session = g.attach()
        g.write_config(workers=9999, tenants={"UPPER": {}})
        g.signal(signal.SIGHUP)
        g.wait_log("nothing is changed")
        self.assertIn("workers", g.log())
        self.assertIn("UPPER", g.log())
        self.assertEqual(g.workers(), workers)
        self.assertTrue(echo(session, b"on"))
        self.assertEqual(g.request(g.connect())[0], 200)
        self.assertEqual(g.metric("fairlead_reloads_refused_total"), 1)
        self.assertEqual(g.metric("fairlead_reloads_total"), 0)
        g.write_config(workers=1, tenants={"acme": {}})
        g.reload()
        self.assertEqual(g.metric("fairlead_reloads_total"), 1)

    def test_a_taken_address_changes_nothing(self):
        g = self.gateway().start()
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen(1)
            g.write_config(listen=["127.0.0.1:%d" % g.port, "127.0.0.1:%d" % taken.getsockname()[1]])
            g.signal(signal.SIGHUP)
            g.wait_log("another process listens there")
        self.assertEqual(g.request(g.connect())[0], 200)

    def test_an_option_that_needs_a_restart_is_named(self):
        g = self.gateway().start()
        g.write_config(limits={"sessions": 99})
        g.signal(signal.SIGHUP)
        g.wait_log("limits.sessions: a change from 16384 to 99 needs a restart")
        self.assertEqual(g.request(g.connect())[0], 200)

    def test_the_number_of_workers_changes(self):
        g = self.gateway(workers=1).start()
        for n in (4, 2, 3):
            g.write_config(workers=n)
            g.reload()
            wait_for("%d workers" % n, lambda: len(g.workers()) == n)
            for _ in range(12):
                with g.connect() as sock:
                    self.assertEqual(g.request(sock)[0], 200)
        self.assertEqual(g.metric("fairlead_workers"), 3)

    def test_an_address_moves_and_what_was_queued_at_the_old_one_is_served(self):
        g = self.gateway(workers=1).start()
        old_port, new_port = g.port, free_port()
        os.kill(g.workers()[0], signal.SIGSTOP)
        stopped = g.workers()[0]
        queued = [socket.create_connection(("127.0.0.1", old_port), timeout=10) for _ in range(5)]
        g.write_config(listen=["127.0.0.1:%d" % new_port])
        g.reload()
        self.assertEqual(g.request(g.connect(new_port))[0], 200)
        os.kill(stopped, signal.SIGCONT)
        for raw in queued:
            self.assertEqual(g.request(g.tls(raw))[0], 200)
        wait_for("the old worker ends", lambda: stopped not in g.workers())
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", old_port), timeout=10)

    def test_a_session_whose_credential_is_gone_is_cut(self):
        g = self.gateway().start()
        for store in ({"name": "other"}, {"revoked": "2026-02-03T04:05:06Z"}, {"expires": "2026-02-03T04:05:06Z"}):
            g.new_store()
            g.reload()
            session = g.attach()
            n = g.count_log("event=sessions_revoked sessions=1")
            g.new_store(**store)
            g.reload()
            self.assertTrue(ended(session))
            g.wait_log("event=sessions_revoked sessions=1", n + 1)
            wait_for("its row is free", lambda: g.ask_admin("/sessions")[1] == "[]\n")

    def test_a_session_whose_tenant_is_gone_is_cut(self):
        g = self.gateway().start()
        session = g.attach()
        g.write_config(tenants={"beta": {}})
        g.reload()
        self.assertTrue(ended(session))

    def test_reloads_that_come_at_once_end_in_the_last_configuration(self):
        g = self.gateway(workers=1).start()
        for n in (2, 3, 4, 1, 3):
            g.write_config(workers=n)
            g.signal(signal.SIGHUP)
        wait_for("3 workers", lambda: len(g.workers()) == 3)
        time.sleep(0.3)
        self.assertEqual(len(g.workers()), 3)


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


class Manager(Case):
    def notices(self, name):
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        s.bind(name)
        s.settimeout(10)
        self.addCleanup(s.close)
        return s

    @staticmethod
    def until(s, wanted):
        """All notices up to the one that begins so."""
        seen = []
        while not (seen and seen[-1].startswith(wanted)):
            seen.append(s.recv(4096).decode())
        return seen

    def test_readiness_reload_and_stop_are_reported(self):
        for abstract in (False, True):
            g = self.gateway()
            name = "fairlead-%d" % os.getpid() if abstract else g.dir + "/notify"
            s = self.notices("\0" + name if abstract else name)
            g.start(env={"NOTIFY_SOCKET": "@" + name if abstract else name}, wait=False)
            self.assertEqual(self.until(s, "READY=1"), ["READY=1"])
            self.assertIn("serving", self.until(s, "STATUS=")[-1])
            before = time.clock_gettime(time.CLOCK_MONOTONIC) * 1e6
            g.signal(signal.SIGHUP)
            usec = int(self.until(s, "RELOADING=1")[-1].split("MONOTONIC_USEC=")[1])
            self.assertGreaterEqual(usec, before - 1)
            self.until(s, "READY=1")
            g.write_config(workers="many")
            g.signal(signal.SIGHUP)
            self.until(s, "RELOADING=1")
            self.until(s, "READY=1")
            self.assertIn("reload refused", self.until(s, "STATUS=")[-1])
            g.signal(signal.SIGTERM)
            self.until(s, "STOPPING=1")
            self.assertEqual(g.wait_end(), 0)
            s.close()

    def test_the_watchdog_is_fed(self):
        g = self.gateway()
        s = self.notices(g.dir + "/notify")
        g.start(env={"NOTIFY_SOCKET": g.dir + "/notify", "WATCHDOG_USEC": "200000"}, wait=False)
        began = time.monotonic()
        for _ in range(5):
            self.until(s, "WATCHDOG=1")
        self.assertLess(time.monotonic() - began, 2)

    def start_activated(self, g, sockets):
        numbers = [s.fileno() for s in sockets]
        place = " ".join("%d<&%d" % (3 + i, n) for i, n in enumerate(numbers))
        script = 'exec %s; LISTEN_PID=$$ LISTEN_FDS=%d exec "$0" serve -c "$1"' % (place, len(sockets))
        with open(g.log_path, "ab") as log:
            g.process = subprocess.Popen(["/bin/bash", "-c", script, BINARY, g.config_path], stderr=log,
                                         pass_fds=numbers)
        g.wait_log("event=serving")

    def test_sockets_handed_over_are_served_over_reloads(self):
        g = self.gateway()
        tcp = socket.socket()
        tcp.bind(("127.0.0.1", g.port))
        tcp.listen(16)
        admin = socket.socket(socket.AF_UNIX)
        admin.bind(g.admin)
        admin.listen(4)
        early = socket.create_connection(("127.0.0.1", g.port), timeout=10)
        self.start_activated(g, [tcp, admin])
        self.assertEqual(g.request(g.tls(early))[0], 200)
        self.assertEqual(g.ask_admin("/readyz")[0], 200)
        g.reload()
        for _ in range(8):
            with g.connect() as sock:
                self.assertEqual(g.request(sock)[0], 200)
        g.signal(signal.SIGTERM)
        self.assertEqual(g.wait_end(), 0)
        # They are the manager's: still there, and nothing is reset.
        self.assertTrue(os.path.exists(g.admin))
        socket.create_connection(("127.0.0.1", g.port), timeout=10).close()
        tcp.close()
        admin.close()

    def test_a_socket_that_nobody_asked_for_is_told(self):
        g = self.gateway()
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen(1)
            self.start_activated(g, [other])
            self.assertIn("127.0.0.1:%d was handed over" % other.getsockname()[1], g.log())
        self.assertEqual(g.request(g.connect())[0], 200)


class Admin(Case):
    def test_endpoints(self):
        g = self.gateway().start()
        self.assertEqual(g.ask_admin("/healthz"), (200, "ok\n"))
        code, body, head = g.ask_admin("/readyz", want_headers=True)
        self.assertEqual((code, json.loads(body)), (200, {"message": "ready"}))
        self.assertIn("Content-Type: application/json", head)
        code, body, head = g.ask_admin("/metrics", want_headers=True)
        self.assertIn("text/plain; version=0.0.4", head)
        for line in body.splitlines():
            self.assertRegex(line, r'^(# (HELP|TYPE) fairlead_\w+ .+|fairlead_\w+(\{[^}]*\})? \d+)$')
        self.assertEqual(g.ask_admin("/sessions"), (200, "[]\n"))
        code, body, head = g.ask_admin("/sessions", method="POST", want_headers=True)
        self.assertEqual(code, 405)
        self.assertIn("Allow: GET", head)
        self.assertIn("message", json.loads(body))
        self.assertEqual(g.ask_admin("/healthz", method="HEAD"), (405, ""))
        for path in ("/", "/nope", "/healthz/x", "/sessionsx", "/../healthz"):
            code, body = g.ask_admin(path)
            self.assertEqual(code, 404, path)
            self.assertIn("message", json.loads(body))

    def test_not_ready_without_an_engine_and_ready_again_with_it(self):
        g = self.gateway().start()
        os.rename(g.engine.path, g.engine.path + ".away")
        code, body = g.ask_admin("/readyz")
        if code == 200:  # an idle connection was still there
            wait_for("not ready", lambda: g.ask_admin("/readyz")[0] == 503)
            code, body = g.ask_admin("/readyz")
        self.assertEqual(code, 503)
        self.assertIn("the engine does not answer", json.loads(body)["message"])
        self.assertEqual(g.ask_admin("/healthz")[0], 200)
        os.rename(g.engine.path + ".away", g.engine.path)
        self.assertEqual(g.ask_admin("/readyz")[0], 200)

    def test_sessions_and_gauges_of_a_live_session(self):
        g = self.gateway().start()
        session = g.attach()
        row, = json.loads(g.ask_admin("/sessions")[1])
        self.assertEqual((row["tenant"], row["key"], row["container"], row["spliced"], row["up"], row["down"]),
                         ("acme", "ci", "c" * 64, True, 5, 5))
        self.assertIn(row["pid"], g.workers())
        self.assertRegex(row["since"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        body = g.ask_admin("/metrics")[1]
        self.assertIn('fairlead_tenant_sessions{tenant="acme",kind="stream"} 1', body)
        self.assertEqual(g.metric("fairlead_streams"), 1)
        self.assertEqual(g.metric("fairlead_open_connections"), 1)
        session.close()
        wait_for("the gauges fall", lambda: g.metric("fairlead_streams") + g.metric("fairlead_open_connections") == 0)

    def test_clients_that_say_nothing_or_nonsense_harm_nobody(self):
        g = self.gateway(workers=1).start()
        silent = socket.socket(socket.AF_UNIX)
        silent.connect(g.admin)
        for junk in (b"\0\0\0\r\n\r\n", b"GET /readyz HTTP/1.1\r\n\r\n" * 20, b"GET /sessions", b"A" * 100000):
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(g.admin)
                try:
                    s.sendall(junk)
                except OSError:
                    pass
        for _ in range(3):
            self.assertEqual(g.ask_admin("/readyz")[0], 200)
        g.reload()
        self.assertEqual(g.ask_admin("/readyz")[0], 200)
        silent.close()
        self.assertEqual(g.count_log("event=worker_died"), 0)

    def test_more_connections_than_allowed_wait_their_turn(self):
        g = self.gateway(workers=1, limits={"connections": 2}).start()
        held = [g.connect(), g.connect()]
        for s in held:
            self.assertEqual(g.request(s)[0], 200)
        third = socket.create_connection(("127.0.0.1", g.port), timeout=10)
        time.sleep(0.3)
        self.assertEqual(g.metric("fairlead_open_connections"), 2)
        held[0].close()
        self.assertEqual(g.request(g.tls(third))[0], 200)


if __name__ == "__main__":
    unittest.main(warnings="ignore")
