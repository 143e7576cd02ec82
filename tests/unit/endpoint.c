/*
 * The endpoint table: every path of the API, and nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "format/endpoint.h"

static enum endpoint_match
find(enum http_method method, const char *path, const struct endpoint **e, char *object)
{
	struct target t;
	struct span name;
	const char *why = NULL;
	enum endpoint_match m;

	*e = NULL;
	if (target_parse(span_of(path), &t, &why) < 0)
		fail_msg("%s: %s", path, why);
	m = endpoint_find(method, &t, e, &name);
	assert_true(span_copy(name, object, 256));
	target_free(&t);
	return m;
}

static void
finds(enum http_method method, const char *path, const char *name, const char *object)
{
	const struct endpoint *e;
	char got[256];

	if (find(method, path, &e, got) != ENDPOINT_FOUND)
		fail_msg("%s is not found", path);
	assert_string_equal(e->name, name);
	assert_string_equal(got, object);
}

static void
finds_not(enum http_method method, const char *path, enum endpoint_match expected)
{
	const struct endpoint *e;
	char got[256];

	assert_int_equal(find(method, path, &e, got), expected);
	assert_null(e);
	assert_string_equal(got, "");
}

static void
served_paths_are_found(void **state)
{
	(void)state;
	finds(HTTP_GET, "/_ping", "ping", "");
	finds(HTTP_HEAD, "/_ping", "ping", "");
	finds(HTTP_GET, "/v1.23/version", "version", "");
	finds(HTTP_GET, "/containers/json", "container-list", "");
	finds(HTTP_GET, "/containers/web/json", "container-inspect", "web");
	finds(HTTP_GET, "/containers/json/json", "container-inspect", "json");
	finds(HTTP_GET, "/v1.41/containers/w%65b/logs?follow=1", "container-logs", "web");
	finds(HTTP_GET, "/containers/web/stats", "container-stats", "web");
	finds(HTTP_GET, "/containers/web/top", "container-top", "web");
	finds(HTTP_POST, "/containers/web/wait", "container-wait", "web");
	finds(HTTP_POST, "/containers/web/resize", "container-resize", "web");
	finds(HTTP_POST, "/containers/web/attach", "container-attach", "web");
	finds(HTTP_POST, "/containers/web/exec", "exec-create", "web");
	finds(HTTP_POST, "/v1.51/exec/4f2a/start", "exec-start", "4f2a");
	finds(HTTP_POST, "/exec/4f2a/resize", "exec-resize", "4f2a");
	finds(HTTP_GET, "/exec/4f2a/json", "exec-inspect", "4f2a");
	finds(HTTP_GET, "/info", "info", "");
}

static void
names_with_slashes_are_whole(void **state)
{
	(void)state;
	finds(HTTP_GET, "/images/alpine/json", "image-inspect", "alpine");
	finds(HTTP_GET, "/images/reg.example/a/b:1/json", "image-inspect", "reg.example/a/b:1");
	finds(HTTP_GET, "/v1.41/images/a/json/json", "image-inspect", "a/json");
	finds(HTTP_DELETE, "/images/reg.example/a/b:1", "image-remove", "reg.example/a/b:1");
	finds(HTTP_POST, "/images/a/b/push", "push", "a/b");
	finds(HTTP_GET, "/images/json", "image-list", "");
	finds(HTTP_GET, "/images/get", "save-many", "");
	finds(HTTP_GET, "/distribution/a/b/json", "distribution", "a/b");
	finds(HTTP_GET, "/plugins/a/b/json", "plugin-inspect", "a/b");
}

static void
prefixes_are_refused_whole(void **state)
{
	(void)state;
	finds(HTTP_GET, "/libpod/containers/json", "libpod", "containers/json");
	finds(HTTP_POST, "/v1.41/libpod/containers/x/exec", "libpod", "containers/x/exec");
	finds(HTTP_OTHER, "/libpod", "libpod", "");
	finds(HTTP_GET, "/debug/pprof/heap", "debug", "pprof/heap");
	finds(HTTP_POST, "/session", "session", "");
	finds(HTTP_POST, "/grpc", "grpc", "");
}

static void
other_paths_are_not(void **state)
{
	static const char *const unknown[] = { "/", "/v1.41", "/containers", "/containers/a/b/json",
		"/containers/a/db/exec", "/containers/a", "/exec", "/exec/a", "/exec/a/start/x",
		"/_PING", "/Containers/json", "/_pin", "/_pingx", "/images/x", "/images",
		"/networks/a/b", "/libpodx", "/swarm/x", "/%7Bcontainer%7D" };

	(void)state;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		const struct endpoint *e;
		char got[256];

		if (find(HTTP_GET, unknown[i], &e, got) == ENDPOINT_FOUND)
			fail_msg("%s is %s", unknown[i], e->name);
	}
	finds_not(HTTP_POST, "/containers/a/b/exec", ENDPOINT_UNKNOWN);
	finds_not(HTTP_GET, "/nothing", ENDPOINT_UNKNOWN);
	finds_not(HTTP_DELETE, "/images", ENDPOINT_UNKNOWN);
	finds_not(HTTP_POST, "/plugins/enable", ENDPOINT_METHOD);
	finds_not(HTTP_GET, "/distribution/json", ENDPOINT_UNKNOWN);
}

static void
another_method_is_told_apart(void **state)
{
	(void)state;
	finds_not(HTTP_GET, "/exec/a/start", ENDPOINT_METHOD);
	finds_not(HTTP_OTHER, "/exec/a/start", ENDPOINT_METHOD);
	finds_not(HTTP_HEAD, "/containers/a/json", ENDPOINT_METHOD);
	finds_not(HTTP_POST, "/_ping", ENDPOINT_METHOD);
	finds_not(HTTP_OPTIONS, "/version", ENDPOINT_METHOD);
}

static bool
is_owned_object(enum endpoint_object object)
{
	return object == OBJECT_CONTAINER || object == OBJECT_EXEC || object == OBJECT_NETWORK ||
		object == OBJECT_VOLUME || object == OBJECT_IMAGE || object == OBJECT_OWN_IMAGE;
}

/* What the rest of the gateway takes for granted of a row. */
static void
row_is_sound(const struct endpoint *e)
{
	bool denied = (e->class & EP_DENIED) != 0, group = (e->class & EP_GROUP) != 0;

	assert_true(strlen(e->name) < 32);
	assert_true(e->path[0] == '/' && e->path[1] != '{');
	assert_non_null(e->query);
	assert_true(e->methods != 0 && e->class != 0);
	assert_true(denied || !(e->class & EP_HIDDEN));
	assert_int_equal(e->object == OBJECT_OTHER, denied);
	assert_int_equal(e->object == OBJECT_GROUP, group);
	/* Only the administrator has what is denied; a backend judges for itself. */
	assert_int_equal(e->right == RIGHT_ADMIN, denied);
	assert_int_equal(e->body == BODY_RAW, denied || group);
	assert_false((e->right & RIGHT_ADMIN) && !denied);
	if (is_owned_object(e->object))
		assert_true(e->class & EP_OWNED);
	if (e->filter != FILTER_NONE && e->filter != FILTER_EXEC_CREATED)
		assert_true(e->class & EP_REDACT);
	if (e->body != BODY_REFUSED && e->body != BODY_RAW) {
		assert_true(e->class & EP_JUDGED);
		assert_true(e->methods == HTTP_POST || e->methods == HTTP_PUT);
	}
}

static void
rows_are_sound(void **state)
{
	const struct endpoint *e, *other;

	(void)state;
	for (unsigned i = 0; (e = endpoint_at(i)) != NULL; i++) {
		row_is_sound(e);
		for (unsigned k = 0; k < i; k++) {
			other = endpoint_at(k);
			assert_string_not_equal(e->name, other->name);
			assert_false(strcmp(e->path, other->path) == 0 &&
				(e->methods & other->methods) != 0);
		}
	}
}

/* As a request goes that no backend has: past the groups' rows. */
static const struct endpoint *
engines_row(enum http_method method, const char *path)
{
	const struct endpoint *e, *next;
	struct target t;
	struct span object;
	const char *why = NULL;

	if (target_parse(span_of(path), &t, &why) < 0)
		fail_msg("%s: %s", path, why);
	assert_int_equal(endpoint_find(method, &t, &e, &object), ENDPOINT_FOUND);
	if ((e->class & EP_GROUP) &&
		endpoint_find_after(e, method, &t, &next, &object) == ENDPOINT_FOUND)
		e = next;
	target_free(&t);
	return e;
}

/* Every row can be reached: no earlier one takes its path, but a group's while it has a backend. */
static void
rows_are_reachable(void **state)
{
	const struct endpoint *e;

	(void)state;
	for (unsigned i = 0; (e = endpoint_at(i)) != NULL; i++) {
		char path[256] = "";
		unsigned method = e->methods & (~e->methods + 1);
		struct span left = span_of(e->path + 1);

		if ((e->class & EP_GROUP) && strcmp(e->name, "services") == 0)
			continue;
		while (left.p) {
			struct span part = span_cut(&left, '/');

			strcat(path, "/");
			if (part.p[0] == '{')
				strcat(path, part.len > 6 ? "abc" : "x");
			else
				strncat(path, part.p, part.len);
		}
		assert_string_equal(engines_row((enum http_method)method, path)->name, e->name);
	}
}

static void
groups_stand_before_the_engines_rows(void **state)
{
	(void)state;
	finds(HTTP_GET, "/services", "services", "");
	finds(HTTP_GET, "/v1.23/services/a/b", "services", "a/b");
	finds(HTTP_OTHER, "/snapshots/x", "snapshots", "x");
	finds(HTTP_PATCH, "/sg", "sg", "");
	assert_string_equal(engines_row(HTTP_GET, "/services")->name, "service-list");
	assert_string_equal(engines_row(HTTP_GET, "/services/a")->name, "service-inspect");
	assert_string_equal(engines_row(HTTP_GET, "/services/a/b")->name, "services");
	assert_string_equal(engines_row(HTTP_GET, "/cron/a")->name, "cron");
}

/* `docker inspect NAME` tries one kind after another and stops at a 403: kinds that are refused are hidden,
 * and those that are served say 404 of what is not the tenant's. */
static void
probed_kinds_are_hidden(void **state)
{
	static const char *const refused[] = { "/services/a", "/nodes/a", "/secrets/a",
		"/configs/a", "/plugins/a/json", "/tasks/a" };
	static const char *const served[] = { "/networks/a", "/volumes/a", "/images/a/json",
		"/containers/a/json" };

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		assert_int_equal(engines_row(HTTP_GET, refused[i])->class, EP_DENIED | EP_HIDDEN);
	for (size_t i = 0; i < sizeof(served) / sizeof(served[0]); i++)
		assert_true(engines_row(HTTP_GET, served[i])->class & EP_OWNED);
}

static void
container_refs(void **state)
{
	char longest[257];

	(void)state;
	memset(longest, 'a', sizeof(longest));
	assert_true(endpoint_container_ref_ok(SPAN("a")));
	assert_true(endpoint_container_ref_ok(SPAN("My-app_1.x")));
	assert_true(endpoint_container_ref_ok((struct span){ longest, 255 }));
	assert_false(endpoint_container_ref_ok((struct span){ longest, 256 }));
	assert_false(endpoint_container_ref_ok(SPAN("")));
	assert_false(endpoint_container_ref_ok(SPAN("-a")));
	assert_false(endpoint_container_ref_ok(SPAN(".a")));
	assert_false(endpoint_container_ref_ok(SPAN("a/b")));
	assert_false(endpoint_container_ref_ok(SPAN("a b")));
	assert_false(endpoint_container_ref_ok(SPAN("a\0b")));
	assert_false(endpoint_container_ref_ok(SPAN("\xc3\xa9")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(served_paths_are_found),
		cmocka_unit_test(names_with_slashes_are_whole),
		cmocka_unit_test(prefixes_are_refused_whole),
		cmocka_unit_test(other_paths_are_not),
		cmocka_unit_test(another_method_is_told_apart),
		cmocka_unit_test(rows_are_sound),
		cmocka_unit_test(rows_are_reachable),
		cmocka_unit_test(groups_stand_before_the_engines_rows),
		cmocka_unit_test(probed_kinds_are_hidden),
		cmocka_unit_test(container_refs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
