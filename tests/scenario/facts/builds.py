"""Builds: the Dockerfile in the context is made anew while it streams, with the ids of the images that it names."""

import io
import tarfile
from urllib.parse import parse_qs

from facts.references import IMAGE, NETWORK, OWNER, Things, image, network
from lib import world
from lib.stub import error, reply
from lib.suite import scenario
from lib.wire import need

BRIDGE = {"acme--bridge": network("acme--bridge", OWNER)}
KIND = "application/x-tar"
STAMP = "LABEL fairlead.tenant.image=acme\n"


def context(**files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as t:
        for name, text in files.items():
            e = tarfile.TarInfo(name)
            e.size = len(text)
            t.addfile(e, io.BytesIO(text.encode()))
    end = (out.getvalue().rstrip(b"\0") + b"\0" * 511)
    return end[:len(end) // 512 * 512] + b"\0" * 1024


def size(*lengths):
    """Of an archive with files of these lengths."""
    return sum(512 + (n + 511) // 512 * 512 for n in lengths) + 1024


def labelled(labels, on_build):
    return reply(200, world.dumps({"Id": IMAGE, "RepoTags": ["on:latest"], "RepoDigests": [],
                                   "Config": {"Labels": labels, "OnBuild": on_build}}))


def things(t, **images):
    images = {name + ":latest": answer for name, answer in images.items()} or {"busybox:latest": image(["busybox:latest"])}
    return Things(t, {**images, IMAGE: next(iter(images.values()))}, BRIDGE)


def build(t, body, query="", split=None):
    c = t.client() if split is None else t.client(split=split)
    c.request("POST", "/v1.41/build?" + query, body, kind=KIND)
    return c


def finish(t, c, expected):
    """The build's request, and what the engine unpacks."""
    x = t.engine.expect("POST", "/build", 41, client=c)
    got = x.upload(size(*(len(text) for text in expected.values())))
    x.upload_end().reply(200, b'{"stream":"Step 1/2 : FROM x\\n"}\n')
    with tarfile.open(fileobj=io.BytesIO(got)) as a:
        need({e.name: a.extractfile(e).read().decode() for e in a} == expected, f"{got}")
    need(x.request.field("Content-Type") == KIND and not x.request.field("X-Registry-Config"), f"{x.request.fields}")
    r = c.response()
    need(r.status == 200 and b"Step 1/2" in r.body, f"{r}")
    return {k: v[0] for k, v in parse_qs(x.request.query, keep_blank_values=True).items()}


@scenario("a Dockerfile is sent with the ids of its images and the tenant's label", setting="builders")
def anew(t):
    things(t)
    d = "# c\nARG V\nFROM busybox AS one\nRUN a \\\n b\nFROM one\nCOPY --from=busybox /a /b\n"
    c = build(t, context(f="f" * 1000, Dockerfile=d, g="g"), "networkmode=default&rm=0&memory=0&version=1")
    q = finish(t, c, {"f": "f" * 1000, "g": "g", "Dockerfile":
                      f"ARG V\nFROM {IMAGE} AS one\n{STAMP}RUN a  b\nFROM one\n{STAMP}COPY --from={IMAGE} /a /b\n"})
    need(q == {"rm": "1", "forcerm": "1", "version": "1", "labels": '{"fairlead.tenant.image":"acme"}', "networkmode": NETWORK,
               "memory": "67108864", "memswap": "67108864", "cpuperiod": "100000", "cpuquota": "150000"}, f"{q}")


@scenario("a build's containers get no more than a container of the tenant's", setting="builders")
def share(t):
    things(t)
    for query, status in (("memory=67108865", 403), ("memswap=-1", 400), ("memory=1&memswap=67108865", 403), ("cpuquota=150001", 403),
                          ("cpuperiod=50000&cpuquota=75001", 403), ("cpuquota=-1", 400), ("networkmode=host", 403), ("networkmode=other", 403)):
        c = build(t, context(Dockerfile="FROM busybox\n"), query)
        need(c.response().status == status, query)
    c = build(t, context(Dockerfile="FROM scratch\n"), "networkmode=none&memory=1048576&cpuperiod=50000&cpuquota=60000")
    q = finish(t, c, {"Dockerfile": "FROM scratch\n" + STAMP})
    need(q["networkmode"] == "none" and (q["memory"], q["memswap"], q["cpuperiod"], q["cpuquota"]) ==
         ("1048576", "1048576", "50000", "60000"), f"{q}")


@scenario("a base image that is missing is pulled before the engine sees the Dockerfile", setting="builders")
def pulled(t):
    there = {}
    Things(t, there, BRIDGE)
    asked = []

    def pull(q):
        asked.append(q.query)
        there.update({"busybox:latest": image(["busybox:latest"]), IMAGE: image(["busybox:latest"])})
        return reply(200, b'{"status":"Pulling"}\n')
    t.engine.rule("POST", "/images/create", pull)
    finish(t, build(t, context(Dockerfile="FROM busybox\n")), {"Dockerfile": f"FROM {IMAGE}\n{STAMP}"})
    need(asked == ["fromImage=busybox&tag=latest"], f"{asked}")
    # It is there now; "pull" asks all the same.
    finish(t, build(t, context(Dockerfile="FROM busybox\n")), {"Dockerfile": f"FROM {IMAGE}\n{STAMP}"})
    need(len(asked) == 1, f"{asked}")
    q = finish(t, build(t, context(Dockerfile="FROM busybox\n"), "pull=1"), {"Dockerfile": f"FROM {IMAGE}\n{STAMP}"})
    need(len(asked) == 2 and "pull" not in q, f"{asked} {q}")


def cut(t, c, status, word):
    x = t.engine.expect("POST", "/build", 41)
    x.broken()
    r = c.response()
    need(r.status == status and word in r.body, f"{r}")


@scenario("what a Dockerfile must not ask for ends the build before the engine has it", setting="builders")
def refused(t):
    things(t)
    t.engine.rule("POST", "/images/create", lambda q: error(404, "pull access denied"))
    for d, status, word in (("FROM busybox\nADD http://127.0.0.1/ /\n", 403, b"line 2: ADD"), ("FROM beta--x\n", 404, b"No such image: beta--x"),
                            ("FROM busybox\nCOPY --from=other / /\n", 404, b"No such image: other"), ("FROM on\n", 404, b"pull access denied"),
                            ("FROM busybox\nRUM x\n", 400, b"line 2"), ("FROM busybox\nLABEL fairlead.tenant=x\n", 403, b"LABEL")):
        cut(t, build(t, context(f="f", Dockerfile=d), split=False), status, word)
    for files in ({"../f": "x"}, {"Dockerfile": "FROM busybox\n", "dockerfile": "FROM beta--x\n"}):
        cut(t, build(t, context(**files), split=False), 403 if "../f" in files else 404, b"")


@scenario("what ONBUILD left in an image is judged, and kept out of the cache that all share", setting="builders")
def triggers(t):
    labels = {"fairlead.tenant.image": "acme"}
    for images, query, status, word in ((labelled(None, ["RUN x"]), "", 403, b"without the cache"), (labelled({"fairlead.tenant.image": "beta"}, ["RUN x"]), "", 403, b""),
                                        (labelled(labels, ["RUN x", "ADD http://x /"]), "", 403, b"ADD"), (labelled(None, ["COPY --from=x / /"]), "nocache=1", 403, b"COPY"),
                                        (labelled(labels, ["RUN x"]), "", 200, b""), (labelled(None, ["RUN x"]), "nocache=1", 200, b"")):
        t.engine.rules.clear()
        things(t, on=images)
        c = build(t, context(Dockerfile="FROM on\n"), query, split=False)
        if status == 200:
            finish(t, c, {"Dockerfile": f"FROM {IMAGE}\n{STAMP}"})
        else:
            cut(t, c, status, word)
