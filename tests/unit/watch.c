/*
 * Tests of watch/: the log's lines and the counters.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "watch/watch.h"

static FILE *log_file;
static char lines[16384];

static const struct event_facts request = {
	.kind = EVENT_ANSWERED,
	.peer = "192.0.2.1:4711",
	.tls = "TLSv1.3",
	.tenant = "acme",
	.key = "ci",
	.scheme = "hyper",
	.method = { "GET", 3 },
	.target = { "/v1.41/info", 11 },
	.endpoint = "info",
	.status = 200,
	.bytes_down = 512,
	.duration_ms = 17,
	.container = "",
};

/* What `f` makes a watcher say at this level. */
static const char *
said_by(const struct watcher *w, enum log_level least, const struct event_facts *f)
{
	assert_int_equal(ftruncate(fileno(log_file), 0), 0);
	lseek(fileno(log_file), 0, SEEK_SET);
	log_setup(least, LOG_KEYVALUE, fileno(log_file));
	w->see(NULL, f);
	ssize_t n = pread(fileno(log_file), lines, sizeof(lines) - 1, 0);
	assert_true(n >= 0);
	lines[n] = '\0';
	return lines;
}

static const char *
said(enum log_level least, const struct event_facts *f)
{
	return said_by(&watch_log, least, f);
}

static unsigned
line_count(const char *s)
{
	unsigned n = 0;

	for (; *s; s++)
		n += *s == '\n';
	return n;
}

static int
setup(void **state)
{
	(void)state;
	log_file = tmpfile();
	return log_file ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	log_setup(LOG_INFO, LOG_KEYVALUE, STDERR_FILENO);
	return fclose(log_file);
}

static void
a_request_is_one_line(void **state)
{
	(void)state;
	const char *s = said(LOG_INFO, &request);

	assert_int_equal(line_count(s), 1);
	static const char *const fields[] = { "event=request", "peer=192.0.2.1:4711", "tls=TLSv1.3",
		"tenant=acme", "key=ci", "scheme=hyper", "method=GET", "target=/v1.41/info",
		"endpoint=info", "status=200", "duration_ms=17", "bytes_down=512" };
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (!strstr(s, fields[i]))
			fail_msg("no %s in %s", fields[i], s);
	assert_null(strstr(s, "container="));
	assert_null(strstr(s, "exec="));
	assert_null(strstr(s, "reason="));
}

static void
a_server_error_is_a_warning(void **state)
{
	(void)state;
	struct event_facts f = request;

	assert_string_equal(said(LOG_WARN, &f), "");
	f.status = 502;
	f.reason = "engine unreachable";
	assert_non_null(strstr(said(LOG_WARN, &f), "reason=\"engine unreachable\""));
}

static void
a_hostile_target_stays_in_its_line(void **state)
{
	(void)state;
	struct event_facts f = request;
	const char evil[] = "/x\r\nevent=forged\x1b[2J\" tenant=root\xff\0z";

	f.target = (struct span){ evil, sizeof(evil) - 1 };
	const char *s = said(LOG_INFO, &f);
	assert_int_equal(line_count(s), 1);
	assert_null(strchr(s, '\r'));
	assert_null(strchr(s, '\x1b'));
	assert_non_null(strstr(s, "tenant=acme"));
	assert_non_null(strstr(s, "\\\" tenant=root"));
}

static void
a_session_has_a_line_at_its_start_and_its_end(void **state)
{
	(void)state;
	struct event_facts f = request;

	f.kind = EVENT_SPLICE_START;
	f.status = 101;
	f.endpoint = "exec-start";
	f.container = "c0ffee";
	f.exec = "beef";
	const char *s = said(LOG_INFO, &f);
	assert_non_null(strstr(s, "event=request"));
	assert_non_null(strstr(s, "status=101"));
	assert_non_null(strstr(s, "exec=beef"));
	assert_null(strstr(s, "bytes_down"));

	f.kind = EVENT_SPLICE_END;
	f.reason = "revoked";
	f.bytes_up = 3;
	s = said(LOG_INFO, &f);
	assert_int_equal(line_count(s), 1);
	static const char *const fields[] = { "event=session_end", "reason=revoked", "bytes_up=3",
		"bytes_down=512", "duration_ms=17", "container=c0ffee", "exec=beef",
		"tenant=acme" };
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (!strstr(s, fields[i]))
			fail_msg("no %s in %s", fields[i], s);
}

static void
connections_are_for_debugging_but_their_failures(void **state)
{
	(void)state;
	static const enum event_kind quiet[] = { EVENT_CONNECTION_OPEN, EVENT_HANDSHAKE,
		EVENT_CONNECTION_CLOSE, EVENT_REFUSED };
	struct event_facts f = { .peer = "[2001:db8::1]:9", .reason = "no shared cipher" };

	for (size_t i = 0; i < sizeof(quiet) / sizeof(quiet[0]); i++) {
		f.kind = quiet[i];
		assert_string_equal(said(LOG_INFO, &f), "");
		assert_int_equal(line_count(said(LOG_DEBUG, &f)), 1);
	}
	f.kind = EVENT_HANDSHAKE_FAILED;
	assert_non_null(strstr(said(LOG_INFO, &f), "no shared cipher"));
	f.kind = EVENT_AUTH_FAILED;
	assert_non_null(strstr(said(LOG_WARN, &f), "event=auth_failed"));
}

static void
empty_facts_are_no_fault(void **state)
{
	(void)state;
	struct event_facts f = { 0 };

	for (int k = EVENT_CONNECTION_OPEN; k <= EVENT_SPLICE_END; k++) {
		f.kind = (enum event_kind)k;
		assert_int_equal(line_count(said(LOG_DEBUG, &f)), 1);
	}
}

static void
an_administrators_request_is_one_line_at_every_level(void **state)
{
	(void)state;
	struct event_facts f = request;
	static const char *const fields[] = { "level=audit", "event=audit", "peer=192.0.2.1:4711",
		"tenant=acme", "key=ci", "scheme=hyper", "method=GET", "target=/v1.41/info",
		"endpoint=info", "status=200" };
	const char *s;

	assert_string_equal(said_by(&watch_audit, LOG_DEBUG, &f), "");
	f.administrator = true;
	s = said_by(&watch_audit, LOG_ERROR, &f);
	assert_int_equal(line_count(s), 1);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (!strstr(s, fields[i]))
			fail_msg("no %s in %s", fields[i], s);
	/* One a request: a refusal is told by its answer, a stream by its beginning. */
	for (int k = EVENT_CONNECTION_OPEN; k <= EVENT_SPLICE_END; k++) {
		f.kind = (enum event_kind)k;
		assert_int_equal(line_count(said_by(&watch_audit, LOG_ERROR, &f)),
			k == EVENT_ANSWERED || k == EVENT_SPLICE_START);
	}
}

/* Counts one event and says which counters it moved, by name, in the table's order. */
static const char *
counted(enum event_kind kind, unsigned status, bool resumed)
{
	static char names[512];
	struct board *b = board_new(1);
	assert_non_null(b);
	void *m = watch_metrics.start(b, 3);
	struct event_facts f = { .kind = kind,
		.status = status,
		.resumed = resumed,
		.bytes_up = 9,
		.bytes_down = 9 };

	watch_metrics.see(m, &f);
	names[0] = '\0';
	for (unsigned c = 0; c < BOARD_COUNTERS; c++) {
		uint64_t n = board_total(b, (enum board_counter)c);
		assert_in_range(n, 0, 1);
		if (n) {
			strcat(names, board_counter_name((enum board_counter)c));
			strcat(names, " ");
		}
	}
	watch_metrics.stop(m);
	board_free(b);
	return names;
}

static void
each_event_moves_its_counters_only(void **state)
{
	(void)state;
	assert_string_equal(counted(EVENT_CONNECTION_OPEN, 0, false), "connections ");
	assert_string_equal(counted(EVENT_CONNECTION_CLOSE, 0, false), "connections_closed ");
	assert_string_equal(counted(EVENT_HANDSHAKE, 0, false), "handshakes ");
	assert_string_equal(counted(EVENT_HANDSHAKE, 0, true), "handshakes handshakes_resumed ");
	assert_string_equal(counted(EVENT_HANDSHAKE_FAILED, 0, false), "handshakes_failed ");
	assert_string_equal(counted(EVENT_AUTH_FAILED, 401, false), "auth_failures ");
	assert_string_equal(counted(EVENT_REFUSED, 403, false), "refusals ");
	assert_string_equal(counted(EVENT_ANSWERED, 204, false), "requests answers_2xx ");
	assert_string_equal(counted(EVENT_ANSWERED, 304, false), "requests answers_3xx ");
	assert_string_equal(counted(EVENT_ANSWERED, 499, false), "requests answers_4xx ");
	assert_string_equal(counted(EVENT_ANSWERED, 500, false), "requests answers_5xx ");
	/* The client left before there was an answer. */
	assert_string_equal(counted(EVENT_ANSWERED, 0, false), "requests ");
	assert_string_equal(counted(EVENT_SPLICE_START, 101, false), "requests splices ");
	assert_string_equal(counted(EVENT_SPLICE_START, 200, false),
		"requests answers_2xx splices ");
	assert_string_equal(counted(EVENT_SPLICE_END, 101, false), "splices_closed ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_request_is_one_line, setup, teardown),
		cmocka_unit_test_setup_teardown(a_server_error_is_a_warning, setup, teardown),
		cmocka_unit_test_setup_teardown(a_hostile_target_stays_in_its_line, setup,
			teardown),
		cmocka_unit_test_setup_teardown(a_session_has_a_line_at_its_start_and_its_end,
			setup, teardown),
		cmocka_unit_test_setup_teardown(connections_are_for_debugging_but_their_failures,
			setup, teardown),
		cmocka_unit_test_setup_teardown(empty_facts_are_no_fault, setup, teardown),
		cmocka_unit_test_setup_teardown(
			an_administrators_request_is_one_line_at_every_level, setup, teardown),
		cmocka_unit_test(each_event_moves_its_counters_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
