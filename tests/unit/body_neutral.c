/*
 * body_neutral: values that say "not set" pass for each field of each table, and are not sent where they
 * could mean anything.
 */
#include "body_case.h"
#include "format/body_judge.h"

static const char *const neutral[] = { "null", "false", "0", "\"\"", "[]", "{}", "-0", "0.0e9" };

static bool
takes(const struct body_field *f, const char *value)
{
	if (strcmp(value, "null") == 0)
		return true;
	return !(f->flags & (BODY_KEEP | BODY_ABSENT));
}

/* `form` has two places: for the field's name and for the value. */
static void
each_field(enum endpoint_body kind, const struct body_field *fields, const char *form)
{
	struct body_case c;
	char body[400];

	case_init(&c);
	for (const struct body_field *f = fields; f->name; f++)
		for (size_t i = 0; i < sizeof(neutral) / sizeof(neutral[0]); i++) {
			if (!takes(f, neutral[i]))
				continue;
			snprintf(body, sizeof(body), form, f->name, neutral[i]);
			case_passes(&c, kind, body);
		}
	case_free(&c);
}

static void
of_create(void **state)
{
	struct body_field rest[128];
	unsigned n = 0;

	(void)state;
	/* Image is in the form. */
	for (const struct body_field *f = body_create_fields; f->name; f++)
		if (strcmp(f->name, "Image") != 0)
			rest[n++] = *f;
	rest[n] = (struct body_field){ .name = NULL };
	each_field(BODY_CONTAINER_CREATE, rest, "{\"Image\":\"i\",\"%s\":%s}");
}

static void
of_host(void **state)
{
	(void)state;
	each_field(BODY_CONTAINER_CREATE, body_host_fields,
		"{\"Image\":\"i\",\"HostConfig\":{\"%s\":%s}}");
}

static void
of_endpoint(void **state)
{
	(void)state;
	each_field(BODY_CONTAINER_CREATE, body_endpoint_fields,
		"{\"Image\":\"i\",\"NetworkingConfig\":{\"EndpointsConfig\":{\"net\":{\"%s\":%s}}}}");
	each_field(BODY_NETWORK_CONNECT, body_endpoint_fields,
		"{\"Container\":\"web\",\"EndpointConfig\":{\"%s\":%s}}");
}

static void
of_others(void **state)
{
	(void)state;
	each_field(BODY_COMMIT, body_commit_fields, "{\"%s\":%s}");
	each_field(BODY_CONTAINER_UPDATE, body_update_fields, "{\"%s\":%s}");
	each_field(BODY_VOLUME_CREATE, body_volume_fields, "{\"%s\":%s}");
	each_field(BODY_NETWORK_CREATE, body_network_fields + 1, "{\"Name\":\"net\",\"%s\":%s}");
	each_field(BODY_NETWORK_CONNECT, body_connect_fields + 1,
		"{\"Container\":\"web\",\"%s\":%s}");
	each_field(BODY_NETWORK_DISCONNECT, body_disconnect_fields + 1,
		"{\"Container\":\"web\",\"%s\":%s}");
}

/* A key that no engine knows says nothing when it says "not set"; else it is refused by its name. */
static void
of_unknown_keys(void **state)
{
	static const char *const said[] = { "true", "1", "\"x\"", "[0]", "{\"a\":null}" };
	struct body_case c;
	char body[200];

	(void)state;
	case_init(&c);
	for (size_t i = 0; i < sizeof(neutral) / sizeof(neutral[0]); i++) {
		snprintf(body, sizeof(body), "{\"Image\":\"i\",\"HostConfig\":{\"Unheard\":%s}}",
			neutral[i]);
		case_drops(&c, BODY_CONTAINER_CREATE, body, "Unheard");
	}
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		snprintf(body, sizeof(body), "{\"Image\":\"i\",\"HostConfig\":{\"Unheard\":%s}}",
			said[i]);
		case_refused(&c, BODY_CONTAINER_CREATE, body, 400, "HostConfig.Unheard: ");
		snprintf(body, sizeof(body), "{\"Unheard\":%s}", said[i]);
		case_refused(&c, BODY_CONTAINER_UPDATE, body, 400, "Unheard: ");
		case_refused(&c, BODY_VOLUME_CREATE, body, 400, "Unheard: ");
	}
	case_free(&c);
}

/* Only null means that these lists are the engine's own. */
static void
of_lists_that_hide(void **state)
{
	struct body_case c;

	(void)state;
	case_init(&c);
	case_drops(&c, BODY_CONTAINER_CREATE,
		"{\"Image\":\"i\",\"HostConfig\":{\"MaskedPaths\":null,\"ReadonlyPaths\":null}}",
		"Paths");
	case_refused(&c, BODY_CONTAINER_CREATE,
		"{\"Image\":\"i\",\"HostConfig\":{\"MaskedPaths\":[]}}", 403,
		"HostConfig.MaskedPaths: [] is not allowed for tenant acme");
	case_free(&c);
}

/* Where "not set" and 0 or [] differ for the engine, what the client says is sent. */
static void
of_values_that_mean_something(void **state)
{
	struct body_case c;

	(void)state;
	case_init(&c);
	case_sends(&c, BODY_CONTAINER_CREATE, "{\"Image\":\"i\",\"Entrypoint\":[]}",
		"\"Entrypoint\":[]");
	case_sends(&c, BODY_CONTAINER_CREATE, "{\"Image\":\"i\",\"Entrypoint\":\"\"}",
		"\"Entrypoint\":[\"\"]");
	case_sends(&c, BODY_CONTAINER_CREATE, "{\"Image\":\"i\",\"StopTimeout\":0}",
		"\"StopTimeout\":0");
	case_sends(&c, BODY_CONTAINER_CREATE, "{\"Image\":\"i\",\"HostConfig\":{\"Init\":false}}",
		"\"Init\":false");
	case_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_create),
		cmocka_unit_test(of_host),
		cmocka_unit_test(of_endpoint),
		cmocka_unit_test(of_others),
		cmocka_unit_test(of_unknown_keys),
		cmocka_unit_test(of_lists_that_hide),
		cmocka_unit_test(of_values_that_mean_something),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
