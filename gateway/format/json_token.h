/*
 * json_token: what yajl leaves unchecked between and inside the tokens of JSON.
 * Internal to json*.c.
 */
#ifndef FAIRLEAD_FORMAT_JSON_TOKEN_H
#define FAIRLEAD_FORMAT_JSON_TOKEN_H

#include <stdbool.h>

#include "base/text.h"

/* SP, HTAB, LF, CR: RFC 8259, section 2. */
bool json_token_is_space(char c);
/* The offset of the first byte at or after `from` that is no white space, comma or colon, and
 * with `comments` no part of a whole comment. */
size_t json_token_skip(struct span in, size_t from, bool comments);
/* What is wrong with the raw text between the quotes of a string that yajl took; NULL: nothing.
 * `at` gets where in `raw`. */
const char *json_token_string_fault(struct span raw, size_t *at);
/* Moves a place (both from 1) over `bytes`. A column is a character, not a byte. */
void json_token_advance(struct span bytes, unsigned *line, unsigned *column);

#endif
