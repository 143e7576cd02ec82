/*
 * Tests of the auth schemes bearer and cert; see auth_hyper.c for the third.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "auth/auth.h"
#include "hyper_request.h"
#include "state/store_impl.h"

#define NOW 1800000000 /* 2027-01-15T08:00:00Z */

static struct config_tenant tenants[2];
static struct config config;
static struct store *store;

static void
add_digest(struct text *out, const char *text)
{
	unsigned char digest[SECRET_SHA256_LEN];
	char hex[2 * SECRET_SHA256_LEN + 1];

	secret_sha256(span_of(text), digest);
	text_hex(hex, digest, sizeof(digest));
	text_add_str(out, hex);
}

/* A credential whose digest is that of `of`. */
static void
add_credential(struct text *out, const char *kind, const char *tenant, const char *name,
	const char *of, const char *more)
{
	text_addf(out,
		"%s{\"kind\": \"%s\", \"tenant\": \"%s\", \"name\": \"%s\", \"created\": \"2026-01-01\"%s, "
		"\"sha256\": \"",
		out->len ? "," : "{\"credentials\": [", kind, tenant, name, more);
	add_digest(out, of);
	text_add_str(out, "\"}");
}

static int
start(void **state)
{
	static char acme[] = "acme", beta[] = "beta", prefix[] = "urn:t:";
	struct text text, errors;

	(void)state;
	tenants[0].name = acme;
	tenants[1].name = beta;
	config = (struct config){ .tenants = tenants,
		.tenant_count = 2,
		.cert_tenant = CERT_TENANT_SAN_URI,
		.cert_uri_prefix = prefix };
	text_init(&text, 0);
	text_init(&errors, 0);
	add_credential(&text, "bearer", "acme", "ci", "key", "");
	add_credential(&text, "bearer", "acme", "soon", "soon key",
		", \"expires\": \"2027-01-15T08:00:01Z\"");
	add_credential(&text, "bearer", "acme", "late", "late key",
		", \"expires\": \"2027-01-15T08:00:00Z\"");
	add_credential(&text, "bearer", "acme", "out", "out key", ", \"revoked\": \"2026-02-01\"");
	add_credential(&text, "bearer", "gone", "gone", "gone key", "");
	add_credential(&text, "cert", "beta", "laptop", "known", "");
	add_credential(&text, "cert", "acme", "stolen", "stolen", ", \"revoked\": \"2026-02-01\"");
	add_credential(&text, "cert", "gone", "orphan", "orphan", "");
	text_add_str(&text, "]}");
	store = store_read_bytes("store", text_span(&text), &errors);
	text_free(&text);
	text_free(&errors);
	return store ? 0 : -1;
}

static int
stop(void **state)
{
	(void)state;
	store_free(store);
	return 0;
}

static enum auth_answer
ask(const struct auth_scheme *scheme, const char *fields, const struct tls_peer *peer,
	struct identity *who)
{
	static struct head h;
	struct auth_question q = { &h.request, peer, &config, store, NOW };
	char all[2048];

	snprintf(all, sizeof(all), "Host: gw\r\n%s", fields);
	head_make(&h, "GET", "/info", all);
	memset(who, 0, sizeof(*who));
	return scheme->check(&q, who);
}

static void
bearer_keys(void **state)
{
	static const struct {
		const char *fields;
		enum auth_answer answer;
	} cases[] = {
		{ "Authorization: Bearer key\r\n", AUTH_OK },
		{ "authorization: bEARER   key  \r\n", AUTH_OK },
		{ "Authorization: Bearer soon key\r\n", AUTH_OK },
		{ "Authorization: Bearer late key\r\n", AUTH_WRONG },
		{ "Authorization: Bearer out key\r\n", AUTH_WRONG },
		{ "Authorization: Bearer gone key\r\n", AUTH_WRONG },
		/* A certificate's digest is no key's. */
		{ "Authorization: Bearer known\r\n", AUTH_WRONG },
		{ "Authorization: Bearer kez\r\n", AUTH_WRONG },
		{ "Authorization: Bearer KEY\r\n", AUTH_WRONG },
		{ "Authorization: Bearer\r\n", AUTH_WRONG },
		{ "Authorization: Bearer \r\n", AUTH_WRONG },
		{ "", AUTH_NOT_MINE },
		{ "Authorization: \r\n", AUTH_NOT_MINE },
		{ "Authorization: Bearerkey\r\n", AUTH_NOT_MINE },
		{ "Authorization: Basic a2V5\r\n", AUTH_NOT_MINE },
		{ "X-Authorization: Bearer key\r\n", AUTH_NOT_MINE },
	};
	struct identity who;

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (ask(&auth_bearer, cases[i].fields, NULL, &who) != cases[i].answer)
			fail_msg("%s", cases[i].fields);
	}
	assert_int_equal(ask(&auth_bearer, cases[0].fields, NULL, &who), AUTH_OK);
	assert_string_equal(who.tenant, "acme");
	assert_string_equal(who.key, "ci");
	assert_false(who.body_signed);
}

/* The client that holds a credential is named in the log; who guesses is not. */
static void
the_log_is_told_why(void **state)
{
	static const struct {
		const char *fields, *wrong, *key;
	} cases[] = {
		{ "Authorization: Bearer late key\r\n", "credential expired", "late" },
		{ "Authorization: Bearer out key\r\n", "credential revoked", "out" },
		{ "Authorization: Bearer gone key\r\n", "tenant not configured", "gone" },
		{ "Authorization: Bearer kez\r\n", NULL, NULL },
		{ "Authorization: Bearer known\r\n", NULL, NULL },
	};
	struct identity who;

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(ask(&auth_bearer, cases[i].fields, NULL, &who), AUTH_WRONG);
		assert_int_equal(who.owned, cases[i].key != NULL);
		assert_string_equal(who.wrong ? who.wrong : "",
			cases[i].wrong ? cases[i].wrong : "");
		assert_string_equal(who.key, cases[i].key ? cases[i].key : "");
		assert_string_equal(who.tenant, "");
	}
}

static void
a_long_bearer_key_is_wrong(void **state)
{
	char fields[700] = "Authorization: Bearer ";
	size_t len = strlen(fields);
	struct identity who;

	(void)state;
	memset(fields + len, 'k', 513);
	strcpy(fields + len + 513, "\r\n");
	assert_int_equal(ask(&auth_bearer, fields, NULL, &who), AUTH_WRONG);
}

static struct tls_peer
peer_of(const char *digest_of, const char *cn, const char *uri)
{
	struct tls_peer p = { .present = true, .not_after = NOW + 100 };

	secret_sha256(span_of(digest_of), p.digest);
	snprintf(p.common_name, sizeof(p.common_name), "%s", cn);
	snprintf(p.uri, sizeof(p.uri), "%s", uri);
	return p;
}

static void
no_certificate_is_nobodys(void **state)
{
	struct tls_peer absent = peer_of("known", "x", "urn:t:acme");
	struct identity who;

	(void)state;
	absent.present = false;
	assert_int_equal(ask(&auth_cert, "", NULL, &who), AUTH_NOT_MINE);
	assert_int_equal(ask(&auth_cert, "", &absent, &who), AUTH_NOT_MINE);
}

/* What the store says of a certificate goes before what the certificate says. */
static void
certificates_of_the_store(void **state)
{
	struct tls_peer known = peer_of("known", "x", "urn:t:acme");
	struct tls_peer stolen = peer_of("stolen", "x", "urn:t:acme");
	struct tls_peer orphan = peer_of("orphan", "x", "urn:t:acme");
	struct identity who;

	(void)state;
	assert_int_equal(ask(&auth_cert, "", &known, &who), AUTH_OK);
	assert_string_equal(who.tenant, "beta");
	assert_string_equal(who.key, "laptop");
	assert_int_equal(ask(&auth_cert, "", &stolen, &who), AUTH_WRONG);
	assert_int_equal(ask(&auth_cert, "", &orphan, &who), AUTH_WRONG);
	/* At each request: also in a session resumed long after the handshake. */
	known.not_after = NOW;
	assert_int_equal(ask(&auth_cert, "", &known, &who), AUTH_OK);
	known.not_after = NOW - 1;
	assert_int_equal(ask(&auth_cert, "", &known, &who), AUTH_WRONG);
	assert_string_equal(who.wrong, "certificate expired");
}

static void
certificates_by_uri(void **state)
{
	static const struct {
		const char *uri, *tenant; /* NULL: wrong */
	} cases[] = {
		{ "urn:t:acme", "acme" },
		{ "urn:t:beta/alice/laptop", "beta" },
		{ "urn:t:acme/", "acme" },
		{ "", NULL },
		{ "urn:t:", NULL },
		{ "urn:t:/acme", NULL },
		{ "urn:t:acm", NULL },
		{ "urn:t:acmeX", NULL },
		{ "urn:t:ACME", NULL },
		{ "urn:T:acme", NULL },
		{ "xurn:t:acme", NULL },
		{ "urn:t:acme?x", NULL },
		{ "urn:t:gone", NULL },
	};
	struct identity who;

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		/* The common name says nothing here. */
		struct tls_peer p = peer_of("new", "acme", cases[i].uri);

		if ((ask(&auth_cert, "", &p, &who) == AUTH_OK) != (cases[i].tenant != NULL))
			fail_msg("%s", cases[i].uri);
		if (cases[i].tenant)
			assert_string_equal(who.tenant, cases[i].tenant);
	}
}

static void
certificates_by_common_name(void **state)
{
	struct tls_peer p = peer_of("new", "beta", "urn:t:acme");
	struct identity who;

	(void)state;
	config.cert_tenant = CERT_TENANT_CN;
	assert_int_equal(ask(&auth_cert, "", &p, &who), AUTH_OK);
	assert_string_equal(who.tenant, "beta");
	assert_string_equal(who.key, "cert:beta");
	p = peer_of("new", "", "urn:t:acme");
	assert_int_equal(ask(&auth_cert, "", &p, &who), AUTH_WRONG);
	p = peer_of("new", "gone", "");
	assert_int_equal(ask(&auth_cert, "", &p, &who), AUTH_WRONG);
	config.cert_tenant = CERT_TENANT_SAN_URI;
}

/* For logs and tables: what is not plain, or too long, gives way to the digest. */
static void
keys_of_certificates_have_plain_names(void **state)
{
	static const char *const plain[] = { "alice", "a@b:c",
		"0123456789012345678901234567890123456789012345678901234567" };
	static const char *const other[] = { "", "a b", "a\nb", "caf\xc3\xa9", "\x7f",
		"01234567890123456789012345678901234567890123456789012345678" };
	struct identity who;

	(void)state;
	for (unsigned i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		struct tls_peer p = peer_of("abc", plain[i], "urn:t:acme");

		assert_int_equal(ask(&auth_cert, "", &p, &who), AUTH_OK);
		assert_memory_equal(who.key, "cert:", 5);
		assert_string_equal(who.key + 5, plain[i]);
	}
	for (unsigned i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		struct tls_peer p = peer_of("abc", other[i], "urn:t:acme");

		assert_int_equal(ask(&auth_cert, "", &p, &who), AUTH_OK);
		assert_string_equal(who.key,
			"cert:ba7816bf8f01cfea"); /* SHA-256 of "abc", as everyone knows it */
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bearer_keys),
		cmocka_unit_test(the_log_is_told_why),
		cmocka_unit_test(a_long_bearer_key_is_wrong),
		cmocka_unit_test(no_certificate_is_nobodys),
		cmocka_unit_test(certificates_of_the_store),
		cmocka_unit_test(certificates_by_uri),
		cmocka_unit_test(certificates_by_common_name),
		cmocka_unit_test(keys_of_certificates_have_plain_names),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
