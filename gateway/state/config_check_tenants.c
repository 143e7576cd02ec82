/*
 * config_check_tenants: what tenants are given, all of them together: no two own one repository, no
 * folder can be bent by another tenant, and nothing of it is the gateway's own.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "state/config_reader.h"

/* One thing that one tenant is given. */
struct claim {
	struct span text; /* a path, or a pattern */
	const struct config_tenant *tenant;
	bool write;
};

static int
compare_claims(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;

	return config_tenant_order(x->text, y->text);
}

/* Where this tenant's option stands in the file. */
static const struct json *
place(const struct config_reader *r, const struct config_tenant *t, const char *option)
{
	const struct json *at = json_get_exact(config_place(r, "tenants"), t->name);
	struct span rest = span_of(option);

	while (at && rest.p) {
		char part[32];

		if (!span_copy(span_cut(&rest, '.'), part, sizeof(part)))
			break;
		at = json_get_exact(at, part);
	}
	return at;
}

__attribute__((format(printf, 4, 5))) static void
refuse(struct config_reader *r, const struct config_tenant *t, const char *option, const char *fmt,
	...)
{
	char name[160], message[900];
	va_list ap;

	snprintf(name, sizeof(name), "tenants.%s.%s", t->name, option);
	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	config_error(r, place(r, t, option), name, "%s", message);
}

/* All of a kind, in order; NULL when there is none, or no memory (reported). */
static struct claim *
collect(struct config_reader *r, bool binds, size_t *count)
{
	const struct config *c = r->config;
	struct claim *all;
	size_t n = 0;

	for (unsigned i = 0; i < c->tenant_count; i++) {
		n += binds ? c->tenants[i].bind_count : 0;
		for (char **p = binds ? NULL : c->tenants[i].own_images; p && *p; p++)
			n++;
	}
	*count = n;
	if (n == 0)
		return NULL;
	all = calloc(n, sizeof(*all));
	if (!all) {
		config_error(r, r->root, "tenants", "no memory");
		return NULL;
	}
	n = 0;
	for (unsigned i = 0; i < c->tenant_count; i++) {
		const struct config_tenant *t = &c->tenants[i];

		for (unsigned j = 0; binds && j < t->bind_count; j++)
			all[n++] =
				(struct claim){ span_of(t->binds[j].path), t, t->binds[j].write };
		for (char **p = binds ? NULL : t->own_images; p && *p; p++)
			all[n++] = (struct claim){ span_of(*p), t, false };
	}
	qsort(all, n, sizeof(*all), compare_claims);
	return all;
}

/* Whether there is a name that both patterns match. Both '*' stand for any text. */
static bool
patterns_meet(struct span a, struct span b)
{
	bool row[2][257] = { { true } };

	if (a.len > 255 || b.len > 255)
		return true;
	for (size_t i = 0; i <= a.len; i++) {
		bool *now = row[i % 2], *before = row[(i + 1) % 2];

		for (size_t j = 0; j <= b.len; j++) {
			bool star_a = i > 0 && a.p[i - 1] == '*',
			     star_b = j > 0 && b.p[j - 1] == '*';
			bool meets = i == 0 && j == 0;

			if (star_a)
				meets = meets || before[j] || (j > 0 && now[j - 1]);
			if (star_b)
				meets = meets || now[j - 1] || (i > 0 && before[j]);
			if (i > 0 && j > 0 && a.p[i - 1] == b.p[j - 1])
				meets = meets || before[j - 1];
			now[j] = meets;
		}
	}
	return row[a.len % 2][b.len];
}

/* What stands before the first '*'. */
static struct span
fixed_part(struct span pattern)
{
	return span_cut(&pattern, '*');
}

static void
check_own_images(struct config_reader *r)
{
	size_t count;
	struct claim *all = collect(r, false, &count);

	/* Two that meet begin alike up to the first '*' of one. In this order that one comes first, for
	 * '*' is less than all else that a pattern may hold. */
	for (size_t i = 0; all && i < count; i++) {
		struct span fixed = fixed_part(all[i].text);

		for (size_t j = i + 1; j < count && span_starts(all[j].text, fixed); j++) {
			if (all[j].tenant == all[i].tenant ||
				!patterns_meet(all[i].text, all[j].text))
				continue;
			refuse(r, all[j].tenant, "own_images",
				"\"%.*s\" meets \"%.*s\", which is tenant %s's; a repository has one owner",
				SPAN_ARG(all[j].text), SPAN_ARG(all[i].text), all[i].tenant->name);
			break;
		}
	}
	free(all);
}

/* A claim to exactly this folder by a tenant that may write there. */
static const struct claim *
find_writer(const struct claim *all, size_t count, struct span path)
{
	const struct claim key = { .text = path };
	const struct claim *found = bsearch(&key, all, count, sizeof(*all), compare_claims);

	/* Tenants may share a folder. */
	while (found && found > all && compare_claims(found - 1, &key) == 0)
		found--;
	for (; found && found < all + count && compare_claims(found, &key) == 0; found++) {
		if (found->write)
			return found;
	}
	return NULL;
}

/* A folder below one that a tenant may write to can be made a link to anywhere. */
static void
check_bind_parents(struct config_reader *r, const struct claim *all, size_t count,
	const struct claim *inner)
{
	for (size_t len = inner->text.len - 1; len > 1; len--) {
		const struct claim *outer = NULL;

		if (inner->text.p[len] == '/')
			outer = find_writer(all, count, (struct span){ inner->text.p, len });
		if (!outer)
			continue;
		refuse(r, inner->tenant, "bind",
			"\"%.*s\" is below \"%.*s\", where tenant %s may write and make it a link to "
			"anywhere; name another folder",
			SPAN_ARG(inner->text), SPAN_ARG(outer->text), outer->tenant->name);
		return;
	}
}

/* Without more slashes than needed ("unix:///run/x" keeps them); /var/run is a link to /run. */
static struct span
shortest(struct span path)
{
	size_t skip = 0;

	while (skip + 1 < path.len && path.p[skip + 1] == '/')
		skip++;
	path = (struct span){ path.p + skip, path.len - skip };
	if (span_starts(path, SPAN("/var/run/")))
		path = (struct span){ path.p + 4, path.len - 4 };
	return path;
}

/* Sockets and files that make who has them the gateway's, or the host's, master. */
static const char *
secret_in(const struct config *c, struct span folder)
{
	const char *files[] = { c->engine.path, c->admin_socket, c->credentials };

	for (unsigned i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (files[i] && config_path_within(shortest(span_of(files[i])), folder))
			return files[i];
	}
	for (unsigned i = 0; i < c->certificate_count; i++) {
		if (config_path_within(shortest(span_of(c->certificates[i].key)), folder))
			return c->certificates[i].key;
	}
	return NULL;
}

static void
check_binds(struct config_reader *r)
{
	size_t count;
	struct claim *all = collect(r, true, &count);

	for (size_t i = 0; all && i < count; i++) {
		const char *file = secret_in(r->config, shortest(all[i].text));

		if (file)
			refuse(r, all[i].tenant, "bind",
				"\"%.*s\" holds \"%s\", which would give the host away; name another folder",
				SPAN_ARG(all[i].text), file);
		check_bind_parents(r, all, count, &all[i]);
	}
	free(all);
}

/* Whoever has the port when the gateway starts anew is taken for the gateway. */
static void
check_ports(struct config_reader *r)
{
	const struct config *c = r->config;

	for (unsigned i = 0; i < c->tenant_count; i++) {
		const struct config_tenant *t = &c->tenants[i];

		for (unsigned j = 0; t->port_first && j < c->listen_count; j++) {
			if (c->listen[j].port >= t->port_first && c->listen[j].port <= t->port_last)
				refuse(r, t, "ports.range",
					"holds port %u, which is in listen; leave it out",
					(unsigned)c->listen[j].port);
		}
	}
}

void
config_check_tenants(struct config_reader *r)
{
	if (!config_is_good(r, "tenants"))
		return;
	check_own_images(r);
	if (config_is_good(r, "engine") && config_is_good(r, "admin_socket") &&
		config_is_good(r, "credentials") && config_is_good(r, "tls.certificates"))
		check_binds(r);
	if (config_is_good(r, "listen"))
		check_ports(r);
}
