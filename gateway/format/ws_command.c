/*
 * ws_command: what a text message says on the WebSocket of an exec.
 */
#include "format/ws_command.h"

#include "format/json.h"

static int
bad(const char **why, const char *message)
{
	*why = message;
	return -1;
}

static bool
size_read(const struct json *v, unsigned *out)
{
	uint64_t n;

	if (!v || !json_u64(v, &n) || n < 1 || n > 65535)
		return false;
	*out = (unsigned)n;
	return true;
}

static int
command_read(const struct json *root, struct ws_command *c, const char **why)
{
	const struct json *v = root->type == JSON_OBJECT ? root->first : NULL;

	if (!v || root->count != 1)
		return bad(why,
			"a text message is {\"resize\":[height,width]} or {\"stdin\":\"close\"}");
	if (span_eq(v->key, SPAN("stdin"))) {
		*c = (struct ws_command){ .kind = WS_STDIN_CLOSE };
		return v->type == JSON_STRING && span_eq(v->text, SPAN("close"))
			? 0
			: bad(why, "stdin: must be \"close\"");
	}
	if (!span_eq(v->key, SPAN("resize")))
		return bad(why,
			"a text message is {\"resize\":[height,width]} or {\"stdin\":\"close\"}");
	*c = (struct ws_command){ .kind = WS_RESIZE };
	if (v->type != JSON_ARRAY || v->count != 2 || !size_read(v->first, &c->height) ||
		!size_read(v->last, &c->width))
		return bad(why, "resize: must be [height,width], each 1 to 65535");
	return 0;
}

int
ws_command_parse(struct span text, struct ws_command *c, const char **why)
{
	const struct json_limits limits = { .depth = 3, .nodes = 8 };
	struct json_doc doc;
	struct json_error err;
	int r;

	if (text.len > WS_COMMAND_MAX)
		return bad(why, "the text message is too long");
	if (json_parse(text, &limits, &doc, &err) == -1)
		return bad(why, "a text message must be JSON");
	r = command_read(doc.root, c, why);
	json_free(&doc);
	return r;
}
