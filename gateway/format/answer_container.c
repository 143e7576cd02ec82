/*
 * answer_container: what a tenant sees of its containers, and of the execs in them.
 */
#include "format/answer_rules.h"

/* Of a list's element and of an inspect. The keys are the networks' names. */
#define NETWORK_RULES                                                                              \
	{ "NetworkSettings.Networks", RULE_NAME_KEYS },                                            \
		{ "NetworkSettings.Networks.*.Aliases", RULE_NAMES },                              \
		{ "NetworkSettings.Networks.*.DNSNames", RULE_NAMES },                             \
	{                                                                                          \
		"NetworkSettings.Networks.*.Links", RULE_NAMES                                     \
	}

/* GET /containers/{id}/json */
static const struct answer_rule inspect_rules[] = {
	{ "AppArmorProfile", RULE_BLANK },
	{ "Config.Labels", RULE_LABELS },
	{ "GraphDriver.Data", RULE_BLANK }, /* layer folders */
	{ "HostConfig.Binds.*", RULE_BIND },
	{ "HostConfig.BlkioDeviceReadBps.*.Path", RULE_BLANK },
	{ "HostConfig.BlkioDeviceReadIOps.*.Path", RULE_BLANK },
	{ "HostConfig.BlkioDeviceWriteBps.*.Path", RULE_BLANK },
	{ "HostConfig.BlkioDeviceWriteIOps.*.Path", RULE_BLANK },
	{ "HostConfig.BlkioWeightDevice.*.Path", RULE_BLANK },
	{ "HostConfig.CgroupParent", RULE_BLANK },
	{ "HostConfig.ContainerIDFile", RULE_BLANK },
	{ "HostConfig.Devices.*.PathOnHost", RULE_BLANK },
	{ "HostConfig.LogConfig.Config",
		RULE_BLANK }, /* holds the engine's own log options: addresses, tokens */
	{ "HostConfig.Mounts.*.Source", RULE_HOST_PATH },
	{ "HostConfig.Links", RULE_NAMES }, /* "/db:/web/alias" */
	{ "HostConfig.Mounts.*.VolumeOptions.DriverConfig", RULE_BLANK },
	{ "HostConfig.Mounts.*.VolumeOptions.Labels", RULE_LABELS },
	{ "HostConfig.NetworkMode", RULE_NAME },
	{ "HostConfig.VolumesFrom.*", RULE_NAME },
	{ "HostnamePath", RULE_BLANK },
	{ "HostsPath", RULE_BLANK },
	{ "LogPath", RULE_BLANK },
	{ "MountLabel", RULE_BLANK },
	{ "Mounts.*.Name", RULE_NAME },
	{ "Mounts.*.Source", RULE_HOST_PATH },
	{ "Name", RULE_SENTENCE },
	NETWORK_RULES,
	{ "NetworkSettings.SandboxKey", RULE_BLANK },
	{ "Node", RULE_REMOVE }, /* classic Swarm: address and labels of the host */
	{ "ProcessLabel", RULE_BLANK },
	{ "ResolvConfPath", RULE_BLANK },
	{ "State.Error", RULE_SENTENCE },
	{ "State.Pid", RULE_BLANK },     /* of the host's pid namespace */
	{ "Storage", RULE_BLANK },       /* as GraphDriver, in newer engines */
	{ "Volumes.*", RULE_HOST_PATH }, /* API < 1.20 */
	{ NULL, RULE_KEEP },
};

/* An element of GET /containers/json */
static const struct answer_rule list_rules[] = {
	{ "HostConfig.NetworkMode", RULE_NAME },
	{ "Labels", RULE_LABELS },
	{ "Mounts.*.Name", RULE_NAME },
	{ "Mounts.*.Source", RULE_HOST_PATH },
	{ "Names", RULE_NAMES },
	NETWORK_RULES,
	{ NULL, RULE_KEEP },
};

/* GET /exec/{id}/json */
static const struct answer_rule exec_rules[] = {
	{ "Container", RULE_REMOVE }, /* API < 1.20: a whole inspect answer, unredacted */
	{ "Pid", RULE_BLANK },
	{ NULL, RULE_KEEP },
};

/* An answer to GET /containers/{id}/stats */
static const struct answer_rule stats_rules[] = {
	{ "name", RULE_SENTENCE },
	{ NULL, RULE_KEEP },
};

static const struct answer_rule created_rules[] = {
	{ "Warnings.*", RULE_SENTENCE },
	{ NULL, RULE_KEEP },
};

static enum answer_verdict
shown(int result)
{
	return result ? ANSWER_UNREADABLE : ANSWER_SHOWN;
}

/* A network that was given by its id is told by its name, where the answer knows it. */
static void
show_network_mode(struct json *container)
{
	struct json *mode = json_get_exact(json_get_exact(container, "HostConfig"), "NetworkMode");
	const struct json *networks =
		json_get_exact(json_get_exact(container, "NetworkSettings"), "Networks");
	struct span id;

	if (!mode || mode->type != JSON_STRING || !text_is_full_id(mode->text) || !networks)
		return;
	for (const struct json *v = networks->first; v; v = v->next)
		if (answer_string(v, "NetworkID", &id) && span_eq(id, mode->text)) {
			mode->text = v->key;
			return;
		}
}

enum answer_verdict
answer_container_element(const struct answer_view *view, struct json_doc *doc, struct json *v)
{
	if (v->type != JSON_OBJECT)
		return ANSWER_UNREADABLE;
	if (!answer_is_owned(view, v))
		return ANSWER_FOREIGN;
	if (answer_show_image(view, doc, json_get_exact(v, "Image"), json_get_exact(v, "Labels")))
		return ANSWER_UNREADABLE;
	show_network_mode(v);
	return shown(answer_apply(view, doc, v, list_rules));
}

enum answer_verdict
answer_container(const struct answer_view *view, struct json_doc *doc, struct json *v)
{
	struct json *config = json_get_exact(v, "Config");

	if (v->type != JSON_OBJECT ||
		answer_show_image(view, doc, json_get_exact(config, "Image"),
			json_get_exact(config, "Labels")))
		return ANSWER_UNREADABLE;
	show_network_mode(v);
	return shown(answer_apply(view, doc, v, inspect_rules));
}

enum answer_verdict
answer_container_created(const struct answer_view *view, struct json_doc *doc, struct json *v)
{
	return shown(answer_apply(view, doc, v, created_rules));
}

enum answer_verdict
answer_exec(const struct answer_view *view, struct json_doc *doc, struct json *v)
{
	return shown(answer_apply(view, doc, v, exec_rules));
}

enum answer_verdict
answer_exec_created(const struct answer_view *view, struct json_doc *doc, struct json *v)
{
	(void)view;
	(void)doc;
	return v->type == JSON_OBJECT ? ANSWER_SHOWN : ANSWER_UNREADABLE;
}

enum answer_verdict
answer_stats(const struct answer_view *view, struct json_doc *doc, struct json *v)
{
	return shown(answer_apply(view, doc, v, stats_rules));
}
