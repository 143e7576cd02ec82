/*
 * space: a tenant's names on the engine: "acme--web" is what acme calls "web".
 *
 * A tenant's name holds no "--" and does not end in '-', and the part behind begins with a letter or
 * digit: the first "--" always tells where the tenant's name ends, and no name is two tenants'.
 * Names only keep tenants out of each other's way; who owns an object is told by its label.
 */
#ifndef FAIRLEAD_FORMAT_SPACE_H
#define FAIRLEAD_FORMAT_SPACE_H

#include <stdbool.h>

#include "base/text.h"

#define SPACE_SEPARATOR "--"
/* Longest name that a tenant may give (moby has no limit; a DNS label and a file name do). */
#define SPACE_NAME_MAX 128

/* Whether the tenant may give an object this name: [a-zA-Z0-9][a-zA-Z0-9_.-]+ (moby names.RestrictedNamePattern),
 * at most SPACE_NAME_MAX, and not what may be taken for an id (6 to 64 of 0-9a-f). */
bool space_name_ok(struct span name);
/* The same of a network or a volume, which is looked for by the tenant's own name first: what looks like an
 * id is taken (tools name networks by random hex digits), but for a full one (64 digits). */
bool space_thing_name_ok(struct span name);
/* Of a network one letter is enough. */
bool space_network_name_ok(struct span name);
/* Whether it may be an id or the beginning of one: looked up as an id first. */
bool space_looks_like_id(struct span name);
/* Appends the engine's name. */
void space_add(struct text *out, struct span tenant, struct span name);
/* Takes the tenant's prefix away; false when it has none (`*name` stays). */
bool space_strip(struct span tenant, struct span *name);
/* Whether a name on the engine is in any tenant's namespace, this one's or another's. */
bool space_is_taken(struct span name);
/* Appends a sentence of the engine with the tenant's prefix taken from every name in it. */
void space_add_sentence(struct text *out, struct span tenant, struct span sentence);

/*
 * Labels of the gateway. All begin with the configured owner label; tenants neither see nor set any of them.
 */
/* Appends "fairlead.tenant.ref" for "ref". */
void space_add_label(struct text *out, const char *owner_label, const char *what);
/* Whether a label's key is the owner label or one behind it. */
bool space_is_label(const char *owner_label, struct span key);
#define SPACE_LABEL_REF "ref"       /* of a container: its image, as the tenant named it */
#define SPACE_LABEL_MEMORY "memory" /* of a container: what it takes of the quotas, decimal */
#define SPACE_LABEL_CPUS "cpus"
#define SPACE_LABEL_PIDS "pids"
/* Of an image: its owner. Not the owner label, for containers inherit an image's labels. */
#define SPACE_LABEL_IMAGE "image"

#endif
