/*
 * dockerfile_label: LABEL: its keys are plain text, and none of them is the gateway's.
 *
 * Source: buildkit frontend/dockerfile/parser/line_parsers.go: with '=' in the first word every word is
 * "key=value", else all behind the first word is its value.
 */
#include <string.h>

#include "format/dockerfile_impl.h"
#include "format/space.h"

static int
label_key(struct dockerfile_step *s, struct span key)
{
	char quote = key.len > 1 && (*key.p == '"' || *key.p == '\'') ? *key.p : 0;

	if (quote && key.p[key.len - 1] == quote)
		key = (struct span){ key.p + 1, key.len - 2 };
	if (!key.len || !dockerfile_only(key, "._/-:+@,"))
		return dockerfile_denied(s,
			"the key %.*s: only letters, digits and \"._/-:+@,\" are served, without variables "
			"and escapes",
			SPAN_ARG(key));
	if (space_is_label(s->d->rules->owner_label, key))
		return dockerfile_denied(s,
			"%.*s: not allowed for tenant %.*s: it is the gateway's", SPAN_ARG(key),
			SPAN_ARG(s->d->rules->tenant));
	return 0;
}

/* Takes a word with its quotes and escapes. 0; or 1: where it ends depends on who reads it. */
static int
label_word(struct dockerfile_step *s, struct span *in, struct span *word)
{
	char quote = 0;
	size_t i = 0;

	for (; i < in->len; i++) {
		char c = in->p[i];

		if (c == s->escape && quote != '\'') {
			/* At the end it is dropped; a character behind it may be longer than a byte. */
			if (++i == in->len || in->p[i] & 0x80)
				return 1;
		} else if (quote) {
			quote = c == quote ? 0 : quote;
		} else if (c == '"' || c == '\'') {
			quote = c;
		} else if (c & 0x80) {
			return 1;
		} else if (c == ' ' || c == '\t') {
			break;
		}
	}
	if (quote)
		return 1;
	*word = (struct span){ in->p, i };
	*in = span_trim((struct span){ in->p + i, in->len - i });
	return 0;
}

int
dockerfile_label(struct dockerfile_step *s)
{
	struct span in = s->args, word, first = s->args;
	int rc = 0;

	/* The old form. */
	first = dockerfile_word(&first);
	if (!first.len)
		return dockerfile_bad(s, "needs a key and a value");
	if (!memchr(in.p, '=', in.len))
		return label_key(s, first);
	while (in.len && rc == 0) {
		if (label_word(s, &in, &word))
			return dockerfile_bad(s,
				"cannot be read for sure: put values into double quotes");
		if (!memchr(word.p, '=', word.len))
			return dockerfile_bad(s, "%.*s: write key=value", SPAN_ARG(word));
		rc = label_key(s, span_cut(&word, '='));
	}
	return rc;
}
