"""escapes: every field that leads to the host or to others, with a value that is not neutral. Each is tried alone."""


def nested(start, path, value):
    """A copy of `start` with the value at the path; an int in it is a list's place."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        return [nested({}, rest, value)]
    out = dict(start) if isinstance(start, dict) else {}
    out[step] = nested(out.get(step, {}), rest, value)
    return out


def host(name, *values):
    return [(["HostConfig", *name.split(".")], v) for v in values]


CREATE = [
    *host("Privileged", True),
    *host("CapAdd", ["SYS_ADMIN"], ["ALL"], ["CAP_NET_RAW"], ["net_admin"]),
    *host("Binds", ["/:/host"], ["/etc:/e:ro"], ["/var/run/docker.sock:/s"], ["../x:/y"], ["./x:/y"], ["~/x:/y"], ["/etc/../:/h"],
          ["data:/d:shared"], ["data:/d:rw,exec"]),
    *host("VolumeDriver", "nfs"),
    *host("Mounts", [{"Type": "bind", "Source": "/", "Target": "/h"}], [{"Type": "npipe", "Source": "x", "Target": "/h"}],
          [{"Type": "cluster", "Source": "x", "Target": "/h"}], [{"Type": "image", "Source": "busybox", "Target": "/h"}],
          [{"Type": "volume", "Source": "v1", "Target": "/h", "VolumeOptions": {"DriverConfig": {"Name": "local", "Options": {
              "type": "none", "o": "bind", "device": "/"}}}}],
          [{"Type": "volume", "Source": "v1", "Target": "/h", "VolumeOptions": {"Subpath": "../x"}}],
          [{"Type": "tmpfs", "Target": "/t", "TmpfsOptions": {"Options": [["exec"]]}}]),
    *host("Tmpfs", {"/t": "exec"}, {"/t": "suid,dev"}, {"/t": "mpol=bind:0"}),
    *host("Devices", [{"PathOnHost": "/dev/sda", "PathInContainer": "/dev/sda", "CgroupPermissions": "rwm"}]),
    *host("DeviceCgroupRules", ["a *:* rwm"]),
    *host("DeviceRequests", [{"Driver": "nvidia", "Count": -1}]),
    *host("NetworkMode", "host", "ns:/proc/1/ns/net", "container:"),
    *host("PidMode", "host", "container:own"),
    *host("IpcMode", "host", "shareable", "container:own"),
    *host("UTSMode", "host"),
    *host("UsernsMode", "host"),
    *host("CgroupnsMode", "host"),
    *host("Cgroup", "container:own"),
    *host("CgroupParent", "/", "system.slice"),
    *host("SecurityOpt", ["seccomp=unconfined"], ["seccomp={}"], ["apparmor=unconfined"], ["label=disable"], ["label:type:x"],
          ["systempaths=unconfined"], ["no-new-privileges=false"], ["writable-cgroups=true"]),
    *host("MaskedPaths", [], ["/proc/x"]),
    *host("ReadonlyPaths", [], ["/proc/x"]),
    *host("Sysctls", {"kernel.msgmax": "1"}, {"fs.mqueue.msg_max": "1"}, {"net.ipv4.ip_forward": "1", "vm.swappiness": "1"}),
    *host("Runtime", "nvidia", "kata"),
    *host("Annotations", {"run.oci.keep_original_groups": "1"}, {"io.katacontainers.config.x": "1"}),
    *host("Isolation", "hyperv"),
    *host("LogConfig", {"Type": "syslog"}, {"Type": "fluentd", "Config": {"fluentd-address": "10.0.0.1"}}, {"Type": "gelf"},
          {"Type": "json-file", "Config": {"syslog-address": "tcp://x"}}, {"Type": "awslogs"}),
    *host("ExtraHosts", ["x:host-gateway"], ["x:10.0.0.1"]),
    *host("GroupAdd", ["docker"], ["0"]),
    *host("OomKillDisable", True),
    *host("OomScoreAdj", -1000),
    *host("CpuRealtimePeriod", 1000000),
    *host("CpuRealtimeRuntime", 950000),
    *host("BlkioWeightDevice", [{"Path": "/dev/sda", "Weight": 10}]),
    *host("BlkioDeviceReadBps", [{"Path": "/dev/sda", "Rate": 10}]),
    *host("BlkioDeviceWriteBps", [{"Path": "/dev/sda", "Rate": 10}]),
    *host("BlkioDeviceReadIOps", [{"Path": "/dev/sda", "Rate": 10}]),
    *host("BlkioDeviceWriteIOps", [{"Path": "/dev/sda", "Rate": 10}]),
    *host("StorageOpt", {"size": "10G"}),
    *host("PublishAllPorts", True),
    *host("PortBindings", {"80/tcp": [{"HostPort": "80"}]}, {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "22"}]}),
    *host("ContainerIDFile", "/tmp/x"),
    (["Labels"], {"fairlead.tenant": "acme"}),
    (["Labels"], {"fairlead.tenant.ref": "x"}),
    (["Labels"], {"containerd.io/x": "y"}),
    (["Labels"], {"com.docker.swarm.task": "y"}),
    (["OnBuild"], ["RUN true"]),
    (["MacAddress"], "02:42:ac:11:00:99"),
    (["NetworkingConfig", "EndpointsConfig"], {"own": {"IPAMConfig": {"IPv4Address": "10.0.0.9"}}}),
    (["NetworkingConfig", "EndpointsConfig"], {"own": {"MacAddress": "02:42:ac:11:00:99"}}),
    (["NetworkingConfig", "EndpointsConfig"], {"own": {"DriverOpts": {"x": "y"}}}),
    (["NetworkingConfig", "EndpointsConfig"], {"own": {"GwPriority": 5}}),
    (["Unheard"], "of"),
    (["HostConfig", "Unheard"], {"of": 1}),
]

UPDATE = [
    (["Devices"], [{"PathOnHost": "/dev/sda", "PathInContainer": "/dev/sda", "CgroupPermissions": "rwm"}]),
    (["DeviceCgroupRules"], ["a *:* rwm"]),
    (["CgroupParent"], "/"),
    (["BlkioDeviceReadBps"], [{"Path": "/dev/sda", "Rate": 10}]),
    (["CpusetCpus"], "0"),
    (["KernelMemory"], 5000000),
    (["Ulimits"], [{"Name": "nofile", "Soft": 1, "Hard": 2}]),
    (["Init"], True),
]

EXEC = [
    (["Privileged"], True),
    (["Env"], ["LD_PRELOAD=/x"]),
    (["Env"], ["DOCKER_HOST=x"]),
    (["WorkingDir"], "/proc/self/fd/8"),
    (["Cmd"], []),
    (["DetachKeys"], "ctrl-1234"),
    (["ConsoleSize"], [1]),
]

NETWORK = [
    (["Driver"], "macvlan"),
    (["Driver"], "host"),
    (["Scope"], "swarm"),
    (["Ingress"], True),
    (["ConfigOnly"], True),
    (["ConfigFrom"], {"Network": "x"}),
    (["Options"], {"com.docker.network.bridge.name": "docker0"}),
    (["IPAM"], {"Config": [{"Subnet": "10.0.0.0/8"}]}),
    (["IPAM"], {"Driver": "other"}),
    (["Labels"], {"fairlead.tenant": "acme"}),
]

VOLUME = [
    (["Driver"], "nfs"),
    (["DriverOpts"], {"type": "none", "o": "bind", "device": "/"}),
    (["ClusterVolumeSpec"], {"Group": "x"}),
    (["Labels"], {"fairlead.tenant": "acme"}),
]
