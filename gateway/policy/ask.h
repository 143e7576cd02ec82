/*
 * ask: one short question of a gate to the engine, before the request itself is sent.
 *
 * It waits as a gate does: x->cancel and x->waiting are set while it is under way. What the engine
 * answers is data to judge; nothing of it reaches the client but through exchange_refuse.
 */
#ifndef FAIRLEAD_POLICY_ASK_H
#define FAIRLEAD_POLICY_ASK_H

#include "contract/gate.h"

/* What is done with an answer. `arg` is the asker's: `end` frees it or goes on with it. */
struct ask_kind {
	/* Optional: pieces of a 200's body, which are not held then. */
	void (*piece)(struct exchange *x, void *arg, struct span piece);
	/* All is read, x->cancel is NULL again: it may ask the next question, and calls x->resume in the end.
	 * `body` is bounded by the configuration's max_answer (cut there). Status 0: the engine could not be
	 * asked, and the refusal is filled. */
	void (*end)(struct exchange *x, void *arg, unsigned status, struct span body);
	/* The request is over before the answer. */
	void (*free)(void *arg);
};

struct ask_question {
	enum http_method method;
	struct span path; /* without the version: "/networks/create", already encoded */
	struct span query;
	struct span body; /* JSON, or empty */
};

/* GATE_WAIT; or GATE_REFUSE, the refusal filled and `arg` still the caller's. Never calls back before it returns. */
enum gate_answer ask_engine(struct exchange *x, const struct ask_question *q,
	const struct ask_kind *kind, void *arg);
/* A status that nobody expected becomes a refusal: the engine's own words. */
enum gate_answer ask_error(struct exchange *x, unsigned status, struct span body);

#endif
