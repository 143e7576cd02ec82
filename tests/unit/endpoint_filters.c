/*
 * Filters: each is built anew from what is known, with the owner's label in it, or refused.
 */
#include "endpoint_query_case.h"

/* The decoded value of "filters" for one list request, or "refused: why". */
static void
filters_become(const char *filters, struct span owner, const char *expected)
{
	const struct endpoint *e;
	struct target t, again;
	struct span object, value = { NULL, 0 };
	struct text raw, out, why, got, names;
	const char *bad = NULL;

	text_init(&raw, 0), text_init(&out, 0), text_init(&why, 0), text_init(&got, 0);
	text_init(&names, 0);
	text_add_str(&raw, "/containers/json?filters=");
	target_add_encoded(&raw, span_of(filters));
	assert_int_equal(target_parse(text_span(&raw), &t, &bad), 0);
	assert_int_equal(endpoint_find(HTTP_GET, &t, &e, &object), ENDPOINT_FOUND);
	text_add_str(&out, "/x?");
	if (judge(e, &t, owner, &out, &why, &names) < 0) {
		text_add_str(&got, "refused: ");
		text_add_span(&got, text_span(&why));
	} else {
		assert_int_equal(target_parse(text_span(&out), &again, &bad), 0);
		target_query(&again, SPAN("filters"), &value);
		text_add_span(&got, value);
		text_add_str(&got, "");
		target_free(&again);
	}
	if (!strstr(got.p, expected) || (got.p[0] != 'r' && strcmp(got.p, expected) != 0))
		fail_msg("%s: not '%s' but '%s'", filters, expected, got.p);
	target_free(&t);
	text_free(&raw), text_free(&out), text_free(&why), text_free(&got), text_free(&names);
}

#define MINE "\"fairlead.tenant=acme\""
#define ANY_PLAIN "(?:-?[^-])*-?"
#define PLAIN ANY_PLAIN "$"

static void
filters_carry_the_owner(void **state)
{
	(void)state;
	filters_become("", OWNER, "{\"label\":[" MINE "]}");
	filters_become("{}", OWNER, "{\"label\":[" MINE "]}");
	filters_become("{\"status\":[\"running\",\"paused\"]}", OWNER,
		"{\"label\":[" MINE "],\"status\":[\"running\",\"paused\"]}");
	filters_become("{\"status\":{\"running\":true},\"label\":{\"a=b\":true,\"c\":true}}", OWNER,
		"{\"label\":[" MINE ",\"a=b\",\"c\"],\"status\":[\"running\"]}");
	filters_become("{\"status\":[]}", OWNER, "{\"label\":[" MINE "]}");
	filters_become("{\"id\":[\"\\u0041\\n\"]}", OWNER,
		"{\"label\":[" MINE "],\"id\":[\"A\\n\"]}");
	filters_become("", (struct span){ NULL, 0 }, "");
	filters_become("{\"id\":[\"a\"]}", (struct span){ NULL, 0 }, "{\"id\":[\"a\"]}");
}

static void
filters_on_the_owners_label_are_dropped(void **state)
{
	(void)state;
	filters_become("{\"label\":[\"fairlead.tenant=other\"]}", OWNER, "{\"label\":[" MINE "]}");
	filters_become("{\"label\":[\"x\",\"fairlead.tenant\",\"y=1\"]}", OWNER,
		"{\"label\":[" MINE ",\"x\",\"y=1\"]}");
	filters_become("{\"label\":{\"fairlead.tenant=other\":true}}", OWNER,
		"{\"label\":[" MINE "]}");
	filters_become("{\"\\u006cabel\":[\"fairlead.t\\u0065nant=other\"]}", OWNER,
		"{\"label\":[" MINE "]}");
	filters_become("{\"label\":[\"fairlead.tenants=x\"]}", OWNER,
		"{\"label\":[" MINE ",\"fairlead.tenants=x\"]}");
}

static void
other_filters_may_say_the_same_word(void **state)
{
	(void)state;
	filters_become("{\"id\":[\"fairlead.tenant\"]}", OWNER,
		"{\"label\":[" MINE "],\"id\":[\"fairlead.tenant\"]}");
}

/* A pattern of a name means the tenant's own, and what is in no tenant's namespace. */
static void
names_in_filters_are_the_tenants(void **state)
{
	(void)state;
	filters_become("{\"name\":[\"^/?web$\"]}", OWNER,
		"{\"label\":[" MINE "],\"name\":[\"^/?acme--(?:web$)\",\"^/?(?:web$)" PLAIN "\"]}");
	filters_become("{\"name\":[\"(a|b)\"]}", OWNER,
		"{\"label\":[" MINE "],\"name\":[\"^/?acme--.*(?:(a|b))\",\"^/?" ANY_PLAIN
		"(?:(a|b))" PLAIN "\"]}");
	filters_become("{\"network\":[\"net\"],\"volume\":[\"/data\"]}", OWNER,
		"{\"label\":[" MINE
		"],\"network\":[\"net\",\"acme--net\"],\"volume\":[\"/data\"]}");
	filters_become(
		"{\"ancestor\":[\"alpine:3\",\"beta--x\",\"reg.example/acme/app\",\"reg.example/beta/app\"]}",
		OWNER,
		"{\"label\":[" MINE
		"],\"ancestor\":[\"acme--alpine:3\",\"alpine:3\",\"acme--beta--x\","
		"\"reg.example/acme/app\",\"reg.example/beta/app\"]}");
	filters_become("{\"ancestor\":[\"\"]}", OWNER,
		"{\"label\":[" MINE "],\"ancestor\":[\"-\"]}");
}

/* What must be looked up first is handed out, and the filters are left to who finds it. */
static void
objects_in_filters_are_handed_out(void **state)
{
	static const struct named_fact facts[] = {
		{ { HTTP_GET,
			  "/containers/json?all=1&filters={\"before\":[\"web\"],\"label\":[\"a\"]}",
			  "all=1", NULL },
			"container before=web; in {\"label\":[" MINE
			",\"a\"],\"before\":[\"web\"]}" },
		{ { HTTP_GET, "/events?filters={\"image\":[\"app\"]}", "", NULL },
			"image image=app; in {\"image\":[\"acme--app\",\"app\",\"app\"]}" },
		{ { HTTP_GET, "/images/json?filters={\"since\":[\"app\"]}", "", NULL },
			"image since=app; in {\"since\":[\"app\"]}" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		check_names(&facts[i].fact, OWNER, facts[i].names);
}

/* A registry's catalogue knows no labels, and refuses filters that it does not know. */
static void
filters_without_labels_get_none(void **state)
{
	static const struct fact facts[] = {
		{ HTTP_GET, "/images/search?limit=3", "limit=3", NULL },
		{ HTTP_GET, "/images/search?filters={\"stars\":[\"3\"]}",
			"filters=%7B%22stars%22%3A%5B%223%22%5D%7D", NULL },
		{ HTTP_GET, "/images/search?filters={\"label\":[\"a\"]}", NULL, "is not served" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		check(&facts[i], OWNER);
}

/* Images are a tenant's by their names, and events of networks and volumes carry no labels. */
static void
filters_of_images_and_events_leave_it_to_the_answer(void **state)
{
	static const struct fact facts[] = {
		{ HTTP_GET, "/images/json?all=1", "all=1", NULL },
		{ HTTP_GET, "/images/json?filter=app",
			"filters=%7B%22reference%22%3A%5B%22acme--app%22%2C%22app%22%5D%7D", NULL },
		{ HTTP_GET, "/images/json?filters={}", "filters=%7B%7D", NULL },
		{ HTTP_GET, "/events", "", NULL },
		{ HTTP_GET, "/events?filters={\"label\":[\"a\",\"fairlead.tenant.image=beta\"]}",
			"filters=%7B%22label%22%3A%5B%22a%22%5D%7D", NULL },
		{ HTTP_POST, "/images/prune",
			"filters=%7B%22label%22%3A%5B%22fairlead.tenant.image%3Dacme%22%5D%7D",
			NULL },
		{ HTTP_POST, "/images/prune?filters={\"label!\":[\"fairlead.tenant=acme\",\"b\"]}",
			"filters=%7B%22label%22%3A%5B%22fairlead.tenant.image%3Dacme%22%5D%2C"
			"%22label%21%22%3A%5B%22b%22%5D%7D",
			NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		check(&facts[i], OWNER);
}

static void
filters_that_are_refused(void **state)
{
	(void)state;
	filters_become("{\"isolation\":[\"x\"]}", OWNER, "the filter \"isolation\" is not served");
	filters_become("{\"until\":[\"1\"]}", OWNER, "the filter \"until\" is not served");
	filters_become("{\"driver\":[]}", OWNER, "the filter \"driver\" is not served");
	filters_become("{\"Label\":[\"x\"]}", OWNER, "the filter \"Label\" is not served");
	filters_become("{\"label\":[\"x\"],\"label\":[\"y\"]}", OWNER, "refused: ");
	filters_become("{\"label\":[\"x\"],\"Label\":[\"y\"]}", OWNER, "refused: ");
	filters_become("{\"label!\":[\"x\"]}", OWNER, "is not served");
	filters_become("{\"status\":\"running\"}", OWNER, "must be a list");
	filters_become("{\"label\":\"fairlead.tenant=b\"}", OWNER, "must be a list");
	filters_become("{\"label\":[1]}", OWNER, "must be a list");
	filters_become("{\"label\":{\"x\":false}}", OWNER, "must be a list");
	filters_become("{\"label\":{\"x\":{\"y\":true}}}", OWNER, "must be a list");
	filters_become("[\"label\"]", OWNER, "must be a JSON object");
	filters_become("null", OWNER, "must be a JSON object");
	filters_become("{\"label\":[\"x\"]", OWNER, "refused: ");
	filters_become("{\"label\":[\"x\"]} {}", OWNER, "refused: ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(filters_carry_the_owner),
		cmocka_unit_test(filters_on_the_owners_label_are_dropped),
		cmocka_unit_test(other_filters_may_say_the_same_word),
		cmocka_unit_test(names_in_filters_are_the_tenants),
		cmocka_unit_test(objects_in_filters_are_handed_out),
		cmocka_unit_test(filters_without_labels_get_none),
		cmocka_unit_test(filters_of_images_and_events_leave_it_to_the_answer),
		cmocka_unit_test(filters_that_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
