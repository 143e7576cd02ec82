/*
 * Tests of state/store: reading, finding, and changes by many commands at one time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "state/store_impl.h"

#define HEX32 "0123456789abcdef0123456789abcdef"
#define BEARER(name, hex)                                                                          \
	"{\"kind\": \"bearer\", \"tenant\": \"acme\", \"name\": \"" name                           \
	"\", \"created\": \"2026-01-02T03:04:05Z\", \"sha256\": \"" hex "\"}"
#define HYPER(name, access)                                                                        \
	"{\"kind\": \"hyper\", \"tenant\": \"beta\", \"name\": \"" name                            \
	"\", \"created\": \"2026-01-02T03:04:05Z\", \"access_key\": \"" access                     \
	"\", \"secret\": \"s/\\u00e9=\"}"

static char folder[] = "/tmp/fairlead-store-XXXXXX";

static int
start(void **state)
{
	(void)state;
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int
stop(void **state)
{
	(void)state;
	unlink("c.json");
	unlink("link");
	return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static void
write_file(const char *bytes, mode_t mode)
{
	FILE *f;

	unlink("c.json");
	f = fopen("c.json", "w");
	assert_non_null(f);
	assert_true(fputs(bytes, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod("c.json", mode), 0);
}

static struct store *
read_good(const char *path)
{
	struct text errors;
	struct store *s;

	text_init(&errors, 0);
	s = store_read(path, &errors);
	if (!s)
		print_error("%s", errors.p);
	assert_non_null(s);
	assert_int_equal(errors.len, 0);
	text_free(&errors);
	return s;
}

static void
expect_error(const char *bytes, const char *expected)
{
	struct text errors;

	text_init(&errors, 0);
	assert_null(store_read_bytes("c.json", span_of(bytes), &errors));
	assert_string_equal(errors.p, expected);
	text_free(&errors);
}

static void
finds_what_is_there(void **state)
{
	unsigned char digest[SECRET_SHA256_LEN];
	const struct credential *c;
	struct store *s;

	(void)state;
	write_file("{\"credentials\": [" BEARER("ci", HEX32 HEX32) ", " HYPER("old.cli",
			   "AK1") ", " HYPER("cli", "AK") "]}",
		0600);
	s = read_good("c.json");
	assert_int_equal(store_count(s), 3);
	assert_string_equal(store_at(s, 0)->name, "ci");
	assert_null(store_at(s, 3));
	c = store_find_name(s, SPAN("cli"));
	assert_non_null(c);
	assert_string_equal(c->tenant, "beta");
	assert_string_equal(c->secret, "s/\xc3\xa9=");
	assert_int_equal(c->created, 1767323045);
	assert_ptr_equal(store_find_access_key(s, SPAN("AK")), c);
	assert_ptr_equal(store_find_access_key(s, SPAN("AK1")), store_at(s, 1));
	assert_null(store_find_access_key(s, SPAN("A")));
	assert_null(store_find_access_key(s, SPAN("AK2")));
	assert_null(store_find_access_key(s, SPAN("")));
	assert_null(store_find_name(s, SPAN("cl")));
	assert_null(store_find_name(s, SPAN("cli2")));
	assert_true(text_unhex(SPAN(HEX32 HEX32), digest, sizeof(digest)));
	assert_ptr_equal(store_find_digest(s, CREDENTIAL_BEARER, digest), store_at(s, 0));
	/* A key is no certificate. */
	assert_null(store_find_digest(s, CREDENTIAL_CERT, digest));
	digest[31] ^= 1;
	assert_null(store_find_digest(s, CREDENTIAL_BEARER, digest));
	store_free(s);
}

static void
an_empty_store_finds_nothing(void **state)
{
	unsigned char digest[SECRET_SHA256_LEN] = { 0 };
	struct store *s;

	(void)state;
	write_file("{\"credentials\": []}", 0400);
	s = read_good("c.json");
	assert_int_equal(store_count(s), 0);
	assert_null(store_find_name(s, SPAN("a")));
	assert_null(store_find_access_key(s, SPAN("a")));
	assert_null(store_find_digest(s, CREDENTIAL_CERT, digest));
	store_free(s);
}

static void
life_ends_by_time_or_by_word(void **state)
{
	struct credential c = { .created = 100 };

	(void)state;
	assert_true(credential_is_live(&c, 1000));
	c.expires = 1000;
	assert_true(credential_is_live(&c, 999));
	assert_false(credential_is_live(&c, 1000));
	c.expires = 0;
	c.revoked = 2000;
	assert_false(credential_is_live(&c, 1000));
}

static void
errors_say_where_and_what(void **state)
{
	(void)state;
	expect_error("", "c.json:1:1: the file is not JSON: there is no value; mend it there\n");
	expect_error("[]",
		"c.json:1:1: the file is not a credential store; write {\"credentials\": []}\n");
	expect_error("{\"credentials\": {}}",
		"c.json:1:1: the file is not a credential store; write {\"credentials\": []}\n");
	expect_error("{\"credentials\": [], \"more\": 1}",
		"c.json:1:1: the file is not a credential store; write {\"credentials\": []}\n");
	expect_error("{\"credentials\": [\n 7]}",
		"c.json:2:2: a credential is an object; write {\"kind\": ...}\n");
	expect_error("{\"credentials\": [{\"kind\": \"bearer\", \"sha256\": \"12\"}]}",
		"c.json:1:47: sha256: write 64 hex digits\n"
		"c.json:1:18: tenant is missing in this credential; add it\n"
		"c.json:1:18: name is missing in this credential; add it\n"
		"c.json:1:18: created is missing in this credential; add it\n");
	expect_error("{\"credentials\": [" HYPER("a:b", "A/K") "]}",
		"c.json:1:62: name: write 1 to 63 of a-z, A-Z, 0-9, '_', '.', '-', a letter or digit first\n"
		"c.json:1:118: access_key: write 1 to 128 of a-z, A-Z, 0-9, '_', '.', '-', a letter or digit first\n");
	expect_error("{\"credentials\": [" BEARER("a", HEX32 HEX32) ",\n" BEARER("b",
			     HEX32 HEX32) "]}",
		"c.json: credentials \"a\" and \"b\" have the same sha256; take one of them out\n");
	expect_error("{\"credentials\": [" BEARER("a", HEX32 HEX32) ", " HYPER("a", "AK") "]}",
		"c.json: credentials \"a\" and \"a\" have the same name; take one of them out\n");
	expect_error("{\"credentials\": [" HYPER("a", "AK") ", " HYPER("b", "AK") "]}",
		"c.json: credentials \"a\" and \"b\" have the same access_key; take one of them out\n");
	expect_error(
		"{\"credentials\": [{\"kind\": \"cert\", \"tenant\": \"t\", \"name\": \"n\", \"created\": "
		"\"2026-01-02\", \"sha256\": \"" HEX32 HEX32 "\", \"secret\": \"s\", \"until\": 1, "
		"\"expires\": \"soon\"}]}",
		"c.json:1:190: there is no such member of a credential; take it out\n"
		"c.json:1:204: expires: write a time such as \"2026-01-02T03:04:05Z\"\n"
		"c.json:1:18: secret has no meaning in a credential of kind cert; take it out\n");
	/* A name that a C string would cut short. */
	expect_error("{\"credentials\": [" BEARER("a\\u0000b", HEX32 HEX32) "]}",
		"c.json:1:63: name: write 1 to 63 of a-z, A-Z, 0-9, '_', '.', '-', a letter or digit first\n");
}

static void
a_file_that_others_read_is_refused(void **state)
{
	static const mode_t bad[] = { 0640, 0604, 0620, 0602, 0644, 0666 };
	struct text errors;
	char expected[160];

	(void)state;
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		write_file("{\"credentials\": []}", bad[i]);
		text_init(&errors, 0);
		assert_null(store_read("c.json", &errors));
		snprintf(expected, sizeof(expected),
			"c.json: others may read or write it (mode %04o); say chmod 600 c.json\n",
			bad[i]);
		assert_string_equal(errors.p, expected);
		text_free(&errors);
	}
	text_init(&errors, 0);
	assert_null(store_read("none.json", &errors));
	assert_null(store_read(".", &errors));
	assert_string_equal(errors.p,
		"none.json: the credentials cannot be read: No such file or directory; name a file that can be\n"
		".: is not a file; name the credential file\n");
	text_free(&errors);
}

/* Lives until the next call. */
static struct credential
credential_named(enum credential_kind kind, const char *name)
{
	static char tenant[] = "acme", names[64], access[64], secret[] = "s\"\\\n/\xc3\xa9";
	struct credential c = { .kind = kind,
		.tenant = tenant,
		.name = names,
		.created = 1767323045 };

	snprintf(names, sizeof(names), "%s", name);
	if (kind == CREDENTIAL_HYPER) {
		snprintf(access, sizeof(access), "AK.%s", name);
		c.access_key = access;
		c.secret = secret;
	} else {
		secret_sha256(span_of(name), c.digest);
	}
	return c;
}

static void
add_good(const char *path, struct credential c)
{
	struct text errors;

	text_init(&errors, 0);
	if (store_add(path, &c, &errors) != 0)
		print_error("%s", errors.p);
	assert_int_equal(errors.len, 0);
	text_free(&errors);
}

static void
expect_no_add(struct credential c, const char *expected)
{
	struct text errors;

	text_init(&errors, 0);
	assert_int_equal(store_add("c.json", &c, &errors), -1);
	assert_string_equal(errors.p ? strstr(errors.p, "c.json") : "", expected);
	text_free(&errors);
}

static void
what_is_added_is_read(void **state)
{
	struct credential cert = credential_named(CREDENTIAL_CERT, "laptop"), c;
	const struct credential *found;
	struct store *s;
	struct stat st;

	(void)state;
	write_file("{\"credentials\": []}", 0600);
	cert.expires = 1800000000;
	add_good("c.json", cert);
	add_good("c.json", credential_named(CREDENTIAL_HYPER, "cli"));
	s = read_good("c.json");
	assert_int_equal(store_count(s), 2);
	found = store_find_digest(s, CREDENTIAL_CERT, cert.digest);
	assert_non_null(found);
	assert_string_equal(found->name, "laptop");
	assert_int_equal(found->expires, 1800000000);
	found = store_find_access_key(s, SPAN("AK.cli"));
	assert_non_null(found);
	assert_string_equal(found->secret, "s\"\\\n/\xc3\xa9");
	store_free(s);
	assert_int_equal(stat("c.json", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(access("c.json.new", F_OK), -1);

	expect_no_add(credential_named(CREDENTIAL_HYPER, "cli"),
		"c.json: there is a credential named \"cli\" already; choose another name\n");
	c = credential_named(CREDENTIAL_CERT, "desk");
	memcpy(c.digest, cert.digest, sizeof(c.digest));
	expect_no_add(c, "c.json: it is there already, named \"laptop\"\n");
	expect_no_add(credential_named(CREDENTIAL_BEARER, "cert:x"),
		"c.json: a name is 1 to 63 of a-z, A-Z, 0-9, '_', '.', '@', '-', a letter or digit first\n");
}

static void
revoked_stays_in_the_file(void **state)
{
	struct text errors;
	struct store *s;
	int64_t first;

	(void)state;
	write_file("{\"credentials\": []}", 0600);
	add_good("c.json", credential_named(CREDENTIAL_BEARER, "ci"));
	add_good("c.json", credential_named(CREDENTIAL_BEARER, "cd"));
	text_init(&errors, 0);
	assert_int_equal(store_revoke("c.json", SPAN("ci"), &errors), 0);
	s = read_good("c.json");
	first = store_find_name(s, SPAN("ci"))->revoked;
	assert_true(first > 0 && first <= clock_unix());
	assert_int_equal(store_find_name(s, SPAN("cd"))->revoked, 0);
	store_free(s);
	assert_int_equal(store_revoke("c.json", SPAN("ci"), &errors), 0);
	assert_int_equal(errors.len, 0);
	expect_no_add(credential_named(CREDENTIAL_BEARER, "ci"),
		"c.json: there is a credential named \"ci\" already, revoked; choose another name\n");
	assert_int_equal(store_revoke("c.json", SPAN("nobody"), &errors), -1);
	assert_non_null(strstr(errors.p, "there is no credential named \"nobody\""));
	text_free(&errors);
}

/* The link stays one, and what it leads to is changed. */
static void
a_symbolic_link_is_followed(void **state)
{
	struct stat st;
	struct store *s;

	(void)state;
	write_file("{\"credentials\": []}", 0600);
	assert_int_equal(symlink("c.json", "link"), 0);
	add_good("link", credential_named(CREDENTIAL_BEARER, "ci"));
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	s = read_good("c.json");
	assert_int_equal(store_count(s), 1);
	store_free(s);
}

static void
a_broken_file_is_left_alone(void **state)
{
	char after[64] = "";
	FILE *f;
	struct credential c = credential_named(CREDENTIAL_BEARER, "ci");
	struct text errors;

	(void)state;
	write_file("{\"credentials\": [", 0600);
	text_init(&errors, 0);
	assert_int_equal(store_add("c.json", &c, &errors), -1);
	assert_true(errors.len > 0);
	text_free(&errors);
	f = fopen("c.json", "r");
	assert_non_null(f);
	assert_non_null(fgets(after, sizeof(after), f));
	fclose(f);
	assert_string_equal(after, "{\"credentials\": [");
}

#define WRITERS 6
#define EACH 15

static int
write_many(int who)
{
	struct text errors;
	char name[32];

	text_init(&errors, 0);
	for (int i = 0; i < EACH; i++) {
		struct credential c;

		snprintf(name, sizeof(name), "w%d.%d", who, i);
		c = credential_named(i % 2 ? CREDENTIAL_HYPER : CREDENTIAL_BEARER, name);
		if (store_add("c.json", &c, &errors) != 0)
			return 1;
		if (i % 5 == 0 && store_revoke("c.json", span_of(name), &errors) != 0)
			return 1;
	}
	return 0;
}

/* While commands change the file, a reader sees it whole, before or after a change. */
static void
changes_at_one_time_lose_nothing(void **state)
{
	unsigned before = 0, revoked = 0;
	struct store *s;
	int left = WRITERS, status;

	(void)state;
	write_file("{\"credentials\": []}", 0600);
	for (int i = 0; i < WRITERS; i++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			_exit(write_many(i));
	}
	while (left > 0) {
		if (waitpid(-1, &status, WNOHANG) > 0) {
			assert_int_equal(status, 0);
			left--;
		}
		s = read_good("c.json");
		assert_true(store_count(s) >= before);
		before = store_count(s);
		store_free(s);
	}
	s = read_good("c.json");
	assert_int_equal(store_count(s), WRITERS * EACH);
	for (unsigned i = 0; i < store_count(s); i++)
		revoked += store_at(s, i)->revoked != 0;
	assert_int_equal(revoked, WRITERS * EACH / 5);
	store_free(s);
}

/* A new secret under an old name is another credential: sessions of the old one must not pass for its. */
static void
a_signing_key_has_a_digest_of_both_its_parts(void **state)
{
	static const char *const files[] = {
		"{\"credentials\": [" HYPER("a", "AK1") "]}",
		"{\"credentials\": [" HYPER("a", "AK2") "]}",
	};
	static const unsigned char none[SECRET_SHA256_LEN];
	unsigned char digest[2][SECRET_SHA256_LEN];
	struct text errors;

	(void)state;
	text_init(&errors, 0);
	for (unsigned i = 0; i < 2; i++) {
		struct store *s = store_read_bytes("c.json", span_of(files[i]), &errors);

		assert_non_null(s);
		memcpy(digest[i], store_at(s, 0)->digest, sizeof(digest[i]));
		store_free(s);
	}
	assert_memory_not_equal(digest[0], none, sizeof(none));
	assert_memory_not_equal(digest[0], digest[1], sizeof(none));
	text_free(&errors);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signing_key_has_a_digest_of_both_its_parts),
		cmocka_unit_test(finds_what_is_there),
		cmocka_unit_test(an_empty_store_finds_nothing),
		cmocka_unit_test(life_ends_by_time_or_by_word),
		cmocka_unit_test(errors_say_where_and_what),
		cmocka_unit_test(a_file_that_others_read_is_refused),
		cmocka_unit_test(what_is_added_is_read),
		cmocka_unit_test(revoked_stays_in_the_file),
		cmocka_unit_test(a_symbolic_link_is_followed),
		cmocka_unit_test(a_broken_file_is_left_alone),
		cmocka_unit_test(changes_at_one_time_lose_nothing),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
