/*
 * ws: the server's side of a WebSocket (RFC 6455) on a channel whose handshake
 * is answered: frames in and out, ping and pong, the close handshake.
 *
 * Pings are answered here; a client that is silent is pinged, and given up when it
 * stays silent. Payload of messages is given on in pieces as it comes; nothing is
 * held. No extension is spoken.
 *
 * States: OPEN -> CLOSING (our close frame is sent, the client's is due) -> OVER.
 */
#ifndef FAIRLEAD_NET_WS_H
#define FAIRLEAD_NET_WS_H

#include "format/ws_frame.h"
#include "net/channel.h"

struct ws;

struct ws_handler {
	/* Part of a text or binary message; valid during the call. */
	void (*piece)(void *arg, const struct ws_piece *piece);
	/* What was sent is taken by the client. */
	void (*drained)(void *arg);
	/* The client has closed or is gone, or was closed for what it sent: why (static), for the log.
	 * It is the last call, and the WebSocket ends itself. */
	void (*over)(void *arg, const char *why);
};

struct ws_options {
	uint64_t text_limit; /* bytes of a text message: 1009 above it */
	uint64_t silent_ms; /* after which a client is pinged, and as long after which it is gone */
	uint64_t linger_ms; /* for the client's close frame, and for reading it out */
};

/* Takes the channel. `early` came behind the handshake. Never calls back before it returns. NULL without
 * memory (the channel is closed). */
struct ws *ws_new(struct reactor *r, struct channel *c, const struct ws_options *o,
	const struct ws_handler *h, void *arg, struct span early);
/* Reads the client's frames or leaves them with it. */
void ws_pause(struct ws *w, bool paused);
/* One whole message. -1: the client is gone: ws_close it. */
int ws_send(struct ws *w, enum ws_opcode opcode, struct span payload);
/* Bytes the client has not taken. */
size_t ws_backlog(const struct ws *w);
/* Sends the close frame behind all else and ends in an orderly way, on its own. The handler is not called
 * any more. */
void ws_close(struct ws *w, enum ws_code code, struct span reason);

#endif
