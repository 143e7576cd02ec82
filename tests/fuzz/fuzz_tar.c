/*
 * Fuzz target of archives. What comes out does not depend on how the bytes come; what is written of it reads
 * back as the same, and a second writing is byte by byte the first.
 */
#include <stdint.h>
#include <stdlib.h>

#include "format/tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
check_entry(const struct tar_entry *e)
{
	bool links = e->type == TAR_LINK || e->type == TAR_SYMLINK;

	must(e->name.len && e->name.len <= TAR_NAME_MAX && e->link.len <= TAR_NAME_MAX);
	must(links == (e->link.len > 0) && e->mode <= 07777 && e->mtime_ns < 1000000000);
	must(e->type == TAR_FILE || e->size == 0);
	for (size_t i = 0; i < e->name.len; i++)
		must(e->name.p[i]);
	for (size_t i = 0; i < e->link.len; i++)
		must(e->link.p[i]);
	for (unsigned i = 0; i < e->attribute_count; i++)
		must(e->attributes[i].key.len && e->attributes[i].value.len);
}

struct rewriter {
	struct tar_reader *r;
	struct text out;
	uint64_t left;
	bool open, bad;
};

static void
feed(struct rewriter *w, struct span in)
{
	enum tar_event event;
	struct span piece;

	while ((event = tar_reader_next(w->r, &in, &piece)) != TAR_MORE && event != TAR_BAD) {
		const struct tar_entry *e = tar_reader_entry(w->r);

		if (event == TAR_ENTRY) {
			must(!w->open);
			check_entry(e);
			tar_write_entry(&w->out, e);
			w->left = e->size;
		} else if (event == TAR_DATA) {
			must(w->open && piece.len && piece.len <= w->left);
			text_add_span(&w->out, piece);
			w->left -= piece.len;
		} else {
			must(w->open && !w->left);
			tar_write_padding(&w->out, e->size);
		}
		w->open = event != TAR_ENTRY_END;
	}
	must(event == TAR_BAD || !in.len);
	must((event == TAR_BAD) == (tar_reader_fault(w->r) != NULL));
	w->bad = event == TAR_BAD;
}

/* False: it was refused. What was written until then is in `out`. */
static bool
rewrite(struct span in, size_t step, struct text *out)
{
	struct rewriter w = { .r = tar_reader_new() };
	bool ok;

	must(w.r != NULL);
	text_init(&w.out, 0);
	for (size_t at = 0; at < in.len && !w.bad; at += step)
		feed(&w, (struct span){ in.p + at, in.len - at < step ? in.len - at : step });
	ok = !w.bad && tar_reader_may_end(w.r) && !w.open;
	tar_reader_free(w.r);
	must(!w.out.failed);
	*out = w.out;
	return ok;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = { (const char *)data, size };
	struct text whole, parts, again;
	bool ok = rewrite(in, size ? size : 1, &whole);

	for (size_t step = 1; step < size; step = step * 7 + 1) {
		must(rewrite(in, step, &parts) == ok);
		must(span_eq(text_span(&whole), text_span(&parts)));
		text_free(&parts);
	}
	if (ok) {
		tar_write_end(&whole);
		must(rewrite(text_span(&whole), whole.len, &again));
		tar_write_end(&again);
		must(span_eq(text_span(&whole), text_span(&again)));
		text_free(&again);
	}
	text_free(&whole);
	(void)tar_compression(in);
	(void)tar_name_stays(in);
	return 0;
}
