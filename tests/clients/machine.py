"""Programs of this machine, run in an environment that no setting of its user reaches."""

import os
import subprocess

from check import GUARD, Failure

FORSAKEN = ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH",
            "DOCKER_CONFIG", "DOCKER_API_VERSION", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY",
            "ALL_PROXY", "all_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
            "NODE_EXTRA_CA_CERTS")


def clean_environment(more=None):
    env = {k: v for k, v in os.environ.items() if k not in FORSAKEN}
    env["NO_PROXY"] = env["no_proxy"] = "*"
    env.update(more or {})
    return env


class Outcome:
    """What a client showed: exit code and both outputs."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __eq__(self, other):
        return (self.code, self.out, self.err) == (other.code, other.out, other.err)

    def __repr__(self):
        def brief(b):
            return repr(b) if len(b) <= 240 else f"{b[:240]!r}...({len(b)} bytes)"
        return f"exit {self.code}, out {brief(self.out)}, err {brief(self.err)}"


def execute(command, env=None, stdin=None):
    """Runs a client to its end, with `env` on top. `stdin`: bytes, a file's name, or None for /dev/null."""
    options = {"env": clean_environment(env), "capture_output": True, "timeout": GUARD - 30}
    try:
        if isinstance(stdin, bytes):
            done = subprocess.run(command, input=stdin, **options)
        else:
            with open(stdin or os.devnull, "rb") as source:
                done = subprocess.run(command, stdin=source, **options)
    except subprocess.TimeoutExpired:
        raise Failure(f"hangs: {' '.join(command)}") from None
    return Outcome(done.returncode, done.stdout, done.stderr)


def run(*command, env=None):
    """A program that must succeed; its output as text."""
    done = execute(command, env)
    if done.code != 0:
        tail = (done.out + done.err).decode(errors="replace")[-2000:]
        raise Failure(f"{' '.join(command)} ended with {done.code}: {tail}")
    return done.out.decode().strip()
