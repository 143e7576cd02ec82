/*
 * build_images: the images that a build's Dockerfile names, looked up before the builder sees it.
 *
 * Each becomes its full id, so that the engine looks up nothing itself. One that is missing and that the tenant may pull
 * is pulled first, and so is every one when the build says "pull". What an image's ONBUILD left is judged: the builder
 * runs it before the tenant's label is there, so it is taken of another's image only without the cache that all
 * share.
 */
#ifndef FAIRLEAD_POLICY_BUILD_IMAGES_H
#define FAIRLEAD_POLICY_BUILD_IMAGES_H

#include "contract/gate.h"
#include "format/dockerfile.h"
#include "policy/image_tenant.h"

struct build_images;

/* One of them. */
struct build_image {
	struct ref ref; /* the first member */
	struct build_images *of;
	bool pulled;
};

struct build_images {
	struct exchange *x;
	const struct dockerfile *dockerfile;
	struct dockerfile_rules rules;
	struct image_tenant tenant;
	bool pull, nocache; /* the query's */
	struct build_image image[DOCKERFILE_IMAGES_MAX];
};

/* Looks up all that the Dockerfile names, which must live as long; `*b` stays where it is. It waits as a gate does:
 * GATE_PASS comes from it, or by x->resume. Then the ids are in image[i].ref.id. */
enum gate_answer build_images_find(struct build_images *b, const struct dockerfile *d);

#endif
