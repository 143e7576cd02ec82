/*
 * config_table: the one table of options. An option is a member of struct
 * config and a row here; all else (reading, printing, help, man page) follows.
 */
#include "state/config_table.h"

#include <string.h>

#define FIELD(member) offsetof(struct config, member), sizeof(((struct config *)0)->member)
#define NO_LIMITS 0, 0, false, NULL
#define LIMITS(least, most) (least), (most), false, NULL
#define LIMITS_OR_0(least, most) (least), (most), true, NULL
#define CHOICE(words) 0, 0, false, (words)

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define SECOND UINT64_C(1000)
#define DAY (86400 * SECOND)
/* Least of the timeouts: less cuts honest clients on a busy machine, tests need little. */
#define MOMENT UINT64_C(10)

static const char *const words_client_cert[] = {
	[CLIENT_CERT_OFF] = "off",
	[CLIENT_CERT_OPTIONAL] = "optional",
	[CLIENT_CERT_REQUIRED] = "required",
	NULL,
};
static const char *const words_cert_tenant[] = {
	[CERT_TENANT_SAN_URI] = "san-uri",
	[CERT_TENANT_CN] = "cn",
	NULL,
};
static const char *const words_tty_mismatch[] = {
	[TTY_MISMATCH_SERVE] = "serve",
	[TTY_MISMATCH_REFUSE] = "refuse",
	NULL,
};
static const char *const words_level[] = {
	[LOG_DEBUG] = "debug",
	[LOG_INFO] = "info",
	[LOG_WARN] = "warn",
	[LOG_ERROR] = "error",
	NULL,
};
static const char *const words_format[] = {
	[LOG_KEYVALUE] = "keyvalue",
	[LOG_JSON] = "json",
	NULL,
};

static const struct option rows[] = {
	{ "listen", OPTION_LISTEN, FIELD(listen), "[\"0.0.0.0:2376\"]", LIMITS(1, 16),
		"Addresses that tenants connect to, for example [\"0.0.0.0:2376\", \"[::]:2376\"]. "
		"Literal IPv4, or IPv6 in brackets, with a port; names are not looked up." },
	{ "engine", OPTION_ENGINE, FIELD(engine), "\"unix:/var/run/docker.sock\"", NO_LIMITS,
		"The Docker engine: \"unix:/PATH\" or \"tcp:IP:PORT\" (plain HTTP, for loopback or a "
		"network of its own). Whoever reaches it there is root on its host." },
	{ "admin_socket", OPTION_PATH, FIELD(admin_socket), "null", LIMITS(1, 107),
		"Unix socket of the admin listener (health, metrics, sessions); null: none. Who may "
		"connect to it administers the gateway." },
	{ "workers", OPTION_NUMBER, FIELD(workers), "0", LIMITS_OR_0(1, 64),
		"Worker processes; 0: one for each core that the gateway may use." },
	{ "user", OPTION_ACCOUNT, FIELD(user), "null", LIMITS(1, 32),
		"User that workers become; null: they stay who started the gateway." },
	{ "group", OPTION_ACCOUNT, FIELD(group), "null", LIMITS(1, 32),
		"Group that workers become; null: the user's own. They are in the group of the engine's "
		"socket too." },
	{ "credentials", OPTION_FILE, FIELD(credentials), NULL, LIMITS(1, 4095),
		"File of the credential store, mode 0600, kept by \"fairlead key\" and \"fairlead "
		"cert\"." },
	{ "owner_label", OPTION_STRING, FIELD(owner_label), "\"fairlead.tenant\"", LIMITS(1, 128),
		"Label of a container that names the tenant who owns it. A container without it is "
		"nobody's and stays hidden." },
	{ "tenants", OPTION_TENANTS, FIELD(tenants), NULL, LIMITS(0, 65536),
		"The tenants, each with its own options, which are listed at the end: {\"acme\": {}, "
		"\"beta\": {}}. A credential of any other tenant is refused. A name is 1 to 63 of a-z, "
		"0-9, '_', '.', '-', begins with a letter or digit, does not end in '-' and has no "
		"\"--\"." },
	{ "backends", OPTION_BACKENDS, FIELD(backends), "{}", LIMITS(0, 16),
		"HTTP servers for groups of paths that the engine does not have: {\"snapshots\": "
		"\"unix:/PATH\", \"cron\": \"tcp:IP:PORT\"}. A group without one is answered 501." },
	{ "sandbox", OPTION_BOOL, FIELD(sandbox), "true", NO_LIMITS,
		"Take from workers the files and system calls that they do not need (Landlock, seccomp). "
		"Switch it off to debug only." },

	{ "tls.certificates", OPTION_CERTIFICATES, FIELD(certificates), NULL, LIMITS(1, 16),
		"Certificates of the gateway: [{\"cert\": FILE, \"key\": FILE}]. PEM; the "
		"certificate first, then its chain. More than one: for other server names, or of other key "
		"types (ECDSA, RSA)." },
	{ "tls.client_ca", OPTION_FILE, FIELD(client_ca), "null", LIMITS(1, 4095),
		"PEM file of the authorities that client certificates are checked against." },
	{ "tls.client_cert", OPTION_CHOICE, FIELD(client_cert), "\"off\"",
		CHOICE(words_client_cert),
		"Whether clients show a certificate: never asked for, asked for, or no connection "
		"without a valid one. The last two need tls.client_ca." },
	{ "tls.tenant_from", OPTION_CHOICE, FIELD(cert_tenant), "\"san-uri\"",
		CHOICE(words_cert_tenant),
		"Where a client certificate names its tenant: the URI of its subjectAltName, or the "
		"common name of its subject." },
	{ "tls.uri_prefix", OPTION_STRING, FIELD(cert_uri_prefix), "\"urn:fairlead:tenant:\"",
		LIMITS(1, 200),
		"With tls.tenant_from \"san-uri\": the tenant is what follows this prefix, up to a "
		"'/'." },
	{ "tls.ticket_rotation", OPTION_TIME, FIELD(ticket_rotation_ms), "3600",
		LIMITS_OR_0(60 * SECOND, 2 * DAY),
		"Age at which the key of session tickets is replaced; tickets of the two keys before it "
		"are still taken. 0: no tickets, every handshake is a whole one." },

	{ "hyper.region", OPTION_STRING, FIELD(hyper_region), "\"us-west-1\"", LIMITS(1, 64),
		"Region that signatures of the Hyper scheme are made for." },
	{ "hyper.replay_guard", OPTION_BOOL, FIELD(hyper_replay_guard), "true", NO_LIMITS,
		"Take a signed request once only where sending it again would do something again (attach). A "
		"signature tells the second: the same attach twice within one second is refused once." },

	{ "websocket.origins", OPTION_ORIGINS, FIELD(origins), "[]", LIMITS(0, 64),
		"Origins of the pages whose browsers may open WebSockets: [\"https://HOST\"]; \"*\": "
		"any. Clients that are no browsers send no Origin and are not held to it." },

	{ "exec.tty_mismatch", OPTION_CHOICE, FIELD(tty_mismatch), "\"serve\"",
		CHOICE(words_tty_mismatch),
		"An exec started with another Tty than it was created with: served as engines do, or "
		"refused." },

	{ "limits.line", OPTION_SIZE, FIELD(head_limits.line), "\"8KiB\"", LIMITS(256, 64 * KIB),
		"Longest request line; 414 above it." },
	{ "limits.head", OPTION_SIZE, FIELD(head_limits.head), "\"32KiB\"", LIMITS(KIB, MIB),
		"Largest head of a request, line and fields; 431 above it." },
	{ "limits.fields", OPTION_NUMBER, FIELD(head_limits.fields), "64",
		LIMITS(8, HTTP_MAX_FIELDS), "Most fields of a head; 431 above it." },
	{ "limits.body", OPTION_SIZE, FIELD(max_body), "\"1MiB\"", LIMITS(KIB, 64 * MIB),
		"Largest request body that is held to be judged; 413 above it." },
	{ "limits.hold", OPTION_SIZE, FIELD(max_hold), "\"64KiB\"", LIMITS(KIB, 16 * MIB),
		"Most bytes of a session's client held before the engine has answered." },
	{ "limits.answer", OPTION_SIZE, FIELD(max_answer), "\"32MiB\"", LIMITS(64 * KIB, 64 * MIB),
		"Largest answer of the engine that is held to be filtered; 502 above it." },
	{ "limits.connections", OPTION_NUMBER, FIELD(max_connections), "10000", LIMITS(1, 1000000),
		"Most connections of clients to one worker; above it new ones wait in the kernel's "
		"queue." },
	{ "limits.sessions", OPTION_NUMBER, FIELD(max_sessions), "16384", LIMITS(1, 1048576),
		"Most requests served at one time by all workers; 503 above it. Taken at the start: a "
		"reload with another number is refused." },
	{ "limits.pool", OPTION_NUMBER, FIELD(engine_pool), "16", LIMITS_OR_0(1, 1024),
		"Idle connections to the engine kept by one worker." },
	{ "limits.owner_cache", OPTION_NUMBER, FIELD(owner_cache), "4096", LIMITS(1, 1048576),
		"Containers whose owner one worker remembers." },

	{ "timeouts.handshake", OPTION_TIME, FIELD(handshake_timeout_ms), "10", LIMITS(MOMENT, DAY),
		"From a connection's opening to the end of its TLS handshake." },
	{ "timeouts.head", OPTION_TIME, FIELD(head_timeout_ms), "10", LIMITS(MOMENT, DAY),
		"From the first byte of a request's head to its last; 408 after it." },
	{ "timeouts.keepalive", OPTION_TIME, FIELD(keepalive_timeout_ms), "120",
		LIMITS(MOMENT, DAY), "A connection without a request is closed after it." },
	{ "timeouts.body", OPTION_TIME, FIELD(body_timeout_ms), "30", LIMITS(MOMENT, DAY),
		"Between two pieces of a request's body; 408 after it." },
	{ "timeouts.write", OPTION_TIME, FIELD(write_timeout_ms), "60", LIMITS(MOMENT, DAY),
		"A client that takes nothing of its answer for so long is cut." },
	{ "timeouts.connect", OPTION_TIME, FIELD(connect_timeout_ms), "5", LIMITS(MOMENT, DAY),
		"Connecting to the engine; 502 after it." },
	{ "timeouts.answer", OPTION_TIME, FIELD(answer_timeout_ms), "60", LIMITS(MOMENT, DAY),
		"From a request to the head of the engine's answer, 504 after it; not for what waits by "
		"nature (wait, attach, exec start, ...)." },
	{ "timeouts.linger", OPTION_TIME, FIELD(linger_timeout_ms), "2",
		LIMITS(MOMENT, 60 * SECOND),
		"After the gateway's end of a connection: how long the client's last bytes are read out, "
		"so that it gets all of the answer." },
	{ "timeouts.idle_session", OPTION_TIME, FIELD(idle_session_timeout_ms), "0",
		LIMITS_OR_0(MOMENT, 30 * DAY),
		"A session (exec, attach) without a byte either way is ended after it; 0: never." },
	{ "timeouts.drain", OPTION_TIME, FIELD(drain_timeout_ms), "30",
		LIMITS_OR_0(MOMENT, 30 * DAY),
		"How long sessions may go on after the gateway was told to stop; 0: they are cut." },

	{ "tcp_keepalive.idle", OPTION_SECONDS, FIELD(tcp_keepalive_idle_ms), "60",
		LIMITS(SECOND, 32767 * SECOND), "A silent TCP connection is probed after it." },
	{ "tcp_keepalive.interval", OPTION_SECONDS, FIELD(tcp_keepalive_interval_ms), "15",
		LIMITS(SECOND, 3600 * SECOND), "Between two probes." },
	{ "tcp_keepalive.count", OPTION_NUMBER, FIELD(tcp_keepalive_count), "4", LIMITS(1, 127),
		"Probes without an answer before the connection is given up." },

	{ "log.level", OPTION_CHOICE, FIELD(log_level), "\"info\"", CHOICE(words_level),
		"Least level that is logged." },
	{ "log.format", OPTION_CHOICE, FIELD(log_format), "\"keyvalue\"", CHOICE(words_format),
		"Form of a log line." },
};

_Static_assert(sizeof(rows) / sizeof(rows[0]) <= OPTION_MAX, "make OPTION_MAX larger");
const struct option_set option_main = { rows, sizeof(rows) / sizeof(rows[0]) };

int
option_index(const struct option_set *set, struct span name)
{
	for (unsigned i = 0; i < set->count; i++) {
		if (span_eq(span_of(set->rows[i].name), name))
			return (int)i;
	}
	return -1;
}

const struct option *
option_find(const char *name)
{
	int i = option_index(&option_main, span_of(name));

	return i < 0 ? NULL : &rows[i];
}

struct span
option_group(const struct option *o)
{
	const char *dot = strchr(o->name, '.');

	return (struct span){ o->name, dot ? (size_t)(dot - o->name) : 0 };
}

struct span
option_member(const struct option *o)
{
	const char *dot = strchr(o->name, '.');

	return span_of(dot ? dot + 1 : o->name);
}

bool
option_is_required(const struct option *o)
{
	return !o->fallback;
}
