/*
 * answer_info: what a tenant sees of the engine as a whole.
 */
#include "format/answer_rules.h"

/* GET /info: what has no row is removed, so a new field of an engine stays hidden. */
static const struct answer_rule info_rules[] = {
	{ "Architecture", RULE_KEEP },
	{ "BridgeNfIp6tables", RULE_KEEP },
	{ "BridgeNfIptables", RULE_KEEP },
	{ "CPUSet", RULE_KEEP },
	{ "CPUShares", RULE_KEEP },
	{ "CgroupDriver", RULE_KEEP },
	{ "CgroupVersion", RULE_KEEP },
	{ "ContainerdCommit", RULE_BLANK },
	{ "Containers", RULE_BLANK }, /* this and the next four count everybody's: set_counts */
	{ "ContainersPaused", RULE_BLANK },
	{ "ContainersRunning", RULE_BLANK },
	{ "ContainersStopped", RULE_BLANK },
	{ "Images", RULE_BLANK },
	{ "CpuCfsPeriod", RULE_KEEP },
	{ "CpuCfsQuota", RULE_KEEP },
	{ "Debug", RULE_KEEP },
	{ "DefaultRuntime", RULE_KEEP },
	{ "DockerRootDir", RULE_BLANK },
	{ "Driver", RULE_KEEP },
	{ "DriverStatus", RULE_BLANK },
	{ "ExperimentalBuild", RULE_KEEP },
	{ "HttpProxy", RULE_BLANK }, /* proxy URLs may hold passwords */
	{ "HttpsProxy", RULE_BLANK },
	{ "ID", RULE_BLANK },
	{ "IPv4Forwarding", RULE_KEEP },
	{ "IndexServerAddress", RULE_KEEP },
	{ "InitBinary", RULE_BLANK },
	{ "InitCommit", RULE_BLANK },
	{ "Isolation", RULE_KEEP },
	{ "KernelMemory", RULE_KEEP },
	{ "KernelMemoryTCP", RULE_KEEP },
	{ "KernelVersion", RULE_KEEP },
	{ "Labels", RULE_BLANK },
	{ "LiveRestoreEnabled", RULE_KEEP },
	{ "LoggingDriver", RULE_KEEP },
	{ "MemTotal", RULE_KEEP },
	{ "MemoryLimit", RULE_KEEP },
	{ "NCPU", RULE_KEEP },
	{ "NEventsListener", RULE_BLANK },
	{ "NFd", RULE_BLANK },
	{ "NGoroutines", RULE_BLANK },
	{ "Name", RULE_BLANK },
	{ "NoProxy", RULE_BLANK },
	{ "OSType", RULE_KEEP },
	{ "OSVersion", RULE_KEEP },
	{ "OomKillDisable", RULE_KEEP },
	{ "OperatingSystem", RULE_KEEP },
	{ "PidsLimit", RULE_KEEP },
	{ "Plugins", RULE_BLANK },
	{ "RegistryConfig", RULE_BLANK },
	{ "RuncCommit", RULE_BLANK },
	{ "Runtimes.*", RULE_BLANK }, /* names stay, programs go */
	{ "SecurityOptions", RULE_KEEP },
	{ "ServerVersion", RULE_KEEP },
	{ "SwapLimit", RULE_KEEP },
	{ "Swarm", RULE_REMOVE }, /* answer_info puts another in its place */
	{ "SystemTime", RULE_KEEP },
	{ "Warnings", RULE_BLANK },
	{ NULL, RULE_KEEP },
};

/* Compose and the docker CLI look at the state: any other makes them try swarm calls. */
static int
set_swarm(struct json_doc *doc, struct json *root)
{
	struct json *swarm = json_new(doc, JSON_OBJECT);

	if (!swarm ||
		json_set(doc, swarm, "LocalNodeState", json_new_string(doc, SPAN("inactive"))))
		return -1;
	return json_set(doc, root, "Swarm", swarm);
}

static int
set_counts(struct json_doc *doc, struct json *root, const struct answer_counts *c)
{
	return answer_set_number(doc, root, "Containers", (int64_t)c->containers) ||
		answer_set_number(doc, root, "ContainersRunning", (int64_t)c->running) ||
		answer_set_number(doc, root, "ContainersPaused", (int64_t)c->paused) ||
		answer_set_number(doc, root, "ContainersStopped", (int64_t)c->stopped) ||
		answer_set_number(doc, root, "Images", (int64_t)c->images);
}

enum answer_verdict
answer_info(const struct answer_view *view, struct json_doc *doc, struct json *v)
{
	if (answer_apply(view, doc, v, info_rules))
		return ANSWER_UNREADABLE;
	answer_apply_only(v, info_rules);
	if (view->counts && set_counts(doc, v, view->counts))
		return ANSWER_UNREADABLE;
	return set_swarm(doc, v) ? ANSWER_UNREADABLE : ANSWER_SHOWN;
}
