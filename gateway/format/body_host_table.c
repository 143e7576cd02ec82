/*
 * body_host_table: the fields of HostConfig and of a container's update, one a row.
 *
 * Sources: moby api/types/container/hostconfig.go, api/types/mount; Engine API 1.24 to 1.51.
 */
#include "format/body_judge.h"

/* clang-format off */

#define MOST INT64_MAX
#define REFUSED(field) { .name = (field), .read = body_refuse }

static const struct body_field log_fields[] = {
	{ .name = "Type", .read = body_read_choice, .choices = "json-file|local|none" },
	{ .name = "Config", .read = body_read_log_options,
		.choices = "max-size|max-file|compress|labels|labels-regex|env|env-regex|tag|mode|max-buffer-size" },
	{ .name = NULL },
};

static const struct body_field restart_fields[] = {
	{ .name = "Name", .read = body_read_choice, .choices = "no|always|unless-stopped|on-failure" },
	{ .name = "MaximumRetryCount", .read = body_read_number, .least = 0, .most = 1000000 },
	{ .name = NULL },
};

static const struct body_field ulimit_fields[] = {
	{ .name = "Name", .read = body_read_text, .most = 32 },
	{ .name = "Soft", .read = body_read_number, .flags = BODY_KEEP, .least = -1, .most = MOST },
	{ .name = "Hard", .read = body_read_number, .flags = BODY_KEEP, .least = -1, .most = MOST },
	{ .name = NULL },
};

static const struct body_field binding_fields[] = {
	{ .name = "HostIp", .read = body_read_host_ip },
	{ .name = "HostPort", .read = body_read_host_port },
	{ .name = NULL },
};

/* What the host mounts later may not come in (slave, shared), nor is a folder made on it. */
static const struct body_field bind_fields[] = {
	{ .name = "Propagation", .read = body_read_choice, .choices = "rprivate|private" },
	{ .name = "NonRecursive", .read = body_read_bool },
	{ .name = "CreateMountpoint", .read = body_refuse },
	{ .name = "ReadOnlyNonRecursive", .read = body_read_bool },
	{ .name = "ReadOnlyForceRecursive", .read = body_read_bool },
	{ .name = NULL },
};

static const struct body_field driver_fields[] = {
	{ .name = "Name", .read = body_read_choice, .choices = "local" },
	{ .name = "Options", .read = body_refuse },
	{ .name = NULL },
};

static const struct body_field volume_fields[] = {
	{ .name = "NoCopy", .read = body_read_bool },
	{ .name = "Labels", .read = body_read_labels },
	{ .name = "DriverConfig", .read = body_read_object, .fields = driver_fields },
	{ .name = "Subpath", .read = body_read_subpath },
	{ .name = NULL },
};

static const struct body_field tmpfs_fields[] = {
	{ .name = "SizeBytes", .read = body_read_number, .least = 0, .most = MOST },
	{ .name = "Mode", .read = body_read_number, .least = 0, .most = 01777 },
	{ .name = "Options", .read = body_read_tmpfs_options },
	{ .name = NULL },
};

static const struct body_field mount_fields[] = {
	{ .name = "Type", .read = body_read_choice, .choices = "volume|tmpfs|bind" },
	{ .name = "Source", .read = body_read_text },
	{ .name = "Target", .read = body_read_path },
	{ .name = "ReadOnly", .read = body_read_bool },
	{ .name = "Consistency", .read = body_drop },
	{ .name = "BindOptions", .read = body_read_object, .fields = bind_fields },
	{ .name = "VolumeOptions", .read = body_read_object, .fields = volume_fields },
	{ .name = "ImageOptions", .read = body_refuse },
	{ .name = "TmpfsOptions", .read = body_read_object, .fields = tmpfs_fields },
	{ .name = "ClusterOptions", .read = body_refuse },
	{ .name = NULL },
};

/* Devices, and what only they need. */
#define DEVICES \
	REFUSED("BlkioWeightDevice"), \
	REFUSED("BlkioDeviceReadBps"), \
	REFUSED("BlkioDeviceWriteBps"), \
	REFUSED("BlkioDeviceReadIOps"), \
	REFUSED("BlkioDeviceWriteIOps"), \
	REFUSED("Devices"), \
	REFUSED("DeviceCgroupRules"), \
	REFUSED("DeviceRequests")

/* What would be taken from the host beside the quotas, is no longer in the kernel, or is Windows'. */
#define NO_RESOURCES \
	REFUSED("CgroupParent"), \
	REFUSED("CpuRealtimePeriod"), \
	REFUSED("CpuRealtimeRuntime"), \
	REFUSED("KernelMemory"), \
	REFUSED("KernelMemoryTCP"), \
	REFUSED("CpuCount"), \
	REFUSED("CpuPercent"), \
	REFUSED("IOMaximumIOps"), \
	REFUSED("IOMaximumBandwidth")

/* Judged as one, body_quota.c. */
#define RESOURCES \
	{ .name = "CpuShares", .read = body_read_number, .least = 0, .most = 262144 }, \
	{ .name = "Memory", .read = body_read_number, .least = 0, .most = MOST }, \
	{ .name = "NanoCpus", .read = body_read_number, .least = 0, .most = INT64_C(65536000000000) }, \
	{ .name = "CpuPeriod", .read = body_read_number, .least = 1000, .most = 1000000 }, \
	{ .name = "CpuQuota", .read = body_read_number, .least = 1000, .most = INT64_C(65536000000) }, \
	{ .name = "MemoryReservation", .read = body_read_number, .least = 0, .most = MOST }, \
	{ .name = "MemorySwap", .read = body_read_number, .least = -1, .most = MOST }, \
	{ .name = "PidsLimit", .read = body_read_number, .least = -1, .most = 4194304 }

const struct body_field body_host_fields[] = {
	{ .name = "Binds", .read = body_read_binds },
	REFUSED("ContainerIDFile"),
	{ .name = "LogConfig", .read = body_read_object, .fields = log_fields },
	{ .name = "NetworkMode", .read = body_read_network_mode },
	{ .name = "PortBindings", .read = body_read_ports, .fields = binding_fields },
	{ .name = "RestartPolicy", .read = body_read_object, .fields = restart_fields },
	{ .name = "AutoRemove", .read = body_read_bool },
	{ .name = "VolumeDriver", .read = body_read_choice, .choices = "local" },
	{ .name = "VolumesFrom", .read = body_read_volumes_from },
	{ .name = "ConsoleSize", .read = body_read_size },
	REFUSED("Annotations"),
	{ .name = "CapAdd", .read = body_read_caps },
	{ .name = "CapDrop", .read = body_read_drops },
	{ .name = "CgroupnsMode", .read = body_read_choice, .choices = "private" },
	{ .name = "Dns", .read = body_read_dns },
	{ .name = "DnsOptions", .read = body_read_texts, .most = 256 },
	{ .name = "DnsSearch", .read = body_read_texts, .most = 256 },
	{ .name = "ExtraHosts", .read = body_read_extra_hosts },
	REFUSED("GroupAdd"),
	{ .name = "IpcMode", .read = body_read_choice, .choices = "none|private" },
	REFUSED("Cgroup"),
	{ .name = "Links", .read = body_read_links },
	{ .name = "OomScoreAdj", .read = body_read_number, .least = 0, .most = 1000 },
	REFUSED("PidMode"),
	REFUSED("Privileged"),
	{ .name = "PublishAllPorts", .read = body_refuse, .choices = "publish the ports one by one" },
	{ .name = "ReadonlyRootfs", .read = body_read_bool },
	{ .name = "SecurityOpt", .read = body_read_security },
	REFUSED("StorageOpt"),
	{ .name = "Tmpfs", .read = body_read_tmpfs },
	REFUSED("UTSMode"),
	REFUSED("UsernsMode"),
	{ .name = "ShmSize", .read = body_read_number, .least = 0, .most = MOST },
	{ .name = "Sysctls", .read = body_read_sysctls },
	REFUSED("Runtime"),
	{ .name = "Isolation", .read = body_read_choice, .choices = "default" },
	RESOURCES,
	{ .name = "BlkioWeight", .read = body_read_number, .least = 10, .most = 1000 },
	{ .name = "CpusetCpus", .read = body_read_cpuset },
	{ .name = "CpusetMems", .read = body_read_cpuset },
	{ .name = "MemorySwappiness", .read = body_read_swappiness, .flags = BODY_KEEP, .least = -1, .most = 100 },
	REFUSED("OomKillDisable"),
	{ .name = "Ulimits", .read = body_read_ulimits, .fields = ulimit_fields },
	DEVICES,
	NO_RESOURCES,
	{ .name = "Mounts", .read = body_read_mounts, .fields = mount_fields },
	{ .name = "MaskedPaths", .read = body_refuse, .flags = BODY_ABSENT },
	{ .name = "ReadonlyPaths", .read = body_refuse, .flags = BODY_ABSENT },
	{ .name = "Init", .read = body_read_bool, .flags = BODY_KEEP },
	{ .name = NULL },
};

/* Where the container runs and what it has of the host stays as it was made. */
const struct body_field body_update_fields[] = {
	RESOURCES,
	{ .name = "RestartPolicy", .read = body_read_object, .fields = restart_fields },
	REFUSED("BlkioWeight"),
	REFUSED("CpusetCpus"),
	REFUSED("CpusetMems"),
	{ .name = "MemorySwappiness", .read = body_read_swappiness, .flags = BODY_KEEP, .least = -1, .most = 100 },
	REFUSED("OomKillDisable"),
	REFUSED("Ulimits"),
	REFUSED("Init"),
	DEVICES,
	NO_RESOURCES,
	{ .name = NULL },
};
