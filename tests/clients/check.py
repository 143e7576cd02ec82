"""What a case is, how it is run, and how it fails."""

import fnmatch
import os
import signal
import sys
import threading
import time
import traceback

GUARD = 150  # seconds: a case that takes longer hangs; never a measure of speed


class Failure(Exception):
    """What was expected, and what was there instead."""


class Skip(Exception):
    """A peer that is not on this machine; says which."""


class Hang(BaseException):
    """Not an Exception: no handler of a case may take it for something else."""


CASES = []


def case(name, **arguments):
    """Registers a case; with `arguments`, the function gets them, so one function may serve many."""

    def add(function):
        CASES.append((name, function, arguments))
        return function

    return add


def equal(got, wanted, what):
    if got != wanted:
        raise Failure(f"{what}: got {brief(got)}, wanted {brief(wanted)}")


def true(condition, what):
    if not condition:
        raise Failure(what)


def brief(value, limit=300):
    text = repr(value)
    return text if len(text) <= limit else f"{text[:limit]}... ({len(value)} long)"


def until(condition, what, seconds=60, every=0.05):
    """Waits for a condition; the bound is a guard against hanging only."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure(f"never came: {what}")
        time.sleep(every)


def _alarm(_signal, _frame):
    raise Hang()


class Background:
    """A case that mostly waits runs beside the others."""

    def __init__(self, name, function):
        self.name, self.error, self.took = name, None, 0.0
        self.thread = threading.Thread(target=self._run, args=(function,), daemon=True)
        self.thread.start()

    def _run(self, function):
        start = time.monotonic()
        try:
            function()
        except Exception as error:  # reported by the runner
            self.error = error
        self.took = time.monotonic() - start

    def join(self):
        self.thread.join(GUARD)
        if self.thread.is_alive():
            raise Hang()
        if self.error:
            raise self.error


class Tally:
    def __init__(self, lab):
        self.lab, self.passed, self.failed, self.skipped = lab, 0, 0, 0

    def run(self, name, function, start=None):
        begun = time.monotonic()
        signal.signal(signal.SIGALRM, _alarm)
        signal.alarm(GUARD + 10)
        try:
            function()
        except Skip as why:
            self.skipped += 1
            print(f"skip {name}: {why}", flush=True)
            return
        except (Exception, Hang) as error:
            self.failed += 1
            why = "hangs" if isinstance(error, Hang) else str(error)
            print(f"FAIL {name}: {why}", flush=True)
            if not isinstance(error, Failure):
                traceback.print_exc(file=sys.stdout)
            self.lab.tell_log()
            return
        finally:
            signal.alarm(0)
        self.passed += 1
        print(f"ok   {name} ({time.monotonic() - begun:.1f} s)", flush=True)


def chosen(patterns):
    for name, function, arguments in CASES:
        if not patterns or any(fnmatch.fnmatch(name, p) for p in patterns):
            yield name, function, arguments


def debug(text):
    if os.environ.get("CLIENTS_DEBUG"):
        print("     " + text, flush=True)
