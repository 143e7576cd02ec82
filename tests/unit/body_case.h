/*
 * body_case: a tenant's policy and one body judged by it, for the tests of format/body.
 */
#ifndef FAIRLEAD_TESTS_BODY_CASE_H
#define FAIRLEAD_TESTS_BODY_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "format/body.h"

#define LABEL "fairlead.tenant"

struct body_case {
	struct body_policy policy;
	struct json_doc tree;
	struct body_demand demand;
	struct text why, out, refs; /* refs: "network! bridge=bridge" a line */
	unsigned status;
};

static int
case_ref(void *arg, const struct body_ref *r)
{
	static const char *const kinds[] = { "container", "network", "volume", "image" };
	struct body_case *c = arg;

	text_addf(&c->refs, "%s%s%s%s%s %.*s[%.*s]%.*s\n", kinds[r->kind], r->make ? "!" : "",
		r->key ? " key" : "", r->short_id ? " short" : "", r->names ? " named" : "",
		SPAN_ARG(r->head), SPAN_ARG(r->name), SPAN_ARG(r->tail));
	assert_non_null(r->node);
	return 0;
}

/* A tenant that has nothing but what every tenant has. */
static void
case_init(struct body_case *c)
{
	*c = (struct body_case){ .policy = { .tenant = SPAN("acme"),
					 .owner_label = LABEL,
					 .minor = 41,
					 .ref = case_ref } };
	c->policy.arg = c;
	text_init(&c->why, 1000);
	text_init(&c->out, 0);
	text_init(&c->refs, 0);
}

static void
case_free(struct body_case *c)
{
	json_free(&c->tree);
	text_free(&c->why);
	text_free(&c->out);
	text_free(&c->refs);
}

static void
case_judge(struct body_case *c, enum endpoint_body kind, const char *body)
{
	json_free(&c->tree);
	text_clear(&c->why);
	text_clear(&c->out);
	text_clear(&c->refs);
	c->status = body_judge(kind, span_of(body), &c->policy, &c->tree, &c->demand, &c->why);
	assert_true((c->status == 0) == (c->tree.root != NULL));
	if (c->tree.root)
		json_print(&c->out, c->tree.root);
}

static inline const char *
case_text(const struct text *t)
{
	return t->p ? t->p : "";
}

/* It is refused, in these words. */
static inline void
case_refused(struct body_case *c, enum endpoint_body kind, const char *body, unsigned status,
	const char *words)
{
	case_judge(c, kind, body);
	if (c->status != status || !strstr(case_text(&c->why), words))
		fail_msg("%s: %u %s%s, wanted %u %s", body, c->status, case_text(&c->why),
			case_text(&c->out), status, words);
}

static inline void
case_passes(struct body_case *c, enum endpoint_body kind, const char *body)
{
	case_judge(c, kind, body);
	if (c->status)
		fail_msg("%s: %u %s", body, c->status, case_text(&c->why));
}

/* It passes, and this is in what is sent. */
static inline void
case_sends(struct body_case *c, enum endpoint_body kind, const char *body, const char *part)
{
	case_passes(c, kind, body);
	if (!strstr(case_text(&c->out), part))
		fail_msg("%s: %s, wanted %s", body, case_text(&c->out), part);
}

/* It passes, and nothing of this is sent. */
static inline void
case_drops(struct body_case *c, enum endpoint_body kind, const char *body, const char *part)
{
	case_passes(c, kind, body);
	if (strstr(case_text(&c->out), part))
		fail_msg("%s: %s, without %s", body, case_text(&c->out), part);
}

static inline void
case_names(struct body_case *c, const char *line)
{
	if (!strstr(case_text(&c->refs), line))
		fail_msg("%s is not among: %s", line, case_text(&c->refs));
}

#endif
