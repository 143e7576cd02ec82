/*
 * Fuzz target of what undoes gzip. What comes out does not depend on how the bytes come, and is bounded; what is no
 * gzip comes out as it is.
 */
#include <stdint.h>
#include <stdlib.h>

#include "format/gunzip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static bool
unzip(struct span in, size_t step, struct text *out)
{
	struct gunzip *g = gunzip_new();
	enum gunzip_result r = GUNZIP_MORE;
	bool ok;

	must(g != NULL);
	text_init(out, 0);
	for (size_t at = 0; at < in.len && r != GUNZIP_BAD; at += step) {
		struct span part = { in.p + at, in.len - at < step ? in.len - at : step }, piece;

		while ((r = gunzip_next(g, &part, &piece)) == GUNZIP_PIECE) {
			must(piece.len > 0);
			text_add_span(out, piece);
		}
		must(r == GUNZIP_BAD || !part.len);
		must((r == GUNZIP_BAD) == (gunzip_fault(g) != NULL));
	}
	ok = r != GUNZIP_BAD && gunzip_may_end(g);
	gunzip_free(g);
	return ok;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = { (const char *)data, size };
	struct text whole, parts;
	bool ok = unzip(in, size ? size : 1, &whole);

	for (size_t step = 1; step < size; step = step * 5 + 1) {
		must(unzip(in, step, &parts) == ok);
		must(!ok || span_eq(text_span(&whole), text_span(&parts)));
		text_free(&parts);
	}
	must(whole.len <= GUNZIP_BURST + size * GUNZIP_RATIO + size);
	if (size < 2 || data[0] != 0x1f || data[1] != 0x8b)
		must(size == 1 || span_eq(text_span(&whole), in));
	text_free(&whole);
	return 0;
}
