#!/usr/bin/python3
"""docker-py: a tenant's whole life, configured by the environment only. Prints what it saw as one JSON line."""

import io
import json
import os
import sys
import tarfile

import docker

IMAGE = sys.argv[1]
FOREVER = ["sh", "-c", "trap exit TERM; echo up; while :; do sleep 0.2; done"]


def error(call):
    try:
        return ["no error", str(call())]
    except docker.errors.APIError as e:
        return [type(e).__name__, e.status_code, e.explanation]


def tar(name, data):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as t:
        entry = tarfile.TarInfo(name)
        entry.size = len(data)
        t.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def main():
    saw = {}
    client = docker.from_env(timeout=100)
    net = client.networks.create("net", driver="bridge", labels={"a": "b"})
    volume = client.volumes.create("data", labels={"a": "b"})
    saw["network"] = [net.name, net.attrs["Labels"], [n.name for n in client.networks.list(names=["net"])]]
    saw["volume"] = [volume.name, volume.attrs["Labels"], [v.name for v in client.volumes.list(filters={"name": "data"})]]
    web = client.containers.run(IMAGE, FOREVER, detach=True, name="web", network="net", volumes={"data": {"bind": "/data", "mode": "rw"}},
                                environment={"A": "b"}, labels={"x": "y"}, mem_limit="64m", tmpfs={"/scratch": "size=1m"},
                                healthcheck={"test": ["NONE"]}, ulimits=[docker.types.Ulimit(name="nofile", soft=100, hard=200)])
    web.reload()
    saw["web"] = [web.name, web.status, web.labels, web.attrs["Config"]["Image"], sorted(web.attrs["NetworkSettings"]["Networks"]),
                  [[m["Type"], m["Name"], m["Destination"]] for m in web.attrs["Mounts"]], web.attrs["HostConfig"]["Memory"]]
    saw["list"] = [c.name for c in client.containers.list(all=True, filters={"label": "x=y"})]
    saw["by"] = [c.name for c in client.containers.list(all=True, filters={"name": "^/web$"})]
    saw["image"] = [client.images.get(IMAGE).tags, IMAGE in sum((i.tags for i in client.images.list()), [])]
    saw["run"] = client.containers.run(IMAGE, ["sh", "-c", "echo $A"], environment={"A": "1"}, remove=True, network_mode="none").decode()
    saw["exec"] = web.exec_run(["sh", "-c", "ulimit -n; id -u"]).output.decode()
    web.put_archive("/tmp", tar("hello", b"in a tar"))
    saw["archive"] = web.exec_run("cat /tmp/hello").output.decode()
    stream, stat = web.get_archive("/tmp/hello")
    with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as t:
        saw["back"] = [stat["name"], t.extractfile("hello").read().decode()]
    web.rename("front")
    web.reload()
    saw["renamed"] = [web.name, client.containers.get("front").id == web.id]
    web.pause()
    web.unpause()
    web.update(mem_limit="96m", memswap_limit="96m")
    web.restart(timeout=0)
    saw["logs"] = web.logs(tail=1).decode()
    web.kill("SIGTERM")
    saw["wait"] = web.wait(timeout=60)["Error"]
    saw["diff"] = sorted(d["Path"] for d in web.diff() if d["Path"].startswith("/tmp"))
    made = web.commit("app", "1")
    saw["commit"] = [made.tags, client.images.get("app:1").id == made.id]
    made.tag("app", "2")
    saw["tags"] = sorted(client.images.get("app:2").tags)
    saved = b"".join(client.images.get("app:1").save(named="app:1"))
    saw["save"] = len(saved) > 1000
    client.images.remove("app:1")
    saw["load"] = sorted(client.images.load(saved)[0].tags)
    dockerfile = f"ARG X=1\nFROM {IMAGE}\nRUN echo built $X > /built\n"
    built, told = client.images.build(fileobj=tar("Dockerfile", dockerfile.encode()), custom_context=True, tag="built:1", rm=True, pull=False,
                                      buildargs={"X": "2"}, labels={"a": "b"}, network_mode="none")
    saw["build"] = [built.tags, built.labels, "".join(line.get("stream", "") for line in told).count("Successfully"),
                    client.containers.run("built:1", ["cat", "/built"], remove=True, network_mode="none").decode()]
    client.images.remove("built:1")
    web.remove(v=True)
    saw["errors"] = [error(lambda: client.containers.get("front")), error(lambda: client.images.get("nothing")),
                     error(lambda: client.networks.get("nothing")), error(lambda: client.volumes.get("nothing")),
                     error(lambda: client.containers.create("nothing", "true"))]
    client.images.remove("app:1")
    client.images.remove("app:2")
    net.remove()
    volume.remove()
    saw["left"] = [[c.name for c in client.containers.list(all=True)], [v.name for v in client.volumes.list()]]
    saw["pruned"] = sorted(client.containers.prune())
    os.write(1, json.dumps(saw, sort_keys=True).encode() + b"\n")


main()
