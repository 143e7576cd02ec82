/*
 * Tests of format/hyper: the Authorization field, the canonical request, and the
 * signatures that the public client makes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "format/hyper.h"
#include "hyper_request.h"
#include "hyper_vectors.h"

#define SIG "7da2f0e7a757c2972b0b3ab036b8ad99dfaed34e91c6d32af98b504387e79bb6"
#define CRED "Credential=AK/20260102/us-west-1/hyper/hyper_request"
#define GOOD HYPER_SCHEME " " CRED ", SignedHeaders=host;x-hyper-date, Signature=" SIG

static void
vector_head(const struct hyper_vector *v, struct head *h)
{
	unsigned char digest[SECRET_SHA256_LEN];
	char hex[2 * SECRET_SHA256_LEN + 1], fields[2048];

	secret_sha256(span_of(v->body), digest);
	text_hex(hex, digest, sizeof(digest));
	snprintf(fields, sizeof(fields),
		"Host: %s\r\nUser-Agent: Docker-Client/1.10\r\nAuthorization: %s\r\nContent-Type: %s\r\n"
		"X-Hyper-Content-Sha256: %s\r\nX-Hyper-Date: %s\r\nContent-Length: %zu\r\n",
		v->host, v->authorization, v->content_type, hex, v->date, strlen(v->body));
	head_make(h, v->method, v->target, fields);
}

static void
signs_as_the_public_client_does(void **state)
{
	(void)state;
	for (unsigned i = 0; i < HYPER_VECTORS; i++) {
		const struct hyper_vector *v = &hyper_vectors[i];
		unsigned char signature[SECRET_SHA256_LEN];
		struct hyper_auth a;
		struct text canonical, to_sign;
		struct head h;

		vector_head(v, &h);
		assert_int_equal(hyper_parse(h.request.authorization, &a), HYPER_OK);
		assert_true(span_eq(a.access_key, span_of(v->access_key)));
		assert_true(span_eq(a.region, span_of(v->region)));
		text_init(&canonical, 0);
		text_init(&to_sign, 0);
		assert_int_equal(hyper_canonical(&h.request, &a, &canonical), 0);
		hyper_string_to_sign(&a, span_of(v->date), text_span(&canonical), &to_sign);
		hyper_sign(span_of(v->secret), &a, text_span(&to_sign), signature);
		assert_memory_equal(signature, a.signature, sizeof(signature));
		text_free(&canonical);
		text_free(&to_sign);
	}
}

static void
reads_the_field(void **state)
{
	struct hyper_auth a;

	(void)state;
	assert_int_equal(hyper_parse(SPAN(GOOD), &a), HYPER_OK);
	assert_true(span_eq(a.access_key, SPAN("AK")));
	assert_true(span_eq(a.scope, SPAN("20260102/us-west-1/hyper/hyper_request")));
	assert_true(span_eq(a.date, SPAN("20260102")));
	assert_true(span_eq(a.region, SPAN("us-west-1")));
	assert_true(span_eq(a.service, SPAN("hyper")));
	assert_true(span_eq(a.terminator, SPAN("hyper_request")));
	assert_true(span_eq(a.signed_names, SPAN("host;x-hyper-date")));
	assert_int_equal(a.signed_count, 2);
	assert_true(hyper_is_signed(&a, SPAN("host")));
	assert_true(hyper_is_signed(&a, SPAN("x-hyper-date")));
	assert_false(hyper_is_signed(&a, SPAN("x-hyper")));
	assert_false(hyper_is_signed(&a, SPAN("content-type")));
}

static void
judges_the_field(void **state)
{
	static const struct {
		const char *field;
		enum hyper_result result;
	} cases[] = {
		{ GOOD, HYPER_OK },
		/* Any order, case of the scheme, more spaces, none. */
		{ "hyper-hmac-sha256 Signature=" SIG ",SignedHeaders=host," CRED, HYPER_OK },
		{ HYPER_SCHEME "    " CRED "  ,  SignedHeaders=host,\tSignature=" SIG, HYPER_OK },
		{ "", HYPER_OTHER },
		{ "Bearer x", HYPER_OTHER },
		{ HYPER_SCHEME "2 " CRED, HYPER_OTHER },
		{ " " GOOD, HYPER_OTHER },
		{ HYPER_SCHEME, HYPER_BAD },
		{ HYPER_SCHEME " ", HYPER_BAD },
		{ GOOD ",", HYPER_BAD },
		{ GOOD ", Extra=1", HYPER_BAD },
		{ GOOD ", Signature=" SIG, HYPER_BAD },
		{ GOOD ", SignedHeaders=host", HYPER_BAD },
		{ HYPER_SCHEME " " CRED ", SignedHeaders=host", HYPER_BAD },
		{ HYPER_SCHEME " " CRED ", Signature=" SIG, HYPER_BAD },
		{ HYPER_SCHEME " SignedHeaders=host, Signature=" SIG, HYPER_BAD },
		{ HYPER_SCHEME " " CRED ", SignedHeaders=host, Signature=" SIG "0", HYPER_BAD },
		{ HYPER_SCHEME " " CRED ", SignedHeaders=host, Signature=12", HYPER_BAD },
		{ HYPER_SCHEME " " CRED ", SignedHeaders=host, Signature", HYPER_BAD },
		{ HYPER_SCHEME " " CRED ", SignedHeaders=, Signature=" SIG, HYPER_BAD },
		{ HYPER_SCHEME " " CRED ", SignedHeaders=host;, Signature=" SIG, HYPER_BAD },
		{ HYPER_SCHEME " " CRED ", SignedHeaders=host;;x-a, Signature=" SIG, HYPER_BAD },
		{ HYPER_SCHEME " " CRED ", SignedHeaders=Host, Signature=" SIG, HYPER_BAD },
		{ HYPER_SCHEME " " CRED ", SignedHeaders=host;host, Signature=" SIG, HYPER_BAD },
		{ HYPER_SCHEME " " CRED ", SignedHeaders=x-a;host, Signature=" SIG, HYPER_BAD },
		{ HYPER_SCHEME " " CRED ", SignedHeaders=a;ab;b, Signature=" SIG, HYPER_OK },
		{ HYPER_SCHEME " " CRED ", SignedHeaders=ab;a, Signature=" SIG, HYPER_BAD },
		{ HYPER_SCHEME " " CRED
			       ", SignedHeaders=a;b;c;d;e;f;g;h;i;j;k;l;m;n;o;p, Signature=" SIG,
			HYPER_OK },
		{ HYPER_SCHEME " " CRED
			       ", SignedHeaders=a;b;c;d;e;f;g;h;i;j;k;l;m;n;o;p;q, Signature=" SIG,
			HYPER_BAD },
		{ HYPER_SCHEME
			" Credential=AK/20260102/r/hyper, SignedHeaders=host, Signature=" SIG,
			HYPER_BAD },
		{ HYPER_SCHEME " " CRED "/x, SignedHeaders=host, Signature=" SIG, HYPER_BAD },
		{ HYPER_SCHEME
			" Credential=/20260102/r/hyper/hyper_request, SignedHeaders=host, Signature=" SIG,
			HYPER_BAD },
		{ HYPER_SCHEME
			" Credential=AK/2026010/r/hyper/hyper_request, SignedHeaders=host, Signature=" SIG,
			HYPER_BAD },
		{ HYPER_SCHEME
			" Credential=AK/20260102//hyper/hyper_request, SignedHeaders=host, Signature=" SIG,
			HYPER_BAD },
	};
	struct hyper_auth a;

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (hyper_parse(span_of(cases[i].field), &a) != cases[i].result)
			fail_msg("\"%s\"", cases[i].field);
	}
	assert_int_equal(hyper_parse((struct span){ 0 }, &a), HYPER_OTHER);
}

#define FIELDS "Host: gw\r\nX-Hyper-Content-Sha256: ab\r\n"

/* The first lines of the canonical request, up to the fields; NULL: there is none. */
static void
expect_target(const char *target, const char *expected)
{
	struct hyper_auth a;
	struct text out;
	struct head h;
	const char *fields;

	head_make(&h, "GET", target, FIELDS);
	assert_int_equal(hyper_parse(SPAN(HYPER_SCHEME " " CRED
						       ", SignedHeaders=host, Signature=" SIG),
				 &a),
		HYPER_OK);
	text_init(&out, 0);
	assert_int_equal(hyper_canonical(&h.request, &a, &out), expected ? 0 : -1);
	if (expected) {
		fields = strstr(out.p, "\nhost:");
		assert_non_null(fields);
		out.p[fields - out.p] = '\0';
		assert_string_equal(out.p, expected);
	}
	text_free(&out);
}

static void
targets_have_one_text(void **state)
{
	(void)state;
	expect_target("/", "GET\n\n");
	expect_target("/_ping", "GET\n_ping\n");
	expect_target("/v1.23/exec/ab/start", "GET\nv1.23/exec/ab/start\n");
	expect_target("/v1.23", "GET\nv1.23\n");
	expect_target("/images/a%3Ab%7e~c:d@e", "GET\nimages/a%3Ab~~c%3Ad%40e\n");
	expect_target("/a?b=1&a=2&a=1&c", "GET\na\na=2&a=1&b=1&c=");
	expect_target("/a?x=+%20%2B&&y={\"q\"}", "GET\na\nx=%20%20%2B&y=%7B%22q%22%7D");
	expect_target("/a?%61=1&b=%e4", "GET\na\na=1&b=%E4");
	expect_target("/a?ab=1&a=2&b=3", "GET\na\na=2&ab=1&b=3");
	/* These would sign like others. */
	expect_target("/a//b", NULL);
	expect_target("/a/", NULL);
	expect_target("/a%2Fb", NULL);
	expect_target("/a%2fb", NULL);
	expect_target("/a/../b", NULL);
	expect_target("/a%", NULL);
	expect_target("/a?b;c", NULL);
	expect_target("/a?b=%zz", NULL);
}

static void
fields_have_one_text(void **state)
{
	static const struct {
		const char *fields, *names, *expected; /* NULL: none */
	} cases[] = {
		{ FIELDS, "host", "GET\na\n\nhost:gw\n\nhost\nab" },
		{ "hOST: gw:443\r\nX-Hyper-Content-Sha256: ab\r\n", "host",
			"GET\na\n\nhost:gw\n\nhost\nab" },
		{ "Host: gw:80\r\nX-Hyper-Content-Sha256: ab\r\n", "host",
			"GET\na\n\nhost:gw\n\nhost\nab" },
		{ "Host: gw:8443\r\nX-Hyper-Content-Sha256: ab\r\n", "host",
			"GET\na\n\nhost:gw:8443\n\nhost\nab" },
		{ "Host: [::1]:443\r\nX-Hyper-Content-Sha256: ab\r\n", "host",
			"GET\na\n\nhost:[::1]\n\nhost\nab" },
		{ FIELDS "X-Hyper-A: \t one  two \r\n", "host;x-hyper-a",
			"GET\na\n\nhost:gw\nx-hyper-a:one  two\n\nhost;x-hyper-a\nab" },
		{ FIELDS "X-Hyper-A:\r\n", "host;x-hyper-a",
			"GET\na\n\nhost:gw\nx-hyper-a:\n\nhost;x-hyper-a\nab" },
		{ FIELDS, "host;x-hyper-a", NULL },
		{ FIELDS "X-Hyper-A: 1\r\nx-hyper-a: 2\r\n", "host;x-hyper-a", NULL },
		{ FIELDS "x-hyper-content-sha256: cd\r\n", "host", NULL },
		{ "Host: gw\r\n", "host", NULL },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char field[512];
		struct hyper_auth a;
		struct text out;
		struct head h;

		snprintf(field, sizeof(field),
			HYPER_SCHEME " " CRED ", SignedHeaders=%s, Signature=" SIG, cases[i].names);
		assert_int_equal(hyper_parse(span_of(field), &a), HYPER_OK);
		head_make(&h, "GET", "/a", cases[i].fields);
		text_init(&out, 0);
		assert_int_equal(hyper_canonical(&h.request, &a, &out), cases[i].expected ? 0 : -1);
		if (cases[i].expected)
			assert_string_equal(out.p, cases[i].expected);
		text_free(&out);
	}
}

/* Longer than the store takes: cut, without reading or writing beyond. */
static void
a_secret_of_any_length_is_safe(void **state)
{
	static char secret[5000];
	unsigned char cut[SECRET_SHA256_LEN], whole[SECRET_SHA256_LEN];
	struct hyper_auth a;

	(void)state;
	memset(secret, 'x', sizeof(secret));
	assert_int_equal(hyper_parse(SPAN(GOOD), &a), HYPER_OK);
	hyper_sign((struct span){ secret, 1024 }, &a, SPAN("s"), cut);
	hyper_sign((struct span){ secret, sizeof(secret) }, &a, SPAN("s"), whole);
	assert_memory_equal(cut, whole, sizeof(cut));
	hyper_sign((struct span){ secret, 1023 }, &a, SPAN("s"), whole);
	assert_memory_not_equal(cut, whole, sizeof(cut));
	hyper_sign(SPAN(""), &a, SPAN("s"), whole);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signs_as_the_public_client_does),
		cmocka_unit_test(reads_the_field),
		cmocka_unit_test(judges_the_field),
		cmocka_unit_test(targets_have_one_text),
		cmocka_unit_test(fields_have_one_text),
		cmocka_unit_test(a_secret_of_any_length_is_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
