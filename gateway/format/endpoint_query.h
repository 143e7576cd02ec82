/*
 * endpoint_query: the parts of judging a query. For endpoint_query.c and
 * endpoint_filters.c only; all others use format/endpoint.h.
 */
#ifndef FAIRLEAD_FORMAT_ENDPOINT_QUERY_H
#define FAIRLEAD_FORMAT_ENDPOINT_QUERY_H

#include "base/text.h"
#include "format/endpoint.h"

/* Adds 'query key "h": MESSAGE' to `why`; -1. */
int endpoint_query_bad(const struct query_key *key, const char *message, struct text *why);
/* True when `value` is one of `choices`, separated by '|'. */
bool endpoint_query_is_choice(const char *choices, struct span value);
/* Appends the pair and an '&', the value percent-encoded. */
void endpoint_query_add(struct text *out, const struct query_key *key, struct span value);
/*
 * Judges a QUERY_FILTERS value (empty: none) and appends the pair. See
 * endpoint_query for `owner`.
 */
int endpoint_filters(const struct query_key *key, struct span value, struct span owner,
	struct text *out, struct text *why);

#endif
