#!/usr/bin/python3
"""Real clients against a real engine, through the gateway and beside it.

usage: run.py [--build DIR] [--direct] [PATTERN...]
--direct sends all to the engine's own socket: it proves the cases, not the gateway.
Ends with the line `clients: N passed, N failed`.
"""

import argparse
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import check  # noqa: E402
from lab import Lab  # noqa: E402
from machine import run  # noqa: E402
import cases_quiet  # noqa: E402  first: its cases wait beside the others
import cases_cli  # noqa: E402,F401
import cases_terminal  # noqa: E402,F401
import cases_library  # noqa: E402,F401
import cases_wire  # noqa: E402,F401
import cases_podman  # noqa: E402,F401
import cases_fault  # noqa: E402,F401  last: it breaks things


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build")
    parser.add_argument("--direct", action="store_true")
    parser.add_argument("pattern", nargs="*")
    options = parser.parse_args()

    lab = Lab(options.build, options.direct)
    tally = check.Tally(lab)
    try:
        tally.run("bring-up", lab.start)
        if not tally.failed:
            for name in ("new", "old"):
                if name in lab.clis:
                    print(f"     docker CLI '{name}': " + run(lab.clis[name], "--version"))
            chosen = list(check.chosen(options.pattern))
            calm = [c for c in chosen if not c[0].startswith("fault-")]
            for name, function, arguments in calm:
                tally.run(name, lambda: function(lab, **arguments))
            cases_quiet.collect(tally)
            for name, function, arguments in chosen[len(calm):]:
                tally.run(name, lambda: function(lab, **arguments))
    finally:
        tally.run("take-down", lab.stop)
    print(f"clients: {tally.passed} passed, {tally.failed} failed" +
          (f", {tally.skipped} skipped" if tally.skipped else ""))
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main())
