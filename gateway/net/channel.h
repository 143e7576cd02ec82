/*
 * channel: a byte stream over a non-blocking socket, plain or TLS, behind one
 * set of calls. The same object carries a client's HTTP and later its spliced
 * session, so there is nothing to hand over and nothing to lose between them.
 *
 * A channel never buffers what it reads beyond what TLS itself holds, and keeps
 * of a write only what the socket did not take (the backlog): whoever writes
 * looks at channel_backlog() and stops reading its source until `drained`.
 *
 * States: HANDSHAKE -> OPEN -> ENDING (our end is sent, reading out the peer) -> CLOSED.
 * A channel frees itself after channel_close(), at the end of the loop's turn.
 */
#ifndef FAIRLEAD_NET_CHANNEL_H
#define FAIRLEAD_NET_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "net/reactor.h"

typedef struct ssl_st SSL;
struct channel;

enum channel_state {
	CHANNEL_CONNECTING,
	CHANNEL_HANDSHAKE,
	CHANNEL_OPEN,
	CHANNEL_ENDING,
	CHANNEL_CLOSED
};

/* All are optional. A handler may close the channel, and may replace its handlers. */
struct channel_handler {
	void (*opened)(void *arg);   /* handshake or connect done */
	void (*readable)(void *arg); /* call channel_read */
	void (*drained)(void *arg);  /* the backlog is empty again */
	/* The peer is gone for good (reset, failed handshake, failed connect, ...): `why` is static.
	 * Not called for an orderly end, which channel_read reports. Close the channel.
	 * CHANNEL_NOT_TLS: the peer speaks plain HTTP; channel_drop_tls lets it be answered. */
	void (*failed)(void *arg, const char *why);
	/* While reading is off: the peer has sent its end (FIN). It may still read. Once. */
	void (*hangup)(void *arg);
};

extern const char CHANNEL_NOT_TLS[];

/* Takes the descriptor. A TLS channel (server side; takes `ssl` too) starts its handshake; a plain one is open. NULL without
 * memory (both are closed then). Reading is on at first. */
struct channel *channel_new(struct reactor *r, int fd, SSL *ssl, const struct channel_handler *h,
	void *arg);
/* For a socket whose connect() is in progress. */
struct channel *channel_connecting(struct reactor *r, int fd, const struct channel_handler *h,
	void *arg);
void channel_handle(struct channel *c, const struct channel_handler *h, void *arg);

#define CHANNEL_AGAIN (-1)
#define CHANNEL_ERROR (-2) /* reported here only, not by `failed` too */
/* Fills as much of `buf` as is there: > 0 bytes, 0 the peer's orderly end, or the above.
 * Call it until it gives no bytes: an end that came with the last bytes has no event of its own. */
ssize_t channel_read(struct channel *c, void *buf, size_t size);
/* Takes all of it, or -1: the peer is gone. */
int channel_write(struct channel *c, const void *buf, size_t len);
int channel_writev(struct channel *c, const struct iovec *iov, int n);
size_t channel_backlog(const struct channel *c);

/* After turning it on call channel_read until it says CHANNEL_AGAIN: bytes may wait inside TLS,
 * and no event tells of them. Reading turns itself off at the peer's end. */
void channel_read_enable(struct channel *c, bool on);
/* From here to the next `readable` channel_read gives only what is inside TLS already, and then
 * CHANNEL_AGAIN: how a reader that has had its share leaves nothing behind that no event tells of. */
void channel_read_last(struct channel *c);
/* A raw stream begins: one read takes many records from now on. */
void channel_bulk(struct channel *c);
/* Bytes the socket would take now, about; for choosing how much to read for it. */
size_t channel_room(const struct channel *c);
/* How many cipher bytes one look at the socket may bring (TLS; after channel_bulk). */
void channel_read_ahead(struct channel *c, bool far);

/* Sends our end after the backlog (close_notify and FIN); reading goes on. */
void channel_shutdown(struct channel *c);
/* Ends in an orderly way and is then on its own: flushes, shuts down, reads out the
 * peer until its end or `linger_ms` without progress, closes. Handlers are not called any more. */
void channel_finish(struct channel *c, uint64_t linger_ms);
/* Closes at once. */
void channel_close(struct channel *c);
/* `fn(arg)` once when the descriptor is closed, whoever does it. */
void channel_on_close(struct channel *c, void (*fn)(void *), void *arg);

/* In `failed` with CHANNEL_NOT_TLS: the channel is an open plain one from here on. */
void channel_drop_tls(struct channel *c);

SSL *channel_ssl(const struct channel *c);
int channel_fd(const struct channel *c);

#endif
