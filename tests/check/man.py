"""Puts the option table's list into the man page, or says that another one is there.

usage: man.py write|compare FAIRLEAD PAGE
"""

import subprocess
import sys

BEGIN = '.\\" BEGIN OPTIONS'
END = '.\\" END OPTIONS'


def with_options(page, options):
    """The page with its list replaced; the lines of BEGIN and END stay."""
    lines = page.split("\n")
    starts = [i for i, line in enumerate(lines) if line.startswith(BEGIN)]
    ends = [i for i, line in enumerate(lines) if line.startswith(END)]
    if len(starts) != 1 or len(ends) != 1 or starts[0] > ends[0]:
        raise ValueError("the page has no one place for the options")
    return "\n".join(lines[: starts[0] + 1] + options.rstrip("\n").split("\n") + lines[ends[0]:])


def main():
    mode, program, path = sys.argv[1:]
    options = subprocess.run([program, "check", "--options", "roff"], check=True,
                             capture_output=True, text=True).stdout
    with open(path, encoding="utf-8") as f:
        page = f.read()
    wanted = with_options(page, options)
    if mode == "write":
        with open(path, "w", encoding="utf-8") as f:
            f.write(wanted)
    elif wanted != page:
        sys.exit(f"{path}: its options are not the program's; run \"make man\"")


if __name__ == "__main__":
    main()
