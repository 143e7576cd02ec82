"""bodies: what the two readers are asked about. All of it is made of a fixed seed."""

import json
import random

SEED = 20260102
FOLDS = {"s": "\u017f", "S": "\u017f", "k": "\u212a", "K": "\u212a"}

EXEC = {"AttachStdin": True, "AttachStdout": True, "AttachStderr": True, "Tty": True, "Cmd": ["sh", "-c", "echo \u00e9 <&>"],
        "Env": ["A=1", "B=\u2028"], "User": "www", "WorkingDir": "/srv", "DetachKeys": "ctrl-p,ctrl-q", "ConsoleSize": [24, 80],
        "Privileged": False}

# As the CLI sends it: all fields, most of them saying nothing.
CREATE = {
    "Hostname": "", "Domainname": "", "User": "1000:1000", "AttachStdin": False, "AttachStdout": True, "AttachStderr": True,
    "ExposedPorts": {"80/tcp": {}}, "Tty": False, "OpenStdin": False, "StdinOnce": False, "Env": ["A=1", "B=\u00e9"],
    "Cmd": ["sh", "-c", "sleep 1"], "Healthcheck": {"Test": ["CMD", "true"], "Interval": 1000000000, "Retries": 3},
    "Image": "alpine:3", "Volumes": {"/cache": {}}, "WorkingDir": "/srv", "Entrypoint": None, "OnBuild": None,
    "Labels": {"app": "shop", "App": "other", "\u017fhop": "x"}, "StopSignal": "SIGTERM", "StopTimeout": 5,
    "HostConfig": {
        "Binds": ["data:/data", "logs:/logs:ro"], "ContainerIDFile": "", "LogConfig": {"Type": "json-file", "Config": {"max-size": "1m"}},
        "NetworkMode": "default", "PortBindings": {}, "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 2}, "AutoRemove": False,
        "VolumeDriver": "", "VolumesFrom": None, "ConsoleSize": [24, 80], "CapAdd": None, "CapDrop": ["ALL"], "CgroupnsMode": "",
        "Dns": [], "DnsOptions": [], "DnsSearch": [], "ExtraHosts": None, "GroupAdd": None, "IpcMode": "", "Cgroup": "", "Links": None,
        "OomScoreAdj": 0, "PidMode": "", "Privileged": False, "PublishAllPorts": False, "ReadonlyRootfs": True,
        "SecurityOpt": ["no-new-privileges"], "UTSMode": "", "UsernsMode": "", "ShmSize": 67108864, "Sysctls": {"net.core.somaxconn": "10"},
        "Isolation": "", "CpuShares": 512, "Memory": 268435456, "NanoCpus": 500000000, "CgroupParent": "", "BlkioWeight": 0,
        "BlkioWeightDevice": [], "Devices": [], "DeviceCgroupRules": None, "DeviceRequests": None, "MemorySwap": 268435456,
        "MemorySwappiness": None, "OomKillDisable": None, "PidsLimit": 100, "Ulimits": [{"Name": "nofile", "Soft": 64, "Hard": 128}],
        "Mounts": [{"Type": "volume", "Source": "more", "Target": "/more", "VolumeOptions": {"NoCopy": True}},
                   {"Type": "tmpfs", "Target": "/tmp", "TmpfsOptions": {"SizeBytes": 1048576, "Mode": 511}}],
        "Tmpfs": {"/run": "size=1m"}, "Init": False, "MaskedPaths": None, "ReadonlyPaths": None,
    },
    "NetworkingConfig": {"EndpointsConfig": {"net1": {"Aliases": ["a", "b"], "IPAMConfig": None, "Links": None, "DriverOpts": None}}},
}
CREATE["HostConfig"]["NetworkMode"] = "net1"
LIKE_COMPOSE = {
    "Image": "alpine", "Labels": {"com.docker.compose.project": "p"}, "Entrypoint": [], "Cmd": "ls",
    "HostConfig": {"NetworkMode": "", "Mounts": [{"Type": "volume", "Target": "/anonymous"}], "Init": True},
}

# One or more bodies of each kind that the gateway takes, and the request they come with.
KINDS = {
    "exec-create": ("POST /v1.51/containers/web/exec", [EXEC, {"Cmd": ["id"]}]),
    "exec-start": ("POST /v1.51/exec/x/start", [{"Detach": False, "Tty": True, "ConsoleSize": [24, 80]}, {"Detach": True}]),
    "container-create": ("POST /v1.51/containers/create", [CREATE, LIKE_COMPOSE]),
    "container-update": ("POST /v1.51/containers/web/update",
                         [{"Memory": 134217728, "MemorySwap": 268435456, "NanoCpus": 250000000, "PidsLimit": 50, "CpuShares": 256,
                           "RestartPolicy": {"Name": "always", "MaximumRetryCount": 0}, "Devices": None, "OomKillDisable": None}]),
    "network-create": ("POST /v1.51/networks/create",
                       [{"Name": "net1", "CheckDuplicate": True, "Driver": "bridge", "Internal": True, "EnableIPv6": False,
                         "IPAM": {"Driver": "default", "Options": None, "Config": []}, "Options": {}, "Labels": {"a": "b", "A": "c"}},
                        {"Name": "net2"}]),
    "network-connect": ("POST /v1.51/networks/net1/connect",
                        [{"Container": "web", "EndpointConfig": {"Aliases": ["w"], "IPAMConfig": {}, "Links": None}}]),
    "network-disconnect": ("POST /v1.51/networks/net1/disconnect", [{"Container": "web", "Force": True}]),
    "volume-create": ("POST /v1.51/volumes/create", [{"Name": "data", "Driver": "local", "DriverOpts": None, "Labels": {"a": "b"}},
                                                     {"Name": "", "Labels": {}}]),
    "commit": ("POST /v1.51/commit", [{"Cmd": ["sh"], "Env": ["A=1"], "Labels": {"x": "y"}, "ExposedPorts": {"80/tcp": {}}}]),
}

VALUES = [None, True, False, 0, 1, -1, 2, "", "x", "0", "true", [], ["x"], [None], [["x"]], {}, {"a": "b"}, {"a": None}, [24, 80],
          [0, 0], [1], [1, 2, 3], [-1, 5], [4294967296, 1]]
# Literals that json.dumps does not write.
RAW_VALUES = ["1e0", "1e2", "1.0", "-0", "0.0", "0e5", "1E400", "9223372036854775807", "9223372036854775808", "18446744073709551616",
              "00", "01", "+1", ".5", "5.", "0x10", "1_000", "NaN", "Infinity", "nul", "True", "'x'", '"\\x41"', '"\\ud800"',
              '"\\udc00\\ud800"', '"\\ud83d\\ude00"', '"\\u0000"', '"\\u000a"', '"a\nb"', '"\\/"', '"\x7f"', '"\u2028"', '"\\u2028"',
              "[1,]", "[,1]", "{,}", '{"a":1,}', "[1 2]", "[" * 40 + "]" * 40, "[" * 9000 + "]" * 9000]
BEFORE = [b"\xef\xbb\xbf", b" \t\r\n", b"\x0b", b"\xc2\xa0", b"\x00", b"/**/", b"//\n", b"null", b"{}", b",", b"[", b"\xff\xfe"]
BEHIND = [b" \t\r\n", b"\n", b"\x00", b"}", b"{}", b"null", b" x", b'{"Privileged":true}', b"//", b"/**/", b",", b"]", b"\x0b", b"\xff", b"1"]


def text(pairs):
    """An object of (key literal, value literal) pairs."""
    return ("{" + ",".join(f"{k}:{v}" for k, v in pairs) + "}").encode("utf-8", "surrogatepass")


def literals(body):
    return [[json.dumps(k), json.dumps(v, ensure_ascii=False)] for k, v in body.items()]


def folded(key, rng):
    """The same key to Go: other cases, U+017F and U+212A for s and k, escapes."""
    out = ""
    for c in key:
        pick = rng.randrange(5)
        if pick == 0 and c in FOLDS:
            out += FOLDS[c]
        elif pick == 1 and c in FOLDS:
            out += "\\u%04x" % ord(FOLDS[c])
        elif pick == 2:
            out += "\\u%04x" % ord(c)
        elif pick == 3:
            out += c.swapcase()
        else:
            out += c
    return f'"{out}"'


def objects(body, path=()):
    """Every object in it, by its path."""
    if isinstance(body, dict):
        yield path
    for k, v in body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ():
        yield from objects(v, path + (k,))


def render(body, at, change):
    """`body` as text, where the object at the path `at` is written as `change(pairs)` says."""
    def write(value, path):
        if isinstance(value, dict):
            pairs = [[json.dumps(k), write(v, path + (k,))] for k, v in value.items()]
            if path == at:
                pairs = change(pairs)
            return "{" + ",".join(f"{k}:{v}" for k, v in pairs) + "}"
        if isinstance(value, list):
            return "[" + ",".join(write(v, path + (i,)) for i, v in enumerate(value)) + "]"
        return json.dumps(value, ensure_ascii=False)
    return write(body, ()).encode("utf-8", "surrogatepass")


def value_of(rng):
    if rng.randrange(3):
        return json.dumps(rng.choice(VALUES))
    return rng.choice(RAW_VALUES)


# Each makes one body of a good one.

def fold_keys(body, rng):
    def change(pairs):
        return [[folded(json.loads(k), rng) if rng.randrange(2) else k, v] for k, v in pairs]
    return render(body, rng.choice(list(objects(body))), change)


def double_key(body, rng):
    def change(pairs):
        if not pairs:
            return pairs
        k, v = rng.choice(pairs)
        again = [folded(json.loads(k), rng) if rng.randrange(2) else k, rng.choice([v, "null", value_of(rng)])]
        at = rng.randrange(len(pairs) + 1)
        return pairs[:at] + [again] + pairs[at:]
    return render(body, rng.choice(list(objects(body))), change)


def null_behind(body, rng):
    def change(pairs):
        return pairs + [[folded(json.loads(k), rng), "null"] for k, _ in pairs if rng.randrange(3) == 0]
    return render(body, rng.choice(list(objects(body))), change)


def other_value(body, rng):
    def change(pairs):
        if pairs:
            rng.choice(pairs)[1] = value_of(rng)
        return pairs
    return render(body, rng.choice(list(objects(body))), change)


def one_more(body, rng):
    names = ["Privileged", "Novelty", "HostConfig", "", " Cmd", "Cmd ", "C md", "\\u0000Tty", "Tty\\u0000", "Container", "Detach", "id", "-",
             "Cmd\\ud800", "\\ud83d\\ude00", "K\\u030amd", "Binds", "Runtime", "Devices"]
    def change(pairs):
        return pairs + [[f'"{rng.choice(names)}"', value_of(rng)]]
    return render(body, rng.choice(list(objects(body))), change)


def around(body, rng):
    return rng.choice([b""] + BEFORE) + render(body, None, None) + rng.choice([b""] + BEHIND)


def damage(body, rng):
    data = bytearray(render(body, None, None))
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(data))
        pick = rng.randrange(4)
        if pick == 0:
            data[at] = rng.randrange(256)
        elif pick == 1:
            del data[at]
        elif pick == 2:
            data.insert(at, rng.choice(b'"\\{}[],:u0\x00\x80\xc3'))
        else:
            data[at] ^= 0x20
        if not data:
            break
    return bytes(data)


def cut(body, rng):
    data = render(body, None, None)
    return data[:rng.randrange(len(data))]


MUTATIONS = {
    "keys that fold to others": fold_keys,
    "a key twice": double_key,
    "null behind a value": null_behind,
    "a value of another type": other_value,
    "a key more": one_more,
    "bytes before and behind": around,
    "damaged bytes": damage,
    "a body cut short": cut,
}


def generated(kind, mutation, count):
    rng = random.Random(f"{SEED} {kind} {mutation}")
    good = KINDS[kind][1]
    for i in range(count):
        yield MUTATIONS[mutation](good[i % len(good)], rng)


# By hand: (what it is, kind, body, whether the gateway takes it).
FACTS = [
    ("a plain body", "exec-create", b'{"Cmd":["id"]}', True),
    ("white space of JSON around it", "exec-create", b' \t\r\n{"Cmd":["id"]}\r\n \t', True),
    ("privileged", "exec-create", b'{"Cmd":["id"],"Privileged":true}', False),
    ("privileged in other case", "exec-create", b'{"Cmd":["id"],"PRIVILEGED":true}', False),
    ("privileged by an escape", "exec-create", b'{"Cmd":["id"],"\\u0050rivileged":true}', False),
    ("a command by U+212A", "exec-create", '{"Cmd":["id"],"Detach\u212aeys":"ctrl-p"}'.encode(), True),
    ("environment by U+017F", "exec-create", '{"Cmd":["id"],"Con\u017foleSize":[1,2],"Tty":true}'.encode(), True),
    ("privileged, then null", "exec-create", b'{"Cmd":["id"],"Privileged":true,"Privileged":null}', False),
    ("null, then privileged", "exec-create", b'{"Cmd":["id"],"Privileged":null,"privileged":true}', False),
    ("the same key twice, both harmless", "exec-create", b'{"Cmd":["id"],"Tty":false,"tty":false}', False),
    ("a command twice", "exec-create", b'{"Cmd":["id"],"cmd":["sh"]}', False),
    ("data behind the value", "exec-create", b'{"Cmd":["id"]}{"Privileged":true}', False),
    ("a second value on a new line", "exec-create", b'{"Cmd":["id"]}\n{}', False),
    ("a byte order mark", "exec-create", b'\xef\xbb\xbf{"Cmd":["id"]}', False),
    ("a comment", "exec-create", b'{"Cmd":["id"]/*,"Privileged":true*/}', False),
    ("a comma too many", "exec-create", b'{"Cmd":["id"],}', False),
    ("a lone surrogate", "exec-create", b'{"Cmd":["\\ud800"]}', False),
    ("a pair of surrogates", "exec-create", b'{"Cmd":["\\ud83d\\ude00"]}', True),
    ("bad UTF-8", "exec-create", b'{"Cmd":["\xff"]}', False),
    ("UTF-8 of a surrogate", "exec-create", b'{"Cmd":["\xed\xa0\x80"]}', False),
    ("overlong UTF-8", "exec-create", b'{"Cmd":["\xc0\xaf"]}', False),
    ("a key with NUL behind it", "exec-create", b'{"Cmd":["id"],"Privileged\\u0000":true}', False),
    ("NUL in the body", "exec-create", b'{"Cmd":["id"]}\x00{"Privileged":true}', False),
    ("depth beyond sense", "exec-create", b'{"Cmd":["id"],"x":' + b"[" * 20000 + b"]" * 20000 + b"}", False),
    ("no object", "exec-create", b'["Cmd"]', False),
    ("null alone", "exec-create", b"null", False),
    ("a string alone", "exec-create", b'"Cmd"', False),
    ("a number with an exponent where a whole one belongs", "exec-create", b'{"Cmd":["id"],"Tty":true,"ConsoleSize":[1e1,20]}', False),
    ("a number too large", "exec-create", b'{"Cmd":["id"],"Tty":true,"ConsoleSize":[99999999999999999999,20]}', False),
    ("minus zero", "exec-create", b'{"Cmd":["id"],"Tty":true,"ConsoleSize":[-0,20]}', False),
    ("host's namespace by U+017F", "container-create", '{"Image":"a","Ho\u017ftConfig":{"NetworkMode":"host"}}'.encode(), False),
    ("network mode by U+212A", "container-create", '{"Image":"a","HostConfig":{"Networ\u212aMode":"host"}}'.encode(), False),
    ("binds by U+017F", "container-create", '{"Image":"a","HostConfig":{"Bind\u017f":["/:/host"]}}'.encode(), False),
    ("binds by an escape", "container-create", b'{"Image":"a","HostConfig":{"Bind\\u0073":["/:/host"]}}', False),
    ("binds by an escape of U+017F", "container-create", b'{"Image":"a","HostConfig":{"Bind\\u017f":["/:/host"]}}', False),
    ("volumes by U+017F", "container-create", '{"Image":"a","HostConfig":{"Bind\u017f":["data:/data"]}}'.encode(), True),
    ("a host configuration twice, which Go merges", "container-create",
     b'{"Image":"a","HostConfig":{"Privileged":true},"HostConfig":{"Memory":6291456}}', False),
    ("a host configuration twice, folded", "container-create",
     '{"Image":"a","HostConfig":{},"ho\u017ftconfig":{"Privileged":true}}'.encode(), False),
    ("a host configuration, then null", "container-create", b'{"Image":"a","HostConfig":{"Privileged":true},"hostconfig":null}', False),
    ("privileged, then null within", "container-create", b'{"Image":"a","HostConfig":{"Privileged":true,"Privileged":null}}', False),
    ("a mount's key twice", "container-create",
     b'{"Image":"a","HostConfig":{"Mounts":[{"Type":"volume","type":"bind","Source":"/","Target":"/h"}]}}', False),
    ("labels that fold to one another", "container-create", '{"Image":"a","Labels":{"k":"1","K":"2","\u212a":"3"}}'.encode(), True),
    ("a label twice", "container-create", b'{"Image":"a","Labels":{"k":"1","k":"2"}}', False),
    ("the owner's label", "container-create", b'{"Image":"a","Labels":{"fairlead.tenant":"beta"}}', False),
    ("the owner's label by an escape", "container-create", b'{"Image":"a","Labels":{"fairlead.t\\u0065nant":"beta"}}', False),
    ("no masked paths, which is not the same as null", "container-create", b'{"Image":"a","HostConfig":{"MaskedPaths":[]}}', False),
    ("null for masked paths", "container-create", b'{"Image":"a","HostConfig":{"MaskedPaths":null,"ReadonlyPaths":null}}', True),
    ("memory with an exponent", "container-create", b'{"Image":"a","HostConfig":{"Memory":1e9}}', False),
    ("memory with a fraction", "container-create", b'{"Image":"a","HostConfig":{"Memory":6291456.0}}', False),
    ("memory that wraps", "container-create", b'{"Image":"a","HostConfig":{"Memory":18446744073709551616}}', False),
    ("a command as one string", "container-create", b'{"Image":"a","Cmd":"ls"}', True),
    ("a container of another by a folded key", "network-connect", '{"Container":"web","container":"db"}'.encode(), False),
    ("driver options by U+017F", "volume-create", '{"Name":"v","DriverOpt\u017f":{"type":"none","device":"/","o":"bind"}}'.encode(), False),
    ("devices in an update", "container-update", '{"Device\u017f":[{"PathOnHost":"/dev/sda"}]}'.encode(), False),
    ("a start with the exec's whole configuration", "exec-start", json.dumps(EXEC).encode(), True),
    ("a start with a key twice", "exec-start", b'{"Tty":true,"tty":false}', False),
    ("a start with null behind", "exec-start", b'{"Detach":true,"detach":null}', False),
    ("a start with a value of another type", "exec-start", b'{"Tty":"true"}', False),
    ("a start with a number for true", "exec-start", b'{"Tty":1}', False),
    ("a start without a body", "exec-start", b"", True),
]
