/*
 * answer: what the gateway itself reads of the engine's JSON answers.
 */
#include <string.h>

#include "format/answer_rules.h"

/* More of an error than this helps nobody. */
#define LONGEST_MESSAGE 4096

static bool
read_full_id(const struct json *object, const char *key, struct span *out)
{
	return answer_string(object, key, out) && text_is_full_id(*out);
}

int
answer_container_read(const struct json *inspect, const char *owner_label,
	struct answer_container *out)
{
	const struct json *config = json_get_exact(inspect, "Config");
	const struct json *labels = json_get_exact(config, "Labels");

	*out = (struct answer_container){ 0 };
	if (!config || !read_full_id(inspect, "Id", &out->id))
		return -1;
	if (json_get_exact(labels, owner_label) && !answer_string(labels, owner_label, &out->owner))
		return -1;
	return 0;
}

bool
answer_is_owned(const struct answer_view *view, const struct json *object)
{
	return answer_label_is(view, json_get_exact(object, "Labels"), NULL);
}

/* Without white space around it, control characters as spaces. */
static void
add_plain(struct text *out, struct span s)
{
	while (s.len && (unsigned char)*s.p <= ' ') {
		s.p++;
		s.len--;
	}
	if (s.len > LONGEST_MESSAGE)
		s.len = LONGEST_MESSAGE;
	while (s.len && (unsigned char)s.p[s.len - 1] <= ' ')
		s.len--;
	for (size_t i = 0; i < s.len; i++) {
		bool control = (unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f;

		text_add(out, control ? " " : &s.p[i], 1);
	}
}

void
answer_error_message(struct span body, struct span content_type, struct text *out)
{
	struct json_limits limits = { .exact_keys = true };
	struct span type = span_trim(span_cut(&content_type, ';')), message = body;
	struct json_doc doc = { NULL, NULL };

	if (span_eq_nocase(type, SPAN("application/json")) &&
		json_parse(body, &limits, &doc, NULL) == 0)
		answer_string(doc.root, "message", &message);
	add_plain(out, message);
	json_free(&doc);
}

bool
answer_error_is_ambiguous(struct span message)
{
	/* "Multiple" in older engines. */
	static const char words[] = "ultiple IDs found with provided prefix";

	return message.len && memmem(message.p, message.len, words, sizeof(words) - 1) != NULL;
}
