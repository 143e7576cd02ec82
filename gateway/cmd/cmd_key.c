/*
 * cmd_key: keys of tenants: new ones, a list of all credentials, revoking.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cmd/command.h"
#include "cmd/issue.h"
#include "cmd/key_list.h"

static int
new_bearer(const struct issue *i, int64_t expires)
{
	struct credential c = { .kind = CREDENTIAL_BEARER, .expires = expires };
	struct text key, out;
	int code;

	issue_random_key("flk_", &key);
	secret_sha256(text_span(&key), c.digest);
	code = issue_register(i, &c);
	if (code == 0) {
		text_init(&out, 0);
		paste_bearer(&out, i, key.p);
		code = issue_print(i->command, &out);
	}
	text_free_wiped(&key);
	return code;
}

static int
new_hyper(const struct issue *i, int64_t expires)
{
	struct credential c = { .kind = CREDENTIAL_HYPER, .expires = expires };
	struct text access_key, secret, out;
	int code;

	/* Clients show it in full; half of the bits are plenty for a name. */
	issue_random_key("FLK", &access_key);
	access_key.p[3 + 32] = '\0';
	issue_random_key("fls_", &secret);
	c.access_key = access_key.p;
	c.secret = secret.p;
	code = issue_register(i, &c);
	if (code == 0) {
		text_init(&out, 0);
		paste_hyper(&out, i, c.access_key, c.secret);
		code = issue_print(i->command, &out);
	}
	text_free(&access_key);
	text_free_wiped(&secret);
	return code;
}

static int
make_key(struct issue *i, const char *kind, const char *expires)
{
	int64_t when = 0;
	int code;

	if (strcmp(kind, "bearer") != 0 && strcmp(kind, "hyper") != 0)
		return issue_fail(i->command, 2, "there is no kind \"%s\"; write bearer or hyper",
			kind);
	if (expires && issue_time(expires, clock_unix(), &when) != 0)
		return issue_fail(i->command, 2,
			"\"%s\" is no time to come; write 90d, 36h or a date such as 2030-01-31",
			expires);
	code = issue_begin(i);
	if (code == 0)
		code = strcmp(kind, "hyper") == 0 ? new_hyper(i, when) : new_bearer(i, when);
	if (code == 0)
		fprintf(stderr,
			"fairlead key: \"%s\" is good from the gateway's next reload (SIGHUP) on\n",
			i->name);
	config_free(i->config);
	return code;
}

static int
run_new(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "tenant", required_argument, NULL, 't' },
		{ "name", required_argument, NULL, 'n' },
		{ "kind", required_argument, NULL, 'k' },
		{ "expires", required_argument, NULL, 'e' },
		{ "host", required_argument, NULL, 'h' },
		{ 0 },
	};
	struct issue i = { .command = "key new" };
	const char *kind = "bearer", *expires = NULL;
	int opt;

	while ((opt = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		switch (opt) {
		case 'c':
			i.config_path = optarg;
			break;
		case 't':
			i.tenant = optarg;
			break;
		case 'n':
			i.name = optarg;
			break;
		case 'k':
			kind = optarg;
			break;
		case 'e':
			expires = optarg;
			break;
		case 'h':
			i.host = optarg;
			break;
		default:
			return issue_bad_option(i.command, argv[optind - 1]);
		}
	}
	if (optind < argc)
		return issue_fail(i.command, 2,
			"\"%s\" is one word too many; the name comes after --name", argv[optind]);
	return make_key(&i, kind, expires);
}

static int
revoke(const char *config_path, const char *name)
{
	struct text errors;
	struct config *c;
	int code = 0;

	text_init(&errors, 0);
	c = config_read(config_path, &errors);
	if (!c || store_revoke(c->credentials, span_of(name), &errors) != 0)
		code = issue_fail_with(2, &errors);
	else
		fprintf(stderr,
			"fairlead key: \"%s\" is revoked; the gateway's next reload (SIGHUP) ends its sessions\n",
			name);
	if (code == 0)
		text_free(&errors);
	config_free(c);
	return code;
}

static int
run_revoke(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "name", required_argument, NULL, 'n' },
		{ 0 },
	};
	const char *path = NULL, *name = NULL;
	int opt;

	while ((opt = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		if (opt == 'c')
			path = optarg;
		else if (opt == 'n')
			name = optarg;
		else
			return issue_bad_option("key revoke", argv[optind - 1]);
	}
	if (!name && optind < argc)
		name = argv[optind++];
	if (!path || !name || optind < argc)
		return issue_fail("key revoke", 2, "needs -c FILE and one NAME");
	return revoke(path, name);
}

static int
run_list(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "tenant", required_argument, NULL, 't' },
		{ "json", no_argument, NULL, 'j' },
		{ 0 },
	};
	const char *path = NULL, *tenant = NULL;
	bool json = false;
	int opt;

	while ((opt = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		if (opt == 'c')
			path = optarg;
		else if (opt == 't')
			tenant = optarg;
		else if (opt == 'j')
			json = true;
		else
			return issue_bad_option("key list", argv[optind - 1]);
	}
	if (!path || optind < argc)
		return issue_fail("key list", 2, "needs -c FILE, and no other words");
	return key_list(path, tenant, json);
}

static int
run(int argc, char **argv)
{
	opterr = 0;
	if (argc > 1 && strcmp(argv[1], "new") == 0)
		return run_new(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "list") == 0)
		return run_list(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "revoke") == 0)
		return run_revoke(argc - 1, argv + 1);
	return issue_fail("key", 2, "new, list or revoke? See \"fairlead key --help\"");
}

const struct command command_key = {
	.name = "key",
	.usage = "key new|list|revoke -c FILE [OPTION...]",
	.summary = "Give a tenant a key, list all credentials, revoke one.",
	.help = "  key new -c FILE --tenant TENANT --name NAME [--kind bearer|hyper] [--expires WHEN] [--host HOST]\n"
		"      makes a key and prints it, once, in the lines that make a client use it. A bearer\n"
		"      key is for docker and HTTP clients, a hyper key for the Hyper CLI.\n"
		"      WHEN is 90d, 36h or a date such as 2030-01-31; HOST is what clients call the gateway.\n"
		"  key list -c FILE [--tenant TENANT] [--json]\n"
		"      lists the credentials of all kinds, certificates too, without their secrets.\n"
		"  key revoke -c FILE NAME\n"
		"      makes a credential invalid for good; it stays in the list.\n"
		"\n"
		"The gateway takes changes at its next reload (SIGHUP).",
	.run = run,
};
