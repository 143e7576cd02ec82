/*
 * endpoint_words: what a row of the endpoint table means, in words for people.
 */
#include "format/endpoint_words.h"

#include <limits.h>

#define ALL_METHODS                                                                                \
	(HTTP_GET | HTTP_HEAD | HTTP_POST | HTTP_PUT | HTTP_DELETE | HTTP_OPTIONS | HTTP_PATCH |   \
		HTTP_OTHER)

static const struct {
	enum endpoint_class bit;
	const char *name, *meaning;
} classes[] = {
	{ EP_SAFE, "safe", "nothing of a tenant is in it" },
	{ EP_OWNED, "owned", "the owner of what it names is checked, full ids are sent" },
	{ EP_JUDGED, "judged", "query or body is checked and made anew" },
	{ EP_REDACT, "redacted", "the answer is filtered" },
	{ EP_DENIED, "denied", "the administrator's alone" },
	{ EP_HIDDEN, "hidden", "refused with the 404 of a missing object" },
	{ EP_REPEAT, "repeatable", "a signed request that is sent again is served again" },
	{ EP_GROUP, "group", "not the engine's: goes to the backend of its name" },
};

#define CLASSES (sizeof(classes) / sizeof(classes[0]))

void
endpoint_print_methods(unsigned methods, struct text *out)
{
	const char *between = "";

	if (methods == ALL_METHODS) {
		text_add_str(out, "any");
		return;
	}
	for (unsigned bit = 1; bit <= HTTP_PATCH; bit <<= 1) {
		if (!(methods & bit))
			continue;
		text_addf(out, "%s%s", between, http_method_name((enum http_method)bit));
		between = "|";
	}
}

void
endpoint_print_class(unsigned class, struct text *out)
{
	const char *between = "";

	for (unsigned i = 0; i < CLASSES; i++) {
		if (!(class & classes[i].bit))
			continue;
		text_addf(out, "%s%s", between, classes[i].name);
		between = ",";
	}
}

void
endpoint_explain_class(unsigned class, struct text *out)
{
	const char *between = "";

	for (unsigned i = 0; i < CLASSES; i++) {
		if (!(class & classes[i].bit))
			continue;
		text_addf(out, "%s%s (%s)", between, classes[i].name, classes[i].meaning);
		between = ", ";
	}
}

/* What has no words yet is shown as such, and tests/check/program.py finds it. */
#define WORDS_OF(words, i) words_of(words, sizeof(words) / sizeof((words)[0]), (size_t)(i))

static const char *
words_of(const char *const *words, size_t count, size_t i)
{
	return i < count && words[i] ? words[i] : "(no words)";
}

/* What goes before the key's own numbers and words. */
static const char *const key_words[] = {
	[QUERY_BOOL] = "true or false, as the engine reads words; sent as 1 or 0",
	[QUERY_NUMBER] = "a number",
	[QUERY_CHOICE] = "one of ",
	[QUERY_TIME] = "a time: seconds since 1970, RFC 3339, or a duration such as 10m",
	[QUERY_TAIL] = "\"all\" or a number",
	[QUERY_DETACH_KEYS] = "keys as \"ctrl-p,ctrl-q\"",
	[QUERY_FILTERS] = "a JSON map of lists, of ",
	[QUERY_DROPPED] = "known and without harm; not sent on",
	[QUERY_REFUSED] = "refused unless it is empty or false",
	[QUERY_FIXED] = "not heeded; always sent as ",
	[QUERY_TEXT] = "a text",
	[QUERY_PS] = "arguments of ps, of those that show nothing of the host",
	[QUERY_SIGNAL] = "a signal, by name or number",
	[QUERY_NAME] = "a new name; on the engine it gets the tenant's prefix",
	[QUERY_PATH] = "a path in the container",
	[QUERY_CONTAINER] = "a container of the tenant's; sent as its full id",
	[QUERY_IMAGE] = "an image that the tenant may see",
	[QUERY_PULL] = "an image that the tenant may pull",
	[QUERY_REPO] = "a name that the tenant may give an image",
	[QUERY_TAG] = "the tag or digest of that name",
	[QUERY_REFERENCE] = "a pattern of names of images, one more of the filters'",
	[QUERY_LABELS] = "a JSON map of labels; the owner's are put in",
	[QUERY_BUILD] =
		"of the containers that run a build's commands; held within what the tenant has",
	[QUERY_MAP] = "a JSON map of texts",
};

static void
explain_choices(const char *choices, struct text *out)
{
	struct span left = span_of(choices);

	while (left.p) {
		text_add_span(out, span_cut(&left, '|'));
		if (left.p)
			text_add_str(out, ", ");
	}
}

static void
explain_range(const struct query_key *key, struct text *out)
{
	if (key->max == LONG_MAX)
		text_addf(out, ", at least %ld", key->min);
	else
		text_addf(out, " from %ld to %ld", key->min, key->max);
}

void
endpoint_explain_key(const struct query_key *key, struct text *out)
{
	text_add_str(out, WORDS_OF(key_words, key->type));
	if (key->type == QUERY_NUMBER)
		explain_range(key, out);
	else if (key->type == QUERY_CHOICE || key->type == QUERY_FILTERS)
		explain_choices(key->choices, out);
	else if (key->type == QUERY_FIXED)
		text_add_str(out, key->choices);
	else if (key->type == QUERY_TEXT)
		text_addf(out, " of at most %ld bytes", key->max);
}

const char *
endpoint_body_words(enum endpoint_body body)
{
	static const char *const words[] = {
		[BODY_REFUSED] = "none",
		[BODY_EXEC_CREATE] = "JSON of an exec create: judged field by field, made anew",
		[BODY_EXEC_START] = "JSON of an exec start: judged field by field, made anew",
		[BODY_CONTAINER_CREATE] =
			"JSON of a container create: judged field by field, made anew",
		[BODY_CONTAINER_UPDATE] =
			"JSON of a container update: judged field by field, made anew",
		[BODY_NETWORK_CREATE] =
			"JSON of a network create: judged field by field, made anew",
		[BODY_NETWORK_CONNECT] =
			"JSON of a network connect: judged field by field, made anew",
		[BODY_NETWORK_DISCONNECT] =
			"JSON of a network disconnect: judged field by field, made anew",
		[BODY_VOLUME_CREATE] = "JSON of a volume create: judged field by field, made anew",
		[BODY_COMMIT] = "JSON of a commit: judged field by field, made anew",
		[BODY_ARCHIVE] = "a tar of files: its entries are judged as it streams",
		[BODY_LOAD] = "a tar of images: their names are judged as it streams",
		[BODY_BUILD] = "a tar with a Dockerfile: judged as it streams",
		[BODY_RAW] = "anything, as it is",
	};

	return WORDS_OF(words, body);
}

const char *
endpoint_answer_words(enum endpoint_answer answer)
{
	static const char *const words[] = {
		[ANSWER_PLAIN] = "finite, within timeouts.answer",
		[ANSWER_STREAM] = "a stream, without a time limit",
		[ANSWER_HIJACK] = "a raw stream both ways",
		[ANSWER_WEBSOCKET] = "a WebSocket",
	};

	return WORDS_OF(words, answer);
}

const char *
endpoint_filter_words(enum endpoint_filter filter)
{
	static const char *const words[] = {
		[FILTER_NONE] = "as the engine gives it",
		[FILTER_INFO] = "without what tells of the host and of other tenants",
		[FILTER_CONTAINER_LIST] = "the tenant's containers only, under its names",
		[FILTER_CONTAINER_INSPECT] = "under the tenant's names, without the host's paths",
		[FILTER_CONTAINER_CREATED] = "under the tenant's names",
		[FILTER_STATS] = "under the tenant's names",
		[FILTER_EXEC_INSPECT] = "without process ids of the host",
		[FILTER_EXEC_CREATED] = "as the engine gives it; the id is remembered",
		[FILTER_NETWORK_LIST] = "the tenant's networks only, under its names",
		[FILTER_NETWORK_CREATED] = "under the tenant's names; the id is remembered",
		[FILTER_NETWORK_INSPECT] = "under the tenant's names, without others' containers",
		[FILTER_VOLUME_LIST] = "the tenant's volumes only, under its names",
		[FILTER_VOLUME_INSPECT] = "under the tenant's names, without the host's paths",
		[FILTER_IMAGE_LIST] = "images that the tenant may see, under its names",
		[FILTER_IMAGE_INSPECT] = "under names that the tenant may see",
		[FILTER_IMAGE_REMOVED] = "under the tenant's names",
		[FILTER_IMAGE_SAVED] = "a tar, its manifest under the tenant's names",
		[FILTER_DISK_USAGE] = "what is the tenant's only, under its names",
		[FILTER_PRUNED] = "under the tenant's names",
		[FILTER_EVENTS] = "the tenant's events only, under its names",
		[FILTER_PROGRESS] = "under the tenant's names",
	};

	return WORDS_OF(words, filter);
}
