/*
 * cmd_cert_make: signs a new key with the authority that the gateway trusts.
 */
#include "cmd/cmd_cert.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
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
	STACK_OF(X509) * server; /* what the client checks the gateway against */
};

/* The new certificate. */
struct fresh {
	X509 *cert;
	EVP_PKEY *key;
};

static const char *
reason(void)
{
	const char *r = ERR_reason_error_string(ERR_peek_last_error());

	return r ? r : strerror(errno);
}

static struct stack_st_X509 *
read_certs(const char *file)
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
authority_read(struct authority *ca, const struct issue *i, const struct cert_wish *wish)
{
	FILE *f = fopen(wish->ca_cert, "r");

	if (f) {
		ca->cert = PEM_read_X509(f, NULL, NULL, NULL);
		fclose(f);
	}
	if (!ca->cert)
		return issue_fail(i->command, 2,
			"%s: the authority's certificate cannot be read (%s); say --ca DIR, or --ca-cert FILE",
			wish->ca_cert, reason());
	f = fopen(wish->ca_key, "r");
	if (f) {
		ca->key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
		fclose(f);
	}
	if (!ca->key)
		return issue_fail(i->command, 2,
			"%s: the authority's key cannot be read (%s); say --ca DIR, or --ca-key FILE",
			wish->ca_key, reason());
	if (X509_check_private_key(ca->cert, ca->key) != 1)
		return issue_fail(i->command, 2,
			"%s is not the key of %s; name the two files of one authority",
			wish->ca_key, wish->ca_cert);
	if (X509_check_ca(ca->cert) == 0)
		return issue_fail(i->command, 2, "%s is no authority's certificate; name the CA's",
			wish->ca_cert);
	return 0;
}

/* Only what the gateway will take is worth giving out. */
static int
check_trusted(const struct issue *i, const struct authority *ca, const struct cert_wish *wish)
{
	STACK_OF(X509) *trusted = read_certs(i->config->client_ca);
	bool found = false;

	for (int n = 0; n < sk_X509_num(trusted); n++)
		found = found || X509_cmp(sk_X509_value(trusted, n), ca->cert) == 0;
	sk_X509_pop_free(trusted, X509_free);
	if (found)
		return 0;
	return issue_fail(i->command, 2,
		"%s is not in %s, so the gateway would refuse its certificates; add it there, or take another authority",
		wish->ca_cert, i->config->client_ca);
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
fill_names(struct fresh *f, const struct issue *i, const struct authority *ca)
{
	bool by_cn = i->config->cert_tenant == CERT_TENANT_CN;
	const char *cn = by_cn ? i->tenant : i->name;

	if (X509_NAME_add_entry_by_txt(X509_get_subject_name(f->cert), "CN", MBSTRING_UTF8,
		    (const unsigned char *)cn, -1, -1, 0) != 1 ||
		X509_set_issuer_name(f->cert, X509_get_subject_name(ca->cert)) != 1)
		return -1;
	return by_cn ? 0 : add_tenant_uri(f->cert, i->config, i->tenant);
}

static int
fill_extensions(X509 *x, X509 *issuer)
{
	if (add_extension(x, issuer, NID_basic_constraints, "critical,CA:FALSE") != 0 ||
		add_extension(x, issuer, NID_key_usage, "critical,digitalSignature") != 0 ||
		add_extension(x, issuer, NID_ext_key_usage, "clientAuth") != 0 ||
		add_extension(x, issuer, NID_subject_key_identifier, "hash") != 0)
		return -1;
	return add_extension(x, issuer, NID_authority_key_identifier, "keyid:always");
}

static int
fill_dates(X509 *x, int64_t from, int64_t to)
{
	bool ok = ASN1_TIME_set(X509_getm_notBefore(x), (time_t)from) &&
		ASN1_TIME_set(X509_getm_notAfter(x), (time_t)to);

	return ok ? 0 : -1;
}

static int
sign(struct fresh *f, const struct issue *i, const struct authority *ca, int64_t now, int64_t end)
{
	f->key = EVP_EC_gen("P-256");
	f->cert = X509_new();
	if (!f->key || !f->cert || X509_set_version(f->cert, X509_VERSION_3) != 1 ||
		set_serial(f->cert) != 0 || fill_dates(f->cert, now - BACKDATE, end) != 0 ||
		X509_set_pubkey(f->cert, f->key) != 1 || fill_names(f, i, ca) != 0 ||
		fill_extensions(f->cert, ca->cert) != 0)
		return -1;
	return X509_sign(f->cert, ca->key, EVP_sha256()) > 0 ? 0 : -1;
}

static int
print_pem(BIO *bio, enum cert_file which, const struct fresh *f, const struct authority *ca)
{
	switch (which) {
	case CERT_FILE_KEY:
		return PEM_write_bio_PKCS8PrivateKey(bio, f->key, NULL, NULL, 0, NULL, NULL);
	case CERT_FILE_CERT:
		return PEM_write_bio_X509(bio, f->cert);
	case CERT_FILE_CA:
		for (int n = 0; n < sk_X509_num(ca->server); n++) {
			if (PEM_write_bio_X509(bio, sk_X509_value(ca->server, n)) != 1)
				return 0;
		}
		return 1;
	case CERT_FILES:
		break;
	}
	return 0;
}

/* A memory BIO wipes what it held. */
static int
keep_pem(struct cert_made *made, const struct fresh *f, const struct authority *ca)
{
	for (unsigned n = 0; n < CERT_FILES; n++) {
		BIO *bio = BIO_new(BIO_s_secmem());
		char *bytes;
		long len = 0;

		if (bio && print_pem(bio, (enum cert_file)n, f, ca) == 1)
			len = BIO_get_mem_data(bio, &bytes);
		if (len > 0)
			text_add(&made->pem[n], bytes, (size_t)len);
		BIO_free(bio);
		if (len <= 0 || made->pem[n].failed)
			return -1;
	}
	return 0;
}

static int
keep_digest(struct cert_made *made, const struct fresh *f)
{
	unsigned char *der = NULL;
	int len = i2d_X509(f->cert, &der);

	if (len <= 0)
		return -1;
	secret_sha256((struct span){ (const char *)der, (size_t)len }, made->digest);
	OPENSSL_free(der);
	return 0;
}

static int
sign_new(struct cert_made *made, const struct issue *i, const struct cert_wish *wish,
	const struct authority *ca)
{
	int64_t now = clock_unix();
	struct fresh f = { 0 };
	time_t end;
	int code = 0;

	made->not_after = now + (int64_t)wish->days * DAY;
	end = (time_t)made->not_after;
	if (X509_cmp_time(X509_get0_notAfter(ca->cert), &end) < 0)
		return issue_fail(i->command, 2,
			"the authority ends in less than %u days; say fewer --days, or make a new one",
			wish->days);
	if (sign(&f, i, ca, now, made->not_after) != 0 || keep_digest(made, &f) != 0 ||
		keep_pem(made, &f, ca) != 0)
		code = issue_fail(i->command, 1, "the certificate cannot be made: %s", reason());
	EVP_PKEY_free(f.key);
	X509_free(f.cert);
	return code;
}

int
cert_make(struct cert_made *made, const struct issue *i, const struct cert_wish *wish)
{
	const char *server_ca = wish->server_ca ? wish->server_ca : wish->ca_cert;
	struct authority ca = { 0 };
	int code;

	if (i->config->client_cert == CLIENT_CERT_OFF || !i->config->client_ca)
		return issue_fail(i->command, 2,
			"%s does not ask for client certificates; set tls.client_ca and tls.client_cert there first",
			i->config_path);
	code = authority_read(&ca, i, wish);
	if (code == 0)
		code = check_trusted(i, &ca, wish);
	if (code == 0) {
		ca.server = read_certs(server_ca);
		if (!ca.server)
			code = issue_fail(i->command, 2,
				"%s: holds no certificate; name the PEM file of the gateway's authority",
				server_ca);
	}
	if (code == 0)
		code = sign_new(made, i, wish, &ca);
	X509_free(ca.cert);
	EVP_PKEY_free(ca.key);
	sk_X509_pop_free(ca.server, X509_free);
	return code;
}

void
cert_made_free(struct cert_made *made)
{
	for (unsigned n = 0; n < CERT_FILES; n++)
		text_free_wiped(&made->pem[n]);
}
