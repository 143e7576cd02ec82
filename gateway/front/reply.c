/*
 * reply: heads and answers as the client gets them, generated from plain data.
 */
#include <inttypes.h>

#include "front/front.h"
#include "front/roster.h"

static void
reply_line(struct text *out, unsigned status)
{
	text_addf(out, "HTTP/1.1 %u %s\r\n", status, http_reason(status));
}

/* Whether the connection goes on, in the words of the client's HTTP version. */
static void
reply_connection(const struct connection *c, const struct http_request *q, struct text *out)
{
	if (c->last || c->house->draining || !q->keep_alive)
		text_add_str(out, "Connection: close\r\n");
	else if (q->minor == 0)
		text_add_str(out, "Connection: keep-alive\r\n");
}

void
reply_head(struct session *s, uint64_t length, struct text *out)
{
	struct connection *c = s->c;
	struct work *w = s->w;
	const struct http_request *q = &w->x.request;
	bool bodiless = w->status == 204 || w->status == 304;

	w->chunked = length == UINT64_MAX && !bodiless && q->minor > 0 && q->method != HTTP_HEAD;
	/* The answer may come before the body's end, and what is left of that is not read then. */
	if (!q->keep_alive || c->house->draining || w->unread ||
		(length == UINT64_MAX && !bodiless && !w->chunked && q->method != HTTP_HEAD))
		c->last = true;
	reply_line(out, w->status);
	if (w->media.len)
		text_addf(out, "Content-Type: %.*s\r\n", (int)w->media.len, w->media.p);
	text_add_span(out, text_span(&w->fields));
	if (w->chunked)
		text_add_str(out, "Transfer-Encoding: chunked\r\n");
	else if (length != UINT64_MAX && !bodiless)
		text_addf(out, "Content-Length: %" PRIu64 "\r\n", length);
	reply_connection(c, q, out);
	text_add_str(out, "\r\n");
}

/* The engine's two forms of an error (moby api/server/httputils). */
static void
reply_message(struct text *body, struct span message, bool plain)
{
	if (plain) {
		text_add_span(body, message);
	} else {
		text_add_str(body, "{\"message\":");
		text_add_json(body, message);
		text_add_char(body, '}');
	}
	text_add_char(body, '\n');
}

static void
reply_challenges(const struct auth_scheme *const *schemes, struct text *out)
{
	for (unsigned i = 0; schemes[i]; i++)
		if (schemes[i]->challenge)
			text_addf(out, "WWW-Authenticate: %s\r\n", schemes[i]->challenge);
}

static void
reply_allow(unsigned methods, struct text *out)
{
	const char *sep = "Allow: ";

	for (unsigned m = HTTP_GET; m < HTTP_OTHER; m <<= 1) {
		if (!(methods & m))
			continue;
		text_addf(out, "%s%s", sep, http_method_name((enum http_method)m));
		sep = ", ";
	}
	text_add_str(out, "\r\n");
}

static void
reply_error_head(unsigned status, size_t len, bool plain, struct text *out)
{
	reply_line(out, status);
	text_addf(out, "Content-Type: %s\r\nContent-Length: %zu\r\n",
		plain ? "text/plain; charset=utf-8" : "application/json", len);
}

void
reply_refusal(const struct connection *c, const struct exchange *x, struct text *out)
{
	const struct refusal *r = &x->refusal;
	struct text body;

	text_init(&body, 0);
	reply_message(&body, text_span(&r->message), x->text_errors);
	reply_error_head(r->status, body.len, x->text_errors, out);
	if (r->challenge)
		reply_challenges(x->schemes, out);
	if (r->allow)
		reply_allow(r->allow, out);
	if (r->retry_after)
		text_addf(out, "Retry-After: %u\r\n", r->retry_after);
	if (r->fields)
		text_add_str(out, r->fields);
	reply_connection(c, &x->request, out);
	text_add_str(out, "\r\n");
	if (x->request.method != HTTP_HEAD)
		text_add_span(out, text_span(&body));
	out->failed |= body.failed;
	text_free(&body);
}

void
reply_error(struct connection *c, const struct http_error *err)
{
	struct text body, out;

	text_init(&body, 0);
	text_init(&out, 0);
	reply_message(&body, span_of(err->message), false);
	reply_error_head(err->status, body.len, false, &out);
	text_add_str(&out, "Connection: close\r\n\r\n");
	text_add_span(&out, text_span(&body));
	/* The connection is being closed; a client that is gone changes nothing. */
	if (!out.failed && !body.failed)
		(void)connection_write(c, text_span(&out));
	text_free(&body);
	text_free(&out);
}
