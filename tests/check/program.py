"""The program as a person at a terminal meets it: help, version, check, exit codes.

usage: program.py FAIRLEAD
"""

import json
import os
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
                            (("check", "--options", "x"), "help, roff or names")]:
            code, out, err = run(*words)
            self.assertEqual((code, out), (2, ""), words)
            self.assertIn(part, err)
            self.assertEqual(err.count("\n"), 1, err)

    def test_output_that_is_not_taken_is_a_failure(self):
        for words in [("--help",), ("--version",), ("check", "--options", "names")]:
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


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop())
    unittest.main()
