/*
 * right: what a tenant may do, by name. The endpoint table says which right an
 * operation needs; a preset or a grant of the configuration gives it.
 */
#ifndef FAIRLEAD_FORMAT_RIGHT_H
#define FAIRLEAD_FORMAT_RIGHT_H

#include "base/text.h"

enum right {
	RIGHT_READ = 1 << 0,    /* list and inspect its own, logs, stats, events */
	RIGHT_EXEC = 1 << 1,    /* exec and attach */
	RIGHT_CONTROL = 1 << 2, /* start, stop, restart, kill, pause */
	RIGHT_CREATE = 1 << 3,  /* make, change and remove containers, networks, volumes */
	RIGHT_PULL = 1 << 4,    /* images that its patterns name */
	RIGHT_IMAGES = 1 << 5,  /* tag and remove its own images */
	RIGHT_ARCHIVE = 1 << 6, /* docker cp */
	RIGHT_EXPORT = 1 << 7,
	RIGHT_COMMIT = 1 << 8,
	RIGHT_BUILD = 1 << 9,
	RIGHT_LOAD = 1 << 10,
	RIGHT_SAVE = 1 << 11,
	RIGHT_PUSH = 1 << 12,
	RIGHT_SEARCH = 1 << 13, /* of registries' catalogues */
	RIGHT_PRIVILEGED_EXEC = 1 << 14,
	RIGHT_ADMIN = 1 << 15, /* all of the engine, without a namespace */
};

/* A preset or a grant by its name; 0: there is none of that name. */
unsigned right_preset(struct span name);
unsigned right_grant(struct span name);
/* The grant's name of one bit. */
const char *right_name(unsigned bit);
/* Walks the presets, the least first: NULL at the end. */
const char *right_preset_at(unsigned i);
/* What there is, "a, b and c", for messages. */
void right_print_presets(struct text *out);
void right_print_grants(struct text *out);
/* The names of the bits that are set, with ", " between them. */
void right_print(unsigned rights, struct text *out);

#endif
