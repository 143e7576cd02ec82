/*
 * Tests of run/admin_text: metrics and sessions as text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "format/json.h"
#include "run/admin_text.h"

static struct text out;

static int
setup(void **state)
{
	*state = board_new(64);
	text_init(&out, 0);
	return *state ? 0 : -1;
}

static int
teardown(void **state)
{
	board_free(*state);
	text_free(&out);
	return 0;
}

static struct board_row *
add_session(struct board *b, const char *tenant, bool spliced)
{
	struct board_row *r = board_row_take(b);

	assert_non_null(r);
	snprintf(r->tenant, sizeof(r->tenant), "%s", tenant);
	snprintf(r->key, sizeof(r->key), "key of %s", tenant);
	snprintf(r->peer, sizeof(r->peer), "[2001:db8::1]:4711");
	snprintf(r->endpoint, sizeof(r->endpoint), "exec-start");
	r->since_ms = 1767323045678;
	board_row_publish(b, r, getpid());
	atomic_store(&r->spliced, spliced);
	atomic_store(&r->up, 11);
	return r;
}

static void
expect_line(const char *line)
{
	const char *found = strstr(out.p, line);

	if (!found || (found != out.p && found[-1] != '\n') || found[strlen(line)] != '\n')
		fail_msg("no line %s in:\n%s", line, out.p);
}

static void
counters_have_help_type_and_sum(void **state)
{
	struct board *b = *state;

	board_count(b, 0, COUNT_REQUESTS, 2);
	board_count(b, 9, COUNT_REQUESTS, 3);
	admin_write_metrics(b, &out);
	assert_false(out.failed);
	expect_line(
		"# HELP fairlead_requests_total Requests that came to their answer or session.");
	expect_line("# TYPE fairlead_requests_total counter");
	expect_line("fairlead_requests_total 5");
	expect_line("fairlead_refusals_total 0");
	for (unsigned i = 0; i < BOARD_COUNTERS; i++) {
		char line[128];
		snprintf(line, sizeof(line), "# TYPE fairlead_%s_total counter",
			board_counter_name((enum board_counter)i));
		expect_line(line);
	}
	assert_int_equal(out.p[out.len - 1], '\n');
}

static void
gauges_are_what_is_open_and_never_negative(void **state)
{
	struct board *b = *state;

	board_count(b, 0, COUNT_CONNECTIONS, 7);
	board_count(b, 1, COUNT_CONNECTIONS_CLOSED, 4);
	board_count(b, 0, COUNT_SPLICES_CLOSED, 1);
	board_count(b, 0, COUNT_WORKERS_STARTED, 3);
	board_count(b, 0, COUNT_WORKERS_ENDED, 1);
	admin_write_metrics(b, &out);
	expect_line("fairlead_open_connections 3");
	expect_line("fairlead_streams 0");
	expect_line("fairlead_workers 2");
	expect_line("fairlead_sessions 0");
	expect_line("fairlead_sessions_limit 64");
	expect_line("# TYPE fairlead_open_connections gauge");
}

static void
tenants_are_counted_apart_and_escaped(void **state)
{
	struct board *b = *state;
	char name[16];

	add_session(b, "acme", true);
	add_session(b, "acme", false);
	add_session(b, "acme", true);
	add_session(b, "a\"\\\nb", true);
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "t%d", i);
		add_session(b, name, false);
	}
	admin_write_metrics(b, &out);
	expect_line("fairlead_sessions 44");
	expect_line("fairlead_tenant_sessions{tenant=\"acme\",kind=\"stream\"} 2");
	expect_line("fairlead_tenant_sessions{tenant=\"acme\",kind=\"request\"} 1");
	expect_line("fairlead_tenant_sessions{tenant=\"a\\\"\\\\\\nb\",kind=\"stream\"} 1");
	expect_line("fairlead_tenant_sessions{tenant=\"t39\",kind=\"request\"} 1");
}

static const struct json *
parsed(struct json_doc *doc)
{
	struct json_error err;

	if (json_parse(text_span(&out), NULL, doc, &err) < 0)
		fail_msg("%s in %s", err.message, out.p);
	return doc->root;
}

static void
sessions_are_a_json_array(void **state)
{
	struct board *b = *state;
	struct json_doc doc;

	admin_write_sessions(b, &out);
	assert_string_equal(out.p, "[]\n");
	text_clear(&out);
	add_session(b, "acme", true);
	add_session(b, "x\"},{\x01\xff", false);
	admin_write_sessions(b, &out);
	const struct json *list = parsed(&doc);
	assert_int_equal(list->type, JSON_ARRAY);
	assert_int_equal(list->count, 2);
	const struct json *s = list->first;
	uint64_t n;
	assert_true(span_eq(json_get(s, "tenant")->text, SPAN("acme")));
	assert_true(span_eq(json_get(s, "key")->text, SPAN("key of acme")));
	assert_true(span_eq(json_get(s, "endpoint")->text, SPAN("exec-start")));
	assert_true(span_eq(json_get(s, "container")->text, SPAN("")));
	assert_true(span_eq(json_get(s, "since")->text, SPAN("2026-01-02T03:04:05.678Z")));
	assert_true(json_get(s, "spliced")->truth);
	assert_true(json_u64(json_get(s, "up"), &n) && n == 11);
	assert_true(json_u64(json_get(s, "pid"), &n) && n == (uint64_t)getpid());
	assert_false(json_get(s->next, "spliced")->truth);
	json_free(&doc);
}

static void
messages_are_escaped(void **state)
{
	struct json_doc doc;

	(void)state;
	admin_write_message("a \"quoted\"\r\nline", &out);
	assert_true(span_eq(json_get(parsed(&doc), "message")->text, SPAN("a \"quoted\"\r\nline")));
	json_free(&doc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(counters_have_help_type_and_sum, setup, teardown),
		cmocka_unit_test_setup_teardown(gauges_are_what_is_open_and_never_negative, setup,
			teardown),
		cmocka_unit_test_setup_teardown(tenants_are_counted_apart_and_escaped, setup,
			teardown),
		cmocka_unit_test_setup_teardown(sessions_are_a_json_array, setup, teardown),
		cmocka_unit_test_setup_teardown(messages_are_escaped, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
