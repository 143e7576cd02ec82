/*
 * filter: answers of which a tenant may see a part: parsed, cut, printed anew.
 */
#include <string.h>

#include "format/answer.h"
#include "format/answer_parts.h"
#include "format/image_saved.h"
#include "front/front.h"

static const struct json_limits engine_limits = { .nodes = 1000000, .exact_keys = true };

/* How an answer is read: held whole, or one by one of the elements of an array, or of the objects
 * that stand one behind the other; or what is the tenant's of an object of arrays is held. */
enum filter_form { FORM_WHOLE, FORM_ELEMENTS, FORM_VALUES, FORM_PARTS, FORM_IMAGES };

/* What is done to the answers of one enum endpoint_filter. */
struct filter_kind {
	enum filter_form form;
	answer_show_fn *show;
	/* Before it is shown: what the gateway itself takes from it. -1: x->refusal says why. */
	int (*take)(struct session *s, const struct json *v);
	const struct answer_part *parts; /* FORM_PARTS */
};

static int
filter_unreadable(struct session *s, const char *what)
{
	exchange_refuse(&s->w->x, 502, "engine broken", "the engine's answer cannot be read: %s",
		what);
	return -1;
}

static int
take_container(struct session *s, const struct json *v)
{
	struct exchange *x = &s->w->x;
	struct answer_container found;
	const struct config_tenant *t;

	if (answer_container_read(v, x->config->owner_label, &found) == -1)
		return filter_unreadable(s, "it has no id");
	t = found.owner.p ? config_tenant(x->config, found.owner) : NULL;
	if (t)
		owners_put_container(x->owners, found.id, (unsigned)(t - x->config->tenants));
	if (!t || strcmp(t->name, x->who.tenant) != 0) {
		exchange_not_found(x);
		return -1;
	}
	(void)span_copy(found.id, x->container, sizeof(x->container));
	return 0;
}

static int
take_id(struct session *s, const struct json *v, struct span *id)
{
	const struct json *member = json_get_exact(v, "Id");

	if (!member || member->type != JSON_STRING || !text_is_full_id(member->text))
		return filter_unreadable(s, "it has no id");
	*id = member->text;
	return 0;
}

/* The new exec is known to be the tenant's: its start needs no look-up. */
static int
take_exec(struct session *s, const struct json *v)
{
	struct exchange *x = &s->w->x;
	struct span id;

	if (take_id(s, v, &id) == -1)
		return -1;
	owners_put_exec(x->owners, id, span_of(x->container));
	return 0;
}

static int
take_created(struct session *s, const struct json *v)
{
	struct exchange *x = &s->w->x;
	struct span id;

	if (take_id(s, v, &id) == -1)
		return -1;
	owners_put_container(x->owners, id, (unsigned)(x->tenant - x->config->tenants));
	(void)span_copy(id, x->container, sizeof(x->container));
	return 0;
}

/* The new network is known to be the tenant's. */
static int
take_network(struct session *s, const struct json *v)
{
	struct exchange *x = &s->w->x;
	struct span id;

	if (take_id(s, v, &id) == -1)
		return -1;
	owners_put_network(x->owners, id, (unsigned)(x->tenant - x->config->tenants));
	return 0;
}

/* Events of networks and volumes tell of a container by its id alone: its own events come before. */
static int
take_event(struct session *s, const struct json *v)
{
	struct exchange *x = &s->w->x;
	struct answer_container found;
	const struct config_tenant *t = NULL;

	if (answer_event_read(v, x->config->owner_label, &found) == 0)
		t = config_tenant(x->config, found.owner);
	if (t)
		owners_put_container(x->owners, found.id, (unsigned)(t - x->config->tenants));
	return 0;
}

/* Without `show` an answer is not served. */
static const struct filter_kind filter_kinds[] = {
	[FILTER_INFO] = { .form = FORM_WHOLE, .show = answer_info },
	[FILTER_CONTAINER_LIST] = { .form = FORM_ELEMENTS, .show = answer_container_element },
	[FILTER_CONTAINER_INSPECT] = { .form = FORM_WHOLE,
		.show = answer_container,
		.take = take_container },
	[FILTER_CONTAINER_CREATED] = { .form = FORM_WHOLE,
		.show = answer_container_created,
		.take = take_created },
	[FILTER_STATS] = { .form = FORM_VALUES, .show = answer_stats },
	[FILTER_EXEC_INSPECT] = { .form = FORM_WHOLE, .show = answer_exec },
	[FILTER_EXEC_CREATED] = { .form = FORM_WHOLE,
		.show = answer_exec_created,
		.take = take_exec },
	[FILTER_NETWORK_LIST] = { .form = FORM_ELEMENTS, .show = answer_network },
	[FILTER_NETWORK_CREATED] = { .form = FORM_WHOLE,
		.show = answer_network_created,
		.take = take_network },
	[FILTER_NETWORK_INSPECT] = { .form = FORM_WHOLE, .show = answer_network },
	[FILTER_VOLUME_LIST] = { .form = FORM_PARTS,
		.show = answer_volume_list,
		.parts = answer_volume_parts },
	[FILTER_VOLUME_INSPECT] = { .form = FORM_WHOLE, .show = answer_volume },
	[FILTER_IMAGE_LIST] = { .form = FORM_ELEMENTS, .show = answer_image_element },
	[FILTER_IMAGE_INSPECT] = { .form = FORM_WHOLE, .show = answer_image },
	[FILTER_IMAGE_REMOVED] = { .form = FORM_WHOLE, .show = answer_image_removed },
	[FILTER_IMAGE_SAVED] = { .form = FORM_IMAGES },
	[FILTER_DISK_USAGE] = { .form = FORM_PARTS,
		.show = answer_usage,
		.parts = answer_usage_parts },
	[FILTER_PRUNED] = { .form = FORM_WHOLE, .show = answer_pruned },
	[FILTER_EVENTS] = { .form = FORM_VALUES, .show = answer_event, .take = take_event },
	[FILTER_PROGRESS] = { .form = FORM_VALUES, .show = answer_progress },
};

static const struct filter_kind *
filter_kind(const struct session *s)
{
	return &filter_kinds[s->w->x.endpoint->filter];
}

bool
filter_wanted(const struct session *s)
{
	const struct work *w = s->w;

	return !w->x.everything && w->x.endpoint->filter != FILTER_NONE && w->status >= 200 &&
		w->status < 300 && w->x.request.method != HTTP_HEAD;
}

bool
filter_flows(const struct session *s)
{
	return filter_wanted(s) &&
		(filter_kind(s)->form == FORM_VALUES || filter_kind(s)->form == FORM_IMAGES);
}

/* -1: not to be shown, for the reason in x->refusal. */
static int
filter_show(struct session *s, struct json_doc *doc, struct json *v, bool *shown)
{
	const struct filter_kind *kind = filter_kind(s);

	if (kind->take && kind->take(s, v) == -1)
		return -1;
	switch (kind->show(&s->w->view, doc, v)) {
	case ANSWER_SHOWN:
		*shown = true;
		return 0;
	case ANSWER_FOREIGN:
		*shown = false;
		return 0;
	case ANSWER_UNREADABLE:
		break;
	}
	return filter_unreadable(s, "it is not of the form it should have");
}

/* One of many: the engine was asked for the tenant's only, and is not believed. */
static int
filter_value(void *arg, struct json_doc *doc, struct json *v)
{
	struct session *s = arg;
	struct work *w = s->w;
	bool list = filter_kind(s)->form == FORM_ELEMENTS, shown;

	if (filter_show(s, doc, v, &shown) == -1)
		return -1;
	if (!shown)
		return 0;
	if (list)
		text_add_char(&w->pending, w->any ? ',' : '[');
	w->any = true;
	json_print(&w->pending, v);
	if (!list)
		text_add_char(&w->pending, '\n');
	return 0;
}

/* Beginnings count: errors tell short ids. */
static bool
is_id_of(struct span id, const char *full)
{
	struct span all = span_of(full);

	if (span_starts(all, SPAN("sha256:"))) {
		all.p += 7;
		all.len -= 7;
	}
	return all.len && span_starts(all, id);
}

/* NULL: not known. */
static const struct config_tenant *
filter_known_owner(const struct exchange *x, struct span id)
{
	unsigned owner;

	if (owners_get_container(x->owners, id, &owner) ||
		owners_get_network(x->owners, id, &owner))
		return &x->config->tenants[owner];
	return NULL;
}

/* An id that the request named, or was looked up as, or that is known for the tenant's. */
static bool
filter_knows(const void *arg, struct span id)
{
	const struct exchange *x = arg;
	const struct span target = x->request.target;

	if (is_id_of(id, x->container) || is_id_of(id, x->exec) || is_id_of(id, x->path_object) ||
		(target.len && memmem(target.p, target.len, id.p, id.len)))
		return true;
	for (unsigned i = 0; i < x->ref_count; i++)
		if (is_id_of(id, x->refs[i].found) || is_id_of(id, x->refs[i].id))
			return true;
	/* Who uses a tenant's network or volume is the tenant's: "volume is in use - [ID]". */
	if (x->endpoint->object == OBJECT_NETWORK || x->endpoint->object == OBJECT_VOLUME)
		return true;
	return x->tenant && filter_known_owner(x, id) == x->tenant;
}

static enum answer_owner
filter_owner(const void *arg, struct span id)
{
	const struct exchange *x = arg;
	const struct config_tenant *t = filter_known_owner(x, id);

	if (!t)
		return ANSWER_OWNER_UNKNOWN;
	return t == x->tenant ? ANSWER_OWNER_SELF : ANSWER_OWNER_OTHER;
}

static void
filter_view(struct session *s)
{
	struct work *w = s->w;

	w->view = (struct answer_view){ .tenant = span_of(w->x.who.tenant),
		.owner_label = w->x.config->owner_label,
		.images = &w->images.space,
		.knows = filter_knows,
		.owner = filter_owner,
		.knows_arg = &w->x,
		.counts = &w->x.counts };
	image_tenant_init(&w->images, w->x.config, w->x.tenant);
}

int
filter_begin(struct session *s)
{
	struct work *w = s->w;
	size_t most = (size_t)w->x.config->max_answer;
	const struct filter_kind *kind;

	text_init(&w->pending, 0);
	text_init(&w->whole, most);
	filter_view(s);
	if (!filter_wanted(s))
		return 0;
	kind = filter_kind(s);
	if (!kind->show && kind->form != FORM_IMAGES) {
		exchange_refuse(&w->x, 501, "not served", "%s: not served", w->x.endpoint->name);
		return -1;
	}
	if (kind->form == FORM_ELEMENTS)
		w->values = json_stream_new(most, filter_value, s);
	else if (kind->form == FORM_VALUES)
		w->values = json_stream_new_values(most, filter_value, s);
	else if (kind->form == FORM_PARTS)
		w->parts = answer_parts_new(&w->view, kind->parts, most);
	else if (kind->form == FORM_IMAGES)
		w->saved = image_saved_new(w->view.images);
	return kind->form == FORM_WHOLE || w->values || w->parts || w->saved
		? 0
		: filter_unreadable(s, "out of memory");
}

int
filter_piece(struct session *s, struct span piece)
{
	struct work *w = s->w;
	struct json_error err;

	if (w->saved)
		return image_saved_feed(w->saved, piece, &w->pending)
			? filter_unreadable(s, image_saved_fault(w->saved))
			: 0;
	if (w->parts)
		return answer_parts_feed(w->parts, piece)
			? filter_unreadable(s, answer_parts_fault(w->parts))
			: 0;
	if (!w->values) {
		text_add_span(&w->whole, piece);
		return w->whole.failed ? filter_unreadable(s, "it is too large") : 0;
	}
	if (json_stream_feed(w->values, piece, &err) == 0)
		return 0;
	return w->x.refusal.reason ? -1 : filter_unreadable(s, err.message);
}

static int
filter_values_end(struct session *s)
{
	struct work *w = s->w;
	struct json_error err;

	if (json_stream_end(w->values, &err) == -1)
		return filter_unreadable(s, err.message);
	if (filter_kind(s)->form == FORM_ELEMENTS)
		text_add_str(&w->pending, w->any ? "]\n" : "[]\n");
	return 0;
}

/* Appends what the engine says; it was given the full id of what the client may have named. */
static void
filter_error_message(struct session *s, struct text *out)
{
	struct work *w = s->w;
	struct span id = { NULL, 0 };
	struct text raw;

	text_init(&raw, 0);
	answer_error_message(text_span(&w->whole), text_span(&w->media), &raw);
	if (!w->x.everything && w->x.endpoint->object == OBJECT_CONTAINER)
		id = span_of(w->x.container);
	answer_error_as_asked(text_span(&raw), id, w->x.object, out);
	if (raw.failed)
		out->failed = true;
	text_free(&raw);
}

/* One that tells of others' objects must not be told from a missing one; the oldest API's errors
 * are plain text. */
static int
filter_error(struct session *s)
{
	struct work *w = s->w;
	struct text message;
	bool ambiguous;

	text_init(&message, 0);
	filter_error_message(s, &message);
	ambiguous = answer_error_is_ambiguous(text_span(&message));
	text_clear(&w->media);
	if (w->x.everything) {
		text_add_span(&w->pending, text_span(&message));
		text_add_str(&w->media, "text/plain; charset=utf-8");
	} else if (w->x.text_errors) {
		answer_error_sentence(&w->view, text_span(&message), &w->pending);
		text_add_str(&w->media, "text/plain; charset=utf-8");
	} else {
		answer_error_print(&w->view, text_span(&message), &w->pending);
		text_add_str(&w->media, "application/json");
	}
	text_add_char(&w->pending, '\n');
	text_free(&message);
	if (!ambiguous || !w->x.judged_later)
		return 0;
	exchange_not_found(&w->x);
	return -1;
}

static int
filter_whole(struct session *s, struct span in)
{
	struct work *w = s->w;
	struct json_doc doc;
	struct json_error err;
	bool shown = false;
	int r;

	if (json_parse(in, &engine_limits, &doc, &err) == -1)
		return filter_unreadable(s, err.message);
	r = filter_show(s, &doc, doc.root, &shown);
	if (r == 0 && shown)
		json_print(&w->pending, doc.root);
	json_free(&doc);
	text_add_char(&w->pending, '\n');
	if (r == 0 && !shown) {
		exchange_not_found(&w->x);
		r = -1;
	}
	return r;
}

static int
filter_parts_end(struct session *s)
{
	struct work *w = s->w;
	struct span rest;

	if (answer_parts_end(w->parts, &rest) == -1)
		return filter_unreadable(s, answer_parts_fault(w->parts));
	return filter_whole(s, rest);
}

int
filter_end(struct session *s)
{
	if (!filter_wanted(s))
		return filter_error(s);
	if (s->w->saved)
		return image_saved_end(s->w->saved, &s->w->pending)
			? filter_unreadable(s, image_saved_fault(s->w->saved))
			: 0;
	if (s->w->parts)
		return filter_parts_end(s);
	return s->w->values ? filter_values_end(s) : filter_whole(s, text_span(&s->w->whole));
}
