/*
 * connection: the server side of HTTP/1.x on one client's channel.
 */
#include "front/connection.h"

#include <event2/event.h>
#include <stdlib.h>

#include "base/clock.h"
#include "front/front.h"

/* Reads of one turn before the others have theirs. */
#define READ_ROUNDS 8
/* Pipelined requests, likewise: those that the engine does not answer, or cannot, end in no time. */
#define TURN_REQUESTS 16

static uint64_t
connection_deadline(const struct connection *c)
{
	const struct config *f = c->house->config;

	switch (c->state) {
	case CONNECTION_HANDSHAKE:
		return f->handshake_timeout_ms;
	case CONNECTION_IDLE:
		return f->keepalive_timeout_ms;
	case CONNECTION_HEAD:
		return f->head_timeout_ms;
	case CONNECTION_BODY:
		return f->body_timeout_ms;
	case CONNECTION_WRITE:
		/* Who reads a log as it grows may pause for as long as it likes. */
		return c->session && session_is_stream(c->session) ? 0 : f->write_timeout_ms;
	case CONNECTION_NEW:
	case CONNECTION_BUSY:    /* the engine's deadlines hold */
	case CONNECTION_SPLICED: /* the splice's do */
	case CONNECTION_CLOSED:
		break;
	}
	return 0;
}

void
connection_state_set(struct connection *c, enum connection_state s)
{
	uint64_t ms;

	/* A body's deadline is between two pieces, a head's for all of it. A stream may wait for its
	 * client as long as it likes; what it leaves at its end may not. */
	if (c->state == s && s != CONNECTION_BODY && s != CONNECTION_WRITE)
		return;
	c->state = s;
	if (!c->http)
		return;
	ms = connection_deadline(c);
	if (ms) {
		struct timeval tv = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

		event_add(&c->http->timer, &tv);
	} else {
		event_del(&c->http->timer);
	}
}

void
connection_emit(struct connection *c, enum event_kind kind, const char *reason)
{
	SSL *ssl = c->state == CONNECTION_SPLICED ? NULL : channel_ssl(c->channel);
	struct event_facts f = {
		.kind = kind,
		.peer = c->http ? c->http->peer : NULL,
		.tls = ssl ? tls_version(ssl) : NULL,
		.resumed = ssl && kind == EVENT_HANDSHAKE && tls_resumed(ssl),
		.reason = reason,
		.duration_ms = clock_mono_ms() - c->since_ms,
	};

	house_emit(c->house, &f);
}

static void
connection_http_free(void *arg)
{
	struct connection_http *http = arg;

	text_free(&http->in);
	free(http->tls_peer);
	free(http);
}

void
connection_free(void *arg)
{
	struct connection *c = arg;

	if (c->http)
		connection_http_free(c->http);
	free(c);
}

void
connection_splice(struct connection *c)
{
	connection_state_set(c, CONNECTION_SPLICED);
	reactor_defer(c->house->r, connection_http_free, c->http);
	c->http = NULL;
}

void
connection_close(struct connection *c, const char *reason, bool abrupt)
{
	struct session *s = c->session;
	bool spliced = c->state == CONNECTION_SPLICED;

	if (c->state == CONNECTION_CLOSED)
		return;
	if (spliced && s) {
		/* The channel is the splice's: it ends both sides, and comes back here. */
		session_abort(s, reason);
		return;
	}
	c->session = NULL;
	if (s)
		session_abort(s, reason);
	connection_emit(c, EVENT_CONNECTION_CLOSE, reason);
	connection_state_set(c, CONNECTION_CLOSED);
	if (c->prev)
		c->prev->next = c->next;
	else
		c->house->connections = c->next;
	if (c->next)
		c->next->prev = c->prev;
	if (!spliced && abrupt)
		channel_close(c->channel);
	else if (!spliced)
		channel_finish(c->channel, c->house->config->linger_timeout_ms);
	reactor_defer(c->house->r, connection_free, c);
}

int
connection_write(struct connection *c, struct span s)
{
	if (channel_write(c->channel, s.p, s.len) == -1)
		return -1;
	if (channel_backlog(c->channel) && c->state == CONNECTION_BUSY)
		connection_state_set(c, CONNECTION_WRITE);
	return 0;
}

const struct tls_peer *
connection_peer(struct connection *c)
{
	if (c->http->tls_peer)
		return c->http->tls_peer;
	c->http->tls_peer = calloc(1, sizeof(*c->http->tls_peer));
	if (c->http->tls_peer)
		tls_peer_read(channel_ssl(c->channel), c->http->tls_peer);
	return c->http->tls_peer;
}

static void
connection_start_session(struct connection *c, const struct http_request *q, size_t used)
{
	struct text head = c->http->in;

	/* The head's bytes stay where they are: the request points into them. */
	text_init(&c->http->in, head.limit);
	text_add(&c->http->in, head.p + used, head.len - used);
	c->http->scanned = 0;
	c->http->taken++;
	connection_state_set(c, CONNECTION_BUSY);
	c->session = session_new(c, &head, q);
	if (!c->session || c->http->in.failed) {
		connection_close(c, "out of memory", true);
		return;
	}
	session_start(c->session);
}

/* One request out of what is here. False: there is none, or the connection is closed. */
static bool
connection_next(struct connection *c)
{
	struct http_request q;
	struct http_error err = { 0, NULL };
	size_t used = 0;

	if (c->last || (c->house->draining && !c->http->in.len)) {
		connection_close(c, c->last ? "last answer given" : "draining", false);
		return false;
	}
	if (!c->http->in.len) {
		c->http->taken = 0;
		connection_state_set(c, CONNECTION_IDLE);
		return false;
	}
	switch (http_request_parse(text_span(&c->http->in), &c->house->config->head_limits,
		&c->http->scanned, &q, &used, &err)) {
	case HTTP_MORE:
		connection_state_set(c, CONNECTION_HEAD);
		if (c->ended)
			connection_close(c, "client left in a request", true);
		return false;
	case HTTP_BAD:
		reply_error(c, &err);
		connection_close(c, err.message, false);
		return false;
	case HTTP_DONE:
		break;
	}
	connection_start_session(c, &q, used);
	return c->state != CONNECTION_CLOSED;
}

/* The others have their turn; what is here is gone on with in the next. */
static void
connection_yield(struct connection *c)
{
	const struct timeval now = { 0, 0 };

	c->yielded = true;
	c->http->taken = 0;
	connection_state_set(c, CONNECTION_HEAD);
	event_add(&c->http->timer, &now);
}

/* Requests are taken one after another, in a loop: a session that ends at once comes back to it. */
static void
connection_process(struct connection *c)
{
	if (c->processing || c->yielded)
		return;
	c->processing = true;
	while (c->state == CONNECTION_IDLE || c->state == CONNECTION_HEAD) {
		if (c->http->taken == TURN_REQUESTS && c->http->in.len)
			connection_yield(c);
		if (c->yielded || !connection_next(c))
			break;
	}
	c->processing = false;
}

static void
connection_ended(struct connection *c)
{
	c->ended = true;
	switch (c->state) {
	case CONNECTION_IDLE:
		connection_close(c, "client closed", false);
		return;
	case CONNECTION_BUSY:
	case CONNECTION_WRITE:
		if (!c->session)
			connection_close(c, "client closed", false);
		else if (!session_client_ended(c->session))
			connection_close(c, "client left", true);
		return;
	case CONNECTION_NEW:
	case CONNECTION_HANDSHAKE:
	case CONNECTION_HEAD:
	case CONNECTION_BODY:
		connection_close(c, "client left in a request", true);
		return;
	case CONNECTION_SPLICED:
	case CONNECTION_CLOSED:
		return;
	}
}

/* Bytes held of a client whose request is at work: for the raw stream, or its next request. */
static size_t
connection_room(const struct connection *c)
{
	const struct config *f = c->house->config;
	size_t limit = f->head_limits.head + 2;

	if (c->yielded)
		return 0;
	if (limit < f->max_hold)
		limit = (size_t)f->max_hold;
	return c->http->in.len < limit ? limit - c->http->in.len : 0;
}

static void
connection_take(struct connection *c)
{
	switch (c->state) {
	case CONNECTION_IDLE:
	case CONNECTION_HEAD:
		connection_process(c);
		break;
	case CONNECTION_BODY:
		session_read(c->session);
		break;
	case CONNECTION_NEW:
	case CONNECTION_HANDSHAKE:
	case CONNECTION_BUSY:
	case CONNECTION_WRITE:
	case CONNECTION_SPLICED:
	case CONNECTION_CLOSED:
		break;
	}
}

static void
connection_read(struct connection *c)
{
	for (int round = 0; c->state != CONNECTION_CLOSED && c->state != CONNECTION_SPLICED;
		round++) {
		unsigned char *buf = c->house->r->plain;
		size_t room = connection_room(c);
		ssize_t n;

		if (!room) {
			c->full = true;
			channel_read_enable(c->channel, false);
			return;
		}
		if (round == READ_ROUNDS)
			channel_read_last(c->channel);
		n = channel_read(c->channel, buf,
			room < REACTOR_PLAIN_SIZE ? room : REACTOR_PLAIN_SIZE);
		if (n == CHANNEL_AGAIN)
			return;
		if (n == 0) {
			connection_ended(c);
			return;
		}
		if (n == CHANNEL_ERROR) {
			connection_close(c, "connection reset", true);
			return;
		}
		text_add(&c->http->in, buf, (size_t)n);
		connection_take(c);
	}
}

/* Never within itself: what a client sends must not decide how deep the stack grows. */
static void
connection_readable(void *arg)
{
	struct connection *c = arg;

	if (c->reading)
		return;
	c->reading = true;
	connection_read(c);
	c->reading = false;
}

/* Reading may have been stopped by what is now taken. */
void
connection_resume(struct connection *c)
{
	if (!c->full)
		return;
	c->full = false;
	channel_read_enable(c->channel, true);
	connection_readable(c);
}

void
connection_session_done(struct connection *c)
{
	c->session = NULL;
	if (c->state == CONNECTION_CLOSED)
		return;
	if (channel_backlog(c->channel)) {
		connection_state_set(c, CONNECTION_WRITE);
		return;
	}
	if (c->ended && !c->http->in.len) {
		connection_close(c, "client closed", false);
		return;
	}
	connection_state_set(c, CONNECTION_IDLE);
	connection_process(c);
	if (!c->processing && c->state != CONNECTION_CLOSED && c->state != CONNECTION_SPLICED)
		connection_resume(c);
}

static void
connection_drained(void *arg)
{
	struct connection *c = arg;

	if (c->state == CONNECTION_BODY)
		session_drained(c->session);
	if (c->state != CONNECTION_WRITE)
		return;
	if (c->session) {
		connection_state_set(c, CONNECTION_BUSY);
		session_drained(c->session);
	} else {
		connection_session_done(c);
	}
}

static void
connection_opened(void *arg)
{
	struct connection *c = arg;

	connection_emit(c, EVENT_HANDSHAKE, NULL);
	connection_state_set(c, CONNECTION_IDLE);
}

/* Nothing more is read of it. */
static const struct channel_handler plain_handler = { .failed = NULL };

/* A browser or a curl with http:// in its URL: told in its own language. */
static void
connection_answer_plain(struct connection *c)
{
	static const char answer[] =
		"HTTP/1.1 400 Bad Request\r\n"
		"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 75\r\nConnection: close\r\n\r\n"
		"This port speaks TLS only: use https:// (docker: --tls, DOCKER_TLS_VERIFY).";

	channel_handle(c->channel, &plain_handler, c);
	channel_drop_tls(c->channel);
	(void)channel_write(c->channel, answer, sizeof(answer) - 1);
}

static void
connection_failed(void *arg, const char *why)
{
	struct connection *c = arg;
	bool plain = why == CHANNEL_NOT_TLS;

	if (c->state == CONNECTION_HANDSHAKE)
		connection_emit(c, EVENT_HANDSHAKE_FAILED, why);
	if (plain)
		connection_answer_plain(c);
	connection_close(c, why, !plain);
}

/* The client has sent its end while nothing of it was read. */
static void
connection_hangup(void *arg)
{
	struct connection *c = arg;

	if (c->session && !session_client_ended(c->session))
		connection_close(c, "client left", true);
}

const struct channel_handler connection_handler = {
	.opened = connection_opened,
	.readable = connection_readable,
	.drained = connection_drained,
	.failed = connection_failed,
	.hangup = connection_hangup,
};

/* The next turn of one that yielded. */
static void
connection_go_on(struct connection *c)
{
	c->yielded = false;
	connection_state_set(c, CONNECTION_IDLE);
	connection_process(c);
	if (c->state != CONNECTION_CLOSED && c->state != CONNECTION_SPLICED)
		connection_resume(c);
}

void
connection_timeout(evutil_socket_t fd, short what, void *arg)
{
	static const char *const reasons[] = {
		[CONNECTION_HANDSHAKE] = "handshake timeout",
		[CONNECTION_IDLE] = "keep-alive timeout",
		[CONNECTION_HEAD] = "head timeout",
		[CONNECTION_BODY] = "body timeout",
		[CONNECTION_BUSY] = "timeout",
		[CONNECTION_WRITE] = "write timeout",
		[CONNECTION_SPLICED] = "timeout",
		[CONNECTION_CLOSED] = "timeout",
	};
	struct connection *c = arg;
	const struct http_error late = { 408, "the request did not come in time" };
	const char *reason = reasons[c->state];

	(void)fd;
	(void)what;
	if (c->yielded) {
		connection_go_on(c);
		return;
	}
	if (c->state == CONNECTION_HEAD)
		reply_error(c, &late);
	else if (c->state == CONNECTION_BODY) {
		session_fail(c->session, 408, "body timeout",
			"the request's body did not come in time");
		return;
	}
	connection_close(c, reason,
		c->state == CONNECTION_WRITE || c->state == CONNECTION_HANDSHAKE);
}
