/*
 * X-Registry-Auth: made anew of what is known, or refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "format/registry_auth.h"

static void
check(const char *value, const char *expected, const char *wrong)
{
	struct text out;
	const char *why = NULL;

	text_init(&out, 0);
	text_add_str(&out, "");
	if (expected) {
		assert_int_equal(registry_auth(span_of(value), &out, &why), 0);
		assert_string_equal(out.p, expected);
	} else {
		assert_int_equal(registry_auth(span_of(value), &out, &why), -1);
		assert_non_null(strstr(why, wrong));
	}
	text_free_wiped(&out);
}

static void
credentials_are_made_anew(void **state)
{
	(void)state;
	/* {} */
	check("e30=", "e30=", NULL);
	check("e30", "e30=", NULL);
	check("", "e30=", NULL);
	/* null */
	check("bnVsbA==", "e30=", NULL);
	/* { "password":"b?>", "Username":"a", "x":1 }, in both alphabets */
	check("eyAicGFzc3dvcmQiOiJiPz4iLCAiVXNlcm5hbWUiOiJhIiwgIngiOjEgfQ==",
		"eyJ1c2VybmFtZSI6ImEiLCJwYXNzd29yZCI6ImI_PiJ9", NULL);
	check("eyJ1c2VybmFtZSI6ImEiLCJwYXNzd29yZCI6ImI/PiJ9",
		"eyJ1c2VybmFtZSI6ImEiLCJwYXNzd29yZCI6ImI_PiJ9", NULL);
}

static void
what_is_refused(void **state)
{
	char longer[REGISTRY_AUTH_MAX + 2];

	(void)state;
	check("e30=\r\nX: y", NULL, "base64");
	check("e", NULL, "base64");
	check("e3=0", NULL, "base64");
	check("e30===", NULL, "base64");
	/* [1] */
	check("WzFd", NULL, "no JSON object");
	/* { */
	check("ew==", NULL, "no JSON");
	/* {"username":1} */
	check("eyJ1c2VybmFtZSI6MX0=", NULL, "no string");
	/* {"a":1,"a":2}, and {"username":"a","Username":"b"} */
	check("eyJhIjoxLCJhIjoyfQ==", NULL, "no JSON");
	check("eyJ1c2VybmFtZSI6ImEiLCJVc2VybmFtZSI6ImIifQ==", NULL, "no JSON");
	memset(longer, 'A', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	check(longer, NULL, "too long");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(credentials_are_made_anew),
		cmocka_unit_test(what_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
