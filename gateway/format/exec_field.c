/*
 * exec_field: the readers of the single fields of exec bodies.
 */
#include <string.h>

#include "format/exec_field.h"

#define BAD 400
#define FORBIDDEN 403

/* A terminal's side is 16 bits to the kernel (struct winsize). */
#define LARGEST_SIDE 65535

static int
refuse(struct text *why, int status, const char *sentence)
{
	text_addf(why, ": %s", sentence);
	return status;
}

int
exec_field_bool(const struct json *v, void *slot, struct text *why)
{
	bool *out = slot;

	if (v->type != JSON_BOOL)
		return refuse(why, BAD, "must be true or false");
	*out = v->truth;
	return 0;
}

/* A string that execve(2) and a log line can carry: without NUL. */
static int
read_string(const struct json *v, struct span *out, struct text *why)
{
	if (v->type != JSON_STRING)
		return refuse(why, BAD, "must be a string");
	if (memchr(v->text.p, '\0', v->text.len))
		return refuse(why, BAD, "may not hold a NUL");
	*out = v->text;
	return 0;
}

int
exec_field_user(const struct json *v, void *slot, struct text *why)
{
	struct span *out = slot;
	int status = read_string(v, out, why);

	if (status)
		return status;
	for (size_t i = 0; i < out->len; i++)
		if ((unsigned char)out->p[i] <= ' ' || out->p[i] == 0x7f)
			return refuse(why, BAD, "may not hold spaces or control characters");
	return 0;
}

static bool
is_below(struct span path, struct span top)
{
	return span_starts(path, top) && (path.len == top.len || path.p[top.len] == '/');
}

/* Each segment is a name: not empty, ".", "..". */
static bool
is_clean(struct span path)
{
	struct span rest = path;

	if (!rest.len || *rest.p != '/')
		return false;
	span_cut(&rest, '/');
	while (rest.p) {
		struct span segment = span_cut(&rest, '/');

		if (!segment.len || span_eq(segment, SPAN(".")) || span_eq(segment, SPAN("..")))
			return false;
	}
	return true;
}

/* /proc/self/fd/N led out of the container in CVE-2024-21626. */
int
exec_field_working_dir(const struct json *v, void *slot, struct text *why)
{
	static const struct span closed[] = { { "/proc", 5 }, { "/sys", 4 }, { "/dev", 4 } };
	struct span *out = slot;
	int status = read_string(v, out, why);

	if (status || !out->len || span_eq(*out, SPAN("/")))
		return status;
	if (out->p[out->len - 1] == '/')
		out->len--;
	if (!is_clean(*out))
		return refuse(why, BAD, "must be an absolute path without //, . and ..");
	for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++)
		if (is_below(*out, closed[i]))
			return refuse(why, FORBIDDEN, "may not be in /proc, /sys or /dev");
	return 0;
}

/* One printable character, "ctrl-" with a..z or one of @[\]^_, or "DEL": moby's term.ToBytes. */
static bool
is_key(struct span key)
{
	if (key.len == 1)
		return *key.p > ' ' && *key.p <= '~';
	if (key.len == 6 && span_starts(key, SPAN("ctrl-")))
		return strchr("abcdefghijklmnopqrstuvwxyz@[\\]^_", key.p[5]) != NULL;
	return span_eq(key, SPAN("DEL"));
}

int
exec_field_detach_keys(const struct json *v, void *slot, struct text *why)
{
	struct span *out = slot;
	int status = read_string(v, out, why);
	struct span rest;

	if (status || !out->len)
		return status;
	rest = *out;
	while (rest.p)
		if (!is_key(span_cut(&rest, ',')))
			return refuse(why, BAD,
				"must be keys like a or ctrl-p with commas between them");
	return 0;
}

static int
refuse_item(struct text *why, size_t i, int status, const char *sentence)
{
	text_addf(why, "[%zu]", i);
	return refuse(why, status, sentence);
}

/* An array of strings, each without NUL. */
static int
read_strings(const struct json *v, struct text *why)
{
	size_t i = 0;

	if (v->type != JSON_ARRAY)
		return refuse(why, BAD, "must be an array of strings");
	for (const struct json *item = v->first; item; item = item->next, i++) {
		if (item->type != JSON_STRING)
			return refuse_item(why, i, BAD, "must be a string");
		if (memchr(item->text.p, '\0', item->text.len))
			return refuse_item(why, i, BAD, "may not hold a NUL");
	}
	return 0;
}

/* LD_* would load code into what the image runs; DOCKER_* is for the engine's own programs. */
static int
check_env(struct span item, size_t i, struct text *why)
{
	struct span rest = item, name = span_cut(&rest, '=');

	if (!name.len)
		return refuse_item(why, i, BAD, "must be NAME=VALUE");
	if (!span_starts(name, SPAN("LD_")) && !span_starts(name, SPAN("DOCKER_")))
		return 0;
	if (name.len > 64)
		name.len = 64;
	text_addf(why, "[%zu]: %.*s may not be set", i, SPAN_ARG(name));
	return FORBIDDEN;
}

int
exec_field_env(const struct json *v, void *slot, struct text *why)
{
	const struct json **out = slot;
	int status = read_strings(v, why);
	size_t i = 0;

	for (const struct json *item = v->first; item && !status; item = item->next, i++)
		status = check_env(item->text, i, why);
	if (!status)
		*out = v;
	return status;
}

int
exec_field_cmd(const struct json *v, void *slot, struct text *why)
{
	const struct json **out = slot;
	int status = read_strings(v, why);

	if (status)
		return status;
	if (!v->count)
		return refuse(why, BAD, "must name a command");
	if (!v->first->text.len)
		return refuse_item(why, 0, BAD, "must name a command");
	*out = v;
	return 0;
}

/* Go reads *[2]uint from an array of any length: here it is exactly two. */
int
exec_field_size(const struct json *v, void *slot, struct text *why)
{
	struct exec_size *out = slot;
	uint64_t height = 0, width = 0;

	if (v->type != JSON_ARRAY || v->count != 2 || !json_u64(v->first, &height) ||
		!json_u64(v->last, &width) || height > LARGEST_SIDE || width > LARGEST_SIDE)
		return refuse(why, BAD, "must be [height, width], each 0 to 65535");
	*out = (struct exec_size){ true, (unsigned)height, (unsigned)width };
	return 0;
}
