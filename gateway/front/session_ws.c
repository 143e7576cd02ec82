/*
 * session_ws: a request for a WebSocket. The engine is asked for what stands behind it; when it has
 * given that, the client's handshake is answered, and a bridge joins the two.
 */
#include "front/bridge.h"

#include "format/ws_handshake.h"

/* The path's "/ws" is ours. */
void
session_ws_path(const struct exchange *x, struct text *path)
{
	path->len -= sizeof("/ws") - 1;
	if (x->endpoint->object == OBJECT_EXEC)
		text_add_str(path, "/start");
}

void
session_ws_request(const struct exchange *x, struct engine_request *q)
{
	if (x->endpoint->object == OBJECT_NONE)
		return;
	q->method = HTTP_POST;
	q->hijack = true;
	q->upgrade = SPAN("tcp");
}

bool
session_ws_wanted(const struct session *s, const struct http_response *head)
{
	const struct exchange *x = &s->w->x;

	if (x->endpoint->answer != ANSWER_WEBSOCKET || x->backend)
		return false;
	return x->endpoint->object == OBJECT_NONE ? head->status == 200 : head->status == 101;
}

/* RFC 6455 4.2.2. */
static int
ws_reply(struct session *s)
{
	char accept[WS_ACCEPT_SIZE];
	struct text out;
	int r;

	ws_accept(&s->w->x.request, accept);
	text_init(&out, 0);
	text_addf(&out,
		"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
		"Sec-WebSocket-Accept: %s\r\n\r\n",
		accept);
	r = out.failed ? -1 : channel_write(s->c->channel, out.p, out.len);
	text_free(&out);
	return r;
}

void
session_ws(struct session *s, const struct http_response *head)
{
	struct work *w = s->w;
	bool events = w->x.endpoint->object == OBJECT_NONE;

	w->status = head->status;
	if (events && bridge_events_begin(s) == -1) {
		session_refuse(s);
		return;
	}
	w->status = 101;
	w->committed = true;
	if (ws_reply(s) == -1) {
		connection_close(s->c, "client left", true);
		return;
	}
	if (events) {
		w->status = head->status;
		bridge_events_start(s);
	} else {
		struct span early;
		struct channel *engine = engine_call_take(w->call, &early);

		w->call = NULL;
		bridge_stream_start(s, engine, early);
	}
}
