/*
 * config_list: the options that are lists or objects: addresses, certificates, backends.
 */
#include <stdlib.h>
#include <string.h>

#include "format/endpoint.h"
#include "state/config_reader.h"

void *
config_list_new(struct config_reader *r, const struct option *o, const struct json *v,
	enum json_type type, size_t element)
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

void
config_set_listen(struct config_reader *r, const struct option *o, const struct json *v)
{
	struct config *c = r->config;
	const char *why;

	c->listen = config_list_new(r, o, v, JSON_ARRAY, sizeof(*c->listen));
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
			config_refuse_text(r, e, o, why);
			continue;
		}
		for (unsigned i = 0; i + 1 < c->listen_count; i++) {
			if (c->listen[i].host && config_address_same(&c->listen[i], a))
				config_refuse_text(r, e, o, "is there twice");
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
		config_refuse_text(r, v, o, why);
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

	c->certificates = config_list_new(r, o, v, JSON_ARRAY, sizeof(*c->certificates));
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

/* The groups of the endpoint table, "a, b and c". */
static void
print_groups(struct text *out)
{
	const struct endpoint *e, *last = NULL;
	bool any = false;

	for (unsigned i = 0; (e = endpoint_at(i)); i++) {
		if (!(e->class & EP_GROUP))
			continue;
		if (last)
			text_addf(out, "%s%s", any ? ", " : "", last->name);
		any = any || last;
		last = e;
	}
	if (last)
		text_addf(out, "%s%s", any ? " and " : "", last->name);
}

static bool
is_group(struct span name)
{
	const struct endpoint *e;

	for (unsigned i = 0; (e = endpoint_at(i)); i++) {
		if ((e->class & EP_GROUP) && span_eq(span_of(e->name), name))
			return true;
	}
	return false;
}

static void
set_backend(struct config_reader *r, const struct option *o, const struct json *v)
{
	struct config_backend *b = &r->config->backends[r->config->backend_count];
	struct text name;
	const char *why;

	text_init(&name, 0);
	if (!is_group(v->key)) {
		config_quote(v->key, &name);
		text_add_str(&name, " is no group of paths; the groups are ");
		print_groups(&name);
		config_error(r, v, o->name, "%s", name.p);
	} else if (v->type != JSON_STRING) {
		config_refuse(r, v, o, NULL);
	} else {
		r->config->backend_count++;
		b->group = span_dup(v->key);
		if (!b->group)
			config_error(r, v, o->name, "no memory");
		if (!config_address_engine(v->text, &b->address, &why))
			config_refuse_text(r, v, o, why);
	}
	text_free(&name);
}

void
config_set_backends(struct config_reader *r, const struct option *o, const struct json *v)
{
	struct config *c = r->config;

	c->backends = config_list_new(r, o, v, JSON_OBJECT, sizeof(*c->backends));
	for (const struct json *m = c->backends ? v->first : NULL; m; m = m->next)
		set_backend(r, o, m);
}
