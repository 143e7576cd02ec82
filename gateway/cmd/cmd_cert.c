/*
 * cmd_cert: gives a tenant a client certificate.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd_cert.h"
#include "cmd/command.h"

#define DAYS_MAX 36500
/* The files that certs/make-certs.sh makes. */
#define CA_CERT "ca.pem"
#define CA_KEY "ca-key.pem"

struct words {
	const char *ca, *ca_cert, *ca_key, *server_ca, *folder, *days;
};

/* The folder of tls.client_ca, which is absolute; "." without. */
static struct span
folder_of_ca(const struct config *c)
{
	const char *slash = c->client_ca ? strrchr(c->client_ca, '/') : NULL;

	return slash ? (struct span){ c->client_ca, (size_t)(slash - c->client_ca) } : SPAN(".");
}

static int
make(struct issue *i, const struct words *w, unsigned days)
{
	struct cert_wish want = { .server_ca = w->server_ca, .days = days };
	struct span folder;
	char *cert, *key;
	int code = issue_begin(i);

	if (code != 0)
		return code;
	folder = w->ca ? span_of(w->ca) : folder_of_ca(i->config);
	cert = w->ca || !i->config->client_ca ? cert_path(folder, CA_CERT)
					      : strdup(i->config->client_ca);
	key = cert_path(folder, CA_KEY);
	want.ca_cert = w->ca_cert ? w->ca_cert : cert;
	want.ca_key = w->ca_key ? w->ca_key : key;
	want.folder = w->folder ? w->folder : i->name;
	if (cert && key)
		code = cert_give(i, &want);
	else
		code = issue_fail(i->command, 1, "no memory");
	free(cert);
	free(key);
	return code;
}

static int
check_words(struct issue *i, const struct words *w)
{
	uint64_t days;
	int code;

	if (!span_u64(span_of(w->days), &days) || days == 0 || days > DAYS_MAX)
		return issue_fail(i->command, 2, "\"%s\" is no number of days; write 1 to %d",
			w->days, DAYS_MAX);
	if (w->ca && (w->ca_cert || w->ca_key))
		return issue_fail(i->command, 2,
			"--ca DIR, or --ca-cert FILE with --ca-key FILE: not both");
	if (!w->ca_cert != !w->ca_key)
		return issue_fail(i->command, 2,
			"--ca-cert and --ca-key go together; name both files");
	code = make(i, w, (unsigned)days);
	if (code == 0)
		fprintf(stderr,
			"fairlead cert: \"%s\" is good from the gateway's next reload (SIGHUP) on\n",
			i->name);
	config_free(i->config);
	return code;
}

/* False: `opt` is none of ours. */
static bool
take_option(int opt, struct issue *i, struct words *w)
{
	const char **const to[] = { ['c'] = &i->config_path,
		['t'] = &i->tenant,
		['n'] = &i->name,
		['h'] = &i->host,
		['a'] = &w->ca,
		['p'] = &w->ca_cert,
		['k'] = &w->ca_key,
		['s'] = &w->server_ca,
		['d'] = &w->days,
		['o'] = &w->folder };

	if (opt < 0 || (size_t)opt >= sizeof(to) / sizeof(to[0]) || !to[opt])
		return false;
	*to[opt] = optarg;
	return true;
}

static int
run_new(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "tenant", required_argument, NULL, 't' },
		{ "name", required_argument, NULL, 'n' },
		{ "host", required_argument, NULL, 'h' },
		{ "ca", required_argument, NULL, 'a' },
		{ "ca-cert", required_argument, NULL, 'p' },
		{ "ca-key", required_argument, NULL, 'k' },
		{ "server-ca", required_argument, NULL, 's' },
		{ "days", required_argument, NULL, 'd' },
		{ "out", required_argument, NULL, 'o' },
		{ 0 },
	};
	struct issue i = { .command = "cert new" };
	struct words w = { .days = "365" };
	int opt;

	while ((opt = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		if (!take_option(opt, &i, &w))
			return issue_bad_option(i.command, argv[optind - 1]);
	}
	if (optind < argc)
		return issue_fail(i.command, 2,
			"\"%s\" is one word too many; the name comes after --name", argv[optind]);
	return check_words(&i, &w);
}

static int
run(int argc, char **argv)
{
	opterr = 0;
	if (argc > 1 && strcmp(argv[1], "new") == 0)
		return run_new(argc - 1, argv + 1);
	return issue_fail("cert", 2, "say \"fairlead cert new\"; see \"fairlead cert --help\"");
}

const struct command command_cert = {
	.name = "cert",
	.usage = "cert new -c FILE --tenant TENANT --name NAME [OPTION...]",
	.summary = "Give a tenant a client certificate.",
	.help = "Makes a key and a certificate (ECDSA P-256), registers it in the credential store, writes\n"
		"ca.pem, cert.pem and key.pem, and prints the lines that make docker use them.\n"
		"\n"
		"  -c, --config FILE     the configuration\n"
		"      --tenant TENANT   one of its tenants\n"
		"      --name NAME       the credential's name, one in the store\n"
		"      --ca DIR          folder with the authority's ca.pem and ca-key.pem, as\n"
		"                        certs/make-certs.sh makes them; default: where tls.client_ca is\n"
		"      --ca-cert FILE, --ca-key FILE\n"
		"                        the authority's files, when they have other names\n"
		"      --server-ca FILE  what the tenant gets as ca.pem, when the gateway's own certificate\n"
		"                        is another authority's\n"
		"      --days N          how long it is valid; default: 365\n"
		"      --out DIR         where the files go; default: NAME. Nothing is overwritten.\n"
		"      --host HOST       what clients call the gateway\n"
		"\n"
		"\"fairlead key list\" shows it, \"fairlead key revoke\" ends it. The gateway takes changes\n"
		"at its next reload (SIGHUP).",
	.run = run,
};
