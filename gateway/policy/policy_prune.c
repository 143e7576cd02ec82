/*
 * policy_prune: a prune of images that have names takes none away that is not the tenant's.
 *
 * Engines prune an image with all its names, and of several images with one request. The label narrows it to what the
 * tenant built, but the operator, say, may have given one of those another name: then nothing is pruned.
 * Without names there is nothing to ask: the label is enough.
 */
#include "format/space.h"
#include "policy/ask.h"
#include "policy/image_tenant.h"
#include "policy/policy.h"

static bool
is_false(const struct json *v)
{
	struct span word = v->type == JSON_STRING ? v->text : v->key;

	return span_eq(word, SPAN("false")) || span_eq(word, SPAN("0"));
}

/* "dangling" is false in the filters; they have been judged. */
static bool
prunes_named(const struct exchange *x)
{
	struct span filters = { NULL, 0 };
	struct json_doc doc;
	struct json_error err;
	const struct json *dangling;
	bool named = false;

	target_query(&x->target, SPAN("filters"), &filters);
	if (!span_trim(filters).len || json_parse(filters, NULL, &doc, &err) == -1)
		return false;
	dangling = json_get_exact(doc.root, "dangling");
	for (const struct json *v = dangling ? dangling->first : NULL; v; v = v->next)
		named |= is_false(v);
	json_free(&doc);
	return named;
}

static bool
are_own(const struct image_space *space, const struct json *names)
{
	struct image_name name;
	const char *why;

	for (const struct json *v = names ? names->first : NULL; v; v = v->next) {
		if (v->type != JSON_STRING)
			return false;
		if (span_starts(v->text, SPAN("<none>")))
			continue;
		if (image_name_parse(v->text, &name, &why) == -1 ||
			image_space_owner(space, &name) != IMAGE_OWN)
			return false;
	}
	return true;
}

static enum gate_answer
prune_judge(struct exchange *x, const struct json *list)
{
	struct image_tenant images;

	image_tenant_init(&images, x->config, x->tenant);
	if (list->type != JSON_ARRAY)
		return exchange_refuse(x, 502, "engine",
			"the engine's list of images cannot be read");
	for (const struct json *v = list->first; v; v = v->next)
		if (!are_own(&images.space, json_get_exact(v, "RepoTags")) ||
			!are_own(&images.space, json_get_exact(v, "RepoDigests")))
			return exchange_refuse(x, 403, "denied",
				"an image of tenant %s has names that are not its own: they would be "
				"pruned too; remove images by their names",
				x->tenant->name);
	return GATE_PASS;
}

static enum gate_answer
prune_answer(struct exchange *x, unsigned status, struct span body)
{
	static const struct json_limits limits = { .exact_keys = true };
	struct json_doc doc;
	struct json_error err;
	enum gate_answer a;

	if (status == 0)
		return GATE_REFUSE;
	if (status != 200)
		return ask_error(x, status, body);
	if (json_parse(body, &limits, &doc, &err) == -1)
		return exchange_refuse(x, 502, "engine",
			"the engine's list of images cannot be read");
	a = prune_judge(x, doc.root);
	json_free(&doc);
	return a;
}

static void
prune_end(struct exchange *x, void *arg, unsigned status, struct span body)
{
	(void)arg;
	x->resume(x, prune_answer(x, status, body));
}

static void
prune_free(void *arg)
{
	(void)arg;
}

static const struct ask_kind prune_kind = { NULL, prune_end, prune_free };

static enum gate_answer
prune_ask(struct exchange *x)
{
	struct ask_question q = { .method = HTTP_GET, .path = SPAN("/images/json") };
	struct text label, filters, query;
	enum gate_answer a;

	text_init(&label, 0);
	text_init(&filters, 0);
	text_init(&query, 0);
	space_add_label(&label, x->config->owner_label, SPACE_LABEL_IMAGE);
	text_addf(&label, "=%s", x->tenant->name);
	text_add_str(&filters, "{\"label\":[");
	text_add_json(&filters, text_span(&label));
	text_add_str(&filters, "]}");
	text_add_str(&query, "filters=");
	target_add_encoded(&query, text_span(&filters));
	q.query = text_span(&query);
	if (label.failed || filters.failed || query.failed)
		a = exchange_refuse(x, 500, "memory", "out of memory");
	else
		a = ask_engine(x, &q, &prune_kind, x);
	text_free(&label);
	text_free(&filters);
	text_free(&query);
	return a;
}

static enum gate_answer
prune_check(struct exchange *x)
{
	if (x->everything || x->backend || x->endpoint->filter != FILTER_PRUNED ||
		x->endpoint->right != RIGHT_IMAGES || !prunes_named(x))
		return GATE_PASS;
	return prune_ask(x);
}

const struct gate policy_prune = { "prune", GATE_BODY, prune_check };
