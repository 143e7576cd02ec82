/*
 * Patterns of names: the tenant's own, and those of no namespace. That they find what they should is
 * tried on a real engine (tests/tenants/images.py).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "format/filter_name.h"

#define NEVER "[^\\x00-\\x{10FFFF}]"
#define ANY_PLAIN "(?:-?[^-])*-?"
#define END_PLAIN ANY_PLAIN "$"

struct fact {
	const char *pattern, *own, *plain;
};

static void
check(struct span tenant, const struct fact *f)
{
	struct text own, plain;

	text_init(&own, 0);
	text_init(&plain, 0);
	filter_name_own(tenant, span_of(f->pattern), &own);
	filter_name_plain(span_of(f->pattern), &plain);
	assert_string_equal(own.p, f->own);
	assert_string_equal(plain.p, f->plain);
	text_free(&own);
	text_free(&plain);
}

static void
patterns_speak_of_the_name_behind_the_prefix(void **state)
{
	static const struct fact facts[] = {
		{ "", "^/?acme--.*(?:)", "^/?" ANY_PLAIN "(?:)" END_PLAIN },
		{ "web", "^/?acme--.*(?:web)", "^/?" ANY_PLAIN "(?:web)" END_PLAIN },
		{ "web$", "^/?acme--.*(?:web$)", "^/?" ANY_PLAIN "(?:web$)" END_PLAIN },
		{ "a|b", "^/?acme--.*(?:a|b)", "^/?" ANY_PLAIN "(?:a|b)" END_PLAIN },
		{ "^web", "^/?acme--(?:web)", "^/?(?:web)" END_PLAIN },
		{ "^/web$", "^/?acme--(?:web$)", "^/?(?:web$)" END_PLAIN },
		{ "^/?web$", "^/?acme--(?:web$)", "^/?(?:web$)" END_PLAIN },
		{ "/web", "^/?acme--(?:web)", "^/?(?:web)" END_PLAIN },
		{ "^/?(web|db)$",
			"^/?acme--(?:(?:(?:)(?:)?(web|db)$)|.*(?:" NEVER NEVER "?(web|db)$))",
			"^/?(?:(?:(?:)(?:)?(web|db)$)|" ANY_PLAIN "(?:" NEVER NEVER
			"?(web|db)$))" END_PLAIN },
		{ "^a|b", "^/?acme--(?:(?:(?:)a|b)|.*(?:" NEVER "a|b))",
			"^/?(?:(?:(?:)a|b)|" ANY_PLAIN "(?:" NEVER "a|b))" END_PLAIN },
		{ "(^a)", "^/?acme--(?:(?:((?:)a))|.*(?:(" NEVER "a)))",
			"^/?(?:(?:((?:)a))|" ANY_PLAIN "(?:(" NEVER "a)))" END_PLAIN },
		/* What means another thing in a class, behind a backslash, or quoted. */
		{ "[^/]x", "^/?acme--.*(?:[^/]x)", "^/?" ANY_PLAIN "(?:[^/]x)" END_PLAIN },
		{ "[]^[:alpha:]]", "^/?acme--.*(?:[]^[:alpha:]])",
			"^/?" ANY_PLAIN "(?:[]^[:alpha:]])" END_PLAIN },
		{ "\\^x", "^/?acme--.*(?:\\^x)", "^/?" ANY_PLAIN "(?:\\^x)" END_PLAIN },
		{ "\\Q^/\\E", "^/?acme--.*(?:\\Q^/\\E)", "^/?" ANY_PLAIN "(?:\\Q^/\\E)" END_PLAIN },
		{ "^?x", "^/?acme--(?:(?:(?:)?x)|.*(?:" NEVER "?x))",
			"^/?(?:(?:(?:)?x)|" ANY_PLAIN "(?:" NEVER "?x))" END_PLAIN },
		/* None of these ends: they are kept as they are. */
		{ "[a", "^/?acme--.*(?:[a)", "^/?" ANY_PLAIN "(?:[a)" END_PLAIN },
		{ "\\", "^/?acme--.*(?:\\)", "^/?" ANY_PLAIN "(?:\\)" END_PLAIN },
		{ "\\Qa", "^/?acme--.*(?:\\Qa)", "^/?" ANY_PLAIN "(?:\\Qa)" END_PLAIN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		check(SPAN("acme"), &facts[i]);
}

static void
a_tenants_name_is_no_pattern(void **state)
{
	static const struct fact fact = { "x", "^/?a\\.b-c--.*(?:x)",
		"^/?" ANY_PLAIN "(?:x)" END_PLAIN };

	(void)state;
	check(SPAN("a.b-c"), &fact);
}

static void
what_may_match_a_namespace(void **state)
{
	static const char *const plain[] = { "", "web", "^/?web$", "a-b", "a\\.b", "^(a|b)$",
		"web-$", "^-a" };
	static const char *const others[] = { "acme--web", "-web", "web-", "a|-b", "(my-)?web",
		"^a.*", "w.b", "[a-z]", "-+", "-*x", "-{2}", "\\w", "\\Qa\\E" };

	(void)state;
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		assert_true(filter_name_is_plain(span_of(plain[i])));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(filter_name_is_plain(span_of(others[i])));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_speak_of_the_name_behind_the_prefix),
		cmocka_unit_test(a_tenants_name_is_no_pattern),
		cmocka_unit_test(what_may_match_a_namespace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
