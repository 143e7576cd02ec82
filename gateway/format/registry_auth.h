/*
 * registry_auth: the field X-Registry-Auth, by which a client gives the engine its credentials for one registry.
 *
 * It is base64 of a JSON object (moby api/types/registry AuthConfig; engines read RFC 4648's URL alphabet). It is read
 * and made anew: what is sent is what was read.
 */
#ifndef FAIRLEAD_FORMAT_REGISTRY_AUTH_H
#define FAIRLEAD_FORMAT_REGISTRY_AUTH_H

#include "base/text.h"

/* Longest field; tokens of registries have a few thousand bytes. */
#define REGISTRY_AUTH_MAX 16384

/* Appends the value anew. -1 with what is wrong in `*why` (static; nothing of the secret is in it). Both texts hold
 * secrets: the caller frees them wiped. */
int registry_auth(struct span value, struct text *out, const char **why);

#endif
