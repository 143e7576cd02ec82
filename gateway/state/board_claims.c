/*
 * board_claims: the table of claims.
 *
 * As in Lamport's bakery: a claim says that it is about to take a ticket before it takes one. Whoever
 * holds a ticket therefore sees all claims with smaller ones, by their ticket or by this word;
 * one that has said nothing yet will get a larger one. All of it in one order, the default of C11's atomics.
 */
#include "state/board_claims.h"

#include <unistd.h>

#include "state/board_map.h"

/* Tickets that are none. */
#define TICKET_NONE 0
#define TICKET_CHOOSING 1
/* An owner that is none: until when it counts, in the other bits. */
#define OWNER_LEFT (UINT64_C(1) << 63)

static uint64_t
add(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

void
demand_add(struct demand *sum, const struct demand *more)
{
	sum->containers = add(sum->containers, more->containers);
	sum->volumes = add(sum->volumes, more->volumes);
	sum->networks = add(sum->networks, more->networks);
	sum->execs = add(sum->execs, more->execs);
	sum->memory = add(sum->memory, more->memory);
	sum->nano_cpus = add(sum->nano_cpus, more->nano_cpus);
	sum->pids = add(sum->pids, more->pids);
}

static bool
owner_counts(uint64_t owner, uint64_t now_ms)
{
	return owner & OWNER_LEFT ? (owner & ~OWNER_LEFT) > now_ms : owner != 0;
}

static void
claim_fill(struct board_claim *c, uint32_t tenant, const struct demand *d)
{
	atomic_store(&c->tenant, tenant);
	atomic_store(&c->demand[0], d->containers);
	atomic_store(&c->demand[1], d->volumes);
	atomic_store(&c->demand[2], d->networks);
	atomic_store(&c->demand[3], d->execs);
	atomic_store(&c->demand[4], d->memory);
	atomic_store(&c->demand[5], d->nano_cpus);
	atomic_store(&c->demand[6], d->pids);
}

static struct demand
claim_read(const struct board_claim *c)
{
	return (struct demand){ .containers = atomic_load(&c->demand[0]),
		.volumes = atomic_load(&c->demand[1]),
		.networks = atomic_load(&c->demand[2]),
		.execs = atomic_load(&c->demand[3]),
		.memory = atomic_load(&c->demand[4]),
		.nano_cpus = atomic_load(&c->demand[5]),
		.pids = atomic_load(&c->demand[6]) };
}

/* Who looks for claims looks at those that were ever taken. */
static void
claims_widen(struct board_claims *s, uint32_t used)
{
	uint32_t was = atomic_load(&s->used);

	while (was < used && !atomic_compare_exchange_weak(&s->used, &was, used))
		;
}

struct board_claim *
board_claim_take(struct board *b, const struct board_tenant *t, const struct demand *d,
	uint64_t now_ms)
{
	struct board_claims *s = &b->claims;

	for (uint32_t i = 0; i < BOARD_CLAIMS; i++) {
		struct board_claim *c = &s->claim[i];
		uint64_t owner = atomic_load(&c->owner);

		if (owner_counts(owner, now_ms))
			continue;
		claims_widen(s, i + 1);
		if (!atomic_compare_exchange_strong(&c->owner, &owner, (uint64_t)getpid()))
			continue;
		atomic_store(&c->ticket, TICKET_NONE);
		claim_fill(c, (uint32_t)(t - b->tenant), d);
		atomic_store(&c->ticket, TICKET_CHOOSING);
		atomic_store(&c->ticket, atomic_fetch_add(&s->tickets, 1) + TICKET_CHOOSING + 1);
		return c;
	}
	return NULL;
}

/* Whether it stands before the ticket, and then what it demands. */
static bool
claim_before(const struct board_claim *c, uint64_t ticket, uint32_t tenant, uint64_t now_ms,
	struct demand *d)
{
	uint64_t first = atomic_load(&c->ticket), then;

	if (first == TICKET_NONE || first >= ticket ||
		!owner_counts(atomic_load(&c->owner), now_ms))
		return false;
	if (atomic_load(&c->tenant) != tenant)
		return false;
	*d = claim_read(c);
	/* One that was given back meanwhile is told of by the engine, which is asked after this. One that was
	 * about to take a ticket may have got a larger one. */
	then = atomic_load(&c->ticket);
	return then != TICKET_NONE && then < ticket;
}

unsigned
board_claims_before(const struct board *b, const struct board_claim *c, uint64_t now_ms,
	struct demand *sum)
{
	uint64_t ticket = atomic_load(&c->ticket);
	uint32_t tenant = atomic_load(&c->tenant), used = atomic_load(&b->claims.used);
	unsigned n = 0;

	*sum = (struct demand){ 0 };
	for (uint32_t i = 0; i < used; i++) {
		struct demand d;

		if (claim_before(&b->claims.claim[i], ticket, tenant, now_ms, &d)) {
			demand_add(sum, &d);
			n++;
		}
	}
	return n;
}

void
board_claim_give(struct board_claim *c)
{
	atomic_store(&c->ticket, TICKET_NONE);
	atomic_store(&c->owner, 0);
}

void
board_claim_leave(struct board_claim *c, uint64_t until_ms)
{
	atomic_store(&c->owner, OWNER_LEFT | until_ms);
}

void
board_claims_reap(struct board *b, pid_t owner, uint64_t until_ms)
{
	uint32_t used = atomic_load(&b->claims.used);

	if (owner <= 0)
		return;
	for (uint32_t i = 0; i < used; i++)
		if (atomic_load(&b->claims.claim[i].owner) == (uint64_t)owner)
			board_claim_leave(&b->claims.claim[i], until_ms);
}
