/*
 * auth_bearer: "Authorization: Bearer KEY" (RFC 6750). The store has the key's
 * SHA-256 only; a plain digest is enough, because keys are 256 random bits and
 * no list of likely ones exists that could be tried against it.
 */
#include <string.h>

#include "auth/auth.h"

/* Ours have 68 bytes. */
#define KEY_MAX 512

static enum auth_answer
check(const struct auth_question *q, struct identity *who)
{
	struct span key = q->request->authorization;
	const struct credential *c;
	unsigned char digest[SECRET_SHA256_LEN];

	if (!key.p || !span_eq_nocase(span_cut(&key, ' '), SPAN("Bearer")))
		return AUTH_NOT_MINE;
	key = span_trim(key);
	if (key.len == 0 || key.len > KEY_MAX)
		return AUTH_WRONG;
	secret_sha256(key, digest);
	c = store_find_digest(q->store, CREDENTIAL_BEARER, digest);
	return c ? auth_accept(q, c, who) : AUTH_WRONG;
}

const struct auth_scheme auth_bearer = {
	.name = "bearer",
	.challenge = "Bearer realm=\"fairlead\"",
	.accepts = "\"Authorization: Bearer KEY\"",
	.check = check,
};
