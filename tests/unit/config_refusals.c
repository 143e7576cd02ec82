/*
 * Unit tests of state/config: what is refused, where, and with which words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "config_text.h"

static void
reports_all_errors_with_their_place(void **state)
{
	(void)state;
	expect_errors("{\n"
		      "  \"workers\": 65,\n"
		      "\t\"timeouts\": {\"drian\": 3, \"head\": \"x\"},\n"
		      "  \"tenants\": {}\n"
		      "}",
		"/etc/fairlead/f.json:2:14: workers: 65 is too large; write a whole number, 1 to 64, or 0\n"
		"/etc/fairlead/f.json:3:24: \"timeouts.drian\": there is no such option; did you mean \"timeouts.drain\"?\n"
		"/etc/fairlead/f.json:3:35: timeouts.head: is a string; write seconds, 0.01 to 86400\n"
		"/etc/fairlead/f.json:1:1: credentials: is missing and has no default; write the name of a file that can be read\n"
		"/etc/fairlead/f.json:1:1: tls.certificates: is missing and has no default; write an array of 1 to 16 objects "
		"{\"cert\": FILE, \"key\": FILE}\n");
}

static void
reports_errors_between_options_with_the_others(void **state)
{
	(void)state;
	expect_errors("{\"workers\": 65, \"group\": \"g\",\n" LEAST LEAST_TLS(
			      ", \"client_cert\": \"required\"") "}",
		"/etc/fairlead/f.json:1:13: workers: 65 is too large; write a whole number, 1 to 64, or 0\n"
		"/etc/fairlead/f.json:2:137: tls.client_cert: needs authorities to check certificates against; "
		"set tls.client_ca, or write \"off\"\n"
		"/etc/fairlead/f.json:1:26: group: needs a user too; set user, or leave it out\n");
}

/* No second error follows from an option whose value was refused. */
static void
reports_nothing_that_follows_from_another_error(void **state)
{
	(void)state;
	expect_refusal("{" LEAST LEAST_TLS(", \"client_ca\": \"ca\", \"client_cert\": \"of\"") "}",
		"tls.client_cert: \"of\" is none");
	expect_refusal("{" LEAST LEAST_TLS(", \"client_ca\": 1, \"client_cert\": \"optional\"") "}",
		"tls.client_ca: is not the name");
	expect_refusal(FILE_OF(", \"limits\": {\"head\": 1}"), "limits.head: 1 is too small");
	expect_refusal(FILE_OF(", \"user\": 1, \"group\": \"g\""), "user: is a number");
	expect_refusal(FILE_OF(", \"engine\": \"tcp:x\""), "engine: \"tcp:x\" has no port");
	expect_refusal(
		FILE_OF(", \"listen\": [\"1.2.3.4:2375\", \"x\"], \"engine\": \"tcp:1.2.3.4:2375\""),
		"listen: \"x\"");
	expect_refusal(FILE_OF(", \"owner_label\": null"), "owner_label: cannot be null");
}

static void
refuses_what_is_not_json(void **state)
{
	(void)state;
	expect_refusal("", "the file is not JSON");
	expect_refusal("{\n\n  \"workers\": }", "f.json:3:");
	expect_refusal("{} x", "the file is not JSON");
	expect_refusal("{\"workers\": 1, \"workers\": 2}", "the file is not JSON");
	expect_refusal("{\"workers\": 1, \"Workers\": 2}", "the file is not JSON");
	expect_refusal("[]", "f.json:1:1: the file is an array; write an object");
	expect_refusal("null", "f.json:1:1: the file is null; write an object");
}

static void
suggests_for_unknown_options(void **state)
{
	(void)state;
	expect_refusal(FILE_OF(", \"timeout\": {\"drain\": 3}"), "did you mean \"timeouts\"?");
	expect_refusal(FILE_OF(", \"Workers\": 3"), "did you mean \"workers\"?");
	expect_refusal(FILE_OF(", \"drain\": 3"), "did you mean \"timeouts.drain\"?");
	expect_refusal(FILE_OF(", \"limits\": {\"region\": 3}"), "did you mean \"hyper.region\"?");
	expect_refusal(FILE_OF(", \"log\": {\"lvel\": 3}"), "did you mean \"log.level\"?");
	expect_refusal(FILE_OF(", \"timeouts.drain\": 3"),
		"\"timeouts.drain\": there is no such option");
	expect_refusal(FILE_OF(", \"quite_another\": 3"),
		"there is no such option; \"fairlead --help\" lists all");
	expect_refusal(FILE_OF(", \"\": 3"), "\"\": there is no such option");
	expect_refusal(FILE_OF(", \"a\\u001bb\": 3"), "\"a\\u001bb\": there is no such option");
	expect_refusal(FILE_OF(", \"log\": []"), "log: is an array; write an object");
	expect_refusal(FILE_OF(", \"log\": null"), "log: is null; write an object");
}

static void
holds_numbers_to_their_limits(void **state)
{
	(void)state;
	expect_refusal(FILE_OF(", \"workers\": -1"), "workers: is not a whole number");
	expect_refusal(FILE_OF(", \"workers\": 1.5"), "workers: is not a whole number");
	expect_refusal(FILE_OF(", \"workers\": 1e1"), "workers: is not a whole number");
	expect_refusal(FILE_OF(", \"workers\": 4294967297"), "workers: 4294967297 is too large");
	expect_refusal(FILE_OF(", \"workers\": 18446744073709551617"),
		"workers: is not a whole number, or too long");
	expect_refusal(FILE_OF(", \"workers\": \"2\""),
		"workers: is a string; write a whole number");
	expect_refusal(FILE_OF(", \"workers\": null"), "workers: cannot be null");
	expect_refusal(FILE_OF(", \"limits\": {\"fields\": 65}"), "limits.fields: 65 is too large");
	expect_refusal(FILE_OF(", \"limits\": {\"fields\": 7}"), "limits.fields: 7 is too small");
	expect_refusal(FILE_OF(", \"limits\": {\"connections\": 0}"),
		"limits.connections: 0 is too small");
	expect_refusal(FILE_OF(", \"sandbox\": 1"), "sandbox: is a number; write true or false");
}

static void
holds_sizes_to_their_limits(void **state)
{
	(void)state;
	expect_refusal(FILE_OF(", \"limits\": {\"body\": 1023}"),
		"limits.body: 1023 is too small; write bytes, \"1KiB\" to \"64MiB\"");
	expect_refusal(FILE_OF(", \"limits\": {\"body\": \"65MiB\"}"),
		"limits.body: \"65MiB\" is too large");
	expect_refusal(FILE_OF(", \"limits\": {\"body\": \"1GiB\"}"), "is too large");
	expect_refusal(FILE_OF(", \"limits\": {\"body\": \"99999999999999999GiB\"}"), "is no size");
	expect_refusal(FILE_OF(", \"limits\": {\"body\": \"KiB\"}"), "is no size");
	expect_refusal(FILE_OF(", \"limits\": {\"body\": \"1 KiB\"}"), "is no size");
	expect_refusal(FILE_OF(", \"limits\": {\"body\": \"1kB\"}"), "is no size");
	expect_refusal(FILE_OF(", \"limits\": {\"body\": \"-1KiB\"}"), "is no size");
	expect_refusal(FILE_OF(", \"limits\": {\"body\": true}"), "limits.body: is true or false");
	expect_refusal(FILE_OF(", \"limits\": {\"line\": \"32KiB\"}"),
		"limits.line: is not less than limits.head");
}

static void
holds_times_to_their_limits(void **state)
{
	(void)state;
	expect_refusal(FILE_OF(", \"timeouts\": {\"head\": 0}"),
		"timeouts.head: 0 is too small; write seconds, 0.01 to 86400");
	expect_refusal(FILE_OF(", \"timeouts\": {\"head\": 0.009}"),
		"timeouts.head: 0.009 is too small");
	expect_refusal(FILE_OF(", \"timeouts\": {\"head\": 86400.001}"), "is too large");
	expect_refusal(FILE_OF(", \"timeouts\": {\"head\": 0.0001}"),
		"is no plain number of seconds");
	expect_refusal(FILE_OF(", \"timeouts\": {\"head\": 1e1}"), "is no plain number of seconds");
	expect_refusal(FILE_OF(", \"timeouts\": {\"head\": -1}"), "is no plain number of seconds");
	expect_refusal(FILE_OF(", \"timeouts\": {\"head\": 9999999999999999999}"),
		"is no plain number of seconds");
	expect_refusal(FILE_OF(", \"timeouts\": {\"drain\": 0.001}"),
		"timeouts.drain: 0.001 is too small; write seconds, 0.01 to 2592000, or 0");
	expect_refusal(FILE_OF(", \"tcp_keepalive\": {\"idle\": 1.5}"),
		"is no whole number of seconds");
	expect_refusal(FILE_OF(", \"tcp_keepalive\": {\"idle\": 32768}"), "is too large");
}

static void
holds_texts_to_their_limits(void **state)
{
	(void)state;
	expect_refusal(FILE_OF(", \"owner_label\": \"\""),
		"owner_label: is no such text; write a text of 1 to 128");
	expect_refusal(FILE_OF(", \"owner_label\": \"a b\""), "owner_label: is no such text");
	expect_refusal(FILE_OF(", \"owner_label\": \"a\\u0000b\""), "owner_label: is no such text");
	expect_refusal(FILE_OF(", \"owner_label\": \"caf\\u00e9\""),
		"owner_label: is no such text");
	expect_refusal(FILE_OF(", \"owner_label\": \"a=b\""), "owner_label: holds a '='");
	expect_refusal(FILE_OF(", \"owner_label\": 3"), "owner_label: is a number");
	expect_refusal(FILE_OF(", \"log\": {\"level\": \"trace\"}"),
		"log.level: \"trace\" is none of its values; write \"debug\", \"info\", \"warn\" or \"error\"");
	expect_refusal(FILE_OF(", \"log\": {\"level\": 3}"),
		"log.level: is a number; write \"debug\"");
	expect_refusal(FILE_OF(", \"group\": \"x\""), "group: needs a user too");
}

static void
takes_literal_addresses_only(void **state)
{
	(void)state;
	expect_refusal(FILE_OF(", \"listen\": []"),
		"listen: is empty; write an array of 1 to 16 addresses");
	expect_refusal(FILE_OF(", \"listen\": \"0.0.0.0:1\""),
		"listen: is a string; write an array");
	expect_refusal(FILE_OF(", \"listen\": [1]"), "listen: is a number");
	expect_refusal(FILE_OF(", \"listen\": [\"localhost:1\"]"),
		"listen: \"localhost:1\" has no literal IP address (names are not looked up)");
	expect_refusal(FILE_OF(", \"listen\": [\"1.2.3:1\"]"), "has no literal IP address");
	expect_refusal(FILE_OF(", \"listen\": [\"01.2.3.4:1\"]"), "has no literal IP address");
	expect_refusal(FILE_OF(", \"listen\": [\":1\"]"), "has no literal IP address");
	expect_refusal(FILE_OF(", \"listen\": [\"1.2.3.4\"]"), "has no port");
	expect_refusal(FILE_OF(", \"listen\": [\"1.2.3.4:\"]"), "has no port from 1 to 65535");
	expect_refusal(FILE_OF(", \"listen\": [\"1.2.3.4:0\"]"), "has no port from 1 to 65535");
	expect_refusal(FILE_OF(", \"listen\": [\"1.2.3.4:65536\"]"), "has no port from 1 to 65535");
	expect_refusal(FILE_OF(", \"listen\": [\"1.2.3.4:+1\"]"), "has no port from 1 to 65535");
	expect_refusal(FILE_OF(", \"listen\": [\"::1:1\"]"), "IPv6 goes in brackets");
	expect_refusal(FILE_OF(", \"listen\": [\"[::1]\"]"), "has no \"]:PORT\"");
	expect_refusal(FILE_OF(", \"listen\": [\"[::1:1\"]"), "has no \"]:PORT\"");
	expect_refusal(FILE_OF(", \"listen\": [\"[1.2.3.4]:1\"]"), "do not hold an IPv6 address");
	expect_refusal(FILE_OF(", \"listen\": [\"[fe80::1%eth0]:1\"]"),
		"do not hold an IPv6 address");
	expect_refusal(FILE_OF(", \"listen\": [\"unix:/x\"]"),
		"listen: \"unix:/x\" has no literal IP address");
	expect_refusal(FILE_OF(", \"listen\": [\"1.2.3.4:\\u0000\"]"), "holds a NUL");
	expect_refusal(FILE_OF(", \"listen\": [\"[::1]:5\", \"[0::1]:5\"]"),
		"\"[0::1]:5\" is there twice");
}

static void
takes_engines_by_socket_or_address(void **state)
{
	char in[512], path[128];

	(void)state;
	expect_refusal(FILE_OF(", \"engine\": \"/var/run/docker.sock\""),
		"engine: \"/var/run/docker.sock\" begins with neither");
	expect_refusal(FILE_OF(", \"engine\": \"unix:docker.sock\""), "has no absolute path");
	expect_refusal(FILE_OF(", \"engine\": \"unix:\""), "has no absolute path");
	expect_refusal(FILE_OF(", \"engine\": \"tcp:engine:2375\""), "names are not looked up");
	expect_refusal(FILE_OF(", \"engine\": 1"),
		"engine: is a number; write \"unix:/PATH\" or \"tcp:IP:PORT\"");
	expect_refusal(FILE_OF(", \"listen\": [\"127.0.0.1:5\"], \"engine\": \"tcp:127.0.0.1:5\""),
		"the gateway would call itself");
	expect_refusal(FILE_OF(", \"admin_socket\": \"/e\", \"engine\": \"unix:/e\""),
		"admin_socket: is the engine's socket");
	config_free(read_good(FILE_OF(", \"engine\": \"tcp:[::1]:2375\"")));
	config_free(read_good(FILE_OF(", \"engine\": \"tcp://127.0.0.1:2375\"")));
	for (size_t len = 107; len <= 108; len++) {
		memset(path, 'a', len);
		path[0] = '/';
		path[len] = '\0';
		snprintf(in, sizeof(in), FILE_OF(", \"engine\": \"unix:%s\""), path);
		if (len == 107)
			config_free(read_good(in));
		else
			expect_refusal(in, "more than 107 bytes");
		snprintf(in, sizeof(in), FILE_OF(", \"admin_socket\": \"%s\""), path);
		if (len == 107)
			config_free(read_good(in));
		else
			expect_refusal(in,
				"admin_socket: is 108 bytes long as an absolute name; 107 is the most");
	}
}

static void
refuses_wrong_tenants(void **state)
{
#define TENANTS(t) "{\"credentials\": \"c\", " LEAST_TLS("") ", \"tenants\": " t "}"
	(void)state;
	expect_refusal(TENANTS("[]"), "tenants: is an array; write an object");
	expect_refusal(TENANTS("{\"Acme\": {}}"), "tenants.\"Acme\": is no name of a tenant");
	expect_refusal(TENANTS("{\"\": {}}"), "tenants.\"\": is no name");
	expect_refusal(TENANTS("{\"-a\": {}}"), "is no name");
	expect_refusal(TENANTS("{\"a/b\": {}}"), "is no name");
	expect_refusal(TENANTS("{\"a\\nb\": {}}"), "tenants.\"a\\nb\": is no name");
	expect_refusal(TENANTS("{\"a\": null}"), "tenants.a: is not an object; write {}");
	expect_refusal(TENANTS("{\"a--b\": {}}"), "no '-' last and no \"--\"");
	expect_refusal(TENANTS("{\"a-\": {}}"), "tenants.\"a-\": is no name");
	expect_refusal(
		TENANTS("{\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\": {}}"),
		"is no name");
	config_free(read_good(TENANTS(
		"{\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\": {}}")));
#undef TENANTS
}

static void
refuses_wrong_certificates(void **state)
{
#define TLS(members) "{" LEAST "\"tls\": {" members "}}"
	(void)state;
	expect_refusal(TLS("\"certificates\": []"), "tls.certificates: is empty");
	expect_refusal(TLS("\"certificates\": {}"),
		"tls.certificates: is an object; write an array");
	expect_refusal(TLS("\"certificates\": [1]"), "tls.certificates: is a number");
	expect_refusal(TLS("\"certificates\": [{\"key\": \"k\"}]"),
		"tls.certificates[0].cert: is missing");
	expect_refusal(
		TLS("\"certificates\": [{\"cert\": \"c\", \"key\": \"k\"}, {\"cert\": \"c\"}]"),
		"tls.certificates[1].key: is missing");
	expect_refusal(TLS("\"certificates\": [{\"cert\": \"c\", \"key\": \"\"}]"),
		"tls.certificates[0].key: is not the name of a file");
	expect_refusal(TLS("\"certificates\": [{\"cert\": \"c\", \"key\": \"a\\u0000\"}]"),
		"is not the name of a file");
	expect_refusal(
		TLS("\"certificates\": [{\"cert\": \"c\", \"key\": \"k\", \"chain\": \"x\"}]"),
		"has a member besides");
	expect_refusal("{" LEAST LEAST_TLS(", \"client_cert\": \"optional\"") "}",
		"tls.client_cert: needs authorities");
	expect_refusal("{" LEAST LEAST_TLS(", \"client_cert\": \"required\"") "}",
		"tls.client_cert: needs authorities");
	expect_refusal("{" LEAST LEAST_TLS(", \"client_ca\": \"ca\"") "}",
		"tls.client_ca: has no use while");
	expect_refusal("{" LEAST LEAST_TLS(", \"ticket_rotation\": 59") "}",
		"tls.ticket_rotation: 59 is too small");
	config_free(read_good(
		"{" LEAST LEAST_TLS(", \"client_ca\": \"ca\", \"client_cert\": \"optional\"") "}"));
#undef TLS
}

static void
bounds_its_errors(void **state)
{
	struct text in, errors;
	unsigned lines = 0;

	(void)state;
	text_init(&in, 0);
	text_add_str(&in, "{");
	for (unsigned i = 0; i < 1000; i++)
		text_addf(&in, "%s\"nothing%u\": 1", i ? "," : "", i);
	text_add_str(&in, "}");
	assert_null(read_text(in.p, &errors));
	for (const char *p = errors.p; (p = strchr(p, '\n')); p++)
		lines++;
	assert_int_equal(lines, 101);
	assert_non_null(strstr(errors.p, "more errors are not shown"));
	text_free(&in);
	text_free(&errors);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports_all_errors_with_their_place),
		cmocka_unit_test(reports_errors_between_options_with_the_others),
		cmocka_unit_test(reports_nothing_that_follows_from_another_error),
		cmocka_unit_test(refuses_what_is_not_json),
		cmocka_unit_test(suggests_for_unknown_options),
		cmocka_unit_test(holds_numbers_to_their_limits),
		cmocka_unit_test(holds_sizes_to_their_limits),
		cmocka_unit_test(holds_times_to_their_limits),
		cmocka_unit_test(holds_texts_to_their_limits),
		cmocka_unit_test(takes_literal_addresses_only),
		cmocka_unit_test(takes_engines_by_socket_or_address),
		cmocka_unit_test(refuses_wrong_tenants),
		cmocka_unit_test(refuses_wrong_certificates),
		cmocka_unit_test(bounds_its_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
