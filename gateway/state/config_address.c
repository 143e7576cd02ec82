/*
 * config_address: addresses as the configuration writes them. Literal ones
 * only: a name could change its meaning between the check and its use.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "state/config_reader.h"

#define UNIX_PATH_MAX (sizeof(((struct sockaddr_un *)0)->sun_path) - 1)

void
config_address_free(struct config_address *a)
{
	free(a->text);
	free(a->path);
	free(a->host);
	memset(a, 0, sizeof(*a));
}

char *
config_address_host(struct span s)
{
	char written[INET6_ADDRSTRLEN], canonical[INET6_ADDRSTRLEN];
	unsigned char address[sizeof(struct in6_addr)];
	int family = memchr(s.p, ':', s.len) ? AF_INET6 : AF_INET;

	if (!span_copy(s, written, sizeof(written)) || inet_pton(family, written, address) != 1 ||
		!inet_ntop(family, address, canonical, sizeof(canonical)))
		return NULL;
	return strdup(canonical);
}

/* Checks and keeps the canonical form, so that "::1" and "0:0::1" are the same. */
static const char *
set_host(struct span host, bool ipv6, struct config_address *out)
{
	int family = ipv6 ? AF_INET6 : AF_INET;
	char written[INET6_ADDRSTRLEN], canonical[INET6_ADDRSTRLEN];
	unsigned char address[sizeof(struct in6_addr)];

	if (!span_copy(host, written, sizeof(written)) || inet_pton(family, written, address) != 1)
		return ipv6 ? "the brackets do not hold an IPv6 address"
			    : "has no literal IP address (names are not looked up)";
	if (!inet_ntop(family, address, canonical, sizeof(canonical)))
		return "has no literal IP address";
	out->host = strdup(canonical);
	return out->host ? NULL : "no memory";
}

static const char *
set_port(struct span port, struct config_address *out)
{
	uint64_t n;

	if (!span_u64(port, &n) || n < 1 || n > UINT16_MAX)
		return "has no port from 1 to 65535";
	out->port = (uint16_t)n;
	return NULL;
}

/* "IP:PORT" or "[IPv6]:PORT" */
static const char *
set_host_port(struct span s, struct config_address *out)
{
	bool ipv6 = s.len > 0 && s.p[0] == '[';
	struct span host;
	const char *why;

	if (ipv6) {
		s.p++;
		s.len--;
		host = span_cut(&s, ']');
		if (!s.p || s.len < 1 || s.p[0] != ':')
			return "has no \"]:PORT\"";
		s.p++;
		s.len--;
	} else {
		host = span_cut(&s, ':');
		if (!s.p)
			return "has no port";
		if (s.len > 0 && memchr(s.p, ':', s.len))
			return "has more than one ':' (IPv6 goes in brackets)";
	}
	why = set_host(host, ipv6, out);
	return why ? why : set_port(s, out);
}

static const char *
set_unix(struct span path, struct config_address *out)
{
	if (path.len < 2 || path.p[0] != '/')
		return "has no absolute path after \"unix:\"";
	if (path.len > UNIX_PATH_MAX)
		return "has a path of more than 107 bytes, the system's limit";
	out->is_unix = true;
	out->path = span_dup(path);
	return out->path ? NULL : "holds a NUL";
}

static const char *
set_text(struct span s, struct config_address *out)
{
	memset(out, 0, sizeof(*out));
	out->text = span_dup(s);
	return out->text ? NULL : "holds a NUL";
}

static struct span
after(struct span s, struct span prefix)
{
	return (struct span){ s.p + prefix.len, s.len - prefix.len };
}

bool
config_address_listen(struct span s, struct config_address *out, const char **why)
{
	*why = set_text(s, out);
	if (!*why)
		*why = set_host_port(s, out);
	return !*why;
}

bool
config_address_engine(struct span s, struct config_address *out, const char **why)
{
	*why = set_text(s, out);
	if (*why)
		return false;
	/* DOCKER_HOST's forms too: "unix://" leaves a path with more slashes, which is the same one. */
	if (span_starts(s, SPAN("unix:")))
		*why = set_unix(after(s, SPAN("unix:")), out);
	else if (span_starts(s, SPAN("tcp://")))
		*why = set_host_port(after(s, SPAN("tcp://")), out);
	else if (span_starts(s, SPAN("tcp:")))
		*why = set_host_port(after(s, SPAN("tcp:")), out);
	else
		*why = "begins with neither \"unix:\" nor \"tcp:\"";
	return !*why;
}

bool
config_address_same(const struct config_address *a, const struct config_address *b)
{
	if (a->is_unix || b->is_unix)
		return a->is_unix && b->is_unix && strcmp(a->path, b->path) == 0;
	return a->port == b->port && strcmp(a->host, b->host) == 0;
}
