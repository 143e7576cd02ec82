/*
 * resolve: which object of the engine a reference means, and whether it is the tenant's.
 */
#include "policy/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "format/answer.h"
#include "format/answer_reader.h"
#include "format/space.h"
#include "policy/ask.h"
#include "policy/owners.h"

/* One reference that is being looked up. */
struct resolve {
	struct ref *ref;
	resolve_fn *done;
	struct answer_reader *reader;
	bool own;   /* the name asked for now has the tenant's prefix */
	bool other; /* the other form is still to be asked for */
};

static enum resolve_answer resolve_ask(struct exchange *x, struct resolve *r);

static void
resolve_free(void *arg)
{
	struct resolve *r = arg;

	answer_reader_free(r->reader);
	free(r);
}

static enum resolve_answer
resolve_unreadable(struct exchange *x)
{
	exchange_refuse(x, 502, "engine", "the engine's answer to an inspect cannot be read");
	return RESOLVE_REFUSED;
}

/* Ids are never used twice and labels never change, so what is known of an id is true for ever. */
static void
resolve_remember(struct exchange *x, const struct resolve *r, struct span id,
	const struct config_tenant *t)
{
	unsigned index = (unsigned)(t - x->config->tenants);

	if (r->ref->kind == REF_CONTAINER)
		owners_put_container(x->owners, id, index);
	else if (r->ref->kind == REF_NETWORK)
		owners_put_network(x->owners, id, index);
}

static enum resolve_answer
resolve_take(struct ref *ref, struct span found)
{
	return span_copy(found, ref->found, sizeof(ref->found)) ? RESOLVE_FOUND : RESOLVE_MISSING;
}

/* A volume's name is all the engine knows it by: what it tells of must be what was asked for. */
static bool
resolve_is_volume(const struct exchange *x, const struct resolve *r, struct span name)
{
	if (r->own)
		return space_strip(span_of(x->tenant->name), &name) && span_eq(name, r->ref->name);
	return span_eq(name, r->ref->name);
}

static int
resolve_parse(const struct resolve *r, struct answer_object *found)
{
	struct answer_container c;

	if (r->ref->kind != REF_CONTAINER)
		return answer_reader_end_object(r->reader, found);
	if (answer_reader_end_container(r->reader, &c) == -1)
		return -1;
	*found = (struct answer_object){ .id = c.id, .name = c.name, .owner = c.owner };
	return 0;
}

/* What the container is called, among the names that are sent. */
static int
resolve_add_name(struct exchange *x, struct json *names, struct span name)
{
	struct json *copy;

	if (name.len && *name.p == '/')
		name = (struct span){ name.p + 1, name.len - 1 };
	(void)space_strip(span_of(x->tenant->name), &name);
	for (const struct json *n = names->first; n; n = n->next)
		if (span_eq(n->text, name))
			return 0;
	if (!name.len)
		return 0;
	copy = json_new_string(&x->tree, name);
	if (!copy)
		return -1;
	json_append(names, copy);
	return 0;
}

/* Engines make a volume that is missing when a container is created, without labels: when one was removed
 * between our look and the create. In the tenant's namespace it is the tenant's all the same. */
static bool
resolve_is_unlabelled(const struct resolve *r, const struct answer_object *found)
{
	return r->ref->kind == REF_VOLUME && r->own && !found->owner.p && found->plain;
}

/* The owner first: what is another's is missing, whatever else its answer says. */
static enum resolve_answer
resolve_read(struct exchange *x, struct resolve *r)
{
	struct answer_object found;
	const struct config_tenant *t;
	bool volume = r->ref->kind == REF_VOLUME;

	if (!r->reader || resolve_parse(r, &found) == -1)
		return resolve_unreadable(x);
	t = found.owner.p ? config_tenant(x->config, found.owner) : NULL;
	if (resolve_is_unlabelled(r, &found))
		t = x->tenant;
	if (!t)
		return RESOLVE_MISSING;
	if (volume ? !resolve_is_volume(x, r, found.name) : !text_is_full_id(found.id))
		return resolve_unreadable(x);
	if (!volume)
		resolve_remember(x, r, found.id, t);
	if (t != x->tenant)
		return RESOLVE_MISSING;
	if (r->ref->names && resolve_add_name(x, r->ref->names, found.name) == -1) {
		exchange_refuse(x, 500, "memory", "out of memory");
		return RESOLVE_REFUSED;
	}
	return resolve_take(r->ref, volume ? found.name : found.id);
}

/* A beginning of several ids tells of others' objects. */
static enum resolve_answer
resolve_error(struct exchange *x, unsigned status, struct span body)
{
	struct text why;
	bool ambiguous;

	text_init(&why, 1000);
	answer_error_message(body, SPAN("application/json"), &why);
	ambiguous = answer_error_is_ambiguous(text_span(&why));
	text_free(&why);
	if (ambiguous)
		return RESOLVE_MISSING;
	ask_error(x, status, body);
	return RESOLVE_REFUSED;
}

static enum resolve_answer
resolve_judge(struct exchange *x, struct resolve *r, unsigned status, struct span body)
{
	if (status == 0)
		return RESOLVE_REFUSED;
	if (status == 404)
		return RESOLVE_MISSING;
	return status == 200 ? resolve_read(x, r) : resolve_error(x, status, body);
}

static void
resolve_end(struct exchange *x, void *arg, unsigned status, struct span body)
{
	struct resolve *r = arg;
	struct ref *ref = r->ref;
	resolve_fn *done = r->done;
	enum resolve_answer a = resolve_judge(x, r, status, body);

	answer_reader_free(r->reader);
	r->reader = NULL;
	if (a == RESOLVE_MISSING && r->other) {
		r->own = !r->own;
		r->other = false;
		a = resolve_ask(x, r);
		if (a == RESOLVE_WAIT)
			return;
	}
	resolve_free(r);
	done(x, ref, a);
}

/* What the reader refuses it still refuses at the end. */
static void
resolve_piece(struct exchange *x, void *arg, struct span piece)
{
	struct resolve *r = arg;

	(void)x;
	if (r->reader)
		(void)answer_reader_feed(r->reader, piece);
}

static const struct ask_kind resolve_kind = { resolve_piece, resolve_end, resolve_free };

static void
resolve_path(const struct exchange *x, const struct resolve *r, struct text *path)
{
	static const char *const folder[] = {
		[REF_CONTAINER] = "/containers/",
		[REF_NETWORK] = "/networks/",
		[REF_VOLUME] = "/volumes/",
	};

	text_add_str(path, folder[r->ref->kind]);
	if (r->own)
		space_add(path, span_of(x->tenant->name), r->ref->name);
	else
		text_add_span(path, r->ref->name);
	if (r->ref->kind == REF_CONTAINER)
		text_add_str(path, "/json");
}

static struct answer_reader *
resolve_reader(const struct exchange *x, enum ref_kind kind)
{
	const struct config *c = x->config;

	return kind == REF_CONTAINER ? answer_reader_container(c->owner_label, c->max_answer)
				     : answer_reader_object(c->owner_label, c->max_answer);
}

static enum resolve_answer
resolve_ask(struct exchange *x, struct resolve *r)
{
	struct ask_question q = { .method = HTTP_GET };
	struct text path;
	enum gate_answer a = GATE_REFUSE;

	text_init(&path, 0);
	resolve_path(x, r, &path);
	q.path = text_span(&path);
	r->reader = resolve_reader(x, r->ref->kind);
	if (path.failed || !r->reader)
		exchange_refuse(x, 500, "memory", "out of memory");
	else
		a = ask_engine(x, &q, &resolve_kind, r);
	text_free(&path);
	return a == GATE_WAIT ? RESOLVE_WAIT : RESOLVE_REFUSED;
}

/* A name of a container may not look like an id. A network's may, but a whole one is an id. */
static bool
resolve_is_id(const struct ref *ref)
{
	return ref->kind == REF_CONTAINER ? space_looks_like_id(ref->name)
					  : text_is_full_id(ref->name);
}

static enum resolve_answer
resolve_start(struct exchange *x, struct ref *ref, resolve_fn *done)
{
	struct resolve *r = calloc(1, sizeof(*r));
	enum resolve_answer a;

	if (!r) {
		exchange_refuse(x, 500, "memory", "out of memory");
		return RESOLVE_REFUSED;
	}
	r->ref = ref;
	r->done = done;
	if (!resolve_is_id(ref)) {
		r->own = (x->tenant->rights & RIGHT_CREATE) != 0;
		r->other = true;
	}
	a = resolve_ask(x, r);
	if (a != RESOLVE_WAIT)
		resolve_free(r);
	return a;
}

/* The engine looks for a full id before it looks for a name. */
static bool
resolve_known(struct exchange *x, const struct ref *ref, unsigned *tenant)
{
	bool known;

	if (!text_is_full_id(ref->name) || ref->kind == REF_VOLUME || ref->names)
		return false;
	known = ref->kind == REF_CONTAINER ? owners_get_container(x->owners, ref->name, tenant)
					   : owners_get_network(x->owners, ref->name, tenant);
	board_count(x->board, x->slot, known ? COUNT_OWNER_HITS : COUNT_OWNER_MISSES, 1);
	return known;
}

enum resolve_answer
resolve(struct exchange *x, struct ref *ref, resolve_fn *done)
{
	unsigned tenant;

	if (x->everything)
		return resolve_take(ref, ref->name);
	if (ref->kind == REF_IMAGE)
		return resolve_image(x, ref, done);
	if (!endpoint_container_ref_ok(ref->name))
		return RESOLVE_MISSING;
	if (!resolve_known(x, ref, &tenant))
		return resolve_start(x, ref, done);
	return &x->config->tenants[tenant] == x->tenant ? resolve_take(ref, ref->name)
							: RESOLVE_MISSING;
}
