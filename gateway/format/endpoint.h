/*
 * endpoint: the table of the Docker Engine API's operations, the only place
 * that knows paths. What is not in it is never forwarded.
 */
#ifndef FAIRLEAD_FORMAT_ENDPOINT_H
#define FAIRLEAD_FORMAT_ENDPOINT_H

#include <stdbool.h>

#include "base/text.h"
#include "format/http.h"
#include "format/image_name.h"
#include "format/json.h"
#include "format/right.h"
#include "format/target.h"

/* What a tenant may do with it unless its policy says else; letters as in the reference's table. */
enum endpoint_class {
	EP_SAFE = 1 << 0,   /* fixed answer, or nothing of a tenant in it */
	EP_OWNED = 1 << 1,  /* its object's owner is checked, its full id is sent */
	EP_JUDGED = 1 << 2, /* query or body is checked */
	EP_REDACT = 1 << 3, /* its answer is filtered */
	EP_DENIED = 1 << 4, /* refused by default: 403 */
	EP_HIDDEN = 1
		<< 5, /* with EP_DENIED: GET answers 404 as for a missing object (docker inspect probes kinds) */
	/* A state-changing method, but who sends a seen request again gains nothing by it. */
	EP_REPEAT = 1 << 6,
	EP_GROUP =
		1 << 7, /* goes to the backend that has the endpoint's name, if there is one: 501 */
};

/* What "{...}" of the path names. */
enum endpoint_object {
	OBJECT_NONE,
	OBJECT_CONTAINER,
	OBJECT_EXEC,
	OBJECT_NETWORK,
	OBJECT_VOLUME,
	OBJECT_IMAGE, /* one the tenant may see: its own, or a shared one */
	OBJECT_OWN_IMAGE, /* one the tenant may change: a name of its own, or an id that has no other's name */
	OBJECT_REPOSITORY, /* a name to ask a registry for */
	OBJECT_GROUP,      /* the path goes to the backend of its group as it is */
	OBJECT_OTHER       /* the administrator's: sent as it is */
};

/* How the answer goes back. */
enum endpoint_answer {
	ANSWER_PLAIN, /* finite, soon */
	ANSWER_STREAM, /* may last for hours, or be silent for hours before its first byte: no time limit */
	ANSWER_HIJACK,    /* becomes a raw stream after 101, or 200 with a stream's media type */
	ANSWER_WEBSOCKET, /* RFC 6455 toward the client */
};

/* What is done to a 2xx answer's body. */
enum endpoint_filter {
	FILTER_NONE,
	FILTER_INFO,
	FILTER_CONTAINER_LIST,
	FILTER_CONTAINER_INSPECT,
	FILTER_CONTAINER_CREATED,
	FILTER_STATS, /* JSON values one behind the other */
	FILTER_EXEC_INSPECT,
	FILTER_EXEC_CREATED,
	FILTER_NETWORK_LIST,
	FILTER_NETWORK_CREATED,
	FILTER_NETWORK_INSPECT,
	FILTER_VOLUME_LIST,
	FILTER_VOLUME_INSPECT, /* of the create too */
	FILTER_IMAGE_LIST,
	FILTER_IMAGE_INSPECT,
	FILTER_IMAGE_REMOVED,
	FILTER_IMAGE_SAVED, /* a tar: the names in its manifest are the tenant's */
	FILTER_DISK_USAGE,
	FILTER_PRUNED,
	FILTER_EVENTS,   /* JSON values one behind the other: the tenant's only */
	FILTER_PROGRESS, /* the same, of pull, push, build and load: names in their texts */
};

enum endpoint_body {
	BODY_REFUSED, /* must be empty; JSON that says what the query may say is dropped (dockerode) */
	BODY_EXEC_CREATE,
	BODY_EXEC_START,
	BODY_CONTAINER_CREATE,
	BODY_CONTAINER_UPDATE,
	BODY_NETWORK_CREATE,
	BODY_NETWORK_CONNECT,
	BODY_NETWORK_DISCONNECT,
	BODY_VOLUME_CREATE,
	BODY_COMMIT,
	/* Those below are not held: they are judged as they stream. */
	BODY_ARCHIVE, /* a tar for a container's files */
	BODY_LOAD,    /* a tar of images */
	BODY_BUILD,   /* a tar with a Dockerfile */
	BODY_RAW,     /* anything, as it is: for backends and the administrator */
};
#define BODY_STREAMS(body) ((body) >= BODY_ARCHIVE)

enum query_type {
	QUERY_BOOL, /* the engine's rule: "" 0 no false none are false, all else true; sent as 0 or 1 */
	QUERY_NUMBER, /* decimal, min to max */
	QUERY_CHOICE, /* one of `choices`, separated by '|' */
	QUERY_TIME,   /* unix seconds with fraction, RFC 3339, or a Go duration */
	QUERY_TAIL,   /* "all" or a number */
	QUERY_DETACH_KEYS,
	QUERY_FILTERS,   /* JSON map of lists (or of maps to bool), keys from `choices` */
	QUERY_DROPPED,   /* known, harmless, not sent on */
	QUERY_REFUSED,   /* known; false or empty is dropped, all else is not allowed */
	QUERY_FIXED,     /* `choices` is sent, whatever the client says */
	QUERY_TEXT,      /* at most `max` bytes, no control characters */
	QUERY_PS,        /* arguments of ps, which runs on the host */
	QUERY_SIGNAL,    /* a signal's name with or without SIG, or its number */
	QUERY_NAME,      /* a new name in the tenant's namespace */
	QUERY_PATH,      /* of a container's file */
	QUERY_CONTAINER, /* a reference, sent as the full id */
	QUERY_IMAGE, /* references to images that the tenant may see, at most `max` of them: a key for each,
		       * or one with commas */
	QUERY_PULL,      /* an image's name that the tenant may pull */
	QUERY_REPO,      /* a name that a new image gets; at most `max` of them */
	QUERY_TAG,       /* the tag or digest of the row's QUERY_PULL or QUERY_REPO, sent with it */
	QUERY_REFERENCE, /* one more "reference" of the filters: what there was before these */
	QUERY_LABELS,    /* JSON map of strings: labels, the owner's put in */
	QUERY_BUILD,     /* of a build's containers: policy/build_query.c judges and adds it */
	QUERY_MAP,       /* JSON map of strings (null for a value too) */
};

/* What a QUERY_FILTERS gets of labels: its `min`. */
enum endpoint_filter_label {
	FILTER_LABEL_OWNER, /* the owner's, if it knows labels at all */
	FILTER_LABEL_IMAGE, /* that of who built an image */
	FILTER_LABEL_NONE, /* what is asked for need not have one: the answer alone tells whose it is */
};

struct query_key {
	const char *name; /* NULL ends the list */
	enum query_type type;
	long min, max; /* of what names something: `min` 1 when it must be there */
	const char *choices;
};

struct endpoint {
	const char *name; /* "exec-start": in logs and policy */
	unsigned methods; /* enum http_method, or-ed */
	const char *path; /* "/exec/{exec}/start" */
	unsigned class;
	unsigned right; /* what a tenant must have, enum right; 0: nothing */
	enum endpoint_object object;
	enum endpoint_answer answer;
	enum endpoint_filter filter;
	enum endpoint_body body;
	const struct query_key *query;
};

enum endpoint_match {
	ENDPOINT_FOUND,
	ENDPOINT_UNKNOWN /* no such path: 404 */,
	ENDPOINT_METHOD /* path known, method not: 405 */
};

/* `*object` gets the segment that "{...}" matched, the segments with their slashes for a
 * name that may hold some (p NULL when there is none). */
enum endpoint_match endpoint_find(enum http_method method, const struct target *t,
	const struct endpoint **found, struct span *object);
/* The same among the rows behind this one: what is found when a group has no backend. */
enum endpoint_match endpoint_find_after(const struct endpoint *row, enum http_method method,
	const struct target *t, const struct endpoint **found, struct span *object);
/* The methods that this path has at the engine, or-ed: what a 405 tells in Allow (RFC 9110 15.5.6). */
unsigned endpoint_methods(const struct target *t);
/* Walks the table: NULL at its end. */
const struct endpoint *endpoint_at(unsigned i);

/* An object that a query names: it must be looked up before the query is sent. */
enum endpoint_named { NAMED_CONTAINER, NAMED_NETWORK, NAMED_VOLUME, NAMED_IMAGE };

struct endpoint_name {
	enum endpoint_named kind;
	struct span name; /* as the client wrote it; lives as long as the target, or the filters */
	const char *key;  /* the pair that is to be appended when it is found: "container" */
	/* Or the string of the filters that it becomes. */
	struct json *value;
	bool optional; /* a filter that may name what is missing: then it is to match nothing */
};

/* What is no name of anything. */
#define ENDPOINT_FILTER_NOTHING "-"

/* Whose query is judged, and what becomes of the names in it. */
struct endpoint_asker {
	struct span owner; /* "fairlead.tenant=acme", for QUERY_FILTERS; empty: none */
	struct span tenant;
	bool creates; /* it makes objects: its own have its prefix, as a rule */
	const struct image_space *images;
	/* Gets the "filters" in which something must be looked up: they are to be sent when it is found. Else
	 * its root stays NULL. The caller frees it. */
	struct json_doc *filters;
	/* Called for each name that must be looked up. -1: no memory. */
	int (*name)(void *arg, const struct endpoint_name *n);
	void *arg;
};

/*
 * Judges the query by the endpoint's keys and appends it canonically
 * ("follow=1&tail=all", without '?') to `out`. Unknown keys are dropped when
 * empty and refused when not; a key twice is refused.
 * With QUERY_FILTERS the owner's label filter is put in, and the client's own for
 * the gateway's labels are dropped; its words become the engine's.
 * 0; or with one sentence in `why` -1 (400, it is wrong) or ENDPOINT_QUERY_DENIED (403).
 */
#define ENDPOINT_QUERY_DENIED (-2)
int endpoint_query(const struct endpoint *e, const struct target *t,
	const struct endpoint_asker *who, struct text *out, struct text *why);

/* [A-Za-z0-9][A-Za-z0-9_.-]*, at most 255: what may stand for a container. */
bool endpoint_container_ref_ok(struct span ref);

#endif
