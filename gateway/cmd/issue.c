/*
 * issue: the checks and the registering that all new credentials go through.
 */
#include "cmd/issue.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/suggest.h"
#include "state/store_impl.h"

#define DAY INT64_C(86400)
#define LONGEST (36600 * DAY)

int
issue_fail(const char *command, int code, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "fairlead %s: ", command);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return code;
}

int
issue_bad_option(const char *command, const char *word)
{
	return issue_fail(command, 2,
		"\"%s\": unknown option, or one without its value; see \"fairlead %.*s --help\"",
		word, (int)strcspn(command, " "), command);
}

int
issue_fail_with(int code, struct text *errors)
{
	fputs(errors->p ? errors->p : "fairlead: no memory\n", stderr);
	text_free(errors);
	return code;
}

int
issue_refuse_tenant(const struct issue *i)
{
	const char *near = NULL;
	unsigned best = SUGGEST_FAR;

	for (unsigned t = 0; t < i->config->tenant_count; t++) {
		const char *known = i->config->tenants[t].name;
		unsigned d = suggest_distance(span_of(i->tenant), span_of(known));

		if (d < best && suggest_is_near(d, strlen(known))) {
			best = d;
			near = known;
		}
	}
	if (near)
		return issue_fail(i->command, 2, "%s has no tenant \"%s\"; did you mean \"%s\"?",
			i->config_path, i->tenant, near);
	return issue_fail(i->command, 2,
		"%s has no tenant \"%s\"; add it to \"tenants\" there first", i->config_path,
		i->tenant);
}

/* It is printed as part of commands. */
static bool
host_ok(const char *host)
{
	return *host && strlen(host) < 300 &&
		strspn(host,
			"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:[]") ==
		strlen(host);
}

static int
check_name_free(const struct issue *i)
{
	const struct credential *c;
	struct text errors;
	struct store *s;
	int code = 0;

	text_init(&errors, 0);
	s = store_read(i->config->credentials, &errors);
	if (!s)
		return issue_fail_with(2, &errors);
	c = store_find_name(s, span_of(i->name));
	if (c)
		code = issue_fail(i->command, 2,
			"there is a credential named \"%s\" already%s; choose another name",
			i->name, c->revoked ? ", revoked" : "");
	store_free(s);
	text_free(&errors);
	return code;
}

int
issue_begin(struct issue *i)
{
	struct text errors;

	if (!i->config_path || !i->tenant || !i->name)
		return issue_fail(i->command, 2, "needs -c FILE, --tenant TENANT and --name NAME");
	if (!store_name_ok(span_of(i->name)))
		return issue_fail(i->command, 2,
			"\"%s\" is no name; write 1 to %d of a-z, A-Z, 0-9, '_', '.', '@', '-', a letter or digit first",
			i->name, STORE_NAME_MAX);
	if (i->host && !host_ok(i->host))
		return issue_fail(i->command, 2,
			"\"%s\" is no host; write gw.example.com or gw.example.com:2376", i->host);
	text_init(&errors, 0);
	i->config = config_read(i->config_path, &errors);
	if (!i->config)
		return issue_fail_with(2, &errors);
	text_free(&errors);
	if (!config_tenant(i->config, span_of(i->tenant)))
		return issue_refuse_tenant(i);
	return check_name_free(i);
}

int
issue_time(const char *word, int64_t now, int64_t *when)
{
	size_t len = strlen(word);
	int64_t unit = len == 0 ? 0 : word[len - 1] == 'd' ? DAY : word[len - 1] == 'h' ? 3600 : 0;
	uint64_t n;

	if (unit == 0)
		return clock_parse(span_of(word), when) && *when > now ? 0 : -1;
	if (!span_u64((struct span){ word, len - 1 }, &n) || n == 0 ||
		n > (uint64_t)(LONGEST / unit))
		return -1;
	*when = now + (int64_t)n * unit;
	return 0;
}

int
issue_register(const struct issue *i, struct credential *c)
{
	struct text errors;
	int code = 0;

	c->tenant = span_dup(span_of(i->tenant));
	c->name = span_dup(span_of(i->name));
	c->created = clock_unix();
	text_init(&errors, 0);
	if (!c->tenant || !c->name)
		code = issue_fail(i->command, 1, "no memory");
	else if (store_add(i->config->credentials, c, &errors) != 0)
		code = issue_fail_with(1, &errors);
	text_free(&errors);
	free(c->tenant);
	free(c->name);
	c->tenant = c->name = NULL;
	return code;
}

void
issue_random_key(const char *prefix, struct text *out)
{
	unsigned char bits[32];
	char hex[2 * sizeof(bits) + 1];

	secret_random(bits, sizeof(bits));
	text_hex(hex, bits, sizeof(bits));
	text_init(out, 0);
	text_addf(out, "%s%s", prefix, hex);
	secret_wipe(bits, sizeof(bits));
	secret_wipe(hex, sizeof(hex));
}

int
issue_print(const char *command, struct text *out)
{
	bool written = !out->failed && fwrite(out->p, 1, out->len, stdout) == out->len &&
		fflush(stdout) == 0;

	text_free_wiped(out);
	if (written)
		return 0;
	return issue_fail(command, 1,
		"standard output cannot be written to; revoke the credential and make a new one");
}
