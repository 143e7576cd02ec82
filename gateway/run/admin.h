/*
 * admin: the admin listener on its unix socket: health, readiness, metrics and
 * live sessions, for those who may open the socket. Served by libevhtp, which
 * nothing else knows.
 *
 *   GET /healthz   200 while this worker's loop turns
 *   GET /readyz    200 when the engine answers and the gateway takes connections, else 503
 *   GET /metrics   Prometheus text format 0.0.4
 *   GET /sessions  JSON array of live sessions
 */
#ifndef FAIRLEAD_RUN_ADMIN_H
#define FAIRLEAD_RUN_ADMIN_H

#include <stdbool.h>

#include "net/engine.h"
#include "state/board.h"

struct event_base;
struct admin;

struct admin_setup {
	struct event_base *base;
	int fd; /* listening, non-blocking; taken */
	struct board *board;
	struct engine *engine;
	const bool *draining; /* read at each request */
};

/* NULL without memory. `setup` is copied. */
struct admin *admin_new(const struct admin_setup *setup);
void admin_free(struct admin *a);

#endif
