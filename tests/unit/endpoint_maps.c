/*
 * Queries with maps of texts: a build's labels and arguments.
 */
#include "endpoint_query_case.h"

static void
query_of(const char *target, const char *query, const char *why)
{
	const struct fact f = { HTTP_POST, target, query, why };

	check(&f, OWNER);
}

/* Its pairs stand in the order of the table: labels behind the arguments. */
static void
stamped(void **state)
{
	(void)state;
	query_of("/build", "rm=1&forcerm=1&labels=%7B%22fairlead.tenant.image%22%3A%22acme%22%7D",
		NULL);
	query_of("/build?labels=",
		"rm=1&forcerm=1&labels=%7B%22fairlead.tenant.image%22%3A%22acme%22%7D", NULL);
	query_of("/build?labels=null",
		"rm=1&forcerm=1&labels=%7B%22fairlead.tenant.image%22%3A%22acme%22%7D", NULL);
	query_of("/build?labels={\"a\":\"b\",\"A\":\"c\"}&rm=0",
		"rm=1&forcerm=1&labels=%7B%22a%22%3A%22b%22%2C%22A%22%3A%22c%22%2C%22fairlead.tenant.image%22%3A%22acme%22%7D",
		NULL);
	query_of("/build?buildargs={\"a\":null,%20\"b\":\"\\u0063\"}",
		"rm=1&forcerm=1&buildargs=%7B%22a%22%3Anull%2C%22b%22%3A%22c%22%7D&"
		"labels=%7B%22fairlead.tenant.image%22%3A%22acme%22%7D",
		NULL);
}

static void
refused(void **state)
{
	(void)state;
	query_of("/build?labels={\"fairlead.tenant.image\":\"b\"}", NULL, "label of the gateway");
	query_of("/build?labels={\"fairlead.tenant\":\"b\"}", NULL, "label of the gateway");
	query_of("/build?labels={\"a\":\"b\",\"a\":\"c\"}", NULL, "labels");
	query_of("/build?labels={\"a\":null}", NULL, "must be a text");
	query_of("/build?labels=[]", NULL, "must be a JSON object");
	query_of("/build?labels={", NULL, "labels");
	query_of("/build?buildargs={\"a\":1}", NULL, "must be a text");
	query_of("/build?buildargs=\"a\"", NULL, "must be a JSON object");
	query_of("/build?remote=http://x/", NULL, "not allowed");
	query_of("/build?version=2", NULL, "not served");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stamped),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
