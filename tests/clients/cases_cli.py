"""The docker CLI: each run through the gateway beside the same run on the engine's own socket."""

import hashlib
import json
import os

from check import Skip, case, equal, true, until
from machine import execute

MIB = 1 << 20


class Pair:
    """One CLI over one way, compared with itself on the engine's socket."""

    def __init__(self, lab, cli, way):
        self.lab, self.cli, self.way = lab, lab.clis[cli], lab.ways[way]
        self.direct = lab.ways["direct"]

    def one(self, way, arguments, stdin=None):
        return execute([self.cli, *arguments], way.env, stdin)

    def same(self, *arguments, stdin=None, code=0, out=None, err=None):
        """Runs it both ways; checks that they agree, and that they agree on what is right."""
        wanted = self.one(self.direct, arguments, stdin)
        got = self.one(self.way, arguments, stdin)
        equal(got, wanted, " ".join(arguments))
        equal(got.code, code, "exit code of " + " ".join(arguments))
        if out is not None:
            equal(got.out, out, "output of " + " ".join(arguments))
        if err is not None:
            equal(got.err, err, "errors of " + " ".join(arguments))
        return got


def output_and_codes(p):
    p.same("exec", "web", "echo", "hi", out=b"hi\n", err=b"")
    p.same("exec", "web", "sh", "-c", "echo out; echo err >&2; exit 3", code=3, out=b"out\n", err=b"err\n")
    p.same("exec", p.lab.ids["web"], "true", out=b"", err=b"")
    p.same("exec", p.lab.ids["web"][:12], "true", out=b"", err=b"")
    p.same("exec", "web", "false", code=1)
    p.same("exec", "web", "/etc", code=126)
    p.same("exec", "web", "sh", "-c", "no-such-program", code=127)
    p.same("exec", "web", "no-such-program", code=p.one(p.direct, ["exec", "web", "no-such-program"]).code)
    p.same("exec", "web", "sh", "-c", "kill -9 $$", code=137)
    p.same("exec", "-e", "A=b c", "-w", "/tmp", "-u", "root", "web", "sh", "-c", "echo $A; pwd; id -u",
           out=b"b c\n/tmp\n0\n")
    p.same("exec", "web", "printf", "\\000\\377\\r\\n", out=b"\x00\xff\r\n")


def stdin_sizes(p):
    for size in (0, 1, 65536):
        data = os.urandom(size)
        digest = hashlib.md5(data).hexdigest().encode() + b"  -\n"
        p.same("exec", "-i", "web", "md5sum", stdin=data, out=digest)
        p.same("exec", "-i", "web", "cat", stdin=data, out=data)
    p.same("exec", "web", "cat", stdin=b"not attached", out=b"")


def hundred_mebibytes(p):
    big = os.path.join(p.lab.folder, "big")
    if not os.path.exists(big):
        block = os.urandom(MIB)
        with open(big, "wb") as out:
            for i in range(100):
                out.write(block[i:] + block[:i])
    with open(big, "rb") as source:
        digest = hashlib.md5(source.read()).hexdigest()
    p.same("exec", "-i", "web", "md5sum", stdin=big, out=digest.encode() + b"  -\n")
    for way in (p.direct, p.way):
        got = p.one(way, ["exec", "-i", "web", "cat"], big)
        equal((got.code, len(got.out), hashlib.md5(got.out).hexdigest()), (0, 100 * MIB, digest), "100 MiB echoed")


def detached(p):
    for way in (p.direct, p.way):
        p.lab.docker("exec", "web", "rm", "-f", "/tmp/mark")
        got = p.one(way, ["exec", "-d", "web", "sh", "-c", "echo done > /tmp/mark.new; mv /tmp/mark.new /tmp/mark"])
        equal((got.code, got.out, got.err), (0, b"", b""), "a detached exec")
        until(lambda: p.lab.docker("exec", "web", "sh", "-c", "cat /tmp/mark 2>/dev/null || :") == "done",
              "the work of the detached exec")


def refusals(p):
    got = p.same("exec", p.lab.ids["frozen"], "true", code=1, out=b"")
    true(b"is paused" in got.err, f"a paused container's error: {got.err!r}")
    # The gateway asks by full id, and tells the client in the client's own words.
    p.same("exec", "frozen", "true", code=1, out=b"")
    got = p.same("exec", "no-such-container", "true", code=1, out=b"")
    true(b"No such container: no-such-container" in got.err, f"a missing container's error: {got.err!r}")


def foreign_is_missing(p):
    if p.lab.direct_only:
        raise Skip("an engine has no tenants")
    for reference in ("vault", p.lab.ids["vault"], p.lab.ids["vault"][:12]):
        for verb in (["exec"], ["top"], ["logs"], ["wait"], ["attach"], ["inspect", "--type", "container"],
                     ["stats", "--no-stream"]):
            tail = ["true"] if verb == ["exec"] else []
            foreign = p.one(p.way, [*verb, reference, *tail])
            missing = p.one(p.direct, [*verb, "no-such", *tail])
            foreign.out = foreign.out.replace(reference.encode(), b"no-such")
            foreign.err = foreign.err.replace(reference.encode(), b"no-such")
            equal(foreign, missing, f"{verb[0]} of another tenant's {reference[:12]} beside a missing one's")


def late_output(p):
    p.same("exec", "-i", "web", "sh", "-c", "cat; sleep 1; echo late; echo err >&2; exit 5", stdin=b"early ",
           code=5, out=b"early late\n", err=b"err\n")


def output_while_stdin_floods(p):
    flood = b"f" * (8 * MIB)
    got = p.same("exec", "-i", "web", "sh", "-c", "seq 100000; wc -c; exit 6", stdin=flood, code=6)
    true(got.out.endswith(b"\n99999\n100000\n%d\n" % len(flood)), f"the end of it: {got.out[-40:]!r}")
    p.same("exec", "-i", "web", "sh", "-c", "echo before; head -c 5 >/dev/null; echo after; exit 7", stdin=flood,
           code=7, out=b"before\nafter\n")


def attach(p):
    ran = []
    for way in (p.direct, p.way):
        name = "attach-" + os.urandom(4).hex()
        p.lab.docker("create", "-i", "-a", "stdin", "-a", "stdout", "-a", "stderr", "--network", "none", "--name",
                     name, "--label", "fairlead.tenant=acme", "fairlead-test:1",
                     "sh", "-c", "cat; echo err >&2; exit 9")
        p.lab.docker("start", name)
        ran.append(p.one(way, ["attach", name], b"through " * 1000))
        p.lab.docker("rm", "-f", name)
    equal(ran[1], ran[0], "attach")
    equal((ran[1].code, ran[1].out, ran[1].err), (9, b"through " * 1000, b"err\n"), "attach")


def logs_and_wait(p):
    ran = []
    for way in (p.direct, p.way):
        name = "talk-" + os.urandom(4).hex()
        p.lab.container(name, "acme", "sh", "-c",
                        "for i in 1 2 3 4; do echo out $i; sleep 0.2; echo err $i >&2; sleep 0.2; done; exit 8")
        followed = p.one(way, ["logs", "-f", name])
        waited = p.one(way, ["wait", name])
        ran.append((followed, waited, p.one(way, ["logs", "--tail", "1", name])))
        p.lab.docker("rm", "-f", name)
    equal(ran[1], ran[0], "logs and wait")
    equal(ran[1][0].out, b"".join(b"out %d\n" % i for i in (1, 2, 3, 4)), "logs -f")
    equal(ran[1][0].err, b"".join(b"err %d\n" % i for i in (1, 2, 3, 4)), "logs -f, errors")
    equal(ran[1][1].out, b"8\n", "wait")


def lists_and_facts(p):
    own = ["--filter", "label=fairlead.tenant=acme"] if p.lab.direct_only else []
    mine = p.one(p.way, ["ps", "-a", "--no-trunc", *own,
                         "--format", "{{.ID}} {{.Names}} {{.Image}} {{.Command}}"])
    wanted = p.one(p.direct, ["ps", "-a", "--no-trunc", "--filter", "label=fairlead.tenant=acme",
                              "--format", "{{.ID}} {{.Names}} {{.Image}} {{.Command}}"])
    equal(mine, wanted, "ps -a")
    true(p.lab.ids["web"].encode() in mine.out and p.lab.ids["vault"].encode() not in mine.out, "ps shows its own only")
    p.same("ps", "-q", "--no-trunc", "--filter", "name=web", out=p.lab.ids["web"].encode() + b"\n")
    p.same("inspect", "--format", "{{.Id}} {{.Name}} {{.State.Status}} {{.Config.Cmd}} {{.HostConfig.NetworkMode}} "
           "{{.Created}}", "web")
    labels = json.loads(p.one(p.way, ["inspect", "--format", "{{json .Config.Labels}}", "web"]).out)
    true(p.lab.direct_only or not [k for k in labels or {} if k.startswith("fairlead.")],
         f"a tenant does not see the gateway's labels: {labels}")
    p.same("top", "frozen")
    shown = [json.loads(p.one(way, ["stats", "--no-stream", "--format", "{{json .}}", "frozen"]).out)
             for way in (p.direct, p.way)]
    for key in ("ID", "Name", "Container", "PIDs"):
        equal(shown[1][key], shown[0][key], "stats: " + key)
    p.same("version", "--format", "{{.Server.Version}} {{.Server.APIVersion}} {{.Server.MinAPIVersion}}")


SUITE = (output_and_codes, stdin_sizes, hundred_mebibytes, detached, refusals, foreign_is_missing, late_output,
         output_while_stdin_floods, attach, logs_and_wait, lists_and_facts)


def register():
    for cli in ("new", "old"):
        for way in ("cert", "bearer"):
            for function in SUITE:
                @case(f"cli-{cli}-{way}-{function.__name__.replace('_', '-')}", cli=cli, way=way, function=function)
                def run(lab, cli, way, function):
                    if cli not in lab.clis:
                        raise Skip("one docker CLI only on this machine")
                    function(Pair(lab, cli, way))


register()
