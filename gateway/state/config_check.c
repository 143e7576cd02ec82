/*
 * config_check: what one option alone cannot tell: options that need, or contradict, another.
 */
#include <string.h>

#include "state/config_reader.h"

const struct json *
config_place(const struct config_reader *r, const char *name)
{
	const struct option *o = option_find(name);
	const struct json *v = o ? r->file.seen[o - option_main.rows] : NULL;

	return v ? v : r->root;
}

bool
config_is_good(const struct config_reader *r, const char *name)
{
	const struct option *o = option_find(name);

	return o && !r->file.bad[o - option_main.rows];
}

static void
check_client_certificates(struct config_reader *r)
{
	const struct config *c = r->config;

	if (!config_is_good(r, "tls.client_cert") || !config_is_good(r, "tls.client_ca"))
		return;
	if (c->client_cert != CLIENT_CERT_OFF && !c->client_ca)
		config_error(r, config_place(r, "tls.client_cert"), "tls.client_cert",
			"needs authorities to check certificates against; set tls.client_ca, or write \"off\"");
	if (c->client_cert == CLIENT_CERT_OFF && c->client_ca)
		config_error(r, config_place(r, "tls.client_ca"), "tls.client_ca",
			"has no use while tls.client_cert is \"off\"; write \"optional\" or \"required\" there, or "
			"leave it out");
}

static void
check_limits(struct config_reader *r)
{
	const struct config *c = r->config;

	if (config_is_good(r, "limits.line") && config_is_good(r, "limits.head") &&
		c->head_limits.line >= c->head_limits.head)
		config_error(r, config_place(r, "limits.line"), "limits.line",
			"is not less than limits.head (%zu bytes), which the line is a part of; make one of them fit",
			c->head_limits.head);
}

static void
check_engine(struct config_reader *r)
{
	const struct config *c = r->config;

	if (!config_is_good(r, "engine"))
		return;
	for (unsigned i = 0; config_is_good(r, "listen") && i < c->listen_count; i++) {
		if (config_address_same(&c->listen[i], &c->engine))
			config_error(r, config_place(r, "engine"), "engine",
				"is an address of listen, so the gateway would call itself; name the engine's");
	}
	if (c->engine.is_unix && c->admin_socket && strcmp(c->engine.path, c->admin_socket) == 0)
		config_error(r, config_place(r, "admin_socket"), "admin_socket",
			"is the engine's socket; name one of its own");
}

static void
check_backends(struct config_reader *r)
{
	const struct config *c = r->config;

	for (unsigned i = 0; config_is_good(r, "backends") && i < c->backend_count; i++) {
		const struct config_backend *b = &c->backends[i];

		if (config_is_good(r, "engine") && config_address_same(&b->address, &c->engine))
			config_error(r, config_place(r, "backends"), "backends",
				"sends %s to the engine, past all checks; name that group's own server",
				b->group);
		for (unsigned j = 0; config_is_good(r, "listen") && j < c->listen_count; j++) {
			if (config_address_same(&c->listen[j], &b->address))
				config_error(r, config_place(r, "backends"), "backends",
					"sends %s to an address of listen, so the gateway would call itself; "
					"name that group's own server",
					b->group);
		}
	}
}

void
config_check(struct config_reader *r)
{
	check_client_certificates(r);
	check_limits(r);
	check_engine(r);
	check_backends(r);
	config_check_tenants(r);
	if (config_is_good(r, "user") && r->config->group && !r->config->user)
		config_error(r, config_place(r, "group"), "group",
			"needs a user too; set user, or leave it out");
	if (config_is_good(r, "owner_label") && strchr(r->config->owner_label, '='))
		config_error(r, config_place(r, "owner_label"), "owner_label",
			"holds a '=', which ends a label's name; write another");
}
