"""A second engine: Podman's service with its Docker-compatible API, in folders of its own."""

import os
import shutil
import subprocess
import tempfile

from check import Failure, until
from gateway import unix_get
from machine import clean_environment, run


class Podman:
    def __init__(self, folder):
        self.folder = tempfile.mkdtemp(prefix="podman-", dir=folder)
        self.socket = os.path.join(self.folder, "sock")
        self.log = os.path.join(self.folder, "log")
        self.service = None

    def command(self, *arguments):
        f = self.folder
        return ["podman", "--root", f + "/root", "--runroot", f + "/run", "--tmpdir", f + "/tmp", "--storage-driver",
                "vfs", "--cgroup-manager", "cgroupfs", "--events-backend", "file", *arguments]

    def do(self, *arguments):
        return run(*self.command(*arguments))

    def start(self, image):
        """`image`: a tar file with the root of a container."""
        self.do("import", image, "fairlead-test:1")
        with open(self.log, "wb") as out:
            self.service = subprocess.Popen(self.command("system", "service", "--time", "0", "unix://" + self.socket),
                                            stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=clean_environment())
        until(self.answers, "podman's first answer", 30)

    def answers(self):
        if self.service.poll() is not None:
            with open(self.log) as log:
                raise Failure(f"podman ended with {self.service.returncode}: {log.read()[-1000:]}")
        try:
            return unix_get(self.socket, "/_ping")[0] == 200
        except OSError:
            return False

    def container(self, name, tenant):
        # The limits that it would set by itself are above those of many a machine.
        return self.do("run", "-d", "--network", "none", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024",
                       "--name", name, "--label", "fairlead.tenant=" + tenant, "fairlead-test:1", "sleep", "3600")

    def processes(self):
        """What names this folder on its command line: the monitors of containers and of execs that ended."""
        found = []
        for entry in os.listdir("/proc"):
            try:
                with open(f"/proc/{entry}/cmdline", "rb") as f:
                    if entry.isdigit() and (self.folder + "/").encode() in f.read():
                        found.append(int(entry))
            except OSError:
                continue
        return found

    def stop(self):
        try:
            self.do("rm", "-af", "-t", "0")
        finally:
            if self.service:
                self.service.terminate()
                self.service.wait(30)
            for pid in self.processes():
                try:
                    os.kill(pid, 9)
                except ProcessLookupError:
                    pass
            until(lambda: not self.processes(), "the end of podman's processes", 30)
            for mount in self.mounts():
                run("umount", mount)
            shutil.rmtree(self.folder)

    def mounts(self):
        with open("/proc/self/mountinfo") as table:
            points = [line.split()[4] for line in table]
        return sorted((p for p in points if p.startswith(self.folder + "/")), reverse=True)
