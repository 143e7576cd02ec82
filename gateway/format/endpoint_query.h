/*
 * endpoint_query: the parts of judging a query. For endpoint_query.c, endpoint_name.c,
 * endpoint_signal.c, endpoint_maps.c, endpoint_filters.c
 * and endpoint_filter_words.c only; all others use format/endpoint.h.
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
/* Arguments of ps that are harmless on the host. */
bool endpoint_query_is_ps(struct span value);
/* A signal's name or number. */
bool endpoint_query_is_signal(struct span value);
bool endpoint_query_is_path(struct span value);
/* Whether it is one of those that endpoint_query_name judges. */
bool endpoint_query_names(enum query_type type);
/* Whether the key may be there more than once. */
bool endpoint_query_repeats(const struct query_key *key);
/* Judges all values of such a key, appends their pairs and hands out what is to be looked up. */
int endpoint_query_name(const struct endpoint *e, const struct target *t,
	const struct query_key *key, const struct endpoint_asker *who, struct text *out,
	struct text *why);
/* Judges QUERY_LABELS and QUERY_MAP and appends the pair. Labels are always there: the owner's are put in. */
int endpoint_query_map(const struct query_key *key, struct span value,
	const struct endpoint_asker *who, struct text *out, struct text *why);

/* What judging filters works with. */
struct filter_work {
	const struct query_key *key;
	const struct endpoint_asker *who;
	struct json_doc doc; /* what is sent */
	bool named;          /* something in it is to be looked up */
	struct text *out, *why;
};

/* Judges a QUERY_FILTERS value (empty: none), with one more "reference" (empty: none), and appends the pair, or
 * leaves it in who->filters. */
int endpoint_filters(const struct query_key *key, struct span value, struct span reference,
	const struct endpoint_asker *who, struct text *out, struct text *why);
/* Appends to a list of `filter`, what is sent, what the tenant's `value` means to the engine. */
int endpoint_filter_word(struct filter_work *w, struct span filter, struct span value,
	struct json *values);

#endif
