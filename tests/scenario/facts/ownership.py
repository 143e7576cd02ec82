"""Whose is it: names become full ids of the tenant's own, and what is another's does not exist."""

import json
from urllib.parse import parse_qs

from lib import world
from lib.stub import error, reply
from lib.suite import add, scenario
from lib.wire import need

WEB, DB, BARE = world.WEB, world.DB, world.BARE
EMPTY = [("Content-Length", "0")]

REFS = {"its name": WEB.name, "its short id": WEB.id[:12], "its full id": WEB.id, "a name with odd characters": world.API.name}


def own(ref):
    def run(t):
        c = t.client()
        c.post(f"/v1.41/containers/{ref}/resize?h=24&w=80", None, fields=EMPTY)
        full = world.find_container(ref).id
        x = t.engine.expect("POST", f"/containers/{full}/resize", 41, client=c)
        need(sorted(x.request.query.split("&")) == ["h=24", "w=80"], f"{x.request}")
        x.reply(200)
        need(c.response().status == 200, "status")
    return run


for _name, _ref in REFS.items():
    add(f"an own container asked for by {_name} is sent to the engine by its full id", own(_ref))


def answers(t, method, path, refs, body=None, version="v1.41"):
    """The 404s for each ref, with the ref itself taken out."""
    out = []
    for ref in refs:
        c = t.client()
        c.request(method, f"/{version}/{path.format(ref)}", body, [] if body is not None or method == "GET" else [("Content-Length", "0")])
        r = c.response()
        need(r.status == 404, f"{ref}: {r}")
        names = [(k, v) for k, v in r.fields if k.lower() not in ("date", "content-length")]
        out.append((r.status, r.reason, names, r.body.replace(ref.encode(), b"REF")))
    return out


OBJECTS = [
    ("GET", "containers/{}/json", None), ("POST", "containers/{}/exec", {"Cmd": ["id"]}), ("GET", "containers/{}/logs?stdout=1", None),
    ("POST", "containers/{}/attach?stream=1&stdout=1", None), ("POST", "containers/{}/wait", None),
    ("POST", "containers/{}/resize?h=1&w=1", None), ("GET", "containers/{}/top", None),
    ("GET", "containers/{}/stats", None),
]


def foreign(method, path, body):
    def run(t):
        missing = "no-such-container"
        first, *rest = answers(t, method, path, [missing, DB.name, DB.id[:12], DB.id, BARE.name, BARE.id], body)
        for other in rest:
            need(other == first, f"a foreign one is told from a missing one: {other} and {first}")
        t.nothing_sent(but=[("GET", "/containers/[^/]*/json")])
    return run


for _method, _path, _body in OBJECTS:
    add(f"{_method} {_path.format('REF').split('?')[0]} of another's container gets the 404 of a missing one",
        foreign(_method, _path, _body))

def ambiguous(status, word):
    def run(t):
        t.engine.rule("GET", "/containers/abcd/json",
                      lambda q: error(status, f"{word} IDs found with provided prefix: abcd", q.version))
        for version in ("v1.41", "v1.23"):
            for method, path, body in OBJECTS:
                missing, found = answers(t, method, path, ["dcba", "abcd"], body, version)
                need(found == missing, f"{path}: a beginning of others' ids is told from a missing one: {found} and {missing}")
    return run


for _status, _word in ((500, "Multiple"), (400, "multiple")):
    add(f"a beginning of several ids gets the 404 of a missing container when the engine says {_status}",
        ambiguous(_status, _word))

EXECS = [("GET", "exec/{}/json", None), ("POST", "exec/{}/start", {"Detach": False, "Tty": False}),
         ("POST", "exec/{}/resize?h=10&w=10", None)]


def foreign_exec(method, path, body):
    def run(t):
        refs = [world.identity("no such exec"), world.DB_EXEC.id, world.BARE_EXEC.id]
        first, *rest = answers(t, method, path, refs, body)
        for other in rest:
            need(other == first, f"a foreign one is told from a missing one: {other} and {first}")
        t.nothing_sent(but=[("GET", "/exec/[^/]*/json"), ("GET", "/containers/[^/]*/json")])
    return run


for _method, _path, _body in EXECS:
    add(f"{_method} {_path.format('ID').split('?')[0]} of another's exec gets the 404 of a missing one", foreign_exec(_method, _path, _body))


@scenario("the 404 of a missing container is the engine's own")
def missing(t):
    c = t.client()
    c.get("/v1.41/containers/nowhere/json")
    t.message(c.response(), 404, "No such container: nowhere")
    c.get("/v1.41/exec/%s/json" % world.identity("x"))
    t.message(c.response(), 404, "No such exec instance: " + world.identity("x"))


@scenario("references that are no plain name or id are refused or not found")
def odd_refs(t):
    c = t.client()
    for ref in ("-x", ".x", "we%20b", "web@sha", "a" * 300, "%C5%BF", "web*", "web%3Fx", "$web"):
        c.get(f"/v1.41/containers/{ref}/json")
        r = c.response()
        need(r.status in (400, 404), f"{ref}: {r}")
    for ref in (world.WEB_EXEC.id[:12], world.WEB_EXEC.id.upper(), world.WEB_EXEC.id + "0", "web"):
        c.post(f"/v1.41/exec/{ref}/start", {"Detach": True})
        r = c.response()
        need(r.status in (400, 404), f"{ref}: {r}")
    t.nothing_sent(but=[("GET", "/containers/(web|db)/json")])


@scenario("another's container does not capture a name like an id")
def hexlike(t):
    """The engine answers a question for an id with another container than was asked for."""
    t.engine.rule("GET", f"/containers/{WEB.id[:12]}/json", lambda q: _inspect(DB))
    c = t.client()
    c.get(f"/v1.41/containers/{WEB.id[:12]}/top")
    t.message(c.response(), 404)
    t.nothing_sent(but=[("GET", "/containers/.*/json")])


def _inspect(container, **change):
    return reply(200, world.dumps(dict(container.inspect(), **change)))


@scenario("a container whose owner cannot be read is not served")
def unreadable(t):
    c = t.client()
    for bad in (reply(200, b"{"), reply(200, b"[]"), reply(200, b"{}"), _inspect(WEB, Id="short"), _inspect(WEB, Id=7),
                _inspect(WEB, Config=None), _inspect(WEB, Config={"Labels": None}), _inspect(WEB, Config={"Labels": {world.LABEL: 7}}),
                reply(500, b'{"message":"boom"}')):
        t.engine.rules.clear()
        t.engine.rule("GET", "/containers/odd/json", lambda q, bad=bad: bad)
        c.get("/v1.41/containers/odd/top")
        r = c.response()
        need(r.status in (404, 500, 502), f"{bad}: {r}")
    t.nothing_sent(but=[("GET", "/containers/(acme--)?odd/json")])


@scenario("an inspect answer that tells two owners, or more than one thing, is not believed")
def two_answers(t):
    c = t.client()
    mine, theirs = world.dumps(WEB.inspect()), world.dumps(DB.inspect()["Config"]).strip()
    for bad in (mine.rstrip()[:-1] + b',"Config":' + theirs + b"}", b'{"Config":' + theirs + b"," + mine[1:],
                mine + b"{}", mine + b'"', mine.rstrip()[:-1], mine.rstrip()[:-1] + b',"x":"\\ud800"}'):
        t.engine.rules.clear()
        t.engine.rule("GET", "/containers/odd/json", lambda q, bad=bad: reply(200, bad))
        c.get("/v1.41/containers/odd/top")
        t.message(c.response(), 502)
    t.nothing_sent(but=[("GET", "/containers/(acme--)?odd/json")])


@scenario("a name that moves to another container is asked for again")
def moved_name(t):
    c = t.client()
    t.engine.rule("GET", "/containers/mover/json", lambda q: _inspect(WEB))
    c.post("/v1.41/containers/mover/resize?h=1&w=1", None, fields=EMPTY)
    t.engine.expect("POST", f"/containers/{WEB.id}/resize", client=c).reply(200)
    need(c.response().status == 200, "status")
    t.engine.rules.clear()
    t.engine.rule("GET", "/containers/mover/json", lambda q: _inspect(DB))
    c.post("/v1.41/containers/mover/resize?h=1&w=1", None, fields=EMPTY)
    t.message(c.response(), 404)
    t.engine.rules.clear()
    t.engine.rule("GET", "/containers/mover/json", lambda q: _inspect(world.API))
    c.post("/v1.41/containers/mover/resize?h=1&w=1", None, fields=EMPTY)
    t.engine.expect("POST", f"/containers/{world.API.id}/resize", client=c).reply(200)
    need(c.response().status == 200, "status")


# Lists and what they show.

def names(r):
    return [e["Names"] for e in json.loads(r.body)]


@scenario("a list shows the tenant's own only, even when the engine gives all")
def post_filter(t):
    c = t.client()
    c.get("/v1.41/containers/json")
    x = t.engine.expect("GET", "/containers/json", client=c)
    x.reply(200, [DB.listed(), WEB.listed(), BARE.listed(), world.API.listed(), dict(DB.listed(), Labels={"fairlead.tenant ": "acme"}),
                  dict(DB.listed(), Labels={"Fairlead.Tenant": "acme"}), dict(DB.listed(), Labels=None)])
    r = c.response()
    need(r.status == 200 and names(r) == [["/web"], ["/api-1.acme_x"]], f"{r}")
    need(world.SECRET.encode() not in r.body, f"a host's path came through: {r}")


@scenario("a list that is chunked by the engine is filtered too")
def chunked_list(t):
    c = t.client("beta")
    c.get("/v1.41/containers/json?all=1")
    x = t.engine.expect("GET", "/containers/json", client=c)
    text = world.dumps([WEB.listed(), DB.listed()])
    x.chunked([("Content-Type", "application/json")])
    for i in range(0, len(text), 100):
        x.chunk(text[i:i + 100])
    x.chunk(b"").done()
    need(names(c.response()) == [["/db"]], "names")


@scenario("an empty list is an empty list")
def empty_list(t):
    c = t.client()
    c.get("/v1.41/containers/json")
    t.engine.expect("GET", "/containers/json", client=c).reply(200, b"[]\n")
    need(json.loads(c.response().body) == [], "body")


@scenario("a list that is no list gives 502 or a cut answer, never another's data")
def broken_list(t):
    for body in (b"{}", b"[", b'[{"Id":"' + DB.id.encode(), b"null x", world.dumps([DB.listed()])[:-3]):
        c = t.client()
        c.get("/v1.41/containers/json")
        t.engine.expect("GET", "/containers/json", client=c).give(reply(200, body)).close()
        c.wait(lambda: c.stream_over() or b"\r\n\r\n" in c.buffer, "an answer")
        need(DB.id.encode() not in c.peek(), "another's data")
        need(b"HTTP/1.1 502" in c.peek()[:20] or b"0\r\n\r\n" not in c.peek(), f"{c.peek()}")


@scenario("an inspect tells nothing of the host's paths")
def inspect(t):
    c = t.client()
    c.get("/v1.41/containers/web/json?size=1")
    r = c.response()
    need(r.status == 200 and world.SECRET.encode() not in r.body, f"{r}")
    value = json.loads(r.body)
    need(value["Id"] == WEB.id and value["Name"] == "/web" and value["Config"]["Cmd"] == ["sh"], f"{value}")


@scenario("an exec inspect comes through, and tells the tenant its container")
def exec_inspect(t):
    c = t.client()
    c.get(f"/v1.41/exec/{world.WEB_EXEC.id}/json")
    r = c.response()
    value = json.loads(r.body)
    need(r.status == 200 and value["ID"] == world.WEB_EXEC.id and value["ContainerID"] == WEB.id, f"{r}")
    need(value["Running"] is False and "ExitCode" in value, f"{r}")


@scenario("info tells nothing of the host or of other tenants")
def info(t):
    c = t.client()
    c.get("/v1.41/info")
    listed = [{"Id": n, "State": state, "Labels": {"fairlead.tenant": tenant}}
              for n, (state, tenant) in enumerate([("running", "acme"), ("exited", "acme"), ("paused", "acme"), ("running", "acme"), ("running", "beta")])]
    x = t.engine.expect("GET", "/containers/json", 41)
    need(json.loads(parse_qs(x.request.query)["filters"][0])["label"] == ["fairlead.tenant=acme"], f"{x.request.query}")
    x.reply(200, listed)
    t.engine.expect("GET", "/images/json", 41).reply(200, [{"RepoTags": ["acme--app:1"]}, {"RepoTags": ["beta--app:1"]}])
    x = t.engine.expect("GET", "/info", client=c)
    x.reply(200, world.INFO)
    r = c.response()
    need(r.status == 200 and world.SECRET.encode() not in r.body, f"{r}")
    value = json.loads(r.body)
    need(value["OSType"] == "linux" and value["ServerVersion"] == "20.10.24", f"{value}")
    counts = [value[k] for k in ("Containers", "ContainersRunning", "ContainersPaused", "ContainersStopped", "Images")]
    need(counts == [4, 2, 1, 1, 1], f"its own are counted: {counts}")


# Exec create.

@scenario("an exec is created in an own container with a body made anew")
def exec_create(t):
    c = t.client()
    c.post("/v1.41/containers/web/exec", {
        "AttachStdin": True, "AttachStdout": True, "AttachStderr": True, "Tty": False, "Cmd": ["sh", "-c", "cat <&0 > /tmp/\u00e9"],
        "Env": ["A=1"], "WorkingDir": "/srv", "User": "www", "Privileged": False, "Container": "db", "Detach": False,
        "DetachKeys": "ctrl-p,ctrl-q"})
    x = t.engine.expect("POST", f"/containers/{WEB.id}/exec", 41, client=c)
    sent = x.request.json()
    need(sent["Cmd"] == ["sh", "-c", "cat <&0 > /tmp/\u00e9"] and sent["User"] == "www" and sent["AttachStdin"] is True, f"{sent}")
    need(sent["Env"] == ["A=1"] and sent["WorkingDir"] == "/srv" and "Container" not in sent, f"{sent}")
    x.reply(201, {"Id": world.WEB_EXEC.id})
    r = c.response()
    need(r.status == 201 and json.loads(r.body) == {"Id": world.WEB_EXEC.id}, f"{r}")


BODIES = [
    ("privileged", {"Cmd": ["id"], "Privileged": True}, (403,), "Privileged"),
    ("privileged by a folded key", b'{"Cmd":["id"],"\\u0070rivileged":true}', (403,), "rivileged"),
    ("privileged by another case", b'{"Cmd":["id"],"PRIVILEGED":true}', (403,), ""),
    ("privileged twice", b'{"Cmd":["id"],"Privileged":false,"privileged":true}', (400,), ""),
    ("no command", {"AttachStdout": True}, (400, 403), "Cmd"),
    ("an empty command", {"Cmd": []}, (400, 403), "Cmd"),
    ("a command that is a string", {"Cmd": "id"}, (400, 403), "Cmd"),
    ("LD_PRELOAD", {"Cmd": ["id"], "Env": ["LD_PRELOAD=/x"]}, (403,), "Env"),
    ("a folder in /proc", {"Cmd": ["id"], "WorkingDir": "/proc/self/fd/8"}, (400, 403), "WorkingDir"),
    ("a folder with ..", {"Cmd": ["id"], "WorkingDir": "/srv/../proc"}, (400, 403), "WorkingDir"),
    ("an unknown field", {"Cmd": ["id"], "Novelty": 1}, (400,), "Novelty"),
    ("data after the body", b'{"Cmd":["id"]}{"Privileged":true}', (400,), ""),
    ("no JSON", b"Cmd=id", (400,), ""),
    ("an array", b"[]", (400,), ""),
    ("bad UTF-8", b'{"Cmd":["\xff"]}', (400,), ""),
]


def bad_create(body, statuses, word):
    def run(t):
        c = t.client()
        c.post("/v1.41/containers/web/exec", body)
        r = c.response()
        need(r.status in statuses, f"{r}")
        t.message(r, r.status, word)
        t.nothing_sent(but=[("GET", "/containers/.*/json")])
    return run


for _name, _body, _statuses, _word in BODIES:
    add(f"an exec create with {_name} is refused and names the fault", bad_create(_body, _statuses, _word))


@scenario("the neutral values that clients send with an exec create pass")
def neutral(t):
    c = t.client()
    c.post("/v1.41/containers/web/exec", {"Cmd": ["id"], "Env": None, "WorkingDir": "", "User": "", "Privileged": False,
                                          "DetachKeys": "", "Novelty": None, "ConsoleSize": None, "Tty": True})
    x = t.engine.expect("POST", f"/containers/{WEB.id}/exec", client=c)
    need(x.request.json()["Tty"] is True and "Novelty" not in x.request.json(), f"{x.request.body}")
    x.reply(201, {"Id": world.WEB_EXEC.id})
    need(c.response().status == 201, "status")
