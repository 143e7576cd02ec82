/*
 * json_arena: the memory of one JSON document: taken bit by bit, given back at once.
 * Internal to json*.c.
 */
#ifndef FAIRLEAD_FORMAT_JSON_ARENA_H
#define FAIRLEAD_FORMAT_JSON_ARENA_H

#include "base/text.h"

struct json_arena;

struct json_arena *json_arena_new(void);
void json_arena_free(struct json_arena *a);
/* Zeroed and aligned for any struct; NULL without memory. */
void *json_arena_alloc(struct json_arena *a, size_t size);
/* A copy with a NUL behind it, p never NULL; -1 without memory. */
int json_arena_copy(struct json_arena *a, struct span s, struct span *copy);

#endif
