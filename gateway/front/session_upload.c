/*
 * session_upload: a request's body that is not held: judged piece by piece as it
 * comes, and what was judged is written to the engine.
 *
 * The gates have passed without it. While the engine does not take what it gets,
 * or the judge waits, the client's bytes stay with the connection, bounded, and
 * then with the client. The last chunk is written only when all was judged: without
 * it the engine has no whole request.
 */
#include <string.h>

#include "auth/gate_auth.h"
#include "front/front.h"
#include "front/roster.h"

/* Above it the client is not read. */
#define BACKLOG_MOST ((size_t)256 << 10)

bool
session_upload_wanted(struct session *s)
{
	struct exchange *x = &s->w->x;

	s->w->upload.kind = roster_upload(x);
	if (s->w->upload.kind)
		x->upload = &s->w->upload;
	return x->upload != NULL;
}

void
session_upload_free(struct work *w)
{
	if (w->upload.state)
		w->upload.kind->stop(w->upload.state);
	w->upload.state = NULL;
	secret_digest_free(w->digest);
	text_free(&w->judged);
}

int
session_upload_begin(struct session *s)
{
	struct work *w = s->w;

	text_init(&w->judged, 0);
	w->upload.state = w->upload.kind->start(&w->x);
	if (!w->upload.state) {
		session_fail(s, 500, "memory", "out of memory");
		return -1;
	}
	session_pace(s);
	if (w->x.who.body_signed)
		w->digest = secret_digest_new();
	return 0;
}

void
session_upload_start(struct session *s)
{
	struct work *w = s->w;
	const struct http_request *q = &w->x.request;

	w->stage = STAGE_READING;
	http_body_init(&w->decoder, q->framing, q->length);
	/* Not before the gates have passed: a client that waits for it has then sent nothing in vain. */
	if (q->expect_continue && w->unread && !s->c->http->in.len)
		(void)connection_write(s->c, SPAN("HTTP/1.1 100 Continue\r\n\r\n"));
	session_upload_read(s);
}

/* -1: the session is over. */
static int
upload_answered(struct session *s, enum upload_answer a, bool last)
{
	struct work *w = s->w;

	if (a == UPLOAD_REFUSE) {
		session_refuse(s);
		return -1;
	}
	if (w->judged.failed) {
		session_fail(s, 500, "memory", "out of memory");
		return -1;
	}
	engine_call_write(w->call, text_span(&w->judged));
	text_clear(&w->judged);
	w->last = last;
	if (a == UPLOAD_WAIT) {
		w->stage = STAGE_WAITING;
	} else if (last) {
		w->stage = STAGE_OVER;
		engine_call_write_end(w->call);
	} else {
		w->stage = STAGE_READING;
	}
	return 0;
}

/* Before the judge sees the end, so that it can say nothing after which the engine would act. */
static int
upload_check_signature(struct session *s)
{
	struct work *w = s->w;
	unsigned char digest[SECRET_SHA256_LEN];

	if (!w->digest)
		return 0;
	secret_digest_end(w->digest, digest);
	w->digest = NULL;
	if (gate_signed_body_judge(&w->x, digest) == GATE_PASS)
		return 0;
	session_refuse(s);
	return -1;
}

static int
upload_take(struct session *s, struct span piece, bool last)
{
	struct work *w = s->w;

	if (w->digest)
		secret_digest_add(w->digest, piece.p, piece.len);
	if (w->pace)
		(void)pace_pass(w->pace, piece.len);
	w->uploaded += piece.len;
	atomic_store_explicit(&s->row->up, w->uploaded, memory_order_relaxed);
	if (last && upload_check_signature(s) == -1)
		return -1;
	if (upload_answered(s, w->upload.kind->feed(w->upload.state, piece, last, &w->judged),
		    last) == -1)
		return -1;
	/* Not before: what is refused leaves its bytes with the connection, which ends then. */
	w->unread = !last;
	return 0;
}

static bool
upload_is_hungry(const struct session *s)
{
	const struct work *w = s->w;

	return w->stage == STAGE_READING && engine_call_backlog(w->call) <= BACKLOG_MOST &&
		!(w->pace && pace_waits(w->pace));
}

/* Whose turn it is, for the connection's deadlines: the client's that is to send, or is to take what
 * it got, or another's. */
static void
upload_settle(struct session *s)
{
	struct connection *c = s->c;

	if (upload_is_hungry(s))
		connection_state_set(c, CONNECTION_BODY);
	else if (channel_backlog(c->channel))
		connection_state_set(c, CONNECTION_WRITE);
	else
		connection_state_set(c, CONNECTION_BUSY);
	connection_resume(c);
}

void
session_upload_read(struct session *s)
{
	struct connection *c = s->c;
	struct work *w = s->w;
	struct span in = text_span(&c->http->in);
	size_t all = in.len;

	while (upload_is_hungry(s)) {
		struct span piece = { NULL, 0 };
		size_t used = 0;
		enum http_result r = http_body_next(&w->decoder, in, &used, &piece);

		in.p += used;
		in.len -= used;
		if (r == HTTP_BAD) {
			session_fail(s, 400, "bad body framing",
				"the request's body is not framed as it says");
			return;
		}
		if ((piece.len || r == HTTP_DONE) && upload_take(s, piece, r == HTTP_DONE) == -1)
			return;
		if (r == HTTP_MORE && !in.len)
			break;
	}
	text_drop(&c->http->in, all - in.len);
	upload_settle(s);
}

void
session_upload_resume(struct session *s, enum gate_answer a)
{
	struct work *w = s->w;
	const struct span none = { NULL, 0 };

	if (a == GATE_REFUSE) {
		session_refuse(s);
		return;
	}
	if (upload_answered(s, w->upload.kind->feed(w->upload.state, none, w->last, &w->judged),
		    w->last) == 0)
		session_upload_read(s);
}

void
session_upload_drained(void *arg)
{
	struct session *s = arg;

	if (s->w->stage == STAGE_READING)
		session_upload_read(s);
}
