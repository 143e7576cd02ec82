"""docker-py and dockerode: one script each, for both tenants at one time, with the same names."""

import json
import os
import re

from check import Failure, case, equal
from house import IMAGE
from machine import execute

HERE = os.path.dirname(os.path.abspath(__file__))


def report(way, command):
    got = execute(command, way.env)
    if got.code != 0:
        raise Failure(f"{way.name}: ended with {got.code}: {got.err.decode(errors='replace')[-2500:]}")
    # Engine 20.10 says it twice of an inspect, newer ones once.
    return json.loads(re.sub(r"no such image: [^ \"]+: (?=No such image: )", "", got.out.decode()))


def compare(house, command):
    wanted = report(house.direct, command)
    for name in ("acme", "beta"):
        got = report(house.tenants[name].way, command)
        for key in wanted:
            equal(got.get(key), wanted[key], f"{name}: {key}")


@case("life-docker-py")
def docker_py(house):
    compare(house, ["/usr/bin/python3", "-P", os.path.join(HERE, "sdk_life.py"), IMAGE])


@case("life-dockerode")
def dockerode(house):
    modules = os.path.join(house.build, "clients/node_modules")
    if not os.path.isdir(modules):
        raise Failure(f"there is no {modules}; `make tenants` brings it")
    compare(house, ["node", os.path.join(HERE, "sdk_life.js"), modules, IMAGE])
