/*
 * channel_impl: what channel's own files share. Nobody else includes it.
 */
#ifndef FAIRLEAD_NET_CHANNEL_IMPL_H
#define FAIRLEAD_NET_CHANNEL_IMPL_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <openssl/ssl.h>

#include "net/channel.h"

/* What the socket did not take. Allocated while there is something in it only. */
struct channel_backlog {
	size_t off, len, size;
	unsigned char bytes[];
};

/* About 300 bytes; there are two for each idle session. */
struct channel {
	struct reactor *r;
	SSL *ssl;
	const struct channel_handler *h;
	void *arg;
	struct channel_backlog *out;
	void (*closed)(void *);
	void *closed_arg;
	struct event *timer; /* in ENDING only */
	uint32_t linger_ms;
	int fd;
	short armed; /* flags of `ev` now */
	unsigned char state;
	unsigned char renewals;
	bool reading : 1;
	bool roused : 1; /* something came while reading was off */
	bool dry : 1; /* the socket had no more at the last look: not asked again before an event */
	bool fin : 1; /* the peer's FIN was read */
	bool hung : 1;      /* hangup was told */
	bool ended : 1;     /* the peer's orderly end was read */
	bool shut : 1;      /* our end was asked for */
	bool shut_sent : 1; /* and sent */
	bool broken : 1;    /* writing failed */
	bool bad : 1;       /* reading failed */
	bool near : 1;      /* read ahead a little only */
	bool greeted : 1;   /* the first byte was looked at */
	bool not_tls : 1;
	bool arming : 1; /* in the reactor's list */
	/* There was a backlog: `drained` is owed, whoever sends the last of it (a write does, too). */
	bool owed : 1;
	struct channel *arming_next;
	struct event ev;
};

/* What is waited for may have changed: told to the kernel at the turn's end, once. */
void channel_arm(struct channel *c);

/* channel_out.c: bytes as they go on the wire. */
/* Into the scratch, or behind the backlog. -1: broken. */
int channel_out_add(struct channel *c, const void *p, size_t len);
/* Sends backlog, or scratch; what is not taken becomes the backlog. -1: broken. */
int channel_out_flush(struct channel *c);
void channel_out_free(struct channel *c);

/* channel_tls.c */
int channel_tls_start(struct channel *c, SSL *ssl);
int channel_tls_accept(struct channel *c, const char **why); /* 1 done, 0 wait, -1 failed */
ssize_t channel_tls_read(struct channel *c, void *buf, size_t size);
int channel_tls_write(struct channel *c, const void *buf, size_t len); /* into the scratch */
void channel_tls_end(struct channel *c); /* close_notify into the scratch */

#endif
