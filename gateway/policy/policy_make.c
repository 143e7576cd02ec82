/*
 * policy_make: makes what the request names and the tenant does not have yet: volumes, and its own bridge.
 *
 * Engines make a volume when a container is created that mounts it, without labels: it would be nobody's.
 * This is asked when every other gate but the replay guard has let the request pass, so nothing is made for one that is refused.
 */
#include <stdlib.h>

#include "format/answer.h"
#include "format/answer_reader.h"
#include "policy/ask.h"
#include "policy/policy.h"
#include "policy/refs.h"
#include "policy/resolve.h"

static enum gate_answer make_next(struct exchange *x, struct ref *from);

static enum gate_answer
make_unreadable(struct exchange *x)
{
	return exchange_refuse(x, 502, "engine", "the engine's answer to a create cannot be read");
}

/* The engine answers a create of a volume that is there already with what is there. */
static enum gate_answer
make_read_volume(struct exchange *x, const struct ref *ref, const struct json *v)
{
	const struct json *name = json_get_exact(v, "Name");
	const struct answer_view view = { .tenant = span_of(x->tenant->name),
		.owner_label = x->config->owner_label };

	if (!name || name->type != JSON_STRING || !span_eq(name->text, span_of(ref->found)))
		return make_unreadable(x);
	if (answer_volume_is_owned(&view, v))
		return GATE_PASS;
	return exchange_refuse(x, 409, "not its own",
		"volume %.*s: its name is taken on the engine by a volume that is not the tenant's; "
		"choose another name",
		SPAN_ARG(ref->name));
}

static enum gate_answer
make_read_network(struct exchange *x, struct ref *ref, const struct json *v)
{
	const struct json *id = json_get_exact(v, "Id");

	if (!id || id->type != JSON_STRING || !text_is_full_id(id->text))
		return make_unreadable(x);
	(void)span_copy(id->text, ref->found, sizeof(ref->found));
	return GATE_PASS;
}

static enum gate_answer
make_read(struct exchange *x, struct ref *ref, struct span body)
{
	static const struct json_limits limits = { .exact_keys = true };
	struct json_doc doc;
	struct json_error err;
	enum gate_answer a;

	if (json_parse(body, &limits, &doc, &err) == -1)
		return make_unreadable(x);
	a = ref->kind == REF_VOLUME ? make_read_volume(x, ref, doc.root)
				    : make_read_network(x, ref, doc.root);
	json_free(&doc);
	return a;
}

/* Others that name the same get what it has become. */
static enum gate_answer
make_share(struct exchange *x, struct ref *made, struct span was)
{
	enum gate_answer a = GATE_PASS;

	for (struct ref *r = x->refs; r < x->refs + x->ref_count && a == GATE_PASS; r++) {
		if (r->kind != made->kind || !r->absent || !span_eq(r->name, was))
			continue;
		if (r != made)
			(void)span_copy(span_of(made->found), r->found, sizeof(r->found));
		r->absent = false;
		if (r->value || r->path)
			a = refs_write(x, r);
	}
	return a;
}

static enum gate_answer
make_made(struct exchange *x, struct ref *ref)
{
	enum gate_answer a = make_share(x, ref, ref->name);

	return a == GATE_PASS ? make_next(x, ref + 1) : a;
}

static void
make_resolved(struct exchange *x, struct ref *ref, enum resolve_answer found)
{
	enum gate_answer a = GATE_REFUSE;

	if (found == RESOLVE_FOUND)
		a = make_made(x, ref);
	else if (found == RESOLVE_MISSING)
		a = exchange_refuse(x, 409, "not its own",
			"%.*s: its name is taken on the engine by what is not the tenant's",
			SPAN_ARG(ref->name));
	if (a != GATE_WAIT)
		x->resume(x, a);
}

/* Somebody else was faster: it is there now. */
static enum gate_answer
make_look(struct exchange *x, struct ref *ref)
{
	enum resolve_answer found = resolve(x, ref, make_resolved);

	if (found == RESOLVE_WAIT)
		return GATE_WAIT;
	return found == RESOLVE_FOUND ? make_made(x, ref) : GATE_REFUSE;
}

static enum gate_answer
make_answer(struct exchange *x, struct ref *ref, unsigned status, struct span body)
{
	enum gate_answer a;

	if (status == 0)
		return GATE_REFUSE;
	if (status == 409 && ref->kind == REF_NETWORK)
		return make_look(x, ref);
	/* A 404 (no free addresses) would be taken for the client's own object: clients then pull the image. */
	if (status != 200 && status != 201)
		return ask_error(x, status == 404 ? 502 : status, body);
	a = make_read(x, ref, body);
	return a == GATE_PASS ? make_made(x, ref) : a;
}

static void
make_end(struct exchange *x, void *arg, unsigned status, struct span body)
{
	enum gate_answer a = make_answer(x, arg, status, body);

	if (a != GATE_WAIT)
		x->resume(x, a);
}

/* The reference is the exchange's. */
static void
make_free(void *arg)
{
	(void)arg;
}

static const struct ask_kind make_kind = { NULL, make_end, make_free };

static void
make_body(const struct exchange *x, const struct ref *ref, struct text *body)
{
	text_add_str(body, "{\"Name\":");
	text_add_json(body, span_of(ref->found));
	if (ref->kind == REF_NETWORK)
		text_add_str(body, ",\"Driver\":\"bridge\",\"CheckDuplicate\":true");
	text_add_str(body, ",\"Labels\":{");
	text_add_json(body, span_of(x->config->owner_label));
	text_add_char(body, ':');
	text_add_json(body, span_of(x->tenant->name));
	text_add_str(body, "}}");
}

static enum gate_answer
make_one(struct exchange *x, struct ref *ref)
{
	struct ask_question q = { .method = HTTP_POST };
	struct text body;
	enum gate_answer a;

	text_init(&body, 0);
	make_body(x, ref, &body);
	q.path = ref->kind == REF_VOLUME ? SPAN("/volumes/create") : SPAN("/networks/create");
	q.body = text_span(&body);
	a = body.failed ? exchange_refuse(x, 500, "memory", "out of memory")
			: ask_engine(x, &q, &make_kind, ref);
	text_free(&body);
	return a;
}

static enum gate_answer
make_next(struct exchange *x, struct ref *from)
{
	for (struct ref *ref = from; ref < x->refs + x->ref_count; ref++)
		if (ref->absent)
			return make_one(x, ref);
	return refs_print(x);
}

static enum gate_answer
make_check(struct exchange *x)
{
	for (unsigned i = 0; i < x->ref_count; i++)
		if (x->refs[i].absent)
			return make_next(x, x->refs);
	return GATE_PASS;
}

const struct gate policy_make = { "make", GATE_BODY, make_check };
