"""The program as a person at a terminal meets it: help, version, check, exit codes.

usage: program.py FAIRLEAD
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

PROGRAM = ""


def run(*words, **options):
    done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=30, **options)
    return done.returncode, done.stdout, done.stderr


def make_certificate(folder, name):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=" + name,
                    "-keyout", os.path.join(folder, name + ".key"),
                    "-out", os.path.join(folder, name + ".pem")], check=True, capture_output=True)


class Words(unittest.TestCase):
    def test_version(self):
        code, out, err = run("--version")
        self.assertEqual((code, err), (0, ""))
        self.assertRegex(out, r"^fairlead \d+\.\d+\.\d+\n$")

    def test_help_is_for_standard_output(self):
        for words in [("--help",), ("-h",), ("check", "--help")]:
            code, out, err = run(*words)
            self.assertEqual((code, err), (0, ""))
            self.assertIn("usage: fairlead", out)

    def test_every_command_has_help(self):
        commands = run("--help")[1].split("Commands", 1)[1].split("\n\n", 1)[0].split("\n")[1:]
        self.assertTrue(commands)
        for line in commands:
            name, summary = line.split(None, 1)
            code, out, _ = run(name, "--help")
            self.assertEqual(code, 0)
            self.assertTrue(out.startswith(f"usage: fairlead {name}"), out)
            self.assertIn(summary, out)

    def test_bad_use_is_one_line_and_2(self):
        for words, part in [((), "which command?"), (("chekc",), 'did you mean "check"?'),
                            (("no-such-thing",), "fairlead --help"), (("--none",), "--help"),
                            (("check",), "-c FILE"), (("check", "-c"), "without its value"),
                            (("check", "-x"), "unknown option"), (("check", "x"), "no other words"),
                            (("check", "--options", "x"), "help, roff or names"),
                            (("policy",), "explain or list?"), (("policy", "list", "x"), "no other words"),
                            (("policy", "explain", "GET"), "METHOD and PATH"),
                            (("policy", "explain", "GET", "info"), "is no path"),
                            (("policy", "explain", "get", "/info"), "is no method"),
                            (("policy", "explain", "GET", "/in fo"), "is no path"),
                            (("policy", "explain", "--what", "GET", "/info"), "unknown option"),
                            (("policy", "explain", "GET", "/info", "--tenant", "acme"), "-c FILE"),
                            (("policy", "explain", "GET", "/info", "--body", "/no/such"), "No such file")]:
            code, out, err = run(*words)
            self.assertEqual((code, out), (2, ""), words)
            self.assertIn(part, err)
            self.assertEqual(err.count("\n"), 1, err)

    def test_output_that_is_not_taken_is_a_failure(self):
        for words in [("--help",), ("--version",), ("check", "--options", "names"),
                      ("policy", "list"), ("policy", "explain", "GET", "/info")]:
            with open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run([PROGRAM, *words], stdout=full, stderr=subprocess.PIPE,
                                      text=True, check=False, timeout=30)
            self.assertEqual(done.returncode, 1, words)
            self.assertIn("standard output", done.stderr)


class Check(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = cls.temporary.name
        make_certificate(cls.folder, "one")
        make_certificate(cls.folder, "two")
        cls.write("bad.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        cls.write("credentials.json", '{"credentials": []}')

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    @classmethod
    def write(cls, name, text):
        path = os.path.join(cls.folder, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(path, 0o600)
        return path

    def check(self, cert="one.pem", key="one.key", words=(), **more):
        tree = {"credentials": "credentials.json", "tenants": {"acme": {}},
                "tls": {"certificates": [{"cert": cert, "key": key}], **more.pop("tls", {})}, **more}
        return run("check", "-c", self.write("f.json", json.dumps(tree, indent=1)), *words)

    def test_prints_what_is_in_force(self):
        code, out, err = self.check(workers=3)
        self.assertEqual((code, err), (0, ""))
        tree = json.loads(out)
        self.assertEqual(tree["workers"], 3)
        self.assertEqual(tree["timeouts"]["drain"], 30)
        self.assertEqual(tree["tls"]["certificates"][0]["cert"], os.path.join(self.folder, "one.pem"))
        again = run("check", "-c", self.write("again.json", out))
        self.assertEqual(again, (0, out, ""))

    def test_quiet(self):
        self.assertEqual(self.check(words=["-q"]), (0, "", ""))

    def refused(self, *parts, **tree):
        code, out, err = self.check(**tree)
        self.assertEqual((code, out), (2, ""), err)
        for part in parts:
            self.assertIn(part, err)
        self.assertTrue(all(": " in line and ";" in line for line in err.splitlines()), err)

    def test_all_errors_of_the_file(self):
        self.refused("f.json:", ": workers: ", ': "nothing": ', workers=65, nothing=1)

    def test_a_certificate_that_is_none(self):
        self.refused("bad.pem", cert="bad.pem")

    def test_the_key_of_another_certificate(self):
        self.refused("two.key", key="two.key")

    def test_authorities_that_are_none(self):
        self.refused("bad.pem", tls={"client_ca": "bad.pem", "client_cert": "optional"})

    def test_a_credential_store_that_is_none(self):
        self.write("none.json", "[]")
        self.refused("none.json", credentials="none.json")

    def test_a_credential_store_that_others_can_read(self):
        os.chmod(self.write("open.json", '{"credentials": []}'), 0o644)
        self.refused("open.json", credentials="open.json")


class Policy(unittest.TestCase):
    """`fairlead policy`: the gates' own words, without an engine."""

    CONFIG = {
        "credentials": "credentials.json", "engine": "unix:/run/docker.sock",
        "backends": {"cron": "tcp:127.0.0.1:7000"},
        "tenants": {"acme": {"grants": ["export"]}, "watch": {"preset": "observer"}, "ops": {"preset": "admin"}},
        "tls": {"certificates": [{"cert": "one.pem", "key": "one.key"}]},
    }

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        make_certificate(cls.temporary.name, "one")
        with open(os.path.join(cls.temporary.name, "credentials.json"), "w", encoding="utf-8") as f:
            f.write('{"credentials": []}')
        cls.config = os.path.join(cls.temporary.name, "f.json")
        with open(cls.config, "w", encoding="utf-8") as f:
            json.dump(cls.CONFIG, f)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def explain(self, code, *words, has=(), body=None):
        got, out, err = run("policy", "explain", *words, input=body)
        self.assertEqual((got, err), (code, ""), out)
        for line in has:
            self.assertIn("\n" + line, out)
        return out

    def of(self, tenant, code, *words, **more):
        return self.explain(code, *words, "--tenant", tenant, "-c", self.config, **more)

    def test_list_has_a_line_for_each_operation(self):
        code, out, err = run("policy", "list")
        self.assertEqual((code, err), (0, ""))
        rows = [line.split() for line in out.splitlines()]
        self.assertEqual(rows[0], ["METHOD", "PATH", "NAME", "CLASS", "RIGHT"])
        self.assertGreater(len(rows), 110)
        self.assertTrue(all(len(r) == 5 for r in rows))
        self.assertIn(["POST", "/containers/{container}/exec", "exec-create", "owned,judged,repeatable", "exec"], rows)
        self.assertIn(["any", "/cron/{rest...}", "cron", "group", "-"], rows)

    def test_every_operation_is_explained(self):
        for method, path, name, _, _ in [line.split() for line in run("policy", "list")[1].splitlines()[1:]]:
            method = {"any": "GET"}.get(method, method.split("|", 1)[0])
            path = re.sub(r"\{[^}]*\}", "x", path)
            _, out, err = run("policy", "explain", method, path)
            self.assertEqual(err, "")
            if name != "services":  # without a backend its paths are the engine's
                self.assertIn(f"\nendpoint   {name}, ", out)
            self.assertNotRegex(out, r"\((null|no words)\)")

    def test_presets_without_a_tenant(self):
        self.explain(0, "POST", "/v1.41/containers/web/exec", has=[
            "endpoint   exec-create, POST /containers/{container}/exec\n",
            'right      exec: presets operator, tenant, admin; grant "exec"\n',
            "observer   refused: 403 exec-create: not allowed for tenant observer; it needs the grant exec\n",
            "operator   passed on\n", "tenant     passed on\n", "admin      passed on\n"])
        self.explain(1, "POST", "/swarm/init", has=["tenant     refused: 403 swarm-init: ", "admin      passed on\n"])

    def test_a_tenant_with_the_right(self):
        self.of("acme", 0, "GET", "/v1.41/containers/web/logs?follow=yes&%74ail=5", has=[
            "tenant     acme: preset tenant, rights ", 'object     "web" must be a container of the tenant\'s; '
            "else 404 No such container: web\n", "goes to    the engine at unix:/run/docker.sock\n",
            "with       ?follow=1&tail=5\n", "verdict    passed on, if what it names is there\n"])
        self.of("acme", 0, "GET", "/info", has=["verdict    passed on\n"])

    def test_a_grant(self):
        self.of("acme", 0, "GET", "/containers/web/export", has=["right      export: ", "verdict    passed on"])
        self.of("watch", 1, "GET", "/containers/web/export",
                has=["verdict    refused: 403 container-export: not allowed for tenant watch; it needs the grant export\n"])

    def test_refusals_are_the_gateways_own(self):
        for path, why in [("/nothing", "404 page not found"), ("/a//b", "400 request target: "),
                          ("/v1.41/containers/web/logs?tail=x", '400 query key "tail": must be "all" or a number'),
                          ("/v1.22/info", "400 client version 1.22 is too old."),
                          ("/services/x", "404 service-inspect: no such object"),
                          ("/exec/x/start", "405 GET is not a method of this path"),
                          ("/snapshots/x", "501 snapshots: no backend")]:
            self.of("acme", 1, "GET", path, has=["verdict    refused: " + why])

    def test_a_backend(self):
        self.of("watch", 0, "PATCH", "/cron/jobs/1?x=%20", has=[
            'goes to    the backend "cron" at tcp:127.0.0.1:7000\n', "verdict    passed on"])

    def test_the_administrator(self):
        self.of("ops", 0, "POST", "/swarm/init", has=["verdict    passed on"])
        self.of("ops", 0, "GET", "/containers/web/json", has=['object     "web", whoever\'s it is\n'])

    def test_bodies(self):
        path = "/v1.41/containers/web/exec"
        out = self.of("acme", 0, "POST", path, "--body", "-", body='{"cmd": ["id"], "Novelty": null}', has=[
            "body       JSON of an exec create", "verdict    passed on"])
        sent = json.loads(re.search(r"\n {11}(\{.*\})\n", out)[1])
        self.assertEqual(sent["Cmd"], ["id"])
        self.assertNotIn("Novelty", sent)
        self.of("acme", 1, "POST", path, "--body", "-", body='{"Cmd": ["id"], "privileged": true}', has=[
            "verdict    refused: 403 Privileged: "])
        self.of("acme", 1, "POST", path, "--body", "-", body='{"Cmd": ["id"]} x', has=["verdict    refused: 400 "])
        self.of("acme", 1, "POST", "/containers/web/start", "--body", "-", body="x", has=["verdict    refused: 400 "])

    def test_a_tenant_that_there_is_not(self):
        code, out, err = run("policy", "explain", "GET", "/info", "--tenant", "acne", "-c", self.config)
        self.assertEqual((code, out), (2, ""))
        self.assertIn('did you mean "acme"?', err)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop())
    unittest.main()
