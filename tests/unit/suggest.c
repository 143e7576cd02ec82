/*
 * Unit tests of base/suggest.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/suggest.h"

static unsigned
distance(const char *a, const char *b)
{
	return suggest_distance(span_of(a), span_of(b));
}

static void
counts_each_kind_of_edit_as_one(void **state)
{
	(void)state;
	assert_int_equal(distance("drain", "drain"), 0);
	assert_int_equal(distance("drain", "drai"), 1);
	assert_int_equal(distance("drain", "draain"), 1);
	assert_int_equal(distance("drain", "drein"), 1);
	assert_int_equal(distance("drain", "drian"), 1);
	assert_int_equal(distance("kitten", "sitting"), 3);
	assert_int_equal(distance("ca", "abc"), 3);
}

static void
ignores_case(void **state)
{
	(void)state;
	assert_int_equal(distance("TLS.Client_CA", "tls.client_ca"), 0);
}

static void
takes_empty_and_long_words(void **state)
{
	char longest[SUGGEST_MAX + 1], longer[SUGGEST_MAX + 2];

	(void)state;
	memset(longest, 'a', SUGGEST_MAX);
	longest[SUGGEST_MAX] = '\0';
	memset(longer, 'a', SUGGEST_MAX + 1);
	longer[SUGGEST_MAX + 1] = '\0';
	assert_int_equal(distance("", ""), 0);
	assert_int_equal(distance("", "abc"), 3);
	assert_int_equal(distance("abc", ""), 3);
	assert_int_equal(distance(longest, longest), 0);
	assert_int_equal(distance(longest, ""), SUGGEST_MAX);
	assert_int_equal(distance(longer, "a"), SUGGEST_FAR);
	assert_int_equal(distance("a", longer), SUGGEST_FAR);
}

static void
is_the_same_both_ways(void **state)
{
	static const char *const words[] = { "serve", "server", "sevre", "check", "key", "yek",
		"" };
	unsigned n = sizeof(words) / sizeof(words[0]);

	(void)state;
	for (unsigned i = 0; i < n; i++) {
		for (unsigned j = 0; j < n; j++)
			assert_int_equal(distance(words[i], words[j]),
				distance(words[j], words[i]));
	}
}

static void
nearness_grows_with_the_word(void **state)
{
	(void)state;
	assert_false(suggest_is_near(1, 1));
	assert_true(suggest_is_near(1, 3));
	assert_false(suggest_is_near(2, 3));
	assert_true(suggest_is_near(2, 5));
	assert_true(suggest_is_near(3, 8));
	assert_false(suggest_is_near(4, 8));
	assert_false(suggest_is_near(SUGGEST_FAR, 20));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_each_kind_of_edit_as_one),
		cmocka_unit_test(ignores_case),
		cmocka_unit_test(takes_empty_and_long_words),
		cmocka_unit_test(is_the_same_both_ways),
		cmocka_unit_test(nearness_grows_with_the_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
