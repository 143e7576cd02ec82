/*
 * policy_rate: a tenant's requests a second. Asked as soon as it is known who speaks: what is refused
 * for another reason counts too, and nothing is read or asked of the engine for what is too much.
 */
#include "base/clock.h"
#include "policy/policy.h"
#include "policy/quota.h"

static enum gate_answer
rate_check(struct exchange *x)
{
	uint64_t rate = x->tenant->quota.requests;
	struct board_tenant *t;

	if (!rate && !x->tenant->quota.bytes)
		return GATE_PASS;
	/* Streams are not to begin without a place for what they carry. */
	t = quota_tenant(x);
	if (!t)
		return GATE_REFUSE;
	if (!rate || board_tenant_request(t, rate, clock_mono_us() * 1000))
		return GATE_PASS;
	return quota_refuse(x, 429,
		"quota.requests: tenant %s may make %llu requests a second; try again later",
		x->tenant->name, (unsigned long long)rate);
}

const struct gate policy_rate = { "rate", GATE_HEAD, rate_check };
