/*
 * config_list: the options that are lists or objects: addresses, certificates, tenants.
 */
#include <stdlib.h>
#include <string.h>

#include "format/right.h"
#include "format/space.h"
#include "state/config_reader.h"

#define TENANT_NAME_MAX 63

/* Room for the children of `v`; NULL: reported. */
static void *
list_new(struct config_reader *r, const struct option *o, const struct json *v, enum json_type type,
	size_t element)
{
	void *list;

	if (v->type != type) {
		config_refuse(r, v, o, NULL);
		return NULL;
	}
	if (v->count < o->least || v->count > o->most) {
		config_refuse(r, v, o, v->count ? "has too many members" : "is empty");
		return NULL;
	}
	list = calloc(v->count ? v->count : 1, element);
	if (!list)
		config_error(r, v, o->name, "no memory");
	return list;
}

static void
refuse_address(struct config_reader *r, const struct json *v, const struct option *o,
	const char *why)
{
	struct text wrong;

	text_init(&wrong, 0);
	config_quote(v->text, &wrong);
	text_addf(&wrong, " %s", why);
	config_refuse(r, v, o, wrong.p);
	text_free(&wrong);
}

void
config_set_listen(struct config_reader *r, const struct option *o, const struct json *v)
{
	struct config *c = r->config;
	const char *why;

	c->listen = list_new(r, o, v, JSON_ARRAY, sizeof(*c->listen));
	if (!c->listen)
		return;
	for (const struct json *e = v->first; e; e = e->next) {
		struct config_address *a = &c->listen[c->listen_count];

		if (e->type != JSON_STRING) {
			config_refuse(r, e, o, NULL);
			continue;
		}
		c->listen_count++;
		if (!config_address_listen(e->text, a, &why)) {
			refuse_address(r, e, o, why);
			continue;
		}
		for (unsigned i = 0; i + 1 < c->listen_count; i++) {
			if (c->listen[i].host && config_address_same(&c->listen[i], a))
				refuse_address(r, e, o, "is there twice");
		}
	}
}

void
config_set_engine(struct config_reader *r, const struct option *o, const struct json *v)
{
	const char *why;

	if (v->type != JSON_STRING)
		config_refuse(r, v, o, NULL);
	else if (!config_address_engine(v->text, &r->config->engine, &why))
		refuse_address(r, v, o, why);
}

/* One of the two files of a certificate. */
static void
set_certificate_file(struct config_reader *r, const struct option *o, const struct json *object,
	unsigned index, const char *key, char **file)
{
	const struct json *v = json_get_exact(object, key);
	char name[96];

	snprintf(name, sizeof(name), "%s[%u].%s", o->name, index, key);
	if (!v)
		config_error(r, object, name, "is missing; name a PEM file");
	else
		*file = config_path(r, v, name, 4095, true);
}

void
config_set_certificates(struct config_reader *r, const struct option *o, const struct json *v)
{
	struct config *c = r->config;

	c->certificates = list_new(r, o, v, JSON_ARRAY, sizeof(*c->certificates));
	if (!c->certificates)
		return;
	for (const struct json *e = v->first; e; e = e->next) {
		unsigned index = c->certificate_count++;
		struct config_certificate *certificate = &c->certificates[index];

		if (e->type != JSON_OBJECT) {
			config_refuse(r, e, o, NULL);
			continue;
		}
		set_certificate_file(r, o, e, index, "cert", &certificate->cert);
		set_certificate_file(r, o, e, index, "key", &certificate->key);
		for (const struct json *m = e->first; m; m = m->next) {
			if (!span_eq(m->key, SPAN("cert")) && !span_eq(m->key, SPAN("key")))
				config_refuse(r, m, o, "has a member besides \"cert\" and \"key\"");
		}
	}
}

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

/* Whether the tenant can be kept. A tenant's own options will be read here. */
static bool
check_tenant(struct config_reader *r, const struct option *o, const struct json *v)
{
	struct text name;
	bool ok = false;

	text_init(&name, 0);
	text_addf(&name, "%s.", o->name);
	if (!is_tenant_name(v->key)) {
		config_quote(v->key, &name);
		config_error(r, v, name.p,
			"is no name of a tenant; write 1 to 63 of a-z, 0-9, '_', '.', '-', a letter or digit "
			"first");
	} else {
		text_add_span(&name, v->key);
		if (v->type != JSON_OBJECT)
			config_error(r, v, name.p, "is not an object; write {}");
		else if (v->first)
			config_error(r, v->first, name.p,
				"has a member, but a tenant has no options yet; write {}");
		else
			ok = true;
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

	c->tenants = list_new(r, o, v, JSON_OBJECT, sizeof(*c->tenants));
	if (!c->tenants)
		return;
	for (const struct json *m = v->first; m; m = m->next) {
		struct config_tenant *tenant = &c->tenants[c->tenant_count];

		if (!check_tenant(r, o, m))
			continue;
		tenant->name = span_dup(m->key);
		tenant->rights = right_preset(SPAN("tenant"));
		if (tenant->name)
			c->tenant_count++;
		else
			config_error(r, m, o->name, "no memory");
	}
	qsort(c->tenants, c->tenant_count, sizeof(*c->tenants), compare_tenants);
}
