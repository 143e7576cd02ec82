/*
 * auth_cert: the client certificate of the connection. The handshake has checked
 * its chain; here it is decided whom it speaks for, at each request: a connection
 * may live longer than its certificate.
 */
#include <string.h>

#include "auth/auth.h"

/* The tenant that the certificate names by the configured rule; empty: none. */
static struct span
tenant_named(const struct auth_question *q)
{
	struct span uri = span_of(q->peer->uri), prefix;

	if (q->config->cert_tenant == CERT_TENANT_CN)
		return span_of(q->peer->common_name);
	if (!q->config->cert_uri_prefix)
		return (struct span){ 0 };
	prefix = span_of(q->config->cert_uri_prefix);
	if (!span_starts(uri, prefix))
		return (struct span){ 0 };
	uri.p += prefix.len;
	uri.len -= prefix.len;
	return span_cut(&uri, '/');
}

/* What may stand in a log or a table as it is. */
static bool
is_plain(const char *name)
{
	for (const char *p = name; *p; p++) {
		if (*p < 0x21 || *p > 0x7e)
			return false;
	}
	return *name != '\0';
}

/* "cert:" is no beginning of a name in the store, so none of these is taken for one. */
static void
name_key(const struct tls_peer *peer, struct identity *who)
{
	static const char prefix[] = "cert:";
	const size_t len = sizeof(prefix) - 1;

	memcpy(who->key, prefix, sizeof(prefix));
	if (!is_plain(peer->common_name) ||
		!span_copy(span_of(peer->common_name), who->key + len, sizeof(who->key) - len))
		text_hex(who->key + len, peer->digest, 8);
}

/* A certificate of our authorities that the store does not know. */
static enum auth_answer
accept_by_rule(const struct auth_question *q, struct identity *who)
{
	struct span tenant = tenant_named(q);

	if (tenant.len == 0 || !config_tenant(q->config, tenant) ||
		!span_copy(tenant, who->tenant, sizeof(who->tenant)))
		return AUTH_WRONG;
	name_key(q->peer, who);
	memcpy(who->credential, q->peer->digest, sizeof(who->credential));
	return AUTH_OK;
}

static enum auth_answer
check(const struct auth_question *q, struct identity *who)
{
	const struct credential *c;

	if (!q->peer || !q->peer->present)
		return AUTH_NOT_MINE;
	/* A resumed session too comes here with the dates of the certificate that began it. */
	if (q->now > q->peer->not_after) {
		who->wrong = "certificate expired";
		return AUTH_WRONG;
	}
	c = store_find_digest(q->store, CREDENTIAL_CERT, q->peer->digest);
	return c ? auth_accept(q, c, who) : accept_by_rule(q, who);
}

const struct auth_scheme auth_cert = {
	.name = "cert",
	.challenge = NULL,
	.accepts = "a client certificate",
	.check = check,
};
