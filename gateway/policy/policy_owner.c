/*
 * policy_owner: the object a request names is the tenant's, and its full id is
 * what will be sent. Asks the engine unless this worker knows already.
 *
 * An object of another tenant gets the very answer of one that does not exist.
 */
#include "policy/policy.h"

#include <stdlib.h>
#include <string.h>

#include "format/answer.h"
#include "format/answer_reader.h"
#include "policy/owners.h"

/* One look-up at the engine: an inspect of an exec, or of a container. */
struct owner_ask {
	struct exchange *x;
	struct engine_call *call;
	unsigned status;
	bool exec;
	struct answer_reader *reader; /* of the object; NULL unless the status is 200 */
	struct text error;            /* else the body is held, for its message */
};

static enum gate_answer owner_ask_container(struct exchange *x, struct span ref);

static bool
owner_is_tenant(const struct exchange *x, unsigned index)
{
	return index < x->config->tenant_count &&
		strcmp(x->config->tenants[index].name, x->who.tenant) == 0;
}

/* The container's full id is known; is its owner? */
static enum gate_answer
owner_container(struct exchange *x, struct span id)
{
	unsigned index;

	if (!owners_get_container(x->owners, id, &index)) {
		board_count(x->board, x->slot, COUNT_OWNER_MISSES, 1);
		return owner_ask_container(x, id);
	}
	board_count(x->board, x->slot, COUNT_OWNER_HITS, 1);
	if (!owner_is_tenant(x, index) || !span_copy(id, x->container, sizeof(x->container)))
		return exchange_not_found(x);
	return GATE_PASS;
}

static void
owner_ask_free(struct owner_ask *ask)
{
	answer_reader_free(ask->reader);
	text_free(&ask->error);
	free(ask);
}

/* The look-up has ended: on with what it found. */
static void
owner_resume(struct owner_ask *ask,
	enum gate_answer (*next)(struct exchange *, const struct owner_ask *))
{
	struct exchange *x = ask->x;
	enum gate_answer a;

	x->cancel = NULL;
	a = next(x, ask);
	owner_ask_free(ask);
	if (a != GATE_WAIT)
		x->resume(x, a);
}

static enum gate_answer
owner_engine_error(struct exchange *x, const struct owner_ask *ask)
{
	struct text why;
	enum gate_answer a;

	text_init(&why, 1000);
	answer_error_message(text_span(&ask->error), SPAN("application/json"), &why);
	if (answer_error_is_ambiguous(text_span(&why)))
		a = exchange_not_found(x);
	else
		a = exchange_refuse(x, ask->status >= 500 ? 502 : ask->status, "engine", "%.*s",
			(int)why.len, why.p ? why.p : "");
	text_free(&why);
	return a;
}

static enum gate_answer
owner_unreadable(struct exchange *x)
{
	return exchange_refuse(x, 502, "engine",
		"the engine's answer to an inspect cannot be read");
}

static enum gate_answer
owner_read_container(struct exchange *x, struct answer_reader *reader)
{
	struct answer_container found;
	const struct config_tenant *t;

	if (answer_reader_end_container(reader, &found) == -1)
		return owner_unreadable(x);
	t = found.owner.p ? config_tenant(x->config, found.owner) : NULL;
	if (!t)
		return exchange_not_found(x);
	owners_put_container(x->owners, found.id, (unsigned)(t - x->config->tenants));
	if (strcmp(t->name, x->who.tenant) != 0 ||
		!span_copy(found.id, x->container, sizeof(x->container)))
		return exchange_not_found(x);
	return GATE_PASS;
}

/* An exec made on the engine's own socket may be one that a tenant could not have made. */
static enum gate_answer
owner_read_exec(struct exchange *x, struct answer_reader *reader)
{
	struct answer_exec found;

	if (answer_reader_end_exec(reader, &found) == -1 || !span_eq(found.id, span_of(x->exec)))
		return owner_unreadable(x);
	if (found.privileged) {
		x->judged_later = false;
		return exchange_not_found(x);
	}
	x->exec_tty = found.tty;
	owners_put_exec(x->owners, found.id, found.container);
	return owner_container(x, found.container);
}

static enum gate_answer
owner_read(struct exchange *x, const struct owner_ask *ask)
{
	if (ask->status == 404)
		return exchange_not_found(x);
	if (ask->status != 200)
		return owner_engine_error(x, ask);
	if (!ask->reader)
		return owner_unreadable(x);
	return ask->exec ? owner_read_exec(x, ask->reader) : owner_read_container(x, ask->reader);
}

static void
owner_head(void *arg, const struct http_response *head)
{
	struct owner_ask *ask = arg;
	const struct config *c = ask->x->config;
	size_t most = (size_t)c->max_answer;

	ask->status = head->status;
	if (ask->status == 200)
		ask->reader = ask->exec ? answer_reader_exec(most)
					: answer_reader_container(c->owner_label, most);
}

/* What the reader refuses it still refuses at the end: the body is taken whole either way, so
 * that the engine's connection can be used again. */
static void
owner_body(void *arg, struct span piece)
{
	struct owner_ask *ask = arg;

	if (ask->status != 200)
		text_add_span(&ask->error, piece);
	else if (ask->reader)
		(void)answer_reader_feed(ask->reader, piece);
}

static void
owner_end(void *arg)
{
	owner_resume(arg, owner_read);
}

static void
owner_failed(void *arg, enum engine_failure what, const char *why)
{
	struct owner_ask *ask = arg;
	struct exchange *x = ask->x;

	x->cancel = NULL;
	owner_ask_free(ask);
	x->resume(x,
		exchange_refuse(x, what == ENGINE_TIMEOUT ? 504 : 502, "engine",
			"the engine cannot be reached: %s", why));
}

static const struct engine_handler owner_handler = {
	.head = owner_head,
	.body = owner_body,
	.end = owner_end,
	.failed = owner_failed,
};

static void
owner_cancel(struct exchange *x)
{
	struct owner_ask *ask = x->waiting;

	engine_call_cancel(ask->call);
	owner_ask_free(ask);
}

static enum gate_answer
owner_ask(struct exchange *x, bool exec, struct span ref)
{
	struct owner_ask *ask = calloc(1, sizeof(*ask));
	struct engine_request q = { .method = HTTP_GET };
	struct text path;

	if (!ask)
		return exchange_refuse(x, 500, "memory", "out of memory");
	text_init(&path, 0);
	text_addf(&path, "/v1.%u/%s/%.*s/json", x->minor, exec ? "exec" : "containers",
		SPAN_ARG(ref));
	q.path = text_span(&path);
	*ask = (struct owner_ask){ .x = x, .exec = exec };
	text_init(&ask->error, (size_t)x->config->max_answer);
	if (!path.failed)
		ask->call = engine_send(x->engine, &q, &owner_handler, ask);
	text_free(&path);
	if (!ask->call) {
		owner_ask_free(ask);
		return exchange_refuse(x, 503, "memory", "out of descriptors or memory");
	}
	x->waiting = ask;
	x->cancel = owner_cancel;
	return GATE_WAIT;
}

static enum gate_answer
owner_ask_container(struct exchange *x, struct span ref)
{
	return owner_ask(x, false, ref);
}

static enum gate_answer
owner_check_container(struct exchange *x)
{
	if (!endpoint_container_ref_ok(x->object))
		return exchange_not_found(x);
	/* The inspect that the client wants tells the owner itself: one look instead of two. */
	if (x->endpoint->filter == FILTER_CONTAINER_INSPECT) {
		x->judged_later = true;
		return GATE_PASS;
	}
	/* The engine looks for a full id before it looks for a name. */
	if (text_is_full_id(x->object))
		return owner_container(x, x->object);
	return owner_ask_container(x, x->object);
}

/* Who owns an exec is remembered; what it was created with is asked again where it counts. */
static bool
owner_needs_exec(const struct exchange *x)
{
	return x->config->tty_mismatch == TTY_MISMATCH_REFUSE &&
		x->endpoint->body == BODY_EXEC_START;
}

static enum gate_answer
owner_check_exec(struct exchange *x)
{
	char container[65];

	if (!text_is_full_id(x->object) || !span_copy(x->object, x->exec, sizeof(x->exec)))
		return exchange_not_found(x);
	if (!owner_needs_exec(x) && owners_get_exec(x->owners, x->object, container))
		return owner_container(x, span_of(container));
	return owner_ask(x, true, x->object);
}

static enum gate_answer
owner_check(struct exchange *x)
{
	if (x->backend || x->everything)
		return GATE_PASS;
	switch (x->endpoint->object) {
	case OBJECT_CONTAINER:
		return owner_check_container(x);
	case OBJECT_EXEC:
		return owner_check_exec(x);
	case OBJECT_NONE:
		return GATE_PASS;
	case OBJECT_NETWORK:
	case OBJECT_VOLUME:
	case OBJECT_IMAGE:
	case OBJECT_OWN_IMAGE:
	case OBJECT_REPOSITORY:
	case OBJECT_GROUP:
	case OBJECT_OTHER:
		break;
	}
	return exchange_refuse(x, 403, "denied", "%s: not allowed", x->endpoint->name);
}

const struct gate policy_owner = { "owner", GATE_BODY, owner_check };
