/*
 * reactor: the event loop with its scratch memory and its list of last duties.
 */
#include "net/reactor.h"

#include <event2/event.h>
#include <stdlib.h>

#include "base/log.h"

struct deferred {
	void (*fn)(void *);
	void *arg;
	struct deferred *next;
};

/* Duties may defer more: those run in the same call. */
static void
reactor_run_deferred(evutil_socket_t fd, short what, void *arg)
{
	struct reactor *r = arg;

	(void)fd;
	(void)what;
	while (r->deferred) {
		struct deferred *d = r->deferred;

		r->deferred = d->next;
		if (!r->deferred)
			r->deferred_tail = &r->deferred;
		d->fn(d->arg);
		free(d);
	}
}

/* Changes of what is waited for go to the kernel once a turn, so that what cancels out costs
 * nothing. (libevent: not for descriptors that are dup'ed, which ours never are.) */
static struct event_base *
reactor_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config && event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST) == 0)
		base = event_base_new_with_config(config);
	if (config)
		event_config_free(config);
	return base;
}

struct reactor *
reactor_new(void)
{
	struct reactor *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->deferred_tail = &r->deferred;
	r->plain = malloc(REACTOR_PLAIN_SIZE);
	r->cipher = malloc(REACTOR_CIPHER_SIZE);
	r->base = reactor_base();
	if (r->base)
		r->deferred_event = event_new(r->base, -1, 0, reactor_run_deferred, r);
	if (!r->plain || !r->cipher || !r->base || !r->deferred_event) {
		reactor_free(r);
		return NULL;
	}
	return r;
}

void
reactor_free(struct reactor *r)
{
	if (!r)
		return;
	reactor_run_deferred(-1, 0, r);
	if (r->deferred_event)
		event_free(r->deferred_event);
	if (r->base)
		event_base_free(r->base);
	free(r->plain);
	free(r->cipher);
	free(r);
}

void
reactor_defer(struct reactor *r, void (*fn)(void *), void *arg)
{
	struct deferred *d = malloc(sizeof(*d));

	if (!d)
		fatal("out of memory");
	*d = (struct deferred){ fn, arg, NULL };
	*r->deferred_tail = d;
	r->deferred_tail = &d->next;
	/* Goes behind what is active already: the same turn, after the others' callbacks. */
	event_active(r->deferred_event, EV_TIMEOUT, 0);
}
