"""Credentials: who is let in, as whom, and what the others are told."""

from lib import hyper, world
from lib.gateway import REGION
from lib.suite import add, build, scenario
from lib.wire import Fault, need

LIST = "/v1.41/containers/json"


def unauthorized(t, c):
    """401 that names the accepted schemes and nothing of the reason; nothing was sent."""
    r = c.response()
    message = t.message(r, 401)
    challenge = " ".join(r.all("WWW-Authenticate"))
    need("Bearer" in challenge and "HYPER-HMAC-SHA256" in challenge, f"WWW-Authenticate {challenge!r}")
    for word in ("certificate", "Bearer", "HYPER-HMAC-SHA256"):
        need(word in message, f"{message!r} does not name {word}")
    for word in ("revoked", "expired", "unknown"):
        need(word not in message, f"{message!r} says why")
    t.nothing_sent()
    return r


def let_in(t, c, tenant, ask=None):
    (ask or (lambda: c.get(LIST)))()
    x = t.engine.expect("GET", "/containers/json", client=c)
    need(f"{world.LABEL}%3D{tenant}" in x.request.query or f"{world.LABEL}={tenant}" in x.request.query, f"{x.request}")
    x.reply(200, [world.WEB.listed(), world.DB.listed()])
    r = c.response()
    mine, other = (world.WEB, world.DB) if tenant == "acme" else (world.DB, world.WEB)
    need(r.status == 200 and mine.id.encode() in r.body and other.id.encode() not in r.body, f"{r}")
    return r


@scenario("a request without a credential gets 401 with what is accepted")
def none(t):
    c = t.client(None)
    c.get(LIST)
    unauthorized(t, c)


@scenario("a bearer key opens its tenant's list")
def bearer(t):
    let_in(t, t.client("acme"), "acme")
    let_in(t, t.client("beta"), "beta")


@scenario("every request of a connection is authenticated again")
def each_request(t):
    c = t.client("acme")
    let_in(t, c, "acme")
    c.auth = []
    c.get(LIST)
    t.message(c.response(), 401)
    c.auth = [("Authorization", "Bearer " + t.house.keys["beta"])]
    let_in(t, c, "beta")


for _name, _who in (("an unknown", "wrong"), ("a revoked", "revoked"), ("an expired", "expired")):
    def _refused(t, who=_who):
        c = t.client(who)
        c.get(LIST)
        r = unauthorized(t, c)
        plain = t.client(None)
        plain.get(LIST)
        need(plain.response().body == r.body, "the answer tells this case from no credential")
    add(f"{_name} bearer key gets the 401 of no key at all", _refused)


FORMS = {
    "the scheme in other case": ("bearer {}", True),
    "a key with a byte more": ("Bearer {}x", False),
    "an empty key": ("Bearer ", False),
    "a key with a space in it": ("Bearer {} x", False),
    "Basic": ("Basic dXNlcjpwYXNz", False),
    "no scheme": ("{}", False),
}


def form(template, good):
    def run(t):
        c = t.client(None)
        c.auth = [("Authorization", template.format(t.house.keys["acme"]))]
        if good:
            let_in(t, c, "acme")
        else:
            c.get(LIST)
            t.message(c.response(), 401)
            t.nothing_sent()
    return run


for _name, (_template, _good) in FORMS.items():
    add(f"Authorization with {_name} is {'taken' if _good else 'refused'}", form(_template, _good))


@scenario("a key in the query or in a cookie is no credential")
def elsewhere(t):
    c = t.client(None)
    c.get(f"{LIST}?token={t.house.keys['acme']}", fields=[("Cookie", "key=" + t.house.keys["acme"])])
    r = c.response()
    need(r.status == 401, f"{r}")
    t.nothing_sent()


# Certificates.

@scenario("a client certificate opens its tenant's list")
def cert(t):
    let_in(t, t.client(None, cert="acme"), "acme")
    let_in(t, t.client(None, cert="beta"), "beta")


def end_of_handshake(t, cert):
    """A client whose certificate does not verify gets nowhere: an alert, in TLS 1.3 after its own Finished."""
    try:
        c = t.client(None, cert=cert)
        c.get(LIST)
        r = c.response()
    except (Fault, OSError):
        return
    need(r.status == 401, f"{r}")


@scenario("a certificate of another authority gets nowhere")
def forged(t):
    end_of_handshake(t, "forged")
    t.nothing_sent()


@scenario("a revoked client certificate gets 401")
def revoked_cert(t):
    c = t.client(None, cert="revoked")
    c.get(LIST)
    unauthorized(t, c)


@scenario("a certificate of our authority that the store does not know speaks for the tenant it names")
def by_rule(t):
    let_in(t, t.client(None, cert="by-rule"), "acme")


for _cert, _what in (("nobody", "of a tenant that does not exist"), ("prefix", "of an empty tenant"),
                     ("unrelated", "that names its tenant in another way")):
    def _named(t, cert=_cert):
        c = t.client(None, cert=cert)
        c.get(LIST)
        unauthorized(t, c)
    add(f"a certificate {_what} gets 401", _named)


@scenario("a good certificate does not save a wrong bearer key")
def cert_and_wrong(t):
    c = t.client("wrong", cert="acme")
    c.get(LIST)
    unauthorized(t, c)


@scenario("a key beside another tenant's certificate decides")
def cert_and_other(t):
    let_in(t, t.client("beta", cert="acme"), "beta")


# Hyper signatures.

HOST = "localhost:2376"
SIGNED = ("content-type", "host", "x-hyper-content-sha256", "x-hyper-date")


def signed(t, method="GET", target=LIST, body=b"", who="acme", **how):
    access_key, secret = t.house.hyper[who]
    how.setdefault("region", REGION)
    return hyper.sign(method, target, HOST, body, how.pop("access_key", access_key), how.pop("secret", secret), **how)


def send_signed(c, fields, method="GET", target=LIST, body=None, host=HOST, chunked=False):
    c.ask(build(method, target, body, fields, host=host, chunked=chunked), method)


@scenario("a Hyper signature opens its tenant's list")
def hyper_good(t):
    for who in ("acme", "beta"):
        c = t.client(None)
        let_in(t, c, who, lambda: send_signed(c, signed(t, who=who)))


@scenario("an identical signed GET within a second is answered again")
def hyper_repeat(t):
    c = t.client(None)
    fields = signed(t)
    for _ in range(2):
        let_in(t, c, "acme", lambda: send_signed(c, fields))


@scenario("a signature over a query with odd characters is taken")
def hyper_query(t):
    target = '/v1.23/containers/json?limit=5&filters={"label":{"a b=c":true}}&all=1'
    target = target.replace(" ", "%20").replace('"', "%22").replace("{", "%7B").replace("}", "%7D")
    c = t.client(None)
    let_in(t, c, "acme", lambda: send_signed(c, signed(t, target=target), target=target))


@scenario("a signed exec create reaches the engine, whole or chunked")
def hyper_body(t):
    body = b'{"User":"","Privileged":false,"Tty":false,"Container":"web","AttachStdin":false,"AttachStderr":true,' \
           b'"AttachStdout":true,"Detach":false,"DetachKeys":"","Cmd":["sh","-c","echo h\xc3\xa9"]}\n'
    target = "/v1.23/containers/web/exec"
    for chunked in (False, True):
        c = t.client(None)
        send_signed(c, signed(t, "POST", target, body), "POST", target, body, chunked=chunked)
        x = t.engine.expect("POST", f"/containers/{world.WEB.id}/exec", client=c)
        need(x.request.json()["Cmd"] == ["sh", "-c", "echo h\u00e9"], f"{x.request.body}")
        x.reply(201, {"Id": world.WEB_EXEC.id})
        need(c.response().status == 201, "status")


@scenario("a signed attach that comes again gets 401 and never reaches the engine; a resize is done again")
def hyper_replay(t):
    target = "/v1.23/containers/web/attach?stream=1&stdout=1"
    fields = signed(t, "POST", target, b"", date=hyper.stamp(-120))
    c = t.client(None)
    send_signed(c, fields, "POST", target)
    x = t.engine.expect("POST", f"/containers/{world.WEB.id}/attach", client=c)
    x.reply(404, {"message": "gone"})
    need(c.response().status == 404, "status")
    c = t.client(None)
    send_signed(c, fields, "POST", target)
    t.message(c.response(), 401, plain=True)
    t.nothing_sent(but=[("GET", "/containers/.*/json"), ("POST", "/containers/.*/attach")])
    target = "/v1.23/containers/web/resize?h=40&w=120"
    fields = signed(t, "POST", target, b"")
    c = t.client(None)
    for _ in range(2):
        send_signed(c, fields, "POST", target)
        t.engine.expect("POST", f"/containers/{world.WEB.id}/resize", client=c).reply(200, b"")
        need(c.response().status == 200, "status")


@scenario("a body that is not the signed one gets 401 and never reaches the engine")
def hyper_other_body(t):
    target = "/v1.23/containers/web/exec"
    for chunked in (False, True):
        c = t.client(None)
        send_signed(c, signed(t, "POST", target, b'{"Cmd":["true"]}'), "POST", target, b'{"Cmd":["evil"]}', chunked=chunked)
        t.message(c.response(), 401, plain=True)
    t.nothing_sent(but=[("GET", "/containers/.*/json")])


def tampered(change, **how):
    def run(t):
        fields = dict(signed(t, **{k: v() if callable(v) else v for k, v in how.items()}))
        where = {"target": LIST, "host": HOST, "method": "GET", "extra": []}
        change(fields, where)
        c = t.client(None)
        send_signed(c, list(fields.items()) + where["extra"], where["method"], where["target"], host=where["host"])
        t.message(c.response(), 401)
        t.nothing_sent()
    return run


def _set(key, value):
    return lambda fields, where: fields.__setitem__(key, value(fields[key]))


def _where(key, value):
    return lambda fields, where: where.__setitem__(key, value)


def _flip(auth):
    return auth[:-1] + ("0" if auth[-1] != "0" else "1")


TAMPERED = {
    "another target": (_where("target", "/v1.41/containers/json?all=1"), {}),
    "another path": (_where("target", "/v1.41/version"), {}),
    "another Host": (_where("host", "localhost:2377"), {}),
    "another Content-Type": (_set("Content-Type", lambda v: "text/plain"), {}),
    "another date": (_set("X-Hyper-Date", lambda v: hyper.stamp(-30)), {}),
    "another body digest": (_set("X-Hyper-Content-Sha256", lambda v: hyper.sha256(b"x")), {}),
    "a body digest that is none": (_set("X-Hyper-Content-Sha256", lambda v: "UNSIGNED-PAYLOAD"), {}),
    "one digit of the signature changed": (_set("Authorization", _flip), {}),
    "half a signature": (_set("Authorization", lambda v: v[:-32]), {}),
    "an empty signature": (_set("Authorization", lambda v: v[:-64]), {}),
    "another tenant's access key": (_set("Authorization", lambda v: v.replace("Credential=", "Credential=X")), {}),
    "a wrong secret": (lambda f, w: None, {"secret": "not the secret"}),
    "an unknown access key": (lambda f, w: None, {"access_key": "AKUNKNOWN0000000000000000000001"}),
    "another region": (lambda f, w: None, {"region": "eu-west-9"}),
    "a date six minutes old": (lambda f, w: None, {"date": lambda: hyper.stamp(-360)}),
    "a date six minutes ahead": (lambda f, w: None, {"date": lambda: hyper.stamp(360)}),
    "a date that is none": (lambda f, w: None, {"date": "20269999T999999Z"}),
    "Host not signed": (lambda f, w: None, {"names": SIGNED[:1] + SIGNED[2:]}),
    "the date not signed": (lambda f, w: None, {"names": SIGNED[:3]}),
    "the digest not signed": (lambda f, w: None, {"names": SIGNED[:2] + SIGNED[3:]}),
    "no signed header at all": (lambda f, w: None, {"names": ()}),
    "a second date": (lambda f, w: w["extra"].append(("X-Hyper-Date", hyper.stamp(-1))), {}),
    "a second digest": (lambda f, w: w["extra"].append(("x-hyper-content-sha256", hyper.sha256(b"y"))), {}),
    "the wrong service in the scope": (_set("Authorization", lambda v: v.replace("/hyper/hyper_request", "/s3/hyper_request")), {}),
    "another day in the scope": (_set("Authorization", lambda v: v.replace("/" + hyper.stamp()[:8] + "/", "/20250101/")), {}),
}

for _name, (_change, _how) in TAMPERED.items():
    add(f"a Hyper signature with {_name} gets 401", tampered(_change, **_how))

for _offset in (-240, 240):
    def _skew(t, offset=_offset):
        c = t.client(None)
        let_in(t, c, "acme", lambda: send_signed(c, signed(t, date=hyper.stamp(offset))))
    add(f"a Hyper signature with a clock {abs(_offset)} s {'behind' if _offset < 0 else 'ahead'} is taken", _skew)


@scenario("a signed method is not another one")
def hyper_method(t):
    target = f"/v1.41/containers/{world.WEB.id}/wait"
    c = t.client(None)
    send_signed(c, signed(t, "GET", target), "POST", target, b"")
    t.message(c.response(), 401)
    t.nothing_sent()


@scenario("more than one space in a Hyper Authorization is taken")
def hyper_spaces(t):
    fields = dict(signed(t))
    fields["Authorization"] = fields["Authorization"].replace(" ", "  ")
    c = t.client(None)
    let_in(t, c, "acme", lambda: send_signed(c, list(fields.items())))


@scenario("a Hyper key of a tenant who is gone, or that was revoked, gets 401")
def hyper_revoked(t):
    c = t.client(None)
    send_signed(c, signed(t, who="revoked"))
    unauthorized(t, c)


@scenario("what a credential is never stands in the log")
def log_secrets(t):
    c = t.client("acme")
    let_in(t, c, "acme")
    t.logged(c, "request", status=200, tenant="acme", scheme="bearer")
    for line in list(t.gateway.lines):
        text = repr(line)
        if "token=" in text:  # a client that puts its key in the target: a scenario above
            continue
        for key in [k for k in t.house.keys.values() if k] + [s for _, s in t.house.hyper.values()]:
            need(key not in text, f"a secret in the log: {line}")
