/*
 * watch_log: writes what happened as log lines, for the operator.
 *
 * A request is one line (event=request), when it is answered or becomes a raw
 * stream; the stream's end is one more (event=session_end). What a connection
 * goes through is for debugging, what goes wrong with it is for reading.
 */
#include "base/log.h"
#include "watch/watch.h"

static void
add_text(const char *key, const char *value)
{
	log_str(key, value && *value ? value : NULL);
}

static void
add_span(const char *key, struct span value)
{
	if (value.p && value.len)
		log_span(key, value);
}

static void
add_identity(const struct event_facts *f)
{
	add_text("peer", f->peer);
	add_text("tls", f->tls);
	add_text("tenant", f->tenant);
	add_text("key", f->key);
	add_text("scheme", f->scheme);
}

static void
add_request(const struct event_facts *f)
{
	add_identity(f);
	add_span("method", f->method);
	add_span("target", f->target);
	add_text("endpoint", f->endpoint);
	if (f->status)
		log_u64("status", f->status);
	add_text("reason", f->reason);
	add_span("message", f->message);
	log_u64("duration_ms", f->duration_ms);
}

static void
add_objects(const struct event_facts *f)
{
	add_text("container", f->container);
	add_text("exec", f->exec);
}

static void
write_connection(enum log_level level, const char *event, const struct event_facts *f)
{
	if (!log_wants(level))
		return;
	log_begin(level, event);
	add_text("peer", f->peer);
	add_text("tls", f->tls);
	if (f->kind == EVENT_HANDSHAKE)
		log_str("resumed", f->resumed ? "yes" : "no");
	add_text("reason", f->reason);
	if (f->kind != EVENT_CONNECTION_OPEN)
		log_u64("duration_ms", f->duration_ms);
	log_end();
}

static void
write_request(enum log_level level, const char *event, const struct event_facts *f)
{
	if (!log_wants(level))
		return;
	log_begin(level, event);
	add_request(f);
	if (f->kind == EVENT_ANSWERED) {
		log_u64("bytes_up", f->bytes_up);
		log_u64("bytes_down", f->bytes_down);
	}
	add_objects(f);
	log_end();
}

static void
write_session_end(const struct event_facts *f)
{
	if (!log_wants(LOG_INFO))
		return;
	log_begin(LOG_INFO, "session_end");
	add_identity(f);
	add_text("endpoint", f->endpoint);
	add_text("reason", f->reason);
	log_u64("duration_ms", f->duration_ms);
	log_u64("bytes_up", f->bytes_up);
	log_u64("bytes_down", f->bytes_down);
	add_objects(f);
	log_end();
}

static void
see(void *state, const struct event_facts *f)
{
	(void)state;
	switch (f->kind) {
	case EVENT_CONNECTION_OPEN:
		write_connection(LOG_DEBUG, "connection_open", f);
		break;
	case EVENT_HANDSHAKE:
		write_connection(LOG_DEBUG, "handshake", f);
		break;
	case EVENT_HANDSHAKE_FAILED:
		/* Not a warning: port scans and health probes do it all day. */
		write_connection(LOG_INFO, "handshake_failed", f);
		break;
	case EVENT_CONNECTION_CLOSE:
		write_connection(LOG_DEBUG, "connection_close", f);
		break;
	case EVENT_AUTH_FAILED:
		/* The request's own line follows with the status; this one is for who watches for guessing. */
		write_request(LOG_WARN, "auth_failed", f);
		break;
	case EVENT_REFUSED:
		write_request(LOG_DEBUG, "refused", f);
		break;
	case EVENT_ANSWERED:
		write_request(f->status >= 500 ? LOG_WARN : LOG_INFO, "request", f);
		break;
	case EVENT_SPLICE_START:
		write_request(LOG_INFO, "request", f);
		break;
	case EVENT_SPLICE_END:
		write_session_end(f);
		break;
	}
}

const struct watcher watch_log = { .name = "log", .see = see };
