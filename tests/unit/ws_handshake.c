/*
 * The request that opens a WebSocket: what it must say, whose pages may send it, and its answer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "format/ws_handshake.h"

#define GOOD_KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define GOOD_VERSION "Sec-WebSocket-Version: 13\r\n"
#define GOOD_UPGRADE "Upgrade: websocket\r\nConnection: Upgrade\r\n"
#define GOOD GOOD_UPGRADE GOOD_VERSION GOOD_KEY

static char head[4096];

static void
parse(const char *line, const char *fields, struct http_request *q)
{
	static const struct http_limits limits = { 1024, 4096, HTTP_MAX_FIELDS };
	struct http_error err;
	size_t scanned = 0, used;

	snprintf(head, sizeof(head), "%s\r\nHost: h\r\n%s\r\n", line, fields);
	assert_int_equal(http_request_parse(span_of(head), &limits, &scanned, q, &used, &err),
		HTTP_DONE);
}

static void
expect_line(const char *line, const char *fields, unsigned status, const char *word)
{
	struct http_request q;
	const char *why = NULL;

	parse(line, fields, &q);
	assert_int_equal(ws_handshake_check(&q, &why), status);
	if (status)
		assert_non_null(strstr(why, word));
	else
		assert_null(why);
}

static void
expect(const char *fields, unsigned status, const char *word)
{
	expect_line("GET / HTTP/1.1", fields, status, word);
}

static void
test_good(void **state)
{
	(void)state;
	expect(GOOD, 0, "");
	expect("upgrade: WebSocket\r\nCONNECTION: keep-alive, upgrade\r\n" GOOD_VERSION GOOD_KEY, 0,
		"");
	expect("Upgrade: h2c, websocket\r\nConnection: keep-alive\r\nConnection: Upgrade\r\n" GOOD_VERSION
			GOOD_KEY,
		0, "");
	/* What is offered and not agreed to. */
	expect(GOOD
		"Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Protocol: a, b\r\n",
		0, "");
	expect(GOOD "Content-Length: 0\r\n", 0, "");
}

static void
test_no_websocket(void **state)
{
	(void)state;
	expect("", 426, "Upgrade: websocket");
	expect("Upgrade: tcp\r\nConnection: Upgrade\r\n", 426, "Upgrade: websocket");
	expect("Upgrade: websockets\r\nConnection: Upgrade\r\n" GOOD_VERSION GOOD_KEY, 426,
		"Upgrade");
	expect(GOOD_UPGRADE GOOD_KEY, 426, "13");
	expect(GOOD_UPGRADE GOOD_KEY "Sec-WebSocket-Version: 8\r\n", 426, "13");
	expect(GOOD_UPGRADE GOOD_KEY "Sec-WebSocket-Version: 13, 8\r\n", 426, "13");
	expect(GOOD GOOD_VERSION, 426, "13");
}

static void
test_malformed(void **state)
{
	(void)state;
	expect_line("POST / HTTP/1.1", GOOD, 400, "GET");
	expect_line("GET / HTTP/1.0", GOOD, 400, "1.1");
	expect("Upgrade: websocket\r\n" GOOD_VERSION GOOD_KEY, 400, "Connection");
	expect("Upgrade: websocket\r\nConnection: close\r\n" GOOD_VERSION GOOD_KEY, 400,
		"Connection");
	expect(GOOD "Content-Length: 1\r\n", 400, "body");
	expect(GOOD "Transfer-Encoding: chunked\r\n", 400, "body");
}

static void
test_key(void **state)
{
	static const char *const bad[] = { "", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ",
		"dGhlIHNhbXBsZSBub25jZQ===", "dGhlIHNhbXBsZSBub25jZWE=", "dGhlIHNhbXBsZSBub25jZWFh",
		"dGhlIHNhbXBsZSBub25j Q==", "dGhlIHNhbXBsZSBub25j-_==",
		"dGhl\tIHNhbXBsZSBub25jQ==" };
	char fields[512];

	(void)state;
	expect(GOOD_UPGRADE GOOD_VERSION, 400, "Key");
	expect(GOOD GOOD_KEY, 400, "Key");
	expect(GOOD_UPGRADE GOOD_VERSION "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAA+/A==\r\n", 400,
		"Key");
	expect(GOOD_UPGRADE GOOD_VERSION "Sec-WebSocket-Key:  AAAAAAAAAAAAAAAAAAAA+/== \r\n", 0,
		"");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(fields, sizeof(fields),
			GOOD_UPGRADE GOOD_VERSION "Sec-WebSocket-Key: %s\r\n", bad[i]);
		expect(fields, 400, "Key");
	}
}

static bool
origin(const char *fields, char *const *origins)
{
	struct http_request q;

	parse("GET / HTTP/1.1", fields, &q);
	return ws_origin_ok(&q, origins);
}

static void
test_origin(void **state)
{
	char one[] = "https://console.example:8443", two[] = "https://b.example", any[] = "*";
	char *const some[] = { one, two, NULL };
	char *const all[] = { any, NULL };

	(void)state;
	assert_true(origin("", NULL));
	assert_true(origin("", some));
	assert_false(origin("Origin: https://b.example\r\n", NULL));
	assert_true(origin("Origin: https://b.example\r\n", some));
	assert_true(origin("origin: HTTPS://Console.example:8443\r\n", some));
	assert_true(origin("Origin: null\r\n", all));
	assert_false(origin("Origin: null\r\n", some));
	assert_false(origin("Origin:\r\n", some));
	assert_false(origin("Origin: http://b.example\r\n", some));
	assert_false(origin("Origin: https://b.example:8443\r\n", some));
	assert_false(origin("Origin: https://b.example.evil.example\r\n", some));
	assert_false(origin("Origin: https://b.example/\r\n", some));
	/* Which of two is meant nobody can say. */
	assert_false(origin("Origin: https://b.example\r\nOrigin: https://b.example\r\n", some));
	assert_false(origin("Origin: https://b.example\r\nOrigin: x\r\n", all));
}

/* RFC 6455 1.3. */
static void
test_accept(void **state)
{
	char accept[WS_ACCEPT_SIZE];
	struct http_request q;

	(void)state;
	parse("GET / HTTP/1.1", GOOD, &q);
	ws_accept(&q, accept);
	assert_string_equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_no_websocket),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_origin),
		cmocka_unit_test(test_accept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
