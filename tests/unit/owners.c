/*
 * Tests of what a worker remembers of who owns what.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "policy/owners.h"

/* Ids that fall into one set: their first 8 bytes are the same. */
static struct span
id_of(char out[65], unsigned first, unsigned n)
{
	snprintf(out, 65, "%016x%048x", first, n);
	return span_of(out);
}

static void
test_remembers_by_full_id(void **state)
{
	struct owners *o = owners_new(64);
	char a[65], b[65];
	unsigned tenant = 99;

	(void)state;
	assert_non_null(o);
	assert_false(owners_get_container(o, id_of(a, 1, 1), &tenant));
	assert_int_equal(tenant, 99);
	owners_put_container(o, id_of(a, 1, 1), 0);
	owners_put_container(o, id_of(b, 1, 2), 7);
	assert_true(owners_get_container(o, id_of(a, 1, 1), &tenant));
	assert_int_equal(tenant, 0);
	assert_true(owners_get_container(o, id_of(b, 1, 2), &tenant));
	assert_int_equal(tenant, 7);
	owners_free(o);
}

static void
test_takes_no_names(void **state)
{
	struct owners *o = owners_new(64);
	char a[65], container[65];
	unsigned tenant;

	(void)state;
	owners_put_container(o, span_of("web"), 1);
	assert_false(owners_get_container(o, span_of("web"), &tenant));
	id_of(a, 5, 5);
	owners_put_container(o, (struct span){ a, 63 }, 1);
	assert_false(owners_get_container(o, (struct span){ a, 63 }, &tenant));
	owners_put_exec(o, span_of(a), span_of("web"));
	assert_false(owners_get_exec(o, span_of(a), container));
	owners_free(o);
}

static void
test_execs_and_containers_are_apart(void **state)
{
	struct owners *o = owners_new(64);
	char exec[65], container[65], found[65];
	unsigned tenant;

	(void)state;
	owners_put_exec(o, id_of(exec, 3, 1), id_of(container, 4, 1));
	assert_false(owners_get_container(o, span_of(exec), &tenant));
	assert_false(owners_get_exec(o, span_of(container), found));
	assert_true(owners_get_exec(o, span_of(exec), found));
	assert_string_equal(found, container);
	owners_free(o);
}

static void
test_new_ones_push_out_the_oldest(void **state)
{
	struct owners *o = owners_new(4); /* one set */
	char id[65];
	unsigned tenant;

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		owners_put_container(o, id_of(id, 1, i), i);
	assert_false(owners_get_container(o, id_of(id, 1, 0), &tenant));
	for (unsigned i = 1; i < 5; i++) {
		assert_true(owners_get_container(o, id_of(id, 1, i), &tenant));
		assert_int_equal(tenant, i);
	}
	owners_free(o);
}

static void
test_same_id_again_takes_one_place(void **state)
{
	struct owners *o = owners_new(4);
	char id[65];
	unsigned tenant;

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		owners_put_container(o, id_of(id, 1, i), i);
	for (unsigned i = 0; i < 10; i++)
		owners_put_container(o, id_of(id, 1, 2), 2);
	for (unsigned i = 0; i < 3; i++)
		assert_true(owners_get_container(o, id_of(id, 1, i), &tenant));
	owners_free(o);
}

static void
test_least_size(void **state)
{
	struct owners *o = owners_new(0);
	char id[65];
	unsigned tenant;

	(void)state;
	assert_non_null(o);
	owners_put_container(o, id_of(id, 1, 1), 3);
	assert_true(owners_get_container(o, id_of(id, 1, 1), &tenant));
	owners_free(o);
	owners_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_remembers_by_full_id),
		cmocka_unit_test(test_takes_no_names),
		cmocka_unit_test(test_execs_and_containers_are_apart),
		cmocka_unit_test(test_new_ones_push_out_the_oldest),
		cmocka_unit_test(test_same_id_again_takes_one_place),
		cmocka_unit_test(test_least_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
