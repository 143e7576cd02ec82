/*
 * tls_fixture: the files and contexts that the tests of net/tls share.
 */
#ifndef TESTS_UNIT_TLS_FIXTURE_H
#define TESTS_UNIT_TLS_FIXTURE_H

#include <unistd.h>

#include "net/tls.h"
#include "tls_pki.h"

struct fixture {
	char folder[32];
	struct board *board;
	struct pki ca, other_ca, alice;
	struct config_certificate cert[4]; /* a.example ECDSA and RSA, b.example, *.b.example */
	char names[64][32];
	unsigned name_count;
};

static struct fixture fixture;

/* Options own what they name, so they are not const. */
static inline char *
name_of(const char *s)
{
	char *copy = fixture.names[fixture.name_count++ % 64];

	snprintf(copy, sizeof(fixture.names[0]), "%s", s);
	return copy;
}

static inline struct config_certificate
files_of(const char *cert, const char *key)
{
	return (struct config_certificate){ name_of(cert), name_of(key) };
}

static inline void
issue(const struct pki *issuer, const char *name, struct pki_wish wish)
{
	struct pki p = pki_make(issuer, wish);
	char cert[32], key[32];

	snprintf(cert, sizeof(cert), "%s.pem", name);
	snprintf(key, sizeof(key), "%s.key", name);
	pki_write(cert, key, &p);
	pki_free(&p);
}

static inline int
start(void **state)
{
	struct fixture *f = &fixture;

	(void)state;
	strcpy(f->folder, "/tmp/fairlead-tls-XXXXXX");
	if (!mkdtemp(f->folder) || chdir(f->folder) != 0)
		return -1;
	f->ca = pki_make(NULL, (struct pki_wish){ .cn = "ca", .ca = true });
	f->other_ca = pki_make(NULL, (struct pki_wish){ .cn = "other ca", .ca = true });
	f->alice = pki_make(&f->ca,
		(struct pki_wish){ .cn = "alice",
			.san = "URI:urn:fairlead:tenant:acme",
			.usage = "clientAuth" });
	pki_write("ca.pem", "ca.key", &f->ca);
	pki_write("other-ca.pem", NULL, &f->other_ca);
	issue(&f->ca, "a-ec", (struct pki_wish){ .cn = "ec", .san = "DNS:a.example,IP:127.0.0.1" });
	issue(&f->ca, "a-rsa",
		(struct pki_wish){ .cn = "rsa", .san = "DNS:a.example", .rsa = true });
	issue(&f->ca, "b", (struct pki_wish){ .cn = "b", .san = "DNS:B.example" });
	issue(&f->ca, "wild", (struct pki_wish){ .cn = "wild", .san = "DNS:*.b.example" });
	f->cert[0] = files_of("a-ec.pem", "a-ec.key");
	f->cert[1] = files_of("a-rsa.pem", "a-rsa.key");
	f->cert[2] = files_of("b.pem", "b.key");
	f->cert[3] = files_of("wild.pem", "wild.key");
	f->board = board_new(1);
	return f->board ? 0 : -1;
}

static inline int
stop(void **state)
{
	struct fixture *f = &fixture;

	(void)state;
	pki_free(&f->ca);
	pki_free(&f->other_ca);
	pki_free(&f->alice);
	board_free(f->board);
	if (system("rm -f -- *.pem *.key") != 0)
		return -1;
	return chdir("/") == 0 && rmdir(f->folder) == 0 ? 0 : -1;
}

static inline struct config
config_of(struct config_certificate *certs, unsigned count)
{
	return (struct config){ .certificates = certs,
		.certificate_count = count,
		.ticket_rotation_ms = 3600000 };
}

static inline struct tls *
tls_of(const struct config *c)
{
	struct text errors;
	struct tls *t;

	text_init(&errors, 0);
	t = tls_new(c, fixture.board, &errors);
	if (!t)
		print_error("%s", errors.p);
	assert_non_null(t);
	assert_int_equal(errors.len, 0);
	text_free(&errors);
	return t;
}

/* A client that trusts our authority. */
static inline SSL_CTX *
client_new(int version)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	assert_non_null(ctx);
	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_min_proto_version(ctx, version);
	SSL_CTX_set_max_proto_version(ctx, version);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), fixture.ca.cert);
	return ctx;
}

#endif
