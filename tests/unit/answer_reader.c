/*
 * Tests of format/answer_reader, on answers that engines gave (tests/unit/data/answer).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/answer_reader.h"

#define OWNER "com.example.owner"
#define ID_A "e28e510215925165bc93dc72a84233ed9beec485f850f0863a3f165231e7fcdb"
#define ID_B "45eb4f6ae200687c19248d7024cc6dad37c9394bb4092b8e4ca3be0df49e0fc7"

static size_t
load_bytes(const char *name, char *bytes, size_t size)
{
	char path[128];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "tests/unit/data/answer/%s.json", name);
	f = fopen(path, "rb");
	if (!f)
		fail_msg("%s: cannot be opened; tests run from the top folder", path);
	n = fread(bytes, 1, size, f);
	fclose(f);
	assert_true(n < size);
	return n;
}

static const char *const bad_containers[] = {
	"{}",
	"{\"Id\":\"" ID_A "\"}",
	"{\"Id\":\"" ID_A "0\",\"Config\":{}}",
	"{\"Id\":\"web\",\"Config\":{}}",
	"{\"id\":\"" ID_A "\",\"Config\":{}}",
	"{\"Id\":7,\"Config\":{}}",
	"{\"Id\":\"" ID_A "\",\"Config\":{\"Labels\":{\"" OWNER "\":7}}}",
};

/* Fed in pieces, each in memory of exactly its size; the reader is left to be ended. */
static void
feed(struct answer_reader *r, struct span in, size_t piece)
{
	assert_non_null(r);
	while (in.len) {
		size_t n = piece < in.len ? piece : in.len;
		char *copy = malloc(n);

		assert_non_null(copy);
		memcpy(copy, in.p, n);
		(void)answer_reader_feed(r, (struct span){ copy, n });
		free(copy);
		in.p += n;
		in.len -= n;
	}
}

static int
read_container(struct span in, const char *want_owner)
{
	int result = 0;

	for (size_t piece = 1; piece <= in.len + 1; piece += piece < 80 ? 1 : 577) {
		struct answer_reader *r = answer_reader_container(OWNER, in.len);
		struct answer_container c;

		feed(r, in, piece);
		result = answer_reader_end_container(r, &c);
		if (result == 0) {
			assert_true(span_eq(c.id, SPAN(ID_A)));
			assert_int_equal(c.owner.p != NULL, want_owner != NULL);
			assert_true(span_eq(c.owner, span_of(want_owner)));
		}
		answer_reader_free(r);
	}
	return result;
}

static int
read_exec(struct span in, struct answer_exec *out)
{
	int result = 0;

	for (size_t piece = 1; piece <= in.len + 1; piece++) {
		struct answer_reader *r = answer_reader_exec(in.len);

		feed(r, in, piece);
		result = answer_reader_end_exec(r, out);
		if (result == 0) {
			assert_true(span_eq(out->id, SPAN(ID_B)));
			assert_true(span_eq(out->container, SPAN(ID_A)));
		}
		answer_reader_free(r);
	}
	return result;
}

static void
containers_are_read_in_pieces(void **state)
{
	(void)state;
	static const char long_owner[] =
		"{\"Id\":\"" ID_A "\",\"Config\":{\"Labels\":{\"" OWNER "\":\"" ID_A "0\"}}}";
	char bytes[32768];
	size_t n = load_bytes("inspect", bytes, sizeof(bytes));

	assert_int_equal(read_container((struct span){ bytes, n }, "alice"), 0);
	assert_int_equal(read_container((struct span){ bytes, n - 3 }, NULL), -1);
	assert_int_equal(read_container(SPAN("{\"Id\":\"" ID_A "\",\"Config\":{\"Labels\":null}}"),
				 NULL),
		0);
	assert_int_equal(read_container(SPAN("{\"Id\":\"" ID_A "\",\"Config\":{\"Labels\":{\"" OWNER
					     "\":\"\"}}}"),
				 ""),
		0);
	/* Of no tenant, so that it is answered as one that is not there. */
	assert_int_equal(read_container(span_of(long_owner), NULL), 0);
	for (size_t i = 0; i < sizeof(bad_containers) / sizeof(bad_containers[0]); i++)
		assert_int_equal(read_container(span_of(bad_containers[i]), NULL), -1);
}

static void
execs_are_read_in_pieces(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"{\"ID\":\"" ID_B "\",\"ContainerID\":\"" ID_A
		"\",\"ProcessConfig\":{\"tty\":true}}",
		"{\"ID\":\"" ID_B "\",\"ContainerID\":\"" ID_A
		"\",\"ProcessConfig\":{\"privileged\":true}}",
		"{\"ID\":\"" ID_B "\",\"ContainerID\":\"" ID_A "\"}",
		"{\"ID\":\"" ID_B
		"\",\"ContainerID\":\"\",\"ProcessConfig\":{\"tty\":true,\"privileged\":true}}",
		"{\"ContainerID\":\"" ID_A
		"\",\"ProcessConfig\":{\"tty\":true,\"privileged\":true}}",
		"{\"ID\":\"" ID_B "\",\"ContainerID\":\"" ID_A
		"\",\"ProcessConfig\":{\"tty\":0,\"privileged\":false}}",
		"{\"ID\":\"" ID_B "0\",\"ContainerID\":\"" ID_A
		"\",\"ProcessConfig\":{\"tty\":true,\"privileged\":true}}",
	};
	struct answer_exec e;
	char bytes[4096];
	size_t n = load_bytes("exec", bytes, sizeof(bytes));

	assert_int_equal(read_exec((struct span){ bytes, n }, &e), 0);
	assert_true(e.tty);
	assert_false(e.privileged);
	assert_int_equal(
		read_exec(SPAN("{\"ID\":\"" ID_B "\",\"ContainerID\":\"" ID_A
			       "\",\"ProcessConfig\":{\"tty\":false,\"privileged\":true}}"),
			&e),
		0);
	assert_false(e.tty);
	assert_true(e.privileged);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(read_exec(span_of(bad[i]), &e), -1);
}

static void
answers_are_bounded(void **state)
{
	(void)state;
	struct span in = SPAN("{\"Id\":\"" ID_A "\",\"Config\":{}}");
	struct answer_reader *r = answer_reader_container(OWNER, in.len - 1);
	struct answer_container c;

	feed(r, in, in.len);
	assert_int_equal(answer_reader_end_container(r, &c), -1);
	answer_reader_free(r);
	answer_reader_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(containers_are_read_in_pieces),
		cmocka_unit_test(execs_are_read_in_pieces),
		cmocka_unit_test(answers_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
