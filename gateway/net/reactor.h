/*
 * reactor: what every network object of one process shares: the event loop, the
 * scratch buffers, and the list of things to free at the end of the loop's turn.
 */
#ifndef FAIRLEAD_NET_REACTOR_H
#define FAIRLEAD_NET_REACTOR_H

#include <stddef.h>

struct event_base;

/* Plain bytes read in one go by the pump; a direction's memory is bounded by it. */
#define REACTOR_PLAIN_SIZE ((size_t)64 << 10)
/* Cipher bytes gathered for one send: REACTOR_PLAIN_SIZE in records of 16 KiB, and some. */
#define REACTOR_CIPHER_SIZE (REACTOR_PLAIN_SIZE + (4 << 10))

struct reactor {
	struct event_base *base;
	unsigned char *plain;  /* free for use within one callback */
	unsigned char *cipher; /* channel.c's */
	size_t cipher_len;
	struct deferred *deferred;
	struct event *deferred_event;
};

/* NULL without memory. The base is the reactor's. */
struct reactor *reactor_new(void);
void reactor_free(struct reactor *r);

/* Calls `fn(arg)` after all callbacks of this turn: how objects free themselves (law 5). */
void reactor_defer(struct reactor *r, void (*fn)(void *), void *arg);

#endif
