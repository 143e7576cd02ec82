/*
 * Fuzz target of query judging: the first byte picks the endpoint, the rest is
 * the query as it was sent. What comes out holds known keys only, each once,
 * is judged to the same again, and lists only what is the owner's.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/endpoint.h"
#include "format/json.h"
#include "format/space.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OWNER SPAN("fairlead.tenant=acme")

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static const struct endpoint *
pick(unsigned n)
{
	unsigned count = 0;

	while (endpoint_at(count))
		count++;
	return endpoint_at(n % count);
}

static const struct query_key *
key_of(const struct endpoint *e, struct span name)
{
	for (const struct query_key *k = e->query; k->name; k++)
		if (span_eq(span_of(k->name), name))
			return k;
	return NULL;
}

static bool
has_labels(const struct query_key *k)
{
	struct span choices = span_of(k->choices);

	while (choices.p)
		if (span_eq(span_cut(&choices, '|'), SPAN("label")))
			return true;
	return false;
}

static bool
is_stamped(const struct query_key *k)
{
	return has_labels(k) && k->min != FILTER_LABEL_NONE;
}

static struct span
stamp_of(const struct query_key *k)
{
	return k->min == FILTER_LABEL_IMAGE ? SPAN("fairlead.tenant.image=acme") : OWNER;
}

/* One label entry of the owner's key, and it is the owner's; none where there are no labels. */
static void
filters_are_the_owners(const struct query_key *k, struct span value)
{
	struct json_limits limits = { 0 };
	struct json_doc doc;
	struct json_error err;
	unsigned ours = 0;

	must(json_parse(value, &limits, &doc, &err) == 0);
	for (const struct json *f = doc.root->first; f; f = f->next) {
		must(f->type == JSON_ARRAY);
		for (const struct json *v = f->first; v; v = v->next) {
			must(v->type == JSON_STRING);
			if (!span_eq(f->key, SPAN("label")))
				continue;
			if (span_eq(v->text, stamp_of(k)))
				ours++;
			else
				must(!span_eq(v->text, SPAN("fairlead.tenant")) &&
					!span_starts(v->text, SPAN("fairlead.tenant=")) &&
					!span_starts(v->text, SPAN("fairlead.tenant.")));
		}
	}
	must(ours == (is_stamped(k) ? 1 : 0));
	json_free(&doc);
}

static char shared_pattern[] = "*";
static char *const images[] = { shared_pattern, NULL };
static const struct image_space space = { .tenant = { "acme", 4 }, .images = images };

/* What is in the tenant's namespace would be put in once more. */
static bool
changes_again(enum query_type type)
{
	return type == QUERY_NAME || type == QUERY_REPO || type == QUERY_FILTERS;
}

static void
name_is_sound(const struct query_key *k, struct span value)
{
	struct image_name name;
	const char *why;

	if (k->type == QUERY_NAME)
		must(span_starts(value, SPAN("acme--")) &&
			space_name_ok((struct span){ value.p + 6, value.len - 6 }));
	if (k->type == QUERY_REPO)
		must(image_name_parse(value, &name, &why) == 0 &&
			image_space_owner(&space, &name) == IMAGE_OWN);
	if (k->type == QUERY_PULL)
		must(image_name_parse(value, &name, &why) == 0 && image_space_pulls(&space, &name));
	/* These are only handed out. */
	must(k->type != QUERY_CONTAINER && k->type != QUERY_IMAGE);
}

static int
take_name(void *arg, const struct endpoint_name *n)
{
	(void)arg;
	must(n->name.len > 0 && (!n->key != !n->value));
	return 0;
}

/* The owner's is in it, and no other of the gateway's. */
static void
labels_are_the_owners(struct span value)
{
	static const struct json_limits limits = { .exact_keys = true };
	const struct json *owner;
	struct json_doc doc;
	struct json_error err;

	must(json_parse(value, &limits, &doc, &err) == 0);
	owner = json_get_exact(doc.root, "fairlead.tenant.image");
	must(owner && owner->type == JSON_STRING && span_eq(owner->text, SPAN("acme")));
	for (const struct json *v = doc.root->first; v; v = v->next)
		must(v == owner ||
			(v->type == JSON_STRING && !space_is_label("fairlead.tenant", v->key)));
	json_free(&doc);
}

static void
is_sound(const struct endpoint *e, const struct target *t)
{
	for (unsigned i = 0; i < t->pairs; i++) {
		const struct query_key *k = key_of(e, t->query[i].key);
		struct span value = { NULL, 0 };

		must(k != NULL && k->type != QUERY_DROPPED && k->type != QUERY_BUILD);
		must((target_query(t, t->query[i].key, &value) == 1 || k->max > 1) &&
			value.len > 0);
		name_is_sound(k, t->query[i].value);
		if (k->type == QUERY_BOOL)
			must(span_eq(value, SPAN("0")) || span_eq(value, SPAN("1")));
		if (k->type == QUERY_FILTERS)
			filters_are_the_owners(k, value);
		if (k->type == QUERY_LABELS)
			labels_are_the_owners(value);
	}
	for (const struct query_key *k = e->query; k->name; k++) {
		struct span value;

		must(k->type != QUERY_FILTERS || !is_stamped(k) ||
			target_query(t, span_of(k->name), &value) == 1);
		must(k->type != QUERY_LABELS || target_query(t, span_of(k->name), &value) == 1);
	}
}

/* As they are sent when all in them is found. */
static void
add_filters(const struct json *filters, struct text *out)
{
	struct text json;

	text_init(&json, 0);
	json_print(&json, filters);
	text_addf(out, "%sfilters=", out->p[out->len - 1] == '?' ? "" : "&");
	target_add_encoded(out, text_span(&json));
	text_free(&json);
}

/* Judges `raw`; 0 with the whole target in `out`, -1 when it is refused. */
static int
judge(const struct endpoint *e, struct span raw, struct text *out)
{
	struct target t;
	struct text why;
	const char *bad;
	int rc;
	struct json_doc filters = { NULL, NULL };
	struct endpoint_asker who = { .owner = OWNER,
		.tenant = SPAN("acme"),
		.images = &space,
		.filters = &filters,
		.name = take_name };

	if (target_parse(raw, &t, &bad) < 0)
		return -1;
	text_init(&why, 0);
	text_add_str(out, "/x?");
	rc = endpoint_query(e, &t, &who, out, &why);
	must((rc < 0) == (why.len > 0));
	must(!out->failed);
	if (rc == 0 && filters.root)
		add_filters(filters.root, out);
	json_free(&filters);
	text_free(&why);
	target_free(&t);
	return rc;
}

static void
is_judged_the_same(const struct endpoint *e, const struct text *out)
{
	struct target t;
	struct text again;
	const char *bad;
	bool same = true;

	must(target_parse(text_span(out), &t, &bad) == 0);
	is_sound(e, &t);
	target_free(&t);
	/* What was handed out is not in it, nor would a name stay as it is. */
	for (const struct query_key *k = e->query; k->name; k++)
		if (changes_again(k->type) || k->type == QUERY_CONTAINER || k->type == QUERY_IMAGE)
			same = false;
	if (!same)
		return;
	text_init(&again, 0);
	must(judge(e, text_span(out), &again) == 0);
	must(span_eq(text_span(out), text_span(&again)));
	text_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct endpoint *e;
	struct text raw, out;

	if (size == 0)
		return 0;
	e = pick(data[0]);
	text_init(&raw, 0);
	text_init(&out, 0);
	text_add_str(&raw, "/x?");
	text_add(&raw, data + 1, size - 1);
	if (judge(e, text_span(&raw), &out) == 0)
		is_judged_the_same(e, &out);
	text_free(&raw);
	text_free(&out);
	return 0;
}
