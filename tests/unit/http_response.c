/*
 * Response heads of an engine, whole and byte by byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/http.h"

static const struct http_limits limits = { .line = 256, .head = 1024, .fields = 8 };

static enum http_result
parse(struct span in, enum http_method method, struct http_response *r, struct http_error *err)
{
	size_t scanned = 0, used = 0, split_used = 0;
	enum http_result whole, split = HTTP_MORE;
	char *copy = malloc(in.len + 1);

	/* What arrived so far stands right before the end of the block. */
	for (size_t n = 0; n <= in.len && split == HTTP_MORE; n++) {
		char *p = copy + in.len + 1 - n;

		memcpy(p, in.p, n);
		split = http_response_parse((struct span){ p, n }, &limits, &scanned, method, r,
			&split_used, err);
	}
	free(copy);
	scanned = 0;
	whole = http_response_parse(in, &limits, &scanned, method, r, &used, err);
	assert_int_equal(whole, split);
	assert_int_equal(used, split_used);
	return whole;
}

static void
takes(struct span in, enum http_method method, unsigned status, enum http_framing framing,
	bool keep_alive)
{
	struct http_response r;
	struct http_error err = { 0, "unfinished" };

	if (parse(in, method, &r, &err) != HTTP_DONE)
		fail_msg("%.*s: %s", SPAN_ARG(in), err.message);
	if (r.status != status || r.framing != framing || r.keep_alive != keep_alive)
		fail_msg("%.*s: %u %d %d", SPAN_ARG(in), r.status, (int)r.framing, r.keep_alive);
}

static void
refuses(struct span in, const char *message)
{
	struct http_response r;
	struct http_error err;

	if (parse(in, HTTP_GET, &r, &err) != HTTP_BAD)
		fail_msg("%.*s: is not refused", SPAN_ARG(in));
	assert_int_equal(err.status, 502);
	if (!strstr(err.message, message))
		fail_msg("%.*s: %s", SPAN_ARG(in), err.message);
}

static void
framings(void **state)
{
	(void)state;
	takes(SPAN("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"), HTTP_GET, 200, HTTP_BODY_LENGTH,
		true);
	takes(SPAN("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x\r\n\r\n"), HTTP_GET,
		200, HTTP_BODY_CHUNKED, true);
	takes(SPAN("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n"),
		HTTP_POST, 200, HTTP_BODY_TO_EOF, false);
	takes(SPAN("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"), HTTP_GET,
		200, HTTP_BODY_LENGTH, false);
	takes(SPAN("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"), HTTP_GET, 200, HTTP_BODY_LENGTH,
		false);
	takes(SPAN("HTTP/1.0 404 \r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\n"),
		HTTP_GET, 404, HTTP_BODY_LENGTH, true);
}

static void
answers_without_a_body(void **state)
{
	(void)state;
	takes(SPAN("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"), HTTP_HEAD, 200, HTTP_BODY_NONE,
		true);
	takes(SPAN("HTTP/1.1 200 OK\r\n\r\n"), HTTP_HEAD, 200, HTTP_BODY_NONE, true);
	takes(SPAN("HTTP/1.1 204 No Content\r\n\r\n"), HTTP_POST, 204, HTTP_BODY_NONE, true);
	takes(SPAN("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n"), HTTP_GET, 304,
		HTTP_BODY_NONE, true);
	takes(SPAN("HTTP/1.1 100 Continue\r\n\r\n"), HTTP_POST, 100, HTTP_BODY_NONE, true);
	takes(SPAN("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"), HTTP_POST, 103, HTTP_BODY_NONE,
		true);
}

static void
an_upgrade(void **state)
{
	static const char text[] = "HTTP/1.1 101 UPGRADED\r\nContent-Type: "
				   "application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\n"
				   "Upgrade: tcp\r\n\r\n\x01\n\n\x02";
	struct http_response r;
	struct http_error err;
	size_t scanned = 0, used = 0;
	struct span in = { text, sizeof(text) - 1 };

	(void)state;
	takes(in, HTTP_POST, 101, HTTP_BODY_NONE, true);
	assert_int_equal(http_response_parse(in, &limits, &scanned, HTTP_POST, &r, &used, &err),
		HTTP_DONE);
	assert_int_equal(in.len - used, 4);
	assert_true(span_eq(r.reason, SPAN("UPGRADED")));
	assert_true(span_eq(r.content_type, SPAN("application/vnd.docker.raw-stream")));
	assert_int_equal(r.fields.count, 3);
}

static void
reasons_may_lack(void **state)
{
	(void)state;
	takes(SPAN("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"), HTTP_GET, 200, HTTP_BODY_LENGTH,
		true);
	takes(SPAN("HTTP/1.1 200\r\n\r\n"), HTTP_HEAD, 200, HTTP_BODY_NONE, true);
	takes(SPAN("HTTP/1.1 500 caf\xc3\xa9 \t\r\nContent-Length: 0\r\n\r\n"), HTTP_GET, 500,
		HTTP_BODY_LENGTH, true);
}

static void
heads_that_are_refused(void **state)
{
	(void)state;
	refuses(SPAN("\r\nHTTP/1.1 200 OK\r\n\r\n"), "HTTP version");
	refuses(SPAN("\r\n\r\n"), "HTTP version");
	refuses(SPAN("HTTP/2.0 200 OK\r\n\r\n"), "HTTP/1.1");
	refuses(SPAN("ICY 200 OK\r\n\r\n"), "HTTP version");
	refuses(SPAN("HTTP/1.1\r\n\r\n"), "status line");
	refuses(SPAN("HTTP/1.1 \r\n\r\n"), "status line");
	refuses(SPAN("HTTP/1.1 20\r\n\r\n"), "status line");
	refuses(SPAN("HTTP/1.1 099 OK\r\n\r\n"), "status line");
	refuses(SPAN("HTTP/1.1 600 OK\r\n\r\n"), "status line");
	refuses(SPAN("HTTP/1.1 2000 OK\r\n\r\n"), "status line");
	refuses(SPAN("HTTP/1.1  200 OK\r\n\r\n"), "status line");
	refuses(SPAN("HTTP/1.1 200 O\0K\r\n\r\n"), "control byte");
	refuses(SPAN("HTTP/1.1 200 OK\n\n"), "CRLF");
	refuses(SPAN("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n"), "folded");
	refuses(SPAN("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
		"both");
	refuses(SPAN("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n"), "twice");
	refuses(SPAN("HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n"), "not a number");
	refuses(SPAN("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"), "chunked");
	refuses(SPAN("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), "HTTP/1.0");
	refuses(SPAN("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Type: a/b\r\n\r\n"),
		"Content-Type");
	refuses(SPAN("HTTP/1.1 200 "
		     "OK\r\na:\r\nb:\r\nc:\r\nd:\r\ne:\r\nf:\r\ng:\r\nh:\r\ni:\r\n\r\n"),
		"too many");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(framings),
		cmocka_unit_test(answers_without_a_body),
		cmocka_unit_test(an_upgrade),
		cmocka_unit_test(reasons_may_lack),
		cmocka_unit_test(heads_that_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
