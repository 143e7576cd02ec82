/*
 * answer: what a tenant may see of the engine's JSON answers. Pure: trees in, trees out.
 */
#ifndef FAIRLEAD_FORMAT_ANSWER_H
#define FAIRLEAD_FORMAT_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "format/image_name.h"
#include "format/json.h"

/* What resolving a container needs of its inspect answer. `id` and `owner` point into `doc`. */
struct answer_container {
	struct span id;    /* 64 hex */
	struct span owner; /* value of the owner label; p NULL: none */
	struct span name;  /* "/acme--web"; filled by answer_reader only */
};
int answer_container_read(const struct json *inspect, const char *owner_label,
	struct answer_container *out);

/* The same of an event of a container: -1 when it is none, or tells of no owner. */
int answer_event_read(const struct json *event, const char *owner_label,
	struct answer_container *out);

enum answer_owner { ANSWER_OWNER_UNKNOWN, ANSWER_OWNER_SELF, ANSWER_OWNER_OTHER };

/* How many objects a tenant has. */
struct answer_counts {
	uint64_t containers, running, paused, stopped, images;
};

/* Whose eyes see an answer. It lives longer than what is shown through it. */
struct answer_view {
	struct span tenant;
	const char *owner_label;
	const struct image_space *images;
	/* Whether an id, or its first twelve digits, is of the tenant's or in its request: an error may name it.
	 * NULL: none is. */
	bool (*knows)(const void *arg, struct span id);
	/* Whose a container or network is, by its full id. NULL: nothing is known. */
	enum answer_owner (*owner)(const void *arg, struct span id);
	const void *knows_arg;
	const struct answer_counts *counts; /* for answer_info; NULL: all 0 */
};

enum answer_verdict {
	ANSWER_SHOWN,
	ANSWER_FOREIGN, /* it is not the tenant's: an element of a list is left out, an object is missing */
	ANSWER_UNREADABLE, /* not of the form it should have, or no memory: 502 */
};

/*
 * Each makes of one JSON value what the tenant may see of it: names are its own, what tells of the
 * host or of others is blank or gone. Fields keep the engine's order.
 */
typedef enum answer_verdict answer_show_fn(const struct answer_view *view, struct json_doc *doc,
	struct json *v);

answer_show_fn answer_container_element; /* of GET /containers/json */
answer_show_fn answer_container;         /* its inspect */
answer_show_fn answer_container_created;
answer_show_fn answer_exec;
answer_show_fn answer_exec_created;
answer_show_fn answer_stats;   /* one sample */
answer_show_fn answer_info;    /* GET /info, with the view's counts */
answer_show_fn answer_network; /* an element of GET /networks, and its inspect */
answer_show_fn answer_network_created;
answer_show_fn answer_volume;        /* its inspect, and the answer to its create */
answer_show_fn answer_volume_list;   /* GET /volumes, whole: it is an object */
answer_show_fn answer_image_element; /* of GET /images/json */
answer_show_fn answer_image;         /* its inspect, and its history (an array) */
answer_show_fn answer_image_removed;
answer_show_fn answer_pruned;   /* of all four kinds */
answer_show_fn answer_usage;    /* GET /system/df */
answer_show_fn answer_event;    /* one of GET /events */
answer_show_fn answer_progress; /* one message of a pull, push, build or load */

/* Whether an object's Labels say that it is the tenant's. */
bool answer_is_owned(const struct answer_view *view, const struct json *object);
/* The same of a volume, which may have no labels: in the tenant's namespace it is its own then, when it is nothing but
 * a folder of the engine's. */
bool answer_volume_is_owned(const struct answer_view *view, const struct json *volume);

/* "message" of an engine's error body, or the body itself trimmed when it is plain text. Appended. */
void answer_error_message(struct span body, struct span content_type, struct text *out);
/* Appends an error's message in the tenant's own words: its names without the prefix, and nothing of what
 * is in another's namespace. The second as the body {"message":...}. */
void answer_error_sentence(const struct answer_view *view, struct span message, struct text *out);
void answer_error_print(const struct answer_view *view, struct span message, struct text *out);
/* Appends an error's message with the client's word for a container instead of the full id that the engine was
 * given, in those messages that repeat what the engine was asked for. */
void answer_error_as_asked(struct span message, struct span id, struct span word, struct text *out);
/* Whether an error's message says that several ids begin like this one: it tells of objects that
 * need not be the tenant's (moby pkg/truncindex, daemon/container/view.go; 500 up to 24, 400 since). */
bool answer_error_is_ambiguous(struct span message);

#endif
