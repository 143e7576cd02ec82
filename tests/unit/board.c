/*
 * Tests of state/board: counters, rows under many processes, kills, ticket keys.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "state/board.h"

static void
counts_are_summed_over_slots(void **state)
{
	(void)state;
	struct board *b = board_new(4);

	assert_non_null(b);
	board_count(b, 0, COUNT_REQUESTS, 3);
	board_count(b, 7, COUNT_REQUESTS, 4);
	board_count(b, BOARD_MAX_SLOTS - 1, COUNT_REQUESTS, 5);
	board_count(b, 7, COUNT_SPLICES, 1);
	assert_int_equal(board_total(b, COUNT_REQUESTS), 12);
	assert_int_equal(board_total(b, COUNT_SPLICES), 1);
	assert_int_equal(board_total(b, COUNT_REFUSALS), 0);
	board_free(b);
}

static void
a_settled_slot_leaves_nothing_open(void **state)
{
	(void)state;
	struct board *b = board_new(4);

	board_count(b, 1, COUNT_CONNECTIONS, 9);
	board_count(b, 1, COUNT_CONNECTIONS_CLOSED, 2);
	board_count(b, 1, COUNT_SPLICES, 4);
	board_count(b, 2, COUNT_CONNECTIONS, 5);
	board_slot_settle(b, 1);
	assert_int_equal(board_total(b, COUNT_CONNECTIONS) -
			board_total(b, COUNT_CONNECTIONS_CLOSED),
		5);
	assert_int_equal(board_total(b, COUNT_SPLICES_CLOSED), 4);
	board_free(b);
}

static void
every_counter_has_a_name_and_help(void **state)
{
	(void)state;
	for (unsigned i = 0; i < BOARD_COUNTERS; i++) {
		assert_non_null(board_counter_name((enum board_counter)i));
		assert_non_null(board_counter_help((enum board_counter)i));
		assert_int_equal(strspn(board_counter_name((enum board_counter)i),
					 "abcdefghijklmnopqrstuvwxyz0123456789_"),
			strlen(board_counter_name((enum board_counter)i)));
		for (unsigned j = 0; j < i; j++)
			assert_string_not_equal(board_counter_name((enum board_counter)i),
				board_counter_name((enum board_counter)j));
	}
	assert_null(board_counter_name(BOARD_COUNTERS));
	assert_null(board_counter_help(BOARD_COUNTERS));
}

static void
sizes_that_make_no_sense_are_refused(void **state)
{
	(void)state;
	errno = 0;
	assert_null(board_new(0));
	assert_int_equal(errno, EINVAL);
	errno = 0;
	assert_null(board_new(UINT64_MAX));
	assert_int_equal(errno, EINVAL);
	board_free(NULL);
}

struct seen {
	unsigned n;
	struct board_session last;
};

static void
see(void *arg, const struct board_session *s)
{
	struct seen *seen = arg;

	seen->n++;
	seen->last = *s;
}

static void
a_row_is_read_only_while_it_is_published(void **state)
{
	(void)state;
	struct board *b = board_new(2);
	struct seen seen = { 0 };

	struct board_row *r = board_row_take(b);
	assert_non_null(r);
	board_sessions(b, see, &seen);
	assert_int_equal(seen.n, 0);

	strcpy(r->tenant, "acme");
	strcpy(r->key, "ci");
	strcpy(r->endpoint, "exec-start");
	memset(r->container, 0xcc, sizeof(r->container));
	strcpy(r->peer, "192.0.2.1:4711");
	r->since_ms = 1234;
	board_row_publish(b, r, getpid());
	atomic_store(&r->up, 7);
	atomic_store(&r->down, 8);
	atomic_store(&r->spliced, 1);
	board_sessions(b, see, &seen);
	assert_int_equal(seen.n, 1);
	assert_string_equal(seen.last.tenant, "acme");
	assert_string_equal(seen.last.key, "ci");
	assert_string_equal(seen.last.endpoint, "exec-start");
	assert_int_equal(strlen(seen.last.container), 64);
	assert_string_equal(seen.last.exec, "");
	assert_string_equal(seen.last.peer, "192.0.2.1:4711");
	assert_int_equal(seen.last.since_ms, 1234);
	assert_int_equal(seen.last.up, 7);
	assert_int_equal(seen.last.down, 8);
	assert_true(seen.last.spliced);
	assert_int_equal(seen.last.pid, getpid());
	uint64_t first = seen.last.serial;
	assert_int_not_equal(first, 0);

	board_row_give(b, r);
	seen.n = 0;
	board_sessions(b, see, &seen);
	assert_int_equal(seen.n, 0);

	/* Taken anew, nothing of the one before is left in it. */
	for (int i = 0; i < 2; i++) {
		r = board_row_take(b);
		assert_non_null(r);
		assert_string_equal(r->tenant, "");
		assert_int_equal(atomic_load(&r->up), 0);
		assert_int_equal(atomic_load(&r->spliced), 0);
		board_row_publish(b, r, getpid());
		assert_true(atomic_load(&r->serial) > first);
	}
	assert_null(board_row_take(b));
	board_free(b);
}

static void
a_row_is_hidden_while_its_text_changes(void **state)
{
	(void)state;
	struct board *b = board_new(1);
	struct seen seen = { 0 };
	struct board_row *r = board_row_take(b);

	strcpy(r->tenant, "acme");
	board_row_publish(b, r, getpid());
	uint64_t first = atomic_load(&r->serial);
	atomic_store(&r->kill, BOARD_KILL_REVOKED);
	board_row_hide(r);
	board_sessions(b, see, &seen);
	assert_int_equal(seen.n, 0);
	assert_null(board_row_take(b));
	memset(r->container, 0xcc, sizeof(r->container));
	board_row_publish(b, r, getpid());
	board_sessions(b, see, &seen);
	assert_int_equal(seen.n, 1);
	assert_string_equal(seen.last.tenant, "acme");
	assert_int_equal(strlen(seen.last.container), 64);
	assert_true(seen.last.serial > first);
	assert_int_equal(atomic_load(&r->kill), BOARD_KILL_REVOKED);
	board_free(b);
}

static void
text_without_an_end_is_cut(void **state)
{
	(void)state;
	struct board *b = board_new(1);
	struct seen seen = { 0 };
	struct board_row *r = board_row_take(b);

	memset(r->tenant, 'x', sizeof(r->tenant));
	board_row_publish(b, r, getpid());
	board_sessions(b, see, &seen);
	assert_int_equal(strlen(seen.last.tenant), BOARD_TENANT_SIZE - 1);
	board_free(b);
}

static void
rows_of_a_dead_process_come_back(void **state)
{
	(void)state;
	struct board *b = board_new(8);
	struct seen seen = { 0 };
	struct board_row *mine = board_row_take(b);

	strcpy(mine->tenant, "mine");
	board_row_publish(b, mine, getpid());
	pid_t child = fork();
	if (child == 0) {
		/* One row published, one only taken. */
		board_row_publish(b, board_row_take(b), getpid());
		_exit(board_row_take(b) ? 0 : 1);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	board_sessions(b, see, &seen);
	assert_int_equal(seen.n, 2);
	board_rows_reap(b, 0);
	board_rows_reap(b, -1);
	board_rows_reap(b, child);
	seen.n = 0;
	board_sessions(b, see, &seen);
	assert_int_equal(seen.n, 1);
	assert_string_equal(seen.last.tenant, "mine");
	for (int i = 0; i < 7; i++)
		assert_non_null(board_row_take(b));
	assert_null(board_row_take(b));
	board_free(b);
}

static enum board_kill
kill_acme(void *arg, const struct board_session *s)
{
	(void)arg;
	return strcmp(s->tenant, "acme") == 0 ? BOARD_KILL_REVOKED : BOARD_KILL_NONE;
}

struct swap {
	struct board *b;
	struct board_row *r;
};

/* The session ends, and another takes the row, between the look and the mark. */
static enum board_kill
kill_after_swap(void *arg, const struct board_session *s)
{
	struct swap *w = arg;

	(void)s;
	board_row_give(w->b, w->r);
	w->r = board_row_take(w->b);
	strcpy(w->r->tenant, "innocent");
	board_row_publish(w->b, w->r, getpid());
	return BOARD_KILL_ADMIN;
}

static void
kills_mark_the_wanted_only(void **state)
{
	(void)state;
	struct board *b = board_new(3);
	struct board_row *r[3];
	static const char *tenants[3] = { "acme", "beta", "acme" };

	for (int i = 0; i < 3; i++) {
		r[i] = board_row_take(b);
		strcpy(r[i]->tenant, tenants[i]);
		if (i < 2)
			board_row_publish(b, r[i], getpid());
	}
	assert_int_equal(board_kill(b, kill_acme, NULL), 1);
	assert_int_equal(atomic_load(&r[0]->kill), BOARD_KILL_REVOKED);
	assert_int_equal(atomic_load(&r[1]->kill), BOARD_KILL_NONE);
	assert_int_equal(atomic_load(&r[2]->kill), BOARD_KILL_NONE);
	/* A second kill changes nothing and counts nothing. */
	assert_int_equal(board_kill(b, kill_acme, NULL), 0);
	board_free(b);
}

static void
a_kill_never_hits_the_next_user_of_a_row(void **state)
{
	(void)state;
	struct board *b = board_new(1);
	struct swap w = { b, board_row_take(b) };

	board_row_publish(b, w.r, getpid());
	assert_int_equal(board_kill(b, kill_after_swap, &w), 0);
	assert_int_equal(atomic_load(&w.r->kill), BOARD_KILL_NONE);
	/* And the row can still be marked. */
	strcpy(w.r->tenant, "acme");
	assert_int_equal(board_kill(b, kill_acme, NULL), 1);
	board_free(b);
}

#define HAMMER_PROCESSES 4
#define HAMMER_ROUNDS 20000
#define HAMMER_ROWS 7

/* Fills all text fields of a row with one letter: a mix of two shows a torn copy.
 * Each process keeps a row until it has the next, so there are too few at times. */
static void
hammer(struct board *b, unsigned who)
{
	struct board_row *last = NULL;

	for (unsigned i = 0; i < HAMMER_ROUNDS; i++) {
		struct board_row *r = board_row_take(b);
		if (last)
			board_row_give(b, last);
		last = r;
		if (!r)
			continue;
		char c = (char)('a' + (i + who) % 26);
		memset(r->tenant, c, sizeof(r->tenant) - 1);
		memset(r->key, c, sizeof(r->key) - 1);
		memset(r->container, c, sizeof(r->container));
		memset(r->exec, c, sizeof(r->exec));
		memset(r->peer, c, sizeof(r->peer) - 1);
		r->since_ms = c;
		board_row_publish(b, r, getpid());
		board_count(b, who, COUNT_REQUESTS, 1);
	}
	if (last)
		board_row_give(b, last);
}

struct check {
	unsigned copies, torn;
};

static bool
all_are(const char *s, size_t n, char c)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] != c)
			return false;
	return s[n] == '\0';
}

static bool
all_are_hex(const char *s, char c)
{
	char hex[3];

	snprintf(hex, sizeof(hex), "%02x", (unsigned)c);
	for (size_t i = 0; i < 64; i++)
		if (s[i] != hex[i % 2])
			return false;
	return s[64] == '\0';
}

static void
check_copy(void *arg, const struct board_session *s)
{
	struct check *check = arg;
	char c = (char)s->since_ms;

	check->copies++;
	if (!all_are(s->tenant, sizeof(s->tenant) - 1, c) ||
		!all_are(s->key, sizeof(s->key) - 1, c) || !all_are_hex(s->container, c) ||
		!all_are_hex(s->exec, c) || !all_are(s->peer, sizeof(s->peer) - 1, c))
		check->torn++;
}

static void
copies_are_whole_while_processes_hammer(void **state)
{
	(void)state;
	struct board *b = board_new(HAMMER_ROWS);
	pid_t child[HAMMER_PROCESSES];
	struct check check = { 0, 0 };
	int left = HAMMER_PROCESSES;

	for (unsigned i = 0; i < HAMMER_PROCESSES; i++) {
		child[i] = fork();
		if (child[i] == 0) {
			hammer(b, i);
			_exit(0);
		}
	}
	for (long round = 0; left > 0 && round < 100000000; round++) {
		board_sessions(b, check_copy, &check);
		if (round % 64 == 0 && waitpid(-1, NULL, WNOHANG) > 0)
			left--;
	}
	assert_int_equal(left, 0);
	assert_int_equal(check.torn, 0);
	assert_true(check.copies > 0);
	assert_in_range(board_total(b, COUNT_REQUESTS), HAMMER_ROUNDS,
		HAMMER_PROCESSES * HAMMER_ROUNDS);
	/* None was lost: all can be taken, once each. */
	for (int i = 0; i < HAMMER_ROWS; i++)
		assert_non_null(board_row_take(b));
	assert_null(board_row_take(b));
	board_free(b);
}

static void
rotation_shifts_the_ticket_keys(void **state)
{
	(void)state;
	struct board *b = board_new(1);
	struct board_ticket_key before[BOARD_TICKET_KEYS], after[BOARD_TICKET_KEYS], zero;

	memset(&zero, 0, sizeof(zero));
	board_tickets_read(b, before);
	for (int i = 0; i < BOARD_TICKET_KEYS; i++) {
		assert_memory_not_equal(&before[i], &zero, sizeof(zero));
		for (int j = 0; j < i; j++)
			assert_memory_not_equal(&before[i], &before[j], sizeof(zero));
	}
	board_tickets_rotate(b);
	board_tickets_read(b, after);
	assert_memory_not_equal(&after[0], &before[0], sizeof(zero));
	assert_memory_equal(&after[1], &before[0], 2 * sizeof(zero));
	board_free(b);
}

static void
ticket_keys_are_read_whole_while_they_rotate(void **state)
{
	(void)state;
	struct board *b = board_new(1);
	struct board_ticket_key was[BOARD_TICKET_KEYS], now[BOARD_TICKET_KEYS];
	unsigned changes = 0;

	pid_t child = fork();
	if (child == 0) {
		for (int i = 0; i < 200000; i++)
			board_tickets_rotate(b);
		_exit(0);
	}
	board_tickets_read(b, was);
	for (long round = 0; round < 100000000 && waitpid(child, NULL, WNOHANG) == 0; round++) {
		board_tickets_read(b, now);
		if (memcmp(&now[0], &was[0], sizeof(now[0])) != 0)
			changes++;
		/* One name never comes with two different keys. */
		for (int i = 0; i < BOARD_TICKET_KEYS; i++)
			for (int j = 0; j < BOARD_TICKET_KEYS; j++)
				if (memcmp(now[i].name, was[j].name, sizeof(now[i].name)) == 0)
					assert_memory_equal(&now[i], &was[j], sizeof(now[i]));
		memcpy(was, now, sizeof(was));
	}
	assert_true(changes > 0);
	board_free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_are_summed_over_slots),
		cmocka_unit_test(a_settled_slot_leaves_nothing_open),
		cmocka_unit_test(every_counter_has_a_name_and_help),
		cmocka_unit_test(sizes_that_make_no_sense_are_refused),
		cmocka_unit_test(a_row_is_read_only_while_it_is_published),
		cmocka_unit_test(a_row_is_hidden_while_its_text_changes),
		cmocka_unit_test(text_without_an_end_is_cut),
		cmocka_unit_test(rows_of_a_dead_process_come_back),
		cmocka_unit_test(kills_mark_the_wanted_only),
		cmocka_unit_test(a_kill_never_hits_the_next_user_of_a_row),
		cmocka_unit_test(copies_are_whole_while_processes_hammer),
		cmocka_unit_test(rotation_shifts_the_ticket_keys),
		cmocka_unit_test(ticket_keys_are_read_whole_while_they_rotate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
