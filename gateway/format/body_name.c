/*
 * body_name: names of new networks and volumes, which are put into the tenant's namespace, and the options that
 * a network may have.
 */
#include "format/body_judge.h"
#include "format/space.h"

static int
add_name(struct body_judge *j, const struct body_field *f, struct span name, struct json *out)
{
	struct text whole;
	int status;

	text_init(&whole, 0);
	space_add(&whole, j->policy->tenant, name);
	status = body_set_string(j, out, f->name, text_span(&whole));
	text_free(&whole);
	return status;
}

/* Those that each engine has. */
int
body_read_network_name(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct span name;
	int status = body_text(j, v, &name);

	if (status)
		return status;
	if (body_is_one_of(name, "bridge|host|none|default"))
		return body_denied(j, v, "choose another name");
	if (!space_network_name_ok(name))
		return body_bad(j, "must be 1 to %d letters, digits and _.-, and no id",
			SPACE_NAME_MAX);
	return add_name(j, f, name, out);
}

int
body_read_volume_name(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct span name;
	int status = body_text(j, v, &name);

	if (!status && !space_thing_name_ok(name))
		return body_bad(j, "must be 2 to %d letters, digits and _.-, and no id",
			SPACE_NAME_MAX);
	return status ? status : add_name(j, f, name, out);
}

/* The others name things of the host: its bridges, its addresses. */
int
body_read_network_options(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	for (const struct json *m = v->type == JSON_OBJECT ? v->first : NULL; m; m = m->next) {
		struct span text = m->text;
		uint64_t n;

		body_enter(j, m->key);
		if (!body_is_one_of(m->key, f->choices))
			return body_denied(j, NULL, "leave this option out");
		if (m->type != JSON_STRING ||
			!(body_is_one_of(text, "true|false") || (span_u64(text, &n) && n <= 65535)))
			return body_bad(j, "is no value for it");
		body_leave(j, SPAN("Options").len);
	}
	return body_read_map(j, f, v, out);
}
