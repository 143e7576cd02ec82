/*
 * worker: the life of a worker process.
 */
#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "run/control.h"
#include "run/worker_impl.h"

#define TICK_MS 100L
/* After the sessions were ended: for the last bytes to be taken, besides linger_timeout. */
#define CLOSE_GRACE_MS 2000

static const char *
state_name(enum worker_state s)
{
	static const char *const names[] = { "starting", "serving", "full", "draining", "closing" };

	return names[s];
}

static void
tick_on(struct worker *w)
{
	struct timeval every = { .tv_sec = 0, .tv_usec = TICK_MS * 1000 };

	if (!event_pending(w->tick, EV_TIMEOUT, NULL) && event_add(w->tick, &every) < 0)
		fatal("the worker's timer cannot be set");
}

void
worker_enter(struct worker *w, enum worker_state state)
{
	enum worker_state before = w->state;

	/* A drain is never taken back. */
	if (before == state || (before >= WORKER_DRAINING && state < before))
		return;
	w->state = state;
	log_msg(LOG_DEBUG, "%s -> %s", state_name(before), state_name(state));
	worker_accept_on(w, state == WORKER_SERVING);
	if (state != WORKER_SERVING)
		tick_on(w);
	else
		event_del(w->tick);
}

static void
stop_admin(struct worker *w)
{
	admin_free(w->admin);
	w->admin = NULL;
}

static void
drain(struct worker *w, bool all)
{
	w->draining_all = w->draining_all || all;
	if (w->state >= WORKER_DRAINING)
		return;
	worker_enter(w, WORKER_DRAINING);
	worker_unlisten(w);
	/* Else the next generation answers for the gateway. */
	if (!all)
		stop_admin(w);
	house_drain(w->house);
	/* When the master is gone there is nobody to tell. */
	(void)control_send(w->start->control, CONTROL_LEAVING, 0, NULL);
}

static void
close_all(struct worker *w, const char *reason)
{
	drain(w, true);
	if (w->state == WORKER_CLOSING)
		return;
	w->end_ms = clock_mono_ms() + w->start->config->linger_timeout_ms + CLOSE_GRACE_MS;
	worker_enter(w, WORKER_CLOSING);
	house_close_all(w->house, reason);
}

static void
sweep(struct worker *w, const char *name)
{
	for (unsigned i = 0; i < w->listeners; i++)
		if (!name || strcmp(w->listener[i].name, name) == 0)
			w->listener[i].sweep = true;
}

/* The sockets close with this process, so what is queued is ours to take. */
static void
on_master_gone(struct worker *w)
{
	log_msg(LOG_ERROR,
		"the master is gone; what is here is served to its end, for timeouts.drain at most");
	event_del(w->control);
	sweep(w, NULL);
	drain(w, true);
	/* Another master can start at once: nobody answers on its admin socket. */
	stop_admin(w);
	if (w->end_ms == 0)
		w->end_ms = clock_mono_ms() + w->start->config->drain_timeout_ms;
}

static void
obey(struct worker *w, const struct control_message *m)
{
	switch (m->what) {
	case CONTROL_SERVE:
		if (w->state == WORKER_STARTING)
			worker_enter(w, WORKER_SERVING);
		break;
	case CONTROL_SWEEP:
		sweep(w, m->name);
		break;
	case CONTROL_DRAIN:
		drain(w, m->arg != 0);
		break;
	case CONTROL_CLOSE:
		close_all(w, m->arg == CONTROL_DRAIN_TIMEOUT ? "drain timeout" : "shutdown");
		break;
	case CONTROL_KILLS:
		house_check_kills(w->house);
		break;
	default:
		break;
	}
}

static void
on_control(evutil_socket_t fd, short what, void *arg)
{
	struct worker *w = arg;
	struct control_message m;
	int r;

	(void)what;
	while ((r = control_read(fd, &m)) > 0)
		obey(w, &m);
	if (r < 0)
		on_master_gone(w);
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct worker *w = arg;
	uint64_t now = clock_mono_ms();

	(void)fd;
	(void)what;
	if (w->state == WORKER_FULL && worker_has_room(w)) {
		worker_enter(w, WORKER_SERVING);
		return;
	}
	if (w->state < WORKER_DRAINING)
		return;
	if (house_connections(w->house) == 0) {
		event_base_loopbreak(w->reactor->base);
		return;
	}
	if (w->end_ms == 0 || now < w->end_ms)
		return;
	if (w->state == WORKER_DRAINING)
		close_all(w, "drain timeout");
	else
		event_base_loopbreak(w->reactor->base);
}

static void
on_term(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	drain(arg, false);
}

static void
on_usr1(evutil_socket_t fd, short what, void *arg)
{
	struct worker *w = arg;

	(void)fd;
	(void)what;
	house_check_kills(w->house);
}

static struct event *
watch(struct worker *w, int fd, short what, event_callback_fn fn)
{
	struct event *e = event_new(w->reactor->base, fd, what, fn, w);

	if (!e || (!(what & EV_TIMEOUT) && event_add(e, NULL) < 0))
		fatal("no memory for the worker's events");
	return e;
}

static void
set_signals(struct worker *w)
{
	sigset_t none;

	/* The terminal sends these to the whole group; the master says what follows from them. */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	w->term = watch(w, SIGTERM, EV_SIGNAL | EV_PERSIST, on_term);
	w->usr1 = watch(w, SIGUSR1, EV_SIGNAL | EV_PERSIST, on_usr1);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Sockets of other workers: a queue must end with those who serve it. */
static void
close_others(const struct worker_start *s)
{
	for (unsigned i = 0; i < s->sockets->count; i++) {
		const struct listen_group *g = &s->sockets->group[i];
		for (unsigned k = 0; k < g->count; k++)
			if (!g->is_admin && !listen_is_mine(g, k, s->worker, s->config->workers))
				close(g->socket[k].fd);
	}
}

static void
start_admin(struct worker *w)
{
	const struct listen_set *set = w->start->sockets;

	for (unsigned i = 0; i < set->count; i++) {
		if (!set->group[i].is_admin || set->group[i].count == 0)
			continue;
		const struct admin_setup setup = { .base = w->reactor->base,
			.fd = set->group[i].socket[0].fd,
			.board = w->start->board,
			.engine = w->engine,
			.draining = &w->draining_all };
		w->admin = admin_new(&setup);
		if (!w->admin)
			fatal("no memory for the admin listener");
	}
}

static void
build(struct worker *w)
{
	const struct worker_start *s = w->start;

	w->reactor = reactor_new();
	if (!w->reactor)
		fatal("no memory for the event loop");
	w->engine = engine_new(w->reactor, s->config, &s->config->engine, s->board, s->slot);
	if (!w->engine)
		fatal("no memory for the engine's client");
	w->house = house_new(w->reactor, s->config, s->store, s->tls, w->engine, s->board, s->slot);
	if (!w->house)
		fatal("no memory for the connections");
	worker_listen(w);
	w->control = watch(w, s->control, EV_READ | EV_PERSIST, on_control);
	w->tick = watch(w, -1, EV_TIMEOUT | EV_PERSIST, on_tick);
	set_signals(w);
	start_admin(w);
}

static void
destroy(struct worker *w)
{
	admin_free(w->admin);
	house_free(w->house);
	engine_free(w->engine);
	event_free(w->control);
	event_free(w->tick);
	event_free(w->term);
	event_free(w->usr1);
	reactor_free(w->reactor);
}

void
worker_run(const struct worker_start *start)
{
	struct worker w = { .start = start, .state = WORKER_STARTING };
	char name[32];

	snprintf(name, sizeof(name), "worker %u", start->worker + 1);
	log_name(name);
	log_setup(start->config->log_level, start->config->log_format, STDERR_FILENO);
	close_others(start);
	sandbox_raise_limits(start->config);
	build(&w);
	sandbox_drop(start->account);
	sandbox_enter(start->config);
	if (control_send(start->control, CONTROL_READY, 0, NULL) == 0)
		event_base_dispatch(w.reactor->base);
	destroy(&w);
	log_msg(LOG_DEBUG, "ends");
	exit(0);
}
