/*
 * Tests of the channel's backlog: whoever sends the last of it, who waits for `drained` is told.
 */
#include "net_peer.h"

struct writer {
	struct reactor *r;
	struct channel *c;
	struct peer peer;
	SSL_CTX *ctx;
	bool opened;
	unsigned drained;
};

static void
writer_opened(void *arg)
{
	((struct writer *)arg)->opened = true;
}

static void
writer_drained(void *arg)
{
	struct writer *w = arg;

	assert_int_equal(channel_backlog(w->c), 0);
	w->drained++;
}

static const struct channel_handler handler = { .opened = writer_opened,
	.drained = writer_drained };

static void
start(struct writer *w, bool tls)
{
	int fd[2];

	*w = (struct writer){ .r = reactor_new() };
	assert_non_null(w->r);
	peer_pair(fd);
	w->peer = (struct peer){ .r = w->r, .fd = fd[1] };
	if (tls)
		w->ctx = peer_server_ctx(TLS1_3_VERSION);
	w->c = channel_new(w->r, fd[0], tls ? SSL_new(w->ctx) : NULL, &handler, w);
	assert_non_null(w->c);
	if (tls)
		peer_tls(&w->peer);
	for (int i = 0; tls && !w->opened && i < PEER_TURNS; i++)
		peer_turn(w->r);
	assert_true(!tls || w->opened);
}

static void
stop(struct writer *w)
{
	channel_close(w->c);
	peer_turn(w->r);
	peer_free(&w->peer);
	SSL_CTX_free(w->ctx);
	reactor_free(w->r);
}

/* Writes until something stays. */
static void
fill(struct writer *w)
{
	static const char zeros[30000];

	for (unsigned i = 0; !channel_backlog(w->c); i++) {
		assert_true(i < 10000);
		assert_int_equal(channel_write(w->c, zeros, sizeof(zeros)), 0);
	}
}

/* The peer takes what is in the socket. */
static void
take(struct writer *w)
{
	char buf[65536];

	while (peer_read(&w->peer, buf, sizeof(buf)) > 0)
		continue;
}

/* The loop runs for a while; what waits to be told is. */
static void
run(struct writer *w)
{
	for (int i = 0; i < 50; i++)
		peer_turn(w->r);
}

static void
drained_by_the_event(bool tls)
{
	struct writer w;

	start(&w, tls);
	fill(&w);
	run(&w);
	assert_int_equal(w.drained, 0);
	take(&w);
	run(&w);
	take(&w);
	run(&w);
	assert_int_equal(channel_backlog(w.c), 0);
	assert_int_equal(w.drained, 1);
	run(&w);
	assert_int_equal(w.drained, 1);
	stop(&w);
}

/* A later write sends the backlog with its own bytes: nobody is there to be told by then but the next event. */
static void
drained_by_a_write(bool tls)
{
	struct writer w;

	start(&w, tls);
	fill(&w);
	for (unsigned i = 0; channel_backlog(w.c); i++) {
		assert_true(i < 100);
		take(&w);
		assert_int_equal(channel_write(w.c, "x", 1), 0);
		if (!tls)
			run(&w);
	}
	run(&w);
	assert_true(w.drained > 0);
	stop(&w);
}

static void
each_way(void **state)
{
	(void)state;
	drained_by_the_event(false);
	drained_by_the_event(true);
	drained_by_a_write(false);
	drained_by_a_write(true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
