/*
 * reactor: the event loop with its scratch memory and its list of last duties.
 */
#include "net/reactor.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"

/* Descriptors that are made known at once. */
#define KNOWN_ROW 256

struct deferred {
	void (*fn)(void *);
	void *arg;
	struct deferred *next;
};

/* Duties may defer more: those run in the same call. Channels are armed before anything is freed. */
static void
reactor_run_deferred(evutil_socket_t fd, short what, void *arg)
{
	struct reactor *r = arg;

	(void)fd;
	(void)what;
	while (r->arming || r->deferred) {
		struct deferred *d = r->deferred;

		if (r->arming) {
			r->arm(r->arming);
			continue;
		}
		r->deferred = d->next;
		if (!r->deferred)
			r->deferred_tail = &r->deferred;
		d->fn(d->arg);
		free(d);
	}
}

/* Pages of their own, so that they can be given back. */
static unsigned char *
reactor_scratch(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

struct reactor *
reactor_new(void)
{
	struct reactor *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->deferred_tail = &r->deferred;
	r->plain = reactor_scratch(REACTOR_PLAIN_SIZE);
	r->cipher = reactor_scratch(REACTOR_CIPHER_SIZE);
	/* Not with EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST: there the edge-trigger of a deleted event is
	 * kept for one of the same descriptor that is added in the same turn (libevent 2.1.12), and
	 * a stream stalls with bytes waiting. */
	r->base = event_base_new();
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
	if (r->plain)
		munmap(r->plain, REACTOR_PLAIN_SIZE);
	if (r->cipher)
		munmap(r->cipher, REACTOR_CIPHER_SIZE);
	free(r);
}

void
reactor_relax(struct reactor *r)
{
	madvise(r->plain, REACTOR_PLAIN_SIZE, MADV_DONTNEED);
	madvise(r->cipher, REACTOR_CIPHER_SIZE, MADV_DONTNEED);
}

static void
reactor_never(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
}

/* An event that was there once leaves libevent's memory behind. */
static void
reactor_know(struct reactor *r, int fd)
{
	struct event ev;

	event_assign(&ev, r->base, fd, EV_READ, reactor_never, NULL);
	if (event_add(&ev, NULL) == 0)
		event_del(&ev);
}

void
reactor_expect(struct reactor *r, int fd)
{
	int end = fd + KNOWN_ROW;

	if (fd < r->known)
		return;
	/* Numbers in use have what they need already; the others are used for a moment. */
	while (r->known < end) {
		int next = fcntl(fd, F_DUPFD_CLOEXEC, r->known);

		r->known = next >= 0 && next < end ? next + 1 : end;
		if (next >= 0 && next < end)
			reactor_know(r, next);
		if (next >= 0)
			close(next);
	}
}

/* Goes behind what is active already: the same turn, after the others' callbacks. */
void
reactor_turn_end(struct reactor *r)
{
	event_active(r->deferred_event, EV_TIMEOUT, 0);
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
	reactor_turn_end(r);
}
