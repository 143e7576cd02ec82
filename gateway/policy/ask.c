/*
 * ask: one short question of a gate to the engine, before the request itself is sent.
 */
#include "policy/ask.h"

#include <stdlib.h>

#include "format/answer.h"

struct ask {
	struct exchange *x;
	struct engine_call *call;
	const struct ask_kind *kind;
	void *arg;
	unsigned status;
	struct text body;
};

static void
ask_free(struct ask *ask)
{
	text_free(&ask->body);
	free(ask);
}

static void
ask_head(void *arg, const struct http_response *head)
{
	struct ask *ask = arg;

	ask->status = head->status;
}

/* The body is taken whole whatever becomes of it, so that the engine's connection can be used again. */
static void
ask_body(void *arg, struct span piece)
{
	struct ask *ask = arg;

	if (ask->status == 200 && ask->kind->piece)
		ask->kind->piece(ask->x, ask->arg, piece);
	else
		text_add_span(&ask->body, piece);
}

static void
ask_end(void *arg)
{
	struct ask *ask = arg;

	ask->x->cancel = NULL;
	ask->kind->end(ask->x, ask->arg, ask->status, text_span(&ask->body));
	ask_free(ask);
}

static void
ask_failed(void *arg, enum engine_failure what, const char *why)
{
	struct ask *ask = arg;

	ask->x->cancel = NULL;
	exchange_refuse(ask->x, what == ENGINE_TIMEOUT ? 504 : 502, "engine",
		"the engine cannot be reached: %s", why);
	ask->kind->end(ask->x, ask->arg, 0, (struct span){ NULL, 0 });
	ask_free(ask);
}

static const struct engine_handler ask_handler = {
	.head = ask_head,
	.body = ask_body,
	.end = ask_end,
	.failed = ask_failed,
};

static void
ask_cancel(struct exchange *x)
{
	struct ask *ask = x->waiting;

	engine_call_cancel(ask->call);
	ask->kind->free(ask->arg);
	ask_free(ask);
}

static void
ask_send(struct ask *ask, const struct ask_question *q)
{
	struct engine_request r = { .method = q->method, .query = q->query, .body = q->body };
	struct text path;

	text_init(&path, 0);
	text_addf(&path, "/v1.%u", ask->x->minor);
	text_add_span(&path, q->path);
	r.path = text_span(&path);
	if (q->body.len)
		r.content_type = SPAN("application/json");
	if (!path.failed)
		ask->call = engine_send(ask->x->engine, &r, &ask_handler, ask);
	text_free(&path);
}

enum gate_answer
ask_engine(struct exchange *x, const struct ask_question *q, const struct ask_kind *kind, void *arg)
{
	struct ask *ask = calloc(1, sizeof(*ask));

	if (!ask)
		return exchange_refuse(x, 500, "memory", "out of memory");
	*ask = (struct ask){ .x = x, .kind = kind, .arg = arg };
	text_init(&ask->body, (size_t)x->config->max_answer);
	ask_send(ask, q);
	if (!ask->call) {
		ask_free(ask);
		return exchange_refuse(x, 503, "memory", "out of descriptors or memory");
	}
	x->waiting = ask;
	x->cancel = ask_cancel;
	return GATE_WAIT;
}

enum gate_answer
ask_error(struct exchange *x, unsigned status, struct span body)
{
	struct text why;
	enum gate_answer a;

	text_init(&why, 1000);
	answer_error_message(body, SPAN("application/json"), &why);
	a = exchange_refuse(x, status >= 500 || status < 400 ? 502 : status, "engine", "%.*s",
		(int)why.len, why.p ? why.p : "");
	text_free(&why);
	return a;
}
