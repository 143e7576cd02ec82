/*
 * gzip undone piece by piece: several members, damage, what is none, and growth.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <zlib.h>
#include <cmocka.h>

#include "format/gunzip.h"

static void
zip(struct span in, struct text *out)
{
	static unsigned char piece[1 << 16];
	z_stream z = { 0 };
	int r;

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY), Z_OK);
	memcpy(&z.next_in, &in.p, sizeof(z.next_in)); /* zlib does not write there */
	z.avail_in = (unsigned)in.len;
	do {
		z.next_out = piece;
		z.avail_out = sizeof(piece);
		r = deflate(&z, Z_FINISH);
		text_add(out, piece, sizeof(piece) - z.avail_out);
	} while (r == Z_OK);
	assert_int_equal(r, Z_STREAM_END);
	deflateEnd(&z);
}

/* What comes out; NULL: it was refused, or ended too soon, for `*fault`. */
static bool
unzip(struct span in, size_t step, struct text *out, const char **fault)
{
	struct gunzip *g = gunzip_new();
	enum gunzip_result r = GUNZIP_MORE;
	struct span piece;
	bool ok;

	assert_non_null(g);
	text_init(out, 0);
	for (size_t at = 0; at < in.len && r != GUNZIP_BAD; at += step) {
		struct span part = { in.p + at, in.len - at < step ? in.len - at : step };

		while ((r = gunzip_next(g, &part, &piece)) == GUNZIP_PIECE) {
			assert_true(piece.len > 0);
			text_add_span(out, piece);
		}
		assert_true(r == GUNZIP_BAD || part.len == 0);
	}
	ok = r == GUNZIP_MORE && gunzip_may_end(g);
	*fault = gunzip_fault(g);
	gunzip_free(g);
	return ok;
}

static void
expect(struct span in, struct span wanted)
{
	for (size_t step = 1; step <= in.len + 1; step = step * 3 + 1) {
		const char *fault;
		struct text out;

		assert_true(unzip(in, step, &out, &fault));
		assert_true(span_eq(text_span(&out), wanted));
		text_free(&out);
	}
}

static void
expect_fault(struct span in, const char *wanted)
{
	for (size_t step = 1; step <= in.len + 1; step = step * 3 + 1) {
		const char *fault;
		struct text out;

		assert_false(unzip(in, step, &out, &fault));
		assert_string_equal(fault ? fault : "cut", wanted);
		text_free(&out);
	}
}

static void
members(void **state)
{
	struct text in;

	(void)state;
	text_init(&in, 0);
	zip(SPAN("hello "), &in);
	expect(text_span(&in), SPAN("hello "));
	zip(SPAN(""), &in);
	zip(SPAN("world"), &in);
	expect(text_span(&in), SPAN("hello world"));
	expect_fault((struct span){ in.p, in.len - 1 }, "cut");
	text_add_char(&in, 'x');
	expect_fault(text_span(&in), "it has bytes behind its gzip's end");
	text_free(&in);
}

static void
what_is_none(void **state)
{
	(void)state;
	expect(SPAN(""), SPAN(""));
	expect(SPAN("plain"), SPAN("plain"));
	expect(SPAN("\x1fplain"), SPAN("\x1fplain"));
	expect(SPAN("\x1f\x1f\x8b"), SPAN("\x1f\x1f\x8b"));
	expect_fault(SPAN("\x1f"), "cut");
	expect_fault(SPAN("\x1f\x8b"), "cut");
	expect_fault(SPAN("\x1f\x8bxxxxxxxx"), "its gzip is damaged");
}

static void
damage(void **state)
{
	struct text in;

	(void)state;
	text_init(&in, 0);
	zip(SPAN("some text, and some more"), &in);
	in.p[in.len - 6] ^= 1; /* of the sum */
	expect_fault(text_span(&in), "its gzip is damaged");
	text_free(&in);
}

static void
growth(void **state)
{
	struct text zeros, in, out;
	const char *fault;

	(void)state;
	text_init(&zeros, 0);
	text_init(&in, 0);
	for (unsigned i = 0; i < 20; i++)
		text_add(&zeros, (char[1 << 20]){ 0 }, 1 << 20);
	zip(text_span(&zeros), &in);
	assert_true(unzip(text_span(&in), 4096, &out, &fault));
	assert_true(span_eq(text_span(&out), text_span(&zeros)));
	text_free(&out);
	zip(text_span(&zeros), &in);
	assert_false(unzip(text_span(&in), 4096, &out, &fault));
	assert_string_equal(fault, "it grows too much; send it uncompressed");
	assert_true(out.len <= GUNZIP_BURST + in.len * GUNZIP_RATIO);
	text_free(&out);
	text_free(&in);
	text_free(&zeros);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members),
		cmocka_unit_test(what_is_none),
		cmocka_unit_test(damage),
		cmocka_unit_test(growth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
