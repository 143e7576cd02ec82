/*
 * dockerfile_impl: what the files of format/dockerfile.h share. For them only.
 */
#ifndef FAIRLEAD_FORMAT_DOCKERFILE_IMPL_H
#define FAIRLEAD_FORMAT_DOCKERFILE_IMPL_H

#include <stdbool.h>

#include "format/dockerfile.h"

#define DOCKERFILE_LINES_MAX 4096
#define DOCKERFILE_STAGES_MAX 64
#define DOCKERFILE_ARGS_MAX 64

/* One instruction. The bytes from `at`, `cut` of them, give way to the image. */
struct dockerfile_line {
	struct span text;
	size_t at, cut;
	int image;  /* -1: none */
	bool stamp; /* the label follows */
};

struct dockerfile_arg {
	struct span name, value;
};

struct dockerfile {
	char **kept; /* what spans point into */
	unsigned kept_count;
	const struct dockerfile_rules *rules; /* while it is read */
	char *stamp;                          /* "LABEL fairlead.tenant.image=acme" */
	char escape;
	struct dockerfile_line *lines;
	unsigned line_count;
	struct span images[DOCKERFILE_IMAGES_MAX];
	unsigned image_count;
	/* Names of the stages before this one, in lower case; that of this one. */
	struct span stages[DOCKERFILE_STAGES_MAX];
	unsigned stage_count, froms;
	struct span stage;
	/* Those before the first FROM. */
	struct dockerfile_arg args[DOCKERFILE_ARGS_MAX];
	unsigned arg_count;
	bool args_unclear; /* what they are cannot be told for sure */
};

/* A copy that lives as long as the Dockerfile; p NULL without memory. */
struct span dockerfile_keep(struct dockerfile *d, struct span s);

/* One instruction that is judged. */
struct dockerfile_step {
	struct dockerfile *d;
	struct dockerfile_line *line; /* NULL: of ONBUILD or a trigger */
	const char *name;
	struct span args; /* part of line->text, if there is one; without blanks around it */
	char escape;
	struct text *why;
};

/* Appends the instruction's name and a sentence to `why`: -1, and DOCKERFILE_DENIED. */
__attribute__((format(printf, 2, 3))) int dockerfile_bad(struct dockerfile_step *s, const char *fmt,
	...);
__attribute__((format(printf, 2, 3))) int dockerfile_denied(struct dockerfile_step *s,
	const char *fmt, ...);
int dockerfile_no_memory(struct dockerfile_step *s);

/* "FROM alpine": finds the instruction and judges it. */
int dockerfile_judge(struct dockerfile_step *s, struct span text);

/* Takes the word at the front, and the blanks behind it; empty at the end. */
struct span dockerfile_word(struct span *args);
/* Whether all of it is letters, digits, or in `others`. */
bool dockerfile_only(struct span s, const char *others);

/* The judges of single instructions. */
int dockerfile_arg(struct dockerfile_step *s);
int dockerfile_label(struct dockerfile_step *s);
/* Appends a word of FROM with its variables expanded. */
int dockerfile_expand(struct dockerfile_step *s, struct span word, struct text *out);

#endif
