/*
 * worker_impl: what the files of the worker share.
 */
#ifndef FAIRLEAD_RUN_WORKER_IMPL_H
#define FAIRLEAD_RUN_WORKER_IMPL_H

#include <stdbool.h>
#include <stdint.h>

#include "front/connection.h"
#include "run/admin.h"
#include "run/worker.h"

struct event;

enum worker_state {
	WORKER_STARTING, /* until the master says serve */
	WORKER_SERVING,
	WORKER_FULL, /* accepts nothing for a moment: connections or descriptors are used up */
	WORKER_DRAINING,
	WORKER_CLOSING,
};

struct worker_listener {
	struct worker *worker;
	int fd;
	const char *name;
	struct event *event;
	bool sweep;
};

struct worker {
	const struct worker_start *start;
	enum worker_state state;
	struct reactor *reactor;
	struct engine *engine;
	struct house *house;
	struct admin *admin;
	struct worker_listener *listener;
	unsigned listeners;
	bool draining_all; /* nobody serves on after us: for /readyz */
	bool shortage_logged;
	uint64_t resume_ms; /* WORKER_FULL for want of descriptors: when to try again */
	uint64_t end_ms;    /* WORKER_DRAINING, WORKER_CLOSING: when patience ends; 0: never */
	struct event *control, *tick, *term, *usr1;
};

void worker_enter(struct worker *w, enum worker_state state);

/* worker_accept.c */
void worker_listen(struct worker *w);
void worker_accept_on(struct worker *w, bool on);
/* Whether accepting may go on. */
bool worker_has_room(const struct worker *w);
/* Accepts what is queued where that is wanted, and lets go of all sockets. */
void worker_unlisten(struct worker *w);

#endif
