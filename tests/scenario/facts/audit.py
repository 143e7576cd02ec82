"""What an administrator does leaves a line of its own."""

from facts.exec_start import ID, ended, started
from lib.suite import scenario
from lib.wire import need


def lines(t, c):
    return [n for n in t.gateway.lines if n.get("event") == "audit" and n.get("peer", "").endswith(f":{c.port}")]


@scenario("each request of an administrator leaves one audit line, another tenant's none", setting="administrator")
def audit(t):
    c = t.client()
    c.get("/v1.41/swarm")
    t.engine.expect("GET", "/swarm", client=c).reply(503, {"message": "This node is not a swarm manager."})
    need(c.response().status == 503, "status")
    c.request("DELETE", "/v9.9/containers/x")
    need(c.response().status == 400, "status")
    x = started(t, c).upgraded()
    need(c.head().status == 101, "status")
    ended(t, c, x, b"x")
    t.logged(c, "session_end")
    found = [(n["method"], n["target"], n.get("endpoint"), n["status"]) for n in lines(t, c)]
    need(found == [("GET", "/v1.41/swarm", "swarm-inspect", 503), ("DELETE", "/v9.9/containers/x", "container-remove", 400),
                   ("POST", f"/v1.41/exec/{ID}/start", "exec-start", 101)], f"{found}")
    need(all(n["tenant"] == "acme" and n["key"] == "acme-bearer" and n["level"] == "audit" for n in lines(t, c)), f"{lines(t, c)}")
    other = t.client("beta")
    other.get("/_ping")
    need(other.response().status == 200, "status")
    t.logged(other, "request")
    need(not lines(t, other), "another tenant's")
