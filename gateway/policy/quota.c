/*
 * quota: what the gates of the quotas share.
 */
#include "policy/quota.h"

#include <stdio.h>

struct board_tenant *
quota_tenant(struct exchange *x)
{
	struct board_tenant *t = board_tenant(x->board, span_of(x->tenant->name));

	if (!t)
		exchange_refuse(x, 503, "quota",
			"no room for the counts of tenant %s: restart the gateway",
			x->tenant->name);
	return t;
}

enum gate_answer
quota_refuse(struct exchange *x, unsigned status, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	board_count(x->board, x->slot, COUNT_QUOTA_REFUSALS, 1);
	/* The least rate is one a second, and a session may end at any time. */
	x->refusal.retry_after = status == 429 ? 1 : 0;
	return exchange_refuse(x, status, "quota", "%s", line);
}

struct pace *
quota_pace(const struct exchange *x)
{
	uint64_t rate = x->tenant->quota.bytes;
	struct board_tenant *t = rate ? board_tenant(x->board, span_of(x->tenant->name)) : NULL;

	return t ? pace_new(x->reactor, t, rate) : NULL;
}

enum gate_answer
quota_session(struct exchange *x)
{
	uint64_t most = x->tenant->quota.sessions;
	struct board_tenant *t;

	if (!most)
		return GATE_PASS;
	t = quota_tenant(x);
	if (!t)
		return GATE_REFUSE;
	if (board_tenant_session(x->board, t, x->row, most))
		return GATE_PASS;
	return quota_refuse(x, 429,
		"quota.sessions: tenant %s has %llu of %llu requests and streams open; end one",
		x->tenant->name, (unsigned long long)most, (unsigned long long)most);
}
