/*
 * answer: what a tenant may see of the engine's JSON answers.
 *
 * Reading takes what the gateway itself needs. Redacting is by tables of paths: keys and types
 * stay where clients read them (docker CLI, Compose, docker-py, dockerode), the values go.
 */
#include <string.h>

#include "format/answer.h"

/* More of an error than this helps nobody. */
#define LONGEST_MESSAGE 4096

enum action {
	KEEP,
	BLANK, /* the empty value of its type: "", 0, false, [], {}; null stays */
	REMOVE,
	HOST_PATH, /* blank when it is a path, kept when it is the name of a volume */
	LABELS,    /* those that a tool on the host wrote its paths into */
	BIND,      /* "source:target:mode": the source goes when it is a path */
};

/* Keys with dots between them; `*` is each member or element. */
struct rule {
	const char *path;
	enum action action;
};

/* GET /containers/{id}/json */
static const struct rule inspect_rules[] = {
	{ "AppArmorProfile", BLANK },
	{ "Config.Labels", LABELS },
	{ "GraphDriver.Data", BLANK }, /* layer folders */
	{ "HostConfig.Binds.*", BIND },
	{ "HostConfig.BlkioDeviceReadBps.*.Path", BLANK },
	{ "HostConfig.BlkioDeviceReadIOps.*.Path", BLANK },
	{ "HostConfig.BlkioDeviceWriteBps.*.Path", BLANK },
	{ "HostConfig.BlkioDeviceWriteIOps.*.Path", BLANK },
	{ "HostConfig.BlkioWeightDevice.*.Path", BLANK },
	{ "HostConfig.CgroupParent", BLANK },
	{ "HostConfig.ContainerIDFile", BLANK },
	{ "HostConfig.Devices.*.PathOnHost", BLANK },
	{ "HostConfig.LogConfig.Config",
		BLANK }, /* holds the engine's own log options: addresses, tokens */
	{ "HostConfig.Mounts.*.Source", HOST_PATH },
	{ "HostConfig.Mounts.*.VolumeOptions.DriverConfig", BLANK },
	{ "HostnamePath", BLANK },
	{ "HostsPath", BLANK },
	{ "LogPath", BLANK },
	{ "MountLabel", BLANK },
	{ "Mounts.*.Source", HOST_PATH },
	{ "NetworkSettings.SandboxKey", BLANK },
	{ "Node", REMOVE }, /* classic Swarm: address and labels of the host */
	{ "ProcessLabel", BLANK },
	{ "ResolvConfPath", BLANK },
	{ "State.Pid", BLANK },     /* of the host's pid namespace */
	{ "Volumes.*", HOST_PATH }, /* API < 1.20 */
	{ NULL, KEEP },
};

/* An element of GET /containers/json */
static const struct rule list_rules[] = {
	{ "Labels", LABELS },
	{ "Mounts.*.Source", HOST_PATH },
	{ NULL, KEEP },
};

/* GET /exec/{id}/json */
static const struct rule exec_rules[] = {
	{ "Container", REMOVE }, /* API < 1.20: a whole inspect answer, unredacted */
	{ "Pid", BLANK },
	{ NULL, KEEP },
};

/* GET /info: what has no row is removed, so a new field of an engine stays hidden. */
static const struct rule info_rules[] = {
	{ "Architecture", KEEP },
	{ "BridgeNfIp6tables", KEEP },
	{ "BridgeNfIptables", KEEP },
	{ "CPUSet", KEEP },
	{ "CPUShares", KEEP },
	{ "CgroupDriver", KEEP },
	{ "CgroupVersion", KEEP },
	{ "ContainerdCommit", BLANK },
	{ "Containers", BLANK }, /* this and the next four count everybody's */
	{ "ContainersPaused", BLANK },
	{ "ContainersRunning", BLANK },
	{ "ContainersStopped", BLANK },
	{ "Images", BLANK },
	{ "CpuCfsPeriod", KEEP },
	{ "CpuCfsQuota", KEEP },
	{ "Debug", KEEP },
	{ "DefaultRuntime", KEEP },
	{ "DockerRootDir", BLANK },
	{ "Driver", KEEP },
	{ "DriverStatus", BLANK },
	{ "ExperimentalBuild", KEEP },
	{ "HttpProxy", BLANK }, /* proxy URLs may hold passwords */
	{ "HttpsProxy", BLANK },
	{ "ID", BLANK },
	{ "IPv4Forwarding", KEEP },
	{ "IndexServerAddress", KEEP },
	{ "InitBinary", BLANK },
	{ "InitCommit", BLANK },
	{ "Isolation", KEEP },
	{ "KernelMemory", KEEP },
	{ "KernelMemoryTCP", KEEP },
	{ "KernelVersion", KEEP },
	{ "Labels", BLANK },
	{ "LiveRestoreEnabled", KEEP },
	{ "LoggingDriver", KEEP },
	{ "MemTotal", KEEP },
	{ "MemoryLimit", KEEP },
	{ "NCPU", KEEP },
	{ "NEventsListener", BLANK },
	{ "NFd", BLANK },
	{ "NGoroutines", BLANK },
	{ "Name", BLANK },
	{ "NoProxy", BLANK },
	{ "OSType", KEEP },
	{ "OSVersion", KEEP },
	{ "OomKillDisable", KEEP },
	{ "OperatingSystem", KEEP },
	{ "PidsLimit", KEEP },
	{ "Plugins", BLANK },
	{ "RegistryConfig", BLANK },
	{ "RuncCommit", BLANK },
	{ "Runtimes.*", BLANK }, /* names stay, programs go */
	{ "SecurityOptions", KEEP },
	{ "ServerVersion", KEEP },
	{ "SwapLimit", KEEP },
	{ "Swarm", REMOVE }, /* answer_redact_info puts another in its place */
	{ "SystemTime", KEEP },
	{ "Warnings", BLANK },
	{ NULL, KEEP },
};

static void
blank(struct json *v)
{
	v->truth = false;
	v->text = v->type == JSON_NUMBER ? SPAN("0") : SPAN("");
	v->first = v->last = NULL;
	v->count = 0;
}

/* Names of volumes begin with a letter or digit, paths of hosts never do. */
static bool
is_host_path(struct span s)
{
	return s.len && !(*s.p >= '0' && *s.p <= '9') && !(*s.p >= 'a' && *s.p <= 'z') &&
		!(*s.p >= 'A' && *s.p <= 'Z');
}

static void
hide_host_path(struct json *v)
{
	if (v->type != JSON_STRING || is_host_path(v->text))
		blank(v);
}

/* Without a colon it is a volume without a name: a path of the container. */
static void
hide_bind_source(struct json *v)
{
	const char *colon;

	if (v->type != JSON_STRING) {
		blank(v);
		return;
	}
	colon = memchr(v->text.p, ':', v->text.len);
	if (colon && is_host_path(v->text)) {
		v->text.len -= (size_t)(colon - v->text.p);
		v->text.p = colon;
	}
}

/* Compose keeps the folder and the files of a project in labels, Docker Desktop the sources of binds. */
static void
hide_label_paths(struct json *labels)
{
	static const struct span of_hosts[] = { { "com.docker.compose.project.", 27 },
		{ "desktop.docker.io/binds/", 24 } };

	for (struct json *v = labels->first; v; v = v->next)
		for (size_t i = 0; i < sizeof(of_hosts) / sizeof(of_hosts[0]); i++)
			if (span_starts(v->key, of_hosts[i]))
				hide_host_path(v);
}

static void
act(struct json *v, enum action action)
{
	switch (action) {
	case KEEP:
		return;
	case BLANK:
		blank(v);
		return;
	case REMOVE:
		json_remove(v);
		return;
	case HOST_PATH:
		hide_host_path(v);
		return;
	case LABELS:
		hide_label_paths(v);
		return;
	case BIND:
		hide_bind_source(v);
		return;
	}
}

/* As deep as the path has segments. A plain value where more was to come is blanked: what it
 * says is unknown. */
static void
walk(struct json *v, struct span path, enum action action)
{
	struct span segment, rest = path;

	if (!path.p) {
		act(v, action);
		return;
	}
	if (v->type != JSON_OBJECT && v->type != JSON_ARRAY) {
		blank(v);
		return;
	}
	segment = span_cut(&rest, '.');
	for (struct json *child = v->first, *next; child; child = next) {
		next = child->next;
		if (span_eq(segment, SPAN("*")) ||
			(v->type == JSON_OBJECT && span_eq(child->key, segment)))
			walk(child, rest, action);
	}
}

static int
redact(struct json *root, const struct rule *rules)
{
	if (root->type != JSON_OBJECT)
		return -1;
	for (; rules->path; rules++)
		walk(root, span_of(rules->path), rules->action);
	return 0;
}

static bool
has_rule(struct span key, const struct rule *rules)
{
	for (; rules->path; rules++) {
		struct span path = span_of(rules->path);

		if (span_eq(span_cut(&path, '.'), key))
			return true;
	}
	return false;
}

int
answer_redact_list_element(struct json_doc *doc, struct json *element)
{
	(void)doc;
	return redact(element, list_rules);
}

int
answer_redact_inspect(struct json_doc *doc, struct json *root)
{
	(void)doc;
	return redact(root, inspect_rules);
}

int
answer_redact_exec(struct json_doc *doc, struct json *root)
{
	(void)doc;
	return redact(root, exec_rules);
}

int
answer_redact_info(struct json_doc *doc, struct json *root)
{
	struct json *swarm;

	if (redact(root, info_rules))
		return -1;
	for (struct json *v = root->first, *next; v; v = next) {
		next = v->next;
		if (!has_rule(v->key, info_rules))
			json_remove(v);
	}
	/* Compose and the docker CLI look at the state: any other makes them try swarm calls. */
	swarm = json_new(doc, JSON_OBJECT);
	if (!swarm ||
		json_set(doc, swarm, "LocalNodeState", json_new_string(doc, SPAN("inactive"))))
		return -1;
	return json_set(doc, root, "Swarm", swarm);
}

static bool
read_string(const struct json *object, const char *key, struct span *out)
{
	const struct json *v = json_get_exact(object, key);

	if (!v || v->type != JSON_STRING)
		return false;
	*out = v->text;
	return true;
}

static bool
read_full_id(const struct json *object, const char *key, struct span *out)
{
	return read_string(object, key, out) && text_is_full_id(*out);
}

int
answer_container_read(const struct json *inspect, const char *owner_label,
	struct answer_container *out)
{
	const struct json *config = json_get_exact(inspect, "Config");
	const struct json *labels = json_get_exact(config, "Labels");

	*out = (struct answer_container){ 0 };
	if (!config || !read_full_id(inspect, "Id", &out->id))
		return -1;
	if (json_get_exact(labels, owner_label) && !read_string(labels, owner_label, &out->owner))
		return -1;
	return 0;
}

bool
answer_list_is_owned(const struct json *element, const char *owner_label, struct span tenant)
{
	struct span owner;

	return tenant.len && read_string(json_get_exact(element, "Labels"), owner_label, &owner) &&
		span_eq(owner, tenant);
}

/* Without white space around it, control characters as spaces. */
static void
add_plain(struct text *out, struct span s)
{
	while (s.len && (unsigned char)*s.p <= ' ') {
		s.p++;
		s.len--;
	}
	if (s.len > LONGEST_MESSAGE)
		s.len = LONGEST_MESSAGE;
	while (s.len && (unsigned char)s.p[s.len - 1] <= ' ')
		s.len--;
	for (size_t i = 0; i < s.len; i++) {
		bool control = (unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f;

		text_add(out, control ? " " : &s.p[i], 1);
	}
}

void
answer_error_message(struct span body, struct span content_type, struct text *out)
{
	struct json_limits limits = { .exact_keys = true };
	struct span type = span_trim(span_cut(&content_type, ';')), message = body;
	struct json_doc doc = { NULL, NULL };

	if (span_eq_nocase(type, SPAN("application/json")) &&
		json_parse(body, &limits, &doc, NULL) == 0)
		read_string(doc.root, "message", &message);
	add_plain(out, message);
	json_free(&doc);
}

bool
answer_error_is_ambiguous(struct span message)
{
	/* "Multiple" in older engines. */
	static const char words[] = "ultiple IDs found with provided prefix";

	return message.len && memmem(message.p, message.len, words, sizeof(words) - 1) != NULL;
}
