/*
 * worker: one process that serves: one event loop, one immutable configuration
 * for its whole life. Born by the master's fork, it lives until it is told to
 * drain and its last connection is gone, or until the master is gone.
 */
#ifndef FAIRLEAD_RUN_WORKER_H
#define FAIRLEAD_RUN_WORKER_H

#include "net/tls.h"
#include "run/listen.h"
#include "run/sandbox.h"
#include "state/board.h"
#include "state/config.h"
#include "state/store.h"

/* All is the caller's and stays as it is while the worker lives. */
struct worker_start {
	const struct config *config;
	const struct store *store;
	struct tls *tls;
	struct board *board;
	const struct sandbox_account *account;
	const struct listen_set *sockets; /* sockets that are not this worker's are closed */
	unsigned worker;                  /* 0 to config->workers - 1 */
	unsigned slot;                    /* the board's */
	int control;
};

/* The process's rest. Signals come in blocked, with the master's handlers. */
__attribute__((noreturn)) void worker_run(const struct worker_start *start);

#endif
