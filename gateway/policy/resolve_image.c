/*
 * resolve_image: which image of the engine a reference means, and whether the tenant may see it.
 *
 * A name is asked for as the tenant's own first, then as a shared one, then, where it may be the beginning
 * of an id, as that. An id is the tenant's to see when one of the image's names is, or when the label says that
 * the tenant built it. What it is to change must be its own by every name: a shared image is read-only.
 *
 * Engines take a name for the beginning of an id when there is none of that name (moby
 * daemon/images/image.go): an answer to a name counts only if it holds that name.
 */
#include "policy/resolve.h"

#include <stdlib.h>

#include "format/answer.h"
#include "format/space.h"
#include "policy/ask.h"
#include "policy/image_tenant.h"
#include "policy/policy.h"

enum image_step { STEP_OWN, STEP_SHARED, STEP_ID, STEP_END };

/* One reference that is being looked up. */
struct image_look {
	struct ref *ref;
	resolve_fn *done;
	struct image_tenant images;
	bool named; /* `name` is one */
	struct image_name name;
	enum image_step step; /* what was asked for */
	struct text asked;    /* by this word */
};

/* Whose the names of one image are. */
struct image_names {
	unsigned own, shared, hidden;
	bool asked; /* the name asked for is among them */
};

static enum resolve_answer image_next(struct exchange *x, struct image_look *l);

static void
image_free(void *arg)
{
	struct image_look *l = arg;

	text_free(&l->asked);
	free(l);
}

static enum resolve_answer
image_unreadable(struct exchange *x)
{
	exchange_refuse(x, 502, "engine", "the engine's answer to an inspect cannot be read");
	return RESOLVE_REFUSED;
}

static void
image_count(const struct image_look *l, const struct json *list, struct image_names *names)
{
	const char *why;
	struct image_name asked, name;
	bool by_name =
		l->step != STEP_ID && image_name_parse(text_span(&l->asked), &asked, &why) == 0;

	for (const struct json *v = list ? list->first : NULL; v; v = v->next) {
		if (v->type != JSON_STRING || span_starts(v->text, SPAN("<none>")))
			continue;
		if (image_name_parse(v->text, &name, &why) == -1) {
			names->hidden++;
			continue;
		}
		if (by_name && image_name_same(&name, &asked))
			names->asked = true;
		switch (image_space_owner(&l->images.space, &name)) {
		case IMAGE_OWN:
			names->own++;
			break;
		case IMAGE_SHARED:
			names->shared++;
			break;
		case IMAGE_HIDDEN:
			names->hidden++;
			break;
		}
	}
}

static bool
image_is_labelled(const struct exchange *x, const struct json *image)
{
	const struct json *labels = json_get_exact(json_get_exact(image, "Config"), "Labels");
	const struct json *owner;
	struct text key;

	text_init(&key, 0);
	space_add_label(&key, x->config->owner_label, SPACE_LABEL_IMAGE);
	owner = key.failed ? NULL : json_get_exact(labels, key.p);
	text_free(&key);
	return owner && owner->type == JSON_STRING &&
		span_eq(owner->text, span_of(x->tenant->name));
}

static enum resolve_answer
image_take(struct image_look *l, struct span found, struct span id)
{
	struct ref *ref = l->ref;

	return span_copy(found, ref->found, sizeof(ref->found)) &&
			span_copy(id, ref->id, sizeof(ref->id))
		? RESOLVE_FOUND
		: RESOLVE_MISSING;
}

static enum resolve_answer
image_read_only(struct exchange *x, const struct ref *ref)
{
	exchange_refuse(x, 403, "denied",
		"image %.*s: it is shared, and read-only for tenant %s; what the tenant may change are images "
		"that have no names but its own",
		SPAN_ARG(ref->name), x->tenant->name);
	return RESOLVE_REFUSED;
}

/* By its id all its names are meant. */
static enum resolve_answer
image_judge_id(struct exchange *x, struct image_look *l, const struct image_names *names,
	bool labelled, struct span id)
{
	if (!names->own && !names->shared && !labelled)
		return RESOLVE_MISSING;
	if (l->ref->own && (names->shared || names->hidden))
		return image_read_only(x, l->ref);
	return image_take(l, id, id);
}

static enum resolve_answer
image_judge(struct exchange *x, struct image_look *l, const struct json *image)
{
	const struct json *id = json_get_exact(image, "Id");
	struct image_names names = { 0 };
	struct span hex;

	if (!id || id->type != JSON_STRING || !image_name_is_id(id->text, &hex))
		return image_unreadable(x);
	image_count(l, json_get_exact(image, "RepoTags"), &names);
	image_count(l, json_get_exact(image, "RepoDigests"), &names);
	if (l->step == STEP_ID)
		return image_judge_id(x, l, &names, image_is_labelled(x, image), id->text);
	if (!names.asked)
		return RESOLVE_MISSING;
	if (l->ref->own && l->step == STEP_SHARED)
		return image_read_only(x, l->ref);
	return image_take(l, text_span(&l->asked), id->text);
}

static enum resolve_answer
image_read(struct exchange *x, struct image_look *l, struct span body)
{
	static const struct json_limits limits = { .exact_keys = true };
	struct json_doc doc;
	struct json_error err;
	enum resolve_answer a;

	if (json_parse(body, &limits, &doc, &err) == -1)
		return image_unreadable(x);
	a = image_judge(x, l, doc.root);
	if (a == RESOLVE_FOUND &&
		body_tree_image(x, json_get_exact(doc.root, "Config")) != GATE_PASS)
		a = RESOLVE_REFUSED;
	json_free(&doc);
	return a;
}

static enum resolve_answer
image_answer(struct exchange *x, struct image_look *l, unsigned status, struct span body)
{
	if (status == 200)
		return image_read(x, l, body);
	if (status == 404)
		return RESOLVE_MISSING;
	if (status != 0)
		ask_error(x, status, body);
	return RESOLVE_REFUSED;
}

static void
image_end(struct exchange *x, void *arg, unsigned status, struct span body)
{
	struct image_look *l = arg;
	struct ref *ref = l->ref;
	resolve_fn *done = l->done;
	enum resolve_answer a = image_answer(x, l, status, body);

	if (a == RESOLVE_MISSING) {
		l->step++;
		a = image_next(x, l);
		if (a == RESOLVE_WAIT)
			return;
	}
	image_free(l);
	done(x, ref, a);
}

static const struct ask_kind image_kind = { NULL, image_end, image_free };

static enum resolve_answer
image_ask(struct exchange *x, struct image_look *l)
{
	struct ask_question q = { .method = HTTP_GET };
	struct text path;
	enum gate_answer a;

	text_init(&path, 0);
	text_add_str(&path, "/images/");
	target_add_encoded(&path, text_span(&l->asked));
	text_add_str(&path, "/json");
	q.path = text_span(&path);
	if (path.failed || l->asked.failed)
		a = exchange_refuse(x, 500, "memory", "out of memory");
	else
		a = ask_engine(x, &q, &image_kind, l);
	text_free(&path);
	return a == GATE_WAIT ? RESOLVE_WAIT : RESOLVE_REFUSED;
}

/* The word to ask for at this step; false when there is none. */
static bool
image_word(struct image_look *l)
{
	struct span hex;

	text_clear(&l->asked);
	if (l->step != STEP_ID)
		return l->named &&
			image_space_candidate(&l->images.space, &l->name,
				l->step == STEP_OWN ? 0 : 1, &l->asked);
	if (!image_name_may_be_id(l->ref->name, &hex))
		return false;
	/* With its algorithm it is no name. */
	text_add_str(&l->asked, "sha256:");
	text_add_span(&l->asked, hex);
	return true;
}

static enum resolve_answer
image_next(struct exchange *x, struct image_look *l)
{
	for (; l->step != STEP_END; l->step++)
		if (image_word(l))
			return image_ask(x, l);
	return RESOLVE_MISSING;
}

enum resolve_answer
resolve_image(struct exchange *x, struct ref *ref, resolve_fn *done)
{
	struct image_look *l = calloc(1, sizeof(*l));
	enum resolve_answer a;
	const char *why = "it is too long";
	struct span hex;

	if (!l) {
		exchange_refuse(x, 500, "memory", "out of memory");
		return RESOLVE_REFUSED;
	}
	*l = (struct image_look){ .ref = ref, .done = done };
	text_init(&l->asked, 0);
	image_tenant_init(&l->images, x->config, x->tenant);
	l->named = !image_name_is_id(ref->name, &hex) &&
		image_name_parse(ref->name, &l->name, &why) == 0;
	/* Of a name with both the digest counts. */
	if (l->named && l->name.digest.len)
		l->name.tag.len = 0;
	else if (l->named)
		image_name_latest(&l->name);
	if (l->named || image_name_may_be_id(ref->name, &hex)) {
		a = image_next(x, l);
	} else {
		exchange_refuse(x, 400, "bad image", "invalid reference format: %s", why);
		a = RESOLVE_REFUSED;
	}
	if (a != RESOLVE_WAIT)
		image_free(l);
	return a;
}
