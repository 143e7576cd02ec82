/*
 * Base floor: spans, texts, digests and times.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/secret.h"
#include "base/text.h"

static void
assert_span(struct span s, const char *expected)
{
	assert_int_equal(s.len, strlen(expected));
	assert_memory_equal(s.p, expected, s.len);
}

static void
spans_compare(void **state)
{
	(void)state;
	assert_true(span_eq(SPAN("a\0b"), SPAN("a\0b")));
	assert_false(span_eq(SPAN("a\0b"), SPAN("a\0c")));
	assert_false(span_eq(SPAN("a"), SPAN("ab")));
	assert_true(span_eq((struct span){ NULL, 0 }, SPAN("")));
	assert_true(span_eq_nocase(SPAN("Content-LENGTH"), SPAN("content-length")));
	/* Only letters fold: '@' and '`', '[' and '{' differ by the same bit. */
	assert_false(span_eq_nocase(SPAN("@["), SPAN("`{")));
	assert_false(span_eq_nocase(SPAN("\xc3"), SPAN("\xe3")));
	assert_true(span_starts(SPAN("abc"), SPAN("ab")));
	assert_true(span_starts(SPAN("abc"), SPAN("")));
	assert_false(span_starts(SPAN("ab"), SPAN("abc")));
	assert_int_equal(span_of(NULL).len, 0);
}

static void
spans_are_cut(void **state)
{
	struct span s = SPAN("a,,b");

	(void)state;
	assert_span(span_cut(&s, ','), "a");
	assert_span(span_cut(&s, ','), "");
	assert_non_null(s.p);
	assert_span(span_cut(&s, ','), "b");
	assert_null(s.p);
	assert_int_equal(s.len, 0);
	s = SPAN("a,");
	span_cut(&s, ',');
	assert_non_null(s.p);
	assert_span(span_cut(&s, ','), "");
	assert_null(s.p);
	assert_span(span_trim(SPAN(" \t a b\t ")), "a b");
	assert_span(span_trim(SPAN("\t ")), "");
	assert_span(span_trim(SPAN("\r\n")), "\r\n");
}

static void
numbers_are_plain(void **state)
{
	uint64_t v = 7;

	(void)state;
	assert_true(span_u64(SPAN("0"), &v));
	assert_int_equal(v, 0);
	assert_true(span_u64(SPAN("9999999999999999999"), &v));
	assert_true(v == 9999999999999999999ULL);
	v = 7;
	assert_false(span_u64(SPAN(""), &v));
	assert_false(span_u64(SPAN("10000000000000000000"), &v));
	assert_false(span_u64(SPAN("+1"), &v));
	assert_false(span_u64(SPAN("-1"), &v));
	assert_false(span_u64(SPAN(" 1"), &v));
	assert_false(span_u64(SPAN("1,1"), &v));
	assert_false(span_u64(SPAN("0x1"), &v));
	assert_int_equal(v, 7);
}

static void
spans_are_copied(void **state)
{
	char small[4] = "zzz";
	char *copy;

	(void)state;
	assert_true(span_copy(SPAN("abc"), small, sizeof(small)));
	assert_string_equal(small, "abc");
	assert_false(span_copy(SPAN("abcd"), small, sizeof(small)));
	assert_string_equal(small, "");
	assert_false(span_copy(SPAN("a\0b"), small, sizeof(small)));
	assert_true(span_copy((struct span){ NULL, 0 }, small, sizeof(small)));
	assert_null(span_dup(SPAN("a\0b")));
	copy = span_dup(SPAN("abc"));
	assert_string_equal(copy, "abc");
	free(copy);
	copy = span_dup((struct span){ NULL, 0 });
	assert_string_equal(copy, "");
	free(copy);
}

static void
utf8_is_strict(void **state)
{
	static const char *const wrong[] = { "\x80", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(",
		"\xe0\x80\x80", "\xe2\x82", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x80\x80\x80",
		"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff" };
	uint32_t code = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(span_utf8(span_of(wrong[i]), &code), 0);
	assert_int_equal(span_utf8(SPAN(""), &code), 0);
	assert_int_equal(span_utf8(SPAN("a"), &code), 1);
	assert_int_equal(span_utf8(SPAN("\xc3\xa9"), &code), 2);
	assert_int_equal(code, 0xe9);
	assert_int_equal(span_utf8(SPAN("\xe2\x82\xac!"), &code), 3);
	assert_int_equal(code, 0x20ac);
	assert_int_equal(span_utf8(SPAN("\xf4\x8f\xbf\xbf"), &code), 4);
	assert_int_equal(code, 0x10ffff);
}

static void
texts_grow_to_their_limit(void **state)
{
	struct text t;

	(void)state;
	text_init(&t, 300);
	for (int i = 0; i < 300; i++)
		text_add_char(&t, (char)('a' + i % 26));
	assert_false(t.failed);
	assert_int_equal(t.len, 300);
	assert_int_equal(t.p[299], 'a' + 299 % 26);
	assert_int_equal(t.p[300], 0);
	text_add_char(&t, 'x');
	assert_true(t.failed);
	assert_int_equal(t.len, 300);
	text_add(&t, "", 0);
	assert_true(t.failed);
	text_clear(&t);
	assert_false(t.failed);
	assert_string_equal(t.p, "");
	text_addf(&t, "%0299d", 1);
	assert_int_equal(t.len, 299);
	text_addf(&t, "%s", "ab");
	assert_true(t.failed);
	assert_int_equal(t.len, 299);
	assert_int_equal(t.p[299], 0);
	text_free(&t);
	assert_null(t.p);
	text_add_str(&t, "again");
	assert_string_equal(t.p, "again");
	text_free_wiped(&t);
}

static void
texts_drop_from_the_front(void **state)
{
	struct text t;

	(void)state;
	text_init(&t, 0);
	text_drop(&t, 5);
	text_addf(&t, "%s-%d", "abc", 7);
	text_drop(&t, 2);
	assert_string_equal(t.p, "c-7");
	text_drop(&t, 50);
	assert_string_equal(t.p, "");
	text_addf(&t, "%200s", "x");
	assert_int_equal(t.len, 200);
	text_free(&t);
}

static void
json_becomes(struct span s, const char *expected)
{
	struct text t;

	text_init(&t, 0);
	text_add_json(&t, s);
	assert_string_equal(t.p, expected);
	text_free(&t);
}

static void
json_strings_are_escaped(void **state)
{
	(void)state;
	json_becomes(SPAN(""), "\"\"");
	json_becomes(SPAN("plain <&>/"), "\"plain <&>/\"");
	json_becomes(SPAN("a\"b\\c\n\r\t\b\f"), "\"a\\\"b\\\\c\\n\\r\\t\\b\\f\"");
	json_becomes(SPAN("\x1b[31m\0\x7f"), "\"\\u001b[31m\\u0000\\u007f\"");
	json_becomes(SPAN("\xc2\x9b"), "\"\\u009b\"");
	json_becomes(SPAN("\xe2\x80\xa8"), "\"\\u2028\"");
	json_becomes(SPAN("\xc3\xa9\xf0\x9f\x98\x80"), "\"\xc3\xa9\xf0\x9f\x98\x80\"");
	json_becomes(SPAN("a\xff"
			  "b\xe2\x82"),
		"\"a\xef\xbf\xbd"
		"b\xef\xbf\xbd\xef\xbf\xbd\"");
}

static bool
is_plain(int c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* Each byte at each place of spans of each length, in memory of exactly their size. */
static void
plain_runs_end_at_the_first_other_byte(void **state)
{
	(void)state;
	for (size_t len = 1; len <= 26; len++) {
		char *bytes = malloc(len);

		assert_non_null(bytes);
		for (size_t at = 0; at < len; at++) {
			for (int c = 0; c < 256; c++) {
				/* What is behind the first one has no say. */
				memset(bytes, '~', len);
				memset(bytes + at, c ^ 0x80, len - at);
				bytes[at] = (char)c;
				if (is_plain(c))
					memset(bytes + at + 1, ' ', len - at - 1);
				assert_int_equal(span_plain((struct span){ bytes, len }),
					is_plain(c) ? len : at);
			}
		}
		free(bytes);
	}
	assert_int_equal(span_plain((struct span){ NULL, 0 }), 0);
}

/* Byte by byte and all at once give the same, whatever room there was before. */
static void
json_strings_do_not_depend_on_the_room(void **state)
{
	(void)state;
	static const char *const strings[] = { "", "x", "0123456789abcdef0123456789", "/a\"b",
		"0123456789\n0123456789\xc3\xa9 0123456789\x7f", "\xff 0123456789" };
	static const char *const want[] = { "\"\"", "\"x\"", "\"0123456789abcdef0123456789\"",
		"\"/a\\\"b\"", "\"0123456789\\n0123456789\xc3\xa9 0123456789\\u007f\"",
		"\"\xef\xbf\xbd 0123456789\"" };

	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		for (size_t before = 0; before < 300; before++) {
			struct text t;

			text_init(&t, 0);
			for (size_t n = 0; n < before; n++)
				text_add_char(&t, '-');
			text_add_json(&t, span_of(strings[i]));
			assert_int_equal(t.len, before + strlen(want[i]));
			assert_string_equal(t.p + before, want[i]);
			text_free(&t);
		}
	}
}

static void
json_strings_keep_to_the_limit(void **state)
{
	(void)state;
	for (size_t limit = 1; limit < 40; limit++) {
		struct text t;

		text_init(&t, limit);
		text_add_json(&t, SPAN("0123456789"));
		assert_int_equal(t.failed, limit < 12);
		text_add_json(&t, SPAN("0123456789"));
		assert_int_equal(t.failed, limit < 24);
		assert_true(t.len <= limit);
		text_add_char(&t, 'x');
		assert_int_equal(t.failed, limit < 25);
		text_free(&t);
	}
}

static void
hex_goes_both_ways(void **state)
{
	static const char id[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
	unsigned char bytes[3] = { 0 };
	char hex[7];

	(void)state;
	text_hex(hex, "\x00\x7f\xff", 3);
	assert_string_equal(hex, "007fff");
	assert_true(text_unhex(SPAN("007fFF"), bytes, 3));
	assert_memory_equal(bytes, "\x00\x7f\xff", 3);
	assert_false(text_unhex(SPAN("007ff"), bytes, 3));
	assert_false(text_unhex(SPAN("007fff0"), bytes, 3));
	assert_false(text_unhex(SPAN("007fgf"), bytes, 3));
	assert_int_equal(text_hex_value('a'), 10);
	assert_int_equal(text_hex_value('F'), 15);
	for (const char *p = "/:@G`g\xe1"; *p; p++)
		assert_int_equal(text_hex_value(*p), -1);
	assert_true(text_is_full_id(SPAN(id)));
	assert_false(text_is_full_id((struct span){ id, 63 }));
	assert_false(text_is_full_id(
		SPAN("0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef")));
}

/* FIPS 180-2 appendix B, RFC 4231 test case 2. */
static void
digests_by_known_answers(void **state)
{
	unsigned char out[SECRET_SHA256_LEN], again[SECRET_SHA256_LEN];
	struct secret_digest *d;
	char hex[65];

	(void)state;
	secret_sha256(SPAN("abc"), out);
	text_hex(hex, out, sizeof(out));
	assert_string_equal(hex,
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	d = secret_digest_new();
	secret_digest_add(d, "a", 1);
	secret_digest_add(d, NULL, 0);
	secret_digest_add(d, "bc", 2);
	secret_digest_end(d, again);
	assert_true(secret_equal(out, again, sizeof(out)));
	again[31] ^= 1;
	assert_false(secret_equal(out, again, sizeof(out)));
	secret_digest_free(secret_digest_new());
	secret_digest_free(NULL);
	secret_hmac_sha256(SPAN("Jefe"), SPAN("what do ya want for nothing?"), out);
	text_hex(hex, out, sizeof(out));
	assert_string_equal(hex,
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	secret_sha256((struct span){ NULL, 0 }, out);
	text_hex(hex, out, sizeof(out));
	assert_string_equal(hex,
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	secret_hmac_sha256((struct span){ NULL, 0 }, (struct span){ NULL, 0 }, out);
	text_hex(hex, out, sizeof(out));
	assert_string_equal(hex,
		"b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void
secrets_are_wiped_and_random(void **state)
{
	unsigned char a[32] = { 0 }, b[32] = { 0 }, zero[32] = { 0 };

	(void)state;
	secret_random(a, sizeof(a));
	secret_random(b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
	secret_wipe(a, sizeof(a));
	assert_memory_equal(a, zero, sizeof(a));
}

static void
times_are_printed(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} facts[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ -1, "1969-12-31T23:59:59Z" },
		{ 951782399, "2000-02-28T23:59:59Z" },
		{ 951782400, "2000-02-29T00:00:00Z" },
		{ 951868800, "2000-03-01T00:00:00Z" },
		{ 4107542399, "2100-02-28T23:59:59Z" },
		{ 4107542400, "2100-03-01T00:00:00Z" },
		{ 1767323045, "2026-01-02T03:04:05Z" },
		{ 253402300799, "9999-12-31T23:59:59Z" },
		{ INT64_MAX, "9999-12-31T23:59:59Z" },
		{ INT64_MIN, "0000-01-01T00:00:00Z" },
	};
	char out[CLOCK_RFC3339_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		clock_rfc3339(facts[i].seconds, out);
		assert_string_equal(out, facts[i].text);
	}
	clock_rfc3339_ms(1767323045678, out);
	assert_string_equal(out, "2026-01-02T03:04:05.678Z");
	clock_rfc3339_ms(-1, out);
	assert_string_equal(out, "1969-12-31T23:59:59.999Z");
}

static void
times_are_read(void **state)
{
	static const char *const wrong[] = { "", "2026-1-02", "2026-01-02T03:04:05", "2026-13-01",
		"2026-00-01", "2026-02-29", "2100-02-29", "2026-01-00", "2026-04-31",
		"2026-01-02T24:00:00Z", "2026-01-02T03:60:05Z", "2026-01-02T03:04:60Z",
		"2026-01-02t03:04:05z", "2026-01-02T03:04:05+00:00", "2026-01-02T03:04:05.0Z",
		" 2026-01-02", "2026-01-02 ", "-026-01-02", "2026:01-02" };
	int64_t at = 0;
	char out[CLOCK_RFC3339_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (clock_parse(span_of(wrong[i]), &at))
			fail_msg("'%s' was read", wrong[i]);
	assert_true(clock_parse(SPAN("2026-01-02"), &at));
	assert_int_equal(at, 1767312000);
	assert_true(clock_parse(SPAN("2024-02-29T23:59:59Z"), &at));
	assert_int_equal(at, 1709251199);
	assert_true(clock_parse_basic(SPAN("20260102T030405Z"), &at));
	assert_int_equal(at, 1767323045);
	assert_false(clock_parse_basic(SPAN("20260102T030405"), &at));
	assert_false(clock_parse_basic(SPAN("2026-01-02T03:04:05Z"), &at));
	/* Every 9 days and a bit over 400 years: printing is the reverse of reading. */
	for (int64_t t = -2208988800; t < 10413792000; t += 800001) {
		clock_rfc3339(t, out);
		assert_true(clock_parse(span_of(out), &at));
		assert_int_equal(at, t);
	}
}

static void
clocks_go_on(void **state)
{
	uint64_t a = clock_mono_us(), b = clock_mono_us();

	(void)state;
	assert_true(b >= a);
	assert_true(clock_mono_ms() >= a / 1000);
	assert_true(clock_unix() > 1700000000);
	assert_true(clock_unix_ms() / 1000 - clock_unix() <= 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spans_compare),
		cmocka_unit_test(spans_are_cut),
		cmocka_unit_test(numbers_are_plain),
		cmocka_unit_test(spans_are_copied),
		cmocka_unit_test(utf8_is_strict),
		cmocka_unit_test(texts_grow_to_their_limit),
		cmocka_unit_test(texts_drop_from_the_front),
		cmocka_unit_test(json_strings_are_escaped),
		cmocka_unit_test(plain_runs_end_at_the_first_other_byte),
		cmocka_unit_test(json_strings_do_not_depend_on_the_room),
		cmocka_unit_test(json_strings_keep_to_the_limit),
		cmocka_unit_test(hex_goes_both_ways),
		cmocka_unit_test(digests_by_known_answers),
		cmocka_unit_test(secrets_are_wiped_and_random),
		cmocka_unit_test(times_are_printed),
		cmocka_unit_test(times_are_read),
		cmocka_unit_test(clocks_go_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
