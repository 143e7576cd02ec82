/*
 * pump: the floor of the bench: TLS to a unix socket and nothing else: no HTTP,
 * no authentication, no limits, no timeouts. What a gateway costs beyond this is its own.
 *
 * One process, epoll; 128 KiB read-ahead, ciphertext of many records gathered into one send.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <openssl/ssl.h>

#define BLOCK ((size_t)128 * 1024)
#define GATHER (BLOCK + (size_t)16 * 1024)

/* What a socket did not take, kept until it does. */
struct rest {
	char *bytes;
	size_t from, to;
};

struct pump;

struct end {
	struct pump *pump; /* NULL: the listening socket */
	int fd;
	uint32_t armed;
	struct rest rest;
};

struct pump {
	struct end client, engine;
	SSL *ssl;
	bool open; /* the handshake is over */
	bool client_ended, engine_ended;
	bool up_shut, down_shut;
	bool drained; /* the client's socket gave less than was asked: a read more is wasted */
	bool dead;
};

static int poller;
static SSL_CTX *tls;
static struct sockaddr_un engine_at = { .sun_family = AF_UNIX };
static char plain[BLOCK];
static char gather[GATHER]; /* ciphertext of the pump at work */
static size_t gathered;

static void
arm(struct end *e, uint32_t what)
{
	struct epoll_event ev = { .events = what, .data.ptr = e };

	if (e->armed == what)
		return;
	e->armed = what;
	epoll_ctl(poller, EPOLL_CTL_MOD, e->fd, &ev);
}

/* Sends; keeps what does not go. -1: the other side is gone. */
static int
put(struct end *e, const char *bytes, size_t len)
{
	ssize_t n = 0;

	if (e->rest.to == e->rest.from && len > 0)
		n = send(e->fd, bytes, len, MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN)
		return -1;
	if (n < 0)
		n = 0;
	if ((size_t)n == len)
		return 0;
	if (e->rest.bytes == NULL)
		e->rest = (struct rest){ .bytes = malloc(GATHER + BLOCK) };
	len -= (size_t)n;
	if (e->rest.bytes == NULL || e->rest.to + len > GATHER + BLOCK)
		return -1;
	memcpy(e->rest.bytes + e->rest.to, bytes + n, len);
	e->rest.to += len;
	return 0;
}

static int
put_rest(struct end *e)
{
	struct rest *r = &e->rest;
	ssize_t n;

	if (r->bytes == NULL)
		return 0;
	n = send(e->fd, r->bytes + r->from, r->to - r->from, MSG_NOSIGNAL);
	if (n < 0)
		return errno == EAGAIN ? 0 : -1;
	r->from += (size_t)n;
	if (r->from == r->to) {
		free(r->bytes);
		*r = (struct rest){ 0 };
	}
	return 0;
}

static int
flush_gathered(struct pump *p)
{
	size_t n = gathered;

	gathered = 0;
	return put(&p->client, gather, n);
}

static int
wire_write(BIO *b, const char *bytes, int len)
{
	(void)b;
	if (gathered + (size_t)len > sizeof(gather))
		return -1;
	memcpy(gather + gathered, bytes, (size_t)len);
	gathered += (size_t)len;
	return len;
}

static int
wire_read(BIO *b, char *bytes, int len)
{
	struct pump *p = BIO_get_data(b);
	ssize_t n = -1;

	BIO_clear_retry_flags(b);
	if (!p->drained)
		n = recv(p->client.fd, bytes, (size_t)len, 0);
	if (p->drained || (n < 0 && errno == EAGAIN))
		BIO_set_retry_read(b);
	p->drained = n != 0 && n < len;
	return (int)n;
}

static long
wire_ctrl(BIO *b, int cmd, long num, void *ptr)
{
	(void)b;
	(void)num;
	(void)ptr;
	return cmd == BIO_CTRL_FLUSH;
}

static BIO *
wire_new(struct pump *p)
{
	static BIO_METHOD *method;
	BIO *b;

	if (method == NULL) {
		method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire");
		BIO_meth_set_write(method, wire_write);
		BIO_meth_set_read(method, wire_read);
		BIO_meth_set_ctrl(method, wire_ctrl);
	}
	b = BIO_new(method);
	BIO_set_data(b, p);
	BIO_set_init(b, 1);
	return b;
}

static void
pump_free(struct pump *p)
{
	SSL_set_quiet_shutdown(p->ssl, 1);
	SSL_free(p->ssl);
	close(p->client.fd);
	if (p->engine.fd >= 0)
		close(p->engine.fd);
	free(p->client.rest.bytes);
	free(p->engine.rest.bytes);
	free(p);
}

static int
open_engine(struct pump *p)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = &p->engine };

	p->engine = (struct end){ .pump = p, .armed = EPOLLIN };
	p->engine.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (p->engine.fd < 0 ||
		connect(p->engine.fd, (struct sockaddr *)&engine_at, sizeof(engine_at)) != 0)
		return -1;
	p->open = true;
	return epoll_ctl(poller, EPOLL_CTL_ADD, p->engine.fd, &ev);
}

static int
handshake(struct pump *p)
{
	int r = SSL_accept(p->ssl);

	if (flush_gathered(p) != 0)
		return -1;
	if (r == 1)
		return open_engine(p);
	return SSL_get_error(p->ssl, r) == SSL_ERROR_WANT_READ ? 0 : -1;
}

static int
move_up(struct pump *p)
{
	while (!p->client_ended && p->engine.rest.bytes == NULL) {
		size_t have = 0, n;

		while (have < BLOCK && SSL_read_ex(p->ssl, plain + have, BLOCK - have, &n) == 1)
			have += n;
		if (put(&p->engine, plain, have) != 0)
			p->client_ended = true; /* the engine reads no more; its output goes on */
		if (have == BLOCK)
			continue;
		switch (SSL_get_error(p->ssl, 0)) {
		case SSL_ERROR_WANT_READ:
			return 0;
		case SSL_ERROR_ZERO_RETURN:
			p->client_ended = true;
			break;
		default:
			return -1;
		}
	}
	return 0;
}

static int
move_down(struct pump *p)
{
	size_t have = 0, sent;
	ssize_t n;

	if (p->engine_ended || p->client.rest.bytes != NULL)
		return 0;
	n = recv(p->engine.fd, plain, BLOCK, 0);
	if (n < 0)
		return errno == EAGAIN ? 0 : -1;
	have = (size_t)n;
	p->engine_ended = n == 0;
	for (size_t at = 0; at < have; at += sent)
		if (SSL_write_ex(p->ssl, plain + at, have - at, &sent) != 1)
			return -1;
	return flush_gathered(p);
}

/* Passes ends on, once what came before them has gone. */
static int
pass_ends(struct pump *p)
{
	if (p->client_ended && !p->up_shut && p->engine.rest.bytes == NULL) {
		p->up_shut = true;
		shutdown(p->engine.fd, SHUT_WR);
	}
	if (p->engine_ended && !p->down_shut && p->client.rest.bytes == NULL) {
		p->down_shut = true;
		SSL_shutdown(p->ssl);
		if (flush_gathered(p) != 0)
			return -1;
		if (p->client.rest.bytes == NULL)
			shutdown(p->client.fd, SHUT_WR);
	}
	return p->client_ended && p->down_shut && p->client.rest.bytes == NULL ? -1 : 0;
}

static int
step(struct pump *p, const struct end *ready)
{
	p->drained = false;
	if (!p->open) {
		if (handshake(p) != 0)
			return -1;
		if (!p->open)
			return 0;
	}
	if (put_rest(&p->client) != 0 || (put_rest(&p->engine) != 0 && p->engine_ended))
		return -1;
	if ((ready == &p->client || SSL_has_pending(p->ssl)) && move_up(p) != 0)
		return -1;
	if (ready == &p->engine && move_down(p) != 0)
		return -1;
	if (pass_ends(p) != 0)
		return -1;
	arm(&p->client,
		(p->client_ended || p->engine.rest.bytes != NULL ? 0 : EPOLLIN) |
			(p->client.rest.bytes != NULL ? EPOLLOUT : 0));
	arm(&p->engine,
		(p->engine_ended || p->client.rest.bytes != NULL ? 0 : EPOLLIN) |
			(p->engine.rest.bytes != NULL ? EPOLLOUT : 0));
	return 0;
}

static void
accept_client(int at)
{
	struct epoll_event ev = { .events = EPOLLIN };
	struct pump *p = calloc(1, sizeof(*p));
	int on = 1;
	BIO *b;

	if (p == NULL)
		return;
	p->client = (struct end){ .pump = p, .armed = EPOLLIN };
	p->client.fd = accept4(at, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (p->client.fd < 0) {
		free(p);
		return;
	}
	setsockopt(p->client.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	p->engine.fd = -1;
	p->ssl = SSL_new(tls);
	b = wire_new(p);
	SSL_set_bio(p->ssl, b, b);
	ev.data.ptr = &p->client;
	epoll_ctl(poller, EPOLL_CTL_ADD, p->client.fd, &ev);
}

static int
set_up(const char *port, const char *pem)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)strtoul(port, NULL, 10)) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(fd, 4096) != 0)
		return -1;
	tls = SSL_CTX_new(TLS_server_method());
	if (tls == NULL || SSL_CTX_use_certificate_chain_file(tls, pem) != 1 ||
		SSL_CTX_use_PrivateKey_file(tls, pem, SSL_FILETYPE_PEM) != 1 ||
		SSL_CTX_set_ciphersuites(tls, "TLS_AES_128_GCM_SHA256") != 1)
		return -1;
	SSL_CTX_set_read_ahead(tls, 1);
	SSL_CTX_set_default_read_buffer_len(tls, BLOCK);
	SSL_CTX_set_mode(tls,
		SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
			SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
	return fd;
}

int
main(int argc, char **argv)
{
	struct epoll_event events[64], ev = { .events = EPOLLIN };
	struct end listener = { 0 };

	if (argc != 4) {
		fputs("usage: pump PORT PEM SOCKET\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	snprintf(engine_at.sun_path, sizeof(engine_at.sun_path), "%s", argv[3]);
	listener.fd = set_up(argv[1], argv[2]);
	poller = epoll_create1(EPOLL_CLOEXEC);
	ev.data.ptr = &listener;
	if (listener.fd < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, listener.fd, &ev) != 0) {
		perror("pump");
		return 1;
	}
	for (;;) {
		struct pump *dead[64];
		int n = epoll_wait(poller, events, 64, -1), deaths = 0;

		for (int i = 0; i < n; i++) {
			struct end *e = events[i].data.ptr;

			if (e->pump == NULL)
				accept_client(e->fd);
			else if (!e->pump->dead &&
				((events[i].events & EPOLLERR) != 0 || step(e->pump, e) != 0)) {
				e->pump->dead = true;
				dead[deaths++] = e->pump;
			}
		}
		/* Both ends of one may be among the events: freed at the end of the turn only. */
		while (deaths > 0)
			pump_free(dead[--deaths]);
	}
}
