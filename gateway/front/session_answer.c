/*
 * session_answer: a finite answer of the engine, or a stream that is still
 * HTTP, on its way to the client with a head and a framing of ours.
 */
#include <string.h>

#include "front/front.h"
#include "policy/quota.h"

/* Of a filtered answer held back to learn its length and whether it can be read at all. */
#define HOLD_BACK ((size_t)64 << 10)

/* What clients of the engine read. All else stays between the engine and us. */
static const char *const passed_fields[] = { "Api-Version", "Builder-Version", "Cache-Control",
	"Date", "Docker-Experimental", "Ostype", "Pragma", "Server", "X-Docker-Container-Path-Stat",
	NULL };

/* BuildKit's builder is not served: a client that is told of it speaks it. */
static struct span
answer_field(const struct exchange *x, const char *name, struct span value)
{
	return !x->everything && strcmp(name, "Builder-Version") == 0 ? SPAN("1") : value;
}

void
answer_fields(struct session *s, const struct http_response *head)
{
	struct text *out = &s->w->fields;

	text_init(out, 0);
	if (s->w->x.backend) {
		http_relay_fields(&head->fields, out);
		return;
	}
	for (unsigned i = 0; passed_fields[i]; i++) {
		struct span v;

		if (http_field(&head->fields, span_of(passed_fields[i]), &v))
			text_addf(out, "%s: %.*s\r\n", passed_fields[i],
				SPAN_ARG(answer_field(&s->w->x, passed_fields[i], v)));
	}
}

/* Engines of API 1.42 and later name the framed stream; older clients know one name only. */
void
answer_media(struct session *s, const struct http_response *head)
{
	static const struct span framed = { "application/vnd.docker.multiplexed-stream", 41 };
	const struct exchange *x = &s->w->x;
	struct span type = head->content_type;

	text_init(&s->w->media, 0);
	if (type.p && !x->backend && x->client_minor && x->client_minor < 42 &&
		http_media_type_is(type, framed))
		type = SPAN("application/vnd.docker.raw-stream");
	if (type.p)
		text_add_span(&s->w->media, type);
}

static int
answer_write(struct session *s, const struct text *out)
{
	struct work *w = s->w;

	if (out->failed || connection_write(s->c, text_span(out)) == -1) {
		connection_close(s->c, "client left", true);
		return -1;
	}
	if (w->call && (channel_backlog(s->c->channel) || (w->pace && pace_waits(w->pace))))
		engine_call_pause(w->call, true);
	return 0;
}

static void
answer_frame(struct work *w, struct span piece, struct text *out)
{
	if (w->chunked)
		text_addf(out, "%zx\r\n", piece.len);
	text_add_span(out, piece);
	if (w->chunked)
		text_add_str(out, "\r\n");
	w->sent += piece.len;
}

/* Sends the head if it is due, then a piece. */
static int
answer_send(struct session *s, struct span piece, uint64_t length)
{
	struct work *w = s->w;
	struct text out;
	int r;

	text_init(&out, 0);
	if (!w->committed) {
		reply_head(s, length, &out);
		w->committed = true;
	}
	if (piece.len)
		answer_frame(w, piece, &out);
	if (w->pace && piece.len)
		(void)pace_pass(w->pace, piece.len);
	if (s->row)
		atomic_store_explicit(&s->row->down, w->sent, memory_order_relaxed);
	r = out.len ? answer_write(s, &out) : 0;
	text_free(&out);
	return r;
}

void
session_drained(struct session *s)
{
	const struct work *w = s->w;

	if (s->state == SESSION_ANSWER && w->call && !(w->pace && pace_waits(w->pace)))
		engine_call_pause(w->call, false);
}

static void
answer_go_on(void *arg)
{
	struct session *s = arg;

	if (s->state == SESSION_OVER || !s->w)
		return;
	if (s->w->call && !channel_backlog(s->c->channel))
		engine_call_pause(s->w->call, false);
	if (s->w->stage == STAGE_READING)
		session_upload_read(s);
}

void
session_pace(struct session *s)
{
	struct work *w = s->w;

	if (!w->pace)
		w->pace = quota_pace(&w->x);
	if (w->pace)
		pace_handle(w->pace, answer_go_on, s);
}

/* An error is told in the tenant's own words. */
static bool
answer_is_judged_error(const struct session *s)
{
	const struct exchange *x = &s->w->x;

	return s->w->status >= 400 && (!x->everything || x->text_errors) && !x->backend &&
		x->request.method != HTTP_HEAD;
}

/* The length a client may be told of a body that passes as it is. */
static uint64_t
answer_length(const struct session *s, const struct http_response *head)
{
	struct span v;
	uint64_t n;

	if (head->framing == HTTP_BODY_LENGTH)
		return head->length;
	if (head->framing != HTTP_BODY_NONE)
		return UINT64_MAX;
	/* The answer to HEAD tells the length of what GET would bring. */
	if (s->w->x.request.method == HTTP_HEAD &&
		http_field(&head->fields, SPAN("Content-Length"), &v) && span_u64(v, &n))
		return n;
	return 0;
}

void
session_answer_head(struct session *s, const struct http_response *head)
{
	struct work *w = s->w;

	session_state_set(s, SESSION_ANSWER);
	w->status = head->status;
	/* One that is missing and one of another tenant must look the same, to the last field. */
	if (w->x.judged_later && head->status == 404) {
		exchange_not_found(&w->x);
		session_refuse(s);
		return;
	}
	answer_fields(s, head);
	answer_media(s, head);
	/* Other answers are bounded and soon over. */
	if (session_is_stream(s))
		session_pace(s);
	w->filtered = filter_wanted(s) || answer_is_judged_error(s);
	w->length = answer_length(s, head);
	if (w->filtered && filter_begin(s) == -1)
		session_refuse(s);
	/* A stream's head tells that the stream has begun; any other waits for its body: one record, one send. */
	else if (session_is_stream(s) && (!w->filtered || filter_flows(s)))
		(void)answer_send(s, (struct span){ NULL, 0 },
			w->filtered ? UINT64_MAX : w->length);
}

void
session_answer_piece(struct session *s, struct span piece)
{
	struct work *w = s->w;

	if (!w->filtered) {
		(void)answer_send(s, piece, w->length);
		return;
	}
	if (filter_piece(s, piece) == -1) {
		session_refuse(s);
		return;
	}
	if (w->pending.len < (filter_flows(s) ? 1 : HOLD_BACK))
		return;
	if (answer_send(s, text_span(&w->pending), UINT64_MAX) == 0)
		text_clear(&w->pending);
}

void
session_answer_end(struct session *s)
{
	struct work *w = s->w;

	if (w->filtered) {
		if (filter_end(s) == -1) {
			session_refuse(s);
			return;
		}
		if (answer_send(s, text_span(&w->pending), w->pending.len) == -1)
			return;
	} else if (!w->committed && answer_send(s, (struct span){ NULL, 0 }, w->length) == -1) {
		return;
	}
	if (w->chunked && connection_write(s->c, SPAN("0\r\n\r\n")) == -1) {
		connection_close(s->c, "client left", true);
		return;
	}
	session_answered(s, NULL);
}
