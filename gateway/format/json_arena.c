/*
 * json_arena: the memory of one JSON document: taken bit by bit, given back at once.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "format/json_arena.h"

#define FIRST_BLOCK ((size_t)1 << 10)
#define LARGEST_BLOCK ((size_t)64 << 10)

struct block {
	struct block *next;
	size_t used, size;
	_Alignas(max_align_t) char bytes[];
};

struct json_arena {
	struct block *blocks; /* the one in use first */
	size_t next_size;
};

struct json_arena *
json_arena_new(void)
{
	struct json_arena *a = calloc(1, sizeof(*a));

	if (a)
		a->next_size = FIRST_BLOCK;
	return a;
}

void
json_arena_free(struct json_arena *a)
{
	if (!a)
		return;
	for (struct block *b = a->blocks, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	free(a);
}

/* Blocks double, so that a small document stays small and a long one needs few. */
static struct block *
arena_grow(struct json_arena *a, size_t least)
{
	size_t size = least > a->next_size ? least : a->next_size;
	struct block *b = malloc(sizeof(*b) + size);

	if (!b)
		return NULL;
	b->used = 0;
	b->size = size;
	b->next = a->blocks;
	a->blocks = b;
	if (a->next_size < LARGEST_BLOCK)
		a->next_size *= 2;
	return b;
}

static void *
arena_take(struct json_arena *a, size_t size)
{
	size_t unit = _Alignof(max_align_t);
	struct block *b = a->blocks;
	void *p;

	if (size > SIZE_MAX / 2)
		return NULL;
	size = (size + unit - 1) / unit * unit;
	if (!b || size > b->size - b->used)
		b = arena_grow(a, size);
	if (!b)
		return NULL;
	p = b->bytes + b->used;
	b->used += size;
	return p;
}

void *
json_arena_alloc(struct json_arena *a, size_t size)
{
	void *p = arena_take(a, size);

	return p ? memset(p, 0, size) : NULL;
}

int
json_arena_copy(struct json_arena *a, struct span s, struct span *copy)
{
	char *p = arena_take(a, s.len + 1);

	if (!p)
		return -1;
	if (s.len)
		memcpy(p, s.p, s.len);
	p[s.len] = '\0';
	*copy = (struct span){ p, s.len };
	return 0;
}
