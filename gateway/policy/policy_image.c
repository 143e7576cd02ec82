/*
 * policy_image: endpoints whose path names an image of a registry: what is asked of the registry, or sent
 * there, is judged by its name alone.
 */
#include "policy/image_tenant.h"
#include "policy/policy.h"

static enum gate_answer
image_send(struct exchange *x, const struct text *name)
{
	if (name->failed)
		return exchange_refuse(x, 500, "memory", "out of memory");
	if (!span_copy(text_span(name), x->path_object, sizeof(x->path_object)))
		return exchange_refuse(x, 400, "bad image", "the image's name is too long");
	return GATE_PASS;
}

static enum gate_answer
image_bad(struct exchange *x, const char *why)
{
	return exchange_refuse(x, 400, "bad image", "invalid reference format: %s", why);
}

/* A name that is sent to a registry is one of a registry that is the tenant's: to Docker Hub or a registry
 * without a name goes nothing. Without a tag all tags of the repository are sent. */
static enum gate_answer
push_judge(struct exchange *x, const struct image_name *name, const struct image_name *sent)
{
	struct image_tenant images;
	struct text text;
	enum gate_answer a;

	image_tenant_init(&images, x->config, x->tenant);
	if (sent->digest.len)
		return image_bad(x, "a digest cannot be pushed");
	if (!sent->domain.len || image_space_owner(&images.space, sent) != IMAGE_OWN)
		return exchange_refuse(x, 403, "denied",
			"push: %.*s: not allowed for tenant %s: only what its own_images name, with "
			"their registry",
			SPAN_ARG(x->object), x->tenant->name);
	text_init(&text, 0);
	image_name_add(&text, name);
	a = image_send(x, &text);
	text_free(&text);
	return a;
}

enum gate_answer
image_push(struct exchange *x)
{
	struct image_name name, sent;
	struct span tag = { NULL, 0 };
	struct span hex;
	const char *why = NULL;

	/* An id is no name, whosever image it is. */
	if (image_name_is_id(x->object, &hex))
		return exchange_not_found(x);
	target_query(&x->target, SPAN("tag"), &tag);
	if (image_name_parse(x->object, &name, &why) == -1 ||
		image_name_parse_with(x->object, tag, &sent, &why) == -1)
		return image_bad(x, why);
	return push_judge(x, &name, &sent);
}

enum gate_answer
image_ask_registry(struct exchange *x)
{
	struct image_tenant images;
	struct image_name name;
	struct text text;
	struct span hex;
	const char *why = NULL;
	enum gate_answer a;

	if (image_name_is_id(x->object, &hex))
		return exchange_not_found(x);
	if (image_name_parse(x->object, &name, &why) == -1)
		return image_bad(x, why);
	image_tenant_init(&images, x->config, x->tenant);
	if (!image_space_pulls(&images.space, &name))
		return exchange_refuse(x, 403, "denied", "%s: %.*s: not allowed for tenant %s",
			x->endpoint->name, SPAN_ARG(x->object), x->tenant->name);
	text_init(&text, 0);
	image_name_add(&text, &name);
	a = image_send(x, &text);
	text_free(&text);
	return a;
}
