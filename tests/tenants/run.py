#!/usr/bin/python3
"""Two tenants on one engine: the same things with the same names, and nothing of each other.

usage: run.py [--build DIR] [PATTERN...]
Ends with the line `tenants: N passed, N failed`.
"""

import argparse
import sys

sys.dont_write_bytecode = True

from house import House  # noqa: E402  first: it finds the other suite's tools
import check  # noqa: E402
import life  # noqa: E402,F401
import life_compose  # noqa: E402,F401
import life_sdk  # noqa: E402,F401
import life_quota  # noqa: E402,F401
import uploads  # noqa: E402,F401
import groups  # noqa: E402,F401
import web_sockets  # noqa: E402,F401
import page  # noqa: E402,F401
import isolation  # noqa: E402,F401
import images  # noqa: E402,F401
import bodies  # noqa: E402,F401
import isolation_tar  # noqa: E402,F401
import isolation_build  # noqa: E402,F401


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build")
    parser.add_argument("pattern", nargs="*")
    options = parser.parse_args()

    house = House(options.build)
    tally = check.Tally(house)
    try:
        tally.run("bring-up", house.start)
        if not tally.failed:
            for name, function, arguments in check.chosen(options.pattern):
                tally.run(name, lambda: function(house, **arguments))
    finally:
        tally.run("take-down", house.stop)
    print(f"tenants: {tally.passed} passed, {tally.failed} failed" +
          (f", {tally.skipped} skipped" if tally.skipped else ""))
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main())
