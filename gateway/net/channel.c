/*
 * channel: a non-blocking byte stream, plain or TLS: its life and its events.
 * What goes through OpenSSL is in channel_tls.c, what is sent in channel_out.c.
 */
#include "net/channel.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "net/channel_impl.h"

const char CHANNEL_NOT_TLS[] = "the client spoke plain HTTP, not TLS";

/* A peer that takes its rest so slowly that the linger timer is renewed more often than this is cut. */
#define FINISH_RENEWALS 32

static void channel_event(evutil_socket_t fd, short what, void *arg);

/* What to wait for. One event a channel: 128 bytes less an idle session than with two. */
static short
channel_wanted(const struct channel *c)
{
	short out = c->out || c->owed ? EV_WRITE : 0;

	switch (c->state) {
	case CHANNEL_CONNECTING:
		return EV_WRITE;
	case CHANNEL_HANDSHAKE:
		return (short)(EV_READ | out);
	case CHANNEL_ENDING:
		return (short)((c->fin ? 0 : EV_READ) | out);
	case CHANNEL_OPEN:
		/* Reading that goes off is mostly on again before anything comes: it is left as it is
		 * until something does. A reset comes as readable. */
		if (c->reading || (!c->roused && !c->fin))
			return (short)(EV_READ | out);
		if (out)
			return EV_WRITE;
		/* Something came, and would come again and again; but a reset must be seen. libevent
		 * reports it as readable and writable only, never as closed, so writable is waited
		 * for, edge-triggered: once now, and then when the socket's state changes. */
		return (short)(EV_WRITE | EV_CLOSED | EV_ET);
	case CHANNEL_CLOSED:
		break;
	}
	return 0;
}

static void
channel_disarm(struct channel *c)
{
	if (c->armed)
		event_del(&c->ev);
	c->armed = 0;
}

/* The reactor's `arm`: takes the first channel of the list. */
static void
channel_arm_now(struct channel *c)
{
	short want = channel_wanted(c);

	c->r->arming = c->arming_next;
	c->arming = false;
	if (want == c->armed)
		return;
	channel_disarm(c);
	if (!want)
		return;
	event_assign(&c->ev, c->r->base, c->fd, (short)(want | EV_PERSIST), channel_event, c);
	if (event_add(&c->ev, NULL) == 0)
		c->armed = want;
	else
		log_msg(LOG_ERROR, "event_add: %s", strerror(errno));
}

/* Within a turn reading goes off and on again, and what ends is closed: most changes cancel out. */
void
channel_arm(struct channel *c)
{
	if (c->arming || channel_wanted(c) == c->armed)
		return;
	c->arming = true;
	c->arming_next = c->r->arming;
	if (!c->r->arming)
		reactor_turn_end(c->r);
	c->r->arm = channel_arm_now;
	c->r->arming = c;
}

static struct channel *
channel_alloc(struct reactor *r, int fd, const struct channel_handler *h, void *arg)
{
	struct channel *c = calloc(1, sizeof(*c));

	if (!c) {
		close(fd);
		return NULL;
	}
	reactor_expect(r, fd);
	c->r = r;
	c->fd = fd;
	c->h = h;
	c->arg = arg;
	c->reading = true;
	return c;
}

struct channel *
channel_new(struct reactor *r, int fd, SSL *ssl, const struct channel_handler *h, void *arg)
{
	struct channel *c = channel_alloc(r, fd, h, arg);

	if (!c) {
		SSL_free(ssl);
		return NULL;
	}
	c->state = ssl ? CHANNEL_HANDSHAKE : CHANNEL_OPEN;
	if (ssl && channel_tls_start(c, ssl) == -1) {
		close(fd);
		free(c);
		return NULL;
	}
	channel_arm(c);
	return c;
}

struct channel *
channel_connecting(struct reactor *r, int fd, const struct channel_handler *h, void *arg)
{
	struct channel *c = channel_alloc(r, fd, h, arg);

	if (!c)
		return NULL;
	c->state = CHANNEL_CONNECTING;
	channel_arm(c);
	return c;
}

void
channel_handle(struct channel *c, const struct channel_handler *h, void *arg)
{
	c->h = h;
	c->arg = arg;
}

static void
channel_fail(struct channel *c, const char *why)
{
	if (c->state == CHANNEL_ENDING)
		channel_close(c);
	else if (c->h->failed)
		c->h->failed(c->arg, why);
}

static void
channel_connect_done(struct channel *c)
{
	int err = 0;
	socklen_t len = sizeof(err);

	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &len) == -1)
		err = errno;
	if (err) {
		channel_fail(c, strerror(err));
		return;
	}
	c->state = CHANNEL_OPEN;
	channel_arm(c);
	if (c->h->opened)
		c->h->opened(c->arg);
}

static void
channel_handshake(struct channel *c)
{
	const char *why = NULL;
	int done = channel_tls_accept(c, &why);

	if (done < 0) {
		channel_fail(c, why);
		return;
	}
	if (done == 0) {
		channel_arm(c);
		return;
	}
	c->state = CHANNEL_OPEN;
	channel_arm(c);
	if (c->h->opened)
		c->h->opened(c->arg);
	/* The first request may have come with the last flight and be inside TLS already. */
	if (c->state == CHANNEL_OPEN && c->reading && c->h->readable)
		c->h->readable(c->arg);
}

/* Reading is off: is the peer gone, or has it sent its end? */
static void
channel_look(struct channel *c)
{
	struct pollfd p = { .fd = c->fd, .events = POLLRDHUP };

	if (poll(&p, 1, 0) != 1)
		return;
	if (p.revents & (POLLERR | POLLHUP)) {
		/* HUP alone: both ends are shut, which is orderly when ours is. */
		if ((p.revents & POLLERR) || !c->shut_sent)
			channel_fail(c, "connection reset");
	} else if ((p.revents & POLLRDHUP) && !c->fin && !c->hung) {
		c->hung = true;
		if (c->h->hangup)
			c->h->hangup(c->arg);
	}
}

static void
channel_roused(struct channel *c)
{
	c->roused = true;
	channel_arm(c);
	channel_look(c);
}

/* The rest of the peer's bytes is of no use; reading it out keeps close() from sending a reset
 * that would destroy what the peer has not read yet. */
static void
channel_read_out(struct channel *c)
{
	for (int round = 0; round < 4; round++) {
		ssize_t n = recv(c->fd, c->r->plain, REACTOR_PLAIN_SIZE, 0);

		if (n > 0)
			continue;
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n == -1)
			c->broken = true;
		c->fin = true;
		break;
	}
	if (c->broken || (c->fin && c->shut_sent))
		channel_close(c);
	else
		channel_arm(c);
}

static void
channel_renew_finish(struct channel *c)
{
	struct timeval tv = { (time_t)(c->linger_ms / 1000),
		(suseconds_t)(c->linger_ms % 1000 * 1000) };

	if (c->renewals++ < FINISH_RENEWALS)
		event_add(c->timer, &tv);
}

static void
channel_writable(struct channel *c)
{
	if (channel_out_flush(c) == -1) {
		channel_out_free(c); /* of no use to anybody, and it would keep the event coming */
		c->owed = false;
		channel_arm(c);
		channel_fail(c, "connection reset while writing");
		return;
	}
	if (c->state == CHANNEL_ENDING)
		channel_renew_finish(c);
	if (c->out)
		return;
	c->owed = false;
	channel_arm(c);
	if (c->state == CHANNEL_ENDING && c->fin && c->shut_sent)
		channel_close(c);
	else if (c->state == CHANNEL_OPEN && c->h->drained)
		c->h->drained(c->arg);
}

static void
channel_event(evutil_socket_t fd, short what, void *arg)
{
	struct channel *c = arg;

	(void)fd;
	c->dry = false;
	if (c->state == CHANNEL_CONNECTING) {
		channel_connect_done(c);
		return;
	}
	if ((what & EV_WRITE) && (c->out || c->owed))
		channel_writable(c);
	if (c->state == CHANNEL_HANDSHAKE && (what & EV_READ))
		channel_handshake(c);
	else if (c->state == CHANNEL_ENDING && (what & EV_READ))
		channel_read_out(c);
	else if (c->state == CHANNEL_OPEN && (what & EV_READ) && c->reading && c->h->readable)
		c->h->readable(c->arg);
	else if (c->state == CHANNEL_OPEN && !c->reading &&
		((what & (EV_READ | EV_CLOSED)) || (c->armed & EV_ET)))
		channel_roused(c);
}

static ssize_t
channel_read_plain(struct channel *c, void *buf, size_t size)
{
	ssize_t n;

	if (c->dry)
		return CHANNEL_AGAIN;
	n = recv(c->fd, buf, size, 0);
	if (n > 0) {
		c->dry = (size_t)n < size;
		return n;
	}
	if (n == 0) {
		c->fin = true;
		return 0;
	}
	if (errno == EAGAIN || errno == EINTR) {
		c->dry = true;
		return CHANNEL_AGAIN;
	}
	return CHANNEL_ERROR;
}

ssize_t
channel_read(struct channel *c, void *buf, size_t size)
{
	ssize_t n;

	if (c->state != CHANNEL_OPEN)
		return CHANNEL_AGAIN;
	if (c->ended)
		return 0;
	n = c->ssl ? channel_tls_read(c, buf, size) : channel_read_plain(c, buf, size);
	if (n == 0) {
		c->ended = true;
		channel_read_enable(c, false);
	}
	return n;
}

void
channel_read_enable(struct channel *c, bool on)
{
	c->reading = on && !c->ended;
	if (on) {
		c->dry = false;
		c->roused = false;
	}
	channel_arm(c);
}

void
channel_read_last(struct channel *c)
{
	c->dry = true;
}

static void
channel_finish_timeout(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	channel_close(arg);
}

void
channel_finish(struct channel *c, uint64_t linger_ms)
{
	if (c->state == CHANNEL_CLOSED || c->state == CHANNEL_ENDING)
		return;
	c->linger_ms = (uint32_t)linger_ms;
	if (c->state != CHANNEL_OPEN || c->broken) {
		channel_close(c);
		return;
	}
	c->timer = evtimer_new(c->r->base, channel_finish_timeout, c);
	if (!c->timer) {
		channel_close(c);
		return;
	}
	c->state = CHANNEL_ENDING;
	channel_renew_finish(c);
	channel_shutdown(c);
	if (c->broken) {
		channel_close(c);
		return;
	}
	channel_read_out(c);
}

static void
channel_free(void *arg)
{
	struct channel *c = arg;

	SSL_free(c->ssl);
	if (c->timer)
		event_free(c->timer);
	channel_out_free(c);
	free(c);
}

void
channel_close(struct channel *c)
{
	if (c->state == CHANNEL_CLOSED)
		return;
	c->state = CHANNEL_CLOSED;
	/* At once: the descriptor's number may be another's before the turn ends. */
	channel_disarm(c);
	if (c->timer)
		event_del(c->timer);
	close(c->fd);
	c->fd = -1;
	if (c->closed)
		c->closed(c->closed_arg);
	reactor_defer(c->r, channel_free, c);
}

void
channel_on_close(struct channel *c, void (*fn)(void *), void *arg)
{
	c->closed = fn;
	c->closed_arg = arg;
}

int
channel_fd(const struct channel *c)
{
	return c->fd;
}

SSL *
channel_ssl(const struct channel *c)
{
	return c->ssl;
}
