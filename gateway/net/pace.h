/*
 * pace: slows a stream down to its tenant's bytes a second, which all its streams in all workers share.
 *
 * Whoever carries bytes tells of them when they have passed, and reads no more while it is told to wait.
 * Each pays for what it has carried by a wait of its own, so that those who share a rate take turns,
 * and an idle stream has no timer and pays nothing.
 */
#ifndef FAIRLEAD_NET_PACE_H
#define FAIRLEAD_NET_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/reactor.h"
#include "state/board_tenants.h"

struct pace;

/* `rate` is in bytes a second and not 0. NULL without memory. */
struct pace *pace_new(struct reactor *r, struct board_tenant *t, uint64_t rate);
void pace_free(struct pace *p);
/* Who is told to go on. */
void pace_handle(struct pace *p, void (*go_on)(void *arg), void *arg);

/* How much to carry at once at most: a small part of a second's worth. */
size_t pace_portion(const struct pace *p);
/* That much has passed. True: carry nothing more, in either direction, until `go_on` is called. */
bool pace_pass(struct pace *p, size_t bytes);
/* Whether it was told to wait. */
bool pace_waits(const struct pace *p);

#endif
