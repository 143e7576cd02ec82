/*
 * dockerfile: the lines of a Dockerfile: directives, comments and continuations; the instructions printed anew.
 *
 * Source: buildkit frontend/dockerfile/parser/parser.go.
 */
#include <stdlib.h>
#include <string.h>

#include "format/dockerfile_impl.h"
#include "format/space.h"

/* What is read, and where. */
struct dockerfile_reader {
	struct span in;
	unsigned line;   /* of what was read last, from 1 */
	bool directives; /* there may still be some */
	struct text joined;
	struct text *why;
};

static int
reader_bad(struct dockerfile_reader *r, const char *message)
{
	text_addf(r->why, "Dockerfile line %u: %s", r->line, message);
	return -1;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Without its line end. False at the input's end. */
static bool
reader_line(struct dockerfile_reader *r, struct span *line)
{
	if (!r->in.len)
		return false;
	*line = span_cut(&r->in, '\n');
	if (line->len && line->p[line->len - 1] == '\r')
		line->len--;
	r->line++;
	return true;
}

static bool
is_comment(struct span line)
{
	line = span_trim(line);
	return line.len && *line.p == '#';
}

/* "# escape=`", in the comments that come before all else. */
static int
reader_directive(struct dockerfile_reader *r, struct dockerfile *d, struct span line)
{
	struct span value = span_trim(line), key;

	if (!r->directives)
		return 0;
	value = span_trim((struct span){ value.p + 1, value.len - 1 });
	key = span_cut(&value, '=');
	key = span_trim(key);
	value = span_trim(value);
	if (!key.len || !value.len || !dockerfile_only(key, "")) {
		r->directives = false;
		return 0;
	}
	if (!span_eq_nocase(key, SPAN("escape")))
		return 0;
	if (d->escape || !(span_eq(value, SPAN("\\")) || span_eq(value, SPAN("`"))))
		return reader_bad(r, "escape is to be \\ or `, once");
	d->escape = *value.p;
	return 0;
}

/* Its bytes; with `*goes_on` the next line belongs to it. */
static int
reader_add(struct dockerfile_reader *r, char escape, struct span line, bool *goes_on)
{
	struct span end = line;

	for (size_t i = 0; i < line.len; i++)
		if ((unsigned char)line.p[i] < ' ' && line.p[i] != '\t')
			return reader_bad(r, "there is a control character");
	while (end.len && is_blank(end.p[end.len - 1]))
		end.len--;
	*goes_on = end.len && end.p[end.len - 1] == escape;
	if (*goes_on) {
		line.len = end.len - 1;
		/* Engines differ in what two of them mean. */
		if (line.len && line.p[line.len - 1] == escape)
			return reader_bad(r, "two escape characters at the end of a line");
	}
	text_add_span(&r->joined, line);
	return r->joined.failed ? reader_bad(r, "the instruction is too long") : 0;
}

/* 1: `joined` is the next instruction; 0: there is none. */
static int
reader_next(struct dockerfile_reader *r, struct dockerfile *d)
{
	bool goes_on = false;
	struct span line;

	text_clear(&r->joined);
	while (reader_line(r, &line)) {
		if (is_comment(line)) {
			if (reader_directive(r, d, line))
				return -1;
			continue;
		}
		r->directives = false;
		if (!span_trim(line).len)
			continue;
		if (!goes_on && !r->joined.len)
			line = span_trim(line);
		if (reader_add(r, d->escape ? d->escape : '\\', line, &goes_on))
			return -1;
		if (!goes_on)
			return 1;
	}
	return goes_on ? reader_bad(r, "the last instruction is not complete") : 0;
}

struct span
dockerfile_keep(struct dockerfile *d, struct span s)
{
	const struct span none = { NULL, 0 };
	char **kept = realloc(d->kept, (d->kept_count + 1) * sizeof(*kept));
	char *copy;

	if (!kept)
		return none;
	d->kept = kept;
	copy = span_dup(s);
	if (!copy)
		return none;
	kept[d->kept_count++] = copy;
	return (struct span){ copy, s.len };
}

static int
dockerfile_add(struct dockerfile *d, struct span text)
{
	struct dockerfile_line *lines;

	lines = realloc(d->lines, (d->line_count + 1) * sizeof(*lines));
	if (!lines)
		return -1;
	d->lines = lines;
	lines[d->line_count] =
		(struct dockerfile_line){ .text = dockerfile_keep(d, text), .image = -1 };
	if (!lines[d->line_count].text.p)
		return -1;
	d->line_count++;
	return 0;
}

static int
dockerfile_instruction(struct dockerfile_reader *r, struct dockerfile *d)
{
	struct span text = span_trim(text_span(&r->joined));
	struct dockerfile_step s = { .d = d,
		.escape = d->escape ? d->escape : '\\',
		.why = r->why };

	if (d->line_count == DOCKERFILE_LINES_MAX)
		return reader_bad(r, "there are too many instructions");
	/* As one line it would go on with the next. */
	if (text.len && text.p[text.len - 1] == s.escape)
		return reader_bad(r, "an escape character at the end");
	if (dockerfile_add(d, text))
		return reader_bad(r, "out of memory");
	s.line = &d->lines[d->line_count - 1];
	text_addf(r->why, "Dockerfile line %u: ", r->line);
	return dockerfile_judge(&s, s.line->text);
}

static int
dockerfile_read(struct dockerfile_reader *r, struct dockerfile *d)
{
	int rc;

	if (r->in.len > DOCKERFILE_MAX)
		return reader_bad(r, "it is too large");
	if (span_starts(r->in, SPAN("\xef\xbb\xbf")))
		r->in = (struct span){ r->in.p + 3, r->in.len - 3 };
	while ((rc = reader_next(r, d)) > 0) {
		text_clear(r->why);
		rc = dockerfile_instruction(r, d);
		if (rc)
			return rc;
		text_clear(r->why);
	}
	if (rc == 0 && !d->froms)
		return reader_bad(r, "there is no FROM");
	return rc;
}

static int
dockerfile_stamp(struct dockerfile *d, const struct dockerfile_rules *rules)
{
	struct text t;

	text_init(&t, 0);
	text_add_str(&t, "LABEL ");
	space_add_label(&t, rules->owner_label, SPACE_LABEL_IMAGE);
	text_add_char(&t, '=');
	text_add_span(&t, rules->tenant);
	if (!t.failed)
		d->stamp = span_dup(text_span(&t));
	text_free(&t);
	return d->stamp ? 0 : -1;
}

int
dockerfile_parse(struct span in, const struct dockerfile_rules *rules, struct dockerfile **out,
	struct text *why)
{
	struct dockerfile_reader r = { .in = in, .directives = true, .why = why };
	struct dockerfile *d = calloc(1, sizeof(*d));
	int rc = -1;

	*out = NULL;
	text_init(&r.joined, DOCKERFILE_LINE_MAX);
	if (!d || dockerfile_stamp(d, rules)) {
		reader_bad(&r, "out of memory");
	} else {
		d->rules = rules;
		rc = dockerfile_read(&r, d);
		d->rules = NULL;
	}
	text_free(&r.joined);
	if (rc == 0)
		*out = d;
	else
		dockerfile_free(d);
	return rc;
}

int
dockerfile_trigger(struct span trigger, const struct dockerfile_rules *rules, struct text *why)
{
	struct dockerfile d = { .rules = rules };
	struct dockerfile_step s = { .d = &d, .escape = '\\', .name = "ONBUILD", .why = why };
	size_t before = why->len;
	int rc;

	trigger = span_trim(trigger);
	for (size_t i = 0; i < trigger.len; i++)
		if ((unsigned char)trigger.p[i] < ' ' && trigger.p[i] != '\t')
			return dockerfile_bad(&s, "there is a control character");
	rc = dockerfile_judge(&s, trigger);
	if (rc == 0 && why->len > before)
		why->p[why->len = before] = '\0';
	return rc;
}

void
dockerfile_free(struct dockerfile *d)
{
	if (!d)
		return;
	for (unsigned i = 0; i < d->kept_count; i++)
		free(d->kept[i]);
	free(d->kept);
	free(d->lines);
	free(d->stamp);
	free(d);
}

unsigned
dockerfile_images(const struct dockerfile *d)
{
	return d->image_count;
}

struct span
dockerfile_image(const struct dockerfile *d, unsigned i)
{
	return d->images[i];
}

void
dockerfile_print(const struct dockerfile *d, const struct span *sent, struct text *out)
{
	if (d->escape)
		text_addf(out, "# escape=%c\n", d->escape);
	for (const struct dockerfile_line *l = d->lines; l < d->lines + d->line_count; l++) {
		size_t rest = l->at + l->cut;

		text_add(out, l->text.p, l->at);
		if (l->image >= 0)
			text_add_span(out, sent[l->image]);
		text_add(out, l->text.p + rest, l->text.len - rest);
		text_add_char(out, '\n');
		if (l->stamp)
			text_addf(out, "%s\n", d->stamp);
	}
}
