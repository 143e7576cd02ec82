/*
 * Tests of format/json: what is read, what is refused and where, what is written.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/json.h"

static const struct json_limits plain, with_comments = { .comments = true },
				       exact = { .exact_keys = true };

/* The input lies in memory of exactly its size, so a read beyond it is seen by ASan. */
static int
parse(struct span in, const struct json_limits *limits, struct json_doc *doc,
	struct json_error *err)
{
	char *copy = malloc(in.len ? in.len : 1);
	int result;

	assert_non_null(copy);
	memcpy(copy, in.p, in.len);
	result = json_parse((struct span){ copy, in.len }, limits, doc, err);
	free(copy);
	return result;
}

static void
assert_prints(struct span in, const struct json_limits *limits, const char *want)
{
	struct json_doc doc;
	struct json_error err;
	struct text out;

	if (parse(in, limits, &doc, &err))
		fail_msg("%.*s: refused at %u:%u: %s", SPAN_ARG(in), err.line, err.column,
			err.message);
	text_init(&out, 0);
	json_print(&out, doc.root);
	assert_false(out.failed);
	assert_string_equal(out.p, want);
	text_free(&out);
	json_free(&doc);
}

static void
assert_refused(struct span in, const struct json_limits *limits, unsigned line, unsigned column,
	const char *message)
{
	struct json_doc doc;
	struct json_error err;

	if (parse(in, limits, &doc, &err) == 0)
		fail_msg("%.*s: taken", SPAN_ARG(in));
	if (!strstr(err.message, message) || err.line != line || err.column != column)
		fail_msg("%.*s: %u:%u: %s", SPAN_ARG(in), err.line, err.column, err.message);
	assert_null(doc.root);
	assert_null(doc.arena);
}

static void
values_are_read_and_printed(void **state)
{
	(void)state;
	assert_prints(SPAN("null"), NULL, "null");
	assert_prints(SPAN(" true\r\n"), NULL, "true");
	assert_prints(SPAN("12"), NULL, "12");
	assert_prints(SPAN("-0.50E+07\n"), NULL, "-0.50E+07");
	assert_prints(SPAN("123456789012345678901234567890"), NULL,
		"123456789012345678901234567890");
	assert_prints(SPAN("\"\""), NULL, "\"\"");
	assert_prints(SPAN("[]"), NULL, "[]");
	assert_prints(SPAN("{}"), NULL, "{}");
	assert_prints(SPAN("\t[ 1 , [ ] , { \"a\" : { \"b\" : [ false ] } } , \"x\" ]\n"), NULL,
		"[1,[],{\"a\":{\"b\":[false]}},\"x\"]");
}

static void
strings_are_decoded_and_escaped_anew(void **state)
{
	(void)state;
	assert_prints(SPAN("\"\\u0041\\/\\n\\u000a<>&'\""), NULL, "\"A/\\n\\n<>&'\"");
	assert_prints(SPAN("\"\\ud83d\\ude00 \xf0\x9f\x98\x80\""), NULL,
		"\"\xf0\x9f\x98\x80 \xf0\x9f\x98\x80\"");
	assert_prints(SPAN("\"a\\u0000b\""), NULL, "\"a\\u0000b\"");
	assert_prints(SPAN("\"\\\\ud800\""), NULL, "\"\\\\ud800\"");
	assert_prints(SPAN("{\"\\u0061\":\"\\\"\"}"), NULL, "{\"a\":\"\\\"\"}");
	assert_prints(SPAN("\"\xe2\x80\xa8\""), NULL, "\"\\u2028\"");
}

static void
grammar_errors_have_a_place(void **state)
{
	(void)state;
	assert_refused(SPAN(""), NULL, 1, 1, "there is no value");
	assert_refused(SPAN(" \n "), NULL, 2, 2, "there is no value");
	assert_refused(SPAN("[1,]"), NULL, 1, 4, "unallowed token");
	assert_refused(SPAN("[,1]"), NULL, 1, 2, "unallowed token");
	assert_refused(SPAN("{\n  \"a\" 1}"), NULL, 2, 7, "separated by a colon");
	assert_refused(SPAN("{\"\xc3\xa9\": x}"), NULL, 1, 7, "invalid char");
	assert_refused(SPAN("[1}"), NULL, 1, 3, "array element");
	assert_refused(SPAN("{1:2}"), NULL, 1, 2, "object key");
	assert_refused(SPAN("[\"a\"\"b\"]"), NULL, 1, 5, "array element");
	assert_refused(SPAN("01"), NULL, 1, 2, "trailing garbage");
	assert_refused(SPAN("1."), NULL, 1, 1, "decimal point");
	assert_refused(SPAN("+1"), NULL, 1, 1, "invalid char");
	assert_refused(SPAN("NaN"), NULL, 1, 1, "invalid char");
	assert_refused(SPAN("[1"), NULL, 1, 3, "premature EOF");
	assert_refused(SPAN("nul"), NULL, 1, 1, "invalid string");
	assert_refused(SPAN(" \"abc"), NULL, 1, 2, "premature EOF");
	assert_refused(SPAN("\"\t\""), NULL, 1, 1, "invalid character");
	assert_refused(SPAN("\"\\x41\""), NULL, 1, 1, "may not");
	assert_refused(SPAN("'a'"), NULL, 1, 1, "invalid char");
}

static void
nothing_may_follow_the_value(void **state)
{
	(void)state;
	assert_refused(SPAN("{}{}"), NULL, 1, 3, "trailing garbage");
	assert_refused(SPAN("{} x"), NULL, 1, 4, "trailing garbage");
	assert_refused(SPAN("{},"), NULL, 1, 3, "trailing garbage");
	assert_refused(SPAN("{}\0"), NULL, 1, 3, "trailing garbage");
	assert_refused(SPAN("{\0}"), NULL, 1, 2, "invalid char");
	/* yajl itself takes these three. */
	assert_refused(SPAN("{} \"open"), NULL, 1, 4, "more than one value");
	assert_refused(SPAN("{}\f"), NULL, 1, 3, "more than one value");
	assert_refused(SPAN("{} /* open"), &with_comments, 1, 4, "more than one value");
	assert_refused(SPAN("1 2"), NULL, 1, 3, "trailing garbage");
}

static void
only_white_space_of_the_rfc_counts(void **state)
{
	(void)state;
	assert_refused(SPAN("\v1"), NULL, 1, 1, "no white space");
	assert_refused(SPAN("[1\f,2]"), NULL, 1, 3, "no white space");
	assert_refused(SPAN("{\"a\":\v\"b\"}"), NULL, 1, 6, "no white space");
	assert_refused(SPAN("{\v\"a\":1}"), NULL, 1, 2, "no white space");
	assert_refused(SPAN("[\v]"), NULL, 1, 2, "no white space");
	assert_refused(SPAN("\xc2\xa0{}"), NULL, 1, 1, "invalid char");
	assert_refused(SPAN("\xef\xbb\xbf{}"), NULL, 1, 1, "byte order mark");
}

static void
text_is_valid_unicode(void **state)
{
	(void)state;
	assert_refused(SPAN("\"ab\xff\""), NULL, 1, 4, "UTF-8");
	assert_refused(SPAN("\"\xc0\x80\""), NULL, 1, 2, "UTF-8");
	assert_refused(SPAN("\"\xed\xa0\x80\""), NULL, 1, 2, "UTF-8");
	assert_refused(SPAN("\"\xf4\x90\x80\x80\""), NULL, 1, 2, "UTF-8");
	assert_refused(SPAN("{\"\xe2\x84\":1}"), NULL, 1, 3, "UTF-8");
	assert_refused(SPAN("\"\\ud800\""), NULL, 1, 2, "surrogate");
	assert_refused(SPAN("\"a\\ud800\\u0041\""), NULL, 1, 3, "surrogate");
	assert_refused(SPAN("\"\\udc00\\ud800\""), NULL, 1, 2, "surrogate");
	assert_refused(SPAN("\"\\ud800\\n\""), NULL, 1, 2, "surrogate");
	assert_refused(SPAN("\"\\uD83D\\uD83D\\uDE00\""), NULL, 1, 2, "surrogate");
	assert_refused(SPAN("{\"\\udfff\":1}"), NULL, 1, 3, "surrogate");
	assert_refused(SPAN("{\"a\\u0000\":1}"), NULL, 1, 2, "NUL");
}

static void
keys_that_go_would_join_are_refused(void **state)
{
	(void)state;
	assert_refused(SPAN("{\"a\":1,\"a\":2}"), NULL, 1, 12, "\"a\" is given twice");
	assert_refused(SPAN("{\"Tty\":false,\"tTY\":true}"), NULL, 1, 20, "twice");
	assert_refused(SPAN("{\"Host\":1,\"Ho\\u017ft\":2}"), NULL, 1, 23, "twice");
	assert_refused(SPAN("{\"K\":1,\"\xe2\x84\xaa\":2}"), NULL, 1, 12, "twice");
	assert_refused(SPAN("{\"x\":[{\"S\":1,\"b\":2,\"\xc5\xbf\":3}]}"), NULL, 1, 24, "twice");
	assert_refused(SPAN("{\"a\":1,\"b\":2,\"a\":3}"), &exact, 1, 18, "twice");
	assert_prints(SPAN("{\"a\":1,\"A\":2,\"k\":3,\"\xe2\x84\xaa\":4}"), &exact,
		"{\"a\":1,\"A\":2,\"k\":3,\"\xe2\x84\xaa\":4}");
	assert_prints(SPAN("{\"a\":{\"a\":1},\"ab\":{\"a\":1},\"\":0}"), NULL,
		"{\"a\":{\"a\":1},\"ab\":{\"a\":1},\"\":0}");
	/* Other folds of Unicode reach no field with an ASCII name. */
	assert_prints(SPAN("{\"\xc3\xa9\":1,\"\xc3\x89\":2}"), NULL,
		"{\"\xc3\xa9\":1,\"\xc3\x89\":2}");
}

/* Few members are compared in another way than many: any two of any number. */
static void
exact_keys_are_found_twice_among_few_and_many(void **state)
{
	(void)state;
	for (unsigned n = 2; n <= 34; n++) {
		for (unsigned pair = 0; pair < n; pair++) {
			unsigned other = pair ? pair - 1 : n - 1;
			struct json_error err;
			struct json_doc doc;
			struct text in;

			text_init(&in, 0);
			for (unsigned i = 0; i < n; i++)
				text_addf(&in, "%c\"k%u\":%u", i ? ',' : '{', i, i);
			text_add_char(&in, '}');
			assert_int_equal(json_parse(text_span(&in), &exact, &doc, &err), 0);
			json_free(&doc);
			text_clear(&in);
			for (unsigned i = 0; i < n; i++)
				text_addf(&in, "%c\"k%u\":%u", i ? ',' : '{', i == pair ? other : i,
					i);
			text_add_char(&in, '}');
			assert_int_equal(json_parse(text_span(&in), &exact, &doc, &err), -1);
			assert_non_null(strstr(err.message, "is given twice"));
			text_free(&in);
		}
	}
}

static void
many_keys_are_compared_fast(void **state)
{
	(void)state;
	struct text in;
	struct json_doc doc;
	struct json_error err;

	text_init(&in, 0);
	text_add_char(&in, '{');
	for (int i = 0; i < 90000; i++)
		text_addf(&in, "%s\"key%d\":1", i ? "," : "", i);
	text_add_char(&in, '}');
	assert_int_equal(json_parse(text_span(&in), NULL, &doc, NULL), 0);
	assert_int_equal(doc.root->count, 90000);
	json_free(&doc);
	in.len--;
	text_add_str(&in, ",\"KEY44444\":2}");
	assert_int_equal(json_parse(text_span(&in), NULL, &doc, &err), -1);
	assert_non_null(strstr(err.message, "\"KEY44444\" is given twice"));
	text_free(&in);
}

static void
depth_and_number_of_values_are_bounded(void **state)
{
	(void)state;
	struct json_limits two = { .depth = 2 }, three_nodes = { .nodes = 3 };
	char deep[100000];
	struct json_doc doc;
	struct json_error err;

	assert_prints(SPAN("[[1]]"), &two, "[[1]]");
	assert_prints(SPAN("[[],[]]"), &two, "[[],[]]");
	assert_refused(SPAN("[[1,{}]]"), &two, 1, 5, "deeper than 2");
	assert_prints(SPAN("[1,2]"), &three_nodes, "[1,2]");
	assert_refused(SPAN("[1,2,3]"), &three_nodes, 1, 6, "too many values");
	memset(deep, '[', sizeof(deep));
	assert_int_equal(json_parse((struct span){ deep, sizeof(deep) }, NULL, &doc, &err), -1);
	assert_int_equal(err.offset, 32);
	memset(deep + 32, ']', 32);
	assert_int_equal(json_parse((struct span){ deep, 64 }, NULL, &doc, &err), 0);
	json_free(&doc);
}

static void
comments_are_for_who_asks(void **state)
{
	(void)state;
	assert_refused(SPAN("[1 /* c */]"), &plain, 1, 4, "comment");
	assert_refused(SPAN("// c\n1"), NULL, 1, 1, "comment");
	assert_prints(SPAN("/* \xff \" */ { // [ \"\n\"a\":/**/1 /* } */ }\n// end"),
		&with_comments, "{\"a\":1}");
	assert_prints(SPAN("[\"// no /* comment\"]"), &with_comments, "[\"// no /* comment\"]");
	assert_refused(SPAN("{ /* a\n b */ \"x\": tru }"), &with_comments, 2, 12, "invalid string");
}

static void
offsets_are_those_of_the_values(void **state)
{
	(void)state;
	struct span in = SPAN(
		"{\n\t\"a\" : \"\\u0041\",\n \"b\":[ -1.5 ,null],/* , */\"c\" :{ \"d\": true}, \"e\":12}");
	struct json_doc doc;
	unsigned line, column;

	assert_int_equal(json_parse(in, &with_comments, &doc, NULL), 0);
	assert_int_equal(doc.root->offset, 0);
	assert_memory_equal(in.p + json_get(doc.root, "a")->offset, "\"\\u0041\"", 8);
	assert_memory_equal(in.p + json_get(doc.root, "b")->offset, "[ -", 3);
	assert_memory_equal(in.p + json_get(doc.root, "b")->first->offset, "-1.5", 4);
	assert_memory_equal(in.p + json_get(doc.root, "b")->last->offset, "null", 4);
	assert_memory_equal(in.p + json_get(doc.root, "c")->offset, "{ \"d", 4);
	assert_memory_equal(in.p + json_get(doc.root, "c")->first->offset, "true", 4);
	assert_memory_equal(in.p + json_get(doc.root, "e")->offset, "12", 2);
	json_where(in, json_get(doc.root, "b")->offset, &line, &column);
	assert_int_equal(line, 3);
	assert_int_equal(column, 6);
	json_free(&doc);
	json_where(in, 1000000, &line, &column);
	assert_int_equal(line, 3);
}

static void
members_are_found_as_go_would(void **state)
{
	(void)state;
	struct json_doc doc;

	assert_int_equal(json_parse(SPAN("{\"net\xc5\xbf\":1,\"Networ\xe2\x84\xaa\":2}"), NULL,
				 &doc, NULL),
		0);
	assert_ptr_equal(json_get(doc.root, "Nets"), doc.root->first);
	assert_ptr_equal(json_get(doc.root, "NETWORK"), doc.root->last);
	assert_null(json_get(doc.root, "Net"));
	assert_null(json_get(doc.root, "Networks"));
	assert_null(json_get_exact(doc.root, "Nets"));
	assert_null(json_get(doc.root->first, "x"));
	assert_null(json_get(NULL, "x"));
	assert_null(json_get_exact(NULL, "x"));
	json_free(&doc);
}

static void
neutral_values(void **state)
{
	(void)state;
	struct json_doc doc;
	struct span neutral = SPAN("[null,false,0,-0,0.00,0e9,-0.0E-1,\"\",[],{}]");
	struct span set = SPAN("[true,1,-1,0.01,1e-9,\" \",\"0\",[null],{\"a\":null}]");

	assert_int_equal(json_parse(neutral, NULL, &doc, NULL), 0);
	for (struct json *v = doc.root->first; v; v = v->next)
		assert_true(json_is_neutral(v));
	json_free(&doc);
	assert_int_equal(json_parse(set, NULL, &doc, NULL), 0);
	for (struct json *v = doc.root->first; v; v = v->next)
		assert_false(json_is_neutral(v));
	json_free(&doc);
}

/* 1: an unsigned integer, 2: a signed one, 3: both. */
static int
integer_kind(struct span in, uint64_t *u, int64_t *i)
{
	struct json_doc doc;
	int kind;

	assert_int_equal(json_parse(in, NULL, &doc, NULL), 0);
	kind = (json_u64(doc.root, u) ? 1 : 0) | (json_i64(doc.root, i) ? 2 : 0);
	json_free(&doc);
	return kind;
}

static void
integers_are_literal(void **state)
{
	(void)state;
	uint64_t u = 0;
	int64_t i = 0;

	assert_int_equal(integer_kind(SPAN("18446744073709551615"), &u, &i), 1);
	assert_true(u == UINT64_MAX);
	assert_int_equal(integer_kind(SPAN("18446744073709551616"), &u, &i), 0);
	assert_int_equal(integer_kind(SPAN("9223372036854775807"), &u, &i), 3);
	assert_true(i == INT64_MAX);
	assert_int_equal(integer_kind(SPAN("9223372036854775808"), &u, &i), 1);
	assert_int_equal(integer_kind(SPAN("-9223372036854775808"), &u, &i), 2);
	assert_true(i == INT64_MIN);
	assert_int_equal(integer_kind(SPAN("-9223372036854775809"), &u, &i), 0);
	assert_int_equal(integer_kind(SPAN("-0"), &u, &i), 2);
	assert_int_equal(integer_kind(SPAN("1.0"), &u, &i), 0);
	assert_int_equal(integer_kind(SPAN("1e2"), &u, &i), 0);
	assert_int_equal(integer_kind(SPAN("\"1\""), &u, &i), 0);
	assert_false(json_u64(NULL, &u));
	assert_false(json_i64(NULL, &i));
}

static void
trees_are_built(void **state)
{
	(void)state;
	struct json_doc doc;
	struct json *list, *object;
	struct text out;

	assert_int_equal(json_doc_new(&doc), 0);
	assert_null(doc.root);
	doc.root = object = json_new(&doc, JSON_OBJECT);
	list = json_new(&doc, JSON_ARRAY);
	for (int i = 0; i < 3; i++)
		json_append(list, json_new_string(&doc, (struct span){ "abc", (size_t)i }));
	assert_int_equal(json_set(&doc, object, "one", list), 0);
	assert_int_equal(json_set(&doc, object, "two", json_new(&doc, JSON_NULL)), 0);
	assert_int_equal(json_set(&doc, object, "three", json_new(&doc, JSON_NUMBER)), 0);
	assert_int_equal(json_set(&doc, object, "two", json_new(&doc, JSON_BOOL)), 0);
	assert_int_equal(json_set(&doc, object, "x", NULL), -1);
	json_remove(list->first->next);
	text_init(&out, 0);
	json_print(&out, doc.root);
	assert_string_equal(out.p, "{\"one\":[\"\",\"ab\"],\"two\":false,\"three\":0}");
	json_remove(object->last);
	json_remove(list->first);
	json_remove(list->first);
	json_remove(doc.root); /* has no parent: stays */
	assert_int_equal(json_set(&doc, object, "two", json_new_string(&doc, SPAN("s"))), 0);
	text_clear(&out);
	json_print(&out, doc.root);
	assert_string_equal(out.p, "{\"one\":[],\"two\":\"s\"}");
	/* A part prints by itself, without its key. */
	text_clear(&out);
	json_print(&out, object->last);
	assert_string_equal(out.p, "\"s\"");
	assert_ptr_equal(object->last, json_get_exact(object, "two"));
	assert_int_equal(object->count, 2);
	text_free(&out);
	json_free(&doc);
}

static void
a_member_moves_by_set(void **state)
{
	(void)state;
	struct json_doc doc;
	struct text out;

	assert_int_equal(json_parse(SPAN("{\"a\":{\"x\":1,\"y\":2},\"b\":3}"), NULL, &doc, NULL),
		0);
	assert_int_equal(json_set(&doc, doc.root, "b", json_get(doc.root->first, "x")), 0);
	assert_int_equal(json_set(&doc, doc.root, "a", json_get(doc.root->first, "y")), 0);
	text_init(&out, 0);
	json_print(&out, doc.root);
	assert_string_equal(out.p, "{\"a\":2,\"b\":1}");
	text_free(&out);
	json_free(&doc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_read_and_printed),
		cmocka_unit_test(strings_are_decoded_and_escaped_anew),
		cmocka_unit_test(grammar_errors_have_a_place),
		cmocka_unit_test(nothing_may_follow_the_value),
		cmocka_unit_test(only_white_space_of_the_rfc_counts),
		cmocka_unit_test(text_is_valid_unicode),
		cmocka_unit_test(keys_that_go_would_join_are_refused),
		cmocka_unit_test(exact_keys_are_found_twice_among_few_and_many),
		cmocka_unit_test(many_keys_are_compared_fast),
		cmocka_unit_test(depth_and_number_of_values_are_bounded),
		cmocka_unit_test(comments_are_for_who_asks),
		cmocka_unit_test(offsets_are_those_of_the_values),
		cmocka_unit_test(members_are_found_as_go_would),
		cmocka_unit_test(neutral_values),
		cmocka_unit_test(integers_are_literal),
		cmocka_unit_test(trees_are_built),
		cmocka_unit_test(a_member_moves_by_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
