/*
 * board_tenants: what all workers together know of a tenant, for its quotas: how many sessions and execs
 * are open, and how much of its rates is used up.
 *
 * A place is found by the tenant's name, taken when it is first asked for, and kept: it outlives workers
 * and reloads, and a tenant that comes back finds its own. Only tenants with quotas have one.
 */
#ifndef FAIRLEAD_STATE_BOARD_TENANTS_H
#define FAIRLEAD_STATE_BOARD_TENANTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "state/board.h"

/* Names that a master may see in its life. Pages never used cost nothing. */
#define BOARD_TENANTS 16384

struct board_tenant;

/* NULL when all places are other tenants'. */
struct board_tenant *board_tenant(struct board *b, struct span name);

/*
 * Counts the row's session (the exec whose stream it is), when there are fewer than `most`. It is given back
 * with the row, by whoever gives the row back. At most once a row, and of one tenant.
 */
bool board_tenant_session(struct board *b, struct board_tenant *t, struct board_row *r,
	uint64_t most);
bool board_tenant_exec(struct board *b, struct board_tenant *t, struct board_row *r, uint64_t most);
uint64_t board_tenant_sessions(const struct board_tenant *t);
uint64_t board_tenant_execs(const struct board_tenant *t);

/*
 * Rates. `now` is the monotonic clock in nanoseconds, which all processes share; `rate` is a second's.
 * A bucket is one word, the time at which it would be full again: nothing has to fill it, whoever dies.
 */

/* One request: false when ten seconds' worth of them has come at once. */
bool board_tenant_request(struct board_tenant *t, uint64_t rate, uint64_t now);
/* That many bytes have passed: for how many nanoseconds those who did it must pass no more. One second's
 * worth may pass at once. */
uint64_t board_tenant_bytes(struct board_tenant *t, uint64_t rate, uint64_t bytes, uint64_t now);

#endif
