/*
 * image_tenant: a tenant's images, as the configuration tells them.
 */
#ifndef FAIRLEAD_POLICY_IMAGE_TENANT_H
#define FAIRLEAD_POLICY_IMAGE_TENANT_H

#include "format/image_name.h"
#include "state/config.h"

/* What it is made of must live as long as what is made. */
struct image_tenant {
	const struct config *config;
	const struct config_tenant *tenant;
	struct image_space space; /* for the functions of format/image_name.h */
};

/* `*t` must stay where it is while its space is used. */
void image_tenant_init(struct image_tenant *t, const struct config *c,
	const struct config_tenant *tenant);

#endif
