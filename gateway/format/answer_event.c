/*
 * answer_event: which events a tenant hears of, and what of them.
 *
 * Events of containers carry their labels, those of images the images'. Of networks and volumes they
 * tell the name only, and the container that is connected or mounts. What cannot be told to be the
 * tenant's is left out, and so is what is of no such object.
 */
#include "format/answer_rules.h"
#include "format/space.h"

/* Engines before API 1.52 say "status", "id" and "from" besides: the action, the actor and its image. */
static const struct answer_rule container_rules[] = {
	{ "Actor.Attributes.imageRef", RULE_IMAGE }, /* of a commit */
	{ "Actor.Attributes.name", RULE_NAME },
	{ "Actor.Attributes.oldName", RULE_SENTENCE }, /* "/acme--web" */
	{ "Actor.Attributes", RULE_LABELS },
	{ NULL, RULE_KEEP },
};

static const struct answer_rule network_rules[] = {
	{ "Actor.Attributes.name", RULE_NAME },
	{ "Actor.Attributes", RULE_LABELS },
	{ NULL, RULE_KEEP },
};

static const struct answer_rule volume_rules[] = {
	{ "Actor.ID", RULE_NAME },
	{ "Actor.Attributes", RULE_LABELS },
	{ "id", RULE_NAME },
	{ NULL, RULE_KEEP },
};

/* The actor of a pull or push is a name. */
static const struct answer_rule image_rules[] = {
	{ "Actor.ID", RULE_IMAGE },
	{ "Actor.Attributes.name", RULE_IMAGE },
	{ "Actor.Attributes", RULE_LABELS },
	{ "id", RULE_IMAGE },
	{ NULL, RULE_KEEP },
};

/* What tells whose an event is. */
struct actor {
	struct span id;
	const struct json *attributes;
};

static bool
owns_container(const struct answer_view *view, const struct actor *a)
{
	return answer_label_is(view, a->attributes, NULL);
}

/* Of a network or a volume by its name, and the container in it. */
static bool
owns_named(const struct answer_view *view, const struct actor *a, struct span name)
{
	struct span container = { NULL, 0 };
	enum answer_owner member;

	(void)answer_string(a->attributes, "container", &container);
	member = answer_owner_of(view, container);
	if (member == ANSWER_OWNER_OTHER)
		return false;
	if (space_is_taken(name))
		return space_strip(view->tenant, &name);
	return member == ANSWER_OWNER_SELF || answer_owner_of(view, a->id) == ANSWER_OWNER_SELF;
}

static bool
owns_network(const struct answer_view *view, const struct actor *a)
{
	struct span name;

	return answer_string(a->attributes, "name", &name) && owns_named(view, a, name);
}

static bool
owns_volume(const struct answer_view *view, const struct actor *a)
{
	return owns_named(view, a, a->id);
}

static bool
sees_image(const struct answer_view *view, struct span name)
{
	struct text shown;
	bool sees;

	text_init(&shown, 0);
	sees = image_space_show(view->images, name, &shown) != IMAGE_HIDDEN && !shown.failed;
	text_free(&shown);
	return sees;
}

/* A name of another's is not shown though the image be the tenant's. */
static bool
owns_image(const struct answer_view *view, const struct actor *a)
{
	struct span name = a->id, hex;

	(void)answer_string(a->attributes, "name", &name);
	if (image_name_is_id(name, &hex))
		return answer_label_is(view, a->attributes, SPACE_LABEL_IMAGE);
	return sees_image(view, name);
}

static const struct event_kind {
	struct span type;
	bool (*owns)(const struct answer_view *view, const struct actor *a);
	const struct answer_rule *rules;
} event_kinds[] = {
	{ { "container", 9 }, owns_container, container_rules },
	{ { "image", 5 }, owns_image, image_rules },
	{ { "network", 7 }, owns_network, network_rules },
	{ { "volume", 6 }, owns_volume, volume_rules },
};

static const struct event_kind *
event_kind(const struct json *event)
{
	struct span type;

	if (!answer_string(event, "Type", &type))
		return NULL;
	for (size_t i = 0; i < sizeof(event_kinds) / sizeof(event_kinds[0]); i++)
		if (span_eq(type, event_kinds[i].type))
			return &event_kinds[i];
	return NULL;
}

/* Before the labels go: one of them is what the tenant called the image. */
static int
show_images(const struct answer_view *view, struct json_doc *doc, struct json *event,
	const struct json *attributes)
{
	return answer_show_image(view, doc, json_get_exact(attributes, "image"), attributes) ||
		answer_show_image(view, doc, json_get_exact(event, "from"), attributes);
}

enum answer_verdict
answer_event(const struct answer_view *view, struct json_doc *doc, struct json *v)
{
	const struct event_kind *kind = event_kind(v);
	const struct json *actor = json_get_exact(v, "Actor");
	struct actor a = { .attributes = json_get_exact(actor, "Attributes") };

	if (v->type != JSON_OBJECT)
		return ANSWER_UNREADABLE;
	if (!kind || !answer_string(actor, "ID", &a.id) || !kind->owns(view, &a))
		return ANSWER_FOREIGN;
	if (show_images(view, doc, v, a.attributes) || answer_apply(view, doc, v, kind->rules))
		return ANSWER_UNREADABLE;
	return ANSWER_SHOWN;
}

int
answer_event_read(const struct json *event, const char *owner_label, struct answer_container *out)
{
	const struct json *actor = json_get_exact(event, "Actor");
	struct span type;

	*out = (struct answer_container){ 0 };
	if (!answer_string(event, "Type", &type) || !span_eq(type, SPAN("container")) ||
		!answer_string(actor, "ID", &out->id) || !text_is_full_id(out->id) ||
		!answer_string(json_get_exact(actor, "Attributes"), owner_label, &out->owner))
		return -1;
	return 0;
}
