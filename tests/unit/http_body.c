/*
 * Bodies by their framing, whole, byte by byte and split in two at every place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "format/http_body.h"

struct outcome {
	enum http_result result;
	size_t used;
	struct text payload;
};

static void
init(struct http_body *b, bool lenient, enum http_framing framing, uint64_t length)
{
	if (lenient)
		http_body_init_lenient(b, framing, length);
	else
		http_body_init(b, framing, length);
}

/* Feeds `in` until it is used up or the body is over. */
static void
feed(struct http_body *b, struct span in, struct outcome *o)
{
	do {
		struct span payload;
		size_t used;

		o->result = http_body_next(b, in, &used, &payload);
		assert_true(used <= in.len);
		assert_true(payload.len <= used);
		assert_true(o->result != HTTP_MORE || used > 0 || in.len == 0);
		text_add_span(&o->payload, payload);
		o->used += used;
		in.p += used;
		in.len -= used;
	} while (o->result == HTTP_MORE && in.len > 0);
}

static void
read_in_parts(bool lenient, enum http_framing framing, uint64_t length, struct span in,
	size_t first, size_t step, struct outcome *o)
{
	struct http_body b;
	size_t at = 0, n = first;

	*o = (struct outcome){ .result = HTTP_MORE };
	text_init(&o->payload, 0);
	init(&b, lenient, framing, length);
	do {
		if (n > in.len - at)
			n = in.len - at;
		feed(&b, (struct span){ in.p + at, n }, o);
		at += n;
		n = step;
	} while (o->result == HTTP_MORE && at < in.len);
	assert_int_equal(http_body_may_end(&b),
		o->result == HTTP_DONE || framing == HTTP_BODY_TO_EOF);
	text_add_str(&o->payload, "");
}

static void
reads_as(bool lenient, enum http_framing framing, uint64_t length, struct span in,
	enum http_result result, const char *payload, const char *rest)
{
	for (size_t i = 0; i <= in.len + 1; i++) {
		struct outcome o;

		/* The last round: one byte at a time. */
		read_in_parts(lenient, framing, length, in, i <= in.len ? i : 1,
			i <= in.len ? in.len : 1, &o);
		if (o.result != result || strcmp(o.payload.p, payload) != 0)
			fail_msg("%.*s at %zu: %d '%s'", SPAN_ARG(in), i, (int)o.result,
				o.payload.p);
		if (result == HTTP_DONE)
			assert_string_equal(in.p + o.used, rest);
		text_free(&o.payload);
	}
}

static void
chunked(const char *in, enum http_result result, const char *payload, const char *rest)
{
	reads_as(false, HTTP_BODY_CHUNKED, 0, span_of(in), result, payload, rest);
	if (result != HTTP_BAD)
		reads_as(true, HTTP_BODY_CHUNKED, 0, span_of(in), result, payload, rest);
}

static void
chunks(void **state)
{
	(void)state;
	chunked("0\r\n\r\n", HTTP_DONE, "", "");
	chunked("5\r\nhello\r\n0\r\n\r\n", HTTP_DONE, "hello", "");
	chunked("5\r\nhello\r\nA\r\n, 10 bytes\r\n0\r\n\r\nGET / ", HTTP_DONE, "hello, 10 bytes",
		"GET / ");
	chunked("00000000000000a\r\n0123456789\r\n000\r\n\r\n", HTTP_DONE, "0123456789", "");
	chunked("2\r\n\r\n\r\n0\r\n\r\n\r\n", HTTP_DONE, "\r\n", "\r\n");
	chunked("5\r\nhel", HTTP_MORE, "hel", "");
	chunked("5\r\nhello", HTTP_MORE, "hello", "");
	chunked("5\r\nhello\r\n0\r\n\r", HTTP_MORE, "hello", "");
	chunked("", HTTP_MORE, "", "");
}

static void
chunks_that_are_wrong(void **state)
{
	(void)state;
	chunked("\r\n", HTTP_BAD, "", "");
	chunked("x\r\n", HTTP_BAD, "", "");
	chunked("-1\r\n", HTTP_BAD, "", "");
	chunked("+1\r\n", HTTP_BAD, "", "");
	chunked(" 1\r\n", HTTP_BAD, "", "");
	chunked("0x1\r\n", HTTP_BAD, "", "");
	chunked("1 \r\na\r\n", HTTP_BAD, "", "");
	chunked("1;a=b\r\na\r\n", HTTP_BAD, "", "");
	chunked("1\na\n0\n\n", HTTP_BAD, "", "");
	chunked("1\r\nab\r\n", HTTP_BAD, "a", "");
	chunked("1\r\na\n", HTTP_BAD, "a", "");
	chunked("1\r\na0\r\n\r\n", HTTP_BAD, "a", "");
	chunked("1\r\na\r\n0\r\nX: y\r\n\r\n", HTTP_BAD, "a", "");
	chunked("0\r\n\n", HTTP_BAD, "", "");
	chunked("0\r\n\rx", HTTP_BAD, "", "");
	chunked("0000000000000001\r\na", HTTP_BAD, "", "");
	chunked("ffffffffffffffff\r\n", HTTP_BAD, "", "");
}

static void
engines_may_say_more(void **state)
{
	struct text big;

	(void)state;
	reads_as(true, HTTP_BODY_CHUNKED, 0,
		SPAN("1;a=\"b\"\r\na\r\n0 ;x\r\nX: y\r\nZ:\r\n\r\nrest"), HTTP_DONE, "a", "rest");
	reads_as(true, HTTP_BODY_CHUNKED, 0, SPAN("1;a\nb\r\na\r\n"), HTTP_BAD, "", "");
	reads_as(true, HTTP_BODY_CHUNKED, 0, SPAN("1;\r\r\na\r\n"), HTTP_BAD, "", "");
	reads_as(true, HTTP_BODY_CHUNKED, 0, SPAN("0\r\nX: y\n\r\n"), HTTP_BAD, "", "");
	reads_as(true, HTTP_BODY_CHUNKED, 0, SPAN("0\r\n\nX: y\r\n"), HTTP_BAD, "", "");
	reads_as(true, HTTP_BODY_CHUNKED, 0, SPAN(";\r\n"), HTTP_BAD, "", "");
	/* Bounded: nobody sends trailers for ever. */
	text_init(&big, 0);
	text_add_str(&big, "0\r\n");
	for (int i = 0; i < 2000; i++)
		text_add_str(&big, "X: 01234567890\r\n");
	for (size_t step = 1; step < 40000; step *= 7) {
		struct outcome o;

		read_in_parts(true, HTTP_BODY_CHUNKED, 0, text_span(&big), step, step, &o);
		assert_int_equal(o.result, HTTP_BAD);
		assert_true(o.used < 20000);
		text_free(&o.payload);
	}
	text_free(&big);
}

static void
lengths(void **state)
{
	(void)state;
	reads_as(false, HTTP_BODY_LENGTH, 5, SPAN("hello"), HTTP_DONE, "hello", "");
	reads_as(false, HTTP_BODY_LENGTH, 5, SPAN("hello, more"), HTTP_DONE, "hello", ", more");
	reads_as(false, HTTP_BODY_LENGTH, 6, SPAN("hello"), HTTP_MORE, "hello", "");
	reads_as(false, HTTP_BODY_LENGTH, 0, SPAN("x"), HTTP_DONE, "", "x");
	reads_as(false, HTTP_BODY_LENGTH, 0, SPAN(""), HTTP_DONE, "", "");
	reads_as(false, HTTP_BODY_LENGTH, UINT64_MAX, SPAN("x"), HTTP_MORE, "x", "");
	reads_as(false, HTTP_BODY_NONE, 7, SPAN("x"), HTTP_DONE, "", "x");
	reads_as(false, HTTP_BODY_NONE, 0, SPAN(""), HTTP_DONE, "", "");
	reads_as(true, HTTP_BODY_TO_EOF, 0, SPAN("0\r\n\r\n"), HTTP_MORE, "0\r\n\r\n", "");
}

static void
the_end_is_final(void **state)
{
	struct http_body b;
	struct span payload;
	size_t used;

	(void)state;
	http_body_init(&b, HTTP_BODY_CHUNKED, 0);
	assert_false(http_body_may_end(&b));
	assert_int_equal(http_body_next(&b, SPAN("0\r\n\r\n"), &used, &payload), HTTP_DONE);
	assert_int_equal(http_body_next(&b, SPAN("5\r\nhello"), &used, &payload), HTTP_DONE);
	assert_int_equal(used, 0);
	assert_int_equal(payload.len, 0);
	assert_true(http_body_may_end(&b));
	http_body_init(&b, HTTP_BODY_CHUNKED, 0);
	assert_int_equal(http_body_next(&b, SPAN("z"), &used, &payload), HTTP_BAD);
	assert_int_equal(http_body_next(&b, SPAN("0\r\n\r\n"), &used, &payload), HTTP_BAD);
	assert_false(http_body_may_end(&b));
}

/* A body that is whole comes out in one call: who holds all of it needs no loop. */
static void
one_chunk_is_one_call(void **state)
{
	struct http_body b;
	struct span payload, in = SPAN("5\r\nhello\r\n0\r\n\r\n");
	size_t used;

	(void)state;
	http_body_init(&b, HTTP_BODY_CHUNKED, 0);
	assert_int_equal(http_body_next(&b, in, &used, &payload), HTTP_DONE);
	assert_int_equal(used, in.len);
	assert_true(span_eq(payload, SPAN("hello")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chunks),
		cmocka_unit_test(chunks_that_are_wrong),
		cmocka_unit_test(engines_may_say_more),
		cmocka_unit_test(lengths),
		cmocka_unit_test(the_end_is_final),
		cmocka_unit_test(one_chunk_is_one_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
