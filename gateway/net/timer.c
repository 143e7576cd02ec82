/*
 * timer: calls back once, later.
 */
#include "net/timer.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>

struct timer {
	struct event event;
	struct reactor *r;
	void (*fn)(void *arg);
	void *arg;
};

static void
timer_due(evutil_socket_t fd, short what, void *arg)
{
	struct timer *t = arg;

	(void)fd;
	(void)what;
	t->fn(t->arg);
}

struct timer *
timer_new(struct reactor *r, void (*fn)(void *arg), void *arg)
{
	struct timer *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->r = r;
	t->fn = fn;
	t->arg = arg;
	evtimer_assign(&t->event, r->base, timer_due, t);
	return t;
}

void
timer_start(struct timer *t, uint64_t us)
{
	struct timeval tv = { (time_t)(us / 1000000), (suseconds_t)(us % 1000000) };

	event_add(&t->event, &tv);
}

void
timer_free(struct timer *t)
{
	if (!t)
		return;
	event_del(&t->event);
	reactor_defer(t->r, free, t);
}
