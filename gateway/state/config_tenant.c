/*
 * config_tenant: the tenants of the file: their names, and each one's options by their own table.
 */
#include <stdlib.h>
#include <string.h>

#include "format/right.h"
#include "format/space.h"
#include "state/config_reader.h"

#define TENANT_NAME_MAX 63

static bool
is_tenant_name(struct span s)
{
	if (s.len < 1 || s.len > TENANT_NAME_MAX || strchr("_.-", s.p[0]) ||
		s.p[s.len - 1] == '-' || memmem(s.p, s.len, SPACE_SEPARATOR, 2))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
			    c == '-'))
			return false;
	}
	return true;
}

static void
check_container_default(struct config_reader *r, const char *name, const char *whole,
	uint64_t of_one, uint64_t of_all)
{
	const struct option_set *set = r->scope->set;
	const struct json *at = r->scope->seen[option_index(set, span_of(name))];

	if (of_one && of_all && of_one > of_all)
		config_error(r, at, name,
			"is more than %s, so a create that names none would be refused; make it less",
			whole);
}

/* What one of the tenant's options alone cannot tell. */
static void
check_tenant(struct config_reader *r, const struct config_tenant *t, const struct json *v)
{
	const struct config_quota *q = &t->quota;

	check_container_default(r, "quota.container_memory", "quota.memory", q->container_memory,
		q->memory);
	check_container_default(r, "quota.container_cpus", "quota.cpus", q->container_nano_cpus,
		q->nano_cpus);
	check_container_default(r, "quota.container_pids", "quota.pids", q->container_pids,
		q->pids);
	if (t->port_host && !t->port_first)
		config_error(r, v, "ports.host", "has no use without ports.range; set that too");
}

static void
add_rights(struct config_tenant *t)
{
	t->rights = t->preset ? right_preset(span_of(t->preset)) : 0;
	for (char **g = t->grants; g && *g; g++)
		t->rights |= right_grant(span_of(*g));
}

static void
read_tenant(struct config_reader *r, struct config_tenant *t, const struct json *v)
{
	char prefix[sizeof("tenants..") + TENANT_NAME_MAX];
	struct config_scope scope = { .set = &option_tenant, .base = t, .prefix = prefix };
	unsigned errors = r->error_count;

	snprintf(prefix, sizeof(prefix), "tenants.%s.", t->name);
	r->scope = &scope;
	config_read_object(r, v);
	if (r->error_count == errors)
		check_tenant(r, t, v);
	add_rights(t);
	r->scope = &r->file;
}

/* Whether the tenant can be kept. */
static bool
check_name(struct config_reader *r, const struct option *o, const struct json *v)
{
	struct text name;
	bool ok = is_tenant_name(v->key);

	text_init(&name, 0);
	text_addf(&name, "%s.", o->name);
	if (!ok) {
		config_quote(v->key, &name);
		config_error(r, v, name.p,
			"is no name of a tenant; write 1 to 63 of a-z, 0-9, '_', '.', '-', a letter or digit "
			"first, no '-' last and no \"--\"");
	} else if (v->type != JSON_OBJECT) {
		ok = false;
		text_add_span(&name, v->key);
		config_error(r, v, name.p,
			"is not an object; write {}, or one with the tenant's options");
	}
	text_free(&name);
	return ok;
}

static int
compare_tenants(const void *a, const void *b)
{
	const struct config_tenant *x = a, *y = b;

	return config_tenant_order(span_of(x->name), span_of(y->name));
}

void
config_set_tenants(struct config_reader *r, const struct option *o, const struct json *v)
{
	struct config *c = r->config;

	c->tenants = config_list_new(r, o, v, JSON_OBJECT, sizeof(*c->tenants));
	if (!c->tenants)
		return;
	for (const struct json *m = v->first; m; m = m->next) {
		struct config_tenant *t = &c->tenants[c->tenant_count];

		if (!check_name(r, o, m))
			continue;
		t->name = span_dup(m->key);
		if (!t->name) {
			config_error(r, m, o->name, "no memory");
			continue;
		}
		c->tenant_count++;
		read_tenant(r, t, m);
	}
	qsort(c->tenants, c->tenant_count, sizeof(*c->tenants), compare_tenants);
}
