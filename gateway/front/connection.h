/*
 * connection: a tenant's TLS connection as an HTTP/1.x server sees it: heads
 * are read and given to sessions one at a time, in order, answers written,
 * until it is closed with a reason or becomes a raw stream.
 */
#ifndef FAIRLEAD_FRONT_CONNECTION_H
#define FAIRLEAD_FRONT_CONNECTION_H

#include <stdbool.h>
#include <sys/socket.h>

#include "base/text.h"
#include "net/engine.h"
#include "net/reactor.h"
#include "net/tls.h"
#include "state/board.h"
#include "state/config.h"
#include "state/store.h"

struct connection;
struct house;

/* What all connections of a worker share. One a worker. */
struct house *house_new(struct reactor *r, const struct config *c, const struct store *s,
	struct tls *t, struct engine *e, struct board *b, unsigned slot);
void house_free(struct house *h);
/* Takes the accepted descriptor. */
void house_accept(struct house *h, int fd, const struct sockaddr *peer, socklen_t len);
/* No more accepts: idle connections close now, busy ones after their answer. */
void house_drain(struct house *h);
/* Connections that are left, sessions included. */
unsigned house_connections(const struct house *h);
/* Ends everything now, orderly for the clients, with this reason (static). */
void house_close_all(struct house *h, const char *reason);
/* Looks at the kill flags of this worker's rows and ends those sessions. */
void house_check_kills(struct house *h);

#endif
