/*
 * body_escapes: each field that leads to the host or to others, alone, is refused by its name, for a tenant that
 * was given nothing. The same list as tests/tenants/escapes.py.
 */
#include "body_case.h"

/* clang-format off */
static const struct { enum endpoint_body kind; const char *body, *field; } escapes[] = {
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Privileged\":true}}", "Privileged" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"CapAdd\":[\"SYS_ADMIN\"]}}", "CapAdd" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"CapAdd\":[\"ALL\"]}}", "CapAdd" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"CapAdd\":[\"CAP_NET_RAW\"]}}", "CapAdd" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"CapAdd\":[\"net_admin\"]}}", "CapAdd" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Binds\":[\"/:/host\"]}}", "Binds" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Binds\":[\"/etc:/e:ro\"]}}", "Binds" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Binds\":[\"/var/run/docker.sock:/s\"]}}", "Binds" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Binds\":[\"../x:/y\"]}}", "Binds" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Binds\":[\"./x:/y\"]}}", "Binds" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Binds\":[\"~/x:/y\"]}}", "Binds" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Binds\":[\"/etc/../:/h\"]}}", "Binds" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Binds\":[\"data:/d:shared\"]}}", "Binds" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Binds\":[\"data:/d:rw,exec\"]}}", "Binds" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"VolumeDriver\":\"nfs\"}}", "VolumeDriver" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/\",\"Target\":\"/h\"}]}}", "Mounts" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Mounts\":[{\"Type\":\"npipe\",\"Source\":\"x\",\"Target\":\"/h\"}]}}", "Mounts" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Mounts\":[{\"Type\":\"cluster\",\"Source\":\"x\",\"Target\":\"/h\"}]}}", "Mounts" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Mounts\":[{\"Type\":\"image\",\"Source\":\"busybox\",\"Target\":\"/h\"}]}}", "Mounts" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Mounts\":[{\"Type\":\"volume\",\"Source\":\"v1\",\"Target\":\"/h\",\"VolumeOptions\":{\"DriverConfig\":{\"Name\":\"local\",\"Options\":{\"type\":\"none\",\"o\":\"bind\",\"device\":\"/\"}}}}]}}", "Mounts" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Mounts\":[{\"Type\":\"volume\",\"Source\":\"v1\",\"Target\":\"/h\",\"VolumeOptions\":{\"Subpath\":\"../x\"}}]}}", "Mounts" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Mounts\":[{\"Type\":\"tmpfs\",\"Target\":\"/t\",\"TmpfsOptions\":{\"Options\":[[\"exec\"]]}}]}}", "Mounts" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Tmpfs\":{\"/t\":\"exec\"}}}", "Tmpfs" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Tmpfs\":{\"/t\":\"suid,dev\"}}}", "Tmpfs" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Tmpfs\":{\"/t\":\"mpol=bind:0\"}}}", "Tmpfs" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Devices\":[{\"PathOnHost\":\"/dev/sda\",\"PathInContainer\":\"/dev/sda\",\"CgroupPermissions\":\"rwm\"}]}}", "Devices" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"DeviceCgroupRules\":[\"a *:* rwm\"]}}", "DeviceCgroupRules" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"DeviceRequests\":[{\"Driver\":\"nvidia\",\"Count\":-1}]}}", "DeviceRequests" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"NetworkMode\":\"host\"}}", "NetworkMode" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"NetworkMode\":\"ns:/proc/1/ns/net\"}}", "NetworkMode" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"PidMode\":\"host\"}}", "PidMode" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"PidMode\":\"container:own\"}}", "PidMode" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"IpcMode\":\"host\"}}", "IpcMode" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"IpcMode\":\"shareable\"}}", "IpcMode" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"IpcMode\":\"container:own\"}}", "IpcMode" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"UTSMode\":\"host\"}}", "UTSMode" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"UsernsMode\":\"host\"}}", "UsernsMode" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"CgroupnsMode\":\"host\"}}", "CgroupnsMode" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Cgroup\":\"container:own\"}}", "Cgroup" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"CgroupParent\":\"/\"}}", "CgroupParent" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"CgroupParent\":\"system.slice\"}}", "CgroupParent" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"SecurityOpt\":[\"seccomp=unconfined\"]}}", "SecurityOpt" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"SecurityOpt\":[\"seccomp={}\"]}}", "SecurityOpt" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"SecurityOpt\":[\"apparmor=unconfined\"]}}", "SecurityOpt" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"SecurityOpt\":[\"label=disable\"]}}", "SecurityOpt" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"SecurityOpt\":[\"label:type:x\"]}}", "SecurityOpt" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"SecurityOpt\":[\"systempaths=unconfined\"]}}", "SecurityOpt" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"SecurityOpt\":[\"no-new-privileges=false\"]}}", "SecurityOpt" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"SecurityOpt\":[\"writable-cgroups=true\"]}}", "SecurityOpt" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"MaskedPaths\":[]}}", "MaskedPaths" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"MaskedPaths\":[\"/proc/x\"]}}", "MaskedPaths" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"ReadonlyPaths\":[]}}", "ReadonlyPaths" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"ReadonlyPaths\":[\"/proc/x\"]}}", "ReadonlyPaths" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Sysctls\":{\"kernel.msgmax\":\"1\"}}}", "Sysctls" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Sysctls\":{\"fs.mqueue.msg_max\":\"1\"}}}", "Sysctls" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Sysctls\":{\"net.ipv4.ip_forward\":\"1\",\"vm.swappiness\":\"1\"}}}", "Sysctls" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Runtime\":\"nvidia\"}}", "Runtime" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Runtime\":\"kata\"}}", "Runtime" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Annotations\":{\"run.oci.keep_original_groups\":\"1\"}}}", "Annotations" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Annotations\":{\"io.katacontainers.config.x\":\"1\"}}}", "Annotations" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Isolation\":\"hyperv\"}}", "Isolation" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"LogConfig\":{\"Type\":\"syslog\"}}}", "LogConfig" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"LogConfig\":{\"Type\":\"fluentd\",\"Config\":{\"fluentd-address\":\"10.0.0.1\"}}}}", "LogConfig" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"LogConfig\":{\"Type\":\"gelf\"}}}", "LogConfig" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"LogConfig\":{\"Type\":\"json-file\",\"Config\":{\"syslog-address\":\"tcp://x\"}}}}", "LogConfig" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"LogConfig\":{\"Type\":\"awslogs\"}}}", "LogConfig" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"ExtraHosts\":[\"x:host-gateway\"]}}", "ExtraHosts" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"ExtraHosts\":[\"x:10.0.0.1\"]}}", "ExtraHosts" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"GroupAdd\":[\"docker\"]}}", "GroupAdd" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"GroupAdd\":[\"0\"]}}", "GroupAdd" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"OomKillDisable\":true}}", "OomKillDisable" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"OomScoreAdj\":-1000}}", "OomScoreAdj" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"CpuRealtimePeriod\":1000000}}", "CpuRealtimePeriod" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"CpuRealtimeRuntime\":950000}}", "CpuRealtimeRuntime" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"BlkioWeightDevice\":[{\"Path\":\"/dev/sda\",\"Weight\":10}]}}", "BlkioWeightDevice" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"BlkioDeviceReadBps\":[{\"Path\":\"/dev/sda\",\"Rate\":10}]}}", "BlkioDeviceReadBps" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"BlkioDeviceWriteBps\":[{\"Path\":\"/dev/sda\",\"Rate\":10}]}}", "BlkioDeviceWriteBps" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"BlkioDeviceReadIOps\":[{\"Path\":\"/dev/sda\",\"Rate\":10}]}}", "BlkioDeviceReadIOps" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"BlkioDeviceWriteIOps\":[{\"Path\":\"/dev/sda\",\"Rate\":10}]}}", "BlkioDeviceWriteIOps" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"StorageOpt\":{\"size\":\"10G\"}}}", "StorageOpt" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"PublishAllPorts\":true}}", "PublishAllPorts" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"PortBindings\":{\"80/tcp\":[{\"HostPort\":\"80\"}]}}}", "PortBindings" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"0.0.0.0\",\"HostPort\":\"22\"}]}}}", "PortBindings" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"ContainerIDFile\":\"/tmp/x\"}}", "ContainerIDFile" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"Labels\":{\"fairlead.tenant\":\"acme\"}}", "Labels" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"Labels\":{\"fairlead.tenant.ref\":\"x\"}}", "Labels" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"Labels\":{\"containerd.io/x\":\"y\"}}", "Labels" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"Labels\":{\"com.docker.swarm.task\":\"y\"}}", "Labels" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"OnBuild\":[\"RUN true\"]}", "OnBuild" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"MacAddress\":\"02:42:ac:11:00:99\"}", "MacAddress" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"NetworkingConfig\":{\"EndpointsConfig\":{\"own\":{\"IPAMConfig\":{\"IPv4Address\":\"10.0.0.9\"}}}}}", "EndpointsConfig" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"NetworkingConfig\":{\"EndpointsConfig\":{\"own\":{\"MacAddress\":\"02:42:ac:11:00:99\"}}}}", "EndpointsConfig" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"NetworkingConfig\":{\"EndpointsConfig\":{\"own\":{\"DriverOpts\":{\"x\":\"y\"}}}}}", "EndpointsConfig" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"NetworkingConfig\":{\"EndpointsConfig\":{\"own\":{\"GwPriority\":5}}}}", "EndpointsConfig" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"Unheard\":\"of\"}", "Unheard" },
	{ BODY_CONTAINER_CREATE, "{\"Image\":\"busybox\",\"HostConfig\":{\"Unheard\":{\"of\":1}}}", "Unheard" },
	{ BODY_CONTAINER_UPDATE, "{\"Devices\":[{\"PathOnHost\":\"/dev/sda\",\"PathInContainer\":\"/dev/sda\",\"CgroupPermissions\":\"rwm\"}]}", "Devices" },
	{ BODY_CONTAINER_UPDATE, "{\"DeviceCgroupRules\":[\"a *:* rwm\"]}", "DeviceCgroupRules" },
	{ BODY_CONTAINER_UPDATE, "{\"CgroupParent\":\"/\"}", "CgroupParent" },
	{ BODY_CONTAINER_UPDATE, "{\"BlkioDeviceReadBps\":[{\"Path\":\"/dev/sda\",\"Rate\":10}]}", "BlkioDeviceReadBps" },
	{ BODY_CONTAINER_UPDATE, "{\"CpusetCpus\":\"0\"}", "CpusetCpus" },
	{ BODY_CONTAINER_UPDATE, "{\"KernelMemory\":5000000}", "KernelMemory" },
	{ BODY_CONTAINER_UPDATE, "{\"Ulimits\":[{\"Name\":\"nofile\",\"Soft\":1,\"Hard\":2}]}", "Ulimits" },
	{ BODY_CONTAINER_UPDATE, "{\"Init\":true}", "Init" },
	{ BODY_NETWORK_CREATE, "{\"Name\":\"fresh\",\"Driver\":\"macvlan\"}", "Driver" },
	{ BODY_NETWORK_CREATE, "{\"Name\":\"fresh\",\"Driver\":\"host\"}", "Driver" },
	{ BODY_NETWORK_CREATE, "{\"Name\":\"fresh\",\"Scope\":\"swarm\"}", "Scope" },
	{ BODY_NETWORK_CREATE, "{\"Name\":\"fresh\",\"Ingress\":true}", "Ingress" },
	{ BODY_NETWORK_CREATE, "{\"Name\":\"fresh\",\"ConfigOnly\":true}", "ConfigOnly" },
	{ BODY_NETWORK_CREATE, "{\"Name\":\"fresh\",\"ConfigFrom\":{\"Network\":\"x\"}}", "ConfigFrom" },
	{ BODY_NETWORK_CREATE, "{\"Name\":\"fresh\",\"Options\":{\"com.docker.network.bridge.name\":\"docker0\"}}", "Options" },
	{ BODY_NETWORK_CREATE, "{\"Name\":\"fresh\",\"IPAM\":{\"Config\":[{\"Subnet\":\"10.0.0.0/8\"}]}}", "IPAM" },
	{ BODY_NETWORK_CREATE, "{\"Name\":\"fresh\",\"IPAM\":{\"Driver\":\"other\"}}", "IPAM" },
	{ BODY_NETWORK_CREATE, "{\"Name\":\"fresh\",\"Labels\":{\"fairlead.tenant\":\"acme\"}}", "Labels" },
	{ BODY_VOLUME_CREATE, "{\"Name\":\"fresh\",\"Driver\":\"nfs\"}", "Driver" },
	{ BODY_VOLUME_CREATE, "{\"Name\":\"fresh\",\"DriverOpts\":{\"type\":\"none\",\"o\":\"bind\",\"device\":\"/\"}}", "DriverOpts" },
	{ BODY_VOLUME_CREATE, "{\"Name\":\"fresh\",\"ClusterVolumeSpec\":{\"Group\":\"x\"}}", "ClusterVolumeSpec" },
	{ BODY_VOLUME_CREATE, "{\"Name\":\"fresh\",\"Labels\":{\"fairlead.tenant\":\"acme\"}}", "Labels" },
};
/* clang-format on */

static void
each_is_refused(void **state)
{
	struct body_case c;

	(void)state;
	case_init(&c);
	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
		case_judge(&c, escapes[i].kind, escapes[i].body);
		if ((c.status != 400 && c.status != 403) ||
			!strstr(case_text(&c.why), escapes[i].field))
			fail_msg("%s: %u %s%s", escapes[i].body, c.status, case_text(&c.why),
				case_text(&c.out));
	}
	case_free(&c);
}

/* A client of the newest API says no more. */
static void
each_is_refused_in_any_version(void **state)
{
	struct body_case c;

	(void)state;
	case_init(&c);
	for (c.policy.minor = 24; c.policy.minor < 60; c.policy.minor++)
		for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
			case_judge(&c, escapes[i].kind, escapes[i].body);
			assert_int_not_equal(c.status, 0);
		}
	case_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_refused),
		cmocka_unit_test(each_is_refused_in_any_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
