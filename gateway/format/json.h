/*
 * json: JSON (RFC 8259) as trees, read strictly and printed canonically.
 *
 * Reading is what Go's encoding/json reads, without its freedom: a tree has one
 * meaning for us and for the engine, or it is refused. Keys keep the text they
 * had (decoded); two keys of one object that Go would bind to the same field
 * (case folded, U+017F = s, U+212A = k) are refused. Numbers keep their literal.
 * Refused: trailing data, depth, invalid UTF-8 (raw or by escape: lone
 * surrogates), NUL in a key, BOM. Read by yajl's stream parser.
 * A document owns all its nodes and strings; nodes live until json_free.
 */
#ifndef FAIRLEAD_FORMAT_JSON_H
#define FAIRLEAD_FORMAT_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
	enum json_type type;
	bool truth;                /* JSON_BOOL */
	struct span text;          /* JSON_STRING decoded; JSON_NUMBER as it was written */
	struct span key;           /* of a member of an object, decoded */
	size_t offset;             /* where the value begins in the input */
	unsigned count;            /* children */
	struct json *first, *last; /* children, in order */
	struct json *next;
	struct json *parent;
};

struct json_limits {
	unsigned depth; /* 0: 32 */
	unsigned nodes; /* 0: 100,000 */
	bool comments;  /* C and C++ comments are white space: configuration files only */
	bool exact_keys; /* duplicates are found without folding: answers of the engine, whose maps may hold any key */
};

struct json_error {
	unsigned line, column; /* from 1 */
	size_t offset;
	char message[160];
};

struct json_doc {
	struct json *root;
	struct json_arena *arena;
};

int json_parse(struct span in, const struct json_limits *limits, struct json_doc *doc,
	struct json_error *err);
/* An empty document to build in: root NULL. */
int json_doc_new(struct json_doc *doc);
void json_free(struct json_doc *doc);

/* The member that Go would bind to `name` (folded); NULL when absent or not an object. */
struct json *json_get(const struct json *object, const char *name);
/* The member of exactly that key. */
struct json *json_get_exact(const struct json *object, const char *name);
bool json_key_folds_to(struct span key, const char *name);
/* null, false, 0 (any spelling), "", [], {}: what clients send for "not set". */
bool json_is_neutral(const struct json *v);
bool json_u64(const struct json *v, uint64_t *out);
bool json_i64(const struct json *v, int64_t *out);

/* New nodes, owned by the document; NULL without memory. Strings are copied. */
struct json *json_new(struct json_doc *doc, enum json_type type);
struct json *json_new_string(struct json_doc *doc, struct span s);
void json_append(struct json *array, struct json *value);
/* Adds or replaces the member of exactly that key (kept by copy). */
int json_set(struct json_doc *doc, struct json *object, const char *key, struct json *value);
/* Takes the node out of its parent; it stays the document's. */
void json_remove(struct json *v);

/* Appends the compact form; strings as text_add_json writes them (`<>&` raw, U+2028 escaped). */
void json_print(struct text *out, const struct json *v);
/* Where `offset` of `in` is, for messages. */
void json_where(struct span in, size_t offset, unsigned *line, unsigned *column);

/*
 * An array read element by element with bounded memory, for long answers.
 * `element` gets one element a call (valid during the call only).
 */
struct json_stream;
typedef int json_element_fn(void *arg, struct json_doc *doc,
	struct json *element); /* 0, or -1 to stop */
/* `largest` bounds one element's bytes. A top-level value that is not an array is an error.
 * Elements are read with the default limits and exact_keys: they are the engine's. */
struct json_stream *json_stream_new(size_t largest, json_element_fn *element, void *arg);
/* The same for objects that stand one behind the other, with or without white space between them, for
 * ever maybe: each is given out with its last byte. */
struct json_stream *json_stream_new_values(size_t largest, json_element_fn *element, void *arg);
int json_stream_feed(struct json_stream *s, struct span in, struct json_error *err);
/* All is read: -1 when the array, or an object, has not ended. */
int json_stream_end(struct json_stream *s, struct json_error *err);
void json_stream_free(struct json_stream *s);

#endif
