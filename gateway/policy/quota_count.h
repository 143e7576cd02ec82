/*
 * quota_count: how much the tenant has on the engine, by the engine's own lists.
 */
#ifndef FAIRLEAD_POLICY_QUOTA_COUNT_H
#define FAIRLEAD_POLICY_QUOTA_COUNT_H

#include "contract/gate.h"

struct quota_counter {
	/* All is counted; or, `known` false, it could not be, and the refusal is filled. x->cancel is NULL. */
	void (*counted)(void *arg, bool known);
	/* The request is over before that. */
	void (*gone)(void *arg);
};

/*
 * Counts into `*there` what exists of the kinds of which `of` has some: all containers, running or not, and
 * what they take by their labels; volumes; networks. GATE_WAIT; or GATE_REFUSE with the refusal filled and
 * nothing called. Never calls back before it returns. `there` and `arg` stay the caller's.
 */
enum gate_answer quota_count(struct exchange *x, const struct demand *of, struct demand *there,
	const struct quota_counter *counter, void *arg);

#endif
