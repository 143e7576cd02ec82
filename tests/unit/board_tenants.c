/*
 * Tests of state/board_tenants: places by name, counts that go with rows, and rates by a clock of the test's.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "state/board_tenants.h"

#define SECOND UINT64_C(1000000000)
#define START (1000 * SECOND)

static void
a_name_has_one_place(void **state)
{
	struct board *b = board_new(4);
	struct board_tenant *acme = board_tenant(b, SPAN("acme"));

	(void)state;
	assert_non_null(acme);
	assert_ptr_equal(board_tenant(b, SPAN("acme")), acme);
	assert_ptr_not_equal(board_tenant(b, SPAN("acm")), acme);
	board_free(b);
}

static void
a_full_table_has_places_for_those_it_knows(void **state)
{
	struct board *b = board_new(4);
	char name[32];

	(void)state;
	for (int i = 0; i < BOARD_TENANTS; i++) {
		snprintf(name, sizeof(name), "tenant-%d", i);
		assert_non_null(board_tenant(b, span_of(name)));
	}
	assert_null(board_tenant(b, SPAN("one-too-many")));
	assert_non_null(board_tenant(b, SPAN("tenant-0")));
	assert_non_null(board_tenant(b, SPAN("tenant-16383")));
	board_free(b);
}

static void
counts_end_at_the_limit_and_go_with_the_row(void **state)
{
	struct board *b = board_new(8);
	struct board_tenant *t = board_tenant(b, SPAN("acme"));
	struct board_row *r[4];

	(void)state;
	for (int i = 0; i < 4; i++) {
		r[i] = board_row_take(b);
		board_row_publish(b, r[i], getpid());
	}
	assert_true(board_tenant_session(b, t, r[0], 2));
	assert_true(board_tenant_session(b, t, r[1], 2));
	assert_false(board_tenant_session(b, t, r[2], 2));
	assert_true(board_tenant_exec(b, t, r[1], 1));
	assert_false(board_tenant_exec(b, t, r[0], 1));
	assert_int_equal(board_tenant_sessions(t), 2);
	assert_int_equal(board_tenant_execs(t), 1);
	/* One that was refused gives nothing back. */
	board_row_give(b, r[2]);
	assert_int_equal(board_tenant_sessions(t), 2);
	board_row_give(b, r[1]);
	assert_int_equal(board_tenant_sessions(t), 1);
	assert_int_equal(board_tenant_execs(t), 0);
	assert_true(board_tenant_session(b, t, r[3], 2));
	/* A limit that a reload made smaller. */
	assert_false(board_tenant_session(b, t, r[3], 1));
	board_row_give(b, r[3]);
	board_row_give(b, r[0]);
	assert_int_equal(board_tenant_sessions(t), 0);
	/* The next one who gets such a row holds nothing by it. */
	for (int i = 0; i < 8; i++)
		board_row_give(b, board_row_take(b));
	assert_int_equal(board_tenant_sessions(t), 0);
	board_free(b);
}

static void
counts_of_other_tenants_are_their_own(void **state)
{
	struct board *b = board_new(8);
	struct board_tenant *acme = board_tenant(b, SPAN("acme")),
			    *beta = board_tenant(b, SPAN("beta"));
	struct board_row *r = board_row_take(b), *s = board_row_take(b);

	(void)state;
	assert_true(board_tenant_session(b, acme, r, 1));
	assert_true(board_tenant_session(b, beta, s, 1));
	board_row_give(b, r);
	assert_int_equal(board_tenant_sessions(acme), 0);
	assert_int_equal(board_tenant_sessions(beta), 1);
	assert_true(board_tenant_request(acme, 1, START));
	assert_int_equal(board_tenant_bytes(acme, 1024, 1 << 20, START) > 0, true);
	assert_int_equal(board_tenant_bytes(beta, 1024, 1, START), 0);
	board_free(b);
}

static void
a_dead_process_gives_its_counts_back(void **state)
{
	struct board *b = board_new(8);
	struct board_tenant *t = board_tenant(b, SPAN("acme"));
	struct board_row *mine = board_row_take(b);
	int status;
	pid_t child;

	(void)state;
	assert_true(board_tenant_session(b, t, mine, 9));
	child = fork();
	if (child == 0) {
		for (int i = 0; i < 3; i++) {
			struct board_row *r = board_row_take(b);

			if (!board_tenant_session(b, t, r, 9) || !board_tenant_exec(b, t, r, 9))
				_exit(1);
			board_row_publish(b, r, getpid());
		}
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(board_tenant_sessions(t), 4);
	assert_int_equal(board_tenant_execs(t), 3);
	board_rows_reap(b, child);
	assert_int_equal(board_tenant_sessions(t), 1);
	assert_int_equal(board_tenant_execs(t), 0);
	board_free(b);
}

static unsigned
requests_at_once(struct board_tenant *t, uint64_t rate, uint64_t now)
{
	unsigned n = 0;

	while (board_tenant_request(t, rate, now))
		n++;
	return n;
}

static void
ten_seconds_of_requests_come_at_once(void **state)
{
	static const uint64_t rates[] = { 1, 3, 7, 50, 999, 1000000 };

	(void)state;
	for (unsigned i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		struct board *b = board_new(1);
		struct board_tenant *t = board_tenant(b, SPAN("acme"));

		assert_in_range(requests_at_once(t, rates[i], START), 10 * rates[i],
			10 * rates[i] + 1);
		/* What is refused costs nothing: a second later there is a second's worth. */
		assert_in_range(requests_at_once(t, rates[i], START + SECOND), rates[i],
			rates[i] + 1);
		/* However long nothing came, it is never more. */
		assert_in_range(requests_at_once(t, rates[i], START + 3600 * SECOND), 10 * rates[i],
			10 * rates[i] + 1);
		board_free(b);
	}
}

static void
bytes_pass_at_their_rate(void **state)
{
	struct board *b = board_new(1);
	struct board_tenant *t = board_tenant(b, SPAN("acme"));
	uint64_t now = START, passed = 0, wait;

	(void)state;
	/* A second's worth at once. */
	assert_int_equal(board_tenant_bytes(t, 1000, 1000, now), 0);
	assert_int_equal(board_tenant_bytes(t, 1000, 1, now), SECOND / 1000);
	/* Two that take turns, each as it is told, get the rate together. */
	for (now += SECOND; now < START + 101 * SECOND; now += wait) {
		wait = board_tenant_bytes(t, 1000, 100, now);
		passed += 100;
		if (!wait)
			wait = 1000;
	}
	assert_in_range(passed, 100 * 1000, 102 * 1000);
	board_free(b);
}

static void
small_pieces_are_not_free(void **state)
{
	struct board *b = board_new(1);
	struct board_tenant *t = board_tenant(b, SPAN("acme"));
	const uint64_t rate = 8 * SECOND; /* eight a nanosecond */

	(void)state;
	assert_int_equal(board_tenant_bytes(t, rate, rate, START), 0);
	assert_int_equal(board_tenant_bytes(t, rate, 1, START), 1);
	assert_int_equal(board_tenant_bytes(t, rate, 1, START), 2);
	board_free(b);
}

/* Many processes count up and down beside each other: never above the limit, and nothing is lost. */
static void
processes_hammer_a_tenant(void **state)
{
	enum { PROCESSES = 4, ROUNDS = 30000, MOST = 3 };
	struct board *b = board_new(64);
	struct board_tenant *t = board_tenant(b, SPAN("acme"));
	int status, wrong = 0;

	(void)state;
	for (unsigned p = 0; p < PROCESSES; p++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid > 0)
			continue;
		for (unsigned i = 0; i < ROUNDS; i++) {
			struct board_row *r = board_row_take(b);

			/* Each asks for the same tenant anew, some for one that nobody has named yet. */
			if (board_tenant(b, SPAN("acme")) != t)
				_exit(2);
			if (board_tenant_session(b, t, r, MOST) && board_tenant_sessions(t) > MOST)
				_exit(3);
			board_row_give(b, r);
			if (board_tenant_request(board_tenant(b, SPAN("new")), 10, START))
				board_count(b, p, COUNT_REQUESTS, 1);
		}
		_exit(0);
	}
	for (unsigned p = 0; p < PROCESSES; p++) {
		assert_true(wait(&status) > 0);
		wrong |= status;
	}
	assert_int_equal(wrong, 0);
	assert_int_equal(board_tenant_sessions(t), 0);
	assert_int_equal(board_total(b, COUNT_REQUESTS), 100);
	board_free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_has_one_place),
		cmocka_unit_test(a_full_table_has_places_for_those_it_knows),
		cmocka_unit_test(counts_end_at_the_limit_and_go_with_the_row),
		cmocka_unit_test(counts_of_other_tenants_are_their_own),
		cmocka_unit_test(a_dead_process_gives_its_counts_back),
		cmocka_unit_test(ten_seconds_of_requests_come_at_once),
		cmocka_unit_test(bytes_pass_at_their_rate),
		cmocka_unit_test(small_pieces_are_not_free),
		cmocka_unit_test(processes_hammer_a_tenant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
