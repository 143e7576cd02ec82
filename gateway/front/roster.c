/*
 * roster: which auth schemes and watchers there are.
 */
#include "front/roster.h"

#include <stddef.h>

#include "auth/auth.h"
#include "watch/watch.h"

const struct auth_scheme *const roster_auth[] = {
	&auth_hyper,
	&auth_bearer,
	/* Last: a certificate speaks for the whole connection, what a request carries is more specific. */
	&auth_cert,
	NULL,
};

const struct watcher *const roster_watchers[] = {
	&watch_metrics,
	&watch_log,
	&watch_audit,
	NULL,
};
