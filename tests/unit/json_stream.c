/*
 * Tests of format/json_stream: the same elements whatever the pieces of the input are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/json.h"

#define LARGEST 64

static int
print_element(void *arg, struct json_doc *doc, struct json *element)
{
	struct text *out = arg;

	assert_ptr_equal(doc->root, element);
	json_print(out, element);
	text_add_char(out, ';');
	return 0;
}

/* Feeds pieces of `piece` bytes, each in memory of exactly its size. */
static int
feed_all(struct json_stream *s, struct span in, size_t piece, struct json_error *err)
{
	int result = 0;

	while (in.len && !result) {
		size_t n = piece < in.len ? piece : in.len;
		char *copy = malloc(n);

		assert_non_null(copy);
		memcpy(copy, in.p, n);
		result = json_stream_feed(s, (struct span){ copy, n }, err);
		free(copy);
		in.p += n;
		in.len -= n;
	}
	return result ? result : json_stream_end(s, err);
}

/* Gives the elements, or the error as "line:column message". */
static void
run(struct span in, size_t piece, struct text *out)
{
	struct json_stream *s = json_stream_new(LARGEST, print_element, out);
	struct json_error err;

	assert_non_null(s);
	if (feed_all(s, in, piece, &err))
		text_addf(out, "%u:%u@%zu %s", err.line, err.column, err.offset, err.message);
	json_stream_free(s);
}

static void
assert_elements(struct span in, const char *want)
{
	for (size_t piece = 1; piece <= in.len + 1; piece++) {
		struct text out;

		text_init(&out, 0);
		text_add_str(&out, "");
		run(in, piece, &out);
		if (strcmp(out.p, want) != 0)
			fail_msg("%.*s by %zu: %s", SPAN_ARG(in), piece, out.p);
		text_free(&out);
	}
}

static void
elements_come_one_by_one(void **state)
{
	(void)state;
	assert_elements(SPAN("[]"), "");
	assert_elements(SPAN(" [ \n ] \r\n"), "");
	assert_elements(SPAN("[1]"), "1;");
	assert_elements(SPAN("[ 1 , \"a\" ,[2,[3]], {\"b\":{\"c\":[]}} ,null]\n"),
		"1;\"a\";[2,[3]];{\"b\":{\"c\":[]}};null;");
	assert_elements(SPAN("[\"],[\\\"\\\\\",\"\\\\\",{\"}\":\"{\"}]"),
		"\"],[\\\"\\\\\";\"\\\\\";{\"}\":\"{\"};");
	assert_elements(SPAN("[{\"a\":1,\"A\":2}]"), "{\"a\":1,\"A\":2};");
}

static void
errors_have_their_place_in_the_whole(void **state)
{
	(void)state;
	assert_elements(SPAN("{}"), "1:1@0 an array must begin here");
	assert_elements(SPAN("\n x"), "2:2@2 an array must begin here");
	assert_elements(SPAN(""), "1:1@0 the array does not end");
	assert_elements(SPAN("[1,"), "1;1:4@3 the array does not end");
	assert_elements(SPAN("[1,2"), "1;1:4@3 the array does not end");
	assert_elements(SPAN("[,1]"), "1:2@1 an element is missing");
	assert_elements(SPAN("[1,]"), "1;1:4@3 an element is missing");
	assert_elements(SPAN("[1 ,\n , 2]"), "1;2:2@6 an element is missing");
	assert_elements(SPAN("[] []"), "1:4@3 there is more behind the array");
	assert_elements(SPAN("[1]]"), "1;1:4@3 there is more behind the array");
	assert_elements(SPAN("[1,\n 2 3]"), "1;2:4@7 trailing garbage");
	assert_elements(SPAN("[1, {\"a\":\n tru}]"), "1;2:2@11 invalid string in json text.");
	assert_elements(SPAN("[\"\xff\"]"), "1:3@2 a string is not valid UTF-8");
	assert_elements(SPAN("[}]"), "1:2@1 unallowed token at this point in JSON text");
	assert_elements(SPAN("[[}]"), "1:3@2 unallowed token at this point in JSON text");
	assert_elements(SPAN("[{\"a\":1,\"a\":2}]"), "1:13@12 the key \"a\" is given twice");
	assert_elements(SPAN("[/* c */1]"),
		"1:2@1 probable comment found in input text, comments are not enabled.");
	assert_elements(SPAN("\xef\xbb\xbf[]"), "1:1@0 an array must begin here");
}

static void
an_element_is_bounded(void **state)
{
	(void)state;
	char in[LARGEST + 8];

	memset(in, ' ', sizeof(in));
	memcpy(in, "[0,\"", 4);
	memset(in + 4, 'x', LARGEST - 2);
	memcpy(in + 4 + LARGEST - 2, "\"]", 2);
	for (size_t piece = 1; piece < sizeof(in); piece++) {
		struct text out;

		text_init(&out, 0);
		run((struct span){ in, 4 + LARGEST }, piece, &out);
		assert_int_equal(out.len, 2 + LARGEST + 1);
		text_free(&out);
	}
	memcpy(in + 4 + LARGEST - 2, "x\"]", 3);
	assert_elements((struct span){ in, 5 + LARGEST },
		"0;1:4@3 an element is longer than 64 bytes");
}

/* Whatever stands where in a string, the element ends where it ends, and a later error has its
 * place. */
static void
strings_are_passed_over_whole(void **state)
{
	(void)state;
	static const char *const marks[] = { "\\\"", "\\\\", "]", "},", "\xc3\xa9",
		"\xe2\x82\xac" };

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		for (int before = 0; before < 20; before++) {
			bool wide = (marks[i][0] & 0x80) != 0;
			size_t len = strlen(marks[i]);
			char in[64], want[128];

			snprintf(in, sizeof(in), "[\"%.*s%sxyz\",?]", before,
				"abcdefghijklmnopqrst", marks[i]);
			snprintf(want, sizeof(want),
				"\"%.*s%sxyz\";1:%zu@%zu invalid char in json text.", before,
				"abcdefghijklmnopqrst", marks[i],
				(size_t)before + (wide ? 1 : len) + 8, (size_t)before + len + 7);
			assert_elements(span_of(in), want);
		}
	}
}

static void
lines_are_counted_over_long_elements(void **state)
{
	(void)state;
	assert_elements(SPAN("[1,\n        2,\n\n               3 ,\n           ,4]"),
		"1;2;3;5:12@46 an element is missing");
	assert_elements(SPAN("[{\"abcdefghijk\":\n\"12345678901\xe2\x82\xac\",\n\n  \"b\":1},,]"),
		"{\"abcdefghijk\":\"12345678901\xe2\x82\xac\",\"b\":1};4:10@45 an element is missing");
}

static int
stop_at_two(void *arg, struct json_doc *doc, struct json *element)
{
	int *seen = arg;

	(void)doc;
	(void)element;
	return ++*seen == 2 ? -1 : 0;
}

static void
a_reader_that_stops_is_not_called_again(void **state)
{
	(void)state;
	int seen = 0;
	struct json_stream *s = json_stream_new(LARGEST, stop_at_two, &seen);
	struct json_error err;

	assert_int_equal(json_stream_feed(s, SPAN("[1,2,3,"), &err), -1);
	assert_string_equal(err.message, "stopped by the reader of the elements");
	err.message[0] = '\0';
	assert_int_equal(json_stream_feed(s, SPAN("4]"), &err), -1);
	assert_string_equal(err.message, "stopped by the reader of the elements");
	assert_int_equal(json_stream_end(s, NULL), -1);
	assert_int_equal(seen, 2);
	json_stream_free(s);
	json_stream_free(NULL);
}

static int
count_element(void *arg, struct json_doc *doc, struct json *element)
{
	size_t *n = arg;

	(void)doc;
	assert_int_equal(element->count, 2);
	++*n;
	return 0;
}

static void
ten_thousand_containers_take_the_memory_of_one(void **state)
{
	(void)state;
	size_t n = 0;
	struct json_stream *s = json_stream_new(256, count_element, &n);

	assert_int_equal(json_stream_feed(s, SPAN("["), NULL), 0);
	for (int i = 0; i < 10000; i++) {
		struct span one = SPAN("{\"Id\":\"4f2a9c\",\"Names\":[\"/web\"]}");

		assert_int_equal(json_stream_feed(s, i ? SPAN(",") : SPAN(" "), NULL), 0);
		assert_int_equal(json_stream_feed(s, one, NULL), 0);
	}
	assert_int_equal(json_stream_feed(s, SPAN("]\n"), NULL), 0);
	assert_int_equal(json_stream_end(s, NULL), 0);
	assert_int_equal(n, 10000);
	json_stream_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_come_one_by_one),
		cmocka_unit_test(errors_have_their_place_in_the_whole),
		cmocka_unit_test(an_element_is_bounded),
		cmocka_unit_test(strings_are_passed_over_whole),
		cmocka_unit_test(lines_are_counted_over_long_elements),
		cmocka_unit_test(a_reader_that_stops_is_not_called_again),
		cmocka_unit_test(ten_thousand_containers_take_the_memory_of_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
