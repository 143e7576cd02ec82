/*
 * notify: the two small protocols of systemd, without its library: environment
 * variables in, one datagram a notice out.
 */
#include "run/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

/* A service has a few sockets; more is a mistake that would be walked for long. */
#define LISTEN_FDS_MAX 1024

static struct {
	int fd;
	struct sockaddr_un to;
	socklen_t to_len;
	uint64_t watchdog_ms;
} notify = { .fd = -1 };

static bool
env_number(const char *name, uint64_t *value)
{
	const char *s = getenv(name);

	return s && span_u64(span_of(s), value);
}

static int
take_fds(uint64_t count)
{
	for (int fd = NOTIFY_FIRST_FD; fd < NOTIFY_FIRST_FD + (int)count; fd++)
		if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
			return -1;
	return (int)count;
}

int
notify_listen_fds(void)
{
	uint64_t pid = 0, count = 0;
	int n = 0;

	if (getenv("LISTEN_FDS")) {
		/* Another pid: they were meant for a process before us and only left in the environment. */
		if (!env_number("LISTEN_PID", &pid) || !env_number("LISTEN_FDS", &count) ||
			count > LISTEN_FDS_MAX)
			n = -1;
		else if (pid == (uint64_t)getpid())
			n = take_fds(count);
	}
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDNAMES");
	return n;
}

/* A path, or '@' and an abstract name. */
static int
set_address(const char *name)
{
	size_t len = strlen(name);

	if ((name[0] != '/' && name[0] != '@') || len < 2 || len >= sizeof(notify.to.sun_path))
		return -1;
	memset(&notify.to, 0, sizeof(notify.to));
	notify.to.sun_family = AF_UNIX;
	memcpy(notify.to.sun_path, name, len);
	if (name[0] == '@')
		notify.to.sun_path[0] = '\0';
	notify.to_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	return 0;
}

static void
read_watchdog(void)
{
	uint64_t usec = 0, pid = 0;
	bool mine = !getenv("WATCHDOG_PID") ||
		(env_number("WATCHDOG_PID", &pid) && pid == (uint64_t)getpid());

	notify.watchdog_ms = 0;
	/* Twice as often as asked, as the manual advises. */
	if (mine && env_number("WATCHDOG_USEC", &usec) && usec >= 2000)
		notify.watchdog_ms = usec / 2000;
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

void
notify_open(void)
{
	const char *name = getenv("NOTIFY_SOCKET");

	notify_close();
	read_watchdog();
	if (!name)
		return;
	if (set_address(name) < 0)
		log_msg(LOG_WARN, "NOTIFY_SOCKET is no usable socket name; no notices are sent");
	else
		notify.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	unsetenv("NOTIFY_SOCKET");
}

void
notify_close(void)
{
	if (notify.fd >= 0)
		close(notify.fd);
	notify.fd = -1;
	notify.watchdog_ms = 0;
}

static void
say(const char *text)
{
	if (notify.fd < 0)
		return;
	ssize_t n;
	do
		n = sendto(notify.fd, text, strlen(text), MSG_NOSIGNAL,
			(const struct sockaddr *)(const void *)&notify.to, notify.to_len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		log_msg(LOG_WARN, "the service manager could not be told: %s", strerror(errno));
}

void
notify_ready(void)
{
	say("READY=1");
}

void
notify_reloading(void)
{
	char text[64];

	/* The manager tells by the time which of several reloads is meant. */
	snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%llu",
		(unsigned long long)clock_mono_us());
	say(text);
}

void
notify_stopping(void)
{
	say("STOPPING=1");
}

void
notify_status(const char *fmt, ...)
{
	char text[512] = "STATUS=";
	size_t len = strlen(text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + len, sizeof(text) - len, fmt, ap);
	va_end(ap);
	/* A line break would begin another assignment. */
	for (char *p = text; *p; p++)
		if (*p == '\n' || *p == '\r')
			*p = ' ';
	say(text);
}

uint64_t
notify_watchdog_ms(void)
{
	return notify.watchdog_ms;
}

void
notify_watchdog(void)
{
	say("WATCHDOG=1");
}
