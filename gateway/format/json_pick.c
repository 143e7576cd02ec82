/*
 * json_pick: a few values out of a long JSON object, read piece by piece.
 *
 * yajl judges the grammar, json_guard what yajl lets through. Which slots a key may belong to
 * is a set of bits, one set an open object: empty nearly everywhere, so most keys cost nothing.
 */
#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_parse.h>

#include "format/json_guard.h"
#include "format/json_pick.h"
#include "format/json_token.h"

#define DEEPEST 32 /* as json_parse's default */

struct json_pick {
	yajl_handle yajl;
	struct json_guard guard;
	struct json_pick_slot *slots;
	struct span keys[JSON_PICK_SLOTS][JSON_PICK_LEVELS];
	unsigned levels[JSON_PICK_SLOTS];
	size_t left;                /* bytes that may still come */
	unsigned depth;             /* objects and arrays open */
	unsigned open[DEEPEST + 1]; /* slots whose path leads through the one open at a depth */
	unsigned next;              /* slots whose path leads through, or to, the next value */
	unsigned seen[JSON_PICK_LEVELS]; /* slots whose key of that level was there */
	bool ended;
	size_t end; /* where in the piece the value ended */
	const char *fault;
};

/* Returns what a callback returns to make yajl stop. */
static int
pick_fail(struct json_pick *p, const char *fault)
{
	if (!p->fault)
		p->fault = fault;
	return 0;
}

/* Whether a value of that type may be where it is. The slots whose value it is are in `*here`. */
static int
pick_value(struct json_pick *p, enum json_type type, unsigned *here)
{
	unsigned wanted = p->next;

	*here = 0;
	p->next = 0;
	if (!p->depth && type != JSON_OBJECT)
		return pick_fail(p, "the value is no object");
	for (unsigned i = 0; wanted >> i; i++) {
		if (!(wanted >> i & 1U))
			continue;
		if (p->levels[i] == p->depth) {
			if (type != p->slots[i].type)
				return pick_fail(p, "a value is not of the type it should have");
			p->slots[i].found = true;
			*here |= 1U << i;
		} else if (type != JSON_OBJECT && type != JSON_NULL) {
			return pick_fail(p, "a value is no object");
		}
	}
	return 1;
}

static int
on_null(void *arg)
{
	unsigned here;

	return pick_value(arg, JSON_NULL, &here);
}

static int
on_bool(void *arg, int truth)
{
	struct json_pick *p = arg;
	unsigned here;

	if (!pick_value(p, JSON_BOOL, &here))
		return 0;
	for (unsigned i = 0; here >> i; i++)
		if (here >> i & 1U)
			p->slots[i].truth = truth;
	return 1;
}

static int
on_number(void *arg, const char *literal, size_t len)
{
	unsigned here;

	(void)literal;
	(void)len;
	return pick_value(arg, JSON_NUMBER, &here);
}

static int
on_string(void *arg, const unsigned char *s, size_t len)
{
	struct json_pick *p = arg;
	unsigned here;

	if (!pick_value(p, JSON_STRING, &here))
		return 0;
	for (unsigned i = 0; here >> i; i++) {
		struct json_pick_slot *slot = &p->slots[i];

		if (!(here >> i & 1U))
			continue;
		slot->len = len;
		if (len && len <= slot->size)
			memcpy(slot->text, s, len);
	}
	return 1;
}

/* Of the slots in `may`, those whose key of that level it is. */
static unsigned
pick_match(const struct json_pick *p, unsigned may, unsigned level, struct span key)
{
	unsigned match = 0;

	for (unsigned i = 0; may >> i; i++)
		if (may >> i & 1U && level < p->levels[i] && span_eq(p->keys[i][level], key))
			match |= 1U << i;
	return match;
}

static int
on_key(void *arg, const unsigned char *s, size_t len)
{
	struct json_pick *p = arg;
	unsigned may = p->open[p->depth], level = p->depth - 1;

	if (memchr(s, '\0', len))
		return pick_fail(p, "a key holds a NUL");
	if (!may)
		return 1;
	p->next = pick_match(p, may, level, (struct span){ (const char *)s, len });
	if (!p->next)
		return 1;
	if (p->seen[level] & p->next)
		return pick_fail(p, "a key is given twice");
	p->seen[level] |= p->next;
	return 1;
}

static int
pick_enter(struct json_pick *p, enum json_type type)
{
	unsigned through = p->next, here;

	if (!pick_value(p, type, &here))
		return 0;
	if (++p->depth > DEEPEST)
		return pick_fail(p, "nested deeper than 32 levels");
	p->open[p->depth] = through & ~here;
	return 1;
}

static int
on_object(void *arg)
{
	return pick_enter(arg, JSON_OBJECT);
}

static int
on_array(void *arg)
{
	return pick_enter(arg, JSON_ARRAY);
}

static int
on_end(void *arg)
{
	struct json_pick *p = arg;

	if (--p->depth)
		return 1;
	p->ended = true;
	p->end = yajl_get_bytes_consumed(p->yajl);
	return 1;
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_bool,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_object,
	.yajl_map_key = on_key,
	.yajl_end_map = on_end,
	.yajl_start_array = on_array,
	.yajl_end_array = on_end,
};

static void
pick_prepare(struct json_pick *p, unsigned i)
{
	const struct json_pick_slot *slot = &p->slots[i];

	while (p->levels[i] < JSON_PICK_LEVELS && slot->path[p->levels[i]]) {
		p->keys[i][p->levels[i]] = span_of(slot->path[p->levels[i]]);
		p->levels[i]++;
	}
	p->next |= 1U << i;
}

struct json_pick *
json_pick_new(struct json_pick_slot *slots, size_t count, size_t most)
{
	struct json_pick *p;

	if (count > JSON_PICK_SLOTS)
		return NULL;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->slots = slots;
	p->left = most;
	for (unsigned i = 0; i < count; i++)
		pick_prepare(p, i);
	p->yajl = yajl_alloc(&callbacks, NULL, p);
	if (!p->yajl) {
		free(p);
		return NULL;
	}
	yajl_config(p->yajl, yajl_dont_validate_strings, 1); /* json_guard does it */
	return p;
}

void
json_pick_free(struct json_pick *p)
{
	if (!p)
		return;
	yajl_free(p->yajl);
	free(p);
}

/* A string that is left open behind the value is nothing to yajl, so it gets no more. */
static int
pick_tail(struct json_pick *p, struct span tail)
{
	for (size_t i = 0; i < tail.len; i++)
		if (!json_token_is_space(tail.p[i]))
			return pick_fail(p, "there is more than one value");
	return 1;
}

static int
pick_parse(struct json_pick *p, struct span in)
{
	if (yajl_parse(p->yajl, (const unsigned char *)in.p, in.len) != yajl_status_ok && !p->ended)
		return pick_fail(p, "it is not JSON");
	if (!p->ended)
		return 1;
	return pick_tail(p, (struct span){ in.p + p->end, in.len - p->end });
}

int
json_pick_feed(struct json_pick *p, struct span in)
{
	if (p->fault)
		return -1;
	if (!in.len)
		return 0;
	if (in.len > p->left)
		p->fault = "it is too long";
	else
		p->fault = json_guard_feed(&p->guard, in);
	if (p->fault)
		return -1;
	p->left -= in.len;
	return (p->ended ? pick_tail(p, in) : pick_parse(p, in)) ? 0 : -1;
}

int
json_pick_end(struct json_pick *p)
{
	if (!p->fault && !p->ended)
		pick_fail(p, "it does not end");
	return p->fault ? -1 : 0;
}

const char *
json_pick_fault(const struct json_pick *p)
{
	return p->fault;
}
