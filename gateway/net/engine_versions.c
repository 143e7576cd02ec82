/*
 * engine_versions: which API versions the engine speaks, asked with GET /version
 * when it is not known, and forgotten when the engine may be another one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "format/json.h"
#include "net/engine_impl.h"

/* An engine's /version is about 1 KiB. */
#define VERSION_BODY_MAX ((size_t)64 << 10)

static void
versions_tell(struct engine *e, const char *why)
{
	struct engine_versions v = e->versions;

	/* One that is told may cancel another, so the list is taken anew each time. */
	while (e->waiters) {
		struct engine_waiter *w = e->waiters;

		e->waiters = w->next;
		w->ready(w->arg, why ? NULL : &v, why);
		free(w);
	}
}

/* "1.41": 41; 0 for what is not major version 1. */
static unsigned
versions_minor(const struct json *v)
{
	struct span s;
	uint64_t minor;

	if (!v || v->type != JSON_STRING || !span_starts(v->text, SPAN("1.")))
		return 0;
	s = (struct span){ v->text.p + 2, v->text.len - 2 };
	return span_u64(s, &minor) && minor < 1000 ? (unsigned)minor : 0;
}

static const char *
versions_read(struct engine *e)
{
	struct json_doc doc;
	struct json_error err;
	struct engine_versions v;

	if (e->versions_status != 200 ||
		json_parse(text_span(&e->versions_body), NULL, &doc, &err) == -1)
		return "the engine's answer to GET /version cannot be read";
	v.newest = versions_minor(json_get_exact(doc.root, "ApiVersion"));
	v.oldest = versions_minor(json_get_exact(doc.root, "MinAPIVersion"));
	json_free(&doc);
	if (!v.newest)
		return "the engine does not tell its API version";
	if (!v.oldest || v.oldest > v.newest)
		v.oldest = v.newest < 24 ? v.newest : 24;
	e->versions = v;
	e->versions_known = true;
	return NULL;
}

static void
versions_head(void *arg, const struct http_response *head)
{
	struct engine *e = arg;

	e->versions_status = head->status;
}

static void
versions_body(void *arg, struct span piece)
{
	struct engine *e = arg;

	text_add_span(&e->versions_body, piece);
}

static void
versions_end(void *arg)
{
	struct engine *e = arg;
	const char *why;

	e->versions_call = NULL;
	why = versions_read(e);
	text_free(&e->versions_body);
	versions_tell(e, why);
}

static void
versions_failed(void *arg, enum engine_failure what, const char *why)
{
	struct engine *e = arg;

	(void)what;
	e->versions_call = NULL;
	text_free(&e->versions_body);
	versions_tell(e, why);
}

static const struct engine_handler versions_handler = {
	.head = versions_head,
	.body = versions_body,
	.end = versions_end,
	.failed = versions_failed,
};

void
engine_versions_ask(struct engine *e, engine_versions_fn *ready, void *arg)
{
	static const struct engine_request q = { .method = HTTP_GET, .path = { "/version", 8 } };
	struct engine_waiter *w;

	if (e->versions_known) {
		ready(arg, &e->versions, NULL);
		return;
	}
	if (!e->versions_call) {
		text_init(&e->versions_body, VERSION_BODY_MAX);
		e->versions_call = engine_send(e, &q, &versions_handler, e);
	}
	w = e->versions_call ? malloc(sizeof(*w)) : NULL;
	if (!w) {
		ready(arg, NULL, "out of memory");
		return;
	}
	*w = (struct engine_waiter){ ready, arg, e->waiters };
	e->waiters = w;
}

void
engine_versions_cancel(struct engine *e, void *arg)
{
	for (struct engine_waiter **p = &e->waiters; *p;) {
		struct engine_waiter *w = *p;

		if (w->arg != arg) {
			p = &w->next;
			continue;
		}
		*p = w->next;
		free(w);
	}
}

void
engine_versions_forget(struct engine *e)
{
	e->versions_known = false;
}

void
engine_versions_free(struct engine *e)
{
	if (e->versions_call)
		engine_call_cancel(e->versions_call);
	text_free(&e->versions_body);
	while (e->waiters) {
		struct engine_waiter *w = e->waiters;

		e->waiters = w->next;
		free(w);
	}
}
