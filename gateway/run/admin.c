/*
 * admin: routes and answers the admin listener's requests, through libevhtp.
 *
 * Every answer ends its connection: nothing here is asked often enough to keep
 * one, and it leaves libevhtp's paths for pipelined requests unused.
 */
#include "run/admin.h"

#include <evhtp/evhtp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "run/admin_text.h"

/* A scrape of many sessions may be long; a client that does not take it is not waited for. */
#define READ_TIMEOUT_S 10
#define WRITE_TIMEOUT_S 30
#define MAX_BODY 4096

/* A connection; libevhtp keeps no list of them. */
struct admin_client {
	struct admin *admin;
	evhtp_connection_t *connection;
	struct engine_call *call; /* the question to the engine, while the request waits for it */
	unsigned status;          /* of the engine's answer */
	TAILQ_ENTRY(admin_client) entry;
};

struct admin {
	struct admin_setup setup;
	evhtp_t *htp;
	TAILQ_HEAD(admin_clients, admin_client) clients;
};

struct admin_route {
	const char *path;
	void (*answer)(struct admin_client *client, evhtp_request_t *q);
};

static void
add_header(evhtp_request_t *q, const char *name, const char *value)
{
	evhtp_headers_add_header(q->headers_out, evhtp_header_new(name, value, 1, 1));
}

static void
reply(evhtp_request_t *q, evhtp_res status, const char *type, const struct text *body)
{
	/* The function that is there for it does nothing when it should turn the flag off. */
	q->flags &= (uint16_t)~EVHTP_REQ_FLAG_KEEPALIVE;
	add_header(q, "Content-Type", type);
	add_header(q, "Cache-Control", "no-store");
	if (body->failed)
		status = EVHTP_RES_SERVERR;
	else if (q->method != htp_method_HEAD && body->len)
		evbuffer_add(q->buffer_out, body->p, body->len);
	evhtp_send_reply(q, status);
}

static void
reply_message(evhtp_request_t *q, evhtp_res status, const char *message)
{
	struct text body;

	text_init(&body, 0);
	admin_write_message(message, &body);
	reply(q, status, "application/json", &body);
	text_free(&body);
}

static void
answer_health(struct admin_client *client, evhtp_request_t *q)
{
	struct text body;

	(void)client;
	text_init(&body, 0);
	text_add_str(&body, "ok\n");
	reply(q, EVHTP_RES_OK, "text/plain; charset=utf-8", &body);
	text_free(&body);
}

static void
answer_metrics(struct admin_client *client, evhtp_request_t *q)
{
	struct text body;

	text_init(&body, 0);
	admin_write_metrics(client->admin->setup.board, &body);
	reply(q, EVHTP_RES_OK, "text/plain; version=0.0.4; charset=utf-8", &body);
	text_free(&body);
}

static void
answer_sessions(struct admin_client *client, evhtp_request_t *q)
{
	struct text body;

	text_init(&body, 0);
	admin_write_sessions(client->admin->setup.board, &body);
	reply(q, EVHTP_RES_OK, "application/json", &body);
	text_free(&body);
}

/* The request was paused; the reply must be there before it goes on. */
static void
resume_with(struct admin_client *client, evhtp_res status, const char *message)
{
	evhtp_request_t *q = client->connection->request;
	struct evbuffer *in = bufferevent_get_input(client->connection->bev);

	client->call = NULL;
	evbuffer_drain(in, evbuffer_get_length(in));
	if (!q)
		return;
	reply_message(q, status, message);
	evhtp_request_resume(q);
}

static void
on_head(void *arg, const struct http_response *head)
{
	struct admin_client *client = arg;

	client->status = head->status;
}

static void
on_body(void *arg, struct span piece)
{
	(void)arg;
	(void)piece;
}

static void
on_end(void *arg)
{
	struct admin_client *client = arg;

	if (client->status == 200)
		resume_with(client, EVHTP_RES_OK, "ready");
	else
		resume_with(client, EVHTP_RES_SERVUNAVAIL,
			"the engine answers, but not as an engine does");
}

static void
on_failed(void *arg, enum engine_failure what, const char *why)
{
	struct text message;

	(void)what;
	text_init(&message, 1024);
	text_addf(&message, "the engine does not answer: %s", why);
	resume_with(arg, EVHTP_RES_SERVUNAVAIL,
		message.p && !message.failed ? message.p : "the engine does not answer");
	text_free(&message);
}

static void
answer_ready(struct admin_client *client, evhtp_request_t *q)
{
	static const struct engine_handler handler = { .head = on_head,
		.body = on_body,
		.end = on_end,
		.failed = on_failed };
	const struct engine_request ping = { .method = HTTP_GET, .path = SPAN("/_ping") };

	if (*client->admin->setup.draining) {
		reply_message(q, EVHTP_RES_SERVUNAVAIL, "draining: no new connections are taken");
		return;
	}
	client->status = 0;
	client->call = engine_send(client->admin->setup.engine, &ping, &handler, client);
	if (client->call)
		evhtp_request_pause(q);
	else
		reply_message(q, EVHTP_RES_SERVUNAVAIL,
			"no descriptor or memory to ask the engine");
}

static const struct admin_route routes[] = {
	{ "/healthz", answer_health },
	{ "/readyz", answer_ready },
	{ "/metrics", answer_metrics },
	{ "/sessions", answer_sessions },
};

static struct admin_client *
find_client(struct admin *a, const evhtp_connection_t *connection)
{
	struct admin_client *client;

	for (client = TAILQ_FIRST(&a->clients); client; client = TAILQ_NEXT(client, entry))
		if (client->connection == connection)
			return client;
	return NULL;
}

static void
on_request(evhtp_request_t *q, void *arg)
{
	struct admin_client *client = find_client(arg, q->conn);
	const char *path = q->uri && q->uri->path ? q->uri->path->full : NULL;

	for (size_t i = 0; client && path && i < sizeof(routes) / sizeof(routes[0]); i++) {
		if (strcmp(path, routes[i].path) != 0)
			continue;
		if (q->method == htp_method_GET) {
			routes[i].answer(client, q);
			return;
		}
		add_header(q, "Allow", "GET");
		reply_message(q, EVHTP_RES_METHNALLOWED, "only GET is answered here");
		return;
	}
	reply_message(q, EVHTP_RES_NOTFOUND, "there is /healthz, /readyz, /metrics and /sessions");
}

static void
free_client(struct admin_client *client)
{
	if (client->call)
		engine_call_cancel(client->call);
	TAILQ_REMOVE(&client->admin->clients, client, entry);
	free(client);
}

static evhtp_res
on_connection_end(evhtp_connection_t *connection, void *arg)
{
	(void)connection;
	free_client(arg);
	return EVHTP_RES_OK;
}

static evhtp_res
on_connection(evhtp_connection_t *connection, void *arg)
{
	struct admin *a = arg;
	struct admin_client *client = calloc(1, sizeof(*client));

	if (!client)
		return EVHTP_RES_ERROR;
	client->admin = a;
	client->connection = connection;
	TAILQ_INSERT_TAIL(&a->clients, client, entry);
	/* The library's hook type has no parameters; it calls each kind with its own. */
	if (evhtp_connection_set_hook(connection, evhtp_hook_on_connection_fini,
		    (evhtp_hook)(void (*)(void))on_connection_end, client) < 0) {
		free_client(client);
		return EVHTP_RES_ERROR;
	}
	return EVHTP_RES_OK;
}

struct admin *
admin_new(const struct admin_setup *setup)
{
	const struct timeval read_timeout = { .tv_sec = READ_TIMEOUT_S };
	const struct timeval write_timeout = { .tv_sec = WRITE_TIMEOUT_S };
	struct admin *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->setup = *setup;
	TAILQ_INIT(&a->clients);
	a->htp = evhtp_new(setup->base, NULL);
	if (!a->htp) {
		free(a);
		return NULL;
	}
	evhtp_set_timeouts(a->htp, &read_timeout, &write_timeout);
	evhtp_set_max_body_size(a->htp, MAX_BODY);
	evhtp_set_gencb(a->htp, on_request, a);
	evhtp_set_post_accept_cb(a->htp, on_connection, a);
	/* 0: it listens already. */
	if (evhtp_accept_socket(a->htp, setup->fd, 0) < 0) {
		evhtp_free(a->htp);
		free(a);
		return NULL;
	}
	return a;
}

void
admin_free(struct admin *a)
{
	struct admin_client *client;

	if (!a)
		return;
	/* evhtp_free leaves the listener to us, and the connections. */
	evhtp_unbind_socket(a->htp);
	while ((client = TAILQ_FIRST(&a->clients)))
		evhtp_connection_free(client->connection);
	evhtp_free(a->htp);
	free(a);
}
