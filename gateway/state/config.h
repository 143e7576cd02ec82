/*
 * config: one option table, read into one immutable snapshot.
 *
 * The file is JSON with comments. Every option stands once in the table of
 * config_table.c with name, type, default, limits and help; reading, `fairlead
 * check`, `--help`, the man page's list and the sample's check come from it.
 * A snapshot is built whole or not at all and never changes after; a worker is
 * born with one and dies with it. Times are in milliseconds here, in seconds in the file.
 */
#ifndef FAIRLEAD_STATE_CONFIG_H
#define FAIRLEAD_STATE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/log.h"
#include "base/text.h"
#include "format/http.h"

struct config_address {
	char *text; /* as written: "0.0.0.0:2376", "[::1]:2376", "unix:/run/docker.sock", "tcp:127.0.0.1:2375" */
	bool is_unix;
	char *path; /* is_unix */
	char *host; /* numeric IPv4 or IPv6, no brackets */
	uint16_t port;
};

struct config_certificate {
	char *cert; /* PEM file: the certificate, then its chain */
	char *key;  /* PEM file */
};

enum config_client_cert { CLIENT_CERT_OFF, CLIENT_CERT_OPTIONAL, CLIENT_CERT_REQUIRED };
enum config_cert_tenant { CERT_TENANT_SAN_URI, CERT_TENANT_CN };
enum config_tty_mismatch { TTY_MISMATCH_SERVE, TTY_MISMATCH_REFUSE };

/* A folder of the host that a tenant may mount. Read-only: with all below it. With `write` only itself:
 * what is below can be replaced by a link from inside, which the engine would follow on the host. */
struct config_bind {
	char *path; /* clean, absolute */
	bool write;
};

/* 0: no limit. Memory, CPUs and pids count for all containers that exist, running or not; `container_*`
 * is what one gets whose create says nothing (0: an eighth of the tenant's). */
struct config_quota {
	uint64_t containers, volumes, networks;
	uint64_t execs;                          /* running at one time */
	uint64_t sessions;                       /* requests and streams at one time */
	uint64_t memory, container_memory;       /* bytes */
	uint64_t nano_cpus, container_nano_cpus; /* 1e9: one CPU */
	uint64_t pids, container_pids;
	uint64_t requests; /* a second; a burst of ten seconds' worth is let through */
	uint64_t bytes;    /* a second, of raw streams, both ways together */
};

struct config_tenant {
	char *name; /* [a-z0-9][a-z0-9_.-]{0,62}, without "--", not ending in '-': see format/space.h */
	unsigned rights; /* enum right: the preset's and the grants' */
	char *preset;    /* as written */
	struct config_bind *binds;
	unsigned bind_count;
	/* Lists end with NULL and are NULL when empty. */
	char **grants;  /* as written */
	char **cap_add; /* "NET_ADMIN", without CAP_ */
	char **images; /* shared images that it may see, run and pull: patterns of names, "alpine:*" */
	char **own_images; /* repositories with a registry's name that are its own: patterns */
	uint16_t port_first, port_last; /* of the host, that it may publish on; 0: none */
	char *port_host;                /* the address they are published on; NULL: any */
	bool extra_hosts;               /* ExtraHosts, but for host-gateway */
	struct config_quota quota;
};

/* An HTTP server for a group of paths that the engine does not have ("snapshots", "cron", ...). */
struct config_backend {
	char *group;
	struct config_address address;
};

struct config {
	struct config_address *listen;
	unsigned listen_count;
	struct config_address engine;
	char *admin_socket; /* NULL: none */
	unsigned workers;   /* 1 to 64; the file's 0 becomes the number of cores */
	char *user, *group; /* what workers become; NULL: stay */
	char *credentials;  /* file of the credential store */
	char *owner_label;
	struct config_tenant *tenants;
	unsigned tenant_count;
	struct config_backend *backends;
	unsigned backend_count;
	char **origins;           /* of browsers that may open WebSockets; NULL: none. "*": any */
	uint64_t max_sessions;    /* rows of the board */
	uint64_t max_connections; /* a worker's */
	bool sandbox;

	struct config_certificate *certificates;
	unsigned certificate_count;
	char *client_ca; /* PEM file */
	enum config_client_cert client_cert;
	enum config_cert_tenant cert_tenant;
	char *cert_uri_prefix; /* with CERT_TENANT_SAN_URI: the tenant is what follows it, up to '/' */
	uint64_t ticket_rotation_ms; /* 0: no tickets */

	char *hyper_region;
	bool hyper_replay_guard;

	struct http_limits head_limits;
	uint64_t max_body;   /* of a body held to be judged; 413 */
	uint64_t max_hold;   /* client bytes held before the engine's head */
	uint64_t max_answer; /* of an engine's answer held to be filtered */

	uint64_t handshake_timeout_ms;
	uint64_t head_timeout_ms;      /* from the first byte of a head to its end */
	uint64_t keepalive_timeout_ms; /* idle between requests */
	uint64_t body_timeout_ms;      /* between two pieces of a body */
	uint64_t write_timeout_ms;     /* an answer that the client does not take */
	uint64_t connect_timeout_ms;   /* to the engine */
	uint64_t
		answer_timeout_ms; /* the engine's head, for endpoints that do not wait by nature; */
	uint64_t linger_timeout_ms;       /* reading out the client after the end */
	uint64_t idle_session_timeout_ms; /* 0: never */
	uint64_t drain_timeout_ms;

	uint64_t tcp_keepalive_idle_ms, tcp_keepalive_interval_ms;
	unsigned tcp_keepalive_count;

	uint64_t engine_pool; /* idle connections kept by a worker */
	uint64_t owner_cache; /* entries a worker */
	enum config_tty_mismatch tty_mismatch;

	enum log_level log_level;
	enum log_format log_format;
};

/*
 * Reads and checks `path`: all errors are reported, each one as
 * "FILE:LINE:COLUMN: OPTION: what is wrong; what to do" appended as a line to `*errors`.
 * Files named by options must be readable; relative names are taken from the
 * config file's folder. Returns NULL when there was an error.
 */
struct config *config_read(const char *path, struct text *errors);
void config_free(struct config *c);
/* The effective configuration, as a file that config_read takes. No secret is in it. */
void config_print(const struct config *c, struct text *out);
/* The table, for --help, the man page's list (roff) and the documents' check ("names"). */
void config_print_help(struct text *out);
void config_print_roff(struct text *out);
void config_print_names(struct text *out);

const struct config_tenant *config_tenant(const struct config *c, struct span name);

#endif
