/*
 * ws: the server's side of a WebSocket on a channel.
 */
#include "net/ws.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <string.h>

/* Reads of one turn before the others have theirs. */
#define READ_ROUNDS 4

enum ws_state { WS_OPEN, WS_CLOSING, WS_OVER };

struct ws {
	struct reactor *r;
	struct channel *c;
	const struct ws_handler *h;
	void *arg;
	struct ws_options o;
	struct ws_reader reader;
	struct text early;
	struct event timer;
	enum ws_state state;
	bool paused;
	bool heard;  /* something came since the timer was set */
	bool pinged; /* and nothing since we asked */
	bool owes;   /* a pong, until the client takes what it has got */
	unsigned char ping_len;
	char ping[WS_CONTROL_MAX];
};

static void
ws_free(void *arg)
{
	struct ws *w = arg;

	text_free(&w->early);
	free(w);
}

static void
ws_timer(struct ws *w, uint64_t ms)
{
	struct timeval tv = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

	if (ms)
		event_add(&w->timer, &tv);
}

/* The one way out; whoever owns it is told by the caller, if at all. */
static void
ws_finish(struct ws *w)
{
	w->state = WS_OVER;
	event_del(&w->timer);
	channel_finish(w->c, w->o.linger_ms);
	reactor_defer(w->r, ws_free, w);
}

static void
ws_end(struct ws *w, const char *why)
{
	bool open = w->state == WS_OPEN;
	const struct ws_handler *h = w->h;
	void *arg = w->arg;

	ws_finish(w);
	if (open)
		h->over(arg, why);
}

static int
ws_frame(struct ws *w, enum ws_opcode opcode, struct span payload)
{
	unsigned char head[WS_HEAD_MAX];
	struct text out;
	int r;

	text_init(&out, 0);
	text_add(&out, head, ws_frame_head(head, opcode, payload.len));
	text_add_span(&out, payload);
	r = out.failed ? -1 : channel_write(w->c, out.p, out.len);
	text_free(&out);
	return r;
}

static int
ws_write_close(struct ws *w, enum ws_code code, struct span reason)
{
	struct text out;
	int r;

	text_init(&out, 0);
	ws_frame_close(&out, code, reason);
	r = out.failed ? -1 : channel_write(w->c, out.p, out.len);
	text_free(&out);
	return r;
}

/* The latest one only, when the client takes nothing (RFC 6455 5.5.3): pings do not pile up. */
static void
ws_pong(struct ws *w, struct span payload)
{
	w->owes = channel_backlog(w->c) != 0;
	if (!w->owes) {
		/* A client that is gone is told by the read that follows. */
		(void)ws_frame(w, WS_PONG, payload);
		return;
	}
	w->ping_len = (unsigned char)payload.len;
	if (payload.len)
		memcpy(w->ping, payload.p, payload.len);
}

static void
ws_bad(struct ws *w)
{
	if (w->state == WS_OPEN)
		(void)ws_write_close(w, w->reader.code, span_of(w->reader.why));
	ws_end(w, w->reader.why);
}

/* The client's close frame: ours is the answer, or it is the answer to ours (RFC 6455 5.5.1). */
static void
ws_closed(struct ws *w, struct span payload)
{
	struct span reason, none = { NULL, 0 };

	if (w->state == WS_OPEN)
		(void)ws_write_close(w, ws_close_code(payload, &reason), none);
	ws_end(w, "client closed");
}

static void
ws_piece(struct ws *w, const struct ws_piece *p)
{
	if (p->opcode == WS_CLOSE)
		ws_closed(w, p->payload);
	else if (w->state != WS_OPEN)
		return;
	else if (p->opcode == WS_PING)
		ws_pong(w, p->payload);
	else if (p->opcode != WS_PONG)
		w->h->piece(w->arg, p);
}

static void
ws_take(struct ws *w, char *in, size_t len)
{
	while (w->state != WS_OVER) {
		struct ws_piece piece;
		size_t used;
		enum ws_result r = ws_reader_next(&w->reader, in, len, &used, &piece);

		in += used;
		len -= used;
		if (r == WS_MORE)
			return;
		if (r == WS_BAD)
			ws_bad(w);
		else
			ws_piece(w, &piece);
	}
}

static void
ws_read(struct ws *w)
{
	for (int round = 0; w->state != WS_OVER && !w->paused; round++) {
		ssize_t n;

		if (round == READ_ROUNDS)
			channel_read_last(w->c);
		n = channel_read(w->c, w->r->plain, REACTOR_PLAIN_SMALL);
		if (n == CHANNEL_AGAIN)
			return;
		if (n <= 0) {
			ws_end(w, "client gone");
			return;
		}
		w->heard = true;
		ws_take(w, (char *)w->r->plain, (size_t)n);
	}
}

/* Bytes inside TLS have no event. */
static void
ws_read_now(void *arg)
{
	struct ws *w = arg;
	struct text early = w->early;

	if (w->state == WS_OVER)
		return;
	text_init(&w->early, 0);
	ws_take(w, early.p, early.len);
	text_free(&early);
	ws_read(w);
}

static void
ws_readable(void *arg)
{
	ws_read(arg);
}

static void
ws_drained(void *arg)
{
	struct ws *w = arg;

	/* Only now can the client have got our close frame. */
	if (w->state == WS_CLOSING)
		ws_timer(w, w->o.linger_ms);
	if (w->state != WS_OPEN)
		return;
	if (w->owes) {
		w->owes = false;
		(void)ws_frame(w, WS_PONG, (struct span){ w->ping, w->ping_len });
	}
	w->h->drained(w->arg);
}

static void
ws_failed(void *arg, const char *why)
{
	(void)why;
	ws_end(arg, "client gone");
}

static const struct channel_handler handler = {
	.readable = ws_readable,
	.drained = ws_drained,
	.failed = ws_failed,
};

/* Of a client that is not read, or does not read, silence says nothing. */
static void
ws_tick(evutil_socket_t fd, short what, void *arg)
{
	struct ws *w = arg;
	const struct span none = { NULL, 0 };
	bool quiet = !w->heard && !w->paused && !channel_backlog(w->c);

	(void)fd;
	(void)what;
	if (w->state == WS_CLOSING || (quiet && w->pinged)) {
		ws_end(w, "client silent");
		return;
	}
	w->heard = false;
	w->pinged = quiet;
	if (quiet)
		(void)ws_frame(w, WS_PING, none);
	ws_timer(w, w->o.silent_ms);
}

struct ws *
ws_new(struct reactor *r, struct channel *c, const struct ws_options *o, const struct ws_handler *h,
	void *arg, struct span early)
{
	struct ws *w = calloc(1, sizeof(*w));

	if (!w) {
		channel_close(c);
		return NULL;
	}
	*w = (struct ws){ .r = r, .c = c, .h = h, .arg = arg, .o = *o };
	text_init(&w->early, 0);
	text_add_span(&w->early, early);
	if (w->early.failed) {
		channel_close(c);
		free(w);
		return NULL;
	}
	ws_reader_init(&w->reader, o->text_limit);
	evtimer_assign(&w->timer, r->base, ws_tick, w);
	ws_timer(w, o->silent_ms);
	channel_handle(c, &handler, w);
	channel_bulk(c);
	channel_read_enable(c, true);
	reactor_defer(r, ws_read_now, w);
	return w;
}

void
ws_pause(struct ws *w, bool paused)
{
	if (w->state == WS_OVER || w->paused == paused)
		return;
	w->paused = paused;
	channel_read_enable(w->c, !paused);
	if (!paused)
		reactor_defer(w->r, ws_read_now, w);
}

int
ws_send(struct ws *w, enum ws_opcode opcode, struct span payload)
{
	return w->state == WS_OPEN ? ws_frame(w, opcode, payload) : -1;
}

size_t
ws_backlog(const struct ws *w)
{
	return w->state == WS_OVER ? 0 : channel_backlog(w->c);
}

void
ws_close(struct ws *w, enum ws_code code, struct span reason)
{
	if (w->state != WS_OPEN)
		return;
	w->state = WS_CLOSING;
	if (ws_write_close(w, code, reason) == -1 || !w->o.linger_ms) {
		ws_finish(w);
		return;
	}
	ws_pause(w, false);
	event_del(&w->timer);
	ws_timer(w, w->o.linger_ms);
}
