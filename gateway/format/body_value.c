/*
 * body_value: readers of fields by their type: true or false, numbers, texts, lists, maps.
 */
#include <inttypes.h>
#include <string.h>

#include "format/body_judge.h"

#define TEXT_MAX 4096
/* A command line's argument (MAX_ARG_STRLEN of the kernel). */
#define ARGUMENT_MAX ((size_t)128 << 10)

int
body_read_bool(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	/* A neutral value of another type reaches this with BODY_KEEP. */
	if (v->type != JSON_BOOL)
		return body_bad(j, "must be true or false");
	return body_set_bool(j, out, f->name, v->truth);
}

int
body_read_number(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct json *copy;
	int64_t n;

	if (!json_i64(v, &n))
		return body_bad(j, "must be a whole number");
	if (n < f->least || n > f->most)
		return body_bad(j, "%" PRId64 " is not between %" PRId64 " and %" PRId64, n,
			f->least, f->most);
	if (n == 0 && !(f->flags & BODY_KEEP))
		return 0;
	copy = body_string(j, v->text);
	if (copy)
		copy->type = JSON_NUMBER;
	return body_set(j, out, f->name, copy);
}

bool
body_is_plain(struct span s, size_t most)
{
	if (s.len > most)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return false;
	return true;
}

int
body_text(struct body_judge *j, const struct json *v, struct span *text)
{
	if (v->type != JSON_STRING)
		return body_bad(j, "must be a string");
	if (!body_is_plain(v->text, TEXT_MAX))
		return body_bad(j, "may not be longer than %d bytes nor hold control characters",
			TEXT_MAX);
	*text = v->text;
	return 0;
}

/* What execve(2) can carry. */
static int
check_argument(struct body_judge *j, const struct json *v)
{
	if (v->type != JSON_STRING)
		return body_bad(j, "must be a string");
	if (v->text.len >= ARGUMENT_MAX || (v->text.len && memchr(v->text.p, '\0', v->text.len)))
		return body_bad(j, "may not hold a NUL nor be longer than 128 KiB");
	return 0;
}

static int
check_text(struct body_judge *j, const struct body_field *f, const struct json *v)
{
	size_t most = f->most ? (size_t)f->most : TEXT_MAX;
	struct span text = { NULL, 0 };
	int status;

	if (f->flags & BODY_ANY_TEXT)
		return check_argument(j, v);
	status = body_text(j, v, &text);
	if (!status && text.len > most)
		return body_bad(j, "may not be longer than %zu bytes", most);
	return status;
}

int
body_read_text(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	int status = check_text(j, f, v);

	return status ? status : body_set_string(j, out, f->name, v->text);
}

bool
body_is_one_of(struct span s, const char *choices)
{
	struct span rest = span_of(choices);

	while (rest.p)
		if (span_eq(span_cut(&rest, '|'), s))
			return true;
	return false;
}

int
body_read_choice(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct span text = { NULL, 0 };
	int status = body_text(j, v, &text);

	if (status)
		return status;
	if (!body_is_one_of(text, f->choices))
		return body_denied(j, v, NULL);
	return body_set_string(j, out, f->name, text);
}

int
body_read_texts(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct json *made = json_new(j->doc, JSON_ARRAY);
	int status = body_set(j, out, f->name, made);
	size_t i = 0;

	if (v->type != JSON_ARRAY)
		return body_bad(j, "must be an array of strings");
	for (const struct json *item = v->first; item && !status; item = item->next, i++) {
		size_t before = body_enter_item(j, i);

		status = check_text(j, f, item);
		if (status)
			return status;
		status = body_push(j, made, body_string(j, item->text));
		body_leave(j, before);
	}
	return status;
}

/* The engine takes one string for a list of one (moby's strslice). */
int
body_read_command(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct json *made = json_new(j->doc, JSON_ARRAY);
	int status;

	if (v->type == JSON_ARRAY)
		return body_read_texts(j, f, v, out);
	status = check_argument(j, v);
	if (!status)
		status = body_set(j, out, f->name, made);
	return status ? status : body_push(j, made, body_string(j, v->text));
}

/* Strings by string; null is "" to the engine. */
int
body_read_map(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct json *made = json_new(j->doc, JSON_OBJECT);
	int status = body_set(j, out, f->name, made);

	if (v->type != JSON_OBJECT)
		return body_bad(j, "must be an object of strings");
	for (const struct json *m = v->first; m && !status; m = m->next) {
		size_t before = body_enter(j, m->key);

		if (m->type != JSON_NULL)
			status = check_argument(j, m);
		if (!status && !body_is_plain(m->key, TEXT_MAX))
			status = body_bad(j, "is no name: it holds control characters");
		if (status)
			return status;
		status = body_add(j, made, m->key, body_string(j, m->text));
		body_leave(j, before);
	}
	return status;
}

int
body_read_object(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct json *made = json_new(j->doc, JSON_OBJECT);
	int status = body_set(j, out, f->name, made);

	if (!status)
		status = body_fields(j, f->fields, v, made);
	if (!status && !made->first && !(f->flags & BODY_KEEP))
		json_remove(made);
	return status;
}

/* [height, width] of a terminal. */
int
body_read_size(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct json *made = json_new(j->doc, JSON_ARRAY);
	uint64_t side;
	int status = 0;

	if (v->type != JSON_ARRAY || v->count != 2)
		return body_bad(j, "must be [height, width]");
	for (const struct json *item = v->first; item && !status; item = item->next) {
		struct json *copy;

		if (!json_u64(item, &side) || side > 65535)
			return body_bad(j, "must be [height, width], each 0 to 65535");
		copy = body_string(j, item->text);
		if (copy)
			copy->type = JSON_NUMBER;
		status = body_push(j, made, copy);
	}
	return status ? status : body_set(j, out, f->name, made);
}

int
body_refuse(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	(void)out;
	return body_denied(j, v, f->choices);
}

int
body_drop(struct body_judge *j, const struct body_field *f, const struct json *v, struct json *out)
{
	(void)j;
	(void)f;
	(void)v;
	(void)out;
	return 0;
}
