/*
 * answer_parts: an answer that is an object of long arrays, brought down to what is the tenant's
 * while it comes: what is held is no more than what is shown.
 */
#ifndef FAIRLEAD_FORMAT_ANSWER_PARTS_H
#define FAIRLEAD_FORMAT_ANSWER_PARTS_H

#include "format/answer.h"

/* Which elements of the arrays stay: those that `show` shows. They stay as they came: the whole is still to
 * be shown. Of an array that has no row none stay. */
struct answer_part {
	const char *key; /* NULL ends the table */
	answer_show_fn *show;
};

extern const struct answer_part answer_volume_parts[]; /* for answer_volume_list */
extern const struct answer_part answer_usage_parts[];  /* for answer_usage */

struct answer_parts;

/* The view and the table must live longer. `most` bounds one element, and what stays. NULL without memory. */
struct answer_parts *answer_parts_new(const struct answer_view *view,
	const struct answer_part *table, size_t most);
/* -1: it cannot be read. */
int answer_parts_feed(struct answer_parts *p, struct span piece);
/* All is read. `*rest`, the JSON text of what stays, lives as long as `p`. */
int answer_parts_end(struct answer_parts *p, struct span *rest);
/* Why it cannot be read. */
const char *answer_parts_fault(const struct answer_parts *p);
void answer_parts_free(struct answer_parts *p);

#endif
