/*
 * engine: the client of one Docker engine: sends judged requests, reads its
 * answers, keeps idle connections. It is the only file that opens the engine's
 * socket; what it sends is generated here from plain data.
 */
#ifndef FAIRLEAD_NET_ENGINE_H
#define FAIRLEAD_NET_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "format/http.h"
#include "net/channel.h"
#include "state/board.h"
#include "state/config.h"

struct engine;
struct engine_call;

/* A request as it was judged. The spans need to live until engine_send returns. */
struct engine_request {
	enum http_method method;
	struct span host;         /* empty: "docker" */
	struct span path;         /* "/v1.41/containers/<id>/start", already encoded */
	struct span query;        /* without '?', canonical; may be empty */
	struct span content_type; /* empty: none */
	struct span body;
	struct span upgrade; /* "tcp" or empty */
	struct span headers; /* more fields, each with its CRLF; judged by the caller */
	/* The body comes by engine_call_write, chunked; `body` is empty. On a connection of its own, never sent
	 * twice. While the body comes the answer has no time limit but that the engine takes what is sent. */
	bool streams;
	bool hijack;   /* a connection of its own, never kept */
	bool no_limit; /* the answer's head may take for ever */
};

enum engine_failure {
	ENGINE_UNREACHABLE /* 502 */,
	ENGINE_TIMEOUT /* 504 */,
	ENGINE_BROKEN /* 502: its answer cannot be read */
};

/* `failed` and `end` are the last call; a handler may cancel the call in any of them. */
struct engine_handler {
	/* The final head (1xx but 101 are skipped). */
	void (*head)(void *arg, const struct http_response *head);
	/* Decoded payload, in pieces. */
	void (*body)(void *arg, struct span piece);
	void (*end)(void *arg);
	void (*failed)(void *arg, enum engine_failure what, const char *why);
	/* Of a request that streams: what was written is taken by the engine. Optional. */
	void (*drained)(void *arg);
};

/* `address` is the engine's, or that of a backend which speaks HTTP as engines do. It must live as long. */
struct engine *engine_new(struct reactor *r, const struct config *c,
	const struct config_address *address, struct board *b, unsigned slot);
void engine_free(struct engine *e);

/* NULL (nothing called): no descriptor or memory. Handlers are never called before it returns. */
struct engine_call *engine_send(struct engine *e, const struct engine_request *q,
	const struct engine_handler *h, void *arg);
/* From now on these hear of it. Not from within a handler. */
void engine_call_handle(struct engine_call *call, const struct engine_handler *h, void *arg);
/* The client does not take what it gets: the engine's reading is stopped, and goes on. */
void engine_call_pause(struct engine_call *call, bool paused);
/* A piece of a streaming request's body. The answer may begin before the body ends. */
void engine_call_write(struct engine_call *call, struct span piece);
/* Bytes that the engine has not taken yet: above 256 KiB stop, and go on at `drained`. */
size_t engine_call_backlog(const struct engine_call *call);
/* The body is complete. Without it the engine sees a broken request, and does nothing of it. */
void engine_call_write_end(struct engine_call *call);
/* The handlers are not called any more; the engine's request ends with its connection unless it is over already. */
void engine_call_cancel(struct engine_call *call);
/* From within `head`: the connection becomes the caller's, HTTP is over. Bytes that came
 * after the head are in `*early` until the callback returns. Frees the call. */
struct channel *engine_call_take(struct engine_call *call, struct span *early);

/*
 * API versions the engine speaks, as major 1's minor; asked once when not known.
 * `ready(arg, v, NULL)` when known; `ready(arg, NULL, why)` when the engine did not answer.
 * Called at once when it is known already. `engine_versions_cancel` by `arg`.
 */
struct engine_versions {
	unsigned newest, oldest;
};
typedef void engine_versions_fn(void *arg, const struct engine_versions *v, const char *why);
void engine_versions_ask(struct engine *e, engine_versions_fn *ready, void *arg);
void engine_versions_cancel(struct engine *e, void *arg);

#endif
