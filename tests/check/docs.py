"""Every option is in --help, in the man page and, with its default, in the sample.

usage: docs.py FAIRLEAD ROOT
"""

import json
import os
import re
import subprocess
import sys
import tempfile

# What no installation can leave at its default, or what shows more than the default.
EXAMPLES = {"listen", "admin_socket", "user", "credentials", "tenants", "tls.certificates",
            "tls.client_ca", "tls.client_cert"}
# What the names of a tenant's options begin with.
TENANT = "tenants.NAME."


def without_comments(text):
    """The JSON of a file with // and /* */ comments."""
    return re.sub(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/',
                  lambda m: m.group(1) or " ", text, flags=re.S)


def flatten(tree, groups):
    """{"log": {"level": x}} as {"log.level": x}; objects that are no group are values."""
    flat = {}
    for name, value in tree.items():
        if name in groups:
            flat.update({f"{name}.{member}": v for member, v in value.items()})
        else:
            flat[name] = value
    return flat


def size(value):
    units = {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
    if isinstance(value, str) and value[-3:] in units and value[:-3].isdigit():
        return int(value[:-3]) * units[value[-3:]]
    return value


def compare_sample(names, sample, effective):
    """What is wrong with the sample, given what a file of the required options alone comes to."""
    wrong = [f"{name} is missing" for name in names if name not in sample]
    wrong += [f"{name} is no option" for name in sample if name not in names]
    for name in names:
        if name in EXAMPLES or name not in sample or name == "workers":
            continue
        if size(sample[name]) != size(effective[name]):
            wrong.append(f"{name} is {sample[name]!r}, its default is {effective[name]!r}")
    return wrong


def compare_tenant(names, tenants):
    """What is wrong with the sample's first tenant, which shows every option."""
    groups = {name.split(".")[0] for name in names if "." in name}
    shown = flatten(next(iter(tenants.values())), groups)
    return ([f"{TENANT}{name} is missing" for name in names if name not in shown]
            + [f"{TENANT}{name} is no option" for name in shown if name not in names])


def missing_comments(text, names):
    """Options that have no comment in the line above them."""
    lines = text.split("\n")
    wrong = []
    for name in names:
        member = f'"{name.split(".")[-1]}":'
        places = [i for i, line in enumerate(lines) if line.strip().startswith(member)]
        if not any(lines[i - 1].strip().startswith("//") for i in places):
            wrong.append(f"{name} has no comment")
    return wrong


def run(program, *words):
    return subprocess.run([program, *words], check=True, capture_output=True, text=True).stdout


def make_files(folder, root):
    """What the sample names, made as the README says."""
    subprocess.run([os.path.join(root, "certs/make-certs.sh"), folder, "localhost"], check=True,
                   capture_output=True)
    with open(os.path.join(folder, "credentials.json"), "w", encoding="utf-8") as f:
        f.write('{"credentials": []}')
    os.chmod(f.name, 0o600)


def effective_of(program, folder, text):
    path = os.path.join(folder, "fairlead.json")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return json.loads(run(program, "check", "-c", path))


def main():
    program, root = sys.argv[1:]
    names = run(program, "check", "--options", "names").split()
    of_tenant = [name[len(TENANT):] for name in names if name.startswith(TENANT)]
    names = [name for name in names if not name.startswith(TENANT)]
    groups = {name.split(".")[0] for name in names if "." in name}
    with open(os.path.join(root, "config/fairlead.json"), encoding="utf-8") as f:
        text = f.read()
    sample = flatten(json.loads(without_comments(text)), groups)
    least = {"credentials": "credentials.json", "tenants": {},
             "tls": {"certificates": [{"cert": "server.pem", "key": "server-key.pem"}]}}
    with tempfile.TemporaryDirectory() as folder:
        make_files(folder, root)
        effective = flatten(effective_of(program, folder, json.dumps(least)), groups)
        # The user of the sample need not exist where this runs.
        effective_of(program, folder, text.replace('"user": "fairlead"', '"user": null'))
    wrong = [f"config/fairlead.json: {w}" for w in compare_sample(names, sample, effective)]
    wrong += [f"config/fairlead.json: {w}" for w in compare_tenant(of_tenant, sample["tenants"])]
    wrong += [f"config/fairlead.json: {w}" for w in missing_comments(text, names + of_tenant)]
    help_lines = run(program, "--help").split("\n")
    wrong += [f"--help: {n} is missing" for n in names + [TENANT + n for n in of_tenant]
              if f"  {n}" not in help_lines]
    for line in wrong:
        print(line)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
