/*
 * endpoint_filters: the "filters" key of a list's query, judged and built
 * anew as a map of lists, with the owner's label in it.
 *
 * Source: moby, api/types/filters: {"label":["a=b"]} or {"label":{"a=b":true}}.
 */
#include "format/endpoint_query.h"
#include "format/space.h"

/* A map of maps is three deep. What a client asks for in one list is a handful. */
#define FILTERS_DEPTH 4
#define FILTERS_NODES 1024

/* The client's own word on a label of the gateway's: with a value or without. */
static bool
is_gateway_label(struct span value, struct span owner)
{
	struct span key = span_cut(&value, '='), label = span_cut(&owner, '=');

	return label.len > 0 && span_starts(key, label) &&
		(key.len == label.len || key.p[label.len] == '.');
}

/* The value that one entry of a filter names; -1 when its form is wrong. */
static int
entry_value(const struct json *filter, const struct json *entry, struct span *value)
{
	if (filter->type == JSON_ARRAY && entry->type == JSON_STRING)
		*value = entry->text;
	else if (filter->type == JSON_OBJECT && entry->type == JSON_BOOL && entry->truth)
		*value = entry->key;
	else
		return -1;
	return 0;
}

static int
no_memory(struct filter_work *w)
{
	w->out->failed = true;
	return endpoint_query_bad(w->key, "out of memory", w->why);
}

static bool
is_label(struct span filter)
{
	return span_eq(filter, SPAN("label")) || span_eq(filter, SPAN("label!"));
}

static int
add_entries(struct filter_work *w, const struct json *filter, struct json *values)
{
	for (const struct json *entry = filter->first; entry; entry = entry->next) {
		struct span value;

		if (entry_value(filter, entry, &value) < 0)
			return endpoint_query_bad(w->key, "a filter must be a list of strings",
				w->why);
		if (is_label(filter->key) && is_gateway_label(value, w->who->owner))
			continue;
		if (endpoint_filter_word(w, filter->key, value, values) < 0)
			return -1;
	}
	return 0;
}

static int
check_filter(const struct filter_work *w, const struct json *filter)
{
	if (!endpoint_query_is_choice(w->key->choices, filter->key)) {
		text_addf(w->why, "query key \"%s\": the filter ", w->key->name);
		text_add_json(w->why, filter->key);
		text_add_str(w->why, " is not served");
		return -1;
	}
	if (filter->type != JSON_ARRAY && filter->type != JSON_OBJECT)
		return endpoint_query_bad(w->key, "a filter must be a list of strings", w->why);
	return 0;
}

/* "fairlead.tenant=acme", or "fairlead.tenant.image=acme". */
static int
add_owner(struct filter_work *w, struct json *values)
{
	struct text label;
	struct span value = w->who->owner, name = span_cut(&value, '=');
	struct json *node;

	text_init(&label, 0);
	text_addf(&label, "%.*s%s=%.*s", SPAN_ARG(name),
		w->key->min == FILTER_LABEL_IMAGE ? "." SPACE_LABEL_IMAGE : "", SPAN_ARG(value));
	node = label.failed ? NULL : json_new_string(&w->doc, text_span(&label));
	text_free(&label);
	if (!node)
		return no_memory(w);
	json_append(values, node);
	return 0;
}

/* A catalogue of a registry has no labels, and nothing of a tenant. */
static bool
is_stamped(const struct filter_work *w)
{
	return w->who->owner.len > 0 && w->key->min != FILTER_LABEL_NONE &&
		endpoint_query_is_choice(w->key->choices, SPAN("label"));
}

/* The list of a filter in what is sent; NULL without memory. */
static struct json *
new_list(struct filter_work *w, const char *name)
{
	struct json *list = json_new(&w->doc, JSON_ARRAY);

	return list && json_set(&w->doc, w->doc.root, name, list) == 0 ? list : NULL;
}

/* The owner's label stands first, whatever the client asks for. */
static int
add_labels(struct filter_work *w, const struct json *client)
{
	bool stamped = is_stamped(w);
	struct json *list;

	if (!client && !stamped)
		return 0;
	if (client && check_filter(w, client) < 0)
		return -1;
	list = new_list(w, "label");
	if (!list)
		return no_memory(w);
	if (stamped && add_owner(w, list) < 0)
		return -1;
	return client ? add_entries(w, client, list) : 0;
}

static int
add_others(struct filter_work *w, const struct json *root)
{
	for (const struct json *f = root ? root->first : NULL; f; f = f->next) {
		char name[32];
		struct json *list;

		if (check_filter(w, f) < 0)
			return -1;
		if (span_eq(f->key, SPAN("label")) || !f->first)
			continue;
		list = span_copy(f->key, name, sizeof(name)) ? new_list(w, name) : NULL;
		if (!list)
			return no_memory(w);
		if (add_entries(w, f, list) < 0)
			return -1;
	}
	return 0;
}

/* What came in a key of its own, before there were filters. */
static int
add_older(struct filter_work *w, struct span reference)
{
	struct json *list = json_get_exact(w->doc.root, "reference");

	if (!reference.len)
		return 0;
	if (!list)
		list = new_list(w, "reference");
	return list ? endpoint_filter_word(w, SPAN("reference"), reference, list) : no_memory(w);
}

static void
print_filters(struct filter_work *w)
{
	struct text json;

	text_init(&json, 0);
	json_print(&json, w->doc.root);
	if (json.failed)
		w->out->failed = true;
	else
		endpoint_query_add(w->out, w->key, text_span(&json));
	text_free(&json);
}

static int
build_filters(struct filter_work *w, const struct json *root, struct span reference)
{
	w->doc.root = json_new(&w->doc, JSON_OBJECT);
	if (!w->doc.root)
		return no_memory(w);
	if (add_labels(w, json_get_exact(root, "label")) < 0 || add_others(w, root) < 0)
		return -1;
	return add_older(w, reference);
}

/* Ready, or left to the caller, for something in it is still to be found. */
static int
judge_filters(struct filter_work *w, const struct json *root, struct span reference)
{
	int rc;

	if (json_doc_new(&w->doc) < 0)
		return no_memory(w);
	rc = build_filters(w, root, reference);
	if (rc == 0 && !w->named)
		print_filters(w);
	if (w->named)
		*w->who->filters = w->doc;
	else
		json_free(&w->doc);
	return rc;
}

int
endpoint_filters(const struct query_key *key, struct span value, struct span reference,
	const struct endpoint_asker *who, struct text *out, struct text *why)
{
	struct json_limits limits = { .depth = FILTERS_DEPTH, .nodes = FILTERS_NODES };
	struct filter_work w = { .key = key, .who = who, .out = out, .why = why };
	struct json_doc doc;
	struct json_error err;
	int rc;

	if (span_trim(value).len == 0)
		return is_stamped(&w) || reference.len ? judge_filters(&w, NULL, reference) : 0;
	if (json_parse(value, &limits, &doc, &err) < 0) {
		text_addf(why, "query key \"%s\": %s", key->name, err.message);
		return -1;
	}
	if (doc.root->type == JSON_OBJECT)
		rc = judge_filters(&w, doc.root, reference);
	else
		rc = endpoint_query_bad(key, "must be a JSON object", why);
	json_free(&doc);
	return rc;
}
