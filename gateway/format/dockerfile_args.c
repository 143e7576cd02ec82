/*
 * dockerfile_args: ARG before the first FROM, and what variables in FROM become by it.
 */
#include <stdlib.h>
#include <string.h>

#include "format/dockerfile_impl.h"

/* Of images' names. */
#define PLAIN "._/:@-"

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static struct span
take_name(struct span *s)
{
	struct span name = { s->p, 0 };

	if (!s->len || !is_letter(s->p[0]))
		return name;
	while (name.len < s->len &&
		(is_letter(s->p[name.len]) || (s->p[name.len] >= '0' && s->p[name.len] <= '9')))
		name.len++;
	s->p += name.len;
	s->len -= name.len;
	return name;
}

static bool
take(struct span *s, const char *literal)
{
	struct span prefix = span_of(literal);

	if (!span_starts(*s, prefix))
		return false;
	s->p += prefix.len;
	s->len -= prefix.len;
	return true;
}

/* Engines know none in FROM that was not declared. */
static int
value_of(struct dockerfile_step *s, struct span name, struct span *value)
{
	const struct dockerfile *d = s->d;

	if (d->args_unclear)
		return dockerfile_bad(s,
			"$%.*s: an ARG before the first FROM cannot be read for sure; write its "
			"value plainly",
			SPAN_ARG(name));
	for (unsigned i = 0; i < d->arg_count; i++)
		if (span_eq(d->args[i].name, name)) {
			*value = d->args[i].value;
			return 0;
		}
	return dockerfile_bad(s, "$%.*s: is not declared by an ARG before the first FROM",
		SPAN_ARG(name));
}

/* Behind "${": "NAME}", "NAME:-word}", "NAME:+word}". */
static int
expand_braces(struct dockerfile_step *s, struct span *in, struct text *out)
{
	struct span name = take_name(in), value = { NULL, 0 }, word = { NULL, 0 };
	bool fallback = take(in, ":-");
	bool instead = !fallback && take(in, ":+");

	if (fallback || instead)
		while (word.len + in->len && in->len && *in->p != '}') {
			word.p = word.p ? word.p : in->p;
			word.len++;
			in->p++;
			in->len--;
		}
	if (!name.len || !dockerfile_only(word, PLAIN) || !take(in, "}"))
		return dockerfile_bad(s,
			"of variables only $NAME, ${NAME}, ${NAME:-word} and ${NAME:+word} are served");
	if (value_of(s, name, &value))
		return -1;
	if (fallback)
		text_add_span(out, value.len ? value : word);
	else if (instead)
		text_add_span(out, value.len ? word : value);
	else
		text_add_span(out, value);
	return 0;
}

int
dockerfile_expand(struct dockerfile_step *s, struct span word, struct text *out)
{
	struct span value;
	int rc = 0;

	while (word.len && rc == 0) {
		if (take(&word, "${")) {
			rc = expand_braces(s, &word, out);
		} else if (take(&word, "$")) {
			rc = value_of(s, take_name(&word), &value);
			if (rc == 0)
				text_add_span(out, value);
		} else if (dockerfile_only((struct span){ word.p, 1 }, PLAIN)) {
			text_add_char(out, *word.p++);
			word.len--;
		} else {
			rc = dockerfile_bad(s, "%.*s: is no name of an image", SPAN_ARG(word));
		}
	}
	return rc;
}

/* What the build was told counts instead of the default. False: it cannot be told. */
static bool
arg_override(const struct dockerfile *d, struct span name, struct span *value)
{
	const struct json *args = d->rules->build_args;

	for (const struct json *v = args ? args->first : NULL; v; v = v->next)
		if (span_eq(v->key, name)) {
			*value = v->text;
			return v->type == JSON_STRING;
		}
	return true;
}

static int
arg_add(struct dockerfile *d, struct span name, struct span value)
{
	struct dockerfile_arg *a = d->args;

	if (!arg_override(d, name, &value))
		return -1;
	while (a < d->args + d->arg_count && !span_eq(a->name, name))
		a++;
	if (a == d->args + DOCKERFILE_ARGS_MAX)
		return -1;
	if (a == d->args + d->arg_count) {
		a->name = dockerfile_keep(d, name);
		d->arg_count++;
	}
	a->value = dockerfile_keep(d, value);
	return a->name.p && a->value.p ? 0 : -1;
}

/* The value as it is written, to a blank or between quotes. False: it cannot be read for sure. */
static bool
arg_value(struct dockerfile_step *s, struct span *in, struct text *value)
{
	char quote = in->len && (*in->p == '"' || *in->p == '\'') ? *in->p : 0;
	struct span raw = { in->p + (quote != 0), 0 };
	const char *end = in->p + in->len;
	struct text ignored;
	bool ok;

	while (raw.p + raw.len < end &&
		(quote ? raw.p[raw.len] != quote : raw.p[raw.len] != ' ' && raw.p[raw.len] != '\t'))
		raw.len++;
	if (quote && raw.p + raw.len == end)
		return false;
	in->len = (size_t)(end - (raw.p + raw.len)) - (quote != 0);
	in->p = end - in->len;
	if (in->len && *in->p != ' ' && *in->p != '\t')
		return false;
	*in = span_trim(*in);
	text_init(&ignored, 1000);
	s = &(struct dockerfile_step){ .d = s->d, .name = s->name, .why = &ignored };
	ok = dockerfile_only(raw, PLAIN) ||
		(quote != '\'' && dockerfile_expand(s, raw, value) == 0);
	if (dockerfile_only(raw, PLAIN))
		text_add_span(value, raw);
	text_free(&ignored);
	return ok && !value->failed;
}

/* One "NAME", "NAME=value" at the front. False: it cannot be told what is declared. */
static bool
arg_one(struct dockerfile_step *s, struct span *in)
{
	struct span name = take_name(in);
	struct text value;
	bool ok = name.len > 0;

	text_init(&value, DOCKERFILE_LINE_MAX);
	if (ok && take(in, "="))
		ok = arg_value(s, in, &value);
	else if (ok && in->len && *in->p != ' ' && *in->p != '\t')
		ok = false;
	else
		*in = span_trim(*in);
	ok = ok && arg_add(s->d, name, text_span(&value)) == 0;
	text_free(&value);
	return ok;
}

/* It matters only where FROM uses it: what is not clear is refused there. */
int
dockerfile_arg(struct dockerfile_step *s)
{
	struct span in = s->args;

	if (!s->line || s->d->froms)
		return 0;
	while (in.len)
		if (!arg_one(s, &in)) {
			s->d->args_unclear = true;
			break;
		}
	return 0;
}
