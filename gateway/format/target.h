/*
 * target: the request target (RFC 3986, RFC 9112 3.2.1) in one reading only.
 *
 * The path is decoded once and cut into segments. Refused with a message:
 * %2f %5c %00, a '%' that stays after decoding, "." and "..", empty segments
 * (a trailing slash too), backslash, control bytes, bytes over 0x7e, '#'.
 * The query is decoded ('+' is a space); ';' and broken escapes are refused;
 * two keys that are equal after decoding are kept both (`target_query` tells).
 * Raw '"' '{' '}' and other printable bytes are taken in the query: the Hyper
 * CLI sends them so.
 */
#ifndef FAIRLEAD_FORMAT_TARGET_H
#define FAIRLEAD_FORMAT_TARGET_H

#include <stdbool.h>

#include "base/text.h"

#define TARGET_MAX_SEGMENTS 16
/* dockerode says all of a body in the query, too: a pair for each string of each list. */
#define TARGET_MAX_QUERY 512

struct target_pair {
	struct span key;
	struct span value;
};

struct target {
	/* From a leading "/v1.NN" segment, which is not among the segments; 0, 0 when there is none. */
	unsigned version_major, version_minor;
	/* Decoded; one lies behind the other with a '/' between them. */
	struct span segment[TARGET_MAX_SEGMENTS];
	unsigned segments;
	struct target_pair *query; /* decoded, in the order sent */
	unsigned pairs;
	void *store; /* the pairs, and what the spans point into */
};

/* 0; or -1 with one sentence in `*why` (static) and nothing to free. "*" is refused here. */
int target_parse(struct span raw, struct target *t, const char **why);
void target_free(struct target *t);

/* The number of values a query key has; the first in `*value` when there is one. */
unsigned target_query(const struct target *t, struct span key, struct span *value);

/* Appends the segments anew, each after a '/': escaped where it is not unreserved. Without the version. */
void target_print_path(const struct target *t, struct text *out);
/* Appends the query anew, "a=1&b=", without '?': all keys, in their order. */
void target_print_query(const struct target *t, struct text *out);

/* Appends `s` percent-encoded: all but A-Z a-z 0-9 - _ . ~ */
void target_add_encoded(struct text *out, struct span s);

#endif
