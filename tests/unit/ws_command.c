/*
 * Tests of the commands on an exec's WebSocket.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "format/ws_command.h"

static void
takes_sizes(void **state)
{
	static const struct {
		const char *text;
		unsigned height, width;
	} facts[] = {
		{ "{\"resize\":[24,80]}", 24, 80 },
		{ " { \"resize\" : [ 1 , 65535 ] }\n", 1, 65535 },
		{ "{\"\\u0072esize\":[2,3]}", 2, 3 },
	};
	struct ws_command c;
	const char *why;

	(void)state;
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		assert_int_equal(ws_command_parse(span_of(facts[i].text), &c, &why), 0);
		assert_int_equal(c.kind, WS_RESIZE);
		assert_int_equal(c.height, facts[i].height);
		assert_int_equal(c.width, facts[i].width);
	}
	assert_int_equal(ws_command_parse(SPAN("{\"stdin\":\"close\"}"), &c, &why), 0);
	assert_int_equal(c.kind, WS_STDIN_CLOSE);
}

static void
refuses_all_else(void **state)
{
	static const char *const texts[] = { "", "ls\n", "{}", "[]", "null", "{\"resize\":[24]}",
		"{\"resize\":[24,80,1]}", "{\"resize\":[0,80]}", "{\"resize\":[24,65536]}",
		"{\"resize\":[-1,80]}", "{\"resize\":[24.0,80]}", "{\"resize\":[\"24\",80]}",
		"{\"resize\":{\"h\":24}}", "{\"Resize\":[24,80]}", "{\"stdin\":true}",
		"{\"stdin\":\"Close\"}", "{\"stdin\":\"close\",\"resize\":[24,80]}",
		"{\"stdin\":\"close\"}x", "{\"stdin\":\"close\"" };
	struct ws_command c;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *why = NULL;

		assert_int_equal(ws_command_parse(span_of(texts[i]), &c, &why), -1);
		assert_non_null(why);
		assert_true(strlen(why) < 124);
	}
}

static void
refuses_what_is_long(void **state)
{
	char text[WS_COMMAND_MAX + 2];
	struct ws_command c;
	const char *why;

	(void)state;
	memset(text, ' ', sizeof(text));
	memcpy(text, "{\"resize\":[24,80]}", 18);
	assert_int_equal(ws_command_parse((struct span){ text, WS_COMMAND_MAX }, &c, &why), 0);
	assert_int_equal(ws_command_parse((struct span){ text, WS_COMMAND_MAX + 1 }, &c, &why), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_sizes),
		cmocka_unit_test(refuses_all_else),
		cmocka_unit_test(refuses_what_is_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
