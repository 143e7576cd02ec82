/*
 * answer_volume: what a tenant sees of its volumes.
 */
#include "format/answer_parts.h"
#include "format/answer_rules.h"
#include "format/space.h"

/* GET /volumes/{name}, an element of GET /volumes and of GET /system/df; what has no row is removed: what a
 * driver says of itself (Status), and a swarm's (ClusterVolume). */
static const struct answer_rule volume_rules[] = {
	{ "CreatedAt", RULE_KEEP },
	{ "Driver", RULE_KEEP },
	{ "Labels", RULE_LABELS },
	{ "Mountpoint", RULE_BLANK },
	{ "Name", RULE_NAME },
	{ "Options", RULE_BLANK }, /* devices, addresses and passwords of what the operator made */
	{ "Scope", RULE_KEEP },
	{ "UsageData", RULE_KEEP },
	{ NULL, RULE_KEEP },
};

/* A warning tells of a driver that could not be asked. */
static const struct answer_rule list_rules[] = {
	{ "Volumes", RULE_KEEP },
	{ "Warnings", RULE_BLANK },
	{ NULL, RULE_KEEP },
};

/* One that the engine made when a container was created, for it was gone: without labels, in the tenant's namespace. */
static bool
is_unlabelled(const struct answer_view *view, const struct json *v)
{
	const struct json *options = json_get_exact(v, "Options");
	struct span name, driver;

	return !json_get_exact(json_get_exact(v, "Labels"), view->owner_label) &&
		answer_string(v, "Driver", &driver) && span_eq(driver, SPAN("local")) &&
		(!options || json_is_neutral(options)) && answer_string(v, "Name", &name) &&
		space_strip(view->tenant, &name);
}

bool
answer_volume_is_owned(const struct answer_view *view, const struct json *volume)
{
	return answer_is_owned(view, volume) || is_unlabelled(view, volume);
}

enum answer_verdict
answer_volume(const struct answer_view *view, struct json_doc *doc, struct json *v)
{
	if (v->type != JSON_OBJECT)
		return ANSWER_UNREADABLE;
	if (!answer_volume_is_owned(view, v))
		return ANSWER_FOREIGN;
	if (answer_apply(view, doc, v, volume_rules))
		return ANSWER_UNREADABLE;
	answer_apply_only(v, volume_rules);
	return ANSWER_SHOWN;
}

const struct answer_part answer_volume_parts[] = {
	{ "Volumes", answer_volume },
	{ NULL, NULL },
};

enum answer_verdict
answer_volume_list(const struct answer_view *view, struct json_doc *doc, struct json *v)
{
	if (answer_apply(view, doc, v, list_rules))
		return ANSWER_UNREADABLE;
	answer_apply_only(v, list_rules);
	return answer_elements(view, doc, json_get_exact(v, "Volumes"), answer_volume);
}
