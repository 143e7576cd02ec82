/*
 * filter: answers of which a tenant may see a part: parsed, cut, printed anew.
 */
#include <string.h>

#include "format/answer.h"
#include "front/front.h"

static const struct json_limits engine_limits = { .nodes = 1000000, .exact_keys = true };

static int
filter_unreadable(struct session *s, const char *what)
{
	exchange_refuse(&s->w->x, 502, "engine broken", "the engine's answer cannot be read: %s",
		what);
	return -1;
}

bool
filter_wanted(const struct session *s)
{
	const struct work *w = s->w;

	return w->x.endpoint->filter != FILTER_NONE && w->status >= 200 && w->status < 300 &&
		w->x.request.method != HTTP_HEAD;
}

static bool
filter_is_list(const struct session *s)
{
	return filter_wanted(s) && s->w->x.endpoint->filter == FILTER_CONTAINER_LIST;
}

/* One container of the list: the engine was asked for the tenant's only, and is not believed. */
static int
filter_list_element(void *arg, struct json_doc *doc, struct json *element)
{
	struct session *s = arg;
	struct work *w = s->w;

	if (!answer_list_is_owned(element, w->x.config->owner_label, span_of(w->x.who.tenant)))
		return 0;
	if (answer_redact_list_element(doc, element) == -1)
		return -1;
	text_add_char(&w->pending, w->list_any ? ',' : '[');
	w->list_any = true;
	json_print(&w->pending, element);
	return 0;
}

int
filter_begin(struct session *s)
{
	struct work *w = s->w;
	size_t most = (size_t)w->x.config->max_answer;

	text_init(&w->pending, 0);
	text_init(&w->whole, most);
	if (!filter_is_list(s))
		return 0;
	w->list = json_stream_new(most, filter_list_element, s);
	return w->list ? 0 : filter_unreadable(s, "out of memory");
}

int
filter_piece(struct session *s, struct span piece)
{
	struct work *w = s->w;
	struct json_error err;

	if (w->list)
		return json_stream_feed(w->list, piece, &err) == 0
			? 0
			: filter_unreadable(s, err.message);
	text_add_span(&w->whole, piece);
	return w->whole.failed ? filter_unreadable(s, "it is too large") : 0;
}

static int
filter_list_end(struct session *s)
{
	struct work *w = s->w;
	struct json_error err;

	if (json_stream_end(w->list, &err) == -1)
		return filter_unreadable(s, err.message);
	text_add_str(&w->pending, w->list_any ? "]\n" : "[]\n");
	return 0;
}

/* One that tells of others' objects must not be told from a missing one; the oldest API's errors
 * are plain text. */
static int
filter_error(struct session *s)
{
	struct work *w = s->w;

	answer_error_message(text_span(&w->whole), text_span(&w->media), &w->pending);
	if (w->x.judged_later && answer_error_is_ambiguous(text_span(&w->pending))) {
		exchange_not_found(&w->x);
		return -1;
	}
	if (!w->x.text_errors) {
		text_clear(&w->pending);
		text_add_span(&w->pending, text_span(&w->whole));
		return 0;
	}
	text_add_char(&w->pending, '\n');
	text_clear(&w->media);
	text_add_str(&w->media, "text/plain; charset=utf-8");
	return 0;
}

static int
filter_inspect(struct session *s, struct json_doc *doc)
{
	struct exchange *x = &s->w->x;
	struct answer_container found;
	const struct config_tenant *t;

	if (answer_container_read(doc->root, x->config->owner_label, &found) == -1)
		return filter_unreadable(s, "it has no id");
	t = found.owner.p ? config_tenant(x->config, found.owner) : NULL;
	if (t)
		owners_put_container(x->owners, found.id, (unsigned)(t - x->config->tenants));
	if (!t || strcmp(t->name, x->who.tenant) != 0) {
		exchange_not_found(x);
		return -1;
	}
	(void)span_copy(found.id, x->container, sizeof(x->container));
	return answer_redact_inspect(doc, doc->root);
}

/* The new exec is known to be the tenant's: its start needs no look-up. */
static int
filter_exec_created(struct session *s, const struct json *root)
{
	struct exchange *x = &s->w->x;
	const struct json *id = json_get_exact(root, "Id");

	if (!id || id->type != JSON_STRING || !text_is_full_id(id->text))
		return filter_unreadable(s, "it has no id");
	owners_put_exec(x->owners, id->text, span_of(x->container));
	return 0;
}

static int
filter_tree(struct session *s, struct json_doc *doc)
{
	switch (s->w->x.endpoint->filter) {
	case FILTER_INFO:
		return answer_redact_info(doc, doc->root);
	case FILTER_CONTAINER_INSPECT:
		return filter_inspect(s, doc);
	case FILTER_EXEC_INSPECT:
		return answer_redact_exec(doc, doc->root);
	case FILTER_EXEC_CREATED:
		return filter_exec_created(s, doc->root);
	case FILTER_NONE:
	case FILTER_CONTAINER_LIST:
	case FILTER_CONTAINER_CREATED:
	case FILTER_STATS:
	case FILTER_NETWORK_LIST:
	case FILTER_NETWORK_INSPECT:
	case FILTER_VOLUME_LIST:
	case FILTER_VOLUME_INSPECT:
	case FILTER_IMAGE_LIST:
	case FILTER_IMAGE_INSPECT:
	case FILTER_IMAGE_REMOVED:
	case FILTER_IMAGE_SAVED:
	case FILTER_DISK_USAGE:
	case FILTER_PRUNED:
	case FILTER_EVENTS:
	case FILTER_PROGRESS:
		break;
	}
	return -1;
}

int
filter_end(struct session *s)
{
	struct work *w = s->w;
	struct json_doc doc;
	struct json_error err;
	int r;

	if (w->list)
		return filter_list_end(s);
	if (!filter_wanted(s))
		return filter_error(s);
	if (json_parse(text_span(&w->whole), &engine_limits, &doc, &err) == -1)
		return filter_unreadable(s, err.message);
	r = filter_tree(s, &doc);
	if (r == 0)
		json_print(&w->pending, doc.root);
	else if (!w->x.refusal.reason)
		filter_unreadable(s, "it is not of the form it should have");
	json_free(&doc);
	text_add_char(&w->pending, '\n');
	return r;
}
