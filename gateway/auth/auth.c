/*
 * auth: what all schemes ask of a credential of the store.
 */
#include <string.h>

#include "auth/auth.h"

static const char *
why_not(const struct auth_question *q, const struct credential *c)
{
	if (!credential_is_live(c, q->now))
		return c->revoked ? "credential revoked" : "credential expired";
	return config_tenant(q->config, span_of(c->tenant)) ? NULL : "tenant not configured";
}

enum auth_answer
auth_accept(const struct auth_question *q, const struct credential *c, struct identity *who)
{
	if (!span_copy(span_of(c->name), who->key, sizeof(who->key)))
		return AUTH_WRONG;
	who->owned = true;
	who->wrong = why_not(q, c);
	if (who->wrong || !span_copy(span_of(c->tenant), who->tenant, sizeof(who->tenant)))
		return AUTH_WRONG;
	memcpy(who->credential, c->digest, sizeof(who->credential));
	return AUTH_OK;
}
