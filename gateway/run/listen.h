/*
 * listen: the listening sockets, opened by the master and kept by it over every
 * reload, so that no queued connection is lost.
 *
 * A TCP address has one SO_REUSEPORT socket a worker: the kernel spreads new
 * connections. A socket handed over by the service manager is the only one of
 * its address and shared. An address's sockets never become fewer while it is
 * in use: closing one would reset what is queued in it.
 */
#ifndef FAIRLEAD_RUN_LISTEN_H
#define FAIRLEAD_RUN_LISTEN_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/text.h"
#include "state/config.h"

#define LISTEN_MAX_SOCKETS 64 /* an address: as many as there can be workers */
#define LISTEN_NAME_SIZE 112  /* a unix socket's path, or "[IPv6]:port" */

struct listen_socket {
	int fd;
	bool fresh; /* opened for a set that is not in force yet */
};

struct listen_group {
	char name[LISTEN_NAME_SIZE];
	bool is_admin;
	struct listen_socket socket[LISTEN_MAX_SOCKETS];
	unsigned count;
	/* is_admin: which file it is, to remove no other one; 0, 0: not ours to remove */
	dev_t dev;
	ino_t ino;
};

#define LISTEN_MAX_GROUPS 33

/* Plain data; all zero is the empty set. */
struct listen_set {
	struct listen_group group[LISTEN_MAX_GROUPS];
	unsigned count;
};

/* The sockets handed over by the service manager, as a set; what is no listening stream socket is refused
 * with a line in `*errors` and -1. */
int listen_inherit(struct listen_set *set, int first_fd, int count, struct text *errors);

/*
 * Makes `next` from what the config asks for: sockets of `old` are taken over
 * where the address is the same, all others opened. -1 with lines in `*errors`,
 * `next` then holds nothing and `old` is as it was.
 */
int listen_prepare(const struct listen_set *old, const struct config *c, struct listen_set *next,
	struct text *errors);
/*
 * What was opened for `next` takes connections from here on, and not before: what came to a
 * socket that is closed again would be reset. -1 with a line in `*errors`.
 */
int listen_begin_all(const struct listen_set *next, struct text *errors);
/* `next` is not to be: closes what was opened for it. */
void listen_abandon(struct listen_set *next);
/* `next` is in force: closes what only `old` has; `old` becomes `next`. */
void listen_adopt(struct listen_set *old, struct listen_set *next);
/* Closes what tenants connect to; their groups stay, empty. */
void listen_close_tcp(struct listen_set *set);
/* Closes all; an admin socket's file is removed when `unlink_files`. */
void listen_close(struct listen_set *set, bool unlink_files);

/* Whether the `i`th socket of a group is this worker's. Each socket has a worker and each worker a socket. */
bool listen_is_mine(const struct listen_group *g, unsigned i, unsigned worker, unsigned workers);
/* The group's index, or -1. */
int listen_find(const struct listen_set *set, const char *name);

#endif
