/*
 * splice: the pump between a client's channel and an engine's.
 */
#include "net/splice.h"

#include <event2/event.h>
#include <stdlib.h>

#include "net/reactor.h"

/* Scratch buffers a direction may move in one turn before the others have theirs. */
#define SPLICE_ROUNDS 4

/* Each direction on its own: OPEN -> ENDED (its source's end was passed on) or DEAD (its sink is gone). */
enum splice_flow { FLOW_OPEN, FLOW_ENDED, FLOW_DEAD };

struct splice {
	struct reactor *r;
	struct channel *client, *engine;
	struct splice_options o;
	struct event *idle;      /* with an idle limit only */
	unsigned char up, down;  /* enum splice_flow */
	bool up_bulk, down_bulk; /* the last read was full: there is more than a little */
	bool over;
	bool down_first; /* when it goes on: who goes first takes most of what there is */
};

static const char *const end_names[] = {
	[SPLICE_ENGINE_END] = "engine ended",
	[SPLICE_CLIENT_GONE] = "client gone",
	[SPLICE_ENGINE_GONE] = "engine gone",
	[SPLICE_IDLE] = "idle timeout",
	[SPLICE_STOPPED] = "stopped",
};

const char *
splice_end_name(enum splice_end e)
{
	return end_names[e];
}

static void
splice_free(void *arg)
{
	struct splice *s = arg;

	if (s->idle)
		event_free(s->idle);
	pace_free(s->o.pace);
	free(s);
}

/* The one way out. The engine closes at once: it only ever shuts its own side and would
 * keep the connection. The client is flushed, told the end and read out. */
static void
splice_close(struct splice *s, enum splice_end how)
{
	if (s->over)
		return;
	s->over = true;
	if (s->idle)
		event_del(s->idle);
	channel_close(s->engine);
	if (how == SPLICE_CLIENT_GONE)
		channel_close(s->client);
	else
		channel_finish(s->client, s->o.linger_ms);
	reactor_defer(s->r, splice_free, s);
	s->o.done(s->o.arg, how);
}

static void
splice_touch(struct splice *s)
{
	struct timeval tv = { (time_t)(s->o.idle_ms / 1000),
		(suseconds_t)(s->o.idle_ms % 1000 * 1000) };

	if (s->idle)
		event_add(s->idle, &tv);
}

static void
splice_count(struct splice *s, bool up, const void *p, size_t len)
{
	_Atomic uint64_t *n = up ? s->o.up : s->o.down;

	if (n)
		atomic_store_explicit(n, atomic_load_explicit(n, memory_order_relaxed) + len,
			memory_order_relaxed);
	if (s->o.pace)
		(void)pace_pass(s->o.pace, len);
	if (s->o.tap)
		s->o.tap(s->o.arg, up, (struct span){ p, len });
}

/* The engine reads no more (its process ended, say): its output may still come. */
static void
splice_kill_up(struct splice *s)
{
	s->up = FLOW_DEAD;
	channel_read_enable(s->client, false);
}

static void
splice_end_up(struct splice *s)
{
	s->up = FLOW_ENDED;
	channel_shutdown(s->engine);
}

/* How much to read for a sink: much only where much is coming and the sink can take it, so that
 * what a sink that stalls now leaves with us is little. */
static size_t
splice_portion(const struct splice *s, const struct channel *sink, bool bulk)
{
	size_t n = bulk && channel_room(sink) >= REACTOR_PLAIN_SIZE ? REACTOR_PLAIN_SIZE
								    : REACTOR_PLAIN_SMALL;

	if (s->o.pace && pace_portion(s->o.pace) < n)
		n = pace_portion(s->o.pace);
	return n;
}

/* The tenant's bytes are used up: nothing is read until it goes on. */
static bool
splice_waits(struct splice *s, struct channel *source)
{
	if (!s->o.pace || !pace_waits(s->o.pace))
		return false;
	channel_read_enable(source, false);
	return true;
}

/* One turn toward the engine. */
static void
splice_pump_up(struct splice *s)
{
	unsigned char *buf = s->r->plain;
	ssize_t n;

	for (int round = 0; s->up == FLOW_OPEN; round++) {
		size_t portion = splice_portion(s, s->engine, s->up_bulk);

		if (splice_waits(s, s->client))
			break;
		if (round == SPLICE_ROUNDS)
			channel_read_last(s->client);
		channel_read_ahead(s->client, portion == REACTOR_PLAIN_SIZE);
		n = channel_read(s->client, buf, portion);
		if (n == CHANNEL_AGAIN)
			break;
		if (n == CHANNEL_ERROR) {
			splice_close(s, SPLICE_CLIENT_GONE);
			return;
		}
		if (n == 0) {
			splice_end_up(s);
			break;
		}
		s->up_bulk = (size_t)n >= REACTOR_PLAIN_SMALL / 2;
		splice_count(s, true, buf, (size_t)n);
		if (channel_write(s->engine, buf, (size_t)n) == -1) {
			splice_kill_up(s);
			break;
		}
		if (channel_backlog(s->engine)) {
			channel_read_enable(s->client, false);
			break;
		}
	}
	splice_touch(s);
}

/* One turn toward the client. */
static void
splice_pump_down(struct splice *s)
{
	unsigned char *buf = s->r->plain;
	ssize_t n;

	for (int round = 0; s->down == FLOW_OPEN && round < SPLICE_ROUNDS; round++) {
		if (splice_waits(s, s->engine))
			break;
		n = channel_read(s->engine, buf, splice_portion(s, s->client, s->down_bulk));
		if (n == CHANNEL_AGAIN)
			break;
		if (n <= 0) {
			s->down = FLOW_ENDED;
			splice_close(s, n == 0 ? SPLICE_ENGINE_END : SPLICE_ENGINE_GONE);
			return;
		}
		s->down_bulk = (size_t)n >= REACTOR_PLAIN_SMALL / 2;
		splice_count(s, false, buf, (size_t)n);
		if (channel_write(s->client, buf, (size_t)n) == -1) {
			splice_close(s, SPLICE_CLIENT_GONE);
			return;
		}
		if (channel_backlog(s->client)) {
			channel_read_enable(s->engine, false);
			break;
		}
	}
	splice_touch(s);
}

static void
splice_client_readable(void *arg)
{
	splice_pump_up(arg);
}

static void
splice_engine_readable(void *arg)
{
	splice_pump_down(arg);
}

static void
splice_client_drained(void *arg)
{
	struct splice *s = arg;

	if (s->down != FLOW_OPEN)
		return;
	channel_read_enable(s->engine, true);
	splice_pump_down(s);
}

static void
splice_engine_drained(void *arg)
{
	struct splice *s = arg;

	if (s->up != FLOW_OPEN)
		return;
	channel_read_enable(s->client, true);
	splice_pump_up(s);
}

static void
splice_go_on_up(struct splice *s)
{
	if (s->over || s->up != FLOW_OPEN || channel_backlog(s->engine))
		return;
	channel_read_enable(s->client, true);
	splice_pump_up(s);
}

static void
splice_go_on_down(struct splice *s)
{
	if (s->over || s->down != FLOW_OPEN || channel_backlog(s->client))
		return;
	channel_read_enable(s->engine, true);
	splice_pump_down(s);
}

static void
splice_go_on(void *arg)
{
	struct splice *s = arg;

	s->down_first = !s->down_first;
	if (s->down_first)
		splice_go_on_down(s);
	splice_go_on_up(s);
	if (!s->down_first)
		splice_go_on_down(s);
}

static void
splice_client_failed(void *arg, const char *why)
{
	(void)why;
	splice_close(arg, SPLICE_CLIENT_GONE);
}

/* A failed write toward the engine is not yet the end: what it sent before can still be read. */
static void
splice_engine_failed(void *arg, const char *why)
{
	struct splice *s = arg;

	(void)why;
	if (s->up == FLOW_OPEN)
		splice_kill_up(s);
	if (channel_backlog(s->client))
		return;
	channel_read_enable(s->engine, true);
	splice_pump_down(s);
}

static const struct channel_handler client_handler = {
	.readable = splice_client_readable,
	.drained = splice_client_drained,
	.failed = splice_client_failed,
};

static const struct channel_handler engine_handler = {
	.readable = splice_engine_readable,
	.drained = splice_engine_drained,
	.failed = splice_engine_failed,
};

static void
splice_idle(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	splice_close(arg, SPLICE_IDLE);
}

static struct splice *
splice_alloc(struct reactor *r, struct channel *client, struct channel *engine,
	const struct splice_options *o)
{
	struct splice *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	*s = (struct splice){ .r = r, .client = client, .engine = engine, .o = *o };
	if (o->pace)
		pace_handle(o->pace, splice_go_on, s);
	if (!o->idle_ms)
		return s;
	s->idle = evtimer_new(r->base, splice_idle, s);
	if (!s->idle) {
		free(s);
		return NULL;
	}
	return s;
}

/* What was held on both sides before there was a splice. */
static int
splice_early(struct splice *s, struct span up, struct span down, bool client_ended)
{
	if (down.len) {
		splice_count(s, false, down.p, down.len);
		if (channel_write(s->client, down.p, down.len) == -1)
			return -1;
	}
	if (up.len) {
		splice_count(s, true, up.p, up.len);
		if (channel_write(s->engine, up.p, up.len) == -1)
			s->up = FLOW_DEAD;
	}
	if (client_ended && s->up == FLOW_OPEN)
		splice_end_up(s);
	return 0;
}

static void
splice_begin(void *arg)
{
	struct splice *s = arg;

	if (!s->over && !channel_backlog(s->engine))
		splice_pump_up(s);
	if (!s->over && !channel_backlog(s->client))
		splice_pump_down(s);
}

struct splice *
splice_new(struct reactor *r, struct channel *client, struct channel *engine, struct span early_up,
	struct span early_down, bool client_ended, const struct splice_options *o)
{
	struct splice *s = splice_alloc(r, client, engine, o);

	if (!s || splice_early(s, early_up, early_down, client_ended) == -1) {
		if (s)
			splice_free(s);
		else
			pace_free(o->pace);
		channel_close(client);
		channel_close(engine);
		return NULL;
	}
	channel_handle(client, &client_handler, s);
	channel_handle(engine, &engine_handler, s);
	channel_bulk(client);
	channel_read_enable(client, s->up == FLOW_OPEN && !channel_backlog(engine));
	channel_read_enable(engine, !channel_backlog(client));
	/* Bytes inside TLS have no event. Not from here: `done` must not be called before the caller
	 * has the splice. */
	reactor_defer(r, splice_begin, s);
	return s;
}

void
splice_stop(struct splice *s)
{
	splice_close(s, SPLICE_STOPPED);
}
