/*
 * Fuzz target of Dockerfiles. What is written of one reads back: the same images, and a second writing is the
 * first but for the labels that are put in; there is no line in it that names a gateway's label but these, nor one
 * that adds a URL.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/dockerfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* What stands in FROM and COPY is what was found, and nothing else. */
static void
check_lines(struct span out)
{
	while (out.len) {
		struct span line = span_cut(&out, '\n');
		size_t end = line.len;

		must(line.len && line.len < DOCKERFILE_LINE_MAX + 100);
		while (end && (line.p[end - 1] == ' ' || line.p[end - 1] == '\t'))
			end--;
		must(end == line.len);
		for (size_t i = 0; i < line.len; i++)
			must((unsigned char)line.p[i] >= ' ' || line.p[i] == '\t');
		/* All but the last word. */
		while (end && line.p[end - 1] != ' ' && line.p[end - 1] != '\t')
			end--;
		if (end > 4 && span_eq_nocase((struct span){ line.p, 4 }, SPAN("ADD ")))
			must(!memmem(line.p, end, "://", 3));
	}
}

static void
check_print(const struct dockerfile *d, struct text *out)
{
	struct span sent[DOCKERFILE_IMAGES_MAX];

	for (unsigned i = 0; i < dockerfile_images(d); i++)
		sent[i] = dockerfile_image(d, i);
	dockerfile_print(d, sent, out);
	must(!out->failed && out->len);
	check_lines(text_span(out));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct dockerfile_rules rules = { .owner_label = "own", .tenant = SPAN("acme") };
	/* Behind the stamps of the first writing, which are of another label, stand others. */
	const struct dockerfile_rules again = { .owner_label = "other", .tenant = SPAN("acme") };
	struct dockerfile *d, *e;
	struct text why, first, second;

	text_init(&why, 1000);
	text_init(&first, 0);
	text_init(&second, 0);
	if (dockerfile_parse((struct span){ (const char *)data, size }, &rules, &d, &why) == 0) {
		must(!why.len);
		check_print(d, &first);
		must(memmem(first.p, first.len, "LABEL own.image=acme\n", 21) != NULL);
		must(dockerfile_parse(text_span(&first), &again, &e, &why) == 0);
		must(dockerfile_images(d) == dockerfile_images(e));
		for (unsigned i = 0; i < dockerfile_images(d); i++)
			must(span_eq(dockerfile_image(d, i), dockerfile_image(e, i)));
		check_print(e, &second);
		must(second.len > first.len);
		dockerfile_free(d);
		dockerfile_free(e);
	} else {
		must(why.len > 0);
	}
	text_clear(&why);
	must((dockerfile_trigger((struct span){ (const char *)data, size }, &rules, &why) == 0) ==
		!why.len);
	text_free(&why);
	text_free(&first);
	text_free(&second);
	return 0;
}
