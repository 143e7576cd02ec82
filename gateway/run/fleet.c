/*
 * fleet: starts workers, speaks to them and keeps the books about them.
 */
#include "run/fleet.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "run/notify.h"
#include "run/worker.h"
#include "state/board_claims.h"

void
fleet_init(struct fleet *f, struct board *b)
{
	memset(f, 0, sizeof(*f));
	f->board = b;
	for (unsigned i = 0; i < BOARD_MAX_SLOTS; i++)
		f->child[i].control = -1;
}

static int
free_slot(const struct fleet *f)
{
	for (unsigned i = 0; i < BOARD_MAX_SLOTS; i++)
		if (f->child[i].state == CHILD_NONE)
			return (int)i;
	return -1;
}

/* What the fork copied and is not for a worker: the other workers would not see the master's end. */
static void
close_inherited(const struct fleet *f, const struct listen_set *sockets,
	const struct listen_set *others)
{
	for (unsigned i = 0; i < BOARD_MAX_SLOTS; i++)
		if (f->child[i].control >= 0)
			close(f->child[i].control);
	for (unsigned i = 0; others && i < others->count; i++)
		for (unsigned k = 0; k < others->group[i].count; k++)
			if (others->group[i].socket[k].fresh ||
				listen_find(sockets, others->group[i].name) < 0)
				close(others->group[i].socket[k].fd);
}

int
fleet_spawn(struct fleet *f, const struct generation *g, unsigned worker,
	const struct listen_set *sockets, const struct listen_set *others, int private_fd,
	struct text *errors)
{
	int slot = free_slot(f);
	int pair[2];

	if (slot < 0) {
		text_addf(errors,
			"%d worker processes are there already, old ones with live sessions among them; end "
			"some of those sessions or restart\n",
			BOARD_MAX_SLOTS);
		return -1;
	}
	if (control_pair(pair) < 0) {
		text_addf(errors, "no socket pair for a worker: %s\n", strerror(errno));
		return -1;
	}
	pid_t pid = fork();
	if (pid < 0) {
		text_addf(errors, "no process for a worker: %s\n", strerror(errno));
		close(pair[0]);
		close(pair[1]);
		return -1;
	}
	if (pid == 0) {
		close(pair[0]);
		close(private_fd);
		close_inherited(f, sockets, others);
		notify_close();
		const struct worker_start start = { .config = g->config,
			.store = g->store,
			.tls = g->tls,
			.board = f->board,
			.account = &g->account,
			.sockets = sockets,
			.worker = worker,
			.slot = (unsigned)slot,
			.control = pair[1] };
		worker_run(&start);
	}
	close(pair[1]);
	f->child[slot] = (struct child){ .state = CHILD_STARTING,
		.pid = pid,
		.control = pair[0],
		.generation = g->number,
		.worker = worker,
		.born_ms = clock_mono_ms() };
	board_count(f->board, (unsigned)slot, COUNT_WORKERS_STARTED, 1);
	return 0;
}

bool
fleet_bury(struct fleet *f, pid_t pid, struct child *was)
{
	for (unsigned i = 0; i < BOARD_MAX_SLOTS; i++) {
		struct child *c = &f->child[i];
		if (c->state == CHILD_NONE || c->pid != pid)
			continue;
		*was = *c;
		if (c->control >= 0)
			close(c->control);
		*c = (struct child){ .control = -1 };
		board_rows_reap(f->board, pid);
		board_claims_reap(f->board, pid, clock_mono_ms() + BOARD_CLAIM_GRACE_MS);
		board_slot_settle(f->board, i);
		board_count(f->board, i, COUNT_WORKERS_ENDED, 1);
		if (!was->told)
			board_count(f->board, i, COUNT_WORKERS_FAILED, 1);
		return true;
	}
	return false;
}

unsigned
fleet_count(const struct fleet *f, unsigned generation, enum child_state from, enum child_state to)
{
	unsigned n = 0;

	for (unsigned i = 0; i < BOARD_MAX_SLOTS; i++) {
		const struct child *c = &f->child[i];
		n += c->state >= from && c->state <= to &&
			(!generation || c->generation == generation);
	}
	return n;
}

bool
fleet_has(const struct fleet *f, unsigned generation, unsigned worker)
{
	for (unsigned i = 0; i < BOARD_MAX_SLOTS; i++) {
		const struct child *c = &f->child[i];
		if (c->state >= CHILD_STARTING && c->state < CHILD_LEAVING &&
			c->generation == generation && c->worker == worker)
			return true;
	}
	return false;
}

static void
note_order(struct child *c, enum control_what what)
{
	if (what == CONTROL_SERVE && c->state == CHILD_READY)
		c->state = CHILD_SERVING;
	if (what != CONTROL_DRAIN && what != CONTROL_CLOSE)
		return;
	c->told = true;
	/* One that starts is let to its readiness: it reads the order after. */
	c->state = CHILD_LEAVING;
}

void
fleet_send(struct fleet *f, unsigned generation, unsigned but, enum control_what what, unsigned arg,
	const char *name)
{
	for (unsigned i = 0; i < BOARD_MAX_SLOTS; i++) {
		struct child *c = &f->child[i];
		if (c->state == CHILD_NONE || c->control < 0 ||
			(generation && c->generation != generation) ||
			(but && c->generation == but))
			continue;
		/* Who cannot be told is gone or hangs; its end is seen by its pid. */
		if (control_send(c->control, what, arg, name) < 0)
			log_msg(LOG_DEBUG, "worker %u (pid %d) takes no orders", c->worker + 1,
				(int)c->pid);
		note_order(c, what);
	}
}

void
fleet_kill(struct fleet *f, int sig)
{
	for (unsigned i = 0; i < BOARD_MAX_SLOTS; i++)
		if (f->child[i].state != CHILD_NONE)
			kill(f->child[i].pid, sig);
}
