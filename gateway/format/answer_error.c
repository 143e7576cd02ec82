/*
 * answer_error: an error of the engine, told in the words of the tenant that gets it.
 */
#include <string.h>

#include "format/answer_rules.h"
#include "format/space.h"

#define HIDDEN_WORD "<hidden>"

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '_' || c == '.' || c == '-';
}

static struct span
next_word(struct span s)
{
	size_t n = 0;

	while (n < s.len && is_word(s.p[n]))
		n++;
	return (struct span){ s.p, n };
}

/* Ids as engines write them: full, or their first twelve digits. */
static bool
is_id(struct span word)
{
	return (word.len == 12 || word.len == 64) && space_looks_like_id(word);
}

/* Engines keep their files in folders with ids: where those are is the host's business. */
static void
drop_folder(struct text *out, size_t start)
{
	size_t at = out->len;

	while (at > start && (is_word(out->p[at - 1]) || out->p[at - 1] == '/'))
		at--;
	if (at < out->len && out->p[at] == '/' && out->p[out->len - 1] == '/')
		out->p[out->len = at] = '\0';
}

static void
add_word(const struct answer_view *view, struct span word, size_t start, struct text *out)
{
	if (word.len == 64 && is_id(word))
		drop_folder(out, start);
	if (answer_is_anothers(view, word) ||
		(is_id(word) && (!view->knows || !view->knows(view->knows_arg, word)))) {
		text_add_str(out, HIDDEN_WORD);
		return;
	}
	(void)space_strip(view->tenant, &word);
	text_add_span(out, word);
}

void
answer_error_sentence(const struct answer_view *view, struct span message, struct text *out)
{
	size_t start = out->len;

	while (message.len) {
		struct span word = next_word(message);
		size_t n = word.len ? word.len : 1;

		if (word.len)
			add_word(view, word, start, out);
		else
			text_add(out, message.p, 1);
		message.p += n;
		message.len -= n;
	}
}

/* What stands before and behind it (moby daemon/errors.go, kill.go, stop.go, restart.go, delete.go; router/container).
 * All other messages tell the id, whatever they were asked for. */
static const struct {
	struct span before, behind;
} repeated[] = {
	{ { "ontainer ", 9 }, { " is paused, unpause the container before ", 41 } },
	{ { "annot kill container: ", 22 }, { "", 0 } },
	{ { "annot stop container: ", 22 }, { "", 0 } },
	{ { "annot restart container ", 24 }, { ": ", 2 } },
	{ { "annot remove container \"", 24 }, { "\"", 1 } },
	{ { " in container ", 14 }, { "", 0 } }, /* Could not find the file /x */
};

static bool
is_repeated(struct span before, struct span behind)
{
	for (size_t i = 0; i < sizeof(repeated) / sizeof(repeated[0]); i++) {
		struct span end = repeated[i].before;

		if (before.len >= end.len &&
			memcmp(before.p + before.len - end.len, end.p, end.len) == 0 &&
			span_starts(behind, repeated[i].behind))
			return true;
	}
	return false;
}

void
answer_error_as_asked(struct span message, struct span id, struct span word, struct text *out)
{
	const char *at =
		id.len && message.len ? memmem(message.p, message.len, id.p, id.len) : NULL;
	struct span before = { message.p, 0 }, behind = { at, 0 };

	if (!at) {
		text_add_span(out, message);
		return;
	}
	before.len = (size_t)(at - message.p);
	behind.p += id.len;
	behind.len = message.len - before.len - id.len;
	text_add_span(out, before);
	text_add_span(out, is_repeated(before, behind) ? word : id);
	text_add_span(out, behind);
}

void
answer_error_print(const struct answer_view *view, struct span message, struct text *out)
{
	struct text sentence;

	text_init(&sentence, 0);
	answer_error_sentence(view, message, &sentence);
	text_add_str(out, "{\"message\":");
	text_add_json(out, text_span(&sentence));
	text_add_char(out, '}');
	if (sentence.failed)
		out->failed = true;
	text_free(&sentence);
}
