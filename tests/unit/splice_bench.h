/*
 * splice_bench: a splice between a TLS client and a plain engine on socket pairs, and bytes that can be
 * told from each other. Included by one test program each.
 */
#ifndef FAIRLEAD_TESTS_SPLICE_BENCH_H
#define FAIRLEAD_TESTS_SPLICE_BENCH_H

#include "net_peer.h"

#include <stdlib.h>

#include "net/splice.h"

struct bench {
	struct reactor *r;
	SSL_CTX *ctx;
	struct peer client, engine;
	struct channel *client_channel, *engine_channel;
	struct splice *splice;
	_Atomic uint64_t up, down;
	int ends;
	enum splice_end how;
	int closed; /* client descriptors closed by the gateway */
};

static inline void
on_done(void *arg, enum splice_end how)
{
	struct bench *b = arg;

	b->ends++;
	b->how = how;
}

static inline void
on_closed(void *arg)
{
	((struct bench *)arg)->closed++;
}

static const struct channel_handler idle = { .opened = NULL };

static inline void
bench_open(struct bench *b, int version)
{
	int c[2], e[2];
	SSL *ssl;

	memset(b, 0, sizeof(*b));
	b->r = reactor_new();
	b->ctx = peer_server_ctx(version);
	peer_pair(c);
	peer_pair(e);
	ssl = SSL_new(b->ctx);
	SSL_set_accept_state(ssl);
	b->client_channel = channel_new(b->r, c[0], ssl, &idle, NULL);
	channel_on_close(b->client_channel, on_closed, b);
	b->engine_channel = channel_new(b->r, e[0], NULL, &idle, NULL);
	b->client = (struct peer){ .r = b->r, .fd = c[1] };
	b->engine = (struct peer){ .r = b->r, .fd = e[1] };
	peer_tls(&b->client);
}

static inline void
bench_splice_paced(struct bench *b, const char *early_up, const char *early_down, bool ended,
	struct pace *pace)
{
	struct splice_options o = { .pace = pace,
		.linger_ms = 2000,
		.up = &b->up,
		.down = &b->down,
		.done = on_done,
		.arg = b };

	b->splice = splice_new(b->r, b->client_channel, b->engine_channel, span_of(early_up),
		span_of(early_down), ended, &o);
	assert_non_null(b->splice);
	peer_turn(b->r);
}

static inline void
bench_splice(struct bench *b, const char *early_up, const char *early_down, bool ended)
{
	bench_splice_paced(b, early_up, early_down, ended, NULL);
}

static inline void
bench_close(struct bench *b)
{
	peer_free(&b->client);
	peer_free(&b->engine);
	for (int i = 0; i < 100 && (!b->closed || !b->ends); i++)
		peer_turn(b->r);
	assert_int_equal(b->ends, 1);
	assert_int_equal(b->closed, 1);
	peer_turn(b->r);
	SSL_CTX_free(b->ctx);
	reactor_free(b->r);
}

/* Reads until `want` bytes or the end; asserts that they are those of the pattern. */
static inline unsigned char
pattern(size_t i)
{
	return (unsigned char)(i * 31 + (i >> 12));
}

static inline void
expect_pattern(struct bench *b, struct peer *p, size_t from, size_t want)
{
	unsigned char buf[70000];
	size_t got = 0;

	for (int turn = 0; got < want && turn < PEER_TURNS; turn++) {
		ssize_t n = peer_read(p, buf, want - got < sizeof(buf) ? want - got : sizeof(buf));

		assert_true(n > 0 || n == -1);
		for (ssize_t i = 0; i < n; i++)
			assert_int_equal(buf[i], pattern(from + got + (size_t)i));
		if (n > 0)
			got += (size_t)n;
		peer_turn(b->r);
	}
	assert_int_equal(got, want);
}

static inline void
expect_end(struct bench *b, struct peer *p)
{
	char c;

	for (int turn = 0; turn < PEER_TURNS; turn++) {
		ssize_t n = peer_read(p, &c, 1);

		if (n == 0)
			return;
		assert_int_equal(n, -1);
		peer_turn(b->r);
	}
	fail_msg("no end");
}

/* As much as is taken now, up to `len`. */
static inline size_t
write_pattern(struct peer *p, size_t from, size_t len)
{
	unsigned char buf[16384];
	size_t n = len < sizeof(buf) ? len : sizeof(buf);

	for (size_t i = 0; i < n; i++)
		buf[i] = pattern(from + i);
	return peer_write(p, buf, n);
}

#endif
