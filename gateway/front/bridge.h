/*
 * bridge: a session that has become a WebSocket: what joins the client's messages with what the
 * engine gives and takes. A kind is what stands on the engine's side: the raw stream of an attach or
 * an exec, or events.
 *
 * Either side that does not take what it gets stops the other. The bridge is freed by its close.
 */
#ifndef FAIRLEAD_FRONT_BRIDGE_H
#define FAIRLEAD_FRONT_BRIDGE_H

#include "format/mux.h"
#include "front/front.h"
#include "net/ws.h"

struct bridge;

struct bridge_kind {
	bool idles; /* a time without a byte may end it */
	/* Part of a message of the client. */
	void (*piece)(struct bridge *b, const struct ws_piece *p);
	/* The engine does not take what it got: the client is not read. NULL: it takes nothing. */
	bool (*blocked)(const struct bridge *b);
	/* The engine is read, or not. */
	void (*read)(struct bridge *b, bool on);
	/* It is over: nothing may call back. */
	void (*stop)(struct bridge *b);
};

struct bridge {
	struct session *s;
	const struct bridge_kind *kind;
	struct ws *ws; /* NULL: the client is gone */
	struct event *idle;
	struct pace *pace;
	bool over;

	/* bridge_stream.c's. */
	struct channel *engine;
	struct mux mux;
	bool muxed;      /* its frames are taken apart */
	bool deaf;       /* it takes no more */
	bool reading;    /* of the engine */
	bool commands;   /* text messages are commands: an exec */
	struct text why; /* the engine's words about a failure */

	/* bridge_resize.c's. */
	struct text command;
	struct text resize_path;
	struct engine_call *resize;
	unsigned height, width;
	bool due; /* they are still to be sent */
};

/* From within the engine's head callback, the client's handshake answered: the session's connection becomes
 * the bridge's. NULL without memory: the session is over. */
struct bridge *bridge_new(struct session *s, const struct bridge_kind *kind, struct pace *pace);
/* One message to the client. -1: the bridge is over. */
int bridge_send(struct bridge *b, enum ws_opcode opcode, struct span payload);
/* So much of the client's payload has passed. */
void bridge_count_up(struct bridge *b, size_t len);
/* Who may be read now: after whatever may have changed it. */
void bridge_settle(struct bridge *b);
/* From outside. */
void bridge_stop(struct bridge *b, const char *why);
/* The one way out; `why` (static) is for the log, the others for the client. */
void bridge_close(struct bridge *b, enum ws_code code, struct span reason, const char *why);

/* bridge_stream.c: a raw stream of the engine; `early` came behind its head. */
void bridge_stream_start(struct session *s, struct channel *engine, struct span early);

/* The client's stdin has ended. */
void bridge_stream_end_up(struct bridge *b);

/* bridge_resize.c: the commands of an exec's client. */
void bridge_resize_begin(struct bridge *b, const struct exchange *x);
void bridge_command(struct bridge *b, const struct ws_piece *p);
void bridge_resize_stop(struct bridge *b);

/* bridge_events.c: events. -1: they cannot be served, the refusal is filled. */
int bridge_events_begin(struct session *s);
/* The client's handshake is answered. */
void bridge_events_start(struct session *s);
/* The engine's handlers. */
void bridge_events_body(struct bridge *b, struct span piece);
void bridge_events_end(struct bridge *b);
void bridge_events_failed(struct bridge *b);

#endif
