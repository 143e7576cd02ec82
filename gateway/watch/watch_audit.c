/*
 * watch_audit: one line for each request of an administrator, whatever the log's level is. It may do all
 * there is to do on the engine; what it did must be found later.
 */
#include "base/log.h"
#include "watch/watch.h"

static void
see(void *state, const struct event_facts *f)
{
	(void)state;
	if (!f->administrator || (f->kind != EVENT_ANSWERED && f->kind != EVENT_SPLICE_START))
		return;
	log_begin(LOG_AUDIT, "audit");
	log_str("peer", f->peer);
	log_str("tenant", f->tenant);
	log_str("key", f->key);
	log_str("scheme", f->scheme);
	log_span("method", f->method);
	log_span("target", f->target);
	log_str("endpoint", f->endpoint);
	log_u64("status", f->status);
	log_str("reason", f->reason);
	log_end();
}

const struct watcher watch_audit = { .name = "audit", .see = see };
