/*
 * answer_tree: answers that engines gave (data/answer), and what must be left of them.
 */
#ifndef FAIRLEAD_UNIT_ANSWER_TREE_H
#define FAIRLEAD_UNIT_ANSWER_TREE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/answer.h"

static const struct json_limits engine_limits = { .exact_keys = true };

static inline struct json_doc
load(const char *name)
{
	char path[128], bytes[65536];
	struct json_error err;
	struct json_doc doc;
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "tests/unit/data/answer/%s.json", name);
	f = fopen(path, "rb");
	if (!f)
		fail_msg("%s: cannot be opened; tests run from the top folder", path);
	n = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	assert_true(n < sizeof(bytes));
	if (json_parse((struct span){ bytes, n }, &engine_limits, &doc, &err))
		fail_msg("%s:%u:%u: %s", path, err.line, err.column, err.message);
	return doc;
}

static inline struct json_doc
parse(const char *s)
{
	struct json_doc doc;

	assert_int_equal(json_parse(span_of(s), &engine_limits, &doc, NULL), 0);
	return doc;
}

static inline struct text
printed(const struct json *v)
{
	struct text out;

	text_init(&out, 0);
	json_print(&out, v);
	assert_false(out.failed);
	return out;
}

static inline void
assert_json(const struct json *v, const char *want)
{
	struct text out;

	assert_non_null(v);
	out = printed(v);
	assert_string_equal(out.p, want);
	text_free(&out);
}

static inline void
assert_member(const struct json *object, const char *key, const char *want)
{
	const struct json *v = json_get_exact(object, key);

	if (!v)
		fail_msg("%s is gone", key);
	assert_json(v, want);
}

static inline void
assert_lacks(const struct json *v, const char *const *words)
{
	struct text out = printed(v);

	for (; *words; words++)
		if (strstr(out.p, *words))
			fail_msg("\"%s\" is left in %s", *words, out.p);
	text_free(&out);
}

#endif
