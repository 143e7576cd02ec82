/*
 * session: the client side of the bench, cheap on purpose: it must not be what
 * is measured.
 */
#include "session.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <openssl/err.h>

#define READ_AHEAD ((size_t)128 * 1024)
#define GATHER 131072L

static SSL_CTX *tls;
static SSL_SESSION *ticket;
static uint16_t port;
static char authorization[256];

void
bench_die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("load: ", stderr);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, " (errno: %s; TLS: %s)\n", strerror(errno),
		ERR_reason_error_string(ERR_peek_last_error()));
	_exit(1);
}

static int
keep_ticket(SSL *ssl, SSL_SESSION *session)
{
	(void)ssl;
	if (ticket != NULL)
		return 0;
	ticket = session;
	return 1;
}

void
session_setup(uint16_t to_port, const char *key)
{
	int groups[] = { NID_X25519 };

	port = to_port;
	if (key != NULL)
		snprintf(authorization, sizeof(authorization), "Authorization: Bearer %s\r\n", key);
	tls = SSL_CTX_new(TLS_client_method());
	if (tls == NULL || SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION) != 1 ||
		SSL_CTX_set_ciphersuites(tls, "TLS_AES_128_GCM_SHA256") != 1 ||
		SSL_CTX_set1_groups(tls, groups, 1) != 1)
		bench_die("TLS cannot be set up");
	SSL_CTX_set_verify(tls, SSL_VERIFY_NONE, NULL);
	/* nginx ends a stream without close_notify; clients take that as an end too. */
	SSL_CTX_set_options(tls, SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_read_ahead(tls, 1);
	SSL_CTX_set_default_read_buffer_len(tls, READ_AHEAD);
	SSL_CTX_set_mode(tls,
		SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
			SSL_MODE_RELEASE_BUFFERS);
}

void
session_learn_ticket(void)
{
	char byte = 'x';
	struct session *s;

	SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(tls, keep_ticket);
	s = session_connect(false);
	session_exec(s, EXEC_ECHO, 0, 0, 0);
	session_write(s, &byte, 1);
	session_flush(s);
	if (session_read(s, &byte, 1) != 1 || ticket == NULL)
		bench_die("no ticket came with the session");
	SSL_CTX_sess_set_new_cb(tls, NULL);
	SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
	session_end(s);
	session_free(s);
}

/* A buffering BIO before the socket, so that bulk goes out in few sends. */
static void
attach_socket(struct session *s)
{
	BIO *sock = BIO_new_socket(s->fd, BIO_NOCLOSE);
	BIO *gather = BIO_new(BIO_f_buffer());

	if (sock == NULL || gather == NULL || BIO_set_write_buffer_size(gather, GATHER) != 1)
		bench_die("no memory");
	BIO_up_ref(sock);
	SSL_set0_rbio(s->ssl, sock);
	SSL_set0_wbio(s->ssl, BIO_push(gather, sock));
}

struct session *
session_connect(bool resume)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct session *s = calloc(1, sizeof(*s));
	int on = 1;

	if (s == NULL)
		bench_die("no memory");
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->fd < 0 || connect(s->fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		bench_die("connect to port %u", (unsigned)port);
	setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	s->ssl = SSL_new(tls);
	if (s->ssl == NULL)
		bench_die("no memory");
	attach_socket(s);
	if (resume && SSL_set_session(s->ssl, ticket) != 1)
		bench_die("the ticket cannot be used");
	if (SSL_connect(s->ssl) != 1)
		bench_die("handshake");
	session_flush(s);
	s->resumed = SSL_session_reused(s->ssl) == 1;
	if (resume && !s->resumed)
		bench_die("the server did not resume");
	return s;
}

void
session_flush(struct session *s)
{
	if (BIO_flush(SSL_get_wbio(s->ssl)) != 1)
		bench_die("write");
}

void
session_write(struct session *s, const void *bytes, size_t len)
{
	const char *p = bytes;

	while (len > 0) {
		size_t n = 0;

		if (SSL_write_ex(s->ssl, p, len, &n) != 1)
			bench_die("TLS write");
		p += n;
		len -= n;
	}
}

uint64_t
session_write_until_stalled(struct session *s, int patience_ms)
{
	static const char block[SESSION_BUFFER];
	struct timeval patience = { .tv_sec = patience_ms / 1000,
		.tv_usec = patience_ms % 1000 * 1000L };
	uint64_t total = 0;
	size_t n;

	setsockopt(s->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	while (SSL_write_ex(s->ssl, block, sizeof(block), &n) == 1)
		total += n;
	if (SSL_get_error(s->ssl, 0) != SSL_ERROR_WANT_WRITE)
		bench_die("the session broke instead of stalling");
	return total;
}

/* Adds what the connection has to the buffer; 0: its orderly end. */
static size_t
fill(struct session *s)
{
	size_t n = 0;

	if (s->from == s->to)
		s->from = s->to = 0;
	if (s->to == sizeof(s->buffer))
		bench_die("a head or a chunk line is too long");
	if (SSL_read_ex(s->ssl, s->buffer + s->to, sizeof(s->buffer) - s->to, &n) != 1) {
		if (SSL_get_error(s->ssl, 0) != SSL_ERROR_ZERO_RETURN)
			bench_die("TLS read");
		return 0;
	}
	s->to += n;
	return n;
}

size_t
session_read(struct session *s, void *bytes, size_t len)
{
	size_t have = s->to - s->from;
	size_t n = 0;

	if (have > 0) {
		n = have < len ? have : len;
		memcpy(bytes, s->buffer + s->from, n);
		s->from += n;
		return n;
	}
	if (SSL_read_ex(s->ssl, bytes, len, &n) != 1 &&
		SSL_get_error(s->ssl, 0) != SSL_ERROR_ZERO_RETURN)
		bench_die("TLS read");
	return n;
}

/* The unread bytes up to and with `end`, as a string that is consumed. */
static char *
take_until(struct session *s, const char *end)
{
	for (;;) {
		unsigned char *at = memmem(s->buffer + s->from, s->to - s->from, end, strlen(end));
		char *line = (char *)s->buffer + s->from;

		if (at != NULL) {
			*at = '\0';
			s->from = (size_t)(at - s->buffer) + strlen(end);
			return line;
		}
		if (fill(s) == 0)
			bench_die("the connection ended inside an answer: %.*s",
				(int)(s->to - s->from), line);
	}
}

void
session_exec(struct session *s, enum exec_mode mode, uint64_t bytes, uint64_t container,
	uint64_t serial)
{
	static const char body[] = "{\"Detach\":false,\"Tty\":true}";
	char head[1024];
	const char *answer;
	int n = snprintf(head, sizeof(head),
		"POST /v1.41/exec/%x%015llx%016llx%032llx/start HTTP/1.1\r\nHost: docker\r\n"
		"User-Agent: Docker-Client/20.10.24 (linux)\r\n%sContent-Length: %zu\r\nConnection: Upgrade\r\n"
		"Content-Type: application/json\r\nUpgrade: tcp\r\n\r\n%s",
		(unsigned)mode, (unsigned long long)bytes, (unsigned long long)container,
		(unsigned long long)serial, authorization, sizeof(body) - 1, body);

	session_write(s, head, (size_t)n);
	session_flush(s);
	answer = take_until(s, "\r\n\r\n");
	if (strncmp(answer, "HTTP/1.1 101 ", 13) != 0)
		bench_die("exec start was answered: %s\n%.*s", answer, (int)(s->to - s->from),
			s->buffer + s->from);
}

static void
skip(struct session *s, size_t len)
{
	while (len > 0) {
		size_t n;

		if (s->from == s->to && fill(s) == 0)
			bench_die("the connection ended inside a body");
		n = s->to - s->from < len ? s->to - s->from : len;
		s->from += n;
		len -= n;
	}
}

static size_t
skip_chunked(struct session *s)
{
	size_t total = 0;

	for (;;) {
		size_t len = strtoul(take_until(s, "\r\n"), NULL, 16);

		skip(s, len + 2);
		if (len == 0)
			return total;
		total += len;
	}
}

size_t
session_get(struct session *s, const char *path)
{
	char head[1024];
	const char *answer, *length;
	size_t len;
	int n = snprintf(head, sizeof(head),
		"GET %s HTTP/1.1\r\nHost: docker\r\nUser-Agent: Docker-Client/20.10.24 (linux)\r\n%s\r\n",
		path, authorization);

	session_write(s, head, (size_t)n);
	session_flush(s);
	answer = take_until(s, "\r\n\r\n");
	if (strncmp(answer, "HTTP/1.1 200 ", 13) != 0)
		bench_die("GET %s was answered: %s", path, answer);
	if (strcasestr(answer, "\r\ntransfer-encoding: chunked") != NULL)
		return skip_chunked(s);
	length = strcasestr(answer, "\r\ncontent-length:");
	if (length == NULL)
		bench_die("GET %s: the answer has no length", path);
	len = strtoul(length + strlen("\r\ncontent-length:"), NULL, 10);
	skip(s, len);
	return len;
}

void
session_end(struct session *s)
{
	if (SSL_shutdown(s->ssl) < 0)
		bench_die("close_notify");
	session_flush(s);
}

void
session_free(struct session *s)
{
	SSL_set_quiet_shutdown(s->ssl, 1);
	SSL_free(s->ssl);
	close(s->fd);
	free(s);
}

void
session_reset(struct session *s)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	session_free(s);
}
