/*
 * master_impl: what the files of the master share.
 */
#ifndef FAIRLEAD_RUN_MASTER_IMPL_H
#define FAIRLEAD_RUN_MASTER_IMPL_H

#include <stdbool.h>
#include <stdint.h>

#include "run/fleet.h"
#include "run/generation.h"
#include "run/listen.h"

enum master_state {
	MASTER_STARTING, /* the first generation's workers are not ready yet */
	MASTER_SERVING,
	MASTER_RELOADING, /* `next` is being started; `now` serves */
	MASTER_STOPPING,  /* workers drain */
	MASTER_CLOSING,   /* workers end their sessions */
	MASTER_ENDED,
};

/* A worker's place: when one that died may be started again. */
struct master_place {
	uint64_t not_before_ms;
	unsigned failures; /* in a row */
};

struct master {
	const char *path;
	enum master_state state;
	struct generation now, next;
	unsigned last_number;
	struct board *board;
	struct fleet fleet;
	struct listen_set sockets; /* in force */
	struct listen_set next_sockets;
	struct master_place place[LISTEN_MAX_SOCKETS];
	int signals;
	int exit_code;
	bool reload_wanted; /* came while one was going on */
	int64_t judged_at;  /* unix: as of when old sessions are judged */
	/* When things are due, 0: never. */
	uint64_t state_ms; /* the state's deadline */
	uint64_t rotate_ms, watchdog_ms, judge_ms;
};

/* The only place that changes the state; tells the service manager. */
void master_enter(struct master *m, enum master_state state);

/* master_reload.c: a generation comes into force when all its workers are ready. */
void reload_start(struct master *m);
void reload_commit(struct master *m);
/* `why` is a line, or lines. */
void reload_abort(struct master *m, struct text *why);
/* Marks sessions that may not live on and tells their workers. */
void reload_judge(struct master *m);

/* master_children.c */
void children_read(struct master *m, struct child *c);
void children_reap(struct master *m);
/* Starts what is missing; the time when the next one is due, 0: none. */
uint64_t children_fill(struct master *m, uint64_t now);

/* master_stop.c */
void stop_drain(struct master *m);
void stop_close(struct master *m, enum control_reason reason);

#endif
