/*
 * gate: one rule that a request must pass, and the plain data it judges.
 *
 * A gate is one file with one const `struct gate`, listed in front/roster.c in
 * the order in which it is asked. It looks at the exchange, fills in what it
 * found or what is to be sent, and answers. It never touches a connection.
 */
#ifndef FAIRLEAD_CONTRACT_GATE_H
#define FAIRLEAD_CONTRACT_GATE_H

#include <stdbool.h>

#include "base/text.h"
#include "contract/identity.h"
#include "format/answer.h"
#include "format/endpoint.h"
#include "format/exec_body.h"
#include "format/http.h"
#include "format/json.h"
#include "format/target.h"
#include "net/engine.h"
#include "state/board_claims.h"
#include "state/config.h"
#include "state/store.h"

enum gate_answer {
	GATE_PASS,
	GATE_REFUSE, /* `refusal` is filled: use exchange_refuse() */
	GATE_WAIT,   /* resume() will be called once, later; `cancel` and `waiting` are set */
};

enum gate_phase {
	GATE_HEAD, /* before any of the body is read */
	GATE_BODY, /* the body is here, decoded */
};

struct exchange;
struct owners;
struct upload;

/* An object that a query or a body names. It is looked up and its owner checked before anything is sent;
 * what is sent instead of the client's word is `head`, what was found, `tail`. */
enum ref_kind { REF_CONTAINER, REF_NETWORK, REF_VOLUME, REF_IMAGE };

struct ref {
	enum ref_kind kind;
	bool make;   /* a volume, or the tenant's own bridge: made when it is missing */
	bool absent; /* it is missing: `found` is the name that it will have on the engine */
	bool own;    /* an image: only one that the tenant may change */
	bool short_id; /* a container: 12 digits of its id are written, which the engine's DNS knows */
	struct span name; /* as the client wrote it */
	struct span head, tail;
	/* Where it goes: a string of the tree, a key of the tree, or a pair of the query. */
	struct json *value;
	bool key;
	bool path;     /* or the path's "{...}" */
	bool filter;   /* `value` is of x->filters */
	bool optional; /* such a one that may be missing: it matches nothing then */
	const char *query;
	/* Of a container: an array of the tree that gets its name, as its tenant knows it, too. */
	struct json *names;
	char found
		[256]; /* the full id; of a volume and of an image with a name its name on the engine */
	char id[80]; /* of an image: its full id */
};

struct gate {
	const char *name;
	enum gate_phase phase;
	enum gate_answer (*check)(struct exchange *x);
};

struct refusal {
	unsigned status;
	struct text message;
	const char *reason;   /* for the log, static */
	unsigned allow;       /* 405: the methods there are, enum http_method or-ed */
	const char *fields;   /* more fields of the answer, each with its CRLF; static */
	bool challenge;       /* 401: say what is accepted */
	unsigned retry_after; /* seconds; 0: not told */
};

/* One request from its head to its answer. Spans point into memory that lives as long as it does. */
struct exchange {
	/* What came. */
	struct http_request request;
	struct span body;
	const struct tls_peer *peer;

	/* What was found. */
	struct identity who;
	bool authenticated;
	const struct config_tenant *tenant; /* set with `authenticated` */
	bool everything; /* the administrator's: no namespace, no owners, nothing is hidden */
	struct target target;
	const struct endpoint *endpoint;
	struct span object;    /* the path's "{...}", as the client wrote it */
	unsigned minor;        /* API version to use with the engine: 1.minor */
	unsigned client_minor; /* the client's; 0: it named none */
	unsigned newest;       /* the engine's */
	bool text_errors;      /* the client's API has plain text errors (<= 1.23) */
	char container[65];    /* full id, or "" */
	char exec[65];
	char path_object[300]; /* what the path's "{...}" is sent as; "": `container` or `exec` */
	struct engine
		*backend; /* of the endpoint's group: the request goes there; NULL: to the engine */
	bool judged_later;       /* the answer itself tells the owner: its filter decides */
	struct exec_start start; /* exec-start's body */
	bool exec_tty; /* what the exec was created with; filled when the config compares */

	struct ref named; /* what the path's "{...}" was looked up as */
	struct ref *refs;
	unsigned ref_count;
	struct demand demand;
	struct answer_counts counts; /* of the tenant's objects, for GET /info */

	/* What is to be sent. */
	struct text query;
	struct json_doc
		filters; /* in which something is looked up: added to the query then; root NULL: none */
	struct json_doc tree;     /* the body, when its schema makes a tree; root NULL: none */
	struct span content_type; /* of `out`; p NULL: JSON */
	struct text out;          /* the body; printed from the tree when all refs are known */
	struct text
		headers; /* fields that the endpoint passes on (X-Registry-Auth), each with CRLF */
	struct upload *upload; /* the body streams through this; NULL: it is held */

	struct refusal refusal;

	/* Surroundings. */
	const struct config *config;
	const struct store *store;
	const struct auth_scheme *const *schemes;
	struct engine *engine;
	struct engine *const *backends; /* one for each of config->backends, in its order */
	struct owners *owners;
	struct board *board;
	unsigned slot;
	struct reactor *reactor;
	struct board_claim
		*claim;        /* what it adds to the tenant's counts by this until it is done */
	struct board_row *row; /* where the board shows it, once the gates of its head are passed */

	/* GATE_WAIT. */
	void (*resume)(struct exchange *x, enum gate_answer a);
	void (*cancel)(struct exchange *x); /* set while waiting, NULL else */
	void *waiting;                      /* the gate's own */
};

/* Fills the refusal; returns GATE_REFUSE. `reason` is a short static word for the log. */
__attribute__((format(printf, 4, 5))) enum gate_answer exchange_refuse(struct exchange *x,
	unsigned status, const char *reason, const char *fmt, ...);
/* What the engine says of an object that is not there; the same for one that is another tenant's. */
enum gate_answer exchange_missing(struct exchange *x, enum ref_kind kind, struct span name);
/* The same of the object that the path names. */
enum gate_answer exchange_not_found(struct exchange *x);
/* Adds a reference; the spans and the tree's nodes must live as long as the exchange. NULL without memory. */
struct ref *exchange_ref(struct exchange *x, enum ref_kind kind, struct span name);
/* The engine has answered, or was not asked: the claim is given back. Else (`known` false) it may still do
 * what it was asked for: the claim counts for a while. Nothing without one. */
void exchange_settle(struct exchange *x, bool known);
/* Everything in it but what the surroundings own. */
void exchange_clear(struct exchange *x);

#endif
