/*
 * roster_gates: the gates, in the order in which a request must pass them.
 */
#include "auth/gate_auth.h"
#include "front/roster.h"
#include "policy/policy.h"

const struct gate *const roster_gates[] = {
	&policy_target,
	&gate_auth,
	&policy_rate,
	&policy_endpoint,
	&policy_websocket,
	&policy_version,
	&policy_query,
	&policy_registry,
	&gate_signed_body,
	&policy_body,
	&policy_owner,
	&policy_refs,
	&policy_websocket_stream,
	&policy_prune,
	&policy_tty,
	&policy_quota,
	&policy_info,
	&policy_make, /* nothing is made for what is refused */
	&gate_replay, /* last: what was refused for another reason may come again */
	NULL,
};
