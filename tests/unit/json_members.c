/*
 * Tests of format/json_members: the same parts whatever the pieces of the input are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/json_members.h"

#define LARGEST 64

static int
print_value(void *arg, struct span key, struct json_doc *doc, struct json *v)
{
	struct text *out = arg;

	assert_ptr_equal(doc->root, v);
	text_addf(out, "%.*s=", SPAN_ARG(key));
	json_print(out, v);
	text_add_char(out, ';');
	return 0;
}

static int
print_array(void *arg, struct span key)
{
	text_addf(arg, "%.*s:", SPAN_ARG(key));
	return span_eq(key, SPAN("stop")) ? -1 : 0;
}

static int
print_element(void *arg, struct json_doc *doc, struct json *v)
{
	struct text *out = arg;

	assert_ptr_equal(doc->root, v);
	json_print(out, v);
	text_add_char(out, ';');
	return 0;
}

static const struct json_members_kind printer = { print_value, print_array, print_element };

/* Gives the parts, or the fault behind '!'. Each piece lies in memory of exactly its size. */
static void
run(struct span in, size_t piece, struct text *out)
{
	struct json_members *m = json_members_new(LARGEST, &printer, out);
	int result = 0;

	assert_non_null(m);
	while (in.len && !result) {
		size_t n = piece < in.len ? piece : in.len;
		char *copy = malloc(n);

		assert_non_null(copy);
		memcpy(copy, in.p, n);
		result = json_members_feed(m, (struct span){ copy, n });
		free(copy);
		in.p += n;
		in.len -= n;
	}
	if (result == 0)
		result = json_members_end(m);
	assert_true((result != 0) == (json_members_fault(m) != NULL));
	if (result) {
		text_addf(out, "!%s", json_members_fault(m));
		assert_int_equal(json_members_feed(m, SPAN("{}")), -1);
		assert_int_equal(json_members_end(m), -1);
	}
	json_members_free(m);
}

static void
assert_parts(struct span in, const char *want)
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
parts_come_one_by_one(void **state)
{
	(void)state;
	assert_parts(SPAN("{}"), "");
	assert_parts(SPAN(" { } \n"), "");
	assert_parts(SPAN("{\"a\":1}"), "a=1;");
	assert_parts(SPAN("{\"a\":[]}"), "a:");
	assert_parts(
		SPAN("{ \"a\" : [ 1 , [2,{\"b\":3}] ] , \"c\" : null , \"d\":{\"e\":[5]},\"f\":-1.5 }\r\n"),
		"a:1;[2,{\"b\":3}];c=null;d={\"e\":[5]};f=-1.5;");
	assert_parts(SPAN("{\"\\u0061\\\"\":\"]}\\\"\",\"\":[\"[{\\\\\"]}"),
		"a\"=\"]}\\\"\";:\"[{\\\\\";");
}

static void
what_is_no_object_is_refused(void **state)
{
	(void)state;
	assert_parts(SPAN(""), "!the object does not end");
	assert_parts(SPAN("[]"), "!an object must begin here");
	assert_parts(SPAN("{\"a\":[1]"), "a:1;!the object does not end");
	assert_parts(SPAN("{\"a\":[1"), "a:!the object does not end");
	assert_parts(SPAN("{\"a\":1"), "!the object does not end");
	assert_parts(SPAN("{\"a"), "!the object does not end");
	assert_parts(SPAN("{a:1}"), "!a key must begin here");
	assert_parts(SPAN("{,}"), "!a key must begin here");
	assert_parts(SPAN("{\"a\":1,}"), "a=1;!a key must begin here");
	assert_parts(SPAN("{\"a\" 1}"), "!a colon must stand here");
	assert_parts(SPAN("{\"a\":[1] 2}"), "a:1;!a comma must stand here");
	assert_parts(SPAN("{\"a\":[]]}"), "a:!a comma must stand here");
	assert_parts(SPAN("{} {}"), "!there is more behind the object");
	assert_parts(SPAN("{\"stop\":[1]}"), "stop:!stopped by the reader of the members");
}

static void
what_is_no_value_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = { "{\"a\":}", "{\"a\":,}", "{\"a\":tru}", "{\"a\":1 2}",
		"{\"a\":{]}", "{\"a\":{\"b\":1,\"b\":2}}", "{\"a\":\"\xff\"}", "{\"\xff\":1}",
		"{\"a\":[}}", "{\"a\":[1,]}", "{\"a\":[,1]}", "{\"a\":01}" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct text out;

		text_init(&out, 0);
		run(span_of(bad[i]), strlen(bad[i]), &out);
		if (!out.p || !strchr(out.p, '!'))
			fail_msg("%s: %s", bad[i], out.p ? out.p : "");
		text_free(&out);
	}
}

static void
parts_are_bounded(void **state)
{
	(void)state;
	char in[LARGEST * 8] = "{\"a\":\"";

	memset(in + 6, 'x', LARGEST);
	strcpy(in + 6 + LARGEST, "\"}");
	assert_parts(span_of(in), "!a member is too long");
	strcpy(in, "{\"a\":[");
	for (size_t i = 0; i < 40; i++)
		strcat(in, "12345,");
	strcat(in, "1]}");
	assert_true(strlen(in) > LARGEST * 2);
	assert_parts((struct span){ "{\"a\":[\"x\"]}", 11 }, "a:\"x\";");
	{
		struct text out;

		text_init(&out, 0);
		run(span_of(in), 7, &out);
		assert_int_equal(out.len, 2 + 40 * 6 + 2);
		text_free(&out);
	}
	memset(in, 'k', sizeof(in));
	memcpy(in, "{\"", 2);
	strcpy(in + 300, "\":1}");
	assert_parts(span_of(in), "!a member is too long");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_come_one_by_one),
		cmocka_unit_test(what_is_no_object_is_refused),
		cmocka_unit_test(what_is_no_value_is_refused),
		cmocka_unit_test(parts_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
