/*
 * policy_version: which API version this request is sent with.
 *
 * A client's version goes through when the engine speaks it. One between the
 * oldest we serve and the engine's oldest is raised to the latter. Without one
 * it is the engine's newest (moby api/server/middleware/version.go).
 */
#include "policy/policy.h"

/* The seed system's clients say 1.23. */
#define OLDEST_SERVED 23

enum gate_answer
version_judge(struct exchange *x, const struct engine_versions *v)
{
	bool named = x->target.version_major != 0;

	x->newest = v->newest;
	x->minor = v->newest;
	if (!named)
		return GATE_PASS;
	if (x->target.version_major != 1 || x->client_minor > v->newest)
		return exchange_refuse(x, 400, "version",
			"client version %u.%u is too new. Maximum supported API version is 1.%u",
			x->target.version_major, x->target.version_minor, v->newest);
	if (x->client_minor < OLDEST_SERVED)
		return exchange_refuse(x, 400, "version",
			"client version 1.%u is too old. Minimum supported API version is 1.%u, "
			"please upgrade your client to a newer version",
			x->client_minor, OLDEST_SERVED);
	x->minor = x->client_minor < v->oldest ? v->oldest : x->client_minor;
	return GATE_PASS;
}

static enum gate_answer
version_answer(struct exchange *x, const struct engine_versions *v, const char *why)
{
	if (!v)
		return exchange_refuse(x, 502, "engine", "the engine cannot be reached: %s", why);
	return version_judge(x, v);
}

static void
version_ready(void *arg, const struct engine_versions *v, const char *why)
{
	struct exchange *x = arg;
	enum gate_answer a = version_answer(x, v, why);

	if (x->cancel) {
		x->cancel = NULL;
		x->resume(x, a);
		return;
	}
	/* Known already: called from within version_check. */
	*(enum gate_answer *)x->waiting = a;
}

static void
version_cancel(struct exchange *x)
{
	engine_versions_cancel(x->engine, x);
}

static enum gate_answer
version_check(struct exchange *x)
{
	enum gate_answer a = GATE_WAIT;

	/* A backend has versions of its own. */
	if (x->backend)
		return GATE_PASS;
	x->waiting = &a;
	engine_versions_ask(x->engine, version_ready, x);
	x->waiting = NULL;
	if (a == GATE_WAIT)
		x->cancel = version_cancel;
	return a;
}

const struct gate policy_version = { "version", GATE_HEAD, version_check };
