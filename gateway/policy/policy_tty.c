/*
 * policy_tty: an exec is started with the Tty that it was created with, when
 * the operator wants it so. Engines serve a mismatch: the stream's framing
 * follows the start's, the process the create's, and many clients leave Tty out.
 */
#include "policy/policy.h"

static enum gate_answer
tty_check(struct exchange *x)
{
	if (x->config->tty_mismatch != TTY_MISMATCH_REFUSE || x->everything ||
		!policy_starts_exec(x))
		return GATE_PASS;
	/* Without a stream there is nothing to frame. */
	if (x->start.detach || x->start.tty == x->exec_tty)
		return GATE_PASS;
	return exchange_refuse(x, 400, "tty mismatch", "Tty: the exec was created with Tty %s",
		x->exec_tty ? "true" : "false");
}

const struct gate policy_tty = { "tty", GATE_BODY, tty_check };
