/*
 * endpoint_filters: the "filters" key of a list's query, judged and printed
 * anew as a map of lists, with the owner's label in it.
 *
 * Source: moby, api/types/filters: {"label":["a=b"]} or {"label":{"a=b":true}}.
 */
#include "format/endpoint_query.h"
#include "format/json.h"
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

/* Appends the values that may stay, each behind a comma when `more` is set. */
static int
add_entries(const struct query_key *key, const struct json *filter, struct span owner, bool more,
	struct text *json, struct text *why)
{
	bool label = span_eq(filter->key, SPAN("label")) || span_eq(filter->key, SPAN("label!"));

	for (const struct json *entry = filter->first; entry; entry = entry->next) {
		struct span value;

		if (entry_value(filter, entry, &value) < 0)
			return endpoint_query_bad(key, "a filter must be a list of strings", why);
		if (label && is_gateway_label(value, owner))
			continue;
		if (more)
			text_add_char(json, ',');
		text_add_json(json, value);
		more = true;
	}
	return 0;
}

static int
check_filter(const struct query_key *key, const struct json *filter, struct text *why)
{
	if (!endpoint_query_is_choice(key->choices, filter->key)) {
		text_addf(why, "query key \"%s\": the filter ", key->name);
		text_add_json(why, filter->key);
		text_add_str(why, " is not served");
		return -1;
	}
	if (filter->type != JSON_ARRAY && filter->type != JSON_OBJECT)
		return endpoint_query_bad(key, "a filter must be a list of strings", why);
	return 0;
}

/* "fairlead.tenant=acme", or "fairlead.tenant.image=acme". */
static void
add_owner(const struct query_key *key, struct span owner, struct text *json)
{
	struct text label;
	struct span name = span_cut(&owner, '=');

	text_init(&label, 0);
	text_addf(&label, "%.*s%s=%.*s", SPAN_ARG(name),
		key->min == FILTER_LABEL_IMAGE ? "." SPACE_LABEL_IMAGE : "", SPAN_ARG(owner));
	text_add_json(json, text_span(&label));
	if (label.failed)
		json->failed = true;
	text_free(&label);
}

/* A catalogue of a registry has no labels, and nothing of a tenant. */
static bool
is_stamped(const struct query_key *key, struct span owner)
{
	return owner.len > 0 && key->min != FILTER_LABEL_NONE &&
		endpoint_query_is_choice(key->choices, SPAN("label"));
}

/* The owner's label stands first, whatever the client asks for. */
static int
add_labels(const struct query_key *key, const struct json *client, struct span owner,
	struct text *json, struct text *why)
{
	bool stamped = is_stamped(key, owner);

	if (!client && !stamped)
		return 0;
	if (client && check_filter(key, client, why) < 0)
		return -1;
	text_add_str(json, "\"label\":[");
	if (stamped)
		add_owner(key, owner, json);
	if (client && add_entries(key, client, owner, stamped, json, why) < 0)
		return -1;
	text_add_char(json, ']');
	return 0;
}

static int
add_others(const struct query_key *key, const struct json *root, struct span owner,
	struct text *json, struct text *why)
{
	for (const struct json *f = root ? root->first : NULL; f; f = f->next) {
		if (check_filter(key, f, why) < 0)
			return -1;
		if (span_eq(f->key, SPAN("label")) || !f->first)
			continue;
		if (json->len > 1)
			text_add_char(json, ',');
		text_add_json(json, f->key);
		text_add_str(json, ":[");
		if (add_entries(key, f, owner, false, json, why) < 0)
			return -1;
		text_add_char(json, ']');
	}
	return 0;
}

static int
print_filters(const struct query_key *key, const struct json *root, struct span owner,
	struct text *out, struct text *why)
{
	struct text json;
	int rc = -1;

	text_init(&json, 0);
	text_add_char(&json, '{');
	if (add_labels(key, json_get_exact(root, "label"), owner, &json, why) == 0 &&
		add_others(key, root, owner, &json, why) == 0) {
		text_add_char(&json, '}');
		if (json.failed)
			out->failed = true;
		else
			endpoint_query_add(out, key, text_span(&json));
		rc = 0;
	}
	text_free(&json);
	return rc;
}

int
endpoint_filters(const struct query_key *key, struct span value, struct span owner,
	struct text *out, struct text *why)
{
	struct json_limits limits = { .depth = FILTERS_DEPTH, .nodes = FILTERS_NODES };
	struct json_doc doc;
	struct json_error err;
	int rc;

	if (span_trim(value).len == 0)
		return is_stamped(key, owner) ? print_filters(key, NULL, owner, out, why) : 0;
	if (json_parse(value, &limits, &doc, &err) < 0) {
		text_addf(why, "query key \"%s\": %s", key->name, err.message);
		return -1;
	}
	if (doc.root->type == JSON_OBJECT)
		rc = print_filters(key, doc.root, owner, out, why);
	else
		rc = endpoint_query_bad(key, "must be a JSON object", why);
	json_free(&doc);
	return rc;
}
