"""fairlead key, fairlead cert and make-certs.sh, as an administrator uses them.

usage: commands.py FAIRLEAD
"""

import hashlib
import json
import os
import re
import stat
import subprocess
import sys
import tempfile
import unittest

PROGRAM = ""
MAKE_CERTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../certs/make-certs.sh")
CONFIG = {
    "listen": ["0.0.0.0:2376"], "engine": "unix:/run/engine.sock", "credentials": "credentials.json",
    "tenants": {"acme": {}, "beta": {}}, "hyper": {"region": "us-west-1"},
    "tls": {"certificates": [{"cert": "pki/server.pem", "key": "pki/server-key.pem"}],
            "client_ca": "pki/ca.pem", "client_cert": "optional"},
}


def mode_of(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def openssl(*words):
    return subprocess.run(["openssl", *words], capture_output=True, text=True, check=True).stdout


class Case(unittest.TestCase):
    """A folder with an authority, a configuration and an empty store."""

    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="fairlead-credential-")
        self.addCleanup(self.temporary.cleanup)
        self.folder = self.temporary.name
        self.make_certs("pki", "gw.example.com", "127.0.0.1", "::1")
        self.write_config(CONFIG)
        self.store = os.path.join(self.folder, "credentials.json")
        with open(os.open(self.store, os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
            f.write('{"credentials": []}')

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write_config(self, config):
        with open(self.path("f.json"), "w") as f:
            json.dump(config, f)

    def run_in(self, *words, **options):
        done = subprocess.run(words, capture_output=True, text=True, timeout=30, cwd=self.folder,
                              **options)
        return done.returncode, done.stdout, done.stderr

    def make_certs(self, *words):
        return self.run_in("sh", MAKE_CERTS, *words)

    def good(self, *words):
        code, out, err = self.run_in(PROGRAM, *words)
        self.assertEqual(code, 0, err)
        return out

    def refused(self, part, *words):
        code, out, err = self.run_in(PROGRAM, *words)
        self.assertEqual((code, out), (2, ""), words)
        self.assertEqual(err.count("\n"), 1, err)
        self.assertIn(part, err)

    def entries(self):
        with open(self.store) as f:
            return {c["name"]: c for c in json.load(f)["credentials"]}

    def new_key(self, name, *more):
        return self.good("key", "new", "-c", "f.json", "--tenant", "acme", "--name", name, *more)

    def new_cert(self, name, *more):
        return self.good("cert", "new", "-c", "f.json", "--tenant", "acme", "--name", name, *more)


class Key(Case):
    def test_a_bearer_key_is_shown_once_and_kept_as_a_digest(self):
        out = self.new_key("ci", "--expires", "90d", "--host", "gw.example.com")
        key = re.search(r"^flk_[0-9a-f]{64}$", out, re.M).group()
        with open(self.store) as f:
            self.assertNotIn(key, f.read())
        entry = self.entries()["ci"]
        self.assertEqual(entry["sha256"], hashlib.sha256(key.encode()).hexdigest())
        self.assertEqual((entry["tenant"], entry["kind"]), ("acme", "bearer"))
        self.assertLess(entry["created"], entry["expires"])
        self.assertIn(json.dumps({"HttpHeaders": {"Authorization": "Bearer " + key}}), out)
        self.assertIn("DOCKER_HOST=tcp://gw.example.com:2376 DOCKER_TLS_VERIFY=1", out)
        self.assertIn(f"-H 'Authorization: Bearer {key}' https://gw.example.com:2376/", out)
        self.assertNotIn("HOST is a name", out)
        self.assertNotEqual(self.new_key("ci2"), out)

    def test_what_is_printed_can_be_pasted(self):
        out = self.new_key("ci")
        with open(self.path("ca.pem"), "w"):
            pass
        lines = out.split("# curl:")[0] + '\necho "$DOCKER_HOST $DOCKER_CERT_PATH"'
        code, shown, err = self.run_in("sh", "-euc", lines.replace("\nflk_", "\n: flk_"),
                                       env={"HOME": self.folder, "PATH": os.environ["PATH"]})
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(shown, f"tcp://HOST:2376 {self.path('.fairlead/ci')}\n")
        with open(self.path(".fairlead/ci/config.json")) as f:
            self.assertIn("Bearer flk_", json.load(f)["HttpHeaders"]["Authorization"])
        self.assertEqual(mode_of(self.path(".fairlead/ci")), 0o700)

    def test_a_hyper_key(self):
        out = self.new_key("cli", "--kind", "hyper", "--host", "[::1]")
        entry = self.entries()["cli"]
        self.assertRegex(entry["access_key"], r"^FLK[0-9a-f]{32}$")
        self.assertRegex(entry["secret"], r"^fls_[0-9a-f]{64}$")
        self.assertIn(f"hyper config --accesskey {entry['access_key']} --secretkey {entry['secret']}"
                      " --default-region 'us-west-1' tcp://[::1]:2376\n", out)
        config = json.loads(re.search(r"^\{.*\}$", out, re.M).group())
        self.assertEqual(config, {"clouds": {"tcp://[::1]:2376": {
            "accesskey": entry["access_key"], "secretkey": entry["secret"], "region": "us-west-1"}}})

    def test_the_list_has_every_state_and_no_secret(self):
        self.new_key("ci")
        self.new_key("cli", "--kind", "hyper")
        self.new_cert("laptop")
        self.good("key", "revoke", "-c", "f.json", "ci")
        entries = self.entries()
        store = {"credentials": [*entries.values(), {**entries["laptop"], "name": "old", "sha256": "0" * 64,
                                                     "expires": "2026-01-01T00:00:00Z"},
                                 {**entries["ci"], "name": "orphan", "sha256": "1" * 64, "tenant": "gone"}]}
        del store["credentials"][4]["revoked"]
        with open(self.store, "w") as f:
            json.dump(store, f)
        listed = json.loads(self.good("key", "list", "-c", "f.json", "--json"))
        self.assertEqual({c["name"]: c["state"] for c in listed},
                         {"ci": "revoked", "cli": "live", "laptop": "live", "old": "expired",
                          "orphan": "tenant gone"})
        table = self.good("key", "list", "-c", "f.json")
        self.assertRegex(table, r"(?m)^NAME +TENANT +KIND +STATE +CREATED +EXPIRES$")
        self.assertRegex(table, r"(?m)^ci +acme +bearer +revoked +\S+Z +never$")
        for out in (table, json.dumps(listed)):
            self.assertNotIn(entries["cli"]["secret"], out)
            self.assertNotIn(entries["ci"]["sha256"], out)
        self.assertEqual(len(json.loads(self.good("key", "list", "-c", "f.json", "--json", "--tenant",
                                                  "gone"))), 1)
        self.assertEqual(json.loads(self.good("key", "list", "-c", "f.json", "--json", "--tenant",
                                              "beta")), [])

    def test_bad_use_is_one_line_and_2(self):
        new = ("key", "new", "-c", "f.json", "--tenant", "acme", "--name")
        self.new_key("ci")
        before = self.entries()
        self.refused("new, list or revoke?", "key")
        self.refused("--tenant TENANT", "key", "new", "-c", "f.json", "--name", "x")
        self.refused('did you mean "acme"?', "key", "new", "-c", "f.json", "--tenant", "acm", "--name", "x")
        self.refused('add it to "tenants"', "key", "new", "-c", "f.json", "--tenant", "zzzz", "--name", "x")
        self.refused('"--name": unknown option, or one without its value', *new)
        self.refused('"--tennant": unknown option', *new, "x", "--tennant", "acme")
        self.refused("already", *new, "ci")
        self.refused("is no name", *new, "cert:x")
        self.refused("is no name", *new, "a" * 64)
        self.refused("write bearer or hyper", *new, "x", "--kind", "ssh")
        for when in ("1999-01-01", "soon", "0d", "-1d", "90", "d", "99999999d"):
            self.refused("is no time to come", *new, "x", "--expires", when)
        self.refused("is no host", *new, "x", "--host", "a b;c")
        self.refused("one word too many", *new, "x", "y")
        self.refused("no credential named", "key", "revoke", "-c", "f.json", "nobody")
        self.refused("one NAME", "key", "revoke", "-c", "f.json")
        self.refused("no other words", "key", "list", "-c", "f.json", "x")
        os.chmod(self.store, 0o640)
        self.refused("chmod 600", *new, "x")
        os.chmod(self.store, 0o600)
        self.assertEqual(self.entries(), before)

    def test_output_that_nobody_got_is_told(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([PROGRAM, "key", "new", "-c", "f.json", "--tenant", "acme", "--name", "x"],
                                  stdout=full, stderr=subprocess.PIPE, text=True, timeout=30,
                                  cwd=self.folder, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("revoke the credential", done.stderr)


class Cert(Case):
    def test_a_certificate_is_good_for_its_tenant(self):
        out = self.new_cert("laptop@x", "--out", "o p", "--host", "gw.example.com:443")
        text = openssl("x509", "-in", self.path("o p/cert.pem"), "-noout", "-text")
        self.assertIn("URI:urn:fairlead:tenant:acme", text)
        self.assertIn("TLS Web Client Authentication", text)
        openssl("verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", self.path("pki/ca.pem"),
                self.path("o p/cert.pem"))
        der = subprocess.run(["openssl", "x509", "-in", self.path("o p/cert.pem"), "-outform", "DER"],
                             capture_output=True, check=True).stdout
        self.assertEqual(self.entries()["laptop@x"]["sha256"], hashlib.sha256(der).hexdigest())
        self.assertEqual(openssl("pkey", "-in", self.path("o p/key.pem"), "-pubout"),
                         openssl("x509", "-in", self.path("o p/cert.pem"), "-noout", "-pubkey"))
        self.assertEqual([mode_of(self.path("o p", n)) for n in ("", "key.pem")], [0o700, 0o600])
        base = self.path("o p")
        self.assertIn(f"docker context create laptop-x --docker 'host=tcp://gw.example.com:443,"
                      f"ca={base}/ca.pem,cert={base}/cert.pem,key={base}/key.pem'\n", out)
        self.assertIn(f"DOCKER_HOST=tcp://gw.example.com:443 DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH='{base}'\n",
                      out)

    def test_by_common_name_it_is_the_tenants(self):
        self.write_config({**CONFIG, "tls": {**CONFIG["tls"], "tenant_from": "cn"}})
        self.new_cert("laptop")
        self.assertEqual(openssl("x509", "-in", self.path("laptop/cert.pem"), "-noout", "-subject").strip(),
                         "subject=CN = acme")

    def test_the_gateways_own_authority_may_be_another(self):
        self.make_certs("other", "x.example")
        self.new_cert("laptop", "--server-ca", "other/ca.pem")
        self.assertEqual(openssl("x509", "-in", self.path("laptop/ca.pem")),
                         openssl("x509", "-in", self.path("other/ca.pem")))

    def test_nothing_is_overwritten_and_nothing_left_behind(self):
        new = ("cert", "new", "-c", "f.json", "--tenant", "acme", "--name", "laptop")
        self.make_certs("other", "x.example")
        os.mkdir(self.path("here"))
        with open(self.path("here/cert.pem"), "w") as f:
            f.write("mine")
        self.refused("is there already", *new, "--out", "here")
        with open(self.path("here/cert.pem")) as f:
            self.assertEqual(f.read(), "mine")
        self.refused("comma", *new, "--out", "a,b")
        self.refused("cannot be made", *new, "--out", "none/x")
        self.refused("no number of days", *new, "--days", "0")
        self.refused("fewer --days", *new, "--days", "9999")
        self.refused("cannot be read", *new, "--ca", "none")
        self.refused("would refuse", *new, "--ca", "other")
        self.refused("not both", *new, "--ca", "pki", "--ca-cert", "pki/ca.pem", "--ca-key", "pki/ca-key.pem")
        self.refused("go together", *new, "--ca-cert", "pki/ca.pem")
        self.refused("is not the key", *new, "--ca-cert", "pki/ca.pem", "--ca-key", "other/ca-key.pem")
        self.refused("no authority", *new, "--ca-cert", "pki/server.pem", "--ca-key", "pki/server-key.pem")
        self.refused("holds no certificate", *new, "--server-ca", "pki/ca-key.pem")
        self.refused('say "fairlead cert new"', "cert")
        self.assertEqual(self.entries(), {})
        self.assertEqual(sorted(os.listdir(self.folder)), ["credentials.json", "f.json", "here", "other", "pki"])

    def test_without_client_certificates_it_says_so(self):
        tls = {"certificates": CONFIG["tls"]["certificates"]}
        self.write_config({**CONFIG, "tls": tls})
        self.refused("does not ask for client certificates", "cert", "new", "-c", "f.json", "--tenant", "acme",
                     "--name", "laptop")


class MakeCerts(Case):
    def test_what_it_makes_serves_the_names(self):
        text = openssl("x509", "-in", self.path("pki/server.pem"), "-noout", "-ext", "subjectAltName")
        self.assertIn("DNS:gw.example.com, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1", text)
        for name in (("-verify_hostname", "gw.example.com"), ("-verify_ip", "::1")):
            openssl("verify", "-x509_strict", "-purpose", "sslserver", *name, "-CAfile",
                    self.path("pki/ca.pem"), self.path("pki/server.pem"))
        self.assertEqual({n: mode_of(self.path("pki", n)) for n in os.listdir(self.path("pki"))},
                         {"ca.pem": 0o644, "ca-key.pem": 0o600, "server.pem": 0o644, "server-key.pem": 0o600})
        self.good("check", "-q", "-c", "f.json")

    def test_bad_use_is_one_line_and_2(self):
        with open(self.path("pki/ca.pem")) as f:
            before = f.read()
        for words, part in [((), "use:"), (("d",), "use:"), (("pki", "a"), "is there already"),
                            (("d", "a b"), "no name or address"), (("d", ""), "no name or address"),
                            (("d", "300.1.1.1"), "no address"), (("d", "1::2::3"), "no address"),
                            (("/proc/none/x", "a"), "cannot be made"), (("-x", "a"), "is no folder")]:
            code, out, err = self.make_certs(*words)
            self.assertEqual((code, out), (2, ""), words)
            self.assertIn(part, err)
            self.assertEqual(err.count("\n"), 1, err)
        with open(self.path("pki/ca.pem")) as f:
            self.assertEqual(f.read(), before)
        self.assertEqual(os.listdir(self.path("d")), [])


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    outcome = unittest.main(exit=False).result
    bad = len(outcome.failures) + len(outcome.errors)
    print(f"{outcome.testsRun - bad} passed, {bad} failed")
    sys.exit(bad > 0)
