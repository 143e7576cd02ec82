/*
 * bridge: a session that has become a WebSocket: its life, and what all kinds share.
 */
#include "front/bridge.h"

#include <event2/event.h>
#include <stdlib.h>

#include "format/ws_command.h"

static void
bridge_free(void *arg)
{
	struct bridge *b = arg;

	if (b->idle)
		event_free(b->idle);
	pace_free(b->pace);
	text_free(&b->why);
	text_free(&b->command);
	text_free(&b->resize_path);
	free(b);
}

/* As at the end of a splice. */
static void
bridge_session_end(struct session *s, const char *why)
{
	struct connection *c = s->c;
	struct board *b = c->house->board;

	board_count(b, c->house->slot, COUNT_BYTES_UP, atomic_load(&s->row->up));
	board_count(b, c->house->slot, COUNT_BYTES_DOWN, atomic_load(&s->row->down));
	session_emit(s, EVENT_SPLICE_END, 0, why);
	c->session = NULL;
	s->bridge = NULL;
	session_free(s);
	connection_close(c, why, false);
}

void
bridge_close(struct bridge *b, enum ws_code code, struct span reason, const char *why)
{
	if (b->over)
		return;
	b->over = true;
	if (b->idle)
		event_del(b->idle);
	b->kind->stop(b);
	if (b->ws)
		ws_close(b->ws, code, reason);
	b->ws = NULL;
	reactor_defer(b->s->c->house->r, bridge_free, b);
	bridge_session_end(b->s, why);
}

void
bridge_stop(struct bridge *b, const char *why)
{
	bool killed = atomic_load(&b->s->row->kill) != BOARD_KILL_NONE;

	bridge_close(b, killed ? WS_NOT_ALLOWED : WS_GOING_AWAY, span_of(why), why);
}

static void
bridge_touch(struct bridge *b)
{
	uint64_t ms = b->s->c->house->config->idle_session_timeout_ms;
	struct timeval tv = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

	if (b->idle)
		event_add(b->idle, &tv);
}

static void
bridge_idle(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	bridge_close(arg, WS_GOING_AWAY, SPAN("nothing was sent for too long"), "idle timeout");
}

static void
bridge_count(struct bridge *b, _Atomic uint64_t *n, size_t len)
{
	atomic_store_explicit(n, atomic_load_explicit(n, memory_order_relaxed) + len,
		memory_order_relaxed);
	if (b->pace)
		(void)pace_pass(b->pace, len);
	bridge_touch(b);
}

void
bridge_count_up(struct bridge *b, size_t len)
{
	if (b->s->w)
		b->s->w->uploaded += len;
	bridge_count(b, &b->s->row->up, len);
}

int
bridge_send(struct bridge *b, enum ws_opcode opcode, struct span payload)
{
	if (b->s->w)
		b->s->w->sent += payload.len;
	bridge_count(b, &b->s->row->down, payload.len);
	if (ws_send(b->ws, opcode, payload) == 0)
		return 0;
	bridge_close(b, WS_NO_CODE, (struct span){ NULL, 0 }, "client gone");
	return -1;
}

void
bridge_settle(struct bridge *b)
{
	bool waits;

	if (b->over)
		return;
	waits = b->pace && pace_waits(b->pace);
	ws_pause(b->ws, waits || (b->kind->blocked && b->kind->blocked(b)));
	b->kind->read(b, !waits && !ws_backlog(b->ws));
}

static void
bridge_go_on(void *arg)
{
	bridge_settle(arg);
}

static void
bridge_piece(void *arg, const struct ws_piece *p)
{
	struct bridge *b = arg;

	b->kind->piece(b, p);
	bridge_settle(b);
}

/* The WebSocket has ended itself. */
static void
bridge_client_over(void *arg, const char *why)
{
	struct bridge *b = arg;

	b->ws = NULL;
	bridge_close(b, WS_NO_CODE, (struct span){ NULL, 0 }, why);
}

static const struct ws_handler handler = {
	.piece = bridge_piece,
	.drained = bridge_go_on,
	.over = bridge_client_over,
};

static int
bridge_init(struct bridge *b)
{
	struct connection *c = b->s->c;
	const struct config *f = c->house->config;
	/* Only an exec's texts are commands, and held; a browser's terminal may send an attach all it reads
	 * as text. */
	bool commands = b->s->w->x.endpoint->object == OBJECT_EXEC;
	const struct ws_options o = { .text_limit = commands ? WS_COMMAND_MAX : UINT64_MAX,
		.silent_ms = f->keepalive_timeout_ms,
		.linger_ms = f->linger_timeout_ms };

	if (f->idle_session_timeout_ms && b->kind->idles) {
		b->idle = evtimer_new(c->house->r->base, bridge_idle, b);
		if (!b->idle) {
			channel_close(c->channel);
			return -1;
		}
		bridge_touch(b);
	}
	b->ws = ws_new(c->house->r, c->channel, &o, &handler, b, text_span(&c->http->in));
	return b->ws ? 0 : -1;
}

struct bridge *
bridge_new(struct session *s, const struct bridge_kind *kind, struct pace *pace)
{
	struct bridge *b = calloc(1, sizeof(*b));

	session_emit(s, EVENT_SPLICE_START, s->w->status, NULL);
	atomic_store(&s->row->spliced, 1);
	session_state_set(s, SESSION_SPLICED);
	if (b) {
		*b = (struct bridge){ .s = s, .kind = kind, .pace = pace };
		text_init(&b->why, WS_REASON_MAX);
		text_init(&b->command, WS_COMMAND_MAX);
		if (pace)
			pace_handle(pace, bridge_go_on, b);
	} else {
		pace_free(pace);
		channel_close(s->c->channel);
	}
	if (b && bridge_init(b) == -1) {
		bridge_free(b);
		b = NULL;
	}
	connection_splice(s->c);
	s->bridge = b;
	if (!b)
		bridge_session_end(s, "out of memory");
	return b;
}
