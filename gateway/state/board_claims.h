/*
 * board_claims: what requests under way will add to their tenant's on the engine.
 *
 * The engine is asked what there is, and that takes a while in which others ask too. So whoever will add
 * something first takes a claim, then looks which claims stand before its own, then asks the engine:
 * what was there, what stands before it and what it adds itself must fit. A claim is given back
 * when the engine has answered. Of two requests the one that came later counts the earlier one, as a claim
 * or in the engine's answer (it may count it twice: then it waits and looks anew), so that the limit
 * holds; the earlier one does not count the later one, so that one of them always goes on.
 */
#ifndef FAIRLEAD_STATE_BOARD_CLAIMS_H
#define FAIRLEAD_STATE_BOARD_CLAIMS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "state/board_tenants.h"

/* Claims of all tenants at one time. */
#define BOARD_CLAIMS 8192
/* How long one counts when nobody knows whether the engine has done what it is for. */
#define BOARD_CLAIM_GRACE_MS 5000

/* What a request will add to the tenant's, for its quotas. It counts until the request is over; from
 * then on the engine's own lists tell of it. Of an update it is what the container is to have: 0 where nothing
 * changes. Memory, CPUs and pids without a limit are UINT64_MAX. */
struct demand {
	uint64_t containers, volumes, networks, execs;
	uint64_t memory, nano_cpus, pids;
};
/* Adds, and stays at the largest number rather than to begin anew. */
void demand_add(struct demand *sum, const struct demand *more);

struct board_claim;

/* Times are the monotonic clock's milliseconds, which all processes share. */

/* A claim of the calling process, the tenant's last; NULL when there is no room. */
struct board_claim *board_claim_take(struct board *b, const struct board_tenant *t,
	const struct demand *d, uint64_t now_ms);
/* Sums what stands before it of its tenant's; returns how many claims that are. */
unsigned board_claims_before(const struct board *b, const struct board_claim *c, uint64_t now_ms,
	struct demand *sum);
void board_claim_give(struct board_claim *c);
/* It is nobody's any more and counts until then. */
void board_claim_leave(struct board_claim *c, uint64_t until_ms);
/* Leaves all claims of a process that is gone: what it has asked for may still be done. */
void board_claims_reap(struct board *b, pid_t owner, uint64_t until_ms);

#endif
