/*
 * policy_query: the query, judged by the endpoint's keys and generated anew.
 */
#include "policy/policy.h"

/* What a WebSocket's query says of a stream is for us to read. */
static bool
query_is_ours(const struct exchange *x)
{
	return x->endpoint->answer == ANSWER_WEBSOCKET && x->endpoint->object != OBJECT_NONE;
}

static enum gate_answer
query_check(struct exchange *x)
{
	struct text owner, why;
	enum gate_answer a = GATE_PASS;

	text_init(&owner, 0);
	text_init(&why, 1000);
	text_init(&x->query, 0);
	if (x->backend || (x->everything && !query_is_ours(x))) {
		target_print_query(&x->target, &x->query);
		return x->query.failed ? exchange_refuse(x, 500, "memory", "out of memory")
				       : GATE_PASS;
	}
	text_addf(&owner, "%s=%s", x->config->owner_label, x->who.tenant);
	if (endpoint_query(x->endpoint, &x->target, text_span(&owner), &x->query, &why) == -1)
		a = exchange_refuse(x, 400, "bad query", "%.*s", (int)why.len,
			why.p ? why.p : "bad query");
	else if (owner.failed || x->query.failed)
		a = exchange_refuse(x, 500, "memory", "out of memory");
	text_free(&owner);
	text_free(&why);
	return a;
}

const struct gate policy_query = { "query", GATE_HEAD, query_check };
