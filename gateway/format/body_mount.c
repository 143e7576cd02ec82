/*
 * body_mount: what is mounted in a container: Binds, Mounts, Tmpfs and volumes without a name.
 */
#include <string.h>

#include "format/body_judge.h"
#include "format/space.h"

static int
mark_target(struct body_judge *j, struct span path)
{
	return body_push(j, j->targets, body_string(j, path));
}

static bool
is_marked(const struct body_judge *j, struct span path)
{
	for (const struct json *t = j->targets->first; t; t = t->next)
		if (span_eq(t->text, path))
			return true;
	return false;
}

/* A volume that the tenant may name: a name that it could give, or one that the engine gave. */
static int
check_volume(struct body_judge *j, struct span name)
{
	if (space_thing_name_ok(name) || text_is_full_id(name))
		return 0;
	return body_bad(j, "must be a volume's name (letters, digits, _.-) or an absolute path");
}

/* Whether a folder of the host may be mounted, and whether to write. */
static int
check_folder(struct body_judge *j, const struct json *v, struct span path, bool *write)
{
	bool found = false;

	*write = false;
	for (unsigned i = 0; i < j->policy->bind_count; i++) {
		const struct body_bind *b = &j->policy->binds[i];
		bool below = !b->write && span_starts(path, b->path) && path.len > b->path.len &&
			path.p[b->path.len] == '/';

		if (!span_eq(path, b->path) && !below)
			continue;
		found = true;
		*write = *write || b->write;
	}
	return found ? 0 : body_denied(j, v, "use a volume");
}

/* What the host has mounted below a folder would stay writable on some engines (API < 1.44) and at a client's
 * word (ReadOnlyNonRecursive): it is left out. */
static int
only_read(struct body_judge *j, struct json *mount)
{
	int status = body_set_bool(j, mount, "ReadOnly", true);
	struct json *options = body_child(j, mount, "BindOptions", JSON_OBJECT);

	if (!options || status)
		return BODY_MEMORY;
	return body_set_bool(j, options, "NonRecursive", true);
}

/* A mount of this type at this place; NULL without memory. */
static struct json *
add_mount(struct body_judge *j, struct json *host, const char *type, struct span source,
	struct span target)
{
	struct json *mounts = body_child(j, host, "Mounts", JSON_ARRAY);
	struct json *one = json_new(j->doc, JSON_OBJECT);

	if (!mounts || body_push(j, mounts, one) ||
		body_set_string(j, one, "Type", span_of(type)) ||
		(source.len && body_set_string(j, one, "Source", source)) ||
		body_set_string(j, one, "Target", target))
		return NULL;
	return one;
}

struct bind {
	struct span source, mode;
	const struct json *item;
	struct json *target; /* clean */
	bool read_only;
	struct text tail; /* ":/data:ro" */
};

/* ro, rw; nocopy, z and Z of volumes only: z would give the host's files another SELinux label. */
static int
bind_mode(struct body_judge *j, struct bind *b, bool volume)
{
	struct span rest = b->mode;

	text_addf(&b->tail, ":%.*s", SPAN_ARG(b->target->text));
	while (rest.p) {
		struct span word = span_cut(&rest, ',');

		if (!word.len ||
			body_is_one_of(word, "rw|cached|delegated|consistent|rprivate|private"))
			continue;
		if (!body_is_one_of(word, volume ? "ro|nocopy|z|Z" : "ro"))
			return body_denied(j, b->item, "its mode may be ro or rw");
		if (span_eq(word, SPAN("ro")))
			b->read_only = true;
		text_add_char(&b->tail, strchr(b->tail.p + 1, ':') ? ',' : ':');
		text_add_span(&b->tail, word);
	}
	return 0;
}

static int
bind_volume(struct body_judge *j, struct bind *b, struct json *binds)
{
	struct body_ref ref = { .kind = BODY_REF_VOLUME };
	int status = check_volume(j, b->source);
	struct text whole;

	if (!status)
		status = bind_mode(j, b, true);
	if (status)
		return status;
	text_init(&whole, 0);
	text_add_span(&whole, b->source);
	text_add_span(&whole, text_span(&b->tail));
	ref.node = body_string(j, text_span(&whole));
	text_free(&whole);
	status = body_push(j, binds, ref.node);
	if (status)
		return status;
	ref.name = (struct span){ ref.node->text.p, b->source.len };
	ref.tail = (struct span){ ref.name.p + ref.name.len, ref.node->text.len - ref.name.len };
	ref.make = !text_is_full_id(ref.name);
	return body_name(j, &ref);
}

static int
bind_folder(struct body_judge *j, struct bind *b, struct json *host)
{
	struct json *clean = NULL, *mount;
	bool write = false;
	int status = body_path(j, b->source, &clean);

	if (!status)
		status = check_folder(j, b->item, clean->text, &write);
	if (!status)
		status = bind_mode(j, b, false);
	if (status)
		return status;
	mount = add_mount(j, host, "bind", clean->text, b->target->text);
	if (!mount)
		return BODY_MEMORY;
	if (!write)
		return only_read(j, mount);
	return b->read_only ? body_set_bool(j, mount, "ReadOnly", true) : 0;
}

/* "source:target[:mode]", or a target alone (moby volume/mounts, linux_parser). */
static int
bind_read(struct body_judge *j, struct bind *b, struct json *host, struct json *binds)
{
	struct span rest, target;
	int status = body_text(j, b->item, &rest);

	if (status)
		return status;
	b->source = span_cut(&rest, ':');
	if (!rest.p)
		return (status = body_target(j, b->source, &b->target))
			? status
			: body_push(j, j->volumes, b->target);
	target = span_cut(&rest, ':');
	b->mode = rest;
	status = body_target(j, target, &b->target);
	if (!status && b->mode.p && b->mode.len && memchr(b->mode.p, ':', b->mode.len))
		status = body_bad(j, "must be \"source:target:mode\"");
	if (!status)
		status = mark_target(j, b->target->text);
	if (status)
		return status;
	return b->source.len && *b->source.p == '/' ? bind_folder(j, b, host)
						    : bind_volume(j, b, binds);
}

int
body_read_binds(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct json *made = json_new(j->doc, JSON_ARRAY);
	int status = body_set(j, out, f->name, made);
	size_t i = 0;

	if (v->type != JSON_ARRAY)
		return body_bad(j, "must be an array of strings");
	for (const struct json *item = v->first; item && !status; item = item->next, i++) {
		size_t before = body_enter_item(j, i);
		struct bind b = { .item = item };

		text_init(&b.tail, 0);
		status = bind_read(j, &b, out, made);
		text_free(&b.tail);
		if (!status)
			body_leave(j, before);
	}
	if (!status && !made->first)
		json_remove(made);
	return status;
}

/* A new volume of the tenant: labelled where the engine makes it. */
static int
label_volume(struct body_judge *j, struct json *mount)
{
	struct json *options = body_child(j, mount, "VolumeOptions", JSON_OBJECT);
	struct json *labels = options ? body_child(j, options, "Labels", JSON_OBJECT) : NULL;

	j->demand->volumes++;
	return labels ? body_stamp_owner(j, labels) : BODY_MEMORY;
}

static int
mount_volume(struct body_judge *j, struct json *mount, struct json *source)
{
	struct body_ref ref = { .kind = BODY_REF_VOLUME, .node = source };
	int status;

	if (!source)
		return label_volume(j, mount);
	status = check_volume(j, source->text);
	if (status)
		return status;
	ref.name = source->text;
	ref.make = !text_is_full_id(ref.name);
	return body_name(j, &ref);
}

static int
mount_folder(struct body_judge *j, struct json *mount, struct json *source)
{
	struct json *clean = NULL;
	bool write = false;
	int status;

	if (!source)
		return body_bad(j, "must name a folder");
	status = body_path(j, source->text, &clean);
	if (!status)
		status = check_folder(j, source, clean->text, &write);
	if (!status)
		status = body_set(j, mount, "Source", clean);
	return status || write ? status : only_read(j, mount);
}

static int
mount_check(struct body_judge *j, struct json *mount)
{
	const struct json *type = json_get_exact(mount, "Type");
	struct json *source = json_get_exact(mount, "Source");
	struct json *target = json_get_exact(mount, "Target");
	int status = target ? mark_target(j, target->text) : body_bad(j, "must have a Target");

	if (status)
		return status;
	if (!type)
		return body_bad(j, "must have a Type");
	body_enter(j, SPAN("Source"));
	if (span_eq(type->text, SPAN("volume")))
		return mount_volume(j, mount, source);
	if (span_eq(type->text, SPAN("bind")))
		return mount_folder(j, mount, source);
	return source ? body_bad(j, "a tmpfs has none") : 0;
}

int
body_read_mounts(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct json *made = body_child(j, out, f->name, JSON_ARRAY);
	int status = made ? 0 : BODY_MEMORY;
	size_t i = 0;

	if (v->type != JSON_ARRAY)
		return body_bad(j, "must be an array");
	for (const struct json *item = v->first; item && !status; item = item->next, i++) {
		size_t before = body_enter_item(j, i);
		struct json *one = json_new(j->doc, JSON_OBJECT);

		status = body_push(j, made, one);
		if (!status)
			status = body_fields(j, f->fields, item, one);
		if (!status)
			status = mount_check(j, one);
		if (status)
			return status;
		body_order(f->fields, one);
		body_leave(j, before);
	}
	return status;
}

/* Below a volume: a path that stays there. Engines before API 1.45 would mount the whole volume. */
int
body_read_subpath(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct span rest, text;
	int status = body_text(j, v, &text);

	if (status)
		return status;
	if (j->policy->minor < 45)
		return body_bad(j, "needs API 1.45");
	rest = text;
	while (rest.p) {
		struct span part = span_cut(&rest, '/');

		if (!part.len || span_eq(part, SPAN(".")) || span_eq(part, SPAN("..")))
			return body_bad(j, "must be a relative path without //, . and ..");
	}
	return body_set_string(j, out, f->name, text);
}

static bool
all_of(struct span s, const char *chars)
{
	for (size_t i = 0; i < s.len; i++)
		if (!s.p[i] || !strchr(chars, s.p[i]))
			return false;
	return s.len > 0;
}

/* What gives a tmpfs less, or says what it is anyway. */
static bool
tmpfs_option_ok(struct span name, struct span value, bool has_value)
{
	if (!has_value)
		return body_is_one_of(name,
			"noexec|nosuid|nodev|ro|rw|noatime|nodiratime|relatime|strictatime|async|sync");
	if (span_eq(name, SPAN("size")))
		return all_of(value, "0123456789kKmMgG%") && value.len < 20;
	if (span_eq(name, SPAN("mode")))
		return all_of(value, "01234567") && value.len <= 5;
	if (body_is_one_of(name, "uid|gid|nr_inodes"))
		return all_of(value, "0123456789") && value.len <= 10;
	return false;
}

static int
tmpfs_words(struct body_judge *j, const struct json *v)
{
	struct span rest = v->text;

	while (rest.p && v->text.len) {
		struct span value = span_cut(&rest, ','), name = span_cut(&value, '=');

		if (!tmpfs_option_ok(name, value, value.p != NULL))
			return body_denied(j, v,
				"noexec, nosuid, nodev, ro, size, mode, uid and gid are");
	}
	return 0;
}

int
body_read_tmpfs(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct json *made = json_new(j->doc, JSON_OBJECT);
	int status = body_set(j, out, f->name, made);

	if (v->type != JSON_OBJECT)
		return body_bad(j, "must be an object of strings");
	for (const struct json *m = v->first; m && !status; m = m->next) {
		size_t before = body_enter(j, m->key);
		struct json *path = NULL;

		if (m->type != JSON_STRING && m->type != JSON_NULL)
			return body_bad(j, "must be a string");
		status = body_target(j, m->key, &path);
		if (!status)
			status = tmpfs_words(j, m);
		if (!status && json_get_exact(made, path->text.p))
			status = body_bad(j, "is mounted twice");
		if (!status)
			status = body_add(j, made, path->text, body_string(j, m->text));
		if (!status)
			status = mark_target(j, path->text);
		if (!status)
			body_leave(j, before);
	}
	return status;
}

/* [["noexec"], ["size", "64m"]] */
int
body_read_tmpfs_options(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct json *made = json_new(j->doc, JSON_ARRAY);
	int status = body_set(j, out, f->name, made);

	if (v->type != JSON_ARRAY)
		return body_bad(j, "must be an array of arrays");
	for (const struct json *item = v->first; item && !status; item = item->next) {
		struct json *one = json_new(j->doc, JSON_ARRAY);
		const struct json *value = item->first ? item->first->next : NULL;

		if (item->type != JSON_ARRAY || !item->first || item->count > 2 ||
			item->first->type != JSON_STRING || item->last->type != JSON_STRING)
			return body_bad(j, "must be an array of [name] and [name, value]");
		if (!tmpfs_option_ok(item->first->text, item->last->text, value != NULL))
			return body_denied(j, item,
				"noexec, nosuid, nodev, ro, size, mode, uid and gid are");
		status = body_push(j, made, one);
		if (!status)
			status = body_push(j, one, body_string(j, item->first->text));
		if (!status && value)
			status = body_push(j, one, body_string(j, value->text));
	}
	return status;
}

/* Clients name a volume's place both here and in Binds (Compose v1 does): then it has a name. */
int
body_finish_mounts(struct body_judge *j, struct json *host)
{
	int status = 0;

	for (const struct json *v = j->volumes->first; v && !status; v = v->next) {
		struct json *mount;

		if (is_marked(j, v->text))
			continue;
		mount = add_mount(j, host, "volume", SPAN(""), v->text);
		status = mount ? mark_target(j, v->text) : BODY_MEMORY;
		if (!status)
			status = label_volume(j, mount);
	}
	return status;
}

/* Of a judged HostConfig: "name:target[:mode]" of its Binds, the Target of its Mounts, the keys of its Tmpfs. */
int
body_mark_targets(struct body_judge *j, const struct json *host)
{
	const struct json *binds = json_get_exact(host, "Binds");
	const struct json *mounts = json_get_exact(host, "Mounts");
	const struct json *tmpfs = json_get_exact(host, "Tmpfs");
	int status = 0;

	for (const struct json *v = binds ? binds->first : NULL; v && !status; v = v->next) {
		struct span rest = v->text;

		span_cut(&rest, ':');
		status = mark_target(j, span_cut(&rest, ':'));
	}
	for (const struct json *v = mounts ? mounts->first : NULL; v && !status; v = v->next)
		status = mark_target(j, json_get_exact(v, "Target")->text);
	for (const struct json *v = tmpfs ? tmpfs->first : NULL; v && !status; v = v->next)
		status = mark_target(j, v->key);
	return status;
}
