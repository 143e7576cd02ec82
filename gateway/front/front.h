/*
 * front: what front's own files share: house, connection and session. Others
 * include connection.h.
 *
 * A connection is the server side of HTTP on one channel. A session is one
 * request on it, from its head to the end of its answer or of its raw stream;
 * a connection has one at a time. What only HTTP needs is in the session's
 * `work`, which is freed when the session becomes a raw stream.
 */
#ifndef FAIRLEAD_FRONT_FRONT_H
#define FAIRLEAD_FRONT_FRONT_H

#include <event2/event_struct.h>

#include "contract/event.h"
#include "contract/gate.h"
#include "contract/upload.h"
#include "format/answer.h"
#include "format/http_body.h"
#include "format/json.h"
#include "front/connection.h"
#include "net/channel.h"
#include "net/splice.h"
#include "policy/image_tenant.h"
#include "policy/owners.h"

#define HOUSE_MAX_WATCHERS 8

struct answer_parts;
struct image_saved;

struct house {
	struct reactor *r;
	const struct config *config;
	const struct store *store;
	struct tls *tls;
	struct engine *engine;
	struct engine **backends; /* as in the exchange */
	struct board *board;
	unsigned slot;
	struct owners *owners;
	struct connection *connections;
	unsigned open; /* client descriptors, lingering ones too */
	unsigned left; /* descriptors closed since memory was given back */
	struct event relax;
	struct orphan *orphans;
	void *watch_state[HOUSE_MAX_WATCHERS];
	bool draining;
};

/* Tells all watchers. */
void house_emit(struct house *h, const struct event_facts *f);

/* orphan.c: the request's answer is waited for without a client; takes both. False without memory. */
bool orphan_adopt(struct house *h, struct engine_call *call, struct board_claim *claim);
void orphan_free_all(struct house *h);

/* A client's descriptor was closed; `arg` is the house. */
void house_left(void *arg);

enum connection_state {
	CONNECTION_NEW,
	CONNECTION_HANDSHAKE,
	CONNECTION_IDLE,  /* between requests */
	CONNECTION_HEAD,  /* some of a head is here */
	CONNECTION_BODY,  /* a session reads its body */
	CONNECTION_BUSY,  /* a session works */
	CONNECTION_WRITE, /* the client is slow to take what it got */
	CONNECTION_SPLICED,
	CONNECTION_CLOSED,
};

/* What a connection needs while it speaks HTTP: freed when it becomes a raw stream. */
struct connection_http {
	struct event timer;
	struct text in; /* bytes not yet taken by anyone */
	size_t scanned;
	unsigned taken; /* requests in a row, since there was nothing in `in` or it yielded */
	struct tls_peer *tls_peer; /* read when first asked for */
	char peer[BOARD_PEER_SIZE];
};

struct connection {
	struct house *house;
	struct connection *next, *prev;
	struct channel *channel;
	struct session *session;
	struct connection_http *http; /* NULL once spliced */
	uint64_t since_ms;
	enum connection_state state;
	bool ended;      /* the client's end was read */
	bool processing; /* in connection_process: sessions that end do not call it again */
	bool reading;    /* in connection_read, likewise */
	bool full;       /* reading was stopped: no room for more */
	bool yielded;    /* more requests are here; they wait for the loop's next turn */
	bool last;       /* no request after this one */
};

/* connection.c's own, for connection_accept.c. */
extern const struct channel_handler connection_handler;
void connection_timeout(evutil_socket_t fd, short what, void *arg);
void connection_emit(struct connection *c, enum event_kind kind, const char *reason);
void connection_free(void *arg);

/* The one closer: `reason` is logged. In an orderly way for the client unless `abrupt`. */
void connection_close(struct connection *c, const char *reason, bool abrupt);
/* The session's answer is complete: on with the next request, or close. */
void connection_session_done(struct connection *c);
void connection_state_set(struct connection *c, enum connection_state s);
/* Bytes that were held are taken: reads on if there was no room for more. */
void connection_resume(struct connection *c);
/* Bytes for the client; -1: it is gone (the caller's session goes on to its own end). */
int connection_write(struct connection *c, struct span s);
const struct tls_peer *connection_peer(struct connection *c);
/* From now on it is a raw stream: gives back what HTTP needed, at the turn's end. */
void connection_splice(struct connection *c);

enum session_state {
	SESSION_GATES,  /* being judged, maybe waiting */
	SESSION_BODY,   /* reading the body */
	SESSION_ENGINE, /* sent; the engine's head is due */
	SESSION_ANSWER, /* the answer is passing */
	SESSION_SPLICED,
	SESSION_OVER,
};

/* A body that is not held, on its way to the engine. */
enum upload_stage {
	STAGE_NONE, /* there is none, or it is not begun */
	STAGE_READING,
	STAGE_WAITING, /* its judge waits */
	STAGE_OVER,
};

/* What is needed until there is an answer or a raw stream. */
struct work {
	struct exchange x; /* first: a gate's resume finds the work by it */
	struct session *session;
	struct text head; /* what the request's spans point into */
	struct text body;
	struct http_body decoder;
	unsigned gate; /* index in the roster */
	enum gate_phase gate_phase;
	struct engine_call *call;
	bool unread; /* some of the body is still with the client */
	/* A body that streams. */
	struct upload upload; /* x.upload */
	enum upload_stage stage;
	bool last;                    /* its end was given to the judge */
	struct secret_digest *digest; /* of what came, when it is signed */
	struct text judged;           /* what the judge makes of a piece */
	uint64_t uploaded;
	unsigned status;     /* of the answer */
	struct text media;   /* its Content-Type */
	struct text fields;  /* its other fields, as they will be sent */
	struct text pending; /* of its body, before its head is sent */
	/* What is made of its body. */
	struct answer_view view;
	struct image_tenant images; /* the view's */
	struct text whole;          /* the engine's body, when a filter needs all of it */
	struct json_stream *values; /* else it is read value by value */
	struct answer_parts *parts; /* or what is the tenant's of it is held */
	struct image_saved *saved;  /* or it is an archive of images */
	bool any;                   /* one of them was printed */
	bool filtered;
	bool committed; /* the head is sent */
	bool chunked;
	uint64_t length;   /* of the answer, UINT64_MAX: not known */
	struct pace *pace; /* of a body or an answer that streams; NULL: none */
	uint64_t sent;     /* body bytes */
};

struct session {
	struct connection *c;
	struct work *w; /* NULL once spliced */
	struct board_row *row;
	struct splice *splice;
	struct bridge *bridge;    /* or that: of a WebSocket */
	const char *stop_reason;  /* for splice_stop */
	const char *scheme, *tls; /* static */
	uint64_t begun_ms;
	enum session_state state;
};

/* session.c: takes `head`, the bytes that `q` points into. NULL without memory. */
struct session *session_new(struct connection *c, struct text *head, const struct http_request *q);
/* Asks the gates. The session may be over when it returns. */
void session_start(struct session *s);
/* Body bytes may be in c->in. */
void session_read(struct session *s);
/* The client's end was read: true when the session goes on without it (half-close). */
bool session_client_ended(struct session *s);
/* Its answer may take for ever by its nature. */
bool session_is_stream(const struct session *s);
/* Ends it from outside, with a reason; the connection is being closed by the caller unless it is spliced. */
void session_abort(struct session *s, const char *reason);
void session_state_set(struct session *s, enum session_state st);
/* Judged refusals and failures: an answer of ours. */
void session_refuse(struct session *s);
__attribute__((format(printf, 4, 5))) void session_fail(struct session *s, unsigned status,
	const char *reason, const char *fmt, ...);
/* The answer is complete. */
void session_answered(struct session *s, const char *reason);
/* The one way out: callbacks, row, memory. */
void session_free(struct session *s);
/* Frees at the turn's end what a raw stream does not need. */
void session_work_free(struct session *s);
void session_emit(struct session *s, enum event_kind kind, unsigned status, const char *reason);

/* session_engine.c: sends what was judged, and hears of the answer. */
/* Shows the session on the board, once the head has passed its gates; without a row it is for the body to be read
 * only. -1: its tenant has too many; it is refused, and over. */
int session_row(struct session *s);
void session_send(struct session *s);
/* Appends the path anew: the version, the table's own words, the full id. */
void session_path(const struct exchange *x, struct text *out);

/* session_upload.c: a body that is not held. */
/* Whether it is one; x->upload is set then. */
bool session_upload_wanted(struct session *s);
/* Before the request is sent. -1: the session is over. */
int session_upload_begin(struct session *s);
/* It is sent: the body may come. */
void session_upload_start(struct session *s);
/* Body bytes may be in c->in. */
void session_upload_read(struct session *s);
/* Its judge waits no more. */
void session_upload_resume(struct session *s, enum gate_answer a);
/* The engine has taken what it got; for engine_handler. */
void session_upload_drained(void *session);
void session_upload_free(struct work *w);

/* session_answer.c: the engine's finite answer on its way to the client. */
void session_answer_head(struct session *s, const struct http_response *head);
void session_answer_piece(struct session *s, struct span piece);
void session_answer_end(struct session *s);
/* From now on what it carries counts among its tenant's bytes a second. */
void session_pace(struct session *s);
/* What the client did not take before is taken. */
void session_drained(struct session *s);
/* The engine's fields that a client may see, into w->fields; its media type, into w->media. */
void answer_fields(struct session *s, const struct http_response *head);
void answer_media(struct session *s, const struct http_response *head);

/* filter.c: what is done to an answer's body; its output goes to w->pending.
 * -1: x->refusal says why. */
bool filter_wanted(const struct session *s);
/* Its parts go out as they come, the head before them. */
bool filter_flows(const struct session *s);
int filter_begin(struct session *s);
int filter_piece(struct session *s, struct span piece);
int filter_end(struct session *s);

/* session_splice.c: from within the engine's head callback: the answer is a raw stream. */
/* What the connection becomes after a 101, of what the client asked for. */
struct span session_upgrade(const struct session *s);
bool session_splice_wanted(const struct session *s, const struct http_response *head);
void session_splice(struct session *s, const struct http_response *head);

/* session_ws.c: the answer becomes a WebSocket. */
/* What the engine is asked for instead. */
void session_ws_path(const struct exchange *x, struct text *path);
void session_ws_request(const struct exchange *x, struct engine_request *q);
bool session_ws_wanted(const struct session *s, const struct http_response *head);
/* From within the engine's head callback. */
void session_ws(struct session *s, const struct http_response *head);

/* reply.c: heads and answers of ours, appended to `out`. */
/* The head of `w->status` with `w->media` and `w->fields`; `length` UINT64_MAX: not known. Sets w->chunked. */
void reply_head(struct session *s, uint64_t length, struct text *out);
void reply_refusal(const struct connection *c, const struct exchange *x, struct text *out);
/* For bytes that never became a request: written at once. */
void reply_error(struct connection *c, const struct http_error *err);

#endif
