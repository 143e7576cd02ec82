/*
 * Tests of policy/quota_kind: whether amounts fit, and how they are told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "policy/quota_kind.h"

static void
sums_fit_up_to_the_limit(void **state)
{
	(void)state;
	assert_true(quota_fits(10, 9, 0, 1));
	assert_true(quota_fits(10, 3, 6, 1));
	assert_false(quota_fits(10, 10, 0, 1));
	assert_false(quota_fits(10, 3, 7, 1));
	assert_false(quota_fits(10, 11, 0, 0));
	assert_true(quota_fits(10, 5, 5, 0));
	/* However large: nothing wraps. */
	assert_false(quota_fits(10, UINT64_MAX, 0, 2));
	assert_false(quota_fits(10, 2, UINT64_MAX, 2));
	assert_false(quota_fits(10, 2, 2, UINT64_MAX));
	assert_false(quota_fits(UINT64_MAX, UINT64_MAX, 1, 0));
	assert_true(quota_fits(UINT64_MAX, 0, 0, UINT64_MAX));
}

static const struct quota_kind *
kind(const char *option)
{
	for (unsigned i = 0; i < QUOTA_KINDS; i++)
		if (strcmp(quota_kinds[i].option, option) == 0)
			return &quota_kinds[i];
	fail_msg("no kind %s", option);
	return NULL;
}

static void
prints(const char *option, uint64_t amount, const char *wanted)
{
	char s[QUOTA_AMOUNT];

	quota_kind_print(kind(option), amount, s);
	assert_string_equal(s, wanted);
}

static void
amounts_are_told_as_they_are_configured(void **state)
{
	(void)state;
	prints("quota.containers", 50, "50");
	prints("quota.memory", 512 << 20, "512MiB");
	prints("quota.memory", (512 << 20) + (1 << 19), "512.50MiB");
	prints("quota.memory", UINT64_MAX, "17592186044415.99MiB");
	prints("quota.cpus", 2000000000, "2");
	prints("quota.cpus", 1500000000, "1.50");
	prints("quota.cpus", 50000000, "0.05");
	prints("quota.pids", 0, "0");
}

static void
each_kind_has_its_own_place(void **state)
{
	struct config_quota q = { .containers = 1,
		.volumes = 2,
		.networks = 3,
		.memory = 4,
		.nano_cpus = 5,
		.pids = 6 };
	struct demand d = { .containers = 1,
		.volumes = 2,
		.networks = 3,
		.memory = 4,
		.nano_cpus = 5,
		.pids = 6 };

	(void)state;
	for (unsigned i = 0; i < QUOTA_KINDS; i++) {
		struct demand copy = { 0 };

		assert_int_equal(quota_kind_limit(&quota_kinds[i], &q), i + 1);
		assert_int_equal(quota_kind_of(&quota_kinds[i], &d), i + 1);
		assert_true(quota_kind_copy(&quota_kinds[i], &copy, &d));
		assert_int_equal(quota_kind_of(&quota_kinds[i], &copy), i + 1);
		assert_false(quota_kind_copy(&quota_kinds[i], &copy, &(struct demand){ 0 }));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_fit_up_to_the_limit),
		cmocka_unit_test(amounts_are_told_as_they_are_configured),
		cmocka_unit_test(each_kind_has_its_own_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
