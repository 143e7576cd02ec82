/*
 * filter_name: what a tenant's pattern of names is for the names that the engine has.
 */
#include "format/filter_name.h"

#include <string.h>

#include "format/space.h"

/* What stands for the beginning of a name: where it may be one, and where it cannot. */
#define IS_BEGINNING "(?:)"
#define NO_BEGINNING "[^\\x00-\\x{10FFFF}]"
/* Any text, and any without "--". */
#define ANY ".*"
#define ANY_PLAIN "(?:-?[^-])*-?"

static struct span
skip(struct span s, size_t n)
{
	return (struct span){ s.p + n, s.len - n };
}

/* A class with its brackets: "[^]a-z[:digit:]]". */
static size_t
class_len(struct span s)
{
	size_t i = 1;

	if (i < s.len && s.p[i] == '^')
		i++;
	if (i < s.len && s.p[i] == ']')
		i++;
	while (i < s.len && s.p[i] != ']') {
		if (s.p[i] == '\\')
			i++;
		else if (i + 1 < s.len && s.p[i] == '[' && s.p[i + 1] == ':')
			while (i + 1 < s.len && !(s.p[i] == ':' && s.p[i + 1] == ']'))
				i++;
		i++;
	}
	return i < s.len ? i + 1 : s.len;
}

/* "\Qtext\E" */
static size_t
quote_len(struct span s)
{
	const char *end = memmem(s.p, s.len, "\\E", 2);

	return end ? (size_t)(end - s.p) + 2 : s.len;
}

/* The piece of a pattern at its start: a character, an escape, a class, or a quote. */
static size_t
piece_len(struct span s)
{
	if (s.p[0] == '[')
		return class_len(s);
	if (s.p[0] != '\\' || s.len < 2)
		return 1;
	return s.p[1] == 'Q' ? quote_len(s) : 2;
}

/* A slash stands nowhere but at a name's beginning. */
static bool
is_beginning(struct span piece)
{
	return span_eq(piece, SPAN("^")) || span_eq(piece, SPAN("/")) ||
		span_eq(piece, SPAN("\\A")) || span_eq(piece, SPAN("\\/"));
}

/* How it speaks of a name's beginning. */
enum shape {
	SHAPE_ANYWHERE,  /* not at all */
	SHAPE_BEGINNING, /* it is all there */
	SHAPE_BOTH,      /* parts of it are */
};

/* "^", "^/" or "^/?" in front are taken away. */
static bool
cut_beginning(struct span *s)
{
	struct span was = *s;

	if (span_starts(*s, SPAN("^")))
		*s = skip(*s, 1);
	if (span_starts(*s, SPAN("/?")) && s->p != was.p)
		*s = skip(*s, 2);
	else if (span_starts(*s, SPAN("/")))
		*s = skip(*s, 1);
	/* A count behind it speaks of what was taken away. */
	if (s->len && memchr("?*+{", s->p[0], 4))
		*s = was;
	return s->p != was.p;
}

static enum shape
shape_of(struct span *pattern)
{
	struct span rest = *pattern;
	bool begins = cut_beginning(&rest), choice = false, more = false;

	for (struct span s = rest; s.len; s = skip(s, piece_len(s))) {
		struct span piece = { s.p, piece_len(s) };

		more |= is_beginning(piece);
		choice |= span_eq(piece, SPAN("|"));
	}
	if (!begins && !more)
		return SHAPE_ANYWHERE;
	if (more || choice)
		return SHAPE_BOTH;
	*pattern = rest;
	return SHAPE_BEGINNING;
}

static void
add_with(struct text *out, struct span s, const char *beginning)
{
	text_add_str(out, "(?:");
	while (s.len) {
		struct span piece = { s.p, piece_len(s) };

		if (is_beginning(piece))
			text_add_str(out, beginning);
		else
			text_add_span(out, piece);
		s = skip(s, piece.len);
	}
	text_add_char(out, ')');
}

/* From here on, or behind `any`. */
static void
add_pattern(struct text *out, struct span pattern, const char *any)
{
	switch (shape_of(&pattern)) {
	case SHAPE_ANYWHERE:
		text_add_str(out, any);
		break;
	case SHAPE_BEGINNING:
		break;
	case SHAPE_BOTH:
		text_add_str(out, "(?:");
		add_with(out, pattern, IS_BEGINNING);
		text_addf(out, "|%s", any);
		add_with(out, pattern, NO_BEGINNING);
		text_add_char(out, ')');
		return;
	}
	add_with(out, pattern, IS_BEGINNING);
}

void
filter_name_own(struct span tenant, struct span pattern, struct text *out)
{
	text_add_str(out, "^/?");
	/* A tenant's name holds nothing else that means something there. */
	for (size_t i = 0; i < tenant.len; i++) {
		if (tenant.p[i] == '.')
			text_add_char(out, '\\');
		text_add_char(out, tenant.p[i]);
	}
	text_add_str(out, SPACE_SEPARATOR);
	add_pattern(out, pattern, ANY);
}

void
filter_name_plain(struct span pattern, struct text *out)
{
	text_add_str(out, "^/?");
	add_pattern(out, pattern, ANY_PLAIN);
	text_add_str(out, ANY_PLAIN "$");
}

/* A '-' at an end could meet another. */
static bool
is_end(struct span rest)
{
	return !rest.len || memchr("|)", rest.p[0], 2);
}

bool
filter_name_is_plain(struct span pattern)
{
	char before = '|';

	while (pattern.len) {
		struct span piece = { pattern.p, piece_len(pattern) };
		char c = piece.p[0];

		pattern = skip(pattern, piece.len);
		if (piece.len > 1 && !span_eq(piece, SPAN("\\.")) && !span_eq(piece, SPAN("\\/")))
			return false;
		if (memchr(".*+{", c, 4))
			return false;
		if (c == '-' && (memchr("-|(", before, 3) || is_end(pattern)))
			return false;
		before = c;
	}
	return true;
}
