"""reading: whether two bodies mean the same to the engine, but for what the gateway says that it changes.

What is compared is what Go reads, printed by decode.go: of the client's body, and of the one that is sent.
"""

import json
import re

OWNER = "fairlead.tenant"
TENANT = "acme"
# Absent and empty are one to the engine, but of these.
EMPTY_COUNTS = {"MaskedPaths", "ReadonlyPaths", "Entrypoint"}
# null, and false or 0, are one to the engine, but of these.
ZERO_COUNTS = {"Init", "PidsLimit", "MemorySwappiness", "StopTimeout", "EnableIPv4", "EnableIPv6"}


def says_nothing(key, value):
    if value is None:
        return True
    if value in ([], {}):
        return key not in EMPTY_COUNTS
    return value in (0, "", [0, 0]) and key not in ZERO_COUNTS


def plain(value):
    """What says something."""
    if isinstance(value, dict):
        pairs = {k: plain(v) for k, v in value.items()}
        return {k: v for k, v in pairs.items() if not says_nothing(k, v)}
    return [plain(v) for v in value] if isinstance(value, list) else value


# Known to the gateway and not sent on, whatever they are.
DROPPED = {"checkduplicate", "attachable", "consistency"}


def repaired(body, error):
    """The body without what Go's error is about, where that says nothing: null, false, 0, "", [] and {} pass for every
    field, of whatever type, and are not sent. None when it says something."""
    found = re.search(r"cannot unmarshal \w+(?: \S+)? into Go struct field (?:\S*\.)?(\w+) of type (\S+)", error)
    if not found:
        return None
    value, done = json.loads(body), []

    def visit(at):
        for k, v in list(at.items()) if isinstance(at, dict) else enumerate(at) if isinstance(at, list) else ():
            if isinstance(at, dict) and k.lower() == found[1].lower():
                if v in (0, "", [], {}) or k.lower() in DROPPED:
                    done.append(at.pop(k))
                    continue
                for name, member in v.items() if isinstance(v, dict) else ():
                    if member in (0, "", [], {}):  # of a set of names
                        v[name] = {}
                        done.append(member)
            visit(v)
    visit(value)
    return json.dumps(value).encode("utf-8", "surrogatepass") if done else None


def words(value, *names):
    """A command that is written as the empty string is none."""
    for name in names:
        if value.get(name) == [""]:
            value[name] = None


def capabilities(host):
    """Their names have one spelling."""
    for name in ("CapAdd", "CapDrop"):
        host[name] = [c.upper().removeprefix("CAP_") for c in host.get(name) or []]


def exec_start(value):
    """A size is only sent for a terminal, which is all that it is good for."""
    if not value["Tty"]:
        value["ConsoleSize"] = None


def without_stamps(labels):
    return {k: v for k, v in (labels or {}).items() if k != OWNER and not k.startswith(OWNER + ".")}


def mounts(value):
    """Volumes without a name are sent as mounts, with labels."""
    host = value["HostConfig"] or {}
    listed = list(host.get("Mounts") or [])
    named = []
    for bind in host.get("Binds") or []:
        if ":" in bind:
            named.append(bind)
        else:
            listed.append({"Type": "volume", "Target": bind})
    listed += [{"Type": "volume", "Target": v} for v in value["Volumes"] or {}]
    for m in listed:
        m["Consistency"] = ""  # of Docker Desktop; no engine on Linux reads it
        if m.get("VolumeOptions"):
            m["VolumeOptions"]["Labels"] = without_stamps(m["VolumeOptions"].get("Labels"))
    host["Binds"], value["Volumes"] = named, None
    host["Mounts"] = sorted((plain(m) for m in listed), key=json.dumps)
    value["HostConfig"] = host


def networks(value):
    """A container that names no network gets the tenant's own; its links are that endpoint's."""
    host = value["HostConfig"]
    if host.get("NetworkMode") in ("default", "bridge"):
        host["NetworkMode"] = ""
    ends = (value["NetworkingConfig"] or {}).get("EndpointsConfig") or {}
    links = list(host.get("Links") or [])
    host["Links"] = None
    for end in ends.values():
        if end:
            links += end.get("Links") or []
            end["Links"] = None
            endpoint(end)
    value["links"] = sorted(links)
    value["NetworkingConfig"] = {k: v for k, v in ends.items() if k not in ("bridge", "default") or plain(v or {})}


def endpoint(value):
    """What the engine fills in itself is not sent back to it."""
    for told in ("NetworkID", "EndpointID", "Gateway", "IPAddress", "IPPrefixLen", "IPv6Gateway", "GlobalIPv6Address",
                 "GlobalIPv6PrefixLen", "DNSNames"):
        value[told] = None


def container_create(value):
    value["Labels"] = without_stamps(value["Labels"])
    words(value, "Cmd", "Entrypoint", "Shell")
    mounts(value)
    capabilities(value["HostConfig"])
    networks(value)


def container_update(value):
    """0 is no change, as of the others."""
    if value["PidsLimit"] == 0:
        value["PidsLimit"] = None


def named(value):
    """Its name is in the tenant's namespace, and it is labelled."""
    value["Labels"] = without_stamps(value["Labels"])
    if value["Name"].startswith(TENANT + "--"):
        value["Name"] = value["Name"][len(TENANT) + 2:]


def network_create(value):
    """A bridge of this host is what is made; whoever asks for a name twice gets the engine's refusal."""
    named(value)
    value["CheckDuplicate"] = value["Attachable"] = None
    value["Driver"] = "" if value["Driver"] == "bridge" else value["Driver"]
    value["Scope"] = "" if value["Scope"] == "local" else value["Scope"]


def network_connect(value):
    """Its own name is one of its names there."""
    end = value["EndpointConfig"] or {}
    endpoint(end)
    end["Links"] = [link if ":" in link else f"{link}:{link}" for link in end.get("Links") or []]
    end["Aliases"] = [a for a in end.get("Aliases") or [] if a != value["Container"]]
    value["EndpointConfig"] = end


def volume_create(value):
    named(value)
    value["Driver"] = "" if value["Driver"] == "local" else value["Driver"]


def commit(value):
    words(value, "Cmd", "Entrypoint", "Shell")
    value["Labels"] = without_stamps(value["Labels"])
    value["Image"] = ""  # what it was made of is no part of an image


CHANGES = {"exec-start": exec_start, "container-create": container_create, "container-update": container_update, "network-create": network_create,
           "network-connect": network_connect, "volume-create": volume_create, "commit": commit}
# What every object that is made must say of its owner.
STAMPED = ("container-create", "network-create", "volume-create")


def differences(kind, meant, got):
    """In words, or None."""
    a, b = json.loads(meant), json.loads(got)
    if kind in STAMPED and (b["Labels"] or {}).get(OWNER) != TENANT:
        return f"it has no owner: {b['Labels']}"
    change = CHANGES.get(kind, lambda value: None)
    change(a)
    change(b)
    a, b = plain(a), plain(b)
    return "; ".join(told("", a, b)) or None


def told(path, a, b):
    if isinstance(a, dict) and isinstance(b, dict):
        for k in sorted(set(a) | set(b)):
            yield from told(f"{path}.{k}".lstrip("."), a.get(k), b.get(k))
    elif a != b:
        yield f"{path}: the client's {a!r} became {b!r}"
