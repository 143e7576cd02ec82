/*
 * http_body: decodes a body by its framing, a byte of framing at a time and
 * payload in runs.
 */
#include <string.h>

#include "format/http_body.h"
#include "format/http_head.h"

/* Hex digits of a chunk's size: 15 cannot overflow 64 bits. */
#define MAX_DIGITS 15
/* What an engine may say beside the payload: one chunk's extensions, or all trailer fields. */
#define MAX_SKIPPED 16384

enum {
	BODY_PAYLOAD,   /* `left` bytes of the length or of the chunk */
	BODY_SIZE,      /* hex digits */
	BODY_EXTENSION, /* from ';' to CR */
	BODY_SIZE_LF,
	BODY_DATA_CR, /* behind the chunk's payload */
	BODY_DATA_LF,
	BODY_TRAILER, /* at the start of a trailer line, or of the empty line */
	BODY_TRAILER_LINE,
	BODY_TRAILER_LF,
	BODY_LAST_LF,
	BODY_DONE,
	BODY_BAD,
};

void
http_body_init(struct http_body *b, enum http_framing framing, uint64_t length)
{
	*b = (struct http_body){ .framing = framing, .state = BODY_PAYLOAD };
	switch (framing) {
	case HTTP_BODY_NONE:
		b->state = BODY_DONE;
		break;
	case HTTP_BODY_LENGTH:
		b->left = length;
		if (length == 0)
			b->state = BODY_DONE;
		break;
	case HTTP_BODY_CHUNKED:
		b->state = BODY_SIZE;
		break;
	case HTTP_BODY_TO_EOF:
		b->left = UINT64_MAX;
		break;
	}
}

void
http_body_init_lenient(struct http_body *b, enum http_framing framing, uint64_t length)
{
	http_body_init(b, framing, length);
	b->lenient = true;
}

static unsigned
read_size(struct http_body *b, char c)
{
	int v = text_hex_value(c);

	if (v >= 0) {
		if (b->digits == MAX_DIGITS)
			return BODY_BAD;
		b->digits++;
		b->left = b->left << 4 | (unsigned)v;
		return BODY_SIZE;
	}
	if (b->digits == 0)
		return BODY_BAD;
	b->digits = 0;
	if (c == '\r')
		return BODY_SIZE_LF;
	return b->lenient && (c == ';' || c == ' ' || c == '\t') ? BODY_EXTENSION : BODY_BAD;
}

/* One byte of what is skipped: `digits` counts them. */
static unsigned
skip(struct http_body *b, char c, unsigned here, unsigned at_cr)
{
	if (c == '\r')
		return at_cr;
	if (!http_char_is(c, HTTP_CHAR_VALUE) || ++b->digits > MAX_SKIPPED)
		return BODY_BAD;
	return here;
}

static unsigned
enter_payload(struct http_body *b)
{
	b->digits = 0;
	return b->left > 0 ? BODY_PAYLOAD : BODY_TRAILER;
}

static unsigned
enter_size(struct http_body *b)
{
	b->digits = 0;
	b->left = 0;
	return BODY_SIZE;
}

/* The state behind one byte of chunked framing. */
static unsigned
step(struct http_body *b, char c)
{
	switch (b->state) {
	case BODY_SIZE:
		return read_size(b, c);
	case BODY_EXTENSION:
		return skip(b, c, BODY_EXTENSION, BODY_SIZE_LF);
	case BODY_SIZE_LF:
		return c == '\n' ? enter_payload(b) : BODY_BAD;
	case BODY_DATA_CR:
		return c == '\r' ? BODY_DATA_LF : BODY_BAD;
	case BODY_DATA_LF:
		return c == '\n' ? enter_size(b) : BODY_BAD;
	case BODY_TRAILER:
		if (c == '\r')
			return BODY_LAST_LF;
		return b->lenient ? skip(b, c, BODY_TRAILER_LINE, BODY_BAD) : BODY_BAD;
	case BODY_TRAILER_LINE:
		return skip(b, c, BODY_TRAILER_LINE, BODY_TRAILER_LF);
	case BODY_TRAILER_LF:
		return c == '\n' ? BODY_TRAILER : BODY_BAD;
	case BODY_LAST_LF:
		return c == '\n' ? BODY_DONE : BODY_BAD;
	default:
		return BODY_BAD;
	}
}

/* Reads framing from `in` at `*used` until payload begins, the body ends or is wrong. */
static void
read_framing(struct http_body *b, struct span in, size_t *used)
{
	while (*used < in.len && b->state != BODY_PAYLOAD && b->state < BODY_DONE)
		b->state = step(b, in.p[(*used)++]);
}

static void
read_payload(struct http_body *b, struct span in, size_t *used, struct span *payload)
{
	size_t n = in.len - *used;

	if (n > b->left)
		n = (size_t)b->left;
	*payload = (struct span){ in.p + *used, n };
	*used += n;
	if (b->framing == HTTP_BODY_TO_EOF)
		return;
	b->left -= n;
	if (b->left == 0)
		b->state = b->framing == HTTP_BODY_CHUNKED ? BODY_DATA_CR : BODY_DONE;
}

enum http_result
http_body_next(struct http_body *b, struct span in, size_t *used, struct span *payload)
{
	*used = 0;
	*payload = (struct span){ in.p, 0 };
	read_framing(b, in, used);
	if (b->state == BODY_PAYLOAD && *used < in.len) {
		read_payload(b, in, used, payload);
		/* Also what ends this chunk, so that a whole body is done in one call. */
		read_framing(b, in, used);
	}
	if (b->state == BODY_BAD)
		return HTTP_BAD;
	return b->state == BODY_DONE ? HTTP_DONE : HTTP_MORE;
}

bool
http_body_may_end(const struct http_body *b)
{
	return b->framing == HTTP_BODY_TO_EOF || b->state == BODY_DONE;
}
