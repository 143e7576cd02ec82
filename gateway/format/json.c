/*
 * json: trees of JSON: finding members, reading values, building.
 */
#include <stdlib.h>
#include <string.h>

#include "format/json.h"
#include "format/json_arena.h"
#include "format/json_fold.h"

int
json_doc_new(struct json_doc *doc)
{
	doc->root = NULL;
	doc->arena = json_arena_new();
	return doc->arena ? 0 : -1;
}

void
json_free(struct json_doc *doc)
{
	json_arena_free(doc->arena);
	*doc = (struct json_doc){ NULL, NULL };
}

struct json *
json_get(const struct json *object, const char *name)
{
	if (!object || object->type != JSON_OBJECT)
		return NULL;
	for (struct json *v = object->first; v; v = v->next)
		if (json_key_folds_to(v->key, name))
			return v;
	return NULL;
}

struct json *
json_get_exact(const struct json *object, const char *name)
{
	struct span key = span_of(name);

	if (!object || object->type != JSON_OBJECT)
		return NULL;
	for (struct json *v = object->first; v; v = v->next)
		if (span_eq(v->key, key))
			return v;
	return NULL;
}

/* Every digit before the exponent is 0. */
static bool
number_is_zero(struct span s)
{
	for (size_t i = 0; i < s.len && s.p[i] != 'e' && s.p[i] != 'E'; i++)
		if (s.p[i] >= '1' && s.p[i] <= '9')
			return false;
	return true;
}

bool
json_is_neutral(const struct json *v)
{
	switch (v->type) {
	case JSON_NULL:
		return true;
	case JSON_BOOL:
		return !v->truth;
	case JSON_NUMBER:
		return number_is_zero(v->text);
	case JSON_STRING:
		return v->text.len == 0;
	case JSON_ARRAY:
	case JSON_OBJECT:
		return v->count == 0;
	}
	return false;
}

/* Digits only: what Go reads into an integer. 1.0 and 1e2 are no integers there. */
static bool
read_digits(struct span s, uint64_t *out)
{
	uint64_t n = 0;

	if (!s.len)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		if (__builtin_mul_overflow(n, 10U, &n) ||
			__builtin_add_overflow(n, (uint64_t)(s.p[i] - '0'), &n))
			return false;
	}
	*out = n;
	return true;
}

bool
json_u64(const struct json *v, uint64_t *out)
{
	return v && v->type == JSON_NUMBER && read_digits(v->text, out);
}

bool
json_i64(const struct json *v, int64_t *out)
{
	struct span s;
	uint64_t n;
	bool minus;

	if (!v || v->type != JSON_NUMBER)
		return false;
	s = v->text;
	minus = s.len && *s.p == '-';
	if (minus) {
		s.p++;
		s.len--;
	}
	if (!read_digits(s, &n) || n > (uint64_t)INT64_MAX + minus)
		return false;
	*out = minus ? (int64_t)(0 - n) : (int64_t)n;
	return true;
}

struct json *
json_new(struct json_doc *doc, enum json_type type)
{
	struct json *v = json_arena_alloc(doc->arena, sizeof(*v));

	if (!v)
		return NULL;
	v->type = type;
	v->text = type == JSON_NUMBER ? SPAN("0") : SPAN("");
	return v;
}

struct json *
json_new_string(struct json_doc *doc, struct span s)
{
	struct json *v = json_new(doc, JSON_STRING);

	if (!v || json_arena_copy(doc->arena, s, &v->text))
		return NULL;
	return v;
}

void
json_append(struct json *array, struct json *value)
{
	value->parent = array;
	value->next = NULL;
	if (array->last)
		array->last->next = value;
	else
		array->first = value;
	array->last = value;
	array->count++;
}

/* The member before `v`; NULL when it is the first. */
static struct json *
member_before(const struct json *v)
{
	struct json *before = v->parent->first;

	if (before == v)
		return NULL;
	while (before->next != v)
		before = before->next;
	return before;
}

void
json_remove(struct json *v)
{
	struct json *parent = v->parent, *before;

	if (!parent)
		return;
	before = member_before(v);
	if (before)
		before->next = v->next;
	else
		parent->first = v->next;
	if (parent->last == v)
		parent->last = before;
	parent->count--;
	v->next = NULL;
	v->parent = NULL;
}

/* `value` takes the place of `old` among its siblings. */
static void
member_replace(struct json *old, struct json *value)
{
	struct json *parent = old->parent, *before = member_before(old);

	value->next = old->next;
	value->parent = parent;
	if (before)
		before->next = value;
	else
		parent->first = value;
	if (parent->last == old)
		parent->last = value;
	old->next = NULL;
	old->parent = NULL;
}

int
json_set(struct json_doc *doc, struct json *object, const char *key, struct json *value)
{
	struct json *old;

	if (!object || !value || json_arena_copy(doc->arena, span_of(key), &value->key))
		return -1;
	json_remove(value);
	old = json_get_exact(object, key);
	if (old)
		member_replace(old, value);
	else
		json_append(object, value);
	return 0;
}
