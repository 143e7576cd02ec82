/*
 * space: puts names into a tenant's namespace and takes them out again.
 */
#include "format/space.h"

#include <string.h>

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_name_char(char c)
{
	return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '-';
}

bool
space_looks_like_id(struct span name)
{
	if (name.len < 6 || name.len > 64)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!is_digit(name.p[i]) && !(name.p[i] >= 'a' && name.p[i] <= 'f'))
			return false;
	return true;
}

bool
space_network_name_ok(struct span name)
{
	if (name.len < 1 || name.len > SPACE_NAME_MAX || text_is_full_id(name))
		return false;
	if (!is_letter(name.p[0]) && !is_digit(name.p[0]))
		return false;
	for (size_t i = 1; i < name.len; i++)
		if (!is_name_char(name.p[i]))
			return false;
	return true;
}

bool
space_thing_name_ok(struct span name)
{
	return name.len >= 2 && space_network_name_ok(name);
}

bool
space_name_ok(struct span name)
{
	return space_thing_name_ok(name) && !space_looks_like_id(name);
}

void
space_add(struct text *out, struct span tenant, struct span name)
{
	text_add_span(out, tenant);
	text_add_str(out, SPACE_SEPARATOR);
	text_add_span(out, name);
}

bool
space_strip(struct span tenant, struct span *name)
{
	size_t len = tenant.len + 2;

	if (name->len <= len || !span_starts(*name, tenant) ||
		memcmp(name->p + tenant.len, SPACE_SEPARATOR, 2) != 0)
		return false;
	name->p += len;
	name->len -= len;
	return true;
}

/* A tenant's name is of small letters, digits and "_.-", and begins with one of the first two. */
bool
space_is_taken(struct span name)
{
	const char *at = name.len ? memmem(name.p, name.len, SPACE_SEPARATOR, 2) : NULL;
	size_t before = at ? (size_t)(at - name.p) : 0;

	if (!before || before + 2 >= name.len || strchr("_.-", name.p[0]))
		return false;
	for (size_t i = 0; i < before; i++)
		if (!is_name_char(name.p[i]) || (name.p[i] >= 'A' && name.p[i] <= 'Z'))
			return false;
	return true;
}

void
space_add_sentence(struct text *out, struct span tenant, struct span sentence)
{
	char before = ' ';

	while (sentence.len) {
		struct span rest = sentence;
		size_t n = 1;

		if (!is_name_char(before) && space_strip(tenant, &rest) &&
			(is_letter(rest.p[0]) || is_digit(rest.p[0])))
			sentence = rest;
		while (n < sentence.len && sentence.p[n] != tenant.p[0])
			n++;
		text_add(out, sentence.p, n);
		before = sentence.p[n - 1];
		sentence.p += n;
		sentence.len -= n;
	}
}

void
space_add_label(struct text *out, const char *owner_label, const char *what)
{
	text_add_str(out, owner_label);
	text_add_char(out, '.');
	text_add_str(out, what);
}

bool
space_is_label(const char *owner_label, struct span key)
{
	struct span owner = span_of(owner_label);

	return span_starts(key, owner) && (key.len == owner.len || key.p[owner.len] == '.');
}
