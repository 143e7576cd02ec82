/*
 * reactor: what every network object of one process shares: the event loop, the
 * scratch buffers, and the list of things to free at the end of the loop's turn.
 */
#ifndef FAIRLEAD_NET_REACTOR_H
#define FAIRLEAD_NET_REACTOR_H

#include <stddef.h>

struct event_base;

/* Plain bytes that one read of a raw stream may bring: the more, the fewer system calls a GB. */
#define REACTOR_PLAIN_SIZE ((size_t)128 << 10)
/* The same while the other side is slow: with what TLS itself may hold (see channel_tls.c) this
 * bounds what a stalled direction keeps: below 100 KiB. */
#define REACTOR_PLAIN_SMALL ((size_t)48 << 10)
/* Cipher bytes gathered for one send: REACTOR_PLAIN_SIZE in records of 16 KiB. */
#define REACTOR_CIPHER_SIZE (REACTOR_PLAIN_SIZE + (4 << 10))

struct channel;
struct deferred;

struct reactor {
	struct event_base *base;
	unsigned char *plain;  /* free for use within one callback */
	unsigned char *cipher; /* channel.c's */
	size_t cipher_len;
	int known; /* descriptors below it have libevent's memory already */
	struct channel *
		arming; /* channel.c's: what they wait for is told to the kernel at the turn's end */
	void (*arm)(struct channel *c);
	struct deferred *deferred, **deferred_tail;
	struct event *deferred_event;
};

/* NULL without memory. The base is the reactor's. */
struct reactor *reactor_new(void);
void reactor_free(struct reactor *r);

/* Gives the scratch's memory back to the system; it comes again when used. Between callbacks only. */
void reactor_relax(struct reactor *r);

/* To be called with a new descriptor before an event waits for it. libevent keeps some bytes for
 * each descriptor number for ever; asked for one by one they would lie between the sessions'
 * memory and hold every page of a peak. So they are asked for in rows, ahead. */
void reactor_expect(struct reactor *r, int fd);

/* Has the turn's last duties done, in this turn. */
void reactor_turn_end(struct reactor *r);

/* Calls `fn(arg)` after the callbacks of this turn: how objects free themselves (law 5).
 * Ends the process without memory: an object that cannot be freed is no state to go on from. */
void reactor_defer(struct reactor *r, void (*fn)(void *), void *arg);

#endif
