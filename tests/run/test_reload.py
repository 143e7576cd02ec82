#!/usr/bin/python3
"""How the gateway starts and reloads. Needs no engine. FAIRLEAD names the program."""
import hashlib
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
from case import SANITIZED, Case, status_field  # noqa: E402
from harness import BINARY, CONTAINER, echo, ended, free_port, wait_for  # noqa: E402


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
        for _ in range(6):
            n = g.count_log("event=reloaded")
            g.signal(signal.SIGHUP)
            served = 0
            while g.count_log("event=reloaded") == n or served < 10:
                with g.connect() as sock:
                    self.assertEqual(g.request(sock)[0], 200)
                served += 1

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

    def test_a_new_certificate_is_shown(self):
        g = self.gateway().start()
        before = g.connect().getpeercert(binary_form=True)
        g.new_certificate()
        self.assertEqual(g.connect().getpeercert(binary_form=True), before)
        g.reload()
        self.assertNotEqual(g.connect().getpeercert(binary_form=True), before)

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

    def test_a_request_whose_body_is_still_coming_is_cut_with_its_credential(self):
        g = self.gateway().start()
        sock = g.connect()
        sock.sendall(("POST /v1.41/containers/%s/exec HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
                      "Content-Type: application/json\r\nContent-Length: 17\r\n\r\n{" % (CONTAINER, g.key)).encode())
        wait_for("its row is there", lambda: "exec-create" in g.ask_admin("/sessions")[1])
        g.new_store(revoked="2026-02-03T04:05:06Z")
        g.reload()
        self.assertEqual(sock.recv(1), b"")
        g.wait_log('reason="credential revoked"')
        wait_for("its row is free", lambda: g.ask_admin("/sessions")[1] == "[]\n")

    def test_a_session_is_cut_when_another_key_got_its_name(self):
        g = self.gateway().start()
        session = g.attach()
        g.key = ""
        g.new_store()
        g.reload()
        self.assertTrue(ended(session))

    def test_a_session_of_a_certificate_is_cut_when_the_store_revokes_that(self):
        g = self.gateway()
        der = g.new_client("acme")
        g.write_config(tls={**g.options["tls"], "client_ca": g.dir + "/client.pem", "client_cert": "optional"})
        g.start()
        session = g.attach(client=True)
        g.reload()
        self.assertTrue(echo(session, b"nobody knows it, and it is good"))
        g.new_store(kind="cert", sha256=hashlib.sha256(der).hexdigest(), revoked="2026-02-03T04:05:06Z")
        g.reload()
        self.assertTrue(ended(session))
        g.wait_log('reason="credential revoked"')

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


if __name__ == "__main__":
    unittest.main(warnings="ignore")
