/*
 * bridge_events: the engine's events behind a WebSocket, one JSON text a message. What the
 * client sends says nothing and is dropped.
 */
#include <string.h>

#include "front/bridge.h"
#include "policy/quota.h"

/* The administrator's are not filtered, but must be cut into messages too. */
static int
events_value(void *arg, struct json_doc *doc, struct json *v)
{
	struct session *s = arg;

	(void)doc;
	json_print(&s->w->pending, v);
	text_add_char(&s->w->pending, '\n');
	return 0;
}

int
bridge_events_begin(struct session *s)
{
	struct work *w = s->w;

	if (filter_wanted(s))
		return filter_begin(s);
	text_init(&w->pending, 0);
	w->values = json_stream_new_values((size_t)w->x.config->max_answer, events_value, s);
	if (w->values)
		return 0;
	exchange_refuse(&w->x, 500, "memory", "out of memory");
	return -1;
}

static void
events_fail(struct bridge *b)
{
	const struct refusal *r = &b->s->w->x.refusal;

	bridge_close(b, WS_INTERNAL_ERROR, text_span(&r->message), r->reason);
}

static int
events_read(struct session *s, struct span piece)
{
	struct json_error err;

	if (filter_wanted(s))
		return filter_piece(s, piece);
	if (json_stream_feed(s->w->values, piece, &err) == 0)
		return 0;
	exchange_refuse(&s->w->x, 502, "engine broken", "the engine's answer cannot be read: %s",
		err.message);
	return -1;
}

/* Values are printed one a line, and a line break in a text is printed as "\n". */
static void
events_send(struct bridge *b)
{
	struct text *out = &b->s->w->pending;
	struct span rest = text_span(out);

	while (rest.p && rest.len) {
		struct span line = span_cut(&rest, '\n');

		if (line.len && bridge_send(b, WS_TEXT, line) == -1)
			return;
	}
	text_clear(out);
}

void
bridge_events_body(struct bridge *b, struct span piece)
{
	if (events_read(b->s, piece) == -1) {
		events_fail(b);
		return;
	}
	if (b->s->w->pending.failed) {
		bridge_close(b, WS_INTERNAL_ERROR, SPAN("out of memory"), "out of memory");
		return;
	}
	events_send(b);
	bridge_settle(b);
}

void
bridge_events_end(struct bridge *b)
{
	struct session *s = b->s;
	struct json_error err;

	if (filter_wanted(s) ? filter_end(s) == -1 : json_stream_end(s->w->values, &err) == -1)
		bridge_close(b, WS_INTERNAL_ERROR, SPAN("the engine broke its events off"),
			"engine broken");
	else
		bridge_close(b, WS_NORMAL, (struct span){ NULL, 0 }, "engine ended");
}

void
bridge_events_failed(struct bridge *b)
{
	bridge_close(b, WS_INTERNAL_ERROR, SPAN("the engine broke its events off"), "engine gone");
}

static void
events_piece(struct bridge *b, const struct ws_piece *p)
{
	(void)b;
	(void)p;
}

static void
events_pause(struct bridge *b, bool on)
{
	if (b->s->w->call)
		engine_call_pause(b->s->w->call, !on);
}

/* The session's end cancels the call. */
static void
events_stop(struct bridge *b)
{
	(void)b;
}

static const struct bridge_kind kind = {
	.piece = events_piece,
	.read = events_pause,
	.stop = events_stop,
};

void
bridge_events_start(struct session *s)
{
	(void)bridge_new(s, &kind, quota_pace(&s->w->x));
}
