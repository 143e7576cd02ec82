/*
 * json_stream: an array of any length, element by element, or objects one behind the other, with
 * bounded memory.
 *
 * Only brackets and quotes are followed here, to find where an element ends. Its bytes are
 * gathered and given to json_parse, which alone judges what is JSON.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/word.h"
#include "format/json.h"
#include "format/json_token.h"

enum stream_state { STREAM_BEFORE, STREAM_FIRST, STREAM_INSIDE, STREAM_AFTER, STREAM_FAILED };

struct json_stream {
	enum stream_state state;
	json_element_fn *element;
	void *arg;
	size_t largest;
	bool values;             /* no array: what was an element ends with its bracket */
	bool closed;             /* that bracket is here */
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

struct json_stream *
json_stream_new_values(size_t largest, json_element_fn *element, void *arg)
{
	struct json_stream *s = json_stream_new(largest, element, arg);

	if (s)
		s->values = true;
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
stream_emit(struct json_stream *s, struct span bytes, struct json_error *err)
{
	static const struct json_limits limits = { .exact_keys = true };
	struct json_error within;
	struct json_doc doc;
	int result;

	if (json_parse(bytes, &limits, &doc, &within))
		return stream_fail_within(s, err, &within);
	result = s->element(s->arg, &doc, doc.root);
	json_free(&doc);
	if (result)
		return stream_fail(s, err, "stopped by the reader of the elements");
	stream_advance(s, bytes);
	text_clear(&s->bytes);
	return 0;
}

/* How many bytes at the start of `in` can neither end a string nor escape what ends it. */
static size_t
quoted_run(struct span in)
{
	size_t i = 0;

	while (in.len - i >= WORD_SIZE) {
		uint64_t w = word_load(in.p + i);
		uint64_t ends = word_has(w, '"') | word_has(w, '\\');

		if (ends)
			return i + word_first(ends);
		i += WORD_SIZE;
	}
	while (i < in.len && in.p[i] != '"' && in.p[i] != '\\')
		i++;
	return i;
}

/* How many bytes of `in` belong to the element: all, or those before the delimiter behind it, or
 * those up to its last bracket. */
static size_t
stream_scan(struct json_stream *s, struct span in)
{
	for (size_t i = 0; i < in.len; i++) {
		char c;

		if (s->quoted && !s->escaped)
			i += quoted_run((struct span){ in.p + i, in.len - i });
		if (i == in.len)
			break;
		c = in.p[i];
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
			s->closed = !s->depth;
			if (s->values && s->closed)
				return i + 1;
		} else if (!s->depth && (c == ',' || c == ']')) {
			return i;
		}
	}
	return in.len;
}

/* `c` is the comma behind an element, whose bytes those are, or the bracket that ends the array. */
static int
stream_delimit(struct json_stream *s, struct span bytes, char c, struct json_error *err)
{
	bool empty = c == ']' && s->state == STREAM_FIRST && !bytes.len;

	if (!empty && !bytes.len)
		return stream_fail(s, err, "an element is missing");
	if (!empty && stream_emit(s, bytes, err))
		return -1;
	stream_advance(s, (struct span){ &c, 1 });
	s->state = c == ',' ? STREAM_INSIDE : STREAM_AFTER;
	return 0;
}

/* An object is whole, and another may follow. */
static int
stream_value(struct json_stream *s, struct span bytes, struct json_error *err)
{
	s->closed = false;
	s->state = STREAM_BEFORE;
	return stream_emit(s, bytes, err);
}

static int
stream_fail_long(struct json_stream *s, struct json_error *err)
{
	char message[64];

	snprintf(message, sizeof(message), "an element is longer than %zu bytes", s->largest);
	return stream_fail(s, err, message);
}

/* Takes what belongs to one element off `in`, with the byte behind it. One that is whole in `in`
 * is read there, without a copy. */
static int
stream_inside(struct json_stream *s, struct span *in, struct json_error *err)
{
	struct span bytes = { in->p, stream_scan(s, *in) };
	bool ended = s->values ? s->closed : bytes.len < in->len;

	in->p += bytes.len;
	in->len -= bytes.len;
	if (!ended || s->bytes.len) {
		text_add_span(&s->bytes, bytes);
		bytes = text_span(&s->bytes);
	}
	if (s->bytes.failed || bytes.len > s->bytes.limit)
		return stream_fail_long(s, err);
	if (!ended)
		return 0;
	if (s->values)
		return stream_value(s, bytes, err);
	in->len--;
	return stream_delimit(s, bytes, *in->p++, err);
}

/* A byte outside of the array. */
static int
stream_outside(struct json_stream *s, struct span *in, struct json_error *err)
{
	if (s->state == STREAM_AFTER)
		return stream_fail(s, err, "there is more behind the array");
	if (s->values && *in->p != '{')
		return stream_fail(s, err, "an object must begin here");
	if (s->values) {
		s->state = STREAM_INSIDE;
		return 0;
	}
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
	if (s->state == STREAM_AFTER || (s->values && s->state == STREAM_BEFORE))
		return 0;
	if (s->state != STREAM_FAILED)
		return stream_fail(s, err,
			s->values ? "an object does not end" : "the array does not end");
	if (err)
		*err = s->place;
	return -1;
}
