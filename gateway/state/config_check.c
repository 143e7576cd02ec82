/*
 * config_check: what one option alone cannot tell: options that need, or contradict, another.
 */
#include <string.h>

#include "state/config_reader.h"

/* Where the option stands in the file; the whole file when it has its default. */
static const struct json *
place(const struct config_reader *r, const char *name)
{
	const struct option *o = option_find(name);
	const struct json *v = o ? r->seen[o - option_table] : NULL;

	return v ? v : r->root;
}

static bool
good(const struct config_reader *r, const char *name)
{
	const struct option *o = option_find(name);

	return o && !r->bad[o - option_table];
}

static void
check_client_certificates(struct config_reader *r)
{
	const struct config *c = r->config;

	if (!good(r, "tls.client_cert") || !good(r, "tls.client_ca"))
		return;
	if (c->client_cert != CLIENT_CERT_OFF && !c->client_ca)
		config_error(r, place(r, "tls.client_cert"), "tls.client_cert",
			"needs authorities to check certificates against; set tls.client_ca, or write \"off\"");
	if (c->client_cert == CLIENT_CERT_OFF && c->client_ca)
		config_error(r, place(r, "tls.client_ca"), "tls.client_ca",
			"has no use while tls.client_cert is \"off\"; write \"optional\" or \"required\" there, or "
			"leave it out");
}

static void
check_limits(struct config_reader *r)
{
	const struct config *c = r->config;

	if (good(r, "limits.line") && good(r, "limits.head") &&
		c->head_limits.line >= c->head_limits.head)
		config_error(r, place(r, "limits.line"), "limits.line",
			"is not less than limits.head (%zu bytes), which the line is a part of; make one of them fit",
			c->head_limits.head);
}

static void
check_engine(struct config_reader *r)
{
	const struct config *c = r->config;

	if (!good(r, "engine"))
		return;
	for (unsigned i = 0; good(r, "listen") && i < c->listen_count; i++) {
		if (config_address_same(&c->listen[i], &c->engine))
			config_error(r, place(r, "engine"), "engine",
				"is an address of listen, so the gateway would call itself; name the engine's");
	}
	if (c->engine.is_unix && c->admin_socket && strcmp(c->engine.path, c->admin_socket) == 0)
		config_error(r, place(r, "admin_socket"), "admin_socket",
			"is the engine's socket; name one of its own");
}

void
config_check(struct config_reader *r)
{
	check_client_certificates(r);
	check_limits(r);
	check_engine(r);
	if (good(r, "user") && r->config->group && !r->config->user)
		config_error(r, place(r, "group"), "group",
			"needs a user too; set user, or leave it out");
	if (good(r, "owner_label") && strchr(r->config->owner_label, '='))
		config_error(r, place(r, "owner_label"), "owner_label",
			"holds a '=', which ends a label's name; write another");
}
