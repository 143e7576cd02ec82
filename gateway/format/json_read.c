/*
 * json_read: JSON text to a tree, by yajl's stream parser.
 *
 * yajl judges the grammar; what it lets through is judged here and in json_token.c.
 * Where a token begins is found from where the one before ended, because yajl tells
 * only where it stands.
 */
#include <stdio.h>
#include <string.h>

#include <yajl/yajl_parse.h>

#include "format/json.h"
#include "format/json_arena.h"
#include "format/json_fold.h"
#include "format/json_token.h"

#define DEFAULT_DEPTH 32
#define DEFAULT_NODES 100000

struct reader {
	struct span in;
	struct json_limits limits;
	struct json_doc *doc;
	struct json_error *err;
	yajl_handle yajl;
	size_t base;       /* where in `in` the bytes given to yajl begin */
	size_t end;        /* of the token before */
	struct json *open; /* the array or object being filled */
	struct span key;   /* of the next member */
	unsigned depth, nodes;
};

void
json_where(struct span in, size_t offset, unsigned *line, unsigned *column)
{
	*line = 1;
	*column = 1;
	if (offset < in.len)
		in.len = offset;
	json_token_advance(in, line, column);
}

/* Returns what a callback returns to make yajl stop. */
static int
reader_fail(struct reader *r, size_t offset, const char *message)
{
	struct json_error *e = r->err;

	e->offset = offset < r->in.len ? offset : r->in.len;
	json_where(r->in, e->offset, &e->line, &e->column);
	snprintf(e->message, sizeof(e->message), "%s", message);
	return 0;
}

/* Where the token that yajl has just read begins. `len` is its length, 0 for a string's. */
static int
reader_token(struct reader *r, size_t len, size_t *start)
{
	size_t end = r->base + yajl_get_bytes_consumed(r->yajl);

	*start = json_token_skip(r->in, r->end, r->limits.comments);
	if (len ? *start + len != end : *start >= end || r->in.p[*start] != '"')
		return reader_fail(r, *start,
			"a byte that is no white space stands between values");
	r->end = end;
	return 1;
}

/* A new value in its place in the tree; NULL when it may not be. */
static struct json *
reader_add(struct reader *r, enum json_type type, size_t offset)
{
	struct json *v;

	if (++r->nodes > r->limits.nodes) {
		reader_fail(r, offset, "there are too many values");
		return NULL;
	}
	v = json_new(r->doc, type);
	if (!v) {
		reader_fail(r, offset, "no memory");
		return NULL;
	}
	v->offset = offset;
	if (!r->open) {
		r->doc->root = v;
		return v;
	}
	if (r->open->type == JSON_OBJECT)
		v->key = r->key;
	json_append(r->open, v);
	return v;
}

static int
on_null(void *arg)
{
	struct reader *r = arg;
	size_t start;

	return reader_token(r, 4, &start) && reader_add(r, JSON_NULL, start);
}

static int
on_bool(void *arg, int truth)
{
	struct reader *r = arg;
	struct json *v;
	size_t start;

	if (!reader_token(r, truth ? 4 : 5, &start))
		return 0;
	v = reader_add(r, JSON_BOOL, start);
	if (!v)
		return 0;
	v->truth = truth;
	return 1;
}

static int
reader_add_text(struct reader *r, enum json_type type, size_t start, struct span text)
{
	struct json *v = reader_add(r, type, start);

	if (!v)
		return 0;
	if (json_arena_copy(r->doc->arena, text, &v->text))
		return reader_fail(r, start, "no memory");
	return 1;
}

static int
on_number(void *arg, const char *p, size_t len)
{
	struct reader *r = arg;
	size_t start;

	return reader_token(r, len, &start) &&
		reader_add_text(r, JSON_NUMBER, start, (struct span){ p, len });
}

/* The token is a string; checks its raw text. */
static int
reader_string(struct reader *r, size_t *start)
{
	const char *fault;
	size_t at = 0;

	if (!reader_token(r, 0, start))
		return 0;
	fault = json_token_string_fault((struct span){ r->in.p + *start + 1, r->end - *start - 2 },
		&at);
	return fault ? reader_fail(r, *start + 1 + at, fault) : 1;
}

static int
on_string(void *arg, const unsigned char *p, size_t len)
{
	struct reader *r = arg;
	size_t start;

	return reader_string(r, &start) &&
		reader_add_text(r, JSON_STRING, start, (struct span){ (const char *)p, len });
}

static int
on_key(void *arg, const unsigned char *p, size_t len)
{
	struct reader *r = arg;
	size_t start;

	if (!reader_string(r, &start))
		return 0;
	if (memchr(p, '\0', len))
		return reader_fail(r, start, "a key holds a NUL");
	if (json_arena_copy(r->doc->arena, (struct span){ (const char *)p, len }, &r->key))
		return reader_fail(r, start, "no memory");
	return 1;
}

static int
reader_enter(struct reader *r, enum json_type type)
{
	struct json *v;
	size_t start;

	if (!reader_token(r, 1, &start))
		return 0;
	if (++r->depth > r->limits.depth) {
		char message[64];

		snprintf(message, sizeof(message), "nested deeper than %u levels", r->limits.depth);
		return reader_fail(r, start, message);
	}
	v = reader_add(r, type, start);
	if (!v)
		return 0;
	r->open = v;
	return 1;
}

static int
on_object(void *arg)
{
	return reader_enter(arg, JSON_OBJECT);
}

static int
on_array(void *arg)
{
	return reader_enter(arg, JSON_ARRAY);
}

static int
reader_leave(struct reader *r)
{
	size_t start;

	if (!reader_token(r, 1, &start))
		return 0;
	r->open = r->open->parent;
	r->depth--;
	return 1;
}

static int
on_object_end(void *arg)
{
	struct reader *r = arg;
	const struct json *twice = NULL;
	char message[128];
	int found = json_fold_find_twice(r->open, r->limits.exact_keys, &twice);

	if (found < 0)
		return reader_fail(r, r->end, "no memory");
	if (!found)
		return reader_leave(r);
	snprintf(message, sizeof(message), "the key \"%.*s\" is given twice%s",
		twice->key.len < 64 ? (int)twice->key.len : 64, twice->key.p,
		r->limits.exact_keys ? "" : " (case is ignored)");
	return reader_fail(r, twice->offset, message);
}

static int
on_array_end(void *arg)
{
	return reader_leave(arg);
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_bool,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_object,
	.yajl_map_key = on_key,
	.yajl_end_map = on_object_end,
	.yajl_start_array = on_array,
	.yajl_end_array = on_array_end,
};

/* Where the token begins that yajl does not like; a comma or a colon is skipped as if it were
 * space, so not beyond what yajl has read. */
static size_t
yajl_fault_offset(struct reader *r, bool lexical)
{
	size_t last = r->base + yajl_get_bytes_consumed(r->yajl);
	size_t start = json_token_skip(r->in, r->end, r->limits.comments);

	if (last)
		last--;
	return lexical || start < last ? start : last;
}

/* yajl's sentence without its "parse error: " and its newline. */
static void
reader_fail_by_yajl(struct reader *r)
{
	unsigned char *raw = yajl_get_error(r->yajl, 0, NULL, 0);
	const char *message = raw ? (const char *)raw : "no memory";
	bool lexical = strncmp(message, "lexical", 7) == 0;
	const char *colon = strstr(message, ": ");

	reader_fail(r, yajl_fault_offset(r, lexical), colon ? colon + 2 : message);
	r->err->message[strcspn(r->err->message, "\n")] = '\0';
	if (raw)
		yajl_free_error(r->yajl, raw);
}

/* Runs yajl over all of the input; 0 when its grammar is right and no callback refused. */
static int
reader_run(struct reader *r)
{
	yajl_status status;

	yajl_config(r->yajl, yajl_allow_comments, r->limits.comments ? 1 : 0);
	yajl_config(r->yajl, yajl_dont_validate_strings, 1); /* done by json_token_string_fault */
	status = yajl_parse(r->yajl, (const unsigned char *)r->in.p, r->in.len);
	if (status == yajl_status_ok) {
		r->base = r->in.len;
		status = yajl_complete_parse(r->yajl);
	}
	if (status == yajl_status_error)
		reader_fail_by_yajl(r);
	return status == yajl_status_ok ? 0 : -1;
}

static int
reader_read(struct reader *r)
{
	size_t start = json_token_skip(r->in, 0, r->limits.comments);

	if (start == r->in.len) {
		reader_fail(r, start, "there is no value");
		return -1;
	}
	if (span_starts(r->in, SPAN("\xef\xbb\xbf"))) {
		reader_fail(r, 0, "a byte order mark is not allowed");
		return -1;
	}
	if (reader_run(r))
		return -1;
	/* A string or comment left open behind the value is nothing to yajl. */
	start = json_token_skip(r->in, r->end, r->limits.comments);
	if (start != r->in.len) {
		reader_fail(r, start, "there is more than one value");
		return -1;
	}
	return 0;
}

int
json_parse(struct span in, const struct json_limits *limits, struct json_doc *doc,
	struct json_error *err)
{
	struct json_error unwanted = { 0 };
	struct reader r = { .in = in, .doc = doc, .err = err ? err : &unwanted };
	int result = -1;

	if (limits)
		r.limits = *limits;
	if (!r.limits.depth)
		r.limits.depth = DEFAULT_DEPTH;
	if (!r.limits.nodes)
		r.limits.nodes = DEFAULT_NODES;
	*r.err = (struct json_error){ .line = 1, .column = 1 };
	if (json_doc_new(doc) == 0)
		r.yajl = yajl_alloc(&callbacks, NULL, &r);
	if (r.yajl) {
		result = reader_read(&r);
		yajl_free(r.yajl);
	} else {
		reader_fail(&r, 0, "no memory");
	}
	if (result)
		json_free(doc);
	return result;
}
