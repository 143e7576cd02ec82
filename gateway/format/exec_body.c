/*
 * exec_body: the bodies of exec create and exec start, judged and generated anew.
 *
 * Each known field has a row: its name, how it is read, where its value goes. What has no
 * row is never sent on.
 */
#include <stddef.h>
#include <string.h>

#include "format/exec_body.h"
#include "format/exec_field.h"
#include "format/json.h"

#define BAD 400
#define FORBIDDEN 403

struct field {
	const char *name;
	/* Reads a value, not null, into `slot`; else the status, with its sentence in `why`. */
	int (*read)(const struct json *v, void *slot, struct text *why);
	size_t slot;
};

struct create {
	bool attach_stdin, attach_stdout, attach_stderr, tty, privileged;
	struct span detach_keys, user, working_dir;
	const struct json *env, *cmd;
	struct exec_size size;
};

#define CREATE(name, read, slot)                                                                   \
	{                                                                                          \
		name, read, offsetof(struct create, slot)                                          \
	}

static const struct field create_fields[] = {
	CREATE("AttachStdin", exec_field_bool, attach_stdin),
	CREATE("AttachStdout", exec_field_bool, attach_stdout),
	CREATE("AttachStderr", exec_field_bool, attach_stderr),
	CREATE("DetachKeys", exec_field_detach_keys, detach_keys),
	CREATE("Tty", exec_field_bool, tty),
	CREATE("Env", exec_field_env, env),
	CREATE("Cmd", exec_field_cmd, cmd),
	CREATE("Privileged", exec_field_bool, privileged),
	CREATE("User", exec_field_user, user),
	CREATE("WorkingDir", exec_field_working_dir, working_dir),
	CREATE("ConsoleSize", exec_field_size, size),
	{ NULL, NULL, 0 },
};

/* No engine reads them: the Hyper CLI sends the first two, users of dockerode the others. */
static const char *const create_extras[] = { "Container", "Detach", "hijack", "stream", "stdin",
	"stdout", "stderr", NULL };

struct start {
	bool detach, tty;
	struct exec_size size;
};

#define START(name, read, slot)                                                                    \
	{                                                                                          \
		name, read, offsetof(struct start, slot)                                           \
	}

static const struct field start_fields[] = {
	START("Detach", exec_field_bool, detach),
	START("Tty", exec_field_bool, tty),
	START("ConsoleSize", exec_field_size, size),
	{ NULL, NULL, 0 },
};

static const struct field *
field_find(const struct field *fields, struct span key)
{
	for (; fields->name; fields++)
		if (json_key_folds_to(key, fields->name))
			return fields;
	return NULL;
}

static bool
is_extra(struct span key)
{
	for (const char *const *extra = create_extras; *extra; extra++)
		if (json_key_folds_to(key, *extra))
			return true;
	return false;
}

/* Reads one member that has a row. null is the default, as in Go. */
static int
field_read(const struct field *f, const struct json *v, void *slots, struct text *why)
{
	struct text sentence;
	int status;

	if (v->type == JSON_NULL)
		return 0;
	text_init(&sentence, 0);
	status = f->read(v, (char *)slots + f->slot, &sentence);
	if (status) {
		text_add_str(why, f->name);
		text_add_span(why, text_span(&sentence));
	}
	text_free(&sentence);
	return status;
}

/* The name comes from the client: cut, and quoted when it holds more than letters. */
static void
name_unknown(struct span key, struct text *why)
{
	bool plain = key.len > 0 && key.len <= 64;

	for (size_t i = 0; i < key.len && plain; i++)
		plain = strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-",
				key.p[i]) != NULL;
	if (plain)
		text_add_span(why, key);
	else
		text_add_json(why, (struct span){ key.p, key.len < 64 ? key.len : 64 });
	text_add_str(why, ": is no known field of an exec: leave it out");
}

/* The tree of a body that must be an object. */
static int
body_parse(struct span body, struct json_doc *doc, struct text *why)
{
	struct json_error err;

	if (json_parse(body, NULL, doc, &err)) {
		text_addf(why, "the body is not valid JSON: line %u, column %u: %s", err.line,
			err.column, err.message);
		return -1;
	}
	if (doc->root->type == JSON_OBJECT)
		return 0;
	text_add_str(why, "the body must be a JSON object");
	json_free(doc);
	return -1;
}

int
exec_start_parse(struct span body, struct exec_start *s, struct text *why)
{
	struct start read = { 0 };
	struct json_doc doc;
	int status = 0;

	*s = (struct exec_start){ 0 };
	if (!body.len)
		return 0;
	if (body_parse(body, &doc, why))
		return -1;
	for (const struct json *v = doc.root->first; v && !status; v = v->next) {
		const struct field *f = field_find(start_fields, v->key);

		if (f)
			status = field_read(f, v, &read, why);
	}
	json_free(&doc);
	if (status)
		return -1;
	s->detach = read.detach;
	s->tty = read.tty;
	s->has_size = read.size.given;
	s->height = read.size.height;
	s->width = read.size.width;
	return 0;
}

static void
print_bool(struct text *out, const char *name, bool value)
{
	text_addf(out, "\"%s\":%s,", name, value ? "true" : "false");
}

static void
print_string(struct text *out, const char *name, struct span value)
{
	if (!value.len)
		return;
	text_addf(out, "\"%s\":", name);
	text_add_json(out, value);
	text_add_char(out, ',');
}

static void
print_array(struct text *out, const char *name, const struct json *value)
{
	if (!value || !value->count)
		return;
	text_addf(out, "\"%s\":", name);
	json_print(out, value);
	text_add_char(out, ',');
}

void
exec_start_print(const struct exec_start *s, bool with_size, struct text *out)
{
	text_add_char(out, '{');
	print_bool(out, "Detach", s->detach);
	text_addf(out, "\"Tty\":%s", s->tty ? "true" : "false");
	if (with_size && s->has_size && s->tty)
		text_addf(out, ",\"ConsoleSize\":[%u,%u]", s->height, s->width);
	text_add_char(out, '}');
}

/* Privileged is always said, so that no default of an engine decides it. */
static void
create_print(const struct create *c, struct text *out)
{
	text_add_char(out, '{');
	print_bool(out, "AttachStdin", c->attach_stdin);
	print_bool(out, "AttachStdout", c->attach_stdout);
	print_bool(out, "AttachStderr", c->attach_stderr);
	print_string(out, "DetachKeys", c->detach_keys);
	print_bool(out, "Tty", c->tty);
	print_array(out, "Env", c->env);
	print_array(out, "Cmd", c->cmd);
	print_string(out, "User", c->user);
	print_string(out, "WorkingDir", c->working_dir);
	if (c->size.given)
		text_addf(out, "\"ConsoleSize\":[%u,%u],", c->size.height, c->size.width);
	text_addf(out, "\"Privileged\":%s}", c->privileged ? "true" : "false");
}

static int
create_read(const struct json *root, struct create *c, struct text *why)
{
	for (const struct json *v = root->first; v; v = v->next) {
		const struct field *f = field_find(create_fields, v->key);
		int status;

		if (!f) {
			if (is_extra(v->key) || json_is_neutral(v))
				continue;
			name_unknown(v->key, why);
			return BAD;
		}
		status = field_read(f, v, c, why);
		if (status)
			return status;
	}
	return 0;
}

/* What no single field can tell. */
static int
create_check(const struct create *c, const struct exec_create_rules *rules, struct text *why)
{
	if (!c->cmd) {
		text_add_str(why, "Cmd: must name a command");
		return BAD;
	}
	if (c->privileged && !rules->privileged_ok) {
		text_add_str(why, "Privileged: not allowed");
		return FORBIDDEN;
	}
	return 0;
}

int
exec_create_judge(struct span body, const struct exec_create_rules *rules, struct text *out,
	struct text *why)
{
	struct create c = { 0 };
	struct json_doc doc;
	int status;

	if (body_parse(body, &doc, why))
		return BAD;
	status = create_read(doc.root, &c, why);
	if (!status)
		status = create_check(&c, rules, why);
	if (!status)
		create_print(&c, out);
	json_free(&doc);
	return status;
}
