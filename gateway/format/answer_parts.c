/*
 * answer_parts: an object of long arrays, brought down to what is the tenant's while it comes.
 */
#include <stdlib.h>

#include "format/answer_parts.h"
#include "format/json_members.h"

struct answer_parts {
	const struct answer_view *view;
	const struct answer_part *table;
	struct json_members *members;
	struct text rest;
	const struct answer_part *part; /* the array's; NULL: nothing of it stays */
	bool open;                      /* an array is */
	bool any;                       /* one of its elements stayed */
	const char *fault;
};

/* A key stands behind '{' or a comma; the array before it ends. */
static void
parts_key(struct answer_parts *p, struct span key)
{
	if (p->open)
		text_add_char(&p->rest, ']');
	text_add_char(&p->rest, p->rest.len ? ',' : '{');
	text_add_json(&p->rest, key);
	text_add_char(&p->rest, ':');
	p->open = p->any = false;
	p->part = NULL;
}

static int
parts_value(void *arg, struct span key, struct json_doc *doc, struct json *v)
{
	struct answer_parts *p = arg;

	(void)doc;
	parts_key(p, key);
	json_print(&p->rest, v);
	return 0;
}

static int
parts_array(void *arg, struct span key)
{
	struct answer_parts *p = arg;

	parts_key(p, key);
	text_add_char(&p->rest, '[');
	p->open = true;
	for (const struct answer_part *part = p->table; part->key; part++)
		if (span_eq(span_of(part->key), key))
			p->part = part;
	return 0;
}

/* Printed before it is shown, for showing changes it. */
static int
parts_element(void *arg, struct json_doc *doc, struct json *v)
{
	struct answer_parts *p = arg;
	size_t before = p->rest.len;
	enum answer_verdict verdict;

	if (!p->part)
		return 0;
	if (p->any)
		text_add_char(&p->rest, ',');
	json_print(&p->rest, v);
	verdict = p->part->show(p->view, doc, v);
	if (verdict == ANSWER_SHOWN)
		p->any = true;
	else if (!p->rest.failed)
		p->rest.len = before;
	if (verdict == ANSWER_UNREADABLE)
		p->fault = "an element is not of the form it should have";
	return verdict == ANSWER_UNREADABLE ? -1 : 0;
}

static const struct json_members_kind parts_kind = { parts_value, parts_array, parts_element };

struct answer_parts *
answer_parts_new(const struct answer_view *view, const struct answer_part *table, size_t most)
{
	struct answer_parts *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->view = view;
	p->table = table;
	text_init(&p->rest, most);
	p->members = json_members_new(most, &parts_kind, p);
	if (p->members)
		return p;
	free(p);
	return NULL;
}

void
answer_parts_free(struct answer_parts *p)
{
	if (!p)
		return;
	json_members_free(p->members);
	text_free(&p->rest);
	free(p);
}

const char *
answer_parts_fault(const struct answer_parts *p)
{
	return p->fault;
}

static int
parts_check(struct answer_parts *p, int result)
{
	if (result == 0 && !p->rest.failed)
		return 0;
	if (!p->fault)
		p->fault = result ? json_members_fault(p->members) : "it is too large";
	return -1;
}

int
answer_parts_feed(struct answer_parts *p, struct span piece)
{
	return parts_check(p, json_members_feed(p->members, piece));
}

int
answer_parts_end(struct answer_parts *p, struct span *rest)
{
	int result = json_members_end(p->members);

	if (p->open)
		text_add_char(&p->rest, ']');
	text_add_str(&p->rest, p->rest.len ? "}" : "{}");
	*rest = text_span(&p->rest);
	return parts_check(p, result);
}
