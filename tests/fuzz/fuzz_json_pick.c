/*
 * Fuzzes format/json_pick: the pieces of the input change nothing; what json_parse takes is
 * taken when its wanted values have their types, and then they are the same; what json_parse
 * refuses is refused, but for keys that are given twice elsewhere. The first byte is the size
 * of the pieces.
 */
#include <stdlib.h>
#include <string.h>

#include "format/json_pick.h"

#define MOST 65536

enum slot { ID, CONFIG, OWNER, TTY, SLOTS };

struct picked {
	struct json_pick_slot slots[SLOTS];
	char id[64], owner[8];
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool truth)
{
	if (!truth)
		abort();
}

static void
prepare(struct picked *v)
{
	memset(v, 0, sizeof(*v));
	v->slots[ID] = (struct json_pick_slot){ .path = { "Id" },
		.type = JSON_STRING,
		.text = v->id,
		.size = sizeof(v->id) };
	v->slots[CONFIG] = (struct json_pick_slot){ .path = { "Config" }, .type = JSON_OBJECT };
	v->slots[OWNER] = (struct json_pick_slot){ .path = { "Config", "Labels", "o" },
		.type = JSON_STRING,
		.text = v->owner,
		.size = sizeof(v->owner) };
	v->slots[TTY] = (struct json_pick_slot){ .path = { "Process", "tty" }, .type = JSON_BOOL };
}

/* Each piece lies in memory of its own size. */
static bool
run(struct picked *v, struct span in, size_t piece)
{
	struct json_pick *p;
	int result = 0;

	prepare(v);
	p = json_pick_new(v->slots, SLOTS, MOST);
	must(p);
	while (in.len && !result) {
		size_t n = piece < in.len ? piece : in.len;
		char *copy = malloc(n);

		must(copy);
		memcpy(copy, in.p, n);
		result = json_pick_feed(p, (struct span){ copy, n });
		free(copy);
		in.p += n;
		in.len -= n;
	}
	must(!result || json_pick_end(p) == -1);
	result = json_pick_end(p);
	must((result == -1) == (json_pick_fault(p) != NULL));
	json_pick_free(p);
	return result == 0;
}

/* What the tree has at the path of a slot: false when json_pick has to refuse it. */
static bool
tree_find(const struct json *v, const struct json_pick_slot *slot, const struct json **found)
{
	*found = NULL;
	for (size_t i = 0; i < JSON_PICK_LEVELS && slot->path[i]; i++) {
		if (v->type == JSON_NULL && i)
			return true;
		if (v->type != JSON_OBJECT)
			return false;
		v = json_get_exact(v, slot->path[i]);
		if (!v)
			return true;
	}
	*found = v;
	return v->type == slot->type;
}

static bool
tree_is_good(const struct json *root, const struct picked *v)
{
	const struct json *found;

	for (size_t i = 0; i < SLOTS; i++)
		if (!tree_find(root, &v->slots[i], &found))
			return false;
	return true;
}

static void
must_be_same(const struct json *root, const struct json_pick_slot *slot)
{
	const struct json *found;

	must(tree_find(root, slot, &found));
	must(slot->found == (found != NULL));
	if (!found)
		return;
	if (slot->type == JSON_BOOL)
		must(slot->truth == found->truth);
	if (slot->type != JSON_STRING)
		return;
	must(slot->len == found->text.len);
	must(slot->len > slot->size ||
		span_eq((struct span){ slot->text, slot->len }, found->text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_limits limits = { .exact_keys = true, .nodes = MOST };
	struct picked once, pieces;
	struct json_error err;
	struct json_doc doc;
	struct span in;
	bool taken;

	if (!size || size > MOST)
		return 0;
	in = (struct span){ (const char *)data + 1, size - 1 };
	taken = run(&once, in, in.len + 1);
	must(run(&pieces, in, (size_t)data[0] + 1) == taken);
	if (json_parse(in, &limits, &doc, &err)) {
		must(!taken || strncmp(err.message, "the key \"", 9) == 0);
		return 0;
	}
	must(taken == tree_is_good(doc.root, &once));
	for (size_t i = 0; i < SLOTS && taken; i++) {
		must_be_same(doc.root, &once.slots[i]);
		must_be_same(doc.root, &pieces.slots[i]);
	}
	json_free(&doc);
	return 0;
}
