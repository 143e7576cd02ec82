/*
 * answer_system: what a tenant sees of what takes space, and of what a prune took away.
 *
 * All sums are made anew of what is shown: the engine's count everybody's.
 */
#include <stdlib.h>
#include <string.h>

#include "format/answer_parts.h"
#include "format/answer_rules.h"

/* POST /containers/prune, /images/prune, /networks/prune, /volumes/prune, /build/prune */
static const struct answer_rule pruned_rules[] = {
	{ "CachesDeleted", RULE_BLANK }, /* has no owner */
	{ "ContainersDeleted", RULE_KEEP },
	{ "ImagesDeleted", RULE_KEEP },
	{ "NetworksDeleted", RULE_NAMES },
	{ "SpaceReclaimed", RULE_KEEP },
	{ "VolumesDeleted", RULE_NAMES },
	{ NULL, RULE_KEEP },
};

/* GET /system/df; the second half of it since API 1.52. What has no row is removed. */
static const struct answer_rule usage_rules[] = {
	{ "LayersSize", RULE_KEEP },
	{ "Images", RULE_KEEP },
	{ "Containers", RULE_KEEP },
	{ "Volumes", RULE_KEEP },
	{ "BuildCache", RULE_BLANK }, /* has no owner */
	{ "BuilderSize", RULE_BLANK },
	{ "ImageUsage.*", RULE_KEEP },
	{ "ContainerUsage.*", RULE_KEEP },
	{ "VolumeUsage.*", RULE_KEEP },
	{ "BuildCacheUsage.*", RULE_BLANK },
	{ NULL, RULE_KEEP },
};

const struct answer_part answer_usage_parts[] = {
	{ "Images", answer_image_element },
	{ "Containers", answer_container_element },
	{ "Volumes", answer_volume },
	{ NULL, NULL },
};

/* Of one kind, since API 1.52. */
static const struct answer_rule kind_rules[] = {
	{ "ActiveCount", RULE_KEEP },
	{ "Items", RULE_KEEP },
	{ "Reclaimable", RULE_KEEP },
	{ "TotalCount", RULE_KEEP },
	{ "TotalSize", RULE_KEEP },
	{ NULL, RULE_KEEP },
};

/* What some objects of one kind take. */
struct sum {
	int64_t total, active; /* objects */
	int64_t size, reclaimable;
};

/* What one object adds to its sum. */
typedef void sum_fn(const struct json *v, struct sum *sum);

enum answer_verdict
answer_pruned(const struct answer_view *view, struct json_doc *doc, struct json *v)
{
	struct json *images = json_get_exact(v, "ImagesDeleted");

	if (answer_apply(view, doc, v, pruned_rules))
		return ANSWER_UNREADABLE;
	answer_apply_only(v, pruned_rules);
	return images ? answer_image_removed(view, doc, images) : ANSWER_SHOWN;
}

/* -1 is what engines say when they do not know. */
static int64_t
number(const struct json *object, const char *key)
{
	int64_t n;

	return json_i64(json_get_exact(object, key), &n) && n > 0 ? n : 0;
}

static void
add(int64_t *to, int64_t n)
{
	if (__builtin_add_overflow(*to, n, to))
		*to = INT64_MAX;
}

static void
sum_one(struct sum *sum, int64_t size, bool active)
{
	sum->total++;
	add(&sum->size, size);
	if (active)
		sum->active++;
	else
		add(&sum->reclaimable, size);
}

static void
sum_image(const struct json *v, struct sum *sum)
{
	sum_one(sum, number(v, "Size"), number(v, "Containers") > 0);
}

static void
sum_container(const struct json *v, struct sum *sum)
{
	struct span state;
	bool active = answer_string(v, "State", &state) &&
		(span_eq(state, SPAN("running")) || span_eq(state, SPAN("paused")) ||
			span_eq(state, SPAN("restarting")));

	sum_one(sum, number(v, "SizeRw"), active);
}

static void
sum_volume(const struct json *v, struct sum *sum)
{
	const struct json *usage = json_get_exact(v, "UsageData");

	sum_one(sum, number(usage, "Size"), number(usage, "RefCount") > 0);
}

static struct sum
sum_all(const struct json *items, sum_fn *add_one)
{
	struct sum sum = { 0 };

	for (const struct json *v = items ? items->first : NULL; v; v = v->next)
		add_one(v, &sum);
	return sum;
}

static int
set_sum(struct json_doc *doc, struct json *usage, const struct sum *sum)
{
	return answer_set_number(doc, usage, "ActiveCount", sum->active) ||
		answer_set_number(doc, usage, "TotalCount", sum->total) ||
		answer_set_number(doc, usage, "Reclaimable", sum->reclaimable) ||
		answer_set_number(doc, usage, "TotalSize", sum->size);
}

static int
compare_ids(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	size_t len = x->len < y->len ? x->len : y->len;
	int order = len ? memcmp(x->p, y->p, len) : 0;

	return order ? order : (x->len > y->len) - (x->len < y->len);
}

/* The ids of the images that containers are made of, in order. */
struct used {
	struct span *ids;
	size_t count;
};

static int
used_init(struct used *used, const struct json *containers)
{
	size_t most = containers ? containers->count : 0;

	*used = (struct used){ .ids = calloc(most + 1, sizeof(*used->ids)) };
	if (!used->ids)
		return -1;
	for (const struct json *c = most ? containers->first : NULL; c; c = c->next)
		used->count += answer_string(c, "ImageID", &used->ids[used->count]);
	qsort(used->ids, used->count, sizeof(*used->ids), compare_ids);
	return 0;
}

/* How many are before this one, or with `with` before the one behind it. */
static size_t
used_before(const struct used *used, struct span id, bool with)
{
	size_t low = 0, high = used->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_ids(&used->ids[middle], &id) < with)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int
count_users(struct json_doc *doc, struct json *images, const struct used *used)
{
	for (struct json *v = images ? images->first : NULL; v; v = v->next) {
		struct span id;
		size_t users = 0;

		if (answer_string(v, "Id", &id))
			users = used_before(used, id, true) - used_before(used, id, false);
		if (answer_set_number(doc, v, "Containers", (int64_t)users) ||
			answer_set_number(doc, v, "SharedSize", 0))
			return -1;
	}
	return 0;
}

static int
show_usage(struct json_doc *doc, struct json *root, const char *key, sum_fn *add_one)
{
	struct json *usage = json_get_exact(root, key);
	struct sum sum = sum_all(json_get_exact(usage, "Items"), add_one);

	if (!usage || usage->type == JSON_NULL)
		return 0;
	if (usage->type != JSON_OBJECT)
		return -1;
	answer_apply_only(usage, kind_rules);
	return set_sum(doc, usage, &sum);
}

/* What is listed under both keys is cut alike. */
static enum answer_verdict
cut(const struct answer_view *view, struct json_doc *doc, struct json *root, const char *key,
	const char *usage, answer_show_fn *show)
{
	struct json *items = json_get_exact(json_get_exact(root, usage), "Items");
	enum answer_verdict verdict = answer_elements(view, doc, json_get_exact(root, key), show);

	return verdict == ANSWER_SHOWN ? answer_elements(view, doc, items, show) : verdict;
}

static const struct json *
items_of(const struct json *root, const char *key, const char *usage)
{
	const struct json *items = json_get_exact(root, key);

	return items && items->first ? items : json_get_exact(json_get_exact(root, usage), "Items");
}

/* An image's containers are the tenant's own ones. */
static int
count_all_users(struct json_doc *doc, struct json *root)
{
	struct json *newer = json_get_exact(json_get_exact(root, "ImageUsage"), "Items");
	struct used used;
	int result;

	if (used_init(&used, items_of(root, "Containers", "ContainerUsage")))
		return -1;
	result = count_users(doc, json_get_exact(root, "Images"), &used) ||
		count_users(doc, newer, &used);
	free(used.ids);
	return result;
}

static int
set_sums(struct json_doc *doc, struct json *root)
{
	struct sum layers;

	if (count_all_users(doc, root))
		return -1;
	layers = sum_all(json_get_exact(root, "Images"), sum_image);
	return answer_set_number(doc, root, "LayersSize", layers.size) ||
		show_usage(doc, root, "ImageUsage", sum_image) ||
		show_usage(doc, root, "ContainerUsage", sum_container) ||
		show_usage(doc, root, "VolumeUsage", sum_volume);
}

enum answer_verdict
answer_usage(const struct answer_view *view, struct json_doc *doc, struct json *v)
{
	enum answer_verdict verdict;

	if (answer_apply(view, doc, v, usage_rules))
		return ANSWER_UNREADABLE;
	answer_apply_only(v, usage_rules);
	verdict = cut(view, doc, v, "Images", "ImageUsage", answer_image_element);
	if (verdict == ANSWER_SHOWN)
		verdict =
			cut(view, doc, v, "Containers", "ContainerUsage", answer_container_element);
	if (verdict == ANSWER_SHOWN)
		verdict = cut(view, doc, v, "Volumes", "VolumeUsage", answer_volume);
	if (verdict == ANSWER_SHOWN && set_sums(doc, v))
		return ANSWER_UNREADABLE;
	return verdict;
}
