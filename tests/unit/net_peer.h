/*
 * net_peer: the other ends for tests of net/: a TLS client and a plain peer on
 * socket pairs, driven in turns with the reactor. Included by one test program each.
 */
#ifndef FAIRLEAD_TESTS_NET_PEER_H
#define FAIRLEAD_TESTS_NET_PEER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/channel.h"
#include "net/reactor.h"

/* Turns of the loop after which a test that waits has failed. */
#define PEER_TURNS 200000

static inline void
peer_turn(struct reactor *r)
{
	event_base_loop(r->base, EVLOOP_NONBLOCK);
}

static inline void
peer_pair(int fd[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fd), 0);
}

/* A server context with a fresh self-signed certificate. */
static inline SSL_CTX *
peer_server_ctx(int version)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	assert_non_null(key);
	X509_gmtime_adj(X509_getm_notBefore(x), -60);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_set_pubkey(x, key);
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	assert_int_equal(SSL_CTX_use_certificate(ctx, x), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(ctx, key), 1);
	SSL_CTX_set_min_proto_version(ctx, version);
	SSL_CTX_set_max_proto_version(ctx, version);
	SSL_CTX_set_options(ctx, SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_mode(ctx,
		SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
			SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	X509_free(x);
	EVP_PKEY_free(key);
	return ctx;
}

struct peer {
	struct reactor *r;
	int fd;
	SSL *ssl; /* NULL: plain */
	SSL_CTX *ctx;
};

static inline void
peer_tls(struct peer *p)
{
	p->ctx = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_mode(p->ctx,
		SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	p->ssl = SSL_new(p->ctx);
	SSL_set_fd(p->ssl, p->fd);
	for (int i = 0; i < PEER_TURNS; i++) {
		int n = SSL_connect(p->ssl);

		peer_turn(p->r);
		if (n == 1)
			return;
		assert_int_not_equal(SSL_get_error(p->ssl, n), SSL_ERROR_SSL);
	}
	fail_msg("no handshake");
}

/* What is there now: > 0, 0 at the end, -1 when there is nothing yet, -2 broken. */
static inline ssize_t
peer_read(struct peer *p, void *buf, size_t size)
{
	ssize_t n;

	if (!p->ssl) {
		n = read(p->fd, buf, size);
		return n >= 0 ? n : errno == EAGAIN ? -1 : -2;
	}
	n = SSL_read(p->ssl, buf, (int)size);
	if (n > 0)
		return n;
	switch (SSL_get_error(p->ssl, (int)n)) {
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	case SSL_ERROR_WANT_READ:
		return -1;
	default:
		ERR_clear_error();
		return -2;
	}
}

/* Bytes taken; 0 when none could be. */
static inline size_t
peer_write(struct peer *p, const void *buf, size_t len)
{
	ssize_t n;

	if (p->ssl)
		n = SSL_write(p->ssl, buf, (int)(len < 1 << 20 ? len : 1 << 20));
	else
		n = send(p->fd, buf, len, MSG_NOSIGNAL);
	ERR_clear_error();
	return n > 0 ? (size_t)n : 0;
}

static inline void
peer_free(struct peer *p)
{
	SSL_free(p->ssl);
	SSL_CTX_free(p->ctx);
	if (p->fd >= 0)
		close(p->fd);
}

#endif
