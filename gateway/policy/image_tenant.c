/*
 * image_tenant: a tenant's images, as the configuration tells them.
 */
#include "policy/image_tenant.h"

static bool
is_foreign(const void *arg, const struct image_name *name)
{
	const struct image_tenant *t = arg;

	for (unsigned i = 0; i < t->config->tenant_count; i++)
		if (&t->config->tenants[i] != t->tenant &&
			image_patterns_touch(t->config->tenants[i].own_images, name))
			return true;
	return false;
}

void
image_tenant_init(struct image_tenant *t, const struct config *c,
	const struct config_tenant *tenant)
{
	*t = (struct image_tenant){ .config = c, .tenant = tenant };
	t->space = (struct image_space){ .tenant = span_of(tenant->name),
		.images = tenant->images,
		.own_images = tenant->own_images,
		.foreign = is_foreign,
		.arg = t };
}
