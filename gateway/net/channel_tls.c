/*
 * channel_tls: a channel's way through OpenSSL. A BIO of our own lets every
 * record that one write makes leave in one send, and spares the read that
 * would only say EAGAIN.
 */
#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include "net/channel_impl.h"

/* Cipher bytes of one look at the socket. All of them fit REACTOR_PLAIN_SIZE beside a record that
 * was incomplete, so that nothing stays inside TLS but the next such record. */
#define READ_AHEAD_FAR ((size_t)112 << 10)
/* While the other side is slow, likewise with REACTOR_PLAIN_SMALL. */
#define READ_AHEAD_NEAR ((size_t)32 << 10)

/* Plain HTTP begins with a method: a capital letter. TLS begins with 0x16. */
static bool
tls_bio_greet(struct channel *c, const char *buf)
{
	c->greeted = true;
	c->not_tls = buf[0] >= 'A' && buf[0] <= 'Z';
	return !c->not_tls;
}

static int
tls_bio_read(BIO *bio, char *buf, int size)
{
	struct channel *c = BIO_get_data(bio);
	ssize_t n;

	BIO_clear_retry_flags(bio);
	if (c->dry) {
		BIO_set_retry_read(bio);
		return -1;
	}
	if (c->near && size > (int)READ_AHEAD_NEAR)
		size = (int)READ_AHEAD_NEAR;
	n = recv(c->fd, buf, (size_t)size, 0);
	if (n > 0) {
		c->dry = n < size;
		return c->greeted || tls_bio_greet(c, buf) ? (int)n : -1;
	}
	if (n == 0) {
		c->fin = true;
		return 0;
	}
	if (errno == EAGAIN || errno == EINTR) {
		c->dry = true;
		BIO_set_retry_read(bio);
	}
	return -1;
}

static int
tls_bio_write(BIO *bio, const char *buf, int len)
{
	BIO_clear_retry_flags(bio);
	return channel_out_add(BIO_get_data(bio), buf, (size_t)len) == 0 ? len : -1;
}

static long
tls_bio_ctrl(BIO *bio, int cmd, long num, void *ptr)
{
	const struct channel *c = BIO_get_data(bio);

	(void)num;
	(void)ptr;
	switch (cmd) {
	case BIO_CTRL_FLUSH:
		return 1; /* channel_out_flush does it, once for all records */
	case BIO_CTRL_EOF:
		return c->fin;
	default:
		return 0;
	}
}

static BIO_METHOD *
tls_bio_method(void)
{
	static BIO_METHOD *method; /* constant once made; one a process */

	if (method)
		return method;
	method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "channel");
	if (method) {
		BIO_meth_set_read(method, tls_bio_read);
		BIO_meth_set_write(method, tls_bio_write);
		BIO_meth_set_ctrl(method, tls_bio_ctrl);
	}
	return method;
}

int
channel_tls_start(struct channel *c, SSL *ssl)
{
	BIO *bio = tls_bio_method() ? BIO_new(tls_bio_method()) : NULL;

	if (!bio) {
		SSL_free(ssl);
		return -1;
	}
	BIO_set_data(bio, c);
	BIO_set_init(bio, 1);
	SSL_set_bio(ssl, bio, bio);
	SSL_set_read_ahead(ssl, 1);
	c->ssl = ssl;
	return 0;
}

int
channel_tls_accept(struct channel *c, const char **why)
{
	int r, err;

	ERR_clear_error();
	r = SSL_accept(c->ssl);
	err = r == 1 ? SSL_ERROR_NONE : SSL_get_error(c->ssl, r);
	if (c->not_tls) {
		c->r->cipher_len = 0;
		*why = CHANNEL_NOT_TLS;
		return -1;
	}
	if (channel_out_flush(c) == -1) {
		*why = "connection reset in the TLS handshake";
		return -1;
	}
	if (r == 1)
		return 1;
	if (err == SSL_ERROR_WANT_READ || err == SSL_ERROR_WANT_WRITE)
		return 0;
	*why = ERR_reason_error_string(ERR_peek_error());
	if (!*why)
		*why = "the client left in the TLS handshake";
	ERR_clear_error();
	return -1;
}

/* Nothing more can come without the socket: spares the SSL_read that would only say so. */
static bool
tls_is_dry(const struct channel *c)
{
	return c->dry && !SSL_has_pending(c->ssl) &&
		!(SSL_get_shutdown(c->ssl) & SSL_RECEIVED_SHUTDOWN);
}

/* SSL_read gives a record at a time: go on until there is no more, or no more room. */
ssize_t
channel_tls_read(struct channel *c, void *buf, size_t size)
{
	size_t got = 0, n;
	int r = 1, err;

	if (c->bad)
		return CHANNEL_ERROR;
	while (got < size && !tls_is_dry(c)) {
		r = SSL_read_ex(c->ssl, (unsigned char *)buf + got, size - got, &n);
		if (r != 1)
			break;
		got += n;
	}
	err = r == 1 ? SSL_ERROR_NONE : SSL_get_error(c->ssl, r);
	if (r != 1)
		ERR_clear_error();
	/* Reading may have to answer: a key update, an alert. */
	if (c->r->cipher_len && channel_out_flush(c) == -1)
		return CHANNEL_ERROR;
	c->bad = err == SSL_ERROR_SSL || err == SSL_ERROR_SYSCALL;
	if (got > 0)
		return (ssize_t)got;
	if (err == SSL_ERROR_ZERO_RETURN)
		return 0;
	return c->bad ? CHANNEL_ERROR : CHANNEL_AGAIN;
}

int
channel_tls_write(struct channel *c, const void *buf, size_t len)
{
	size_t n;

	while (len > 0) {
		if (SSL_write_ex(c->ssl, buf, len, &n) != 1) {
			ERR_clear_error();
			c->broken = true;
			c->r->cipher_len = 0;
			return -1;
		}
		buf = (const unsigned char *)buf + n;
		len -= n;
	}
	return 0;
}

void
channel_tls_end(struct channel *c)
{
	if (SSL_shutdown(c->ssl) < 0)
		ERR_clear_error();
}

void
channel_bulk(struct channel *c)
{
	c->near = true;
	if (c->ssl)
		SSL_set_default_read_buffer_len(c->ssl, READ_AHEAD_FAR);
}

void
channel_read_ahead(struct channel *c, bool far)
{
	c->near = !far;
}

void
channel_drop_tls(struct channel *c)
{
	SSL_free(c->ssl);
	c->ssl = NULL;
	c->state = CHANNEL_OPEN;
	channel_arm(c);
}
