"""The groups of the seed system's API that the engine does not have, on another real server: nginx."""

import contextlib
import hashlib
import http.client
import os
import shutil
import socket
import subprocess
import threading

from check import Skip, case, equal, true, until
from gateway import Gateway
from machine import clean_environment

CONFIG = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log info;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  types {{ }} default_type application/x-stored;
  server {{
    listen unix:{folder}/nginx.sock;
    listen 127.0.0.1:{port};
    add_header X-Told "$http_x_fairlead_tenant $http_x_fairlead_key" always;
    add_header X-Uri "$request_method $request_uri" always;
    location / {{ root {folder}/store; dav_methods PUT DELETE; create_full_put_path on; client_max_body_size 0; }}
    location /cron/small/ {{ root {folder}/store; dav_methods PUT; client_max_body_size 64k; }}
  }}
}}
"""


class Nginx:
    """One that keeps what is PUT, and says in its answers what it was told."""

    def __init__(self, house):
        self.program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if not self.program:
            raise Skip("there is no nginx; docker/install-deps.sh test brings it")
        self.folder = os.path.join(house.folder, "nginx")
        os.makedirs(os.path.join(self.folder, "store"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.config = os.path.join(self.folder, "nginx.conf")
        with open(self.config, "w") as out:
            out.write(CONFIG.format(folder=self.folder, port=self.port))
        self.process = None

    def start(self):
        self.process = subprocess.Popen([self.program, "-c", self.config], stdin=subprocess.DEVNULL,
                                        env=clean_environment())
        until(lambda: os.path.exists(os.path.join(self.folder, "pid")), "nginx's start", 20)

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(20)

    def stored(self):
        found = []
        for folder, _, files in os.walk(os.path.join(self.folder, "store")):
            found += [os.path.join(folder, name) for name in files]
        return found


@contextlib.contextmanager
def standing(house):
    """nginx has two groups, one by its unix socket and one by TCP; the others have no backend."""
    nginx = Nginx(house)
    gateway = Gateway(house.program, house.folder, "groups", house.recorder.path, house.pki, house.credentials,
                      "us-west-1", {"body": "64KiB"}, tenants={"acme": {}, "beta": {}},
                      more={"backends": {"snapshots": f"unix:{nginx.folder}/nginx.sock",
                                         "cron": f"tcp:127.0.0.1:{nginx.port}"}})
    try:
        nginx.start()
        gateway.start()
        yield nginx, gateway
    finally:
        gateway.stop()
        nginx.stop()
        shutil.rmtree(nginx.folder, ignore_errors=True)


class Client:
    def __init__(self, house, gateway, tenant):
        self.c = http.client.HTTPSConnection("127.0.0.1", gateway.port, timeout=60, context=house.tenants[tenant].context)

    def ask(self, method, target, body=None, fields=None, chunked=False):
        self.c.request(method, target, body, fields or {}, encode_chunked=chunked)
        r = self.c.getresponse()
        return r, r.read()


def pieces(count):
    for i in range(count):
        yield bytes([i & 255]) * 65536


@case("groups-bodies")
def bodies(house):
    """Bodies much larger than limits.body stream to the server and back, with a length and without."""
    with standing(house) as (nginx, gateway):
        for tenant in ("acme", "beta"):
            c = Client(house, gateway, tenant)
            for group in ("snapshots", "cron"):
                path = f"/{group}/of-{tenant}/file"
                wanted = hashlib.sha256(b"".join(pieces(400))).hexdigest()
                r, _ = c.ask("PUT", path, pieces(400), {"Transfer-Encoding": "chunked"}, chunked=True)
                equal(r.status, 201, "PUT")
                equal(r.headers["X-Told"], f"{tenant} {tenant}", "what the server was told")
                r, got = c.ask("GET", path)
                equal((r.status, hashlib.sha256(got).hexdigest()), (200, wanted), "GET")
                equal(r.headers["Content-Type"], "application/x-stored", "type")
                r, _ = c.ask("PUT", path, b"short")
                equal(r.status, 204, "PUT again, with a length")
                equal(c.ask("GET", path)[1], b"short", "GET again")
                r, _ = c.ask("HEAD", path)
                equal((r.status, r.headers["Content-Length"]), (200, "5"), "HEAD")
                equal(c.ask("DELETE", path)[0].status, 204, "DELETE")
                r, _ = c.ask("GET", path)
                equal(r.status, 404, "the server's own 404")
        equal(nginx.stored(), [], "files left")


@case("groups-told")
def told(house):
    """No client can say that it is another; path, query and version arrive as they were sent."""
    with standing(house) as (_, gateway):
        c = Client(house, gateway, "acme")
        lie = {"X-Fairlead-Tenant": "beta", "x-fairlead-key": "root", "X-Fairlead_Tenant": "beta", "Authorization": "x y"}
        for target in ("/snapshots/a", "/v1.23/snapshots/a?name=a&name=b", "/cron/x?q=1%202"):
            r, _ = c.ask("GET", target, fields=lie)
            equal(r.headers["X-Told"], "acme acme", target)
        r, _ = c.ask("GET", "/v1.23/snapshots/a?name=a&name=b")
        equal(r.headers["X-Uri"], "GET /v1.23/snapshots/a?name=a&name=b", "the target")
        for field in ("X-Fairlead-Tenant", "X-Fairlead-Key"):
            true(field not in r.headers, f"{field} in an answer")
        sent = [q for q in house.recorder.sent if "snapshots" in q.target or "cron" in q.target]
        equal(sent, [], "what the engine got of the groups")


@case("groups-none")
def none(house):
    """A group without a backend is answered 501 with its name; the engine's own path of that name is the engine's."""
    with standing(house) as (_, gateway):
        c = Client(house, gateway, "acme")
        for group in ("fips", "sg", "compose", "func"):
            for method, target in (("GET", f"/{group}/json"), ("POST", f"/v1.23/{group}/create")):
                r, got = c.ask(method, target, b"{}" if method == "POST" else None)
                true(r.status == 501 and group.encode() in got, f"{method} {target}: {r.status} {got}")
                if r.headers.get("Connection") == "close":
                    c = Client(house, gateway, "acme")
        r, got = c.ask("GET", "/services")
        true(r.status == 403 and b"service-list" in got, f"/services: {r.status} {got}")


@case("groups-early")
def early(house):
    """A server that refuses a body before its end is heard, and the client is not left hanging."""
    with standing(house) as (nginx, gateway):
        c = Client(house, gateway, "acme").c
        c.putrequest("PUT", "/cron/small/file")
        c.putheader("Transfer-Encoding", "chunked")
        c.endheaders()
        try:
            for piece in pieces(200):
                c.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        except OSError:
            pass  # it need not read what nobody wants
        r = c.getresponse()
        r.read()
        equal((r.status, r.headers["Connection"]), (413, "close"), "the early answer")
        equal(nginx.stored(), [], "files left")


@case("groups-broken")
def broken(house):
    """A client that leaves within its body leaves nothing behind; a server that is gone is a 502 with the group's name."""
    with standing(house) as (nginx, gateway):
        c = Client(house, gateway, "acme").c
        c.putrequest("PUT", "/snapshots/half")
        c.putheader("Transfer-Encoding", "chunked")
        c.endheaders()
        c.send(b"5\r\nhello\r\n")
        c.close()
        threading.Event().wait(0.3)
        equal(nginx.stored(), [], "a file of half a body")
        nginx.stop()
        nginx.process = None
        for group in ("snapshots", "cron"):
            r, got = Client(house, gateway, "acme").ask("POST", f"/{group}/x", b"body")
            true(r.status == 502 and group.encode() in got, f"{group}: {r.status} {got}")
