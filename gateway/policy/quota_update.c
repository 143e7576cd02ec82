/*
 * quota_update: a container's share of its tenant's quotas is fixed at its create: labels tell it, and they
 * do not change. An update may move its limits within that share.
 */
#include <stdlib.h>

#include "format/json_pick.h"
#include "format/space.h"
#include "policy/ask.h"
#include "policy/quota.h"
#include "policy/quota_kind.h"

#define LABEL_SIZE 256
#define NUMBER_SIZE 24

struct update {
	struct demand wanted;
	struct json_pick *pick;
	unsigned count;
	const struct quota_kind *kind[QUOTA_KINDS];
	struct json_pick_slot slot[QUOTA_KINDS];
	char label[QUOTA_KINDS][LABEL_SIZE];
	char number[QUOTA_KINDS][NUMBER_SIZE];
};

static void
update_free(void *arg)
{
	struct update *u = arg;

	json_pick_free(u->pick);
	free(u);
}

static uint64_t
update_share(const struct update *u, unsigned i)
{
	const struct json_pick_slot *s = &u->slot[i];
	uint64_t n = 0;

	if (s->found && s->len <= s->size)
		(void)span_u64((struct span){ s->text, s->len }, &n);
	return n;
}

static enum gate_answer
update_decide(struct exchange *x, const struct update *u)
{
	char s[2][QUOTA_AMOUNT];

	for (unsigned i = 0; i < u->count; i++) {
		const struct quota_kind *k = u->kind[i];
		uint64_t share = update_share(u, i), wanted = quota_kind_of(k, &u->wanted);

		if (wanted <= share)
			continue;
		quota_kind_print(k, wanted, s[0]);
		quota_kind_print(k, share, s[1]);
		return quota_refuse(x, 403,
			"%s: %s is more than the container was created with (%s), which is what it "
			"takes of %s",
			k->field, wanted == UINT64_MAX ? "no limit" : s[0], s[1], k->option);
	}
	return GATE_PASS;
}

static enum gate_answer
update_answer(struct exchange *x, const struct update *u, unsigned status, struct span body)
{
	if (status == 0)
		return GATE_REFUSE;
	if (status == 404)
		return exchange_not_found(x);
	if (status != 200)
		return ask_error(x, status, body);
	if (json_pick_end(u->pick) == -1)
		return exchange_refuse(x, 502, "engine",
			"the engine's answer to an inspect cannot be read");
	return update_decide(x, u);
}

static void
update_end(struct exchange *x, void *arg, unsigned status, struct span body)
{
	enum gate_answer a = update_answer(x, arg, status, body);

	update_free(arg);
	x->resume(x, a);
}

/* What it refuses it still refuses at the end. */
static void
update_piece(struct exchange *x, void *arg, struct span piece)
{
	struct update *u = arg;

	(void)x;
	(void)json_pick_feed(u->pick, piece);
}

static const struct ask_kind update_kind = { update_piece, update_end, update_free };

static bool
update_prepare(struct exchange *x, struct update *u)
{
	for (unsigned i = 0; i < QUOTA_KINDS; i++) {
		const struct quota_kind *k = &quota_kinds[i];
		unsigned n = u->count;
		struct text label;
		bool fits;

		if (!k->label || !quota_kind_of(k, &u->wanted))
			continue;
		text_init(&label, 0);
		space_add_label(&label, x->config->owner_label, k->label);
		fits = !label.failed && span_copy(text_span(&label), u->label[n], LABEL_SIZE);
		text_free(&label);
		if (!fits)
			return false;
		u->kind[n] = k;
		u->slot[n] = (struct json_pick_slot){ .path = { "Config", "Labels", u->label[n] },
			.type = JSON_STRING,
			.text = u->number[n],
			.size = NUMBER_SIZE };
		u->count++;
	}
	u->pick = json_pick_new(u->slot, u->count, (size_t)x->config->max_answer);
	return u->pick != NULL;
}

enum gate_answer
quota_update(struct exchange *x, const struct demand *wanted)
{
	struct update *u = calloc(1, sizeof(*u));
	struct ask_question q = { .method = HTTP_GET };
	enum gate_answer a = GATE_REFUSE;
	struct text path;

	if (!u)
		return exchange_refuse(x, 500, "memory", "out of memory");
	u->wanted = *wanted;
	text_init(&path, 0);
	text_addf(&path, "/containers/%s/json", x->container);
	q.path = text_span(&path);
	if (path.failed || !update_prepare(x, u))
		exchange_refuse(x, 500, "memory", "out of memory");
	else
		a = ask_engine(x, &q, &update_kind, u);
	text_free(&path);
	if (a != GATE_WAIT)
		update_free(u);
	return a;
}
