/*
 * answer_image: what a tenant sees of images: its own, and the shared ones that it may see.
 *
 * An image may have names of many; whose it is tell its names, and for one without any that the
 * tenant may see the label of who built it.
 */
#include "format/answer_rules.h"
#include "format/space.h"

/* Of a list's element and of an inspect. Annotations hold the image's names again. */
#define NAME_RULES                                                                                 \
	{ "RepoTags", RULE_IMAGES }, { "RepoDigests", RULE_IMAGES },                               \
		{ "Descriptor.annotations", RULE_REMOVE }, { "Manifests", RULE_REMOVE },           \
	{                                                                                          \
		"Identity", RULE_REMOVE                                                            \
	}

/* An element of GET /images/json, and of GET /system/df. */
static const struct answer_rule list_rules[] = {
	NAME_RULES,
	{ "Labels", RULE_LABELS },
	{ NULL, RULE_KEEP },
};

/* GET /images/{name}/json */
static const struct answer_rule inspect_rules[] = {
	NAME_RULES,
	{ "Config.Image", RULE_IMAGE },
	{ "Config.Labels", RULE_LABELS },
	{ "ContainerConfig.Cmd.*", RULE_COMMAND },
	{ "ContainerConfig.Image", RULE_IMAGE },
	{ "ContainerConfig.Labels", RULE_LABELS },
	{ "GraphDriver.Data", RULE_BLANK }, /* layer folders */
	{ NULL, RULE_KEEP },
};

/* An element of GET /images/{name}/history */
static const struct answer_rule history_rules[] = {
	{ "CreatedBy", RULE_COMMAND },
	{ "Tags", RULE_IMAGES },
	{ NULL, RULE_KEEP },
};

/* An element of the answer to DELETE /images/{name}, and of a prune's ImagesDeleted */
static const struct answer_rule removed_rules[] = {
	{ "Untagged", RULE_IMAGE },
	{ "Deleted", RULE_KEEP },
	{ NULL, RULE_KEEP },
};

static bool
has_name(const struct json *names)
{
	for (const struct json *v = names ? names->first : NULL; v; v = v->next)
		if (!answer_is_no_image(v->text))
			return true;
	return false;
}

/* After the rules: whether the tenant may see one of its names. */
static bool
is_named(const struct json *image)
{
	return has_name(json_get_exact(image, "RepoTags")) ||
		has_name(json_get_exact(image, "RepoDigests"));
}

static int
set_names(struct json_doc *doc, struct json *image, const char *key, struct span name)
{
	struct json *names = json_new(doc, JSON_ARRAY), *text = json_new_string(doc, name);

	if (!names || !text)
		return -1;
	json_append(names, text);
	return json_set(doc, image, key, names);
}

/* How many containers use it, and what it has in common with other images, is of everybody's. */
static int
hide_counts(struct json_doc *doc, struct json *image)
{
	return answer_set_number(doc, image, "Containers", -1) ||
		answer_set_number(doc, image, "SharedSize", -1);
}

enum answer_verdict
answer_image_element(const struct answer_view *view, struct json_doc *doc, struct json *v)
{
	bool own = answer_label_is(view, json_get_exact(v, "Labels"), SPACE_LABEL_IMAGE), had_names;

	if (v->type != JSON_OBJECT)
		return ANSWER_UNREADABLE;
	had_names = is_named(v);
	if (answer_apply(view, doc, v, list_rules) || hide_counts(doc, v))
		return ANSWER_UNREADABLE;
	if (is_named(v))
		return ANSWER_SHOWN;
	if (!own)
		return ANSWER_FOREIGN;
	if (had_names &&
		(set_names(doc, v, "RepoTags", SPAN("<none>:<none>")) ||
			set_names(doc, v, "RepoDigests", SPAN("<none>@<none>"))))
		return ANSWER_UNREADABLE;
	return ANSWER_SHOWN;
}

static enum answer_verdict
show_history(const struct answer_view *view, struct json_doc *doc, struct json *v)
{
	return answer_apply(view, doc, v, history_rules) ? ANSWER_UNREADABLE : ANSWER_SHOWN;
}

/* Who gave a shared image a name last, and in which container it was made, is others' business. */
static int
hide_making(const struct answer_view *view, struct json_doc *doc, struct json *image)
{
	struct json *time = json_get_exact(json_get_exact(image, "Metadata"), "LastTagTime");
	struct json *container = json_get_exact(image, "Container");

	if (container && (!view->knows || !view->knows(view->knows_arg, container->text)))
		answer_blank(container);
	return time && time->type == JSON_STRING
		? answer_set_text(doc, time, SPAN("0001-01-01T00:00:00Z"))
		: 0;
}

enum answer_verdict
answer_image(const struct answer_view *view, struct json_doc *doc, struct json *v)
{
	const struct json *labels = json_get_exact(json_get_exact(v, "Config"), "Labels");
	bool own = answer_label_is(view, labels, SPACE_LABEL_IMAGE);

	if (v->type == JSON_ARRAY)
		return answer_elements(view, doc, v, show_history);
	if (answer_apply(view, doc, v, inspect_rules))
		return ANSWER_UNREADABLE;
	if (!own && !is_named(v))
		return ANSWER_FOREIGN;
	if (!own && hide_making(view, doc, v))
		return ANSWER_UNREADABLE;
	return ANSWER_SHOWN;
}

static enum answer_verdict
show_removed(const struct answer_view *view, struct json_doc *doc, struct json *v)
{
	const struct json *untagged;

	if (answer_apply(view, doc, v, removed_rules))
		return ANSWER_UNREADABLE;
	answer_apply_only(v, removed_rules);
	untagged = json_get_exact(v, "Untagged");
	return untagged && !untagged->text.len ? ANSWER_FOREIGN : ANSWER_SHOWN;
}

enum answer_verdict
answer_image_removed(const struct answer_view *view, struct json_doc *doc, struct json *v)
{
	if (v->type == JSON_OBJECT)
		return ANSWER_UNREADABLE;
	return answer_elements(view, doc, v, show_removed);
}
