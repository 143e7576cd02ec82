"""Isolation: beta tries every operation on every object of acme's, by every name it could have, and every way to the
host. All is refused, and the recorder shows that nothing of it was sent."""

import json
import os
import re
import time

from check import Failure, case, equal, true
from escapes import CREATE, EXEC, NETWORK, UPDATE, VOLUME, nested
from house import FOREVER, IMAGE, ROOT

# What the gateway itself asks to find out whose an object is: no more than an inspect.
LOOK_UPS = re.compile(r"/(containers/[^/]+/json|exec/[^/]+/json|networks/[^/]+|volumes/[^/]+|images/.+/json|containers/json|networks|volumes|"
                      r"images/json|version|_ping)")
ROW = re.compile(r'(SERVED|DENIED|DENIED_STREAM|DENIED_HIJACK|HIDDEN)\("([a-z-]+)", ([A-Z |]+), "([^"]+)"')


def operations():
    """Every row of the product's own table: a new one is tried without a word here."""
    with open(os.path.join(ROOT, "gateway/format/endpoint_table.c")) as f:
        text = f.read()
    rows = [(name, method, path) for _, name, methods, path in ROW.findall(text)
            for method in methods.replace("ANY", "GET | POST").split(" | ")]
    true(len(rows) > 100, f"the table has {len(rows)} rows")
    return rows


# What an operation needs to be well-formed, so that only the owner can be the reason of its refusal.
QUERIES = {"container-rename": "name=taken", "archive-stat": "path=/etc", "archive-get": "path=/etc", "archive-put": "path=/tmp",
           "container-resize": "h=10&w=10", "exec-resize": "h=10&w=10", "image-tag": "repo=mine&tag=1", "container-attach": "stream=1&stdout=1"}
BODIES = {"exec-create": {"Cmd": ["true"]}, "exec-start": {"Detach": True}, "container-update": {"Memory": 67108864},
          "network-connect": {"Container": "own"}, "network-disconnect": {"Container": "own"}}
WS = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}


class Scene:
    """acme's objects, beta's own, and what the engine knows of both."""

    def __init__(self, house):
        self.house, self.acme, self.beta = house, house.tenants["acme"], house.tenants["beta"]
        acme, beta = self.acme, self.beta
        self.begun = time.time()
        acme.must("network", "create", "lan")
        acme.must("volume", "create", "store")
        self.container = acme.must("run", "-d", "--name", "victim", "--network", "lan", "-v", "store:/store", IMAGE, *FOREVER)
        acme.must("exec", "victim", "sh", "-c", "echo secret > /store/secret")
        acme.must("commit", "victim", "private:1")
        self.exec = acme.ask("POST", f"/v1.41/containers/{self.container}/exec", {"Cmd": ["true"]}).json()["Id"]
        self.network = acme.must("network", "inspect", "--format", "{{.Id}}", "lan")
        self.image = acme.must("image", "inspect", "--format", "{{.Id}}", "private:1")
        beta.must("network", "create", "own")
        beta.must("run", "-d", "--name", "own", "--network", "own", IMAGE, *FOREVER)
        self.refs = {
            "container": [self.container, self.container[:12], "victim", "acme--victim", "beta--victim"],
            "exec": [self.exec],
            "network": [self.network, self.network[:12], "lan", "acme--lan"],
            "volume": ["store", "acme--store"],
            "image": [self.image, self.image[7:], self.image[7:19], "private:1", "acme--private:1", "docker.io/library/acme--private:1"],
        }
        # As words that may not be in anything the engine gets from beta but a look-up; "beta--acme--store" is beta's.
        hidden = [self.container[:12], self.exec[:12], self.network[:12], self.image[7:19]]
        self.foreign = re.compile("|".join(hidden) + r"|(?<![\w.-])acme--(victim|lan|store|private)")
        self.before = self.state()

    def state(self):
        """What the engine says of acme's objects: it must be the same at the end."""
        out = []
        for what in (("inspect", "--format", "{{.State.Status}} {{.State.StartedAt}} {{.RestartCount}} {{.Name}} {{.HostConfig.Memory}}", self.container),
                     ("network", "inspect", "--format", "{{.Name}} {{len .Containers}}", self.network),
                     ("volume", "inspect", "--format", "{{.Name}} {{json .Labels}}", "acme--store"),
                     ("image", "inspect", "--format", "{{json .RepoTags}}", self.image)):
            out.append(self.house.engine(*what))
        return [repr(o) for o in out]

    def leave(self):
        equal(self.state(), self.before, "acme's objects")
        for t, rest in ((self.acme, (("rm", "-f", "victim"), ("rmi", "-f", "private:1"), ("volume", "rm", "store"), ("network", "rm", "lan"))),
                        (self.beta, (("rm", "-f", "own"), ("network", "rm", "own")))):
            for arguments in rest:
                t.must(*arguments)

    def harmless(self, mark):
        """Nothing but look-ups of acme's objects reached the engine since then."""
        for sent in self.house.recorder.since(mark):
            look_up = sent.method == "GET" and LOOK_UPS.fullmatch(sent.route)
            told = sent.target + sent.body
            true(look_up or not self.foreign.search(told), f"the engine got {sent}")


def scene(function):
    def run(house):
        at = Scene(house)
        try:
            function(at)
        finally:
            at.leave()
    return run


def paths(at, path):
    """The path with every name that acme's object of this kind could have; without one, itself."""
    kind = re.search(r"\{(\w+)(\.\.\.)?\}", path)
    if not kind:
        return []
    return [path.replace(kind[0], ref, 1).replace("{id}", "x") for ref in at.refs.get(kind[1], [])]


@case("isolation-operations")
@scene
def operations_on_foreign_objects(at):
    tried = 0
    mark = at.house.recorder.mark()
    for name, method, path in operations():
        if name == "distribution":  # what it names is a registry's, not the engine's
            continue
        fields = WS if path.endswith("/ws") else {}
        missing = None
        for target in paths(at, path):
            query = "?" + QUERIES[name] if name in QUERIES else ""
            got = at.beta.ask(method, "/v1.41" + target + query, BODIES.get(name), fields)
            true(got.status in (403, 404), f"{method} {target}: {got}")
            tried += 1
            # Foreign and missing must look alike.
            if missing is None and got.status == 404 and method != "HEAD":
                ref = next(r for r in sum(at.refs.values(), []) if r in target)
                lost = re.sub("[0-9a-f]{12,}", lambda m: "e" * len(m[0]), ref) if re.fullmatch("(sha256:)?[0-9a-f]{12,64}", ref) else "no-such-thing"
                missing = at.beta.ask(method, "/v1.41" + target.replace(ref, lost) + query, BODIES.get(name), fields)
                equal((missing.status, missing.body.replace(lost.encode(), b"REF")), (got.status, got.body.replace(ref.encode(), b"REF")),
                      f"{method} {target}: missing and foreign")
    true(tried > 200, f"only {tried} were tried")
    at.harmless(mark)


REFERENCES = [
    ("Image", ["Image"], "image", "{}"),
    ("NetworkMode", ["HostConfig", "NetworkMode"], "network", "{}"),
    ("NetworkMode container:", ["HostConfig", "NetworkMode"], "container", "container:{}"),
    ("IpcMode container:", ["HostConfig", "IpcMode"], "container", "container:{}"),
    ("PidMode container:", ["HostConfig", "PidMode"], "container", "container:{}"),
    ("VolumesFrom", ["HostConfig", "VolumesFrom", 0], "container", "{}"),
    ("Links", ["HostConfig", "Links", 0], "container", "{}:alias"),
    ("Cgroup container:", ["HostConfig", "Cgroup"], "container", "container:{}"),
]


def refused(at, what, got, mark):
    true(400 <= got.status < 500, f"{what}: {got}")
    made = [s for s in at.house.recorder.since(mark) if s.method != "GET" and not s.route.startswith(("/volumes/create", "/networks/create"))]
    true(not made, f"{what}: the engine got {made}")
    at.harmless(mark)


@case("isolation-references")
@scene
def references_in_bodies(at):
    """Every field of a body that names an object."""
    for what, path, kind, form in REFERENCES:
        for ref in at.refs[kind]:
            mark = at.house.recorder.mark()
            body = nested({"Image": IMAGE, "Cmd": ["true"], "HostConfig": {"NetworkMode": "none"}}, path, form.format(ref))
            refused(at, f"{what} {ref}", at.beta.ask("POST", "/v1.41/containers/create", body), mark)
    for ref in at.refs["network"]:
        mark = at.house.recorder.mark()
        body = {"Image": IMAGE, "NetworkingConfig": {"EndpointsConfig": {ref: {}}}}
        refused(at, f"EndpointsConfig {ref}", at.beta.ask("POST", "/v1.41/containers/create", body), mark)
    for ref in at.refs["container"]:
        for action in ("connect", "disconnect"):
            mark = at.house.recorder.mark()
            refused(at, f"{action} {ref}", at.beta.ask("POST", f"/v1.41/networks/own/{action}", {"Container": ref}), mark)
        mark = at.house.recorder.mark()
        refused(at, f"commit {ref}", at.beta.ask("POST", f"/v1.41/commit?container={ref}&repo=mine"), mark)
    for ref in at.refs["image"]:
        mark = at.house.recorder.mark()
        refused(at, f"save {ref}", at.beta.ask("GET", f"/v1.41/images/get?names={ref}"), mark)


@case("isolation-volumes")
@scene
def volumes_by_acmes_names(at):
    """A volume's name is beta's own, whatever acme calls its: nothing of acme's is mounted."""
    for ref in at.refs["volume"]:
        for binds in ({"Binds": [f"{ref}:/v"]}, {"Mounts": [{"Type": "volume", "Source": ref, "Target": "/v"}]}):
            mark = at.house.recorder.mark()
            body = {"Image": IMAGE, "Cmd": ["ls", "/v"], "HostConfig": {"NetworkMode": "none", **binds}}
            made = at.beta.ask("POST", "/v1.41/containers/create", body)
            equal(made.status, 201, f"{binds}: {made}")
            made = made.json()["Id"]
            equal(at.beta.must("start", "-a", made), "", f"what is in beta's {ref}")
            at.beta.must("rm", made)
            at.beta.must("volume", "rm", ref)
            at.harmless(mark)


@case("isolation-lists")
@scene
def lists_and_filters(at):
    """No list, filter, event or count tells of acme's."""
    beta = at.beta
    words = [at.container[:12], at.network[:12], "victim", "store\"", "private", "lan\""]
    asked = ["/containers/json?all=1", "/networks", "/volumes", "/images/json?all=1", "/system/df", "/info",
             f"/events?since={at.begun:.9f}&until={int(time.time())}"]
    for kind, refs in at.refs.items():
        for ref in refs:
            for key in ("id", "name", "network", "volume", "ancestor", "before", "since", "label"):
                value = json.dumps({key: [ref]}).replace('"', "%22").replace(" ", "")
                asked += [f"/{where}?all=1&filters={value}" for where in ("containers/json", "images/json")]
                asked += [f"/{where}?filters={value}" for where in ("networks", "volumes")]
    for label in ("fairlead.tenant=acme", "fairlead.tenant", "fairlead.tenant.image=acme"):
        value = json.dumps({"label": [label]}).replace('"', "%22").replace(" ", "")
        asked += [f"/{where}?filters={value}" for where in ("containers/json", "images/json", "networks", "volumes")]
    for target in asked:
        got = beta.ask("GET", "/v1.41" + target)
        true(got.status in (200, 400, 404), f"{target}: {got}")
        if got.status == 200:
            for word in words[:2] if "/events" in target else words:  # beta has had the same names before
                true(word.encode() not in got.body, f"{target} tells of {word}: {got.body[:500]}")


@case("isolation-prune")
@scene
def prune(at):
    """Pruning takes beta's own only, also with a form for a body that would widen the filters."""
    at.acme.must("create", "--name", "idle", "--network", "none", IMAGE, "true")
    at.acme.must("volume", "create", "unused")
    at.acme.must("network", "create", "empty")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for what in ("containers", "volumes", "networks", "images"):
        for body, fields in ((None, {}), (b"filters=%7B%7D", form), (b"{}", {"Content-Type": "application/json"})):
            got = at.beta.ask("POST", f"/v1.41/{what}/prune", body, fields)
            true(got.status in (200, 400, 415), f"{what}: {got}")
        got = at.beta.ask("POST", f"/v1.41/{what}/prune?filters=%7B%22label%22:%5B%22fairlead.tenant=acme%22%5D%7D")
        true(got.status in (200, 400, 403), f"{what}: {got}")
    at.acme.must("rm", "idle")
    at.acme.must("volume", "rm", "unused")
    at.acme.must("network", "rm", "empty")


def nothing_made(at, what, got, mark):
    true(got.status in (400, 403), f"{what}: {got}")
    field = what.split(" ")[0]
    true(field.split(".")[-1].split("[")[0] in got.message(), f"{what}: the message does not name the field: {got.message()}")
    sent = [s for s in at.house.recorder.since(mark) if s.method not in ("GET", "HEAD")]
    true(not sent, f"{what}: the engine got {sent}")


@case("isolation-escapes")
@scene
def host_escapes(at):
    """Every field of the refuse list, each alone."""
    mark = at.house.recorder.mark()
    for path, value in CREATE:
        body = nested({"Image": IMAGE, "Cmd": ["true"]}, path, value)
        what = ".".join(str(p) for p in path if not isinstance(p, int))
        mark = at.house.recorder.mark()
        nothing_made(at, f"{what} = {json.dumps(value)}", at.beta.ask("POST", "/v1.41/containers/create", body), mark)
    for target, bodies in (("/containers/own/update", UPDATE), ("/containers/own/exec", EXEC), ("/networks/create", NETWORK),
                           ("/volumes/create", VOLUME)):
        for path, value in bodies:
            start = {"Cmd": ["true"]} if target.endswith("/exec") else {"Name": "fresh"} if target.endswith("create") else {}
            what = ".".join(str(p) for p in path if not isinstance(p, int))
            mark = at.house.recorder.mark()
            nothing_made(at, f"{what} = {json.dumps(value)}", at.beta.ask("POST", "/v1.41" + target, nested(start, path, value)), mark)


@case("isolation-spellings")
@scene
def spellings(at):
    """Privileged, in every spelling that the engine's reader would take."""
    for text in ('{"Image":"%s","HostConfig":{"Privileged":true}}', '{"Image":"%s","hostconfig":{"privileged":true}}',
                 '{"Image":"%s","HO\\u017ftConfig":{"Privileged":true}}', '{"Image":"%s","HostConfig":{"Privileged":true,"Privileged":null}}',
                 '{"Image":"%s","HostConfig":{"Privileged":true},"HostConfig":{}}', '{"Image":"%s","Host\\u0043onfig":{"Privileged":true}}',
                 '{"Image":"%s"}{"HostConfig":{"Privileged":true}}', '{"Image":"%s","HostConfig":{"Networ\\u212aMode":"host"}}',
                 '{"Image":"%s","HostConfig":{"Privileged":1}}', '{"Image":"%s","HostConfig":[{"Privileged":true}]}'):
        mark = at.house.recorder.mark()
        got = at.beta.ask("POST", "/v1.41/containers/create", (text % IMAGE).encode(), {"Content-Type": "application/json"})
        true(got.status in (400, 403), f"{text}: {got}")
        sent = [s for s in at.house.recorder.since(mark) if s.method != "GET"]
        true(not sent, f"{text}: the engine got {sent}")


@case("isolation-rename")
@scene
def names_that_look_foreign(at):
    """A name like another's id or prefix captures nothing."""
    for name in (at.container, at.container[:12], at.container[:6], "a/b", "../x", "", "-x", "x" * 300, "a b", "%2e%2e", "ACME--victim/x"):
        for target in (f"/containers/own/rename?name={name}", f"/containers/create?name={name}"):
            if not name and "create" in target:
                continue
            mark = at.house.recorder.mark()
            body = {"Image": IMAGE} if "create" in target else None
            got = at.beta.ask("POST", "/v1.41" + target.replace(" ", "%20"), body)
            true(got.status == 400, f"{target}: {got}")
            true(not [s for s in at.house.recorder.since(mark) if s.method == "POST"], f"{target}: it was sent")
    got = at.beta.ask("POST", "/v1.41/containers/own/rename?name=acme--victim")
    equal(got.status, 204, f"a name of beta's own: {got}")
    equal(at.acme.must("inspect", "--format", "{{.Id}}", "victim"), at.container, "acme's victim")
    equal(at.house.engine("inspect", "--format", "{{.Name}}", "beta--acme--victim").out, b"/beta--acme--victim\n", "its name on the engine")
    at.beta.must("rename", "acme--victim", "own")


@case("isolation-console")
@scene
def denied_and_unknown(at):
    """What is in no table, and what belongs to the administrator."""
    mark = at.house.recorder.mark()
    for method, target in (("GET", "/libpod/containers/json"), ("GET", "/v4.0.0/libpod/info"), ("GET", "/debug/pprof/"), ("POST", "/session"),
                           ("POST", "/grpc"), ("GET", "/nothing"), ("POST", "/swarm/init"), ("GET", "/secrets"), ("POST", "/plugins/pull"),
                           ("GET", "/v1.41/v1.41/info"), ("POST", "/v1.41/auth"), ("POST", "/v1.41/build/cancel"), ("PATCH", "/v1.41/info")):
        got = at.beta.ask(method, target, {} if method == "POST" else None)
        true(got.status in (400, 403, 404, 405), f"{method} {target}: {got}")
    sent = [s for s in at.house.recorder.since(mark) if s.route not in ("/version", "/_ping")]
    if sent:
        raise Failure(f"the engine got {sent}")
