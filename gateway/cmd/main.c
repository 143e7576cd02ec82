/*
 * main: the roster of subcommands, and what the program says about itself.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "base/text.h"
#include "base/version.h"
#include "cmd/command.h"
#include "state/config.h"

static const struct command *const roster[] = {
	&command_serve,
	&command_check,
	&command_key,
	&command_cert,
	&command_policy,
	NULL,
};

static const struct command *
command_find(const char *name)
{
	for (const struct command *const *c = roster; *c; c++) {
		if (strcmp((*c)->name, name) == 0)
			return *c;
	}
	return NULL;
}

/* One line that says what is near, and where to read more. */
static int
refuse_command(const char *name)
{
	const char *near = NULL;
	unsigned best = SUGGEST_FAR;

	for (const struct command *const *c = roster; *c; c++) {
		unsigned d = suggest_distance(span_of(name), span_of((*c)->name));

		if (d < best && suggest_is_near(d, strlen((*c)->name))) {
			best = d;
			near = (*c)->name;
		}
	}
	if (near)
		fprintf(stderr, "fairlead: there is no command \"%s\"; did you mean \"%s\"?\n",
			name, near);
	else
		fprintf(stderr, "fairlead: there is no command \"%s\"; see \"fairlead --help\"\n",
			name);
	return 2;
}

/* A help text that did not reach its reader is a failure: `fairlead --help >/dev/full`. */
static int
finish_output(void)
{
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("fairlead: standard output");
		return 1;
	}
	return 0;
}

static int
print_help(void)
{
	struct text options;

	puts("fairlead: a TLS front door through which many tenants share a Docker engine.\n");
	puts("usage: fairlead COMMAND [OPTION...]\n"
	     "       fairlead --help | --version\n");
	puts("Commands (\"fairlead COMMAND --help\" says more):");
	for (const struct command *const *c = roster; *c; c++)
		printf("  %-8s %s\n", (*c)->name, (*c)->summary);
	text_init(&options, 0);
	config_print_help(&options);
	puts("\nOptions of the configuration file, a JSON object in which \"tls.client_ca\" is the member\n"
	     "client_ca of the object tls; comments are allowed:\n");
	fputs(options.p ? options.p : "", stdout);
	text_free(&options);
	return finish_output();
}

static int
print_command_help(const struct command *c)
{
	printf("usage: fairlead %s\n\n%s\n", c->usage, c->summary);
	if (c->help)
		printf("\n%s\n", c->help);
	return finish_output();
}

static bool
asks_for_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--help") == 0)
			return true;
	}
	return false;
}

int
main(int argc, char **argv)
{
	const struct command *c;

	if (argc < 2) {
		fputs("fairlead: which command? See \"fairlead --help\"\n", stderr);
		return 2;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return print_help();
	if (strcmp(argv[1], "--version") == 0) {
		puts("fairlead " FAIRLEAD_VERSION);
		return finish_output();
	}
	c = command_find(argv[1]);
	if (!c)
		return refuse_command(argv[1]);
	if (asks_for_help(argc - 1, argv + 1))
		return print_command_help(c);
	return c->run(argc - 1, argv + 1);
}
