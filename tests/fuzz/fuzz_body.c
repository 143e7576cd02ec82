/*
 * Fuzzes format/body: what is generated is JSON with the gateway's labels, holds nothing that is refused, and is
 * taken again and stays the same. The first byte chooses the kind of body and what the tenant was given.
 */
#include <stdlib.h>
#include <string.h>

#include "format/body.h"
#include "format/space.h"

#define LABEL "fairlead.tenant"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool truth)
{
	if (!truth)
		abort();
}

static int
see_ref(void *arg, const struct body_ref *r)
{
	unsigned *count = arg;
	struct span whole = r->key ? r->node->key : r->node->text;

	must(r->name.len > 0 && whole.len > 0);
	must(r->head.len + r->tail.len < whole.len || r->make);
	++*count;
	return 0;
}

static struct json *
next_node(struct json *v)
{
	if (v->first)
		return v->first;
	while (v && !v->next)
		v = v->parent;
	return v ? v->next : NULL;
}

/* Fields that no tenant ever sends, wherever they stand. */
static void
check_key(const struct json *v)
{
	static const char *const never[] = { "Privileged", "PidMode", "UTSMode", "UsernsMode",
		"CgroupParent", "Devices", "DeviceRequests", "DeviceCgroupRules", "MaskedPaths",
		"ReadonlyPaths", "Runtime", "Annotations", "OnBuild", "MacAddress", "DriverOpts",
		"StorageOpt", "GroupAdd", "ConfigFrom", "ClusterVolumeSpec", "PublishAllPorts" };
	const struct json *in = v->parent ? v->parent->parent : NULL;

	/* Maps of the client's own words may hold these as keys. */
	if (in && in->type == JSON_OBJECT && v->parent->key.len &&
		(span_eq(v->parent->key, SPAN("Labels")) ||
			span_eq(v->parent->key, SPAN("EndpointsConfig"))))
		return;
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		must(!json_key_folds_to(v->key, never[i]));
}

/* As a client would say it: without the gateway's labels, by the tenant's own names. */
static void
as_client(struct json_doc *tree, struct span tenant, struct text *out)
{
	for (struct json *v = tree->root; v;) {
		struct json *next = next_node(v);

		if (v->parent && v->parent->type == JSON_OBJECT)
			check_key(v);
		if (v->key.p && space_is_label(LABEL, v->key))
			json_remove(v);
		else if (v->type == JSON_STRING && v->parent == tree->root &&
			span_eq(v->key, SPAN("Name")))
			must(space_strip(tenant, &v->text));
		v = next;
	}
	json_print(out, tree->root);
}

static void
check_labels(enum endpoint_body kind, const struct json *root, struct span tenant)
{
	const struct json *labels = json_get_exact(root, "Labels");
	const char *key = kind == BODY_COMMIT ? LABEL ".image" : LABEL;
	const struct json *owner = json_get_exact(labels, key);

	if (kind == BODY_CONTAINER_UPDATE || kind == BODY_NETWORK_CONNECT ||
		kind == BODY_NETWORK_DISCONNECT)
		return;
	must(owner && span_eq(owner->text, tenant));
	if (kind == BODY_CONTAINER_CREATE)
		must(json_get_exact(labels, LABEL ".ref") &&
			json_get_exact(labels, LABEL ".memory") &&
			json_get_exact(labels, LABEL ".cpus") &&
			json_get_exact(labels, LABEL ".pids"));
}

static void
judge_twice(enum endpoint_body kind, struct span body, struct body_policy *policy)
{
	struct body_demand demand, again;
	struct text out, twice, why;
	struct json_doc tree, doc;
	unsigned refs = 0, status;

	policy->arg = &refs;
	text_init(&out, 0);
	text_init(&twice, 0);
	text_init(&why, 1000);
	status = body_judge(kind, body, policy, &tree, &demand, &why);
	must(status == 0 || status == 400 || status == 403);
	must((status == 0) == (why.len == 0) && (status == 0) == (tree.root != NULL));
	if (!status) {
		check_labels(kind, tree.root, policy->tenant);
		as_client(&tree, policy->tenant, &out);
		status = body_judge(kind, text_span(&out), policy, &doc, &again, &why);
		must(status == 0);
		must(demand.memory == again.memory && demand.nano_cpus == again.nano_cpus &&
			demand.pids == again.pids && demand.volumes == again.volumes);
		as_client(&doc, policy->tenant, &twice);
		must(span_eq(text_span(&out), text_span(&twice)));
		json_free(&doc);
	}
	json_free(&tree);
	text_free(&out);
	text_free(&twice);
	text_free(&why);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum endpoint_body kinds[] = { BODY_CONTAINER_CREATE, BODY_CONTAINER_UPDATE,
		BODY_NETWORK_CREATE, BODY_NETWORK_CONNECT, BODY_NETWORK_DISCONNECT,
		BODY_VOLUME_CREATE, BODY_COMMIT };
	static const struct body_bind binds[] = { { { "/srv/a", 6 }, false },
		{ { "/srv/b", 6 }, true } };
	static char cap[] = "NET_ADMIN";
	static char *const caps[] = { cap, NULL };
	struct body_policy policy = { .tenant = SPAN("acme"),
		.owner_label = LABEL,
		.minor = 41,
		.ref = see_ref };

	if (!size)
		return 0;
	if (*data & 0x10) {
		policy.binds = binds;
		policy.bind_count = 2;
		policy.cap_add = caps;
		policy.port_first = 8000;
		policy.port_last = 8100;
		policy.port_host = "10.0.0.1";
		policy.extra_hosts = true;
	}
	if (*data & 0x20) {
		policy.minor = 51;
		policy.name = SPAN("web");
	}
	if (*data & 0x40) {
		policy.memory.all = UINT64_C(1) << 30;
		policy.nano_cpus.all = UINT64_C(4000000000);
		policy.pids.all = 1000;
	}
	judge_twice(kinds[(*data & 0xf) % (sizeof(kinds) / sizeof(kinds[0]))],
		(struct span){ (const char *)data + 1, size - 1 }, &policy);
	return 0;
}
