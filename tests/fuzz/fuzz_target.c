/*
 * Fuzz target of request targets: what was parsed, printed in the one canonical
 * way, parses to the same; and no path has a second reading.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/endpoint.h"
#include "format/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
is_sound(const struct target *t)
{
	must(t->segments <= TARGET_MAX_SEGMENTS && t->pairs <= TARGET_MAX_QUERY);
	must(t->version_major <= 99 && t->version_minor <= 99);
	for (unsigned i = 0; i < t->segments; i++) {
		struct span s = t->segment[i];

		must(s.len > 0 && !span_eq(s, SPAN(".")) && !span_eq(s, SPAN("..")));
		for (size_t k = 0; k < s.len; k++)
			must(s.p[k] >= ' ' && s.p[k] < 0x7f && !strchr("/\\%#", s.p[k]));
		must(i == 0 ||
			(s.p[-1] == '/' && t->segment[i - 1].p + t->segment[i - 1].len == s.p - 1));
	}
	for (unsigned i = 0; i < t->pairs; i++)
		must(t->query[i].value.len == 0 ||
			!memchr(t->query[i].value.p, 0, t->query[i].value.len));
}

static void
print(struct text *out, const struct target *t)
{
	if (t->version_major > 0)
		text_addf(out, "/v%u.%u", t->version_major, t->version_minor);
	for (unsigned i = 0; i < t->segments; i++) {
		text_add_char(out, '/');
		target_add_encoded(out, t->segment[i]);
	}
	if (out->len == 0)
		text_add_char(out, '/');
	for (unsigned i = 0; i < t->pairs; i++) {
		text_add_char(out, i ? '&' : '?');
		target_add_encoded(out, t->query[i].key);
		text_add_char(out, '=');
		target_add_encoded(out, t->query[i].value);
	}
}

static bool
same(const struct target *a, const struct target *b)
{
	if (a->version_major != b->version_major || a->version_minor != b->version_minor ||
		a->segments != b->segments || a->pairs != b->pairs)
		return false;
	for (unsigned i = 0; i < a->segments; i++)
		if (!span_eq(a->segment[i], b->segment[i]))
			return false;
	for (unsigned i = 0; i < a->pairs; i++)
		if (!span_eq(a->query[i].key, b->query[i].key) ||
			!span_eq(a->query[i].value, b->query[i].value))
			return false;
	return true;
}

static void
finds_the_same(const struct target *a, const struct target *b)
{
	const struct endpoint *e, *again;
	struct span object, object_again;

	must(endpoint_find(HTTP_GET, a, &e, &object) ==
		endpoint_find(HTTP_GET, b, &again, &object_again));
	must(e == again && span_eq(object, object_again));
	must(e != NULL || object.p == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct target t, again;
	const char *why = NULL;
	struct text out;
	char *block = malloc(size + !size);

	must(block != NULL);
	memcpy(block, data, size);
	if (target_parse((struct span){ block, size }, &t, &why) < 0) {
		must(why != NULL && t.store == NULL);
		free(block);
		return 0;
	}
	free(block);
	is_sound(&t);
	text_init(&out, 0);
	print(&out, &t);
	must(target_parse(text_span(&out), &again, &why) == 0);
	must(same(&t, &again));
	finds_the_same(&t, &again);
	target_free(&again);
	target_free(&t);
	text_free(&out);
	return 0;
}
