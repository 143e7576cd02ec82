/*
 * policy_target: the request target is read, in one way only. It comes before
 * the credential is looked at: the form of every refusal follows from it.
 */
#include "policy/policy.h"

static enum gate_answer
target_check(struct exchange *x)
{
	const char *why = NULL;

	if (target_parse(x->request.target, &x->target, &why) == -1)
		return exchange_refuse(x, 400, "bad target", "request target: %s", why);
	if (x->target.version_major == 1) {
		x->client_minor = x->target.version_minor;
		x->text_errors = x->client_minor <= 23;
	}
	return GATE_PASS;
}

const struct gate policy_target = { "target", GATE_HEAD, target_check };
