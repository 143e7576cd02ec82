/*
 * owners: what this worker knows of who owns what, by full id only.
 *
 * Labels of a container or network never change and ids are never used twice, so an entry
 * is true for ever; what is deleted is answered by the engine. Nothing is kept
 * by name, and nothing negative. Tables of fixed size: new entries push out old ones.
 */
#ifndef FAIRLEAD_POLICY_OWNERS_H
#define FAIRLEAD_POLICY_OWNERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

struct owners;

struct owners *owners_new(uint64_t entries);
void owners_free(struct owners *o);

/* Ids of containers and of networks are kept apart. `tenant` is the index of the tenant in the config. Ids are 64 hex digits; others are not kept. */
void owners_put_container(struct owners *o, struct span id, unsigned tenant);
bool owners_get_container(const struct owners *o, struct span id, unsigned *tenant);
void owners_put_network(struct owners *o, struct span id, unsigned tenant);
bool owners_get_network(const struct owners *o, struct span id, unsigned *tenant);

void owners_put_exec(struct owners *o, struct span exec, struct span container);
/* `container` gets 65 bytes. */
bool owners_get_exec(const struct owners *o, struct span exec, char *container);

#endif
