/*
 * Fuzz target of WebSocket frames. What comes out does not depend on how the bytes come; control
 * frames are whole and short, texts are UTF-8 and within the limit; what was read, written
 * again as a client would, reads the same; what the server writes has the shortest head.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/ws_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LIMIT 300

/* Everything that was said, as opcode, payload, end of message. */
struct outcome {
	enum ws_result result;
	enum ws_code code;
	size_t used;
	struct text said;
	struct text again; /* as frames */
	bool open;         /* a message has begun */
	enum ws_opcode last;
};

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
write_again(struct outcome *o, const struct ws_piece *p)
{
	unsigned char head[WS_HEAD_MAX];
	bool control = p->opcode >= WS_CLOSE;
	size_t n = ws_frame_head(head, control || !o->open ? p->opcode : WS_CONTINUATION,
		p->payload.len);

	must(n == (p->payload.len > 65535 ? 10U : p->payload.len > 125 ? 4U : 2U));
	if (!p->last)
		head[0] &= 0x7f;
	head[1] |= 0x80;
	text_add(&o->again, head, n);
	text_add(&o->again, "\0\0\0\0", 4);
	text_add_span(&o->again, p->payload);
}

static void
check_piece(const struct ws_piece *p)
{
	struct ws_utf8 u = { 0, 0, 0 };
	struct span reason;
	enum ws_code code;

	if (p->opcode < WS_CLOSE) {
		must(p->opcode == WS_TEXT || p->opcode == WS_BINARY);
		must(p->payload.len || p->last);
		return;
	}
	must(p->opcode <= WS_PONG && p->last && p->payload.len <= WS_CONTROL_MAX);
	if (p->opcode != WS_CLOSE)
		return;
	code = ws_close_code(p->payload, &reason);
	must(code >= 1000 && code < 5000 && code != 1004 && code != 1006 && code != 1015);
	must(ws_utf8_feed(&u, reason) && !u.need);
}

static void
note(struct outcome *o, const struct ws_piece *p)
{
	check_piece(p);
	write_again(o, p);
	if (p->opcode >= WS_CLOSE) {
		text_addf(&o->said, "(%d:%zu:", (int)p->opcode, p->payload.len);
		text_add_span(&o->said, p->payload);
		text_add_char(&o->said, ')');
		return;
	}
	must(!o->open || o->last == p->opcode);
	for (size_t i = 0; i < p->payload.len; i++)
		text_addf(&o->said, "%d%c", (int)p->opcode, p->payload.p[i]);
	if (p->last)
		text_addf(&o->said, "%d.", (int)p->opcode);
	o->open = !p->last;
	o->last = p->opcode;
}

static void
feed(struct ws_reader *r, const uint8_t *data, size_t len, struct outcome *o)
{
	char *in = malloc(len ? len : 1);
	struct ws_piece piece;
	size_t at = 0, used;

	must(in != NULL);
	memcpy(in, data, len);
	do {
		o->result = ws_reader_next(r, in + at, len - at, &used, &piece);
		must(used <= len - at);
		at += used;
		if (o->result == WS_PIECE)
			note(o, &piece);
	} while (o->result == WS_PIECE);
	must(o->result == WS_BAD || at == len);
	o->used += at;
	o->code = r->code;
	free(in);
}

static struct outcome
read_in_parts(const uint8_t *data, size_t size, size_t first, size_t step)
{
	struct outcome o = { .result = WS_MORE };
	struct ws_reader r;
	size_t at = 0, n = first;

	text_init(&o.said, 0);
	text_init(&o.again, 0);
	ws_reader_init(&r, LIMIT);
	do {
		if (n > size - at)
			n = size - at;
		feed(&r, data + at, n, &o);
		at += n;
		n = step;
	} while (o.result != WS_BAD && at < size);
	must(!o.said.failed && !o.again.failed);
	return o;
}

static void
outcome_free(struct outcome *o)
{
	text_free(&o->said);
	text_free(&o->again);
}

static void
same_in_parts(const uint8_t *data, size_t size, size_t first, size_t step,
	const struct outcome *whole)
{
	struct outcome o = read_in_parts(data, size, first, step);

	must(o.result == whole->result && o.code == whole->code);
	/* A fault in a text is seen at the piece's end: what of it came out before depends on the cut. */
	if (o.result != WS_BAD)
		must(o.used == whole->used && span_eq(text_span(&o.said), text_span(&whole->said)));
	outcome_free(&o);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome whole = read_in_parts(data, size, size, 1), again;
	struct text out;

	for (size_t i = 0; i <= size && i < 200; i++)
		same_in_parts(data, size, i, size ? size : 1, &whole);
	same_in_parts(data, size, 1, 1, &whole);
	again = read_in_parts((const uint8_t *)(whole.again.p ? whole.again.p : ""),
		whole.again.len, whole.again.len, 1);
	must(again.result == WS_MORE && span_eq(text_span(&again.said), text_span(&whole.said)));
	text_init(&out, 0);
	ws_frame_close(&out, WS_NORMAL, (struct span){ (const char *)data, size });
	must(out.len >= 4 && (size_t)out.p[1] == out.len - 2 && out.len - 4 <= WS_REASON_MAX);
	text_free(&out);
	outcome_free(&again);
	outcome_free(&whole);
	return 0;
}
