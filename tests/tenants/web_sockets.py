"""Attach, exec and events by WebSocket on a real engine, with Node's `ws`."""

import base64
import hashlib
import json
import os
import subprocess
import threading

from check import Failure, case, equal, true, until
from house import FOREVER, IMAGE
from machine import clean_environment

HERE = os.path.dirname(os.path.abspath(__file__))
BOTH = ("acme", "beta")


class Socket:
    """One WebSocket of a tenant's, run beside the case."""

    def __init__(self, house, tenant, target, script, fields=None):
        modules = os.path.join(house.build, "clients/node_modules")
        if not os.path.isdir(os.path.join(modules, "ws")):
            raise Failure(f"there is no {modules}/ws; `make tenants` brings it")
        folder = os.path.join(house.folder, "cert-" + tenant)
        todo = {"url": f"wss://127.0.0.1:{house.gateway.port}{target}", "ca": house.pki("ca.pem"), "fields": fields,
                "cert": os.path.join(folder, "cert.pem"), "key": os.path.join(folder, "key.pem"), "script": script}
        self.process = subprocess.Popen(["node", os.path.join(HERE, "ws_client.js"), modules], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, env=clean_environment())
        self.process.stdin.write(json.dumps(todo).encode())
        self.process.stdin.close()

    def result(self):
        out = self.process.stdout.read()
        self.process.wait()
        true(out, "the client said nothing")
        got = json.loads(out)
        got["data"] = base64.b64decode(got["data"])
        return got


def say(text):
    return {"binary": base64.b64encode(text.encode() if isinstance(text, str) else text).decode()}


def ended(got, code=1000):
    equal((got["code"], got["status"]), (code, None), f"the end ({got['reason']} {got['body']})")


def container(house, tenant, *command, options=()):
    """As the gateway would make it."""
    done = house.engine("run", "-d", "--name", tenant + "--ws", "--label", "fairlead.tenant=" + tenant, "--network", "none",
                        *options, IMAGE, *(command or FOREVER))
    true(done.code == 0, f"{done}")
    return done.out.decode().strip()


def gone(house, tenant):
    house.engine("rm", "-f", tenant + "--ws")


def new_exec(house, tenant, *command, tty=False):
    r = house.tenants[tenant].ask("POST", "/v1.41/containers/ws/exec", {
        "AttachStdin": True, "AttachStdout": True, "AttachStderr": True, "Tty": tty, "Cmd": list(command)})
    equal(r.status, 201, "exec create")
    return r.json()["Id"]


@case("ws-exec-terminal")
def exec_terminal(house):
    """A shell in a terminal, its size at the start and after a resize."""
    for tenant in BOTH:
        container(house, tenant)
        try:
            e = new_exec(house, tenant, "sh", tty=True)
            got = Socket(house, tenant, f"/v1.41/exec/{e}/ws?tty=1&h=30&w=100", [
                {"wait": "#"}, say("stty size; echo one\n"), {"wait": "30 100"}, {"wait": "one\r\n"},
                {"text": '{"resize":[41,123]}'}, say("sleep 1; stty size; exit\n"), {"wait": "41 123"}]).result()
            ended(got)
        finally:
            gone(house, tenant)


@case("ws-exec-bytes")
def exec_bytes(house):
    """Without a terminal: all bytes go through and back, stdin is ended by command, stderr comes too."""
    data = b"".join(hashlib.sha256(bytes([i & 255, i >> 8])).digest() for i in range(65536))
    for tenant in BOTH:
        container(house, tenant)
        try:
            e = new_exec(house, tenant, "sh", "-c", "cat; echo to stderr >&2")
            script = [say(data[i:i + 100000]) for i in range(0, len(data), 100000)] + [{"text": '{"stdin":"close"}'}]
            got = Socket(house, tenant, f"/exec/{e}/ws", script).result()
            ended(got)
            equal(len(got["data"]), len(data) + 10, "length of the output")
            true(got["data"].replace(b"to stderr\n", b"") == data, "the output")
        finally:
            gone(house, tenant)


@case("ws-exec-slow")
def exec_slow(house):
    """A client that does not read loses nothing."""
    container(house, "acme")
    try:
        e = new_exec(house, "acme", "sh", "-c", "dd if=/dev/zero bs=65536 count=800 2>/dev/null | tr '\\0' x; echo end")
        got = Socket(house, "acme", f"/exec/{e}/ws", [{"wait": "x"}, {"slow": 1500}]).result()
        ended(got)
        equal(len(got["data"]), 800 * 65536 + 4, "length of the output")
    finally:
        gone(house, "acme")


@case("ws-exec-refused")
def exec_refused(house):
    """Another's exec is missing; a client that leaves ends the session; an unknown command is refused."""
    container(house, "acme")
    try:
        e = new_exec(house, "acme", "sh", tty=True)
        got = Socket(house, "beta", f"/exec/{e}/ws?tty=1", []).result()
        true(got["status"] == 404 and "No such exec instance" in got["body"], f"{got}")
        got = Socket(house, "acme", f"/exec/{e}/ws?tty=1", [], {"Origin": "https://evil.example"}).result()
        true(got["status"] == 403 and "Origin" in got["body"], f"{got}")
        ended(Socket(house, "acme", f"/exec/{e}/ws?tty=1", [{"wait": "#"}, {"text": "ls"}]).result(), 1008)
        e = new_exec(house, "acme", "sh", tty=True)
        ended(Socket(house, "acme", f"/exec/{e}/ws?tty=1", [{"wait": "#"}, {"close": 1000}]).result())
    finally:
        gone(house, "acme")


@case("ws-attach")
def attach(house):
    """What a container says and is told, with a terminal and without."""
    for tenant in BOTH:
        for options, said in ((["-i"], "line\n"), (["-it"], "line\r\nline\r\n")):
            container(house, tenant, "sh", "-c", "read line; echo $line; echo other >&2; sleep 1", options=options)
            try:
                got = Socket(house, tenant, "/v1.41/containers/ws/attach/ws?stream=1&stdin=1&stdout=1&stderr=1",
                             [say("line\n")]).result()
                ended(got)
                true(said.encode() in got["data"] and b"other" in got["data"], f"{got['data']!r}")
            finally:
                gone(house, tenant)


@case("ws-events")
def events(house):
    """Both tenants' containers of one name come and go; each is told of its own only, under its name."""
    sockets = {name: Socket(house, name, '/events/ws?filters={"type":["container"]}', [{"wait": '"destroy"'}, {"close": 1000}])
               for name in BOTH}
    threading.Event().wait(1.5)
    ids = {}
    for tenant in BOTH:
        ids[tenant] = container(house, tenant)
    for tenant in BOTH:
        gone(house, tenant)
    for tenant in BOTH:
        got = sockets[tenant].result()
        ended(got)
        told = [json.loads(text) for text in got["texts"]]
        actions = [e["Action"] for e in told]
        true({"create", "start", "die", "destroy"} <= set(actions), f"{actions}")
        for e in told:
            equal(e["Actor"]["ID"], ids[tenant], "whose event it is")
            equal(e["Actor"]["Attributes"]["name"], "ws", "its name")


@case("ws-rows")
def rows(house):
    """An open WebSocket is a session that the operator sees, with its bytes."""
    container(house, "acme")
    try:
        e = new_exec(house, "acme", "sh", tty=True)
        s = Socket(house, "acme", f"/exec/{e}/ws?tty=1", [say("echo marked; sleep 2; exit\n")])

        def seen():
            return [r for r in house.gateway.sessions() if r["endpoint"] == "exec-ws" and r["down"] > 8]
        row = until(seen, "the session's row", 20)[0]
        equal((row["tenant"], row["exec"], row["up"]), ("acme", e, 27), "the row")
        ended(s.result())
    finally:
        gone(house, "acme")
