"""What a container's body names of the tenant's own: links, volumes without a name, another's network and volumes."""

import json

from check import case, equal, true
from house import FOREVER, IMAGE


def made(tenant, **body):
    """A container by its body; its id."""
    got = tenant.ask("POST", "/v1.41/containers/create" + ("?name=" + body.pop("name") if "name" in body else ""), {"Image": IMAGE, **body})
    equal(got.status, 201, f"{body}: {got}")
    return got.json()["Id"]


def reached(tenant, container, name):
    """Whether a container that runs reaches another by this name."""
    return tenant.cli("exec", container, "sh", "-c", f"ping -c1 -W3 {name} >/dev/null && echo reached").out == b"reached\n"


def volumes(house, tenant):
    """The names that the engine knows with the tenant's label, and all."""
    labelled = house.engine("volume", "ls", "-q", "--filter", "label=fairlead.tenant=" + tenant.name).out.split()
    return sorted(labelled), sorted(house.engine("volume", "ls", "-q").out.split())


@case("body-links")
def links(house):
    """--link reaches the other by the alias: on the default network and on a user's; by name, by id and told twice."""
    for tenant in (house.tenants["acme"], house.tenants["beta"]):
        tenant.must("network", "create", "lan")
        for network in ((), ("--network", "lan")):
            db = tenant.must("run", "-d", "--name", "db", *network, IMAGE, *FOREVER)
            tenant.must("run", "-d", "--name", "web", *network, "--link", "db:store", "--link", db + ":byid", "--link", "db", IMAGE, *FOREVER)
            for name in ("store", "byid", "db"):
                true(reached(tenant, "web", name), f"{tenant.name} {network}: web does not reach {name}")
            tenant.must("rm", "-f", "web", "db")
        tenant.must("network", "rm", "lan")
        tenant.cli("network", "rm", "bridge")


@case("body-connect")
def connected_by_id(house):
    """A container that is connected by its id has its name there."""
    tenant = house.tenants["acme"]
    lan = tenant.must("network", "create", "lan")
    one = tenant.must("run", "-d", "--name", "one", "--network", "none", IMAGE, *FOREVER)
    two = tenant.must("create", "--name", "two", "--network", "lan", IMAGE, *FOREVER)
    tenant.must("start", two)
    tenant.must("network", "disconnect", "lan", two)
    equal(tenant.ask("POST", f"/v1.41/networks/{lan}/connect", {"Container": two}).status, 200, "connect")
    three = tenant.must("run", "-d", "--name", "three", "--network", "lan", IMAGE, *FOREVER)
    true(reached(tenant, three, "two"), "three does not reach two")
    twice = tenant.ask("POST", "/v1.41/containers/create", {"Image": IMAGE, "NetworkingConfig": {"EndpointsConfig": {"lan": {}, lan: {}}}})
    equal(twice.status, 400, f"one network by two names: {twice}")
    tenant.must("rm", "-f", one, two, three)
    tenant.must("network", "rm", "lan")


@case("body-anonymous-volumes")
def anonymous_volumes(house):
    """Volumes without a name are the tenant's, and go with the container."""
    tenant = house.tenants["acme"]
    before = volumes(house, tenant)
    equal(tenant.must("run", "--rm", "--network", "none", "-v", "/anonymous", "--mount", "type=volume,dst=/mounted", IMAGE,
                      "sh", "-c", "touch /anonymous/x /mounted/y && echo written"), "written", "they can be written to")
    equal(volumes(house, tenant), before, "after run --rm")
    tenant.must("run", "--name", "keeper", "--network", "none", "-v", "/etc", IMAGE, "true")
    labelled, everything = volumes(house, tenant)
    equal((len(labelled), len(everything)), (len(before[0]) + 1, len(before[1]) + 1), "one more, and labelled")
    mount = json.loads(tenant.must("inspect", "--format", "{{json .Mounts}}", "keeper"))[0]
    true("passwd" in tenant.must("run", "--rm", "--network", "none", "-v", mount["Name"] + ":/kept", IMAGE, "ls", "/kept").split(),
         "what the image has there is in it")
    equal(house.tenants["beta"].ask("POST", "/v1.41/containers/create", {
        "Image": IMAGE, "HostConfig": {"NetworkMode": "none", "Binds": [mount["Name"] + ":/x"]}}).status, 404, "beta's create with it")
    tenant.must("rm", "-v", "keeper")
    equal(volumes(house, tenant), before, "after rm -v")


@case("body-image-volumes")
def volumes_of_images(house):
    """What an image declares is a tenant's volume, too; what the tenant mounts there counts instead."""
    tenant = house.tenants["acme"]
    made(tenant, name="base", Cmd=["true"], HostConfig={"NetworkMode": "none"})
    got = tenant.ask("POST", "/v1.41/commit?container=base&repo=declaring", {"Volumes": {"/declared": {}, "/other": {}}})
    equal(got.status, 201, f"commit: {got}")
    before = volumes(house, tenant)
    tenant.must("run", "--name", "holder", "--network", "none", "-v", "data:/other", "declaring", "sh", "-c", "touch /declared/x /other/y")
    labelled, everything = volumes(house, tenant)
    equal((len(labelled), len(everything)), (len(before[0]) + 2, len(before[1]) + 2), "two more, both labelled")
    equal(tenant.must("run", "--rm", "--network", "none", "--volumes-from", "holder:ro", IMAGE, "ls", "/declared", "/other").split(),
          ["/declared:", "x", "/other:", "y"], "by --volumes-from")
    tenant.must("rm", "-v", "holder", "base")
    tenant.must("volume", "rm", "data")
    equal(volumes(house, tenant), before, "after rm -v")
    tenant.must("rmi", "-f", "declaring")


@case("body-shared-network")
def shared_network(house):
    """--network container:X: X's own, and nobody else's."""
    tenant, beta = house.tenants["acme"], house.tenants["beta"]
    web = tenant.must("run", "-d", "--name", "web", "--network", "none", "--hostname", "shared", IMAGE, *FOREVER)
    equal(tenant.must("run", "--rm", "--network", "container:web", IMAGE, "hostname"), "shared", "by name")
    equal(tenant.must("run", "--rm", "--network", "container:" + web[:12], IMAGE, "hostname"), "shared", "by id")
    for ref in ("web", web, web[:12], "acme--web"):
        got = beta.ask("POST", "/v1.41/containers/create", {"Image": IMAGE, "HostConfig": {"NetworkMode": "container:" + ref}})
        equal((got.status, got.message()), (404, "No such container: " + ref), "beta's create")
    tenant.must("rm", "-f", "web")


@case("body-policy")
def what_a_tenant_was_given(house):
    """Folders, capabilities, ports and hosts that the configuration gives, and their edges."""
    rich = house.tenants["rich"]
    for more, command, wanted in (
            (("-v", "/usr/share:/x"), "touch /x/y 2>/dev/null || echo read-only", "read-only"),
            (("-v", "/usr/share/doc:/x"), "ls /x >/dev/null && echo below", "below"),
            (("--mount", "type=bind,src=/usr/share,dst=/x"), "touch /x/y 2>/dev/null || echo read-only", "read-only"),
            (("-v", "/var/local:/x"), "touch /x/fairlead-test && rm /x/fairlead-test && echo written", "written"),
            (("-v", "/var/local:/x:ro"), "touch /x/y 2>/dev/null || echo read-only", "read-only"),
            (("--cap-add", "net_admin"), "ip link set lo down && echo down", "down"),
            (("--cap-drop", "ALL"), "chown 1:1 /tmp 2>/dev/null || echo no", "no"),
            (("--add-host", "there:10.1.2.3"), "grep there /etc/hosts", "10.1.2.3\tthere"),
            (("--tmpfs", "/scratch:size=1m,mode=700"), "grep -c ' /scratch tmpfs .*size=1024k' /proc/mounts", "1"),
            (("--sysctl", "net.ipv4.ip_forward=1"), "cat /proc/sys/net/ipv4/ip_forward", "1"),
            (("--ulimit", "nofile=77:88"), "ulimit -n", "77"),
            (("--read-only", "--init", "--shm-size", "1m", "--log-driver", "local", "--security-opt", "no-new-privileges"),
             "touch /y 2>/dev/null || grep NoNewPrivs /proc/1/status", "NoNewPrivs:\t1"),
            (("-w", "/tmp", "-u", "7:8", "--hostname", "here", "--domainname", "there"), "pwd; id -u; hostname", "/tmp\n7\nhere")):
        equal(rich.must("run", "--rm", "--network", "none", *more, IMAGE, "sh", "-c", command), wanted, str(more))
    for more, word in ((("-v", "/usr:/x"), "Binds"), (("-v", "/var/local/x:/x"), "Binds"), (("-v", "/usr/share/../../etc:/x"), "Binds"),
                       (("-v", "/usr/share/nothing-there:/x"), "does not exist"), (("--cap-add", "SYS_ADMIN"), "CapAdd"),
                       (("--add-host", "x:host-gateway"), "ExtraHosts"), (("-p", "23760:80"), "HostPort"), (("-p", "0.0.0.0:22:80"), "HostPort"),
                       (("-p", "192.0.2.1:23750:80"), "HostIp"), (("-P",), "PublishAllPorts")):
        done = rich.cli("create", *more, IMAGE, "true")
        true(done.code != 0 and word in done.err.decode(), f"{more}: {done}")
    equal(rich.must("run", "-d", "--name", "web", "-p", "80", "-p", "23751:81", IMAGE, *FOREVER) and
          sorted(line.split(" -> ")[1] for line in rich.must("port", "web").splitlines()), ["127.0.0.1:23750", "127.0.0.1:23751"], "ports")
    # Whether it runs is the machine's business: it may have no more to give.
    equal(rich.ask("POST", "/v1.41/containers/web/exec", {"Cmd": ["true"], "Privileged": True}).status, 201, "a privileged exec")
    rich.must("rm", "-f", "web")
    rich.must("network", "rm", "bridge")


@case("body-old-api")
def the_oldest_api(house):
    """A client of the oldest API has volumes without a name as any other."""
    tenant = house.tenants["acme"]
    before = volumes(house, tenant)
    for version in ("v1.23", "v1.24"):
        got = tenant.ask("POST", f"/{version}/containers/create", {"Image": IMAGE, "Cmd": ["true"], "Volumes": {"/x": {}}, "HostConfig": {"NetworkMode": "none"}})
        equal(got.status, 201, f"{version}: {got}")
        labelled, everything = volumes(house, tenant)
        equal((len(labelled), len(everything)), (len(before[0]) + 1, len(before[1]) + 1), version)
        tenant.must("rm", "-v", got.json()["Id"])
        equal(volumes(house, tenant), before, version)


@case("body-testcontainers")
def as_testcontainers_does(house):
    """It looks at the network "bridge" first, and gives networks random hex digits for names."""
    for tenant in (house.tenants["acme"], house.tenants["beta"]):
        bridge = tenant.ask("GET", "/v1.41/networks/bridge")
        equal((bridge.status, bridge.json()["Name"]), (200, "bridge"), f"{tenant.name}: {bridge}")
        for name in ("0a1b2c3d4e5f", "0123456789abcdef0123456789abcdef"):
            equal(tenant.ask("POST", "/v1.41/networks/create", {"Name": name}).status, 201, name)
            equal(tenant.ask("POST", "/v1.41/volumes/create", {"Name": name}).status, 201, name)
            tenant.must("run", "--rm", "--network", name, "-v", name + ":/data", IMAGE, "true")
            for kind in ("network", "volume"):
                equal(tenant.must(kind, "inspect", "--format", "{{.Name}}", name), name, kind)
                tenant.must(kind, "rm", name)
        short = bridge.json()["Id"][:12]
        equal(tenant.must("network", "inspect", "--format", "{{.Name}}", short), "bridge", "by its short id")
        tenant.must("network", "rm", "bridge")
    equal(house.tenants["watcher"].ask("GET", "/v1.41/networks/bridge").status, 404, "who may make nothing makes no bridge")
