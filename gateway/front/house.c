/*
 * house: what the connections of one worker share, and what is done to all of them.
 */
#include <event2/event.h>
#include <malloc.h>
#include <stdlib.h>

#include "front/front.h"
#include "front/roster.h"

void
house_emit(struct house *h, const struct event_facts *f)
{
	for (unsigned i = 0; roster_watchers[i]; i++)
		roster_watchers[i]->see(h->watch_state[i], f);
}

static void
house_start_watchers(struct house *h)
{
	for (unsigned i = 0; roster_watchers[i]; i++) {
		if (i == HOUSE_MAX_WATCHERS)
			fatal("more than %d watchers", HOUSE_MAX_WATCHERS);
		if (roster_watchers[i]->start)
			h->watch_state[i] = roster_watchers[i]->start(h->board, h->slot);
	}
}

/* Memory of a peak goes back to the system once it has passed: freed blocks lie between live ones
 * all over the heap, and the allocator looks at its end only. */
#define RELAX_AFTER 32
#define RELAX_MS 1000
/* Until then the heap's end stays: given back at each session's end it would come back with the next. */
#define RELAX_KEEP (4 << 20)

static void
house_relax(evutil_socket_t fd, short what, void *arg)
{
	struct house *h = arg;

	(void)fd;
	(void)what;
	h->left = 0;
	malloc_trim(0);
	reactor_relax(h->r);
}

void
house_left(void *arg)
{
	const struct timeval tv = { RELAX_MS / 1000, 0 };
	struct house *h = arg;

	h->open--;
	if (++h->left == RELAX_AFTER || (h->open == 0 && h->left <= RELAX_AFTER))
		event_add(&h->relax, &tv);
}

static void
house_free_backends(struct house *h)
{
	for (unsigned i = 0; h->backends && i < h->config->backend_count; i++)
		engine_free(h->backends[i]);
	free(h->backends);
}

static int
house_new_backends(struct house *h)
{
	const struct config *c = h->config;

	if (!c->backend_count)
		return 0;
	h->backends = calloc(c->backend_count, sizeof(*h->backends));
	for (unsigned i = 0; h->backends && i < c->backend_count; i++) {
		h->backends[i] = engine_new(h->r, c, &c->backends[i].address, h->board, h->slot);
		if (!h->backends[i])
			return -1;
	}
	return h->backends ? 0 : -1;
}

struct house *
house_new(struct reactor *r, const struct config *c, const struct store *s, struct tls *t,
	struct engine *e, struct board *b, unsigned slot)
{
	struct house *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	*h = (struct house){ .r = r,
		.config = c,
		.store = s,
		.tls = t,
		.engine = e,
		.board = b,
		.slot = slot };
	h->owners = owners_new(c->owner_cache);
	if (!h->owners || house_new_backends(h) == -1) {
		owners_free(h->owners);
		house_free_backends(h);
		free(h);
		return NULL;
	}
	mallopt(M_TRIM_THRESHOLD, RELAX_KEEP);
	evtimer_assign(&h->relax, r->base, house_relax, h);
	house_start_watchers(h);
	return h;
}

void
house_free(struct house *h)
{
	if (!h)
		return;
	house_close_all(h, "worker ends");
	orphan_free_all(h);
	for (unsigned i = 0; roster_watchers[i]; i++)
		if (roster_watchers[i]->stop)
			roster_watchers[i]->stop(h->watch_state[i]);
	event_del(&h->relax);
	owners_free(h->owners);
	house_free_backends(h);
	free(h);
}

unsigned
house_connections(const struct house *h)
{
	return h->open;
}

void
house_drain(struct house *h)
{
	struct connection *next;

	h->draining = true;
	for (struct connection *c = h->connections; c; c = next) {
		next = c->next;
		if (c->state == CONNECTION_IDLE)
			connection_close(c, "draining", false);
	}
}

void
house_close_all(struct house *h, const char *reason)
{
	struct connection *next;

	h->draining = true;
	for (struct connection *c = h->connections; c; c = next) {
		next = c->next;
		connection_close(c, reason, false);
	}
}

static const char *
house_kill_reason(uint32_t kill)
{
	switch ((enum board_kill)kill) {
	case BOARD_KILL_REVOKED:
		return "credential revoked";
	case BOARD_KILL_TENANT_GONE:
		return "tenant removed";
	case BOARD_KILL_ADMIN:
		return "ended by the operator";
	case BOARD_KILL_NONE:
		break;
	}
	return NULL;
}

void
house_check_kills(struct house *h)
{
	struct connection *next;

	for (struct connection *c = h->connections; c; c = next) {
		const char *reason = NULL;

		next = c->next;
		if (c->session && c->session->row)
			reason = house_kill_reason(atomic_load(&c->session->row->kill));
		if (reason)
			connection_close(c, reason, false);
	}
}
