/*
 * build_query: what a build's query says of the containers in which its commands run: they get the tenant's own
 * network instead of one of the engine's, and no more memory and CPU than a container of its that asks for none.
 *
 * Those containers are the engine's, short-lived and without a name; the tenant's quotas do not count them.
 */
#include "policy/policy.h"

#define PERIOD 100000 /* microseconds: the kernel's, when none is given */

static struct span
build_value(const struct exchange *x, const char *key)
{
	struct span value = { NULL, 0 };

	target_query(&x->target, span_of(key), &value);
	return value;
}

/* 0 when it is absent. */
static bool
build_number(const struct exchange *x, const char *key, uint64_t *n)
{
	struct span value = build_value(x, key);

	*n = 0;
	return !value.len || span_u64(value, n);
}

static void
build_add(struct exchange *x, const char *key, uint64_t n)
{
	text_addf(&x->query, "%s%s=%llu", x->query.len ? "&" : "", key, (unsigned long long)n);
}

static enum gate_answer
build_bad(struct exchange *x, const char *key)
{
	return exchange_refuse(x, 400, "bad query",
		"query key \"%s\": must be a number that is not negative", key);
}

static enum gate_answer
build_memory(struct exchange *x)
{
	const struct config_quota *q = &x->tenant->quota;
	uint64_t most = q->container_memory ? q->container_memory : q->memory / 8, memory, swap;
	struct span swapped = build_value(x, "memswap");

	if (!build_number(x, "memory", &memory))
		return build_bad(x, "memory");
	/* -1: as much as there is. */
	swap = 0;
	if (span_eq(swapped, SPAN("-1")) ? most != 0 : !build_number(x, "memswap", &swap))
		return build_bad(x, "memswap");
	if (most && (memory > most || swap > most))
		return exchange_refuse(x, 403, "denied",
			"query key \"%s\": more than the %llu bytes that a container of tenant %s gets",
			memory > most ? "memory" : "memswap", (unsigned long long)most,
			x->tenant->name);
	if (most && !memory)
		memory = swap ? swap : most;
	if (memory)
		build_add(x, "memory", memory);
	if (most)
		swap = memory;
	if (swap)
		build_add(x, "memswap", swap);
	return GATE_PASS;
}

static enum gate_answer
build_cpus(struct exchange *x)
{
	const struct config_quota *q = &x->tenant->quota;
	uint64_t most = q->container_nano_cpus ? q->container_nano_cpus : q->nano_cpus / 8;
	uint64_t period, quota;

	if (!build_number(x, "cpuperiod", &period) || period > 1000000)
		return build_bad(x, "cpuperiod");
	if (!build_number(x, "cpuquota", &quota) || quota > (uint64_t)1 << 40)
		return build_bad(x, "cpuquota");
	if (most && !period)
		period = PERIOD;
	if (most && !quota)
		quota = most * period / 1000000000;
	else if (most && quota > most * period / 1000000000)
		return exchange_refuse(x, 403, "denied",
			"query key \"cpuquota\": more than the CPUs that a container of tenant %s gets",
			x->tenant->name);
	if (period)
		build_add(x, "cpuperiod", period);
	/* The kernel takes no less. */
	if (quota)
		build_add(x, "cpuquota", quota < 1000 ? 1000 : quota);
	return GATE_PASS;
}

static enum gate_answer
build_network(struct exchange *x)
{
	struct span mode = build_value(x, "networkmode");
	struct ref *ref;

	if (span_eq(mode, SPAN("none"))) {
		text_addf(&x->query, "%snetworkmode=none", x->query.len ? "&" : "");
		return GATE_PASS;
	}
	if (mode.len && !span_eq(mode, SPAN("default")) && !span_eq(mode, SPAN("bridge")))
		return exchange_refuse(x, 403, "denied",
			"query key \"networkmode\": %.*s: not allowed for tenant %s; default, bridge (both "
			"are the tenant's own) and none are",
			SPAN_ARG(mode), x->tenant->name);
	ref = exchange_ref(x, REF_NETWORK, SPAN("bridge"));
	if (!ref)
		return exchange_refuse(x, 500, "memory", "out of memory");
	ref->query = "networkmode";
	ref->make = true;
	return GATE_PASS;
}

enum gate_answer
build_query(struct exchange *x)
{
	enum gate_answer a = build_memory(x);

	if (a == GATE_PASS)
		a = build_cpus(x);
	if (a == GATE_PASS)
		a = build_network(x);
	if (a == GATE_PASS && x->query.failed)
		a = exchange_refuse(x, 500, "memory", "out of memory");
	return a;
}
