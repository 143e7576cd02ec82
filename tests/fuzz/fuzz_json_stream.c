/*
 * Fuzzes format/json_stream: the pieces of the input change nothing, and the elements are
 * those that json_parse finds in the whole. The first byte is the size of the pieces.
 */
#include <stdlib.h>
#include <string.h>

#include "format/json.h"

#define LARGEST 4096
#define PIECE_END 0x1e /* no JSON text of ours holds it raw */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool truth)
{
	if (!truth)
		abort();
}

static int
add_element(void *arg, struct json_doc *doc, struct json *element)
{
	struct text *out = arg;

	must(doc->root == element);
	json_print(out, element);
	text_add_char(out, PIECE_END);
	return 0;
}

/* The elements, then the error if there is one. Each piece lies in memory of its own size. */
static bool
run(struct span in, size_t piece, struct text *out)
{
	struct json_stream *s = json_stream_new(LARGEST, add_element, out);
	struct json_error err;
	int result = 0;

	must(s);
	while (in.len && !result) {
		size_t n = piece < in.len ? piece : in.len;
		char *copy = malloc(n);

		must(copy);
		memcpy(copy, in.p, n);
		result = json_stream_feed(s, (struct span){ copy, n }, &err);
		free(copy);
		in.p += n;
		in.len -= n;
	}
	if (!result)
		result = json_stream_end(s, &err);
	if (result)
		text_addf(out, "%u:%u@%zu %s", err.line, err.column, err.offset, err.message);
	json_stream_free(s);
	return result == 0;
}

/* What the whole text gives. An element may be as deep as the whole less one. */
static bool
run_whole(struct span in, struct text *out)
{
	struct json_limits limits = { .depth = 33, .exact_keys = true };
	struct json_doc doc;

	if (json_parse(in, &limits, &doc, NULL))
		return false;
	if (doc.root->type != JSON_ARRAY) {
		json_free(&doc);
		return false;
	}
	for (struct json *v = doc.root->first; v; v = v->next) {
		json_print(out, v);
		text_add_char(out, PIECE_END);
	}
	json_free(&doc);
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text once, pieces, whole;
	struct span in;
	bool taken;

	if (!size)
		return 0;
	in = (struct span){ (const char *)data + 1, size - 1 };
	text_init(&once, 0);
	text_init(&pieces, 0);
	text_init(&whole, 0);
	taken = run(in, in.len + 1, &once);
	must(run(in, (size_t)data[0] + 1, &pieces) == taken);
	must(span_eq(text_span(&once), text_span(&pieces)));
	if (in.len < LARGEST) {
		must(run_whole(in, &whole) == taken);
		must(!taken || span_eq(text_span(&once), text_span(&whole)));
	}
	text_free(&once);
	text_free(&pieces);
	text_free(&whole);
	return 0;
}
