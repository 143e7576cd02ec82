"""world: the containers and execs of the engine stub, and its answers about them.

Whatever tells of the host or of another tenant holds the word SECRET, so that
one look at a tenant's answer shows whether something came through.
"""

import hashlib
import json

LABEL = "fairlead.tenant"
SECRET = "HOST-SECRET"


def identity(name):
    return hashlib.sha256(name.encode()).hexdigest()


class Container:
    def __init__(self, name, tenant, tty=False, labels=()):
        self.name, self.id, self.tenant, self.tty = name, identity("container " + name), tenant, tty
        self.labels = dict(labels)
        if tenant:
            self.labels[LABEL] = tenant

    def answers_to(self, ref):
        return ref in (self.id, self.name) or len(ref) >= 4 and self.id.startswith(ref)

    def inspect(self):
        return {
            "Id": self.id, "Created": "2026-01-02T03:04:05.123456789Z", "Path": "sh", "Args": [],
            "State": {"Status": "running", "Running": True, "Paused": False, "Restarting": False, "OOMKilled": False,
                      "Dead": False, "Pid": 4242, "ExitCode": 0, "Error": "", "StartedAt": "2026-01-02T03:04:06Z",
                      "FinishedAt": "0001-01-01T00:00:00Z"},
            "Image": "sha256:" + identity("image"), "ResolvConfPath": f"/{SECRET}/resolv.conf",
            "HostnamePath": f"/{SECRET}/hostname", "HostsPath": f"/{SECRET}/hosts",
            "LogPath": f"/{SECRET}/{self.id}-json.log", "Name": "/" + self.name, "RestartCount": 0,
            "Driver": "overlay2", "Platform": "linux", "MountLabel": "", "ProcessLabel": "", "AppArmorProfile": "",
            "ExecIDs": None,
            "HostConfig": {"Binds": [f"/srv/{SECRET}:/data:rw"], "NetworkMode": "default", "Privileged": False,
                           "LogConfig": {"Type": "json-file", "Config": {}}},
            "GraphDriver": {"Name": "overlay2", "Data": {"UpperDir": f"/var/lib/docker/{SECRET}/diff"}},
            "Mounts": [{"Type": "bind", "Source": f"/srv/{SECRET}", "Destination": "/data", "Mode": "rw", "RW": True,
                        "Propagation": "rprivate"}],
            "Config": {"Hostname": self.id[:12], "User": "", "Tty": self.tty, "OpenStdin": True, "Env": ["A=b"],
                       "Cmd": ["sh"], "Image": "busybox", "WorkingDir": "", "Labels": self.labels},
            "NetworkSettings": {"Bridge": "", "Ports": {}, "IPAddress": "172.17.0.2"},
        }

    def listed(self):
        return {
            "Id": self.id, "Names": ["/" + self.name], "Image": "busybox", "ImageID": "sha256:" + identity("image"),
            "Command": "sh", "Created": 1767323045, "Ports": [], "Labels": self.labels, "State": "running",
            "Status": "Up 2 hours", "HostConfig": {"NetworkMode": "default"}, "NetworkSettings": {"Networks": {}},
            "Mounts": [{"Type": "bind", "Source": f"/srv/{SECRET}", "Destination": "/data", "Mode": "rw", "RW": True,
                        "Propagation": "rprivate"}],
        }


class Exec:
    def __init__(self, name, container, tty=False, privileged=False):
        self.id, self.container, self.tty, self.privileged = identity("exec " + name), container, tty, privileged

    def inspect(self):
        return {
            "ID": self.id, "Running": False, "ExitCode": None,
            "ProcessConfig": {"tty": self.tty, "entrypoint": "sh", "arguments": [], "privileged": self.privileged,
                              "user": ""},
            "OpenStdin": True, "OpenStderr": True, "OpenStdout": True, "CanRemove": False,
            "ContainerID": self.container.id, "DetachKeys": "", "Pid": 0,
        }


WEB = Container("web", "acme", labels={"app": "shop"})
API = Container("api-1.acme_x", "acme", tty=True)
DB = Container("db", "beta")
BARE = Container("bare", None)
CONTAINERS = (WEB, API, DB, BARE)

WEB_EXEC = Exec("web", WEB)
WEB_TTY_EXEC = Exec("web tty", WEB, tty=True)
WEB_ROOT_EXEC = Exec("web privileged", WEB, privileged=True)
DB_EXEC = Exec("db", DB)
BARE_EXEC = Exec("bare", BARE)
EXECS = (WEB_EXEC, WEB_TTY_EXEC, WEB_ROOT_EXEC, DB_EXEC, BARE_EXEC)

INFO = {
    "ID": SECRET, "Containers": 4, "ContainersRunning": 4, "ContainersPaused": 0, "ContainersStopped": 0, "Images": 7,
    "Driver": "overlay2", "DriverStatus": [["Backing Filesystem", "extfs"]], "Plugins": {"Volume": ["local", SECRET]},
    "MemoryLimit": True, "SwapLimit": True, "Debug": False, "NFd": 30, "OomKillDisable": True, "NGoroutines": 40,
    "SystemTime": "2026-01-02T03:04:05Z", "LoggingDriver": "json-file", "CgroupDriver": "systemd", "NEventsListener": 0,
    "KernelVersion": "6.1.0", "OperatingSystem": "Debian GNU/Linux 12", "OSType": "linux", "Architecture": "x86_64",
    "IndexServerAddress": "https://index.docker.io/v1/",
    "RegistryConfig": {"InsecureRegistryCIDRs": ["127.0.0.0/8"], "IndexConfigs": {SECRET: {}}, "Mirrors": [SECRET]},
    "NCPU": 4, "MemTotal": 8000000000, "DockerRootDir": f"/var/{SECRET}", "HttpProxy": f"http://{SECRET}:3128",
    "HttpsProxy": SECRET, "NoProxy": SECRET, "Name": SECRET, "Labels": [SECRET], "ExperimentalBuild": False,
    "ServerVersion": "20.10.24", "Runtimes": {"runc": {"path": SECRET}}, "DefaultRuntime": "runc",
    "Swarm": {"NodeID": SECRET, "NodeAddr": SECRET, "LocalNodeState": "inactive"}, "LiveRestoreEnabled": False,
    "Isolation": "", "InitBinary": "docker-init", "SecurityOptions": ["name=seccomp,profile=default"], "Warnings": None,
}


def find_container(ref):
    for match in (lambda c: c.id == ref, lambda c: c.name == ref, lambda c: c.answers_to(ref)):
        found = [c for c in CONTAINERS if match(c)]
        if len(found) == 1:
            return found[0]
    return None


def find_exec(ref):
    return next((e for e in EXECS if e.id == ref), None)


def dumps(value):
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"
