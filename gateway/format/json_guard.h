/*
 * json_guard: what yajl leaves unchecked in the bytes of JSON, when they come in pieces.
 * Internal to json*.c. json_token.h has the same for a text that is here as a whole.
 */
#ifndef FAIRLEAD_FORMAT_JSON_GUARD_H
#define FAIRLEAD_FORMAT_JSON_GUARD_H

#include <stdbool.h>

#include "base/text.h"

/* Begins as zeros. */
struct json_guard {
	unsigned char inner;     /* bytes of a UTF-8 character that are still to come */
	unsigned char low, high; /* what the next of them may be */
	unsigned char digits;    /* of a \u escape that are still to come */
	bool escaped;            /* behind a backslash */
	bool half;               /* behind the first escape of a surrogate pair */
	unsigned unit;           /* of the \u escape so far */
};

/* What is wrong; NULL: nothing. What yajl refuses (a raw control character in a string, a
 * backslash outside of one, a false escape) may pass. */
const char *json_guard_feed(struct json_guard *g, struct span in);

#endif
