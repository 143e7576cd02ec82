/*
 * stub: the engine of the bench: answers as a Docker Engine 20.10 does, on a
 * unix socket, and plays the exec that its id names.
 *
 * An exec id is read as: 1 digit mode, 15 digits bytes, 16 digits container,
 * 32 digits serial. One thread a connection: simple, and its CPU time is not measured.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "session.h"

/* What Go's io.Copy moves at a time, and so what an engine writes: 32 KiB. */
#define BLOCK SESSION_PATTERN
#define SWALLOW ((size_t)4 * BLOCK)
#define HEAD_MAX 16384
#define CONTAINER_PREFIX "be9c5f0e12d34a7781c2b3a4958677aabbccddeeff001122"
#define TAIL_DELAY_MS 300
#define LIST_LENGTH 8
#define LONG_LIST_LENGTH 1000 /* of a list that is asked for with limit=1000 */

static char *container_json, *exec_json, *version_json, *list_json, *long_list_json;
static unsigned char pattern[BLOCK];
static atomic_long hijacked; /* connections that are streams now */
static atomic_long lookups;  /* execs and containers asked for so far */
static atomic_long accepted; /* connections so far */

struct peer {
	int fd;
	size_t len;
	char head[HEAD_MAX + 1];
};

static char *
read_template(const char *dir, const char *name)
{
	char path[4096];
	char *text;
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	text = calloc(1, 65536);
	if (f == NULL || text == NULL) {
		perror(path);
		exit(2);
	}
	n = fread(text, 1, 65535, f);
	text[n] = '\0';
	fclose(f);
	return text;
}

static bool
send_all(int fd, const void *bytes, size_t len)
{
	const char *p = bytes;

	while (len > 0) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

static bool
answer(int fd, const char *status, const char *type, const char *body, size_t len, bool with_body)
{
	char out[1024];
	int n = snprintf(out, sizeof(out),
		"HTTP/1.1 %s\r\nApi-Version: 1.41\r\nContent-Type: %s\r\nDocker-Experimental: false\r\n"
		"Ostype: linux\r\nServer: Docker/20.10.24 (linux)\r\nDate: Mon, 06 Jan 2025 09:00:00 GMT\r\n"
		"Content-Length: %zu\r\n\r\n",
		status, type, len);
	struct iovec parts[2] = { { out, (size_t)n }, { (void *)(uintptr_t)body, len } };
	struct msghdr m = { .msg_iov = parts, .msg_iovlen = with_body && len ? 2 : 1 };
	ssize_t sent = sendmsg(fd, &m, MSG_NOSIGNAL);

	/* One packet for what is short; of a long list the rest goes when there is room. */
	if (sent < n)
		return false;
	sent -= n;
	return !with_body || send_all(fd, body + sent, len - (size_t)sent);
}

/* A template with @ID@ and @CONTAINER@ filled in. */
static bool
answer_template(int fd, const char *template, const char *id, const char *container)
{
	char out[32768];
	size_t n = 0;

	while (*template != '\0' && n + 65 < sizeof(out)) {
		bool is_id = strncmp(template, "@ID@", 4) == 0;
		bool is_container = strncmp(template, "@CONTAINER@", 11) == 0;

		if (is_id || is_container) {
			memcpy(out + n, is_id ? id : container, 64);
			n += 64;
			template += is_id ? 4 : 11;
		} else {
			out[n++] = *template ++;
		}
	}
	out[n] = '\0';
	return answer(fd, "200 OK", "application/json", out, n, true);
}

static uint64_t
hex_field(const char *id, size_t from, size_t len)
{
	char digits[17] = "";

	memcpy(digits, id + from, len);
	return strtoull(digits, NULL, 16);
}

static void
play_echo(int fd)
{
	char block[BLOCK];
	ssize_t n;

	while ((n = recv(fd, block, sizeof(block), 0)) > 0)
		if (!send_all(fd, block, (size_t)n))
			return;
}

static bool
send_pattern(int fd, uint64_t bytes)
{
	for (uint64_t sent = 0; sent < bytes;) {
		size_t n = bytes - sent < BLOCK ? (size_t)(bytes - sent) : BLOCK;

		if (!send_all(fd, pattern, n))
			return false;
		sent += n;
	}
	return true;
}

static void
play_source(int fd, uint64_t bytes)
{
	char go;

	if (recv(fd, &go, 1, 0) == 1)
		send_pattern(fd, bytes);
}

static uint64_t
swallow(int fd)
{
	char *block = malloc(SWALLOW);
	uint64_t total = 0;
	ssize_t n;

	while (block != NULL && (n = recv(fd, block, SWALLOW, 0)) > 0)
		total += (uint64_t)n;
	free(block);
	return total;
}

static void
play_sink(int fd)
{
	char report[17];

	snprintf(report, sizeof(report), "%016llx", (unsigned long long)swallow(fd));
	send_all(fd, report, 16);
}

static void
play_tail(int fd, uint64_t bytes)
{
	struct timespec delay = { .tv_nsec = TAIL_DELAY_MS * 1000000L };

	swallow(fd);
	nanosleep(&delay, NULL);
	send_pattern(fd, bytes);
}

/* Engines shut their write side at the end and wait for the other side to close. */
static void
wait_until_closed(int fd)
{
	struct pollfd p = { .fd = fd };
	bool closed = false;

	while (!closed)
		closed = poll(&p, 1, -1) > 0 && (p.revents & (POLLHUP | POLLERR)) != 0;
}

static void
play_exec(int fd, const char *id)
{
	static const char head[] =
		"HTTP/1.1 101 UPGRADED\r\nApi-Version: 1.41\r\nConnection: Upgrade\r\n"
		"Content-Type: application/vnd.docker.raw-stream\r\nDocker-Experimental: false\r\n"
		"Ostype: linux\r\nServer: Docker/20.10.24 (linux)\r\nUpgrade: tcp\r\n\r\n";
	uint64_t bytes = hex_field(id, 1, 15);

	if (!send_all(fd, head, sizeof(head) - 1))
		return;
	atomic_fetch_add(&hijacked, 1);
	switch (hex_field(id, 0, 1)) {
	case EXEC_ECHO:
		play_echo(fd);
		break;
	case EXEC_SOURCE:
		play_source(fd, bytes);
		break;
	case EXEC_SINK:
		play_sink(fd);
		break;
	case EXEC_TAIL:
		play_tail(fd, bytes);
		break;
	default:
		wait_until_closed(fd);
	}
	shutdown(fd, SHUT_WR);
	wait_until_closed(fd);
	atomic_fetch_sub(&hijacked, 1);
}

/* Reads a head and its body; false at the end. The head's string ends where the body began. */
static bool
read_request(struct peer *p)
{
	char *end;
	const char *field;
	size_t body = 0, have, head;

	while ((end = memmem(p->head, p->len, "\r\n\r\n", 4)) == NULL) {
		ssize_t n = recv(p->fd, p->head + p->len, HEAD_MAX - p->len, 0);

		if (n <= 0)
			return false;
		p->len += (size_t)n;
	}
	*end = '\0';
	head = (size_t)(end - p->head) + 4;
	field = strcasestr(p->head, "\r\ncontent-length:");
	if (field != NULL)
		body = strtoul(field + strlen("\r\ncontent-length:"), NULL, 10);
	for (have = p->len - head; have < body;) {
		char sink[4096];
		size_t want = body - have < sizeof(sink) ? body - have : sizeof(sink);
		ssize_t n = recv(p->fd, sink, want, 0);

		if (n <= 0)
			return false;
		have += (size_t)n;
	}
	/* The bench never sends a request before the answer to the last one. */
	p->len = 0;
	return true;
}

static bool
answer_ids(int fd, const char *method, const char *path)
{
	char id[65] = "", container[65];
	char object[16] = "", action[16] = "";

	if (sscanf(path, "/%15[a-z]/%64[0-9a-f]/%15s", object, id, action) != 3 || strlen(id) != 64)
		return answer(fd, "404 Not Found", "application/json",
			"{\"message\":\"page not found\"}\n", 29, true);
	snprintf(container, sizeof(container), CONTAINER_PREFIX "%016llx",
		(unsigned long long)hex_field(id, 16, 16));
	atomic_fetch_add(&lookups, strcmp(action, "json") == 0);
	if (strcmp(object, "exec") == 0 && strcmp(action, "json") == 0)
		return answer_template(fd, exec_json, id, container);
	if (strcmp(object, "containers") == 0 && strcmp(action, "json") == 0)
		return answer_template(fd, container_json, id, id);
	if (strcmp(object, "exec") == 0 && strcmp(action, "start") == 0 &&
		strcmp(method, "POST") == 0)
		play_exec(fd, id);
	return false;
}

static bool
serve(struct peer *p)
{
	char method[8] = "", path[512] = "";
	const char *rest = path;
	bool head_only;

	if (!read_request(p) || sscanf(p->head, "%7s %511[^ ?]", method, path) != 2)
		return false;
	if (strncmp(path, "/v1.", 4) == 0 && strchr(path + 1, '/') != NULL)
		rest = strchr(path + 1, '/');
	head_only = strcmp(method, "HEAD") == 0;
	if (strcmp(rest, "/_ping") == 0)
		return answer(p->fd, "200 OK", "text/plain; charset=utf-8", "OK", 2, !head_only);
	if (strcmp(rest, "/version") == 0)
		return answer(p->fd, "200 OK", "application/json", version_json,
			strlen(version_json), !head_only);
	if (strcmp(rest, "/containers/json") == 0) {
		const char *list = strstr(p->head, "limit=1000") ? long_list_json : list_json;

		return answer(p->fd, "200 OK", "application/json", list, strlen(list), !head_only);
	}
	if (strcmp(rest, "/bench/counts") == 0) {
		char counts[96];
		int n = snprintf(counts, sizeof(counts), "[%ld, %ld, %ld]\n",
			atomic_load(&hijacked), atomic_load(&lookups), atomic_load(&accepted));

		return answer(p->fd, "200 OK", "application/json", counts, (size_t)n, true);
	}
	return answer_ids(p->fd, method, rest);
}

static void *
serve_connection(void *arg)
{
	struct peer *p = arg;
	bool open = true;

	while (open)
		open = serve(p);
	close(p->fd);
	free(p);
	return NULL;
}

/* A list is the template `length` times, with ids of its own each. */
static char *
build_list(const char *item, int length)
{
	size_t size = (size_t)length * (strlen(item) + 128), n = 1;
	char *list = calloc(1, size);

	if (list == NULL)
		exit(2);
	list[0] = '[';
	for (int i = 0; i < length; i++) {
		const char *at = strstr(item, "@ID@");

		n += (size_t)snprintf(list + n, size - n, "%s%.*s" CONTAINER_PREFIX "%016x%s",
			i > 0 ? "," : "", (int)(at - item), item, i, at + 4);
	}
	snprintf(list + n, size - n, "]\n");
	return list;
}

static int
listen_at(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 || chmod(path, 0666) != 0 ||
		listen(fd, 4096) != 0) {
		perror(path);
		exit(2);
	}
	return fd;
}

int
main(int argc, char **argv)
{
	pthread_attr_t attr;
	pthread_t thread;
	int at;

	if (argc != 3) {
		fputs("usage: stub SOCKET TEMPLATES\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	container_json = read_template(argv[2], "container.json");
	exec_json = read_template(argv[2], "exec.json");
	version_json = read_template(argv[2], "version.json");
	list_json = build_list(read_template(argv[2], "list_item.json"), LIST_LENGTH);
	long_list_json = build_list(read_template(argv[2], "list_item.json"), LONG_LIST_LENGTH);
	for (size_t i = 0; i < BLOCK; i++)
		pattern[i] = session_pattern(i);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, (size_t)192 * 1024);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	at = listen_at(argv[1]);
	for (;;) {
		struct peer *p = calloc(1, sizeof(*p));

		if (p == NULL)
			return 1;
		p->fd = accept4(at, NULL, NULL, SOCK_CLOEXEC);
		atomic_fetch_add(&accepted, 1);
		if (p->fd < 0 || pthread_create(&thread, &attr, serve_connection, p) != 0) {
			perror("stub: accept");
			return 1;
		}
	}
}
