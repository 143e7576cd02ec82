/*
 * timer: calls back once, later. For whoever has no socket to wait for.
 */
#ifndef FAIRLEAD_NET_TIMER_H
#define FAIRLEAD_NET_TIMER_H

#include <stdint.h>

#include "net/reactor.h"

struct timer;

/* It does not run yet. NULL without memory. */
struct timer *timer_new(struct reactor *r, void (*fn)(void *arg), void *arg);
/* From now, in microseconds; once. Started anew it waits anew. */
void timer_start(struct timer *t, uint64_t us);
/* It is not called any more; at any time, from within its call too. NULL is taken. */
void timer_free(struct timer *t);

#endif
