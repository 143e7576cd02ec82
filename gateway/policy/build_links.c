/*
 * build_links: the links of a context, so that nothing is unpacked through one.
 */
#include "policy/build_links.h"

#include <stdlib.h>

#define FNV_BASIS 14695981039346656037U

/* FNV-1a: who makes names collide is refused for it, and nobody else. */
static uint64_t
hash_add(uint64_t h, char c)
{
	return (h ^ (unsigned char)c) * 1099511628211U;
}

/* 0 stands for none. */
static uint64_t
hash_end(uint64_t h)
{
	return h ? h : 1;
}

static uint64_t *
find(const struct build_links *l, uint64_t hash)
{
	unsigned i = (unsigned)hash & (l->size - 1);

	while (l->slot[i] && l->slot[i] != hash)
		i = (i + 1) & (l->size - 1);
	return &l->slot[i];
}

static bool
grow(struct build_links *l)
{
	struct build_links more = { .count = l->count, .size = l->size ? l->size * 2 : 64 };

	more.slot = calloc(more.size, sizeof(*more.slot));
	if (!more.slot)
		return false;
	for (unsigned i = 0; i < l->size; i++)
		if (l->slot[i])
			*find(&more, l->slot[i]) = l->slot[i];
	free(l->slot);
	*l = more;
	return true;
}

bool
build_links_add(struct build_links *l, struct span name)
{
	uint64_t h = FNV_BASIS, *slot;

	if (l->count == BUILD_LINKS_MAX || (l->count * 2 >= l->size && !grow(l)))
		return false;
	for (size_t i = 0; i < name.len; i++)
		h = hash_add(h, name.p[i]);
	slot = find(l, hash_end(h));
	if (!*slot)
		l->count++;
	*slot = hash_end(h);
	return true;
}

bool
build_links_above(const struct build_links *l, struct span name)
{
	uint64_t h = FNV_BASIS;

	if (!l->count)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		if (name.p[i] == '/' && *find(l, hash_end(h)))
			return true;
		h = hash_add(h, name.p[i]);
	}
	return false;
}

void
build_links_clear(struct build_links *l)
{
	free(l->slot);
	*l = (struct build_links){ .slot = NULL };
}
