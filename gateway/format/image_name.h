/*
 * image_name: names of images: how they are read, which of them are a tenant's, and how
 * the tenant's word for an image and the engine's go over into each other.
 *
 * A name is read as engines read it (github.com/distribution/reference): "alpine",
 * "library/alpine:latest" and "docker.io/library/alpine" are one repository.
 *
 * Whose an image's name is:
 *   own      a name without a registry, put into the tenant's namespace: acme's "app:1" is "acme--app:1" on
 *            the engine, "team/app" is "acme--team/app"; or one that its own_images patterns name, as it is;
 *   shared   a name in no tenant's namespace nor another tenant's own_images, that its images patterns name;
 *   hidden   every other.
 */
#ifndef FAIRLEAD_FORMAT_IMAGE_NAME_H
#define FAIRLEAD_FORMAT_IMAGE_NAME_H

#include <stdbool.h>

#include "base/text.h"

/* Longest reference that is read: a name of 255, a tag of 128, a digest of 135, and the marks between. */
#define IMAGE_NAME_MAX 520

/* A reference in its parts. The spans point into what was read. */
struct image_name {
	struct span domain; /* empty: Docker Hub's ("docker.io" and "index.docker.io" too) */
	struct span path;   /* familiar: of Docker Hub's "library/alpine" it is "alpine" */
	struct span tag;    /* empty: none was written */
	struct span digest; /* "sha256:...", or empty */
};

/* 0, or -1 with what is wrong in `*why` (static). */
int image_name_parse(struct span text, struct image_name *name, const char **why);
/* The same, with a tag or digest that comes apart from it (the "tag" of a query): it counts instead of the
 * name's own. Empty: none. */
int image_name_parse_with(struct span text, struct span tag, struct image_name *name,
	const char **why);
/* Without tag and digest a name means "latest" where one image is meant. */
void image_name_latest(struct image_name *name);
/* Appends "reg.example/team/app:1@sha256:..."; the repository only. */
void image_name_add(struct text *out, const struct image_name *name);
void image_name_add_repository(struct text *out, const struct image_name *name);
/* Same repository, tag and digest; domains without regard to case. */
bool image_name_same(const struct image_name *a, const struct image_name *b);

/* "sha256:" and 64 hex, or 64 hex: engines take it for an id and nothing else. `*hex` gets the hex. */
bool image_name_is_id(struct span text, struct span *hex);
/* 1 to 64 hex digits, with or without "sha256:": an id's beginning, if no name is found first. */
bool image_name_may_be_id(struct span text, struct span *hex);

/*
 * A pattern is a repository with or without a tag, '*' stands for any text: "alpine", "alpine:3.*",
 * "reg.example/team-*", "*". Without a tag it means every tag and digest; with one, a name that has a digest
 * or no tag at all only when the tag is "*". A pattern without a registry is Docker Hub's; "*" alone
 * is everything. '*' of a repository goes over '/', that of a registry does not.
 */
bool image_pattern_ok(struct span pattern);
bool image_pattern_matches(struct span pattern, const struct image_name *name);
/* Of a list that ends with NULL; NULL: none. */
bool image_patterns_match(char *const *patterns, const struct image_name *name);
/* Whether something that `name` may mean matches: without a tag, or by digest, it may be any of its repository; a
 * registry's usual port need not be said. */
bool image_patterns_touch(char *const *patterns, const struct image_name *name);

/* What tells a tenant's images from others'. */
struct image_space {
	struct span tenant;
	char *const
		*images; /* shared ones that it may see: patterns, NULL at the end; NULL: none */
	char *const *own_images; /* the same */
	/* Whether another tenant's own_images touch it. NULL: no other has any. */
	bool (*foreign)(const void *arg, const struct image_name *name);
	const void *arg;
};

enum image_owner { IMAGE_HIDDEN, IMAGE_SHARED, IMAGE_OWN };

/* Whose a name on the engine is. */
enum image_owner image_space_owner(const struct image_space *s, const struct image_name *engine);
/* Appends the tenant's word for a name on the engine ("acme--app:1", "alpine@sha256:..."); what it answers is
 * image_space_owner's, and nothing is appended when it is hidden or no name ("<none>:<none>"). */
enum image_owner image_space_show(const struct image_space *s, struct span engine,
	struct text *out);
/* Appends the engine's name for what the tenant calls `name` and may write (tag, push, build, commit,
 * load): its own one. -1 with what is wrong in `*why` (static). */
int image_space_own(const struct image_space *s, const struct image_name *name, struct text *out,
	const char **why);
/* Which name on the engine is to be looked for, when the tenant says `name`: the own one with `i` 0, the
 * shared one with 1. False: there is none of that kind. */
bool image_space_candidate(const struct image_space *s, const struct image_name *name, unsigned i,
	struct text *out);
/* Whether the tenant may pull what it calls `name`, under that very name. Of a registry by its address, or by a name
 * without a dot ("localhost:5000"), only when a pattern says more than "*". */
bool image_space_pulls(const struct image_space *s, const struct image_name *name);

#endif
