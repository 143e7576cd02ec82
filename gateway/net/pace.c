/*
 * pace: slows a stream down to its tenant's bytes a second.
 */
#include "net/pace.h"

#include <stdlib.h>

#include "base/clock.h"
#include "net/timer.h"

/* Parts of a second's worth: as small as can be without many small records, so that each one's turn comes soon. */
#define PORTIONS 20
#define PORTION_LEAST 256

struct pace {
	struct reactor *r;
	struct board_tenant *tenant;
	uint64_t rate;
	struct timer *timer; /* made when it first waits: idle streams have none */
	void (*go_on)(void *arg);
	void *arg;
	bool waits;
};

struct pace *
pace_new(struct reactor *r, struct board_tenant *t, uint64_t rate)
{
	struct pace *p = calloc(1, sizeof(*p));

	if (p)
		*p = (struct pace){ .r = r, .tenant = t, .rate = rate };
	return p;
}

void
pace_free(struct pace *p)
{
	if (!p)
		return;
	timer_free(p->timer);
	free(p);
}

void
pace_handle(struct pace *p, void (*go_on)(void *arg), void *arg)
{
	p->go_on = go_on;
	p->arg = arg;
}

size_t
pace_portion(const struct pace *p)
{
	uint64_t n = p->rate / PORTIONS;

	if (n < PORTION_LEAST)
		return PORTION_LEAST;
	return n < REACTOR_PLAIN_SIZE ? (size_t)n : REACTOR_PLAIN_SIZE;
}

static void
pace_due(void *arg)
{
	struct pace *p = arg;

	p->waits = false;
	p->go_on(p->arg);
}

bool
pace_pass(struct pace *p, size_t bytes)
{
	uint64_t wait = board_tenant_bytes(p->tenant, p->rate, bytes, clock_mono_us() * 1000);

	if (!wait)
		return p->waits;
	if (!p->timer)
		p->timer = timer_new(p->r, pace_due, p);
	/* Without memory for a timer it goes on: what has passed is paid for, others wait the longer. */
	if (!p->timer)
		return false;
	p->waits = true;
	timer_start(p->timer, wait / 1000 + 1);
	return true;
}

bool
pace_waits(const struct pace *p)
{
	return p->waits;
}
