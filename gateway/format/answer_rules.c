/*
 * answer_rules: what is done to the fields of an engine's answer.
 *
 * Keys and types stay where clients read them (docker CLI, Compose, docker-py, dockerode); the
 * values go, or become the tenant's own words.
 */
#include <string.h>

#include "format/answer_rules.h"
#include "format/space.h"

/* Each is compared with each; no object has more names than this. */
#define MOST_NAMES 256

/* What an action works with. `failed`: no memory. */
struct answer_work {
	const struct answer_view *view;
	struct json_doc *doc;
	bool failed;
};

/* Names of volumes begin with a letter or digit, paths of hosts never do. */
static bool
is_host_path(struct span s)
{
	return s.len && !(*s.p >= '0' && *s.p <= '9') && !(*s.p >= 'a' && *s.p <= 'z') &&
		!(*s.p >= 'A' && *s.p <= 'Z');
}

static void
show_host_path(struct answer_work *w, struct json *v)
{
	if (is_host_path(v->text))
		answer_blank(v);
	else
		(void)space_strip(w->view->tenant, &v->text);
}

/* Without a colon it is a volume without a name: a path of the container. */
static void
show_bind(struct answer_work *w, struct json *v)
{
	const char *colon = v->text.len ? memchr(v->text.p, ':', v->text.len) : NULL;

	if (colon && is_host_path(v->text)) {
		v->text.len -= (size_t)(colon - v->text.p);
		v->text.p = colon;
	} else if (colon) {
		(void)space_strip(w->view->tenant, &v->text);
	}
}

static void
show_sentence(struct answer_work *w, struct json *v)
{
	struct text out;

	if (!v->text.len)
		return;
	text_init(&out, 0);
	space_add_sentence(&out, w->view->tenant, v->text);
	if (out.failed || answer_set_text(w->doc, v, text_span(&out)))
		w->failed = true;
	text_free(&out);
}

/* "/beta--db", "beta--db". */
static bool
names_anothers(const struct answer_view *view, struct span name)
{
	if (span_starts(name, SPAN("/"))) {
		name.p++;
		name.len--;
	}
	return answer_is_anothers(view, span_cut(&name, '/'));
}

/* Whether one of the siblings before it says the same. */
static bool
is_said_before(const struct json *v)
{
	if (v->parent->count > MOST_NAMES)
		return false;
	for (const struct json *at = v->parent->first; at != v; at = at->next)
		if (at->type == JSON_STRING && span_eq(at->text, v->text))
			return true;
	return false;
}

/* An engine lists a container's name among its aliases, and so does the gateway: once is enough. */
static bool
keep_name(void *arg, struct json *v)
{
	struct answer_work *w = arg;

	if (v->type != JSON_STRING || names_anothers(w->view, v->text))
		return false;
	show_sentence(w, v);
	return !is_said_before(v);
}

/* The tenant's own "bridge" is there beside the engine's. */
static bool
is_shadowed(const struct answer_view *view, const struct json *v)
{
	if (v->parent->count > MOST_NAMES)
		return false;
	for (const struct json *at = v->parent->first; at; at = at->next) {
		struct span name = at->key;

		if (at != v && space_strip(view->tenant, &name) && span_eq(name, v->key))
			return true;
	}
	return false;
}

static bool
keep_name_key(void *arg, struct json *v)
{
	const struct answer_work *w = arg;

	return !answer_is_anothers(w->view, v->key) && !is_shadowed(w->view, v);
}

static void
show_name_keys(struct answer_work *w, struct json *object)
{
	answer_keep(object, keep_name_key, w);
	for (struct json *v = object->first; v; v = v->next)
		(void)space_strip(w->view->tenant, &v->key);
}

static bool
keep_label(void *arg, struct json *v)
{
	const struct answer_work *w = arg;

	return !space_is_label(w->view->owner_label, v->key);
}

/* The gateway made it: what else is in its labels is the tenant's own. */
static bool
is_of_the_gateway(const struct answer_view *view, const struct json *labels)
{
	struct span owner = span_of(view->owner_label);

	for (const struct json *v = labels->first; v; v = v->next)
		if (span_starts(v->key, owner) &&
			span_eq((struct span){ v->key.p + owner.len, v->key.len - owner.len },
				SPAN("." SPACE_LABEL_REF)))
			return true;
	return false;
}

/* Compose keeps the folder and the files of a project in labels, Docker Desktop the sources of binds. */
static void
hide_label_path(struct json *v)
{
	static const struct span of_hosts[] = { { "com.docker.compose.project.", 27 },
		{ "desktop.docker.io/binds/", 24 } };

	for (size_t i = 0; i < sizeof(of_hosts) / sizeof(of_hosts[0]); i++)
		if (span_starts(v->key, of_hosts[i]) &&
			(v->type != JSON_STRING || is_host_path(v->text)))
			answer_blank(v);
}

static void
show_labels(struct answer_work *w, struct json *labels)
{
	if (!is_of_the_gateway(w->view, labels))
		for (struct json *v = labels->first; v; v = v->next)
			hide_label_path(v);
	answer_keep(labels, keep_label, w);
}

static void
show_image_name(struct answer_work *w, struct json *v)
{
	if (answer_image_text(w->view, w->doc, v))
		w->failed = true;
}

static bool
keep_image(void *arg, struct json *v)
{
	struct answer_work *w = arg;

	if (v->type != JSON_STRING)
		return false;
	if (answer_is_no_image(v->text))
		return true;
	show_image_name(w, v);
	return v->text.len && !is_said_before(v);
}

static void
show_text(struct answer_work *w, struct json *v, answer_text_fn *add)
{
	struct text out;

	text_init(&out, 0);
	add(w->view, v->text, &out);
	if (out.failed || answer_set_text(w->doc, v, text_span(&out)))
		w->failed = true;
	text_free(&out);
}

/* The type that an action is for; JSON_NULL: any. */
static enum json_type
action_type(enum answer_action action)
{
	switch (action) {
	case RULE_HOST_PATH:
	case RULE_BIND:
	case RULE_NAME:
	case RULE_SENTENCE:
	case RULE_IMAGE:
	case RULE_COMMAND:
	case RULE_ERROR:
		return JSON_STRING;
	case RULE_LABELS:
	case RULE_NAME_KEYS:
		return JSON_OBJECT;
	case RULE_NAMES:
	case RULE_IMAGES:
		return JSON_ARRAY;
	case RULE_KEEP:
	case RULE_BLANK:
	case RULE_REMOVE:
		break;
	}
	return JSON_NULL;
}

static void
act(struct answer_work *w, struct json *v, enum answer_action action)
{
	enum json_type type = action_type(action);

	if (type != JSON_NULL && v->type != type)
		action = RULE_BLANK;
	switch (action) {
	case RULE_KEEP:
		return;
	case RULE_BLANK:
		answer_blank(v);
		return;
	case RULE_REMOVE:
		json_remove(v);
		return;
	case RULE_HOST_PATH:
		show_host_path(w, v);
		return;
	case RULE_LABELS:
		show_labels(w, v);
		return;
	case RULE_BIND:
		show_bind(w, v);
		return;
	case RULE_NAME:
		(void)space_strip(w->view->tenant, &v->text);
		return;
	case RULE_SENTENCE:
		show_sentence(w, v);
		return;
	case RULE_NAMES:
		answer_keep(v, keep_name, w);
		return;
	case RULE_NAME_KEYS:
		show_name_keys(w, v);
		return;
	case RULE_IMAGE:
		show_image_name(w, v);
		return;
	case RULE_IMAGES:
		answer_keep(v, keep_image, w);
		if (answer_sort_images(v))
			w->failed = true;
		return;
	case RULE_COMMAND:
		show_text(w, v, answer_command);
		return;
	case RULE_ERROR:
		show_text(w, v, answer_error_sentence);
		return;
	}
}

/* As deep as the path has segments. A plain value where more was to come is blanked: what it
 * says is unknown. */
static void
walk(struct answer_work *w, struct json *v, struct span path, enum answer_action action)
{
	struct span segment, rest = path;

	if (!path.p) {
		act(w, v, action);
		return;
	}
	if (v->type != JSON_OBJECT && v->type != JSON_ARRAY) {
		answer_blank(v);
		return;
	}
	segment = span_cut(&rest, '.');
	for (struct json *child = v->first, *next; child; child = next) {
		next = child->next;
		if (span_eq(segment, SPAN("*")) ||
			(v->type == JSON_OBJECT && span_eq(child->key, segment)))
			walk(w, child, rest, action);
	}
}

int
answer_apply(const struct answer_view *view, struct json_doc *doc, struct json *root,
	const struct answer_rule *rules)
{
	struct answer_work w = { view, doc, false };

	if (root->type != JSON_OBJECT)
		return -1;
	for (; rules->path; rules++)
		walk(&w, root, span_of(rules->path), rules->action);
	return w.failed ? -1 : 0;
}

static bool
keep_known(void *arg, struct json *v)
{
	for (const struct answer_rule *r = *(const struct answer_rule **)arg; r->path; r++) {
		struct span path = span_of(r->path);

		if (span_eq(span_cut(&path, '.'), v->key))
			return true;
	}
	return false;
}

void
answer_apply_only(struct json *root, const struct answer_rule *rules)
{
	answer_keep(root, keep_known, &rules);
}
