"""Compose: one project with two services, a volume and a network, the same for both tenants at one time."""

import os
import shutil

from check import Failure, Skip, case, equal, true
from house import IMAGE
from machine import execute

PROJECT = f"""
version: "3.7"
services:
  web:
    image: {IMAGE}
    command: sh -c 'echo web is up; trap exit TERM; while :; do sleep 0.2; done'
    volumes: ["data:/data"]
    networks: [front]
    environment: {{A: b}}
    depends_on: [db]
  db:
    image: {IMAGE}
    command: sh -c 'echo db is up; trap exit TERM; while :; do sleep 0.2; done'
    networks: [front]
    volumes: ["data:/data"]
volumes: {{data: {{}}}}
networks: {{front: {{}}}}
"""


BUILT = """
version: "3.7"
services:
  made:
    build: {context: ., network: none, args: {WHO: someone}, labels: {a: b}}
    network_mode: none
"""


class Project:
    def __init__(self, house, tenant, text=PROJECT, **files):
        self.tenant = tenant
        self.folder = os.path.join(house.folder, "project-" + tenant.name, "shop")
        os.makedirs(self.folder, exist_ok=True)
        for name, data in {"docker-compose.yml": text, **files}.items():
            with open(os.path.join(self.folder, name), "w") as f:
                f.write(data)

    def run(self, *arguments):
        env = {**self.tenant.way.env, "COMPOSE_HTTP_TIMEOUT": "60", "COMPOSE_TLS_VERSION": "TLSv1_2"}
        command = ["docker-compose", "--no-ansi", "-f", os.path.join(self.folder, "docker-compose.yml"), *arguments]
        done = execute(command, env)
        if done.code != 0:
            raise Failure(f"{self.tenant.name}: {' '.join(arguments)}: {done}")
        return done.out.decode()


@case("life-compose")
def compose(house):
    if not shutil.which("docker-compose"):
        raise Skip("docker-compose is not on this machine")
    projects = [Project(house, house.tenants[name]) for name in ("acme", "beta")]
    for p in projects:
        p.run("up", "-d")
    for p in projects:
        told = p.run("ps")
        true(told.count("Up") == 2 and "shop_web_1" in told and "shop_db_1" in told, f"ps: {told}")
        true(p.tenant.name + "--" not in told, told)
        equal(p.run("exec", "-T", "web", "sh", "-c", f"echo {p.tenant.name} > /data/whose; echo $A").strip(), "b", "exec")
    for p in projects:
        equal(p.run("exec", "-T", "db", "cat", "/data/whose").strip(), p.tenant.name, "the shared volume")
        equal(p.run("exec", "-T", "web", "sh", "-c", "ping -c1 -W3 db >/dev/null && echo reached").strip(), "reached", "db by its name")
        equal(p.run("exec", "-T", "web", "sh", "-c", "ping -c1 -W3 shop_db_1 >/dev/null && echo reached").strip(), "reached",
              "db by its container's name")
        true("web is up" in p.run("logs", "--no-color", "web"), "logs")
        true("db is up" in p.run("logs", "--no-color"), "logs of all")
        p.run("up", "-d", "--scale", "web=2")
        true("shop_web_2" in p.run("ps"), "a second web")
        p.run("restart", "-t", "1", "web")
        p.run("stop", "-t", "1")
        p.run("start")
        p.run("up", "-d", "--force-recreate", "-t", "1", "web")
    projects[0].run("down", "-v", "-t", "1")
    true(projects[1].run("ps").count("Up") >= 2, "the other's project goes on")
    projects[1].run("down", "-v", "-t", "1")
    for p in projects:
        for what in (("ps", "-aq"), ("volume", "ls", "-q")):
            equal(p.tenant.must(*what), "", f"left of {p.tenant.name}")


@case("life-compose-build")
def compose_build(house):
    if not shutil.which("docker-compose"):
        raise Skip("docker-compose is not on this machine")
    for name in ("acme", "beta"):
        p = Project(house, house.tenants[name], BUILT, Dockerfile=f"FROM {IMAGE}\nARG WHO\nRUN echo $WHO of {name} > /who\nCMD cat /who\n")
        p.run("build")
        p.run("up", "-d")
        equal(p.tenant.must("logs", "shop_made_1"), f"someone of {name}", "what was built")
        p.run("down", "--rmi", "all", "-t", "1")
        p.tenant.must("image", "prune", "-f")
