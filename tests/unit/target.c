/*
 * Request targets: one reading, or none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "format/target.h"

/* "1.41 a|b ? k=v & k2=v2", to compare a target at a glance. */
static void
show(const struct target *t, struct text *out)
{
	text_addf(out, "%u.%u ", t->version_major, t->version_minor);
	for (unsigned i = 0; i < t->segments; i++)
		text_addf(out, "%s%.*s", i ? "|" : "", SPAN_ARG(t->segment[i]));
	for (unsigned i = 0; i < t->pairs; i++)
		text_addf(out, "%s%.*s=%.*s", i ? " & " : " ? ", SPAN_ARG(t->query[i].key),
			SPAN_ARG(t->query[i].value));
}

static void
reads_as(const char *raw, const char *expected)
{
	struct target t;
	struct text out;
	const char *why = NULL;

	text_init(&out, 0);
	if (target_parse(span_of(raw), &t, &why) < 0)
		fail_msg("%s: %s", raw, why);
	show(&t, &out);
	assert_string_equal(out.p, expected);
	text_free(&out);
	target_free(&t);
}

static void
refuses(struct span raw, const char *message)
{
	struct target t;
	const char *why = NULL;

	if (target_parse(raw, &t, &why) == 0)
		fail_msg("%.*s is not refused", SPAN_ARG(raw));
	if (!strstr(why, message))
		fail_msg("%.*s: %s", SPAN_ARG(raw), why);
	assert_null(t.store);
}

#define REFUSES(raw, message) refuses(SPAN(raw), message)

static void
paths(void **state)
{
	(void)state;
	reads_as("/", "0.0 ");
	reads_as("/_ping", "0.0 _ping");
	reads_as("/v1.41/containers/json", "1.41 containers|json");
	reads_as("/v1.5", "1.5 ");
	reads_as("/%76%31.41/version", "1.41 version");
	reads_as("/%63ontainers/a%3Ab/json", "0.0 containers|a:b|json");
	reads_as("/containers/v1.41/json", "0.0 containers|v1.41|json");
	reads_as("/v2.0/x", "2.0 x");
	reads_as("/volumes/x", "0.0 volumes|x");
	reads_as("/v1.41/v1.41/x", "1.41 v1.41|x");
	reads_as("/a/.../..b", "0.0 a|...|..b");
	reads_as("/a/b%20", "0.0 a|b ");
}

static void
paths_that_are_refused(void **state)
{
	(void)state;
	REFUSES("", "must be a path");
	REFUSES("*", "must be a path");
	REFUSES("http://docker/info", "must be a path");
	REFUSES("?a=b", "must be a path");
	REFUSES("/containers%2fjson", "escaped slash");
	REFUSES("/containers%2Fjson", "escaped slash");
	REFUSES("/a%5cb", "backslash");
	REFUSES("/a\\b", "backslash");
	REFUSES("/a%00b", "visible ASCII");
	REFUSES("/a%0ab", "visible ASCII");
	REFUSES("/a%7f", "visible ASCII");
	REFUSES("/a%25%32%66b", "percent sign");
	REFUSES("/%252e%252e/a", "percent sign");
	REFUSES("/a/./b", "dot segment");
	REFUSES("/a/../b", "dot segment");
	REFUSES("/a/%2e%2E/b", "dot segment");
	REFUSES("/a/.%2e", "dot segment");
	REFUSES("//a", "empty segment");
	REFUSES("/a//b", "empty segment");
	REFUSES("/networks/", "empty segment");
	REFUSES("/a/?b=c", "empty segment");
	REFUSES("/a#b", "'#'");
	REFUSES("/a%23b", "'#'");
	REFUSES("/caf\xc3\xa9", "visible ASCII");
	REFUSES("/caf%c3%a9", "visible ASCII");
	REFUSES("/a\0b", "visible ASCII");
	REFUSES("/a b", "visible ASCII");
	REFUSES("/a%", "broken escape");
	REFUSES("/a%4", "broken escape");
	REFUSES("/a%4g", "broken escape");
	REFUSES("/a%+1", "broken escape");
	REFUSES("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", "too many segments");
}

static void
versions_that_are_refused(void **state)
{
	(void)state;
	REFUSES("/v1/x", "version");
	REFUSES("/v1./x", "version");
	REFUSES("/v.41/x", "version");
	REFUSES("/v1.041/x", "version");
	REFUSES("/v1.2.3/x", "version");
	REFUSES("/v4.0.0/libpod/x", "version");
	REFUSES("/v./x", "version");
	REFUSES("/v0.41/x", "version");
}

static void
queries(void **state)
{
	(void)state;
	reads_as("/a?", "0.0 a");
	reads_as("/a?b", "0.0 a ? b=");
	reads_as("/a?b=", "0.0 a ? b=");
	reads_as("/a?=b", "0.0 a ? =b");
	reads_as("/a?&b=1&&c=2&", "0.0 a ? b=1 & c=2");
	reads_as("/a?b=1&b=2", "0.0 a ? b=1 & b=2");
	reads_as("/a?%62=%31+2%2B3", "0.0 a ? b=1 2+3");
	reads_as("/a?b=c=d", "0.0 a ? b=c=d");
	reads_as("/a?b=%26%3D%3b%23", "0.0 a ? b=&=;#");
	reads_as("/a?b=/?:@", "0.0 a ? b=/?:@");
	reads_as("/events/ws?filters={\"container\":[\"x\"]}",
		"0.0 events|ws ? filters={\"container\":[\"x\"]}");
	reads_as("/a?b=%c3%a9%0a", "0.0 a ? b=\xc3\xa9\n");
	REFUSES("/a?b;c", "';'");
	REFUSES("/a?b=1;c=2", "';'");
	REFUSES("/a?b=%", "broken escape");
	REFUSES("/a?b=%z1", "broken escape");
	REFUSES("/a?b%=1", "broken escape");
	REFUSES("/a?b=%00", "NUL");
	REFUSES("/a?b=#", "escaped");
	REFUSES("/a?b=\xc3\xa9", "escaped");
	REFUSES("/a?b=c d", "escaped");
	REFUSES("/a?b=\0", "NUL");
}

static void
queries_have_a_limit(void **state)
{
	struct text raw;
	struct target t;
	const char *why;

	(void)state;
	text_init(&raw, 0);
	text_add_str(&raw, "/a?");
	for (int i = 0; i < TARGET_MAX_QUERY; i++)
		text_addf(&raw, "k%d=%d&", i, i);
	assert_int_equal(target_parse(text_span(&raw), &t, &why), 0);
	assert_int_equal(t.pairs, TARGET_MAX_QUERY);
	target_free(&t);
	text_add_str(&raw, "x");
	refuses(text_span(&raw), "too many keys");
	text_free(&raw);
}

static void
keys_are_counted(void **state)
{
	struct target t;
	struct span value = { NULL, 0 };
	const char *why;

	(void)state;
	assert_int_equal(target_parse(SPAN("/a?b=1&%62=2&c"), &t, &why), 0);
	assert_int_equal(target_query(&t, SPAN("b"), &value), 2);
	assert_true(span_eq(value, SPAN("1")));
	assert_int_equal(target_query(&t, SPAN("c"), &value), 1);
	assert_int_equal(value.len, 0);
	value = SPAN("kept");
	assert_int_equal(target_query(&t, SPAN("B"), &value), 0);
	assert_true(span_eq(value, SPAN("kept")));
	target_free(&t);
}

static void
encoding(void **state)
{
	struct text out, raw;
	struct target t;
	const char *why;
	char all[255];

	(void)state;
	text_init(&out, 0);
	target_add_encoded(&out, SPAN("aZ09-_.~ +%/\xff\0&="));
	assert_string_equal(out.p, "aZ09-_.~%20%2B%25%2F%FF%00%26%3D");
	text_free(&out);
	/* Whatever is encoded comes back (but NUL, which is refused). */
	for (int i = 0; i < 255; i++)
		all[i] = (char)(i + 1);
	text_init(&raw, 0);
	text_add_str(&raw, "/a?b=");
	target_add_encoded(&raw, (struct span){ all, sizeof(all) });
	assert_int_equal(target_parse(text_span(&raw), &t, &why), 0);
	assert_true(span_eq(t.query[0].value, (struct span){ all, sizeof(all) }));
	target_free(&t);
	text_free(&raw);
}

static void
prints(const char *raw, const char *path, const char *query)
{
	struct text out;
	struct target t;
	const char *why;

	assert_int_equal(target_parse(span_of(raw), &t, &why), 0);
	text_init(&out, 0);
	target_print_path(&t, &out);
	assert_string_equal(out.p ? out.p : "", path);
	text_clear(&out);
	target_print_query(&t, &out);
	assert_string_equal(out.p ? out.p : "", query);
	text_free(&out);
	target_free(&t);
}

static void
printing(void **state)
{
	(void)state;
	prints("/v1.23/fips/allocate", "/fips/allocate", "");
	prints("/images/a/b:1/json?x=1&y", "/images/a/b%3A1/json", "x=1&y=");
	prints("/a?q=%26x%3d+%2B&q=2", "/a", "q=%26x%3D%20%2B&q=2");
	prints("/%66ips/a%20b?%61={\"k\":1}", "/fips/a%20b", "a=%7B%22k%22%3A1%7D");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths),
		cmocka_unit_test(paths_that_are_refused),
		cmocka_unit_test(versions_that_are_refused),
		cmocka_unit_test(queries),
		cmocka_unit_test(queries_have_a_limit),
		cmocka_unit_test(keys_are_counted),
		cmocka_unit_test(encoding),
		cmocka_unit_test(printing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
