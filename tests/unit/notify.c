/*
 * Tests of run/notify: what the service manager says, and what it is told.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "run/notify.h"

static char path[108];

/* A socket that hears the notices; its name is in `path`. */
static int
manager_open(bool abstract)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	snprintf(path, sizeof(path), "%s/fairlead-notify-%d", abstract ? "@" : "/tmp",
		(int)getpid());
	memcpy(un.sun_path, path, strlen(path));
	if (abstract)
		un.sun_path[0] = '\0';
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	unlink(path);
	assert_int_equal(bind(fd, (struct sockaddr *)&un, len), 0);
	return fd;
}

static void
manager_close(int fd)
{
	close(fd);
	unlink(path);
	notify_close();
}

static const char *
heard(int fd)
{
	static char text[1024];
	ssize_t n = recv(fd, text, sizeof(text) - 1, 0);

	text[n < 0 ? 0 : n] = '\0';
	return text;
}

static void
notices_reach_the_manager(void **state)
{
	(void)state;
	for (int abstract = 0; abstract < 2; abstract++) {
		int fd = manager_open(abstract);
		setenv("NOTIFY_SOCKET", path, 1);
		notify_open();
		assert_null(getenv("NOTIFY_SOCKET"));
		notify_ready();
		assert_string_equal(heard(fd), "READY=1");
		notify_reloading();
		unsigned long long usec = 0;
		assert_int_equal(sscanf(heard(fd), "RELOADING=1\nMONOTONIC_USEC=%llu", &usec), 1);
		assert_true(usec > 0);
		notify_stopping();
		assert_string_equal(heard(fd), "STOPPING=1");
		notify_watchdog();
		assert_string_equal(heard(fd), "WATCHDOG=1");
		manager_close(fd);
	}
}

static void
a_status_is_one_line_and_bounded(void **state)
{
	(void)state;
	int fd = manager_open(false);
	char longer[2000];

	setenv("NOTIFY_SOCKET", path, 1);
	notify_open();
	notify_status("a\nREADY=%d\r", 1);
	assert_string_equal(heard(fd), "STATUS=a READY=1 ");
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	notify_status("%s", longer);
	assert_in_range(strlen(heard(fd)), 100, 600);
	manager_close(fd);
}

static void
without_a_manager_nothing_happens(void **state)
{
	(void)state;
	static const char *const names[] = { "", "relative", "@", "/", NULL };
	char longer[300];

	log_setup(LOG_ERROR, LOG_KEYVALUE, STDERR_FILENO);
	unsetenv("NOTIFY_SOCKET");
	notify_open();
	notify_ready();
	for (int i = 0; names[i]; i++) {
		setenv("NOTIFY_SOCKET", names[i], 1);
		notify_open();
		notify_ready();
	}
	memset(longer, '/', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	setenv("NOTIFY_SOCKET", longer, 1);
	notify_open();
	notify_ready();
	setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1);
	notify_open();
	notify_ready();
	notify_close();
	log_setup(LOG_INFO, LOG_KEYVALUE, STDERR_FILENO);
}

static uint64_t
watchdog(const char *usec, const char *pid)
{
	setenv("WATCHDOG_USEC", usec, 1);
	if (pid)
		setenv("WATCHDOG_PID", pid, 1);
	notify_open();
	assert_null(getenv("WATCHDOG_USEC"));
	assert_null(getenv("WATCHDOG_PID"));
	uint64_t ms = notify_watchdog_ms();
	notify_close();
	return ms;
}

static void
the_watchdog_is_fed_twice_as_often_as_asked(void **state)
{
	(void)state;
	char me[16];

	snprintf(me, sizeof(me), "%d", (int)getpid());
	assert_int_equal(watchdog("30000000", NULL), 15000);
	assert_int_equal(watchdog("30000000", me), 15000);
	assert_int_equal(watchdog("30000000", "1"), 0);
	assert_int_equal(watchdog("30000000", "me"), 0);
	assert_int_equal(watchdog("1999", NULL), 0);
	assert_int_equal(watchdog("-5", NULL), 0);
	assert_int_equal(watchdog("", NULL), 0);
}

static int
listen_fds(const char *pid, const char *count)
{
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", count, 1);
	setenv("LISTEN_FDNAMES", "a:b", 1);
	int n = notify_listen_fds();
	assert_null(getenv("LISTEN_PID"));
	assert_null(getenv("LISTEN_FDS"));
	assert_null(getenv("LISTEN_FDNAMES"));
	return n;
}

static void
sockets_are_taken_when_they_are_meant_for_us(void **state)
{
	(void)state;
	char me[16];
	int saved = fcntl(NOTIFY_FIRST_FD, F_DUPFD, 100),
	    saved2 = fcntl(NOTIFY_FIRST_FD + 1, F_DUPFD, 100);

	snprintf(me, sizeof(me), "%d", (int)getpid());
	assert_int_equal(notify_listen_fds(), 0);
	assert_int_equal(listen_fds("1", "2"), 0);
	assert_int_equal(listen_fds(me, "0"), 0);
	assert_int_equal(listen_fds(me, "-1"), -1);
	assert_int_equal(listen_fds(me, "99999999999999999999"), -1);
	assert_int_equal(listen_fds(me, "2000"), -1);
	assert_int_equal(listen_fds(me, "x"), -1);
	assert_int_equal(listen_fds("", "1"), -1);

	assert_int_equal(dup2(STDERR_FILENO, NOTIFY_FIRST_FD), NOTIFY_FIRST_FD);
	close(NOTIFY_FIRST_FD + 1);
	assert_int_equal(listen_fds(me, "1"), 1);
	assert_int_equal(fcntl(NOTIFY_FIRST_FD, F_GETFD), FD_CLOEXEC);
	/* The second one is not open. */
	assert_int_equal(listen_fds(me, "2"), -1);
	close(NOTIFY_FIRST_FD);
	if (saved >= 0)
		dup2(saved, NOTIFY_FIRST_FD);
	if (saved2 >= 0)
		dup2(saved2, NOTIFY_FIRST_FD + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(notices_reach_the_manager),
		cmocka_unit_test(a_status_is_one_line_and_bounded),
		cmocka_unit_test(without_a_manager_nothing_happens),
		cmocka_unit_test(the_watchdog_is_fed_twice_as_often_as_asked),
		cmocka_unit_test(sockets_are_taken_when_they_are_meant_for_us),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
