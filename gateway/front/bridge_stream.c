/*
 * bridge_stream: the raw stream of an attach or an exec behind a WebSocket. Its bytes are binary
 * messages both ways; a multiplexed one is taken apart, so that a browser gets what
 * a terminal would.
 */
#include <stdlib.h>

#include "front/bridge.h"
#include "policy/quota.h"

/* Reads of one turn before the others have theirs. */
#define READ_ROUNDS 4

static void
stream_ended(struct bridge *b, bool whole)
{
	if (b->why.len)
		bridge_close(b, WS_INTERNAL_ERROR, text_span(&b->why), "engine failed");
	else if (whole && mux_may_end(&b->mux))
		bridge_close(b, WS_NORMAL, (struct span){ NULL, 0 }, "engine ended");
	else
		bridge_close(b, WS_INTERNAL_ERROR, SPAN("the engine broke the stream off"),
			"engine gone");
}

/* What is too long is cut: it is for a close frame. */
static void
stream_error(struct bridge *b, struct span s)
{
	size_t room = WS_REASON_MAX - b->why.len;

	if (s.len > room)
		s.len = room;
	text_add_span(&b->why, s);
}

static void
stream_give(struct bridge *b, struct span in)
{
	if (!b->muxed) {
		(void)bridge_send(b, WS_BINARY, in);
		return;
	}
	while (!b->over) {
		enum mux_stream stream;
		struct span piece;
		size_t used = 0;
		enum mux_result r = mux_next(&b->mux, in, &used, &stream, &piece);

		in.p += used;
		in.len -= used;
		if (r == MUX_MORE)
			return;
		if (r == MUX_BAD)
			bridge_close(b, WS_INTERNAL_ERROR,
				SPAN("the engine's stream cannot be read"), "engine broken");
		else if (stream == MUX_ERROR)
			stream_error(b, piece);
		else
			(void)bridge_send(b, WS_BINARY, piece);
	}
}

static void
stream_pump(struct bridge *b)
{
	struct reactor *r = b->s->c->house->r;

	for (int round = 0; !b->over && b->reading && round < READ_ROUNDS; round++) {
		size_t most = REACTOR_PLAIN_SMALL;
		ssize_t n;

		if (b->pace && pace_portion(b->pace) < most)
			most = pace_portion(b->pace);
		n = channel_read(b->engine, r->plain, most);
		if (n == CHANNEL_AGAIN)
			return;
		if (n <= 0) {
			stream_ended(b, n == 0);
			return;
		}
		stream_give(b, (struct span){ (char *)r->plain, (size_t)n });
		bridge_settle(b);
	}
}

static void
stream_readable(void *arg)
{
	stream_pump(arg);
}

static void
stream_drained(void *arg)
{
	bridge_settle(arg);
}

/* A failed write is not yet the end: what the engine sent before can still be read. */
static void
stream_failed(void *arg, const char *why)
{
	struct bridge *b = arg;

	(void)why;
	b->deaf = true;
	bridge_settle(b);
	stream_pump(b);
}

static const struct channel_handler handler = {
	.readable = stream_readable,
	.drained = stream_drained,
	.failed = stream_failed,
};

static void
stream_piece(struct bridge *b, const struct ws_piece *p)
{
	if (b->commands && p->opcode == WS_TEXT) {
		bridge_command(b, p);
		return;
	}
	bridge_count_up(b, p->payload.len);
	if (!b->deaf && p->payload.len &&
		channel_write(b->engine, p->payload.p, p->payload.len) == -1)
		b->deaf = true;
}

void
bridge_stream_end_up(struct bridge *b)
{
	if (!b->deaf)
		channel_shutdown(b->engine);
	b->deaf = true;
}

static bool
stream_blocked(const struct bridge *b)
{
	return !b->deaf && channel_backlog(b->engine);
}

static void
stream_pump_now(void *arg)
{
	stream_pump(arg);
}

static void
stream_read(struct bridge *b, bool on)
{
	if (b->reading == on)
		return;
	b->reading = on;
	channel_read_enable(b->engine, on);
	if (on)
		reactor_defer(b->s->c->house->r, stream_pump_now, b);
}

static void
stream_stop(struct bridge *b)
{
	bridge_resize_stop(b);
	channel_close(b->engine);
}

static const struct bridge_kind kind = {
	.idles = true,
	.piece = stream_piece,
	.blocked = stream_blocked,
	.read = stream_read,
	.stop = stream_stop,
};

void
bridge_stream_start(struct session *s, struct channel *engine, struct span early)
{
	const struct exchange *x = &s->w->x;
	struct bridge *b = bridge_new(s, &kind, quota_pace(x));

	if (!b) {
		channel_close(engine);
		return;
	}
	b->engine = engine;
	b->reading = true;
	b->commands = x->endpoint->object == OBJECT_EXEC;
	b->muxed = !x->start.tty;
	channel_handle(engine, &handler, b);
	channel_read_enable(engine, true);
	if (b->commands)
		bridge_resize_begin(b, x);
	if (early.len)
		stream_give(b, early);
	bridge_settle(b);
	if (!b->over)
		session_work_free(s);
}
