"""curl, the Hyper clients' way of talking, and what only a client that shows every byte can check."""

import hashlib
import os
import re

from check import Failure, Skip, case, equal, true, until
from machine import execute
from wire import Exec, Wire, ask, frames

MIB = 1 << 20


def through_gateway(lab):
    if lab.direct_only:
        raise Skip("an engine has no tenants")


def curl(lab, way, *arguments, stdin=None):
    return execute(lab.ways[way].curl(*arguments), None, stdin)


def both(lab, way, *arguments):
    wanted, got = curl(lab, "direct", *arguments), curl(lab, way, *arguments)
    equal(got, wanted, "curl " + " ".join(arguments))
    equal(got.code, 0, "curl " + " ".join(arguments))
    return got


STATUS = ["-w", "\n%{http_code} %{content_type}"]

for _way in ("cert", "bearer"):
    @case(f"curl-{_way}-answers", way=_way)
    def curl_answers(lab, way):
        for target in ("/_ping", "/v1.41/_ping", "/containers/no-such/json", "/v1.24/containers/no-such/top",
                       "/containers/web/logs?stdout=1&stderr=1", "/exec/" + "0" * 64 + "/json"):
            both(lab, way, *STATUS, "BASE" + target)
        got = both(lab, way, "-I", "-o", "/dev/null", "-w", "%{http_code} %header{api-version} %header{ostype}",
                   "BASE/_ping")
        true(re.fullmatch(rb"200 1\.\d\d linux", got.out), f"HEAD /_ping: {got.out!r}")

    @case(f"curl-{_way}-exec-without-upgrade", way=_way)
    def curl_exec(lab, way):
        """Without Upgrade the answer is 200 and the raw stream is the rest of the connection."""
        seen = []
        for w in ("direct", way):
            made = ask(lab.ways[w], "POST", "/v1.41/containers/web/exec",
                       {"AttachStdout": True, "AttachStderr": True,
                        "Cmd": ["sh", "-c", "seq 50000; sleep 0.2; echo err >&2; exit 3"]}).json()["Id"]
            seen.append(curl(lab, w, "-N", "-i", "-X", "POST", "-H", "Content-Type: application/json", "-d",
                             '{"Detach":false,"Tty":false}\n', f"BASE/v1.41/exec/{made}/start"))
            equal(ask(lab.ways[w], "GET", f"/v1.41/exec/{made}/json").json()["ExitCode"], 3, "exit code")
        heads = [one.out.split(b"\r\n\r\n", 1)[0].split(b"\r\n") for one in seen]
        equal(heads[1][0], b"HTTP/1.1 200 OK", "status line")
        true(b"Content-Type: application/vnd.docker.raw-stream" in heads[1], f"media type: {heads[1]!r}")
        streams = [frames(one.out.split(b"\r\n\r\n", 1)[1]) for one in seen]
        equal(streams[1], streams[0], "the stream")
        equal(streams[1][1][-6:], b"50000\n", "its end")
        equal(streams[1][2], b"err\n", "its errors")

    @case(f"curl-{_way}-detached", way=_way)
    def curl_detached(lab, way):
        """A detached start is a finite answer even when an upgrade was asked for; the connection goes on."""
        wire = Wire(lab.ways[way])
        made = wire.ask("POST", "/v1.41/containers/web/exec", {"Cmd": ["true"]}).json()["Id"]
        headers = {"Upgrade": "tcp", "Connection": "Upgrade"}
        answer = wire.ask("POST", f"/v1.41/exec/{made}/start", {"Detach": True}, headers=headers)
        equal((answer.status, answer.body), (200, b""), "detached start")
        equal(wire.ask("GET", "/_ping").body, b"OK", "the next request on that connection")
        refused = wire.ask("POST", "/v1.41/exec/" + "0" * 64 + "/start", {"Detach": False}, headers=headers)
        equal(refused.status, 404, "start of an exec that there is not")
        equal(wire.ask("GET", "/v1.41/containers/vault/json").status, 200 if lab.direct_only else 404,
              "a foreign container on the same connection after it")
        wire.close()


@case("wire-early-stdin-is-kept")
def early_stdin(lab):
    """Bytes in the segment of the request: an engine loses them, the gateway must not."""
    through_gateway(lab)
    for way in ("cert", "bearer", "hyper"):
        session = Exec(lab.ways[way], "web", ["cat"], early=b"early bird ")
        session.wire.send(b"and late")
        session.wire.finish()
        equal(frames(session.wire.read_to_end())[1], b"early bird and late", way)
        session.wire.close()


@case("wire-no-credential-no-service")
def no_credential(lab):
    through_gateway(lab)
    stranger = lab.ways["stranger"]
    for target in ("/v1.41/containers/json", "/v1.41/containers/web/json"):
        answer = ask(stranger, "GET", target)
        equal(answer.status, 401, target)
        true("message" in answer.json(), f"the body says why: {answer.body!r}")
    wrong = ask(stranger, "GET", "/v1.41/containers/json", headers={"Authorization": "Bearer not-a-key"})
    equal(wrong.status, 401, "a wrong key")


@case("wire-exec-of-another-tenant")
def foreign_exec(lab):
    """A known id of another tenant's exec is no use: start, inspect and resize answer as if it were missing."""
    through_gateway(lab)
    made = ask(lab.ways["beta"], "POST", "/v1.41/containers/vault/exec",
               {"AttachStdout": True, "Cmd": ["echo", "secret"]}).json()["Id"]
    nothing = "0" * 64
    for method, tail, body in (("GET", "json", None), ("POST", "start", {"Detach": False}),
                               ("POST", "resize?h=10&w=10", None)):
        foreign = ask(lab.ways["cert"], method, f"/v1.41/exec/{made}/{tail}", body)
        missing = ask(lab.ways["cert"], method, f"/v1.41/exec/{nothing}/{tail}", body)
        equal((foreign.status, foreign.body.replace(made.encode(), nothing.encode())),
              (missing.status, missing.body), f"{method} {tail}")
        equal(foreign.status, 404, f"{method} {tail}")
    own = Exec(lab.ways["beta"], "vault", ["echo", "mine"])
    equal(frames(own.wire.read_to_end())[1], b"mine\n", "the tenant's own")
    own.wire.close()


HYPER_EXTRAS = {"User": "", "Privileged": False, "Container": "web", "Detach": False, "DetachKeys": ""}


@case("hyper-exec")
def hyper_exec(lab):
    """As its CLI: signed, API 1.23, the whole ExecConfig in both bodies, half-close by a bare FIN."""
    data = os.urandom(64 * 1024)
    command = ["sh", "-c", "cat; echo err >&2; sleep 0.5; exit 7"]
    # The engine's own socket has no such old version to offer with an upgrade-only client; the oldest is taken.
    for way, version in (("direct", "v1.24"), ("hyper", "v1.24" if lab.direct_only else "v1.23")):
        session = Exec(lab.ways[way], "web", command, version=version, extras=HYPER_EXTRAS)
        session.wire.send(data)
        session.wire.finish()
        seen = frames(session.wire.read_to_end())
        equal((seen[1] == data, seen[2]), (True, b"err\n"), f"{way}: the streams")
        until(lambda: session.exit_code() is not None, "the exit code")
        equal(session.exit_code(), 7, f"{way}: exit code")
        session.wire.close()


@case("hyper-hundred-mebibytes")
def hyper_big(lab):
    block = os.urandom(MIB)
    for way in ("direct", "hyper"):
        session = Exec(lab.ways[way], "web", ["md5sum"])
        digest = hashlib.md5()
        for i in range(100):
            part = block[i:] + block[:i]
            session.wire.send(part)
            digest.update(part)
        session.wire.finish()
        equal(frames(session.wire.read_to_end())[1], digest.hexdigest().encode() + b"  -\n", way)
        session.wire.close()


@case("hyper-empty-posts-and-repeated-gets")
def hyper_habits(lab):
    """An empty POST comes chunked; an identical signed GET is repeated within a second."""
    through_gateway(lab)
    way = lab.ways["hyper"]
    session = Exec(way, "web", ["sh", "-c", "sleep 2"], tty=True, stdin=False)
    answer = ask(way, "POST", f"/v1.23/exec/{session.id}/resize?h=20&w=70", b"", chunked=True)
    equal(answer.status, 200, f"resize by an empty chunked POST: {answer.body!r}")
    session.wire.close()
    signed = way.signer.sign("GET", "/v1.23/containers/json", way.host)
    for _ in range(2):
        equal(ask(way, "GET", "/v1.23/containers/json", headers=signed).status, 200, "the same signed GET")


@case("hyper-wrong-signatures")
def hyper_wrong(lab):
    through_gateway(lab)
    way = lab.ways["hyper"]
    target = "/v1.23/containers/json"
    good = way.signer.sign("GET", target, way.host)
    equal(ask(way, "GET", target, headers=good).status, 200, "a right signature")
    last = good["Authorization"][-1]
    forged = {**good, "Authorization": good["Authorization"][:-1] + ("0" if last != "0" else "1")}
    old = way.signer.sign("GET", target, way.host, late=-3600)
    other = way.signer.sign("GET", "/v1.23/containers/web/json", way.host)
    body = way.signer.sign("POST", "/v1.23/containers/web/exec", way.host, b'{"Cmd":["true"]}')
    for name, headers in (("a changed signature", forged), ("an hour old", old), ("of another target", other)):
        equal(ask(way, "GET", target, headers=headers).status, 401, name)
    answer = ask(way, "POST", "/v1.23/containers/web/exec", b'{"Cmd":["sh"]}', headers=body)
    true(answer.status in (400, 401), f"a body that was not signed: {answer.status}")
    text = ask(way, "GET", "/v1.23/containers/no-such/json")
    equal((text.status, text.headers.get("content-type", "").split(";")[0]), (404, "text/plain"), "errors for 1.23")


@case("wire-output-before-stdin-is-read")
def flood_both(lab):
    """64 MiB each way at once, in a process that does not read until it has written: nobody may deadlock."""
    for way in ("direct", "cert"):
        session = Exec(lab.ways[way], "web", ["sh", "-c", "head -c 2000000 /dev/zero; wc -c; exit 0"])
        equal(session.read_payload(2000000).count(0), 2000000, way)
        for _ in range(64):
            session.wire.send(bytes(MIB))
        session.wire.finish()
        equal(session.held + frames(session.wire.read_to_end())[1], b"%d\n" % (64 * MIB), way)
        session.wire.close()


@case("wire-the-gateway-ends-streams-in-order")
def orderly_end(lab):
    """The engine's end reaches the client as an end, not as a reset, while the client still sends."""
    through_gateway(lab)
    session = Exec(lab.ways["cert"], "web", ["sh", "-c", "echo bye; exit 0"])
    try:
        for _ in range(50):
            session.wire.send(b"unread" * 1000)
    except OSError:
        pass  # it may close as soon as all was said
    seen = frames(session.wire.read_to_end())
    equal(seen[1], b"bye\n", "the last words")
    session.wire.close()
    if session.exit_code() != 0:
        raise Failure("exit code")
