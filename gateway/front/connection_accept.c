/*
 * connection_accept: a descriptor becomes a connection.
 */
#include <arpa/inet.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "front/front.h"

static void
peer_print(const struct sockaddr *sa, char *out, size_t size)
{
	char host[INET6_ADDRSTRLEN] = "?";

	if (sa->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)sa;

		inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
		snprintf(out, size, "%s:%u", host, ntohs(in->sin_port));
	} else if (sa->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)sa;

		inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
		snprintf(out, size, "[%s]:%u", host, ntohs(in6->sin6_port));
	} else {
		snprintf(out, size, "unix");
	}
}

static struct connection *
connection_new(struct house *h, const struct sockaddr *peer)
{
	struct connection *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->http = calloc(1, sizeof(*c->http));
	if (!c->http) {
		free(c);
		return NULL;
	}
	c->house = h;
	c->since_ms = clock_mono_ms();
	text_init(&c->http->in, 0);
	peer_print(peer, c->http->peer, sizeof(c->http->peer));
	evtimer_assign(&c->http->timer, h->r->base, connection_timeout, c);
	return c;
}

void
house_accept(struct house *h, int fd, const struct sockaddr *peer, socklen_t len)
{
	struct connection *c = connection_new(h, peer);
	SSL *ssl = c ? tls_accept(h->tls) : NULL;

	(void)len;
	if (!ssl) {
		close(fd);
		if (c)
			connection_free(c);
		return;
	}
	c->channel = channel_new(h->r, fd, ssl, &connection_handler, c);
	if (!c->channel) {
		connection_free(c);
		return;
	}
	channel_on_close(c->channel, house_left, h);
	h->open++;
	c->next = h->connections;
	if (c->next)
		c->next->prev = c;
	h->connections = c;
	connection_emit(c, EVENT_CONNECTION_OPEN, NULL);
	connection_state_set(c, CONNECTION_HANDSHAKE);
}
