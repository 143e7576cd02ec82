/*
 * tls_impl: what the files of tls share. Nobody else includes it.
 */
#ifndef FAIRLEAD_NET_TLS_IMPL_H
#define FAIRLEAD_NET_TLS_IMPL_H

#include <openssl/ssl.h>

#include "net/tls.h"

/* As many as the option tls.certificates takes, and more. */
#define TLS_MAX_CERTS 16

enum tls_key { TLS_KEY_ECDSA, TLS_KEY_RSA, TLS_KEYS };

/* A certificate of ours as it was read. */
struct tls_cert {
	enum tls_key type;
	X509 *leaf;
	STACK_OF(X509) * chain;
	EVP_PKEY *key;
	char **names; /* DNS names and addresses of the SAN, lower case; without a SAN the common name */
	unsigned name_count;
};

/* The certificates of one context: one a key type, NULL where there is none. */
struct tls_set {
	const struct tls_cert *cert[TLS_KEYS];
	SSL_CTX *ctx;
};

/* What a server name leads to. */
struct tls_name {
	const char *name; /* a tls_cert's; "*.example.com" too */
	SSL_CTX *ctx;     /* a tls_set's */
};

struct tls {
	const struct board *board;
	struct tls_cert cert[TLS_MAX_CERTS];
	unsigned cert_count;
	struct tls_set *set; /* [0] is the default */
	unsigned set_count;
	struct tls_name *name; /* sorted */
	unsigned name_count;
	EVP_CIPHER *ticket_cipher; /* fetched once, not for each ticket */
	EVP_MAC *ticket_mac;
};

/* "FILE: WHAT\n"; what OpenSSL's error queue says is forgotten. */
__attribute__((format(printf, 3, 4))) void tls_error(struct text *errors, const char *file,
	const char *fmt, ...);

/* tls_cert.c: reads certificate, chain and key; -1 with the reason in `*errors`. */
int tls_cert_read(struct tls_cert *cert, const struct config_certificate *files,
	struct text *errors);
void tls_cert_free(struct tls_cert *cert);
/* Whether `name` is one of its names or under its wildcard. */
bool tls_cert_covers(const struct tls_cert *cert, const char *name);
/* All certificates of a PEM file, the caller's; NULL with the reason in `*errors`. */
struct stack_st_X509 *tls_cert_read_all(const char *file, struct text *errors);

/* tls_name.c: makes sets and names of the certificates, without contexts. */
int tls_name_sets(struct tls *t);
/* The names' contexts are known: sorts them for tls_name_find. */
void tls_name_sort(struct tls *t);
SSL_CTX *tls_name_find(const struct tls *t, const char *server_name);

/* tls_ticket.c */
int tls_ticket_setup(struct tls *t);
int tls_ticket_use(SSL_CTX *ctx, const struct config *c);

#endif
