/*
 * session: one request, from its head to its end: gates, body, answer.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "format/answer_parts.h"
#include "format/image_saved.h"
#include "front/bridge.h"
#include "front/roster.h"

static void session_run_gates(struct session *s);

void
session_state_set(struct session *s, enum session_state st)
{
	if (log_wants(LOG_DEBUG))
		log_msg(LOG_DEBUG, "session %p: state %d -> %d", (void *)s, (int)s->state, (int)st);
	s->state = st;
}

static void
session_resume(struct exchange *x, enum gate_answer a)
{
	struct session *s = ((struct work *)x)->session;

	if (s->w->stage == STAGE_WAITING)
		session_upload_resume(s, a);
	else if (a == GATE_REFUSE)
		session_refuse(s);
	else
		session_run_gates(s);
}

static bool
session_has_body(const struct http_request *q)
{
	return q->framing == HTTP_BODY_CHUNKED || (q->framing == HTTP_BODY_LENGTH && q->length);
}

static void
session_fill(struct session *s, const struct http_request *q)
{
	struct house *h = s->c->house;
	struct exchange *x = &s->w->x;

	s->w->session = s;
	x->request = *q;
	x->peer = connection_peer(s->c);
	x->config = h->config;
	x->store = h->store;
	x->schemes = roster_auth;
	x->engine = h->engine;
	x->backends = h->backends;
	x->owners = h->owners;
	x->board = h->board;
	x->slot = h->slot;
	x->reactor = h->r;
	x->resume = session_resume;
	s->w->unread = session_has_body(q);
	text_init(&s->w->body, 0);
	text_init(&x->refusal.message, 0);
}

struct session *
session_new(struct connection *c, struct text *head, const struct http_request *q)
{
	struct session *s = calloc(1, sizeof(*s));

	if (s)
		s->w = calloc(1, sizeof(*s->w));
	if (!s || !s->w) {
		free(s);
		text_free(head);
		return NULL;
	}
	s->c = c;
	s->w->head = *head;
	s->begun_ms = clock_mono_ms();
	s->tls = tls_version(channel_ssl(c->channel));
	session_fill(s, q);
	return s;
}

static void
work_free(struct work *w)
{
	session_upload_free(w);
	exchange_clear(&w->x);
	pace_free(w->pace);
	json_stream_free(w->values);
	answer_parts_free(w->parts);
	image_saved_free(w->saved);
	text_free(&w->head);
	text_free(&w->body);
	text_free(&w->media);
	text_free(&w->fields);
	text_free(&w->pending);
	text_free(&w->whole);
	free(w);
}

void
session_work_free(struct session *s)
{
	if (!s->w)
		return;
	reactor_defer(s->c->house->r, (void (*)(void *))work_free, s->w);
	s->w = NULL;
}

void
session_emit(struct session *s, enum event_kind kind, unsigned status, const char *reason)
{
	const struct exchange *x = s->w ? &s->w->x : NULL;
	const struct board_row *row = s->row;
	char container[BOARD_ID_SIZE] = "", exec[BOARD_ID_SIZE] = "";
	struct event_facts f = {
		.kind = kind,
		.peer = row ? row->peer : s->c->http->peer,
		.tls = s->tls,
		.scheme = s->scheme,
		.status = status,
		.reason = reason,
		.duration_ms = clock_mono_ms() - s->begun_ms,
	};

	if (row && !x) {
		board_id_read(row->container, container);
		board_id_read(row->exec, exec);
	}
	if (row) {
		f.tenant = row->tenant;
		f.key = row->key;
		f.endpoint = row->endpoint;
		f.container = x ? x->container : container;
		f.exec = x ? x->exec : exec;
		f.bytes_up = atomic_load_explicit(&row->up, memory_order_relaxed);
		f.bytes_down = atomic_load_explicit(&row->down, memory_order_relaxed);
	} else if (x && x->authenticated) {
		f.tenant = x->who.tenant;
		f.key = x->who.key;
		f.endpoint = x->endpoint ? x->endpoint->name : NULL;
		f.container = x->container;
		f.exec = x->exec;
	} else if (x && x->who.owned) {
		f.key = x->who.key;
	}
	if (x && status >= 400)
		f.message = text_span(&x->refusal.message);
	if (x) {
		f.administrator = x->everything;
		f.method = x->request.method_text;
		f.target = x->request.target;
		f.bytes_up = s->w->body.len + s->w->uploaded;
		f.bytes_down = s->w->sent;
	}
	house_emit(s->c->house, &f);
}

/* Stops whatever would call back. */
static void
session_unhook(struct session *s)
{
	struct exchange *x = s->w ? &s->w->x : NULL;

	if (x && x->cancel) {
		x->cancel(x);
		x->cancel = NULL;
	}
	if (s->w && s->w->call) {
		engine_call_cancel(s->w->call);
		s->w->call = NULL;
	}
}

void
session_free(struct session *s)
{
	session_unhook(s);
	session_state_set(s, SESSION_OVER);
	if (s->w)
		exchange_settle(&s->w->x, true);
	if (s->row)
		board_row_give(s->c->house->board, s->row);
	s->row = NULL;
	session_work_free(s);
	reactor_defer(s->c->house->r, free, s);
}

void
session_answered(struct session *s, const char *reason)
{
	struct connection *c = s->c;
	const struct refusal *r = &s->w->x.refusal;

	if (r->challenge)
		session_emit(s, EVENT_AUTH_FAILED, r->status, reason);
	else if (r->reason && r->status < 500)
		session_emit(s, EVENT_REFUSED, r->status, reason);
	session_emit(s, EVENT_ANSWERED, s->w->status, reason);
	session_free(s);
	connection_session_done(c);
}

/* Our own answer instead of the engine's. */
void
session_refuse(struct session *s)
{
	struct connection *c = s->c;
	struct exchange *x = &s->w->x;
	struct text out;

	session_unhook(s);
	if (s->w->committed) {
		/* Half of an answer is out: only a broken connection tells the client so. */
		connection_close(c, x->refusal.reason, true);
		return;
	}
	/* A body that was not read stands between us and the next request. */
	if (s->w->unread)
		c->last = true;
	if (!x->request.keep_alive || c->house->draining)
		c->last = true;
	s->w->status = x->refusal.status;
	text_init(&out, 0);
	reply_refusal(c, x, &out);
	if (out.failed || connection_write(c, text_span(&out)) == -1)
		c->last = true;
	text_free(&out);
	session_answered(s, x->refusal.reason);
}

void
session_fail(struct session *s, unsigned status, const char *reason, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	exchange_refuse(&s->w->x, status, reason, "%s", line);
	session_refuse(s);
}

/* Those of the body, which is here, or streams when they have passed. */
static void
session_gates_go_on(struct session *s)
{
	s->w->gate_phase = GATE_BODY;
	connection_state_set(s->c, CONNECTION_BUSY);
	session_state_set(s, SESSION_GATES);
	if (s->row)
		session_run_gates(s);
	else
		session_fail(s, 503, "too many sessions",
			"too many sessions at once; try again later");
}

static void
session_body_done(struct session *s)
{
	struct work *w = s->w;

	w->x.body = text_span(&w->body);
	w->unread = false;
	session_gates_go_on(s);
}

static void
session_body_start(struct session *s)
{
	struct connection *c = s->c;
	struct work *w = s->w;
	const struct http_request *q = &w->x.request;

	if (session_upload_wanted(s)) {
		if (session_row(s) == 0)
			session_gates_go_on(s);
		return;
	}
	if (q->framing == HTTP_BODY_LENGTH && q->length > c->house->config->max_body) {
		session_fail(s, 413, "body too large",
			"the request's body is larger than %llu bytes",
			(unsigned long long)c->house->config->max_body);
		return;
	}
	if (session_row(s) == -1)
		return;
	if (q->framing == HTTP_BODY_NONE) {
		session_body_done(s);
		return;
	}
	session_state_set(s, SESSION_BODY);
	http_body_init(&w->decoder, q->framing, q->length);
	connection_state_set(c, CONNECTION_BODY);
	if (q->expect_continue && !c->http->in.len)
		(void)connection_write(c, SPAN("HTTP/1.1 100 Continue\r\n\r\n"));
	session_read(s);
}

void
session_read(struct session *s)
{
	struct connection *c = s->c;
	struct work *w = s->w;
	struct span in = text_span(&c->http->in), piece = { NULL, 0 };
	enum http_result r;
	size_t used;

	if (w->stage != STAGE_NONE) {
		session_upload_read(s);
		return;
	}
	do {
		used = 0;
		piece.len = 0;
		r = http_body_next(&w->decoder, in, &used, &piece);
		in.p += used;
		in.len -= used;
		text_add_span(&w->body, piece);
	} while (r == HTTP_MORE && in.len && w->body.len <= c->house->config->max_body);
	text_drop(&c->http->in, c->http->in.len - in.len);
	if (r == HTTP_BAD) {
		session_fail(s, 400, "bad body framing",
			"the request's body is not framed as it says");
	} else if (w->body.len > c->house->config->max_body || w->body.failed) {
		session_fail(s, 413, "body too large",
			"the request's body is larger than %llu bytes",
			(unsigned long long)c->house->config->max_body);
	} else if (r == HTTP_DONE) {
		session_body_done(s);
	} else {
		connection_state_set(c, CONNECTION_BODY);
		connection_resume(c);
	}
}

static void
session_run_gates(struct session *s)
{
	struct work *w = s->w;

	for (;;) {
		const struct gate *g = roster_gates[w->gate];

		if (w->gate_phase == GATE_HEAD && (!g || g->phase == GATE_BODY)) {
			session_body_start(s);
			return;
		}
		if (!g)
			break;
		w->gate++;
		switch (g->check(&w->x)) {
		case GATE_PASS:
			continue;
		case GATE_WAIT:
			return;
		case GATE_REFUSE:
			session_refuse(s);
			return;
		}
	}
	session_send(s);
}

void
session_start(struct session *s)
{
	session_run_gates(s);
}

bool
session_client_ended(struct session *s)
{
	const struct exchange *x = s->w ? &s->w->x : NULL;

	/* Before a raw stream it is the stream's half-close; else nobody is there to be answered. */
	return x && x->endpoint && x->endpoint->answer == ANSWER_HIJACK;
}

bool
session_is_stream(const struct session *s)
{
	const struct exchange *x = s->w ? &s->w->x : NULL;

	return x && x->endpoint && x->endpoint->answer != ANSWER_PLAIN;
}

/* The client has left. */
static void
session_leave_claim(struct session *s)
{
	struct work *w = s->w;

	if (s->state == SESSION_ENGINE && w->x.claim && w->call &&
		orphan_adopt(s->c->house, w->call, w->x.claim)) {
		w->x.claim = NULL;
		w->call = NULL;
	}
	exchange_settle(&w->x, false);
}

void
session_abort(struct session *s, const char *reason)
{
	if (s->state == SESSION_SPLICED) {
		s->stop_reason = reason;
		if (s->bridge)
			bridge_stop(s->bridge, reason);
		else
			splice_stop(s->splice);
		return;
	}
	if (s->w)
		session_leave_claim(s);
	if (s->w)
		session_emit(s, EVENT_ANSWERED, s->w->committed ? s->w->status : 499, reason);
	session_free(s);
}
