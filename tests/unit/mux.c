/*
 * The engine's multiplexed stream: whole, byte by byte and in two at every place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "format/mux.h"

/* What came out: each stream's number before its bytes when it changes; '!' for a fault, '.' where it may end. */
static void
read_in_parts(struct span in, size_t first, size_t step, struct text *out)
{
	struct mux m = { 0 };
	enum mux_stream stream = MUX_STDIN, last = MUX_ERROR + 1;
	size_t at = 0, n = first, used;
	struct span piece;
	enum mux_result result;

	for (;;) {
		if (n > in.len - at)
			n = in.len - at;
		do {
			result =
				mux_next(&m, (struct span){ in.p + at, n }, &used, &stream, &piece);
			assert_true(used <= n);
			at += used;
			n -= used;
			if (result == MUX_PIECE) {
				assert_true(piece.len > 0 && piece.p >= in.p &&
					piece.p + piece.len <= in.p + at);
				if (stream != last)
					text_add_char(out, (char)('0' + stream));
				text_add_span(out, piece);
				last = stream;
			}
		} while (result == MUX_PIECE);
		if (result == MUX_BAD || at == in.len)
			break;
		n = step;
	}
	text_add_char(out, result == MUX_BAD ? '!' : mux_may_end(&m) ? '.' : '-');
	assert_false(result == MUX_BAD && mux_may_end(&m));
}

static void
expect(struct span in, const char *wanted)
{
	for (size_t first = 0; first <= in.len; first++) {
		struct text out;

		text_init(&out, 0);
		read_in_parts(in, first, first ? in.len : 1, &out);
		assert_string_equal(out.p, wanted);
		text_free(&out);
	}
}

#define BYTES(literal, wanted) expect(SPAN(literal), wanted)

static void
test_streams(void **state)
{
	(void)state;
	BYTES("", ".");
	BYTES("\1\0\0\0\0\0\0\3out\2\0\0\0\0\0\0\3err\1\0\0\0\0\0\0\1!", "1out2err1!.");
	BYTES("\0\0\0\0\0\0\0\2in\3\0\0\0\0\0\0\4"
	      "fail",
		"0in3fail.");
	/* Empty frames are frames. */
	BYTES("\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\1\0\0\0\0\0\0\1a", "1a.");
}

static void
test_cut_short(void **state)
{
	(void)state;
	BYTES("\1", "-");
	BYTES("\1\0\0\0\0\0\0", "-");
	BYTES("\1\0\0\0\0\0\0\3", "-");
	BYTES("\1\0\0\0\0\0\0\3ou", "1ou-");
	/* The longest there is: nothing waits for its end. */
	BYTES("\1\0\0\0\xff\xff\xff\xffsome", "1some-");
}

static void
test_malformed(void **state)
{
	(void)state;
	BYTES("\4\0\0\0\0\0\0\1a", "!");
	BYTES("\1\1\0\0\0\0\0\1a", "!");
	BYTES("\1\0\1\0\0\0\0\1a", "!");
	BYTES("\1\0\0\1\0\0\0\1a", "!");
	BYTES("\1\0\0\0\0\0\0\1agarbage!", "1a!");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
