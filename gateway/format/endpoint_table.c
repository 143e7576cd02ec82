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
#include "format/endpoint_keys.h"
#include "format/endpoint_table.h"

/* clang-format off */

#define GET HTTP_GET
#define HEAD HTTP_HEAD
#define POST HTTP_POST
#define PUT HTTP_PUT
#define DELETE HTTP_DELETE
#define ANY (GET | HEAD | POST | PUT | DELETE | HTTP_OPTIONS | HTTP_PATCH | HTTP_OTHER)

/* Letters of the classes: S safe, O its object's owner is checked, B query or body is judged, R its answer
 * is filtered, A sent again it does no more. */
#define S EP_SAFE
#define O EP_OWNED
#define B EP_JUDGED
#define R EP_REDACT
#define A EP_REPEAT

#define SERVED(name, methods, path, class, right, object, answer, filter, body, query) \
	{ name, methods, path, class, right, OBJECT_##object, \
		ANSWER_##answer, FILTER_##filter, BODY_##body, query_##query }
#define REFUSED(name, methods, path, class, answer) \
	{ name, methods, path, class, RIGHT_ADMIN, OBJECT_OTHER, \
		ANSWER_##answer, FILTER_NONE, BODY_RAW, query_none }
#define DENIED(name, methods, path) REFUSED(name, methods, path, EP_DENIED, PLAIN)
#define DENIED_STREAM(name, methods, path) REFUSED(name, methods, path, EP_DENIED, STREAM)
#define DENIED_HIJACK(name, methods, path) REFUSED(name, methods, path, EP_DENIED, HIJACK)
#define HIDDEN(name, methods, path) REFUSED(name, methods, path, EP_DENIED | EP_HIDDEN, PLAIN)
/* What the engine knows nothing of: the backend of this name, in the configuration. */
#define GROUP(name) \
	{ name, ANY, "/" name "/{rest...}", EP_GROUP, 0, OBJECT_GROUP, \
		ANSWER_STREAM, FILTER_NONE, BODY_RAW, query_none }

const struct endpoint endpoint_table[] = {
	/* Fixed answers. */
	SERVED("ping", GET | HEAD, "/_ping",
		S, 0, NONE, PLAIN, NONE, REFUSED, none),
	SERVED("version", GET, "/version",
		S, 0, NONE, PLAIN, NONE, REFUSED, none),
	SERVED("info", GET, "/info",
		R, 0, NONE, PLAIN, INFO, REFUSED, none),

	/* Execs. One that is created by a repeated request cannot be started without a new signature, and
	 * the same command twice within a second signs alike. */
	SERVED("exec-create", POST, "/containers/{container}/exec",
		O | B | A, RIGHT_EXEC, CONTAINER, PLAIN, EXEC_CREATED, EXEC_CREATE, none),
	SERVED("exec-start", POST, "/exec/{exec}/start",
		O | B | A, RIGHT_EXEC, EXEC, HIJACK, NONE, EXEC_START, none),
	SERVED("exec-ws", GET, "/exec/{exec}/ws",
		O | B, RIGHT_EXEC, EXEC, WEBSOCKET, NONE, REFUSED, ws),
	SERVED("exec-resize", POST, "/exec/{exec}/resize",
		O | B | A, RIGHT_EXEC, EXEC, PLAIN, NONE, REFUSED, size),
	SERVED("exec-inspect", GET, "/exec/{exec}/json",
		O | R, RIGHT_READ, EXEC, PLAIN, EXEC_INSPECT, REFUSED, none),

	/* Containers, looked at. */
	SERVED("container-list", GET, "/containers/json",
		B | R, RIGHT_READ, NONE, PLAIN, CONTAINER_LIST, REFUSED, list),
	SERVED("container-inspect", GET, "/containers/{container}/json",
		O | R, RIGHT_READ, CONTAINER, PLAIN, CONTAINER_INSPECT, REFUSED, inspect),
	SERVED("container-logs", GET, "/containers/{container}/logs",
		O | B, RIGHT_READ, CONTAINER, STREAM, NONE, REFUSED, logs),
	SERVED("container-stats", GET, "/containers/{container}/stats",
		O | B | R, RIGHT_READ, CONTAINER, STREAM, STATS, REFUSED, stats),
	SERVED("container-top", GET, "/containers/{container}/top",
		O | B, RIGHT_READ, CONTAINER, PLAIN, NONE, REFUSED, top),
	SERVED("container-changes", GET, "/containers/{container}/changes",
		O, RIGHT_READ, CONTAINER, PLAIN, NONE, REFUSED, none),
	SERVED("container-wait", POST, "/containers/{container}/wait",
		O | B | A, RIGHT_READ, CONTAINER, STREAM, NONE, REFUSED, wait),

	/* Containers, used. */
	SERVED("container-resize", POST, "/containers/{container}/resize",
		O | B | A, RIGHT_EXEC, CONTAINER, PLAIN, NONE, REFUSED, size),
	SERVED("container-attach", POST, "/containers/{container}/attach",
		O | B, RIGHT_EXEC, CONTAINER, HIJACK, NONE, REFUSED, attach),
	SERVED("container-attach-ws", GET, "/containers/{container}/attach/ws",
		O | B, RIGHT_EXEC, CONTAINER, WEBSOCKET, NONE, REFUSED, attach),
	SERVED("container-start", POST, "/containers/{container}/start",
		O | B | A, RIGHT_CONTROL, CONTAINER, PLAIN, NONE, REFUSED, start),
	SERVED("container-stop", POST, "/containers/{container}/stop",
		O | B | A, RIGHT_CONTROL, CONTAINER, STREAM, NONE, REFUSED, stop),
	SERVED("container-restart", POST, "/containers/{container}/restart",
		O | B | A, RIGHT_CONTROL, CONTAINER, STREAM, NONE, REFUSED, stop),
	SERVED("container-kill", POST, "/containers/{container}/kill",
		O | B | A, RIGHT_CONTROL, CONTAINER, PLAIN, NONE, REFUSED, kill),
	SERVED("container-pause", POST, "/containers/{container}/pause",
		O | A, RIGHT_CONTROL, CONTAINER, PLAIN, NONE, REFUSED, none),
	SERVED("container-unpause", POST, "/containers/{container}/unpause",
		O | A, RIGHT_CONTROL, CONTAINER, PLAIN, NONE, REFUSED, none),

	/* Containers, made and changed. */
	SERVED("container-create", POST, "/containers/create",
		O | B | R | A, RIGHT_CREATE, NONE, PLAIN, CONTAINER_CREATED, CONTAINER_CREATE, create),
	SERVED("container-prune", POST, "/containers/prune",
		B | R, RIGHT_CREATE, NONE, STREAM, PRUNED, REFUSED, prune),
	SERVED("container-update", POST, "/containers/{container}/update",
		O | B | A, RIGHT_CREATE, CONTAINER, PLAIN, NONE, CONTAINER_UPDATE, none),
	SERVED("container-rename", POST, "/containers/{container}/rename",
		O | B | A, RIGHT_CREATE, CONTAINER, PLAIN, NONE, REFUSED, rename),
	SERVED("container-remove", DELETE, "/containers/{container}",
		O | B, RIGHT_CREATE, CONTAINER, STREAM, NONE, REFUSED, remove),

	/* Containers, their files. */
	SERVED("archive-stat", HEAD, "/containers/{container}/archive",
		O | B, RIGHT_ARCHIVE, CONTAINER, PLAIN, NONE, REFUSED, archive),
	SERVED("archive-get", GET, "/containers/{container}/archive",
		O | B, RIGHT_ARCHIVE, CONTAINER, STREAM, NONE, REFUSED, archive),
	SERVED("archive-put", PUT, "/containers/{container}/archive",
		O | B, RIGHT_ARCHIVE, CONTAINER, STREAM, NONE, ARCHIVE, archive_put),
	SERVED("container-export", GET, "/containers/{container}/export",
		O, RIGHT_EXPORT, CONTAINER, STREAM, NONE, REFUSED, none),
	DENIED("checkpoint", GET | POST, "/containers/{container}/checkpoints"),
	DENIED("checkpoint-remove", DELETE, "/containers/{container}/checkpoints/{id}"),
	DENIED_STREAM("container-copy", POST, "/containers/{container}/copy"),
	DENIED("container-ps", GET, "/containers/ps"),

	/* Images, build, registries. */
	SERVED("image-list", GET, "/images/json",
		B | R, RIGHT_READ, NONE, PLAIN, IMAGE_LIST, REFUSED, images),
	SERVED("image-pull", POST, "/images/create",
		B | R, RIGHT_PULL, NONE, STREAM, PROGRESS, REFUSED, pull),
	SERVED("image-search", GET, "/images/search",
		S | B, RIGHT_SEARCH, NONE, PLAIN, NONE, REFUSED, search),
	SERVED("image-prune", POST, "/images/prune",
		B | R, RIGHT_IMAGES, NONE, STREAM, PRUNED, REFUSED, image_prune),
	SERVED("load", POST, "/images/load",
		B | R, RIGHT_LOAD, NONE, STREAM, PROGRESS, LOAD, load),
	SERVED("save-many", GET, "/images/get",
		O | B | R, RIGHT_SAVE, NONE, STREAM, IMAGE_SAVED, REFUSED, save),
	SERVED("image-inspect", GET, "/images/{image...}/json",
		O | R, RIGHT_READ, IMAGE, PLAIN, IMAGE_INSPECT, REFUSED, image),
	SERVED("image-history", GET, "/images/{image...}/history",
		O | R, RIGHT_READ, IMAGE, PLAIN, IMAGE_INSPECT, REFUSED, history),
	DENIED("image-attestations", GET, "/images/{image...}/attestations"),
	SERVED("save", GET, "/images/{image...}/get",
		O | R, RIGHT_SAVE, IMAGE, STREAM, IMAGE_SAVED, REFUSED, save_one),
	SERVED("push", POST, "/images/{image...}/push",
		O | B | R, RIGHT_PUSH, OWN_IMAGE, STREAM, PROGRESS, REFUSED, push),
	SERVED("image-tag", POST, "/images/{image...}/tag",
		O | B | A, RIGHT_IMAGES, IMAGE, PLAIN, NONE, REFUSED, tag),
	DENIED("image-insert", POST, "/images/{image...}/insert"),
	SERVED("image-remove", DELETE, "/images/{image...}",
		O | B | R, RIGHT_IMAGES, OWN_IMAGE, STREAM, IMAGE_REMOVED, REFUSED, untag),
	SERVED("build", POST, "/build",
		B | R, RIGHT_BUILD, NONE, STREAM, PROGRESS, BUILD, build),
	DENIED("build-cancel", POST, "/build/cancel"),
	SERVED("build-prune", POST, "/build/prune",
		B | R, RIGHT_CREATE, NONE, STREAM, PRUNED, REFUSED, build_prune),
	SERVED("commit", POST, "/commit",
		O | B, RIGHT_COMMIT, NONE, STREAM, NONE, COMMIT, commit),
	SERVED("distribution", GET, "/distribution/{image...}/json",
		B, RIGHT_PULL, REPOSITORY, PLAIN, NONE, REFUSED, none),
	DENIED("registry-login", POST, "/auth"),

	/* Networks and volumes. */
	SERVED("network-list", GET, "/networks",
		B | R, RIGHT_READ, NONE, PLAIN, NETWORK_LIST, REFUSED, networks),
	SERVED("network-create", POST, "/networks/create",
		B | R | A, RIGHT_CREATE, NONE, PLAIN, NETWORK_CREATED, NETWORK_CREATE, none),
	SERVED("network-prune", POST, "/networks/prune",
		B | R, RIGHT_CREATE, NONE, PLAIN, PRUNED, REFUSED, prune),
	SERVED("network-inspect", GET, "/networks/{network}",
		O | R, RIGHT_READ, NETWORK, PLAIN, NETWORK_INSPECT, REFUSED, network),
	SERVED("network-remove", DELETE, "/networks/{network}",
		O, RIGHT_CREATE, NETWORK, PLAIN, NONE, REFUSED, none),
	SERVED("network-connect", POST, "/networks/{network}/connect",
		O | B | A, RIGHT_CREATE, NETWORK, PLAIN, NONE, NETWORK_CONNECT, none),
	SERVED("network-disconnect", POST, "/networks/{network}/disconnect",
		O | B | A, RIGHT_CREATE, NETWORK, PLAIN, NONE, NETWORK_DISCONNECT, none),
	SERVED("volume-list", GET, "/volumes",
		B | R, RIGHT_READ, NONE, PLAIN, VOLUME_LIST, REFUSED, volumes),
	SERVED("volume-create", POST, "/volumes/create",
		B | R | A, RIGHT_CREATE, NONE, PLAIN, VOLUME_INSPECT, VOLUME_CREATE, none),
	SERVED("volume-prune", POST, "/volumes/prune",
		B | R, RIGHT_CREATE, NONE, STREAM, PRUNED, REFUSED, volume_prune),
	SERVED("volume-inspect", GET, "/volumes/{volume}",
		O | R, RIGHT_READ, VOLUME, PLAIN, VOLUME_INSPECT, REFUSED, none),
	DENIED("volume-update", PUT, "/volumes/{volume}"),
	SERVED("volume-remove", DELETE, "/volumes/{volume}",
		O | B, RIGHT_CREATE, VOLUME, PLAIN, NONE, REFUSED, volume_remove),

	/* The engine as a whole. */
	SERVED("events", GET, "/events",
		B | R, RIGHT_READ, NONE, STREAM, EVENTS, REFUSED, events),
	SERVED("events-ws", GET, "/events/ws",
		B | R | A, RIGHT_READ, NONE, WEBSOCKET, EVENTS, REFUSED, events),
	SERVED("disk-usage", GET, "/system/df",
		B | R, RIGHT_READ, NONE, STREAM, DISK_USAGE, REFUSED, usage),
	DENIED_HIJACK("session", ANY, "/session/{rest...}"),
	DENIED_HIJACK("grpc", ANY, "/grpc/{rest...}"),
	DENIED("debug", ANY, "/debug/{rest...}"),
	DENIED("libpod", ANY, "/libpod/{rest...}"),

	/* The groups of the seed system's API; "/services" is the engine's own when no backend has it. */
	GROUP("snapshots"),
	GROUP("fips"),
	GROUP("sg"),
	GROUP("compose"),
	GROUP("cron"),
	GROUP("func"),
	GROUP("services"),

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
