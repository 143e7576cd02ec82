/*
 * quota_count: how much the tenant has on the engine, by the engine's own lists.
 *
 * Lists are asked for by the owner's label, and each element's label is looked at again. Containers and
 * networks are read one by one; volumes come inside an object, which is held (limits.answer).
 */
#include "policy/quota_count.h"

#include <stdlib.h>

#include "format/answer.h"
#include "format/space.h"
#include "policy/ask.h"

enum list { LIST_CONTAINERS, LIST_VOLUMES, LIST_NETWORKS, LISTS };

struct count {
	struct exchange *x;
	struct demand of;
	struct demand *there;
	const struct quota_counter *counter;
	void *arg;
	struct answer_view view;
	enum list list; /* the one that is asked for */
	struct json_stream *stream;
	bool broken;
};

static const char *const list_names[] = {
	[LIST_CONTAINERS] = "containers",
	[LIST_VOLUMES] = "volumes",
	[LIST_NETWORKS] = "networks",
};

static void
count_free(struct count *c)
{
	json_stream_free(c->stream);
	free(c);
}

/* What a create that went through this gateway has written; others took nothing of the quotas. */
static uint64_t
count_label(const struct count *c, const struct json *labels, const char *what)
{
	struct text key;
	const struct json *v;
	uint64_t n = 0;

	text_init(&key, 0);
	space_add_label(&key, c->x->config->owner_label, what);
	v = key.failed ? NULL : json_get_exact(labels, key.p);
	if (v && v->type == JSON_STRING)
		(void)span_u64(v->text, &n);
	text_free(&key);
	return n;
}

/* Creating a volume that is there gives the one that is there: it is not one more. Neither is what the
 * request is to make on its way, if another has made it by now. */
static bool
count_is_wanted(const struct count *c, enum ref_kind kind, const struct json *element)
{
	const struct exchange *x = c->x;
	const struct json *name = json_get_exact(element, "Name"), *wanted;

	if (!name || name->type != JSON_STRING)
		return false;
	for (unsigned i = 0; i < x->ref_count; i++)
		if (x->refs[i].absent && x->refs[i].kind == kind &&
			span_eq(name->text, span_of(x->refs[i].found)))
			return true;
	if (kind != REF_VOLUME || x->endpoint->body != BODY_VOLUME_CREATE)
		return false;
	wanted = json_get_exact(x->tree.root, "Name");
	return wanted && span_eq(name->text, wanted->text);
}

static void
count_element(struct count *c, const struct json *element)
{
	const struct json *labels = json_get_exact(element, "Labels");
	struct demand d = { 0 };

	if (c->list == LIST_VOLUMES ? !answer_volume_is_owned(&c->view, element)
				    : !answer_is_owned(&c->view, element))
		return;
	switch (c->list) {
	case LIST_CONTAINERS:
		d.containers = 1;
		d.memory = count_label(c, labels, SPACE_LABEL_MEMORY);
		d.nano_cpus = count_label(c, labels, SPACE_LABEL_CPUS);
		d.pids = count_label(c, labels, SPACE_LABEL_PIDS);
		break;
	case LIST_VOLUMES:
		d.volumes = !count_is_wanted(c, REF_VOLUME, element);
		break;
	case LIST_NETWORKS:
		d.networks = !count_is_wanted(c, REF_NETWORK, element);
		break;
	case LISTS:
		break;
	}
	demand_add(c->there, &d);
}

static int
count_streamed(void *arg, struct json_doc *doc, struct json *element)
{
	(void)doc;
	count_element(arg, element);
	return 0;
}

static bool
count_whole(struct count *c, struct span body)
{
	/* Each volume has some ten nodes, and limits.answer bounds them all. */
	const struct json_limits limits = { .nodes = 4000000, .exact_keys = true };
	struct json_error err;
	struct json_doc doc;
	const struct json *list;
	bool ok;

	if (json_parse(body, &limits, &doc, &err) == -1)
		return false;
	list = json_get_exact(doc.root, "Volumes");
	/* An engine without any may say null. */
	ok = list && (list->type == JSON_ARRAY || list->type == JSON_NULL);
	for (const struct json *v = ok ? list->first : NULL; v; v = v->next)
		count_element(c, v);
	json_free(&doc);
	return ok;
}

static enum gate_answer
count_unreadable(const struct count *c)
{
	return exchange_refuse(c->x, 502, "engine", "the engine's list of %s cannot be read",
		list_names[c->list]);
}

static void
count_piece(struct exchange *x, void *arg, struct span piece)
{
	struct count *c = arg;
	struct json_error err;

	(void)x;
	if (!c->broken && json_stream_feed(c->stream, piece, &err) == -1)
		c->broken = true;
}

static bool
count_wanted(const struct count *c, enum list list)
{
	switch (list) {
	case LIST_CONTAINERS:
		return c->of.containers || c->of.memory || c->of.nano_cpus || c->of.pids;
	case LIST_VOLUMES:
		return c->of.volumes != 0;
	case LIST_NETWORKS:
		return c->of.networks != 0;
	case LISTS:
		break;
	}
	return false;
}

static enum gate_answer count_next(struct count *c);

static enum gate_answer
count_answer(struct count *c, unsigned status, struct span body)
{
	struct json_error err;
	bool ok;

	if (status == 0)
		return GATE_REFUSE;
	if (status != 200)
		return ask_error(c->x, status, body);
	ok = c->stream ? !c->broken && json_stream_end(c->stream, &err) == 0 : count_whole(c, body);
	if (!ok)
		return count_unreadable(c);
	c->list++;
	return count_next(c);
}

static void
count_end(struct exchange *x, void *arg, unsigned status, struct span body)
{
	struct count *c = arg;
	enum gate_answer a = count_answer(c, status, body);
	const struct quota_counter *counter = c->counter;
	void *caller = c->arg;

	(void)x;
	if (a == GATE_WAIT)
		return;
	count_free(c);
	counter->counted(caller, a == GATE_PASS);
}

static void
count_gone(void *arg)
{
	struct count *c = arg;

	c->counter->gone(c->arg);
	count_free(c);
}

static const struct ask_kind streamed_kind = { count_piece, count_end, count_gone };
static const struct ask_kind whole_kind = { NULL, count_end, count_gone };

static void
count_query(const struct count *c, struct text *out)
{
	struct text label, filter;

	/* Some of the tenant's have no labels. */
	if (c->list == LIST_VOLUMES)
		return;
	text_init(&label, 0);
	text_init(&filter, 0);
	text_addf(&label, "%s=%s", c->x->config->owner_label, c->x->tenant->name);
	text_add_str(&filter, "{\"label\":[");
	text_add_json(&filter, text_span(&label));
	text_add_str(&filter, "]}");
	text_add_str(out, c->list == LIST_CONTAINERS ? "all=1&filters=" : "filters=");
	target_add_encoded(out, text_span(&filter));
	out->failed |= label.failed || filter.failed;
	text_free(&label);
	text_free(&filter);
}

static enum gate_answer
count_ask(struct count *c)
{
	static const char *const paths[] = {
		[LIST_CONTAINERS] = "/containers/json",
		[LIST_VOLUMES] = "/volumes",
		[LIST_NETWORKS] = "/networks",
	};
	struct ask_question q = { .method = HTTP_GET };
	bool whole = c->list == LIST_VOLUMES;
	struct text query;
	enum gate_answer a = GATE_REFUSE;

	if (c->list < LISTS)
		q.path = span_of(paths[c->list]);
	json_stream_free(c->stream);
	c->stream =
		whole ? NULL : json_stream_new((size_t)c->x->config->max_answer, count_streamed, c);
	text_init(&query, 0);
	count_query(c, &query);
	q.query = text_span(&query);
	if (query.failed || (!whole && !c->stream))
		exchange_refuse(c->x, 500, "memory", "out of memory");
	else
		a = ask_engine(c->x, &q, whole ? &whole_kind : &streamed_kind, c);
	text_free(&query);
	return a;
}

/* GATE_PASS when nothing is left to be asked. */
static enum gate_answer
count_next(struct count *c)
{
	while (c->list < LISTS && !count_wanted(c, c->list))
		c->list++;
	return c->list == LISTS ? GATE_PASS : count_ask(c);
}

enum gate_answer
quota_count(struct exchange *x, const struct demand *of, struct demand *there,
	const struct quota_counter *counter, void *arg)
{
	struct count *c = calloc(1, sizeof(*c));
	enum gate_answer a;

	if (!c)
		return exchange_refuse(x, 500, "memory", "out of memory");
	*there = (struct demand){ 0 };
	*c = (struct count){ .x = x, .of = *of, .there = there, .counter = counter, .arg = arg };
	c->view = (struct answer_view){ .tenant = span_of(x->tenant->name),
		.owner_label = x->config->owner_label };
	a = count_next(c);
	if (a == GATE_WAIT)
		return a;
	count_free(c);
	return a == GATE_REFUSE
		? a
		: exchange_refuse(x, 500, "quota", "there is nothing to be counted");
}
