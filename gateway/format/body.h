/*
 * body: the bodies that make or change containers, networks and volumes, judged and generated anew.
 *
 * Each has a table of its fields (body_container_table.c, body_host_table.c, body_network_table.c): how a field is
 * read and by what rule. What a body becomes is a new tree in the tables' order; nothing of the client's
 * is in it that has no row. null, false, 0, "", [] and {} mean "not set" and pass for every field;
 * of a key without a row they are dropped, and anything else is refused.
 *
 * Nothing is looked up here: what names an object is given to `ref` with the node of the tree it stands in.
 *
 * Source: moby api/types/container, network, mount, volume; Engine API 1.24 to 1.51.
 */
#ifndef FAIRLEAD_FORMAT_BODY_H
#define FAIRLEAD_FORMAT_BODY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "format/endpoint.h"
#include "format/json.h"

enum body_ref_kind { BODY_REF_CONTAINER, BODY_REF_NETWORK, BODY_REF_VOLUME, BODY_REF_IMAGE };

/* An object that the body names. Its spans are the tree's. */
struct body_ref {
	enum body_ref_kind kind;
	bool make;        /* a volume, or the tenant's own bridge: made when it is missing */
	bool key;         /* not the node's value is written but the key it has */
	bool short_id;    /* 12 digits of its id are written: what the engine's DNS knows it by */
	struct span name; /* as the client wrote it */
	struct span head, tail; /* what stands before and behind what is written */
	struct json *node;
	struct json *names; /* an array that gets the container's name, too; NULL: none */
};

/* A folder of the host. Read-only, with all below it; or to write, and then only itself. */
struct body_bind {
	struct span path;
	bool write;
};

/* 0: no limit. */
struct body_quota {
	uint64_t all;  /* for all of the tenant's containers */
	uint64_t each; /* for one whose body names none */
};

/* What a tenant's bodies may say. */
struct body_policy {
	struct span tenant;
	const char *owner_label;
	unsigned minor;   /* the API is 1.minor */
	struct span name; /* of the new container, as its tenant calls it; empty: none */
	const struct body_bind *binds;
	unsigned bind_count;
	char *const *cap_add;           /* "NET_ADMIN"; ends with NULL; NULL: none */
	uint16_t port_first, port_last; /* 0: none */
	const char *port_host;          /* NULL: any */
	bool extra_hosts;
	struct body_quota memory, nano_cpus, pids;
	/* Called for each object named; -1: without memory. */
	int (*ref)(void *arg, const struct body_ref *ref);
	void *arg;
};

/* What one body takes of the quotas: what a container is limited to (0: not limited), or, of an
 * update, what it will be (0: as it was). */
struct body_demand {
	uint64_t memory, nano_cpus, pids;
	unsigned volumes; /* without a name: each is a new one */
};

/*
 * Judges `in` as a body of this kind (BODY_CONTAINER_CREATE to BODY_COMMIT) and builds what is to be sent in
 * `tree`, which is the caller's to free. Returns 0, or the status to answer: 400 malformed, 403 not allowed,
 * 500 no memory; then `why` has "HostConfig.Privileged: not allowed for tenant acme" or its like,
 * and the tree's root is NULL.
 *
 * Decisions that are not the engine's:
 * - A published port without a number ("0", "") gets one of the tenant's range: the range is sent, the
 *   engine chooses.
 * - Volumes without a name (Volumes, Binds of one path) become Mounts, for only these can be labelled.
 * - A folder of the host (Binds) becomes one of Mounts: the engine would make a folder that is missing.
 * - HostConfig.Links become Links of the endpoints: a tenant's bridge is a network of a user to the engine.
 * - StopTimeout ends at 600 s, for the engine's own stop waits that long; Healthcheck's intervals begin at 100 ms.
 * - A folder of the host that may only be read comes without what the host has mounted below it.
 * - A log's tag may hold fields like {{.Name}} and nothing else of the engine's template language.
 * - Nothing is mounted in /proc, /sys and /dev, but for /dev/shm and /dev/mqueue.
 */
unsigned body_judge(enum endpoint_body kind, struct span in, const struct body_policy *policy,
	struct json_doc *tree, struct body_demand *demand, struct text *why);

/*
 * What a container's image brings (`config`: Config of its inspect, may be NULL) is judged with the judged tree of
 * its create. Volumes that it declares become Mounts of the tree, for the engine would make
 * them without a label; where something is mounted already they are left out, and all are left to the engine when
 * there are VolumesFrom, which may have them. Its WorkingDir is held to the rule of the body's. The policy's
 * `ref` is not called. The same answers; the tree stays the caller's.
 */
unsigned body_judge_image(struct json_doc *tree, const struct json *config,
	const struct body_policy *policy, struct body_demand *demand, struct text *why);

#endif
