/*
 * listen_open: opens and names single listening sockets. -1 comes with errno.
 */
#ifndef FAIRLEAD_RUN_LISTEN_OPEN_H
#define FAIRLEAD_RUN_LISTEN_OPEN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "run/listen.h"

/* From a numeric host without brackets. */
int listen_address(const char *host, uint16_t port, struct sockaddr_storage *address,
	socklen_t *len);
/* The one spelling of an address, by which sockets are found again. */
void listen_name(const struct sockaddr_storage *address, char name[LISTEN_NAME_SIZE]);
/* The name of a listening stream socket that was handed over. */
int listen_name_of(int fd, char name[LISTEN_NAME_SIZE], bool *is_unix);

/* Whether the address can be had alone: SO_REUSEPORT would share it silently with another gateway of the same user. */
int listen_probe(const struct sockaddr_storage *address, socklen_t len);
/* Bound, and not listening yet: from then on the kernel gives it a share of the address's connections. */
int listen_open_tcp(const struct sockaddr_storage *address, socklen_t len);
int listen_begin(int fd);
bool listen_is_reuseport(int fd);
/* Mode 0600. A stale socket file is replaced; EADDRINUSE when somebody answers on it, EEXIST when it is no socket. */
int listen_open_unix(const char *path);

#endif
