/*
 * Fuzzes format/json_members: the pieces of the input change nothing, and the parts are those that
 * json_parse finds in the whole. The first byte is the size of the pieces.
 */
#include <stdlib.h>
#include <string.h>

#include "format/json_members.h"

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
add_value(void *arg, struct span key, struct json_doc *doc, struct json *v)
{
	struct text *out = arg;

	must(!doc || doc->root == v);
	text_add_json(out, key);
	json_print(out, v);
	text_add_char(out, PIECE_END);
	return 0;
}

static int
add_array(void *arg, struct span key)
{
	text_add_json(arg, key);
	text_add_char(arg, PIECE_END);
	return 0;
}

static int
add_element(void *arg, struct json_doc *doc, struct json *v)
{
	struct text *out = arg;

	must(!doc || doc->root == v);
	json_print(out, v);
	text_add_char(out, PIECE_END);
	return 0;
}

static const struct json_members_kind adder = { add_value, add_array, add_element };

/* The parts. Each piece lies in memory of its own size. */
static bool
run(struct span in, size_t piece, struct text *out)
{
	struct json_members *m = json_members_new(LARGEST, &adder, out);
	int result = 0;

	must(m);
	while (in.len && !result) {
		size_t n = piece < in.len ? piece : in.len;
		char *copy = malloc(n);

		must(copy);
		memcpy(copy, in.p, n);
		result = json_members_feed(m, (struct span){ copy, n });
		free(copy);
		in.p += n;
		in.len -= n;
	}
	if (!result)
		result = json_members_end(m);
	must((json_members_fault(m) != NULL) == (result != 0));
	json_members_free(m);
	return result == 0;
}

static bool
keys_are_short(const struct json *object)
{
	for (const struct json *v = object->first; v; v = v->next)
		if (v->key.len > 256)
			return false;
	return true;
}

static void
add_parts(const struct json *object, struct text *out)
{
	for (struct json *v = object->first; v; v = v->next) {
		if (v->type != JSON_ARRAY) {
			add_value(out, v->key, NULL, v);
			continue;
		}
		add_array(out, v->key);
		for (struct json *e = v->first; e; e = e->next)
			add_element(out, NULL, e);
	}
}

/* What is JSON as a whole is taken, with the same parts; what is taken is JSON but for its keys. */
static void
compare(struct span in, bool taken, struct span parts)
{
	struct json_limits strict = { .exact_keys = true };
	struct json_limits lax = { .exact_keys = true, .depth = 34 };
	struct json_error err;
	struct json_doc doc;
	struct text whole;

	text_init(&whole, 0);
	if (json_parse(in, &strict, &doc, NULL) == 0) {
		if (doc.root->type == JSON_OBJECT && keys_are_short(doc.root)) {
			must(taken);
			add_parts(doc.root, &whole);
			must(span_eq(text_span(&whole), parts));
		}
		must(!taken || doc.root->type == JSON_OBJECT);
		json_free(&doc);
	} else if (taken && json_parse(in, &lax, &doc, &err) == 0) {
		json_free(&doc);
	} else {
		must(!taken || strstr(err.message, "given twice"));
	}
	text_free(&whole);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text once, pieces;
	struct span in;
	bool taken;

	if (!size)
		return 0;
	in = (struct span){ (const char *)data + 1, size - 1 };
	text_init(&once, 0);
	text_init(&pieces, 0);
	taken = run(in, in.len + 1, &once);
	must(run(in, (size_t)data[0] + 1, &pieces) == taken);
	must(!taken || span_eq(text_span(&once), text_span(&pieces)));
	if (in.len < LARGEST)
		compare(in, taken, text_span(&once));
	text_free(&once);
	text_free(&pieces);
	return 0;
}
