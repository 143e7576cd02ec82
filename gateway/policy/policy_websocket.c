/*
 * policy_websocket: a request that opens a WebSocket: its handshake and who may open one from a
 * browser, and what the engine is asked for then.
 *
 * The engine is never asked for a WebSocket: it gets an attach or an exec start that becomes
 * a raw stream. How that stream is framed follows from the TTY: of an exec by what it is started with, of
 * a container by how it was made, which is asked.
 */
#include "policy/policy.h"

#include <stdlib.h>

#include "format/json_pick.h"
#include "format/ws_handshake.h"
#include "policy/ask.h"

bool
policy_starts_exec(const struct exchange *x)
{
	return x->endpoint->object == OBJECT_EXEC &&
		(x->endpoint->answer == ANSWER_HIJACK || x->endpoint->answer == ANSWER_WEBSOCKET);
}

static enum gate_answer
websocket_check(struct exchange *x)
{
	const char *why;
	unsigned status;
	enum gate_answer a;

	if (x->endpoint->answer != ANSWER_WEBSOCKET || x->backend)
		return GATE_PASS;
	status = ws_handshake_check(&x->request, &why);
	if (status) {
		a = exchange_refuse(x, status, "bad handshake", "%s", why);
		if (status == 426)
			x->refusal.fields = WS_UPGRADE_FIELDS;
		return a;
	}
	if (ws_origin_ok(&x->request, x->config->origins))
		return GATE_PASS;
	return exchange_refuse(x, 403, "origin",
		"Origin: pages of this origin may not open WebSockets; the operator names those that may in "
		"\"origins\"");
}

/* A pair of the query as it was printed anew. */
static bool
query_has(const struct exchange *x, const char *pair)
{
	struct span rest = text_span(&x->query);

	while (rest.p && rest.len)
		if (span_eq(span_cut(&rest, '&'), span_of(pair)))
			return true;
	return false;
}

static bool
query_number(const struct exchange *x, struct span key, unsigned *out)
{
	struct span v;
	uint64_t n;

	if (!target_query(&x->target, key, &v) || !span_u64(v, &n))
		return false;
	*out = (unsigned)n;
	return true;
}

static enum gate_answer
stream_exec(struct exchange *x)
{
	struct exec_start *e = &x->start;

	*e = (struct exec_start){ .tty = query_has(x, "tty=1") };
	e->has_size = e->tty && query_number(x, SPAN("h"), &e->height) &&
		query_number(x, SPAN("w"), &e->width);
	text_clear(&x->query);
	text_clear(&x->out);
	exec_start_print(e, x->minor >= 42, &x->out);
	return x->out.failed ? exchange_refuse(x, 500, "memory", "out of memory") : GATE_PASS;
}

/* Of this path engines look at them since 1.42 only; before, all three are attached (moby
 * daemon/server/router/container). */
static void
attach_query(struct exchange *x)
{
	struct text all;
	struct span rest;

	if (x->minor >= 42)
		return;
	text_init(&all, 0);
	for (rest = text_span(&x->query); rest.p && rest.len;) {
		struct span pair = span_cut(&rest, '&');

		if (!span_starts(pair, SPAN("std")))
			text_addf(&all, "%.*s&", SPAN_ARG(pair));
	}
	text_add_str(&all, "stdin=1&stdout=1&stderr=1");
	text_free(&x->query);
	x->query = all;
}

/* The inspect's Config.Tty, read as it comes. */
struct attach {
	struct json_pick_slot slot;
	struct json_pick *pick;
};

static void
attach_free(void *arg)
{
	struct attach *a = arg;

	json_pick_free(a->pick);
	free(a);
}

static void
attach_piece(struct exchange *x, void *arg, struct span piece)
{
	struct attach *a = arg;

	(void)x;
	/* What it refuses it still refuses at the end. */
	(void)json_pick_feed(a->pick, piece);
}

static enum gate_answer
attach_answer(struct exchange *x, const struct attach *a, unsigned status, struct span body)
{
	if (status == 0)
		return GATE_REFUSE;
	if (status == 404)
		return exchange_not_found(x);
	if (status != 200)
		return ask_error(x, status, body);
	if (json_pick_end(a->pick) == -1 || !a->slot.found)
		return exchange_refuse(x, 502, "engine",
			"the engine's answer to an inspect cannot be read");
	x->start.tty = a->slot.truth;
	return GATE_PASS;
}

static void
attach_end(struct exchange *x, void *arg, unsigned status, struct span body)
{
	enum gate_answer a = attach_answer(x, arg, status, body);

	attach_free(arg);
	x->resume(x, a);
}

static const struct ask_kind attach_kind = { attach_piece, attach_end, attach_free };

static enum gate_answer
stream_attach(struct exchange *x)
{
	struct ask_question q = { .method = HTTP_GET };
	struct attach *a = calloc(1, sizeof(*a));
	struct text path;
	enum gate_answer answer;

	attach_query(x);
	if (!a)
		return exchange_refuse(x, 500, "memory", "out of memory");
	a->slot = (struct json_pick_slot){ .path = { "Config", "Tty" }, .type = JSON_BOOL };
	a->pick = json_pick_new(&a->slot, 1, (size_t)x->config->max_answer);
	text_init(&path, 0);
	text_add_str(&path, "/containers/");
	target_add_encoded(&path, x->container[0] ? span_of(x->container) : x->object);
	text_add_str(&path, "/json");
	q.path = text_span(&path);
	if (path.failed || x->query.failed || !a->pick)
		answer = exchange_refuse(x, 500, "memory", "out of memory");
	else
		answer = ask_engine(x, &q, &attach_kind, a);
	text_free(&path);
	if (answer != GATE_WAIT)
		attach_free(a);
	return answer;
}

static enum gate_answer
stream_check(struct exchange *x)
{
	if (x->endpoint->answer != ANSWER_WEBSOCKET || x->backend)
		return GATE_PASS;
	switch (x->endpoint->object) {
	case OBJECT_EXEC:
		return stream_exec(x);
	case OBJECT_CONTAINER:
		return stream_attach(x);
	case OBJECT_NONE:
	case OBJECT_NETWORK:
	case OBJECT_VOLUME:
	case OBJECT_IMAGE:
	case OBJECT_OWN_IMAGE:
	case OBJECT_REPOSITORY:
	case OBJECT_GROUP:
	case OBJECT_OTHER:
		break;
	}
	return GATE_PASS;
}

const struct gate policy_websocket = { "websocket", GATE_HEAD, websocket_check };
const struct gate policy_websocket_stream = { "websocket stream", GATE_BODY, stream_check };
