"""Images: what a tenant may do with its own, with shared ones, and with another tenant's. And what filters find."""

import json
import os
import shutil
import socket
import subprocess
import urllib.parse

from check import Failure, Skip, case, equal, true, until
from house import FOREVER, IMAGE, REGISTRY
from isolation_tar import archive, entry


def context(dockerfile):
    return archive(entry("Dockerfile", data=dockerfile.encode()))


def status(got, wanted, what):
    true(got.status == wanted, f"{what}: {got}")
    return got


def image_id(house, name):
    done = house.engine("image", "inspect", "--format", "{{.Id}}", name)
    return done.out.decode().strip() if done.code == 0 else None


def quoted(filters):
    return urllib.parse.quote(json.dumps(filters))


def build(t, name, base):
    """An image of the tenant's own, by commit."""
    t.must("create", "--name", "base-of-it", "--network", "none", base, "true")
    try:
        t.must("commit", "base-of-it", name)
    finally:
        t.must("rm", "base-of-it")
    return t.must("image", "inspect", "--format", "{{.Id}}", name)


@case("isolation-images")
def whose_images_are(house):
    acme, beta = house.tenants["acme"], house.tenants["beta"]
    shared = image_id(house, IMAGE)
    # A shared image is read-only, by every name and id.
    for ref in (IMAGE, "docker.io/library/" + IMAGE, shared, shared[7:], shared[7:19]):
        for force in ("", "?force=1"):
            got = status(beta.ask("DELETE", f"/v1.41/images/{ref}{force}"), 403, f"rmi {ref}{force}")
            true("shared" in got.message(), f"why: {got}")
        status(beta.ask("GET", f"/v1.41/images/{ref}/json"), 200, f"inspect {ref}")
    equal(image_id(house, IMAGE), shared, "the shared image")
    # A name of its own on it is in its namespace, and goes alone.
    acme.must("tag", IMAGE, "mine:1")
    try:
        equal(image_id(house, "acme--mine:1"), shared, "acme's name on the engine")
        for ref in ("mine:1", "acme--mine:1", "mine", "docker.io/library/acme--mine:1"):
            for method, path in (("GET", "/json"), ("GET", "/history"), ("GET", "/get"), ("POST", "/tag?repo=x"), ("DELETE", "")):
                got = beta.ask(method, f"/v1.41/images/{ref}{path}")
                true(got.status == 404, f"{method} {ref}{path}: {got}")
        told = beta.ask("GET", f"/v1.41/images/{IMAGE}/json").json()
        equal(told["RepoTags"], [IMAGE], "what beta sees of the shared image's names")
        got = acme.ask("DELETE", f"/v1.41/images/{shared}?force=1")
        status(got, 403, "acme takes a shared image away by its id")
        for repo in ("acme--x", "x"):
            status(beta.ask("POST", f"/v1.41/images/{IMAGE}/tag?repo={repo}&tag=1"), 201, f"tag {repo}")
            equal(image_id(house, f"beta--{repo}:1"), shared, "beta's name on the engine")
            beta.must("rmi", f"{repo}:1")
        for repo in ("reg.example/acme/x", "localhost:1/x"):
            status(beta.ask("POST", f"/v1.41/images/{IMAGE}/tag?repo={repo}&tag=1"), 403, f"tag {repo}")
        for ref in ("mine", IMAGE.split(":")[0], "reg.example/x"):
            status(acme.ask("POST", f"/v1.41/images/{ref}/push?tag=1"), 403, f"push {ref}")
    finally:
        acme.must("rmi", "mine:1")
    equal((image_id(house, "acme--mine:1"), image_id(house, IMAGE)), (None, shared), "after rmi of acme's name")


@case("isolation-images-removed")
def images_that_go(house):
    acme, beta = house.tenants["acme"], house.tenants["beta"]
    made = build(acme, "app:1", IMAGE)
    acme.must("tag", "app:1", "app:2")
    for ref in (made, made[7:], made[7:19], "app:1", "acme--app:1"):
        status(beta.ask("GET", f"/v1.41/images/{ref}/json"), 404, f"beta inspects {ref}")
        status(beta.ask("DELETE", f"/v1.41/images/{ref}?force=1"), 404, f"beta removes {ref}")
    # By its id with all its names, when they are all its own.
    got = status(acme.ask("DELETE", f"/v1.41/images/{made}"), 409, "rmi of an id with two names")
    true("acme--" not in got.message(), f"its words: {got}")
    done = acme.must("rmi", "-f", made[7:19])
    true("Untagged: app:1" in done and "Untagged: app:2" in done and "acme--" not in done, done)
    equal(image_id(house, made), None, "the image is gone")
    # In use by a container of beta's: the engine refuses, and does not say whose.
    made = build(acme, "app:1", IMAGE)
    house.engine("tag", "acme--app:1", "given:1")
    other = beta.must("run", "-d", "--network", "none", "given:1", *FOREVER)
    try:
        house.engine("rmi", "given:1")
        for ref in ("app:1", made):
            got = status(acme.ask("DELETE", f"/v1.41/images/{ref}"), 409, f"rmi {ref}, in use")
            true(other[:12] not in got.message() and "beta" not in got.message(), f"its words: {got}")
        equal(image_id(house, made), made, "the image in use")
    finally:
        beta.must("rm", "-f", other)
        acme.must("rmi", "app:1")


@case("isolation-images-prune")
def images_pruned(house):
    acme, beta = house.tenants["acme"], house.tenants["beta"]
    shared = image_id(house, IMAGE)
    first = build(acme, "app:1", IMAGE)
    second = build(acme, "app:1", IMAGE)
    true(first != second, "two images")
    equal(image_id(house, first), first, "the first has no name now")
    named = quoted({"dangling": ["false"]})
    for t in (beta, house.tenants["plain"]):
        for query in ("", "?filters=" + named):
            status(t.ask("POST", "/v1.41/images/prune" + query), 200, f"{t.name} prunes")
    equal((image_id(house, first), image_id(house, second), image_id(house, IMAGE)), (first, second, shared), "after others' prunes")
    told = status(acme.ask("POST", "/v1.41/images/prune"), 200, "acme prunes").json()
    true(any(d.get("Deleted") == first for d in told["ImagesDeleted"]), f"what was pruned: {told}")
    equal((image_id(house, first), image_id(house, second)), (None, second), "after acme's prune")
    # A name that the operator gave it keeps it.
    house.engine("tag", "acme--app:1", "given:1")
    status(acme.ask("POST", "/v1.41/images/prune?filters=" + named), 403, "acme prunes what has another's name")
    equal(image_id(house, "given:1"), second, "the operator's name")
    house.engine("rmi", "given:1")
    told = status(acme.ask("POST", "/v1.41/images/prune?filters=" + named), 200, "acme prunes all").json()
    true(any(d.get("Untagged") == "app:1" for d in told["ImagesDeleted"]), f"what was pruned: {told}")
    equal((image_id(house, second), image_id(house, IMAGE)), (None, shared), "after acme's prune of all")


def found(t, where, filters, name):
    got = t.ask("GET", f"/v1.41/{where}?all=1&filters={quoted(filters)}" if where != "networks" and where != "volumes"
                else f"/v1.41/{where}?filters={quoted(filters)}")
    status(got, 200, f"{t.name}: {where} {filters}")
    told = got.json()
    told = told["Volumes"] or [] if where == "volumes" else told
    return sorted(n for one in told for n in name(one))


def container_names(one):
    return [n[1:] for n in one["Names"]]


def object_names(one):
    return [one["Name"]]


def image_names(one):
    return one["RepoTags"] or []


NAMES = {
    "web": ["my-web", "web", "web2"],
    "^web": ["web", "web2"],
    "^web$": ["web"],
    "^/web$": ["web"],
    "^/?web$": ["web"],
    "/web": ["web", "web2"],
    "web$": ["my-web", "web"],
    "^web|db$": ["db", "web", "web2"],
    "^(web|db)$": ["db", "web"],
    "^(my-)?web$": ["my-web", "web"],
    "(^web$|^db$)": ["db", "web"],
    "w.b2": ["web2"],
    "[w]eb2": ["web2"],
    "acme": [],
    "^acme--web": [],
    "--": [],
    "nothing": [],
}


@case("isolation-filters")
def filters(house):
    """Each of two tenants with the same names finds its own by every filter, as if nothing else were there."""
    tenants = house.tenants["acme"], house.tenants["beta"]
    for t in tenants:
        t.must("network", "create", "lan")
        for name in ("web", "web2", "my-web", "db"):
            t.must("volume", "create", name)
            t.must("create", "--name", name, "--network", "lan" if name != "db" else "none", "-v", name + ":/data", IMAGE, "true")
            t.must("network", "create", name)
        t.must("tag", IMAGE, "app:1")
        t.must("tag", IMAGE, "team/app:1")
    try:
        for t in tenants:
            for pattern, names in NAMES.items():
                equal(found(t, "containers/json", {"name": [pattern]}, container_names), names, f"{t.name}: name={pattern}")
                # Networks and volumes have no slash before their names.
                if "/" not in pattern:
                    for where in ("networks", "volumes"):
                        equal(found(t, where, {"name": [pattern]}, object_names), names, f"{t.name}: {where} name={pattern}")
            for filter_, names in (({"network": ["lan"]}, ["my-web", "web", "web2"]), ({"volume": ["web"]}, ["web"]), ({"volume": ["/data"]}, ["db", "my-web", "web", "web2"]),
                                   ({"ancestor": [IMAGE]}, ["db", "my-web", "web", "web2"]), ({"ancestor": ["app:1"]}, ["db", "my-web", "web", "web2"]),
                                   ({"ancestor": ["nothing"]}, []), ({"network": ["nothing"]}, []), ({"volume": ["nothing"]}, []),
                                   ({"before": ["my-web"]}, ["web", "web2"]), ({"since": ["web2"]}, ["db", "my-web"]),
                                   ({"name": {"web": True}, "network": {"none": True}}, []), ({"status": ["created"], "volume": ["db", "web2"]}, ["db", "web2"])):
                equal(found(t, "containers/json", filter_, container_names), names, f"{t.name}: {filter_}")
            for kind in ("before", "since"):
                status(t.ask("GET", f"/v1.41/containers/json?filters={quoted({kind: ['nothing']})}"), 404, f"{kind}=nothing")
            for filter_, names in (({"reference": ["app"]}, ["app:1"]), ({"reference": ["app:*"]}, ["app:1"]), ({"reference": ["team/*"]}, ["team/app:1"]),
                                   ({"reference": [IMAGE]}, [IMAGE]), ({"reference": ["fairlead*"]}, [IMAGE]), ({"reference": ["nothing"]}, [])):
                equal(found(t, "images/json", filter_, image_names), names, f"{t.name}: {filter_}")
        others = [tenants[0].must("inspect", "--format", "{{.Id}}", "web"), "acme--web"]
        for ref in others:
            for kind in ("before", "since"):
                status(tenants[1].ask("GET", f"/v1.41/containers/json?filters={quoted({kind: [ref]})}"), 404, f"{kind}={ref}")
    finally:
        for t in tenants:
            for name in ("web", "web2", "my-web", "db"):
                t.cli("rm", "-f", name)
                t.cli("volume", "rm", name)
                t.cli("network", "rm", name)
            t.cli("network", "rm", "lan")
            t.cli("rmi", "app:1", "team/app:1")


@case("isolation-filters-plain")
def filters_of_plain_names(house):
    """What the operator made and labelled for a tenant has no prefix, and is found too."""
    acme, beta, watcher = (house.tenants[n] for n in ("acme", "beta", "watcher"))
    made = [("acme", "given"), ("acme", "given2"), ("beta", "other-given"), ("watcher", "watched")]
    try:
        for owner, name in made:
            label = "fairlead.tenant=" + owner
            for arguments in (("network", "create", "--label", label, name), ("volume", "create", "--label", label, name),
                              ("create", "--name", name, "--label", label, "--network", name, "-v", name + ":/data", IMAGE, "true")):
                done = house.engine(*arguments)
                equal(done.code, 0, f"the operator's {name}: {done}")
        acme.must("create", "--name", "given3", "--network", "none", IMAGE, "true")
        for t, pattern, names in ((acme, "given", ["given", "given2", "given3"]), (acme, "^/?given$", ["given"]), (acme, "^/given(2|3)$", ["given2", "given3"]),
                                  (acme, "watched", []), (beta, "given", ["other-given"]), (beta, "^given", []), (watcher, "watched", ["watched"]),
                                  (watcher, "^w.*d$", ["watched"]), (watcher, "given", [])):
            equal(found(t, "containers/json", {"name": [pattern]}, container_names), names, f"{t.name}: name={pattern}")
            if "given" in names and "given3" not in names or t is not acme:
                for where in ("networks", "volumes"):
                    if "/" not in pattern:
                        equal(found(t, where, {"name": [pattern]}, object_names), names, f"{t.name}: {where} name={pattern}")
        for where in ("network", "volume"):
            equal(found(acme, "containers/json", {where: ["given"]}, container_names), ["given"], f"{where}=given")
            equal(found(acme, "containers/json", {where: ["other-given"]}, container_names), [], f"{where}=other-given")
            equal(found(watcher, "containers/json", {where: ["watched"]}, container_names), ["watched"], f"{where}=watched")
    finally:
        acme.cli("rm", "given3")
        for _, name in made:
            house.engine("rm", name)
            house.engine("network", "rm", name)
            house.engine("volume", "rm", name)


class Registry:
    """Debian's docker-registry on loopback; engines speak HTTP to it there."""

    def __init__(self, folder):
        self.program = shutil.which("docker-registry") or os.environ.get("DOCKER_REGISTRY")
        if not self.program:
            raise Skip("docker-registry")
        self.folder = os.path.join(folder, "registry")
        os.makedirs(self.folder)
        config = os.path.join(self.folder, "config.yml")
        with open(config, "w") as out:
            out.write(f"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {self.folder}/data}}}}\n"
                      f"http: {{addr: '{REGISTRY}'}}\n")
        self.log = open(os.path.join(self.folder, "log"), "w")
        self.process = subprocess.Popen([self.program, "serve", config], stdout=self.log, stderr=self.log)
        host, port = REGISTRY.split(":")

        def answers():
            if self.process.poll() is not None:
                raise Failure("the registry ended: " + open(self.log.name).read()[-500:])
            try:
                socket.create_connection((host, int(port)), 1).close()
                return True
            except OSError:
                return False
        until(answers, "the registry")

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder)


@case("life-registry")
def registry(house):
    """Pushed and pulled: its own repositories, and nobody else's."""
    acme, beta = house.tenants["acme"], house.tenants["beta"]
    server = Registry(house.folder)
    own, foreign = f"{REGISTRY}/acme/app", f"{REGISTRY}/beta/app"
    try:
        acme.must("tag", IMAGE, f"{own}:1")
        acme.must("push", f"{own}:1")
        equal(image_id(house, f"{own}:1"), image_id(house, IMAGE), "its name on the engine is as it is")
        status(beta.ask("GET", f"/v1.41/images/{own}:1/json"), 404, "beta looks at it")
        status(beta.ask("POST", f"/v1.41/images/create?fromImage={own}&tag=1"), 403, "beta pulls it")
        status(beta.ask("POST", f"/v1.41/images/{own}/push?tag=1"), 403, "beta pushes it")
        status(beta.ask("GET", f"/v1.41/distribution/{own}:1/json"), 403, "beta asks the registry for it")
        status(acme.ask("POST", f"/v1.41/images/{IMAGE}/tag?repo={foreign}&tag=1"), 403, "acme takes a name of beta's")
        status(acme.ask("GET", f"/v1.41/distribution/{own}:1/json"), 200, "acme asks the registry for it")
        acme.must("rmi", f"{own}:1")
        equal(image_id(house, f"{own}:1"), None, "the name is gone")
        pulled = acme.must("pull", f"{own}:1")
        true(f"{own}:1" in pulled, pulled)
        equal(acme.must("run", "--rm", "--network", "none", f"{own}:1", "echo", "pulled"), "pulled", "what was pulled runs")
        # By its digest too.
        digest = json.loads(acme.must("image", "inspect", "--format", "{{json .RepoDigests}}", f"{own}:1"))
        true(len(digest) == 1 and digest[0].startswith(own + "@"), f"digests {digest}")
        acme.must("rmi", f"{own}:1")
        acme.must("pull", digest[0])
        acme.must("run", "--rm", "--network", "none", digest[0], "true")
        acme.must("rmi", digest[0])
        # A build pulls what it needs.
        acme.must("build", "--network", "none", "-t", "from-it:1", "-", stdin=context(f"FROM {own}:1\nLABEL a=b\n"), env={"DOCKER_BUILDKIT": "0"})
        equal(image_id(house, f"{own}:1") is not None, True, "the build's base")
        true(beta.cli("build", "--network", "none", "-", stdin=context(f"FROM {own}:1\n"), env={"DOCKER_BUILDKIT": "0"}).code != 0, "beta builds from it")
        acme.must("build", "--network", "none", "--pull", "-", stdin=context(f"FROM {own}:1\n"), env={"DOCKER_BUILDKIT": "0"})
        acme.must("rmi", "from-it:1", f"{own}:1")
        # A shared one of the registry.
        house.engine("tag", IMAGE, f"{REGISTRY}/base:1")
        equal(house.engine("push", f"{REGISTRY}/base:1").code, 0, "the operator pushes")
        house.engine("rmi", f"{REGISTRY}/base:1")
        status(acme.ask("POST", f"/v1.41/images/create?fromImage={REGISTRY}/base&tag=1"), 403, "acme looks around on the host")
        beta.must("pull", f"{REGISTRY}/base:1")
        status(beta.ask("POST", f"/v1.41/images/{REGISTRY}/base/push?tag=1"), 403, "beta pushes a shared one")
        status(beta.ask("DELETE", f"/v1.41/images/{REGISTRY}/base:1"), 403, "beta removes a shared one")
        equal(beta.must("images", "--format", "{{.Repository}}:{{.Tag}}", f"{REGISTRY}/base"), f"{REGISTRY}/base:1", "it is there")
    finally:
        for name in (f"{own}:1", f"{REGISTRY}/base:1"):
            house.engine("rmi", name)
        server.stop()
