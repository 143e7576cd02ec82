/*
 * Queries: each is printed anew from keys that are known, or refused.
 */
#include "endpoint_query_case.h"

static void
check_all(const struct fact *facts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check(&facts[i], OWNER);
}

#define CHECK(facts) check_all(facts, sizeof(facts) / sizeof((facts)[0]))

static void
booleans_by_the_engines_rule(void **state)
{
	static const struct fact facts[] = {
		{ HTTP_GET, "/containers/a/logs?follow=yes&stdout=True&stderr=0",
			"follow=1&stdout=1&stderr=0", NULL },
		{ HTTP_GET, "/containers/a/logs?follow=FALSE&stdout=No&stderr=none&details=",
			"follow=0&stdout=0&stderr=0&details=0", NULL },
		{ HTTP_GET, "/containers/a/logs?follow=+no+", "follow=0", NULL },
		{ HTTP_GET, "/containers/a/logs?follow", "follow=0", NULL },
		{ HTTP_GET, "/containers/a/logs?%66ollow=1", "follow=1", NULL },
		{ HTTP_GET, "/containers/a/stats?stream=false&one-shot=1", "stream=0&one-shot=1",
			NULL },
		{ HTTP_GET, "/containers/a/json?size=1", "size=1", NULL },
		{ HTTP_GET, "/containers/a/json", "", NULL },
	};

	(void)state;
	CHECK(facts);
}

static void
unknown_and_double_keys(void **state)
{
	static const struct fact facts[] = {
		{ HTTP_GET, "/_ping?x=", "", NULL },
		{ HTTP_GET, "/_ping?x=1", NULL, "query key \"x\": is not known here" },
		{ HTTP_GET, "/containers/a/logs?Follow=1", NULL, "\"Follow\": is not known" },
		{ HTTP_GET, "/containers/a/logs?follow=1&follow=1", NULL,
			"\"follow\": is there twice" },
		{ HTTP_GET, "/containers/a/logs?follow=&%66ollow=1", NULL, "is there twice" },
		{ HTTP_GET, "/_ping?%0a%1b[31m=1", NULL, "\"\\n\\u001b[31m\": is not known" },
		{ HTTP_GET, "/_ping?=1", NULL, "query key \"\": is not known" },
		{ HTTP_POST, "/containers/a/attach?hijack=true&stream=1", "stream=1", NULL },
		{ HTTP_GET, "/containers/json?trunc_cmd=0&all=1",
			"all=1&filters=%7B%22label%22%3A%5B%22fairlead.tenant%3Dacme%22%5D%7D",
			NULL },
	};

	(void)state;
	CHECK(facts);
}

/* What dockerode's createVolume and createContainer say in the query is dropped; the body is what counts. */
static void
keys_that_repeat_a_body(void **state)
{
	static const struct fact facts[] = {
		{ HTTP_POST, "/volumes/create?Name=data&Labels={\"a\":\"b\"}", "", NULL },
		{ HTTP_POST, "/networks/create?Name=net&Internal=true&Name=net2", "", NULL },
		{ HTTP_POST, "/containers/create?Image=a&HostConfig={}&platform=linux",
			"platform=linux", NULL },
		{ HTTP_POST, "/containers/a/update?Memory=1", NULL, "\"Memory\": is not known" },
	};

	(void)state;
	CHECK(facts);
}

static void
numbers_and_choices(void **state)
{
	static const struct fact facts[] = {
		{ HTTP_POST, "/exec/a/resize?w=80&h=24", "h=24&w=80", NULL },
		{ HTTP_POST, "/exec/a/resize?w=65535&h=01", "h=1&w=65535", NULL },
		{ HTTP_POST, "/exec/a/resize?h=0", NULL,
			"\"h\": must be a number from 1 to 65535" },
		{ HTTP_POST, "/exec/a/resize?h=65536", NULL, "must be a number" },
		{ HTTP_POST, "/exec/a/resize?h=-1", NULL, "must be a number" },
		{ HTTP_POST, "/exec/a/resize?h=1e1", NULL, "must be a number" },
		{ HTTP_POST, "/exec/a/resize?h=18446744073709551617", NULL, "must be a number" },
		{ HTTP_POST, "/exec/a/resize?h=9999999999999999999", NULL, "must be a number" },
		{ HTTP_POST, "/exec/a/resize?h=&w=", "", NULL },
		{ HTTP_POST, "/containers/a/wait?condition=next-exit", "condition=next-exit",
			NULL },
		{ HTTP_POST, "/containers/a/wait?condition=next", NULL, "not served" },
		{ HTTP_POST, "/containers/a/wait?condition=next-exit%7Cremoved", NULL,
			"not served" },
		{ HTTP_GET, "/containers/a/top?ps_args=-ef", "ps_args=-ef", NULL },
		{ HTTP_GET, "/containers/a/top?ps_args=aux", "ps_args=aux", NULL },
		{ HTTP_GET, "/containers/a/top?ps_args=", "", NULL },
		{ HTTP_GET, "/containers/a/top?ps_args=-o+pid,args", "ps_args=-o%20pid%2Cargs",
			NULL },
		{ HTTP_GET, "/containers/a/top?ps_args=axo+pid", "ps_args=axo%20pid", NULL },
		{ HTTP_GET, "/containers/a/top?ps_args=-o+pid,environ", NULL, "not served" },
		{ HTTP_GET, "/containers/a/top?ps_args=-o+pid,", NULL, "not served" },
		{ HTTP_GET, "/containers/a/top?ps_args=-o+pid+e", NULL, "not served" },
		{ HTTP_GET, "/containers/a/top?ps_args=-o", NULL, "not served" },
		{ HTTP_GET, "/containers/a/top?ps_args=auxe", NULL, "not served" },
		{ HTTP_GET, "/containers/a/top?ps_args=-ef+-o+environ", NULL, "not served" },
		{ HTTP_GET, "/containers/a/top?ps_args=-ef%7Caux", NULL, "not served" },
	};

	(void)state;
	CHECK(facts);
}

static void
times_and_tails(void **state)
{
	static const struct fact facts[] = {
		{ HTTP_GET, "/containers/a/logs?since=1700000000.000000001",
			"since=1700000000.000000001", NULL },
		{ HTTP_GET, "/containers/a/logs?until=-5", "until=-5", NULL },
		{ HTTP_GET, "/containers/a/logs?since=2026-01-02T03:04:05.5%2B02:00",
			"since=2026-01-02T03%3A04%3A05.5%2B02%3A00", NULL },
		{ HTTP_GET, "/containers/a/logs?since=2026-01-02&until=2026-01-02T03:04Z",
			"since=2026-01-02&until=2026-01-02T03%3A04Z", NULL },
		{ HTTP_GET, "/containers/a/logs?since=1h30m&until=1.5s", "since=1h30m&until=1.5s",
			NULL },
		{ HTTP_GET, "/containers/a/logs?since=&until=", "", NULL },
		{ HTTP_GET, "/containers/a/logs?since=yesterday", NULL, "must be a time" },
		{ HTTP_GET, "/containers/a/logs?since=1.", NULL, "must be a time" },
		{ HTTP_GET, "/containers/a/logs?since=1h30", NULL, "must be a time" },
		{ HTTP_GET, "/containers/a/logs?since=2026-01-02T", NULL, "must be a time" },
		{ HTTP_GET, "/containers/a/logs?since=1%00", NULL, NULL },
		{ HTTP_GET, "/containers/a/logs?tail=all", "tail=all", NULL },
		{ HTTP_GET, "/containers/a/logs?tail=10", "tail=10", NULL },
		{ HTTP_GET, "/containers/a/logs?tail=-1", NULL, "must be \"all\" or a number" },
		{ HTTP_GET, "/containers/a/logs?tail=10x", NULL, "must be \"all\" or a number" },
		{ HTTP_POST, "/containers/a/attach?detachKeys=ctrl-p,ctrl-q",
			"detachKeys=ctrl-p%2Cctrl-q", NULL },
		{ HTTP_POST, "/containers/a/attach?detachKeys=a,ctrl-%5B",
			"detachKeys=a%2Cctrl-%5B", NULL },
		{ HTTP_POST, "/containers/a/attach?detachKeys=ctrl-%00", NULL, NULL },
		{ HTTP_POST, "/containers/a/attach?detachKeys=ctrl-1", NULL, "must be keys" },
		{ HTTP_POST, "/containers/a/attach?detachKeys=ctrl-p,", NULL, "must be keys" },
		{ HTTP_POST, "/containers/a/attach?detachKeys=%1b", NULL, "must be keys" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		struct target t;
		const char *why;

		/* NUL does not come so far. */
		if (strstr(facts[i].target, "%00"))
			assert_int_equal(target_parse(span_of(facts[i].target), &t, &why), -1);
		else
			check(&facts[i], OWNER);
	}
}

static void
texts_and_signals(void **state)
{
	static const struct fact facts[] = {
		{ HTTP_POST, "/containers/a/kill?signal=SIGTERM", "signal=SIGTERM", NULL },
		{ HTTP_POST, "/containers/a/kill?signal=hup", "signal=hup", NULL },
		{ HTTP_POST, "/containers/a/kill?signal=9", "signal=9", NULL },
		{ HTTP_POST, "/containers/a/kill?signal=", "", NULL },
		{ HTTP_POST, "/containers/a/kill?signal=64", "signal=64", NULL },
		{ HTTP_POST, "/containers/a/kill?signal=SIGRTMIN%2B3", "signal=SIGRTMIN%2B3",
			NULL },
		{ HTTP_POST, "/containers/a/kill?signal=RTMAX-14", "signal=RTMAX-14", NULL },
		{ HTTP_GET, "/containers/a/archive?path=/a%20b/%C3%A4/../c",
			"path=%2Fa%20b%2F%C3%A4%2F..%2Fc", NULL },
		{ HTTP_GET, "/containers/a/archive?path=/a%0Ab", NULL, "must be a path" },
		{ HTTP_GET, "/containers/a/archive?path=/a%7F", NULL, "must be a path" },
		{ HTTP_POST, "/containers/a/kill?signal=0", NULL, "must be a signal" },
		{ HTTP_POST, "/containers/a/kill?signal=65", NULL, "must be a signal" },
		{ HTTP_POST, "/containers/a/kill?signal=-9", NULL, "must be a signal" },
		{ HTTP_POST, "/containers/a/kill?signal=SIG", NULL, "must be a signal" },
		{ HTTP_POST, "/containers/a/kill?signal=RTMIN%2B16", NULL, "must be a signal" },
		{ HTTP_POST, "/containers/a/kill?signal=RTMIN%2B", NULL, "must be a signal" },
		{ HTTP_POST, "/containers/a/kill?signal=TERM%7CKILL", NULL, "must be a signal" },
		{ HTTP_POST, "/containers/a/stop?t=5&signal=INT", "t=5&signal=INT", NULL },
		{ HTTP_GET, "/images/search?term=a%20b", "term=a%20b", NULL },
		{ HTTP_GET, "/images/search?term=a%0ab", NULL, "control characters" },
		{ HTTP_POST, "/containers/create?platform=linux/arm64", "platform=linux%2Farm64",
			NULL },
		{ HTTP_POST,
			"/containers/create?platform=0123456789012345678901234567890123456789012345678901234567890123x",
			NULL, "longer than 64 bytes" },
		{ HTTP_DELETE, "/containers/a?link=0&v=1", "v=1", NULL },
		{ HTTP_DELETE, "/containers/a?link=1", NULL, "\"link\": not allowed" },
		{ HTTP_POST, "/images/create?fromImage=a&fromSrc=-", NULL,
			"\"fromSrc\": not allowed" },
		{ HTTP_POST, "/images/create?fromSrc=-&repo=a", NULL, "\"fromSrc\": not allowed" },
	};

	(void)state;
	CHECK(facts);
}

static void
new_names_are_in_the_tenants_namespace(void **state)
{
	static const struct fact facts[] = {
		{ HTTP_POST, "/containers/create?name=web", "name=acme--web", NULL },
		{ HTTP_POST, "/containers/create", "", NULL },
		{ HTTP_POST, "/containers/a/rename?name=beta--web", "name=acme--beta--web", NULL },
		{ HTTP_POST, "/containers/a/rename?name=", NULL, "\"name\": must be there" },
		{ HTTP_POST, "/containers/a/rename", NULL, "must be there" },
		{ HTTP_POST, "/containers/a/rename?name=a%2Fb", NULL, "\"a/b\" is no name" },
		{ HTTP_POST, "/containers/a/rename?name=a%20b", NULL, "is no name" },
		{ HTTP_POST, "/containers/a/rename?name=-x", NULL, "is no name" },
		{ HTTP_POST, "/containers/a/rename?name=0a1b2c", NULL, "taken for an id" },
		{ HTTP_POST, "/containers/a/rename?name=a1&name=b1", NULL, "is there twice" },
	};

	(void)state;
	CHECK(facts);
}

static void
objects_are_handed_out(void **state)
{
	static const struct named_fact facts[] = {
		{ { HTTP_POST, "/commit?container=web", "", NULL }, "container container=web;" },
		{ { HTTP_POST, "/commit?container=a&tag=1", "", NULL }, "container container=a;" },
		{ { HTTP_POST, "/commit?container=a&repo=app&tag=1", "repo=acme--app&tag=1", NULL },
			"container container=a;" },
		{ { HTTP_POST, "/commit?repo=app", NULL, "\"container\": must be there" }, "" },
		{ { HTTP_GET, "/images/get?names=a:1&names=b,c", "", NULL },
			"image names=a:1;image names=b;image names=c;" },
		{ { HTTP_GET, "/images/get", NULL, "must be there" }, "" },
		{ { HTTP_GET, "/images/get?names=a,", NULL, "a name is empty" }, "" },
		{ { HTTP_GET, "/images/get?names=a,a,a,a,a,a,a,a,a&names=a,a,a,a,a,a,a,a", NULL,
			  "too many" },
			"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		check_names(&facts[i].fact, OWNER, facts[i].names);
}

static void
names_of_images(void **state)
{
	static const struct fact facts[] = {
		{ HTTP_POST, "/images/create?fromImage=docker.io/library/alpine&tag=3",
			"fromImage=alpine&tag=3", NULL },
		{ HTTP_POST, "/images/create?fromImage=alpine:3", "fromImage=alpine&tag=3", NULL },
		{ HTTP_POST, "/images/create?fromImage=alpine:3&tag=4", "fromImage=alpine&tag=4",
			NULL },
		{ HTTP_POST, "/images/create?fromImage=reg.example/acme/app&tag=1",
			"fromImage=reg.example%2Facme%2Fapp&tag=1", NULL },
		{ HTTP_POST, "/images/create?fromImage=beta--app&tag=1", NULL, "may not pull it" },
		{ HTTP_POST, "/images/create?fromImage=acme--app&tag=1", NULL, "may not pull it" },
		{ HTTP_POST, "/images/create?fromImage=Alpine&tag=1", NULL, "\"Alpine\"" },
		{ HTTP_POST, "/images/create?fromImage=alpine&tag=a/b", NULL, "\"fromImage\"" },
		{ HTTP_POST, "/images/create?tag=1", NULL, "\"fromImage\": must be there" },
		{ HTTP_POST, "/images/x/tag?repo=app&tag=1", "repo=acme--app&tag=1", NULL },
		{ HTTP_POST, "/images/x/tag?repo=team/app:2", "repo=acme--team%2Fapp&tag=2", NULL },
		{ HTTP_POST, "/images/x/tag?repo=beta--app", "repo=acme--beta--app", NULL },
		{ HTTP_POST, "/images/x/tag?repo=reg.example/acme/app&tag=1",
			"repo=reg.example%2Facme%2Fapp&tag=1", NULL },
		{ HTTP_POST, "/images/x/tag?repo=reg.example/beta/app&tag=1", NULL,
			"is not the tenant's own" },
		{ HTTP_POST, "/images/x/tag?tag=1", NULL, "\"repo\": must be there" },
		{ HTTP_POST,
			"/images/x/tag?repo=app@sha256:"
			"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
			NULL, "is a digest" },

		{ HTTP_POST, "/build?t=app&t=app:2",
			"t=acme--app&t=acme--app%3A2&rm=1&forcerm=1&"
			"labels=%7B%22fairlead.tenant.image%22%3A%22acme%22%7D",
			NULL },
	};

	(void)state;
	CHECK(facts);
}

/* A cache without owners is pruned of nothing, whatever is asked for. */
static void
fixed_values(void **state)
{
	static const struct fact facts[] = {
		{ HTTP_POST, "/build/prune?all=1", "filters=%7B%22id%22%3A%5B%22-%22%5D%7D", NULL },
		{ HTTP_POST, "/build/prune?filters={\"id\":[\"x\"]}",
			"filters=%7B%22id%22%3A%5B%22-%22%5D%7D", NULL },
	};

	(void)state;
	CHECK(facts);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(booleans_by_the_engines_rule),
		cmocka_unit_test(unknown_and_double_keys),
		cmocka_unit_test(keys_that_repeat_a_body),
		cmocka_unit_test(numbers_and_choices),
		cmocka_unit_test(times_and_tails),
		cmocka_unit_test(texts_and_signals),
		cmocka_unit_test(new_names_are_in_the_tenants_namespace),
		cmocka_unit_test(objects_are_handed_out),
		cmocka_unit_test(names_of_images),
		cmocka_unit_test(fixed_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
