/*
 * image_saved: archives of images for tenants.
 */
#include "format/image_saved.h"

#include <stdlib.h>

#include "format/tar.h"

struct image_saved {
	const struct image_space *space;
	struct tar_reader *reader;
	bool holds; /* the entry tells names */
	struct text held;
	const char *fault;
};

struct image_saved *
image_saved_new(const struct image_space *space)
{
	struct image_saved *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->space = space;
	s->reader = tar_reader_new();
	text_init(&s->held, IMAGE_ARCHIVE_HELD);
	if (!s->reader) {
		free(s);
		return NULL;
	}
	return s;
}

void
image_saved_free(struct image_saved *s)
{
	if (!s)
		return;
	tar_reader_free(s->reader);
	text_free(&s->held);
	free(s);
}

const char *
image_saved_fault(const struct image_saved *s)
{
	return s->fault;
}

static int
fail(struct image_saved *s, const char *why)
{
	s->fault = why;
	return -1;
}

static int
entry_begin(struct image_saved *s, const struct tar_entry *e, struct text *out)
{
	struct text name;

	text_init(&name, 0);
	s->holds = e->type == TAR_FILE && tar_name_clean(e->name, &name) &&
		image_archive_has_names(text_span(&name));
	text_free(&name);
	if (!s->holds)
		tar_write_entry(out, e);
	else if (e->size > IMAGE_ARCHIVE_HELD)
		return fail(s, "a file with its names is too large");
	return 0;
}

/* The header comes behind the data: only now is its size known. */
static int
entry_end(struct image_saved *s, const struct tar_entry *e, struct text *out)
{
	struct tar_entry told = *e;
	struct text name, made;
	int rc = 0;

	if (!s->holds) {
		tar_write_padding(out, e->size);
		return 0;
	}
	text_init(&name, 0);
	text_init(&made, 0);
	(void)tar_name_clean(e->name, &name);
	if (image_archive_show(text_span(&name), text_span(&s->held), s->space, &made) == -1)
		rc = fail(s, "a file with its names cannot be read");
	told.size = made.len;
	tar_write_entry(out, &told);
	text_add_span(out, text_span(&made));
	tar_write_padding(out, made.len);
	out->failed |= made.failed;
	text_free(&name);
	text_free(&made);
	text_clear(&s->held);
	return rc;
}

int
image_saved_feed(struct image_saved *s, struct span in, struct text *out)
{
	enum tar_event event;
	struct span data;
	int rc = 0;

	if (s->fault)
		return -1;
	while (rc == 0 && (event = tar_reader_next(s->reader, &in, &data)) != TAR_MORE) {
		const struct tar_entry *e = tar_reader_entry(s->reader);

		if (event == TAR_BAD)
			rc = fail(s, tar_reader_fault(s->reader));
		else if (event == TAR_ENTRY)
			rc = entry_begin(s, e, out);
		else if (event == TAR_DATA)
			text_add_span(s->holds ? &s->held : out, data);
		else
			rc = entry_end(s, e, out);
	}
	return rc == 0 && out->failed ? fail(s, "out of memory") : rc;
}

int
image_saved_end(struct image_saved *s, struct text *out)
{
	if (s->fault)
		return -1;
	if (!tar_reader_may_end(s->reader))
		return fail(s, "it ends too soon");
	tar_write_end(out);
	return 0;
}
