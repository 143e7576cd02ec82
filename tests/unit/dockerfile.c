/*
 * Dockerfiles: what is judged is what is written.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "format/dockerfile.h"

#define STAMP "LABEL fairlead.tenant.image=acme\n"

static struct dockerfile_rules rules = { .owner_label = "fairlead.tenant",
	.tenant = { "acme", 4 } };

/* Images are written as "<NAME>". */
static void
becomes(const char *in, const char *expected)
{
	struct text why, out, names[DOCKERFILE_IMAGES_MAX];
	struct span sent[DOCKERFILE_IMAGES_MAX];
	struct dockerfile *d;
	unsigned n;

	text_init(&why, 1000);
	text_init(&out, 0);
	if (dockerfile_parse(span_of(in), &rules, &d, &why))
		fail_msg("%s: %s", in, why.p);
	n = dockerfile_images(d);
	for (unsigned i = 0; i < n; i++) {
		text_init(&names[i], 0);
		text_addf(&names[i], "<%.*s>", SPAN_ARG(dockerfile_image(d, i)));
		sent[i] = text_span(&names[i]);
	}
	dockerfile_print(d, sent, &out);
	assert_string_equal(out.p, expected);
	assert_int_equal(why.len, 0);
	for (unsigned i = 0; i < n; i++)
		text_free(&names[i]);
	dockerfile_free(d);
	text_free(&why);
	text_free(&out);
}

static void
refused(const char *in, int rc, const char *expected)
{
	struct dockerfile *d;
	struct text why;

	text_init(&why, 1000);
	assert_int_equal(dockerfile_parse(span_of(in), &rules, &d, &why), rc);
	assert_null(d);
	if (!strstr(why.p, expected))
		fail_msg("%s: %s", in, why.p);
	text_free(&why);
}

static void
bad(const char *in, const char *why)
{
	refused(in, -1, why);
}

static void
denied(const char *in, const char *why)
{
	refused(in, DOCKERFILE_DENIED, why);
}

static void
lines(void **state)
{
	(void)state;
	becomes("FROM alpine\nRUN a\n", "FROM <alpine>\n" STAMP "RUN a\n");
	becomes("\xef\xbb\xbf# x\r\n\r\nfrom\talpine\r\n", "from\t<alpine>\n" STAMP);
	becomes("FROM a\nRUN a \\\n  # no\n\n  && b\\  \n c\n",
		"FROM <a>\n" STAMP "RUN a   && b c\n");
	becomes("FROM \\\n a \\\n AS x", "FROM  <a>  AS x\n" STAMP);
	becomes("# escape=`\nFROM a\nRUN a `\nb \\\nRUN c\n",
		"# escape=`\nFROM <a>\n" STAMP "RUN a b \\\nRUN c\n");
	becomes("# syntax=docker/dockerfile:1\n# escape = `\nFROM a\n",
		"# escape=`\nFROM <a>\n" STAMP);
	becomes("# no directive\n# escape=`\nFROM a\nRUN a `\n", "FROM <a>\n" STAMP "RUN a `\n");
	bad("# escape=x\nFROM a\n", "line 1: escape");
	bad("FROM a\nRUN a\\\\\nRUN b\n", "line 2: two escape");
	bad("FROM a\nRUN a \\", "not complete");
	bad("FROM a\nRUN a \\\n\\\n\n", "not complete");
	bad("FROM a\nRUN \v a\n", "control character");
	bad("FROM a\n\\\n", "not complete");
	bad("", "no FROM");
	bad("# FROM a\n", "no FROM");
	bad("RUN a\n", "before the first FROM");
	bad("FROM a\nRUM a\n", "line 2: unknown instruction: RUM");
	bad("FROM a\n\xc2\xa0"
	    "ADD http://x /\n",
		"unknown instruction");
	bad("FROM a\nADD\xc2\xa0http://x /\n", "unknown instruction");
}

static void
images(void **state)
{
	(void)state;
	becomes("FROM --platform=$BUILDPLATFORM reg:5/a/b:1@sha256:ab AS Base\nFROM base\nCOPY --from=BASE a b\nCOPY "
		"--from=0 a b\nCOPY --chown=a:b --from=c:1 a b\n",
		"FROM --platform=$BUILDPLATFORM <reg:5/a/b:1@sha256:ab> AS Base\n" STAMP
		"FROM base\n" STAMP "COPY --from=BASE a b\nCOPY --from=0 a b\n"
		"COPY --chown=a:b --from=<c:1> a b\n");
	becomes("FROM scratch\nCOPY --from=a a b\n",
		"FROM scratch\n" STAMP "COPY --from=<a> a b\n");
	/* A name is a stage's only behind it. */
	becomes("FROM base AS base\nFROM base\n",
		"FROM <base> AS base\n" STAMP "FROM base\n" STAMP);
	becomes("FROM a\nCOPY --from=later a b\nFROM b AS later\n",
		"FROM <a>\n" STAMP "COPY --from=<later> a b\nFROM <b> AS later\n" STAMP);
	bad("FROM a AS b\nCOPY --from=b a b\n", "this stage itself");
	bad("FROM a AS b\nFROM c AS B\n", "two stages");
	bad("FROM a AS 1b\n", "no name of a stage");
	bad("FROM a b\n", "needs an image");
	bad("FROM a AS b c\n", "needs an image");
	bad("FROM\n", "empty");
	bad("FROM \"a\"\n", "no name of an image");
	bad("FROM --platform=\"x y\" a\n", "only --platform");
	bad("FROM --x a\n", "only --platform");
	bad("FROM a\nCOPY --from=$B a b\n", "no name of a stage");
	bad("FROM a\nCOPY --from=+1 a b\n", "cannot be read");
	bad("FROM a\nCOPY --from=a --from=b a b\n", "not served");
	bad("FROM a\nCOPY --f\\rom=a b c\n", "cannot be read");
}

static void
arguments(void **state)
{
	struct json_doc doc;
	struct json_error err;

	(void)state;
	becomes("ARG V=3 W\nFROM a:$V\n", "ARG V=3 W\nFROM <a:3>\n" STAMP);
	becomes("ARG N=app\nARG T=\"$N-1\"\nFROM ${N}:${T}\n",
		"ARG N=app\nARG T=\"$N-1\"\nFROM <app:app-1>\n" STAMP);
	becomes("ARG V\nFROM a:${V:-2}${V:+x}\n", "ARG V\nFROM <a:2>\n" STAMP);
	bad("FROM $A\n", "not declared");
	bad("FROM a\nARG B=c\nFROM $B\n", "not declared");
	bad("ARG A='$B'\nFROM $A\n", "cannot be read for sure");
	bad("ARG A=a\\b\nFROM $A\n", "cannot be read for sure");
	bad("ARG A\nFROM ${A-b}\n", "of variables only");
	bad("ARG A\nFROM ${A:-${B}}\n", "of variables only");
	bad("ARG A\nFROM $A\n", "empty");
	bad("ARG A=scratch\nFROM $A\n", "a variable stands for a stage");
	assert_int_equal(json_parse(SPAN("{\"V\":\"9\",\"N\":null}"), NULL, &doc, &err), 0);
	rules.build_args = doc.root;
	becomes("ARG V=3\nFROM a:$V\n", "ARG V=3\nFROM <a:9>\n" STAMP);
	bad("FROM a:$V\n", "not declared");
	bad("ARG N=1\nFROM a:$N\n", "cannot be read for sure");
	rules.build_args = NULL;
	json_free(&doc);
}

static void
fetching(void **state)
{
	(void)state;
	becomes("FROM a\nADD --chown=1:1 x.tar y* $D/\nADD [\"a b\", \"/c\"]\n",
		"FROM <a>\n" STAMP "ADD --chown=1:1 x.tar y* $D/\nADD [\"a b\", \"/c\"]\n");
	denied("FROM a\nADD http://127.0.0.1/ /x\n", "line 2: ADD: http://127.0.0.1/");
	denied("FROM a\nadd a HTTPS://x /x\n", "not allowed for tenant acme");
	denied("FROM a\nADD git@github.com:a/b /x\n", "ADD");
	denied("FROM a\nADD $URL /x\n", "ADD");
	denied("FROM a\nADD ht\\tp /x\n", "ADD");
	denied("FROM a\nADD [\"http\\u003a//x\", \"/x\"]\n", "ADD");
	denied("FROM a\nADD [\"http://x\", \"/x\"]\n", "ADD");
	denied("FROM a\nADD a \\\n http://x \\\n /x\n", "line 4: ADD");
	bad("FROM a\nADD \xc2\xa0http://x /x\n", "ADD");
	denied("FROM a\nONBUILD ADD http://x /x\n", "ONBUILD ADD");
	denied("FROM a\nONBUILD COPY --from=b /x /x\n", "ONBUILD COPY");
	denied("FROM a\nONBUILD LABEL fairlead.tenant.image=b\n", "ONBUILD LABEL");
	bad("FROM a\nADD --checksum=x a b\n", "not served");
	bad("FROM a\nADD http://x/\n", "needs a source");
	bad("FROM a\nONBUILD FROM b\n", "ONBUILD FROM: is not allowed");
	bad("FROM a\nONBUILD onbuild RUN x\n", "ONBUILD ONBUILD: is not allowed");
	becomes("FROM a\nONBUILD RUN x\n", "FROM <a>\n" STAMP "ONBUILD RUN x\n");
}

static void
buildkit(void **state)
{
	(void)state;
	bad("FROM a\nRUN --mount=type=bind x\n", "BuildKit");
	bad("FROM a\nRUN --network=host x\n", "BuildKit");
	bad("FROM a\nRUN cat <<EOF\n", "here-documents");
	bad("FROM a\nCOPY <<\"X\" /x\n", "here-documents");
	bad("FROM a\nRUN \"\"<<-X\n", "here-documents");
	bad("FROM a\nRUN 3<<X\n", "here-documents");
	becomes("FROM a\nRUN echo $((1<<2)) <<<x\n",
		"FROM <a>\n" STAMP "RUN echo $((1<<2)) <<<x\n");
}

static void
labels(void **state)
{
	(void)state;
	becomes("FROM a\nLABEL a=b \"c.d\"=\"e f\" g='h i'\nLABEL k some text\n",
		"FROM <a>\n" STAMP "LABEL a=b \"c.d\"=\"e f\" g='h i'\nLABEL k some text\n");
	denied("FROM a\nLABEL fairlead.tenant=x\n", "line 2: LABEL: fairlead.tenant: not allowed");
	denied("FROM a\nLABEL fairlead.tenant.image x\n", "LABEL");
	denied("FROM a\nLABEL a=\"b c\" 'fairlead.tenant.image'=x\n", "LABEL");
	denied("FROM a\nLABEL a=b\\ c fairlead.tenant=x\n", "LABEL");
	denied("FROM a\nLABEL $K=x\n", "the key $K");
	denied("FROM a\nLABEL fair\\lead.tenant=x\n", "the key");
	denied("FROM a\nLABEL fair\"lead\".tenant=x\n", "the key");
	bad("FROM a\nLABEL a=\"b\n", "for sure");
	bad("FROM a\nLABEL a=b\xc2\xa0"
	    "fairlead.tenant=x\n",
		"for sure");
	bad("FROM a\nLABEL a b=c\n", "write key=value");
	bad("FROM a\nLABEL\n", "needs a key");
}

static void
triggers(void **state)
{
	struct text why;

	(void)state;
	text_init(&why, 1000);
	assert_int_equal(dockerfile_trigger(SPAN("RUN x"), &rules, &why), 0);
	assert_int_equal(dockerfile_trigger(SPAN("COPY . /app"), &rules, &why), 0);
	assert_int_equal(why.len, 0);
	assert_int_equal(dockerfile_trigger(SPAN("ADD http://x /"), &rules, &why),
		DOCKERFILE_DENIED);
	assert_int_equal(dockerfile_trigger(SPAN("COPY --from=x a b"), &rules, &why),
		DOCKERFILE_DENIED);
	assert_int_equal(dockerfile_trigger(SPAN("LABEL fairlead.tenant=x"), &rules, &why),
		DOCKERFILE_DENIED);
	assert_int_equal(dockerfile_trigger(SPAN("ONBUILD RUN x"), &rules, &why), -1);
	assert_int_equal(dockerfile_trigger(SPAN("FROM x"), &rules, &why), -1);
	assert_int_equal(dockerfile_trigger(SPAN("RUN a\nADD http://x /"), &rules, &why), -1);
	assert_int_equal(dockerfile_trigger(SPAN(""), &rules, &why), -1);
	text_free(&why);
}

static void
limits(void **state)
{
	struct text t;

	(void)state;
	text_init(&t, 0);
	text_add_str(&t, "FROM a\n");
	for (unsigned i = 0; i <= DOCKERFILE_IMAGES_MAX; i++)
		text_addf(&t, "FROM a%u\n", i);
	bad(t.p, "more than 32 images");
	text_clear(&t);
	for (unsigned i = 0; i < 70; i++)
		text_addf(&t, "FROM a AS s%u\n", i);
	bad(t.p, "more than 64 stages");
	text_clear(&t);
	text_add_str(&t, "FROM a\nRUN ");
	for (unsigned i = 0; i < DOCKERFILE_LINE_MAX; i++)
		text_add_char(&t, 'x');
	bad(t.p, "too long");
	text_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(images),
		cmocka_unit_test(arguments),
		cmocka_unit_test(fetching),
		cmocka_unit_test(buildkit),
		cmocka_unit_test(labels),
		cmocka_unit_test(triggers),
		cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
