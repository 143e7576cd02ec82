/*
 * Fuzz target of request heads: the result does not depend on how the bytes
 * come, and a head printed from what was parsed parses to the same.
 */
#include <stdint.h>

#include "fuzz_heads.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct outcome {
	enum http_result result;
	struct http_request r;
	struct http_error err;
	size_t used;
};

/* `first` bytes, then `step` more each time. */
static void
parse_in_parts(struct span in, size_t first, size_t step, struct outcome *o)
{
	size_t scanned = 0, n = first;

	for (;;) {
		o->result = http_request_parse(come_so_far(in, n), &fuzz_limits, &scanned, &o->r,
			&o->used, &o->err);
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
	return a->used == b->used && a->r.method == b->r.method && a->r.minor == b->r.minor &&
		a->r.framing == b->r.framing && a->r.length == b->r.length &&
		a->r.keep_alive == b->r.keep_alive &&
		a->r.expect_continue == b->r.expect_continue &&
		same_view(a->r.target, b->r.target) && same_view(a->r.host, b->r.host) &&
		same_view(a->r.authorization, b->r.authorization) &&
		same_view(a->r.content_type, b->r.content_type) &&
		same_view(a->r.upgrade, b->r.upgrade) && same_views(&a->r.fields, &b->r.fields);
}

static void
is_sound(const struct http_request *r, struct span head)
{
	must(head.len >= 4 && memcmp(head.p + head.len - 4, "\r\n\r\n", 4) == 0);
	must(head.len <= fuzz_limits.head && r->fields.count <= fuzz_limits.fields);
	must(r->target.p[0] == '/' || span_eq(r->target, SPAN("*")));
	must(r->framing != HTTP_BODY_TO_EOF && r->minor <= 1);
	must(r->minor == 1 || r->framing != HTTP_BODY_CHUNKED);
	must(http_field_count(&r->fields, SPAN("Host")) == 1 || r->minor == 0);
	must(http_field_count(&r->fields, SPAN("Content-Length")) ==
		(r->framing == HTTP_BODY_LENGTH ? 1U : 0U));
	must(http_field_count(&r->fields, SPAN("Transfer-Encoding")) ==
		(r->framing == HTTP_BODY_CHUNKED ? 1U : 0U));
	must(!http_field_has_token(&r->fields, SPAN("Connection"), SPAN("close")) ||
		!r->keep_alive);
	fields_are_clean(&r->fields, head);
}

static void
prints_the_same(const struct http_request *r)
{
	static const struct http_limits wide = { 4096, 8192, HTTP_MAX_FIELDS };
	struct http_request again;
	struct http_error err;
	size_t scanned = 0, used = 0;
	struct text out;

	text_init(&out, 0);
	text_addf(&out, "%.*s %.*s HTTP/1.%u\r\n", SPAN_ARG(r->method_text), SPAN_ARG(r->target),
		r->minor);
	print_fields(&out, &r->fields);
	must(http_request_parse(text_span(&out), &wide, &scanned, &again, &used, &err) ==
		HTTP_DONE);
	must(used == out.len);
	must(again.method == r->method && span_eq(again.target, r->target));
	must(again.framing == r->framing && again.length == r->length);
	must(again.keep_alive == r->keep_alive && again.expect_continue == r->expect_continue);
	must(same_fields(&again.fields, &r->fields));
	text_free(&out);
}

static void
check(struct span in)
{
	static struct outcome whole, split;

	parse_in_parts(in, in.len, 1, &whole);
	/* At every place, then byte by byte. */
	for (size_t i = 0; i < in.len && i < 300; i++) {
		parse_in_parts(in, i, in.len, &split);
		must(same(&whole, &split));
	}
	parse_in_parts(in, 0, 1, &split);
	must(same(&whole, &split));
	if (whole.result == HTTP_DONE) {
		is_sound(&whole.r, (struct span){ in.p, whole.used });
		prints_the_same(&whole.r);
	} else if (whole.result == HTTP_BAD) {
		must(whole.err.status >= 400 && whole.err.message[0] != '\0');
	} else {
		must(in.len < fuzz_limits.head);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *block = malloc(size + !size);

	must(block != NULL);
	memcpy(block, data, size);
	check((struct span){ block, size });
	free(block);
	return 0;
}
