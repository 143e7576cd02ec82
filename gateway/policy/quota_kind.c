/*
 * quota_kind: what there are quotas of, and how it is told.
 */
#include "policy/quota_kind.h"

#include <stdio.h>
#include <string.h>

#include "format/space.h"

#define MIB ((uint64_t)1 << 20)
#define CPU UINT64_C(1000000000)
#define PLACE(member) offsetof(struct config_quota, member), offsetof(struct demand, member)

const struct quota_kind quota_kinds[QUOTA_KINDS] = {
	{ "quota.containers", "containers", NULL, NULL, PLACE(containers), 1, "" },
	{ "quota.volumes", "volumes", NULL, NULL, PLACE(volumes), 1, "" },
	{ "quota.networks", "networks", NULL, NULL, PLACE(networks), 1, "" },
	{ "quota.memory", "of memory", "Memory", SPACE_LABEL_MEMORY, PLACE(memory), MIB, "MiB" },
	{ "quota.cpus", "CPUs", "NanoCpus", SPACE_LABEL_CPUS, PLACE(nano_cpus), CPU, "" },
	{ "quota.pids", "processes", "PidsLimit", SPACE_LABEL_PIDS, PLACE(pids), 1, "" },
};

uint64_t
quota_kind_limit(const struct quota_kind *k, const struct config_quota *q)
{
	uint64_t n;

	memcpy(&n, (const char *)q + k->limit, sizeof(n));
	return n;
}

uint64_t
quota_kind_of(const struct quota_kind *k, const struct demand *d)
{
	uint64_t n;

	memcpy(&n, (const char *)d + k->demand, sizeof(n));
	return n;
}

bool
quota_kind_copy(const struct quota_kind *k, struct demand *to, const struct demand *from)
{
	uint64_t n = quota_kind_of(k, from);

	memcpy((char *)to + k->demand, &n, sizeof(n));
	return n > 0;
}

bool
quota_fits(uint64_t most, uint64_t there, uint64_t before, uint64_t more)
{
	return there <= most && before <= most - there && more <= most - there - before;
}

void
quota_kind_print(const struct quota_kind *k, uint64_t amount, char out[QUOTA_AMOUNT])
{
	unsigned long long whole = amount / k->unit, part = amount % k->unit;

	/* Two digits, rounded down: 0 only when it is none. */
	if (part)
		snprintf(out, QUOTA_AMOUNT, "%llu.%02llu%s", whole,
			(unsigned long long)((double)part * 100 / (double)k->unit), k->suffix);
	else
		snprintf(out, QUOTA_AMOUNT, "%llu%s", whole, k->suffix);
}
