/*
 * tls_peer: what a finished handshake says of the client, as plain data.
 */
#include <openssl/crypto.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "net/tls_impl.h"

/* Two names in one certificate have no meaning that all would agree on: then there is none. */
static void
read_common_name(X509 *x, char *out, size_t size)
{
	X509_NAME *subject = X509_get_subject_name(x);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	unsigned char *utf8 = NULL;
	int len;

	if (at < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, at) >= 0)
		return;
	len = ASN1_STRING_to_UTF8(&utf8,
		X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
	if (len > 0)
		span_copy((struct span){ (const char *)utf8, (size_t)len }, out, size);
	OPENSSL_free(utf8);
}

static void
read_uri(X509 *x, char *out, size_t size)
{
	GENERAL_NAMES *san = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	const ASN1_IA5STRING *uri = NULL;
	unsigned count = 0;

	for (int i = 0; i < sk_GENERAL_NAME_num(san); i++) {
		const GENERAL_NAME *n = sk_GENERAL_NAME_value(san, i);

		if (n->type == GEN_URI && count++ == 0)
			uri = n->d.uniformResourceIdentifier;
	}
	if (count == 1)
		span_copy((struct span){ (const char *)ASN1_STRING_get0_data(uri),
				  (size_t)ASN1_STRING_length(uri) },
			out, size);
	GENERAL_NAMES_free(san);
}

/* 0, long ago, when the date has no meaning. */
static int64_t
unix_of(const ASN1_TIME *time)
{
	struct tm tm;
	char buf[80];
	int64_t seconds;

	if (ASN1_TIME_to_tm(time, &tm) != 1)
		return 0;
	snprintf(buf, sizeof(buf), "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
		tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
	return clock_parse(span_of(buf), &seconds) ? seconds : 0;
}

void
tls_peer_read(SSL *ssl, struct tls_peer *out)
{
	X509 *x = SSL_get0_peer_certificate(ssl);
	unsigned char *der = NULL;
	int len;

	memset(out, 0, sizeof(*out));
	if (!x || SSL_get_verify_result(ssl) != X509_V_OK)
		return;
	len = i2d_X509(x, &der);
	if (len <= 0)
		return;
	secret_sha256((struct span){ (const char *)der, (size_t)len }, out->digest);
	OPENSSL_free(der);
	read_common_name(x, out->common_name, sizeof(out->common_name));
	read_uri(x, out->uri, sizeof(out->uri));
	out->not_after = unix_of(X509_get0_notAfter(x));
	out->present = true;
}

const char *
tls_version(SSL *ssl)
{
	return SSL_get_version(ssl);
}

bool
tls_resumed(SSL *ssl)
{
	return SSL_session_reused(ssl) == 1;
}
