"""A tenant's life with the docker CLI: what it shows on the engine's own socket is what every tenant must see."""

import gzip
import hashlib
import io
import json
import os
import re
import tarfile

from check import case, equal, true
from house import FOREVER, IMAGE

NORMAL = [
    (re.compile(r"sha256:[0-9a-f]{64}"), "DIGEST"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "ID"),
    (re.compile(r"\b[0-9a-f]{12}\b"), "ID"),
    (re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]+)?"), "TIME"),
    (re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]+ [+-][0-9]{4} UTC"), "TIME"),
    (re.compile(r"(About )?(an?|[0-9]+|Less than a) (second|minute)s?( ago)?"), "WHILE"),
    (re.compile(r"\b(172|192|10)(\.[0-9]{1,3}){3}(/[0-9]+)?"), "ADDRESS"),
    (re.compile(r"Total reclaimed space: .*"), "RECLAIMED"),
    (re.compile(r"no such image: \S+: (?=No such image: )"), ""),  # Engine 20.10 says it twice of an inspect, newer ones once
]


def normal(output):
    text = output.decode("utf-8", "replace")
    for pattern, word in NORMAL:
        text = pattern.sub(word, text)
    return text


class Step:
    def __init__(self, *arguments, stdin=None, unordered=False, blind=False, after=None):
        """`blind`: only its exit code is compared."""
        self.arguments, self.stdin, self.unordered, self.blind, self.after = arguments, stdin, unordered, blind, after

    def __repr__(self):
        return "docker " + " ".join(self.arguments)

    def result(self, done):
        out, err = normal(done.out), normal(done.err)
        if self.unordered:
            out = "\n".join(sorted(out.splitlines()))
        return (done.code,) if self.blind else (done.code, out, err)


def s(line, **how):
    """A step by its command line; no argument here has a space but the words after `sh -c`."""
    words = line.split(" ")
    if "-c" in words and "sh" in words:
        at = words.index("-c") + 1
        words = words[:at] + [" ".join(words[at:])]
    return Step(*words, **how)


NAMES = ["ps", "-a", "--format", "{{.Names}}|{{.Image}}|{{.Command}}|{{.State}}|{{.Networks}}|{{.Mounts}}|{{.Labels}}"]
INSPECT = ("{{.Name}}|{{.Config.Image}}|{{json .Config.Labels}}|{{.HostConfig.NetworkMode}}|{{json .HostConfig.Binds}}|"
           "{{range $n, $v := .NetworkSettings.Networks}}{{$n}} {{end}}|{{range .Mounts}}{{.Type}} {{.Name}} {{.Destination}} {{end}}|"
           "{{.HostConfig.Memory}}|{{json .HostConfig.RestartPolicy}}")

CONTAINERS = [
    s("network create net1"),
    s("volume create data"),
    Step("run", "-d", "--name", "web", "--network", "net1", "-v", "data:/data", "-e", "A=b", "--label", "x=y",
         "--restart", "on-failure:3", IMAGE, *FOREVER),
    Step(*NAMES, unordered=True),
    s("ps -q"),
    s("ps --filter name=web --format {{.Names}}"),
    s("ps --filter label=x=y --format {{.Names}}"),
    s("ps --filter network=net1 --format {{.Names}}"),
    s("ps --filter volume=data --format {{.Names}}"),
    s("ps --filter ancestor=" + IMAGE + " --format {{.Names}}"),
    s("ps --filter name=nothing-like-it -q"),
    Step("inspect", "--format", INSPECT, "web"),
    s("inspect --type container nowhere"),
    s("exec web sh -c echo $A; echo hi > /data/file; exit 3"),
    s("exec -i web cat", stdin=b"through and back"),
    Step("run", "--rm", "--network", "none", "-v", "data:/data:ro", IMAGE, "cat", "/data/file"),
    Step("run", "--rm", "--network", "none", "-v", "data:/data:ro", IMAGE, "touch", "/data/other"),
    Step("run", "--rm", "--network", "net1", IMAGE, "sh", "-c", "ping -c1 -W3 web >/dev/null && echo reached"),
    Step("run", "--rm", "-i", "--network", "none", IMAGE, "cat", stdin=b"stdin of run"),
    Step("run", "--rm", "--network", "none", IMAGE, "sh", "-c", "echo out; echo err >&2; exit 7"),
    Step("run", "--rm", "--network", "none", "--name", "gone", IMAGE, "no-such-program", blind=True),
    s("rm gone", blind=True),
    Step("run", "-d", "--name", "web", "--network", "none", IMAGE, "true"),  # the name is taken
    s("rename web front"),
    s("exec front echo by the new name"),
    s("rename front web"),
    s("restart -t 0 web"),
    s("pause web"),
    s("exec web true"),
    s("unpause web"),
    s("update --restart no --memory 96m --memory-swap 96m web"),
    Step("inspect", "--format", INSPECT, "web"),
    s("top web -o pid", blind=True),
    s("diff web"),
    s("stats --no-stream --format {{.Name}} web"),
    s("kill -s USR1 web", blind=True),
    s("stop -t 1 web"),
    Step("ps", "-a", "--format", "{{.Names}} {{.State}}"),
    s("start web"),
    s("port web"),
    Step("create", "--name", "job", "--network", "none", IMAGE, "sh", "-c", "echo done; exit 5"),
    s("start -a job"),
    s("wait job"),
    s("logs job"),
    s("logs --tail 1 nowhere"),
    s("container prune -f", unordered=True),
    Step("ps", "-a", "--format", "{{.Names}}"),
    s("stop -t 0 web"),
    s("rm -v web"),
    s("rm web"),
    s("volume rm data"),
    s("network rm net1"),
    s("ps -aq"),
    s("volume ls -q"),
]

NETWORKS = [
    s("network create --label a=b front"),
    s("network create --internal back"),
    s("network create front"),  # the name is taken
    Step("network", "ls", "--filter", "type=custom", "--format", "{{.Name}} {{.Driver}} {{.Scope}} {{.Labels}}", unordered=True),
    s("network ls --filter name=fro --format {{.Name}}"),
    Step("run", "-d", "--name", "api", "--network", "front", "--network-alias", "alias", IMAGE, *FOREVER),
    Step("run", "-d", "--name", "db", "--network", "back", IMAGE, *FOREVER),
    s("network connect back api"),
    Step("exec", "api", "sh", "-c", "ping -c1 -W3 db >/dev/null && echo reached"),
    Step("exec", "db", "sh", "-c", "ping -c1 -W3 api >/dev/null && echo reached"),
    Step("exec", "api", "sh", "-c", "ping -c1 -W3 alias >/dev/null && echo reached"),
    Step("network", "inspect", "--format", "{{.Name}} {{.Internal}} {{json .Labels}} {{range .Containers}}{{.Name}} {{end}}", "front"),
    Step("network", "inspect", "--format", "{{.Name}} {{.Internal}} {{json .Labels}}", "back"),
    Step("inspect", "--format", "{{range $n, $v := .NetworkSettings.Networks}}{{$n}} {{end}}", "api"),
    s("network rm front"),  # in use
    s("network disconnect back api"),
    s("network disconnect back api"),  # no longer there
    s("network connect nowhere api"),
    s("network inspect nowhere"),
    s("rm -f api db", unordered=True),
    s("network create n"),
    s("network rm n"),
    s("network prune -f", unordered=True),
    s("system prune -f", blind=True),
    s("builder prune -f", blind=True),
    s("network ls --filter type=custom -q"),
]

VOLUMES = [
    s("volume create --label a=b data"),
    s("volume create data"),
    Step("volume", "inspect", "--format", "{{.Name}} {{.Driver}} {{json .Labels}} {{.Scope}}", "data"),
    Step("volume", "ls", "--format", "{{.Name}} {{.Driver}} {{.Labels}}"),
    s("volume ls --filter name=dat -q"),
    s("volume ls --filter dangling=true -q"),
    s("volume inspect nowhere"),
    s("volume rm nowhere"),
    Step("run", "--name", "keeper", "--network", "none", "--mount", "type=volume,src=made,dst=/made", "-v", "/anonymous", IMAGE, "true"),
    Step("inspect", "--format", "{{range .Mounts}}{{.Type}} {{.Name}} {{.Destination}} {{.RW}} {{end}}", "keeper", blind=True),
    s("volume ls -q", unordered=True),
    s("volume rm made"),  # in use
    s("rm -v keeper"),
    s("volume ls -q", unordered=True),
    s("volume prune -f", blind=True),
    s("volume rm -f data made", blind=True),
    s("volume ls -q"),
]


def context(dockerfile, **files):
    """A build context on stdin."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, text in {"Dockerfile": dockerfile, **files}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            tar.addfile(entry, io.BytesIO(text.encode()))
    return out.getvalue()


IMAGES = [
    Step("run", "--name", "base", "--network", "none", IMAGE, "sh", "-c", "echo committed > /note"),
    s("commit base app:1"),
    s("tag app:1 app:2"),
    s("tag app:1 team/app"),
    Step("images", "--format", "{{.Repository}}:{{.Tag}}", unordered=True),
    s("images --filter reference=app --format {{.Repository}}:{{.Tag}}", unordered=True),
    s("images -q app:1"),
    Step("image", "inspect", "--format", "{{json .RepoTags}} {{.Os}}", "team/app"),
    s("history -q app:1"),
    s("run --rm --network none app:2 cat /note"),
    Step("ps", "-a", "--format", "{{.Names}} {{.Image}}"),
    s("rm base"),
    Step("build", "-t", "built:1", "-", stdin=context(
        "ARG BASE=app:1\nFROM $BASE AS one\nRUN echo built >> /note\nFROM " + IMAGE + "\n"
        "COPY --from=one /note /note\nCOPY --from=app:1 /note /old\nCOPY f\\\n /file\nCMD [\"cat\", \"/note\"]\n", f="file\n"), blind=True),
    s("run --rm --network none built:1"),
    s("run --rm --network none built:1 cat /old /file"),
    s("rmi app:2"),
    s("run --rm --network none app:2 true", blind=True),
    s("rmi app:2"),
    s("rmi -f app:1 team/app:latest built:1", blind=True),
    Step("images", "--format", "{{.Repository}}:{{.Tag}}", unordered=True),
    s("image prune -f", blind=True),
    s("image inspect app:1"),
]

LIVES = {"containers": CONTAINERS, "networks": NETWORKS, "volumes": VOLUMES, "images": IMAGES}
CLASSIC = {"DOCKER_BUILDKIT": "0"}


def live(house, steps, which):
    """Step by step for the two tenants, one beside the other, against what the engine itself says."""
    wanted = [step.result(house.engine(*step.arguments, which=which, stdin=step.stdin)) for step in steps]
    tenants = [house.tenants[name] for name in ("acme", "beta")]
    wrong = []
    for step, want in zip(steps, wanted):
        for tenant in tenants:
            got = step.result(tenant.cli(*step.arguments, which=which, stdin=step.stdin, env=CLASSIC))
            if got != want:
                wrong.append(f"{tenant.name}: {step}: got {got}, wanted {want}")
    true(not wrong, f"{len(wrong)} steps of {2 * len(steps)} differ:\n" + "\n".join(wrong))


for _life, _steps in LIVES.items():
    for _which in ("new", "old"):
        @case(f"life-{_life}-{_which}", steps=_steps, which=_which)
        def life(house, steps, which):
            if which in house.clis:
                live(house, steps, which)


def shown(tenant, *arguments):
    return sorted(tenant.must(*arguments).split())


@case("life-side-by-side")
def side_by_side(house):
    """The same names at one time; each sees its own only, and nothing of the gateway's."""
    acme, beta = house.tenants["acme"], house.tenants["beta"]
    for t in (acme, beta):
        t.must("network", "create", "net")
        t.must("run", "-d", "--name", "web", "--network", "net", "-v", "data:/data", IMAGE, *FOREVER)
        t.must("exec", "web", "sh", "-c", f"echo {t.name} > /data/whose")
        t.must("commit", "web", "snap")
    for t in (acme, beta):
        equal(shown(t, "ps", "-a", "--format", "{{.Names}}"), ["web"], "containers")
        equal(shown(t, "volume", "ls", "-q"), ["data"], "volumes")
        # Its own bridge is there once it was used, and stays.
        equal([n for n in shown(t, "network", "ls", "--format", "{{.Name}}") if n != "bridge"], ["net"], "networks")
        equal(t.must("exec", "web", "cat", "/data/whose"), t.name, "whose volume it is")
        equal(t.must("run", "--rm", "--network", "net", "-v", "data:/d", "snap", "cat", "/d/whose"), t.name, "another container")
        facts = t.must("inspect", "web") + t.must("network", "inspect", "net") + t.must("volume", "inspect", "data") + \
            t.must("ps", "-a", "--no-trunc") + t.must("image", "inspect", "snap") + t.must("info") + t.must("system", "df", "-v")
        other = "beta" if t is acme else "acme"
        true(other not in facts, f"{t.name} sees {other}: {facts}")
        true("fairlead.tenant" not in facts, f"{t.name} sees the gateway's labels")
        true(f"{t.name}--" not in facts, f"{t.name} sees its prefix")
    for t in (acme, beta):
        t.must("rm", "-f", "web")
        t.must("rmi", "-f", "snap")
        t.must("volume", "rm", "data")
        t.must("network", "rm", "net")


@case("life-default-bridge")
def default_bridge(house):
    """Without a network named, tenants are not on one network with each other."""
    acme, beta = house.tenants["acme"], house.tenants["beta"]
    for t in (acme, beta):
        t.must("run", "-d", "--name", "web", IMAGE, *FOREVER)
    where = {t: json.loads(t.must("inspect", "--format", "{{json .NetworkSettings.Networks}}", "web")) for t in (acme, beta)}
    for t in (acme, beta):
        equal(list(where[t]), ["bridge"], "the network's name")
    address = where[acme]["bridge"]["IPAddress"]
    true(address and address != where[beta]["bridge"]["IPAddress"], "addresses")
    subnets = {house.engine("network", "inspect", "--format", "{{(index .IPAM.Config 0).Subnet}}", f"{n}--bridge").out
               for n in ("acme", "beta")}
    equal(len(subnets), 2, "two networks")
    equal(acme.must("run", "--rm", IMAGE, "sh", "-c", f"ping -c1 -W3 {address} >/dev/null && echo reached"), "reached", "its own")
    for t in (acme, beta):
        t.must("rm", "-f", "web")


@case("life-events")
def events(house):
    """Each tenant hears of its own only, at once, with its own names."""
    acme, beta = house.tenants["acme"], house.tenants["beta"]
    since = acme.must("info", "--format", "{{.SystemTime}}")
    for t in (acme, beta):
        t.must("volume", "create", "data")
        t.must("network", "create", "net")
        t.must("run", "--name", "web", "--network", "net", "-v", "data:/d", "--label", "mine=" + t.name, IMAGE, "true")
        t.must("rm", "web")
        t.must("network", "rm", "net")
        t.must("volume", "rm", "data")
    until = acme.must("info", "--format", "{{.SystemTime}}")
    for t in (acme, beta):
        lines = t.must("events", "--since", since, "--until", until, "--format", "{{json .}}").splitlines()
        found = [json.loads(line) for line in lines]
        kinds = {(e["Type"], e["Action"]) for e in found}
        for kind in (("container", "create"), ("container", "start"), ("container", "die"), ("container", "destroy"),
                     ("network", "create"), ("network", "connect"), ("network", "destroy"), ("volume", "create"),
                     ("volume", "mount"), ("volume", "destroy")):
            true(kind in kinds, f"{t.name} does not hear of {kind}: {kinds}")
        other = "beta" if t is acme else "acme"
        true(other not in "".join(lines), f"{t.name} hears of {other}")
        for e in found:
            name = e["Actor"]["Attributes"].get("name")
            true(name in (None, "web", "net", IMAGE), f"name {name!r} in {e}")
            if e["Type"] == "container":
                equal(e["Actor"]["Attributes"]["image"], IMAGE, "the image's name")
        for word, some in (("image=" + IMAGE, True), ("image=nothing", False), ("container=web", True), ("container=nothing", False),
                           ("volume=data", True), ("network=net", True)):
            lines = t.must("events", "--since", since, "--until", until, "--filter", word, "--format", "{{.Type}} {{.Action}}").splitlines()
            kind = "container create" if word.startswith("image=") else word.partition("=")[0] + " create"
            equal(kind in lines if some else lines, some or [], f"{t.name}: events of {word}: {lines}")


@case("life-copy")
def copy(house):
    """docker cp in and out."""
    acme = house.tenants["acme"]
    acme.must("run", "-d", "--name", "box", "--network", "none", IMAGE, *FOREVER)
    folder = os.path.join(house.folder, "copy")
    os.makedirs(os.path.join(folder, "in", "deep"))
    data = os.urandom(3 << 20)
    with open(os.path.join(folder, "in", "deep", "big"), "wb") as f:
        f.write(data)
    os.symlink("deep/big", os.path.join(folder, "in", "link"))
    acme.must("cp", os.path.join(folder, "in"), "box:/tmp/")
    digest = hashlib.md5(data).hexdigest()
    equal(acme.must("exec", "box", "md5sum", "/tmp/in/link").split()[0], digest, "copied in")
    acme.must("cp", "box:/tmp/in", os.path.join(folder, "out"))
    with open(os.path.join(folder, "out", "link"), "rb") as f:
        equal(hashlib.md5(f.read()).hexdigest(), digest, "copied out")
    beta = house.tenants["beta"]
    for refused in (("cp", "box:/tmp/in", folder + "/x"), ("cp", folder + "/in", "box:/tmp/")):
        true(beta.cli(*refused).code != 0, f"beta: {refused}")
    acme.must("rm", "-f", "box")


@case("life-presets")
def presets(house):
    """What an observer, an operator, a plain tenant and the administrator may do."""
    made = house.engine("run", "-d", "--name", "given", "--network", "none", "--label", "fairlead.tenant=operator", IMAGE, *FOREVER)
    equal(made.code, 0, "the operator of the engine makes a container")
    operator, watcher, plain, root = (house.tenants[n] for n in ("operator", "watcher", "plain", "root"))
    equal(shown(operator, "ps", "--format", "{{.Names}}"), ["given"], "the labelled one")
    equal(operator.must("exec", "given", "echo", "in"), "in", "exec")
    operator.must("restart", "-t", "0", "given")
    for refused in (("run", "--rm", IMAGE, "true"), ("rm", "-f", "given"), ("network", "create", "x1"), ("volume", "create", "x1"),
                    ("cp", "given:/etc", "-"), ("commit", "given")):
        done = operator.cli(*refused)
        true(done.code != 0 and b"not allowed" in done.err, f"operator: {refused}: {done}")
    equal(shown(watcher, "ps", "-q"), [], "an observer sees its own only")
    true(watcher.cli("run", "--rm", IMAGE, "true").code != 0, "an observer runs nothing")
    for refused in (("build", "-"), ("commit", "x"), ("save", IMAGE), ("export", "x")):
        done = plain.cli(*refused, stdin=context("FROM " + IMAGE + "\n"), env=CLASSIC)
        true(done.code != 0, f"a tenant without the grant: {refused}: {done}")
    true("given" in shown(root, "ps", "--format", "{{.Names}}"), "the administrator sees all")
    equal(root.must("run", "--rm", "--pid", "host", "--network", "host", IMAGE, "echo", "all"), "all", "and may all")
    everything = ("run", "--rm", "--privileged", IMAGE, "echo", "all")
    # An engine in a container may itself not give everything: then it says so to both.
    equal(root.cli(*everything).code, house.engine(*everything).code, "as the engine itself")
    root.must("rm", "-f", "given")


@case("life-archives-of-images")
def archives_of_images(house):
    """save and load: under the tenant's own names in the archive, on the engine and in what is printed."""
    acme, beta = house.tenants["acme"], house.tenants["beta"]
    acme.must("run", "--name", "made", "--network", "none", IMAGE, "sh", "-c", "echo kept > /kept")
    acme.must("commit", "made", "box:1")
    acme.must("rm", "made")
    acme.must("tag", "box:1", "team/box:2")
    saved = acme.cli("save", "box:1", "team/box:2", IMAGE)
    equal(saved.code, 0, f"save: {saved.err}")
    with tarfile.open(fileobj=io.BytesIO(saved.out)) as t:
        manifest = json.load(t.extractfile("manifest.json"))
        names = sorted(n for image in manifest for n in image["RepoTags"] or [])
        equal(names, sorted(["box:1", "team/box:2", IMAGE]), "names in the manifest")
        if "repositories" in t.getnames():
            true(b"acme--" not in t.extractfile("repositories").read(), "the oldest file of names")
    one = acme.cli("save", "box:1")
    acme.must("rmi", "box:1", "team/box:2")
    equal(acme.must("load", stdin=one.out), "Loaded image: box:1", "acme loads its own")
    equal(acme.must("run", "--rm", "--network", "none", "box:1", "cat", "/kept"), "kept", "and runs it")
    done = beta.cli("load", stdin=one.out)
    true(done.code != 0 and b"labels of the gateway" in done.err, f"beta loads what is acme's by its labels: {done}")
    equal(acme.must("load", stdin=gzip.compress(one.out)), "Loaded image: box:1", "compressed")
    equal(beta.must("load", stdin=beta.cli("save", IMAGE).out), f"Loaded image: {IMAGE}", "a shared image becomes an own one")
    equal(sorted(house.engine("images", "--format", "{{.Repository}}:{{.Tag}}", "*--*").out.decode().split()),
          ["acme--box:1", "beta--" + IMAGE], "on the engine")
    acme.must("rmi", "box:1")
    beta.must("rmi", IMAGE)
    equal(shown(beta, "images", "--format", "{{.Repository}}:{{.Tag}}"), [IMAGE], "the shared one is there")
