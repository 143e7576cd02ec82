/*
 * Tests of the splice: a TLS client and a plain engine on socket pairs, each
 * thing that ends or stalls a session, over TLS 1.2 and 1.3.
 */
#include "splice_bench.h"

static void
client_half_close(struct bench *b, bool bare_fin)
{
	if (bare_fin)
		shutdown(b->client.fd, SHUT_WR);
	else
		SSL_shutdown(b->client.ssl);
	peer_turn(b->r);
}

static void
engine_end(struct bench *b)
{
	shutdown(b->engine.fd, SHUT_WR);
	peer_turn(b->r);
}

static int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };

static void
test_echo(void **state)
{
	struct bench b;

	bench_open(&b, *(int *)*state);
	bench_splice(&b, "", "", false);
	for (size_t i = 0; i < 50; i++) {
		assert_int_equal(write_pattern(&b.client, i * 16, 16), 16);
		expect_pattern(&b, &b.engine, i * 16, 16);
		assert_int_equal(write_pattern(&b.engine, i * 16, 16), 16);
		expect_pattern(&b, &b.client, i * 16, 16);
	}
	assert_int_equal(b.up, 800);
	assert_int_equal(b.down, 800);
	engine_end(&b);
	expect_end(&b, &b.client);
	assert_int_equal(b.how, SPLICE_ENGINE_END);
	bench_close(&b);
}

static void
test_bulk_both_ways(void **state)
{
	struct bench b;
	size_t total = 8 << 20, up = 0, down = 0, got_up = 0, got_down = 0;
	unsigned char buf[50000];

	bench_open(&b, *(int *)*state);
	bench_splice(&b, "", "", false);
	for (int turn = 0; (got_up < total || got_down < total) && turn < PEER_TURNS; turn++) {
		ssize_t n;

		if (up < total)
			up += write_pattern(&b.client, up, total - up);
		if (down < total)
			down += write_pattern(&b.engine, down, total - down);
		n = peer_read(&b.engine, buf, sizeof(buf));
		for (ssize_t i = 0; i < n; i++)
			assert_int_equal(buf[i], pattern(got_up + (size_t)i));
		got_up += n > 0 ? (size_t)n : 0;
		n = peer_read(&b.client, buf, sizeof(buf));
		for (ssize_t i = 0; i < n; i++)
			assert_int_equal(buf[i], pattern(got_down + (size_t)i));
		got_down += n > 0 ? (size_t)n : 0;
		peer_turn(b.r);
	}
	assert_int_equal(got_up, total);
	assert_int_equal(got_down, total);
	engine_end(&b);
	expect_end(&b, &b.client);
	bench_close(&b);
}

static void
half_close(int version, bool bare_fin)
{
	struct bench b;

	bench_open(&b, version);
	bench_splice(&b, "", "", false);
	assert_int_equal(write_pattern(&b.client, 0, 1000), 1000);
	client_half_close(&b, bare_fin);
	expect_pattern(&b, &b.engine, 0, 1000);
	expect_end(&b, &b.engine);
	assert_int_equal(b.ends, 0);
	/* The other direction goes on, to its last byte. */
	assert_int_equal(write_pattern(&b.engine, 0, 10000), 10000);
	expect_pattern(&b, &b.client, 0, 10000);
	assert_int_equal(write_pattern(&b.engine, 10000, 16384), 16384);
	engine_end(&b);
	expect_pattern(&b, &b.client, 10000, 16384);
	expect_end(&b, &b.client);
	assert_int_equal(b.how, SPLICE_ENGINE_END);
	bench_close(&b);
}

static void
test_half_close_notify(void **state)
{
	half_close(*(int *)*state, false);
}

static void
test_half_close_bare_fin(void **state)
{
	half_close(*(int *)*state, true);
}

/* Data and end in one segment: the end has no event of its own. */
static void
test_end_with_last_bytes(void **state)
{
	struct bench b;

	bench_open(&b, *(int *)*state);
	bench_splice(&b, "", "", false);
	assert_int_equal(write_pattern(&b.client, 0, 100), 100);
	SSL_shutdown(b.client.ssl);
	expect_pattern(&b, &b.engine, 0, 100);
	expect_end(&b, &b.engine);
	engine_end(&b);
	expect_end(&b, &b.client);
	bench_close(&b);
}

static void
test_early_bytes(void **state)
{
	struct bench b;
	char buf[16] = "";

	bench_open(&b, *(int *)*state);
	bench_splice(&b, "to engine", "to client", true);
	for (int i = 0; i < 100 && peer_read(&b.engine, buf, sizeof(buf)) < 0; i++)
		peer_turn(b.r);
	assert_memory_equal(buf, "to engine", 9);
	expect_end(&b, &b.engine);
	for (int i = 0; i < 100 && peer_read(&b.client, buf, sizeof(buf)) < 0; i++)
		peer_turn(b.r);
	assert_memory_equal(buf, "to client", 9);
	engine_end(&b);
	expect_end(&b, &b.client);
	bench_close(&b);
}

/* A client that does not read: the engine's side stops, and what is kept is bounded. */
static void
test_stalled_client(void **state)
{
	struct bench b;
	size_t sent = 0, idle_turns = 0, got = 0;
	unsigned char buf[65536];

	bench_open(&b, *(int *)*state);
	bench_splice(&b, "", "", false);
	while (idle_turns < 50) {
		size_t n = write_pattern(&b.engine, sent, 16384);

		sent += n;
		idle_turns = n ? 0 : idle_turns + 1;
		peer_turn(b.r);
	}
	assert_true(channel_backlog(b.client_channel) > 0);
	assert_true(channel_backlog(b.client_channel) <= 100 << 10);
	for (int turn = 0; got < sent && turn < PEER_TURNS; turn++) {
		ssize_t n = peer_read(&b.client, buf, sizeof(buf));

		for (ssize_t i = 0; i < n; i++)
			assert_int_equal(buf[i], pattern(got + (size_t)i));
		got += n > 0 ? (size_t)n : 0;
		peer_turn(b.r);
	}
	assert_int_equal(got, sent);
	assert_int_equal(channel_backlog(b.client_channel), 0);
	engine_end(&b);
	expect_end(&b, &b.client);
	bench_close(&b);
}

static void
test_stalled_engine(void **state)
{
	struct bench b;
	size_t sent = 0, idle_turns = 0;

	bench_open(&b, *(int *)*state);
	bench_splice(&b, "", "", false);
	while (idle_turns < 50) {
		size_t n = write_pattern(&b.client, sent, 16384);

		sent += n;
		idle_turns = n ? 0 : idle_turns + 1;
		peer_turn(b.r);
	}
	assert_true(channel_backlog(b.engine_channel) > 0);
	assert_true(channel_backlog(b.engine_channel) <= 100 << 10);
	/* Output goes on meanwhile. */
	assert_int_equal(write_pattern(&b.engine, 0, 5000), 5000);
	expect_pattern(&b, &b.client, 0, 5000);
	expect_pattern(&b, &b.engine, 0, sent);
	engine_end(&b);
	expect_end(&b, &b.client);
	bench_close(&b);
}

/* The process has ended while stdin still flows: its output still comes, whole. */
static void
test_engine_reads_no_more(void **state)
{
	struct bench b;
	size_t sent = 0;

	bench_open(&b, *(int *)*state);
	bench_splice(&b, "", "", false);
	shutdown(b.engine.fd, SHUT_RD);
	for (int i = 0; i < 200; i++) {
		sent += write_pattern(&b.client, sent, 16384);
		peer_turn(b.r);
	}
	assert_int_equal(b.ends, 0);
	assert_int_equal(write_pattern(&b.engine, 0, 9000), 9000);
	expect_pattern(&b, &b.client, 0, 9000);
	engine_end(&b);
	expect_end(&b, &b.client);
	assert_int_equal(b.how, SPLICE_ENGINE_END);
	bench_close(&b);
}

/* The engine is gone at once, with output and unread input behind it. */
static void
test_engine_closes_while_input_flows(void **state)
{
	struct bench b;
	size_t sent = 0;

	bench_open(&b, *(int *)*state);
	bench_splice(&b, "", "", false);
	assert_int_equal(write_pattern(&b.engine, 0, 12000), 12000);
	while (sent < 300000 && sent % 16384 == 0) {
		size_t n = write_pattern(&b.client, sent, 16384);

		if (!n)
			break;
		sent += n;
	}
	close(b.engine.fd);
	b.engine.fd = -1;
	expect_pattern(&b, &b.client, 0, 12000);
	expect_end(&b, &b.client);
	bench_close(&b);
}

static void
test_client_gone(void **state)
{
	struct bench b;

	bench_open(&b, *(int *)*state);
	bench_splice(&b, "", "", false);
	close(b.client.fd);
	b.client.fd = -1;
	for (int i = 0; i < 100; i++) {
		write_pattern(&b.engine, 0, 1000);
		peer_turn(b.r);
	}
	assert_int_equal(b.ends, 1);
	assert_int_equal(b.how, SPLICE_CLIENT_GONE);
	/* An end, or a reset where output was left unread. */
	assert_true(peer_read(&b.engine, &(char){ 0 }, 1) != -1);
	bench_close(&b);
}

static void
test_stop(void **state)
{
	struct bench b;

	bench_open(&b, *(int *)*state);
	bench_splice(&b, "", "", false);
	assert_int_equal(write_pattern(&b.engine, 0, 500), 500);
	peer_turn(b.r);
	splice_stop(b.splice);
	expect_pattern(&b, &b.client, 0, 500);
	expect_end(&b, &b.client);
	assert_int_equal(b.how, SPLICE_STOPPED);
	bench_close(&b);
}

#define BOTH(f)                                                                                    \
	{ #f " TLS 1.2", f, NULL, NULL, &versions[0] },                                            \
	{                                                                                          \
#f " TLS 1.3", f, NULL, NULL, &versions[1]                                         \
	}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_echo),
		BOTH(test_bulk_both_ways),
		BOTH(test_half_close_notify),
		BOTH(test_half_close_bare_fin),
		BOTH(test_end_with_last_bytes),
		BOTH(test_early_bytes),
		BOTH(test_stalled_client),
		BOTH(test_stalled_engine),
		BOTH(test_engine_reads_no_more),
		BOTH(test_engine_closes_while_input_flows),
		BOTH(test_client_gone),
		BOTH(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
