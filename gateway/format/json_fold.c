/*
 * json_fold: keys of objects as Go's encoding/json binds them to fields.
 *
 * Go folds by Unicode's simple folding. A field's name is ASCII, so all that can bind
 * to it is ASCII in any case, U+017F for s and U+212A for k.
 */
#include <stdlib.h>
#include <string.h>

#include "format/json_fold.h"

#define FEW 16 /* members that are sooner compared each with each than sorted */

/* Takes the first folded unit off `s`, which is not empty. */
static int
fold_take(struct span *s)
{
	unsigned char c = (unsigned char)*s->p;
	size_t n = 1;
	int unit = c;

	if (c >= 'A' && c <= 'Z') {
		unit = c - 'A' + 'a';
	} else if (span_starts(*s, SPAN("\xc5\xbf"))) {
		unit = 's';
		n = 2;
	} else if (span_starts(*s, SPAN("\xe2\x84\xaa"))) {
		unit = 'k';
		n = 3;
	}
	s->p += n;
	s->len -= n;
	return unit;
}

static int
fold_compare(struct span a, struct span b)
{
	while (a.len && b.len) {
		int x = fold_take(&a), y = fold_take(&b);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return (a.len > 0) - (b.len > 0);
}

bool
json_key_folds_to(struct span key, const char *name)
{
	return fold_compare(key, span_of(name)) == 0;
}

static int
exact_compare(struct span a, struct span b)
{
	size_t least = a.len < b.len ? a.len : b.len;
	int c = least ? memcmp(a.p, b.p, least) : 0;

	return c ? c : (a.len > b.len) - (a.len < b.len);
}

static int
by_folded_key(const void *a, const void *b)
{
	const struct json *const *x = a, *const *y = b;

	return fold_compare((*x)->key, (*y)->key);
}

static int
by_exact_key(const void *a, const void *b)
{
	const struct json *const *x = a, *const *y = b;

	return exact_compare((*x)->key, (*y)->key);
}

static const struct json *
later(const struct json *a, const struct json *b)
{
	return a->offset > b->offset ? a : b;
}

/* Whether any two keys are one, byte by byte: for the few members that most objects have. */
static bool
few_have_twice(const struct json *object)
{
	for (const struct json *a = object->first; a; a = a->next)
		for (const struct json *b = a->next; b; b = b->next)
			if (a->key.len == b->key.len && span_eq(a->key, b->key))
				return true;
	return false;
}

/* Sorted, not hashed: no key that a client picks can make it slow. */
int
json_fold_find_twice(const struct json *object, bool exact, const struct json **twice)
{
	int (*compare)(const void *, const void *) = exact ? by_exact_key : by_folded_key;
	const struct json *few[32], **all = few;
	size_t n = 0;
	int found = 0;

	if (exact && object->count <= FEW && !few_have_twice(object))
		return 0;
	if (object->count > sizeof(few) / sizeof(few[0]))
		all = malloc(object->count * sizeof(const struct json *));
	if (!all)
		return -1;
	for (const struct json *v = object->first; v; v = v->next)
		all[n++] = v;
	if (n > 1)
		qsort(all, n, sizeof(const struct json *), compare);
	for (size_t i = 1; i < n && !found; i++) {
		if (compare(&all[i - 1], &all[i]) == 0) {
			*twice = later(all[i - 1], all[i]);
			found = 1;
		}
	}
	if (all != few)
		free(all);
	return found;
}
