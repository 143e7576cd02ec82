/*
 * policy_quota: what a request adds to the tenant's fits its quotas, whatever else is under way. How is
 * told in board_claims.h: claim, look, ask, judge; wait for the earlier ones where only they are in the way.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "net/timer.h"
#include "policy/policy.h"
#include "policy/quota.h"
#include "policy/quota_count.h"
#include "policy/quota_kind.h"

/* How often the board is looked at while earlier requests are in the way, and the engine asked anew though
 * they still are, for something may have been removed. The more there are the longer it takes, and the more ask. */
#define LOOK_US 10000
#define LOOK_MORE_US 200
#define ASK_MS 1000
#define ASK_MORE_MS 10
/* A tenant that has more under way than this is told to slow down, or it would take the room of others. */
#define MOST_BEFORE 512

struct judge {
	struct exchange *x;
	struct board_claim *claim;
	struct demand wanted; /* what of the demand has a limit */
	struct demand before, there;
	unsigned ahead; /* claims before its own */
	struct timer *timer;
	uint64_t ask_ms;     /* when the engine is asked anew at the latest */
	uint64_t give_up_ms; /* when it is not waited any longer */
};

static void
judge_free(struct judge *j)
{
	if (j->claim)
		board_claim_give(j->claim);
	timer_free(j->timer);
	free(j);
}

static void
judge_end(struct judge *j, enum gate_answer a)
{
	struct exchange *x = j->x;

	if (a == GATE_PASS) {
		x->claim = j->claim;
		j->claim = NULL;
	}
	judge_free(j);
	x->resume(x, a);
}

static void
judge_cancel(struct exchange *x)
{
	judge_free(x->waiting);
}

static void
judge_gone(void *arg)
{
	judge_free(arg);
}

static enum gate_answer
judge_refuse(const struct judge *j, const struct quota_kind *k)
{
	const struct config_tenant *t = j->x->tenant;
	uint64_t most = quota_kind_limit(k, &t->quota), there = quota_kind_of(k, &j->there),
		 more = quota_kind_of(k, &j->wanted);
	char s[3][QUOTA_AMOUNT];

	if (more == UINT64_MAX)
		return quota_refuse(j->x, 403,
			"%s: a container without a limit is not allowed for "
			"tenant %s",
			k->option, t->name);
	quota_kind_print(k, there, s[0]);
	quota_kind_print(k, most, s[1]);
	if (more == 1)
		return quota_refuse(j->x, 403, "%s: tenant %s has %s of %s %s; remove one",
			k->option, t->name, s[0], s[1], k->what);
	quota_kind_print(k, more, s[2]);
	return quota_refuse(j->x, 403, "%s: tenant %s has %s of %s %s, and this takes %s more",
		k->option, t->name, s[0], s[1], k->what, s[2]);
}

/* Whether it fits beside what was there; else `*why` (if it is wanted) is a kind that does not. */
static bool
judge_fits(const struct judge *j, const struct demand *before, const struct quota_kind **why)
{
	for (unsigned i = 0; i < QUOTA_KINDS; i++) {
		const struct quota_kind *k = &quota_kinds[i];
		uint64_t more = quota_kind_of(k, &j->wanted);

		if (!more ||
			quota_fits(quota_kind_limit(k, &j->x->tenant->quota),
				quota_kind_of(k, &j->there), quota_kind_of(k, before), more))
			continue;
		if (why)
			*why = k;
		return false;
	}
	return true;
}

/* GATE_WAIT: it would fit if what stands before it did not come to anything. */
static enum gate_answer
judge_decide(const struct judge *j)
{
	static const struct demand none;
	const struct quota_kind *why;

	if (!judge_fits(j, &none, &why))
		return judge_refuse(j, why);
	return judge_fits(j, &j->before, NULL) ? GATE_PASS : GATE_WAIT;
}

static void
judge_wait(struct judge *j)
{
	j->x->waiting = j;
	j->x->cancel = judge_cancel;
	timer_start(j->timer, LOOK_US + j->ahead * LOOK_MORE_US);
}

static void
judge_counted(void *arg, bool known)
{
	struct judge *j = arg;
	enum gate_answer a = known ? judge_decide(j) : GATE_REFUSE;

	if (a == GATE_WAIT)
		judge_wait(j);
	else
		judge_end(j, a);
}

static const struct quota_counter judge_counter = { judge_counted, judge_gone };

/* What stands before it is looked at before the engine is asked: what is done meanwhile is in its answer. */
static enum gate_answer
judge_ask(struct judge *j)
{
	uint64_t now = clock_mono_ms();

	j->ahead = board_claims_before(j->x->board, j->claim, now, &j->before);
	j->ask_ms = now + ASK_MS + (uint64_t)j->ahead * ASK_MORE_MS;
	if (j->ahead > MOST_BEFORE)
		return quota_refuse(j->x, 429,
			"quota: too many requests of tenant %s are under way; try again later",
			j->x->tenant->name);
	return quota_count(j->x, &j->wanted, &j->there, &judge_counter, j);
}

static void
judge_due(void *arg)
{
	struct judge *j = arg;
	uint64_t now = clock_mono_ms();
	struct demand before;

	j->x->cancel = NULL;
	j->ahead = board_claims_before(j->x->board, j->claim, now, &before);
	if (now >= j->give_up_ms) {
		quota_refuse(j->x, 503,
			"quota: earlier requests of tenant %s are not done yet; "
			"try again later",
			j->x->tenant->name);
		judge_end(j, GATE_REFUSE);
	} else if (now < j->ask_ms && !judge_fits(j, &before, NULL)) {
		/* What was there is there, unless it was removed: no need to ask the engine. */
		judge_wait(j);
	} else if (judge_ask(j) == GATE_REFUSE) {
		judge_end(j, GATE_REFUSE);
	}
}

static int
judge_take(struct judge *j)
{
	struct exchange *x = j->x;
	struct board_tenant *t = quota_tenant(x);
	uint64_t now = clock_mono_ms();

	if (!t)
		return -1;
	j->give_up_ms = now + x->config->answer_timeout_ms;
	j->timer = timer_new(x->reactor, judge_due, j);
	j->claim = board_claim_take(x->board, t, &j->wanted, now);
	if (j->timer && j->claim)
		return 0;
	exchange_refuse(x, 503, "quota", "too many requests are under way; try again later");
	return -1;
}

static enum gate_answer
judge_start(struct exchange *x, const struct demand *wanted)
{
	struct judge *j = calloc(1, sizeof(*j));
	enum gate_answer a = GATE_REFUSE;

	if (!j)
		return exchange_refuse(x, 500, "memory", "out of memory");
	j->x = x;
	j->wanted = *wanted;
	if (judge_take(j) == 0)
		a = judge_ask(j);
	if (a != GATE_WAIT)
		judge_free(j);
	return a;
}

/* Only a stream is counted: nobody would tell us when one that is detached ends. */
static enum gate_answer
quota_exec(struct exchange *x)
{
	uint64_t most = x->tenant->quota.execs;
	struct board_tenant *t;

	if (!most || x->start.detach)
		return GATE_PASS;
	t = quota_tenant(x);
	if (!t)
		return GATE_REFUSE;
	if (board_tenant_exec(x->board, t, x->row, most))
		return GATE_PASS;
	return quota_refuse(x, 429, "quota.execs: tenant %s has %llu of %llu execs open; end one",
		x->tenant->name, (unsigned long long)most, (unsigned long long)most);
}

/* What the request takes of this kind, where there is a limit. */
static bool
quota_wanted(const struct exchange *x, const struct quota_kind *k, struct demand *wanted)
{
	static const struct demand endless = { .memory = UINT64_MAX,
		.nano_cpus = UINT64_MAX,
		.pids = UINT64_MAX };

	if (!quota_kind_limit(k, &x->tenant->quota))
		return false;
	if (quota_kind_copy(k, wanted, &x->demand))
		return true;
	/* A container that is not limited takes all there is. */
	return k->label && x->endpoint->body == BODY_CONTAINER_CREATE &&
		quota_kind_copy(k, wanted, &endless);
}

static enum gate_answer
quota_check(struct exchange *x)
{
	const struct endpoint *e = x->endpoint;
	struct demand wanted = { 0 };
	bool any = false;

	if (x->backend)
		return GATE_PASS;
	if (e->object == OBJECT_EXEC &&
		(e->answer == ANSWER_HIJACK || e->answer == ANSWER_WEBSOCKET))
		return quota_exec(x);
	/* The administrator's things are nobody's. */
	if (x->everything)
		return GATE_PASS;
	for (unsigned i = 0; i < QUOTA_KINDS; i++)
		any |= quota_wanted(x, &quota_kinds[i], &wanted);
	if (!any)
		return GATE_PASS;
	return e->body == BODY_CONTAINER_UPDATE ? quota_update(x, &wanted)
						: judge_start(x, &wanted);
}

const struct gate policy_quota = { "quota", GATE_BODY, quota_check };
