/*
 * control: sends and reads whole messages.
 */
#include "run/control.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int
control_pair(int fd[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fd);
}

int
control_send(int fd, enum control_what what, unsigned arg, const char *name)
{
	struct control_message m;
	ssize_t n;

	memset(&m, 0, sizeof(m));
	m.what = (uint8_t)what;
	m.arg = (uint8_t)arg;
	if (name)
		snprintf(m.name, sizeof(m.name), "%s", name);
	do
		n = send(fd, &m, sizeof(m), MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(m) ? 0 : -1;
}

int
control_read(int fd, struct control_message *m)
{
	ssize_t n;

	do
		n = recv(fd, m, sizeof(*m), 0);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return 0;
	if (n != (ssize_t)sizeof(*m))
		return -1;
	m->name[sizeof(m->name) - 1] = '\0';
	return 1;
}
