/*
 * endpoint_query_case: one query with what becomes of it. For the tests of queries and filters only.
 */
#ifndef FAIRLEAD_TESTS_ENDPOINT_QUERY_CASE_H
#define FAIRLEAD_TESTS_ENDPOINT_QUERY_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "format/endpoint.h"

#define OWNER SPAN("fairlead.tenant=acme")

/* What was handed out to be looked up, "container=a image=b ". */
static int
note(void *arg, const struct endpoint_name *n)
{
	static const char *const kinds[] = { "container", "network", "volume", "image" };

	text_addf(arg, "%s %s=%.*s;", kinds[n->kind], n->key ? n->key : n->value->parent->key.p,
		SPAN_ARG(n->name));
	return 0;
}

static int
judge(const struct endpoint *e, const struct target *t, struct span owner, struct text *out,
	struct text *why, struct text *names)
{
	static char shared[] = "*", own[] = "reg.example/acme/*";
	static char *const images[] = { shared, NULL };
	static char *const own_images[] = { own, NULL };
	struct image_space space = { .tenant = SPAN("acme"),
		.images = images,
		.own_images = own_images };
	struct json_doc filters = { NULL, NULL };
	struct endpoint_asker who = { .owner = owner,
		.tenant = SPAN("acme"),
		.images = &space,
		.filters = &filters,
		.name = note,
		.arg = names };
	int rc = endpoint_query(e, t, &who, out, why);

	/* As it would be sent if all were found by the words that the client wrote. */
	if (rc == 0 && filters.root) {
		text_add_str(names, " in ");
		json_print(names, filters.root);
	}
	json_free(&filters);
	return rc;
}

struct fact {
	enum http_method method;
	const char *target;
	const char *query; /* NULL: refused */
	const char *why;   /* a part of it */
};

/* One of which names are handed out. */
struct named_fact {
	struct fact fact;
	const char *names;
};

static void
check_names(const struct fact *f, struct span owner, const char *expected)
{
	const struct endpoint *e;
	struct target t;
	struct span object;
	struct text out, why, names;
	const char *bad = NULL;
	int rc;

	text_init(&out, 0);
	text_init(&why, 0);
	text_init(&names, 0);
	text_add_str(&names, "");
	text_add_str(&out, "before?");
	if (target_parse(span_of(f->target), &t, &bad) < 0)
		fail_msg("%s: %s", f->target, bad);
	if (endpoint_find(f->method, &t, &e, &object) != ENDPOINT_FOUND)
		fail_msg("%s is not found", f->target);
	rc = judge(e, &t, owner, &out, &why, &names);
	if ((rc == 0) != (f->query != NULL))
		fail_msg("%s: %d %s %s", f->target, rc, out.p, why.p ? why.p : "");
	if (f->query)
		assert_string_equal(out.p + strlen("before?"), f->query);
	else if (!why.p || !strstr(why.p, f->why))
		fail_msg("%s: not '%s' but '%s'", f->target, f->why, why.p ? why.p : "");
	if (f->query)
		assert_string_equal(names.p, expected);
	target_free(&t);
	text_free(&out);
	text_free(&why);
	text_free(&names);
}

static void
check(const struct fact *f, struct span owner)
{
	check_names(f, owner, "");
}

#endif
