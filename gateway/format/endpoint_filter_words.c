/*
 * endpoint_filter_words: what a tenant's word in a filter is to the engine.
 *
 * A filter matches when one of its values does, so a word that may mean two things becomes two values. What
 * they match of others' is left out of the answer, for that is of the tenant's objects only.
 *
 * Sources: moby daemon/list.go, daemon/network/filter.go, volume/service/convert.go, daemon/events/filter.go,
 * daemon/images/images.go (20.10 to 28).
 */
#include <string.h>

#include "format/endpoint_query.h"
#include "format/filter_name.h"
#include "format/space.h"

#define NOTHING ENDPOINT_FILTER_NOTHING

static int
add_value(struct filter_work *w, struct json *values, struct span value)
{
	struct json *node = json_new_string(&w->doc, value);

	if (!node) {
		w->out->failed = true;
		return endpoint_query_bad(w->key, "out of memory", w->why);
	}
	json_append(values, node);
	return 0;
}

static int
add_text(struct filter_work *w, struct json *values, struct text *value)
{
	int rc;

	if (value->failed)
		w->out->failed = true;
	rc = add_value(w, values, text_span(value));
	text_free(value);
	return rc;
}

/* As it is, and as its own: a network, a volume, of events also a container. */
static int
add_object(struct filter_work *w, struct span value, struct json *values)
{
	struct text own;

	if (add_value(w, values, value) < 0)
		return -1;
	if (!value.len || *value.p == '/')
		return 0; /* what a volume is mounted on */
	text_init(&own, 0);
	space_add(&own, w->who->tenant, value);
	return add_text(w, values, &own);
}

/* A pattern of names: only its beginning can be another tenant's namespace. */
static int
add_image_pattern(struct filter_work *w, struct span value, struct json *values)
{
	struct text own;

	if (memmem(value.p, value.len, SPACE_SEPARATOR, 2) == NULL &&
		add_value(w, values, value) < 0)
		return -1;
	text_init(&own, 0);
	space_add(&own, w->who->tenant, value);
	return add_text(w, values, &own);
}

static int
add_image_names(struct filter_work *w, const struct image_name *name, struct json *values)
{
	for (unsigned i = 0; i < 2; i++) {
		struct text word;
		bool is;

		text_init(&word, 0);
		is = image_space_candidate(w->who->images, name, i, &word);
		if (is && add_text(w, values, &word) < 0)
			return -1;
		if (!is)
			text_free(&word);
	}
	return 0;
}

/* An id is one whosever image it is: what has it and is shown is the tenant's. */
static int
add_image(struct filter_work *w, struct span value, struct json *values)
{
	struct image_name name;
	struct span hex;
	const char *why;

	if (image_name_may_be_id(value, &hex) && add_value(w, values, value) < 0)
		return -1;
	if (image_name_parse(value, &name, &why) == 0) {
		if (add_image_names(w, &name, values) < 0)
			return -1;
	} else if (value.len && add_image_pattern(w, value, values) < 0) {
		return -1;
	}
	return values->first ? 0 : add_value(w, values, SPAN(NOTHING));
}

static int
add_looked_up(struct filter_work *w, enum endpoint_named kind, bool optional, struct span value,
	struct json *values)
{
	struct endpoint_name n = { .kind = kind, .optional = optional };

	if (add_value(w, values, value) < 0)
		return -1;
	n.value = values->last;
	n.name = n.value->text;
	w->named = true;
	if (w->who->name && w->who->name(w->who->arg, &n) == -1)
		w->out->failed = true;
	return 0;
}

/* Events of containers tell of their image by its id, by which they were made. */
static int
add_event_image(struct filter_work *w, struct span value, struct json *values)
{
	struct image_name name;
	const char *why;

	if (add_image(w, value, values) < 0)
		return -1;
	return image_name_parse(value, &name, &why) == 0
		? add_looked_up(w, NAMED_IMAGE, true, value, values)
		: 0;
}

/* "before" and "since" are of images where names of images are. */
static bool
is_of_images(const struct query_key *key)
{
	return endpoint_query_is_choice(key->choices, SPAN("reference"));
}

/* The tenant's own names, and those of no namespace: what the operator made for it. A tenant that makes
 * nothing has nothing else, as a rule. */
static int
add_pattern(struct filter_work *w, struct span pattern, struct json *values)
{
	struct text own, plain;

	text_init(&own, 0);
	filter_name_own(w->who->tenant, pattern, &own);
	if (add_text(w, values, &own) < 0)
		return -1;
	if (w->who->creates && !filter_name_is_plain(pattern))
		return 0;
	text_init(&plain, 0);
	filter_name_plain(pattern, &plain);
	return add_text(w, values, &plain);
}

int
endpoint_filter_word(struct filter_work *w, struct span filter, struct span value,
	struct json *values)
{
	if (span_eq(filter, SPAN("name")))
		return add_pattern(w, value, values);
	if (span_eq(filter, SPAN("network")) || span_eq(filter, SPAN("volume")) ||
		span_eq(filter, SPAN("container")))
		return add_object(w, value, values);
	if (span_eq(filter, SPAN("ancestor")) || span_eq(filter, SPAN("reference")))
		return add_image(w, value, values);
	if (span_eq(filter, SPAN("image")))
		return add_event_image(w, value, values);
	if (span_eq(filter, SPAN("before")) || span_eq(filter, SPAN("since")))
		return add_looked_up(w, is_of_images(w->key) ? NAMED_IMAGE : NAMED_CONTAINER, false,
			value, values);
	return add_value(w, values, value);
}
