/*
 * Tests of format/json_pick: the same values whatever the pieces of the input are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/json_pick.h"

#define MOST 4096

enum slot { ID, CONFIG, OWNER, TTY, SLOTS };

struct picked {
	struct json_pick_slot slots[SLOTS];
	char id[8], owner[8];
};

static void
prepare(struct picked *v)
{
	memset(v, 0, sizeof(*v));
	v->slots[ID] = (struct json_pick_slot){ .path = { "Id" },
		.type = JSON_STRING,
		.text = v->id,
		.size = sizeof(v->id) };
	v->slots[CONFIG] = (struct json_pick_slot){ .path = { "Config" }, .type = JSON_OBJECT };
	v->slots[OWNER] = (struct json_pick_slot){ .path = { "Config", "Labels", "o.w" },
		.type = JSON_STRING,
		.text = v->owner,
		.size = sizeof(v->owner) };
	v->slots[TTY] = (struct json_pick_slot){ .path = { "Process", "tty" }, .type = JSON_BOOL };
}

/* Feeds pieces of `piece` bytes, each in memory of exactly its size. Gives NULL or the fault. */
static const char *
run(struct picked *v, struct span in, size_t piece, size_t most)
{
	struct json_pick *p;
	const char *fault;
	int result = 0;

	prepare(v);
	p = json_pick_new(v->slots, SLOTS, most);
	assert_non_null(p);
	while (in.len) {
		size_t n = piece < in.len ? piece : in.len;
		char *copy = malloc(n);

		assert_non_null(copy);
		memcpy(copy, in.p, n);
		/* A refusal stays one. */
		assert_true(!result || json_pick_feed(p, (struct span){ copy, n }) == -1);
		if (!result)
			result = json_pick_feed(p, (struct span){ copy, n });
		free(copy);
		in.p += n;
		in.len -= n;
	}
	if (json_pick_end(p))
		result = -1;
	fault = json_pick_fault(p);
	assert_int_equal(result, fault ? -1 : 0);
	json_pick_free(p);
	return fault;
}

static void
assert_slot_text(const struct json_pick_slot *slot, const char *want)
{
	assert_int_equal(slot->found, want != NULL);
	if (!want)
		return;
	assert_int_equal(slot->len, strlen(want));
	assert_memory_equal(slot->text, want, slot->len);
}

static void
assert_picked(struct span in, const char *id, const char *owner)
{
	for (size_t piece = 1; piece <= in.len + 1; piece++) {
		struct picked v;
		const char *fault = run(&v, in, piece, MOST);

		if (fault)
			fail_msg("%.*s by %zu: %s", SPAN_ARG(in), piece, fault);
		assert_slot_text(&v.slots[ID], id);
		assert_slot_text(&v.slots[OWNER], owner);
	}
}

/* json_parse must agree, unless what is wrong is of json_pick only. */
static void
assert_refused(struct span in, const char *want, bool by_parse)
{
	struct json_limits limits = { .exact_keys = true };
	struct json_doc doc;
	int parsed = json_parse(in, &limits, &doc, NULL);

	if (parsed == 0)
		json_free(&doc);
	assert_int_equal(parsed, by_parse ? -1 : 0);
	for (size_t piece = 1; piece <= in.len + 1; piece++) {
		struct picked v;
		const char *fault = run(&v, in, piece, MOST);

		if (!fault || strcmp(fault, want) != 0)
			fail_msg("%.*s by %zu: %s", SPAN_ARG(in), piece, fault ? fault : "taken");
	}
}

static void
values_are_picked_where_they_are(void **state)
{
	(void)state;
	assert_picked(SPAN("{}"), NULL, NULL);
	assert_picked(SPAN(" {\"Id\":\"a\"}\r\n\t "), "a", NULL);
	assert_picked(SPAN("{\"Config\":{\"Labels\":{\"x\":\"y\",\"o.w\":\"al\"}},\"Id\":\"a\"}"),
		"a", "al");
	assert_picked(SPAN("{\"Id\":\"\",\"Config\":{\"Labels\":{\"o.w\":\"\"}}}"), "", "");
	assert_picked(SPAN("{\"Config\":{\"Labels\":null},\"Id\":\"12345678\"}"), "12345678", NULL);
	assert_picked(SPAN("{\"Process\":null,\"Config\":{}}"), NULL, NULL);
}

static void
the_same_keys_elsewhere_are_others(void **state)
{
	(void)state;
	assert_picked(
		SPAN("{\"x\":{\"Id\":1,\"Config\":{\"Labels\":{\"o.w\":\"no\"}}},\"Id\":\"a\"}"),
		"a", NULL);
	assert_picked(SPAN("{\"x\":[{\"Id\":1,\"Config\":7},\"Id\"],\"Id\":\"a\"}"), "a", NULL);
	assert_picked(SPAN("{\"Config\":{\"Config\":{\"Labels\":{\"o.w\":\"no\"}},\"Id\":1,"
			   "\"o.w\":\"no\",\"Labels\":{\"Labels\":{\"o.w\":\"no\"}}}}"),
		NULL, NULL);
	assert_picked(SPAN("{\"o.w\":1,\"Labels\":{\"o.w\":1},\"tty\":1}"), NULL, NULL);
	assert_picked(SPAN("{\"id\":1,\"ID\":2,\"Id \":3,\"I\":4,\"\":5,\"Id\":\"a\"}"), "a", NULL);
	assert_picked(SPAN("{\"x\":[[],{},{\"Id\":[]}],\"Config\":{\"Labels\":{\"o.w\":\"b\"}}}"),
		NULL, "b");
	/* What is there twice but is not wanted has no say. */
	assert_picked(SPAN("{\"x\":1,\"x\":{\"Id\":1,\"Id\":2},\"Id\":\"a\"}"), "a", NULL);
}

static void
keys_and_values_are_compared_decoded(void **state)
{
	(void)state;
	assert_picked(SPAN("{\"\\u0049d\":\"\\u0061\\n\\\"\\\\\"}"), "a\n\"\\", NULL);
	assert_picked(SPAN("{\"Id\":\"\\uD83D\\ude00\"}"), "\xf0\x9f\x98\x80", NULL);
	assert_picked(SPAN("{\"Id\":\"\xf0\x9f\x98\x80\xc3\xa9\"}"), "\xf0\x9f\x98\x80\xc3\xa9",
		NULL);
	assert_picked(SPAN("{\"Id\":\"\x7f\\/\",\"\\\\u0049d\":\"b\"}"), "\x7f/", NULL);
	assert_refused(SPAN("{\"Id\":\"a\",\"\\u0049d\":\"b\"}"), "a key is given twice", true);
}

static void
truth_is_picked(void **state)
{
	(void)state;
	static const char *const texts[] = { "{\"Process\":{\"tty\":false}}",
		"{\"Process\":{\"tty\":true}}" };
	struct picked v;

	for (size_t truth = 0; truth < 2; truth++) {
		for (size_t piece = 1; piece < 30; piece++) {
			assert_null(run(&v, span_of(texts[truth]), piece, MOST));
			assert_true(v.slots[TTY].found);
			assert_int_equal(v.slots[TTY].truth, truth);
			assert_false(v.slots[CONFIG].found);
		}
	}
	assert_null(run(&v, SPAN("{\"Config\":{}}"), 9, MOST));
	assert_true(v.slots[CONFIG].found);
	assert_false(v.slots[TTY].found);
}

static void
a_long_string_is_counted_not_kept(void **state)
{
	(void)state;
	struct span in = SPAN("{\"Id\":\"123456789\"}");

	for (size_t piece = 1; piece <= in.len; piece++) {
		struct picked v;

		assert_null(run(&v, in, piece, MOST));
		assert_true(v.slots[ID].found);
		assert_int_equal(v.slots[ID].len, 9);
		assert_int_equal(v.id[0], '\0');
	}
}

static void
what_is_wanted_twice_is_refused(void **state)
{
	(void)state;
	static const char twice[] = "a key is given twice";

	assert_refused(SPAN("{\"Id\":\"a\",\"Id\":\"a\"}"), twice, true);
	assert_refused(SPAN("{\"Id\":\"a\",\"x\":{},\"Id\":null}"), twice, true);
	assert_refused(SPAN("{\"Config\":{},\"Config\":{\"Labels\":{\"o.w\":\"b\"}}}"), twice,
		true);
	assert_refused(SPAN("{\"Process\":null,\"Process\":{\"tty\":true}}"), twice, true);
	assert_refused(SPAN("{\"Config\":{\"Labels\":{},\"Labels\":{}}}"), twice, true);
	assert_refused(SPAN("{\"Config\":{\"Labels\":null,\"Labels\":{\"o.w\":\"b\"}}}"), twice,
		true);
	assert_refused(SPAN("{\"Config\":{\"Labels\":{\"o.w\":\"a\",\"o.w\":\"b\"}}}"), twice,
		true);
}

static void
wrong_types_are_refused(void **state)
{
	(void)state;
	static const char type[] = "a value is not of the type it should have";
	static const char object[] = "a value is no object";

	assert_refused(SPAN("{\"Id\":1}"), type, false);
	assert_refused(SPAN("{\"Id\":null}"), type, false);
	assert_refused(SPAN("{\"Id\":true}"), type, false);
	assert_refused(SPAN("{\"Id\":[\"a\"]}"), type, false);
	assert_refused(SPAN("{\"Id\":{\"a\":1}}"), type, false);
	assert_refused(SPAN("{\"Config\":null}"), type, false);
	assert_refused(SPAN("{\"Config\":[]}"), type, false);
	assert_refused(SPAN("{\"Config\":{\"Labels\":{\"o.w\":null}}}"), type, false);
	assert_refused(SPAN("{\"Process\":{\"tty\":\"true\"}}"), type, false);
	assert_refused(SPAN("{\"Config\":{\"Labels\":[]}}"), object, false);
	assert_refused(SPAN("{\"Config\":{\"Labels\":\"o.w\"}}"), object, false);
	assert_refused(SPAN("{\"Process\":0}"), object, false);
	assert_refused(SPAN("{\"Process\":false}"), object, false);
	assert_refused(SPAN("[{\"Id\":\"a\"}]"), "the value is no object", false);
	assert_refused(SPAN("\"Id\" "), "the value is no object", false);
	assert_refused(SPAN("null "), "the value is no object", false);
	assert_refused(SPAN("7 "), "the value is no object", false);
	assert_refused(SPAN("true "), "the value is no object", false);
}

static void
what_is_not_json_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = { "{\"Id\":\"a\",}", "{\"Id\" \"a\"}", "{,}", "{]", "}",
		"{\"Id\":tru}", "{\"Id\":\"a\tb\"}", "{\"Id\":\"a\\x\"}", "{'Id':1}", "{/* c */}",
		"{\"x\":01}", "{\"x\":1.}", "{\"x\":-}", "{\"x\":+1}", "{\"x\":NaN}", "{\"x\":1 2}",
		"{\"x\":[1,]}", "{\"Id\\\"", "{\\u0020}", "{\"x\" : \\ud83d\\ude00 }",
		"\xef\xbb\xbf{}", "{\xc2\xa0}", "{\x7f}", "{\"x\":1e}", "{1:2}",
		"{\"x\":\"\x1f\"}" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct span in = span_of(bad[i]);
		struct json_doc doc;

		assert_int_equal(json_parse(in, NULL, &doc, NULL), -1);
		for (size_t piece = 1; piece <= in.len; piece++) {
			struct picked v;

			if (!run(&v, in, piece, MOST))
				fail_msg("%s by %zu is taken", bad[i], piece);
		}
	}
	assert_refused((struct span){ "{\"Id\0\":\"a\"}", 11 }, "it is not JSON", true);
	assert_refused((struct span){ "{\0}", 3 }, "it is not JSON", true);
}

static void
what_yajl_lets_through_is_refused(void **state)
{
	(void)state;
	static const char half[] = "a \\u escape is half of a surrogate pair";
	static const char utf8[] = "a string is not valid UTF-8";
	static const char space[] = "a byte that is no white space stands between values";

	assert_refused(SPAN("{\"Id\":\"\\ud800\"}"), half, true);
	assert_refused(SPAN("{\"Id\":\"\\udc00\"}"), half, true);
	assert_refused(SPAN("{\"Id\":\"\\ud800\\u0041\"}"), half, true);
	assert_refused(SPAN("{\"Id\":\"\\ud800\\ud800\\udc00\"}"), half, true);
	assert_refused(SPAN("{\"Id\":\"\\ud800\\n\"}"), half, true);
	assert_refused(SPAN("{\"Id\":\"\\ud800x\\udc00\"}"), half, true);
	assert_refused(SPAN("{\"\\ud800\\udc00\\udc00\":1}"), half, true);
	assert_refused(SPAN("{\"x\":\"\xff\"}"), utf8, true);
	assert_refused(SPAN("{\"x\":\"\x80\"}"), utf8, true);
	assert_refused(SPAN("{\"x\":\"\xc0\xaf\"}"), utf8, true);
	assert_refused(SPAN("{\"x\":\"\xc3\"}"), utf8, true);
	assert_refused(SPAN("{\"x\":\"\xe0\x9f\xbf\"}"), utf8, true);
	assert_refused(SPAN("{\"x\":\"\xed\xa0\x80\"}"), utf8, true);
	assert_refused(SPAN("{\"x\":\"\xf0\x8f\xbf\xbf\"}"), utf8, true);
	assert_refused(SPAN("{\"x\":\"\xf4\x90\x80\x80\"}"), utf8, true);
	assert_refused(SPAN("{\"x\":\"\xe2\x82\xc0\"}"), utf8, true);
	assert_refused(SPAN("{\v\"x\":1}"), space, true);
	assert_refused(SPAN("{\"x\":\f1}"), space, true);
	assert_refused(SPAN("{\"a\\u0000\":1}"), "a key holds a NUL", true);
	assert_refused(SPAN("{\"Id\\u0000\":1}"), "a key holds a NUL", true);
}

static void
one_value_and_all_of_it(void **state)
{
	(void)state;
	static const char more[] = "there is more than one value";
	static const char open[] = "it does not end";

	assert_refused(SPAN("{}{}"), more, true);
	assert_refused(SPAN("{\"Id\":\"a\"} \"open"), more, true);
	assert_refused(SPAN("{} \n,"), more, true);
	assert_refused(SPAN("{}\v"), "a byte that is no white space stands between values", true);
	assert_refused(SPAN("{}//"), more, true);
	assert_refused((struct span){ "{}\0", 3 }, more, true);
	assert_refused(SPAN(""), open, true);
	assert_refused(SPAN(" \n"), open, true);
	assert_refused(SPAN("{\"Id\":\"a\""), open, true);
	assert_refused(SPAN("{\"Id\":\"a"), open, true);
	assert_refused(SPAN("{\"Id\":\"a\",\"x\":{}"), open, true);
	assert_refused(SPAN("{\"Id\":\"a\\"), open, true);
	assert_refused(SPAN("{\"Id\":\"a\xc3"), open, true);
}

/* A whole answer that is cut anywhere is never taken. */
static void
what_is_cut_short_is_refused(void **state)
{
	(void)state;
	struct span in =
		SPAN("{\"Id\":\"a\",\"Config\":{\"Labels\":{\"o.w\":\"\\u0062\"},\"N\":[1,-2.5e3]},"
		     "\"Process\":{\"tty\":true}}");
	struct picked v;

	assert_null(run(&v, in, in.len, MOST));
	for (size_t len = 0; len < in.len; len++)
		for (size_t piece = 1; piece < 6; piece++)
			assert_non_null(run(&v, (struct span){ in.p, len }, piece, MOST));
}

static void
depth_is_bounded(void **state)
{
	(void)state;
	for (unsigned levels = 30; levels < 36; levels++) {
		struct json_doc doc;
		struct picked v;
		struct text in;
		bool good = levels <= 32;

		text_init(&in, 0);
		text_add_str(&in, "{\"x\":");
		for (unsigned i = 1; i < levels; i++)
			text_add_char(&in, '[');
		for (unsigned i = 1; i < levels; i++)
			text_add_char(&in, ']');
		text_add_char(&in, '}');
		assert_int_equal(json_parse(text_span(&in), NULL, &doc, NULL), good ? 0 : -1);
		assert_int_equal(run(&v, text_span(&in), 7, MOST) == NULL, good);
		json_free(&doc);
		text_free(&in);
	}
}

static void
length_is_bounded(void **state)
{
	(void)state;
	struct span in = SPAN("{\"Id\":\"a\"}   ");

	for (size_t piece = 1; piece <= in.len; piece++) {
		struct picked v;

		assert_null(run(&v, in, piece, in.len));
		assert_string_equal(run(&v, in, piece, in.len - 1), "it is too long");
		assert_string_equal(run(&v, in, piece, 4), "it is too long");
	}
}

static void
slots_are_bounded(void **state)
{
	(void)state;
	struct json_pick_slot slots[JSON_PICK_SLOTS + 1] = { 0 };

	assert_null(json_pick_new(slots, JSON_PICK_SLOTS + 1, MOST));
	json_pick_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_picked_where_they_are),
		cmocka_unit_test(the_same_keys_elsewhere_are_others),
		cmocka_unit_test(keys_and_values_are_compared_decoded),
		cmocka_unit_test(truth_is_picked),
		cmocka_unit_test(a_long_string_is_counted_not_kept),
		cmocka_unit_test(what_is_wanted_twice_is_refused),
		cmocka_unit_test(wrong_types_are_refused),
		cmocka_unit_test(what_is_not_json_is_refused),
		cmocka_unit_test(what_yajl_lets_through_is_refused),
		cmocka_unit_test(one_value_and_all_of_it),
		cmocka_unit_test(what_is_cut_short_is_refused),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(length_is_bounded),
		cmocka_unit_test(slots_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
