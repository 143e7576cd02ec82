"""What the process tests share: a gateway in a folder of its own, a small engine, clients."""
import hashlib
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time

BINARY = os.path.abspath(os.environ.get("FAIRLEAD", "build/fairlead"))
CONTAINER = "c" * 64


def wait_for(what, predicate, seconds=10.0):
    """Polls until the predicate gives something true, and returns that."""
    end = time.monotonic() + seconds
    while True:
        got = predicate()
        if got:
            return got
        if time.monotonic() > end:
            raise AssertionError("waited %.0f s in vain: %s" % (seconds, what))
        time.sleep(0.02)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Engine:
    """Answers what the gateway asks an engine; an attach becomes an echo."""

    def __init__(self, path):
        self.path = path
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(64)
        self.open = True
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while self.open:
            try:
                conn, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(conn,), daemon=True).start()

    def serve(self, conn):
        data = b""
        with conn:
            while True:
                while b"\r\n\r\n" not in data:
                    piece = conn.recv(65536)
                    if not piece:
                        return
                    data += piece
                head, data = data.split(b"\r\n\r\n", 1)
                path = head.split(b" ")[1].decode().split("?")[0]
                if path.endswith("/attach"):
                    conn.sendall(b"HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n"
                                 b"Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
                    self.echo(conn, data)
                    return
                body, kind = self.answer(path)
                conn.sendall(b"HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nServer: Docker\r\nContent-Type: " + kind +
                             b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    @staticmethod
    def echo(conn, data):
        while True:
            if data:
                conn.sendall(data)
            data = conn.recv(65536)
            if not data:
                return

    @staticmethod
    def answer(path):
        if path.endswith("/version"):
            value = {"ApiVersion": "1.41", "MinAPIVersion": "1.12", "Version": "20.10.24"}
        elif path.endswith("/json") and "/containers/" in path:
            value = {"Id": CONTAINER, "Name": "/box", "State": {"Running": True}, "HostConfig": {}, "Mounts": [],
                     "Config": {"Labels": {"fairlead.tenant": "acme"}, "Tty": False}, "NetworkSettings": {}}
        else:
            return b"OK", b"text/plain; charset=utf-8"
        return json.dumps(value).encode(), b"application/json"

    def close(self):
        self.open = False
        self.listener.close()
        os.unlink(self.path)


class Gateway:
    def __init__(self, **options):
        self.dir = tempfile.mkdtemp(prefix="fairlead-run-")
        self.port = free_port()
        self.admin = self.dir + "/admin.sock"
        self.engine = Engine(self.dir + "/engine.sock")
        self.config_path = self.dir + "/fairlead.conf"
        self.log_path = self.dir + "/log"
        self.new_certificate()
        self.options = {
            "listen": ["127.0.0.1:%d" % self.port],
            "engine": "unix:" + self.engine.path,
            "admin_socket": self.admin,
            "workers": 2,
            "credentials": self.dir + "/credentials.json",
            "tenants": {"acme": {}},
            "tls": {"certificates": [{"cert": self.dir + "/cert.pem", "key": self.dir + "/key.pem"}]},
            "timeouts": {"drain": 20},
            "log": {"level": "debug"},
        }
        self.options.update(options)
        self.key = ""
        self.process = None
        self.new_store()
        self.write_config()

    def new_certificate(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-subj", "/CN=localhost", "-days", "2", "-keyout", self.dir + "/key.pem", "-out",
                        self.dir + "/cert.pem"], check=True, capture_output=True)
        os.chmod(self.dir + "/key.pem", 0o600)

    def new_client(self, tenant):
        """A client certificate that is its own authority, and names its tenant; its DER."""
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-subj", "/CN=laptop", "-days", "2", "-addext", "subjectAltName=URI:urn:fairlead:tenant:" + tenant,
                        "-keyout", self.dir + "/client-key.pem", "-out", self.dir + "/client.pem"], check=True,
                       capture_output=True)
        with open(self.dir + "/client.pem", encoding="ascii") as f:
            return ssl.PEM_cert_to_DER_cert(f.read())

    def new_store(self, name="ci", **more):
        """A store with one bearer key of acme."""
        self.key = self.key or "flk_" + os.urandom(32).hex()
        credential = {"kind": "bearer", "tenant": "acme", "name": name, "created": "2026-01-02T03:04:05Z",
                      "sha256": hashlib.sha256(self.key.encode()).hexdigest(), **more}
        path = self.options["credentials"]
        with open(path + ".new", "w") as f:
            json.dump({"credentials": [credential]}, f)
        os.chmod(path + ".new", 0o600)
        os.rename(path + ".new", path)

    def write_config(self, **options):
        self.options.update(options)
        with open(self.config_path, "w") as f:
            json.dump(self.options, f, indent=1)

    def start(self, env=None, pass_fds=(), preexec=None, wait=True):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([BINARY, "serve", "-c", self.config_path], stderr=log, pass_fds=pass_fds,
                                            env=dict(os.environ, **(env or {})), preexec_fn=preexec)
        if wait:
            self.wait_log("event=serving", 1)
        return self

    def log(self):
        if not os.path.exists(self.log_path):
            return ""
        with open(self.log_path, encoding="utf-8", errors="replace") as f:
            return f.read()

    def count_log(self, text):
        return self.log().count(text)

    def wait_log(self, text, times=1, seconds=10.0):
        def seen():
            if self.count_log(text) >= times:
                return True
            if self.process.poll() is not None and self.count_log(text) < times:
                raise AssertionError("ended with %d before %r:\n%s" % (self.process.returncode, text, self.log()))
            return False
        wait_for("%r in the log:\n%s" % (text, self.log()), seen, seconds)

    def signal(self, number):
        self.process.send_signal(number)

    def reload(self):
        n = self.count_log("event=reloaded")
        self.signal(signal.SIGHUP)
        self.wait_log("event=reloaded", n + 1)

    def workers(self):
        """The pids of the master's children."""
        path = "/proc/%d/task/%d/children" % (self.process.pid, self.process.pid)
        try:
            with open(path) as f:
                return [int(p) for p in f.read().split()]
        except FileNotFoundError:
            return []

    def wait_end(self, seconds=10.0):
        return self.process.wait(timeout=seconds)

    def connect(self, port=None, client=False):
        raw = socket.create_connection(("127.0.0.1", port or self.port), timeout=10)
        return self.tls(raw, client)

    def tls(self, raw, client=False):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if client:
            context.load_cert_chain(self.dir + "/client.pem", self.dir + "/client-key.pem")
        return context.wrap_socket(raw, server_hostname="localhost")

    def request(self, sock, line="GET /_ping", extra="", client=False):
        key = "" if client else "Authorization: Bearer %s\r\n" % self.key
        sock.sendall(("%s HTTP/1.1\r\nHost: localhost\r\n%s%s\r\n" % (line, key, extra)).encode())
        return read_head(sock)

    def attach(self, client=False):
        """A live session, by the client's certificate or by the key: what is sent comes back."""
        sock = self.connect(client=client)
        status, _ = self.request(sock, "POST /v1.41/containers/%s/attach?stream=1&stdin=1&stdout=1" % CONTAINER,
                                 "Content-Length: 0\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n", client)
        assert status == 101, status
        assert echo(sock, b"hello")
        return sock

    def ask_admin(self, path, method="GET", want_headers=False):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(10)
            s.connect(self.admin)
            s.sendall(("%s %s HTTP/1.1\r\nHost: admin\r\n\r\n" % (method, path)).encode())
            data = b""
            while True:
                piece = s.recv(65536)
                if not piece:
                    break
                data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        status = int(head.split(b" ")[1])
        if want_headers:
            return status, body.decode(), head.decode()
        return status, body.decode()

    def metric(self, name):
        for line in self.ask_admin("/metrics")[1].splitlines():
            if line.startswith(name + " "):
                return int(line.split()[1])
        raise AssertionError("no metric " + name)

    def close(self):
        if self.process and self.process.poll() is None:
            self.signal(signal.SIGINT)
            try:
                self.wait_end(15)
            except subprocess.TimeoutExpired:
                for pid in self.workers() + [self.process.pid]:
                    os.kill(pid, signal.SIGKILL)
                self.process.wait()
                raise AssertionError("SIGINT did not end it:\n" + self.log())
        self.engine.close()

    def remove(self):
        shutil.rmtree(self.dir, ignore_errors=True)


def read_head(sock):
    data = b""
    while b"\r\n\r\n" not in data:
        piece = sock.recv(65536)
        if not piece:
            return 0, data
        data += piece
    head, rest = data.split(b"\r\n\r\n", 1)
    for line in head.split(b"\r\n")[1:]:
        if line.lower().startswith(b"content-length:"):
            n = int(line.split(b":")[1])
            while len(rest) < n:
                rest += sock.recv(65536)
    return int(head.split(b" ")[1]), rest


def echo(sock, data):
    sock.sendall(data)
    got = b""
    while len(got) < len(data):
        piece = sock.recv(65536)
        if not piece:
            return False
        got += piece
    return got == data


def ended(sock):
    """The other side ended it, orderly or not."""
    try:
        sock.settimeout(10)
        while sock.recv(65536):
            pass
        return True
    except (ConnectionError, ssl.SSLError):
        return True
    except socket.timeout:
        return False
