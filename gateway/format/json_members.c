/*
 * json_members: an object of long arrays, read with bounded memory.
 *
 * Only brackets and quotes are followed here, to find where a member ends. An array is json_stream's, of
 * all else the bytes are gathered for json_parse.
 */
#include <stdio.h>
#include <stdlib.h>

#include "format/json_members.h"
#include "format/json_token.h"

/* More than any key of an engine's. */
#define LONGEST_KEY 256

enum members_state {
	MEMBERS_BEFORE,
	MEMBERS_FIRST, /* behind the opening bracket */
	MEMBERS_KEY,   /* a key must begin */
	MEMBERS_IN_KEY,
	MEMBERS_COLON,
	MEMBERS_VALUE, /* a value must begin */
	MEMBERS_IN_ARRAY,
	MEMBERS_IN_VALUE,
	MEMBERS_BEHIND, /* a value has ended */
	MEMBERS_AFTER,
	MEMBERS_FAILED,
};

struct json_members {
	enum members_state state;
	const struct json_members_kind *kind;
	void *arg;
	size_t largest;
	struct text key;        /* decoded */
	struct text bytes;      /* of the key or value so far */
	struct json_stream *in; /* the array */
	size_t depth;           /* brackets open in the value */
	bool quoted, escaped;   /* inside a string, behind its backslash */
	char fault[160];
};

struct json_members *
json_members_new(size_t largest, const struct json_members_kind *kind, void *arg)
{
	struct json_members *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->kind = kind;
	m->arg = arg;
	m->largest = largest;
	text_init(&m->key, LONGEST_KEY);
	text_init(&m->bytes, largest);
	return m;
}

void
json_members_free(struct json_members *m)
{
	if (!m)
		return;
	json_stream_free(m->in);
	text_free(&m->key);
	text_free(&m->bytes);
	free(m);
}

const char *
json_members_fault(const struct json_members *m)
{
	return m->state == MEMBERS_FAILED ? m->fault : NULL;
}

static int
members_fail(struct json_members *m, const char *why)
{
	if (m->state != MEMBERS_FAILED)
		snprintf(m->fault, sizeof(m->fault), "%s", why);
	m->state = MEMBERS_FAILED;
	return -1;
}

static int
members_parse(struct json_members *m, struct json_doc *doc)
{
	static const struct json_limits limits = { .exact_keys = true };
	struct json_error err;
	int result;

	if (m->bytes.failed)
		return members_fail(m, "a member is too long");
	result = json_parse(text_span(&m->bytes), &limits, doc, &err);
	text_clear(&m->bytes);
	return result ? members_fail(m, err.message) : 0;
}

static int
members_end_key(struct json_members *m)
{
	struct json_doc doc;

	if (members_parse(m, &doc))
		return -1;
	text_clear(&m->key);
	text_add_span(&m->key, doc.root->text);
	json_free(&doc);
	if (m->key.failed)
		return members_fail(m, "a key is too long");
	m->state = MEMBERS_COLON;
	return 0;
}

static int
members_end_value(struct json_members *m)
{
	struct json_doc doc;
	int result;

	if (members_parse(m, &doc))
		return -1;
	result = m->kind->value(m->arg, text_span(&m->key), &doc, doc.root);
	json_free(&doc);
	if (result)
		return members_fail(m, "stopped by the reader of the members");
	m->state = MEMBERS_BEHIND;
	return 0;
}

static int
members_begin_array(struct json_members *m)
{
	m->in = json_stream_new(m->largest, m->kind->element, m->arg);
	if (!m->in)
		return members_fail(m, "out of memory");
	return m->kind->array(m->arg, text_span(&m->key))
		? members_fail(m, "stopped by the reader of the members")
		: 0;
}

static int
members_end_array(struct json_members *m)
{
	struct json_error err;

	if (json_stream_end(m->in, &err))
		return members_fail(m, err.message);
	json_stream_free(m->in);
	m->in = NULL;
	m->state = MEMBERS_BEHIND;
	return 0;
}

/* Follows one byte of a key or value: whether it is its last (of a string or in brackets). */
static bool
members_follow(struct json_members *m, char c)
{
	if (m->escaped) {
		m->escaped = false;
	} else if (m->quoted) {
		m->escaped = c == '\\';
		m->quoted = c != '"';
		return c == '"' && !m->depth;
	} else if (c == '"') {
		m->quoted = true;
	} else if (c == '[' || c == '{') {
		m->depth++;
	} else if (m->depth && (c == ']' || c == '}')) {
		return --m->depth == 0;
	}
	return false;
}

/* A number or a word has no last byte of its own: what follows ends it. */
static bool
members_ends_word(const struct json_members *m, char c)
{
	return !m->quoted && !m->depth && (c == ',' || c == '}' || c == ']');
}

/* How many bytes of `in` belong to what is being read; `*ended`: its last one is among them. */
static size_t
members_scan(struct json_members *m, struct span in, bool *ended)
{
	for (size_t i = 0; i < in.len; i++) {
		*ended = (i || m->bytes.len) && members_ends_word(m, in.p[i]);
		if (*ended)
			return i;
		*ended = members_follow(m, in.p[i]);
		if (*ended)
			return i + 1;
	}
	return in.len;
}

/* Takes what belongs to a key or value off `in`. */
static int
members_inside(struct json_members *m, struct span *in)
{
	struct span bytes = { in->p, 0 };
	struct json_error err;
	bool ended = false;

	bytes.len = members_scan(m, *in, &ended);
	in->p += bytes.len;
	in->len -= bytes.len;
	if (m->state != MEMBERS_IN_ARRAY)
		text_add_span(&m->bytes, bytes);
	else if (json_stream_feed(m->in, bytes, &err))
		return members_fail(m, err.message);
	if (!ended)
		return m->bytes.failed ? members_fail(m, "a member is too long") : 0;
	if (m->state == MEMBERS_IN_KEY)
		return members_end_key(m);
	return m->state == MEMBERS_IN_ARRAY ? members_end_array(m) : members_end_value(m);
}

/* A byte that is no part of a key or value, and no white space. Those that begin one stay. */
static int
members_outside(struct json_members *m, char c, bool *taken)
{
	*taken = true;
	switch (m->state) {
	case MEMBERS_BEFORE:
		m->state = MEMBERS_FIRST;
		return c == '{' ? 0 : members_fail(m, "an object must begin here");
	case MEMBERS_FIRST:
	case MEMBERS_KEY:
		if (c == '}' && m->state == MEMBERS_FIRST) {
			m->state = MEMBERS_AFTER;
			return 0;
		}
		*taken = false;
		m->state = MEMBERS_IN_KEY;
		return c == '"' ? 0 : members_fail(m, "a key must begin here");
	case MEMBERS_COLON:
		m->state = MEMBERS_VALUE;
		return c == ':' ? 0 : members_fail(m, "a colon must stand here");
	case MEMBERS_VALUE:
		*taken = false;
		m->state = c == '[' ? MEMBERS_IN_ARRAY : MEMBERS_IN_VALUE;
		return c == '[' ? members_begin_array(m) : 0;
	case MEMBERS_BEHIND:
		m->state = c == ',' ? MEMBERS_KEY : MEMBERS_AFTER;
		return c == ',' || c == '}' ? 0 : members_fail(m, "a comma must stand here");
	case MEMBERS_AFTER:
		return members_fail(m, "there is more behind the object");
	case MEMBERS_IN_KEY:
	case MEMBERS_IN_ARRAY:
	case MEMBERS_IN_VALUE:
	case MEMBERS_FAILED:
		break;
	}
	return -1;
}

int
json_members_feed(struct json_members *m, struct span in)
{
	int result = m->state == MEMBERS_FAILED ? -1 : 0;

	while (in.len && !result) {
		bool taken = true;

		if (m->state == MEMBERS_IN_KEY || m->state == MEMBERS_IN_ARRAY ||
			m->state == MEMBERS_IN_VALUE) {
			result = members_inside(m, &in);
			continue;
		}
		if (!json_token_is_space(*in.p))
			result = members_outside(m, *in.p, &taken);
		in.p += taken;
		in.len -= taken;
	}
	return result;
}

int
json_members_end(struct json_members *m)
{
	return m->state == MEMBERS_AFTER ? 0 : members_fail(m, "the object does not end");
}
