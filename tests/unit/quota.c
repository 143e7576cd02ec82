/*
 * Tests of policy_rate and policy/quota: who is refused with what, and what it costs a tenant without quotas.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "policy/policy.h"
#include "policy/quota.h"

static char acme[] = "acme";
static struct config_tenant tenant;
static struct config config = { .tenants = &tenant, .tenant_count = 1 };
static struct exchange x;

static int
setup(void **state)
{
	(void)state;
	memset(&x, 0, sizeof(x));
	tenant = (struct config_tenant){ .name = acme };
	x.config = &config;
	x.tenant = &tenant;
	x.board = board_new(8);
	return x.board ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	exchange_clear(&x);
	board_free(x.board);
	return 0;
}

static void
fill_board(void)
{
	char name[32];

	for (int i = 0; i < BOARD_TENANTS; i++) {
		snprintf(name, sizeof(name), "tenant-%d", i);
		assert_non_null(board_tenant(x.board, span_of(name)));
	}
}

static void
refused(enum gate_answer a, unsigned status, const char *words)
{
	assert_int_equal(a, GATE_REFUSE);
	assert_int_equal(x.refusal.status, status);
	assert_string_equal(x.refusal.reason, "quota");
	assert_non_null(strstr(x.refusal.message.p, words));
	assert_int_equal(x.refusal.retry_after, status == 429);
}

static void
requests_end_at_their_rate(void **state)
{
	unsigned passed = 0;

	(void)state;
	tenant.quota.requests = 5;
	while (policy_rate.check(&x) == GATE_PASS && passed < 1000)
		passed++;
	assert_in_range(passed, 50, 60);
	refused(policy_rate.check(&x), 429,
		"quota.requests: tenant acme may make 5 requests a second");
	assert_true(board_total(x.board, COUNT_QUOTA_REFUSALS) >= 2);
}

static void
without_quotas_no_place_is_needed(void **state)
{
	(void)state;
	fill_board();
	for (int i = 0; i < 1000; i++)
		assert_int_equal(policy_rate.check(&x), GATE_PASS);
	x.row = board_row_take(x.board);
	assert_int_equal(quota_session(&x), GATE_PASS);
	assert_null(quota_pace(&x));
}

static void
a_quota_that_cannot_be_counted_lets_nothing_pass(void **state)
{
	(void)state;
	fill_board();
	tenant.quota.requests = 1000;
	refused(policy_rate.check(&x), 503, "no room for the counts of tenant acme");
	tenant.quota.requests = 0;
	tenant.quota.bytes = 1024;
	refused(policy_rate.check(&x), 503, "no room");
	tenant.quota.sessions = 1;
	x.row = board_row_take(x.board);
	refused(quota_session(&x), 503, "no room");
}

static void
sessions_end_at_their_number(void **state)
{
	struct board_row *first = board_row_take(x.board);

	(void)state;
	tenant.quota.sessions = 1;
	x.row = first;
	assert_int_equal(quota_session(&x), GATE_PASS);
	x.row = board_row_take(x.board);
	refused(quota_session(&x), 429,
		"quota.sessions: tenant acme has 1 of 1 requests and streams open");
	board_row_give(x.board, first);
	assert_int_equal(quota_session(&x), GATE_PASS);
}

static void
only_an_execs_stream_counts(void **state)
{
	static const struct endpoint start = { .name = "exec-start",
		.object = OBJECT_EXEC,
		.answer = ANSWER_HIJACK,
		.body = BODY_EXEC_START };
	static const struct endpoint inspect = { .name = "exec-inspect", .object = OBJECT_EXEC };

	(void)state;
	tenant.quota.execs = 1;
	x.endpoint = &start;
	x.row = board_row_take(x.board);
	assert_int_equal(policy_quota.check(&x), GATE_PASS);
	x.row = board_row_take(x.board);
	refused(policy_quota.check(&x), 429, "quota.execs: tenant acme has 1 of 1 execs open");
	x.start.detach = true;
	assert_int_equal(policy_quota.check(&x), GATE_PASS);
	x.start.detach = false;
	x.endpoint = &inspect;
	assert_int_equal(policy_quota.check(&x), GATE_PASS);
}

/* What has no limit asks nothing: there is no engine here. */
static void
a_demand_without_a_quota_passes(void **state)
{
	static const struct endpoint create = { .name = "container-create",
		.body = BODY_CONTAINER_CREATE };

	(void)state;
	x.endpoint = &create;
	x.demand = (struct demand){ .containers = 1, .memory = 1 << 30, .volumes = 2 };
	assert_int_equal(policy_quota.check(&x), GATE_PASS);
	/* A quota of what it does not take. */
	tenant.quota.networks = 1;
	assert_int_equal(policy_quota.check(&x), GATE_PASS);
	assert_null(x.claim);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(requests_end_at_their_rate, setup, teardown),
		cmocka_unit_test_setup_teardown(without_quotas_no_place_is_needed, setup, teardown),
		cmocka_unit_test_setup_teardown(a_quota_that_cannot_be_counted_lets_nothing_pass,
			setup, teardown),
		cmocka_unit_test_setup_teardown(sessions_end_at_their_number, setup, teardown),
		cmocka_unit_test_setup_teardown(only_an_execs_stream_counts, setup, teardown),
		cmocka_unit_test_setup_teardown(a_demand_without_a_quota_passes, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
