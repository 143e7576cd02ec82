/*
 * policy_refs: every object that the query or the body names is looked up, and what was found is
 * written in the place of the client's word. What is sent names objects by their full ids.
 *
 * Nothing is made here: what a request makes on its way is made by policy_make, when nothing can
 * refuse the request any more.
 */
#include "format/space.h"
#include "format/target.h"
#include "policy/policy.h"
#include "policy/refs.h"
#include "policy/resolve.h"

/* Most objects that one request may name: each may be a question or two to the engine. */
#define REFS_MAX 128
/* Digits of a container's id that the engine's DNS knows it by. */
#define SHORT_ID 12

static enum gate_answer refs_next(struct exchange *x, struct ref *from);

static enum gate_answer
refs_no_memory(struct exchange *x)
{
	return exchange_refuse(x, 500, "memory", "out of memory");
}

/* The name that it will have, once it is made. */
static enum gate_answer
refs_will_make(struct exchange *x, struct ref *ref)
{
	struct text name;
	bool fits;

	text_init(&name, 0);
	space_add(&name, span_of(x->tenant->name), ref->name);
	fits = !name.failed && span_copy(text_span(&name), ref->found, sizeof(ref->found));
	text_free(&name);
	if (!fits)
		return refs_no_memory(x);
	ref->absent = true;
	return GATE_PASS;
}

/* Whether one before it is the same object, which is made once. */
static bool
refs_is_counted(const struct exchange *x, const struct ref *ref)
{
	for (const struct ref *r = x->refs; r < ref; r++)
		if (r->absent && r->kind == ref->kind &&
			span_eq(span_of(r->found), span_of(ref->found)))
			return true;
	return false;
}

static void
refs_demand(struct exchange *x, const struct ref *ref)
{
	if (refs_is_counted(x, ref))
		return;
	if (ref->kind == REF_VOLUME)
		x->demand.volumes++;
	else
		x->demand.networks++;
}

static enum gate_answer
refs_missing(struct exchange *x, struct ref *ref)
{
	enum gate_answer a;

	if (ref->optional) {
		(void)span_copy(SPAN(ENDPOINT_FILTER_NOTHING), ref->id, sizeof(ref->id));
		(void)span_copy(SPAN(ENDPOINT_FILTER_NOTHING), ref->found, sizeof(ref->found));
		return GATE_PASS;
	}
	if (!ref->make || !space_thing_name_ok(ref->name))
		return exchange_missing(x, ref->kind, ref->name);
	a = refs_will_make(x, ref);
	if (a == GATE_PASS)
		refs_demand(x, ref);
	return a;
}

static enum gate_answer
refs_judge(struct exchange *x, struct ref *ref, enum resolve_answer a)
{
	switch (a) {
	case RESOLVE_FOUND:
		return GATE_PASS;
	case RESOLVE_MISSING:
		return refs_missing(x, ref);
	case RESOLVE_REFUSED:
		return GATE_REFUSE;
	case RESOLVE_WAIT:
		break;
	}
	return GATE_WAIT;
}

static void
refs_resolved(struct exchange *x, struct ref *ref, enum resolve_answer a)
{
	enum gate_answer g = refs_judge(x, ref, a);

	if (g == GATE_PASS)
		g = refs_next(x, ref + 1);
	if (g != GATE_WAIT)
		x->resume(x, g);
}

/* An image is sent as its id: its name may come to mean another meanwhile. But who saves one by its name
 * wants that name in the tar. */
static struct span
refs_word(const struct ref *ref)
{
	struct span word = span_of(ref->kind == REF_IMAGE && ref->value ? ref->id : ref->found);

	if (ref->short_id && word.len > SHORT_ID)
		word.len = SHORT_ID;
	return word;
}

/* Whether another member has it already: of two the engine would take the later. */
static bool
refs_is_key(const struct ref *ref, struct span word)
{
	const struct json *v = ref->value->parent ? ref->value->parent->first : NULL;

	for (; v; v = v->next)
		if (v != ref->value && span_eq(v->key, word))
			return true;
	return false;
}

static enum gate_answer
refs_write_tree(struct exchange *x, const struct ref *ref)
{
	const struct json *copy;
	struct text word;

	text_init(&word, 0);
	text_add_span(&word, ref->head);
	text_add_span(&word, refs_word(ref));
	text_add_span(&word, ref->tail);
	copy = word.failed
		? NULL
		: json_new_string(ref->filter ? &x->filters : &x->tree, text_span(&word));
	text_free(&word);
	if (!copy)
		return refs_no_memory(x);
	if (ref->key && refs_is_key(ref, copy->text))
		return exchange_refuse(x, 400, "bad body",
			"%.*s: the same object stands there twice", SPAN_ARG(ref->name));
	if (ref->key)
		ref->value->key = copy->text;
	else
		ref->value->text = copy->text;
	return GATE_PASS;
}

static enum gate_answer
refs_add_pair(struct exchange *x, const char *key, struct span value)
{
	if (x->query.len)
		text_add_char(&x->query, '&');
	text_add_str(&x->query, key);
	text_add_char(&x->query, '=');
	target_add_encoded(&x->query, value);
	return x->query.failed ? refs_no_memory(x) : GATE_PASS;
}

enum gate_answer
refs_write(struct exchange *x, const struct ref *ref)
{
	if (ref->value)
		return refs_write_tree(x, ref);
	if (ref->path)
		(void)span_copy(refs_word(ref), x->path_object, sizeof(x->path_object));
	return ref->query ? refs_add_pair(x, ref->query, refs_word(ref)) : GATE_PASS;
}

static enum gate_answer
refs_print_filters(struct exchange *x)
{
	struct text json;
	enum gate_answer a;

	if (!x->filters.root)
		return GATE_PASS;
	text_init(&json, 0);
	json_print(&json, x->filters.root);
	a = json.failed ? refs_no_memory(x) : refs_add_pair(x, "filters", text_span(&json));
	text_free(&json);
	return a;
}

enum gate_answer
refs_print(struct exchange *x)
{
	if (!x->tree.root)
		return GATE_PASS;
	text_clear(&x->out);
	json_print(&x->out, x->tree.root);
	return x->out.failed ? refs_no_memory(x) : GATE_PASS;
}

/* All are found: into their places. */
static enum gate_answer
refs_end(struct exchange *x)
{
	enum gate_answer a = GATE_PASS;

	for (unsigned i = 0; i < x->ref_count && a == GATE_PASS; i++)
		a = refs_write(x, &x->refs[i]);
	if (a == GATE_PASS)
		a = refs_print_filters(x);
	return a == GATE_PASS ? refs_print(x) : a;
}

static enum gate_answer
refs_next(struct exchange *x, struct ref *from)
{
	for (struct ref *ref = from; ref < x->refs + x->ref_count; ref++) {
		enum gate_answer a = refs_judge(x, ref, resolve(x, ref, refs_resolved));

		if (a != GATE_PASS)
			return a;
	}
	return refs_end(x);
}

static enum gate_answer
refs_check(struct exchange *x)
{
	if (x->everything || x->backend)
		return GATE_PASS;
	if (x->ref_count > REFS_MAX)
		return exchange_refuse(x, 400, "too many names",
			"the request names %u objects; %d are the most", x->ref_count, REFS_MAX);
	return refs_next(x, x->refs);
}

const struct gate policy_refs = { "refs", GATE_BODY, refs_check };
