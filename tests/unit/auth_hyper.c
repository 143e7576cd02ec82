/*
 * Tests of the auth scheme hyper: each of the server's rules by a request that breaks
 * that one only, signed as it must be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "auth/auth.h"
#include "base/clock.h"
#include "format/hyper.h"
#include "hyper_request.h"
#include "hyper_vectors.h"
#include "state/store_impl.h"

#define DATE "20260102T030405Z"
#define NOW 1767323045 /* the same */
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ALL "content-type;host;x-hyper-content-sha256;x-hyper-date"

/* A request, and where it differs from a good one. NULL: as in a good one. */
struct wish {
	const char *access_key, *secret, *scope, *names, *date, *digest, *scheme;
	const char *more;   /* fields, sent too */
	const char *target; /* what is sent; what is signed is /info */
	bool spoil;         /* a bit of the signature */
	int64_t now;
};

static struct config_tenant tenant;
static struct config config;
static struct store *store;

static const char *
or_else(const char *s, const char *fallback)
{
	return s ? s : fallback;
}

static void
add_hyper(struct text *out, const char *tenant_name, const char *name, const char *access_key,
	const char *secret, const char *more)
{
	text_addf(out,
		"%s{\"kind\": \"hyper\", \"tenant\": \"%s\", \"name\": \"%s\", \"created\": \"2026-01-01\"%s, "
		"\"access_key\": \"%s\", \"secret\": \"%s\"}",
		out->len ? "," : "{\"credentials\": [", tenant_name, name, more, access_key,
		secret);
}

static int
start(void **state)
{
	static char acme[] = "acme", region[] = "us-west-1";
	struct text text, errors;

	(void)state;
	tenant.name = acme;
	config = (struct config){ .tenants = &tenant, .tenant_count = 1, .hyper_region = region };
	text_init(&text, 0);
	text_init(&errors, 0);
	add_hyper(&text, "acme", "cli", "AK", "secret", "");
	add_hyper(&text, "acme", "out", "AKOUT", "secret", ", \"revoked\": \"2026-01-01\"");
	add_hyper(&text, "acme", "late", "AKLATE", "secret",
		", \"expires\": \"2026-01-02T03:04:05Z\"");
	add_hyper(&text, "gone", "gone", "AKGONE", "secret", "");
	add_hyper(&text, "acme", "first", hyper_vectors[0].access_key, hyper_vectors[0].secret, "");
	add_hyper(&text, "acme", "third", hyper_vectors[2].access_key, hyper_vectors[2].secret, "");
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

static void
make_head(struct head *h, const struct wish *w, const char *target, const char *signature)
{
	char fields[2048];

	snprintf(fields, sizeof(fields),
		"Host: gw:2376\r\nContent-Type: application/json\r\n%s%s%s%s%s%s%s"
		"Authorization: %s Credential=%s/%s, SignedHeaders=%s, Signature=%s\r\n",
		w->date && !*w->date ? "" : "X-Hyper-Date: ", or_else(w->date, DATE),
		w->date && !*w->date ? "" : "\r\n",
		w->digest && !*w->digest ? "" : "X-Hyper-Content-Sha256: ",
		or_else(w->digest, EMPTY), w->digest && !*w->digest ? "" : "\r\n",
		or_else(w->more, ""), or_else(w->scheme, HYPER_SCHEME),
		or_else(w->access_key, "AK"),
		or_else(w->scope, "20260102/us-west-1/hyper/hyper_request"), or_else(w->names, ALL),
		signature);
	head_make(h, "POST", target, fields);
}

/* Signs what there is to sign; a request without a canonical form keeps a signature of zeroes. */
static void
make_request(struct head *h, const struct wish *w)
{
	char hex[2 * SECRET_SHA256_LEN + 1] = "";
	unsigned char signature[SECRET_SHA256_LEN] = { 0 };
	struct text canonical, to_sign;
	struct hyper_auth a;

	text_hex(hex, signature, sizeof(signature));
	make_head(h, w, "/info", hex);
	text_init(&canonical, 0);
	text_init(&to_sign, 0);
	if (hyper_parse(h->request.authorization, &a) == HYPER_OK &&
		hyper_canonical(&h->request, &a, &canonical) == 0) {
		hyper_string_to_sign(&a, span_of(or_else(w->date, DATE)), text_span(&canonical),
			&to_sign);
		hyper_sign(span_of(or_else(w->secret, "secret")), &a, text_span(&to_sign),
			signature);
	}
	signature[31] ^= w->spoil;
	text_free(&canonical);
	text_free(&to_sign);
	text_hex(hex, signature, sizeof(signature));
	make_head(h, w, or_else(w->target, "/info"), hex);
}

static enum auth_answer
ask(const struct wish *w, struct identity *who)
{
	struct head h;
	struct auth_question q = { &h.request, NULL, &config, store, w->now ? w->now : NOW };

	make_request(&h, w);
	memset(who, 0, sizeof(*who));
	return auth_hyper.check(&q, who);
}

static void
a_good_request_is_taken(void **state)
{
	struct identity who;
	unsigned char empty[SECRET_SHA256_LEN];

	(void)state;
	assert_int_equal(ask(&(struct wish){ 0 }, &who), AUTH_OK);
	assert_string_equal(who.tenant, "acme");
	assert_string_equal(who.key, "cli");
	assert_true(who.body_signed);
	secret_sha256(SPAN(""), empty);
	assert_memory_equal(who.body_digest, empty, sizeof(empty));
	/* More may be signed. */
	assert_int_equal(ask(&(struct wish){ .names = ALL ";x-hyper-more",
				     .more = "X-Hyper-More: 1\r\n" },
				 &who),
		AUTH_OK);
	/* Without a body the content type need not be. */
	assert_int_equal(ask(&(struct wish){ .names = "host;x-hyper-content-sha256;x-hyper-date" },
				 &who),
		AUTH_OK);
	assert_int_equal(ask(&(struct wish){ .names = "host;x-hyper-content-sha256;x-hyper-date",
				     .more = "Content-Length: 0\r\n" },
				 &who),
		AUTH_OK);
	/* Of a body it is asked later whether it fits. */
	assert_int_equal(ask(&(struct wish){ .more = "Transfer-Encoding: chunked\r\n" }, &who),
		AUTH_OK);
}

static void
every_rule_refuses(void **state)
{
	static const struct {
		const char *rule;
		struct wish wish;
	} cases[] = {
		{ "signature", { .spoil = true } },
		{ "secret", { .secret = "Secret" } },
		{ "unknown key", { .access_key = "NOBODY" } },
		{ "nobody's secret",
			{ .access_key = "NOBODY",
				.secret = "fls_00000000000000000000000000000000"
					  "00000000000000000000000000000000" } },
		{ "another's key", { .access_key = "AKTENANTB" } },
		{ "revoked", { .access_key = "AKOUT" } },
		{ "expired", { .access_key = "AKLATE" } },
		{ "tenant gone", { .access_key = "AKGONE" } },
		{ "region", { .scope = "20260102/us-east-1/hyper/hyper_request" } },
		{ "service", { .scope = "20260102/us-west-1/s3/hyper_request" } },
		{ "terminator", { .scope = "20260102/us-west-1/hyper/aws4_request" } },
		{ "scope's date", { .scope = "20260103/us-west-1/hyper/hyper_request" } },
		{ "form of the scope", { .scope = "20260102/us-west-1/hyper" } },
		{ "no date", { .date = "", .names = "content-type;host;x-hyper-content-sha256" } },
		{ "form of the date", { .date = "2026-01-02T03:04:05Z" } },
		{ "date twice", { .more = "X-Hyper-Date: " DATE "\r\n" } },
		{ "no digest", { .digest = "", .names = "content-type;host;x-hyper-date" } },
		{ "form of the digest", { .digest = "UNSIGNED-PAYLOAD" } },
		{ "digest twice", { .more = "X-Hyper-Content-Sha256: " EMPTY "\r\n" } },
		{ "host not signed",
			{ .names = "content-type;x-hyper-content-sha256;x-hyper-date" } },
		{ "date not signed", { .names = "content-type;host;x-hyper-content-sha256" } },
		{ "digest not signed", { .names = "content-type;host;x-hyper-date" } },
		{ "content type of a body not signed",
			{ .names = "host;x-hyper-content-sha256;x-hyper-date",
				.more = "Content-Length: 5\r\n" } },
		{ "content type of a chunked body not signed",
			{ .names = "host;x-hyper-content-sha256;x-hyper-date",
				.more = "Transfer-Encoding: chunked\r\n" } },
		{ "signed field missing", { .names = ALL ";x-hyper-more" } },
		{ "signed field twice",
			{ .names = ALL ";x-hyper-more",
				.more = "X-Hyper-More: 1\r\nX-Hyper-More: 1\r\n" } },
		{ "names out of order",
			{ .names = "host;content-type;x-hyper-content-sha256;x-hyper-date" } },
		{ "another target", { .target = "/infos" } },
		{ "another query", { .target = "/info?all=1" } },
		{ "two readings of the target", { .target = "/info/" } },
		{ "escaped slash", { .target = "/info%2F" } },
	};
	struct identity who;

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (ask(&cases[i].wish, &who) != AUTH_WRONG)
			fail_msg("%s", cases[i].rule);
	}
}

static void
clocks_may_differ_by_five_minutes(void **state)
{
	struct identity who;

	(void)state;
	assert_int_equal(ask(&(struct wish){ .now = NOW + 300 }, &who), AUTH_OK);
	assert_int_equal(ask(&(struct wish){ .now = NOW + 301 }, &who), AUTH_WRONG);
	assert_int_equal(ask(&(struct wish){ .now = NOW - 300 }, &who), AUTH_OK);
	assert_int_equal(ask(&(struct wish){ .now = NOW - 301 }, &who), AUTH_WRONG);
	/* Over midnight the scope is the request's day, not the gateway's. */
	assert_int_equal(ask(&(struct wish){ .date = "20260101T235959Z",
				     .scope = "20260101/us-west-1/hyper/hyper_request",
				     .now = 1767312001 },
				 &who),
		AUTH_OK);
}

static void
others_are_not_mine(void **state)
{
	struct head h;
	struct auth_question q = { &h.request, NULL, &config, store, NOW };
	struct identity who;

	(void)state;
	head_make(&h, "GET", "/info", "Host: gw\r\n");
	assert_int_equal(auth_hyper.check(&q, &who), AUTH_NOT_MINE);
	head_make(&h, "GET", "/info", "Host: gw\r\nAuthorization: Bearer x\r\n");
	assert_int_equal(auth_hyper.check(&q, &who), AUTH_NOT_MINE);
	head_make(&h, "GET", "/info", "Host: gw\r\nAuthorization: " HYPER_SCHEME "\r\n");
	assert_int_equal(auth_hyper.check(&q, &who), AUTH_WRONG);
	head_make(&h, "OPTIONS", "*", "Host: gw\r\nAuthorization: " HYPER_SCHEME "\r\n");
	assert_int_equal(auth_hyper.check(&q, &who), AUTH_WRONG);
}

/* The public client's own requests, through all rules. */
static void
the_public_client_is_taken(void **state)
{
	static const unsigned which[] = { 0, 2 };
	char *region = config.hyper_region;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		const struct hyper_vector *v = &hyper_vectors[which[i]];
		unsigned char digest[SECRET_SHA256_LEN];
		char hex[2 * SECRET_SHA256_LEN + 1], fields[2048];
		struct head h;
		struct auth_question q = { &h.request, NULL, &config, store, NOW };
		struct identity who;

		secret_sha256(span_of(v->body), digest);
		text_hex(hex, digest, sizeof(digest));
		snprintf(fields, sizeof(fields),
			"Host: %s\r\nAuthorization: %s\r\nContent-Type: %s\r\nX-Hyper-Content-Sha256: %s\r\n"
			"X-Hyper-Date: %s\r\nContent-Length: %zu\r\n",
			v->host, v->authorization, v->content_type, hex, v->date, strlen(v->body));
		head_make(&h, v->method, v->target, fields);
		config.hyper_region = span_dup(span_of(v->region));
		assert_int_equal(auth_hyper.check(&q, &who), AUTH_OK);
		assert_memory_equal(who.body_digest, digest, sizeof(digest));
		free(config.hyper_region);
	}
	config.hyper_region = region;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_request_is_taken),
		cmocka_unit_test(every_rule_refuses),
		cmocka_unit_test(clocks_may_differ_by_five_minutes),
		cmocka_unit_test(others_are_not_mine),
		cmocka_unit_test(the_public_client_is_taken),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
