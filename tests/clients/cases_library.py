"""docker-py and dockerode: one script each, its whole report compared with that from the engine's own socket."""

import json
import os

from check import Failure, case, equal
from machine import execute

HERE = os.path.dirname(os.path.abspath(__file__))


def report(lab, way, command):
    got = execute(command, lab.ways[way].env)
    if got.code != 0:
        raise Failure(f"{way}: ended with {got.code}: {got.err.decode(errors='replace')[-1500:]}")
    return json.loads(got.out)


def compare(lab, way, command, facts):
    wanted, got = report(lab, "direct", command), report(lab, way, command)
    for key in wanted:
        equal(got.get(key), wanted[key], key)
    equal(sorted(got), sorted(wanted), "what was seen")
    for key, value in facts.items():
        equal(got[key], value, key)


def tried(facts):
    return {**facts, "missing": [404, "No such container: no-such"]}


for _way in ("cert", "bearer"):
    @case(f"docker-py-{_way}", way=_way)
    def docker_py(lab, way):
        compare(lab, way, ["/usr/bin/python3", os.path.join(HERE, "sdk_python.py"), "web"],
                tried({"demux": [3, "out\n", "err\n"], "code": 137, "stream": "a\nb\n", "id": lab.ids["web"]}))

    @case(f"dockerode-{_way}", way=_way)
    def dockerode(lab, way):
        modules = os.path.join(lab.build, "clients/node_modules")
        if not os.path.isdir(modules):
            raise Failure(f"there is no {modules}; `make clients` brings it")
        many = [["0", f"input {i} {i}\n", ""] for i in range(10)]
        compare(lab, way, ["node", os.path.join(HERE, "sdk_node.js"), modules, "web"],
                tried({"output": ["3", "out\n", "err\n"], "echo": [0, 1 << 20, True],
                       "late": ["4", "early late\n", ""], "many": many}))
