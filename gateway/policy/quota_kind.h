/*
 * quota_kind: what there are quotas of, and how it is told.
 */
#ifndef FAIRLEAD_POLICY_QUOTA_KIND_H
#define FAIRLEAD_POLICY_QUOTA_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "state/board_claims.h"
#include "state/config.h"

struct quota_kind {
	const char *option; /* "quota.memory" */
	const char *what;   /* "of memory" */
	const char *field;  /* of an update's body; NULL: none */
	const char *label;  /* of a container: what it takes; NULL: none */
	size_t limit;       /* offset in struct config_quota */
	size_t demand;      /* offset in struct demand */
	uint64_t unit;      /* a "1" of what is shown: 1, 1 MiB, 1 CPU */
	const char *suffix;
};

#define QUOTA_KINDS 6
extern const struct quota_kind quota_kinds[QUOTA_KINDS];

/* 0: there is no limit. */
uint64_t quota_kind_limit(const struct quota_kind *k, const struct config_quota *q);
uint64_t quota_kind_of(const struct quota_kind *k, const struct demand *d);
/* Copies this kind's; whether it is more than nothing. */
bool quota_kind_copy(const struct quota_kind *k, struct demand *to, const struct demand *from);
/* Whether `there`, `before` and `more` are at most `most` together, however large they are. */
bool quota_fits(uint64_t most, uint64_t there, uint64_t before, uint64_t more);

#define QUOTA_AMOUNT 48
/* "3", "512MiB", "1.5": for messages. */
void quota_kind_print(const struct quota_kind *k, uint64_t amount, char out[QUOTA_AMOUNT]);

#endif
