/*
 * json_write: a tree to compact JSON text.
 */
#include "format/json.h"

/* What stands before the value's children, or all of it when it has none. */
static void
write_head(struct text *out, const struct json *v)
{
	switch (v->type) {
	case JSON_NULL:
		text_add_span(out, SPAN("null"));
		return;
	case JSON_BOOL:
		text_add_span(out, v->truth ? SPAN("true") : SPAN("false"));
		return;
	case JSON_NUMBER:
		text_add_span(out, v->text);
		return;
	case JSON_STRING:
		text_add_json(out, v->text);
		return;
	case JSON_ARRAY:
		text_add_char(out, '[');
		return;
	case JSON_OBJECT:
		text_add_char(out, '{');
		return;
	}
}

static void
write_tail(struct text *out, const struct json *v)
{
	if (v->type == JSON_ARRAY)
		text_add_char(out, ']');
	else if (v->type == JSON_OBJECT)
		text_add_char(out, '}');
}

/* Walks by the parents, not by calls: a built tree may be deep. */
void
json_print(struct text *out, const struct json *v)
{
	const struct json *top = v;

	for (;;) {
		if (v != top && v->parent->type == JSON_OBJECT) {
			text_add_json(out, v->key);
			text_add_char(out, ':');
		}
		write_head(out, v);
		if (v->first) {
			v = v->first;
			continue;
		}
		write_tail(out, v);
		while (v != top && !v->next) {
			v = v->parent;
			write_tail(out, v);
		}
		if (v == top)
			return;
		text_add_char(out, ',');
		v = v->next;
	}
}
