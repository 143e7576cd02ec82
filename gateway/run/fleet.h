/*
 * fleet: the worker processes of all generations, as the master sees them.
 */
#ifndef FAIRLEAD_RUN_FLEET_H
#define FAIRLEAD_RUN_FLEET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "run/control.h"
#include "run/generation.h"
#include "run/listen.h"
#include "state/board.h"

enum child_state {
	CHILD_NONE,
	CHILD_STARTING,
	CHILD_READY, /* waits to be told to serve */
	CHILD_SERVING,
	CHILD_LEAVING, /* ends with its last connection */
};

/* Its place in the fleet is its slot on the board. */
struct child {
	enum child_state state;
	pid_t pid;
	int control;
	unsigned generation;
	unsigned worker;
	uint64_t born_ms;
	bool told; /* to leave: its end is no failure */
};

struct fleet {
	struct child child[BOARD_MAX_SLOTS];
	struct board *board;
};

void fleet_init(struct fleet *f, struct board *b);

/*
 * Starts a worker of `g` on `sockets`. `others` (sockets of
 * another generation, NULL: none) and `private_fd` (the master's own) are closed in it. -1 with
 * one line in `*errors`: no free slot or no process.
 */
int fleet_spawn(struct fleet *f, const struct generation *g, unsigned worker,
	const struct listen_set *sockets, const struct listen_set *others, int private_fd,
	struct text *errors);

/* Forgets a process that was waited for: its rows are reaped, its slot settled. The copy says
 * what it was; false when it is not ours. */
bool fleet_bury(struct fleet *f, pid_t pid, struct child *was);

/* How many of a generation (0: of all) are in a state between `from` and `to`. */
unsigned fleet_count(const struct fleet *f, unsigned generation, enum child_state from,
	enum child_state to);
/* Whether this place of a generation has a worker that is not leaving. */
bool fleet_has(const struct fleet *f, unsigned generation, unsigned worker);

/* To all (generation 0), or to one generation's; to those of `but` not (0: to all). */
void fleet_send(struct fleet *f, unsigned generation, unsigned but, enum control_what what,
	unsigned arg, const char *name);
void fleet_kill(struct fleet *f, int signal);

#endif
