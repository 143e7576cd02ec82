/*
 * engine_impl: what engine's own files share. Nobody else includes it.
 */
#ifndef FAIRLEAD_NET_ENGINE_IMPL_H
#define FAIRLEAD_NET_ENGINE_IMPL_H

#include <event2/event_struct.h>

#include "format/http_body.h"
#include "net/engine.h"

/* A connection nobody uses at present. */
struct engine_idle {
	struct engine *engine;
	struct channel *channel;
	struct engine_idle *next, *prev;
};

struct engine_waiter {
	engine_versions_fn *ready;
	void *arg;
	struct engine_waiter *next;
};

struct engine {
	struct reactor *r;
	const struct config *config;
	const struct config_address *address;
	struct board *board;
	unsigned slot;
	struct engine_idle *
		idle; /* the one used last first: the others grow old and are closed by the engine */
	unsigned idle_count;
	bool versions_known;
	struct engine_versions versions;
	struct engine_call *versions_call;
	struct text versions_body;
	unsigned versions_status;
	struct engine_waiter *waiters;
};

enum call_state {
	CALL_CONNECT, /* until the socket is connected */
	CALL_HEAD,    /* sent, until the final head */
	CALL_BODY,
	CALL_OVER,
};

struct engine_call {
	struct engine *engine;
	struct channel *channel; /* NULL while a connect is tried again, and when over */
	const struct engine_handler *h;
	void *arg;
	struct text
		out; /* the request, kept until an answer begins: a stale connection is replaced */
	struct text in; /* the head */
	size_t scanned;
	struct http_body body;
	struct event deadline;
	struct event again; /* the engine's queue of connections was full */
	uint64_t give_up_ms;
	enum call_state state;
	enum http_method method;
	bool reused, hijack, no_limit, paused, keep;
	/* A body that streams: all of it is written; the engine takes no more of it. */
	bool streams, body_ended, deaf;
	enum engine_failure failure; /* for engine_fail_later */
	const char *why;
};

/* engine_connect.c */
/* A connection for this call: an idle one or a new one; the call's state follows. -1: cannot be had; `failure`, `why`. */
int engine_connect(struct engine_call *call, bool fresh);
void engine_idle_keep(struct engine *e, struct channel *c);
void engine_idle_close_all(struct engine *e);

/* engine.c */
extern const struct channel_handler engine_call_handler;
void engine_call_connected(struct engine_call *call);
void engine_call_fail(struct engine_call *call, enum engine_failure what, const char *why);
/* The same at the turn's end: a handler is not called from within a call of its owner. */
void engine_call_fail_later(struct engine_call *call, enum engine_failure what, const char *why);
/* Begins anew the time in which the engine must do something, if it must. */
void engine_call_rearm(struct engine_call *call);

/* engine_stream.c */
/* The backlog is empty: the writer is told. */
void engine_stream_drained(void *call);

/* engine_versions.c */
void engine_versions_forget(struct engine *e);
void engine_versions_free(struct engine *e);

#endif
