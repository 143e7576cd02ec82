"""reading: whether two bodies mean the same to the engine, but for what the gateway says that it changes."""

import json

# To the engine an absent list or map is an empty one; these it tells apart.
EXACT = ("MaskedPaths", "ReadonlyPaths")


def plain(value, key=""):
    """Without the difference of absent and empty where it means nothing."""
    if isinstance(value, dict):
        return {k: plain(v, k) for k, v in value.items()} or None
    if isinstance(value, list):
        return [plain(v) for v in value] or ([] if key in EXACT else None)
    return value


def exec_start(value):
    """A size is only sent for a terminal, which is all that it is good for."""
    if not value["Tty"]:
        value["ConsoleSize"] = None


CHANGES = {"exec-start": exec_start}


def differences(kind, meant, got):
    """In words, or None."""
    change = CHANGES.get(kind, lambda value: None)
    a, b = json.loads(meant), json.loads(got)
    change(a)
    change(b)
    a, b = plain(a) or {}, plain(b) or {}
    told = [f"{k}: the client's {a.get(k)!r} became {b.get(k)!r}" for k in sorted(set(a) | set(b)) if a.get(k) != b.get(k)]
    return "; ".join(told) or None
