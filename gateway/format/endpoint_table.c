/*
 * endpoint_table: the operations of the Docker Engine API, one a row.
 *
 * Served rows first, then those that are refused. A refused operation has a row
 * too: its path is known, so it is answered 403 (or 404 where a client probes),
 * and a policy can name it. Of rows that match the same path the first counts,
 * so literal paths stand before those with a name in the same place.
 *
 * Sources: the Engine API's reference 1.24 to 1.51, moby daemon/server/router.
 */
#include <limits.h>

#include "format/endpoint_table.h"

/* clang-format off */

static const struct query_key query_none[] = {
	{ .name = NULL },
};

static const struct query_key query_size[] = {
	{ "h", QUERY_NUMBER, 1, 65535, NULL },
	{ "w", QUERY_NUMBER, 1, 65535, NULL },
	{ .name = NULL },
};

/*
 * Filters that name another object (ancestor, before, since, network, volume)
 * would tell whether it exists, so they are not in.
 */
static const struct query_key query_list[] = {
	{ "all",       QUERY_BOOL,     0, 0, NULL },
	{ "limit",     QUERY_NUMBER,  -1, INT_MAX, NULL }, /* docker-py: -1 for "no limit" */
	{ "size",      QUERY_BOOL,     0, 0, NULL },
	{ "filters",   QUERY_FILTERS,  0, 0, "status|name|id|exited|health|label" },
	{ "trunc_cmd", QUERY_DROPPED,  0, 0, NULL }, /* docker-py */
	{ .name = NULL },
};

static const struct query_key query_inspect[] = {
	{ "size", QUERY_BOOL, 0, 0, NULL },
	{ .name = NULL },
};

static const struct query_key query_logs[] = {
	{ "follow",     QUERY_BOOL, 0, 0, NULL },
	{ "stdout",     QUERY_BOOL, 0, 0, NULL },
	{ "stderr",     QUERY_BOOL, 0, 0, NULL },
	{ "since",      QUERY_TIME, 0, 0, NULL },
	{ "until",      QUERY_TIME, 0, 0, NULL },
	{ "timestamps", QUERY_BOOL, 0, 0, NULL },
	{ "tail",       QUERY_TAIL, 0, 0, NULL },
	{ "details",    QUERY_BOOL, 0, 0, NULL },
	{ .name = NULL },
};

static const struct query_key query_stats[] = {
	{ "stream",   QUERY_BOOL, 0, 0, NULL },
	{ "one-shot", QUERY_BOOL, 0, 0, NULL },
	{ .name = NULL },
};

/* ps runs on the host with these, so only known harmless ones; "e" would show the environment. */
static const struct query_key query_top[] = {
	{ "ps_args", QUERY_CHOICE, 0, 0, "-ef|-eF|-e|-ely|aux|-aux|axu|auxw|auxww" },
	{ .name = NULL },
};

static const struct query_key query_wait[] = {
	{ "condition", QUERY_CHOICE, 0, 0, "not-running|next-exit|removed" },
	{ .name = NULL },
};

static const struct query_key query_attach[] = {
	{ "logs",       QUERY_BOOL,        0, 0, NULL },
	{ "stream",     QUERY_BOOL,        0, 0, NULL },
	{ "stdin",      QUERY_BOOL,        0, 0, NULL },
	{ "stdout",     QUERY_BOOL,        0, 0, NULL },
	{ "stderr",     QUERY_BOOL,        0, 0, NULL },
	{ "detachKeys", QUERY_DETACH_KEYS, 0, 0, NULL },
	{ "hijack",     QUERY_DROPPED,     0, 0, NULL }, /* dockerode's own option */
	{ .name = NULL },
};

#define GET HTTP_GET
#define HEAD HTTP_HEAD
#define POST HTTP_POST
#define PUT HTTP_PUT
#define DELETE HTTP_DELETE
#define ANY (GET | HEAD | POST | PUT | DELETE | HTTP_OPTIONS | HTTP_PATCH | HTTP_OTHER)

#define SERVED(name, methods, path, class, object, answer, filter, body, query) \
	{ name, methods, path, class, OBJECT_##object, \
		ANSWER_##answer, FILTER_##filter, BODY_##body, query }
#define REFUSED(name, methods, path, class, answer) \
	{ name, methods, path, class, OBJECT_OTHER, \
		ANSWER_##answer, FILTER_NONE, BODY_REFUSED, query_none }
#define DENIED(name, methods, path) REFUSED(name, methods, path, EP_DENIED, PLAIN)
#define DENIED_STREAM(name, methods, path) REFUSED(name, methods, path, EP_DENIED, STREAM)
#define DENIED_HIJACK(name, methods, path) REFUSED(name, methods, path, EP_DENIED, HIJACK)
#define HIDDEN(name, methods, path) REFUSED(name, methods, path, EP_DENIED | EP_HIDDEN, PLAIN)

const struct endpoint endpoint_table[] = {
	/* Fixed answers. */
	SERVED("ping", GET | HEAD, "/_ping",
		EP_SAFE, NONE, PLAIN, NONE, REFUSED, query_none),
	SERVED("version", GET, "/version",
		EP_SAFE, NONE, PLAIN, NONE, REFUSED, query_none),
	SERVED("info", GET, "/info",
		EP_REDACT, NONE, PLAIN, INFO, REFUSED, query_none),

	/* Execs. One that is created by a repeated request cannot be started without a new signature, and
	 * the same command twice within a second signs alike. */
	SERVED("exec-create", POST, "/containers/{container}/exec",
		EP_OWNED | EP_JUDGED | EP_REPEAT, CONTAINER, PLAIN, EXEC_CREATED, EXEC_CREATE, query_none),
	SERVED("exec-start", POST, "/exec/{exec}/start",
		EP_OWNED | EP_JUDGED | EP_REPEAT, EXEC, HIJACK, NONE, EXEC_START, query_none),
	SERVED("exec-resize", POST, "/exec/{exec}/resize",
		EP_OWNED | EP_JUDGED | EP_REPEAT, EXEC, PLAIN, NONE, REFUSED, query_size),
	SERVED("exec-inspect", GET, "/exec/{exec}/json",
		EP_OWNED | EP_REDACT, EXEC, PLAIN, EXEC_INSPECT, REFUSED, query_none),

	/* Containers. */
	SERVED("container-list", GET, "/containers/json",
		EP_JUDGED | EP_REDACT, NONE, PLAIN, CONTAINER_LIST, REFUSED, query_list),
	SERVED("container-inspect", GET, "/containers/{container}/json",
		EP_OWNED | EP_REDACT, CONTAINER, PLAIN, CONTAINER_INSPECT, REFUSED, query_inspect),
	SERVED("container-logs", GET, "/containers/{container}/logs",
		EP_OWNED | EP_JUDGED, CONTAINER, STREAM, NONE, REFUSED, query_logs),
	SERVED("container-stats", GET, "/containers/{container}/stats",
		EP_OWNED | EP_JUDGED, CONTAINER, STREAM, NONE, REFUSED, query_stats),
	SERVED("container-top", GET, "/containers/{container}/top",
		EP_OWNED | EP_JUDGED, CONTAINER, PLAIN, NONE, REFUSED, query_top),
	SERVED("container-wait", POST, "/containers/{container}/wait",
		EP_OWNED | EP_JUDGED | EP_REPEAT, CONTAINER, STREAM, NONE, REFUSED, query_wait),
	SERVED("container-resize", POST, "/containers/{container}/resize",
		EP_OWNED | EP_JUDGED | EP_REPEAT, CONTAINER, PLAIN, NONE, REFUSED, query_size),
	SERVED("container-attach", POST, "/containers/{container}/attach",
		EP_OWNED | EP_JUDGED, CONTAINER, HIJACK, NONE, REFUSED, query_attach),

	/* Containers: what changes them, and what takes their files. */
	DENIED("container-create", POST, "/containers/create"),
	DENIED("container-prune", POST, "/containers/prune"),
	DENIED("container-changes", GET, "/containers/{container}/changes"),
	DENIED_STREAM("container-export", GET, "/containers/{container}/export"),
	DENIED("container-start", POST, "/containers/{container}/start"),
	DENIED("container-stop", POST, "/containers/{container}/stop"),
	DENIED("container-restart", POST, "/containers/{container}/restart"),
	DENIED("container-kill", POST, "/containers/{container}/kill"),
	DENIED("container-update", POST, "/containers/{container}/update"),
	DENIED("container-rename", POST, "/containers/{container}/rename"),
	DENIED("container-pause", POST, "/containers/{container}/pause"),
	DENIED("container-unpause", POST, "/containers/{container}/unpause"),
	DENIED_HIJACK("container-attach-ws", GET, "/containers/{container}/attach/ws"),
	DENIED("container-remove", DELETE, "/containers/{container}"),
	DENIED("archive-stat", HEAD, "/containers/{container}/archive"),
	DENIED_STREAM("archive", GET | PUT, "/containers/{container}/archive"),
	DENIED("checkpoint", GET | POST, "/containers/{container}/checkpoints"),
	DENIED("checkpoint-remove", DELETE, "/containers/{container}/checkpoints/{id}"),
	DENIED_STREAM("container-copy", POST, "/containers/{container}/copy"),
	DENIED("container-ps", GET, "/containers/ps"),

	/* Images, build, registries. */
	DENIED("image-list", GET, "/images/json"),
	DENIED_STREAM("image-pull", POST, "/images/create"),
	DENIED("image-search", GET, "/images/search"),
	DENIED("image-prune", POST, "/images/prune"),
	DENIED_STREAM("load", POST, "/images/load"),
	DENIED_STREAM("save-many", GET, "/images/get"),
	HIDDEN("image-inspect", GET, "/images/{name...}/json"),
	DENIED("image-history", GET, "/images/{name...}/history"),
	DENIED("image-attestations", GET, "/images/{name...}/attestations"),
	DENIED_STREAM("save", GET, "/images/{name...}/get"),
	DENIED_STREAM("push", POST, "/images/{name...}/push"),
	DENIED("image-tag", POST, "/images/{name...}/tag"),
	DENIED("image-insert", POST, "/images/{name...}/insert"),
	DENIED("image-remove", DELETE, "/images/{name...}"),
	DENIED_STREAM("build", POST, "/build"),
	DENIED("build-cancel", POST, "/build/cancel"),
	DENIED("build-prune", POST, "/build/prune"),
	DENIED("commit", POST, "/commit"),
	DENIED("distribution", GET, "/distribution/{name...}/json"),
	DENIED("registry-login", POST, "/auth"),

	/* Networks and volumes. */
	DENIED("network-list", GET, "/networks"),
	DENIED("network-create", POST, "/networks/create"),
	DENIED("network-prune", POST, "/networks/prune"),
	HIDDEN("network-inspect", GET, "/networks/{id}"),
	DENIED("network-remove", DELETE, "/networks/{id}"),
	DENIED("network-connect", POST, "/networks/{id}/connect"),
	DENIED("network-disconnect", POST, "/networks/{id}/disconnect"),
	DENIED("volume-list", GET, "/volumes"),
	DENIED("volume-create", POST, "/volumes/create"),
	DENIED("volume-prune", POST, "/volumes/prune"),
	HIDDEN("volume-inspect", GET, "/volumes/{id}"),
	DENIED("volume-update", PUT, "/volumes/{id}"),
	DENIED("volume-remove", DELETE, "/volumes/{id}"),

	/* The engine as a whole. */
	DENIED_STREAM("events", GET, "/events"),
	DENIED_STREAM("events-ws", GET, "/events/ws"),
	DENIED("disk-usage", GET, "/system/df"),
	DENIED_HIJACK("session", ANY, "/session/{rest...}"),
	DENIED_HIJACK("grpc", ANY, "/grpc/{rest...}"),
	DENIED("debug", ANY, "/debug/{rest...}"),
	DENIED("libpod", ANY, "/libpod/{rest...}"),

	/* Swarm: nodes, services, tasks, secrets, configs. */
	DENIED("swarm-inspect", GET, "/swarm"),
	DENIED("swarm-init", POST, "/swarm/init"),
	DENIED("swarm-join", POST, "/swarm/join"),
	DENIED("swarm-leave", POST, "/swarm/leave"),
	DENIED("swarm-update", POST, "/swarm/update"),
	DENIED("swarm-unlock", POST, "/swarm/unlock"),
	DENIED("swarm-unlock-key", GET, "/swarm/unlockkey"),
	DENIED("node-list", GET, "/nodes"),
	HIDDEN("node-inspect", GET, "/nodes/{id}"),
	DENIED("node-remove", DELETE, "/nodes/{id}"),
	DENIED("node-update", POST, "/nodes/{id}/update"),
	DENIED("service-list", GET, "/services"),
	DENIED("service-create", POST, "/services/create"),
	HIDDEN("service-inspect", GET, "/services/{id}"),
	DENIED("service-remove", DELETE, "/services/{id}"),
	DENIED("service-update", POST, "/services/{id}/update"),
	DENIED_STREAM("service-logs", GET, "/services/{id}/logs"),
	DENIED("task-list", GET, "/tasks"),
	HIDDEN("task-inspect", GET, "/tasks/{id}"),
	DENIED_STREAM("task-logs", GET, "/tasks/{id}/logs"),
	DENIED("secret-list", GET, "/secrets"),
	DENIED("secret-create", POST, "/secrets/create"),
	HIDDEN("secret-inspect", GET, "/secrets/{id}"),
	DENIED("secret-remove", DELETE, "/secrets/{id}"),
	DENIED("secret-update", POST, "/secrets/{id}/update"),
	DENIED("config-list", GET, "/configs"),
	DENIED("config-create", POST, "/configs/create"),
	HIDDEN("config-inspect", GET, "/configs/{id}"),
	DENIED("config-remove", DELETE, "/configs/{id}"),
	DENIED("config-update", POST, "/configs/{id}/update"),

	/* Plugins. */
	DENIED("plugin-list", GET, "/plugins"),
	DENIED("plugin-privileges", GET, "/plugins/privileges"),
	DENIED_STREAM("plugin-pull", POST, "/plugins/pull"),
	DENIED_STREAM("plugin-create", POST, "/plugins/create"),
	HIDDEN("plugin-inspect", GET, "/plugins/{name...}/json"),
	DENIED("plugin-enable", POST, "/plugins/{name...}/enable"),
	DENIED("plugin-disable", POST, "/plugins/{name...}/disable"),
	DENIED_STREAM("plugin-upgrade", POST, "/plugins/{name...}/upgrade"),
	DENIED_STREAM("plugin-push", POST, "/plugins/{name...}/push"),
	DENIED("plugin-set", POST, "/plugins/{name...}/set"),
	DENIED("plugin-remove", DELETE, "/plugins/{name...}"),
};

/* clang-format on */

const unsigned endpoint_count = sizeof(endpoint_table) / sizeof(endpoint_table[0]);
