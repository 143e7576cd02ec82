/*
 * Fuzz target of response heads: the first byte says whether HEAD was asked.
 * The result does not depend on how the bytes come, and a head printed from
 * what was parsed parses to the same.
 */
#include <stdint.h>

#include "fuzz_heads.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct outcome {
	enum http_result result;
	struct http_response r;
	struct http_error err;
	size_t used;
};

static void
parse_in_parts(struct span in, enum http_method method, size_t first, size_t step,
	struct outcome *o)
{
	size_t scanned = 0, n = first;

	for (;;) {
		o->result = http_response_parse(come_so_far(in, n), &fuzz_limits, &scanned, method,
			&o->r, &o->used, &o->err);
		must(scanned <= n);
		if (n == in.len || o->result != HTTP_MORE)
			break;
		n = in.len - n < step ? in.len : n + step;
	}
	come_so_far(in, in.len);
}

static bool
same(const struct outcome *a, const struct outcome *b)
{
	if (a->result != b->result)
		return false;
	if (a->result == HTTP_MORE)
		return true;
	if (a->result == HTTP_BAD)
		return a->err.status == b->err.status && a->err.message == b->err.message;
	return a->used == b->used && a->r.status == b->r.status && a->r.minor == b->r.minor &&
		a->r.framing == b->r.framing && a->r.length == b->r.length &&
		a->r.keep_alive == b->r.keep_alive && same_view(a->r.reason, b->r.reason) &&
		same_view(a->r.content_type, b->r.content_type) &&
		same_views(&a->r.fields, &b->r.fields);
}

static void
is_sound(const struct http_response *r, enum http_method method, struct span head)
{
	bool bodiless =
		method == HTTP_HEAD || r->status < 200 || r->status == 204 || r->status == 304;

	must(head.len >= 4 && memcmp(head.p + head.len - 4, "\r\n\r\n", 4) == 0);
	must(r->status >= 100 && r->status <= 599 && r->minor <= 1);
	must((r->framing == HTTP_BODY_NONE) == bodiless);
	must(r->framing != HTTP_BODY_TO_EOF || !r->keep_alive);
	must(!memchr(r->reason.p, '\n', r->reason.len));
	fields_are_clean(&r->fields, head);
}

static void
prints_the_same(const struct http_response *r, enum http_method method)
{
	static const struct http_limits wide = { 4096, 8192, HTTP_MAX_FIELDS };
	struct http_response again;
	struct http_error err;
	size_t scanned = 0, used = 0;
	struct text out;

	text_init(&out, 0);
	text_addf(&out, "HTTP/1.%u %u ", r->minor, r->status);
	text_add_span(&out, r->reason);
	text_add_str(&out, "\r\n");
	print_fields(&out, &r->fields);
	must(http_response_parse(text_span(&out), &wide, &scanned, method, &again, &used, &err) ==
		HTTP_DONE);
	must(used == out.len && again.status == r->status && span_eq(again.reason, r->reason));
	must(again.framing == r->framing && again.length == r->length);
	must(again.keep_alive == r->keep_alive && same_fields(&again.fields, &r->fields));
	text_free(&out);
}

static void
check(struct span in, enum http_method method)
{
	static struct outcome whole, split;

	parse_in_parts(in, method, in.len, in.len, &whole);
	for (size_t i = 0; i <= in.len && i < 300; i++) {
		parse_in_parts(in, method, i, in.len, &split);
		must(same(&whole, &split));
	}
	parse_in_parts(in, method, 0, 1, &split);
	must(same(&whole, &split));
	if (whole.result == HTTP_DONE) {
		is_sound(&whole.r, method, (struct span){ in.p, whole.used });
		prints_the_same(&whole.r, method);
	} else if (whole.result == HTTP_BAD) {
		must(whole.err.status == 502 && whole.err.message[0] != '\0');
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *block;

	if (size == 0)
		return 0;
	/* A block of its own size: ASan sees a look behind its end. */
	block = malloc(size - 1 + (size == 1));
	must(block != NULL);
	memcpy(block, data + 1, size - 1);
	check((struct span){ block, size - 1 }, data[0] == 'H' ? HTTP_HEAD : HTTP_GET);
	free(block);
	return 0;
}
