/*
 * Fuzz target of the multiplexed stream. What comes out does not depend on how the bytes come;
 * it is what a plain reader of the whole input finds.
 */
#include <stdint.h>
#include <stdlib.h>

#include "format/mux.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct outcome {
	bool bad, may_end;
	struct text payload[MUX_ERROR + 1];
};

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
outcome_init(struct outcome *o)
{
	*o = (struct outcome){ .bad = false };
	for (unsigned i = 0; i <= MUX_ERROR; i++)
		text_init(&o->payload[i], 0);
}

static void
outcome_free(struct outcome *o)
{
	for (unsigned i = 0; i <= MUX_ERROR; i++)
		text_free(&o->payload[i]);
}

static void
feed(struct mux *m, struct span in, struct outcome *o)
{
	enum mux_result result;
	enum mux_stream stream;
	struct span piece;
	size_t used;

	do {
		result = mux_next(m, in, &used, &stream, &piece);
		must(used <= in.len);
		if (result == MUX_PIECE) {
			must(piece.len && piece.len <= used && piece.p + piece.len == in.p + used);
			text_add_span(&o->payload[stream], piece);
		}
		in.p += used;
		in.len -= used;
	} while (result == MUX_PIECE);
	must(result == MUX_BAD || !in.len);
	o->bad = result == MUX_BAD;
}

static void
read_in_parts(struct span in, size_t first, size_t step, struct outcome *o)
{
	struct mux m = { 0 };
	size_t at = 0, n = first;

	outcome_init(o);
	do {
		if (n > in.len - at)
			n = in.len - at;
		feed(&m, (struct span){ in.p + at, n }, o);
		at += n;
		n = step;
	} while (!o->bad && at < in.len);
	o->may_end = mux_may_end(&m);
}

/* The same, with all of it at hand. */
static void
read_plainly(struct span in, struct outcome *o)
{
	const unsigned char *p = (const unsigned char *)in.p;
	size_t at = 0, n;

	outcome_init(o);
	while (in.len - at >= 8) {
		if (p[at] > MUX_ERROR || p[at + 1] || p[at + 2] || p[at + 3]) {
			o->bad = true;
			return;
		}
		n = (size_t)p[at + 4] << 24 | (size_t)p[at + 5] << 16 | (size_t)p[at + 6] << 8 |
			p[at + 7];
		if (n > in.len - at - 8) {
			text_add(&o->payload[p[at]], in.p + at + 8, in.len - at - 8);
			return;
		}
		text_add(&o->payload[p[at]], in.p + at + 8, n);
		at += 8 + n;
	}
	o->may_end = at == in.len;
}

static void
must_be_same(const struct outcome *a, const struct outcome *b)
{
	must(a->bad == b->bad && a->may_end == b->may_end);
	for (unsigned i = 0; i <= MUX_ERROR; i++)
		must(span_eq(text_span(&a->payload[i]), text_span(&b->payload[i])));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = { (const char *)data, size };
	struct outcome wanted, got;

	read_plainly(in, &wanted);
	for (size_t i = 0; i <= size && i < 200; i++) {
		read_in_parts(in, i, i ? size : 1, &got);
		must_be_same(&wanted, &got);
		outcome_free(&got);
	}
	outcome_free(&wanted);
	return 0;
}
