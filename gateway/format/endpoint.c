/*
 * endpoint: finds the row of a request's method and path.
 */
#include <string.h>

#include "format/endpoint_table.h"

static bool
is_name(struct span pattern)
{
	return pattern.len > 0 && pattern.p[0] == '{';
}

static bool
is_long_name(struct span pattern)
{
	return is_name(pattern) && pattern.len > 5 &&
		memcmp(pattern.p + pattern.len - 4, "...}", 4) == 0;
}

/* The segments of a pattern that are still to come. */
static unsigned
count_segments(struct span pattern)
{
	unsigned n = 0;

	while (pattern.p) {
		span_cut(&pattern, '/');
		n++;
	}
	return n;
}

/*
 * How many segments of the target the long name takes: all but those that the
 * rest of the pattern needs. False when there are too few.
 */
static bool
long_name_takes(struct span name, struct span rest, unsigned left, unsigned *takes)
{
	unsigned needed = count_segments(rest);
	unsigned least = span_eq(name, SPAN("{rest...}")) ? 0 : 1;

	if (left < needed + least)
		return false;
	*takes = left - needed;
	return true;
}

/* Segments are stored one behind the other with their slashes, so several make one view. */
static struct span
join(const struct target *t, unsigned from, unsigned count)
{
	const struct span *last = &t->segment[from + count - 1];

	return (struct span){ t->segment[from].p,
		(size_t)(last->p + last->len - t->segment[from].p) };
}

/* All paths begin with literal text; most rows are out by it. */
static bool
begins_alike(const char *path, const struct target *t)
{
	const struct span *first = &t->segment[0];

	if (t->segments == 0 || strncmp(path + 1, first->p, first->len) != 0)
		return false;
	return path[1 + first->len] == '/' || path[1 + first->len] == '\0';
}

static bool
path_matches(const char *path, const struct target *t, struct span *object)
{
	struct span pattern = span_of(path + 1);
	unsigned i = 0;

	*object = (struct span){ NULL, 0 };
	while (pattern.p) {
		struct span part = span_cut(&pattern, '/');
		unsigned takes = 1;

		if (is_long_name(part)) {
			if (!long_name_takes(part, pattern, t->segments - i, &takes))
				return false;
		} else if (i == t->segments) {
			return false;
		} else if (!is_name(part) && !span_eq(part, t->segment[i])) {
			return false;
		}
		if (is_name(part) && !object->p && takes > 0)
			*object = join(t, i, takes);
		i += takes;
	}
	return i == t->segments;
}

unsigned
endpoint_methods(const struct target *t)
{
	unsigned methods = 0;

	for (unsigned i = 0; i < endpoint_count; i++) {
		struct span object;

		if (!(endpoint_table[i].class & EP_GROUP) &&
			path_matches(endpoint_table[i].path, t, &object))
			methods |= endpoint_table[i].methods;
	}
	return methods;
}

static enum endpoint_match
find_from(unsigned i, enum http_method method, const struct target *t,
	const struct endpoint **found, struct span *object)
{
	enum endpoint_match match = ENDPOINT_UNKNOWN;

	for (; i < endpoint_count; i++) {
		const struct endpoint *e = &endpoint_table[i];

		if (!begins_alike(e->path, t) || !path_matches(e->path, t, object))
			continue;
		if (e->methods & (unsigned)method) {
			*found = e;
			return ENDPOINT_FOUND;
		}
		match = ENDPOINT_METHOD;
	}
	*found = NULL;
	*object = (struct span){ NULL, 0 };
	return match;
}

enum endpoint_match
endpoint_find(enum http_method method, const struct target *t, const struct endpoint **found,
	struct span *object)
{
	return find_from(0, method, t, found, object);
}

enum endpoint_match
endpoint_find_after(const struct endpoint *row, enum http_method method, const struct target *t,
	const struct endpoint **found, struct span *object)
{
	return find_from((unsigned)(row - endpoint_table) + 1, method, t, found, object);
}

const struct endpoint *
endpoint_at(unsigned i)
{
	return i < endpoint_count ? &endpoint_table[i] : NULL;
}

static bool
is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool
endpoint_container_ref_ok(struct span ref)
{
	if (ref.len < 1 || ref.len > 255 || !is_alnum(ref.p[0]))
		return false;
	for (size_t i = 1; i < ref.len; i++)
		if (!is_alnum(ref.p[i]) && ref.p[i] != '_' && ref.p[i] != '.' && ref.p[i] != '-')
			return false;
	return true;
}
