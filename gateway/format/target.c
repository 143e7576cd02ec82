/*
 * target: decodes the request target once and cuts it up.
 */
#include <stdlib.h>
#include <string.h>

#include "format/target.h"

static int
bad(const char **why, const char *message)
{
	*why = message;
	return -1;
}

/*
 * Takes one byte of `*s`, decoded; -1 when an escape is broken. `*escaped` tells
 * whether it was one.
 */
static int
take_byte(struct span *s, bool *escaped)
{
	int high, low;

	*escaped = s->p[0] == '%';
	if (!*escaped) {
		s->len--;
		return (unsigned char)*s->p++;
	}
	if (s->len < 3)
		return -1;
	high = text_hex_value(s->p[1]);
	low = text_hex_value(s->p[2]);
	if (high < 0 || low < 0)
		return -1;
	s->p += 3;
	s->len -= 3;
	return high << 4 | low;
}

/* Why this decoded byte may not stand in a path; NULL when it may. */
static const char *
wrong_in_path(int c, bool escaped)
{
	if (c < 0)
		return "the path holds a broken escape";
	if (c < 0x20 || c > 0x7e || (c == ' ' && !escaped))
		return "the path holds a byte that is not visible ASCII";
	if (c == '\\')
		return "the path holds a backslash";
	if (c == '#')
		return "the path holds a '#'";
	if (escaped && (c == '/' || c == '%'))
		return "the path holds an escaped slash or percent sign";
	return NULL;
}

static int
decode_segment(struct span raw, char **store, struct span *out, const char **why)
{
	out->p = *store;
	while (raw.len > 0) {
		bool escaped;
		int c = take_byte(&raw, &escaped);

		*why = wrong_in_path(c, escaped);
		if (*why)
			return -1;
		*(*store)++ = (char)c;
	}
	out->len = (size_t)(*store - out->p);
	if (out->len == 0)
		return bad(why, "the path has an empty segment");
	if (span_eq(*out, SPAN(".")) || span_eq(*out, SPAN("..")))
		return bad(why, "the path has a dot segment");
	return 0;
}

static bool
small_number(struct span s, unsigned *out)
{
	uint64_t v;

	if (s.len > 2 || !span_u64(s, &v))
		return false;
	*out = (unsigned)v;
	return true;
}

/*
 * Engines take "/v" and any digits and dots for a version, so whatever looks
 * like that to them must be one for us too.
 */
static int
take_version(struct target *t, struct span first, bool *taken, const char **why)
{
	struct span major, minor = first;

	*taken = false;
	if (first.len < 2 || first.p[0] != 'v')
		return 0;
	for (size_t i = 1; i < first.len; i++)
		if (first.p[i] != '.' && (first.p[i] < '0' || first.p[i] > '9'))
			return 0;
	minor.p++;
	minor.len--;
	major = span_cut(&minor, '.');
	if (!small_number(major, &t->version_major) || !small_number(minor, &t->version_minor) ||
		t->version_major == 0)
		return bad(why, "the API version of the path is not of the form v1.41");
	*taken = true;
	return 0;
}

static int
parse_path(struct target *t, struct span path, char **store, const char **why)
{
	bool first = true, taken = false;

	if (path.len == 0 || path.p[0] != '/')
		return bad(why, "the request target must be a path");
	path.p++;
	path.len--;
	if (path.len == 0)
		return 0;
	while (path.p) {
		struct span segment;

		/* Kept, so that neighbouring segments can be looked at as one. */
		if (!first)
			*(*store)++ = '/';
		if (decode_segment(span_cut(&path, '/'), store, &segment, why) < 0)
			return -1;
		if (first && take_version(t, segment, &taken, why) < 0)
			return -1;
		first = false;
		if (taken) {
			taken = false;
			continue;
		}
		if (t->segments == TARGET_MAX_SEGMENTS)
			return bad(why, "the path has too many segments");
		t->segment[t->segments++] = segment;
	}
	return 0;
}

static int
decode_query(struct span raw, char **store, struct span *out, const char **why)
{
	out->p = *store;
	while (raw.len > 0) {
		bool escaped;
		int c = take_byte(&raw, &escaped);

		if (c < 0)
			return bad(why, "the query holds a broken escape");
		if (c == 0)
			return bad(why, "the query holds a NUL");
		if (!escaped && (c < 0x21 || c > 0x7e || c == '#'))
			return bad(why, "the query holds a byte that must be escaped");
		if (!escaped && c == ';')
			return bad(why, "the query holds a ';'");
		*(*store)++ = !escaped && c == '+' ? ' ' : (char)c;
	}
	out->len = (size_t)(*store - out->p);
	return 0;
}

static int
parse_query(struct target *t, struct span query, char **store, const char **why)
{
	while (query.p) {
		struct span value = span_cut(&query, '&');
		struct span key;
		struct target_pair *pair;

		if (value.len == 0)
			continue;
		if (t->pairs == TARGET_MAX_QUERY)
			return bad(why, "the query has too many keys");
		pair = &t->query[t->pairs++];
		key = span_cut(&value, '=');
		if (decode_query(key, store, &pair->key, why) < 0 ||
			decode_query(value, store, &pair->value, why) < 0)
			return -1;
	}
	return 0;
}

/* Pairs of the query at most, as many as are taken. */
static size_t
count_pairs(struct span query)
{
	size_t n = 1;

	for (size_t i = 0; i < query.len; i++)
		n += query.p[i] == '&';
	return n < TARGET_MAX_QUERY ? n : TARGET_MAX_QUERY;
}

int
target_parse(struct span raw, struct target *t, const char **why)
{
	struct span query = raw, path = span_cut(&query, '?');
	size_t pairs = query.len ? count_pairs(query) * sizeof(*t->query) : 0;
	char *store;

	memset(t, 0, sizeof(*t));
	t->store = malloc(pairs + raw.len + 1);
	if (!t->store)
		return bad(why, "no memory for the request target");
	t->query = t->store;
	store = (char *)t->store + pairs;
	if (parse_path(t, path, &store, why) < 0 || parse_query(t, query, &store, why) < 0) {
		target_free(t);
		return -1;
	}
	return 0;
}

void
target_free(struct target *t)
{
	free(t->store);
	memset(t, 0, sizeof(*t));
}

unsigned
target_query(const struct target *t, struct span key, struct span *value)
{
	unsigned n = 0;

	for (unsigned i = 0; i < t->pairs; i++) {
		if (!span_eq(t->query[i].key, key))
			continue;
		if (n++ == 0)
			*value = t->query[i].value;
	}
	return n;
}

static bool
is_unreserved(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		c == '-' || c == '_' || c == '.' || c == '~';
}

void
target_add_encoded(struct text *out, struct span s)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		char escape[3] = { '%', digits[c >> 4], digits[c & 15] };

		if (is_unreserved(s.p[i]))
			text_add_char(out, s.p[i]);
		else
			text_add(out, escape, sizeof(escape));
	}
}

void
target_print_path(const struct target *t, struct text *out)
{
	for (unsigned i = 0; i < t->segments; i++) {
		text_add_char(out, '/');
		target_add_encoded(out, t->segment[i]);
	}
}

void
target_print_query(const struct target *t, struct text *out)
{
	for (unsigned i = 0; i < t->pairs; i++) {
		if (i > 0)
			text_add_char(out, '&');
		target_add_encoded(out, t->query[i].key);
		text_add_char(out, '=');
		target_add_encoded(out, t->query[i].value);
	}
}
