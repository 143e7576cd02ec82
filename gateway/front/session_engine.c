/*
 * session_engine: what was judged becomes a request to the engine, and the
 * engine's head decides what becomes of the answer.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "front/bridge.h"
#include "policy/quota.h"

static void
session_copy(char *dst, size_t size, const char *src)
{
	snprintf(dst, size, "%s", src);
}

/*
 * The board shows the session from here on; killing it works from here on. Before the body
 * comes, not after it: a client may take its time for that, and be revoked meanwhile.
 */
int
session_row(struct session *s)
{
	struct house *h = s->c->house;
	struct exchange *x = &s->w->x;
	struct board_row *r = board_row_take(h->board);

	if (!r)
		return 0;
	r->since_ms = clock_unix_ms();
	session_copy(r->tenant, sizeof(r->tenant), x->who.tenant);
	session_copy(r->key, sizeof(r->key), x->who.key);
	memcpy(r->credential, x->who.credential, sizeof(r->credential));
	session_copy(r->endpoint, sizeof(r->endpoint), x->endpoint->name);
	session_copy(r->peer, sizeof(r->peer), s->c->http->peer);
	s->row = x->row = r;
	s->scheme = x->who.scheme;
	board_row_publish(h->board, r, getpid());
	if (quota_session(x) == GATE_PASS)
		return 0;
	session_refuse(s);
	return -1;
}

/* What the gates have found since. */
static void
session_row_complete(struct session *s)
{
	const struct exchange *x = &s->w->x;
	struct board_row *r = s->row;

	if (!x->container[0] && !x->exec[0])
		return;
	board_row_hide(r);
	board_id_write(r->container, x->container);
	board_id_write(r->exec, x->exec);
	board_row_publish(s->c->house->board, r, getpid());
}

/* A backend's path is the client's, its version too. */
static void
session_backend_path(const struct exchange *x, struct text *out)
{
	const struct target *t = &x->target;

	if (t->version_major)
		text_addf(out, "/v%u.%u", t->version_major, t->version_minor);
	target_print_path(t, out);
}

void
session_path(const struct exchange *x, struct text *out)
{
	const char *p = x->endpoint->path;
	const char *open = strchr(p, '{'), *close = open ? strchr(open, '}') : NULL;

	if (x->backend) {
		session_backend_path(x, out);
		return;
	}
	text_addf(out, "/v1.%u", x->minor);
	if (x->everything) {
		target_print_path(&x->target, out);
		return;
	}
	if (!close) {
		text_add_str(out, p);
		return;
	}
	text_add(out, p, (size_t)(open - p));
	if (x->path_object[0])
		target_add_encoded(out, span_of(x->path_object));
	else if (x->endpoint->object == OBJECT_EXEC)
		text_add_str(out, x->exec);
	else if (x->judged_later)
		target_add_encoded(out, x->object);
	else
		text_add_str(out, x->container);
	text_add_str(out, close + 1);
}

static void
session_head(void *arg, const struct http_response *head)
{
	struct session *s = arg;

	exchange_settle(&s->w->x, true);
	if (session_splice_wanted(s, head))
		session_splice(s, head);
	else if (session_ws_wanted(s, head))
		session_ws(s, head);
	else if (head->status == 101)
		session_fail(s, 502, "engine",
			"the engine switched protocols without being asked to");
	else
		session_answer_head(s, head);
}

static void
session_body(void *arg, struct span piece)
{
	struct session *s = arg;

	if (s->bridge)
		bridge_events_body(s->bridge, piece);
	else
		session_answer_piece(s, piece);
}

static void
session_end(void *arg)
{
	struct session *s = arg;

	s->w->call = NULL;
	if (s->bridge)
		bridge_events_end(s->bridge);
	else
		session_answer_end(s);
}

static void
session_failed(void *arg, enum engine_failure what, const char *why)
{
	struct session *s = arg;
	const struct exchange *x = &s->w->x;
	const char *group = x->backend ? x->endpoint->name : "";
	const char *who = x->backend ? ": the backend" : "the engine";

	s->w->call = NULL;
	if (s->bridge) {
		bridge_events_failed(s->bridge);
		return;
	}
	exchange_settle(&s->w->x, what == ENGINE_UNREACHABLE);
	switch (what) {
	case ENGINE_TIMEOUT:
		session_fail(s, 504, "engine timeout", "%s%s: %s", group, who, why);
		break;
	case ENGINE_UNREACHABLE:
		session_fail(s, 502, "engine unreachable", "%s%s cannot be reached: %s", group, who,
			why);
		break;
	case ENGINE_BROKEN:
		session_fail(s, 502, "engine broken", "%s%s's answer cannot be used: %s", group,
			who, why);
		break;
	}
}

static const struct engine_handler session_handler = {
	.head = session_head,
	.body = session_body,
	.end = session_end,
	.failed = session_failed,
	.drained = session_upload_drained,
};

void
session_send(struct session *s)
{
	struct work *w = s->w;
	struct exchange *x = &w->x;
	bool hijack = x->endpoint->answer == ANSWER_HIJACK;
	struct engine_request q = {
		.method = x->request.method,
		.query = text_span(&x->query),
		.body = text_span(&x->out),
		.headers = text_span(&x->headers),
		.hijack = hijack,
		.streams = x->upload != NULL,
		/* A raw stream's head comes when the engine has started the process. */
		.no_limit = x->endpoint->answer != ANSWER_PLAIN,
	};
	struct text path;

	session_row_complete(s);
	if (x->upload && session_upload_begin(s) == -1)
		return;
	if (x->backend)
		q.host = span_of(x->endpoint->name);
	if (x->upload)
		q.content_type = x->content_type;
	else if (q.body.len)
		q.content_type = x->content_type.p ? x->content_type : SPAN("application/json");
	/* Its presence decides the engine's answer: never added, only passed on. */
	if (hijack && x->request.upgrade.p)
		q.upgrade = session_upgrade(s);
	text_init(&path, 0);
	session_path(x, &path);
	if (x->endpoint->answer == ANSWER_WEBSOCKET) {
		session_ws_path(x, &path);
		session_ws_request(x, &q);
	}
	q.path = text_span(&path);
	session_state_set(s, SESSION_ENGINE);
	if (!path.failed)
		w->call = engine_send(x->backend ? x->backend : x->engine, &q, &session_handler, s);
	text_free(&path);
	if (!w->call)
		session_fail(s, 503, "no resources",
			"out of descriptors or memory; try again later");
	else if (x->upload)
		session_upload_start(s);
}
