/*
 * suggest: "did you mean ...?" for words that a person typed.
 */
#ifndef FAIRLEAD_BASE_SUGGEST_H
#define FAIRLEAD_BASE_SUGGEST_H

#include <stdbool.h>

#include "base/text.h"

/* Longer words are far from everything. */
#define SUGGEST_MAX 64
#define SUGGEST_FAR 1000U

/* Edits (insert, delete, replace, swap of neighbours) from `a` to `b`, ASCII case ignored. */
unsigned suggest_distance(struct span a, struct span b);
/* Whether so many edits are still a slip of the hand in a word of `len` bytes. */
bool suggest_is_near(unsigned distance, size_t len);

#endif
