"""hyper: the client's side of HYPER-HMAC-SHA256, written from its description alone."""

import hashlib
import hmac
import time
from urllib.parse import quote, unquote, unquote_plus

SCHEME = "HYPER-HMAC-SHA256"


def stamp(offset=0):
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() + offset))


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def canonical_query(query):
    if not query:
        return ""
    pairs = []
    for part in query.split("&"):
        key, _, value = part.partition("=")
        pairs.append((unquote_plus(key), unquote_plus(value)))
    pairs.sort(key=lambda p: p[0])
    return "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in pairs)


def sign(method, target, host, body, access_key, secret, region, date=None, content_type="application/json",
         names=("content-type", "host", "x-hyper-content-sha256", "x-hyper-date")):
    """The fields to send, as a list of (name, value)."""
    date = date or stamp()
    path, _, query = target.partition("?")
    uri = "/".join(quote(s, safe="-_.~") for s in unquote(path).split("/") if s)
    name, _, port = host.partition(":")
    values = {
        "content-type": content_type or "application/json",
        "host": name if port in ("80", "443") else host,
        "x-hyper-content-sha256": sha256(body),
        "x-hyper-date": date,
    }
    lines = "".join(f"{n}:{values[n]}\n" for n in names)
    request = "\n".join([method, uri, canonical_query(query), lines, ";".join(names), values["x-hyper-content-sha256"]])
    scope = f"{date[:8]}/{region}/hyper/hyper_request"
    text = "\n".join([SCHEME, date, scope, sha256(request.encode())])
    key = ("HYPER" + secret).encode()
    for part in (date[:8], region, "hyper", "hyper_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return [
        ("Content-Type", values["content-type"]),
        ("X-Hyper-Date", date),
        ("X-Hyper-Content-Sha256", values["x-hyper-content-sha256"]),
        ("Authorization",
         f"{SCHEME} Credential={access_key}/{scope}, SignedHeaders={';'.join(names)}, Signature={signature}"),
    ]
