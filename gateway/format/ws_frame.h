/*
 * ws_frame: WebSocket frames (RFC 6455 5), read as a server reads them and
 * written as it writes them. No I/O, no allocation, any cut of the bytes.
 *
 * Read strictly: a client's frames are masked, RSV bits are 0 (no extension is
 * ever agreed to), opcodes are known, lengths have their shortest form, control
 * frames are whole and of at most 125 bytes. Payload of messages comes out in
 * pieces as it arrives, unmasked where it lies; nothing of a message is held.
 * Text is valid UTF-8 up to the end of each piece, but for a character that the
 * piece cuts, and as a whole.
 */
#ifndef FAIRLEAD_FORMAT_WS_FRAME_H
#define FAIRLEAD_FORMAT_WS_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum ws_opcode {
	WS_CONTINUATION = 0,
	WS_TEXT = 1,
	WS_BINARY = 2,
	WS_CLOSE = 8,
	WS_PING = 9,
	WS_PONG = 10,
};

/* Why a connection is closed (RFC 6455 7.4.1). */
enum ws_code {
	WS_NORMAL = 1000,
	WS_GOING_AWAY = 1001,
	WS_PROTOCOL_ERROR = 1002,
	WS_NO_CODE = 1005, /* never sent: a close frame without a code was received */
	WS_BAD_DATA = 1007,
	WS_NOT_ALLOWED = 1008,
	WS_TOO_BIG = 1009,
	WS_INTERNAL_ERROR = 1011,
};

#define WS_CONTROL_MAX 125 /* payload of a control frame */
#define WS_REASON_MAX 123  /* of a close frame, behind its code */
#define WS_HEAD_MAX 10     /* of a server's frame: no mask */

/* Where in a UTF-8 text a reader is: 0 at its start and between two characters. */
struct ws_utf8 {
	unsigned char need;      /* bytes of the character to come */
	unsigned char low, high; /* bounds of the next one */
};
/* False: it can be no UTF-8, whatever follows. */
bool ws_utf8_feed(struct ws_utf8 *u, struct span s);

struct ws_reader {
	uint64_t left;       /* of the frame's payload */
	uint64_t text;       /* bytes of the text message so far */
	uint64_t text_limit; /* a longer text message is 1009 */
	unsigned char head[14];
	unsigned char control[WS_CONTROL_MAX];
	unsigned char have; /* of `head`, then of `control` */
	unsigned char mask[4];
	unsigned char opcode;  /* of the frame */
	unsigned char message; /* opcode of the open message, 0: none */
	unsigned char turn;    /* which byte of the mask is next */
	bool inside;           /* the head is read, the payload is due */
	bool fin;
	struct ws_utf8 utf8;
	enum ws_code
		code; /* after WS_BAD: what the close frame is to say, and one sentence (static) */
	const char *why;
};

enum ws_result {
	WS_MORE, /* all bytes are taken */
	WS_PIECE,
	WS_BAD, /* for good */
};

/* Part of a message, or a control frame. The payload is valid until the reader is called again. */
struct ws_piece {
	enum ws_opcode opcode; /* WS_TEXT or WS_BINARY in all pieces of a message */
	bool last;             /* the message ends with it; of a control frame always */
	struct span payload;   /* may be empty */
};

void ws_reader_init(struct ws_reader *r, uint64_t text_limit);
/* Takes bytes from the start of `in`, which it unmasks, until there is a piece: `*used` of them. */
enum ws_result ws_reader_next(struct ws_reader *r, char *in, size_t len, size_t *used,
	struct ws_piece *piece);

/* The code (WS_NO_CODE when there is none) and the reason of a close frame that the reader has taken. */
enum ws_code ws_close_code(struct span payload, struct span *reason);

/* The head of a whole, unmasked frame; returns its length. */
size_t ws_frame_head(unsigned char out[WS_HEAD_MAX], enum ws_opcode opcode, uint64_t len);
/* Appends a close frame; a reason that is too long is cut between two characters. */
void ws_frame_close(struct text *out, enum ws_code code, struct span reason);

#endif
