/*
 * config_host: what of the engine's host a tenant is given: folders, ports, an address.
 */
#include <stdlib.h>
#include <string.h>

#include "state/config_reader.h"

#define BIND_PATH_MAX 4095

bool
config_path_within(struct span inner, struct span folder)
{
	return span_starts(inner, folder) &&
		(inner.len == folder.len || inner.p[folder.len] == '/');
}

/* Absolute, and no other way to write it. */
static bool
is_clean(struct span path)
{
	if (path.len < 2 || path.p[0] != '/' || memchr(path.p, '\0', path.len))
		return false;
	path.p++;
	path.len--;
	while (path.p) {
		struct span part = span_cut(&path, '/');

		if (part.len == 0 || span_eq(part, SPAN(".")) || span_eq(part, SPAN("..")))
			return false;
	}
	return true;
}

/* Who can write there, and often who can read there, is root on the host. */
static const char *
why_no_bind(struct span path)
{
	/* With all that is below them. */
	static const char *const whole[] = { "/proc", "/sys", "/dev", "/boot", "/var/lib/docker",
		"/var/lib/containerd" };
	/* Themselves: what is below may be harmless. */
	static const char *const only[] = { "/run", "/var/run", "/etc" };

	if (span_eq(path, SPAN("/")))
		return "would give the host away";
	if (!is_clean(path) || path.len > BIND_PATH_MAX)
		return "is no absolute path without \"//\", \".\", \"..\" and a '/' at its end";
	for (unsigned i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
		if (config_path_within(path, span_of(whole[i])) ||
			config_path_within(span_of(whole[i]), path))
			return "would give the host away";
	}
	for (unsigned i = 0; i < sizeof(only) / sizeof(only[0]); i++) {
		if (config_path_within(span_of(only[i]), path))
			return "would give the host away";
	}
	return NULL;
}

/* The members of one bind; false: reported. */
static bool
read_bind(struct config_reader *r, const struct option *o, const struct json *v,
	struct config_bind *b)
{
	const struct json *path = json_get_exact(v, "path"), *write = json_get_exact(v, "write");
	const char *why;

	for (const struct json *m = v->first; m; m = m->next) {
		if (m == path || m == write)
			continue;
		config_refuse(r, m, o, "has a member besides \"path\" and \"write\"");
		return false;
	}
	if (!path || path->type != JSON_STRING || (write && write->type != JSON_BOOL)) {
		config_refuse(r, v, o,
			path && path->type == JSON_STRING
				? "has a \"write\" that is not true or false"
				: "has no \"path\" that is a string");
		return false;
	}
	why = why_no_bind(path->text);
	if (why) {
		config_refuse_text(r, path, o, why);
		return false;
	}
	b->write = write && write->truth;
	b->path = span_dup(path->text);
	if (!b->path)
		config_error(r, v, o->name, "no memory");
	return b->path != NULL;
}

void
config_set_binds(struct config_reader *r, const struct option *o, const struct json *v)
{
	struct config_tenant *t = r->scope->base;

	if (v->type == JSON_ARRAY && v->count == 0)
		return;
	t->binds = config_list_new(r, o, v, JSON_ARRAY, sizeof(*t->binds));
	for (const struct json *e = t->binds ? v->first : NULL; e; e = e->next) {
		struct config_bind *b = &t->binds[t->bind_count];

		if (e->type != JSON_OBJECT) {
			config_refuse(r, e, o, NULL);
			continue;
		}
		if (!read_bind(r, o, e, b))
			continue;
		for (unsigned i = 0; i < t->bind_count; i++) {
			if (strcmp(t->binds[i].path, b->path) == 0)
				config_refuse(r, e, o, "names a folder twice");
		}
		t->bind_count++;
	}
}

/* "20000-20999" or "8080" */
void
config_set_ports(struct config_reader *r, const struct option *o, const struct json *v)
{
	struct config_tenant *t = r->scope->base;
	struct span rest = v->text, low;
	uint64_t first, last;

	if (v->type != JSON_STRING) {
		config_refuse(r, v, o, NULL);
		return;
	}
	low = span_cut(&rest, '-');
	if (!span_u64(low, &first) || !span_u64(rest.p ? rest : low, &last) || first < 1 ||
		last > UINT16_MAX || first > last) {
		config_refuse_text(r, v, o, "is no range of ports");
		return;
	}
	t->port_first = (uint16_t)first;
	t->port_last = (uint16_t)last;
}

void
config_set_host(struct config_reader *r, const struct option *o, const struct json *v)
{
	struct config_tenant *t = r->scope->base;

	if (v->type != JSON_STRING) {
		config_refuse(r, v, o, NULL);
		return;
	}
	t->port_host = config_address_host(v->text);
	if (!t->port_host)
		config_refuse_text(r, v, o, "is no literal IP address (names are not looked up)");
}
