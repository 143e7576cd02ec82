/*
 * fuzz_heads: what the two fuzz targets of HTTP heads check alike.
 */
#ifndef FAIRLEAD_FUZZ_HEADS_H
#define FAIRLEAD_FUZZ_HEADS_H

#include <stdlib.h>
#include <string.h>
#include <sanitizer/asan_interface.h>

#include "format/http.h"

/* Low, so that a short input reaches them. */
static const struct http_limits fuzz_limits = { .line = 256, .head = 1024, .fields = 12 };

static inline void
must(bool holds)
{
	if (!holds)
		abort();
}

/* The first `n` bytes; a look at what has not come yet is a fault that ASan sees. */
static inline struct span
come_so_far(struct span block, size_t n)
{
	ASAN_UNPOISON_MEMORY_REGION(block.p, block.len);
	ASAN_POISON_MEMORY_REGION(block.p + n, block.len - n);
	return (struct span){ block.p, n };
}

static inline bool
same_view(struct span a, struct span b)
{
	return a.p == b.p && a.len == b.len;
}

static inline bool
same_views(const struct http_fields *a, const struct http_fields *b)
{
	if (a->count != b->count)
		return false;
	for (unsigned i = 0; i < a->count; i++)
		if (!same_view(a->at[i].name, b->at[i].name) ||
			!same_view(a->at[i].value, b->at[i].value))
			return false;
	return true;
}

static inline bool
same_fields(const struct http_fields *a, const struct http_fields *b)
{
	if (a->count != b->count)
		return false;
	for (unsigned i = 0; i < a->count; i++)
		if (!span_eq(a->at[i].name, b->at[i].name) ||
			!span_eq(a->at[i].value, b->at[i].value))
			return false;
	return true;
}

/* No field may end its line early or be read as another one. */
static inline void
fields_are_clean(const struct http_fields *f, struct span in)
{
	for (unsigned i = 0; i < f->count; i++) {
		struct span name = f->at[i].name, value = f->at[i].value;

		must(name.len > 0 && name.p >= in.p && value.p + value.len <= in.p + in.len);
		for (size_t k = 0; k < name.len; k++)
			must(name.p[k] > ' ' && name.p[k] < 0x7f && name.p[k] != ':');
		for (size_t k = 0; k < value.len; k++)
			must(value.p[k] != '\r' && value.p[k] != '\n' && value.p[k] != '\0');
		must(span_eq(value, span_trim(value)));
	}
}

static inline void
print_fields(struct text *out, const struct http_fields *f)
{
	for (unsigned i = 0; i < f->count; i++) {
		text_add_span(out, f->at[i].name);
		text_add_str(out, ":");
		text_add_span(out, f->at[i].value);
		text_add_str(out, "\r\n");
	}
	text_add_str(out, "\r\n");
}

#endif
