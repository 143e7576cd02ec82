/*
 * body: one body from the client's bytes to the tree that is sent.
 */
#include "format/body.h"

#include "format/body_judge.h"

static int
finish_create(struct body_judge *j, struct json *root)
{
	struct json *host = body_child(j, root, "HostConfig", JSON_OBJECT);
	struct json *labels = body_child(j, root, "Labels", JSON_OBJECT);
	const struct json *image = json_get_exact(root, "Image");
	int status;

	if (!host || !labels)
		return BODY_MEMORY;
	if (!image)
		return body_bad(j, "Image: must name an image");
	status = body_finish_mounts(j, host);
	if (!status)
		status = body_finish_network(j, root, host);
	if (!status)
		status = body_finish_quota(j, host);
	if (!status)
		status = body_stamp_container(j, labels, image->text);
	body_order(body_host_fields, host);
	return status;
}

static int
finish_commit(struct body_judge *j, struct json *root)
{
	struct json *labels = body_child(j, root, "Labels", JSON_OBJECT);

	return labels ? body_stamp_image(j, labels) : BODY_MEMORY;
}

static int
finish_network(struct body_judge *j, struct json *root)
{
	struct json *labels = body_child(j, root, "Labels", JSON_OBJECT);
	int status = labels ? body_stamp_owner(j, labels) : BODY_MEMORY;

	if (!status && !json_get_exact(root, "Name"))
		return body_bad(j, "Name: must name the network");
	if (!status)
		status = body_set_string(j, root, "Driver", SPAN("bridge"));
	return status ? status : body_set_bool(j, root, "CheckDuplicate", true);
}

static int
finish_volume(struct body_judge *j, struct json *root)
{
	struct json *labels = body_child(j, root, "Labels", JSON_OBJECT);
	int status = labels ? body_stamp_owner(j, labels) : BODY_MEMORY;

	return status ? status : body_set_string(j, root, "Driver", SPAN("local"));
}

static int
finish_disconnect(struct body_judge *j, struct json *root)
{
	return body_name_member(j, json_get_exact(root, "Container"), NULL);
}

/* By its own name the container can be reached there, too: that is known when it is found. */
static int
finish_connect(struct body_judge *j, struct json *root)
{
	struct json *endpoint = body_child(j, root, "EndpointConfig", JSON_OBJECT);
	struct json *aliases = endpoint ? body_child(j, endpoint, "Aliases", JSON_ARRAY) : NULL;

	if (!aliases)
		return BODY_MEMORY;
	body_order(body_endpoint_fields, endpoint);
	return body_name_member(j, json_get_exact(root, "Container"), aliases);
}

static const struct body_kind {
	enum endpoint_body kind;
	const struct body_field *fields;
	int (*finish)(struct body_judge *j, struct json *root);
	bool optional; /* null, or nothing at all, is {} */
} kinds[] = {
	{ BODY_CONTAINER_CREATE, body_create_fields, finish_create, false },
	{ BODY_CONTAINER_UPDATE, body_update_fields, body_finish_update, false },
	{ BODY_NETWORK_CREATE, body_network_fields, finish_network, false },
	{ BODY_NETWORK_CONNECT, body_connect_fields, finish_connect, false },
	{ BODY_NETWORK_DISCONNECT, body_disconnect_fields, finish_disconnect, false },
	{ BODY_VOLUME_CREATE, body_volume_fields, finish_volume, true },
	{ BODY_COMMIT, body_commit_fields, finish_commit, true },
};

static const struct body_kind *
kind_find(enum endpoint_body kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].kind == kind)
			return &kinds[i];
	return NULL;
}

/* Keys of maps may differ in case only: those of fields are compared as the engine does, by the tables. */
static int
read_source(struct body_judge *j, const struct body_kind *k, struct span in, struct json *root)
{
	static const struct json_limits limits = { .exact_keys = true };
	struct json_error err;
	struct json_doc doc;
	int status;

	if (!in.len && k->optional)
		return 0;
	if (json_parse(in, &limits, &doc, &err) == -1)
		return body_bad(j, "the body is not valid JSON: line %u, column %u: %s", err.line,
			err.column, err.message);
	if (doc.root->type == JSON_NULL && k->optional)
		status = 0;
	else if (doc.root->type != JSON_OBJECT)
		status = body_bad(j, "the body must be a JSON object");
	else
		status = body_fields(j, k->fields, doc.root, root);
	json_free(&doc);
	return status;
}

static bool
lists_new(struct body_judge *j)
{
	j->links = json_new(j->doc, JSON_ARRAY);
	j->volumes = json_new(j->doc, JSON_ARRAY);
	j->targets = json_new(j->doc, JSON_ARRAY);
	return j->links && j->volumes && j->targets;
}

static int
judge(struct body_judge *j, const struct body_kind *k, struct span in)
{
	struct json *root = json_new(j->doc, JSON_OBJECT);
	int status;

	if (!root || !lists_new(j))
		return BODY_MEMORY;
	status = read_source(j, k, in, root);
	if (status)
		return status;
	body_leave(j, 0);
	status = k->finish(j, root);
	if (status)
		return status;
	body_order(k->fields, root);
	j->doc->root = root;
	return j->path.failed ? BODY_MEMORY : 0;
}

static unsigned
judge_end(struct body_judge *j, int status)
{
	text_free(&j->path);
	if (status == BODY_MEMORY) {
		text_clear(j->why);
		text_add_str(j->why, "out of memory");
	}
	return (unsigned)status;
}

unsigned
body_judge(enum endpoint_body kind, struct span in, const struct body_policy *policy,
	struct json_doc *tree, struct body_demand *demand, struct text *why)
{
	const struct body_kind *k = kind_find(kind);
	struct body_judge j = { .policy = policy, .doc = tree, .why = why, .demand = demand };
	int status = BODY_MEMORY;

	*demand = (struct body_demand){ 0 };
	*tree = (struct json_doc){ NULL, NULL };
	text_init(&j.path, 8192);
	if (k && !json_doc_new(tree))
		status = judge(&j, k, in);
	if (status)
		tree->root = NULL;
	return judge_end(&j, status);
}

/* The image's own folder counts when the body names none. */
static int
check_image_folder(struct body_judge *j, const struct json *config)
{
	static const struct body_field field = { .name = "WorkingDir" };
	const struct json *folder = json_get_exact(config, field.name);
	struct json *out = json_new(j->doc, JSON_OBJECT);

	if (!folder || json_is_neutral(folder) || json_get_exact(j->doc->root, field.name))
		return 0;
	body_enter(j, SPAN("the image's WorkingDir"));
	return out ? body_read_working_dir(j, &field, folder, out) : BODY_MEMORY;
}

/* The engine takes from the image what the body's own does not say. */
static int
check_image_health(struct body_judge *j, const struct json *config)
{
	static const char *const times[] = { "Interval", "StartInterval" };
	static const struct body_field field = { .name = "Interval",
		.least = BODY_HEALTH_LEAST,
		.most = INT64_MAX };
	const struct json *image = json_get_exact(config, "Healthcheck");
	const struct json *own = json_get_exact(j->doc->root, "Healthcheck");
	struct json *out = json_new(j->doc, JSON_OBJECT);
	int status = out ? 0 : BODY_MEMORY;

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]) && !status; i++) {
		const struct json *v = json_get_exact(image, times[i]);

		if (!v || json_is_neutral(v) || json_get_exact(own, times[i]))
			continue;
		body_enter(j, SPAN("the image's Healthcheck"));
		body_enter(j, span_of(times[i]));
		status = body_read_interval(j, &field, v, out);
		if (!status)
			body_leave(j, 0);
	}
	return status;
}

static int
check_image_volumes(struct body_judge *j, const struct json *config, struct json *host)
{
	static const struct body_field field = { .name = "Volumes" };
	const struct json *volumes = json_get_exact(config, field.name);
	int status;

	if (!volumes || json_is_neutral(volumes))
		return 0;
	body_enter(j, SPAN("the image's Volumes"));
	status = body_read_volumes(j, &field, volumes, NULL);
	if (status || json_get_exact(host, "VolumesFrom"))
		return status;
	status = body_mark_targets(j, host);
	if (!status)
		status = body_finish_mounts(j, host);
	body_order(body_host_fields, host);
	return status;
}

unsigned
body_judge_image(struct json_doc *tree, const struct json *config, const struct body_policy *policy,
	struct body_demand *demand, struct text *why)
{
	struct body_judge j = { .policy = policy, .doc = tree, .why = why, .demand = demand };
	struct json *host = json_get_exact(tree->root, "HostConfig");
	int status;

	*demand = (struct body_demand){ 0 };
	text_init(&j.path, 8192);
	status = lists_new(&j) && host ? check_image_folder(&j, config) : BODY_MEMORY;
	body_leave(&j, status ? j.path.len : 0);
	if (!status)
		status = check_image_health(&j, config);
	if (!status)
		status = check_image_volumes(&j, config, host);
	return judge_end(&j, status);
}
