/*
 * image_saved: an archive of images that the engine saves, on its way to a tenant: the files that tell names are
 * held and told in the tenant's words, all else flows.
 */
#ifndef FAIRLEAD_FORMAT_IMAGE_SAVED_H
#define FAIRLEAD_FORMAT_IMAGE_SAVED_H

#include "format/image_archive.h"

struct image_saved;

/* The space stays the caller's and lives longer. NULL without memory. */
struct image_saved *image_saved_new(const struct image_space *space);
/* Appends what goes on. -1: it cannot be read. */
int image_saved_feed(struct image_saved *s, struct span in, struct text *out);
/* All is read: -1 when it is cut short. */
int image_saved_end(struct image_saved *s, struct text *out);
/* Why, static. */
const char *image_saved_fault(const struct image_saved *s);
void image_saved_free(struct image_saved *s);

#endif
