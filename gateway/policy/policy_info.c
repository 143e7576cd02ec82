/*
 * policy_info: GET /info counts the tenant's own containers and images; the engine's counts
 * everybody's, so its lists are asked first.
 */
#include <stdlib.h>

#include "format/answer.h"
#include "format/target.h"
#include "policy/ask.h"
#include "policy/image_tenant.h"
#include "policy/policy.h"

/* One counting: first the containers, then the images. */
struct info {
	struct image_tenant images;
	struct answer_view view;
	struct answer_counts counts;
	struct json_stream *list;
	bool broken; /* the list cannot be read */
	bool second; /* it is the images' */
};

static void
info_free(void *arg)
{
	struct info *i = arg;

	json_stream_free(i->list);
	free(i);
}

/* What is neither paused nor running counts as stopped (moby daemon/container/state counters). */
static int
info_container(void *arg, struct json_doc *doc, struct json *v)
{
	struct info *i = arg;
	const struct json *state = json_get_exact(v, "State");

	(void)doc;
	if (!answer_is_owned(&i->view, v))
		return 0;
	i->counts.containers++;
	if (state && state->type == JSON_STRING && span_eq(state->text, SPAN("running")))
		i->counts.running++;
	else if (state && state->type == JSON_STRING && span_eq(state->text, SPAN("paused")))
		i->counts.paused++;
	else
		i->counts.stopped++;
	return 0;
}

static int
info_image(void *arg, struct json_doc *doc, struct json *v)
{
	struct info *i = arg;

	switch (answer_image_element(&i->view, doc, v)) {
	case ANSWER_SHOWN:
		i->counts.images++;
		return 0;
	case ANSWER_FOREIGN:
		return 0;
	case ANSWER_UNREADABLE:
		break;
	}
	return -1;
}

static void
info_piece(struct exchange *x, void *arg, struct span piece)
{
	struct info *i = arg;

	(void)x;
	if (!i->broken && json_stream_feed(i->list, piece, NULL) == -1)
		i->broken = true;
}

static enum gate_answer info_ask(struct exchange *x, struct info *i);

static enum gate_answer
info_answer(struct exchange *x, struct info *i, unsigned status, struct span body)
{
	if (status == 0)
		return GATE_REFUSE;
	if (status != 200)
		return ask_error(x, status, body);
	if (i->broken || json_stream_end(i->list, NULL) == -1)
		return exchange_refuse(x, 502, "engine",
			"the engine's answer to a list cannot be read");
	if (!i->second) {
		i->second = true;
		return info_ask(x, i);
	}
	x->counts = i->counts;
	return GATE_PASS;
}

static void
info_end(struct exchange *x, void *arg, unsigned status, struct span body)
{
	enum gate_answer a = info_answer(x, arg, status, body);

	if (a == GATE_WAIT)
		return;
	info_free(arg);
	x->resume(x, a);
}

static const struct ask_kind info_kind = { info_piece, info_end, info_free };

/* Containers by their owner's label; of images a name tells the owner, so all are looked at. */
static void
info_query(const struct exchange *x, const struct info *i, struct text *query)
{
	struct text filters, label;

	if (i->second)
		return;
	text_init(&filters, 0);
	text_init(&label, 0);
	text_addf(&label, "%s=%s", x->config->owner_label, x->who.tenant);
	text_add_str(&filters, "{\"label\":[");
	text_add_json(&filters, text_span(&label));
	text_add_str(&filters, "]}");
	text_add_str(query, "all=1&filters=");
	target_add_encoded(query, text_span(&filters));
	if (label.failed || filters.failed)
		query->failed = true;
	text_free(&label);
	text_free(&filters);
}

static enum gate_answer
info_ask(struct exchange *x, struct info *i)
{
	struct ask_question q = { .method = HTTP_GET };
	struct text query;
	enum gate_answer a;

	json_stream_free(i->list);
	i->list = json_stream_new((size_t)x->config->max_answer,
		i->second ? info_image : info_container, i);
	text_init(&query, 0);
	info_query(x, i, &query);
	q.path = i->second ? SPAN("/images/json") : SPAN("/containers/json");
	q.query = text_span(&query);
	a = !i->list || query.failed ? exchange_refuse(x, 500, "memory", "out of memory")
				     : ask_engine(x, &q, &info_kind, i);
	text_free(&query);
	return a;
}

static enum gate_answer
info_check(struct exchange *x)
{
	struct info *i;
	enum gate_answer a;

	if (x->endpoint->filter != FILTER_INFO || x->everything)
		return GATE_PASS;
	i = calloc(1, sizeof(*i));
	if (!i)
		return exchange_refuse(x, 500, "memory", "out of memory");
	image_tenant_init(&i->images, x->config, x->tenant);
	i->view = (struct answer_view){ .tenant = span_of(x->tenant->name),
		.owner_label = x->config->owner_label,
		.images = &i->images.space };
	a = info_ask(x, i);
	if (a != GATE_WAIT)
		info_free(i);
	return a;
}

const struct gate policy_info = { "info", GATE_BODY, info_check };
