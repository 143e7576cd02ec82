/*
 * Tests of state/board_claims: order, what stands before a claim, and a limit that many processes keep.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "state/board_map.h"

#define NOW 1000

static const struct demand one = { .containers = 1, .memory = 10 };

static void
the_later_one_sees_the_earlier(void **state)
{
	struct board *b = board_new(1);
	struct board_tenant *acme = board_tenant(b, SPAN("acme")),
			    *beta = board_tenant(b, SPAN("beta"));
	const struct demand two = { .containers = 2,
		.volumes = 3,
		.networks = 4,
		.execs = 5,
		.memory = 6,
		.nano_cpus = 7,
		.pids = 8 };
	struct board_claim *a = board_claim_take(b, acme, &two, NOW),
			   *c = board_claim_take(b, acme, &one, NOW),
			   *other = board_claim_take(b, beta, &one, NOW);
	struct demand sum;

	(void)state;
	assert_int_equal(board_claims_before(b, a, NOW, &sum), 0);
	assert_int_equal(sum.containers, 0);
	assert_int_equal(board_claims_before(b, c, NOW, &sum), 1);
	assert_int_equal(sum.containers, 2);
	assert_int_equal(sum.volumes, 3);
	assert_int_equal(sum.networks, 4);
	assert_int_equal(sum.execs, 5);
	assert_int_equal(sum.memory, 6);
	assert_int_equal(sum.nano_cpus, 7);
	assert_int_equal(sum.pids, 8);
	assert_int_equal(board_claims_before(b, other, NOW, &sum), 0);
	board_claim_give(a);
	assert_int_equal(board_claims_before(b, c, NOW, &sum), 0);
	/* Its place in the table is taken again, and is behind. */
	assert_ptr_equal(board_claim_take(b, acme, &one, NOW), a);
	assert_int_equal(board_claims_before(b, c, NOW, &sum), 0);
	assert_int_equal(board_claims_before(b, a, NOW, &sum), 1);
	assert_int_equal(sum.containers, 1);
	board_free(b);
}

/* It may get a smaller one, or a larger one: who must not overlook it takes it for smaller. */
static void
one_that_takes_its_ticket_right_now_counts(void **state)
{
	struct board *b = board_new(1);
	struct board_tenant *t = board_tenant(b, SPAN("acme"));
	struct board_claim *a = board_claim_take(b, t, &one, NOW),
			   *c = board_claim_take(b, t, &one, NOW),
			   *later = board_claim_take(b, t, &one, NOW);
	struct demand sum;

	(void)state;
	board_claim_give(a);
	assert_int_equal(board_claims_before(b, c, NOW, &sum), 0);
	atomic_store(&later->ticket, 1);
	assert_int_equal(board_claims_before(b, c, NOW, &sum), 1);
	/* What it demands is written before it says so; one that has not said so yet will be behind. */
	atomic_store(&later->ticket, 0);
	assert_int_equal(board_claims_before(b, c, NOW, &sum), 0);
	board_free(b);
}

static void
sums_do_not_wrap(void **state)
{
	struct demand sum = { .memory = UINT64_MAX - 5, .pids = 3 };

	(void)state;
	demand_add(&sum, &(struct demand){ .memory = 10, .pids = 4 });
	assert_true(sum.memory == UINT64_MAX);
	assert_int_equal(sum.pids, 7);
}

static void
a_full_table_takes_no_more(void **state)
{
	struct board *b = board_new(1);
	struct board_tenant *t = board_tenant(b, SPAN("acme"));
	struct board_claim *last = NULL;

	(void)state;
	for (int i = 0; i < BOARD_CLAIMS; i++) {
		last = board_claim_take(b, t, &one, NOW);
		assert_non_null(last);
	}
	assert_null(board_claim_take(b, t, &one, NOW));
	board_claim_give(last);
	assert_ptr_equal(board_claim_take(b, t, &one, NOW), last);
	board_free(b);
}

static void
a_claim_that_is_left_counts_for_a_while(void **state)
{
	struct board *b = board_new(1);
	struct board_tenant *t = board_tenant(b, SPAN("acme"));
	struct board_claim *a = board_claim_take(b, t, &one, NOW),
			   *c = board_claim_take(b, t, &one, NOW);
	struct demand sum;

	(void)state;
	board_claim_leave(a, NOW + 500);
	assert_int_equal(board_claims_before(b, c, NOW, &sum), 1);
	assert_int_equal(board_claims_before(b, c, NOW + 499, &sum), 1);
	assert_int_equal(board_claims_before(b, c, NOW + 500, &sum), 0);
	/* Its place is not another's before its time. */
	assert_ptr_not_equal(board_claim_take(b, t, &one, NOW + 499), a);
	assert_ptr_equal(board_claim_take(b, t, &one, NOW + 500), a);
	board_free(b);
}

static void
a_dead_process_leaves_its_claims(void **state)
{
	struct board *b = board_new(1);
	struct board_tenant *t = board_tenant(b, SPAN("acme"));
	struct board_claim *mine = board_claim_take(b, t, &one, NOW), *last;
	struct demand sum;
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		for (int i = 0; i < 5; i++)
			board_claim_take(b, t, &one, NOW);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	last = board_claim_take(b, t, &one, NOW);
	assert_int_equal(board_claims_before(b, last, NOW, &sum), 6);
	board_claims_reap(b, 0, NOW);
	board_claims_reap(b, -1, NOW);
	assert_int_equal(board_claims_before(b, last, NOW + 100000, &sum), 6);
	board_claims_reap(b, child, NOW + 10);
	assert_int_equal(board_claims_before(b, last, NOW, &sum), 6);
	assert_int_equal(board_claims_before(b, last, NOW + 10, &sum), 1);
	board_claim_give(mine);
	assert_int_equal(board_claims_before(b, last, NOW + 10, &sum), 0);
	board_free(b);
}

/* An engine in memory: how many things there are, and the most there ever were. */
struct engine {
	_Atomic uint64_t there, most, made, refused, waited;
};

enum { PROCESSES = 4, LIMIT = 3, ROUNDS = 4000 };

static void
engine_make(struct engine *e)
{
	uint64_t n = atomic_fetch_add(&e->there, 1) + 1, most = atomic_load(&e->most);

	while (most < n && !atomic_compare_exchange_weak(&e->most, &most, n))
		;
	atomic_fetch_add(&e->made, 1);
}

/* What a gate does: 1 made, 0 refused. */
static int
try_one(struct board *b, struct board_tenant *t, struct engine *e)
{
	struct board_claim *c = board_claim_take(b, t, &one, NOW);
	int made;

	for (;;) {
		struct demand before;
		uint64_t there;

		board_claims_before(b, c, NOW, &before);
		there = atomic_load(&e->there);
		made = there + before.containers + 1 <= LIMIT;
		if (made || there + 1 > LIMIT)
			break;
		atomic_fetch_add(&e->waited, 1);
	}
	if (made)
		engine_make(e);
	else
		atomic_fetch_add(&e->refused, 1);
	board_claim_give(c);
	return made;
}

static void
a_limit_holds_whoever_hammers(void **state)
{
	struct board *b = board_new(1);
	struct board_tenant *t = board_tenant(b, SPAN("acme"));
	struct engine *e =
		mmap(NULL, sizeof(*e), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct demand sum;
	int status;

	(void)state;
	for (int p = 0; p < PROCESSES; p++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid > 0)
			continue;
		for (int i = 0; i < ROUNDS; i++)
			if (try_one(b, t, e))
				atomic_fetch_sub(&e->there, 1);
		_exit(0);
	}
	for (int p = 0; p < PROCESSES; p++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_true(e->most <= LIMIT);
	assert_int_equal(e->there, 0);
	assert_int_equal(e->made + e->refused, PROCESSES * ROUNDS);
	assert_true(e->made > ROUNDS);
	assert_int_equal(board_claims_before(b, board_claim_take(b, t, &one, NOW), NOW, &sum), 0);
	munmap(e, sizeof(*e));
	board_free(b);
}

/* Nothing is removed: as many as fit are made, to the last one, whoever it is. */
static void
as_many_as_fit_are_made(void **state)
{
	struct board *b = board_new(1);
	struct engine *e =
		mmap(NULL, sizeof(*e), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct board_tenant *t = board_tenant(b, SPAN("acme"));

		atomic_store(&e->there, 0);
		for (int p = 0; p < PROCESSES; p++) {
			pid_t pid = fork();

			assert_true(pid >= 0);
			if (pid > 0)
				continue;
			for (int i = 0; i < LIMIT; i++)
				try_one(b, t, e);
			_exit(0);
		}
		for (int p = 0; p < PROCESSES; p++)
			assert_true(wait(&status) > 0);
		assert_int_equal(e->there, LIMIT);
	}
	munmap(e, sizeof(*e));
	board_free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_later_one_sees_the_earlier),
		cmocka_unit_test(one_that_takes_its_ticket_right_now_counts),
		cmocka_unit_test(sums_do_not_wrap),
		cmocka_unit_test(a_full_table_takes_no_more),
		cmocka_unit_test(a_claim_that_is_left_counts_for_a_while),
		cmocka_unit_test(a_dead_process_leaves_its_claims),
		cmocka_unit_test(a_limit_holds_whoever_hammers),
		cmocka_unit_test(as_many_as_fit_are_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
