/*
 * build_links: the links of a context, so that nothing is unpacked through one: a name below a link is another file's.
 */
#ifndef FAIRLEAD_POLICY_BUILD_LINKS_H
#define FAIRLEAD_POLICY_BUILD_LINKS_H

#include <stdbool.h>

#include "base/text.h"

#define BUILD_LINKS_MAX 65536

/* Hashes of their names. Zeroed at first. */
struct build_links {
	uint64_t *slot; /* 0: free */
	unsigned count, size;
};

/* Names are clean (tar_name_clean). False: there are too many, or no memory. */
bool build_links_add(struct build_links *l, struct span name);
/* Whether a folder of the name's is one. Two names with one hash are taken for the same. */
bool build_links_above(const struct build_links *l, struct span name);
void build_links_clear(struct build_links *l);

#endif
