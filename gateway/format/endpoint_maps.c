/*
 * endpoint_maps: the query keys whose value is a JSON map of texts: labels of what is made, arguments of a build.
 */
#include "format/endpoint_query.h"
#include "format/space.h"

static int
bad_member(const struct query_key *key, const struct json *v, const char *message, struct text *why)
{
	text_addf(why, "query key \"%s\": ", key->name);
	text_add_json(why, v->key);
	text_addf(why, " %s", message);
	return -1;
}

/* A null is an argument whose value the build is to take from nowhere; a label has none. */
static int
check_members(const struct query_key *key, const struct json *map, const char *owner_label,
	struct text *why)
{
	bool labels = key->type == QUERY_LABELS;

	for (const struct json *v = map->first; v; v = v->next) {
		if (v->type != JSON_STRING && (labels || v->type != JSON_NULL))
			return bad_member(key, v, "must be a text", why);
		if (labels && space_is_label(owner_label, v->key)) {
			bad_member(key, v, "is a label of the gateway: not allowed", why);
			return ENDPOINT_QUERY_DENIED;
		}
	}
	return 0;
}

/* Whose the image is: an absent label would be inherited from the base. */
static int
stamp(struct json_doc *doc, const char *owner_label, struct span tenant)
{
	struct json *value = json_new_string(doc, tenant);
	struct text name;
	int rc = -1;

	text_init(&name, 0);
	space_add_label(&name, owner_label, SPACE_LABEL_IMAGE);
	if (value && !name.failed)
		rc = json_set(doc, doc->root, name.p, value);
	text_free(&name);
	return rc;
}

static int
add_map(const struct query_key *key, struct json_doc *doc, const char *owner_label,
	const struct endpoint_asker *who, struct text *out, struct text *why)
{
	struct text json;
	int rc = check_members(key, doc->root, owner_label, why);

	if (rc)
		return rc;
	if (key->type == QUERY_LABELS && *owner_label && stamp(doc, owner_label, who->tenant))
		out->failed = true;
	text_init(&json, 0);
	json_print(&json, doc->root);
	endpoint_query_add(out, key, text_span(&json));
	out->failed |= json.failed;
	text_free(&json);
	return 0;
}

static int
read_map(const struct query_key *key, struct span value, struct json_doc *doc, struct text *why)
{
	/* Engines read a map: keys that differ in case are two. */
	static const struct json_limits limits = { .exact_keys = true };
	struct json_error err;

	if (!value.len || span_eq(value, SPAN("null")))
		value = SPAN("{}");
	if (json_parse(value, &limits, doc, &err) == -1)
		return endpoint_query_bad(key, err.message, why);
	if (doc->root->type == JSON_OBJECT)
		return 0;
	json_free(doc);
	return endpoint_query_bad(key, "must be a JSON object", why);
}

int
endpoint_query_map(const struct query_key *key, struct span value, const struct endpoint_asker *who,
	struct text *out, struct text *why)
{
	struct span owner = who->owner, label;
	struct json_doc doc;
	char name[256];
	int rc;

	label = span_cut(&owner, '=');
	if (!span_copy(label, name, sizeof(name)))
		return endpoint_query_bad(key, "the owner's label is too long", why);
	if (!value.len && key->type == QUERY_MAP)
		return 0;
	rc = read_map(key, value, &doc, why);
	if (rc)
		return rc;
	rc = add_map(key, &doc, name, who, out, why);
	json_free(&doc);
	return rc;
}
