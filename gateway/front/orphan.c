/*
 * orphan: a request whose client has left while the engine was at work on it, and that adds something to its
 * tenant's. The engine may do it all the same, so its claim counts until the engine has answered.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "front/front.h"

struct orphan {
	struct house *house;
	struct board_claim *claim;
	struct engine_call *call;
	struct orphan *next, *prev;
};

/* The call is over, or about to be. */
static void
orphan_free(struct orphan *o, bool known)
{
	if (known)
		board_claim_give(o->claim);
	else
		board_claim_leave(o->claim, clock_mono_ms() + BOARD_CLAIM_GRACE_MS);
	if (o->prev)
		o->prev->next = o->next;
	else
		o->house->orphans = o->next;
	if (o->next)
		o->next->prev = o->prev;
	reactor_defer(o->house->r, free, o);
}

static void
orphan_head(void *arg, const struct http_response *head)
{
	struct orphan *o = arg;

	(void)head;
	engine_call_cancel(o->call);
	orphan_free(o, true);
}

static void
orphan_body(void *arg, struct span piece)
{
	(void)arg;
	(void)piece;
}

static void
orphan_end(void *arg)
{
	orphan_free(arg, true);
}

static void
orphan_failed(void *arg, enum engine_failure what, const char *why)
{
	(void)why;
	orphan_free(arg, what == ENGINE_UNREACHABLE);
}

static const struct engine_handler orphan_handler = {
	.head = orphan_head,
	.body = orphan_body,
	.end = orphan_end,
	.failed = orphan_failed,
};

bool
orphan_adopt(struct house *h, struct engine_call *call, struct board_claim *claim)
{
	struct orphan *o = calloc(1, sizeof(*o));

	if (!o)
		return false;
	*o = (struct orphan){ .house = h, .claim = claim, .call = call, .next = h->orphans };
	if (o->next)
		o->next->prev = o;
	h->orphans = o;
	engine_call_handle(call, &orphan_handler, o);
	return true;
}

void
orphan_free_all(struct house *h)
{
	while (h->orphans) {
		engine_call_cancel(h->orphans->call);
		orphan_free(h->orphans, false);
	}
}
