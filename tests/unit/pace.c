/*
 * Tests of the pace: splices of one tenant share its bytes a second, and wait without work for their turns.
 * Times are told from below only: a slow machine is slower.
 */
#include "splice_bench.h"

#include <sys/mman.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "state/board.h"

#define RATE 200000

/* One turn of the loop that waits for what comes next. */
static void
wait_turn(struct reactor *r)
{
	event_base_loop(r->base, EVLOOP_ONCE);
}

static struct pace *
pace_of(struct bench *b, struct board *board, const char *tenant, uint64_t rate)
{
	return pace_new(b->r, board_tenant(board, span_of(tenant)), rate);
}

/* Both ways at once until all is there; returns the loop's turns. */
static unsigned
carry(struct bench *b, size_t up_total, size_t down_total)
{
	size_t up = 0, down = 0, got_up = 0, got_down = 0;
	unsigned char buf[50000];
	unsigned turns = 0;

	while (got_up < up_total || got_down < down_total) {
		ssize_t n;

		if (up < up_total)
			up += write_pattern(&b->client, up, up_total - up);
		if (down < down_total)
			down += write_pattern(&b->engine, down, down_total - down);
		wait_turn(b->r);
		turns++;
		while ((n = peer_read(&b->engine, buf, sizeof(buf))) > 0)
			for (ssize_t i = 0; i < n; i++)
				assert_int_equal(buf[i], pattern(got_up++));
		while ((n = peer_read(&b->client, buf, sizeof(buf))) > 0)
			for (ssize_t i = 0; i < n; i++)
				assert_int_equal(buf[i], pattern(got_down++));
	}
	return turns;
}

static void
bytes_of_both_ways_count_together(void **state)
{
	struct board *board = board_new(1);
	struct bench b;
	uint64_t begun;
	unsigned turns;

	(void)state;
	bench_open(&b, TLS1_3_VERSION);
	begun = clock_mono_ms();
	bench_splice_paced(&b, "", "", false, pace_of(&b, board, "acme", RATE));
	/* A second's worth at once, and half a second more. */
	turns = carry(&b, RATE / 2, RATE);
	assert_true(clock_mono_ms() - begun >= 450);
	/* It waits for its turns: 50 ms each, two or so, and does not look for them. */
	assert_in_range(turns, 5, 2000);
	assert_int_equal(b.up + b.down, RATE / 2 + RATE);
	shutdown(b.engine.fd, SHUT_WR);
	expect_end(&b, &b.client);
	bench_close(&b);
	board_free(board);
}

static void
another_tenant_is_not_slowed(void **state)
{
	struct board *board = board_new(1);
	struct bench b;

	(void)state;
	bench_open(&b, TLS1_2_VERSION);
	/* Hours of acme's. */
	board_tenant_bytes(board_tenant(board, SPAN("acme")), RATE, (uint64_t)RATE * 10000,
		clock_mono_us() * 1000);
	bench_splice_paced(&b, "", "", false, pace_of(&b, board, "beta", RATE));
	carry(&b, RATE / 4, RATE / 4);
	shutdown(b.engine.fd, SHUT_WR);
	expect_end(&b, &b.client);
	bench_close(&b);
	board_free(board);
}

static void
one_that_waits_can_be_stopped(void **state)
{
	struct board *board = board_new(1);
	struct bench b;

	(void)state;
	bench_open(&b, TLS1_3_VERSION);
	board_tenant_bytes(board_tenant(board, SPAN("acme")), RATE, (uint64_t)RATE * 10000,
		clock_mono_us() * 1000);
	bench_splice_paced(&b, "early up", "early down", false, pace_of(&b, board, "acme", RATE));
	assert_int_equal(write_pattern(&b.engine, 0, 1000), 1000);
	assert_int_equal(write_pattern(&b.client, 0, 1000), 1000);
	for (int i = 0; i < 100; i++)
		peer_turn(b.r);
	/* What was there before the stream passes, and is paid for. */
	assert_int_equal(b.up, 8);
	assert_int_equal(b.down, 10);
	splice_stop(b.splice);
	bench_close(&b);
	assert_int_equal(b.how, SPLICE_STOPPED);
	board_free(board);
}

static void
an_end_comes_after_what_was_slowed(void **state)
{
	struct board *board = board_new(1);
	struct bench b;
	uint64_t begun;

	(void)state;
	bench_open(&b, TLS1_3_VERSION);
	begun = clock_mono_ms();
	bench_splice_paced(&b, "", "", false, pace_of(&b, board, "acme", 10000));
	assert_int_equal(write_pattern(&b.engine, 0, 14000), 14000);
	shutdown(b.engine.fd, SHUT_WR);
	for (size_t got = 0; got < 14000;) {
		unsigned char buf[2000];
		ssize_t n;

		wait_turn(b.r);
		while ((n = peer_read(&b.client, buf, sizeof(buf))) > 0)
			for (ssize_t i = 0; i < n; i++)
				assert_int_equal(buf[i], pattern(got++));
	}
	assert_true(clock_mono_ms() - begun >= 350);
	while (!b.ends)
		wait_turn(b.r);
	expect_end(&b, &b.client);
	assert_int_equal(b.how, SPLICE_ENGINE_END);
	bench_close(&b);
	board_free(board);
}

struct share {
	_Atomic unsigned *ready;
	uint64_t got, done_ms;
};

enum { SHARES = 3 };

/* Each session in a loop of its own, as in workers. */
static void
share_child(struct board *board, struct share *s, size_t total)
{
	unsigned char buf[50000];
	struct bench b;
	size_t sent = 0;

	bench_open(&b, TLS1_3_VERSION);
	bench_splice_paced(&b, "", "", false, pace_of(&b, board, "acme", RATE));
	atomic_fetch_add(s->ready, 1);
	while (atomic_load(s->ready) < SHARES)
		usleep(1000);
	while (s->got < total) {
		ssize_t n;

		if (sent < total)
			sent += write_pattern(&b.engine, sent, total - sent);
		wait_turn(b.r);
		while ((n = peer_read(&b.client, buf, sizeof(buf))) > 0)
			s->got += (uint64_t)n;
	}
	s->done_ms = clock_mono_ms();
	_exit(0);
}

static void
processes_share_a_rate_fairly(void **state)
{
	struct board *board = board_new(1);
	struct share *share = mmap(NULL, (SHARES + 1) * sizeof(*share), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	_Atomic unsigned *ready = (_Atomic unsigned *)(void *)&share[SHARES];
	uint64_t begun = clock_mono_ms();

	(void)state;
	/* What may pass at once is used up; what follows is a second's worth together. */
	board_tenant_bytes(board_tenant(board, SPAN("acme")), RATE, RATE, begun * 1000000);
	for (int i = 0; i < SHARES; i++) {
		share[i].ready = ready;
		if (fork() == 0)
			share_child(board, &share[i], RATE / SHARES);
	}
	for (int i = 0; i < SHARES; i++)
		assert_true(wait(NULL) > 0);
	assert_true(clock_mono_ms() - begun >= 800);
	/* They take turns: none is done long before the others. */
	for (int i = 0; i < SHARES; i++)
		assert_true(share[i].done_ms - begun >= 600);
	munmap(share, (SHARES + 1) * sizeof(*share));
	board_free(board);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_of_both_ways_count_together),
		cmocka_unit_test(another_tenant_is_not_slowed),
		cmocka_unit_test(one_that_waits_can_be_stopped),
		cmocka_unit_test(an_end_comes_after_what_was_slowed),
		cmocka_unit_test(processes_share_a_rate_fairly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
