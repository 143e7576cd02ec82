/*
 * channel_out: sending. Bytes are gathered in the reactor's scratch and sent
 * with one call; what the socket does not take is kept as the backlog.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "net/channel_impl.h"

/* Appends to the backlog. */
static int
out_keep(struct channel *c, const unsigned char *p, size_t len)
{
	struct channel_backlog *b = c->out;

	if (!b || b->size - b->len < len) {
		size_t size = (b ? b->len : 0) + len;
		struct channel_backlog *grown = realloc(b, sizeof(*b) + size);

		if (!grown) {
			c->broken = true;
			return -1;
		}
		if (!b)
			grown->off = grown->len = 0;
		grown->size = size;
		c->out = b = grown;
	}
	memcpy(b->bytes + b->len, p, len);
	b->len += len;
	c->owed = true;
	return 0;
}

static int
out_send(struct channel *c, const unsigned char *p, size_t len, size_t *sent)
{
	*sent = 0;
	while (*sent < len) {
		ssize_t n = send(c->fd, p + *sent, len - *sent, MSG_NOSIGNAL);

		if (n >= 0) {
			*sent += (size_t)n;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN || errno == ENOBUFS)
			return 0;
		c->broken = true;
		return -1;
	}
	return 0;
}

int
channel_out_add(struct channel *c, const void *p, size_t len)
{
	struct reactor *r = c->r;

	if (c->broken)
		return -1;
	if (!c->out && r->cipher_len + len > REACTOR_CIPHER_SIZE && channel_out_flush(c) == -1)
		return -1;
	if (c->out || len > REACTOR_CIPHER_SIZE)
		return out_keep(c, p, len);
	memcpy(r->cipher + r->cipher_len, p, len);
	r->cipher_len += len;
	return 0;
}

/* Our end, once all before it is sent. */
static void
out_end(struct channel *c)
{
	c->shut_sent = true;
	shutdown(c->fd, SHUT_WR);
}

static int
out_flush_backlog(struct channel *c)
{
	struct channel_backlog *b = c->out;
	size_t sent;

	if (out_send(c, b->bytes + b->off, b->len - b->off, &sent) == -1)
		return -1;
	b->off += sent;
	if (b->off < b->len)
		return 0;
	channel_out_free(c);
	return 0;
}

int
channel_out_flush(struct channel *c)
{
	struct reactor *r = c->r;
	size_t len = r->cipher_len, sent = 0;

	r->cipher_len = 0;
	if (c->broken)
		return -1;
	if (c->out && out_flush_backlog(c) == -1)
		return -1;
	if (len &&
		(out_send(c, r->cipher, len, &sent) == -1 ||
			(sent < len && out_keep(c, r->cipher + sent, len - sent) == -1)))
		return -1;
	if (c->shut && !c->shut_sent && !c->out)
		out_end(c);
	channel_arm(c);
	return 0;
}

void
channel_out_free(struct channel *c)
{
	free(c->out);
	c->out = NULL;
}

/* A plain write goes to the socket as it is; only what stays is copied. */
static int
out_write_plain(struct channel *c, const void *buf, size_t len)
{
	size_t sent = 0;

	if (!c->out && out_send(c, buf, len, &sent) == -1)
		return -1;
	if (sent == len)
		return 0;
	if (out_keep(c, (const unsigned char *)buf + sent, len - sent) == -1)
		return -1;
	channel_arm(c);
	return 0;
}

int
channel_write(struct channel *c, const void *buf, size_t len)
{
	if (c->broken || c->shut || c->state != CHANNEL_OPEN)
		return -1;
	if (!c->ssl)
		return out_write_plain(c, buf, len);
	if (channel_tls_write(c, buf, len) == -1)
		return -1;
	return channel_out_flush(c);
}

/* Small pieces become one record and one send. */
int
channel_writev(struct channel *c, const struct iovec *iov, int n)
{
	unsigned char small[4096];
	size_t held = 0;

	for (int i = 0; i < n; i++) {
		if (held + iov[i].iov_len <= sizeof(small)) {
			if (iov[i].iov_len)
				memcpy(small + held, iov[i].iov_base, iov[i].iov_len);
			held += iov[i].iov_len;
			continue;
		}
		if (held && channel_write(c, small, held) == -1)
			return -1;
		held = 0;
		if (channel_write(c, iov[i].iov_base, iov[i].iov_len) == -1)
			return -1;
	}
	return held ? channel_write(c, small, held) : 0;
}

size_t
channel_backlog(const struct channel *c)
{
	return c->out ? c->out->len - c->out->off : 0;
}

size_t
channel_room(const struct channel *c)
{
	int size = 0, used = 0;
	socklen_t len = sizeof(size);

	if (c->out || getsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &size, &len) == -1 ||
		ioctl(c->fd, SIOCOUTQ, &used) == -1 || used >= size)
		return 0;
	return (size_t)(size - used);
}

void
channel_shutdown(struct channel *c)
{
	if (c->shut || c->broken)
		return;
	c->shut = true;
	if (c->ssl)
		channel_tls_end(c);
	/* A failure here is seen by whoever reads or writes next. */
	if (channel_out_flush(c) == -1)
		c->broken = true;
}
