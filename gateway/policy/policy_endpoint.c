/*
 * policy_endpoint: is this an operation we know, and one that a tenant may do?
 */
#include "policy/policy.h"

/* What the operator would have to grant is told, for the tenant to ask for. */
static enum gate_answer
endpoint_refuse(struct exchange *x, unsigned missing)
{
	struct text rights;
	enum gate_answer a;

	if (missing & RIGHT_ADMIN)
		return exchange_refuse(x, 403, "denied",
			"%s: not allowed for tenant %s; it is the administrator's",
			x->endpoint->name, x->who.tenant);
	text_init(&rights, 0);
	right_print(missing, &rights);
	a = exchange_refuse(x, 403, "denied",
		"%s: not allowed for tenant %s; it needs the grant %s", x->endpoint->name,
		x->who.tenant, rights.p ? rights.p : "");
	text_free(&rights);
	return a;
}

static enum gate_answer
endpoint_granted(struct exchange *x)
{
	unsigned missing = x->endpoint->right & ~x->tenant->rights;

	if (x->backend || !missing)
		return GATE_PASS;
	/* `docker inspect NAME` tries one kind of object after another and stops at a 403. */
	if (x->endpoint->class & EP_HIDDEN)
		return exchange_refuse(x, 404, "hidden", "%s: no such object", x->endpoint->name);
	return endpoint_refuse(x, missing);
}

static enum gate_answer
endpoint_check(struct exchange *x)
{
	enum gate_answer a = GATE_PASS;

	switch (endpoint_find(x->request.method, &x->target, &x->endpoint, &x->object)) {
	case ENDPOINT_UNKNOWN:
		return exchange_refuse(x, 404, "unknown path", "page not found");
	case ENDPOINT_METHOD:
		x->refusal.allow = endpoint_methods(&x->target);
		return exchange_refuse(x, 405, "wrong method", "%.*s is not a method of this path",
			SPAN_ARG(x->request.method_text));
	case ENDPOINT_FOUND:
		break;
	}
	if (x->endpoint->class & EP_GROUP)
		a = backend_choose(x);
	return a == GATE_PASS ? endpoint_granted(x) : a;
}

const struct gate policy_endpoint = { "endpoint", GATE_HEAD, endpoint_check };
