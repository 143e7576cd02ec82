/*
 * splice: the pump. Joins a client's channel and an engine's after the head of
 * a hijacked answer and carries bytes both ways until both are at their end.
 *
 * Each direction ends on its own (half-close). Nothing is kept for a session
 * while it is idle; a stalled reader stops the other side's reading.
 */
#ifndef FAIRLEAD_NET_SPLICE_H
#define FAIRLEAD_NET_SPLICE_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/text.h"
#include "net/channel.h"
#include "net/pace.h"

struct splice;

enum splice_end {
	SPLICE_ENGINE_END,  /* the engine ended its stream; all of it was given to the client */
	SPLICE_CLIENT_GONE, /* reset, or a write to it failed */
	SPLICE_ENGINE_GONE, /* reset */
	SPLICE_IDLE,        /* idle timeout */
	SPLICE_STOPPED,     /* splice_stop */
};
const char *splice_end_name(enum splice_end e);

/* Looks at payload as it passes; `up` is toward the engine. For recording. */
typedef void splice_tap_fn(void *arg, bool up, struct span bytes);

struct splice_options {
	uint64_t linger_ms;
	uint64_t idle_ms;            /* 0: never */
	_Atomic uint64_t *up, *down; /* byte counts, kept up to date */
	splice_tap_fn *tap;          /* NULL: none */
	struct pace *pace;           /* taken; NULL: as fast as it goes */
	/* Once, at the end. The engine's channel is closed; the client's is being finished on its own. */
	void (*done)(void *arg, enum splice_end how);
	void *arg;
};

/*
 * Takes both channels. `early_up` (client bytes held before the head) and
 * `early_down` (engine bytes after it) go first. `client_ended`: the client's
 * end was read already. NULL without memory (both channels are closed, the pace is freed).
 */
struct splice *splice_new(struct reactor *r, struct channel *client, struct channel *engine,
	struct span early_up, struct span early_down, bool client_ended,
	const struct splice_options *o);
/* Ends it now, in an orderly way for the client: what is in the backlog is still flushed. Calls `done`. */
void splice_stop(struct splice *s);

#endif
