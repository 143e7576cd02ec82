/*
 * json_pick: a few values out of a long JSON object, read piece by piece.
 *
 * For answers of which two strings matter: nothing is built and nothing is held but what is
 * picked. It refuses what json_parse (with exact_keys and its default depth) refuses:
 *   malformed JSON, text behind the value, a byte order mark, VT and FF as white space, more
 *   than 32 levels, invalid UTF-8 and half surrogate pairs anywhere, a NUL in any key;
 *   a wanted key that is there twice, whether the path ends there or leads through it.
 * and besides:
 *   a text that is no object, or longer than `most` bytes;
 *   a value at a wanted path that is not of the type wanted (null neither);
 *   what is no object, nor null, where a wanted path leads through.
 * It does not see what has no part in the answer: keys that are there twice elsewhere, and the
 * number of values. Keys are compared byte by byte, decoded.
 */
#ifndef FAIRLEAD_FORMAT_JSON_PICK_H
#define FAIRLEAD_FORMAT_JSON_PICK_H

#include <stdbool.h>

#include "base/text.h"
#include "format/json.h"

#define JSON_PICK_LEVELS 3 /* keys of a path */
#define JSON_PICK_SLOTS 8

/* One wanted value. The first part is the caller's, the second is filled. */
struct json_pick_slot {
	const char *path[JSON_PICK_LEVELS]; /* keys from the root; NULL ends a shorter one */
	enum json_type type; /* JSON_STRING, JSON_BOOL or JSON_OBJECT (its being there) */
	char *text;          /* JSON_STRING: memory for it, `size` bytes */
	size_t size;

	bool found;
	bool truth; /* JSON_BOOL */
	size_t len; /* JSON_STRING: its length decoded; when larger than `size`, `text` is not filled */
};

struct json_pick;

/* The slots and what they point to stay the caller's and live longer. At most JSON_PICK_SLOTS;
 * no two have the same path. NULL without memory. */
struct json_pick *json_pick_new(struct json_pick_slot *slots, size_t count, size_t most);
/* -1: refused, as is all that follows. */
int json_pick_feed(struct json_pick *p, struct span in);
/* All is read. The slots may be believed only after it gave 0. */
int json_pick_end(struct json_pick *p);
/* Why it was refused; NULL when it was not. Of several faults the pieces decide which is seen. */
const char *json_pick_fault(const struct json_pick *p);
void json_pick_free(struct json_pick *p);

#endif
