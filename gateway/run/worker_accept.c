/*
 * worker_accept: new connections of a worker.
 */
#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "run/worker_impl.h"

/* A wake-up's share: those who are connected have their turn too. */
#define ACCEPTS_A_TURN 16
/* A queue is at most net.core.somaxconn long; who connects meanwhile must not hold the drain up for ever. */
#define SWEEP_MAX 65536
#define SHORTAGE_MS 100

static bool
is_shortage(int why)
{
	return why == EMFILE || why == ENFILE || why == ENOBUFS || why == ENOMEM;
}

static void
stop_for_shortage(struct worker *w, int why)
{
	if (!w->shortage_logged)
		log_msg(LOG_ERROR,
			"connections wait: %s; raise LimitNOFILE or lower limits.connections",
			strerror(why));
	w->shortage_logged = true;
	w->resume_ms = clock_mono_ms() + SHORTAGE_MS;
	worker_enter(w, WORKER_FULL);
}

/* 1: accepted; 0: nothing is there; -1: not now. */
static int
accept_one(struct worker_listener *l)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);
	int fd = accept4(l->fd, (struct sockaddr *)&peer, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {
		l->worker->shortage_logged = false;
		house_accept(l->worker->house, fd, (struct sockaddr *)&peer, len);
		return 1;
	}
	/* EINVAL: it does not listen yet. */
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINVAL)
		return 0;
	if (is_shortage(errno)) {
		stop_for_shortage(l->worker, errno);
		return -1;
	}
	/* Others are errors of that one connection, gone before it was accepted. */
	return 1;
}

static void
on_acceptable(evutil_socket_t fd, short what, void *arg)
{
	struct worker_listener *l = arg;
	struct worker *w = l->worker;

	(void)fd;
	(void)what;
	for (int i = 0; i < ACCEPTS_A_TURN; i++) {
		if (!worker_has_room(w)) {
			worker_enter(w, WORKER_FULL);
			return;
		}
		if (accept_one(l) <= 0)
			return;
	}
}

bool
worker_has_room(const struct worker *w)
{
	return house_connections(w->house) < w->start->config->max_connections &&
		clock_mono_ms() >= w->resume_ms;
}

static void
set_number(int fd, int level, int option, uint64_t value)
{
	int n = value > INT32_MAX ? INT32_MAX : (int)value;

	/* Some are refused on sockets of other kinds that the service manager may hand over. */
	(void)setsockopt(fd, level, option, &n, sizeof(n));
}

/* Linux gives these on to every accepted socket: five calls a listener instead of five a connection. */
static void
set_options(const struct config *c, int fd)
{
	set_number(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	set_number(fd, SOL_SOCKET, SO_KEEPALIVE, c->tcp_keepalive_idle_ms > 0);
	if (c->tcp_keepalive_idle_ms == 0)
		return;
	set_number(fd, IPPROTO_TCP, TCP_KEEPIDLE, (c->tcp_keepalive_idle_ms + 999) / 1000);
	set_number(fd, IPPROTO_TCP, TCP_KEEPINTVL, (c->tcp_keepalive_interval_ms + 999) / 1000);
	set_number(fd, IPPROTO_TCP, TCP_KEEPCNT, c->tcp_keepalive_count);
}

static void
add_listener(struct worker *w, const struct listen_group *g, int fd)
{
	struct worker_listener *grown =
		realloc(w->listener, (w->listeners + 1) * sizeof(*w->listener));

	if (!grown)
		fatal("no memory for listeners");
	w->listener = grown;
	w->listener[w->listeners++] =
		(struct worker_listener){ .worker = w, .fd = fd, .name = g->name };
	set_options(w->start->config, fd);
}

void
worker_listen(struct worker *w)
{
	const struct listen_set *set = w->start->sockets;

	for (unsigned i = 0; i < set->count; i++)
		for (unsigned k = 0; k < set->group[i].count && !set->group[i].is_admin; k++)
			if (listen_is_mine(&set->group[i], k, w->start->worker,
				    w->start->config->workers))
				add_listener(w, &set->group[i], set->group[i].socket[k].fd);
	/* Events only now: the array does not move any more. */
	for (unsigned i = 0; i < w->listeners; i++) {
		struct worker_listener *l = &w->listener[i];
		l->event =
			event_new(w->reactor->base, l->fd, EV_READ | EV_PERSIST, on_acceptable, l);
		if (!l->event)
			fatal("no memory for listeners");
	}
}

void
worker_accept_on(struct worker *w, bool on)
{
	for (unsigned i = 0; i < w->listeners; i++) {
		if (on && event_add(w->listener[i].event, NULL) < 0)
			fatal("%s: cannot be watched", w->listener[i].name);
		if (!on)
			event_del(w->listener[i].event);
	}
}

void
worker_unlisten(struct worker *w)
{
	for (unsigned i = 0; i < w->listeners; i++) {
		struct worker_listener *l = &w->listener[i];
		int more = l->sweep;
		for (unsigned n = 0; more > 0 && n < SWEEP_MAX; n++)
			more = accept_one(l);
		event_free(l->event);
		close(l->fd);
	}
	free(w->listener);
	w->listener = NULL;
	w->listeners = 0;
}
