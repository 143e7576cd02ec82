/*
 * roster: the lists of the families: auth schemes, gates and watchers. A new one is a
 * file of its own and one line in roster.c.
 */
#ifndef FAIRLEAD_FRONT_ROSTER_H
#define FAIRLEAD_FRONT_ROSTER_H

#include "contract/event.h"
#include "contract/gate.h"
#include "contract/identity.h"
#include "contract/upload.h"

/* In the order in which they are asked; NULL ends each list. */
extern const struct auth_scheme *const roster_auth[];
extern const struct watcher *const roster_watchers[];
extern const struct gate *const roster_gates[];

/* What judges this request's body as it streams; NULL: it is held. Asked once its head has passed. */
const struct upload_kind *roster_upload(const struct exchange *x);

#endif
