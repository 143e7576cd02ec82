/*
 * config_table_tenant: the table of a tenant's options. As config_table.c, for struct config_tenant.
 */
#include "state/config_table.h"

#define FIELD(member)                                                                              \
	offsetof(struct config_tenant, member), sizeof(((struct config_tenant *)0)->member)
#define NO_LIMITS 0, 0, false, NULL
#define LIMITS(least, most) (least), (most), false, NULL
#define LIMITS_OR_0(least, most) (least), (most), true, NULL

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define CPU UINT64_C(1000000000)

static const struct option rows[] = {
	{ "preset", OPTION_PRESET, FIELD(preset), "\"tenant\"", NO_LIMITS,
		"What the tenant may do. \"observer\": list and inspect what is its own, logs, stats, "
		"events. \"operator\": also exec, attach, start, stop, kill, pause. \"tenant\": also make, "
		"change and remove containers, networks and volumes, pull images, tag and remove its own. "
		"\"admin\": all of the engine, without a namespace and without checks of owners; each of its "
		"requests leaves a line event=audit in the log, whatever log.level is." },
	{ "grants", OPTION_GRANTS, FIELD(grants), "[]", LIMITS(0, 32),
		"What it may do beside its preset: [\"archive\", \"build\"]." },
	{ "bind", OPTION_BINDS, FIELD(binds), "[]", LIMITS(0, 64),
		"Folders of the engine's host that its containers may mount: [{\"path\": \"/srv/acme\", "
		"\"write\": true}]. Read-only without \"write\": the folder and all below it. With it the "
		"folder itself only, because a link that is made inside could lead anywhere." },
	{ "cap_add", OPTION_CAPS, FIELD(cap_add), "[]", LIMITS(0, 64),
		"Capabilities that its containers may add: [\"NET_ADMIN\"]. Many of them give the host "
		"away (SYS_ADMIN, SYS_MODULE, SYS_PTRACE, DAC_READ_SEARCH, ...)." },
	{ "images", OPTION_IMAGES, FIELD(images), "[\"*\"]", LIMITS(0, 256),
		"Shared images that it may see, run and pull: patterns of names in which '*' stands for "
		"any text, [\"alpine:*\", \"registry.example.org/base/*\"]. From a registry by its address, or by "
		"a name without a dot, it may pull only what a pattern besides \"*\" names." },
	{ "own_images", OPTION_OWN, FIELD(own_images), "[]", LIMITS(0, 256),
		"Repositories of registries that are its own, to tag, push and remove: patterns, "
		"[\"registry.example.org/acme/*\"]. No other tenant sees them. Names without a registry "
		"are its own anyway." },
	{ "ports.range", OPTION_PORTS, FIELD(port_first), "null", LIMITS(1, 65535),
		"Ports of the engine's host that its containers may be published on." },
	{ "ports.host", OPTION_HOST, FIELD(port_host), "null", NO_LIMITS,
		"The host's address that they are published on; null: any." },
	{ "extra_hosts", OPTION_BOOL, FIELD(extra_hosts), "false", NO_LIMITS,
		"Whether its containers may add names to /etc/hosts (but never host-gateway)." },

	{ "quota.containers", OPTION_NUMBER, FIELD(quota.containers), "0", LIMITS_OR_0(1, 1000000),
		"Most containers that there are, running or not; 0: no limit, as for all quotas." },
	{ "quota.volumes", OPTION_NUMBER, FIELD(quota.volumes), "0", LIMITS_OR_0(1, 1000000),
		"Most volumes." },
	{ "quota.networks", OPTION_NUMBER, FIELD(quota.networks), "0", LIMITS_OR_0(1, 1000000),
		"Most networks, its own bridge among them." },
	{ "quota.execs", OPTION_NUMBER, FIELD(quota.execs), "0", LIMITS_OR_0(1, 1000000),
		"Most execs whose streams are open at one time; 429 above it. One that is detached has "
		"none." },
	{ "quota.sessions", OPTION_NUMBER, FIELD(quota.sessions), "0", LIMITS_OR_0(1, 1048576),
		"Most requests and streams at one time; 429 above it. Without it one tenant may take all "
		"of limits.sessions." },
	{ "quota.memory", OPTION_SIZE, FIELD(quota.memory), "0",
		LIMITS_OR_0(6 * MIB, 1048576 * GIB),
		"Most memory of all its containers together, running or not." },
	{ "quota.container_memory", OPTION_SIZE, FIELD(quota.container_memory), "0",
		LIMITS_OR_0(6 * MIB, 1048576 * GIB),
		"Memory of a container whose create names none; 0: an eighth of quota.memory." },
	{ "quota.cpus", OPTION_CPUS, FIELD(quota.nano_cpus), "0",
		LIMITS_OR_0(CPU / 100, 65536 * CPU),
		"Most CPUs of all its containers together, running or not." },
	{ "quota.container_cpus", OPTION_CPUS, FIELD(quota.container_nano_cpus), "0",
		LIMITS_OR_0(CPU / 100, 65536 * CPU),
		"CPUs of a container whose create names none; 0: an eighth of quota.cpus." },
	{ "quota.pids", OPTION_NUMBER, FIELD(quota.pids), "0", LIMITS_OR_0(1, 4194304),
		"Most processes and threads of all its containers together, running or not." },
	{ "quota.container_pids", OPTION_NUMBER, FIELD(quota.container_pids), "0",
		LIMITS_OR_0(1, 4194304),
		"The same for a container whose create names none; 0: an eighth of quota.pids." },
	{ "quota.requests", OPTION_NUMBER, FIELD(quota.requests), "0", LIMITS_OR_0(1, 1000000),
		"Requests a second; 429 above it. Ten seconds' worth may come at once." },
	{ "quota.bytes", OPTION_SIZE, FIELD(quota.bytes), "0", LIMITS_OR_0(KIB, 1024 * GIB),
		"Bytes a second of streams, both ways together, all its sessions together; above it they "
		"are slowed down. What may last counts: execs, attaches and WebSockets, logs, events, "
		"progress, archives and images, and bodies that are not held. A second's worth may pass at "
		"once." },
};

_Static_assert(sizeof(rows) / sizeof(rows[0]) <= OPTION_MAX, "make OPTION_MAX larger");
const struct option_set option_tenant = { rows, sizeof(rows) / sizeof(rows[0]) };
