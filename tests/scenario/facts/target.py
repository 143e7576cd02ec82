"""Paths, queries and body types: one reading only, and what is not known is not forwarded."""

import json
from urllib.parse import parse_qs, quote

from lib import world
from lib.suite import add, scenario
from lib.wire import need

BAD_TARGETS = [
    "/v1.41/containers%2fjson", "/v1.41%2fcontainers/json", "/v1.41%2Fcontainers%2Fjson", "/v1.41/containers/%2e%2e/json",
    "/v1.41/containers/../json", "/v1.41/containers/./json", "/v1.41/../containers/json", "/v1.41/containers/web/..",
    "//v1.41/containers/json", "/v1.41//containers/json", "/v1.41/containers//json", "/v1.41/containers/json/",
    "/v1.41/containers/json%00", "/v1.41/containers/web%00x/json", "/v1.41/containers/%2563/json", "/v1.41/containers\\json",
    "/v1.41/containers%5cjson", "/v1.41/containers/json#x", "/v1.41/containers/%zz/json", "/v1.41/containers/web%/json",
    "/v1.41/containers/w%0d%0ab/json", "/v1.41/containers/w%e9b/json", "/v1.41/containers/json?limit=%zz",
    "/v1.41/containers/json?all=1;limit=2", "/v1.41/containers/json?all=%00",
    "/v1.41/containers/json?all=1&all=0", "/v1.41/containers/json?all=1&%61ll=0", "/v1.41/containers/json?all=1&all=1",
    "/v1.41/containers/json?limit=abc", "/v1.41/containers/json?limit=1e3", "/v1.41/containers/json?foo=bar",
    "/v1.41/containers/json?filters=notjson", "/v1.41/containers/json?filters=%7B%22label%22%3A1%7D",
    "/v1.41/containers/web/logs?stdout=1&tail=some", "/v1.41/containers/web/logs?stdout=1&since=yesterday",
    "/v4.0.0/libpod/containers/json", "/v1/containers/json", "/v2.0/containers/json", "/v1.041/containers/json", "/v1.41.1/version",
    "/", "/v1.41/", "/v1.41/containers/web/top?ps_args=-o%20args%20--ppid%201",
]


def bad_target(target):
    def run(t):
        c = t.client()
        c.get(target)
        r = c.response()
        need(r.status in (400, 403, 404), f"status {r.status}: {r}")
        t.message(r, r.status)
        t.nothing_sent(but=[("GET", f"/containers/{world.WEB.id}/json"), ("GET", "/containers/web/json")])
    return run


for _target in BAD_TARGETS:
    add(f"the target {_target} is refused", bad_target(_target))

# GET unless a method is named
UNKNOWN = [
    "/v1.41/nothing", "/v1.41", "/v1.41/containers", "/v1.41/containers/web/json/x",
    "/metrics", "/v1.41/containersjson", "/v1.41/_ping/x", "/v1.41/exec", "/v1.41/exec/json", "/sessions", "/health",
    "/V1.41/containers/json", "/v1.41x/containers/json", "/v1.41/v1.41/containers/json",
    "/v1.41/services/x", "/v1.41/nodes/x", "/v1.41/secrets/x", "/v1.41/configs/x", "/v1.41/tasks/x",
    "/v1.41/plugins/x/json",
]


def unknown(target):
    def run(t):
        c = t.client()
        c.get(target)
        r = c.response()
        t.message(r, 404)
        t.nothing_sent()
    return run


for _target in UNKNOWN:
    add(f"GET {_target} gets 404", unknown(_target))

# What no preset but the administrator's has, and what a tenant must be granted.
DENIED = [
    "POST /v1.41/swarm/init", "POST /v1.41/swarm/join", "POST /v1.41/services/create", "POST /v1.41/build", "GET /v1.41/swarm",
    "POST /v1.41/commit?container=web", "POST /v1.41/auth", "POST /v1.41/images/load", "POST /v1.41/session",
    "POST /v1.41/plugins/pull?remote=x", "POST /v1.41/containers/web/checkpoints", "GET /v1.41/containers/web/archive?path=/",
    "PUT /v1.41/containers/web/archive?path=/", "GET /v1.41/containers/web/export", "POST /v1.41/images/web/push",
    "PUT /v1.41/volumes/x", "GET /v1.41/images/web/get", "GET /v1.41/images/get?names=web", "GET /v1.41/libpod/_ping",
    "GET /libpod/containers/json", "GET /v1.41/debug/vars", "GET /debug/pprof/goroutine", "GET /v1.41/containers/ps",
    "POST /v1.41/grpc", "POST /v1.41/nodes/x/update", "DELETE /v1.41/secrets/x", "POST /v1.41/build/cancel",
    "GET /v1.41/images/search?term=x", "GET /v1.41/images/x/attestations", "POST /v1.41/containers/web/copy",
]
# What needs the right to create, which an operator has not.
DENIED_TO_OPERATORS = [
    "POST /v1.41/containers/create", "POST /v1.41/containers/web/update", "POST /v1.41/containers/web/rename?name=db",
    "DELETE /v1.41/containers/web", "POST /v1.41/containers/prune", "POST /v1.41/images/create?fromImage=x",
    "POST /v1.41/images/web/tag?repo=x", "DELETE /v1.41/images/web", "POST /v1.41/images/prune",
    "GET /v1.41/distribution/web/json", "POST /v1.41/networks/create", "DELETE /v1.41/networks/x",
    "POST /v1.41/networks/x/connect", "POST /v1.41/networks/x/disconnect", "POST /v1.41/networks/prune",
    "POST /v1.41/volumes/create", "DELETE /v1.41/volumes/x", "POST /v1.41/volumes/prune",
]
# And what an observer has not either.
DENIED_TO_OBSERVERS = [
    "POST /v1.41/containers/web/exec", "POST /v1.41/exec/%s/start" % world.WEB_EXEC.id, "GET /exec/%s/ws" % world.WEB_EXEC.id,
    "POST /v1.41/exec/%s/resize?h=1&w=1" % world.WEB_EXEC.id, "POST /v1.41/containers/web/attach?stream=1",
    "GET /v1.41/containers/web/attach/ws?stream=1", "POST /v1.41/containers/web/resize?h=1&w=1",
    "POST /v1.41/containers/web/start", "POST /v1.41/containers/web/stop", "POST /v1.41/containers/web/restart",
    "POST /v1.41/containers/web/kill", "POST /v1.41/containers/web/pause", "POST /v1.41/containers/web/unpause",
]


def denied(request):
    def run(t):
        method, target = request.split(" ")
        c = t.client()
        c.request(method, target, None, [("Content-Length", "0")] if method != "GET" else [])
        t.refused(c, 403, "not allowed for tenant acme")
        t.nothing_sent()
    return run


for _request in DENIED:
    add(f"{_request} gets 403", denied(_request))
for _request in DENIED + DENIED_TO_OPERATORS:
    add(f"an operator's {_request} gets 403", denied(_request), setting="operators")
for _request in DENIED + DENIED_TO_OPERATORS + DENIED_TO_OBSERVERS:
    add(f"an observer's {_request} gets 403", denied(_request), setting="observers")


@scenario("a method that the path does not have gets 405 and is told those that it has")
def wrong_method(t):
    c = t.client()
    for method in ("PUT", "POST", "PATCH", "OPTIONS", "BREW"):
        c.request(method, "/v1.41/containers/json", None, [("Content-Length", "0")])
        answer = c.response()
        t.message(answer, 405)
        # DELETE is for a container of the name json.
        need(answer.field("Allow") == "GET, DELETE", f"Allow: {answer.field('Allow')}")
    t.nothing_sent()


@scenario("a path with harmless escapes is decoded once and sent plainly")
def decoded(t):
    c = t.client()
    c.get("/v1.41/%63ontainers/%77eb/%6Cogs?%73tdout=1")
    x = t.engine.expect("GET", f"/containers/{world.WEB.id}/logs", client=c)
    need(x.request.target == f"/v1.41/containers/{world.WEB.id}/logs?stdout=1", f"{x.request}")
    x.chunked().chunk(b"").done()
    need(c.response().status == 200, "status")


def query_of(t, target, route, reply=b""):
    c = t.client()
    c.get(target)
    x = t.engine.expect("GET", route, client=c)
    x.reply(200, reply or b"[]")
    need(c.response().status == 200, "status")
    return parse_qs(x.request.query, keep_blank_values=True, strict_parsing=bool(x.request.query))


@scenario("an encoded query key is the key it decodes to")
def encoded_key(t):
    q = query_of(t, "/v1.41/containers/json?%61ll=1", "/containers/json")
    need(q["all"] == ["1"], f"{q}")


@scenario("words for true and false are read as the engine reads them and sent as 1 and 0")
def booleans(t):
    for word, sent in (("yes", "1"), ("TRUE", "1"), ("2", "1"), ("0", "0"), ("no", "0"), ("False", "0"), ("none", "0"), ("", "0")):
        q = query_of(t, f"/v1.41/containers/{world.WEB.id}/logs?stdout={word}&tail=5", f"/containers/{world.WEB.id}/logs")
        need(q.get("stdout", ["0"]) == [sent] and q["tail"] == ["5"], f"{word!r} became {q}")


@scenario("an unknown query key without a value is dropped")
def unknown_key(t):
    q = query_of(t, "/v1.41/containers/json?limit=3&novelty=", "/containers/json")
    need(set(q) <= {"limit", "filters"} and q["limit"] == ["3"], f"{q}")


@scenario("a list is asked for with the tenant's own label, whatever label the client names")
def list_filter(t):
    wanted = [f"{world.LABEL}=acme"]
    filters = quote(json.dumps({"label": [f"{world.LABEL}=beta", "app=shop"], "status": ["running"]}))
    sent = json.loads(query_of(t, f"/v1.41/containers/json?filters={filters}", "/containers/json")["filters"][0])
    labels = sent["label"] if isinstance(sent["label"], list) else [k for k, v in sent["label"].items() if v]
    need(sorted(labels) == sorted(wanted + ["app=shop"]), f"{sent}")
    status = sent["status"] if isinstance(sent["status"], list) else list(sent["status"])
    need(status == ["running"], f"{sent}")
    # The form of older clients, a bare key, a key to be hidden behind an escape, and no filter at all.
    for value in ({"label": {f"{world.LABEL}=beta": True}}, {"label": [world.LABEL]}, {"label": []}, None):
        target = "/v1.41/containers/json" + ("?filters=" + quote(json.dumps(value)) if value else "")
        sent = json.loads(query_of(t, target, "/containers/json")["filters"][0])
        labels = sent["label"] if isinstance(sent["label"], list) else [k for k, v in sent["label"].items() if v]
        need(labels == wanted, f"{value} became {sent}")


FORMS = ("application/x-www-form-urlencoded", "Application/X-WWW-Form-URLencoded; charset=x",
         "multipart/form-data; boundary=x", "text/plain", "application/jsonx")


def form(kind):
    def run(t):
        c = t.client()
        c.post("/v1.41/containers/web/resize?h=24&w=80", b"h=1&w=1", kind=kind)
        r = c.response()
        need(r.status in (400, 415), f"{r}")
        t.message(r, r.status)
        t.nothing_sent(but=[("GET", "/containers/.*/json")])
    return run


for _kind in FORMS:
    add(f"a body of type {_kind} is refused", form(_kind))


@scenario("a body where none belongs is refused")
def body_refused(t):
    for body in ({"HostConfig": {"Privileged": True}}, b"x", b"{}x"):
        c = t.client()
        c.post("/v1.41/containers/web/attach?stream=1", body)
        t.refused(c, 400)
    t.nothing_sent(but=[("GET", "/containers/.*/json")])


@scenario("a client's own fields never reach the engine")
def fields(t):
    c = t.client()
    c.get("/v1.41/containers/json", fields=[
        ("X-Registry-Auth", "e30="), ("Cookie", "a=b"), ("X-Forwarded-For", "1.2.3.4"), ("Connection", "keep-alive, X-Private"),
        ("X-Private", "1"), ("Upgrade", "h2c"), ("HTTP2-Settings", "AAMAAABkAARAAAAAAAIAAAAA"), ("TE", "trailers")])
    x = t.engine.expect("GET", "/containers/json", client=c)
    need(x.request.field("Upgrade") is None, f"{x.request.fields}")
    x.reply(200, b"[]")
    need(c.response().status == 200, "status")
