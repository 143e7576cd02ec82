/*
 * auth: what all schemes ask of a credential of the store.
 */
#include <string.h>

#include "auth/auth.h"

enum auth_answer
auth_accept(const struct auth_question *q, const struct credential *c, struct identity *who)
{
	if (!credential_is_live(c, q->now) || !config_tenant(q->config, span_of(c->tenant)))
		return AUTH_WRONG;
	if (!span_copy(span_of(c->tenant), who->tenant, sizeof(who->tenant)) ||
		!span_copy(span_of(c->name), who->key, sizeof(who->key)))
		return AUTH_WRONG;
	memcpy(who->credential, c->digest, sizeof(who->credential));
	return AUTH_OK;
}
