/*
 * Fuzz target of body framing: the first byte picks the framing (and leniency),
 * the second the length. The result does not depend on how the bytes come; what
 * came out, sent as one chunk, comes out again; strict takes nothing that
 * lenient does not.
 */
#include <stdint.h>
#include <stdlib.h>

#include "format/http_body.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct outcome {
	enum http_result result;
	size_t used;
	bool may_end;
	struct text payload;
};

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
feed(struct http_body *b, struct span in, struct outcome *o)
{
	do {
		struct span payload;
		size_t used;

		o->result = http_body_next(b, in, &used, &payload);
		must(used <= in.len && payload.len <= used);
		must(payload.len == 0 ||
			(payload.p >= in.p && payload.p + payload.len <= in.p + used));
		must(o->result != HTTP_MORE || used > 0 || in.len == 0);
		text_add_span(&o->payload, payload);
		o->used += used;
		in.p += used;
		in.len -= used;
	} while (o->result == HTTP_MORE && in.len > 0);
}

static struct outcome
read_in_parts(struct http_body b, struct span in, size_t first, size_t step)
{
	struct outcome o = { .result = HTTP_MORE };
	size_t at = 0, n = first;

	text_init(&o.payload, 0);
	do {
		if (n > in.len - at)
			n = in.len - at;
		feed(&b, (struct span){ in.p + at, n }, &o);
		at += n;
		n = step;
	} while (o.result == HTTP_MORE && at < in.len);
	o.may_end = http_body_may_end(&b);
	return o;
}

static bool
same(const struct outcome *a, const struct outcome *b)
{
	return a->result == b->result && a->used == b->used && a->may_end == b->may_end &&
		span_eq(text_span(&a->payload), text_span(&b->payload));
}

static void
same_in_parts(struct http_body b, struct span in, size_t first, size_t step,
	const struct outcome *whole)
{
	struct outcome o = read_in_parts(b, in, first, step);

	must(same(whole, &o));
	text_free(&o.payload);
}

/* Sent as one chunk it is the same payload. */
static void
comes_again(struct span payload)
{
	struct http_body b;
	struct outcome o;
	struct text out;

	text_init(&out, 0);
	if (payload.len > 0) {
		text_addf(&out, "%zx\r\n", payload.len);
		text_add_span(&out, payload);
		text_add_str(&out, "\r\n");
	}
	text_add_str(&out, "0\r\n\r\nGET");
	http_body_init(&b, HTTP_BODY_CHUNKED, 0);
	o = read_in_parts(b, text_span(&out), out.len, 1);
	must(o.result == HTTP_DONE && o.used == out.len - 3);
	must(span_eq(text_span(&o.payload), payload));
	text_free(&o.payload);
	text_free(&out);
}

static void
lenient_takes_it_too(struct span in, const struct outcome *strict)
{
	struct http_body b;
	struct outcome o;

	http_body_init_lenient(&b, HTTP_BODY_CHUNKED, 0);
	o = read_in_parts(b, in, in.len, 1);
	must(strict->result == HTTP_BAD || same(strict, &o));
	text_free(&o.payload);
}

static void
check(struct http_body b, struct span in)
{
	struct outcome whole = read_in_parts(b, in, in.len, 1);

	for (size_t i = 0; i <= in.len && i < 300; i++)
		same_in_parts(b, in, i, in.len ? in.len : 1, &whole);
	same_in_parts(b, in, 1, 1, &whole);
	must(whole.may_end == (whole.result == HTTP_DONE || b.framing == HTTP_BODY_TO_EOF));
	if (whole.result == HTTP_DONE)
		comes_again(text_span(&whole.payload));
	if (b.framing == HTTP_BODY_CHUNKED && !b.lenient)
		lenient_takes_it_too(in, &whole);
	text_free(&whole.payload);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum http_framing framings[] = { HTTP_BODY_CHUNKED, HTTP_BODY_CHUNKED,
		HTTP_BODY_LENGTH, HTTP_BODY_TO_EOF };
	struct http_body b;

	if (size < 2)
		return 0;
	if (data[0] & 4)
		http_body_init_lenient(&b, framings[data[0] & 3], data[1]);
	else
		http_body_init(&b, framings[data[0] & 3], data[1]);
	check(b, (struct span){ (const char *)data + 2, size - 2 });
	return 0;
}
