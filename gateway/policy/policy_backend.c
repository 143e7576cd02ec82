/*
 * policy_backend: which server has a group of paths that the engine does not know.
 *
 * A backend is told who speaks in fields of ours. Nothing of the client's head
 * is sent to it, so no client can say that it is another.
 */
#include <string.h>

#include "policy/policy.h"

static struct engine *
backend_find(const struct exchange *x)
{
	for (unsigned i = 0; i < x->config->backend_count; i++)
		if (strcmp(x->config->backends[i].group, x->endpoint->name) == 0)
			return x->backends[i];
	return NULL;
}

/* Names hold no byte that a field could not: store_name_ok, and as much for certificates. */
static enum gate_answer
backend_take(struct exchange *x)
{
	if (x->request.method == HTTP_OTHER) {
		x->refusal.allow = x->endpoint->methods;
		return exchange_refuse(x, 405, "wrong method", "%.*s is not a method of this path",
			SPAN_ARG(x->request.method_text));
	}
	text_init(&x->headers, 0);
	text_addf(&x->headers, "X-Fairlead-Tenant: %s\r\nX-Fairlead-Key: %s\r\n", x->who.tenant,
		x->who.key);
	return GATE_PASS;
}

enum gate_answer
backend_choose(struct exchange *x)
{
	const struct endpoint *group = x->endpoint;

	x->backend = backend_find(x);
	if (x->backend)
		return backend_take(x);
	switch (endpoint_find_after(group, x->request.method, &x->target, &x->endpoint,
		&x->object)) {
	case ENDPOINT_FOUND:
		return GATE_PASS;
	case ENDPOINT_METHOD:
		x->refusal.allow = endpoint_methods(&x->target);
		return exchange_refuse(x, 405, "wrong method", "%.*s is not a method of this path",
			SPAN_ARG(x->request.method_text));
	case ENDPOINT_UNKNOWN:
		break;
	}
	x->endpoint = group;
	return exchange_refuse(x, 501, "no backend",
		"%s: no backend is configured for this group; the operator names one in \"backends\"",
		group->name);
}
