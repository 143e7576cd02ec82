"""The contenders of the bench: how each is configured, started, watched in /proc and ended."""

import ctypes
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def cpu_sets():
    """(what is measured, what drives it) where they work at the same time: bulk, memory."""
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) < 2:
        return set(cpus), set(cpus)
    return {cpus[0]}, set(cpus[1:])


def move(pid, cpus):
    """All threads of a process to these cores."""
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            os.sched_setaffinity(int(task), cpus)
        except ProcessLookupError:
            pass


def child_setup(cpus):
    def setup():
        os.sched_setaffinity(0, cpus)
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

    return setup


def spawn(argv, cpus, **options):
    return subprocess.Popen([str(a) for a in argv], start_new_session=True,
                            preexec_fn=child_setup(cpus), **options)


def end(process, patience=5.0):
    """Ends a process and what it started, each by its id."""
    if process is None or process.poll() is not None:
        return
    family = tree(process.pid)
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        pass
    for pid in family:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    process.wait()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def tree(pid):
    """The process and all that descend from it."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = pathlib.Path("/proc", entry, "stat").read_text()
            except OSError:
                continue
            parents[int(entry)] = int(stat.rpartition(")")[2].split()[1])
    family = [pid]
    for member in family:
        family += [p for p, parent in parents.items() if parent == member]
    return family


class Contender:
    """One server with the bench's certificate in front of the bench's engine."""

    http = False  # serves plain requests
    exec = True  # carries exec sessions
    whole = True  # takes part in everything; else in bulk and stalls only
    key = None

    def __init__(self, name, label, place):
        self.name, self.label, self.place = name, label, place
        self.process = None
        self.port = 0
        self.folder = place.folder / name
        self.folder.mkdir(parents=True, exist_ok=True)

    def configure(self):
        """Writes what is needed and returns the command line."""
        raise NotImplementedError

    def template(self, source, target, **more):
        text = (HERE / "peers" / source).read_text()
        values = {"PORT": self.port, "PEM": self.place.pem, "CERT": self.place.cert,
                  "PRIVATE": self.place.private, "SOCKET": self.place.socket, "DIR": self.folder}
        for name, value in {**values, **more}.items():
            text = text.replace(f"@{name}@", str(value))
        path = self.folder / target
        path.write_text(text)
        return path

    def start(self):
        self.port = free_port()
        argv = self.configure()
        with open(self.folder / "log", "ab") as log:
            self.process = spawn(argv, self.place.measured, stdout=log, stderr=log,
                                 stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while True:
            if self.process.poll() is not None or time.monotonic() > deadline:
                tail = (self.folder / "log").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"{self.label} does not start:\n{tail}")
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                break
            except OSError:
                time.sleep(0.02)
        self.settle()

    def stop(self):
        end(self.process)
        self.process = None

    def pids(self):
        return tree(self.process.pid)

    def move(self, cpus):
        for pid in self.pids():
            move(pid, cpus)

    def cpu(self):
        """CPU seconds so far, user and system, of all its threads."""
        total = 0
        for pid in self.pids():
            for task in os.listdir(f"/proc/{pid}/task"):
                total += int(pathlib.Path(f"/proc/{pid}/task/{task}/schedstat").read_text().split()[0])
        return total / 1e9

    def pss(self):
        """Proportional memory in KiB."""
        total = 0
        for pid in self.pids():
            for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        return total

    def descriptors(self):
        return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in self.pids())

    def settle(self, patience=3.0):
        """Until it does nothing more."""
        deadline = time.monotonic() + patience
        before = self.cpu()
        while time.monotonic() < deadline:
            time.sleep(0.1)
            now = self.cpu()
            if now - before < 0.0005:
                return
            before = now


class Haproxy(Contender):
    source, bufsize = "haproxy.cfg", 16384

    def configure(self):
        path = self.template(self.source, "haproxy.cfg", BUFSIZE=self.bufsize)
        return ["haproxy", "-db", "-f", path]


class HaproxyLarge(Haproxy):
    """Larger buffers make bulk toward the engine cheaper, and cost memory when a side stalls."""

    bufsize, whole = 65536, False


class HaproxyHttp(Haproxy):
    source = "haproxy-http.cfg"
    http, exec = True, False


class Nginx(Contender):
    def configure(self):
        module = pathlib.Path("/usr/lib/nginx/modules/ngx_stream_module.so")
        path = self.template("nginx.conf", "nginx.conf", USER="user root;" if os.getuid() == 0 else "",
                             STREAM_MODULE=f"load_module {module};" if module.exists() else "")
        return ["nginx", "-e", "stderr", "-p", self.folder, "-c", path]


class Pump(Contender):
    def configure(self):
        return [self.place.out / "pump", self.port, self.place.pem, self.place.socket]


class Fairlead(Contender):
    http = True

    def configure(self):
        config = self.template("fairlead.json", "fairlead.json")
        if self.key is None:
            self.make_key(config)
        return [self.place.fairlead, "serve", "-c", config]

    def make_key(self, config):
        """A credential store with one bearer key, which stands alone on a line of what is said."""
        store = self.folder / "credentials.json"
        store.touch(0o600)
        store.write_text('{"credentials": []}\n')
        made = subprocess.run([self.place.fairlead, "key", "new", "-c", config, "--tenant", "bench",
                               "--name", "bench", "--kind", "bearer"], capture_output=True, text=True)
        found = re.search(r"^flk_\S+$", made.stdout, re.MULTILINE)
        if made.returncode != 0 or not found:
            raise RuntimeError(f"fairlead key new: no key: {made.stderr or made.stdout}")
        self.key = found.group()


# name, class, label in the table
ROSTER = [
    ("fairlead", Fairlead, "fairlead"),
    ("haproxy", Haproxy, "HAProxy tcp"),
    ("haproxy-64k", HaproxyLarge, "HAProxy 64K"),
    ("nginx", Nginx, "nginx stream"),
    ("pump", Pump, "bare pump"),
    ("haproxy-http", HaproxyHttp, "HAProxy http"),
]
