/*
 * Tests of policy_backend and policy_raw: which server a request goes to, what
 * it is told of the client, and the bodies that no schema judges.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy/policy.h"

static char snapshots[] = "snapshots", services[] = "services";
static struct config_backend backends[] = { { .group = snapshots }, { .group = services } };
static struct config_tenant acme, root;
/* Only told apart, never looked into. */
static char servers[2];
static struct engine *const engines[] = { (struct engine *)(void *)&servers[0],
	(struct engine *)(void *)&servers[1] };
static struct config config;
static struct exchange x;

/* The endpoint gate's answer for this request. */
static enum gate_answer
ask(enum http_method method, const char *target, unsigned backend_count)
{
	const char *why;

	exchange_clear(&x);
	memset(&x, 0, sizeof(x));
	acme.rights = right_preset(SPAN("tenant"));
	root.rights = right_preset(SPAN("admin"));
	config = (struct config){ .backends = backends, .backend_count = backend_count };
	x.config = &config;
	x.backends = engines;
	x.tenant = &acme;
	x.request.method = method;
	x.request.method_text = span_of(http_method_name(method));
	assert_true(span_copy(SPAN("acme"), x.who.tenant, sizeof(x.who.tenant)));
	assert_true(span_copy(SPAN("cert:ci"), x.who.key, sizeof(x.who.key)));
	assert_int_equal(target_parse(span_of(target), &x.target, &why), 0);
	return policy_endpoint.check(&x);
}

static void
refuses(enum http_method method, const char *target, unsigned backend_count, unsigned status,
	const char *message)
{
	assert_int_equal(ask(method, target, backend_count), GATE_REFUSE);
	assert_int_equal(x.refusal.status, status);
	assert_non_null(strstr(x.refusal.message.p, message));
	assert_null(x.backend);
	assert_int_equal(x.headers.len, 0);
}

static void
a_group_goes_to_its_backend(void **state)
{
	(void)state;
	assert_int_equal(ask(HTTP_POST, "/v1.23/snapshots/create?name=a", 2), GATE_PASS);
	assert_ptr_equal(x.backend, engines[0]);
	assert_string_equal(x.endpoint->name, "snapshots");
	assert_string_equal(x.headers.p, "X-Fairlead-Tenant: acme\r\nX-Fairlead-Key: cert:ci\r\n");
	assert_int_equal(ask(HTTP_DELETE, "/snapshots", 2), GATE_PASS);
	assert_ptr_equal(x.backend, engines[0]);
	/* The engine's own paths too, once the group has a backend. */
	assert_int_equal(ask(HTTP_POST, "/services/create", 2), GATE_PASS);
	assert_ptr_equal(x.backend, engines[1]);
	assert_int_equal(ask(HTTP_PATCH, "/services/a/b/c", 2), GATE_PASS);
	assert_ptr_equal(x.backend, engines[1]);
}

static void
a_group_without_a_backend_is_named(void **state)
{
	static const char *const groups[] = { "snapshots", "fips", "sg", "compose", "cron",
		"func" };
	char path[64];

	(void)state;
	for (unsigned i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		snprintf(path, sizeof(path), "/v1.23/%s/a", groups[i]);
		refuses(HTTP_GET, path, 0, 501, groups[i]);
		refuses(HTTP_POST, path, 0, 501, "no backend is configured for this group");
	}
	/* Another group's is none for this one. */
	refuses(HTTP_POST, "/fips/allocate", 2, 501, "fips: no backend");
}

static void
services_without_a_backend_are_the_engines(void **state)
{
	(void)state;
	refuses(HTTP_GET, "/services/web", 1, 404, "no such object");
	refuses(HTTP_GET, "/services", 1, 403,
		"service-list: not allowed for tenant acme; it is the administrator's");
	refuses(HTTP_POST, "/services/create", 1, 403, "service-create");
	refuses(HTTP_PUT, "/services/create", 1, 405, "PUT is not a method of this path");
	assert_int_equal(x.refusal.allow, HTTP_GET | HTTP_POST | HTTP_DELETE);
	refuses(HTTP_GET, "/services/a/b/c", 1, 501, "services: no backend");
	assert_int_equal(ask(HTTP_GET, "/nothing", 1), GATE_REFUSE);
	assert_int_equal(x.refusal.status, 404);
}

static void
a_method_that_has_no_name_is_refused(void **state)
{
	(void)state;
	assert_int_equal(ask(HTTP_OTHER, "/snapshots/a", 2), GATE_REFUSE);
	assert_int_equal(x.refusal.status, 405);
	assert_true(x.refusal.allow & HTTP_PATCH);
}

/* What the body gate makes of it. */
static enum gate_answer
give(const char *type, struct span body)
{
	x.request.content_type = type ? span_of(type) : (struct span){ NULL, 0 };
	x.body = body;
	text_free(&x.out);
	x.content_type = (struct span){ NULL, 0 };
	return policy_body.check(&x);
}

static void
a_backends_body_is_passed_as_it_is(void **state)
{
	const struct span odd = { "a\0b{", 4 };

	(void)state;
	assert_int_equal(ask(HTTP_POST, "/snapshots/create", 2), GATE_PASS);
	assert_int_equal(give("text/x-odd", odd), GATE_PASS);
	assert_true(span_eq(text_span(&x.out), odd));
	assert_true(span_eq(x.content_type, SPAN("text/x-odd")));
	/* JSON is its own business as well, and so is a form. */
	assert_int_equal(give("application/json", SPAN("{\"a\" :1,")), GATE_PASS);
	assert_string_equal(x.out.p, "{\"a\" :1,");
	assert_int_equal(give("application/x-www-form-urlencoded", SPAN("a=b")), GATE_PASS);
	assert_string_equal(x.out.p, "a=b");
	assert_int_equal(give("text/plain", (struct span){ NULL, 0 }), GATE_PASS);
	assert_int_equal(x.out.len, 0);
	assert_null(x.content_type.p);
}

static void
be_admin(const char *target)
{
	assert_int_equal(ask(HTTP_POST, target, 0), GATE_REFUSE);
	x.tenant = &root;
	x.everything = true;
	assert_int_equal(policy_endpoint.check(&x), GATE_PASS);
}

static void
the_administrators_json_is_printed_anew(void **state)
{
	(void)state;
	be_admin("/swarm/init");
	assert_int_equal(give("application/json; charset=utf-8", SPAN("{ \"A\" : [1, 2.50] }")),
		GATE_PASS);
	assert_string_equal(x.out.p, "{\"A\":[1,2.50]}");
	assert_null(x.content_type.p);
	assert_int_equal(give("application/json", SPAN("{\"A\":1,\"a\":2}")), GATE_REFUSE);
	assert_int_equal(x.refusal.status, 400);
	assert_int_equal(give("application/json", SPAN("{} {}")), GATE_REFUSE);
	assert_int_equal(x.refusal.status, 400);
	/* The engine would let a form say what the query says. */
	assert_int_equal(give("application/x-www-form-urlencoded", SPAN("a=b")), GATE_REFUSE);
	assert_int_equal(x.refusal.status, 415);
	assert_int_equal(give("application/x-tar", SPAN("tar")), GATE_PASS);
	assert_true(span_eq(x.content_type, SPAN("application/x-tar")));
}

static void
only_known_protocols_are_switched_to(void **state)
{
	(void)state;
	be_admin("/session");
	assert_string_equal(x.endpoint->name, "session");
	x.request.upgrade = SPAN("h2c");
	assert_int_equal(give(NULL, (struct span){ NULL, 0 }), GATE_PASS);
	x.request.upgrade = SPAN("websocket");
	assert_int_equal(give(NULL, (struct span){ NULL, 0 }), GATE_REFUSE);
	assert_int_equal(x.refusal.status, 400);
}

static void
unknown_paths_stay_unknown_to_the_administrator(void **state)
{
	(void)state;
	assert_int_equal(ask(HTTP_GET, "/v1.41/nothing/here", 0), GATE_REFUSE);
	x.tenant = &root;
	x.everything = true;
	assert_int_equal(policy_endpoint.check(&x), GATE_REFUSE);
	assert_int_equal(x.refusal.status, 404);
}

static int
clear(void **state)
{
	(void)state;
	exchange_clear(&x);
	memset(&x, 0, sizeof(x));
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_group_goes_to_its_backend, clear),
		cmocka_unit_test_teardown(a_group_without_a_backend_is_named, clear),
		cmocka_unit_test_teardown(services_without_a_backend_are_the_engines, clear),
		cmocka_unit_test_teardown(a_method_that_has_no_name_is_refused, clear),
		cmocka_unit_test_teardown(a_backends_body_is_passed_as_it_is, clear),
		cmocka_unit_test_teardown(the_administrators_json_is_printed_anew, clear),
		cmocka_unit_test_teardown(only_known_protocols_are_switched_to, clear),
		cmocka_unit_test_teardown(unknown_paths_stay_unknown_to_the_administrator, clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
