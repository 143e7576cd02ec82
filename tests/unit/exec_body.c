/*
 * Tests of format/exec_body: what is sent on, what is refused, in which words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/exec_body.h"

/* What exec create says of every body. */
#define FLAGS "\"AttachStdin\":false,\"AttachStdout\":false,\"AttachStderr\":false,"
#define PLAIN "{" FLAGS "\"Tty\":false,\"Cmd\":[\"id\"],\"Privileged\":false}"

static const struct exec_create_rules strict, privileged = { .privileged_ok = true };

/* Judges twice: what was generated must be taken unchanged. */
static void
assert_created(const char *body, const struct exec_create_rules *rules, const char *want)
{
	struct text out, again, why;

	text_init(&out, 0);
	text_init(&again, 0);
	text_init(&why, 0);
	if (exec_create_judge(span_of(body), rules, &out, &why))
		fail_msg("%s: %s", body, why.p);
	assert_string_equal(out.p, want);
	assert_int_equal(exec_create_judge(text_span(&out), rules, &again, &why), 0);
	assert_string_equal(again.p, want);
	assert_int_equal(why.len, 0);
	text_free(&out);
	text_free(&again);
	text_free(&why);
}

static void
assert_refused(struct span body, int status, const char *want)
{
	struct text out, why;
	int got;

	text_init(&out, 0);
	text_init(&why, 0);
	got = exec_create_judge(body, &strict, &out, &why);
	if (got != status || strcmp(why.p ? why.p : "", want) != 0)
		fail_msg("%.*s: %d %s", SPAN_ARG(body), got, why.p ? why.p : "");
	assert_int_equal(out.len, 0);
	text_free(&out);
	text_free(&why);
}

#define REFUSED(body, status, want) assert_refused(SPAN(body), status, want)
/* A body that is right but for these members. */
#define WITH(members) "{\"Cmd\":[\"id\"]," members "}"

static void
a_body_is_generated_anew(void **state)
{
	(void)state;
	assert_created("{\"Cmd\":[\"id\"]}", &strict, PLAIN);
	assert_created(" {\n\"\\u0063md\" : [ \"\\u0069d\" ] }\n", &strict, PLAIN);
	assert_created(
		"{\"ConsoleSize\":[24,80],\"WorkingDir\":\"/srv/app\",\"User\":\"1000:www-data\",\"Privileged\":false,"
		"\"Cmd\":[\"sh\",\"-c\",\"echo \\\"$A\\\"\",\"\"],\"Env\":[\"A=\\u00e9=1\",\"B\",\"PATH=/bin\"],\"Tty\":true,"
		"\"DetachKeys\":\"ctrl-p,ctrl-q\",\"AttachStderr\":true,\"AttachStdout\":true,\"AttachStdin\":true}",
		&strict,
		"{\"AttachStdin\":true,\"AttachStdout\":true,\"AttachStderr\":true,\"DetachKeys\":\"ctrl-p,ctrl-q\","
		"\"Tty\":true,\"Env\":[\"A=\xc3\xa9=1\",\"B\",\"PATH=/bin\"],\"Cmd\":[\"sh\",\"-c\",\"echo \\\"$A\\\"\",\"\"],"
		"\"User\":\"1000:www-data\",\"WorkingDir\":\"/srv/app\",\"ConsoleSize\":[24,80],\"Privileged\":false}");
}

static void
keys_are_folded_as_go_does(void **state)
{
	(void)state;
	assert_created("{\"cmd\":[\"id\"],\"TTY\":true}", &strict,
		"{" FLAGS "\"Tty\":true,\"Cmd\":[\"id\"],\"Privileged\":false}");
	assert_created("{\"cmd\":[\"id\"],\"U\\u017fer\":\"x\",\"Wor\xe2\x84\xaaingDir\":\"/w\"}",
		&strict,
		"{" FLAGS
		"\"Tty\":false,\"Cmd\":[\"id\"],\"User\":\"x\",\"WorkingDir\":\"/w\",\"Privileged\":false}");
	REFUSED(WITH("\"privi\\u006ceged\":true"), 403, "Privileged: not allowed");
	REFUSED(WITH("\"Privileged\":false,\"privileged\":true"), 400,
		"the body is not valid JSON: line 1, column 47: the key \"privileged\" is given twice (case is ignored)");
	REFUSED(WITH("\"DetachKeys\":\"\",\"Detach\xe2\x84\xaa"
		     "ey\xc5\xbf\":\"\""),
		400,
		"the body is not valid JSON: line 1, column 44: "
		"the key \"Detach\xe2\x84\xaa"
		"ey\xc5\xbf\" is given twice (case is ignored)");
}

static void
null_and_empty_are_defaults(void **state)
{
	(void)state;
	assert_created(
		"{\"Cmd\":[\"id\"],\"AttachStdin\":null,\"Tty\":null,\"Env\":null,\"User\":null,\"Privileged\":null,"
		"\"WorkingDir\":null,\"DetachKeys\":null,\"ConsoleSize\":null}",
		&strict, PLAIN);
	assert_created(WITH("\"Env\":[],\"User\":\"\",\"WorkingDir\":\"\",\"DetachKeys\":\"\""),
		&strict, PLAIN);
}

static void
bodies_of_clients_pass(void **state)
{
	(void)state;
	/* Hyper CLI */
	assert_created(
		"{\"User\":\"\",\"Privileged\":false,\"Tty\":true,\"Container\":\"web\",\"AttachStdin\":true,"
		"\"AttachStderr\":true,\"AttachStdout\":true,\"Detach\":false,\"DetachKeys\":\"\",\"Cmd\":[\"sh\"]}\n",
		&strict,
		"{\"AttachStdin\":true,\"AttachStdout\":true,\"AttachStderr\":true,\"Tty\":true,\"Cmd\":[\"sh\"],\"Privileged\":false}");
	/* docker-py */
	assert_created(
		"{\"Container\": \"4f2a\", \"User\": \"\", \"Privileged\": false, \"Tty\": false, \"AttachStdin\": false, "
		"\"AttachStdout\": true, \"AttachStderr\": true, \"Cmd\": [\"id\"], \"Env\": null, \"detachKeys\": \"DEL\"}",
		&strict,
		"{\"AttachStdin\":false,\"AttachStdout\":true,\"AttachStderr\":true,\"DetachKeys\":\"DEL\",\"Tty\":false,"
		"\"Cmd\":[\"id\"],\"Privileged\":false}");
	/* dockerode */
	assert_created(
		WITH("\"hijack\":true,\"stdin\":true,\"stream\":true,\"Detach\":true,\"abortSignal\":{}"),
		&strict, PLAIN);
	/* docker CLI */
	assert_created(
		"{\"User\":\"\",\"Privileged\":false,\"Tty\":true,\"ConsoleSize\":[50,200],\"AttachStdin\":true,"
		"\"AttachStderr\":true,\"AttachStdout\":true,\"DetachKeys\":\"\",\"Env\":null,\"WorkingDir\":\"\",\"Cmd\":[\"sh\"]}\n",
		&strict,
		"{\"AttachStdin\":true,\"AttachStdout\":true,\"AttachStderr\":true,\"Tty\":true,\"Cmd\":[\"sh\"],"
		"\"ConsoleSize\":[50,200],\"Privileged\":false}");
}

static void
privileged_is_for_who_may(void **state)
{
	(void)state;
	REFUSED(WITH("\"Privileged\":true"), 403, "Privileged: not allowed");
	assert_created(WITH("\"Privileged\":true"), &privileged,
		"{" FLAGS "\"Tty\":false,\"Cmd\":[\"id\"],\"Privileged\":true}");
	REFUSED(WITH("\"Privileged\":\"true\""), 400, "Privileged: must be true or false");
	REFUSED(WITH("\"Privileged\":1"), 400, "Privileged: must be true or false");
}

static void
unknown_fields_pass_when_neutral(void **state)
{
	(void)state;
	assert_created(WITH("\"A\":null,\"B\":false,\"C\":0.0,\"D\":\"\",\"E\":[],\"F\":{}"),
		&strict, PLAIN);
	REFUSED(WITH("\"CapAdd\":[\"ALL\"]"), 400,
		"CapAdd: is no known field of an exec: leave it out");
	REFUSED(WITH("\"Privileged2\":true"), 400,
		"Privileged2: is no known field of an exec: leave it out");
	REFUSED(WITH("\"a\\nb\":1"), 400, "\"a\\nb\": is no known field of an exec: leave it out");
	REFUSED(WITH("\"\":1"), 400, "\"\": is no known field of an exec: leave it out");
	REFUSED(WITH("\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\":1"),
		400,
		"\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\": "
		"is no known field of an exec: leave it out");
}

static void
commands_are_arrays(void **state)
{
	(void)state;
	REFUSED("{}", 400, "Cmd: must name a command");
	REFUSED("{\"Cmd\":null}", 400, "Cmd: must name a command");
	REFUSED("{\"Cmd\":[]}", 400, "Cmd: must name a command");
	REFUSED("{\"Cmd\":[\"\",\"x\"]}", 400, "Cmd[0]: must name a command");
	REFUSED("{\"Cmd\":\"id\"}", 400, "Cmd: must be an array of strings");
	REFUSED("{\"Cmd\":{\"0\":\"id\"}}", 400, "Cmd: must be an array of strings");
	REFUSED("{\"Cmd\":[\"id\",1]}", 400, "Cmd[1]: must be a string");
	REFUSED("{\"Cmd\":[\"id\",null]}", 400, "Cmd[1]: must be a string");
	REFUSED("{\"Cmd\":[\"id\",\"a\\u0000b\"]}", 400, "Cmd[1]: may not hold a NUL");
}

static void
environments_are_checked(void **state)
{
	(void)state;
	REFUSED(WITH("\"Env\":[\"A=1\",\"B=2\",\"LD_PRELOAD=/x.so\"]"), 403,
		"Env[2]: LD_PRELOAD may not be set");
	REFUSED(WITH("\"Env\":[\"LD_LIBRARY_PATH\"]"), 403,
		"Env[0]: LD_LIBRARY_PATH may not be set");
	REFUSED(WITH("\"Env\":[\"\\u004cD_AUDIT=x\"]"), 403, "Env[0]: LD_AUDIT may not be set");
	REFUSED(WITH("\"Env\":[\"DOCKER_HOST=tcp://x\"]"), 403,
		"Env[0]: DOCKER_HOST may not be set");
	REFUSED(WITH("\"Env\":[\"\"]"), 400, "Env[0]: must be NAME=VALUE");
	REFUSED(WITH("\"Env\":[\"=x\"]"), 400, "Env[0]: must be NAME=VALUE");
	REFUSED(WITH("\"Env\":[\"A\\u0000LD_PRELOAD=x\"]"), 400, "Env[0]: may not hold a NUL");
	REFUSED(WITH("\"Env\":{\"A\":\"1\"}"), 400, "Env: must be an array of strings");
	REFUSED(WITH("\"Env\":[null]"), 400, "Env[0]: must be a string");
	assert_created(WITH("\"Env\":[\"LDFLAGS=-s\",\"DOCKERFILE=x\",\"X=LD_PRELOAD\"]"), &strict,
		"{" FLAGS
		"\"Tty\":false,\"Env\":[\"LDFLAGS=-s\",\"DOCKERFILE=x\",\"X=LD_PRELOAD\"],\"Cmd\":[\"id\"],\"Privileged\":false}");
}

static void
assert_working_dir(const char *path, const char *want)
{
	char body[200], created[200];

	snprintf(body, sizeof(body), WITH("\"WorkingDir\":\"%s\""), path);
	snprintf(created, sizeof(created),
		"{" FLAGS
		"\"Tty\":false,\"Cmd\":[\"id\"],\"WorkingDir\":\"%s\",\"Privileged\":false}",
		want);
	assert_created(body, &strict, created);
}

static void
assert_working_dir_refused(const char *path, int status)
{
	char body[200];

	snprintf(body, sizeof(body), WITH("\"WorkingDir\":\"%s\""), path);
	assert_refused(span_of(body), status,
		status == 403 ? "WorkingDir: may not be in /proc, /sys or /dev"
			      : "WorkingDir: must be an absolute path without //, . and ..");
}

static void
working_dirs_are_clean(void **state)
{
	(void)state;
	static const char *const unclean[] = { "srv", "./x", "/a//b", "//", "/a/./b", "/a/..",
		"/..", "/.", "/a//", "//proc" };
	static const char *const closed[] = { "/proc", "/proc/", "/proc/self/fd/7", "/sys/fs",
		"/dev", "/dev/fd/3" };

	assert_working_dir("/", "/");
	assert_working_dir("/tmp/", "/tmp");
	assert_working_dir("/a/...b/.c", "/a/...b/.c");
	assert_working_dir("/process/dev", "/process/dev");
	for (size_t i = 0; i < sizeof(unclean) / sizeof(unclean[0]); i++)
		assert_working_dir_refused(unclean[i], 400);
	for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++)
		assert_working_dir_refused(closed[i], 403);
	REFUSED(WITH("\"WorkingDir\":[]"), 400, "WorkingDir: must be a string");
	REFUSED(WITH("\"WorkingDir\":\"/a\\u0000\""), 400, "WorkingDir: may not hold a NUL");
}

static void
users_are_one_word(void **state)
{
	(void)state;
	REFUSED(WITH("\"User\":0"), 400, "User: must be a string");
	REFUSED(WITH("\"User\":\"a b\""), 400, "User: may not hold spaces or control characters");
	REFUSED(WITH("\"User\":\"a\\n\""), 400, "User: may not hold spaces or control characters");
	REFUSED(WITH("\"User\":\"a\\u0000\""), 400, "User: may not hold a NUL");
}

static void
assert_detach_keys(const char *keys, bool ok)
{
	char body[200], created[200];

	snprintf(body, sizeof(body), WITH("\"DetachKeys\":\"%s\""), keys);
	snprintf(created, sizeof(created),
		"{" FLAGS
		"\"DetachKeys\":\"%s\",\"Tty\":false,\"Cmd\":[\"id\"],\"Privileged\":false}",
		keys);
	if (ok)
		assert_created(body, &strict, created);
	else
		assert_refused(span_of(body), 400,
			"DetachKeys: must be keys like a or ctrl-p with commas between them");
}

static void
detach_keys_have_the_form_of_moby(void **state)
{
	(void)state;
	static const char *const good[] = { "a", "ctrl-a", "ctrl-@,ctrl-[,ctrl-],ctrl-^,ctrl-_",
		"ctrl-\\\\", "a,b,c", "DEL" };
	static const char *const bad[] = { "ctrl-A", "ctrl-", "ctrl-ab", "ab", ",", "a,", ",a",
		"a,,b", "Ctrl-a", "del", "\xc3\xa9", "\\n", "ctrl-1" };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_detach_keys(good[i], true);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_detach_keys(bad[i], false);
	REFUSED(WITH("\"DetachKeys\":false"), 400, "DetachKeys: must be a string");
}

static void
console_sizes_are_two_numbers(void **state)
{
	(void)state;
	static const char *const bad[] = { "[]", "[1]", "[1,2,3]", "[-1,2]", "[1.0,2]", "[1e1,2]",
		"[65536,1]", "[1,65536]", "[\"1\",2]", "[null,null]", "\"24x80\"", "{}", "24",
		"[18446744073709551617,1]" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char body[200];

		snprintf(body, sizeof(body), WITH("\"ConsoleSize\":%s"), bad[i]);
		assert_refused(span_of(body), 400,
			"ConsoleSize: must be [height, width], each 0 to 65535");
	}
	assert_created(WITH("\"ConsoleSize\":[0,65535]"), &strict,
		"{" FLAGS
		"\"Tty\":false,\"Cmd\":[\"id\"],\"ConsoleSize\":[0,65535],\"Privileged\":false}");
}

static void
what_is_no_object_is_refused(void **state)
{
	(void)state;
	REFUSED("", 400, "the body is not valid JSON: line 1, column 1: there is no value");
	REFUSED("null", 400, "the body must be a JSON object");
	REFUSED("[]", 400, "the body must be a JSON object");
	REFUSED("{\"Cmd\":[\"id\"]}{}", 400,
		"the body is not valid JSON: line 1, column 15: trailing garbage");
	REFUSED("{\"Cmd\":[\"id\"]}\0", 400,
		"the body is not valid JSON: line 1, column 15: trailing garbage");
	REFUSED("{\"Cmd\":[\"\\ud800\"]}", 400,
		"the body is not valid JSON: line 1, column 10: a \\u escape is half of a surrogate pair");
}

static void
assert_started(const char *body, bool with_size, const char *want)
{
	struct exec_start s;
	struct text out, why;

	text_init(&out, 0);
	text_init(&why, 0);
	if (exec_start_parse(span_of(body), &s, &why))
		fail_msg("%s: %s", body, why.p);
	exec_start_print(&s, with_size, &out);
	assert_string_equal(out.p, want);
	text_free(&out);
	text_free(&why);
}

static void
a_start_is_generated_anew(void **state)
{
	(void)state;
	assert_started("", true, "{\"Detach\":false,\"Tty\":false}");
	assert_started("{}", true, "{\"Detach\":false,\"Tty\":false}");
	assert_started("{\"Detach\":true,\"tty\":null}\n", true, "{\"Detach\":true,\"Tty\":false}");
	assert_started("{\"Tty\":true,\"ConsoleSize\":[24,80]}", true,
		"{\"Detach\":false,\"Tty\":true,\"ConsoleSize\":[24,80]}");
	assert_started("{\"Tty\":true,\"ConsoleSize\":[24,80]}", false,
		"{\"Detach\":false,\"Tty\":true}");
	assert_started("{\"Tty\":false,\"ConsoleSize\":[24,80]}", true,
		"{\"Detach\":false,\"Tty\":false}");
	/* The Hyper CLI sends its whole configuration, dockerode its options. */
	assert_started(
		"{\"User\":\"\",\"Privileged\":true,\"Tty\":true,\"Container\":\"web\",\"AttachStdin\":true,\"Cmd\":[\"sh\"]}\n",
		false, "{\"Detach\":false,\"Tty\":true}");
	assert_started("{\"hijack\":true,\"stdin\":true,\"Detach\":false}", true,
		"{\"Detach\":false,\"Tty\":false}");
}

static void
assert_start_refused(const char *body, const char *want)
{
	struct exec_start s;
	struct text why;

	text_init(&why, 0);
	assert_int_equal(exec_start_parse(span_of(body), &s, &why), -1);
	assert_string_equal(why.p, want);
	text_free(&why);
}

static void
a_start_is_checked(void **state)
{
	(void)state;
	assert_start_refused("{\"Tty\":\"yes\"}", "Tty: must be true or false");
	assert_start_refused("{\"deta\\u0063h\":0}", "Detach: must be true or false");
	assert_start_refused("{\"ConsoleSize\":[1]}",
		"ConsoleSize: must be [height, width], each 0 to 65535");
	assert_start_refused("{\"Detach\":false,\"detach\":true}",
		"the body is not valid JSON: line 1, column 26: the key \"detach\" is given twice (case is ignored)");
	assert_start_refused("[]", "the body must be a JSON object");
	assert_start_refused("\n",
		"the body is not valid JSON: line 2, column 1: there is no value");
	assert_start_refused("{} {}",
		"the body is not valid JSON: line 1, column 4: trailing garbage");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_body_is_generated_anew),
		cmocka_unit_test(keys_are_folded_as_go_does),
		cmocka_unit_test(null_and_empty_are_defaults),
		cmocka_unit_test(bodies_of_clients_pass),
		cmocka_unit_test(privileged_is_for_who_may),
		cmocka_unit_test(unknown_fields_pass_when_neutral),
		cmocka_unit_test(commands_are_arrays),
		cmocka_unit_test(environments_are_checked),
		cmocka_unit_test(working_dirs_are_clean),
		cmocka_unit_test(users_are_one_word),
		cmocka_unit_test(detach_keys_have_the_form_of_moby),
		cmocka_unit_test(console_sizes_are_two_numbers),
		cmocka_unit_test(what_is_no_object_is_refused),
		cmocka_unit_test(a_start_is_generated_anew),
		cmocka_unit_test(a_start_is_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
