/*
 * build_images: the images that a build's Dockerfile names, looked up before the builder sees it.
 */
#include "policy/build_images.h"

#include "format/space.h"
#include "policy/ask.h"
#include "policy/policy.h"
#include "policy/resolve.h"

static enum gate_answer images_from(struct build_images *b, unsigned i);

static unsigned
images_index(const struct build_image *image)
{
	return (unsigned)(image - image->of->image);
}

static void
images_free(void *arg)
{
	/* The upload's. */
	(void)arg;
}

static enum gate_answer
images_no_memory(struct exchange *x)
{
	return exchange_refuse(x, 500, "memory", "out of memory");
}

static bool
images_is_own(const struct build_images *b, const struct json *config)
{
	const struct json *owner;
	struct text key;

	text_init(&key, 0);
	space_add_label(&key, b->rules.owner_label, SPACE_LABEL_IMAGE);
	owner = key.failed ? NULL : json_get_exact(json_get_exact(config, "Labels"), key.p);
	text_free(&key);
	return owner && owner->type == JSON_STRING && span_eq(owner->text, b->rules.tenant);
}

static enum gate_answer
images_judge(struct build_images *b, struct span name, const struct json *config)
{
	const struct json *triggers = json_get_exact(config, "OnBuild");
	enum gate_answer a = GATE_PASS;
	struct text why;
	int rc;

	if (!triggers || !triggers->first)
		return GATE_PASS;
	if (!b->nocache && !images_is_own(b, config))
		return exchange_refuse(b->x, 403, "denied",
			"image %.*s: it has ONBUILD instructions, which would run in the cache that all tenants share: "
			"build without the cache (--no-cache, nocache=1)",
			SPAN_ARG(name));
	text_init(&why, 1000);
	for (const struct json *v = triggers->first; v && a == GATE_PASS; v = v->next) {
		rc = v->type == JSON_STRING ? dockerfile_trigger(v->text, &b->rules, &why) : -1;
		if (rc)
			a = exchange_refuse(b->x, rc == DOCKERFILE_DENIED ? 403 : 400, "denied",
				"image %.*s: its ONBUILD %.*s", SPAN_ARG(name),
				SPAN_ARG(text_span(&why)));
	}
	text_free(&why);
	return a;
}

static enum gate_answer
images_inspected(struct build_image *image, unsigned status, struct span body)
{
	static const struct json_limits limits = { .exact_keys = true };
	struct build_images *b = image->of;
	struct json_doc doc;
	struct json_error err;
	enum gate_answer a;

	if (status == 0)
		return GATE_REFUSE;
	if (status != 200)
		return ask_error(b->x, status, body);
	if (json_parse(body, &limits, &doc, &err) == -1)
		return exchange_refuse(b->x, 502, "engine",
			"the engine's answer to an inspect cannot be read");
	a = images_judge(b, image->ref.name, json_get_exact(doc.root, "Config"));
	json_free(&doc);
	return a == GATE_PASS ? images_from(b, images_index(image) + 1) : a;
}

static void
images_inspect_end(struct exchange *x, void *arg, unsigned status, struct span body)
{
	enum gate_answer a = images_inspected(arg, status, body);

	if (a != GATE_WAIT)
		x->resume(x, a);
}

static const struct ask_kind images_inspect_kind = { NULL, images_inspect_end, images_free };

static enum gate_answer
images_inspect(struct build_image *image)
{
	struct ask_question q = { .method = HTTP_GET };
	struct exchange *x = image->of->x;
	struct text path;
	enum gate_answer a;

	text_init(&path, 0);
	text_add_str(&path, "/images/");
	target_add_encoded(&path, span_of(image->ref.id));
	text_add_str(&path, "/json");
	q.path = text_span(&path);
	a = path.failed ? images_no_memory(x) : ask_engine(x, &q, &images_inspect_kind, image);
	text_free(&path);
	return a;
}

static enum gate_answer images_resolve(struct build_image *image);

/* How far it is: nobody reads it. */
static void
images_pull_piece(struct exchange *x, void *arg, struct span piece)
{
	(void)x;
	(void)arg;
	(void)piece;
}

static void
images_pull_end(struct exchange *x, void *arg, unsigned status, struct span body)
{
	enum gate_answer a = GATE_REFUSE;

	if (status == 200)
		a = images_resolve(arg);
	else if (status != 0)
		a = ask_error(x, status, body);
	if (a != GATE_WAIT)
		x->resume(x, a);
}

static const struct ask_kind images_pull_kind = { images_pull_piece, images_pull_end, images_free };

/* The name under which the tenant may pull it. */
static bool
images_pull_name(const struct build_images *b, struct span word, struct image_name *name)
{
	struct span hex;
	const char *why;

	if (image_name_is_id(word, &hex) || image_name_parse(word, name, &why) == -1)
		return false;
	image_name_latest(name);
	return image_space_pulls(&b->tenant.space, name);
}

static enum gate_answer
images_pull(struct build_image *image, const struct image_name *name)
{
	struct ask_question q = { .method = HTTP_POST, .path = SPAN("/images/create") };
	struct exchange *x = image->of->x;
	struct span platform = { NULL, 0 };
	struct text repository, query;
	enum gate_answer a;

	image->pulled = true;
	text_init(&repository, 0);
	text_init(&query, 0);
	image_name_add_repository(&repository, name);
	text_add_str(&query, "fromImage=");
	target_add_encoded(&query, text_span(&repository));
	text_add_str(&query, "&tag=");
	target_add_encoded(&query, name->digest.len ? name->digest : name->tag);
	target_query(&x->target, SPAN("platform"), &platform);
	if (platform.len) {
		text_add_str(&query, "&platform=");
		target_add_encoded(&query, platform);
	}
	q.query = text_span(&query);
	a = query.failed || repository.failed ? images_no_memory(x)
					      : ask_engine(x, &q, &images_pull_kind, image);
	text_free(&repository);
	text_free(&query);
	return a;
}

static enum gate_answer
images_missing(struct build_image *image)
{
	struct image_name name;

	if (!image->pulled && images_pull_name(image->of, image->ref.name, &name))
		return images_pull(image, &name);
	return exchange_missing(image->of->x, REF_IMAGE, image->ref.name);
}

static enum gate_answer
images_resolved(struct build_image *image, enum resolve_answer a)
{
	switch (a) {
	case RESOLVE_FOUND:
		return images_inspect(image);
	case RESOLVE_MISSING:
		return images_missing(image);
	case RESOLVE_REFUSED:
		return GATE_REFUSE;
	case RESOLVE_WAIT:
		break;
	}
	return GATE_WAIT;
}

static void
images_resolve_end(struct exchange *x, struct ref *ref, enum resolve_answer found)
{
	void *image = ref;
	enum gate_answer a = images_resolved(image, found);

	if (a != GATE_WAIT)
		x->resume(x, a);
}

static enum gate_answer
images_resolve(struct build_image *image)
{
	return images_resolved(image, resolve(image->of->x, &image->ref, images_resolve_end));
}

static enum gate_answer
images_from(struct build_images *b, unsigned i)
{
	struct build_image *image = &b->image[i];
	struct image_name name;

	if (i == dockerfile_images(b->dockerfile))
		return GATE_PASS;
	*image = (struct build_image){ .of = b };
	image->ref = (struct ref){ .kind = REF_IMAGE, .name = dockerfile_image(b->dockerfile, i) };
	if (b->pull && images_pull_name(b, image->ref.name, &name))
		return images_pull(image, &name);
	/* Each waits for the engine: this does not recur. */
	return images_resolve(image);
}

enum gate_answer
build_images_find(struct build_images *b, const struct dockerfile *d)
{
	b->dockerfile = d;
	return images_from(b, 0);
}
