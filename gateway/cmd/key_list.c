/*
 * key_list: prints the credentials; never a secret, nor a key's digest.
 */
#include "cmd/key_list.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cmd/issue.h"

static const char *
state_of(const struct config *conf, const struct credential *c, int64_t now)
{
	if (c->revoked)
		return "revoked";
	if (c->expires && c->expires <= now)
		return "expired";
	return config_tenant(conf, span_of(c->tenant)) ? "live" : "tenant gone";
}

static void
add_time(struct text *out, const char *member, int64_t when)
{
	char buf[CLOCK_RFC3339_SIZE];

	clock_rfc3339(when, buf);
	if (when)
		text_addf(out, ", \"%s\": \"%s\"", member, buf);
	else
		text_addf(out, ", \"%s\": null", member);
}

/* Names and words of the store need no escapes. */
static void
add_object(struct text *out, const struct credential *c, const char *state)
{
	text_addf(out, "{\"name\": \"%s\", \"tenant\": \"%s\", \"kind\": \"%s\", \"state\": \"%s\"",
		c->name, c->tenant, credential_kind_name(c->kind), state);
	add_time(out, "created", c->created);
	add_time(out, "expires", c->expires);
	add_time(out, "revoked", c->revoked);
	if (c->kind == CREDENTIAL_HYPER)
		text_addf(out, ", \"access_key\": \"%s\"", c->access_key);
	text_add_char(out, '}');
}

struct widths {
	int name, tenant;
};

static void
add_row(struct text *out, const struct credential *c, const char *state, struct widths w)
{
	char created[CLOCK_RFC3339_SIZE], expires[CLOCK_RFC3339_SIZE] = "never";

	clock_rfc3339(c->created, created);
	if (c->expires)
		clock_rfc3339(c->expires, expires);
	text_addf(out, "%-*s  %-*s  %-6s  %-11s  %-20s  %s\n", w.name, c->name, w.tenant, c->tenant,
		credential_kind_name(c->kind), state, created, expires);
}

static void
add_header(struct text *out, struct widths w)
{
	text_addf(out, "%-*s  %-*s  %-6s  %-11s  %-20s  %s\n", w.name, "NAME", w.tenant, "TENANT",
		"KIND", "STATE", "CREATED", "EXPIRES");
}

static struct widths
widths_of(const struct store *s)
{
	struct widths w = { 4, 6 };

	for (unsigned i = 0; i < store_count(s); i++) {
		int name = (int)strlen(store_at(s, i)->name),
		    tenant = (int)strlen(store_at(s, i)->tenant);

		w.name = name > w.name ? name : w.name;
		w.tenant = tenant > w.tenant ? tenant : w.tenant;
	}
	return w;
}

static void
add_all(struct text *out, const struct config *conf, const struct store *s, const char *tenant,
	bool json)
{
	struct widths w = widths_of(s);
	int64_t now = clock_unix();
	bool first = true;

	if (json)
		text_add_char(out, '[');
	else
		add_header(out, w);
	for (unsigned i = 0; i < store_count(s); i++) {
		const struct credential *c = store_at(s, i);

		if (tenant && strcmp(tenant, c->tenant) != 0)
			continue;
		if (json) {
			text_add_str(out, first ? "\n" : ",\n");
			add_object(out, c, state_of(conf, c, now));
		} else {
			add_row(out, c, state_of(conf, c, now), w);
		}
		first = false;
	}
	if (json)
		text_add_str(out, "\n]\n");
}

int
key_list(const char *config_path, const char *tenant, bool json)
{
	struct text errors, out;
	struct config *conf;
	struct store *s = NULL;
	int code;

	text_init(&errors, 0);
	text_init(&out, 0);
	conf = config_read(config_path, &errors);
	if (conf)
		s = store_read(conf->credentials, &errors);
	if (s) {
		add_all(&out, conf, s, tenant, json);
		code = !out.failed && fwrite(out.p, 1, out.len, stdout) == out.len &&
				fflush(stdout) == 0
			? 0
			: 1;
		if (code != 0)
			perror("fairlead key list: standard output");
		text_free(&errors);
	} else {
		code = issue_fail_with(2, &errors);
	}
	text_free(&out);
	store_free(s);
	config_free(conf);
	return code;
}
