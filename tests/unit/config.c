/*
 * Unit tests of state/config: defaults, every option, printing, the table.
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
		"\"tenants\": {\"beta\": {}, \"acme\": {/* later */}, \"0_.\": {}},\n"
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
	struct config *c = read_good("{\"credentials\": \"c\", " LEAST_TLS(
		"") ", \"tenants\": {\"b\": {}, \"a\": {}, \"ab\": {}, \"c\": {}, \"a-b\": {}}}");

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
defaults_are_in_their_limits(void **state)
{
	struct text errors;

	(void)state;
	/* Nothing but the three required options is missing. */
	assert_null(read_text("{}", &errors));
	for (unsigned i = 0; i < option_main.count; i++) {
		bool reported = strstr(errors.p, option_main.rows[i].name) != NULL;

		if (strcmp(option_main.rows[i].name, "user") != 0 &&
			strcmp(option_main.rows[i].name, "group") != 0)
			assert_int_equal(reported, option_is_required(&option_main.rows[i]));
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
	for (unsigned i = 0; i < option_main.count; i++) {
		const struct option *o = &option_main.rows[i];

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
	for (unsigned i = 0; i < option_main.count; i++) {
		char line[128];

		snprintf(line, sizeof(line), "  %s\n", option_main.rows[i].name);
		assert_non_null(strstr(help.p, line));
		snprintf(line, sizeof(line), ".TP\n.B %s\n", option_main.rows[i].name);
		assert_non_null(strstr(roff.p, line));
		snprintf(line, sizeof(line), "%s\n", option_main.rows[i].name);
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
		cmocka_unit_test(defaults_are_in_their_limits),
		cmocka_unit_test(table_is_well_formed),
		cmocka_unit_test(lists_every_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
