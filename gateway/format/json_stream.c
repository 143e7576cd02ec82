/*
 * json_stream: an array of any length, element by element, with bounded memory.
 *
 * Only brackets and quotes are followed here, to find where an element ends. Its bytes are
 * gathered and given to json_parse, which alone judges what is JSON.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/json.h"
#include "format/json_token.h"

enum stream_state { STREAM_BEFORE, STREAM_FIRST, STREAM_INSIDE, STREAM_AFTER, STREAM_FAILED };

struct json_stream {
	enum stream_state state;
	json_element_fn *element;
	void *arg;
	size_t largest;
	struct text bytes;       /* of the element so far */
	size_t depth;            /* brackets open in the element */
	bool quoted, escaped;    /* inside a string, behind its backslash */
	struct json_error place; /* of the first byte of `bytes`, else of the next byte */
};

struct json_stream *
json_stream_new(size_t largest, json_element_fn *element, void *arg)
{
	struct json_stream *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->element = element;
	s->arg = arg;
	s->largest = largest;
	s->place.line = s->place.column = 1;
	text_init(&s->bytes, largest);
	return s;
}

void
json_stream_free(struct json_stream *s)
{
	if (!s)
		return;
	text_free(&s->bytes);
	free(s);
}

static void
stream_advance(struct json_stream *s, struct span bytes)
{
	json_token_advance(bytes, &s->place.line, &s->place.column);
	s->place.offset += bytes.len;
}

static int
stream_fail(struct json_stream *s, struct json_error *err, const char *message)
{
	s->state = STREAM_FAILED;
	snprintf(s->place.message, sizeof(s->place.message), "%s", message);
	if (err)
		*err = s->place;
	return -1;
}

/* The error of json_parse, whose place counts from the element's first byte. */
static int
stream_fail_within(struct json_stream *s, struct json_error *err, const struct json_error *within)
{
	s->place.column = within->line == 1 ? s->place.column + within->column - 1 : within->column;
	s->place.line += within->line - 1;
	s->place.offset += within->offset;
	return stream_fail(s, err, within->message);
}

/* The element is whole. */
static int
stream_emit(struct json_stream *s, struct json_error *err)
{
	static const struct json_limits limits = { .exact_keys = true };
	struct json_error within;
	struct json_doc doc;
	int result;

	if (json_parse(text_span(&s->bytes), &limits, &doc, &within))
		return stream_fail_within(s, err, &within);
	result = s->element(s->arg, &doc, doc.root);
	json_free(&doc);
	if (result)
		return stream_fail(s, err, "stopped by the reader of the elements");
	stream_advance(s, text_span(&s->bytes));
	text_clear(&s->bytes);
	return 0;
}

/* How many bytes of `in` belong to the element: all, or those before the delimiter behind it. */
static size_t
stream_scan(struct json_stream *s, struct span in)
{
	for (size_t i = 0; i < in.len; i++) {
		char c = in.p[i];

		if (s->escaped) {
			s->escaped = false;
		} else if (s->quoted) {
			s->escaped = c == '\\';
			s->quoted = c != '"';
		} else if (c == '"') {
			s->quoted = true;
		} else if (c == '[' || c == '{') {
			s->depth++;
		} else if (s->depth && (c == ']' || c == '}')) {
			s->depth--;
		} else if (!s->depth && (c == ',' || c == ']')) {
			return i;
		}
	}
	return in.len;
}

/* `c` is the comma behind an element, or the bracket that ends the array. */
static int
stream_delimit(struct json_stream *s, char c, struct json_error *err)
{
	bool empty = c == ']' && s->state == STREAM_FIRST && !s->bytes.len;

	if (!empty && !s->bytes.len)
		return stream_fail(s, err, "an element is missing");
	if (!empty && stream_emit(s, err))
		return -1;
	stream_advance(s, (struct span){ &c, 1 });
	s->state = c == ',' ? STREAM_INSIDE : STREAM_AFTER;
	return 0;
}

/* Takes what belongs to one element off `in`, with the byte behind it. */
static int
stream_inside(struct json_stream *s, struct span *in, struct json_error *err)
{
	size_t n = stream_scan(s, *in);
	char delimiter;

	text_add(&s->bytes, in->p, n);
	if (s->bytes.failed) {
		char message[64];

		snprintf(message, sizeof(message), "an element is longer than %zu bytes",
			s->largest);
		return stream_fail(s, err, message);
	}
	in->p += n;
	in->len -= n;
	if (!in->len)
		return 0;
	delimiter = *in->p++;
	in->len--;
	return stream_delimit(s, delimiter, err);
}

/* A byte outside of the array. */
static int
stream_outside(struct json_stream *s, struct span *in, struct json_error *err)
{
	if (s->state == STREAM_AFTER)
		return stream_fail(s, err, "there is more behind the array");
	if (*in->p != '[')
		return stream_fail(s, err, "an array must begin here");
	s->state = STREAM_FIRST;
	stream_advance(s, (struct span){ in->p, 1 });
	in->p++;
	in->len--;
	return 0;
}

/* Takes white space that is no part of an element. */
static void
stream_skip(struct json_stream *s, struct span *in)
{
	size_t n = 0;

	if (s->bytes.len)
		return;
	while (n < in->len && json_token_is_space(in->p[n]))
		n++;
	stream_advance(s, (struct span){ in->p, n });
	in->p += n;
	in->len -= n;
}

int
json_stream_feed(struct json_stream *s, struct span in, struct json_error *err)
{
	int result = 0;

	if (s->state == STREAM_FAILED) {
		if (err)
			*err = s->place;
		return -1;
	}
	while (!result) {
		stream_skip(s, &in);
		if (!in.len)
			break;
		if (s->state == STREAM_FIRST || s->state == STREAM_INSIDE)
			result = stream_inside(s, &in, err);
		else
			result = stream_outside(s, &in, err);
	}
	return result;
}

int
json_stream_end(struct json_stream *s, struct json_error *err)
{
	if (s->state == STREAM_AFTER)
		return 0;
	if (s->state != STREAM_FAILED)
		return stream_fail(s, err, "the array does not end");
	if (err)
		*err = s->place;
	return -1;
}
