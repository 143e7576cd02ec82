/*
 * policy_owner: the object a request names is the tenant's, and its full id is
 * what will be sent. Asks the engine unless this worker knows already.
 *
 * An object of another tenant gets the very answer of one that does not exist.
 */
#include "policy/policy.h"

#include <stdlib.h>

#include "format/answer_reader.h"
#include "format/space.h"
#include "policy/ask.h"
#include "policy/owners.h"
#include "policy/resolve.h"

/* An image is sent as its id, for its name may come to mean another. But a name that is taken away is
 * meant itself, and who saves an image wants its name in the tar. */
static struct span
owner_word(const struct exchange *x, const struct ref *ref)
{
	bool name = ref->own || x->endpoint->filter == FILTER_IMAGE_SAVED;

	return span_of(ref->kind == REF_IMAGE && !name ? ref->id : ref->found);
}

/* What was found is what will be sent. */
static enum gate_answer
owner_take(struct exchange *x, const struct ref *ref)
{
	if (ref->kind == REF_CONTAINER && text_is_full_id(span_of(ref->found))) {
		(void)span_copy(span_of(ref->found), x->container, sizeof(x->container));
		return GATE_PASS;
	}
	(void)span_copy(owner_word(x, ref), x->path_object, sizeof(x->path_object));
	return GATE_PASS;
}

/* Every engine has a network "bridge", and clients look at it before they make anything: a tenant's own is
 * made when it is looked at, or a container is connected to it. */
static bool
owner_makes_bridge(const struct exchange *x)
{
	bool use = x->endpoint->filter == FILTER_NETWORK_INSPECT ||
		x->endpoint->body == BODY_NETWORK_CONNECT;

	return use && span_eq(x->object, SPAN("bridge")) && (x->tenant->rights & RIGHT_CREATE);
}

static enum gate_answer
owner_bridge(struct exchange *x)
{
	struct ref *ref = exchange_ref(x, REF_NETWORK, x->object);

	if (!ref)
		return exchange_refuse(x, 500, "memory", "out of memory");
	ref->make = true;
	ref->path = true;
	return GATE_PASS;
}

/* Who removes a volume by force does not mind that it is missing: the engine is asked for one that no tenant
 * can have. */
static enum gate_answer
owner_missing(struct exchange *x)
{
	struct text nothing;

	if (owner_makes_bridge(x))
		return owner_bridge(x);
	if (x->endpoint->object != OBJECT_VOLUME || !span_eq(text_span(&x->query), SPAN("force=1")))
		return exchange_not_found(x);
	text_init(&nothing, 0);
	space_add(&nothing, span_of(x->tenant->name), SPAN("-"));
	(void)span_copy(text_span(&nothing), x->path_object, sizeof(x->path_object));
	text_free(&nothing);
	return x->path_object[0] ? GATE_PASS : exchange_refuse(x, 500, "memory", "out of memory");
}

static enum gate_answer
owner_judge(struct exchange *x, const struct ref *ref, enum resolve_answer a)
{
	switch (a) {
	case RESOLVE_FOUND:
		return owner_take(x, ref);
	case RESOLVE_MISSING:
		x->container[0] = '\0'; /* an exec's, of which the owner was asked */
		x->judged_later = false;
		return owner_missing(x);
	case RESOLVE_REFUSED:
		x->container[0] = '\0';
		return GATE_REFUSE;
	case RESOLVE_WAIT:
		break;
	}
	return GATE_WAIT;
}

static void
owner_resolved(struct exchange *x, struct ref *ref, enum resolve_answer a)
{
	x->resume(x, owner_judge(x, ref, a));
}

static enum gate_answer
owner_resolve(struct exchange *x, enum ref_kind kind, struct span name)
{
	struct ref *ref = &x->named;

	*ref = (struct ref){ .kind = kind, .name = name };
	ref->own = x->endpoint->object == OBJECT_OWN_IMAGE;
	return owner_judge(x, ref, resolve(x, ref, owner_resolved));
}

static enum gate_answer
owner_container(struct exchange *x)
{
	/* The inspect that the client wants tells the owner itself: one look instead of two. */
	if (x->endpoint->filter == FILTER_CONTAINER_INSPECT && !x->everything &&
		space_looks_like_id(x->object)) {
		x->judged_later = true;
		return GATE_PASS;
	}
	return owner_resolve(x, REF_CONTAINER, x->object);
}

/* The exec is known; is its container the tenant's? */
static enum gate_answer
owner_exec_container(struct exchange *x, struct span container)
{
	if (!span_copy(container, x->container, sizeof(x->container)))
		return exchange_not_found(x);
	return owner_resolve(x, REF_CONTAINER, span_of(x->container));
}

/* An exec made on the engine's own socket may be one that the tenant could not have made. */
static enum gate_answer
owner_read_exec(struct exchange *x, struct answer_reader *reader)
{
	struct answer_exec found;
	bool privileged_ok = x->everything || (x->tenant->rights & RIGHT_PRIVILEGED_EXEC);

	if (!reader || answer_reader_end_exec(reader, &found) == -1 ||
		!span_eq(found.id, span_of(x->exec)))
		return exchange_refuse(x, 502, "engine",
			"the engine's answer to an inspect cannot be read");
	if (found.privileged && !privileged_ok)
		return exchange_not_found(x);
	x->exec_tty = found.tty;
	owners_put_exec(x->owners, found.id, found.container);
	return owner_exec_container(x, found.container);
}

static enum gate_answer
owner_exec_answer(struct exchange *x, void *reader, unsigned status, struct span body)
{
	if (status == 0)
		return GATE_REFUSE;
	if (status == 404)
		return exchange_not_found(x);
	return status == 200 ? owner_read_exec(x, reader) : ask_error(x, status, body);
}

static void
owner_exec_end(struct exchange *x, void *reader, unsigned status, struct span body)
{
	enum gate_answer a = owner_exec_answer(x, reader, status, body);

	answer_reader_free(reader);
	if (a != GATE_WAIT)
		x->resume(x, a);
}

/* What the reader refuses it still refuses at the end. */
static void
owner_exec_piece(struct exchange *x, void *reader, struct span piece)
{
	(void)x;
	(void)answer_reader_feed(reader, piece);
}

static void
owner_exec_free(void *reader)
{
	answer_reader_free(reader);
}

static const struct ask_kind owner_exec_kind = { owner_exec_piece, owner_exec_end,
	owner_exec_free };

static enum gate_answer
owner_ask_exec(struct exchange *x)
{
	struct answer_reader *reader = answer_reader_exec((size_t)x->config->max_answer);
	struct ask_question q = { .method = HTTP_GET };
	struct text path;
	enum gate_answer a;

	if (!reader)
		return exchange_refuse(x, 500, "memory", "out of memory");
	text_init(&path, 0);
	text_addf(&path, "/exec/%s/json", x->exec);
	q.path = text_span(&path);
	a = path.failed ? exchange_refuse(x, 500, "memory", "out of memory")
			: ask_engine(x, &q, &owner_exec_kind, reader);
	text_free(&path);
	if (a != GATE_WAIT)
		answer_reader_free(reader);
	return a;
}

/* Who owns an exec is remembered; what it was created with is asked again where it counts. */
static bool
owner_needs_exec(const struct exchange *x)
{
	return x->config->tty_mismatch == TTY_MISMATCH_REFUSE && policy_starts_exec(x);
}

static enum gate_answer
owner_exec(struct exchange *x)
{
	char container[65];

	if (!text_is_full_id(x->object) || !span_copy(x->object, x->exec, sizeof(x->exec)))
		return exchange_not_found(x);
	if (owner_needs_exec(x))
		return owner_ask_exec(x);
	if (x->everything)
		return GATE_PASS;
	if (owners_get_exec(x->owners, x->object, container))
		return owner_exec_container(x, span_of(container));
	return owner_ask_exec(x);
}

static enum gate_answer
owner_check(struct exchange *x)
{
	if (x->backend || x->everything)
		return GATE_PASS;
	switch (x->endpoint->object) {
	case OBJECT_NONE:
		return GATE_PASS;
	case OBJECT_CONTAINER:
		return owner_container(x);
	case OBJECT_EXEC:
		return owner_exec(x);
	case OBJECT_NETWORK:
		return owner_resolve(x, REF_NETWORK, x->object);
	case OBJECT_VOLUME:
		return owner_resolve(x, REF_VOLUME, x->object);
	case OBJECT_OWN_IMAGE:
		if (x->endpoint->right == RIGHT_PUSH)
			return image_push(x);
		return owner_resolve(x, REF_IMAGE, x->object);
	case OBJECT_IMAGE:
		return owner_resolve(x, REF_IMAGE, x->object);
	case OBJECT_OTHER:
		if (x->everything)
			return GATE_PASS;
		break;
	case OBJECT_REPOSITORY:
		return image_ask_registry(x);
	case OBJECT_GROUP:
		break;
	}
	return exchange_refuse(x, 403, "denied", "%s: not allowed", x->endpoint->name);
}

const struct gate policy_owner = { "owner", GATE_BODY, owner_check };
