/*
 * policy_registry: the client's credentials for a registry go with what the engine asks of one, and nowhere else.
 */
#include "format/registry_auth.h"
#include "policy/policy.h"

#define FIELD "X-Registry-Auth"

static bool
asks_a_registry(const struct exchange *x)
{
	const struct endpoint *e = x->endpoint;

	return e->object == OBJECT_REPOSITORY || e->right == RIGHT_PUSH || e->right == RIGHT_PULL;
}

/* The administrator's paths are known by the table too. */
static enum gate_answer
registry_check(struct exchange *x)
{
	const struct http_fields *fields = &x->request.fields;
	struct span value;
	const char *why = "is there twice";

	if (x->backend || !asks_a_registry(x) || !http_field(fields, SPAN(FIELD), &value))
		return GATE_PASS;
	text_init(&x->headers, 0);
	text_add_str(&x->headers, FIELD ": ");
	if (http_field_count(fields, SPAN(FIELD)) > 1 ||
		registry_auth(value, &x->headers, &why) == -1)
		return exchange_refuse(x, 400, "bad registry auth", FIELD ": %s", why);
	text_add_str(&x->headers, "\r\n");
	return x->headers.failed ? exchange_refuse(x, 500, "memory", "out of memory") : GATE_PASS;
}

const struct gate policy_registry = { "registry", GATE_HEAD, registry_check };
