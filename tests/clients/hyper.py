"""Signs requests as the Hyper clients do (HYPER-HMAC-SHA256)."""

import hashlib
import hmac
import time
import urllib.parse

SAFE = "-_.~"


def _hmac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def canonical_path(path):
    parts = [p for p in urllib.parse.unquote(path).split("/") if p]
    return "/".join(urllib.parse.quote(p, safe=SAFE) for p in parts)


def canonical_query(query):
    pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
    pairs.sort(key=lambda pair: pair[0])
    quote = urllib.parse.quote
    return "&".join(f"{quote(k, safe=SAFE)}={quote(v, safe=SAFE)}" for k, v in pairs)


class Signer:
    def __init__(self, access_key, secret, region):
        self.access_key, self.secret, self.region = access_key, secret, region

    def sign(self, method, target, host, body=b"", now=None, content_type="application/json"):
        """The headers that a signed request carries."""
        date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
        path, _, query = target.partition("?")
        digest = hashlib.sha256(body).hexdigest()
        name = host.rsplit(":", 1)
        signed_host = name[0] if len(name) == 2 and name[1] in ("80", "443") else host
        headers = {"content-type": content_type, "host": signed_host,
                   "x-hyper-content-sha256": digest, "x-hyper-date": date}
        names = ";".join(sorted(headers))
        lines = "".join(f"{k}:{headers[k].strip()}\n" for k in sorted(headers))
        request = "\n".join([method, canonical_path(path), canonical_query(query), lines, names, digest])
        scope = f"{date[:8]}/{self.region}/hyper/hyper_request"
        text = "\n".join(["HYPER-HMAC-SHA256", date, scope, hashlib.sha256(request.encode()).hexdigest()])
        key = ("HYPER" + self.secret).encode()
        for part in (date[:8], self.region, "hyper", "hyper_request"):
            key = _hmac(key, part)
        signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        return {
            "Content-Type": content_type,
            "X-Hyper-Content-Sha256": digest,
            "X-Hyper-Date": date,
            "Authorization": f"HYPER-HMAC-SHA256 Credential={self.access_key}/{scope}, "
                             f"SignedHeaders={names}, Signature={signature}",
        }
