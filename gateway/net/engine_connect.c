/*
 * engine_connect: connections to the engine: opened, kept while idle, found again.
 */
#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/engine_impl.h"

/* How soon a full queue of the engine's unix socket is tried again. */
#define CONNECT_AGAIN_MS 10

static void
idle_remove(struct engine_idle *i)
{
	struct engine *e = i->engine;

	if (i->prev)
		i->prev->next = i->next;
	else
		e->idle = i->next;
	if (i->next)
		i->next->prev = i->prev;
	e->idle_count--;
	free(i);
}

/* Nothing is due on an idle connection: bytes or an end, it is of no more use. */
static void
idle_readable(void *arg)
{
	struct engine_idle *i = arg;
	struct engine *e = i->engine;

	channel_close(i->channel);
	idle_remove(i);
	/* The engine may be ending, and another may take its place. */
	engine_versions_forget(e);
}

static void
idle_failed(void *arg, const char *why)
{
	(void)why;
	idle_readable(arg);
}

static const struct channel_handler idle_handler = {
	.readable = idle_readable,
	.failed = idle_failed,
};

void
engine_idle_keep(struct engine *e, struct channel *c)
{
	struct engine_idle *i;

	if (e->idle_count >= e->config->engine_pool || !(i = calloc(1, sizeof(*i)))) {
		channel_close(c);
		return;
	}
	*i = (struct engine_idle){ e, c, e->idle, NULL };
	if (e->idle)
		e->idle->prev = i;
	e->idle = i;
	e->idle_count++;
	channel_handle(c, &idle_handler, i);
	channel_read_enable(c, true);
}

void
engine_idle_close_all(struct engine *e)
{
	while (e->idle) {
		/* The analyzer does not know that the first has nobody before it. */
		channel_close(e->idle->channel); /* NOLINT(clang-analyzer-unix.Malloc) */
		idle_remove(e->idle);
	}
}

/* The end of an idle connection may have come in this very turn of the loop. Requests that may
 * be sent again find out by sending. */
static bool
idle_is_open(const struct channel *c)
{
	char byte;

	return recv(channel_fd(c), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == -1 && errno == EAGAIN;
}

static struct channel *
idle_take(struct engine *e, bool sure)
{
	while (e->idle) {
		struct channel *c = e->idle->channel;

		idle_remove(e->idle);
		if (!sure || idle_is_open(c))
			return c;
		channel_close(c);
		engine_versions_forget(e);
	}
	return NULL;
}

static socklen_t
connect_address(const struct config_address *a, struct sockaddr_storage *out)
{
	struct sockaddr_un *un = (struct sockaddr_un *)out;
	struct sockaddr_in *in = (struct sockaddr_in *)out;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;

	memset(out, 0, sizeof(*out));
	if (a->is_unix) {
		un->sun_family = AF_UNIX;
		if (!span_copy(span_of(a->path), un->sun_path, sizeof(un->sun_path)))
			return 0;
		return sizeof(*un);
	}
	if (inet_pton(AF_INET, a->host, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(a->port);
		return sizeof(*in);
	}
	if (inet_pton(AF_INET6, a->host, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(a->port);
		return sizeof(*in6);
	}
	return 0;
}

/* An engine across a network: small writes go at once, a dead peer is noticed. */
static void
connect_tune(int fd, const struct config *c)
{
	int on = 1, idle = (int)(c->tcp_keepalive_idle_ms / 1000);
	int interval = (int)(c->tcp_keepalive_interval_ms / 1000),
	    count = (int)c->tcp_keepalive_count;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (!idle)
		return;
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof(interval));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof(count));
}

static void
connect_again(evutil_socket_t fd, short what, void *arg)
{
	struct engine_call *call = arg;

	(void)fd;
	(void)what;
	if (engine_connect(call, true) == -1)
		engine_call_fail(call, call->failure, call->why);
	else if (call->state == CALL_HEAD && !channel_backlog(call->channel))
		engine_stream_drained(call);
}

/* A unix socket's queue is full: EAGAIN, and no event will tell when it is not. */
static int
connect_wait(struct engine_call *call)
{
	struct timeval tv = { 0, CONNECT_AGAIN_MS * 1000L };

	if (clock_mono_ms() > call->give_up_ms) {
		call->failure = ENGINE_TIMEOUT;
		call->why = "it does not take connections";
		return -1;
	}
	evtimer_assign(&call->again, call->engine->r->base, connect_again, call);
	event_add(&call->again, &tv);
	return 0;
}

static int
connect_new(struct engine_call *call)
{
	struct engine *e = call->engine;
	const struct config_address *a = e->address;
	struct sockaddr_storage sa;
	socklen_t len = connect_address(a, &sa);
	int fd, r;

	call->failure = ENGINE_UNREACHABLE;
	call->why = "its address cannot be used";
	if (!len)
		return -1;
	fd = socket(sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1) {
		call->why = strerror(errno);
		return -1;
	}
	if (!a->is_unix)
		connect_tune(fd, e->config);
	r = connect(fd, (struct sockaddr *)&sa, len);
	if (r == -1 && errno != EINPROGRESS) {
		int err = errno;

		close(fd);
		call->why = strerror(err);
		return err == EAGAIN ? connect_wait(call) : -1;
	}
	board_count(e->board, e->slot, COUNT_ENGINE_CONNECTS, 1);
	call->channel = r == 0 ? channel_new(e->r, fd, NULL, &engine_call_handler, call)
			       : channel_connecting(e->r, fd, &engine_call_handler, call);
	call->why = "out of memory";
	if (!call->channel)
		return -1;
	if (r == 0)
		engine_call_connected(call);
	return 0;
}

int
engine_connect(struct engine_call *call, bool fresh)
{
	struct engine *e = call->engine;

	call->channel = fresh || call->hijack || call->streams
		? NULL
		: idle_take(e, !(call->method & (HTTP_GET | HTTP_HEAD)));
	call->reused = call->channel != NULL;
	if (call->reused) {
		board_count(e->board, e->slot, COUNT_ENGINE_REUSES, 1);
		channel_handle(call->channel, &engine_call_handler, call);
		engine_call_connected(call);
		return 0;
	}
	call->state = CALL_CONNECT;
	if (connect_new(call) == 0)
		return 0;
	engine_versions_forget(e);
	return -1;
}
