/*
 * Tests of run/sandbox: what a worker can no longer do, and what it still can. Each
 * fact is tried in a process of its own, whose exit status says how it went.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "run/sandbox.h"
#include "run/sandbox_kernel.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

static char engine_path[64];
static uint16_t engine_port, other_port;

/* Exit status of `fact` behind the whole sandbox; -N when signal N ended it. */
static int
behind(int (*fact)(void), const struct config *c)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		sandbox_enter(c);
		_exit(fact());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static int
open_a_file(void)
{
	return open("/etc/passwd", O_RDONLY) < 0 ? errno : 0;
}

static int
write_a_file(void)
{
	return open("/tmp/fairlead-sandbox-file", O_CREAT | O_WRONLY, 0600) < 0 ? errno : 0;
}

static int
run_a_program(void)
{
	char *const argv[] = { NULL };

	execve("/bin/true", argv, argv);
	return errno;
}

static int
fork_a_process(void)
{
	/* The call that glibc makes for fork(). */
	return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) < 0 ? errno : 0;
}

static int
make_memory_executable(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return 99;
	return mprotect(p, 4096, PROT_READ | PROT_EXEC) < 0 ? errno : 0;
}

static int
map_executable_memory(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
		-1, 0);

	return p == MAP_FAILED ? errno : 0;
}

static int
trace_the_parent(void)
{
	return syscall(SYS_ptrace, 16 /* PTRACE_ATTACH */, getppid(), 0, 0) < 0 ? errno : 0;
}

static int
signal_the_parent(void)
{
	return kill(getppid(), 0) < 0 ? errno : 0;
}

static int
open_a_raw_socket(void)
{
	return socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP) < 0 ? errno : 0;
}

static int
open_a_netlink_socket(void)
{
	return socket(AF_NETLINK, SOCK_RAW, 0) < 0 ? errno : 0;
}

static int
listen_on_tcp(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ? errno : 0;
}

static int
reach_the_engine(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", engine_path);
	return fd < 0 || connect(fd, (struct sockaddr *)&un, sizeof(un)) < 0 ? errno : 0;
}

static int
reach_port(uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ? errno : 0;
}

static int
reach_the_engines_port(void)
{
	return reach_port(engine_port);
}

static int
reach_another_port(void)
{
	return reach_port(other_port);
}

static int
go_on_working(void)
{
	char big[1 << 16];
	void *p = malloc((size_t)32 << 20);
	struct timespec t;

	if (!p)
		return 1;
	memset(p, 1, (size_t)32 << 20);
	free(p);
	memset(big, 0, sizeof(big));
	if (clock_gettime(CLOCK_REALTIME, &t) < 0 || getpid() <= 0)
		return 2;
	log_msg(LOG_ERROR, "a line from behind the sandbox");
	return 0;
}

static int
die_of_an_assertion(void)
{
	abort();
}

static int
tell_dumpable(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_CORE, &rl) < 0 || rl.rlim_max != 0)
		return 50;
	return prctl(PR_GET_DUMPABLE);
}

static long
landlock_version(void)
{
	return syscall(444, NULL, 0, 1);
}

static struct config
unix_engine(void)
{
	return (struct config){ .sandbox = true,
		.engine = { .is_unix = true, .path = engine_path } };
}

static void
what_an_attacker_would_do_fails(void **state)
{
	(void)state;
	if (SANITIZED)
		skip();
	const struct config c = unix_engine();

	assert_int_equal(behind(open_a_file, &c), EPERM);
	assert_int_equal(behind(write_a_file, &c), EPERM);
	assert_int_equal(behind(run_a_program, &c), -SIGSYS);
	assert_int_equal(behind(fork_a_process, &c), EPERM);
	assert_int_equal(behind(make_memory_executable, &c), EPERM);
	assert_int_equal(behind(map_executable_memory, &c), EPERM);
	assert_int_equal(behind(trace_the_parent, &c), -SIGSYS);
	assert_int_equal(behind(signal_the_parent, &c), EPERM);
	assert_int_equal(behind(open_a_raw_socket, &c), EPERM);
	assert_int_equal(behind(open_a_netlink_socket, &c), EPERM);
	assert_int_equal(behind(listen_on_tcp, &c), EPERM);
}

/* Each of the two holds alone: seccomp would hide a Landlock that denies nothing. */
static void
landlock_alone_denies_files_and_keeps_the_engine(void **state)
{
	(void)state;
	static int (*const facts[])(void) = { open_a_file, write_a_file, reach_the_engine };
	static const int expected[] = { EACCES, EACCES, 0 };
	const struct config c = unix_engine();

	if (SANITIZED || landlock_version() < 1)
		skip();
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		int status;
		pid_t pid = fork();
		if (pid == 0) {
			prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
			sandbox_landlock(&c);
			_exit(facts[i]());
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), expected[i]);
	}
}

static void
what_a_worker_does_goes_on(void **state)
{
	(void)state;
	if (SANITIZED)
		skip();
	const struct config c = unix_engine();

	assert_int_equal(behind(reach_the_engine, &c), 0);
	assert_int_equal(behind(go_on_working, &c), 0);
	assert_int_equal(behind(die_of_an_assertion, &c), -SIGABRT);
}

static void
only_the_engines_port_is_reached(void **state)
{
	(void)state;
	if (SANITIZED || landlock_version() < 4)
		skip();
	struct config c = { .sandbox = true, .engine = { .port = engine_port } };

	assert_int_equal(behind(reach_the_engines_port, &c), 0);
	assert_int_equal(behind(reach_another_port, &c), EACCES);
	c = unix_engine();
	assert_int_equal(behind(reach_the_engines_port, &c), EACCES);
}

static void
switched_off_it_still_keeps_memory_private(void **state)
{
	(void)state;
	if (SANITIZED)
		skip();
	const struct config c = { .sandbox = false };

	assert_int_equal(behind(open_a_file, &c), 0);
	assert_int_equal(behind(tell_dumpable, &c), 0);
}

static void
accounts_are_looked_up_by_name(void **state)
{
	(void)state;
	static char nobody[] = "nobody", root[] = "root", missing[] = "no-such-account";
	struct sandbox_account a;
	struct text errors;
	struct config c = { .engine = { .is_unix = true, .path = engine_path } };

	text_init(&errors, 0);
	assert_int_equal(sandbox_account(&c, &a, &errors), 0);
	assert_false(a.change);
	c.user = missing;
	assert_int_equal(sandbox_account(&c, &a, &errors), -1);
	assert_non_null(strstr(errors.p, "no user \"no-such-account\""));
	c.user = NULL;
	c.group = missing;
	assert_int_equal(sandbox_account(&c, &a, &errors), -1);
	assert_non_null(strstr(errors.p, "no group \"no-such-account\""));
	text_clear(&errors);
	if (getuid() == 0) {
		c = (struct config){ .user = nobody, .engine = c.engine };
		assert_int_equal(sandbox_account(&c, &a, &errors), 0);
		assert_true(a.change);
		assert_int_not_equal(a.uid, 0);
		/* The engine's socket here is root's: that group is not given. */
		for (int i = 0; i < a.group_count; i++)
			assert_int_not_equal(a.groups[i], 0);
		assert_int_equal(chown(engine_path, 0, 12345), 0);
		assert_int_equal(chmod(engine_path, 0660), 0);
		assert_int_equal(sandbox_account(&c, &a, &errors), 0);
		assert_int_equal(a.groups[a.group_count - 1], 12345);
		c.group = root;
		assert_int_equal(sandbox_account(&c, &a, &errors), 0);
		assert_int_equal(a.gid, 0);
	}
	text_free(&errors);
}

static uint16_t
listening_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(fd, (struct sockaddr *)&a, len) < 0 || listen(fd, 8) < 0 ||
		getsockname(fd, (struct sockaddr *)&a, &len) < 0)
		return 0;
	return ntohs(a.sin_port);
}

static int
setup(void **state)
{
	(void)state;
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(engine_path, sizeof(engine_path), "/tmp/fairlead-sandbox-%d", (int)getpid());
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", engine_path);
	engine_port = listening_port();
	other_port = listening_port();
	return bind(fd, (struct sockaddr *)&un, sizeof(un)) < 0 || listen(fd, 8) < 0 ||
		!engine_port || !other_port;
}

static int
teardown(void **state)
{
	(void)state;
	return unlink(engine_path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_an_attacker_would_do_fails),
		cmocka_unit_test(landlock_alone_denies_files_and_keeps_the_engine),
		cmocka_unit_test(what_a_worker_does_goes_on),
		cmocka_unit_test(only_the_engines_port_is_reached),
		cmocka_unit_test(switched_off_it_still_keeps_memory_private),
		cmocka_unit_test(accounts_are_looked_up_by_name),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
