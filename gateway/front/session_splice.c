/*
 * session_splice: an answer that is a raw stream: both sockets go to the pump,
 * and HTTP is over on this connection for good.
 */
#include "front/front.h"
#include "policy/quota.h"

static bool
media_is_stream(struct span type)
{
	return type.p &&
		(http_media_type_is(type, SPAN("application/vnd.docker.raw-stream")) ||
			http_media_type_is(type,
				SPAN("application/vnd.docker.multiplexed-stream")));
}

/* By the answer only: what the client asked for does not tell what the engine did. */
bool
session_splice_wanted(const struct session *s, const struct http_response *head)
{
	const struct exchange *x = &s->w->x;

	if (x->endpoint->answer != ANSWER_HIJACK)
		return false;
	if (head->status == 101)
		return x->request.upgrade.p != NULL;
	return head->status == 200 && head->framing == HTTP_BODY_TO_EOF &&
		media_is_stream(head->content_type);
}

struct span
session_upgrade(const struct session *s)
{
	const struct exchange *x = &s->w->x;

	/* Others are judged to say tcp. */
	return x->everything && span_eq_nocase(x->request.upgrade, SPAN("h2c")) ? SPAN("h2c")
										: SPAN("tcp");
}

static void
splice_reply_head(struct session *s, const struct http_response *head, struct text *out)
{
	struct work *w = s->w;

	answer_fields(s, head);
	answer_media(s, head);
	text_add_str(out,
		head->status == 101 ? "HTTP/1.1 101 UPGRADED\r\n" : "HTTP/1.1 200 OK\r\n");
	if (w->media.len)
		text_addf(out, "Content-Type: %.*s\r\n", (int)w->media.len, w->media.p);
	if (head->status == 101)
		text_addf(out, "Connection: Upgrade\r\nUpgrade: %.*s\r\n",
			SPAN_ARG(session_upgrade(s)));
	text_add_span(out, text_span(&w->fields));
	text_add_str(out, "\r\n");
	out->failed |= w->media.failed || w->fields.failed;
}

static void
splice_done(void *arg, enum splice_end how)
{
	struct session *s = arg;
	struct connection *c = s->c;
	struct board *b = c->house->board;
	const char *reason = s->stop_reason ? s->stop_reason : splice_end_name(how);

	board_count(b, c->house->slot, COUNT_BYTES_UP, atomic_load(&s->row->up));
	board_count(b, c->house->slot, COUNT_BYTES_DOWN, atomic_load(&s->row->down));
	session_emit(s, EVENT_SPLICE_END, 0, reason);
	c->session = NULL;
	session_free(s);
	connection_close(c, reason, false);
}

void
session_splice(struct session *s, const struct http_response *head)
{
	struct connection *c = s->c;
	const struct config *f = c->house->config;
	struct splice_options o = { .linger_ms = f->linger_timeout_ms,
		.idle_ms = f->idle_session_timeout_ms,
		.up = &s->row->up,
		.down = &s->row->down,
		.pace = quota_pace(&s->w->x),
		.done = splice_done,
		.arg = s };
	struct channel *engine;
	struct span early;
	struct text out;

	text_init(&out, 0);
	splice_reply_head(s, head, &out);
	s->w->status = head->status;
	s->w->committed = true;
	if (out.failed || channel_write(c->channel, out.p, out.len) == -1) {
		text_free(&out);
		pace_free(o.pace);
		connection_close(c, "client left", true);
		return;
	}
	text_free(&out);
	engine = engine_call_take(s->w->call, &early);
	s->w->call = NULL;
	session_emit(s, EVENT_SPLICE_START, head->status, NULL);
	atomic_store(&s->row->spliced, 1);
	session_state_set(s, SESSION_SPLICED);
	s->splice = splice_new(c->house->r, c->channel, engine, text_span(&c->http->in), early,
		c->ended, &o);
	/* What HTTP needed is given back: an idle stream keeps next to nothing. */
	connection_splice(c);
	session_work_free(s);
	if (!s->splice)
		splice_done(s, SPLICE_CLIENT_GONE);
}
