/*
 * The log: a line is whole, in one form, whatever its values hold.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/log.h"
#include "format/json.h"

static int fds[2];
static char line[65536];

static int
set_up(void **state)
{
	(void)state;
	log_name("");
	return pipe(fds);
}

static int
tear_down(void **state)
{
	(void)state;
	close(fds[0]);
	return close(fds[1]);
}

/* What was written since the last call, without the leading time. */
static const char *
written(void)
{
	ssize_t n;
	char *rest;

	assert_int_equal(write(fds[1], "", 1), 1);
	n = read(fds[0], line, sizeof(line));
	assert_true(n >= 1);
	assert_int_equal(line[n - 1], 0);
	if (n == 1)
		return "";
	rest = strstr(line, line[0] == '{' ? "\"level\"" : "level=");
	assert_non_null(rest);
	return rest;
}

static void
lines_as_key_and_value(void **state)
{
	(void)state;
	log_setup(LOG_INFO, LOG_KEYVALUE, fds[1]);
	log_begin(LOG_INFO, "listen");
	log_str("addr", "[::1]:2376");
	log_str("plain", "0.0.0.0:2376/a-b_c");
	log_str("none", NULL);
	log_str("empty", "");
	log_span("odd", SPAN("a b\r\nlevel=error\x1b[0m\"\xff"));
	log_u64("n", UINT64_MAX);
	log_i64("i", INT64_MIN);
	log_end();
	assert_string_equal(written(),
		"level=info event=listen addr=\"[::1]:2376\" plain=0.0.0.0:2376/a-b_c empty=\"\" "
		"odd=\"a b\\r\\nlevel=error\\u001b[0m\\\"\xef\xbf\xbd\" n=18446744073709551615 "
		"i=-9223372036854775808\n");
}

static void
lines_as_json(void **state)
{
	struct json_limits limits = { 0 };
	struct json_doc doc;
	struct json_error err;

	(void)state;
	log_setup(LOG_DEBUG, LOG_JSON, fds[1]);
	log_name("worker 2");
	log_begin(LOG_WARN, "odd");
	log_span("v", SPAN("\"}\n{\x01\xc2\x9b"));
	log_u64("n", 5);
	log_end();
	assert_string_equal(written(),
		"\"level\":\"warn\",\"who\":\"worker 2\",\"event\":\"odd\","
		"\"v\":\"\\\"}\\n{\\u0001\\u009b\",\"n\":5}\n");
	assert_int_equal(json_parse(span_of(line), &limits, &doc, &err), 0);
	assert_int_equal(doc.root->count, 6);
	json_free(&doc);
}

static void
levels_are_kept_apart(void **state)
{
	(void)state;
	log_setup(LOG_WARN, LOG_KEYVALUE, fds[1]);
	assert_false(log_wants(LOG_INFO));
	assert_true(log_wants(LOG_WARN));
	log_begin(LOG_INFO, "quiet");
	log_str("a", "b");
	log_end();
	log_msg(LOG_INFO, "quiet");
	log_str("stray", "field");
	log_end();
	assert_string_equal(written(), "");
	log_msg(LOG_ERROR, "%d of %s", 3, "four");
	assert_string_equal(written(), "level=error event=message msg=\"3 of four\"\n");
}

static void
long_values_are_cut(void **state)
{
	static const char *const keys[] = { "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7" };
	char big[40000];
	struct json_limits limits = { 0 };
	struct json_doc doc;
	struct json_error err;

	(void)state;
	memset(big, 1, sizeof(big));
	log_setup(LOG_INFO, LOG_JSON, fds[1]);
	log_begin(LOG_INFO, "big");
	for (int i = 0; i < 8; i++)
		log_span(keys[i], (struct span){ big, sizeof(big) });
	log_u64("last", 1);
	log_end();
	written();
	assert_true(strlen(line) <= 32768);
	assert_non_null(strstr(line, "\"last\":1,\"cut\":true}\n"));
	assert_int_equal(json_parse(span_of(line), &limits, &doc, &err), 0);
	assert_non_null(json_get(doc.root, "v0"));
	assert_null(json_get(doc.root, "v7"));
	json_free(&doc);
	log_begin(LOG_INFO, "one");
	log_span("v", (struct span){ big, 2049 });
	log_end();
	written();
	assert_non_null(strstr(line, "\\u0001\",\"cut\":true}\n"));
	log_msg(LOG_INFO, "%s", "after it all is well");
	assert_string_equal(written(),
		"\"level\":\"info\",\"event\":\"message\",\"msg\":\"after it all is well\"}\n");
}

static void
an_open_line_is_ended(void **state)
{
	(void)state;
	log_setup(LOG_INFO, LOG_KEYVALUE, fds[1]);
	log_begin(LOG_INFO, "first");
	log_msg(LOG_INFO, "second");
	written();
	assert_non_null(strstr(line, "event=first\n"));
	assert_non_null(strstr(line, "event=message msg=second\n"));
}

static void
fatal_ends_with_one(void **state)
{
	int status = 0;
	pid_t child;

	(void)state;
	log_setup(LOG_INFO, LOG_KEYVALUE, fds[1]);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		fatal("no %s", "way");
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	assert_string_equal(written(), "level=error event=message msg=\"no way\"\n");
}

/* Would wait for ever, were it not for the alarm. */
static void
a_reader_that_stands_still_costs_lines_only(void **state)
{
	char byte;
	int before, lines = 0;

	(void)state;
	alarm(10);
	log_setup(LOG_INFO, LOG_KEYVALUE, fds[1]);
	for (int i = 0; i < 3000; i++)
		log_msg(LOG_INFO, "a line that nobody reads, and then another one");
	alarm(0);
	assert_int_equal(ioctl(fds[0], FIONREAD, &before), 0);
	assert_in_range(before, 16384, 131072);
	/* Once there is room again, lines are written again. */
	for (int i = 0; i < before; i++)
		assert_int_equal(read(fds[0], &byte, 1), 1);
	log_msg(LOG_INFO, "there is room");
	assert_int_equal(ioctl(fds[0], FIONREAD, &lines), 0);
	assert_true(lines > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines_as_key_and_value, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lines_as_json, set_up, tear_down),
		cmocka_unit_test_setup_teardown(levels_are_kept_apart, set_up, tear_down),
		cmocka_unit_test_setup_teardown(long_values_are_cut, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_open_line_is_ended, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_reader_that_stands_still_costs_lines_only, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(fatal_ends_with_one, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
