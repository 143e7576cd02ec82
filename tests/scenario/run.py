#!/usr/bin/python3
"""Runs the scenarios against the gateway in every mode and says what failed.

  run.py --program build-san/fairlead [--only WORDS] [--mode WORDS] [--keep]

A mode is TLS 1.2 or 1.3, a client that writes whole or byte by byte, and an
engine that does. Each mode is a process with gateways of its own.
"""

import argparse
import importlib
import itertools
import multiprocessing
import os
import shutil
import ssl
import sys
import tempfile
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

from lib.gateway import SETTINGS, Gateway, House  # noqa: E402
from lib.suite import SCENARIOS, Stage, fault_text  # noqa: E402

FACTS = ("bodies", "builds", "front", "target", "auth", "ownership", "references", "answers", "exec_start", "exec_stream", "streams", "uploads", "websocket", "websocket_events", "faults", "limits", "reload", "quotas", "quota_creates", "audit")
OWN = itertools.count(1)
ENDS = "every gateway ends with exit code 0 and without a sanitizer's report"


class Mode:
    def __init__(self, tls, client_split, engine_split):
        self.tls = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[tls]
        self.client_split, self.engine_split = client_split == "bytes", engine_split == "bytes"
        self.name = f"tls {tls}, client {client_split}, engine {engine_split}"
        self.tag = f"t{tls[-1]}c{client_split[0]}e{engine_split[0]}"


MODES = [Mode(*m) for m in itertools.product(("1.3", "1.2"), ("whole", "bytes"), ("whole", "bytes"))]


def run_one(scenario, mode, house, gateways):
    """None, or what went wrong."""
    setting = SETTINGS[scenario.setting]
    gateway = gateways.get(scenario.setting)
    if not gateway:
        name = mode.tag + "".join(c if c.isalnum() else "-" for c in scenario.setting)
        name += str(next(OWN)) if setting.get("own") else ""
        gateway = Gateway(house, name, setting, mode)
        if not setting.get("own"):
            gateways[scenario.setting] = gateway
    engine, wrong = gateway.engine, []
    engine.begin()
    if gateway.backend:
        gateway.backend.begin()
    stage = Stage(mode, house, engine, gateway)
    try:
        scenario.run(stage)
    except Exception as e:
        at = traceback.extract_tb(e.__traceback__)
        line = next((f"{os.path.basename(f.filename)}:{f.lineno}" for f in reversed(at) if "/facts/" in f.filename), "")
        wrong.append(f"{fault_text(e)} ({line})")
    stage.close()
    wrong += engine.left()
    if gateway.backend:
        wrong += gateway.backend.left()
    if setting.get("own"):
        wrong += gateway.stop()
    else:
        wrong += gateway.trouble()
        if wrong:
            engine.restart()
    return "; ".join(wrong) or None


def run_mode(mode, scenarios, house, results):
    gateways = {}
    for s in scenarios:
        begin = time.monotonic()
        try:
            wrong = run_one(s, mode, house, gateways)
        except Exception as e:
            wrong = fault_text(e)
        results.put((s.name, mode.name, wrong, time.monotonic() - begin))
    wrong = []
    for g in gateways.values():
        wrong += g.stop()
    results.put((ENDS, mode.name, "; ".join(wrong) or None, 0.0))
    results.put(None)


def load():
    for name in FACTS:
        importlib.import_module("facts." + name)
    return SCENARIOS


def run_all(program, only="", mode_words="", folder=None, at_once=2, show=print, tools=True):
    """{scenario: {mode: fault or None}} and the times."""
    scenarios = [s for s in load() if only in f"{s.where} {s.name}"]
    modes = [m for m in MODES if mode_words in m.name]
    house = House(os.path.abspath(program), folder, tools)
    results, outcome, times = multiprocessing.Queue(), {}, {}
    waiting, running, left = list(modes), [], len(modes)
    while left:
        while waiting and len(running) < at_once:
            p = multiprocessing.Process(target=run_mode, args=(waiting.pop(0), scenarios, house, results))
            p.start()
            running.append(p)
        got = results.get(timeout=300)
        if got is None:
            left -= 1
            for p in [p for p in running if p.join(0.5) or p.exitcode is not None]:
                running.remove(p)
            continue
        name, mode, wrong, spent = got
        outcome.setdefault(name, {})[mode] = wrong
        times[name] = times.get(name, 0) + spent
        if wrong:
            show(f"FAIL {name} [{mode}]: {wrong}", flush=True)
        if len(outcome[name]) == len(modes) and not any(outcome[name].values()):
            show(f"ok   {name} ({len(modes)} modes)", flush=True)
    for p in running:
        p.join()
    return outcome, times


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--program", required=True)
    a.add_argument("--only", default="", help="scenarios whose file or name has these words")
    a.add_argument("--mode", default="", help="modes whose name has these words")
    a.add_argument("--keep", action="store_true", help="keep the folder with configuration and certificates")
    a.add_argument("--slowest", type=int, default=0, help="tell the N slowest scenarios")
    a = a.parse_args()
    folder = tempfile.mkdtemp(prefix="scenario-")
    begin = time.monotonic()
    try:
        outcome, times = run_all(a.program, a.only, a.mode, folder)
    finally:
        if a.keep:
            print(f"kept {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    for name in sorted(times, key=times.get, reverse=True)[:a.slowest]:
        print(f"{times[name]:7.2f} s {name}")
    flat = [wrong for modes in outcome.values() for wrong in modes.values()]
    failed = sum(1 for wrong in flat if wrong)
    print(f"{len(outcome)} scenarios in {time.monotonic() - begin:.0f} s")
    print(f"scenario: {len(flat) - failed} passed, {failed} failed")
    return 1 if failed or not flat else 0


if __name__ == "__main__":
    sys.exit(main())
