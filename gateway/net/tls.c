/*
 * tls: the listeners' contexts: versions, suites, certificates, client certificates.
 */
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "net/tls_impl.h"

/* AEAD with forward secrecy only. AES-128-GCM costs the least where the processor has AES. */
#define SUITES_12                                                                                  \
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"                               \
	"ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"                               \
	"ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
#define SUITES_13 "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
#define GROUPS "X25519:P-256"

/* A client's chain is held before anything is known of it; real ones have 1 to 4 KiB. */
#define CLIENT_CHAIN_MAX 32768
#define CLIENT_CHAIN_DEPTH 4

/* The client authorities, while contexts are made. */
struct tls_ca {
	STACK_OF(X509) * all;
	X509_STORE *store;
	unsigned char context[SECRET_SHA256_LEN];
};

static int
on_server_name(SSL *ssl, int *alert, void *arg)
{
	const struct tls *t = arg;
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	SSL_CTX *ctx = name ? tls_name_find(t, name) : NULL;

	(void)alert;
	if (!ctx)
		return SSL_TLSEXT_ERR_NOACK;
	if (ctx != SSL_get_SSL_CTX(ssl))
		SSL_set_SSL_CTX(ssl, ctx);
	return SSL_TLSEXT_ERR_OK;
}

/* Called when a client names protocols: one that does not speak ours is told so (RFC 7301 3.2). */
static int
on_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len, const unsigned char *in,
	unsigned in_len, void *arg)
{
	static const unsigned char ours[] = { 'h', 't', 't', 'p', '/', '1', '.', '1' };

	(void)ssl;
	(void)arg;
	for (unsigned i = 0; i < in_len; i += 1U + in[i]) {
		if (in[i] != sizeof(ours) || in_len - i <= sizeof(ours) ||
			memcmp(in + i + 1, ours, sizeof(ours)) != 0)
			continue;
		*out = in + i + 1;
		*out_len = sizeof(ours);
		return SSL_TLSEXT_ERR_OK;
	}
	return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static int
use_protocol(SSL_CTX *ctx)
{
	/* Not const: OpenSSL's macro casts to a plain pointer. */
	static char groups[] = GROUPS;

	SSL_CTX_set_security_level(ctx, 2);
	SSL_CTX_set_options(ctx,
		SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
			SSL_OP_IGNORE_UNEXPECTED_EOF);
	/* Without NO_AUTO_CHAIN each handshake looks for the chain's rest among the client authorities. */
	SSL_CTX_set_mode(ctx,
		SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
			SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_NO_AUTO_CHAIN);
	SSL_CTX_set_max_early_data(ctx, 0);
	SSL_CTX_set_recv_max_early_data(ctx, 0);
	SSL_CTX_set_alpn_select_cb(ctx, on_alpn, NULL);
	if (SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1 ||
		SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) != 1 ||
		SSL_CTX_set_cipher_list(ctx, SUITES_12) != 1 ||
		SSL_CTX_set_ciphersuites(ctx, SUITES_13) != 1 ||
		SSL_CTX_set1_groups_list(ctx, groups) != 1)
		return -1;
	return 0;
}

static int
use_client_ca(SSL_CTX *ctx, const struct config *c, const struct tls_ca *ca)
{
	int mode = SSL_VERIFY_PEER;

	if (SSL_CTX_set_session_id_context(ctx, ca->context, sizeof(ca->context)) != 1)
		return -1;
	if (c->client_cert == CLIENT_CERT_OFF)
		return 0;
	if (c->client_cert == CLIENT_CERT_REQUIRED)
		mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
	SSL_CTX_set_verify(ctx, mode, NULL);
	SSL_CTX_set_verify_depth(ctx, CLIENT_CHAIN_DEPTH);
	SSL_CTX_set_max_cert_list(ctx, CLIENT_CHAIN_MAX);
	SSL_CTX_set1_cert_store(ctx, ca->store);
	for (int i = 0; i < sk_X509_num(ca->all); i++) {
		if (SSL_CTX_add_client_CA(ctx, sk_X509_value(ca->all, i)) != 1)
			return -1;
	}
	return SSL_CTX_set_purpose(ctx, X509_PURPOSE_SSL_CLIENT) == 1 ? 0 : -1;
}

static int
use_certificates(SSL_CTX *ctx, const struct tls *t, const struct tls_set *set,
	const struct config *c, struct text *errors)
{
	for (unsigned k = 0; k < TLS_KEYS; k++) {
		const struct tls_cert *cert = set->cert[k];
		const char *why;

		if (!cert ||
			SSL_CTX_use_cert_and_key(ctx, cert->leaf, cert->key, cert->chain, 1) == 1)
			continue;
		why = ERR_reason_error_string(ERR_peek_last_error());
		tls_error(errors, c->certificates[cert - t->cert].cert,
			"is not taken (%s); use ECDSA P-256 or RSA of 2048 bits or more, signed with SHA-256",
			why ? why : "unknown error");
		return -1;
	}
	return 0;
}

static int
make_context(struct tls *t, struct tls_set *set, const struct config *c, const struct tls_ca *ca,
	struct text *errors)
{
	set->ctx = SSL_CTX_new(TLS_server_method());
	if (!set->ctx || use_protocol(set->ctx) != 0 || use_client_ca(set->ctx, c, ca) != 0 ||
		tls_ticket_use(set->ctx, c) != 0) {
		tls_error(errors, "tls", "no context can be made; look for memory and openssl.cnf");
		return -1;
	}
	SSL_CTX_set_app_data(set->ctx, t);
	SSL_CTX_set_tlsext_servername_callback(set->ctx, on_server_name);
	SSL_CTX_set_tlsext_servername_arg(set->ctx, t);
	return use_certificates(set->ctx, t, set, c, errors);
}

/* A ticket proves what was checked when it was made. Under other authorities, or another
 * mode, it proves nothing: the context binds it to these. */
static void
bind_sessions(struct tls_ca *ca, const struct config *c)
{
	struct secret_digest *d = secret_digest_new();
	unsigned char mode = (unsigned char)c->client_cert;

	secret_digest_add(d, &mode, 1);
	for (int i = 0; i < sk_X509_num(ca->all); i++) {
		unsigned char *der = NULL;
		int len = i2d_X509(sk_X509_value(ca->all, i), &der);

		if (len > 0)
			secret_digest_add(d, der, (size_t)len);
		OPENSSL_free(der);
	}
	secret_digest_end(d, ca->context);
}

static int
read_client_ca(struct tls_ca *ca, const struct config *c, struct text *errors)
{
	if (c->client_cert != CLIENT_CERT_OFF) {
		ca->all = tls_cert_read_all(c->client_ca, errors);
		ca->store = X509_STORE_new();
		if (!ca->all || !ca->store)
			return -1;
		for (int i = 0; i < sk_X509_num(ca->all); i++) {
			X509 *x = sk_X509_value(ca->all, i);

			if (X509_check_ca(x) == 0) {
				tls_error(errors, c->client_ca,
					"certificate %d in it is not an authority's; name the CA's own file",
					i + 1);
				return -1;
			}
			if (X509_STORE_add_cert(ca->store, x) != 1)
				return -1;
		}
	}
	bind_sessions(ca, c);
	return 0;
}

static void
ca_free(struct tls_ca *ca)
{
	X509_STORE_free(ca->store);
	sk_X509_pop_free(ca->all, X509_free);
}

/* All are read, so that all errors are told at once. */
static int
read_certificates(struct tls *t, const struct config *c, struct text *errors)
{
	int result = 0;

	if (c->certificate_count == 0 || c->certificate_count > TLS_MAX_CERTS) {
		tls_error(errors, "tls", "%u certificates are configured; name 1 to %d",
			c->certificate_count, TLS_MAX_CERTS);
		return -1;
	}
	for (unsigned i = 0; i < c->certificate_count; i++) {
		t->cert_count = i + 1;
		if (tls_cert_read(&t->cert[i], &c->certificates[i], errors) != 0)
			result = -1;
	}
	return result;
}

static int
make_contexts(struct tls *t, const struct config *c, const struct tls_ca *ca, struct text *errors)
{
	if (tls_ticket_setup(t) != 0 || tls_name_sets(t) != 0) {
		tls_error(errors, "tls", "no memory for the contexts");
		return -1;
	}
	for (unsigned i = 0; i < t->set_count; i++) {
		if (make_context(t, &t->set[i], c, ca, errors) != 0)
			return -1;
	}
	tls_name_sort(t);
	return 0;
}

struct tls *
tls_new(const struct config *c, const struct board *b, struct text *errors)
{
	struct tls *t = calloc(1, sizeof(*t));
	struct tls_ca ca = { 0 };
	int certs, authorities;

	if (!t) {
		tls_error(errors, "tls", "no memory for the contexts");
		return NULL;
	}
	t->board = b;
	/* Checks of dates read the time zone's file once, which a sandboxed worker may not open. */
	tzset();
	certs = read_certificates(t, c, errors);
	authorities = read_client_ca(&ca, c, errors);
	if (certs != 0 || authorities != 0 || make_contexts(t, c, &ca, errors) != 0) {
		tls_free(t);
		t = NULL;
	}
	ca_free(&ca);
	return t;
}

void
tls_free(struct tls *t)
{
	if (!t)
		return;
	for (unsigned i = 0; i < t->set_count; i++)
		SSL_CTX_free(t->set[i].ctx);
	for (unsigned i = 0; i < t->cert_count; i++)
		tls_cert_free(&t->cert[i]);
	EVP_CIPHER_free(t->ticket_cipher);
	EVP_MAC_free(t->ticket_mac);
	free(t->set);
	free(t->name);
	free(t);
}

SSL *
tls_accept(struct tls *t)
{
	SSL *ssl = SSL_new(t->set[0].ctx);

	if (ssl)
		SSL_set_accept_state(ssl);
	return ssl;
}
