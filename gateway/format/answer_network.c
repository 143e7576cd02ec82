/*
 * answer_network: what a tenant sees of its networks.
 */
#include "format/answer_rules.h"
#include "format/space.h"

/* GET /networks/{id}, and an element of GET /networks. What has no row is removed: what newer engines add
 * (Status, with how many addresses are taken) and what tells of a swarm's hosts (Peers, Services). */
static const struct answer_rule network_rules[] = {
	{ "Name", RULE_NAME },
	{ "Id", RULE_KEEP },
	{ "Created", RULE_KEEP },
	{ "Scope", RULE_KEEP },
	{ "Driver", RULE_KEEP },
	{ "EnableIPv4", RULE_KEEP },
	{ "EnableIPv6", RULE_KEEP },
	{ "IPAM", RULE_KEEP },
	{ "Internal", RULE_KEEP },
	{ "Attachable", RULE_KEEP },
	{ "Ingress", RULE_KEEP },
	{ "ConfigFrom.*", RULE_BLANK }, /* a network of the operator's */
	{ "ConfigOnly", RULE_KEEP },
	{ "Containers.*.Name", RULE_NAME },
	{ "Options", RULE_KEEP },
	{ "Labels", RULE_LABELS },
	{ NULL, RULE_KEEP },
};

/* POST /networks/create. Older engines warn of another network of that name, with its id. */
static const struct answer_rule created_rules[] = {
	{ "Id", RULE_KEEP },
	{ "Warning", RULE_ERROR },
	{ NULL, RULE_KEEP },
};

/* Names of the host's network devices. */
static const char *const host_options[] = { "com.docker.network.bridge.name", "parent", NULL };

/* One that another tenant has, or that nobody knows, was connected by the operator. */
static bool
keep_member(void *arg, struct json *v)
{
	const struct answer_view *view = *(const struct answer_view **)arg;
	enum answer_owner owner = answer_owner_of(view, v->key);
	struct span name;

	if (owner == ANSWER_OWNER_OTHER || !answer_string(v, "Name", &name))
		return false;
	if (space_is_taken(name))
		return space_strip(view->tenant, &name);
	return owner == ANSWER_OWNER_SELF;
}

static void
hide_devices(struct json *options)
{
	for (unsigned i = 0; host_options[i]; i++) {
		struct json *v = json_get_exact(options, host_options[i]);

		if (v)
			answer_blank(v);
	}
}

enum answer_verdict
answer_network(const struct answer_view *view, struct json_doc *doc, struct json *v)
{
	struct json *members = json_get_exact(v, "Containers");

	if (v->type != JSON_OBJECT)
		return ANSWER_UNREADABLE;
	if (!answer_is_owned(view, v))
		return ANSWER_FOREIGN;
	if (members)
		answer_keep(members, keep_member, &view);
	hide_devices(json_get_exact(v, "Options"));
	if (answer_apply(view, doc, v, network_rules))
		return ANSWER_UNREADABLE;
	answer_apply_only(v, network_rules);
	return ANSWER_SHOWN;
}

enum answer_verdict
answer_network_created(const struct answer_view *view, struct json_doc *doc, struct json *v)
{
	if (answer_apply(view, doc, v, created_rules))
		return ANSWER_UNREADABLE;
	answer_apply_only(v, created_rules);
	return ANSWER_SHOWN;
}
