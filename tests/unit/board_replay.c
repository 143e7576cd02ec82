/*
 * Tests of the board's replay guard.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "state/board.h"

static void
value_of(unsigned char value[32], unsigned set, unsigned n)
{
	memset(value, 0, 32);
	memcpy(value, &set, sizeof(set));
	memcpy(value + 12, &n, sizeof(n)); /* above the bits that hold the time */
}

static void
a_value_is_taken_once_until_it_ends(void **state)
{
	(void)state;
	struct board *b = board_new(4);
	unsigned char a[32], c[32];
	const int64_t now = 1800000000;

	value_of(a, 5, 1);
	value_of(c, 5, 2);
	assert_false(board_replay_seen(b, a, now, now + 600));
	assert_true(board_replay_seen(b, a, now, now + 600));
	assert_true(board_replay_seen(b, a, now + 600, now + 1200));
	assert_false(board_replay_seen(b, c, now, now + 600));
	assert_false(board_replay_seen(b, a, now + 620, now + 1220));
	assert_true(board_replay_seen(b, a, now + 620, now + 1220));
	board_free(b);
}

static void
a_full_set_forgets_what_ends_first(void **state)
{
	(void)state;
	struct board *b = board_new(4);
	unsigned char value[32];
	const int64_t now = 1800000000;

	for (unsigned i = 0; i < 9; i++) {
		value_of(value, 3, i);
		assert_false(board_replay_seen(b, value, now, now + 100 + 10 * i));
	}
	for (unsigned i = 1; i < 9; i++) {
		value_of(value, 3, i);
		assert_true(board_replay_seen(b, value, now, now + 600));
	}
	value_of(value, 3, 0);
	assert_false(board_replay_seen(b, value, now, now + 600));
	board_free(b);
}

/* Of many processes that give the same values, each value is new to one of them. */
static void
one_process_of_many_is_first(void **state)
{
	(void)state;
	enum { PROCESSES = 4, VALUES = 2000 };
	struct board *b = board_new(4);
	const int64_t now = 1800000000;
	unsigned char value[32];

	for (unsigned p = 0; p < PROCESSES; p++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid > 0)
			continue;
		for (unsigned i = 0; i < VALUES; i++) {
			value_of(value, i % 512, i);
			if (!board_replay_seen(b, value, now, now + 600))
				board_count(b, p, COUNT_REQUESTS, 1);
		}
		_exit(0);
	}
	for (unsigned p = 0; p < PROCESSES; p++)
		assert_true(wait(NULL) > 0);
	assert_int_equal(board_total(b, COUNT_REQUESTS), VALUES);
	board_free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_is_taken_once_until_it_ends),
		cmocka_unit_test(a_full_set_forgets_what_ends_first),
		cmocka_unit_test(one_process_of_many_is_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
