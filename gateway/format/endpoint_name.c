/*
 * endpoint_name: the query keys that name something: what gets a new name gets it in the tenant's
 * namespace; what is to be looked up is handed out.
 *
 * Source: moby, daemon/server/router/{container,image,build}; an image's name comes in one key, or its tag
 * or digest in another ("fromImage" and "tag", "repo" and "tag").
 */
#include "format/endpoint_query.h"
#include "format/space.h"

static int
bad_name(const struct query_key *key, struct span name, const char *message, struct text *why)
{
	text_addf(why, "query key \"%s\": ", key->name);
	text_add_json(why, name);
	text_addf(why, " %s", message);
	return -1;
}

static int
add_name(const struct query_key *key, struct span name, const struct endpoint_asker *who,
	struct text *out, struct text *why)
{
	struct text own;

	if (!space_name_ok(name))
		return bad_name(key, name,
			space_looks_like_id(name)
				? "may be taken for an id; add a letter from g to z, '_', '.' or '-'"
				: "is no name: letters, digits, '_', '.' and '-', the first one a letter or "
				  "digit, 2 to 128 in all",
			why);
	text_init(&own, 0);
	space_add(&own, who->tenant, name);
	endpoint_query_add(out, key, text_span(&own));
	if (own.failed)
		out->failed = true;
	text_free(&own);
	return 0;
}

static int
hand_out(const struct query_key *key, enum endpoint_named kind, struct span name,
	const struct endpoint_asker *who, struct text *out)
{
	struct endpoint_name n = { .kind = kind, .name = name, .key = key->name };

	if (who->name && who->name(who->arg, &n) == -1)
		out->failed = true;
	return 0;
}

/* The key that says the tag of this one. */
static const struct query_key *
tag_of(const struct endpoint *e)
{
	for (const struct query_key *k = e->query; k->name; k++)
		if (k->type == QUERY_TAG)
			return k;
	return NULL;
}

/* A whole name, or the repository and the tag or digest each in its key. */
static void
add_image(const struct query_key *key, const struct query_key *tag, const struct image_name *name,
	struct text *out)
{
	struct span mark = name->digest.len ? name->digest : name->tag;
	struct text text;

	text_init(&text, 0);
	if (tag)
		image_name_add_repository(&text, name);
	else
		image_name_add(&text, name);
	endpoint_query_add(out, key, text_span(&text));
	if (tag && mark.len)
		endpoint_query_add(out, tag, mark);
	if (text.failed)
		out->failed = true;
	text_free(&text);
}

static int
add_pull(const struct query_key *key, const struct query_key *tag, const struct image_name *name,
	const struct endpoint_asker *who, struct text *out, struct text *why)
{
	if (!image_space_pulls(who->images, name)) {
		text_addf(why, "query key \"%s\": ", key->name);
		image_name_add(why, name);
		text_addf(why, ": tenant %.*s may not pull it", SPAN_ARG(who->tenant));
		return ENDPOINT_QUERY_DENIED;
	}
	add_image(key, tag, name, out);
	return 0;
}

static int
add_repo(const struct query_key *key, const struct query_key *tag, const struct image_name *name,
	const struct endpoint_asker *who, struct text *out, struct text *why)
{
	struct image_name engine;
	const char *wrong = NULL;
	struct text own;
	int rc = -1;

	text_init(&own, 0);
	if (name->digest.len) {
		bad_name(key, name->digest, "is a digest: no image can be named by it", why);
	} else if (image_space_own(who->images, name, &own, &wrong) == -1) {
		text_addf(why, "query key \"%s\": ", key->name);
		image_name_add(why, name);
		text_addf(why, " %s", wrong);
		rc = ENDPOINT_QUERY_DENIED;
	} else if (own.failed) {
		out->failed = true;
		rc = 0;
	} else if (image_name_parse(text_span(&own), &engine, &wrong) == 0) {
		add_image(key, tag, &engine, out);
		rc = 0;
	} else {
		endpoint_query_bad(key, wrong, why);
	}
	text_free(&own);
	return rc;
}

static int
add_image_name(const struct endpoint *e, const struct target *t, const struct query_key *key,
	struct span value, const struct endpoint_asker *who, struct text *out, struct text *why)
{
	const struct query_key *tag = tag_of(e);
	struct span mark = { NULL, 0 };
	struct image_name name;
	const char *wrong = NULL;

	if (tag)
		target_query(t, span_of(tag->name), &mark);
	if (image_name_parse_with(value, mark, &name, &wrong) == -1)
		return bad_name(key, value, wrong, why);
	/* An engine takes the tag for a word of the digest's: it is none. */
	if (name.digest.len)
		name.tag.len = 0;
	return key->type == QUERY_PULL ? add_pull(key, tag, &name, who, out, why)
				       : add_repo(key, tag, &name, who, out, why);
}

static int
add_images(const struct query_key *key, struct span value, unsigned *count,
	const struct endpoint_asker *who, struct text *out, struct text *why)
{
	while (value.p) {
		struct span name = span_cut(&value, ',');

		if (!name.len)
			return endpoint_query_bad(key, "a name is empty", why);
		if (++*count > (unsigned long)key->max)
			return endpoint_query_bad(key, "there are too many of them", why);
		hand_out(key, NAMED_IMAGE, name, who, out);
	}
	return 0;
}

static int
add_one(const struct endpoint *e, const struct target *t, const struct query_key *key,
	struct span value, unsigned *count, const struct endpoint_asker *who, struct text *out,
	struct text *why)
{
	if (key->type == QUERY_NAME)
		return add_name(key, value, who, out, why);
	if (key->type == QUERY_CONTAINER)
		return hand_out(key, NAMED_CONTAINER, value, who, out);
	if (key->type == QUERY_IMAGE)
		return add_images(key, value, count, who, out, why);
	++*count;
	return add_image_name(e, t, key, value, who, out, why);
}

bool
endpoint_query_names(enum query_type type)
{
	return type == QUERY_NAME || type == QUERY_CONTAINER || type == QUERY_IMAGE ||
		type == QUERY_PULL || type == QUERY_REPO || type == QUERY_TAG;
}

bool
endpoint_query_repeats(const struct query_key *key)
{
	return (key->type == QUERY_IMAGE || key->type == QUERY_REPO) && key->max > 1;
}

int
endpoint_query_name(const struct endpoint *e, const struct target *t, const struct query_key *key,
	const struct endpoint_asker *who, struct text *out, struct text *why)
{
	unsigned count = 0, values = 0;
	int rc = 0;

	if (key->type == QUERY_TAG)
		return 0;
	for (unsigned i = 0; i < t->pairs && rc == 0; i++) {
		if (!t->query[i].value.len || !span_eq(t->query[i].key, span_of(key->name)))
			continue;
		values++;
		rc = add_one(e, t, key, t->query[i].value, &count, who, out, why);
	}
	if (rc == 0 && !values && key->min)
		return endpoint_query_bad(key, "must be there", why);
	if (rc == 0 && key->max && count > (unsigned long)key->max)
		return endpoint_query_bad(key, "there are too many of them", why);
	return rc;
}
