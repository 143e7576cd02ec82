#!/usr/bin/python3
"""docker-py at work, configured by the environment only. Prints what it saw as one JSON line."""

import hashlib
import json
import os
import sys

import docker

CONTAINER, SIZE = sys.argv[1], 1 << 20


def read_all(stream, count):
    got = b""
    while len(got) < count:
        part = stream.recv(65536)
        if not part:
            break
        got += part
    return got


def error(call):
    try:
        return ["no error", str(call())]
    except docker.errors.APIError as e:
        return [e.status_code, e.explanation]


def connect():
    folder = os.environ.get("DOCKER_CERT_PATH")
    if not folder or os.path.exists(os.path.join(folder, "cert.pem")):
        return docker.from_env(timeout=100)
    # from_env wants a client certificate; the credential is in config.json here, which it reads as the CLI does.
    tls = docker.tls.TLSConfig(ca_cert=os.path.join(folder, "ca.pem"), verify=True)
    return docker.DockerClient(base_url=os.environ["DOCKER_HOST"].replace("tcp:", "https:"), tls=tls, timeout=100)


def main():
    saw = {}
    client = connect()
    saw["ping"] = client.ping()
    saw["api"] = client.version()["ApiVersion"]
    saw["names"] = sorted(c.name for c in client.containers.list(filters={"name": "web"}))
    web = client.containers.get(CONTAINER)
    saw["id"] = web.id

    done = web.exec_run(["sh", "-c", "echo out; echo err >&2; exit 3"], demux=True)
    saw["demux"] = [done.exit_code, *(part.decode() for part in done.output)]
    done = web.exec_run(["sh", "-c", "exit 137"])
    saw["code"] = done.exit_code
    done = web.exec_run(["sh", "-c", "seq 1 200000"])
    saw["long"] = [len(done.output), hashlib.md5(done.output).hexdigest()]
    saw["stream"] = b"".join(web.exec_run(["sh", "-c", "echo a; sleep 0.2; echo b"], stream=True).output).decode()
    saw["terminal"] = web.exec_run(["sh", "-c", "tty; echo x"], tty=True).output.decode()
    saw["detached"] = web.exec_run("true", detach=True).output
    saw["environment"] = web.exec_run(["sh", "-c", "echo $A; pwd"], environment={"A": "1 2"},
                                      workdir="/tmp").output.decode()

    # It cannot half-close over TLS, so the process counts its input itself.
    api = client.api
    made = api.exec_create(CONTAINER, ["sh", "-c", f"head -c {SIZE} | md5sum"], stdin=True)["Id"]
    stream = api.exec_start(made, socket=True, tty=False)
    data = bytes(i * 7 & 255 for i in range(SIZE))
    raw = getattr(stream, "_sock", stream)
    raw.settimeout(100)
    raw.sendall(data)
    head = read_all(raw, 8)
    saw["socket"] = [list(head), read_all(raw, int.from_bytes(head[4:8], "big")).decode(),
                     read_all(raw, 1).decode(), api.exec_inspect(made)["ExitCode"]]
    raw.close()

    saw["top"] = client.containers.get("frozen").top()["Titles"]
    saw["logs"] = web.logs(tail=5).decode()
    saw["missing"] = error(lambda: client.containers.get("no-such"))
    saw["paused"] = error(lambda: client.containers.get("frozen").exec_run("true"))
    saw["stats"] = sorted(web.stats(stream=False))[:3]
    os.write(1, json.dumps(saw, sort_keys=True).encode() + b"\n")


main()
