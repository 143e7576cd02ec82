/*
 * Names of images: read as engines read them, and whose they are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "format/image_name.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DIGEST "sha256:" HEX64

static void
reads_as(const char *text, const char *domain, const char *path, const char *tag,
	const char *digest)
{
	struct image_name n;
	const char *why = NULL;
	char got[700], expected[700];

	if (image_name_parse(span_of(text), &n, &why) < 0)
		fail_msg("%s: %s", text, why);
	snprintf(got, sizeof(got), "%.*s|%.*s|%.*s|%.*s", SPAN_ARG(n.domain), SPAN_ARG(n.path),
		SPAN_ARG(n.tag), SPAN_ARG(n.digest));
	snprintf(expected, sizeof(expected), "%s|%s|%s|%s", domain, path, tag, digest);
	assert_string_equal(got, expected);
}

static void
parts(void **state)
{
	(void)state;
	reads_as("alpine", "", "alpine", "", "");
	reads_as("alpine:3", "", "alpine", "3", "");
	reads_as("library/alpine", "", "alpine", "", "");
	reads_as("docker.io/library/alpine:3", "", "alpine", "3", "");
	reads_as("docker.io/alpine", "", "alpine", "", "");
	reads_as("index.docker.io/library/alpine", "", "alpine", "", "");
	reads_as("docker.io/team/app", "", "team/app", "", "");
	reads_as("library/a/b", "", "library/a/b", "", "");
	reads_as("team/app:1", "", "team/app", "1", "");
	reads_as("localhost/app", "localhost", "app", "", "");
	reads_as("localhost:5000/app:1", "localhost:5000", "app", "1", "");
	reads_as("reg.example/team/app", "reg.example", "team/app", "", "");
	reads_as("reg.example/library/app", "reg.example", "library/app", "", "");
	reads_as("Reg/app", "Reg", "app", "", "");
	reads_as("[fd00::1]:5000/app", "[fd00::1]:5000", "app", "", "");
	reads_as("[::1]/app:2", "[::1]", "app", "2", "");
	reads_as("app@" DIGEST, "", "app", "", DIGEST);
	reads_as("reg.example:1/a/b:t@" DIGEST, "reg.example:1", "a/b", "t", DIGEST);
	reads_as("a-b--c__d.e_f", "", "a-b--c__d.e_f", "", "");
	reads_as("acme--app:1", "", "acme--app", "1", "");
	reads_as("localhost", "", "localhost", "", "");
	reads_as("a:5000", "", "a", "5000", "");
	reads_as("app:_T.a-G", "", "app", "_T.a-G", "");
	reads_as("x/" HEX64, "", "x/" HEX64, "", "");
	reads_as("abc123", "", "abc123", "", "");
}

static void
refuses(struct span text, const char *message)
{
	struct image_name n;
	const char *why = NULL;

	if (image_name_parse(text, &n, &why) == 0)
		fail_msg("%.*s is not refused", SPAN_ARG(text));
	if (!strstr(why, message))
		fail_msg("%.*s: %s", SPAN_ARG(text), why);
}

#define REFUSES(text, message) refuses(SPAN(text), message)

static void
malformed(void **state)
{
	static char longest[600];

	(void)state;
	REFUSES("", "missing");
	REFUSES(":1", "missing");
	REFUSES("@" DIGEST, "missing");
	REFUSES("App", "lowercase");
	REFUSES("team/App", "lowercase");
	REFUSES("/app", "malformed");
	REFUSES("app/", "malformed");
	REFUSES("a//b", "malformed");
	REFUSES("../app", "malformed");
	REFUSES("a/../b", "malformed");
	REFUSES("a b", "malformed");
	REFUSES("a\0b", "malformed");
	REFUSES("a\nb", "malformed");
	REFUSES("-a", "malformed");
	REFUSES("a-", "malformed");
	REFUSES("a..b", "malformed");
	REFUSES("a___b", "malformed");
	REFUSES("a._b", "malformed");
	REFUSES("a-_b", "malformed");
	REFUSES("_a", "malformed");
	REFUSES("app:", "tag");
	REFUSES("app:.x", "tag");
	REFUSES("app:-x", "tag");
	REFUSES("app:a\0b", "tag");
	REFUSES("app:a b", "tag");
	REFUSES("app@sha256:abc", "digest");
	REFUSES("app@", "digest");
	REFUSES("app@md5:0123456789abcdef0123456789abcdef", "digest");
	REFUSES("app@" DIGEST "@" DIGEST, "digest");
	REFUSES("app@SHA256:" HEX64, "digest");
	REFUSES(HEX64, "id");
	REFUSES(DIGEST, "id");
	REFUSES("sha256:abc123", "id");
	REFUSES("docker.io/" HEX64, "id");
	REFUSES("docker.io/reg.example/app", "registry");
	REFUSES("docker.io/localhost/app", "registry");
	REFUSES("-reg.example/app", "registry");
	REFUSES("reg-.example/app", "registry");
	REFUSES("reg..example/app", "registry");
	REFUSES("reg.example./app", "registry");
	REFUSES("reg.example:/app", "registry");
	REFUSES("reg.example:99999999/app", "registry");
	REFUSES("reg:a/app", "registry");
	REFUSES("user@reg.example/app", "digest");
	REFUSES("http://reg.example/app", "registry");
	REFUSES("[]/app", "malformed");
	REFUSES("[::1/app", "registry");
	REFUSES("app:1:2", "");
	memset(longest, 'a', sizeof(longest));
	refuses((struct span){ longest, 240 }, "");
	refuses((struct span){ longest, sizeof(longest) }, "too long");
	memcpy(longest, "app:", 4);
	refuses((struct span){ longest, 4 + 129 }, "tag");
}

static void
tag_apart(void **state)
{
	struct image_name n;
	const char *why;

	(void)state;
	assert_int_equal(image_name_parse_with(SPAN("a:1"), SPAN("2"), &n, &why), 0);
	assert_true(span_eq(n.tag, SPAN("2")));
	assert_int_equal(image_name_parse_with(SPAN("a:1"), SPAN(""), &n, &why), 0);
	assert_true(span_eq(n.tag, SPAN("1")));
	assert_int_equal(image_name_parse_with(SPAN("a:1"), SPAN(DIGEST), &n, &why), 0);
	assert_true(n.tag.len == 0 && span_eq(n.digest, SPAN(DIGEST)));
	assert_int_equal(image_name_parse_with(SPAN("a@" DIGEST), SPAN("2"), &n, &why), 0);
	assert_true(n.digest.len == 0 && span_eq(n.tag, SPAN("2")));
	assert_int_equal(image_name_parse_with(SPAN("a"), SPAN("b/c"), &n, &why), -1);
	assert_int_equal(image_name_parse_with(SPAN("a"), SPAN("sha256:12"), &n, &why), -1);
}

static void
ids(void **state)
{
	struct span hex;

	(void)state;
	assert_true(image_name_is_id(SPAN(HEX64), &hex));
	assert_true(image_name_is_id(SPAN(DIGEST), &hex) && hex.len == 64);
	assert_false(image_name_is_id(SPAN("abc"), &hex));
	assert_true(image_name_may_be_id(SPAN("abc"), &hex));
	assert_true(image_name_may_be_id(SPAN("sha256:abc"), &hex) && span_eq(hex, SPAN("abc")));
	assert_false(image_name_may_be_id(SPAN("sha256:"), &hex));
	assert_false(image_name_may_be_id(SPAN("ABC"), &hex));
	assert_false(image_name_may_be_id(SPAN(HEX64 "0"), &hex));
	assert_false(image_name_may_be_id(SPAN(""), &hex));
}

static bool
matches(const char *pattern, const char *text)
{
	struct image_name n;
	const char *why;

	assert_int_equal(image_name_parse(span_of(text), &n, &why), 0);
	return image_pattern_matches(span_of(pattern), &n);
}

static void
patterns(void **state)
{
	(void)state;
	assert_true(matches("alpine", "alpine"));
	assert_true(matches("alpine", "alpine:3"));
	assert_true(matches("alpine", "alpine@" DIGEST));
	assert_true(matches("alpine", "docker.io/library/alpine"));
	assert_true(matches("docker.io/library/alpine", "alpine"));
	assert_true(matches("library/*", "alpine"));
	assert_false(matches("library/*", "team/alpine"));
	assert_false(matches("alpine", "alpine2"));
	assert_false(matches("alpine", "team/alpine"));
	assert_false(matches("alpine", "reg.example/alpine"));
	assert_true(matches("alpine:*", "alpine:3"));
	assert_true(matches("alpine:*", "alpine"));
	assert_true(matches("alpine:3.*", "alpine:3.19"));
	assert_false(matches("alpine:3.*", "alpine:4"));
	assert_false(matches("alpine:3.*", "alpine"));
	assert_false(matches("alpine:3", "alpine@" DIGEST));
	assert_false(matches("alpine:3", "alpine:3@" DIGEST));
	assert_true(matches("*", "reg.example:5000/a/b/c:1"));
	assert_true(matches("reg.example/team/*", "reg.example/team/a/b:1"));
	assert_true(matches("reg.example/team/*", "REG.example/team/a"));
	assert_false(matches("reg.example/team/*", "reg.example/team2/a"));
	assert_false(matches("reg.example/team/*", "reg.example:5000/team/a"));
	assert_true(matches("localhost:5000/*", "localhost:5000/a"));
	assert_true(matches("*.example/a", "reg.example/a"));
	assert_false(matches("*.example/a", "reg.example.com/a"));
	/* A beginning of a repository is not one of a registry. */
	assert_false(matches("alpine*", "alpine.example/x"));
	assert_false(matches("team*/x", "team.example/x"));
	assert_true(matches("team*/x", "teams/x"));
	assert_true(matches("*/x", "a/x"));
	assert_false(matches("*/x", "reg.example/x"));
	assert_true(matches("a*b*c", "axxbyybzc"));
	assert_false(matches("a*b*c", "axxbyybz"));
	assert_true(image_pattern_ok(SPAN("reg.example/team/*:v*")));
	assert_false(image_pattern_ok(SPAN("")));
	assert_false(image_pattern_ok(SPAN("a:")));
	assert_false(image_pattern_ok(SPAN("a b")));
	assert_false(image_pattern_ok(SPAN("reg.example/")));
	assert_false(image_pattern_ok(SPAN("a@" DIGEST)));
}

static char *const betas[] = { (char[]){ "reg.example/beta/*" },
	(char[]){ "reg.example/mixed:beta-*" }, NULL };

/* acme, beside beta with a repository of its own. */
static bool
is_betas(const void *arg, const struct image_name *name)
{
	(void)arg;
	return image_patterns_touch(betas, name);
}

static char *const acme_images[] = { (char[]){ "*" }, NULL };
static char *const acme_own[] = { (char[]){ "reg.example/acme/*" },
	(char[]){ "reg.example/tagged:a-*" }, (char[]){ "beta--*" }, NULL };
static const struct image_space acme = { .tenant = { "acme", 4 },
	.images = acme_images,
	.own_images = acme_own,
	.foreign = is_betas };

static void
shows(const char *engine, enum image_owner owner, const char *expected)
{
	struct text out;

	text_init(&out, 0);
	if (image_space_show(&acme, span_of(engine), &out) != owner)
		fail_msg("%s: owner", engine);
	assert_string_equal(out.p ? out.p : "", expected);
	text_free(&out);
}

static void
shown(void **state)
{
	(void)state;
	shows("acme--app:1", IMAGE_OWN, "app:1");
	shows("acme--team/app:1", IMAGE_OWN, "team/app:1");
	shows("docker.io/library/acme--app:1", IMAGE_OWN, "app:1");
	shows("acme--app@" DIGEST, IMAGE_OWN, "app@" DIGEST);
	shows("acme--beta--x:1", IMAGE_OWN, "beta--x:1");
	shows("alpine:latest", IMAGE_SHARED, "alpine:latest");
	shows("reg.example/x/y:1", IMAGE_SHARED, "reg.example/x/y:1");
	shows("reg.example/acme/y:1", IMAGE_OWN, "reg.example/acme/y:1");
	shows("reg.example/tagged:a-1", IMAGE_OWN, "reg.example/tagged:a-1");
	shows("reg.example/tagged:b-1", IMAGE_SHARED, "reg.example/tagged:b-1");
	shows("reg.example/acme--app:1", IMAGE_SHARED, "reg.example/acme--app:1");
	shows("beta--app:1", IMAGE_HIDDEN, "");
	shows("acme2--app:1", IMAGE_HIDDEN, "");
	shows("beta--team/app:1", IMAGE_HIDDEN, "");
	shows("reg.example/beta/y:1", IMAGE_HIDDEN, "");
	shows("REG.example/beta/y:1", IMAGE_HIDDEN, "");
	shows("reg.example:443/beta/y:1", IMAGE_HIDDEN, "");
	shows("reg.example:80/beta/y:1", IMAGE_HIDDEN, "");
	shows("reg.example:443/mixed@" DIGEST, IMAGE_HIDDEN, "");
	shows("reg.example:8443/beta/y:1", IMAGE_SHARED, "reg.example:8443/beta/y:1");
	shows("reg.example/mixed:beta-1", IMAGE_HIDDEN, "");
	shows("reg.example/mixed:1", IMAGE_SHARED, "reg.example/mixed:1");
	shows("reg.example/mixed@" DIGEST, IMAGE_HIDDEN, "");
	shows("<none>:<none>", IMAGE_HIDDEN, "");
	shows("<none>@<none>", IMAGE_HIDDEN, "");
	shows("", IMAGE_HIDDEN, "");
}

static void
owns(const struct image_space *s, const char *name, const char *expected)
{
	struct image_name n;
	const char *why = "";
	struct text out;

	text_init(&out, 0);
	assert_int_equal(image_name_parse(span_of(name), &n, &why), 0);
	assert_int_equal(image_space_own(s, &n, &out, &why), expected ? 0 : -1);
	assert_string_equal(out.p ? out.p : "", expected ? expected : "");
	text_free(&out);
}

static void
written(void **state)
{
	static const struct image_space dotted = { .tenant = { "a.b", 3 } };
	static const struct image_space odd = { .tenant = { "a_.", 3 } };
	static char longest[260];

	(void)state;
	owns(&acme, "app:1", "acme--app:1");
	owns(&acme, "docker.io/library/app:1", "acme--app:1");
	owns(&acme, "team/app", "acme--team/app");
	owns(&acme, "acme--app", "acme--acme--app");
	owns(&acme, "beta--app", "acme--beta--app");
	owns(&acme, "reg.example/acme/app:1", "reg.example/acme/app:1");
	owns(&acme, "reg.example/tagged:a-1", "reg.example/tagged:a-1");
	owns(&acme, "reg.example/tagged:b-1", NULL);
	owns(&acme, "reg.example/tagged", NULL);
	owns(&acme, "reg.example/tagged:a-1@" DIGEST, NULL);
	owns(&acme, "reg.example/beta/app:1", NULL);
	owns(&acme, "localhost/app", NULL);
	/* No name of a repository begins so. */
	owns(&odd, "app", NULL);
	/* This one would be read as a registry's. */
	owns(&dotted, "team/app", NULL);
	owns(&dotted, "app", "a.b--app");
	memset(longest, 'a', 235);
	owns(&acme, longest, NULL);
}

static void
candidate(const char *name, unsigned i, const char *expected)
{
	struct image_name n;
	const char *why;
	struct text out;

	text_init(&out, 0);
	assert_int_equal(image_name_parse(span_of(name), &n, &why), 0);
	assert_int_equal(image_space_candidate(&acme, &n, i, &out), expected != NULL);
	assert_string_equal(out.p ? out.p : "", expected ? expected : "");
	text_free(&out);
}

static void
looked_for(void **state)
{
	(void)state;
	candidate("app:1", 0, "acme--app:1");
	candidate("app:1", 1, "app:1");
	candidate("app:1", 2, NULL);
	candidate("reg.example/acme/x:1", 0, "reg.example/acme/x:1");
	candidate("reg.example/acme/x:1", 1, NULL);
	candidate("reg.example/x:1", 0, NULL);
	candidate("reg.example/x:1", 1, "reg.example/x:1");
	candidate("beta--app:1", 0, "acme--beta--app:1");
	candidate("beta--app:1", 1, NULL);
	candidate("acme--app:1", 1, NULL);
	candidate("reg.example/beta/x:1", 0, NULL);
	candidate("reg.example/beta/x:1", 1, NULL);
}

static char *const everything[] = { (char[]){ "*" }, NULL };
static char *const inside[] = { (char[]){ "*" }, (char[]){ "127.0.0.1:5000/base/*" }, NULL };
static char *const some[] = { (char[]){ "alpine:3" }, NULL };

static bool
pulls(const struct image_space *s, const char *name)
{
	struct image_name n;
	const char *why;

	assert_int_equal(image_name_parse(span_of(name), &n, &why), 0);
	return image_space_pulls(s, &n);
}

static void
pulled(void **state)
{
	static const struct image_space few = { .tenant = { "few", 3 }, .images = some },
					all = { .tenant = { "all", 3 }, .images = everything },
					inner = { .tenant = { "inner", 5 }, .images = inside };

	(void)state;
	assert_true(pulls(&acme, "alpine"));
	assert_true(pulls(&acme, "reg.example/acme/x"));
	assert_false(pulls(&acme, "acme--app"));
	assert_false(pulls(&acme, "beta--app"));
	assert_false(pulls(&acme, "reg.example/beta/x"));
	assert_false(pulls(&acme, "reg.example/mixed"));
	assert_true(pulls(&few, "alpine:3"));
	assert_false(pulls(&few, "alpine:4"));
	assert_false(pulls(&few, "alpine"));
	assert_false(pulls(&few, "alpine@" DIGEST));
	assert_false(pulls(&few, "busybox"));
	assert_true(pulls(&all, "alpine"));
	assert_true(pulls(&all, "reg.example:5000/x"));
	assert_false(pulls(&all, "127.0.0.1:5000/x"));
	assert_false(pulls(&all, "10.0.0.1/x"));
	assert_false(pulls(&all, "localhost/x"));
	assert_false(pulls(&all, "localhost:5000/x"));
	assert_false(pulls(&all, "[::1]:5000/x"));
	assert_false(pulls(&all, "registry:5000/x"));
	assert_false(pulls(&all, "0x7f.0.0.0x1/x"));
	assert_false(pulls(&all, "127.1/x"));
	assert_false(pulls(&all, "metadata.google.internal:80/x"));
	assert_false(pulls(&all, "printer.LOCAL/x"));
	assert_true(pulls(&all, "0x7f.example/x"));
	assert_true(pulls(&all, "local.example/x"));
	assert_true(pulls(&inner, "127.0.0.1:5000/base/x"));
	assert_false(pulls(&inner, "127.0.0.1:5000/x"));
}

static void
same(void **state)
{
	struct image_name a, b;
	const char *why;

	(void)state;
	image_name_parse(SPAN("docker.io/library/a"), &a, &why);
	image_name_parse(SPAN("a:latest"), &b, &why);
	assert_false(image_name_same(&a, &b));
	image_name_latest(&a);
	assert_true(image_name_same(&a, &b));
	image_name_parse(SPAN("R.x/a:latest"), &a, &why);
	image_name_parse(SPAN("r.x/a:latest"), &b, &why);
	assert_true(image_name_same(&a, &b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts),
		cmocka_unit_test(malformed),
		cmocka_unit_test(tag_apart),
		cmocka_unit_test(ids),
		cmocka_unit_test(patterns),
		cmocka_unit_test(shown),
		cmocka_unit_test(written),
		cmocka_unit_test(looked_for),
		cmocka_unit_test(pulled),
		cmocka_unit_test(same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
