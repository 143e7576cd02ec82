/*
 * policy: the rules a request must pass, one file each.
 */
#ifndef FAIRLEAD_POLICY_POLICY_H
#define FAIRLEAD_POLICY_POLICY_H

#include "contract/gate.h"
#include "contract/upload.h"

/* In the order in which they are asked. */
extern const struct gate policy_target;    /* the target has one reading */
extern const struct gate policy_rate;      /* the tenant's requests do not come too fast */
extern const struct gate policy_endpoint;  /* it is one we know, and is granted */
extern const struct gate policy_websocket; /* a WebSocket's handshake and origin are right */
extern const struct gate policy_version;   /* the API version is one the engine speaks */
extern const struct gate policy_query;     /* the query is judged and generated anew */
extern const struct gate policy_registry;  /* credentials for a registry, made anew */
extern const struct gate policy_body;      /* so is the body */
extern const struct gate policy_owner;     /* the object is the tenant's; its full id is found */
extern const struct gate policy_prune;     /* a prune takes away no names that are not its own */
extern const struct gate policy_quota;     /* what it adds fits the tenant's quotas */
extern const struct gate policy_refs;      /* so is every object that query and body name */
extern const struct gate policy_make; /* what the request needs and the tenant may have is made */
/* What the engine is asked for instead of a WebSocket. */
extern const struct gate policy_websocket_stream;
extern const struct gate policy_tty;  /* an exec starts with the Tty it was created with */
extern const struct gate policy_info; /* GET /info: the tenant's own objects are counted */

/* Whether its answer is the stream of an exec, which it starts. */
bool policy_starts_exec(const struct exchange *x);
/* For an endpoint of a group: `backend` and what it is told of the client, or the endpoint that the
 * engine has of this path; else it is refused. */
enum gate_answer backend_choose(struct exchange *x);
/* What the path names is a registry's: pushed there, or asked about. It becomes x->path_object. */
enum gate_answer image_push(struct exchange *x);
enum gate_answer image_ask_registry(struct exchange *x);
/* policy_version's judgement, once it is known what the engine speaks. */
enum gate_answer version_judge(struct exchange *x, const struct engine_versions *v);
/* The bodies that become trees (format/body.h): into `tree`, with `refs` and `demand`. */
enum gate_answer body_tree(struct exchange *x, struct text *why);
/* The image of a new container is found: its Config (or NULL) is judged with the body. */
enum gate_answer body_tree_image(struct exchange *x, const struct json *config);
/* What a judge of a body said becomes the refusal. */
enum gate_answer body_refusal(struct exchange *x, unsigned status, const struct text *why);
/* What a build's containers get: added to x->query, and its network to x->refs. */
enum gate_answer build_query(struct exchange *x);
/* A body without a schema: into `out` unless it streams, with its `content_type`. */
enum gate_answer raw_body(struct exchange *x);

extern const struct upload_kind upload_build; /* a context: its Dockerfile is made anew */
extern const struct upload_kind upload_raw; /* as it comes: of backends and of the administrator */
extern const struct upload_kind upload_archive; /* files copied into a container */
extern const struct upload_kind upload_load;    /* images */

#endif
