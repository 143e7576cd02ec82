"""A short run on Podman, an engine that is not Docker's."""

import os
import shutil

from check import Skip, case, equal, true
from machine import execute
from podman import Podman
from ways import Way


@case("podman-exec-ps-version")
def podman(lab):
    if not shutil.which("podman"):
        raise Skip("there is no podman on this machine")
    image = os.path.join(lab.folder, "image.tar")
    lab.docker("export", "-o", image, "web")
    engine = Podman(lab.folder)
    gateway = None
    try:
        engine.start(image)
        mine, theirs = engine.container("web", "acme"), engine.container("vault", "beta")
        direct = Way.direct(lab.folder, "podman", engine.socket)
        if lab.direct_only:
            through = [direct]
        else:
            gateway = lab.new_gateway("podman", engine.socket)
            ways = lab.ways_through(gateway, "podman-")
            through = [ways["cert"], ways["bearer"]]
            gateway.start()
        for way in through:
            compare(lab, direct, way, mine, theirs)
    except Exception:
        if gateway:
            gateway.tell_log()
        raise
    finally:
        if gateway:
            gateway.stop()
        engine.stop()


def compare(lab, direct, way, mine, theirs):
    for cli in lab.clis.values():
        def same(*arguments, stdin=None, code=0, out=None, err=None):
            wanted, got = (execute([cli, *arguments], w.env, stdin) for w in (direct, way))
            equal(got, wanted, " ".join(arguments))
            equal(got.code, code, "exit code of " + " ".join(arguments))
            for shown, right in ((got.out, out), (got.err, err)):
                if right is not None:
                    equal(shown, right, " ".join(arguments))

        same("version", "--format", "{{.Server.Version}} {{.Server.APIVersion}}")
        same("exec", "web", "sh", "-c", "echo out; echo err >&2; exit 7", code=7, out=b"out\n", err=b"err\n")
        data = os.urandom(1 << 20)
        same("exec", "-i", mine, "cat", stdin=data, out=data)
        missing = execute([cli, "exec", "no-such", "true"], way.env)
        true(missing.code == 1 and b"such container" in missing.err, f"a missing container: {missing!r}")
        if not lab.direct_only:
            listed = execute([cli, "ps", "-q", "--no-trunc"], way.env)
            equal((listed.code, listed.out), (0, mine.encode() + b"\n"), "ps")
            refused = execute([cli, "exec", theirs, "true"], way.env)
            refused.err = refused.err.replace(theirs.encode(), b"no-such")
            equal(refused, missing, "a foreign container beside a missing one")
    ping = [execute(w.curl("BASE/_ping")) for w in (direct, way)]
    equal(ping[1], ping[0], "_ping")
    equal(ping[1].out, b"OK", "_ping")
