/*
 * body_config: readers of a container's Config, and the labels that the gateway stamps.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format/body_judge.h"
#include "format/space.h"

/* Labels by which others than the gateway tell what is theirs; Compose's are the tenant's own. */
static bool
is_closed_label(const struct body_judge *j, struct span key)
{
	if (space_is_label(j->policy->owner_label, key))
		return true;
	if (span_starts(key, SPAN("com.docker.compose.")))
		return false;
	return span_starts(key, SPAN("com.docker.")) || span_starts(key, SPAN("containerd.io/"));
}

int
body_read_labels(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	for (const struct json *m = v->type == JSON_OBJECT ? v->first : NULL; m; m = m->next) {
		if (!is_closed_label(j, m->key))
			continue;
		body_enter(j, m->key);
		return body_denied(j, NULL, "leave this label out");
	}
	return body_read_map(j, f, v, out);
}

static int
stamp(struct body_judge *j, struct json *labels, const char *what, struct span value)
{
	struct text key;
	int status;

	text_init(&key, 0);
	if (what)
		space_add_label(&key, j->policy->owner_label, what);
	else
		text_add_str(&key, j->policy->owner_label);
	status = key.failed ? BODY_MEMORY : body_set_string(j, labels, key.p, value);
	text_free(&key);
	return status;
}

static int
stamp_number(struct body_judge *j, struct json *labels, const char *what, uint64_t n)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRIu64, n);
	return stamp(j, labels, what, span_of(digits));
}

int
body_stamp_owner(struct body_judge *j, struct json *labels)
{
	return stamp(j, labels, NULL, j->policy->tenant);
}

int
body_stamp_image(struct body_judge *j, struct json *labels)
{
	return stamp(j, labels, SPACE_LABEL_IMAGE, j->policy->tenant);
}

/* All of them, always: a container has its image's labels where it has none of its own. */
int
body_stamp_container(struct body_judge *j, struct json *labels, struct span image)
{
	int status = body_stamp_owner(j, labels);

	if (!status)
		status = stamp(j, labels, SPACE_LABEL_REF, image);
	if (!status)
		status = stamp_number(j, labels, SPACE_LABEL_MEMORY, j->demand->memory);
	if (!status)
		status = stamp_number(j, labels, SPACE_LABEL_CPUS, j->demand->nano_cpus);
	if (!status)
		status = stamp_number(j, labels, SPACE_LABEL_PIDS, j->demand->pids);
	return status;
}

int
body_read_image(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct body_ref ref = { .kind = BODY_REF_IMAGE };
	int status = body_text(j, v, &ref.name);

	if (!status)
		status = body_set_string(j, out, f->name, ref.name);
	if (status)
		return status;
	ref.node = json_get_exact(out, f->name);
	ref.name = ref.node->text;
	return body_name(j, &ref);
}

/* A set: an object whose values say nothing. */
static int
check_member(struct body_judge *j, const struct json *m)
{
	return json_is_neutral(m) ? 0 : body_bad(j, "must be {}");
}

int
body_read_exposed(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct json *made = json_new(j->doc, JSON_OBJECT);
	int status = body_set(j, out, f->name, made);

	if (v->type != JSON_OBJECT)
		return body_bad(j, "must be an object with ports like \"80/tcp\"");
	for (const struct json *m = v->first; m && !status; m = m->next) {
		size_t before = body_enter(j, m->key);

		status = body_is_port(m->key) ? check_member(j, m)
					      : body_bad(j, "must be a port like \"80/tcp\"");
		if (status)
			return status;
		status = body_add(j, made, m->key, json_new(j->doc, JSON_OBJECT));
		body_leave(j, before);
	}
	return status;
}

/* Whether a list of strings has it already. */
static bool
has_string(const struct json *list, struct span s)
{
	for (const struct json *item = list->first; item; item = item->next)
		if (span_eq(item->text, s))
			return true;
	return false;
}

/* They become Mounts at the end, when it is known what else is mounted. */
int
body_read_volumes(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	int status = 0;

	(void)f;
	(void)out;
	if (v->type != JSON_OBJECT)
		return body_bad(j, "must be an object with paths like \"/data\"");
	for (const struct json *m = v->first; m && !status; m = m->next) {
		size_t before = body_enter(j, m->key);
		struct json *path = NULL;

		status = check_member(j, m);
		if (!status)
			status = body_target(j, m->key, &path);
		if (status)
			return status;
		if (!has_string(j->volumes, path->text))
			status = body_push(j, j->volumes, path);
		body_leave(j, before);
	}
	return status;
}

/* Of an image: they stay what they are. */
int
body_read_volume_set(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct json *made = json_new(j->doc, JSON_OBJECT);
	int status = body_set(j, out, f->name, made);

	if (!status)
		status = body_read_volumes(j, f, v, out);
	for (const struct json *path = j->volumes->first; path && !status; path = path->next)
		status = body_add(j, made, path->text, json_new(j->doc, JSON_OBJECT));
	return status;
}

/* A signal's name with or without SIG, or its number: what it means is the engine's business. */
int
body_read_signal(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct span text;
	int status = body_text(j, v, &text);

	if (status)
		return status;
	for (size_t i = 0; i < text.len; i++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-",
			    text.p[i]))
			return body_bad(j, "must be a signal's name or number");
	if (text.len > 16)
		return body_bad(j, "must be a signal's name or number");
	return body_set_string(j, out, f->name, text);
}

/* Nanoseconds. The engine runs a process each time. */
int
body_read_interval(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	int64_t n;

	if (!json_i64(v, &n) || n < 0)
		return body_bad(j, "must be nanoseconds");
	if (n < f->least)
		return body_denied(j, v, "100000000 ns (100 ms) is the least");
	return body_read_number(j, f, v, out);
}
