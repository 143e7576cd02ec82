"""What the bench found: medians, ratios, goals; as a table, as JSON and as a chart."""

import datetime
import json
import pathlib
import platform
import re
import statistics
import subprocess

import chart

BASE = "haproxy"
# name, label, unit, digits, base of the ratio as (metric, contender), goal: (kind, value)
#   "ratio": at most this part of the base; "is": exactly this
METRICS = [
    ("down_1", "down, 1 stream", "CPU s/GB", 2, None, ("ratio", 0.80)),
    ("down_8", "down, 8 streams", "CPU s/GB", 2, None, ("ratio", 0.80)),
    ("up_1", "up, 1 stream", "CPU s/GB", 2, None, ("ratio", 0.70)),
    ("up_8", "up, 8 streams", "CPU s/GB", 2, None, ("ratio", 0.70)),
    ("echo_cpu", "echo of 16 bytes", "CPU us", 1, None, ("ratio", 0.70)),
    ("echo_p50", "echo, p50", "us", 1, None, ("ratio", 0.70)),
    ("echo_p99", "echo, p99", "us", 1, None, None),
    ("setup_full_cpu", "setup, whole handshake", "CPU us", 0, None, ("ratio", 0.90)),
    ("setup_resumed_cpu", "setup, resumed", "CPU us", 0, None, ("ratio", 0.90)),
    ("setup_full_lookup_cpu", "  with two lookups", "CPU us", 0, "setup_full_cpu", ("ratio", 1.05)),
    ("setup_resumed_lookup_cpu", "  resumed, two lookups", "CPU us", 0, "setup_resumed_cpu", ("ratio", 1.05)),
    ("setup_full_rate", "setups, whole", "1/s", 0, None, None),
    ("setup_resumed_rate", "setups, resumed", "1/s", 0, None, None),
    ("setup_full_lookup_rate", "  with two lookups", "1/s", 0, "setup_full_rate", None),
    ("setup_resumed_lookup_rate", "  resumed, two lookups", "1/s", 0, "setup_resumed_rate", None),
    ("down_1_rate", "down, 1 stream", "MB/s", 0, None, None),
    ("down_8_rate", "down, 8 streams", "MB/s", 0, None, None),
    ("up_1_rate", "up, 1 stream", "MB/s", 0, None, None),
    ("up_8_rate", "up, 8 streams", "MB/s", 0, None, None),
    ("get_version", "GET /version", "CPU us", 1, "http", None),
    ("get_list", "GET a list of 8", "CPU us", 1, "http", None),
    ("get_long_list", "GET a list of 1,000", "CPU us", 0, "http", None),
    ("get_version_rate", "GET /version", "1/s", 0, "http", None),
    ("get_list_rate", "GET a list of 8", "1/s", 0, "http", None),
    ("get_long_list_rate", "GET a list of 1,000", "1/s", 0, "http", None),
    ("get_version_connects", "connects to the engine", "per 1000", 1, None, None),
    ("get_long_list_connects", "  of lists of 1,000", "per 1000", 1, None, None),
    ("empty_pss", "memory, empty", "MiB", 1, None, ("ratio", 0.4)),
    ("idle_pss", "memory, an idle session", "KiB", 1, None, ("ratio", 0.85)),
    ("kept_sessions", "kept after 1,000 sessions", "MiB", 1, None, ("ratio", 0.2)),
    ("kept_bulk", "kept after bulk", "MiB", 1, None, None),
    ("stall_down", "stalled client", "KiB", 0, None, None),
    ("stall_up", "stalled engine", "KiB", 0, None, None),
    ("half_close", "half-close, whole tails", "of 10", 0, None, ("is", 10)),
    ("cut_descriptors", "descriptors left, 1,000 cut", "", 0, None, ("is", 0)),
    ("cut_engine", "engine streams left", "", 0, None, ("is", 0)),
]


def base_of(name, base):
    if base == "http":
        return name, "haproxy-http"
    return base or name, BASE


def first_line(*argv):
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return ((done.stdout or done.stderr).splitlines() or [""])[0]


def machine():
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return {
        "cpu": cpu.group(1) if cpu else platform.machine(),
        "kernel": platform.release(),
        "openssl": first_line("openssl", "version"),
        "haproxy": first_line("haproxy", "-v"),
        "nginx": first_line("nginx", "-v"),
    }


def summarize(bench, quick, seconds):
    medians = {m: {c: statistics.median(v) for c, v in by.items()} for m, by in bench.results.items()}
    ratios = {}
    for name, _, _, _, base, _ in METRICS:
        base_metric, base_name = base_of(name, base)
        against = medians.get(base_metric, {}).get(base_name)
        if against:
            ratios[name] = {c: v / against for c, v in medians.get(name, {}).items()}
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "commit": first_line("git", "rev-parse", "--short", "HEAD"),
        "machine": machine(),
        "quick": quick,
        "rounds": bench.sizes.rounds,
        "seconds": round(seconds),
        "contenders": {c.name: c.label for c in bench.contenders},
        "medians": medians,
        "ratios": ratios,
        "rounds_of": bench.results,
    }


def judge(summary, name, goal):
    """(figure, met) of fairlead, or None when there is nothing to judge."""
    value = summary["medians"].get(name, {}).get("fairlead")
    if goal is None or value is None:
        return None
    kind, limit = goal
    if kind == "is":
        return value, value == limit
    ratio = summary["ratios"].get(name, {}).get("fairlead")
    return None if ratio is None else (ratio, ratio <= limit)


def cell(summary, metric, contender):
    name, _, _, digits, _, _ = metric
    value = summary["medians"].get(name, {}).get(contender)
    if value is None:
        return ""
    ratio = summary["ratios"].get(name, {}).get(contender)
    return f"{value:,.{digits}f}" + (f" ({ratio:.2f})" if ratio is not None else "")


def print_table(summary):
    names = list(summary["contenders"])
    print(f"\nMedians of {summary['rounds']} rounds; in brackets: HAProxy is 1 "
          f"(tcp mode; for GET, http mode). {summary['machine']['cpu']}, {summary['seconds']} s.\n")
    head = f"{'':28}{'':10}" + "".join(f"{summary['contenders'][n]:>17}" for n in names) + "   goal"
    print(head + "\n" + "-" * len(head))
    for metric in METRICS:
        name, label, unit, _, _, goal = metric
        if name not in summary["medians"]:
            continue
        line = f"{label:28}{unit:10}" + "".join(f"{cell(summary, metric, n):>17}" for n in names)
        judged = judge(summary, name, goal)
        if judged is not None:
            kind, limit = goal
            line += f"   {'<= ' if kind == 'ratio' else ''}{limit:g} {'met' if judged[1] else 'MISSED'}"
        print(line)


def verdict(summary):
    """(broken promises, missed goals): what must hold anywhere, and what depends on the machine."""
    broken, missed = [], []
    for name, _, _, _, _, goal in METRICS:
        judged = judge(summary, name, goal)
        if judged is not None and not judged[1]:
            (broken if goal[0] == "is" else missed).append(name)
    return broken, missed


def write(summary, folder):
    (folder / "results.json").write_text(json.dumps(summary, indent=1) + "\n")
    (folder / "bench.svg").write_text(chart.draw(summary))
