/*
 * answer_tree: what all of answer*.c do to the trees of an engine's answers.
 */
#include <stdio.h>

#include "format/answer_rules.h"
#include "format/space.h"

void
answer_blank(struct json *v)
{
	v->truth = false;
	v->text = v->type == JSON_NUMBER ? SPAN("0") : SPAN("");
	v->first = v->last = NULL;
	v->count = 0;
}

void
answer_keep(struct json *parent, answer_keep_fn *keep, void *arg)
{
	struct json *kept = NULL;

	for (struct json *v = parent->first, *next; v; v = next) {
		next = v->next;
		if (keep(arg, v)) {
			kept = v;
			continue;
		}
		if (kept)
			kept->next = next;
		else
			parent->first = next;
		parent->count--;
		v->next = v->parent = NULL;
	}
	parent->last = kept;
}

/* What answer_elements works with. */
struct elements {
	const struct answer_view *view;
	struct json_doc *doc;
	answer_show_fn *show;
	bool unreadable;
};

static bool
keep_shown(void *arg, struct json *v)
{
	struct elements *e = arg;
	enum answer_verdict verdict = e->show(e->view, e->doc, v);

	if (verdict == ANSWER_UNREADABLE)
		e->unreadable = true;
	return verdict == ANSWER_SHOWN;
}

enum answer_verdict
answer_elements(const struct answer_view *view, struct json_doc *doc, struct json *array,
	answer_show_fn *show)
{
	struct elements e = { view, doc, show, false };

	if (!array || array->type == JSON_NULL)
		return ANSWER_SHOWN;
	if (array->type != JSON_ARRAY)
		return ANSWER_UNREADABLE;
	answer_keep(array, keep_shown, &e);
	return e.unreadable ? ANSWER_UNREADABLE : ANSWER_SHOWN;
}

bool
answer_string(const struct json *object, const char *key, struct span *out)
{
	const struct json *v = json_get_exact(object, key);

	if (!v || v->type != JSON_STRING)
		return false;
	*out = v->text;
	return true;
}

bool
answer_is_anothers(const struct answer_view *view, struct span name)
{
	return space_is_taken(name) && !space_strip(view->tenant, &name);
}

enum answer_owner
answer_owner_of(const struct answer_view *view, struct span id)
{
	return view->owner ? view->owner(view->knows_arg, id) : ANSWER_OWNER_UNKNOWN;
}

int
answer_set_text(struct json_doc *doc, struct json *v, struct span text)
{
	const struct json *copy = json_new_string(doc, text);

	if (!copy)
		return -1;
	v->text = copy->text;
	return 0;
}

int
answer_set_number(struct json_doc *doc, struct json *object, const char *key, int64_t number)
{
	struct json *v = json_get_exact(object, key);
	char digits[24];

	if (!v)
		return 0;
	snprintf(digits, sizeof(digits), "%lld", (long long)number);
	answer_blank(v);
	v->type = JSON_NUMBER;
	return answer_set_text(doc, v, span_of(digits));
}

bool
answer_label_is(const struct answer_view *view, const struct json *labels, const char *what)
{
	struct span value = { NULL, 0 };
	struct text key;
	bool is;

	if (!what)
		return view->tenant.len && answer_string(labels, view->owner_label, &value) &&
			span_eq(value, view->tenant);
	text_init(&key, 0);
	space_add_label(&key, view->owner_label, what);
	is = !key.failed && view->tenant.len && answer_string(labels, key.p, &value) &&
		span_eq(value, view->tenant);
	text_free(&key);
	return is;
}
