/*
 * answer_progress: what a tenant reads while the engine pulls, pushes, builds or loads an image.
 */
#include "format/answer_rules.h"

/* moby pkg/jsonmessage. */
static const struct answer_rule progress_rules[] = {
	{ "error", RULE_ERROR },
	{ "errorDetail.message", RULE_ERROR },
	{ "from", RULE_SENTENCE },
	{ "id", RULE_SENTENCE },
	{ "status", RULE_SENTENCE },
	{ NULL, RULE_KEEP },
};

/* A line that the engine itself writes into "stream". */
static const struct answer_rule stream_rules[] = {
	{ "stream", RULE_SENTENCE },
	{ "stream", RULE_COMMAND },
	{ NULL, RULE_KEEP },
};

/* How such lines begin; all else there is what a build's commands have written, byte by byte. */
static bool
is_engines(struct span line)
{
	static const struct span begins[] = {
		{ "Step ", 5 },                 /* "Step 1/2 : FROM acme--app:1" */
		{ "Successfully tagged ", 20 }, /* "Successfully tagged acme--app:1\n" */
		{ "Loaded image: ", 14 },
	};

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (span_starts(line, begins[i]))
			return true;
	return false;
}

enum answer_verdict
answer_progress(const struct answer_view *view, struct json_doc *doc, struct json *v)
{
	struct span line;

	if (answer_apply(view, doc, v, progress_rules))
		return ANSWER_UNREADABLE;
	if (answer_string(v, "stream", &line) && is_engines(line) &&
		answer_apply(view, doc, v, stream_rules))
		return ANSWER_UNREADABLE;
	return ANSWER_SHOWN;
}
