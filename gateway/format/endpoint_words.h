/*
 * endpoint_words: what a row of the endpoint table means, in words for people.
 */
#ifndef FAIRLEAD_FORMAT_ENDPOINT_WORDS_H
#define FAIRLEAD_FORMAT_ENDPOINT_WORDS_H

#include "format/endpoint.h"

/* "GET|HEAD"; "any" for all of them. */
void endpoint_print_methods(unsigned methods, struct text *out);
/* "owned,judged": the names of the class's letters. */
void endpoint_print_class(unsigned class, struct text *out);
/* The same, each with what it means in brackets. */
void endpoint_explain_class(unsigned class, struct text *out);
/* "a number from 1 to 65535": what a query key takes, and what becomes of it. */
void endpoint_explain_key(const struct query_key *key, struct text *out);

/* One phrase each, static. */
const char *endpoint_body_words(enum endpoint_body body);
const char *endpoint_answer_words(enum endpoint_answer answer);
const char *endpoint_filter_words(enum endpoint_filter filter);

#endif
