/*
 * policy_query: the query, judged by the endpoint's keys and generated anew.
 */
#include "policy/image_tenant.h"
#include "policy/policy.h"

/* What a WebSocket's query says of a stream is for us to read. */
static bool
query_is_ours(const struct exchange *x)
{
	return x->endpoint->answer == ANSWER_WEBSOCKET && x->endpoint->object != OBJECT_NONE;
}

/* What the query names is looked up by policy_refs. */
static int
query_name(void *arg, const struct endpoint_name *n)
{
	static const enum ref_kind kinds[] = {
		[NAMED_CONTAINER] = REF_CONTAINER,
		[NAMED_NETWORK] = REF_NETWORK,
		[NAMED_VOLUME] = REF_VOLUME,
		[NAMED_IMAGE] = REF_IMAGE,
	};
	struct ref *ref = exchange_ref(arg, kinds[n->kind], n->name);

	if (!ref)
		return -1;
	ref->query = n->key;
	ref->value = n->value;
	ref->filter = n->value != NULL;
	ref->optional = n->optional;
	return 0;
}

static enum gate_answer
query_judge(struct exchange *x, struct text *why)
{
	struct image_tenant images;
	struct text owner;
	struct endpoint_asker who = { .tenant = span_of(x->tenant->name),
		.creates = (x->tenant->rights & RIGHT_CREATE) != 0,
		.images = &images.space,
		.filters = &x->filters,
		.name = query_name,
		.arg = x };
	int rc;

	image_tenant_init(&images, x->config, x->tenant);
	text_init(&owner, 0);
	text_addf(&owner, "%s=%s", x->config->owner_label, x->tenant->name);
	who.owner = text_span(&owner);
	rc = endpoint_query(x->endpoint, &x->target, &who, &x->query, why);
	x->query.failed |= owner.failed;
	text_free(&owner);
	if (x->query.failed)
		return exchange_refuse(x, 500, "memory", "out of memory");
	if (rc == 0)
		return GATE_PASS;
	return exchange_refuse(x, rc == ENDPOINT_QUERY_DENIED ? 403 : 400,
		rc == ENDPOINT_QUERY_DENIED ? "denied" : "bad query", "%.*s", (int)why->len,
		why->p ? why->p : "bad query");
}

static enum gate_answer
query_check(struct exchange *x)
{
	struct text why;
	enum gate_answer a;

	text_init(&x->query, 0);
	if (x->backend || (x->everything && !query_is_ours(x))) {
		target_print_query(&x->target, &x->query);
		return x->query.failed ? exchange_refuse(x, 500, "memory", "out of memory")
				       : GATE_PASS;
	}
	text_init(&why, 1000);
	a = query_judge(x, &why);
	if (a == GATE_PASS && x->endpoint->body == BODY_BUILD)
		a = build_query(x);
	text_free(&why);
	return a;
}

const struct gate policy_query = { "query", GATE_HEAD, query_check };
