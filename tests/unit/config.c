/*
 * Unit tests of state/config: reading from memory, errors with their place, printing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "state/config_reader.h"

#define CERTIFICATES "[{\"cert\": \"server.pem\", \"key\": \"server.key\"}]"
/* The least that is a configuration, with room for more. */
#define LEAST_TLS(more) "\"tls\": {\"certificates\": " CERTIFICATES more "}"
#define LEAST "\"credentials\": \"c.json\", \"tenants\": {\"acme\": {}}, "
#define FILE_OF(more) "{" LEAST LEAST_TLS("") more "}"

static struct config *
read_text(const char *in, struct text *errors)
{
	text_init(errors, 0);
	return config_read_bytes("/etc/fairlead/f.json", span_of(in), false, errors);
}

static struct config *
read_good(const char *in)
{
	struct text errors;
	struct config *c = read_text(in, &errors);

	if (!c)
		fail_msg("refused: %s", errors.p);
	assert_int_equal(errors.len, 0);
	text_free(&errors);
	return c;
}

static void
expect_errors(const char *in, const char *expected)
{
	struct text errors;
	struct config *c = read_text(in, &errors);

	assert_null(c);
	assert_non_null(errors.p);
	assert_string_equal(errors.p, expected);
	text_free(&errors);
}

/* That `in` is refused, with one line that holds `part`. */
static void
expect_refusal(const char *in, const char *part)
{
	struct text errors;
	struct config *c = read_text(in, &errors);

	if (c)
		fail_msg("taken: %s", in);
	if (!strstr(errors.p, part))
		fail_msg("\"%s\" is not in \"%s\"", part, errors.p);
	assert_ptr_equal(strchr(errors.p, '\n'), errors.p + errors.len - 1);
	text_free(&errors);
}

static void
gives_defaults(void **state)
{
	struct config *c = read_good(FILE_OF(""));

	(void)state;
	assert_int_equal(c->listen_count, 1);
	assert_string_equal(c->listen[0].host, "0.0.0.0");
	assert_int_equal(c->listen[0].port, 2376);
	assert_true(c->engine.is_unix);
	assert_string_equal(c->engine.path, "/var/run/docker.sock");
	assert_null(c->admin_socket);
	assert_in_range(c->workers, 1, 64);
	assert_null(c->user);
	assert_null(c->group);
	assert_string_equal(c->owner_label, "fairlead.tenant");
	assert_true(c->sandbox);
	assert_int_equal(c->max_sessions, 16384);
	assert_int_equal(c->max_connections, 10000);
	assert_null(c->client_ca);
	assert_int_equal(c->client_cert, CLIENT_CERT_OFF);
	assert_int_equal(c->cert_tenant, CERT_TENANT_SAN_URI);
	assert_string_equal(c->cert_uri_prefix, "urn:fairlead:tenant:");
	assert_int_equal(c->ticket_rotation_ms, 3600000);
	assert_string_equal(c->hyper_region, "us-west-1");
	assert_int_equal(c->head_limits.line, 8192);
	assert_int_equal(c->head_limits.head, 32768);
	assert_int_equal(c->head_limits.fields, 64);
	assert_int_equal(c->max_body, 1 << 20);
	assert_int_equal(c->max_hold, 65536);
	assert_int_equal(c->max_answer, 32 << 20);
	assert_int_equal(c->engine_pool, 16);
	assert_int_equal(c->owner_cache, 4096);
	assert_int_equal(c->tty_mismatch, TTY_MISMATCH_SERVE);
	assert_int_equal(c->log_level, LOG_INFO);
	assert_int_equal(c->log_format, LOG_KEYVALUE);
	config_free(c);
}

static void
gives_default_times(void **state)
{
	struct config *c = read_good(FILE_OF(""));

	(void)state;
	assert_int_equal(c->handshake_timeout_ms, 10000);
	assert_int_equal(c->head_timeout_ms, 10000);
	assert_int_equal(c->keepalive_timeout_ms, 120000);
	assert_int_equal(c->body_timeout_ms, 30000);
	assert_int_equal(c->write_timeout_ms, 60000);
	assert_int_equal(c->connect_timeout_ms, 5000);
	assert_int_equal(c->answer_timeout_ms, 60000);
	assert_int_equal(c->linger_timeout_ms, 2000);
	assert_int_equal(c->idle_session_timeout_ms, 0);
	assert_int_equal(c->drain_timeout_ms, 30000);
	assert_int_equal(c->tcp_keepalive_idle_ms, 60000);
	assert_int_equal(c->tcp_keepalive_interval_ms, 15000);
	assert_int_equal(c->tcp_keepalive_count, 4);
	config_free(c);
}

static void
takes_every_option(void **state)
{
	struct config *c = read_good(
		"{ // comments are white space\n"
		"\"listen\": [\"127.0.0.1:1\", \"[0:0::1]:65535\"], \"engine\": \"tcp:127.0.0.1:2375\",\n"
		"\"admin_socket\": \"run/admin.sock\", \"workers\": 3, \"user\": \"nobody\", \"group\": \"docker\",\n"
		"\"credentials\": \"/abs/c.json\", \"owner_label\": \"x.y/z\", \"sandbox\": false,\n"
		"\"tenants\": {\"beta\": {}, \"acme\": {/* later */}, \"0_.-\": {}},\n"
		"\"tls\": {\"certificates\": [{\"cert\": \"a.pem\", \"key\": \"/k/a.key\"}, {\"key\": \"b\", \"cert\": \"c\"}],\n"
		" \"client_ca\": \"ca.pem\", \"client_cert\": \"required\", \"tenant_from\": \"cn\", \"uri_prefix\": \"spiffe://x/\",\n"
		" \"ticket_rotation\": 0}, \"hyper\": {\"region\": \"eu-central-1\"}, \"exec\": {\"tty_mismatch\": \"refuse\"},\n"
		"\"limits\": {\"line\": 1000, \"head\": \"64KiB\", \"fields\": 8, \"body\": \"2MiB\", \"hold\": \"1MiB\",\n"
		" \"answer\": 65536, \"connections\": 1, \"sessions\": 1048576, \"pool\": 0, \"owner_cache\": 1},\n"
		"\"timeouts\": {\"handshake\": 0.01, \"drain\": 0, \"idle_session\": 1.5, \"linger\": 0.125},\n"
		"\"tcp_keepalive\": {\"idle\": 1, \"interval\": 2, \"count\": 127},\n"
		"\"log\": {\"level\": \"error\", \"format\": \"json\"}}");

	(void)state;
	assert_string_equal(c->listen[1].host, "::1");
	assert_string_equal(c->listen[1].text, "[0:0::1]:65535");
	assert_int_equal(c->listen[1].port, 65535);
	assert_false(c->engine.is_unix);
	assert_string_equal(c->engine.host, "127.0.0.1");
	assert_int_equal(c->engine.port, 2375);
	assert_string_equal(c->admin_socket, "/etc/fairlead/run/admin.sock");
	assert_int_equal(c->workers, 3);
	assert_string_equal(c->user, "nobody");
	assert_string_equal(c->group, "docker");
	assert_string_equal(c->credentials, "/abs/c.json");
	assert_string_equal(c->owner_label, "x.y/z");
	assert_false(c->sandbox);
	assert_int_equal(c->tenant_count, 3);
	assert_int_equal(c->certificate_count, 2);
	assert_string_equal(c->certificates[0].cert, "/etc/fairlead/a.pem");
	assert_string_equal(c->certificates[0].key, "/k/a.key");
	assert_string_equal(c->certificates[1].cert, "/etc/fairlead/c");
	assert_string_equal(c->client_ca, "/etc/fairlead/ca.pem");
	assert_int_equal(c->client_cert, CLIENT_CERT_REQUIRED);
	assert_int_equal(c->cert_tenant, CERT_TENANT_CN);
	assert_string_equal(c->cert_uri_prefix, "spiffe://x/");
	assert_int_equal(c->ticket_rotation_ms, 0);
	assert_string_equal(c->hyper_region, "eu-central-1");
	assert_int_equal(c->tty_mismatch, TTY_MISMATCH_REFUSE);
	assert_int_equal(c->head_limits.line, 1000);
	assert_int_equal(c->head_limits.head, 65536);
	assert_int_equal(c->head_limits.fields, 8);
	assert_int_equal(c->max_body, 2 << 20);
	assert_int_equal(c->max_hold, 1 << 20);
	assert_int_equal(c->max_answer, 65536);
	assert_int_equal(c->max_connections, 1);
	assert_int_equal(c->max_sessions, 1048576);
	assert_int_equal(c->engine_pool, 0);
	assert_int_equal(c->owner_cache, 1);
	assert_int_equal(c->handshake_timeout_ms, 10);
	assert_int_equal(c->drain_timeout_ms, 0);
	assert_int_equal(c->idle_session_timeout_ms, 1500);
	assert_int_equal(c->linger_timeout_ms, 125);
	assert_int_equal(c->tcp_keepalive_count, 127);
	assert_int_equal(c->log_level, LOG_ERROR);
	assert_int_equal(c->log_format, LOG_JSON);
	config_free(c);
}

static void
finds_tenants(void **state)
{
	struct config *c = read_good("{\"credentials\": \"c\", " LEAST_TLS("")
		", \"tenants\": {\"b\": {}, \"a\": {}, \"ab\": {}, \"c\": {}, \"a-b\": {}}}");

	(void)state;
	assert_string_equal(config_tenant(c, SPAN("a"))->name, "a");
	assert_string_equal(config_tenant(c, SPAN("ab"))->name, "ab");
	assert_string_equal(config_tenant(c, SPAN("a-b"))->name, "a-b");
	assert_string_equal(config_tenant(c, SPAN("b"))->name, "b");
	assert_string_equal(config_tenant(c, SPAN("c"))->name, "c");
	assert_null(config_tenant(c, SPAN("")));
	assert_null(config_tenant(c, SPAN("A")));
	assert_null(config_tenant(c, SPAN("a\0")));
	assert_null(config_tenant(c, SPAN("abc")));
	assert_null(config_tenant(c, SPAN("d")));
	config_free(c);
	c = read_good("{\"credentials\": \"c\", " LEAST_TLS("") ", \"tenants\": {}}");
	assert_null(config_tenant(c, SPAN("a")));
	config_free(c);
}

static void
prints_what_reads_the_same(void **state)
{
	static const char *const files[] = {
		FILE_OF(""),
		FILE_OF(", \"limits\": {\"line\": 1023, \"head\": 1024}, \"timeouts\": {\"body\": 0.05, \"head\": 1.234}"),
		FILE_OF(", \"listen\": [\"1.2.3.4:5\", \"[::]:5\"], \"engine\": \"unix:///x\", \"admin_socket\": \"\\u00e9\\n\""),
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct config *a = read_good(files[i]), *b;
		struct text first, second;

		text_init(&first, 0);
		text_init(&second, 0);
		config_print(a, &first);
		b = read_good(first.p);
		config_print(b, &second);
		assert_string_equal(first.p, second.p);
		assert_int_equal(a->head_timeout_ms, b->head_timeout_ms);
		assert_int_equal(a->head_limits.line, b->head_limits.line);
		assert_string_equal(a->engine.text, b->engine.text);
		text_free(&first);
		text_free(&second);
		config_free(a);
		config_free(b);
	}
}

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
		"/etc/fairlead/f.json:1:1: tls.certificates: is missing and has no default; write an array of 1 to 8 objects "
		"{\"cert\": FILE, \"key\": FILE}\n");
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
	expect_refusal(FILE_OF(", \"timeouts.drain\": 3"), "\"timeouts.drain\": there is no such option");
	expect_refusal(FILE_OF(", \"quite_another\": 3"), "there is no such option; \"fairlead --help\" lists all");
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
	expect_refusal(FILE_OF(", \"workers\": 18446744073709551617"), "workers: is not a whole number, or too long");
	expect_refusal(FILE_OF(", \"workers\": \"2\""), "workers: is a string; write a whole number");
	expect_refusal(FILE_OF(", \"workers\": null"), "workers: cannot be null");
	expect_refusal(FILE_OF(", \"limits\": {\"fields\": 65}"), "limits.fields: 65 is too large");
	expect_refusal(FILE_OF(", \"limits\": {\"fields\": 7}"), "limits.fields: 7 is too small");
	expect_refusal(FILE_OF(", \"limits\": {\"connections\": 0}"), "limits.connections: 0 is too small");
	expect_refusal(FILE_OF(", \"sandbox\": 1"), "sandbox: is a number; write true or false");
}

static void
holds_sizes_to_their_limits(void **state)
{
	(void)state;
	expect_refusal(FILE_OF(", \"limits\": {\"body\": 1023}"), "limits.body: 1023 is too small; write bytes, \"1KiB\" to \"64MiB\"");
	expect_refusal(FILE_OF(", \"limits\": {\"body\": \"65MiB\"}"), "limits.body: \"65MiB\" is too large");
	expect_refusal(FILE_OF(", \"limits\": {\"body\": \"1GiB\"}"), "is too large");
	expect_refusal(FILE_OF(", \"limits\": {\"body\": \"99999999999999999GiB\"}"), "is no size");
	expect_refusal(FILE_OF(", \"limits\": {\"body\": \"KiB\"}"), "is no size");
	expect_refusal(FILE_OF(", \"limits\": {\"body\": \"1 KiB\"}"), "is no size");
	expect_refusal(FILE_OF(", \"limits\": {\"body\": \"1kB\"}"), "is no size");
	expect_refusal(FILE_OF(", \"limits\": {\"body\": \"-1KiB\"}"), "is no size");
	expect_refusal(FILE_OF(", \"limits\": {\"body\": true}"), "limits.body: is true or false");
	expect_refusal(FILE_OF(", \"limits\": {\"line\": \"32KiB\"}"), "limits.line: is not less than limits.head");
}

static void
holds_times_to_their_limits(void **state)
{
	(void)state;
	expect_refusal(FILE_OF(", \"timeouts\": {\"head\": 0}"), "timeouts.head: 0 is too small; write seconds, 0.01 to 86400");
	expect_refusal(FILE_OF(", \"timeouts\": {\"head\": 0.009}"), "timeouts.head: 0.009 is too small");
	expect_refusal(FILE_OF(", \"timeouts\": {\"head\": 86400.001}"), "is too large");
	expect_refusal(FILE_OF(", \"timeouts\": {\"head\": 0.0001}"), "is no plain number of seconds");
	expect_refusal(FILE_OF(", \"timeouts\": {\"head\": 1e1}"), "is no plain number of seconds");
	expect_refusal(FILE_OF(", \"timeouts\": {\"head\": -1}"), "is no plain number of seconds");
	expect_refusal(FILE_OF(", \"timeouts\": {\"head\": 9999999999999999999}"), "is no plain number of seconds");
	expect_refusal(FILE_OF(", \"timeouts\": {\"drain\": 0.001}"), "timeouts.drain: 0.001 is too small; write seconds, 0.01 to 2592000, or 0");
	expect_refusal(FILE_OF(", \"tcp_keepalive\": {\"idle\": 1.5}"), "is no whole number of seconds");
	expect_refusal(FILE_OF(", \"tcp_keepalive\": {\"idle\": 32768}"), "is too large");
}

static void
holds_texts_to_their_limits(void **state)
{
	(void)state;
	expect_refusal(FILE_OF(", \"owner_label\": \"\""), "owner_label: is no such text; write a text of 1 to 128");
	expect_refusal(FILE_OF(", \"owner_label\": \"a b\""), "owner_label: is no such text");
	expect_refusal(FILE_OF(", \"owner_label\": \"a\\u0000b\""), "owner_label: is no such text");
	expect_refusal(FILE_OF(", \"owner_label\": \"caf\\u00e9\""), "owner_label: is no such text");
	expect_refusal(FILE_OF(", \"owner_label\": \"a=b\""), "owner_label: holds a '='");
	expect_refusal(FILE_OF(", \"owner_label\": 3"), "owner_label: is a number");
	expect_refusal(FILE_OF(", \"log\": {\"level\": \"trace\"}"),
		"log.level: \"trace\" is none of its values; write \"debug\", \"info\", \"warn\" or \"error\"");
	expect_refusal(FILE_OF(", \"log\": {\"level\": 3}"), "log.level: is a number; write \"debug\"");
	expect_refusal(FILE_OF(", \"group\": \"x\""), "group: needs a user too");
}

static void
takes_literal_addresses_only(void **state)
{
	(void)state;
	expect_refusal(FILE_OF(", \"listen\": []"), "listen: is empty; write an array of 1 to 16 addresses");
	expect_refusal(FILE_OF(", \"listen\": \"0.0.0.0:1\""), "listen: is a string; write an array");
	expect_refusal(FILE_OF(", \"listen\": [1]"), "listen: is a number");
	expect_refusal(FILE_OF(", \"listen\": [\"localhost:1\"]"), "listen: \"localhost:1\" has no literal IP address (names are not looked up)");
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
	expect_refusal(FILE_OF(", \"listen\": [\"[fe80::1%eth0]:1\"]"), "do not hold an IPv6 address");
	expect_refusal(FILE_OF(", \"listen\": [\"unix:/x\"]"), "listen: \"unix:/x\" has no literal IP address");
	expect_refusal(FILE_OF(", \"listen\": [\"1.2.3.4:\\u0000\"]"), "holds a NUL");
	expect_refusal(FILE_OF(", \"listen\": [\"[::1]:5\", \"[0::1]:5\"]"), "\"[0::1]:5\" is there twice");
}

static void
takes_engines_by_socket_or_address(void **state)
{
	char in[512], path[128];

	(void)state;
	expect_refusal(FILE_OF(", \"engine\": \"/var/run/docker.sock\""), "engine: \"/var/run/docker.sock\" begins with neither");
	expect_refusal(FILE_OF(", \"engine\": \"unix:docker.sock\""), "has no absolute path");
	expect_refusal(FILE_OF(", \"engine\": \"unix:\""), "has no absolute path");
	expect_refusal(FILE_OF(", \"engine\": \"tcp:engine:2375\""), "names are not looked up");
	expect_refusal(FILE_OF(", \"engine\": 1"), "engine: is a number; write \"unix:/PATH\" or \"tcp:IP:PORT\"");
	expect_refusal(FILE_OF(", \"listen\": [\"127.0.0.1:5\"], \"engine\": \"tcp:127.0.0.1:5\""), "the gateway would call itself");
	expect_refusal(FILE_OF(", \"admin_socket\": \"/e\", \"engine\": \"unix:/e\""), "admin_socket: is the engine's socket");
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
			expect_refusal(in, "admin_socket: is 108 bytes long as an absolute name; 107 is the most");
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
	expect_refusal(TENANTS("{\"a\": {\"limit\": 1}}"), "tenants.a: has a member");
	expect_refusal(TENANTS("{\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\": {}}"), "is no name");
	config_free(read_good(TENANTS("{\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\": {}}")));
#undef TENANTS
}

static void
refuses_wrong_certificates(void **state)
{
#define TLS(members) "{" LEAST "\"tls\": {" members "}}"
	(void)state;
	expect_refusal(TLS("\"certificates\": []"), "tls.certificates: is empty");
	expect_refusal(TLS("\"certificates\": {}"), "tls.certificates: is an object; write an array");
	expect_refusal(TLS("\"certificates\": [1]"), "tls.certificates: is a number");
	expect_refusal(TLS("\"certificates\": [{\"key\": \"k\"}]"), "tls.certificates[0].cert: is missing");
	expect_refusal(TLS("\"certificates\": [{\"cert\": \"c\", \"key\": \"k\"}, {\"cert\": \"c\"}]"), "tls.certificates[1].key: is missing");
	expect_refusal(TLS("\"certificates\": [{\"cert\": \"c\", \"key\": \"\"}]"), "tls.certificates[0].key: is not the name of a file");
	expect_refusal(TLS("\"certificates\": [{\"cert\": \"c\", \"key\": \"a\\u0000\"}]"), "is not the name of a file");
	expect_refusal(TLS("\"certificates\": [{\"cert\": \"c\", \"key\": \"k\", \"chain\": \"x\"}]"), "has a member besides");
	expect_refusal("{" LEAST LEAST_TLS(", \"client_cert\": \"optional\"") "}", "tls.client_cert: needs authorities");
	expect_refusal("{" LEAST LEAST_TLS(", \"client_cert\": \"required\"") "}", "tls.client_cert: needs authorities");
	expect_refusal("{" LEAST LEAST_TLS(", \"client_ca\": \"ca\"") "}", "tls.client_ca: has no use while");
	expect_refusal("{" LEAST LEAST_TLS(", \"ticket_rotation\": 59") "}", "tls.ticket_rotation: 59 is too small");
	config_free(read_good("{" LEAST LEAST_TLS(", \"client_ca\": \"ca\", \"client_cert\": \"optional\"") "}"));
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

static void
defaults_are_in_their_limits(void **state)
{
	struct text errors;

	(void)state;
	/* Nothing but the three required options is missing. */
	assert_null(read_text("{}", &errors));
	for (unsigned i = 0; i < option_count; i++) {
		bool reported = strstr(errors.p, option_table[i].name) != NULL;

		if (strcmp(option_table[i].name, "user") != 0 && strcmp(option_table[i].name, "group") != 0)
			assert_int_equal(reported, option_is_required(&option_table[i]));
	}
	text_free(&errors);
}

static void
table_is_well_formed(void **state)
{
	struct span group = { 0 };
	char ended[OPTION_MAX][32];
	unsigned count = 0;

	(void)state;
	for (unsigned i = 0; i < option_count; i++) {
		const struct option *o = &option_table[i];

		assert_ptr_equal(option_find(o->name), o);
		assert_true(o->help[strlen(o->help) - 1] == '.');
		assert_true(o->least <= o->most);
		if (span_eq(option_group(o), group))
			continue;
		assert_true(span_copy(group, ended[count], sizeof(ended[count])));
		count++;
		group = option_group(o);
		for (unsigned j = 0; j < count; j++)
			assert_false(span_eq(span_of(ended[j]), group));
	}
	assert_null(option_find("timeouts"));
}

static void
lists_every_option(void **state)
{
	struct text help, roff, names;

	(void)state;
	text_init(&help, 0);
	text_init(&roff, 0);
	text_init(&names, 0);
	config_print_help(&help);
	config_print_roff(&roff);
	config_print_names(&names);
	for (unsigned i = 0; i < option_count; i++) {
		char line[128];

		snprintf(line, sizeof(line), "  %s\n", option_table[i].name);
		assert_non_null(strstr(help.p, line));
		snprintf(line, sizeof(line), ".TP\n.B %s\n", option_table[i].name);
		assert_non_null(strstr(roff.p, line));
		snprintf(line, sizeof(line), "%s\n", option_table[i].name);
		assert_non_null(strstr(names.p, line));
	}
	text_free(&help);
	text_free(&roff);
	text_free(&names);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_defaults),
		cmocka_unit_test(gives_default_times),
		cmocka_unit_test(takes_every_option),
		cmocka_unit_test(finds_tenants),
		cmocka_unit_test(prints_what_reads_the_same),
		cmocka_unit_test(reports_all_errors_with_their_place),
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
		cmocka_unit_test(defaults_are_in_their_limits),
		cmocka_unit_test(table_is_well_formed),
		cmocka_unit_test(lists_every_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
