/*
 * Links of a context: what is below one is found, whatever came between.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "policy/build_links.h"

static void
above(void **state)
{
	struct build_links l = { .slot = NULL };

	(void)state;
	assert_false(build_links_above(&l, SPAN("a/b")));
	assert_true(build_links_add(&l, SPAN("a/b")));
	assert_true(build_links_add(&l, SPAN("c")));
	assert_true(build_links_above(&l, SPAN("a/b/c")));
	assert_true(build_links_above(&l, SPAN("c/d/e")));
	/* The link itself, and what only begins like it. */
	assert_false(build_links_above(&l, SPAN("a/b")));
	assert_false(build_links_above(&l, SPAN("a/bc/d")));
	assert_false(build_links_above(&l, SPAN("a/c/d")));
	assert_false(build_links_above(&l, SPAN("")));
	build_links_clear(&l);
	assert_false(build_links_above(&l, SPAN("c/d")));
}

static void
many(void **state)
{
	struct build_links l = { .slot = NULL };
	char name[32];

	(void)state;
	for (unsigned i = 0; i < BUILD_LINKS_MAX; i++) {
		snprintf(name, sizeof(name), "d/%u", i);
		assert_true(build_links_add(&l, span_of(name)));
	}
	/* One that is there is no new one. */
	assert_int_equal(l.count, BUILD_LINKS_MAX);
	assert_false(build_links_add(&l, SPAN("e")));
	for (unsigned i = 0; i < BUILD_LINKS_MAX; i += 7) {
		snprintf(name, sizeof(name), "d/%u/x", i);
		assert_true(build_links_above(&l, span_of(name)));
	}
	assert_false(build_links_above(&l, SPAN("d/x/y")));
	build_links_clear(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(above),
		cmocka_unit_test(many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
