/*
 * Unit tests of state/config: what it looks for in the system: files, folders, accounts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "state/config.h"

#define GOOD                                                                                       \
	"{\"credentials\": \"c.json\", \"tenants\": {\"acme\": {}},\n"                             \
	"\"tls\": {\"certificates\": [{\"cert\": \"sub/s.pem\", \"key\": \"s.key\"}]"

static char folder[] = "/tmp/fairlead-config-XXXXXX";

static void
write_file(const char *name, const char *bytes)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	assert_true(fputs(bytes, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int
make_folder(void **state)
{
	char real[sizeof(folder) + 16];

	(void)state;
	if (!mkdtemp(folder) || chdir(folder) != 0 || !getcwd(real, sizeof(real)))
		return -1;
	if (mkdir("sub", 0700) != 0 || mkfifo("pipe", 0600) != 0)
		return -1;
	write_file("c.json", "");
	write_file("sub/s.pem", "");
	write_file("s.key", "");
	return 0;
}

static int
remove_folder(void **state)
{
	static const char *const names[] = { "c.json", "sub/s.pem", "s.key", "pipe", "f.json" };

	(void)state;
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(names[i]);
	return rmdir("sub") == 0 && chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static struct config *
read_file(const char *bytes, const char *path, struct text *errors)
{
	write_file("f.json", bytes);
	text_init(errors, 0);
	return config_read(path, errors);
}

static void
expect_refusal(const char *bytes, const char *expected)
{
	struct text errors;

	assert_null(read_file(bytes, "f.json", &errors));
	assert_string_equal(errors.p, expected);
	text_free(&errors);
}

static void
makes_names_absolute(void **state)
{
	static const char *const ways[] = { "f.json", "./f.json", "sub/../f.json" };
	char expected[64];

	(void)state;
	snprintf(expected, sizeof(expected), "%s/sub/s.pem", folder);
	for (unsigned i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct text errors;
		struct config *c = read_file(GOOD "}}", ways[i], &errors);

		if (!c)
			fail_msg("refused: %s", errors.p);
		assert_string_equal(c->certificates[0].cert, expected);
		config_free(c);
		text_free(&errors);
	}
}

static void
reports_files_that_cannot_be_read(void **state)
{
	char expected[512];

	(void)state;
	snprintf(expected, sizeof(expected),
		"f.json:1:17: credentials: cannot read \"%s/none\": No such file or directory; name a file that can be read\n"
		"f.json:3:11: tls.certificates[0].cert: cannot read \"%s/sub\": it is not a plain file; name a file that can be read\n"
		"f.json:3:25: tls.certificates[0].key: cannot read \"%s/pipe\": it is not a plain file; name a file that can be read\n",
		folder, folder, folder);
	expect_refusal("{\"credentials\": \"none\", \"tenants\": {},\n"
		       "\"tls\": {\"certificates\": [{\n"
		       "  \"cert\": \"sub\", \"key\": \"pipe\"}]}}",
		expected);
	snprintf(expected, sizeof(expected),
		"f.json:2:79: tls.client_ca: cannot read \"/nowhere/ca.pem\": No such file or directory; name a file that can be read\n");
	expect_refusal(GOOD ", \"client_ca\": \"/nowhere/ca.pem\", \"client_cert\": \"optional\"}}",
		expected);
}

static void
reports_accounts_that_do_not_exist(void **state)
{
	(void)state;
	expect_refusal(GOOD "},\n\"user\": \"no-such-user\", \"group\": \"no-such-group\"}",
		"f.json:3:9: user: \"no-such-user\" is no user of this system; make it, or name another\n"
		"f.json:3:34: group: \"no-such-group\" is no group of this system; make it, or name another\n");
}

static void
takes_accounts_that_exist(void **state)
{
	struct text errors;
	struct config *c =
		read_file(GOOD "},\n\"user\": \"root\", \"group\": \"root\"}", "f.json", &errors);

	(void)state;
	assert_non_null(c);
	assert_string_equal(c->user, "root");
	assert_string_equal(c->group, "root");
	config_free(c);
	text_free(&errors);
}

static void
reports_a_configuration_that_cannot_be_read(void **state)
{
	struct text errors;

	(void)state;
	text_init(&errors, 0);
	assert_null(config_read("none.json", &errors));
	assert_string_equal(errors.p,
		"none.json: cannot read the configuration: No such file or directory; name a file that can be read\n");
	text_clear(&errors);
	assert_null(config_read("sub", &errors));
	assert_string_equal(errors.p,
		"sub: cannot read the configuration: Is a directory; name a file that can be read\n");
	text_free(&errors);
}

static void
bounds_the_file(void **state)
{
	size_t size = ((size_t)32 << 20) + 1;
	char *big = malloc(size + 1);
	struct text errors;

	(void)state;
	assert_non_null(big);
	memset(big, ' ', size);
	big[size] = '\0';
	assert_null(read_file(big, "f.json", &errors));
	assert_string_equal(errors.p,
		"f.json: cannot read the configuration: it is larger than 32 MiB; name a file that can be read\n");
	text_free(&errors);
	free(big);
}

static void
reads_what_it_printed(void **state)
{
	struct text errors, first, second;
	struct config *a = read_file(GOOD "}, \"admin_socket\": \"a\"}", "f.json", &errors), *b;

	(void)state;
	assert_non_null(a);
	text_free(&errors);
	text_init(&first, 0);
	text_init(&second, 0);
	config_print(a, &first);
	b = read_file(first.p, "f.json", &errors);
	assert_non_null(b);
	config_print(b, &second);
	assert_string_equal(first.p, second.p);
	config_free(a);
	config_free(b);
	text_free(&errors);
	text_free(&first);
	text_free(&second);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_names_absolute),
		cmocka_unit_test(reports_files_that_cannot_be_read),
		cmocka_unit_test(reports_accounts_that_do_not_exist),
		cmocka_unit_test(takes_accounts_that_exist),
		cmocka_unit_test(reports_a_configuration_that_cannot_be_read),
		cmocka_unit_test(bounds_the_file),
		cmocka_unit_test(reads_what_it_printed),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
