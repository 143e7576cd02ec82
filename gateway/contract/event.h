/*
 * event: what happened, for watchers (log, metrics, audit, recording). Whoever
 * makes it happen emits it and knows no watcher. A watcher is one file in
 * watch/ with one const `struct watcher`, listed in front/roster.c.
 */
#ifndef FAIRLEAD_CONTRACT_EVENT_H
#define FAIRLEAD_CONTRACT_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "state/board.h"

enum event_kind {
	EVENT_CONNECTION_OPEN,
	EVENT_HANDSHAKE, /* done */
	EVENT_HANDSHAKE_FAILED,
	EVENT_CONNECTION_CLOSE,
	EVENT_AUTH_FAILED,
	EVENT_REFUSED, /* by policy */
	EVENT_ANSWERED, /* a request's end when it was not spliced; after one of the two above, if any */
	EVENT_SPLICE_START,
	EVENT_SPLICE_END,
};

/* Facts of the one it is about; what is not known yet is NULL, empty or 0. Valid during the call. */
struct event_facts {
	enum event_kind kind;
	const char *peer;
	const char *tls; /* version */
	bool resumed;
	const char *tenant, *key, *scheme;
	bool administrator;         /* who may do all there is */
	struct span method, target; /* as sent: escape it */
	const char *endpoint;
	const char *container, *exec; /* full ids */
	unsigned status;
	const char *reason;  /* why it was refused, failed or closed */
	struct span message; /* of a refusal: what the client was told */
	uint64_t bytes_up, bytes_down;
	uint64_t duration_ms;
};

struct watcher {
	const char *name;
	void (*see)(void *state, const struct event_facts *f);
	void *(*start)(struct board *b, unsigned slot); /* state for `see`; NULL: none needed */
	void (*stop)(void *state);
};

#endif
