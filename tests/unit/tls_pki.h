/*
 * tls_pki: certificates for tests, made on the spot in the current folder, and
 * handshakes in memory. For the test programs of net/tls only.
 */
#ifndef TESTS_UNIT_TLS_PKI_H
#define TESTS_UNIT_TLS_PKI_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#define DAY 86400L

struct pki {
	EVP_PKEY *key;
	X509 *cert;
};

/* What a certificate is to be; 0 or NULL: left out. */
struct pki_wish {
	const char *cn;
	const char *san;   /* "DNS:a.example,URI:urn:x" */
	const char *usage; /* extendedKeyUsage */
	bool rsa, ca;
	long from, to; /* days from now; both 0: since yesterday, for two days */
};

static inline void
pki_extend(X509 *x, const struct pki *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;

	if (!value)
		return;
	X509V3_set_ctx(&ctx, issuer->cert ? issuer->cert : x, x, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert_non_null(e);
	assert_int_equal(X509_add_ext(x, e, -1), 1);
	X509_EXTENSION_free(e);
}

/* `issuer` NULL: signs itself. */
static inline struct pki
pki_make(const struct pki *issuer, struct pki_wish w)
{
	static long serial = 1;
	struct pki p = { 0 };
	const struct pki none = { 0 };
	X509_NAME *subject;

	p.key = w.rsa ? EVP_RSA_gen(2048U) : EVP_EC_gen("P-256");
	p.cert = X509_new();
	assert_non_null(p.key);
	assert_non_null(p.cert);
	X509_set_version(p.cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(p.cert), serial++);
	X509_gmtime_adj(X509_getm_notBefore(p.cert), (w.from || w.to ? w.from : -1) * DAY);
	X509_gmtime_adj(X509_getm_notAfter(p.cert), (w.from || w.to ? w.to : 1) * DAY);
	subject = X509_get_subject_name(p.cert);
	if (w.cn)
		X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
			(const unsigned char *)w.cn, -1, -1, 0);
	X509_set_issuer_name(p.cert, X509_get_subject_name(issuer ? issuer->cert : p.cert));
	X509_set_pubkey(p.cert, p.key);
	pki_extend(p.cert, issuer ? issuer : &none, NID_basic_constraints,
		w.ca ? "critical,CA:TRUE" : "CA:FALSE");
	pki_extend(p.cert, issuer ? issuer : &none, NID_subject_alt_name, w.san);
	pki_extend(p.cert, issuer ? issuer : &none, NID_ext_key_usage, w.usage);
	assert_true(X509_sign(p.cert, issuer ? issuer->key : p.key, EVP_sha256()) > 0);
	return p;
}

static inline void
pki_free(struct pki *p)
{
	EVP_PKEY_free(p->key);
	X509_free(p->cert);
}

static inline void
pki_write(const char *cert_file, const char *key_file, const struct pki *p)
{
	FILE *f = fopen(cert_file, "w");

	assert_non_null(f);
	assert_int_equal(PEM_write_X509(f, p->cert), 1);
	assert_int_equal(fclose(f), 0);
	if (!key_file)
		return;
	f = fopen(key_file, "w");
	assert_non_null(f);
	assert_int_equal(PEM_write_PrivateKey(f, p->key, NULL, NULL, 0, NULL, NULL), 1);
	assert_int_equal(fclose(f), 0);
}

/* One connection: both ends, joined in memory. */
struct pair {
	SSL *client, *server;
};

/* Takes the server's end. */
static inline struct pair
pair_new(SSL_CTX *client_ctx, SSL *server)
{
	struct pair p = { SSL_new(client_ctx), server };
	BIO *a, *b;

	assert_non_null(p.client);
	assert_non_null(p.server);
	assert_int_equal(BIO_new_bio_pair(&a, 65536, &b, 65536), 1);
	SSL_set_bio(p.client, a, a);
	SSL_set_bio(p.server, b, b);
	SSL_set_connect_state(p.client);
	return p;
}

static inline void
pair_free(struct pair *p)
{
	/* An end without close_notify would make the client forget its session. */
	SSL_set_shutdown(p->client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	SSL_free(p->client);
	SSL_free(p->server);
}

/* True when both ends finished; a byte each way brings tickets and late alerts. */
static inline bool
pair_shake(struct pair *p)
{
	char c = 0;

	for (int i = 0; i < 20; i++) {
		ERR_clear_error();
		SSL_do_handshake(p->client);
		ERR_clear_error();
		SSL_do_handshake(p->server);
	}
	ERR_clear_error();
	if (!SSL_is_init_finished(p->client) || !SSL_is_init_finished(p->server))
		return false;
	return SSL_write(p->server, "s", 1) == 1 && SSL_read(p->client, &c, 1) == 1 && c == 's' &&
		SSL_write(p->client, "c", 1) == 1 && SSL_read(p->server, &c, 1) == 1 && c == 'c';
}

#endif
