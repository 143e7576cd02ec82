/*
 * bridge_resize: the commands of an exec's client: its terminal's size goes to the engine on a request
 * of its own, one at a time and the newest only.
 */
#include <stdio.h>

#include "format/ws_command.h"
#include "front/bridge.h"

static void resize_send(struct bridge *b);

static void
resize_over(struct bridge *b)
{
	b->resize = NULL;
	if (b->due)
		resize_send(b);
}

static void
resize_head(void *arg, const struct http_response *head)
{
	(void)arg;
	(void)head;
}

static void
resize_body(void *arg, struct span piece)
{
	(void)arg;
	(void)piece;
}

static void
resize_end(void *arg)
{
	resize_over(arg);
}

/* A size that was not taken is no reason to end the session: the next may be. */
static void
resize_failed(void *arg, enum engine_failure what, const char *why)
{
	(void)what;
	(void)why;
	resize_over(arg);
}

static const struct engine_handler handler = {
	.head = resize_head,
	.body = resize_body,
	.end = resize_end,
	.failed = resize_failed,
};

static void
resize_send(struct bridge *b)
{
	struct engine_request q = { .method = HTTP_POST, .path = text_span(&b->resize_path) };
	char query[48];

	snprintf(query, sizeof(query), "h=%u&w=%u", b->height, b->width);
	q.query = span_of(query);
	b->due = false;
	/* Without memory it is lost as one that the engine did not take. */
	b->resize = engine_send(b->s->c->house->engine, &q, &handler, b);
}

static void
bridge_resize(struct bridge *b, unsigned height, unsigned width)
{
	b->height = height;
	b->width = width;
	b->due = true;
	if (!b->resize && !b->resize_path.failed)
		resize_send(b);
}

void
bridge_resize_begin(struct bridge *b, const struct exchange *x)
{
	text_init(&b->resize_path, 0);
	session_path(x, &b->resize_path);
	b->resize_path.len -= sizeof("/ws") - 1;
	text_add_str(&b->resize_path, "/resize");
	/* Older engines do not take the size with the start. */
	if (x->start.has_size && x->minor < 42)
		bridge_resize(b, x->start.height, x->start.width);
}

void
bridge_resize_stop(struct bridge *b)
{
	if (b->resize)
		engine_call_cancel(b->resize);
	b->resize = NULL;
}

void
bridge_command(struct bridge *b, const struct ws_piece *p)
{
	struct ws_command c;
	const char *why = "the text message is too long";
	int r;

	text_add_span(&b->command, p->payload);
	if (!p->last)
		return;
	r = b->command.failed ? -1 : ws_command_parse(text_span(&b->command), &c, &why);
	text_clear(&b->command);
	if (r == -1)
		bridge_close(b, WS_NOT_ALLOWED, span_of(why), "bad command");
	else if (c.kind == WS_STDIN_CLOSE)
		bridge_stream_end_up(b);
	else
		bridge_resize(b, c.height, c.width);
}
