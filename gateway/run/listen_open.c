/*
 * listen_open: one listening socket at a time.
 */
#include "run/listen_open.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 4096 /* the kernel cuts it to net.core.somaxconn */

int
listen_address(const char *host, uint16_t port, struct sockaddr_storage *address, socklen_t *len)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };

	memset(address, 0, sizeof(*address));
	if (inet_pton(AF_INET, host, &v4.sin_addr) == 1) {
		memcpy(address, &v4, sizeof(v4));
		*len = sizeof(v4);
		return 0;
	}
	if (inet_pton(AF_INET6, host, &v6.sin6_addr) == 1) {
		memcpy(address, &v6, sizeof(v6));
		*len = sizeof(v6);
		return 0;
	}
	errno = EINVAL;
	return -1;
}

void
listen_name(const struct sockaddr_storage *address, char name[LISTEN_NAME_SIZE])
{
	char host[INET6_ADDRSTRLEN] = "";
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (address->ss_family == AF_INET) {
		memcpy(&v4, address, sizeof(v4));
		inet_ntop(AF_INET, &v4.sin_addr, host, sizeof(host));
		snprintf(name, LISTEN_NAME_SIZE, "%s:%u", host, ntohs(v4.sin_port));
	} else {
		memcpy(&v6, address, sizeof(v6));
		inet_ntop(AF_INET6, &v6.sin6_addr, host, sizeof(host));
		snprintf(name, LISTEN_NAME_SIZE, "[%s]:%u", host, ntohs(v6.sin6_port));
	}
}

static int
socket_option(int fd, int option)
{
	int value = 0;
	socklen_t len = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, option, &value, &len) < 0 ? -1 : value;
}

int
listen_name_of(int fd, char name[LISTEN_NAME_SIZE], bool *is_unix)
{
	struct sockaddr_storage address;
	struct sockaddr_un un;
	socklen_t len = sizeof(address);

	memset(&address, 0, sizeof(address));
	if (socket_option(fd, SO_ACCEPTCONN) != 1 || socket_option(fd, SO_TYPE) != SOCK_STREAM)
		return -1;
	if (getsockname(fd, (struct sockaddr *)&address, &len) < 0)
		return -1;
	*is_unix = address.ss_family == AF_UNIX;
	if (address.ss_family == AF_INET || address.ss_family == AF_INET6) {
		listen_name(&address, name);
		return 0;
	}
	memcpy(&un, &address, sizeof(un));
	/* An abstract name has no mode that guards it. */
	if (!*is_unix || len <= offsetof(struct sockaddr_un, sun_path) || un.sun_path[0] != '/')
		return -1;
	snprintf(name, LISTEN_NAME_SIZE, "%.*s", (int)sizeof(un.sun_path), un.sun_path);
	return 0;
}

static int
open_bound(const struct sockaddr_storage *address, socklen_t len, bool reuseport)
{
	int on = 1;
	int fd = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
		(reuseport && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) < 0) ||
		(address->ss_family == AF_INET6 &&
			setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) < 0) ||
		bind(fd, (const struct sockaddr *)address, len) < 0) {
		int saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

int
listen_probe(const struct sockaddr_storage *address, socklen_t len)
{
	int fd = open_bound(address, len, false);

	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

int
listen_open_tcp(const struct sockaddr_storage *address, socklen_t len)
{
	return open_bound(address, len, true);
}

int
listen_begin(int fd)
{
	return listen(fd, BACKLOG);
}

bool
listen_is_reuseport(int fd)
{
	return socket_option(fd, SO_REUSEPORT) == 1;
}

/* Whether somebody answers; a file that is no socket is not touched. */
static int
clear_stale(const struct sockaddr_un *un)
{
	struct stat st;

	if (lstat(un->sun_path, &st) < 0)
		return errno == ENOENT ? 0 : -1;
	if (!S_ISSOCK(st.st_mode)) {
		errno = EEXIST;
		return -1;
	}
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	int r = connect(fd, (const struct sockaddr *)un, sizeof(*un));
	int why = errno;
	close(fd);
	/* Anything but a refusal may be a living process: a full queue, say. */
	if (r == 0 || why != ECONNREFUSED) {
		errno = r == 0 || why == EAGAIN ? EADDRINUSE : why;
		return -1;
	}
	return unlink(un->sun_path);
}

int
listen_open_unix(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	if (clear_stale(&un) < 0)
		return -1;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	/* The mode has to be right from the first moment on. */
	mode_t before = umask(0177);
	int r = bind(fd, (const struct sockaddr *)&un, sizeof(un));
	int saved = errno;
	umask(before);
	if (r < 0) {
		close(fd);
		errno = saved;
		return -1;
	}
	if (listen_begin(fd) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}
