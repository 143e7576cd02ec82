"""isolation_tar: what an archive must not bring into a container, each alone. The engine gets no whole request of it, and makes
nothing of it."""

import bz2
import gzip
import hashlib
import io
import json
import lzma
import tarfile

from check import case, equal, true
from house import FOREVER, IMAGE


def entry(name, kind=tarfile.REGTYPE, link="", mode=0o644, data=b"", **fields):
    e = tarfile.TarInfo(name)
    e.type, e.linkname, e.mode, e.size = kind, link, mode, len(data)
    for key, value in fields.items():
        setattr(e, key, value)
    return e, io.BytesIO(data)


def archive(*entries, form=tarfile.GNU_FORMAT, **how):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form, **how) as t:
        for e, data in entries:
            data.seek(0)
            t.addfile(e, data)
    return out.getvalue()


GOOD = entry("good", data=b"good")
NAMES = ("/etc/x", "../x", "a/../../x", "a/..", "..", "a/../x", "//x", "./../x")
DENIED = [
    ("a character device", entry("null", tarfile.CHRTYPE, devmajor=1, devminor=3)),
    ("a block device", entry("disk", tarfile.BLKTYPE, devmajor=8, devminor=0)),
    ("a setuid file", entry("su", mode=0o4755)),
    ("a setgid file", entry("sg", mode=0o2755)),
    ("a setuid hard link", entry("su", tarfile.LNKTYPE, "good", mode=0o4755)),
    *[(f"the name {n}", entry(n)) for n in NAMES],
    *[(f"the folder {n}", entry(n, tarfile.DIRTYPE)) for n in NAMES],
    *[(f"a symbolic link {n}", entry(n, tarfile.SYMTYPE, "good")) for n in NAMES],
    *[(f"a hard link to {n}", entry("hard", tarfile.LNKTYPE, n)) for n in NAMES],
]


def spoiled():
    good = archive(GOOD)
    yield "a wrong checksum", good[:148] + b"0000000\0" + good[156:]
    yield "bytes behind the end", good + b"x" * 512
    yield "a cut archive", good[:700]
    yield "no archive", b"x" * 2048
    yield "a sparse file", good[:156] + b"S" + good[157:]
    yield "a global path", archive(GOOD, form=tarfile.PAX_FORMAT, pax_headers={"path": "/etc/x"})
    for what, e in (("an absolute pax path", {"path": "/etc/x"}), ("a pax path that leads out", {"path": "../x"}),
                    ("a pax size", {"size": "512"})):
        yield what, archive(entry("a", data=b"1", pax_headers=e), form=tarfile.PAX_FORMAT)


@case("isolation-archives")
def archives(house):
    beta = house.tenants["beta"]
    own = beta.must("run", "-d", "--name", "own", "--network", "none", IMAGE, *FOREVER)
    beta.must("exec", "own", "mkdir", "/in")
    put = "/v1.41/containers/own/archive?path=/in"
    fields = {"Content-Type": "application/x-tar"}
    try:
        for what, body, statuses, head in (
                *[(what, archive(GOOD, e), (403,), {}) for what, e in DENIED],
                *[(what, body, (400, 403), {}) for what, body in spoiled()],
                ("gzip", gzip.compress(archive(GOOD)), (415,), {}),
                ("bzip2", bz2.compress(archive(GOOD)), (415,), {}),
                ("xz", lzma.compress(archive(GOOD)), (415,), {}),
                ("Content-Encoding", gzip.compress(archive(GOOD)), (415,), {"Content-Encoding": "gzip"}),
                ("Content-Encoding of a tar", archive(GOOD), (415,), {"Content-Encoding": "gzip"}),
                ("a form", archive(GOOD), (415,), {"Content-Type": "application/x-www-form-urlencoded"})):
            mark = house.recorder.mark()
            got = beta.ask("PUT", put, body, {**fields, **head})
            true(got.status in statuses, f"{what}: {got}")
            sent = [s for s in house.recorder.since(mark) if s.method == "PUT" and s.whole]
            true(not sent, f"{what}: the engine got a whole request: {sent}")
            beta.must("exec", "own", "rm", "-rf", "/in/good")
        equal(beta.must("exec", "own", "ls", "/in"), "", "what the engine made")
        for path in ("a%00b", "a%0ab", "x" * 4097):
            got = beta.ask("PUT", "/v1.41/containers/own/archive?path=" + path, archive(GOOD), fields)
            equal(got.status, 400, path)
        what_is_served(house, beta, put, fields)
    finally:
        beta.must("rm", "-f", own)


def what_is_served(house, beta, put, fields):
    """The same folder takes what is harmless, in each format; attributes that are the host's to set are dropped."""
    mark = house.recorder.mark()
    for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        body = archive(entry("d", tarfile.DIRTYPE, mode=0o2755), entry("d/" + "n" * 90, data=b"x" * 70000, mtime=1),
                       entry("d/h", tarfile.LNKTYPE, "d/" + "n" * 90), entry("d/l", tarfile.SYMTYPE, "/etc/hosts"),
                       entry("d/fifo", tarfile.FIFOTYPE), entry("BZh91AY&SY", data=b"1"), form=form)
        equal(beta.ask("PUT", put, body, fields).status, 200, f"format {form}")
        equal(beta.must("exec", "own", "sh", "-c", "cd /in; stat -c '%n %h %s' d/h; readlink d/l; ls; rm -r /in/*"),
              "d/h 2 70000\n/etc/hosts\nBZh91AY&SY\nd", f"format {form}")
    attributes = {f"SCHILY.xattr.{k}": "1" for k in ("user.note", "security.capability", "trusted.overlay.opaque", "user.overlay.opaque")}
    body = archive(entry("x", pax_headers=attributes), form=tarfile.PAX_FORMAT)
    beta.ask("PUT", put, body, fields)
    sent = [s for s in house.recorder.since(mark) if s.method == "PUT" and s.whole]
    equal(len(sent), 4, "requests")
    for word in ("security", "trusted", "overlay"):
        true(word not in sent[-1].body, f"{word} was sent")
    true("user.note=1" in sent[-1].body, "a harmless attribute")


def saved(manifest, labels=None, *more, config="c.json", order=None, held=None, diff_ids=None):
    """An archive of one image as docker save writes it; `manifest` may be anything that JSON can say, `held` is put in its layer's place."""
    layer = archive(entry("f", data=b"1"))
    digest = "sha256:" + hashlib.sha256(layer).hexdigest()
    about = {"architecture": "amd64", "os": "linux", "config": {"Cmd": ["true"], "Labels": labels}, "rootfs": {
        "type": "layers", "diff_ids": diff_ids or [digest]}}
    files = {config: json.dumps(about).encode(), "l/layer.tar": layer if held is None else held(layer)}
    if manifest is not None:
        files["manifest.json"] = json.dumps(manifest).encode()
    return archive(*[entry(n, data=files[n]) for n in order or files], *more)


def image(*names, config="c.json"):
    return [{"Config": config, "RepoTags": list(names), "Layers": ["l/layer.tar"]}]


BAD_LOADS = [
    ("a registry's name", saved(image("reg.example/x:1"))),
    ("no name", saved(image())),
    ("no names at all", saved([{"Config": "c.json", "RepoTags": None, "Layers": ["l/layer.tar"]}])),
    ("one of two without a name", saved(image("a:1") + image())),
    ("a malformed name", saved(image("A:1"))),
    ("no manifest", saved(None, None, entry("repositories", data=b'{"fairlead-test":{"1":"l"}}'))),
    ("an index without a manifest", saved(None, None, entry("index.json", data=b'{"manifests":[]}'), entry("oci-layout", data=b"{}"))),
    ("another's owner label", saved(image("a:1"), {"fairlead.tenant": "acme"})),
    ("another's image label", saved(image("a:1"), {"fairlead.tenant.image": "acme"})),
    ("an unknown label of the gateway", saved(image("a:1"), {"fairlead.tenant.x": "beta"})),
    ("a config that is not there", saved(image("a:1", config="d.json"))),
    ("a config that is a layer", saved(image("a:1", config="l/layer.tar"))),
    ("a config that is a link", saved(image("a:1", config="d.json"), None, entry("d.json", tarfile.SYMTYPE, "c.json"))),
    ("a config that is there twice", saved(image("a:1"), None, entry("c.json", data=b"{}"))),
    ("a config by another spelling", saved(image("a:1"), None, entry("./c.json", data=b"{}"))),
    ("two manifests", saved(image("a:1"), None, entry("./manifest.json", data=b"[]"))),
    ("a manifest that is a link", saved(None, None, entry("manifest.json", tarfile.SYMTYPE, "c.json"))),
    ("a layer that leads out", saved([{"Config": "c.json", "RepoTags": ["a:1"], "Layers": ["../../x"]}])),
    ("a layer that is not there", saved([{"Config": "c.json", "RepoTags": ["a:1"], "Layers": ["m/layer.tar"]}])),
    ("a layer of another sum", saved(image("a:1"), held=lambda layer: layer + b"\0" * 512)),
    ("a layer with nothing in it", saved(image("a:1"), held=lambda layer: b"")),
    ("a layer that is cut in its gzip", saved(image("a:1"), held=lambda layer: gzip.compress(layer)[:-1])),
    ("a layer less than the config's", saved([{"Config": "c.json", "RepoTags": ["a:1"], "Layers": []}])),
    ("a layer more than the config's", saved([{"Config": "c.json", "RepoTags": ["a:1"], "Layers": ["l/layer.tar"] * 2}])),
    ("folded keys", saved([{**image("a:1")[0], "repoTags": [IMAGE]}])),
    ("a link", saved(image("a:1"), None, entry("x", tarfile.SYMTYPE, "/etc/passwd"))),
    ("a hard link", saved(image("a:1"), None, entry("x", tarfile.LNKTYPE, "c.json"))),
    ("a device", saved(image("a:1"), None, entry("x", tarfile.CHRTYPE, devmajor=1, devminor=3))),
    ("a name that leads out", saved(image("a:1"), None, entry("../x"))),
    ("a config that is too large", saved(image("a:1", config="big"), None, entry("big", data=b"{" + b" " * (2 << 20) + b"}"))),
    ("bytes behind the end", saved(image("a:1")) + b"x" * 512),
]


@case("isolation-loads")
def loads(house):
    """What an archive of images may not do, each alone; and that a name in it is the tenant's own, whatever it is."""
    beta = house.tenants["beta"]
    fields = {"Content-Type": "application/x-tar"}

    def engine():
        return sorted(house.engine("images", "--no-trunc", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}").out.decode().split("\n"))

    before = engine()
    zipped = gzip.compress(saved(image("a:1")))
    for what, body in BAD_LOADS + [("gzip of " + what, gzip.compress(body)) for what, body in BAD_LOADS] + [
            ("cut gzip", zipped[:-1]), ("bytes behind gzip", zipped + b"x"), ("gzip twice", gzip.compress(zipped)),
            ("bzip2", bz2.compress(saved(image("a:1")))), ("zeros", gzip.compress(saved(image("a:1")) + b"\0" * (64 << 20)))]:
        mark = house.recorder.mark()
        got = beta.ask("POST", "/v1.41/images/load", body, fields)
        true(got.status in (400, 403, 415), f"{what}: {got}")
        whole = [s for s in house.recorder.since(mark) if s.method == "POST" and s.whole]
        true(not whole, f"{what}: the engine got {whole}")
        equal(engine(), before, what)
    others = {IMAGE: "beta--" + IMAGE, "acme--private:1": "beta--acme--private:1", "docker.io/library/busybox:1": "beta--busybox:1", "a": "beta--a:latest"}
    good = saved([{**image(*others)[0], "Parent": "sha256:" + "0" * 64}], {"fairlead.tenant.image": "beta", "note": "1"},
                 entry("repositories", data=b'{"fairlead-test":{"1":"l"}}'), entry("index.json", data=b'{"manifests":[]}'),
                 order=["manifest.json", "l/layer.tar", "c.json"])
    mark = house.recorder.mark()
    got = beta.ask("POST", "/v1.41/images/load", good, fields)
    equal(got.status, 200, f"a good one: {got}")
    true(b"error" not in got.body and b"beta--" not in got.body, f"what is told: {got}")
    sent = [s for s in house.recorder.since(mark) if s.method == "POST"][-1]
    for word in ("Parent", "repositories", "index.json"):
        true(word not in sent.body, f"{word} was sent")
    equal([line.split(" ")[0] for line in engine() if line not in before], sorted(others.values()), "on the engine")
    equal([line for line in engine() if line in before], before, "what was there")
    beta.must("rmi", *[name.removeprefix("beta--") for name in others.values()])
    equal(engine(), before, "removed")


@case("isolation-layers")
def layers(house):
    """Who knows the sum of another's layer does not get what is in it: an engine reads no file for a layer that it has."""
    acme, beta = house.tenants["acme"], house.tenants["beta"]
    fields = {"Content-Type": "application/x-tar"}
    acme.must("run", "--name", "maker", "--network", "none", IMAGE, "sh", "-c", "echo treasure > /secret")
    acme.must("commit", "maker", "private:1")
    sums = json.loads(acme.must("image", "inspect", "--format", "{{json .RootFS.Layers}}", "private:1"))
    files = [f"{n}/layer.tar" for n in range(len(sums))]
    body = saved([{"Config": "c.json", "RepoTags": ["stolen:1"], "Layers": files}], None, *[entry(f) for f in files], diff_ids=sums)
    got = beta.ask("POST", "/v1.41/images/load", body, fields)
    true(got.status == 403 and "Layers" in got.message(), f"layers of acme's: {got}")
    for name, held in (("plain:1", None), ("zipped:1", gzip.compress)):
        got = beta.ask("POST", "/v1.41/images/load", saved(image(name), held=held), fields)
        true(got.status == 200 and b"error" not in got.body, f"{name}: {got}")
        beta.must("rmi", name)
    acme.must("rm", "maker")
    acme.must("rmi", "private:1")


@case("isolation-archives-told")
def told(house):
    """A refusal reaches who still sends: the CLI shows why."""
    beta = house.tenants["beta"]
    own = beta.must("run", "-d", "--name", "own", "--network", "none", IMAGE, *FOREVER)
    big = entry("big", data=b"x" * (40 << 20))
    try:
        for what, command, body, words in (
                ("cp", ("cp", "-", "own:/tmp"), archive(entry("su", mode=0o4755), big), b"setuid"),
                ("cp of gzip", ("cp", "-", "own:/tmp"), b"\x1f\x8b" + b"x" * (40 << 20), b"compressed (gzip)"),
                ("load", ("load",), saved(image("reg.example/x:1"), None, entry("x", tarfile.FIFOTYPE), big), b"files and folders only"),
                ("load", ("load",), saved(image("reg.example/x:1"), None, big), b"not the tenant's own")):
            done = beta.cli(*command, stdin=body)
            true(done.code != 0 and words in done.err, f"{what}: {done}")
    finally:
        beta.must("rm", "-f", own)
