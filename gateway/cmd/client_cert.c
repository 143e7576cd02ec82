/*
 * client_cert: signs a new key with the authority that the gateway trusts.
 */
#include "cmd/client_cert.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

/* For clients and gateways whose clocks are behind ours. */
#define BACKDATE 300
#define DAY 86400
/* RFC 5280 4.1.2.2: 20 bytes at most, positive; random, so that nobody guesses the next. */
#define SERIAL_LEN 16

struct authority {
	X509 *cert;
	EVP_PKEY *key;
};

static const char *
reason(void)
{
	const char *r = ERR_reason_error_string(ERR_peek_last_error());

	return r ? r : strerror(errno);
}

static STACK_OF(X509) * read_certs(const char *file)
{
	FILE *f = fopen(file, "r");
	STACK_OF(X509) *all = f ? sk_X509_new_null() : NULL;
	X509 *x;

	while (all && (x = PEM_read_X509(f, NULL, NULL, NULL))) {
		if (!sk_X509_push(all, x))
			X509_free(x);
	}
	if (f)
		fclose(f);
	ERR_clear_error();
	if (sk_X509_num(all) > 0)
		return all;
	sk_X509_free(all);
	return NULL;
}

static int
authority_read(struct authority *ca, const struct issue *i, const struct issue_cert *want)
{
	FILE *f = fopen(want->ca_cert, "r");

	if (f) {
		ca->cert = PEM_read_X509(f, NULL, NULL, NULL);
		fclose(f);
	}
	if (!ca->cert)
		return issue_fail(i->command, 2,
			"%s: the authority's certificate cannot be read (%s); say --ca DIR, or --ca-cert FILE",
			want->ca_cert, reason());
	f = fopen(want->ca_key, "r");
	if (f) {
		ca->key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
		fclose(f);
	}
	if (!ca->key)
		return issue_fail(i->command, 2,
			"%s: the authority's key cannot be read (%s); say --ca DIR, or --ca-key FILE",
			want->ca_key, reason());
	if (X509_check_private_key(ca->cert, ca->key) != 1)
		return issue_fail(i->command, 2,
			"%s is not the key of %s; name the two files of one authority",
			want->ca_key, want->ca_cert);
	if (X509_check_ca(ca->cert) == 0)
		return issue_fail(i->command, 2, "%s is no authority's certificate; name the CA's",
			want->ca_cert);
	return 0;
}

/* Only what the gateway will take is worth giving out. */
static int
check_trusted(const struct issue *i, const struct authority *ca, const struct issue_cert *want)
{
	STACK_OF(X509) * trusted;
	bool found = false;

	if (i->config->client_cert == CLIENT_CERT_OFF || !i->config->client_ca)
		return issue_fail(i->command, 2,
			"%s does not ask for client certificates; set tls.client_ca and tls.client_cert there first",
			i->config_path);
	trusted = read_certs(i->config->client_ca);
	for (int n = 0; n < sk_X509_num(trusted); n++)
		found = found || X509_cmp(sk_X509_value(trusted, n), ca->cert) == 0;
	sk_X509_pop_free(trusted, X509_free);
	if (found)
		return 0;
	return issue_fail(i->command, 2,
		"%s is not in %s, so the gateway would refuse its certificates; add it there, or take another authority",
		want->ca_cert, i->config->client_ca);
}

static int
add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;
	int ok;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ok = e && X509_add_ext(cert, e, -1) == 1;
	X509_EXTENSION_free(e);
	return ok ? 0 : -1;
}

/* Not by a configuration text, where a prefix with a comma would be two names. */
static int
add_tenant_uri(X509 *cert, const struct config *c, const char *tenant)
{
	GENERAL_NAMES *all = GENERAL_NAMES_new();
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_IA5STRING *uri = ASN1_IA5STRING_new();
	struct text text;
	int result = -1;

	text_init(&text, 0);
	text_addf(&text, "%s%s", c->cert_uri_prefix, tenant);
	if (all && name && uri && !text.failed &&
		ASN1_STRING_set(uri, text.p, (int)text.len) == 1 &&
		sk_GENERAL_NAME_push(all, name)) {
		GENERAL_NAME_set0_value(name, GEN_URI, uri);
		name = NULL;
		uri = NULL;
		result = X509_add1_ext_i2d(cert, NID_subject_alt_name, all, 0,
				 X509V3_ADD_DEFAULT) == 1
			? 0
			: -1;
	}
	text_free(&text);
	ASN1_IA5STRING_free(uri);
	GENERAL_NAME_free(name);
	GENERAL_NAMES_free(all);
	return result;
}

static int
set_serial(X509 *cert)
{
	unsigned char bytes[SERIAL_LEN];
	BIGNUM *n;
	int ok;

	secret_random(bytes, sizeof(bytes));
	bytes[0] = (unsigned char)((bytes[0] & 0x3f) | 0x40);
	n = BN_bin2bn(bytes, sizeof(bytes), NULL);
	ok = n && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert));
	BN_free(n);
	return ok ? 0 : -1;
}

/* With tls.tenant_from "cn" the common name is the tenant; else it is a person's word for it. */
static int
fill(struct client_cert *c, const struct issue *i, const struct authority *ca, int64_t now)
{
	bool by_cn = i->config->cert_tenant == CERT_TENANT_CN;
	const char *cn = by_cn ? i->tenant : i->name;
	X509 *x = c->cert;

	if (X509_set_version(x, X509_VERSION_3) != 1 || set_serial(x) != 0 ||
		!ASN1_TIME_set(X509_getm_notBefore(x), (time_t)(now - BACKDATE)) ||
		!ASN1_TIME_set(X509_getm_notAfter(x), (time_t)c->not_after) ||
		X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8,
			(const unsigned char *)cn, -1, -1, 0) != 1 ||
		X509_set_issuer_name(x, X509_get_subject_name(ca->cert)) != 1 ||
		X509_set_pubkey(x, c->key) != 1)
		return -1;
	if (add_extension(x, ca->cert, NID_basic_constraints, "critical,CA:FALSE") != 0 ||
		add_extension(x, ca->cert, NID_key_usage, "critical,digitalSignature") != 0 ||
		add_extension(x, ca->cert, NID_ext_key_usage, "clientAuth") != 0 ||
		add_extension(x, ca->cert, NID_subject_key_identifier, "hash") != 0 ||
		add_extension(x, ca->cert, NID_authority_key_identifier, "keyid:always") != 0)
		return -1;
	if (!by_cn && add_tenant_uri(x, i->config, i->tenant) != 0)
		return -1;
	return X509_sign(x, ca->key, EVP_sha256()) > 0 ? 0 : -1;
}

static int
digest_of(struct client_cert *c)
{
	unsigned char *der = NULL;
	int len = i2d_X509(c->cert, &der);

	if (len <= 0)
		return -1;
	secret_sha256((struct span){ (const char *)der, (size_t)len }, c->digest);
	OPENSSL_free(der);
	return 0;
}

static int
sign_new(struct client_cert *c, const struct issue *i, const struct issue_cert *want,
	const struct authority *ca)
{
	int64_t now = clock_unix();
	time_t end;

	c->not_after = now + (int64_t)want->days * DAY;
	end = (time_t)c->not_after;
	if (X509_cmp_time(X509_get0_notAfter(ca->cert), &end) < 0)
		return issue_fail(i->command, 2,
			"the authority ends in less than %u days; say fewer --days, or make a new one",
			want->days);
	c->key = EVP_EC_gen("P-256");
	c->cert = X509_new();
	if (!c->key || !c->cert || fill(c, i, ca, now) != 0 || digest_of(c) != 0)
		return issue_fail(i->command, 1, "the certificate cannot be made: %s", reason());
	return 0;
}

int
client_cert_make(struct client_cert *c, const struct issue *i, const struct issue_cert *want)
{
	const char *server_ca = want->server_ca ? want->server_ca : want->ca_cert;
	struct authority ca = { 0 };
	int code = authority_read(&ca, i, want);

	if (code == 0)
		code = check_trusted(i, &ca, want);
	if (code == 0) {
		c->server_ca = read_certs(server_ca);
		if (!c->server_ca)
			code = issue_fail(i->command, 2,
				"%s: holds no certificate; name the PEM file of the gateway's authority",
				server_ca);
	}
	if (code == 0)
		code = sign_new(c, i, want, &ca);
	X509_free(ca.cert);
	EVP_PKEY_free(ca.key);
	return code;
}

void
client_cert_free(struct client_cert *c)
{
	EVP_PKEY_free(c->key);
	X509_free(c->cert);
	sk_X509_pop_free(c->server_ca, X509_free);
}
