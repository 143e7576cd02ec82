/*
 * tls_cert: reads the gateway's certificates and keys, and says in plain words
 * what is wrong with one.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "net/tls_impl.h"

void
tls_error(struct text *errors, const char *file, const char *fmt, ...)
{
	char message[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	text_addf(errors, "%s: %s\n", file, message);
	ERR_clear_error();
}

static const char *
reason(void)
{
	const char *r = ERR_reason_error_string(ERR_peek_last_error());

	return r ? r : "unknown error";
}

static BIO *
open_pem(const char *file, struct text *errors)
{
	BIO *in = BIO_new_file(file, "r");

	if (!in)
		tls_error(errors, file, "cannot be read: %s; name a PEM file that can",
			strerror(errno));
	return in;
}

struct stack_st_X509 *
tls_cert_read_all(const char *file, struct text *errors)
{
	BIO *in = open_pem(file, errors);
	STACK_OF(X509) *all = in ? sk_X509_new_null() : NULL;
	X509 *x;

	while (all && (x = PEM_read_bio_X509(in, NULL, NULL, NULL))) {
		if (!sk_X509_push(all, x))
			X509_free(x);
	}
	BIO_free(in);
	if (!all)
		return NULL;
	/* The file's end is told as a missing start line; all else is a broken certificate. */
	if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
		tls_error(errors, file,
			"certificate %d in it is broken (%s); write PEM, as from openssl x509",
			sk_X509_num(all) + 1, reason());
	else if (sk_X509_num(all) == 0)
		tls_error(errors, file, "holds no certificate; write PEM, as from openssl x509");
	else {
		ERR_clear_error();
		return all;
	}
	sk_X509_pop_free(all, X509_free);
	return NULL;
}

/* Nobody is there to type a passphrase. */
static int
no_passphrase(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	*(bool *)arg = true;
	return -1;
}

static EVP_PKEY *
read_key(const char *file, struct text *errors)
{
	BIO *in = open_pem(file, errors);
	bool encrypted = false;
	EVP_PKEY *key;

	if (!in)
		return NULL;
	key = PEM_read_bio_PrivateKey(in, NULL, no_passphrase, &encrypted);
	BIO_free(in);
	if (key)
		return key;
	if (encrypted)
		tls_error(errors, file,
			"the key is encrypted; decrypt it with openssl pkey, mode 0600");
	else
		tls_error(errors, file,
			"holds no private key that can be read (%s); write PEM, as from openssl pkey",
			reason());
	return NULL;
}

static int
add_name(struct tls_cert *cert, struct span name)
{
	char **grown = realloc(cert->names, (cert->name_count + 1) * sizeof(*grown));
	char *copy = grown ? span_dup(name) : NULL;

	if (grown)
		cert->names = grown;
	if (!copy)
		return grown && memchr(name.p, '\0', name.len) ? 0 : -1;
	for (char *p = copy; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	cert->names[cert->name_count++] = copy;
	return 0;
}

static int
add_address(struct tls_cert *cert, const ASN1_OCTET_STRING *address)
{
	char buf[INET6_ADDRSTRLEN];
	int len = ASN1_STRING_length(address);

	if (len != 4 && len != 16)
		return 0;
	if (!inet_ntop(len == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(address), buf,
		    sizeof(buf)))
		return 0;
	return add_name(cert, span_of(buf));
}

static int
add_common_name(struct tls_cert *cert)
{
	char buf[256];

	if (X509_NAME_get_text_by_NID(X509_get_subject_name(cert->leaf), NID_commonName, buf,
		    sizeof(buf)) <= 0)
		return 0;
	return add_name(cert, span_of(buf));
}

static int
read_names(struct tls_cert *cert)
{
	GENERAL_NAMES *san = X509_get_ext_d2i(cert->leaf, NID_subject_alt_name, NULL, NULL);
	int result = 0;

	for (int i = 0; i < sk_GENERAL_NAME_num(san) && result == 0; i++) {
		const GENERAL_NAME *n = sk_GENERAL_NAME_value(san, i);

		if (n->type == GEN_DNS)
			result = add_name(cert,
				(struct span){ (const char *)ASN1_STRING_get0_data(n->d.dNSName),
					(size_t)ASN1_STRING_length(n->d.dNSName) });
		else if (n->type == GEN_IPADD)
			result = add_address(cert, n->d.iPAddress);
	}
	GENERAL_NAMES_free(san);
	return result == 0 && cert->name_count == 0 ? add_common_name(cert) : result;
}

/* Such a certificate may still be what somebody wants for a while: clients decide. */
static void
warn_of_dates(const X509 *leaf, const char *file)
{
	if (X509_cmp_current_time(X509_get0_notAfter(leaf)) < 0)
		log_msg(LOG_WARN, "%s: the certificate has expired; clients will refuse it", file);
	else if (X509_cmp_current_time(X509_get0_notBefore(leaf)) > 0)
		log_msg(LOG_WARN, "%s: the certificate is not valid yet; clients will refuse it",
			file);
}

static int
check_key(struct tls_cert *cert, const struct config_certificate *files, struct text *errors)
{
	switch (EVP_PKEY_get_base_id(cert->key)) {
	case EVP_PKEY_EC:
		cert->type = TLS_KEY_ECDSA;
		break;
	case EVP_PKEY_RSA:
		cert->type = TLS_KEY_RSA;
		break;
	default:
		tls_error(errors, files->key,
			"is neither an ECDSA nor an RSA key; take one of these");
		return -1;
	}
	if (X509_check_private_key(cert->leaf, cert->key) == 1)
		return 0;
	tls_error(errors, files->key,
		"is not the key of the certificate in %s; name the one it was made with",
		files->cert);
	return -1;
}

int
tls_cert_read(struct tls_cert *cert, const struct config_certificate *files, struct text *errors)
{
	cert->chain = tls_cert_read_all(files->cert, errors);
	cert->key = read_key(files->key, errors);
	if (!cert->chain || !cert->key)
		return -1;
	cert->leaf = sk_X509_shift(cert->chain);
	if (check_key(cert, files, errors) != 0)
		return -1;
	warn_of_dates(cert->leaf, files->cert);
	if (read_names(cert) == 0)
		return 0;
	tls_error(errors, files->cert, "no memory for its names");
	return -1;
}

void
tls_cert_free(struct tls_cert *cert)
{
	for (unsigned i = 0; i < cert->name_count; i++)
		free(cert->names[i]);
	free(cert->names);
	EVP_PKEY_free(cert->key);
	X509_free(cert->leaf);
	sk_X509_pop_free(cert->chain, X509_free);
	memset(cert, 0, sizeof(*cert));
}

bool
tls_cert_covers(const struct tls_cert *cert, const char *name)
{
	const char *rest = strchr(name, '.');

	for (unsigned i = 0; i < cert->name_count; i++) {
		if (strcmp(cert->names[i], name) == 0)
			return true;
		/* RFC 6125 6.4.3: a star is one whole label. */
		if (rest && cert->names[i][0] == '*' && strcmp(cert->names[i] + 1, rest) == 0)
			return true;
	}
	return false;
}
