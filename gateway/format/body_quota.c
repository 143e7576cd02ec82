/*
 * body_quota: memory, CPUs and processes of a container: what its body says, and what it gets when it
 * says nothing.
 */
#include <inttypes.h>
#include <stdio.h>

#include "format/body_judge.h"

/* What engines take at least (moby daemon_unix.go). */
#define LEAST_MEMORY (UINT64_C(6) << 20)
#define LEAST_CPU UINT64_C(10000000)
#define LEAST_CPU_QUOTA UINT64_C(1000)
#define CPU UINT64_C(1000000000)
/* Microseconds: the kernel's, when none is named. */
#define CPU_PERIOD UINT64_C(100000)

static uint64_t
number(const struct json *host, const char *name)
{
	uint64_t n = 0;

	(void)json_u64(json_get_exact(host, name), &n);
	return n;
}

static bool
is_endless(const struct json *host, const char *name)
{
	int64_t n = 0;

	(void)json_i64(json_get_exact(host, name), &n);
	return n < 0;
}

/* What one gets that asks for nothing; 0: no limit. */
static uint64_t
share(const struct body_quota *q, uint64_t least)
{
	uint64_t each = q->each ? q->each : q->all / 8;

	if (each < least && (q->all || q->each))
		each = least;
	return q->all && each > q->all ? q->all : each;
}

static int
deny(struct body_judge *j, const struct json *host, const char *name, const char *quota,
	uint64_t most)
{
	char hint[100];

	snprintf(hint, sizeof(hint), "%s is %" PRIu64, quota, most);
	body_enter(j, span_of(name));
	return body_denied(j, json_get_exact(host, name), hint);
}

static int
check_swap(struct body_judge *j, const struct json *host, uint64_t memory)
{
	uint64_t all = j->policy->memory.all, most = 2 * memory;

	if (!all)
		return 0;
	/* Of an update: what the container's memory is is not known here. */
	if (!memory && json_get_exact(host, "MemorySwap")) {
		body_enter(j, SPAN("MemorySwap"));
		return body_denied(j, json_get_exact(host, "MemorySwap"),
			"give both Memory and MemorySwap");
	}
	if (is_endless(host, "MemorySwap") || number(host, "MemorySwap") > most)
		return deny(j, host, "MemorySwap", "twice the memory", most);
	return 0;
}

static int
check_memory(struct body_judge *j, const struct json *host)
{
	uint64_t all = j->policy->memory.all;

	j->demand->memory = number(host, "Memory");
	if (all && j->demand->memory > all)
		return deny(j, host, "Memory", "quota.memory", all);
	return check_swap(j, host, j->demand->memory);
}

/* What two numbers of the kernel's scheduler are in CPUs; a part of a nano is one. */
static int
count_cpus(struct body_judge *j, const struct json *host)
{
	uint64_t quota = number(host, "CpuQuota"), period = number(host, "CpuPeriod");
	uint64_t nano = number(host, "NanoCpus");

	if (nano && (quota || period)) {
		body_enter(j, SPAN("NanoCpus"));
		return body_bad(j, "cannot be set with CpuQuota or CpuPeriod");
	}
	if (!period)
		period = CPU_PERIOD;
	if (quota)
		nano = quota / period * CPU + (quota % period * CPU + period - 1) / period;
	j->demand->nano_cpus = nano;
	return 0;
}

static int
check_cpus(struct body_judge *j, const struct json *host)
{
	const char *name = json_get_exact(host, "CpuQuota") ? "CpuQuota" : "NanoCpus";
	uint64_t all = j->policy->nano_cpus.all;
	int status = count_cpus(j, host);

	if (!status && all && j->demand->nano_cpus > all)
		return deny(j, host, name, "quota.cpus (in NanoCpus)", all);
	return status;
}

static int
check_pids(struct body_judge *j, const struct json *host)
{
	uint64_t all = j->policy->pids.all;

	j->demand->pids = number(host, "PidsLimit");
	if (all && (j->demand->pids > all || is_endless(host, "PidsLimit")))
		return deny(j, host, "PidsLimit", "quota.pids", all);
	return 0;
}

static int
default_memory(struct body_judge *j, struct json *host)
{
	uint64_t each = share(&j->policy->memory, LEAST_MEMORY);

	if (number(host, "Memory") || !each)
		return 0;
	return body_set_number(j, host, "Memory", each);
}

/* Beside a period the engine takes no NanoCpus. */
static int
default_cpus(struct body_judge *j, struct json *host)
{
	uint64_t each = share(&j->policy->nano_cpus, LEAST_CPU);
	uint64_t period = number(host, "CpuPeriod"), quota;

	if (number(host, "NanoCpus") || number(host, "CpuQuota") || !each)
		return 0;
	if (!period)
		return body_set_number(j, host, "NanoCpus", each);
	quota = each / CPU * period + each % CPU * period / CPU;
	return body_set_number(j, host, "CpuQuota",
		quota < LEAST_CPU_QUOTA ? LEAST_CPU_QUOTA : quota);
}

static int
default_pids(struct body_judge *j, struct json *host)
{
	uint64_t each = share(&j->policy->pids, 1);

	if (json_get_exact(host, "PidsLimit") || !each)
		return 0;
	return body_set_number(j, host, "PidsLimit", each);
}

/* Shared memory counts as the container's. */
static int
check_shm(struct body_judge *j, const struct json *host)
{
	uint64_t memory = j->demand->memory;

	if (memory && number(host, "ShmSize") > memory)
		return deny(j, host, "ShmSize", "the container's memory", memory);
	return 0;
}

int
body_finish_quota(struct body_judge *j, struct json *host)
{
	int status = default_memory(j, host);

	body_enter(j, SPAN("HostConfig"));
	if (!status)
		status = default_cpus(j, host);
	if (!status)
		status = default_pids(j, host);
	if (!status)
		status = check_memory(j, host);
	if (!status)
		status = check_cpus(j, host);
	if (!status)
		status = check_pids(j, host);
	if (!status)
		status = check_shm(j, host);
	if (!status)
		body_leave(j, 0);
	return status;
}

/* What the container has of the two is not known here: one of them alone would mean anything. */
static int
check_pair(struct body_judge *j, const struct json *update)
{
	bool quota = json_get_exact(update, "CpuQuota"),
	     period = json_get_exact(update, "CpuPeriod");

	if (!j->policy->nano_cpus.all || quota == period)
		return 0;
	body_enter(j, quota ? SPAN("CpuQuota") : SPAN("CpuPeriod"));
	return body_denied(j, NULL, "give both CpuQuota and CpuPeriod, or NanoCpus");
}

int
body_finish_update(struct body_judge *j, struct json *update)
{
	int status = check_pair(j, update);

	if (!status)
		status = check_memory(j, update);
	if (!status)
		status = check_cpus(j, update);
	return status ? status : check_pids(j, update);
}
