/*
 * dockerfile_judge: single instructions: what they may do for a tenant, and which images they name.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "format/dockerfile_impl.h"

static void
say(struct dockerfile_step *s, const char *fmt, va_list args)
{
	char sentence[400];

	vsnprintf(sentence, sizeof(sentence), fmt, args);
	text_addf(s->why, "%s: %s", s->name, sentence);
}

int
dockerfile_bad(struct dockerfile_step *s, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(s, fmt, args);
	va_end(args);
	return -1;
}

int
dockerfile_denied(struct dockerfile_step *s, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(s, fmt, args);
	va_end(args);
	return DOCKERFILE_DENIED;
}

int
dockerfile_no_memory(struct dockerfile_step *s)
{
	return dockerfile_bad(s, "out of memory");
}

struct span
dockerfile_word(struct span *args)
{
	struct span word = { args->p, 0 };

	while (word.len < args->len && word.p[word.len] != ' ' && word.p[word.len] != '\t')
		word.len++;
	*args = span_trim((struct span){ args->p + word.len, args->len - word.len });
	return word;
}

bool
dockerfile_only(struct span s, const char *others)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
			continue;
		if (!c || !strchr(others, c))
			return false;
	}
	return true;
}

/* The number of an image that is looked up; -1 with `why` filled. */
static int
image_number(struct dockerfile_step *s, struct span name)
{
	struct dockerfile *d = s->d;
	unsigned i = 0;

	while (i < d->image_count && !span_eq(d->images[i], name))
		i++;
	if (i < d->image_count)
		return (int)i;
	if (i == DOCKERFILE_IMAGES_MAX)
		return dockerfile_bad(s, "there are more than %d images", DOCKERFILE_IMAGES_MAX);
	d->images[i] = dockerfile_keep(d, name);
	if (!d->images[i].p)
		return dockerfile_no_memory(s);
	return (int)d->image_count++;
}

static int
replace(struct dockerfile_step *s, struct span word, struct span image)
{
	s->line->at = (size_t)(word.p - s->line->text.p);
	s->line->cut = word.len;
	s->line->image = image_number(s, image);
	return s->line->image == -1 ? -1 : 0;
}

static bool
is_stage(const struct dockerfile *d, struct span name)
{
	for (unsigned i = 0; i < d->stage_count; i++)
		if (span_eq_nocase(d->stages[i], name))
			return true;
	return false;
}

static bool
is_number(struct span s)
{
	uint64_t n;

	return span_u64(s, &n);
}

/* `name` is the new stage's; p NULL: none. */
static int
stage_begin(struct dockerfile_step *s, struct span name)
{
	struct dockerfile *d = s->d;

	if (++d->froms > DOCKERFILE_STAGES_MAX)
		return dockerfile_bad(s, "there are more than %d stages", DOCKERFILE_STAGES_MAX);
	if (!name.p)
		return 0;
	if (!name.len || !dockerfile_only(name, "-_.") ||
		!dockerfile_only((struct span){ name.p, 1 }, "") ||
		(*name.p >= '0' && *name.p <= '9'))
		return dockerfile_bad(s, "%.*s: is no name of a stage", SPAN_ARG(name));
	if (is_stage(d, name))
		return dockerfile_bad(s, "%.*s: there are two stages of this name", SPAN_ARG(name));
	d->stage = dockerfile_keep(d, name);
	return d->stage.p ? 0 : dockerfile_no_memory(s);
}

static int
judge_from_image(struct dockerfile_step *s, struct span word)
{
	struct text image;
	int rc;

	text_init(&image, 1000);
	rc = dockerfile_expand(s, word, &image);
	if (rc == 0 && image.failed)
		rc = dockerfile_bad(s, "the image's name is too long");
	else if (rc == 0 && !image.len)
		rc = dockerfile_bad(s, "the image's name is empty");
	else if (rc == 0 && (*image.p == '-' || !dockerfile_only(text_span(&image), "._/:@-[]")))
		rc = dockerfile_bad(s, "%.*s: is no image's name", SPAN_ARG(text_span(&image)));
	else if (rc == 0 && memchr(word.p, '$', word.len) &&
		(span_eq(text_span(&image), SPAN("scratch")) || is_stage(s->d, text_span(&image))))
		rc = dockerfile_bad(s, "a variable stands for a stage; write its name");
	else if (rc == 0 && !span_eq(text_span(&image), SPAN("scratch")) &&
		!is_stage(s->d, text_span(&image)))
		rc = replace(s, word, text_span(&image));
	text_free(&image);
	return rc;
}

static int
judge_from(struct dockerfile_step *s)
{
	struct span args = s->args, image, as, name = { NULL, 0 };
	int rc;

	if (s->d->stage.p && s->d->stage_count == DOCKERFILE_STAGES_MAX)
		return dockerfile_bad(s, "there are more than %d stages", DOCKERFILE_STAGES_MAX);
	if (span_starts(args, SPAN("--"))) {
		image = dockerfile_word(&args);
		if (!span_starts(image, SPAN("--platform=")) ||
			!dockerfile_only(image, "-=/_.:${}"))
			return dockerfile_bad(s, "%.*s: only --platform is served",
				SPAN_ARG(image));
	}
	image = dockerfile_word(&args);
	as = dockerfile_word(&args);
	if (as.len) {
		name = dockerfile_word(&args);
		if (!name.len || args.len || !span_eq_nocase(as, SPAN("as")))
			return dockerfile_bad(s, "needs an image, or \"image AS name\"");
	}
	/* The stage before this one can be named from here on. */
	if (s->d->stage.p)
		s->d->stages[s->d->stage_count++] = s->d->stage;
	s->d->stage = (struct span){ NULL, 0 };
	s->line->stamp = true;
	rc = judge_from_image(s, image);
	return rc ? rc : stage_begin(s, name);
}

/* COPY's --from: an earlier stage, by name or number, or an image. */
static int
judge_copy_from(struct dockerfile_step *s, struct span from)
{
	if (!s->line)
		return dockerfile_denied(s,
			"--from: not allowed here for tenant %.*s: what it means is another build's",
			SPAN_ARG(s->d->rules->tenant));
	if (!from.len || !dockerfile_only(from, "._/:@-"))
		return dockerfile_bad(s, "--from=%.*s: is no name of a stage or an image",
			SPAN_ARG(from));
	if (is_number(from) || is_stage(s->d, from))
		return 0;
	if (s->d->stage.p && span_eq_nocase(s->d->stage, from))
		return dockerfile_bad(s, "--from=%.*s: is this stage itself", SPAN_ARG(from));
	return replace(s, from, from);
}

/* Flags, and what is not one: the engine expands no variable in --from. */
static int
judge_copy_flags(struct dockerfile_step *s, struct span *args, bool copy)
{
	bool from = false;
	int rc = 0;

	while (rc == 0 && span_starts(*args, SPAN("--"))) {
		struct span flag = dockerfile_word(args);

		if (!dockerfile_only(flag, "._/:@-=${}"))
			return dockerfile_bad(s, "%.*s: cannot be read for sure", SPAN_ARG(flag));
		if (copy && span_starts(flag, SPAN("--from=")) && !from) {
			from = true;
			rc = judge_copy_from(s, (struct span){ flag.p + 7, flag.len - 7 });
		} else if (!span_starts(flag, SPAN("--chown="))) {
			return dockerfile_bad(s, "%.*s: is not served%s", SPAN_ARG(flag),
				from ? "" : "; it may need BuildKit");
		}
	}
	if (rc == 0 && (!args->len || (args->p[0] & 0x80)))
		return dockerfile_bad(s, "needs a source and a destination");
	return rc;
}

/* A here-document's mark: lines that follow would be its text. */
static bool
has_heredoc(struct span s)
{
	for (size_t i = 0; i + 1 < s.len; i++) {
		size_t before = i;

		if (s.p[i] != '<' || s.p[i + 1] != '<')
			continue;
		if (i + 2 < s.len && s.p[i + 2] == '<') {
			/* A here-string is one word. */
			while (i + 1 < s.len && s.p[i + 1] == '<')
				i++;
			continue;
		}
		while (before && s.p[before - 1] >= '0' && s.p[before - 1] <= '9')
			before--;
		if (!before || !dockerfile_only((struct span){ s.p + before - 1, 1 }, "_()"))
			return true;
	}
	return false;
}

static int
judge_heredoc(struct dockerfile_step *s)
{
	if (has_heredoc(s->args))
		return dockerfile_bad(s, "here-documents (<<) need BuildKit, which is not served");
	return 0;
}

static int
judge_copy(struct dockerfile_step *s)
{
	struct span args = s->args;
	int rc = judge_heredoc(s);

	return rc ? rc : judge_copy_flags(s, &args, true);
}

/* No URL can become of it: neither as it stands nor when the engine has expanded it. */
static int
judge_add_source(struct dockerfile_step *s, struct span source)
{
	for (size_t i = 0; i < source.len; i++)
		if (source.p[i] & 0x80 || strchr(":$\\`", source.p[i]))
			return dockerfile_denied(s,
				"%.*s: not allowed for tenant %.*s: the engine would fetch a URL from its host's "
				"network; sources are paths of the context, without ':', variables and escapes",
				SPAN_ARG(source), SPAN_ARG(s->d->rules->tenant));
	return 0;
}

static int
judge_add(struct dockerfile_step *s)
{
	struct span args = s->args, word;
	unsigned sources = 0;
	int rc = judge_heredoc(s);

	if (rc == 0)
		rc = judge_copy_flags(s, &args, false);
	if (rc == 0 && *args.p == '[')
		return judge_add_source(s, args);
	while (rc == 0 && args.len) {
		word = dockerfile_word(&args);
		/* The last one is where it goes to. */
		if (args.len && ++sources)
			rc = judge_add_source(s, word);
	}
	if (rc == 0 && !sources)
		return dockerfile_bad(s, "needs a source and a destination");
	return rc;
}

static int
judge_run(struct dockerfile_step *s)
{
	if (span_starts(s->args, SPAN("--")) || (s->args.len && s->args.p[0] & 0x80))
		return dockerfile_bad(s, "its flags need BuildKit, which is not served");
	return judge_heredoc(s);
}

static int
judge_onbuild(struct dockerfile_step *s)
{
	/* Engines read it in a build of its own, with the usual escape. */
	struct dockerfile_step inner = { .d = s->d, .escape = '\\', .why = s->why };
	struct text *why = s->why;
	size_t before = why->len;
	int rc;

	text_add_str(why, "ONBUILD ");
	rc = dockerfile_judge(&inner, s->args);
	if (rc == 0 && why->len > before)
		why->p[why->len = before] = '\0';
	return rc;
}

static const struct {
	const char *name;
	int (*judge)(struct dockerfile_step *s); /* NULL: nothing in it is to be judged */
	bool trigger;                            /* may be behind ONBUILD */
} instructions[] = {
	{ "ADD", judge_add, true },
	{ "ARG", dockerfile_arg, true },
	{ "CMD", NULL, true },
	{ "COPY", judge_copy, true },
	{ "ENTRYPOINT", NULL, true },
	{ "ENV", NULL, true },
	{ "EXPOSE", NULL, true },
	{ "FROM", judge_from, false },
	{ "HEALTHCHECK", NULL, true },
	{ "LABEL", dockerfile_label, true },
	{ "MAINTAINER", NULL, false },
	{ "ONBUILD", judge_onbuild, false },
	{ "RUN", judge_run, true },
	{ "SHELL", NULL, true },
	{ "STOPSIGNAL", NULL, true },
	{ "USER", NULL, true },
	{ "VOLUME", NULL, true },
	{ "WORKDIR", NULL, true },
};

int
dockerfile_judge(struct dockerfile_step *s, struct span text)
{
	struct span name = dockerfile_word(&text);

	s->args = text;
	for (size_t i = 0; i < sizeof(instructions) / sizeof(instructions[0]); i++) {
		if (!span_eq_nocase(span_of(instructions[i].name), name))
			continue;
		s->name = instructions[i].name;
		if (s->line && !s->d->froms && strcmp(s->name, "FROM") != 0 &&
			strcmp(s->name, "ARG") != 0)
			return dockerfile_bad(s, "stands before the first FROM");
		if (!s->line && !instructions[i].trigger)
			return dockerfile_bad(s, "is not allowed behind ONBUILD");
		return instructions[i].judge ? instructions[i].judge(s) : 0;
	}
	s->name = "unknown instruction";
	return dockerfile_bad(s, "%.*s", (int)(name.len < 40 ? name.len : 40),
		name.p ? name.p : "");
}
