/*
 * body_judge: walks the members of an object by a table, and what all readers need: the path for
 * messages, refusals, new nodes.
 */
#include "format/body_judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Of a value or a key, in a message. */
#define SHOWN_MAX 100

/* A table has at most so many rows (a bit each). */
#define ROWS_MAX 128

size_t
body_enter(struct body_judge *j, struct span name)
{
	size_t before = j->path.len;
	bool plain = name.len > 0 && span_plain(name) == name.len && name.len <= SHOWN_MAX;

	if (before)
		text_add_char(&j->path, '.');
	if (plain)
		text_add_span(&j->path, name);
	else
		text_add_json(&j->path,
			(struct span){ name.p, name.len < SHOWN_MAX ? name.len : SHOWN_MAX });
	return before;
}

size_t
body_enter_item(struct body_judge *j, size_t i)
{
	size_t before = j->path.len;

	text_addf(&j->path, "[%zu]", i);
	return before;
}

void
body_leave(struct body_judge *j, size_t before)
{
	j->path.len = before;
	if (j->path.p)
		j->path.p[before] = '\0';
}

int
body_bad(struct body_judge *j, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (j->path.len) {
		text_add_span(j->why, text_span(&j->path));
		text_add_str(j->why, ": ");
	}
	text_add_str(j->why, line);
	return BODY_BAD;
}

/* true and objects say nothing that the field's name does not. */
static void
show_value(struct text *out, const struct json *v)
{
	struct text shown;

	if (!v || v->type == JSON_BOOL || v->type == JSON_OBJECT || v->type == JSON_NULL)
		return;
	text_init(&shown, 0);
	json_print(&shown, v);
	if (shown.len <= SHOWN_MAX)
		text_add_span(out, text_span(&shown));
	else
		text_addf(out, "%.*s...", SHOWN_MAX, shown.p);
	text_add_str(out, " is ");
	text_free(&shown);
}

int
body_denied(struct body_judge *j, const struct json *v, const char *hint)
{
	text_add_span(j->why, text_span(&j->path));
	text_add_str(j->why, ": ");
	show_value(j->why, v);
	text_addf(j->why, "not allowed for tenant %.*s", SPAN_ARG(j->policy->tenant));
	if (hint)
		text_addf(j->why, "; %s", hint);
	return BODY_DENIED;
}

static const struct body_field *
field_find(const struct body_field *fields, struct span key)
{
	for (; fields->name; fields++)
		if (json_key_folds_to(key, fields->name))
			return fields;
	return NULL;
}

static bool
field_skips(const struct body_field *f, const struct json *v)
{
	if (v->type == JSON_NULL)
		return true;
	return !(f->flags & (BODY_KEEP | BODY_ABSENT)) && json_is_neutral(v);
}

static int
field_read(struct body_judge *j, const struct body_field *f, const struct json *v, struct json *out)
{
	size_t before = body_enter(j, span_of(f->name));
	int status = f->read(j, f, v, out);

	if (!status)
		body_leave(j, before);
	return status;
}

/* A key that no engine reads says nothing when it says "not set". */
static int
unknown_read(struct body_judge *j, const struct json *v)
{
	if (json_is_neutral(v))
		return 0;
	body_enter(j, v->key);
	return body_bad(j, "is no field that is known here; leave it out");
}

/* Two members of one row: which of them counts is the engine's business. */
static int
fields_check_twice(struct body_judge *j, const struct body_field *fields, const struct json *v)
{
	bool seen[ROWS_MAX] = { false };

	for (const struct json *m = v->first; m; m = m->next) {
		const struct body_field *f = field_find(fields, m->key);

		if (f && seen[f - fields]) {
			body_enter(j, m->key);
			return body_bad(j, "stands there twice");
		}
		if (f)
			seen[f - fields] = true;
	}
	return 0;
}

int
body_fields(struct body_judge *j, const struct body_field *fields, const struct json *v,
	struct json *out)
{
	int status;

	if (v->type != JSON_OBJECT)
		return body_bad(j, "must be an object");
	status = fields_check_twice(j, fields, v);
	for (const struct json *m = v->first; m && !status; m = m->next)
		if (!field_find(fields, m->key))
			status = unknown_read(j, m);
	for (const struct body_field *f = fields; f->name && !status; f++) {
		const struct json *m = json_get(v, f->name);

		if (m && !field_skips(f, m))
			status = field_read(j, f, m, out);
	}
	return status;
}

void
body_order(const struct body_field *fields, struct json *object)
{
	for (; fields->name; fields++) {
		struct json *m = json_get_exact(object, fields->name);

		if (!m)
			continue;
		json_remove(m);
		json_append(object, m);
	}
}

int
body_add(struct body_judge *j, struct json *out, struct span key, struct json *node)
{
	struct json *copy = node ? json_new_string(j->doc, key) : NULL;

	if (!copy)
		return BODY_MEMORY;
	node->key = copy->text;
	json_append(out, node);
	return 0;
}

int
body_push(struct body_judge *j, struct json *array, struct json *node)
{
	(void)j;
	if (!array || !node)
		return BODY_MEMORY;
	json_append(array, node);
	return 0;
}

struct json *
body_string(struct body_judge *j, struct span value)
{
	return json_new_string(j->doc, value);
}

int
body_set(struct body_judge *j, struct json *out, const char *key, struct json *node)
{
	return node && !json_set(j->doc, out, key, node) ? 0 : BODY_MEMORY;
}

int
body_set_string(struct body_judge *j, struct json *out, const char *key, struct span value)
{
	return body_set(j, out, key, json_new_string(j->doc, value));
}

int
body_set_number(struct body_judge *j, struct json *out, const char *key, uint64_t value)
{
	char digits[24];
	struct json *node;

	snprintf(digits, sizeof(digits), "%" PRIu64, value);
	node = json_new_string(j->doc, span_of(digits));
	if (node)
		node->type = JSON_NUMBER;
	return body_set(j, out, key, node);
}

int
body_set_bool(struct body_judge *j, struct json *out, const char *key, bool value)
{
	struct json *node = json_new(j->doc, JSON_BOOL);

	if (node)
		node->truth = value;
	return body_set(j, out, key, node);
}

struct json *
body_child(struct body_judge *j, struct json *out, const char *key, enum json_type type)
{
	struct json *child = json_get_exact(out, key);

	if (child)
		return child;
	child = json_new(j->doc, type);
	return body_set(j, out, key, child) ? NULL : child;
}

int
body_name(struct body_judge *j, const struct body_ref *ref)
{
	return j->policy->ref(j->policy->arg, ref) ? BODY_MEMORY : 0;
}
