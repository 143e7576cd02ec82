/*
 * dockerfile: Dockerfiles as the engine's classic builder reads them, judged for a tenant and written anew.
 *
 * What is read has one meaning for all engines, or it is refused. What is written is one instruction a line,
 * without comments; every image that the builder would look up (FROM, COPY --from) is what the caller
 * gives for it, and behind each FROM stands a LABEL that says whose image it is: no step of one tenant's
 * build has the same parent as another's, so their caches stay apart.
 *
 * Refused: what the engine itself would fetch (ADD of a URL: it would ask from the host's network), what needs
 * BuildKit (RUN's flags, here-documents), the gateway's labels, and words that the engine expands later where
 * they could become one of these. The same of what follows ONBUILD, where COPY --from is refused
 * altogether: the image would be looked up in another build.
 *
 * Sources: docs.docker.com "Dockerfile reference"; moby builder/dockerfile; buildkit frontend/dockerfile/{parser,
 * instructions,shell}.
 */
#ifndef FAIRLEAD_FORMAT_DOCKERFILE_H
#define FAIRLEAD_FORMAT_DOCKERFILE_H

#include "base/text.h"
#include "format/json.h"

#define DOCKERFILE_MAX ((size_t)1 << 20)
/* Go's bufio.Scanner, by which engines read lines, takes no longer one. */
#define DOCKERFILE_LINE_MAX 65000
#define DOCKERFILE_IMAGES_MAX 32 /* each is a question to the engine */

struct dockerfile;

struct dockerfile_rules {
	const char *owner_label; /* "fairlead.tenant" */
	struct span tenant;
	/* Of the build: an object of strings, or NULL. Used while it is read only. */
	const struct json *build_args;
};

/* 0, and the caller frees `*d`; or -1 (it is wrong: 400) or DOCKERFILE_DENIED (403) with a sentence in `why`.
 * Nothing of `in` is kept. */
#define DOCKERFILE_DENIED (-2)
int dockerfile_parse(struct span in, const struct dockerfile_rules *rules, struct dockerfile **d,
	struct text *why);
void dockerfile_free(struct dockerfile *d);

/* The images that it names, each once, as they are to be looked up. */
unsigned dockerfile_images(const struct dockerfile *d);
struct span dockerfile_image(const struct dockerfile *d, unsigned i);
/* Appends it anew; `sent[i]` is written for image i: letters, digits and "./:@_-" only. */
void dockerfile_print(const struct dockerfile *d, const struct span *sent, struct text *out);

/* Judges what an image's ONBUILD left, which the builder runs behind FROM. The answers of dockerfile_parse. */
int dockerfile_trigger(struct span trigger, const struct dockerfile_rules *rules, struct text *why);

#endif
