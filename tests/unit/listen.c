/*
 * Tests of run/listen: names of addresses, and sockets kept from one configuration to the next.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "run/listen.h"
#include "run/listen_open.h"

static char v4[] = "127.0.0.1", v6[] = "::1";
static struct config_address addresses[4];
static struct text errors;

static uint16_t
free_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&a, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	close(fd);
	return ntohs(a.sin_port);
}

static struct config_address
tcp(char *host, uint16_t port)
{
	return (struct config_address){ .text = host, .host = host, .port = port };
}

static struct config
config_of(unsigned workers, unsigned listen_count)
{
	return (struct config){ .listen = addresses,
		.listen_count = listen_count,
		.workers = workers };
}

static int
setup(void **state)
{
	(void)state;
	text_init(&errors, 0);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	text_free(&errors);
	return 0;
}

static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static void
an_address_has_one_name(void **state)
{
	(void)state;
	struct sockaddr_storage a;
	socklen_t len;
	char name[LISTEN_NAME_SIZE];

	assert_int_equal(listen_address("0.0.0.0", 2376, &a, &len), 0);
	assert_int_equal(len, sizeof(struct sockaddr_in));
	listen_name(&a, name);
	assert_string_equal(name, "0.0.0.0:2376");
	/* Two spellings, one address. */
	assert_int_equal(listen_address("2001:DB8:0:0::1", 65535, &a, &len), 0);
	listen_name(&a, name);
	assert_string_equal(name, "[2001:db8::1]:65535");
	static const char *const bad[] = { "", "localhost", "1.2.3", "1.2.3.4.5", "[::1]", "::g",
		"127.0.0.1 ", NULL };
	for (int i = 0; bad[i]; i++)
		assert_int_equal(listen_address(bad[i], 1, &a, &len), -1);
}

static void
every_socket_has_a_worker_and_every_worker_a_socket(void **state)
{
	(void)state;
	for (unsigned sockets = 1; sockets <= 9; sockets++) {
		for (unsigned workers = 1; workers <= 9; workers++) {
			const struct listen_group g = { .count = sockets };
			unsigned of_socket[9] = { 0 };
			for (unsigned w = 0; w < workers; w++) {
				unsigned mine = 0;
				for (unsigned i = 0; i < sockets; i++) {
					mine += listen_is_mine(&g, i, w, workers);
					of_socket[i] += listen_is_mine(&g, i, w, workers);
				}
				assert_true(mine >= 1);
			}
			for (unsigned i = 0; i < sockets; i++) {
				assert_true(of_socket[i] >= 1);
				/* Shared only when there are fewer sockets than workers. */
				assert_true(sockets < workers || of_socket[i] == 1);
			}
		}
	}
	const struct listen_group none = { .count = 0 };
	assert_false(listen_is_mine(&none, 0, 0, 1));
	assert_false(listen_is_mine(&none, 0, 0, 0));
}

static void
sockets_are_kept_added_and_closed(void **state)
{
	(void)state;
	static struct listen_set now, next;
	uint16_t a = free_port(), b = free_port();

	memset(&now, 0, sizeof(now));
	addresses[0] = tcp(v4, a);
	struct config c = config_of(2, 1);
	assert_int_equal(listen_prepare(&now, &c, &next, &errors), 0);
	assert_int_equal(next.group[0].count, 2);
	assert_true(next.group[0].socket[0].fresh);
	listen_adopt(&now, &next);
	assert_int_equal(now.count, 1);
	assert_false(now.group[0].socket[0].fresh);
	int first = now.group[0].socket[0].fd, second = now.group[0].socket[1].fd;

	/* More workers and one address more: what was there stays. */
	addresses[1] = tcp(v4, b);
	c = config_of(3, 2);
	assert_int_equal(listen_prepare(&now, &c, &next, &errors), 0);
	assert_int_equal(next.group[0].socket[0].fd, first);
	assert_int_equal(next.group[0].socket[1].fd, second);
	assert_true(next.group[0].socket[2].fresh);
	assert_int_equal(next.group[1].count, 3);
	int fresh = next.group[0].socket[2].fd;
	listen_abandon(&next);
	assert_false(is_open(fresh));
	assert_true(is_open(first));
	assert_int_equal(now.group[0].count, 2);

	/* Fewer workers: no socket is closed. */
	c = config_of(1, 1);
	assert_int_equal(listen_prepare(&now, &c, &next, &errors), 0);
	assert_int_equal(next.group[0].count, 2);
	listen_adopt(&now, &next);
	assert_true(is_open(second));

	/* Another address: the old one is closed when the new one is in force. */
	addresses[0] = tcp(v4, b);
	assert_int_equal(listen_prepare(&now, &c, &next, &errors), 0);
	assert_true(is_open(first));
	listen_adopt(&now, &next);
	assert_false(is_open(first));
	assert_false(is_open(second));
	assert_null(errors.p);
	listen_close(&now, true);
	assert_int_equal(now.count, 0);
}

/* A reload with more workers that is refused in the end: who connected meanwhile must not be reset. */
static void
sockets_that_may_be_given_up_take_no_connection(void **state)
{
	enum { CLIENTS = 32 };
	static struct listen_set now, next;
	struct sockaddr_storage address;
	socklen_t len;
	uint16_t port = free_port();
	int client[CLIENTS], taken = 0;

	(void)state;
	assert_int_equal(listen_address(v4, port, &address, &len), 0);
	addresses[0] = tcp(v4, port);
	struct config c = config_of(1, 1);
	assert_int_equal(listen_prepare(&now, &c, &next, &errors), 0);
	assert_int_equal(listen_begin_all(&next, &errors), 0);
	listen_adopt(&now, &next);
	c = config_of(16, 1);
	assert_int_equal(listen_prepare(&now, &c, &next, &errors), 0);
	assert_int_equal(next.group[0].count, 16);
	for (int i = 0; i < CLIENTS; i++) {
		client[i] = socket(AF_INET, SOCK_STREAM, 0);
		assert_int_equal(connect(client[i], (struct sockaddr *)&address, len), 0);
	}
	listen_abandon(&next);
	for (int i = 0; i < CLIENTS; i++) {
		int fd = accept(now.group[0].socket[0].fd, NULL, NULL);

		taken += fd >= 0;
		close(fd);
		close(client[i]);
	}
	assert_int_equal(taken, CLIENTS);
	/* In force, they listen. */
	assert_int_equal(listen_prepare(&now, &c, &next, &errors), 0);
	assert_int_equal(listen_begin_all(&next, &errors), 0);
	for (unsigned i = 0; i < next.group[0].count; i++) {
		int on = 0;
		socklen_t size = sizeof(on);

		assert_int_equal(getsockopt(next.group[0].socket[i].fd, SOL_SOCKET, SO_ACCEPTCONN,
					 &on, &size),
			0);
		assert_int_equal(on, 1);
	}
	listen_abandon(&next);
	listen_close(&now, true);
	assert_null(errors.p);
}

static void
an_error_names_the_address_and_opens_nothing(void **state)
{
	(void)state;
	static struct listen_set now, next;
	uint16_t a = free_port(), b = free_port();
	struct sockaddr_storage address;
	socklen_t len;

	assert_int_equal(listen_address(v4, b, &address, &len), 0);
	int taken = listen_open_tcp(&address, len);
	assert_true(taken >= 0);
	assert_int_equal(listen_begin(taken), 0);
	/* It has SO_REUSEPORT and is ours, so that the kernel alone would share it. */
	assert_true(listen_is_reuseport(taken));
	addresses[0] = tcp(v4, a);
	addresses[1] = tcp(v4, b);
	addresses[2] = tcp(v6, a);
	addresses[3] = tcp(v6, a);
	struct config c = config_of(2, 4);
	assert_int_equal(listen_prepare(&now, &c, &next, &errors), -1);
	assert_int_equal(next.count, 0);
	assert_non_null(strstr(errors.p, "another process listens there"));
	assert_non_null(strstr(errors.p, "stands there twice"));
	/* The first address is free again. */
	assert_int_equal(listen_address(v4, a, &address, &len), 0);
	assert_int_equal(listen_probe(&address, len), 0);
	close(taken);
}

static void
a_wildcard_takes_over_from_an_address(void **state)
{
	(void)state;
	static struct listen_set now, next;
	static char any4[] = "0.0.0.0";
	uint16_t port = free_port();

	addresses[0] = tcp(v4, port);
	struct config c = config_of(2, 1);
	assert_int_equal(listen_prepare(&now, &c, &next, &errors), 0);
	listen_adopt(&now, &next);
	addresses[0] = tcp(any4, port);
	assert_int_equal(listen_prepare(&now, &c, &next, &errors), 0);
	listen_adopt(&now, &next);
	/* And both at once. */
	addresses[1] = tcp(v4, port);
	c = config_of(2, 2);
	assert_int_equal(listen_prepare(&now, &c, &next, &errors), 0);
	assert_null(errors.p);
	listen_abandon(&next);
	listen_close(&now, true);
}

static void
both_families_share_a_port(void **state)
{
	(void)state;
	static struct listen_set now, next;
	static char any4[] = "0.0.0.0", any6[] = "::";
	uint16_t port = free_port();
	int only = 0;
	socklen_t len = sizeof(only);

	addresses[0] = tcp(any4, port);
	addresses[1] = tcp(any6, port);
	struct config c = config_of(1, 2);
	assert_int_equal(listen_prepare(&now, &c, &next, &errors), 0);
	assert_int_equal(getsockopt(next.group[1].socket[0].fd, IPPROTO_IPV6, IPV6_V6ONLY, &only,
				 &len),
		0);
	assert_int_equal(only, 1);
	listen_abandon(&next);
}

static void
the_admin_socket_is_private_and_its_file_ours(void **state)
{
	(void)state;
	static struct listen_set now, next;
	char dir[] = "/tmp/fairlead-listen-XXXXXX", path[64];
	struct stat st;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/admin", dir);
	struct config c = { .workers = 3, .admin_socket = path };
	assert_int_equal(listen_prepare(&now, &c, &next, &errors), 0);
	assert_int_equal(next.group[0].count, 1);
	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	listen_adopt(&now, &next);

	/* Asked for again: the same one. In use by ourselves is no error then. */
	assert_int_equal(listen_prepare(&now, &c, &next, &errors), 0);
	assert_int_equal(next.group[0].socket[0].fd, now.group[0].socket[0].fd);
	listen_abandon(&next);
	assert_int_equal(lstat(path, &st), 0);
	/* A second gateway does not get it. */
	static struct listen_set none;
	assert_int_equal(listen_prepare(&none, &c, &next, &errors), -1);
	assert_non_null(strstr(errors.p, "another process answers there"));

	/* Somebody else's file of that name is left alone. */
	assert_int_equal(unlink(path), 0);
	int other = open(path, O_CREAT | O_WRONLY, 0644);
	assert_true(other >= 0);
	listen_close(&now, true);
	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(listen_open_unix(path), -1);
	assert_int_equal(errno, EEXIST);
	close(other);
	unlink(path);

	/* A dead one's is replaced. */
	int dead = listen_open_unix(path);
	assert_true(dead >= 0);
	close(dead);
	int again = listen_open_unix(path);
	assert_true(again >= 0);
	close(again);
	unlink(path);
	rmdir(dir);
}

static void
what_is_handed_over_is_looked_at(void **state)
{
	(void)state;
	static struct listen_set now, next;
	struct sockaddr_storage address;
	socklen_t len;
	uint16_t port = free_port();
	int pair[2];

	/* Not listening, not a stream, no socket at all. */
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(listen_inherit(&now, pair[0], 1, &errors), -1);
	assert_int_equal(listen_inherit(&now, STDERR_FILENO, 1, &errors), -1);
	assert_int_equal(listen_inherit(&now, 9999, 1, &errors), -1);
	assert_int_equal(now.count, 0);
	close(pair[0]);
	close(pair[1]);

	/* One without SO_REUSEPORT stays alone, whatever the number of workers. */
	assert_int_equal(listen_address(v4, port, &address, &len), 0);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(listen_inherit(&now, fd, 1, &errors), 0);
	assert_int_not_equal(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	addresses[0] = tcp(v4, port);
	struct config c = config_of(4, 1);
	assert_int_equal(listen_prepare(&now, &c, &next, &errors), 0);
	assert_int_equal(next.group[0].count, 1);
	assert_int_equal(next.group[0].socket[0].fd, fd);
	listen_adopt(&now, &next);
	listen_close_tcp(&now);
	assert_false(is_open(fd));
	assert_int_equal(now.count, 1);
	listen_close(&now, true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_has_one_name),
		cmocka_unit_test(every_socket_has_a_worker_and_every_worker_a_socket),
		cmocka_unit_test_setup_teardown(sockets_are_kept_added_and_closed, setup, teardown),
		cmocka_unit_test_setup_teardown(sockets_that_may_be_given_up_take_no_connection,
			setup, teardown),
		cmocka_unit_test_setup_teardown(an_error_names_the_address_and_opens_nothing, setup,
			teardown),
		cmocka_unit_test_setup_teardown(a_wildcard_takes_over_from_an_address, setup,
			teardown),
		cmocka_unit_test_setup_teardown(both_families_share_a_port, setup, teardown),
		cmocka_unit_test_setup_teardown(the_admin_socket_is_private_and_its_file_ours,
			setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_handed_over_is_looked_at, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
