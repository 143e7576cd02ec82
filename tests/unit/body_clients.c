/*
 * body_clients: bodies that stock clients sent to an engine (tests/unit/data/body) pass, and what becomes of them
 * passes again and stays the same.
 */
#include <dirent.h>
#include <stdlib.h>

#include "body_case.h"
#include "format/space.h"

#define FOLDER "tests/unit/data/body"

static const struct {
	const char *prefix;
	enum endpoint_body kind;
} kinds[] = {
	{ "create-", BODY_CONTAINER_CREATE },
	{ "update-", BODY_CONTAINER_UPDATE },
	{ "network-", BODY_NETWORK_CREATE },
	{ "connect-", BODY_NETWORK_CONNECT },
	{ "disconnect-", BODY_NETWORK_DISCONNECT },
	{ "volume-", BODY_VOLUME_CREATE },
	{ "commit-", BODY_COMMIT },
};

static enum endpoint_body
kind_of(const char *file)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strncmp(file, kinds[i].prefix, strlen(kinds[i].prefix)) == 0)
			return kinds[i].kind;
	fail_msg("%s: of what kind is it?", file);
	return BODY_REFUSED;
}

static void
read_file(const char *name, char *to, size_t size)
{
	char path[400];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), FOLDER "/%s", name);
	f = fopen(path, "rb");
	assert_non_null(f);
	n = fread(to, 1, size - 1, f);
	assert_true(n > 0 && n < size - 1);
	to[n] = '\0';
	fclose(f);
}

static struct json *
next_node(struct json *v)
{
	if (v->first)
		return v->first;
	while (v && !v->next)
		v = v->parent;
	return v ? v->next : NULL;
}

/* As a client would say it: without what only the gateway may say, and by the tenant's names. */
static void
as_client(struct body_case *c, struct text *out)
{
	for (struct json *v = c->tree.root; v;) {
		struct json *next = next_node(v);

		if (v->key.p && space_is_label(LABEL, v->key))
			json_remove(v);
		else if (v->type == JSON_STRING)
			space_strip(c->policy.tenant, &v->text);
		v = next;
	}
	json_print(out, c->tree.root);
}

static void
check_file(const char *file)
{
	static char body[65536];
	struct body_case c;
	struct text once, twice;

	case_init(&c);
	c.policy.port_first = 8000;
	c.policy.port_last = 8999;
	c.policy.name = SPAN("web");
	text_init(&once, 0);
	text_init(&twice, 0);
	read_file(file, body, sizeof(body));
	case_judge(&c, kind_of(file), body);
	if (c.status)
		fail_msg("%s: %u %s", file, c.status, case_text(&c.why));
	as_client(&c, &once);
	case_judge(&c, kind_of(file), once.p);
	if (c.status)
		fail_msg("%s again: %u %s\n%s", file, c.status, case_text(&c.why), once.p);
	as_client(&c, &twice);
	assert_string_equal(once.p, twice.p);
	text_free(&once);
	text_free(&twice);
	case_free(&c);
}

static void
each_passes(void **state)
{
	DIR *folder = opendir(FOLDER);
	struct dirent *e;
	unsigned count = 0;

	(void)state;
	assert_non_null(folder);
	while ((e = readdir(folder))) {
		if (*e->d_name == '.')
			continue;
		check_file(e->d_name);
		count++;
	}
	closedir(folder);
	assert_true(count > 50);
}

static void
judge_file(struct body_case *c, const char *file)
{
	static char body[65536];

	read_file(file, body, sizeof(body));
	case_passes(c, kind_of(file), body);
}

/* The command line sends every field; what is left is what was asked for. */
static void
plain_run(void **state)
{
	struct body_case c;

	(void)state;
	case_init(&c);
	judge_file(&c, "create-cli28-run-plain.json");
	assert_string_equal(case_text(&c.out),
		"{\"AttachStdout\":true,\"AttachStderr\":true,\"Cmd\":[\"true\"],"
		"\"Image\":\"fairlead-test:1\",\"Labels\":{\"fairlead.tenant\":\"acme\","
		"\"fairlead.tenant.ref\":\"fairlead-test:1\",\"fairlead.tenant.memory\":\"0\","
		"\"fairlead.tenant.cpus\":\"0\",\"fairlead.tenant.pids\":\"0\"},"
		"\"HostConfig\":{\"NetworkMode\":\"bridge\",\"RestartPolicy\":{\"Name\":\"no\"},"
		"\"ConsoleSize\":[0,0]},"
		"\"NetworkingConfig\":{\"EndpointsConfig\":{\"default\":{}}}}");
	assert_string_equal(case_text(&c.refs),
		"image [fairlead-test:1]\nnetwork! key [bridge]\n"
		"network! [bridge]\n");
	case_free(&c);
}

/* Compose names each mount's place in Volumes too, and its links twice. */
static void
compose(void **state)
{
	struct body_case c;

	(void)state;
	case_init(&c);
	c.policy.name = SPAN("shop_web_1");
	c.policy.port_first = 8080;
	c.policy.port_last = 8080;
	judge_file(&c, "create-compose1-up-2.json");
	assert_null(strstr(case_text(&c.out), "\"Volumes\""));
	assert_non_null(strstr(case_text(&c.out),
		"\"Mounts\":[{\"Type\":\"volume\",\"Target\":\"/anon\",\"VolumeOptions\":"
		"{\"Labels\":{\"fairlead.tenant\":\"acme\"}}}]"));
	assert_non_null(strstr(case_text(&c.out),
		"\"EndpointsConfig\":{\"shop_front\":{\"Links\":[\"shop_db_1:database\","
		"\"shop_db_1:db_1\",\"shop_db_1:shop_db_1\"],\"Aliases\":[\"web\",\"shop_web_1\"]}}"));
	case_names(&c, "volume! [shop_data]:/data");
	case_names(&c, "container short [shop_db_1]:database");
	case_names(&c, "network key [shop_front]");
	case_names(&c, "network [shop_front]");
	assert_int_equal(c.demand.volumes, 1);
	judge_file(&c, "create-compose1-recreate.json");
	judge_file(&c, "create-compose2.json");
	assert_int_equal(c.demand.volumes, 1);
	case_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_passes),
		cmocka_unit_test(plain_run),
		cmocka_unit_test(compose),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
