/*
 * Reads and writes of files go on until all is done.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"

/* A page is the least that a pipe holds. */
#define PIPE_SIZE 4096

static int ends[2];
static char all[PIPE_SIZE + 100], seen[sizeof(all)];
static volatile sig_atomic_t drained;

/* Every 10 ms, for a call may not wait yet at the first; without SA_RESTART, so that one that waits is cut short. */
static void
start(void (*handler)(int))
{
	const struct sigaction action = { .sa_handler = handler };
	const struct itimerval often = { { 0, 10000 }, { 0, 10000 } };

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(fcntl(ends[1], F_SETPIPE_SZ, PIPE_SIZE), PIPE_SIZE);
	assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
}

static void
stop(void)
{
	const struct itimerval never = { 0 };

	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	close(ends[0]);
	if (ends[1] >= 0)
		close(ends[1]);
}

static void
drain(int number)
{
	int before = errno;

	(void)number;
	if (drained <= 0)
		drained = (sig_atomic_t)read(ends[0], seen, PIPE_SIZE);
	errno = before;
}

static void
a_write_that_is_cut_short_goes_on(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (char)(i % 251);
	start(drain);
	assert_int_equal(file_write_all(ends[1], (struct span){ all, sizeof(all) }), 0);
	assert_int_equal(drained, PIPE_SIZE);
	assert_int_equal(read(ends[0], seen + PIPE_SIZE, 100), 100);
	assert_memory_equal(seen, all, sizeof(all));
	assert_int_equal(read(ends[0], seen, 1), -1);
	stop();
}

static void
a_write_that_fails_says_why(void **state)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)state;
	errno = 0;
	assert_int_equal(file_write_all(fd, SPAN("x")), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(file_write_all(fd, SPAN("")), 0);
	close(fd);
}

static void
fill(int number)
{
	(void)number;
	if (ends[1] >= 0) {
		(void)!write(ends[1], all, PIPE_SIZE);
		close(ends[1]);
		ends[1] = -1;
	}
}

static void
a_read_that_is_broken_off_goes_on(void **state)
{
	struct text bytes;

	(void)state;
	text_init(&bytes, 0);
	text_add_str(&bytes, "before ");
	start(fill);
	assert_int_equal(fcntl(ends[0], F_SETFL, 0), 0);
	assert_int_equal(file_read_all(ends[0], &bytes), 0);
	assert_int_equal(bytes.len, 7 + PIPE_SIZE);
	assert_memory_equal(bytes.p, "before ", 7);
	assert_memory_equal(bytes.p + 7, all, PIPE_SIZE);
	stop();
	text_free(&bytes);
}

static void
a_read_that_fails_says_why(void **state)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC),
	    endless = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	struct text bytes;

	(void)state;
	text_init(&bytes, 100000);
	assert_int_equal(file_read_all(fd, &bytes), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(file_read_all(endless, &bytes), -1);
	assert_int_equal(errno, EFBIG);
	text_free(&bytes);
	close(fd);
	close(endless);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_write_that_is_cut_short_goes_on),
		cmocka_unit_test(a_write_that_fails_says_why),
		cmocka_unit_test(a_read_that_is_broken_off_goes_on),
		cmocka_unit_test(a_read_that_fails_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
