#!/usr/bin/python3
"""What the gateway tells the service manager and the operator. Needs no engine."""
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from case import Case  # noqa: E402
from harness import BINARY, wait_for  # noqa: E402


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

    def test_connections_are_probed_when_they_are_silent(self):
        g = self.gateway().start()
        sock = g.connect()
        self.assertEqual(g.request(sock)[0], 200)

        def timers():
            with open("/proc/net/tcp") as f:
                rows = [line.split() for line in f]
            return [r[5][:2] for r in rows if r[1].endswith(":%04X" % g.port) and r[3] == "01"]
        # Established at the gateway's port; timer 1 waits for an acknowledgement, 2 is the keepalive.
        wait_for("the keepalive timer runs", lambda: timers() == ["02"])

    def test_connections_beyond_the_descriptors_wait_and_it_is_said_once(self):
        g = self.gateway(workers=1)
        g.start(preexec=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40)))
        self.assertIn("raise LimitNOFILE", g.log())
        raw = [socket.create_connection(("127.0.0.1", g.port), timeout=10) for _ in range(60)]
        g.wait_log("connections wait")
        time.sleep(0.5)
        self.assertEqual(g.count_log("connections wait"), 1)
        for sock in raw[:50]:
            sock.close()
        for sock in raw[50:]:
            self.assertEqual(g.request(g.tls(sock))[0], 200)

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
