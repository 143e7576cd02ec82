/*
 * engine: one request and its answer. Connections are in engine_connect.c,
 * what the engine speaks in engine_versions.c.
 */
#include "net/engine.h"

#include <event2/event.h>
#include <stdlib.h>

#include "base/clock.h"
#include "net/engine_impl.h"

/* Of an answer's head; engines send less than 1 KiB. */
static const struct http_limits answer_limits = { .line = 8192,
	.head = 65536,
	.fields = HTTP_MAX_FIELDS };

struct engine *
engine_new(struct reactor *r, const struct config *c, const struct config_address *address,
	struct board *b, unsigned slot)
{
	struct engine *e = calloc(1, sizeof(*e));

	if (e)
		*e = (struct engine){ .r = r,
			.config = c,
			.address = address,
			.board = b,
			.slot = slot };
	return e;
}

void
engine_free(struct engine *e)
{
	if (!e)
		return;
	engine_versions_free(e);
	engine_idle_close_all(e);
	free(e);
}

static void
call_free(void *arg)
{
	struct engine_call *call = arg;

	text_free(&call->out);
	text_free(&call->in);
	free(call);
}

/* The one way out; what becomes of the connection is the caller's. */
static void
call_over(struct engine_call *call)
{
	call->state = CALL_OVER;
	call->channel = NULL;
	event_del(&call->deadline);
	if (event_initialized(&call->again))
		event_del(&call->again);
	reactor_defer(call->engine->r, call_free, call);
}

static void
call_drop(struct engine_call *call)
{
	if (call->channel)
		channel_close(call->channel);
	call_over(call);
}

void
engine_call_fail(struct engine_call *call, enum engine_failure what, const char *why)
{
	const struct engine_handler *h = call->h;
	void *arg = call->arg;

	board_count(call->engine->board, call->engine->slot, COUNT_ENGINE_ERRORS, 1);
	call_drop(call);
	h->failed(arg, what, why);
}

void
engine_call_handle(struct engine_call *call, const struct engine_handler *h, void *arg)
{
	call->h = h;
	call->arg = arg;
}

void
engine_call_cancel(struct engine_call *call)
{
	if (call->state != CALL_OVER)
		call_drop(call);
}

static void
call_limit(struct engine_call *call, uint64_t ms)
{
	struct timeval tv = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

	if (ms)
		event_add(&call->deadline, &tv);
	else
		event_del(&call->deadline);
}

/* Silence of the engine counts while it is its turn: not while our client does not take the answer,
 * nor while the rest of a body is still to come. */
static bool
call_is_due(const struct engine_call *call)
{
	if (call->no_limit || call->paused)
		return false;
	return !call->streams || call->body_ended || call->deaf || engine_call_backlog(call);
}

void
engine_call_rearm(struct engine_call *call)
{
	call_limit(call, call_is_due(call) ? call->engine->config->answer_timeout_ms : 0);
}

static void
call_timeout(evutil_socket_t fd, short what, void *arg)
{
	struct engine_call *call = arg;

	(void)fd;
	(void)what;
	engine_call_fail(call, ENGINE_TIMEOUT,
		call->state == CALL_CONNECT ? "it does not take connections"
					    : "it does not answer");
}

void
engine_call_connected(struct engine_call *call)
{
	call->state = CALL_HEAD;
	/* A connection that is broken is told by the read that follows, as its end. */
	(void)channel_write(call->channel, call->out.p, call->out.len);
	if (call->streams)
		text_clear(&call->out);
	engine_call_rearm(call);
}

/* A kept connection that the engine closed before it had our request: ask again, where asking
 * twice does no harm, on a new one. True when it was. */
static bool
call_retry(struct engine_call *call)
{
	if (!call->reused || call->state != CALL_HEAD || call->in.len ||
		!(call->method & (HTTP_GET | HTTP_HEAD)))
		return false;
	channel_close(call->channel);
	call->channel = NULL;
	if (engine_connect(call, true) == -1)
		engine_call_fail(call, call->failure, call->why);
	return true;
}

static void
call_done(struct engine_call *call, bool clean)
{
	const struct engine_handler *h = call->h;
	struct engine *e = call->engine;
	void *arg = call->arg;
	struct channel *c = call->channel;

	call_over(call);
	if (clean)
		engine_idle_keep(e, c);
	else
		channel_close(c);
	h->end(arg);
}

/* Body bytes; after each callback the call may be over. */
static void
call_body(struct engine_call *call, struct span in)
{
	while (call->state == CALL_BODY) {
		struct span piece = { NULL, 0 };
		size_t used = 0;
		enum http_result r = http_body_next(&call->body, in, &used, &piece);

		in.p += used;
		in.len -= used;
		if (piece.len)
			call->h->body(call->arg, piece);
		if (call->state != CALL_BODY)
			return;
		if (r == HTTP_BAD) {
			engine_call_fail(call, ENGINE_BROKEN, "it is not framed as it says");
			return;
		}
		if (r == HTTP_DONE) {
			call_done(call, call->keep && !in.len);
			return;
		}
		if (!in.len)
			return;
	}
}

/* The final head is in `call->in`; what came behind it begins at `used`. */
static void
call_head(struct engine_call *call, const struct http_response *head, size_t used)
{
	struct span rest;

	call->keep = head->keep_alive && !call->hijack && !call->streams &&
		head->framing != HTTP_BODY_TO_EOF;
	call->state = CALL_BODY;
	call->scanned = used; /* for engine_call_take */
	http_body_init_lenient(&call->body, head->framing, head->length);
	call->h->head(call->arg, head);
	if (call->state != CALL_BODY)
		return;
	/* The rest is taken out of the call: it is freed when the call is, at the turn's end. */
	rest = (struct span){ call->in.p + used, call->in.len - used };
	call_body(call, rest);
	if (call->state == CALL_BODY) {
		text_free(&call->in);
		text_free(&call->out);
	}
}

static void
call_parse(struct engine_call *call)
{
	while (call->state == CALL_HEAD) {
		struct http_response head;
		struct http_error err;
		size_t used = 0;

		switch (http_response_parse(text_span(&call->in), &answer_limits, &call->scanned,
			call->method, &head, &used, &err)) {
		case HTTP_MORE:
			return;
		case HTTP_BAD:
			engine_call_fail(call, ENGINE_BROKEN, err.message);
			return;
		case HTTP_DONE:
			break;
		}
		if (head.status >= 200 || head.status == 101) {
			call_head(call, &head, used);
			return;
		}
		text_drop(&call->in, used);
		call->scanned = 0;
	}
}

static void
call_end(struct engine_call *call, const char *why)
{
	if (call_retry(call))
		return;
	if (call->state == CALL_BODY && http_body_may_end(&call->body))
		call_done(call, false);
	else
		engine_call_fail(call,
			call->state == CALL_HEAD && !call->in.len ? ENGINE_UNREACHABLE
								  : ENGINE_BROKEN,
			why);
}

static void
call_readable(void *arg)
{
	struct engine_call *call = arg;

	for (int round = 0; round < 4 && call->state != CALL_OVER && !call->paused; round++) {
		struct reactor *r = call->engine->r;
		ssize_t n = channel_read(call->channel, r->plain, REACTOR_PLAIN_SIZE);

		if (n == CHANNEL_AGAIN)
			return;
		if (n <= 0) {
			call_end(call,
				n == 0 ? "the connection was closed before the answer was complete"
				       : "the connection was reset");
			return;
		}
		engine_call_rearm(call);
		if (call->state == CALL_BODY) {
			call_body(call, (struct span){ (char *)r->plain, (size_t)n });
			continue;
		}
		text_add(&call->in, r->plain, (size_t)n);
		if (call->in.failed) {
			engine_call_fail(call, ENGINE_BROKEN, "its head is too long");
			return;
		}
		call_parse(call);
	}
}

static void
call_opened(void *arg)
{
	struct engine_call *call = arg;

	engine_call_connected(call);
	if (!channel_backlog(call->channel))
		engine_stream_drained(call);
}

/* It may have answered before it went, without reading the body to its end. */
static void
call_gone(struct engine_call *call, const char *why)
{
	if (!call->streams) {
		call_end(call, why);
		return;
	}
	call->deaf = true;
	engine_call_rearm(call);
	/* Of one that is paused the rest is read when that is over. */
	if (!call->paused)
		call_readable(call);
}

static void
call_failed(void *arg, const char *why)
{
	struct engine_call *call = arg;

	if (call->state == CALL_CONNECT) {
		engine_versions_forget(call->engine);
		engine_call_fail(call, ENGINE_UNREACHABLE, why);
	} else {
		call_gone(call, why);
	}
}

const struct channel_handler engine_call_handler = {
	.opened = call_opened,
	.readable = call_readable,
	.drained = engine_stream_drained,
	.failed = call_failed,
};

static void
call_print(struct engine_call *call, const struct engine_request *q)
{
	struct text *out = &call->out;

	text_addf(out, "%s %.*s", http_method_name(q->method), SPAN_ARG(q->path));
	if (q->query.len) {
		text_add_char(out, '?');
		text_add_span(out, q->query);
	}
	text_addf(out, " HTTP/1.1\r\nHost: %.*s\r\nUser-Agent: fairlead\r\n",
		SPAN_ARG(q->host.len ? q->host : SPAN("docker")));
	if (q->content_type.len)
		text_addf(out, "Content-Type: %.*s\r\n", SPAN_ARG(q->content_type));
	if (q->upgrade.len)
		text_addf(out, "Connection: Upgrade\r\nUpgrade: %.*s\r\n", SPAN_ARG(q->upgrade));
	text_add_span(out, q->headers);
	if (q->streams)
		text_add_str(out, "Transfer-Encoding: chunked\r\n");
	else if (q->body.len || q->method & (HTTP_POST | HTTP_PUT))
		text_addf(out, "Content-Length: %zu\r\n", q->body.len);
	text_add_str(out, "\r\n");
	text_add_span(out, q->body);
}

static void
call_fail_now(void *arg)
{
	struct engine_call *call = arg;

	if (call->state != CALL_OVER)
		engine_call_fail(call, call->failure, call->why);
}

void
engine_call_fail_later(struct engine_call *call, enum engine_failure what, const char *why)
{
	call->failure = what;
	call->why = why;
	reactor_defer(call->engine->r, call_fail_now, call);
}

struct engine_call *
engine_send(struct engine *e, const struct engine_request *q, const struct engine_handler *h,
	void *arg)
{
	struct engine_call *call = calloc(1, sizeof(*call));

	if (!call)
		return NULL;
	call->engine = e;
	call->h = h;
	call->arg = arg;
	call->method = q->method;
	call->hijack = q->hijack;
	call->no_limit = q->no_limit;
	call->streams = q->streams;
	call->give_up_ms = clock_mono_ms() + e->config->connect_timeout_ms;
	text_init(&call->out, 0);
	/* A head, and what one read may bring behind it. */
	text_init(&call->in, answer_limits.head + REACTOR_PLAIN_SIZE);
	evtimer_assign(&call->deadline, e->r->base, call_timeout, call);
	call_print(call, q);
	if (call->out.failed) {
		call_free(call);
		return NULL;
	}
	call_limit(call, e->config->connect_timeout_ms);
	if (engine_connect(call, false) == -1)
		engine_call_fail_later(call, call->failure, call->why);
	return call;
}

void
engine_call_pause(struct engine_call *call, bool paused)
{
	if (call->state == CALL_OVER || call->paused == paused)
		return;
	call->paused = paused;
	if (!call->channel)
		return;
	channel_read_enable(call->channel, !paused);
	engine_call_rearm(call);
}

struct channel *
engine_call_take(struct engine_call *call, struct span *early)
{
	struct channel *c = call->channel;

	*early = (struct span){ call->in.p + call->scanned, call->in.len - call->scanned };
	call_over(call);
	return c;
}
