/*
 * Fuzzes format/json: a tree that was read is printed, read again, and must be the same.
 * The first byte picks the limits.
 */
#include <stdlib.h>
#include <string.h>

#include "format/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool truth)
{
	if (!truth)
		abort();
}

/* The byte at a value's offset is one that its type can begin with. */
static void
check_offset(struct span in, const struct json *v)
{
	static const char *const begins[] = {
		[JSON_NULL] = "n",
		[JSON_BOOL] = "tf",
		[JSON_NUMBER] = "-0123456789",
		[JSON_STRING] = "\"",
		[JSON_ARRAY] = "[",
		[JSON_OBJECT] = "{",
	};

	must(v->offset < in.len && in.p[v->offset] && strchr(begins[v->type], in.p[v->offset]));
}

static void
check_tree(struct span in, const struct json *v)
{
	unsigned n = 0;

	check_offset(in, v);
	for (const struct json *child = v->first; child; child = child->next, n++) {
		must(child->parent == v && (child->next || child == v->last));
		check_tree(in, child);
	}
	must(n == v->count);
}

static void
check_same(const struct json *a, const struct json *b)
{
	must(a->type == b->type && a->truth == b->truth && a->count == b->count);
	must(span_eq(a->text, b->text) && span_eq(a->key, b->key));
	a = a->first;
	b = b->first;
	for (; a && b; a = a->next, b = b->next)
		check_same(a, b);
	must(!a && !b);
}

static void
check_error(struct span in, const struct json_doc *doc, const struct json_error *err)
{
	unsigned line, column;

	must(!doc->root && !doc->arena);
	must(err->offset <= in.len && err->message[0]);
	json_where(in, err->offset, &line, &column);
	must(err->line == line && err->column == column);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_limits limits = { 0 }, again = { 0 };
	struct json_doc doc, copy;
	struct json_error err;
	struct text out;
	struct span in;

	if (!size)
		return 0;
	in = (struct span){ (const char *)data + 1, size - 1 };
	limits.comments = data[0] & 1;
	limits.exact_keys = again.exact_keys = data[0] & 2;
	limits.depth = again.depth = data[0] >> 4;
	if (json_parse(in, &limits, &doc, &err)) {
		check_error(in, &doc, &err);
		return 0;
	}
	check_tree(in, doc.root);
	text_init(&out, 0);
	json_print(&out, doc.root);
	must(!out.failed && json_parse(text_span(&out), &again, &copy, NULL) == 0);
	check_same(doc.root, copy.root);
	json_free(&copy);
	json_free(&doc);
	text_free(&out);
	return 0;
}
