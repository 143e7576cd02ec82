/*
 * WebSocket frames: the RFC's own examples, what a client may not send, and texts cut
 * anywhere. Each input is read whole, byte by byte, and in two at every place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/ws_frame.h"

#define LIMIT 70000

/* What a reader said of its input: "T(Hel)T(lo.)" a text in two pieces, '.' where a message ends, "!1002". */
struct outcome {
	struct text said;
	enum ws_code code;
};

static char
letter(enum ws_opcode opcode)
{
	switch (opcode) {
	case WS_TEXT:
		return 'T';
	case WS_BINARY:
		return 'B';
	case WS_CLOSE:
		return 'C';
	case WS_PING:
		return 'I';
	case WS_PONG:
		return 'O';
	case WS_CONTINUATION:
		break;
	}
	return '?';
}

static bool
feed(struct ws_reader *r, const char *p, size_t len, struct outcome *o)
{
	static char last;
	char *in = malloc(len ? len : 1);
	size_t at = 0, used;
	struct ws_piece piece;
	enum ws_result result;

	assert_non_null(in);
	memcpy(in, p, len);
	if (!o->said.len)
		last = 0;
	for (;;) {
		result = ws_reader_next(r, in + at, len - at, &used, &piece);
		assert_true(used <= len - at);
		at += used;
		if (result != WS_PIECE)
			break;
		/* Pieces of one message look the same however they were cut. */
		if (letter(piece.opcode) != last)
			text_add_char(&o->said, letter(piece.opcode));
		text_add_span(&o->said, piece.payload);
		last = letter(piece.opcode);
		if (piece.last) {
			text_add_char(&o->said, '.');
			last = 0;
		}
	}
	if (result == WS_MORE)
		assert_int_equal(at, len);
	else
		o->code = r->code;
	free(in);
	return result == WS_MORE;
}

static struct outcome
read_in_parts(struct span in, size_t first, size_t step)
{
	struct outcome o = { .code = 0 };
	struct ws_reader r;
	size_t at = 0, n = first;

	text_init(&o.said, 0);
	ws_reader_init(&r, LIMIT);
	for (;;) {
		if (n > in.len - at)
			n = in.len - at;
		if (!feed(&r, in.p + at, n, &o))
			break;
		at += n;
		if (at == in.len)
			break;
		n = step;
	}
	return o;
}

static void
expect(struct span in, struct span said, int code)
{
	for (size_t first = 0; first <= in.len && first < 200; first++) {
		struct outcome o = read_in_parts(in, first, first ? in.len : 1);

		assert_int_equal(o.code, code);
		/* After a fault only what came before it counts, and that depends on the cut. */
		if (!code) {
			assert_int_equal(o.said.len, said.len);
			assert_memory_equal(o.said.p ? o.said.p : "", said.p, said.len);
		}
		text_free(&o.said);
	}
}

/* A client's frame. */
static void
add(struct text *out, unsigned first, struct span payload)
{
	static const unsigned char mask[4] = { 0x37, 0xfa, 0x21, 0x3d };

	text_add_char(out, (char)first);
	if (payload.len > 0xffff) {
		text_add(out, "\xff\0\0\0\0\0", 6);
		text_add_char(out, (char)(payload.len >> 16));
		text_add_char(out, (char)(payload.len >> 8));
		text_add_char(out, (char)payload.len);
	} else if (payload.len > 125) {
		text_add_char(out, (char)0xfe);
		text_add_char(out, (char)(payload.len >> 8));
		text_add_char(out, (char)payload.len);
	} else {
		text_add_char(out, (char)(0x80 | payload.len));
	}
	text_add(out, mask, 4);
	for (size_t i = 0; i < payload.len; i++)
		text_add_char(out, (char)((unsigned char)payload.p[i] ^ mask[i % 4]));
}

struct frame {
	unsigned first;
	const char *payload;
};

static void
expect_frames(const struct frame *frames, size_t count, const char *said, int code)
{
	struct text in;

	text_init(&in, 0);
	for (size_t i = 0; i < count; i++)
		add(&in, frames[i].first, span_of(frames[i].payload));
	assert_false(in.failed);
	expect(text_span(&in), span_of(said), code);
	text_free(&in);
}

#define FRAMES(said, code, ...)                                                                    \
	do {                                                                                       \
		const struct frame frames[] = { __VA_ARGS__ };                                     \
		expect_frames(frames, sizeof(frames) / sizeof(frames[0]), said, code);             \
	} while (0)
#define BYTES(literal, said, code) expect(SPAN(literal), SPAN(said), code)

/* RFC 6455 5.7, those that a client sends. */
static void
test_rfc_examples(void **state)
{
	(void)state;
	BYTES("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", "THello.", 0);
	BYTES("\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", "OHello.", 0);
	/* Unmasked is a server's. */
	BYTES("\x81\x05\x48\x65\x6c\x6c\x6f", "", WS_PROTOCOL_ERROR);
	BYTES("\x89\x05\x48\x65\x6c\x6c\x6f", "", WS_PROTOCOL_ERROR);
}

static void
test_fragments(void **state)
{
	(void)state;
	FRAMES("THello.", 0, { 0x01, "Hel" }, { 0x80, "lo" });
	FRAMES("BHello.B!.", 0, { 0x02, "" }, { 0x00, "Hel" }, { 0x00, "" }, { 0x80, "lo" },
		{ 0x82, "!" });
	FRAMES("T.B.", 0, { 0x81, "" }, { 0x02, "" }, { 0x80, "" });
	/* Control frames between the parts of a message, and none of their bytes in it. */
	FRAMES("THelIping.Tlo.", 0, { 0x01, "Hel" }, { 0x89, "ping" }, { 0x80, "lo" });
	FRAMES("BHelO.I.Blo.", 0, { 0x02, "Hel" }, { 0x8a, "" }, { 0x89, "" }, { 0x80, "lo" });
	FRAMES("", WS_PROTOCOL_ERROR, { 0x80, "nothing to go on with" });
	FRAMES("", WS_PROTOCOL_ERROR, { 0x00, "nothing" });
	FRAMES("", WS_PROTOCOL_ERROR, { 0x81, "whole" }, { 0x80, "more" });
	FRAMES("", WS_PROTOCOL_ERROR, { 0x01, "one" }, { 0x81, "another" });
	FRAMES("", WS_PROTOCOL_ERROR, { 0x01, "one" }, { 0x02, "another" });
}

static void
test_reserved(void **state)
{
	(void)state;
	for (unsigned rsv = 0x10; rsv <= 0x70; rsv += 0x10) {
		FRAMES("", WS_PROTOCOL_ERROR, { 0x81 | rsv, "text" });
		FRAMES("", WS_PROTOCOL_ERROR, { 0x89 | rsv, "" });
	}
	for (unsigned opcode = 0; opcode < 16; opcode++)
		if (opcode > 10 || (opcode > 2 && opcode < 8))
			FRAMES("", WS_PROTOCOL_ERROR, { 0x80 | opcode, "" });
}

static void
test_control(void **state)
{
	char most[WS_CONTROL_MAX + 2], said[WS_CONTROL_MAX + 4];

	(void)state;
	memset(most, 'x', sizeof(most));
	most[WS_CONTROL_MAX + 1] = '\0';
	FRAMES("", WS_PROTOCOL_ERROR, { 0x89, most });
	FRAMES("", WS_PROTOCOL_ERROR, { 0x88, most });
	most[WS_CONTROL_MAX] = '\0';
	snprintf(said, sizeof(said), "I%s.", most);
	FRAMES(said, 0, { 0x89, most });
	FRAMES("", WS_PROTOCOL_ERROR, { 0x09, "part" });
	FRAMES("", WS_PROTOCOL_ERROR, { 0x08, "" });
	FRAMES("", WS_PROTOCOL_ERROR, { 0x0a, "" });
	/* Refused by the second byte: nobody waits for the length. */
	BYTES("\x89\xfe", "", WS_PROTOCOL_ERROR);
	BYTES("\x88\xff", "", WS_PROTOCOL_ERROR);
}

static void
test_lengths(void **state)
{
	static const size_t sizes[] = { 125, 126, 127, 128, 65535, 65536, LIMIT };
	struct text payload, in, said;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		text_init(&payload, 0);
		text_init(&in, 0);
		text_init(&said, 0);
		while (payload.len < sizes[i])
			text_add_char(&payload, (char)('a' + payload.len % 26));
		add(&in, 0x81, text_span(&payload));
		text_addf(&said, "T%s.", payload.p);
		expect(text_span(&in), text_span(&said), 0);
		text_free(&payload);
		text_free(&in);
		text_free(&said);
	}
	/* Not the shortest form, and more than there is. */
	BYTES("\x82\xfe\x00\x7d"
	      "mask",
		"", WS_PROTOCOL_ERROR);
	BYTES("\x82\xff\0\0\0\0\0\0\xff\xff"
	      "mask",
		"", WS_PROTOCOL_ERROR);
	BYTES("\x82\xff\x80\0\0\0\0\0\0\0"
	      "mask",
		"", WS_PROTOCOL_ERROR);
	/* The largest there is may begin: its bytes pass as they come. */
	BYTES("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0abc", "Babc", 0);
}

static void
test_text_limit(void **state)
{
	(void)state;
	/* By the announced length, before any of it came. */
	BYTES("\x81\xff\0\0\0\0\0\x01\x11\x71"
	      "mask",
		"", WS_TOO_BIG);
	BYTES("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff"
	      "mask",
		"", WS_TOO_BIG);
	/* And by the sum of the parts, which cannot wrap. */
	BYTES("\x01\x81\0\0\0\0a\x80\xff\x7f\xff\xff\xff\xff\xff\xff\xff"
	      "mask",
		"", WS_TOO_BIG);
	BYTES("\x01\x81\0\0\0\0a\x80\xff\0\0\0\0\0\x01\x11\x70"
	      "mask",
		"", WS_TOO_BIG);
}

/* Autobahn's section 6 in short. */
static void
test_utf8(void **state)
{
	static const char *const good[] = { "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5", "\x7f",
		"\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80",
		"\xf4\x8f\xbf\xbf", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbd" };
	static const char *const bad[] = { "\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf",
		"\xf0\x8f\xbf\xbf", "\xed\xa0\x80", "\xed\xbf\xbf", "\xed\xad\xbf\xed\xb0\x80",
		"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xfe", "\xff", "\xc2", "\xe0\xa0",
		"\xf0\x90\x80",
		"\xc2"
		"a",
		"\xe1\xbd"
		"a",
		"\xf8\x88\x80\x80\x80" };
	char said[32];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		snprintf(said, sizeof(said), "T%s.", good[i]);
		FRAMES(said, 0, { 0x81, good[i] });
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		FRAMES("", WS_BAD_DATA, { 0x81, bad[i] });
		/* A binary message may be anything. */
		snprintf(said, sizeof(said), "B%s.", bad[i]);
		FRAMES(said, 0, { 0x82, bad[i] });
	}
	/* A character may be cut by fragments and by a ping; the next message starts anew. */
	FRAMES("T\xe2I.T\x82I.T\xac.T\xe2\x82\xac.", 0, { 0x01, "\xe2" }, { 0x89, "" },
		{ 0x00, "\x82" }, { 0x89, "" }, { 0x80, "\xac" }, { 0x81, "\xe2\x82\xac" });
	FRAMES("", WS_BAD_DATA, { 0x01, "\xe2" }, { 0x80, "" });
	/* What no byte can mend is refused at once, in the midst of the message. */
	FRAMES("", WS_BAD_DATA, { 0x01, "\xf4\x90" });
	FRAMES("T\xe2", 0, { 0x01, "\xe2" });
}

static void
test_close(void **state)
{
	static const unsigned good[] = { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012,
		1013, 1014, 3000, 3999, 4000, 4999 };
	static const unsigned bad[] = { 0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999,
		5000, 65535 };
	struct text in;
	struct span reason;
	char payload[3] = "";

	(void)state;
	FRAMES("C.", 0, { 0x88, "" });
	FRAMES("", WS_PROTOCOL_ERROR, { 0x88, "\x03" });
	FRAMES("C\x03\xe9"
	       "bye.",
		0,
		{ 0x88,
			"\x03\xe9"
			"bye" });
	FRAMES("", WS_BAD_DATA, { 0x88, "\x03\xe9\xff" });
	FRAMES("", WS_BAD_DATA, { 0x88, "\x03\xe9\xe2\x82" });
	for (size_t i = 0; i < 2 * sizeof(bad) / sizeof(bad[0]); i++) {
		bool ok = i % 2 == 0 && i / 2 < sizeof(good) / sizeof(good[0]);
		unsigned code = ok ? good[i / 2] : bad[i / 2];

		payload[0] = (char)(code >> 8);
		payload[1] = (char)(code & 0xff);
		text_init(&in, 0);
		add(&in, 0x88, (struct span){ payload, 2 });
		if (ok) {
			char said[] = { 'C', payload[0], payload[1], '.' };

			expect(text_span(&in), (struct span){ said, 4 }, 0);
			assert_int_equal(ws_close_code((struct span){ payload, 2 }, &reason), code);
			assert_int_equal(reason.len, 0);
		} else {
			expect(text_span(&in), SPAN(""), WS_PROTOCOL_ERROR);
		}
		text_free(&in);
	}
	assert_int_equal(ws_close_code(SPAN(""), &reason), WS_NO_CODE);
	assert_int_equal(ws_close_code(SPAN("\x03\xe8so long"), &reason), WS_NORMAL);
	assert_true(span_eq(reason, SPAN("so long")));
}

static void
test_bad_is_for_good(void **state)
{
	char bad[] = "\x81\x05", good[] = "\x81\x80mask";
	struct ws_piece piece;
	struct ws_reader r;
	size_t used;

	(void)state;
	ws_reader_init(&r, LIMIT);
	assert_int_equal(ws_reader_next(&r, bad, 2, &used, &piece), WS_BAD);
	assert_non_null(r.why);
	assert_int_equal(ws_reader_next(&r, good, 6, &used, &piece), WS_BAD);
	assert_int_equal(used, 0);
}

/* RFC 6455 5.7, those that a server sends. */
static void
test_write(void **state)
{
	unsigned char head[WS_HEAD_MAX];

	(void)state;
	assert_int_equal(ws_frame_head(head, WS_TEXT, 5), 2);
	assert_memory_equal(head, "\x81\x05", 2);
	assert_int_equal(ws_frame_head(head, WS_PING, 5), 2);
	assert_memory_equal(head, "\x89\x05", 2);
	assert_int_equal(ws_frame_head(head, WS_BINARY, 256), 4);
	assert_memory_equal(head, "\x82\x7e\x01\x00", 4);
	assert_int_equal(ws_frame_head(head, WS_BINARY, 65536), 10);
	assert_memory_equal(head, "\x82\x7f\0\0\0\0\0\x01\0\0", 10);
	assert_int_equal(ws_frame_head(head, WS_BINARY, 125), 2);
	assert_int_equal(ws_frame_head(head, WS_BINARY, 126), 4);
	assert_int_equal(ws_frame_head(head, WS_BINARY, 65535), 4);
}

static void
test_write_close(void **state)
{
	char many[300];
	struct text out;

	(void)state;
	text_init(&out, 0);
	ws_frame_close(&out, WS_GOING_AWAY, SPAN("bye"));
	assert_true(span_eq(text_span(&out),
		SPAN("\x88\x05\x03\xe9"
		     "bye")));
	text_clear(&out);
	ws_frame_close(&out, WS_NO_CODE, SPAN("not said"));
	assert_true(span_eq(text_span(&out), SPAN("\x88\0")));
	text_clear(&out);
	/* 123 is no multiple of 2: the last character is left out, not cut. */
	for (size_t i = 0; i < sizeof(many); i += 2)
		memcpy(many + i, "\xc3\xa9", 2);
	ws_frame_close(&out, WS_NORMAL, (struct span){ many, sizeof(many) });
	assert_int_equal(out.len, 2 + 2 + 122);
	assert_int_equal(out.p[1], 124);
	text_clear(&out);
	ws_frame_close(&out, WS_NORMAL, (struct span){ many, WS_REASON_MAX - 1 });
	assert_int_equal(out.len, 2 + 2 + 122);
	text_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc_examples),
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_reserved),
		cmocka_unit_test(test_control),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_text_limit),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_close),
		cmocka_unit_test(test_bad_is_for_good),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_write_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
