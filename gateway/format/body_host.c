/*
 * body_host: readers of HostConfig: capabilities, security options, sysctls, logs, names, limits.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "format/body_judge.h"

/* Calls `each` for every string of a list; it adds to `made`. */
static int
read_list(struct body_judge *j, const struct body_field *f, const struct json *v, struct json *out,
	int (*each)(struct body_judge *j, const struct json *item, struct span s,
		struct json *made))
{
	struct json *made = json_new(j->doc, JSON_ARRAY);
	int status = body_set(j, out, f->name, made);
	size_t i = 0;

	if (v->type != JSON_ARRAY)
		return body_bad(j, "must be an array of strings");
	for (const struct json *item = v->first; item && !status; item = item->next, i++) {
		size_t before = body_enter_item(j, i);
		struct span s;

		status = body_text(j, item, &s);
		if (!status)
			status = each(j, item, s, made);
		if (!status)
			body_leave(j, before);
	}
	return status;
}

/* "net_admin" and "CAP_NET_ADMIN" are one: moby's caps.NormalizeLegacyCapabilities. */
static bool
capability_name(struct span s, char name[32])
{
	if (s.len > 4 && strncasecmp(s.p, "CAP_", 4) == 0)
		s = (struct span){ s.p + 4, s.len - 4 };
	if (!s.len || s.len > 31)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (c != '_' && !(c >= 'A' && c <= 'Z'))
			return false;
		name[i] = c;
	}
	name[s.len] = '\0';
	return true;
}

static int
add_capability(struct body_judge *j, const struct json *item, struct span s, struct json *made)
{
	char name[32];

	if (!capability_name(s, name))
		return body_bad(j, "must be a capability like NET_ADMIN");
	for (char *const *one = j->policy->cap_add; one && *one; one++)
		if (strcmp(*one, name) == 0)
			return body_push(j, made, body_string(j, span_of(name)));
	return body_denied(j, item, NULL);
}

int
body_read_caps(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	return read_list(j, f, v, out, add_capability);
}

static int
drop_capability(struct body_judge *j, const struct json *item, struct span s, struct json *made)
{
	char name[32];

	(void)item;
	if (!capability_name(s, name))
		return body_bad(j, "must be a capability like NET_RAW");
	return body_push(j, made, body_string(j, span_of(name)));
}

int
body_read_drops(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	return read_list(j, f, v, out, drop_capability);
}

/* All others take something of the engine's own protection away, or name files of the host. */
static int
add_security(struct body_judge *j, const struct json *item, struct span s, struct json *made)
{
	if (!body_is_one_of(s, "no-new-privileges|no-new-privileges:true|no-new-privileges=true"))
		return body_denied(j, item, "no-new-privileges is");
	return body_push(j, made, body_string(j, SPAN("no-new-privileges")));
}

int
body_read_security(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	return read_list(j, f, v, out, add_security);
}

/* "net.ipv4.ip_forward": of the container's own network namespace. */
static bool
is_net_sysctl(struct span key)
{
	char before = '.';

	if (!span_starts(key, SPAN("net.")) || key.len > 128)
		return false;
	for (size_t i = 0; i < key.len; i++) {
		if (!key.p[i] ||
			!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				"0123456789_.-",
				key.p[i]))
			return false;
		if (key.p[i] == '.' && before == '.')
			return false;
		before = key.p[i];
	}
	return before != '.';
}

int
body_read_sysctls(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	for (const struct json *m = v->type == JSON_OBJECT ? v->first : NULL; m; m = m->next) {
		if (is_net_sysctl(m->key) && m->type == JSON_STRING && body_is_plain(m->text, 256))
			continue;
		body_enter(j, m->key);
		return body_denied(j, m, "net.* with a short text is");
	}
	return body_read_map(j, f, v, out);
}

/* A number of at most six digits; with a letter for its unit when `unit`. */
static bool
is_amount(struct span s, bool unit)
{
	uint64_t n;

	if (unit && s.len > 1 && strchr("kKmMgGbB", s.p[s.len - 1]))
		s.len--;
	return s.len > 0 && s.len <= 9 && span_u64(s, &n);
}

/* What the engine holds in its own memory for a container's log. */
static bool
is_buffer_size(struct span s)
{
	uint64_t n, unit = 1;

	if (s.len > 1 && strchr("kKmM", s.p[s.len - 1])) {
		unit = strchr("kK", s.p[s.len - 1]) ? 1024 : 1048576;
		s.len--;
	}
	return s.len <= 8 && span_u64(s, &n) && n * unit <= 16777216;
}

/* A tag is a program to the engine (text/template): fields of it, and nothing that could run for long. */
static bool
is_tag(struct span s)
{
	while (s.len) {
		const char *open = memmem(s.p, s.len, "{{", 2);
		struct span word = s, plain = { s.p, open ? (size_t)(open - s.p) : s.len };

		if (memchr(plain.p, '{', plain.len) || memchr(plain.p, '}', plain.len))
			return false;
		s = (struct span){ s.p + plain.len, s.len - plain.len };
		if (!s.len)
			return true;
		word = (struct span){ s.p + 2, s.len - 2 };
		word = span_trim(span_cut(&word, '}'));
		if (!body_is_one_of(word,
			    ".ID|.FullID|.Name|.ImageID|.ImageFullID|.ImageName|.DaemonName"))
			return false;
		s.len -= (size_t)(word.p + word.len - s.p);
		s.p = word.p + word.len;
		while (s.len && *s.p == ' ')
			s = (struct span){ s.p + 1, s.len - 1 };
		if (!span_starts(s, SPAN("}}")))
			return false;
		s = (struct span){ s.p + 2, s.len - 2 };
	}
	return true;
}

static bool
log_option_ok(struct span key, struct span value)
{
	if (span_eq(key, SPAN("max-size")))
		return span_eq(value, SPAN("-1")) || is_amount(value, true);
	if (span_eq(key, SPAN("max-file")))
		return is_amount(value, false) && value.len <= 4;
	if (span_eq(key, SPAN("compress")))
		return body_is_one_of(value, "true|false|1|0");
	if (span_eq(key, SPAN("mode")))
		return body_is_one_of(value, "|blocking|non-blocking");
	if (span_eq(key, SPAN("max-buffer-size")))
		return is_buffer_size(value);
	if (span_eq(key, SPAN("tag")))
		return body_is_plain(value, 256) && is_tag(value);
	return body_is_plain(value, 1024);
}

int
body_read_log_options(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	for (const struct json *m = v->type == JSON_OBJECT ? v->first : NULL; m; m = m->next) {
		size_t before = body_enter(j, m->key);

		if (!body_is_one_of(m->key, f->choices))
			return body_denied(j, NULL, "leave this option out");
		if (m->type != JSON_STRING || !log_option_ok(m->key, m->text))
			return body_bad(j, "is no value for it");
		body_leave(j, before);
	}
	return body_read_map(j, f, v, out);
}

/* "name:address", or with '=' as newer clients write it. */
static int
add_host(struct body_judge *j, const struct json *item, struct span s, struct json *made)
{
	static const char name_chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					 "0123456789_.-";
	size_t name = 0;
	struct span address;
	struct text out;
	int status;

	while (name < s.len && strchr(name_chars, s.p[name]))
		name++;
	if (!name || name == s.len || (s.p[name] != ':' && s.p[name] != '='))
		return body_bad(j, "must be \"name:address\"");
	address = (struct span){ s.p + name + 1, s.len - name - 1 };
	if (!j->policy->extra_hosts || span_eq(address, SPAN("host-gateway")))
		return body_denied(j, item, NULL);
	if (address.len > 2 && address.p[0] == '[' && address.p[address.len - 1] == ']')
		address = (struct span){ address.p + 1, address.len - 2 };
	if (!body_is_address(address))
		return body_bad(j, "must be \"name:address\"");
	text_init(&out, 0);
	text_addf(&out, "%.*s:%.*s", (int)name, s.p, SPAN_ARG(address));
	status = body_push(j, made, body_string(j, text_span(&out)));
	text_free(&out);
	return status;
}

int
body_read_extra_hosts(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	return read_list(j, f, v, out, add_host);
}

static int
add_dns(struct body_judge *j, const struct json *item, struct span s, struct json *made)
{
	(void)item;
	if (!body_is_address(s))
		return body_bad(j, "must be an address");
	return body_push(j, made, body_string(j, s));
}

int
body_read_dns(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	return read_list(j, f, v, out, add_dns);
}

int
body_read_cpuset(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct span text;
	int status = body_text(j, v, &text);

	if (status)
		return status;
	for (size_t i = 0; i < text.len; i++)
		if (!strchr("0123456789,-", text.p[i]))
			return body_bad(j, "must be a list like \"0-2,4\"");
	return body_set_string(j, out, f->name, text);
}

/* Names of go-units; what may be endless is bounded by the container's memory and pids. */
static const struct {
	const char *name;
	int64_t most; /* -1: no end */
} ulimits[] = {
	{ "core", -1 },
	{ "cpu", -1 },
	{ "data", -1 },
	{ "fsize", -1 },
	{ "locks", -1 },
	{ "memlock", -1 },
	{ "msgqueue", 1 << 20 },
	{ "nofile", 1 << 20 },
	{ "nproc", -1 },
	{ "rss", -1 },
	{ "rttime", -1 },
	{ "sigpending", 1 << 20 },
	{ "stack", -1 },
};

static int
ulimit_check(struct body_judge *j, const struct json *made)
{
	const struct json *name = json_get_exact(made, "Name");
	int64_t limit[2] = { 0, 0 };

	(void)json_i64(json_get_exact(made, "Soft"), &limit[0]);
	(void)json_i64(json_get_exact(made, "Hard"), &limit[1]);
	for (size_t i = 0; name && i < sizeof(ulimits) / sizeof(ulimits[0]); i++) {
		int64_t most = ulimits[i].most;

		if (!span_eq(name->text, span_of(ulimits[i].name)))
			continue;
		for (int k = 0; k < 2 && most >= 0; k++)
			if (limit[k] < 0 || limit[k] > most) {
				text_addf(j->why, "%.*s: %s must be 0 to %" PRId64,
					SPAN_ARG(text_span(&j->path)), ulimits[i].name, most);
				return BODY_DENIED;
			}
		return 0;
	}
	body_enter(j, SPAN("Name"));
	return body_denied(j, name, NULL);
}

int
body_read_ulimits(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct json *made = json_new(j->doc, JSON_ARRAY);
	int status = body_set(j, out, f->name, made);
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
			status = ulimit_check(j, one);
		if (!status)
			body_leave(j, before);
	}
	return status;
}

/* -1 is what clients send for "not set". */
int
body_read_swappiness(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	int64_t n;

	if (json_i64(v, &n) && n == -1)
		return 0;
	return body_read_number(j, f, v, out);
}
