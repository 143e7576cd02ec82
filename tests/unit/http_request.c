/*
 * Request heads: what is taken and what is refused, whole and byte by byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/http.h"

static const struct http_limits limits = { .line = 256, .head = 1024, .fields = 8 };

#define H "Host: docker\r\n"

/* Each view is a block of its own, so that ASan sees a look behind its end. */
static enum http_result
parse_copy(struct span in, size_t *scanned, struct http_request *r, size_t *used,
	struct http_error *err)
{
	char *copy = malloc(in.len ? in.len : 1);
	enum http_result result;

	memcpy(copy, in.p, in.len);
	result = http_request_parse((struct span){ copy, in.len }, &limits, scanned, r, used, err);
	free(copy);
	return result;
}

/* Feeds it whole and byte by byte; both must tell the same. What it gives points into `in`. */
static enum http_result
parse(struct span in, struct http_request *r, struct http_error *err)
{
	struct http_error split_err = { 0, NULL };
	size_t scanned = 0, used = 0, split_used = 0;
	enum http_result whole, split = HTTP_MORE;

	*err = (struct http_error){ 0, NULL };
	for (size_t n = 0; n <= in.len && split == HTTP_MORE; n++) {
		split = parse_copy((struct span){ in.p, n }, &scanned, r, &split_used, &split_err);
		assert_true(scanned <= n);
	}
	scanned = 0;
	whole = http_request_parse(in, &limits, &scanned, r, &used, err);
	assert_int_equal(whole, split);
	assert_int_equal(used, split_used);
	assert_int_equal(err->status, split_err.status);
	assert_ptr_equal(err->message, split_err.message);
	return whole;
}

static void
takes(struct span in, struct http_request *r)
{
	struct http_error err;

	if (parse(in, r, &err) != HTTP_DONE)
		fail_msg("%.*s: %u %s", SPAN_ARG(in), err.status,
			err.message ? err.message : "more");
}

static void
refuses(struct span in, unsigned status, const char *message)
{
	struct http_request r;
	struct http_error err;

	if (parse(in, &r, &err) != HTTP_BAD)
		fail_msg("%.*s: is not refused", SPAN_ARG(in));
	if (err.status != status || !strstr(err.message, message))
		fail_msg("%.*s: %u %s", SPAN_ARG(in), err.status, err.message);
}

#define REFUSES(text, status, message) refuses(SPAN(text), status, message)

static void
assert_span(struct span s, const char *expected)
{
	assert_non_null(s.p);
	assert_true(span_eq(s, span_of(expected)));
}

static void
a_whole_request(void **state)
{
	static const char text[] = "POST /v1.41/exec/4f2a/start?x=%20 HTTP/1.1\r\n"
				   "Host: docker\r\n"
				   "User-Agent:Docker-Client/28.2 (linux)\r\n"
				   "CONTENT-TYPE: \t application/json \r\n"
				   "Content-Length: 30\r\n"
				   "Authorization: Bearer \xc3\xa9\r\n"
				   "Connection: Upgrade\r\n"
				   "X-Empty:\r\n"
				   "Upgrade: tcp\r\n"
				   "\r\n";
	struct http_request r;
	struct span value;

	(void)state;
	takes(SPAN(text), &r);
	assert_int_equal(r.method, HTTP_POST);
	assert_span(r.method_text, "POST");
	assert_span(r.target, "/v1.41/exec/4f2a/start?x=%20");
	assert_int_equal(r.minor, 1);
	assert_int_equal(r.fields.count, 8);
	assert_span(r.host, "docker");
	assert_span(r.content_type, "application/json");
	assert_span(r.authorization, "Bearer \xc3\xa9");
	assert_span(r.upgrade, "tcp");
	assert_int_equal(r.framing, HTTP_BODY_LENGTH);
	assert_int_equal(r.length, 30);
	assert_true(r.keep_alive);
	assert_false(r.expect_continue);
	assert_true(http_field(&r.fields, SPAN("x-empty"), &value));
	assert_span(value, "");
	assert_true(http_field(&r.fields, SPAN("user-agent"), &value));
	assert_span(value, "Docker-Client/28.2 (linux)");
	assert_false(http_field(&r.fields, SPAN("user"), &value));
}

static void
what_follows_is_left_alone(void **state)
{
	struct http_request r;
	struct http_error err;
	size_t scanned = 0, used = 0;
	struct span in = SPAN("\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n\nGET /evil HTTP/9\n\n");

	(void)state;
	assert_int_equal(http_request_parse(in, &limits, &scanned, &r, &used, &err), HTTP_DONE);
	assert_int_equal(used, strlen("\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n"));
	assert_span(r.target, "/");
	assert_null(r.content_type.p);
	assert_null(r.authorization.p);
	assert_null(r.upgrade.p);
	assert_int_equal(r.framing, HTTP_BODY_NONE);
	REFUSES("\r\n\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n", 400, "empty lines");
}

static void
an_unfinished_head_waits(void **state)
{
	struct http_request r;
	struct http_error err;

	(void)state;
	assert_int_equal(parse(SPAN(""), &r, &err), HTTP_MORE);
	assert_int_equal(parse(SPAN("\r\n\r\n"), &r, &err), HTTP_MORE);
	assert_int_equal(parse(SPAN("GET / HTTP/1.1\r\n" H "\r"), &r, &err), HTTP_MORE);
	assert_int_equal(parse(SPAN("GET / HTTP/1.1\r\n" H), &r, &err), HTTP_MORE);
}

static void
request_lines_that_are_refused(void **state)
{
	(void)state;
	REFUSES("GET / HTTP/1.1\n" H "\r\n", 400, "CRLF");
	REFUSES("\nGET / HTTP/1.1\r\n" H "\r\n", 400, "CRLF");
	REFUSES("GET  / HTTP/1.1\r\n" H "\r\n", 400, "METHOD TARGET VERSION");
	REFUSES("GET /  HTTP/1.1\r\n" H "\r\n", 400, "HTTP version");
	REFUSES("GET /a b HTTP/1.1\r\n" H "\r\n", 400, "HTTP version");
	REFUSES("GET\t/ HTTP/1.1\r\n" H "\r\n", 400, "method");
	REFUSES(" GET / HTTP/1.1\r\n" H "\r\n", 400, "method");
	REFUSES("G(T / HTTP/1.1\r\n" H "\r\n", 400, "method");
	REFUSES("GET /\r\n\r\n", 400, "METHOD TARGET VERSION");
	REFUSES("GET /\xc3\xa9 HTTP/1.1\r\n" H "\r\n", 400, "METHOD TARGET VERSION");
	REFUSES("GET /\0 HTTP/1.1\r\n" H "\r\n", 400, "METHOD TARGET VERSION");
	REFUSES("GET / HTTP/1.1 \r\n" H "\r\n", 400, "goes on");
	REFUSES("GET / HTTP/1.1\r\r\n" H "\r\n", 400, "goes on");
	REFUSES("GET / http/1.1\r\n" H "\r\n", 400, "HTTP version");
	REFUSES("GET / HTTP/1\r\n" H "\r\n", 400, "HTTP version");
	REFUSES("GET / HTTP/1.x\r\n" H "\r\n", 400, "HTTP version");
	REFUSES("GET / HTTP/1.2\r\n" H "\r\n", 505, "HTTP/1.1");
	REFUSES("PRI * HTTP/2.0\r\n\r\n", 505, "HTTP/1.1");
	REFUSES("GET http://docker/info HTTP/1.1\r\n" H "\r\n", 400, "must be a path");
	REFUSES("CONNECT docker:80 HTTP/1.1\r\n" H "\r\n", 400, "must be a path");
	REFUSES("GET * HTTP/1.1\r\n" H "\r\n", 400, "must be a path");
	REFUSES("\x16\x03\x01\x02\n", 400, "CRLF");
}

static void
fields_that_are_refused(void **state)
{
	(void)state;
	REFUSES("GET / HTTP/1.1\r\n" H "A: b\r\n c\r\n\r\n", 400, "folded");
	REFUSES("GET / HTTP/1.1\r\n \r\n" H "\r\n", 400, "folded");
	REFUSES("GET / HTTP/1.1\r\n" H "A : b\r\n\r\n", 400, "before the colon");
	REFUSES("GET / HTTP/1.1\r\n" H "A\t: b\r\n\r\n", 400, "before the colon");
	REFUSES("GET / HTTP/1.1\r\n" H "A\r\n\r\n", 400, "no valid name");
	REFUSES("GET / HTTP/1.1\r\n" H ": b\r\n\r\n", 400, "no valid name");
	REFUSES("GET / HTTP/1.1\r\n" H "A\xc3\xa9: b\r\n\r\n", 400, "no valid name");
	REFUSES("GET / HTTP/1.1\r\n" H "A(: b\r\n\r\n", 400, "no valid name");
	REFUSES("GET / HTTP/1.1\r\n" H "A: b\0c\r\n\r\n", 400, "control byte");
	REFUSES("GET / HTTP/1.1\r\n" H "A\0: b\r\n\r\n", 400, "no valid name");
	REFUSES("GET / HTTP/1.1\r\n" H "A: b\rc\r\n\r\n", 400, "control byte");
	REFUSES("GET / HTTP/1.1\r\n" H "A: b\x7f\r\n\r\n", 400, "control byte");
	REFUSES("GET / HTTP/1.1\r\n" H "A: b\r\r\n\r\n", 400, "control byte");
	REFUSES("GET / HTTP/1.1\r\n" H "A: b\nB: c\r\n\r\n", 400, "CRLF");
	REFUSES("GET / HTTP/1.1\r\n" H "A: b\r\n\n", 400, "CRLF");
}

/* RFC 9110 5.5, for each byte at each place of a value that is longer than a machine word. */
static void
every_byte_in_a_value(void **state)
{
	static const char form[] = "GET / HTTP/1.1\r\n" H "X:................\r\n\r\n";
	char text[sizeof(form)];
	struct http_limits wide = { 256, 1024, 8 };
	char *at = strstr(strcpy(text, form), "....");

	(void)state;
	for (int place = 0; place < 16; place++) {
		for (int byte = 0; byte < 256; byte++) {
			bool ok = byte == '\t' || (byte >= ' ' && byte != 0x7f);
			struct http_request r;
			struct http_error err;
			size_t scanned = 0, used = 0;

			strcpy(text, form);
			at[place] = (char)byte;
			if ((http_request_parse((struct span){ text, sizeof(form) - 1 }, &wide,
				     &scanned, &r, &used, &err) == HTTP_DONE) != ok)
				fail_msg("byte %d at %d", byte, place);
		}
	}
}

static void
hosts(void **state)
{
	static const char *const good[] = { "docker", "127.0.0.1:2376", "[::1]:2376", "a-b.example",
		"%2Fvar%2Frun%2Fdocker.sock", "" };
	struct http_request r;
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nhOST:%s\r\n\r\n", good[i]);
		takes(span_of(text), &r);
		assert_span(r.host, good[i]);
	}
	takes(SPAN("GET / HTTP/1.0\r\n\r\n"), &r);
	assert_null(r.host.p);
	REFUSES("GET / HTTP/1.1\r\n\r\n", 400, "Host is missing");
	REFUSES("GET / HTTP/1.1\r\n" H H "\r\n", 400, "Host is there twice");
	REFUSES("GET / HTTP/1.1\r\n" H "host: docker\r\n\r\n", 400, "Host is there twice");
	REFUSES("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400, "Host is not");
	REFUSES("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "Host is not");
	REFUSES("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "Host is not");
	REFUSES("GET / HTTP/1.1\r\nHost: a\\b\r\n\r\n", 400, "Host is not");
}

static void
what_may_come_once(void **state)
{
	(void)state;
	REFUSES("GET / HTTP/1.1\r\n" H "Content-Type: a/b\r\ncontent-type: a/b\r\n\r\n", 400,
		"twice");
	REFUSES("GET / HTTP/1.1\r\n" H "Authorization: a\r\nauthorization: b\r\n\r\n", 400,
		"twice");
	REFUSES("GET / HTTP/1.1\r\n" H "Upgrade: tcp\r\nUpgrade: h2c\r\n\r\n", 400, "twice");
	REFUSES("GET / HTTP/1.1\r\n" H "Trailer: x\r\n\r\n", 400, "trailer");
}

#define POST "POST / HTTP/1.1\r\n" H

static void
framings(void **state)
{
	struct http_request r;

	(void)state;
	takes(SPAN(POST "Transfer-Encoding: Chunked\r\n\r\n"), &r);
	assert_int_equal(r.framing, HTTP_BODY_CHUNKED);
	takes(SPAN(POST "Content-Length: 0\r\n\r\n"), &r);
	assert_int_equal(r.framing, HTTP_BODY_LENGTH);
	assert_int_equal(r.length, 0);
	takes(SPAN("GET / HTTP/1.1\r\n" H "Content-Length: 9999999999999999999\r\n\r\n"), &r);
	assert_true(r.length == 9999999999999999999ULL);
	REFUSES(POST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "both");
	REFUSES(POST "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 400, "both");
	REFUSES(POST "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", 400,
		"Content-Length is there");
	REFUSES(POST "Content-Length: 1, 1\r\n\r\n", 400, "not a number");
	REFUSES(POST "Content-Length: +1\r\n\r\n", 400, "not a number");
	REFUSES(POST "Content-Length: -1\r\n\r\n", 400, "not a number");
	REFUSES(POST "Content-Length: 0x1\r\n\r\n", 400, "not a number");
	REFUSES(POST "Content-Length:\r\n\r\n", 400, "not a number");
	REFUSES(POST "Content-Length: 1 1\r\n\r\n", 400, "not a number");
	REFUSES(POST "Content-Length: 18446744073709551616\r\n\r\n", 400, "not a number");
	REFUSES(POST "Transfer-Encoding: gzip, chunked\r\n\r\n", 501, "chunked");
	REFUSES(POST "Transfer-Encoding: chunked, chunked\r\n\r\n", 501, "chunked");
	REFUSES(POST "Transfer-Encoding: chunked;x=1\r\n\r\n", 501, "chunked");
	REFUSES(POST "Transfer-Encoding: identity\r\n\r\n", 501, "chunked");
	REFUSES(POST "Transfer-Encoding:\r\n\r\n", 501, "chunked");
	REFUSES(POST "Transfer-Encoding: \"chunked\"\r\n\r\n", 501, "chunked");
	REFUSES(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400,
		"Transfer-Encoding is there twice");
	REFUSES("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "HTTP/1.0");
}

static void
expectations(void **state)
{
	struct http_request r;

	(void)state;
	takes(SPAN(POST "Content-Length: 5\r\nExpect: 100-Continue\r\n\r\n"), &r);
	assert_true(r.expect_continue);
	takes(SPAN(POST "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"), &r);
	assert_true(r.expect_continue);
	takes(SPAN(POST "Content-Length: 0\r\nExpect: 100-continue\r\n\r\n"), &r);
	assert_false(r.expect_continue);
	takes(SPAN(POST "Expect: 100-continue\r\n\r\n"), &r);
	assert_false(r.expect_continue);
	takes(SPAN("POST / HTTP/1.0\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"), &r);
	assert_false(r.expect_continue);
	REFUSES(POST "Expect: 200-ok\r\n\r\n", 417, "expectation");
	REFUSES(POST "Expect:\r\n\r\n", 417, "expectation");
	REFUSES(POST "Expect: 100-continue\r\nExpect: 100-continue\r\n\r\n", 417, "expectation");
}

static void
keeping_the_connection(void **state)
{
	struct http_request r;

	(void)state;
	takes(SPAN(POST "Connection: close\r\n\r\n"), &r);
	assert_false(r.keep_alive);
	takes(SPAN(POST "Connection: Upgrade, CLOSE\r\n\r\n"), &r);
	assert_false(r.keep_alive);
	takes(SPAN(POST "Connection: x\r\nConnection: ,close ,\r\n\r\n"), &r);
	assert_false(r.keep_alive);
	takes(SPAN(POST "Connection: closed\r\n\r\n"), &r);
	assert_true(r.keep_alive);
	takes(SPAN("GET / HTTP/1.0\r\n\r\n"), &r);
	assert_false(r.keep_alive);
	takes(SPAN("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), &r);
	assert_true(r.keep_alive);
	takes(SPAN("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n"), &r);
	assert_false(r.keep_alive);
}

static void
methods(void **state)
{
	static const enum http_method all[] = { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT,
		HTTP_DELETE, HTTP_OPTIONS, HTTP_PATCH };
	struct http_request r;
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		snprintf(text, sizeof(text), "%s / HTTP/1.1\r\n" H "\r\n",
			http_method_name(all[i]));
		takes(span_of(text), &r);
		assert_int_equal(r.method, all[i]);
	}
	takes(SPAN("get / HTTP/1.1\r\n" H "\r\n"), &r);
	assert_int_equal(r.method, HTTP_OTHER);
	assert_span(r.method_text, "get");
	takes(SPAN("OPTIONS * HTTP/1.1\r\n" H "\r\n"), &r);
	assert_span(r.target, "*");
}

/* A head of `line` bytes in its first line, `total` in all. */
static struct span
head_of(size_t line, size_t total, char *text)
{
	size_t n;

	memset(text, 'a', 4096);
	memcpy(text, "GET /", 5);
	memcpy(text + line - 9, " HTTP/1.1\r\n" H "X: ", 11 + 14 + 3);
	n = line - 9 + 11 + 14 + 3;
	if (total < n + 4)
		total = n + 4;
	memcpy(text + total - 4, "\r\n\r\n", 4);
	return (struct span){ text, total };
}

static void
sizes_have_limits(void **state)
{
	char text[4096];
	struct http_request r;
	struct http_error err;

	(void)state;
	takes(head_of(256, 0, text), &r);
	refuses(head_of(257, 0, text), 414, "too long");
	takes(head_of(100, 1024, text), &r);
	refuses(head_of(100, 1025, text), 431, "the head is too long");
	/* Refused as soon as it is clear, not when the end comes. */
	memset(text, 'a', sizeof(text));
	assert_int_equal(parse((struct span){ text, 257 }, &r, &err), HTTP_MORE);
	refuses((struct span){ text, 258 }, 414, "too long");
	head_of(100, 2000, text);
	assert_int_equal(parse((struct span){ text, 1023 }, &r, &err), HTTP_MORE);
	refuses((struct span){ text, 1024 }, 431, "the head is too long");
	takes(SPAN("GET / HTTP/1.1\r\n" H "a:\r\nb:\r\nc:\r\nd:\r\ne:\r\nf:\r\ng:\r\n\r\n"), &r);
	assert_int_equal(r.fields.count, 8);
	REFUSES("GET / HTTP/1.1\r\n" H "a:\r\nb:\r\nc:\r\nd:\r\ne:\r\nf:\r\ng:\r\nh:\r\n\r\n", 431,
		"too many fields");
}

static void
lists_and_counts(void **state)
{
	struct http_request r;

	(void)state;
	takes(SPAN(POST "A: x, y\r\na: z\t,\"q\"\r\n\r\n"), &r);
	assert_int_equal(http_field_count(&r.fields, SPAN("A")), 2);
	assert_int_equal(http_field_count(&r.fields, SPAN("B")), 0);
	assert_true(http_field_has_token(&r.fields, SPAN("a"), SPAN("Y")));
	assert_true(http_field_has_token(&r.fields, SPAN("a"), SPAN("z")));
	assert_false(http_field_has_token(&r.fields, SPAN("a"), SPAN("x, y")));
	assert_false(http_field_has_token(&r.fields, SPAN("a"), SPAN("q")));
}

static void
media_types(void **state)
{
	static const struct span json = { "application/json", 16 };

	(void)state;
	assert_true(http_media_type_is(json, json));
	assert_true(http_media_type_is(SPAN("Application/JSON; charset=utf-8"), json));
	assert_true(http_media_type_is(SPAN("application/json;charset=\"u \\\" x\" ; a=b;"), json));
	assert_true(http_media_type_is(SPAN("application/json "), json));
	assert_false(http_media_type_is(SPAN("application/json-seq"), json));
	assert_false(http_media_type_is(SPAN("application/jso"), json));
	assert_false(http_media_type_is(SPAN("application/json, a/b"), json));
	assert_false(http_media_type_is(SPAN("application/json; charset"), json));
	assert_false(http_media_type_is(SPAN("application/json; charset="), json));
	assert_false(http_media_type_is(SPAN("application/json; charset=\"x"), json));
	assert_false(http_media_type_is(SPAN("application/json; charset=\"x\\"), json));
	assert_false(http_media_type_is(SPAN("application/json; =x"), json));
	assert_false(http_media_type_is(SPAN("application/json; a=b c"), json));
	assert_false(http_media_type_is(SPAN(""), json));
	assert_false(http_media_type_is((struct span){ NULL, 0 }, json));
}

static void
names(void **state)
{
	(void)state;
	assert_string_equal(http_reason(200), "OK");
	assert_string_equal(http_reason(431), "Request Header Fields Too Large");
	assert_string_equal(http_reason(299), "Unknown");
	assert_string_equal(http_method_name(HTTP_OTHER), "OTHER");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_request),
		cmocka_unit_test(what_follows_is_left_alone),
		cmocka_unit_test(an_unfinished_head_waits),
		cmocka_unit_test(request_lines_that_are_refused),
		cmocka_unit_test(fields_that_are_refused),
		cmocka_unit_test(every_byte_in_a_value),
		cmocka_unit_test(hosts),
		cmocka_unit_test(what_may_come_once),
		cmocka_unit_test(framings),
		cmocka_unit_test(expectations),
		cmocka_unit_test(keeping_the_connection),
		cmocka_unit_test(methods),
		cmocka_unit_test(sizes_have_limits),
		cmocka_unit_test(lists_and_counts),
		cmocka_unit_test(media_types),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
