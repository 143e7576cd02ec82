"""Laws of the source that no compiler knows: floors, guards, sizes, words.

usage: source.py ROOT
"""

import os
import re
import subprocess
import sys

FLOORS = {"base": 0, "format": 1, "state": 2, "net": 3, "contract": 4, "auth": 5, "policy": 5,
          "watch": 5, "front": 6, "run": 7, "cmd": 8}
FILE_LINES = 500
FUNCTION_LINES = 60
# Functions whose body is a table: (file, function). Each one is a decision; keep it short.
TABLES = set()
# Who may know which library: include prefix -> pattern of paths under gateway/.
LIBRARIES = {
    "yajl/": r"format/json\w*\.[ch]",
    "openssl/": r"(base/secret\.c|net/\w+\.[ch]|cmd/cmd_cert_make\.c)",
    "event2/": r"(net|front|run)/\w+\.[ch]",
    "evhtp": r"run/admin\w*\.[ch]",
    "seccomp.h": r"run/sandbox\w*\.[ch]",
}
WORDS = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
TEXTS = (".c", ".h", ".py", ".sh", ".mk", ".md", ".json", ".8", ".service", ".socket", ".yml",
         ".js", ".html", ".css", ".txt", ".supp")


def includes(text):
    """(line number, name, quoted) of each #include."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        m = re.match(r'\s*#\s*include\s+(?:"([^"]*)"|<([^>]*)>)', line)
        if m:
            found.append((number, m.group(1) or m.group(2), m.group(1) is not None))
    return found


def check_includes(path, text, files):
    """`path` is floor/file; `files` all that exist."""
    wrong = []
    floor = path.split("/")[0]
    for number, name, quoted in includes(text):
        if not quoted:
            for prefix, allowed in LIBRARIES.items():
                if name.startswith(prefix) and not re.fullmatch(allowed, path):
                    wrong.append((number, f"<{name}> is not for this file"))
            continue
        other = name.split("/")[0]
        if not re.fullmatch(r"[a-z]+/[a-z0-9_]+\.h", name) or name not in files:
            wrong.append((number, f'"{name}" is not "floor/file.h"'))
        elif other != floor and FLOORS[other] >= FLOORS[floor]:
            wrong.append((number, f'"{name}" is not on a lower floor'))
    return wrong


def check_cycles(graph):
    """Cycles among headers. `graph`: header -> headers."""
    done, wrong = set(), []

    def visit(node, way):
        if node in way:
            wrong.append(" -> ".join(way[way.index(node):] + [node]))
        elif node not in done:
            for other in graph.get(node, ()):
                visit(other, way + [node])
            done.add(node)

    for node in sorted(graph):
        visit(node, [])
    return wrong


def check_guard(path, text):
    guard = "FAIRLEAD_" + re.sub(r"[/.]", "_", path).upper()
    lines = [line for line in text.split("\n") if line.startswith("#")]
    if lines[:2] != [f"#ifndef {guard}", f"#define {guard}"] or lines[-1:] != ["#endif"]:
        return [(1, f"its include guard is not {guard}")]
    return []


def check_size(path, text):
    wrong = []
    lines = text.split("\n")
    if len(lines) - 1 > FILE_LINES:
        wrong.append((len(lines), f"{len(lines) - 1} lines; {FILE_LINES} are the most"))
    if not path.endswith(".c"):
        return wrong
    for name, first, count in functions(lines):
        if count > FUNCTION_LINES and (path, name) not in TABLES:
            wrong.append((first, f"{name} has {count} lines; {FUNCTION_LINES} are the most"))
    return wrong


def functions(lines):
    """(name, line, lines) of each definition: its name stands at a line's start, its body between
    braces at a line's start."""
    start = None
    for number, line in enumerate(lines, 1):
        m = re.match(r"([a-zA-Z_]\w*)\(", line)
        if m:
            start = (m.group(1), number)
        elif line == "}" and start:
            yield start[0], start[1], number - start[1] + 1
            start = None
        elif line in ("};", ");"):
            start = None


def check_first_comment(path, text):
    name = os.path.basename(path).rsplit(".", 1)[0]
    if not text.startswith("/*\n * ") or " */" not in text:
        return [(1, "does not begin with a comment that says its job")]
    if path.startswith("gateway/") and not text.startswith(f"/*\n * {name}: "):
        return [(1, f'its first comment does not begin with "{name}: "')]
    return []


def check_text(text):
    wrong = []
    for number, line in enumerate(text.split("\n"), 1):
        if re.search(r"[ \t]$", line):
            wrong.append((number, "trailing blanks"))
        for word in WORDS:
            if re.search(rf"\b{word}\b", line):
                wrong.append((number, f"{word}: finish it, or say what is"))
    if text and not text.endswith("\n"):
        wrong.append((len(text.split("\n")), "the last line has no end"))
    if text.endswith("\n\n"):
        wrong.append((len(text.split("\n")), "ends with an empty line"))
    return wrong


def tracked(root):
    out = subprocess.run(["git", "-C", root, "ls-files", "-z"], check=True, capture_output=True,
                         text=True).stdout
    return [p for p in out.split("\0") if p and os.path.isfile(os.path.join(root, p))]


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as f:
        return f.read()


def main():
    root = sys.argv[1]
    paths = tracked(root)
    inside = {p[len("gateway/"):]: read(root, p) for p in paths
              if re.fullmatch(r"gateway/[a-z]+/\w+\.[ch]", p)}
    wrong = []
    for path, text in inside.items():
        found = check_includes(path, text, inside) + check_size(path, text)
        if path.endswith(".h"):
            found += check_guard(path, text)
        wrong += [(f"gateway/{path}", *w) for w in found]
    graph = {p: [n for _, n, quoted in includes(t) if quoted] for p, t in inside.items()
             if p.endswith(".h")}
    wrong += [("gateway", 0, f"includes go round: {c}") for c in check_cycles(graph)]
    for path in paths:
        if not path.endswith(TEXTS) and os.path.basename(path) != "Makefile":
            continue
        if re.search(r"/(corpus|data|vendor)/", path):
            continue
        text = read(root, path)
        found = check_text(text)
        if path.endswith((".c", ".h")):
            found += check_first_comment(path, text)
        if path.startswith("tests/") and path.endswith((".c", ".py", ".sh")):
            found += [w for w in check_size(path, text) if "are the most" in w[1] and
                      re.match(r"\d", w[1])]
        wrong += [(path, *w) for w in found]
    for path, line, what in sorted(wrong):
        print(f"{path}:{line}: {what}")
    print(f"source: {len(paths)} files, {len(wrong)} faults")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
