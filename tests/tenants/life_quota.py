"""Quotas on a real engine: what is made at once, and what is open at once."""

import subprocess
import threading
import time

from check import case, equal, true, until
from house import FOREVER, IMAGE

MIB = 1 << 20
BODY = {"Image": IMAGE, "Cmd": ["true"], "HostConfig": {"NetworkMode": "none"}}


def at_once(jobs):
    """The answers of all of them, each on a connection of its own, begun together."""
    answers, start = [None] * len(jobs), threading.Barrier(len(jobs))

    def run(i):
        start.wait()
        answers[i] = jobs[i]()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(jobs))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return answers


def create(tenant, **host):
    body = dict(BODY, HostConfig=dict(BODY["HostConfig"], **host))
    return lambda: tenant.ask("POST", "/v1.41/containers/create", body)


def split(answers, option):
    """How many were made; all others were refused for this quota."""
    refused = [a for a in answers if a.status != 201]
    for a in refused:
        true(a.status == 403 and option in a.message(), f"{a}")
    return len(answers) - len(refused)


def remove_all(tenant):
    for e in tenant.ask("GET", "/v1.41/containers/json?all=1").json():
        equal(tenant.ask("DELETE", f"/v1.41/containers/{e['Id']}?force=1").status, 204, "a container's end")


@case("life-quota-containers")
def containers(house):
    """Of many creates at once as many succeed as there is room for, each time."""
    small = house.tenants["small"]
    for _ in range(3):
        equal(split(at_once([create(small)] * 24), "quota.containers"), 6, "containers made")
        equal(len(small.ask("GET", "/v1.41/containers/json?all=1").json()), 6, "containers there")
        done = small.cli("create", "--network", "none", IMAGE, "true")
        true(done.code != 0 and b"tenant small has 6 of 6 containers" in done.err, f"{done}")
        # Another tenant does not notice.
        house.tenants["acme"].must("run", "--rm", "--network", "none", IMAGE, "true")
        remove_all(small)


@case("life-quota-memory")
def memory(house):
    """Memory, CPUs and processes are shared out at create, also where the create names none."""
    small = house.tenants["small"]
    equal(split(at_once([create(small, Memory=64 * MIB)] * 12), "quota.memory"), 4, "containers of 64 of 256 MiB")
    remove_all(small)
    equal(split(at_once([create(small, NanoCpus=10**9)] * 8), "quota.cpus"), 2, "containers of one of two CPUs")
    remove_all(small)
    equal(split(at_once([create(small, PidsLimit=40)] * 8), "quota.pids"), 2, "containers of 40 of 100 processes")
    remove_all(small)
    made = create(small)().json()["Id"]
    limits = house.engine("inspect", "--format", "{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}}", made)
    equal(limits.out.decode().split(), [str(32 * MIB), str(10**9 // 4), "12"], "what a create that names none gets")
    remove_all(small)


@case("life-quota-update")
def update(house):
    """An update moves within the share that the create took."""
    small = house.tenants["small"]
    made = create(small, Memory=64 * MIB, MemorySwap=64 * MIB)().json()["Id"]
    target = f"/v1.41/containers/{made}/update"
    equal(small.ask("POST", target, {"Memory": 32 * MIB, "MemorySwap": 64 * MIB}).status, 200, "less")
    equal(small.ask("POST", target, {"Memory": 64 * MIB, "MemorySwap": 64 * MIB}).status, 200, "as it was")
    for more in ({"Memory": 65 * MIB, "MemorySwap": 65 * MIB}, {"NanoCpus": 10**9}, {"PidsLimit": 50}, {"PidsLimit": -1}):
        a = small.ask("POST", target, more)
        true(a.status == 403, f"{more}: {a}")
    remove_all(small)


@case("life-quota-volumes")
def volumes(house):
    """Volumes that are created and those that are made on use."""
    small = house.tenants["small"]

    def volume(i):
        return lambda: small.ask("POST", "/v1.41/volumes/create", {"Name": f"v{i}"})

    equal(split(at_once([volume(i) for i in range(12)]), "quota.volumes"), 3, "volumes made")
    there = [v["Name"] for v in small.ask("GET", "/v1.41/volumes").json()["Volumes"]]
    equal(len(there), 3, "volumes there")
    equal(small.ask("POST", "/v1.41/volumes/create", {"Name": there[0]}).status, 201, "one that is there, again")
    a = create(small, Binds=["another:/a"])()
    true(a.status == 403 and "quota.volumes" in a.message(), f"made on use: {a}")
    equal(create(small, Binds=[there[0] + ":/a"])().status, 201, "one that is there")
    remove_all(small)
    small.must("volume", "rm", there[2])
    equal(split(at_once([create(small, Binds=[f"u{i}:/a"]) for i in range(5)]), "quota.volumes"), 1, "made on use")
    remove_all(small)
    for v in small.ask("GET", "/v1.41/volumes").json()["Volumes"] or []:
        small.must("volume", "rm", v["Name"])


@case("life-quota-unlabelled")
def unlabelled(house):
    """A volume that the engine made itself, for it was gone when a container was created: it is the tenant's, and counts."""
    small, plain = house.tenants["small"], house.tenants["plain"]
    for i in range(3):
        # As the engine leaves one when a volume is removed between the gateway's look and its create.
        equal(house.engine("volume", "create", f"small--gone{i}").code, 0, "an unlabelled one")
    equal(house.engine("volume", "create", "--opt", "type=tmpfs", "--opt", "device=tmpfs", "small--device").code, 0, "one of a device")
    equal(house.engine("volume", "create", "--label", "fairlead.tenant=plain", "small--plain").code, 0, "another's")
    try:
        equal(sorted(small.must("volume", "ls", "-q").split()), ["gone0", "gone1", "gone2"], "listed")
        equal(plain.must("volume", "ls", "-q"), "small--plain", "by another")
        equal(small.must("volume", "inspect", "--format", "{{.Name}}", "gone0"), "gone0", "looked at")
        for name in ("device", "plain"):
            equal(small.ask("GET", f"/v1.41/volumes/{name}").status, 404, f"{name} is not its own")
            a = create(small, Binds=[name + ":/a"])()
            true(400 <= a.status < 500, f"{name} is taken over: {a}")
        a = create(small, Binds=["another:/a"])()
        true(a.status == 403 and "quota.volumes" in a.message(), f"counted: {a}")
        equal(create(small, Binds=["gone0:/a"])().status, 201, "used")
        remove_all(small)
        for i in range(3):
            small.must("volume", "rm", f"gone{i}")
    finally:
        house.engine("volume", "rm", "-f", "small--device", "small--plain", *(f"small--gone{i}" for i in range(3)))


@case("life-quota-networks")
def networks(house):
    small = house.tenants["small"]

    def network(i):
        return lambda: small.ask("POST", "/v1.41/networks/create", {"Name": f"n{i}"})

    equal(split(at_once([network(i) for i in range(8)]), "quota.networks"), 2, "networks made")
    done = small.cli("create", IMAGE, "true")
    true(done.code != 0 and b"quota.networks" in done.err, f"its own bridge would be one more: {done}")
    for n in small.ask("GET", "/v1.41/networks").json():
        small.must("network", "rm", n["Name"])
    # All of them want the same bridge, which is one.
    small.must("network", "create", "n0")
    body = {"Image": IMAGE, "Cmd": ["true"]}
    equal([a.status for a in at_once([lambda: small.ask("POST", "/v1.41/containers/create", body)] * 6)], [201] * 6, "on its bridge")
    remove_all(small)
    for n in small.ask("GET", "/v1.41/networks").json():
        small.must("network", "rm", n["Name"])


def labelled(house, tenant):
    """A container that the operator has made for a tenant."""
    house.engine("rm", "-f", "quota-box")
    done = house.engine("run", "-d", "--name", "quota-box", "--network", "none", "--label", "fairlead.tenant=" + tenant, IMAGE, *FOREVER)
    equal(done.code, 0, "the operator's container")


def hold(tenant, *arguments):
    """A CLI that stays until its stdin ends."""
    return subprocess.Popen([tenant.house.clis["new"], *arguments], env=tenant.way.env, stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def let_go(held):
    for p in held:
        p.stdin.close()
        equal(p.wait(60), 0, "the end of what was held")
        p.stdout.close()


@case("life-quota-execs")
def execs(house):
    """As many execs' streams as the quota says, over both workers; an end makes room."""
    few = house.tenants["few"]
    labelled(house, "few")
    held = [hold(few, "exec", "-i", "quota-box", "cat") for _ in range(2)]
    for p in held:
        p.stdin.write(b"x")
        p.stdin.flush()
        equal(p.stdout.read(1), b"x", "echo")
    for _ in range(4):
        done = few.cli("exec", "quota-box", "true")
        # All that this CLI tells of a start's refusal is its status.
        true(done.code != 0 and b"429" in done.err + done.out, f"{done}")
    made = few.ask("POST", "/v1.41/containers/quota-box/exec", {"Cmd": ["true"], "AttachStdout": True}).json()["Id"]
    a = few.ask("POST", f"/v1.41/exec/{made}/start", {"Detach": False})
    true(a.status == 429 and "tenant few has 2 of 2 execs open" in a.message(), f"{a}")
    few.must("exec", "-d", "quota-box", "true")
    let_go([held.pop()])
    few.must("exec", "quota-box", "true")
    let_go(held)
    house.engine("rm", "-f", "quota-box")


@case("life-quota-sessions")
def sessions(house):
    """Requests and streams at one time."""
    few = house.tenants["few"]
    labelled(house, "few")
    held = [subprocess.Popen([house.clis["new"], "logs", "-f", "quota-box"], env=few.way.env) for _ in range(4)]
    until(lambda: sum(s["tenant"] == "few" and s["endpoint"] == "container-logs" for s in house.gateway.sessions()) == 4, "four streams")
    for _ in range(4):
        a = few.ask("GET", "/_ping")
        true(a.status == 429 and "4 of 4 requests and streams" in a.message() and a.headers["Retry-After"] == "1", f"{a}")
    equal(house.tenants["acme"].ask("GET", "/_ping").status, 200, "another tenant")
    held[0].kill()
    until(lambda: few.ask("GET", "/_ping").status == 200, "room")
    for p in held:
        p.kill()
        p.wait(60)
    house.engine("rm", "-f", "quota-box")


@case("life-quota-rates")
def rates(house):
    """Ten seconds' worth at once, then one request after the other as the rate says."""
    busy = house.tenants["busy"]
    begin = time.monotonic()
    seen = [busy.ask("GET", "/_ping").status for _ in range(60)]
    took = time.monotonic() - begin
    true(30 <= seen.count(200) <= 31 + 3 * took and seen.count(200) + seen.count(429) == 60, f"{seen} in {took:.1f} s")
    time.sleep(1)
    equal(busy.ask("GET", "/_ping").status, 200, "a second later")


@case("life-quota-bytes")
def rate_of_bytes(house):
    """Streams are slowed down together and lose nothing."""
    slow = house.tenants["slow"]
    labelled(house, "slow")
    begin = time.monotonic()
    done = at_once([lambda: slow.cli("exec", "quota-box", "head", "-c", str(600 << 10), "/dev/zero")] * 2)
    for d in done:
        equal((d.code, len(d.out)), (0, 600 << 10), "output")
    # 1,200 KiB at 512 KiB a second, of which the first second's worth may pass at once.
    true(time.monotonic() - begin > 1.1, f"{time.monotonic() - begin:.1f} s")
    house.engine("rm", "-f", "quota-box")
