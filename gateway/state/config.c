/*
 * config: the life and the lookups of a snapshot.
 */
#include "state/config.h"

#include <stdlib.h>
#include <string.h>

#include "state/config_reader.h"

static void
free_texts(char **list)
{
	for (char **p = list; p && *p; p++)
		free(*p);
	free(list);
}

static void
free_tenant(struct config_tenant *t)
{
	free(t->name);
	free(t->preset);
	free(t->port_host);
	for (unsigned i = 0; i < t->bind_count; i++)
		free(t->binds[i].path);
	free(t->binds);
	free_texts(t->grants);
	free_texts(t->cap_add);
	free_texts(t->images);
	free_texts(t->own_images);
}

static void
free_lists(struct config *c)
{
	for (unsigned i = 0; i < c->listen_count; i++)
		config_address_free(&c->listen[i]);
	free(c->listen);
	config_address_free(&c->engine);
	for (unsigned i = 0; i < c->certificate_count; i++) {
		free(c->certificates[i].cert);
		free(c->certificates[i].key);
	}
	free(c->certificates);
	for (unsigned i = 0; i < c->tenant_count; i++)
		free_tenant(&c->tenants[i]);
	free(c->tenants);
	for (unsigned i = 0; i < c->backend_count; i++) {
		free(c->backends[i].group);
		config_address_free(&c->backends[i].address);
	}
	free(c->backends);
	free_texts(c->origins);
}

void
config_free(struct config *c)
{
	if (!c)
		return;
	free_lists(c);
	free(c->admin_socket);
	free(c->user);
	free(c->group);
	free(c->credentials);
	free(c->owner_label);
	free(c->client_ca);
	free(c->cert_uri_prefix);
	free(c->hyper_region);
	free(c);
}

const struct config_tenant *
config_tenant(const struct config *c, struct span name)
{
	unsigned low = 0, high = c->tenant_count;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;
		int order = config_tenant_order(span_of(c->tenants[middle].name), name);

		if (order == 0)
			return &c->tenants[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

int
config_tenant_order(struct span a, struct span b)
{
	size_t shared = a.len < b.len ? a.len : b.len;
	int order = shared ? memcmp(a.p, b.p, shared) : 0;

	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}
