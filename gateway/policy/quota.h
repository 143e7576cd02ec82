/*
 * quota: what the gates of the quotas share.
 *
 * Rates, sessions and execs are counted on the board. What exists on the engine is counted by the engine's
 * own lists, and by the claims of requests that are under way (policy_quota.c).
 */
#ifndef FAIRLEAD_POLICY_QUOTA_H
#define FAIRLEAD_POLICY_QUOTA_H

#include "contract/gate.h"
#include "net/pace.h"
#include "state/board_tenants.h"

/* The tenant's place on the board; NULL with the refusal filled. */
struct board_tenant *quota_tenant(struct exchange *x);
/* A refusal by a quota, counted. 429 tells the client that it may come again soon. */
__attribute__((format(printf, 3, 4))) enum gate_answer quota_refuse(struct exchange *x,
	unsigned status, const char *fmt, ...);
/* For a stream of the tenant's: the caller's; NULL when it has no quota of bytes. */
struct pace *quota_pace(const struct exchange *x);
/* Counts the session of x->row among the tenant's; its end gives it back. */
enum gate_answer quota_session(struct exchange *x);
/* Whether an update stays within what the container was created with. `wanted` has what it sets of what
 * the tenant has a quota of; UINT64_MAX: without a limit. A gate's answer. */
enum gate_answer quota_update(struct exchange *x, const struct demand *wanted);

#endif
