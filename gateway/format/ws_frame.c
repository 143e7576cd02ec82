/*
 * ws_frame: WebSocket frames, read and written by a server (RFC 6455 5 and 7.4).
 */
#include <string.h>

#include "format/ws_frame.h"

#define BIT_FIN 0x80
#define BITS_RSV 0x70
#define BIT_MASK 0x80
#define IS_CONTROL(opcode) (((opcode)&8) != 0)

/* RFC 3629 4: what may follow a first byte. Neither overlong, nor surrogates, nor above U+10FFFF. */
static bool
utf8_first(struct ws_utf8 *u, unsigned char c)
{
	u->low = 0x80;
	u->high = 0xbf;
	if (c < 0x80) {
		u->need = 0;
	} else if (c >= 0xc2 && c <= 0xdf) {
		u->need = 1;
	} else if (c >= 0xe0 && c <= 0xef) {
		u->need = 2;
		u->low = c == 0xe0 ? 0xa0 : 0x80;
		u->high = c == 0xed ? 0x9f : 0xbf;
	} else if (c >= 0xf0 && c <= 0xf4) {
		u->need = 3;
		u->low = c == 0xf0 ? 0x90 : 0x80;
		u->high = c == 0xf4 ? 0x8f : 0xbf;
	} else {
		return false;
	}
	return true;
}

bool
ws_utf8_feed(struct ws_utf8 *u, struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (!u->need) {
			if (!utf8_first(u, c))
				return false;
			continue;
		}
		if (c < u->low || c > u->high)
			return false;
		u->need--;
		u->low = 0x80;
		u->high = 0xbf;
	}
	return true;
}

void
ws_reader_init(struct ws_reader *r, uint64_t text_limit)
{
	memset(r, 0, sizeof(*r));
	r->text_limit = text_limit;
}

static enum ws_result
reader_bad(struct ws_reader *r, enum ws_code code, const char *why)
{
	r->code = code;
	r->why = why;
	return WS_BAD;
}

/* The first two bytes are here: what they say of themselves. */
static enum ws_result
reader_check(struct ws_reader *r)
{
	unsigned char opcode = r->head[0] & 0x0f, len = r->head[1] & 0x7f;

	if (r->head[0] & BITS_RSV)
		return reader_bad(r, WS_PROTOCOL_ERROR, "a reserved bit is set");
	if (opcode > WS_PONG || (opcode > WS_BINARY && opcode < WS_CLOSE))
		return reader_bad(r, WS_PROTOCOL_ERROR, "the opcode is not known");
	if (!(r->head[1] & BIT_MASK))
		return reader_bad(r, WS_PROTOCOL_ERROR, "the frame is not masked");
	if (IS_CONTROL(opcode)) {
		if (!(r->head[0] & BIT_FIN))
			return reader_bad(r, WS_PROTOCOL_ERROR, "a control frame is fragmented");
		if (len > WS_CONTROL_MAX)
			return reader_bad(r, WS_PROTOCOL_ERROR, "a control frame is too long");
	} else if (opcode == WS_CONTINUATION && !r->message) {
		return reader_bad(r, WS_PROTOCOL_ERROR, "there is no message to go on with");
	} else if (opcode != WS_CONTINUATION && r->message) {
		return reader_bad(r, WS_PROTOCOL_ERROR,
			"a message begins before the one before it has ended");
	}
	return WS_MORE;
}

/* How many bytes the head has, as far as its first two tell. */
static size_t
reader_head_size(const struct ws_reader *r)
{
	unsigned char len;

	if (r->have < 2)
		return 2;
	len = r->head[1] & 0x7f;
	return (size_t)2 + (len == 127 ? 8 : len == 126 ? 2 : 0) + sizeof(r->mask);
}

static enum ws_result
reader_length(struct ws_reader *r)
{
	unsigned char len = r->head[1] & 0x7f;
	unsigned n = len == 127 ? 8 : len == 126 ? 2 : 0;

	r->left = n ? 0 : len;
	for (unsigned i = 0; i < n; i++)
		r->left = r->left << 8 | r->head[2 + i];
	if ((n == 2 && r->left < 126) || (n == 8 && r->left <= 0xffff))
		return reader_bad(r, WS_PROTOCOL_ERROR, "the length is not in its shortest form");
	if (r->left >> 63)
		return reader_bad(r, WS_PROTOCOL_ERROR, "the length is too large");
	memcpy(r->mask, r->head + 2 + n, sizeof(r->mask));
	return WS_MORE;
}

/* The head is whole. */
static enum ws_result
reader_begin(struct ws_reader *r)
{
	if (reader_length(r) == WS_BAD)
		return WS_BAD;
	r->opcode = r->head[0] & 0x0f;
	r->fin = (r->head[0] & BIT_FIN) != 0;
	r->inside = true;
	r->have = 0;
	r->turn = 0;
	if (IS_CONTROL(r->opcode))
		return WS_MORE;
	if (r->opcode != WS_CONTINUATION) {
		r->message = r->opcode;
		r->text = 0;
		r->utf8 = (struct ws_utf8){ 0, 0, 0 };
	}
	if (r->message != WS_TEXT)
		return WS_MORE;
	if (r->left > r->text_limit - r->text)
		return reader_bad(r, WS_TOO_BIG, "the text message is too long");
	r->text += r->left;
	return WS_MORE;
}

static enum ws_result
reader_head(struct ws_reader *r, const char *in, size_t len, size_t *used)
{
	while (!r->inside && *used < len) {
		size_t size = reader_head_size(r);

		r->head[r->have++] = (unsigned char)in[(*used)++];
		if (r->have < size)
			continue;
		if (size == 2 && reader_check(r) == WS_BAD)
			return WS_BAD;
		if (size > 2 && reader_begin(r) == WS_BAD)
			return WS_BAD;
	}
	return WS_MORE;
}

static void
reader_unmask(struct ws_reader *r, char *p, size_t len)
{
	unsigned char mask[8];
	uint64_t word, key;
	size_t i = 0;

	for (unsigned k = 0; k < sizeof(mask); k++)
		mask[k] = r->mask[(r->turn + k) & 3];
	memcpy(&key, mask, sizeof(key));
	for (; len - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, p + i, sizeof(word));
		word ^= key;
		memcpy(p + i, &word, sizeof(word));
	}
	for (; i < len; i++)
		p[i] = (char)((unsigned char)p[i] ^ mask[i & 7]);
	r->turn = (unsigned char)((r->turn + len) & 3);
}

/* RFC 6455 7.4: those that may be sent at all. */
static bool
close_code_ok(unsigned code)
{
	return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
		(code >= 3000 && code <= 4999);
}

enum ws_code
ws_close_code(struct span payload, struct span *reason)
{
	*reason = (struct span){ NULL, 0 };
	if (payload.len < 2)
		return WS_NO_CODE;
	*reason = (struct span){ payload.p + 2, payload.len - 2 };
	return (enum ws_code)(
		(unsigned)(unsigned char)payload.p[0] << 8 | (unsigned char)payload.p[1]);
}

static enum ws_result
reader_check_close(struct ws_reader *r, struct span payload)
{
	struct ws_utf8 u = { 0, 0, 0 };
	struct span reason;

	if (payload.len == 0)
		return WS_PIECE;
	if (payload.len == 1 || !close_code_ok((unsigned)ws_close_code(payload, &reason)))
		return reader_bad(r, WS_PROTOCOL_ERROR, "the close frame's code is not valid");
	if (!ws_utf8_feed(&u, reason) || u.need)
		return reader_bad(r, WS_BAD_DATA, "the close frame's reason is not UTF-8");
	return WS_PIECE;
}

/* Some of a control frame: it comes out whole. */
static enum ws_result
reader_control(struct ws_reader *r, struct span in, struct ws_piece *piece)
{
	memcpy(r->control + r->have, in.p, in.len);
	r->have = (unsigned char)(r->have + in.len);
	if (r->left)
		return WS_MORE;
	*piece = (struct ws_piece){ (enum ws_opcode)r->opcode, true,
		{ (const char *)r->control, r->have } };
	r->have = 0;
	r->inside = false;
	return r->opcode == WS_CLOSE ? reader_check_close(r, piece->payload) : WS_PIECE;
}

static enum ws_result
reader_data(struct ws_reader *r, struct span in, struct ws_piece *piece)
{
	bool last = !r->left && r->fin;

	*piece = (struct ws_piece){ (enum ws_opcode)r->message, last, in };
	if (r->message == WS_TEXT && (!ws_utf8_feed(&r->utf8, in) || (last && r->utf8.need)))
		return reader_bad(r, WS_BAD_DATA, "the text is not UTF-8");
	if (!r->left)
		r->inside = false;
	if (last)
		r->message = 0;
	/* An empty frame in the midst of a message says nothing. */
	return in.len || last ? WS_PIECE : WS_MORE;
}

enum ws_result
ws_reader_next(struct ws_reader *r, char *in, size_t len, size_t *used, struct ws_piece *piece)
{
	*used = 0;
	while (!r->why) {
		struct span part;
		enum ws_result result;

		if (reader_head(r, in, len, used) == WS_BAD)
			break;
		/* A frame without payload is over with its head. */
		if (!r->inside || (*used == len && r->left))
			return WS_MORE;
		part = (struct span){ in + *used, len - *used };
		if (part.len > r->left)
			part.len = (size_t)r->left;
		reader_unmask(r, in + *used, part.len);
		*used += part.len;
		r->left -= part.len;
		result = IS_CONTROL(r->opcode) ? reader_control(r, part, piece)
					       : reader_data(r, part, piece);
		if (result == WS_PIECE)
			return WS_PIECE;
	}
	return WS_BAD;
}

size_t
ws_frame_head(unsigned char out[WS_HEAD_MAX], enum ws_opcode opcode, uint64_t len)
{
	unsigned n = len > 0xffff ? 8 : len > 125 ? 2 : 0;

	out[0] = (unsigned char)(BIT_FIN | (unsigned)opcode);
	out[1] = (unsigned char)(n == 8 ? 127 : n == 2 ? 126 : len);
	for (unsigned i = 0; i < n; i++)
		out[2 + i] = (unsigned char)(len >> 8 * (n - 1 - i));
	return (size_t)2 + n;
}

/* As much of `s` as fits, without half a character at its end. */
static struct span
reason_cut(struct span s)
{
	if (s.len <= WS_REASON_MAX)
		return s;
	s.len = WS_REASON_MAX;
	while (s.len && ((unsigned char)s.p[s.len] & 0xc0) == 0x80)
		s.len--;
	return s;
}

void
ws_frame_close(struct text *out, enum ws_code code, struct span reason)
{
	unsigned char head[WS_HEAD_MAX];

	if (code == WS_NO_CODE) {
		text_add(out, head, ws_frame_head(head, WS_CLOSE, 0));
		return;
	}
	reason = reason_cut(reason);
	text_add(out, head, ws_frame_head(head, WS_CLOSE, 2 + reason.len));
	text_add_char(out, (char)((unsigned)code >> 8));
	text_add_char(out, (char)((unsigned)code & 0xff));
	text_add_span(out, reason);
}
