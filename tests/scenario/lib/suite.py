"""suite: the list of scenarios, and what one has at hand while it runs."""

import json
import re
import ssl
import threading

from lib import world
from lib.wire import GUARD, Client, Fault, need, short

SCENARIOS = []


class Scenario:
    def __init__(self, name, run, setting, where):
        self.name, self.run, self.setting, self.where = name, run, setting, where


def add(name, run, setting="plain"):
    need(name not in {s.name for s in SCENARIOS}, f"two scenarios are named {name!r}")
    SCENARIOS.append(Scenario(name, run, setting, run.__module__))


def scenario(name, setting="plain"):
    """A scenario is a function of its `Stage`. `setting` names the gateway and engine it runs on."""
    def keep(run):
        add(name, run, setting)
        return run
    return keep


def build(method, target, body=None, fields=(), host="localhost", minor=1, kind="application/json", chunked=False):
    lines = [f"{method} {target} HTTP/1.{minor}"] + ([f"Host: {host}"] if host else [])
    lines += [f"{k}: {v}" for k, v in fields]
    named = {k.lower() for k, _ in fields}
    if body is not None:
        if kind and "content-type" not in named:
            lines.append(f"Content-Type: {kind}")
        if chunked:
            lines.append("Transfer-Encoding: chunked")
        elif "content-length" not in named:
            lines.append(f"Content-Length: {len(body)}")
    data = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    if body and chunked:
        data += b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in (body[:7], body[7:]) if p)
    if chunked and body is not None:
        return data + b"0\r\n\r\n"
    return data + (body or b"")


class Tenant(Client):
    """A client that shows its credential with every request."""

    auth = ()

    def request(self, method, target, body=None, fields=(), early=b"", **how):
        """Sends a request; `early` are stream bytes in the same segment."""
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        how.setdefault("host", "localhost")
        return self.ask(build(method, target, body, list(fields) + list(self.auth), **how) + early, method)

    def get(self, target, **how):
        return self.request("GET", target, **how)

    def post(self, target, body=None, **how):
        return self.request("POST", target, body, **how)


class Background:
    """A part that runs beside the scenario; `join` gives its result or its fault."""

    def __init__(self, run):
        self.value = self.fault = None
        self.thread = threading.Thread(target=self._run, args=(run,), daemon=True)
        self.thread.start()

    def _run(self, run):
        try:
            self.value = run()
        except Exception as e:  # handed to whoever joins
            self.fault = e

    def join(self):
        self.thread.join(2 * GUARD)
        need(not self.thread.is_alive(), "a part of the scenario hangs")
        if self.fault:
            raise self.fault
        return self.value


class Stage:
    """What a scenario has at hand: clients, the engine, the gateway's log, and the usual checks."""

    def __init__(self, mode, house, engine, gateway):
        self.mode, self.house, self.engine, self.gateway = mode, house, engine, gateway
        self.clients = []
        self.backend = gateway.backend

    def context(self, cert=None):
        c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        c.load_verify_locations(self.house.path("ca.pem"))
        c.minimum_version = c.maximum_version = self.mode.tls
        if cert:
            c.load_cert_chain(*self.house.pair(cert))
        return c

    def client(self, who="acme", cert=None, split=None, resume=None):
        """A connection of the tenant whose bearer key is named `who`; None: no key. `resume` is the context and
        the session of one that was before."""
        split = self.mode.client_split if split is None else split
        context, session = resume or (self.context(cert), None)
        c = Tenant(self.gateway.address, context, split, session=session)
        c.auth = [("Authorization", "Bearer " + self.house.keys[who])] if who else []
        self.clients.append(c)
        return c

    def bare_socket(self):
        c = Client(self.gateway.address, None, self.mode.client_split)
        self.clients.append(c)
        return c

    def beside(self, run):
        return Background(run)

    def close(self):
        for c in self.clients:
            c.close()

    # The usual checks.

    def message(self, r, status, *parts, plain=False):
        """An error answer: its status, its form, and words of its message. Returns the message."""
        need(r.status == status, f"status {r.status}, wanted {status}: {r}")
        kind = r.field("Content-Type")
        if plain:
            need(kind and kind.startswith("text/plain"), f"error of type {kind}, wanted text/plain")
            text = r.body.decode().rstrip("\n")
        else:
            need(kind == "application/json", f"error of type {kind}, wanted application/json")
            value = json.loads(r.body)
            need(set(value) == {"message"} and isinstance(value["message"], str), f"error body {short(r.body)}")
            text = value["message"]
        need(text and text.strip() == text, f"message {text!r}")
        for part in parts:
            need(part in text, f"message {text!r} does not say {part!r}")
        return text

    def refused(self, c, status, *parts, plain=False):
        """The answer is this error and the connection is still good for a next request."""
        return self.message(c.response(), status, *parts, plain=plain)

    def nothing_sent(self, but=()):
        """The engine got nothing (but what is named). A request of another client goes the whole way first:
        with one worker, whatever was on its way before it is there by then."""
        c = self.client("beta", split=False)
        c.get("/v1.41/containers/json?limit=1")
        self.engine.expect("GET", "/containers/json").reply(200, b"[]")
        need(c.response().status == 200, "the barrier's answer")
        allowed = [("GET", r"/containers/json"), ("GET", "/version"), ("GET", "/_ping"), ("HEAD", "/_ping"), *but]
        for q in self.engine.log[:]:
            fits = any(q.method == m and re.fullmatch(route, q.route) for m, route in allowed)
            need(fits, f"the engine got {q}")
        need(self.engine.asked("GET", "/containers/json") == 1, "the engine got a list request")

    def logged(self, client, event, **facts):
        """The gateway's log has this line about that client's connection."""
        def is_it(line):
            return (line.get("event") == event and line.get("peer", "").endswith(f":{client.port}")
                    and all(line.get(k) == v for k, v in facts.items()))
        return self.gateway.log_line(is_it, f"event={event} {facts} of port {client.port}")

    def alive(self, c, target="/v1.41/containers/json"):
        """The connection still speaks HTTP with the gateway, which still judges: a denied request is refused."""
        c.get("/v1.41/swarm")
        self.message(c.response(), 403)
        c.get(target)
        self.engine.expect("GET", "/containers/json", client=c).reply(200, [world.WEB.listed()])
        r = c.response()
        need(r.status == 200 and world.WEB.id.encode() in r.body, f"next answer on the connection: {r}")


def fault_text(e):
    return str(e) if isinstance(e, Fault) else f"{type(e).__name__}: {e}"
