/*
 * cmd_check: whether `serve` would take this configuration, and how it reads it.
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cmd/command.h"
#include "net/tls.h"
#include "state/board.h"
#include "state/config.h"
#include "state/store.h"

static int
use_error(const char *what)
{
	fprintf(stderr, "fairlead check: %s; see \"fairlead check --help\"\n", what);
	return 2;
}

/* Writes and frees. */
static int
print(struct text *out)
{
	bool written = !out->failed && fwrite(out->p, 1, out->len, stdout) == out->len;

	text_free(out);
	if (written && fflush(stdout) == 0)
		return 0;
	perror("fairlead check: standard output");
	return 1;
}

/* The option table in the form that the documents' makers and checks want. */
static int
print_options(const char *form)
{
	struct text out;

	text_init(&out, 0);
	if (strcmp(form, "help") == 0)
		config_print_help(&out);
	else if (strcmp(form, "roff") == 0)
		config_print_roff(&out);
	else if (strcmp(form, "names") == 0)
		config_print_names(&out);
	else
		return use_error("--options takes help, roff or names");
	return print(&out);
}

/* What the configuration names is read too, as `serve` will. */
static void
check_named(const struct config *c, struct text *errors)
{
	struct store *s = store_read(c->credentials, errors);
	struct board *b = board_new(1);
	struct tls *t;

	if (s)
		store_free(s);
	if (!b) {
		text_add_str(errors, "fairlead check: no memory for the board\n");
		return;
	}
	t = tls_new(c, b, errors);
	if (t)
		tls_free(t);
	board_free(b);
}

static int
check(const char *path, bool quiet)
{
	struct text errors, out;
	struct config *c;
	int code = 2;

	text_init(&errors, 0);
	text_init(&out, 0);
	c = config_read(path, &errors);
	if (c)
		check_named(c, &errors);
	if (errors.len > 0) {
		fwrite(errors.p, 1, errors.len, stderr);
	} else if (!quiet) {
		config_print(c, &out);
		code = print(&out);
	} else {
		code = 0;
	}
	config_free(c);
	text_free(&errors);
	return code;
}

static int
run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "quiet", no_argument, NULL, 'q' },
		{ "options", required_argument, NULL, 'o' },
		{ 0 },
	};
	const char *path = NULL;
	bool quiet = false;
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, "c:q", options, NULL)) != -1) {
		switch (opt) {
		case 'c':
			path = optarg;
			break;
		case 'q':
			quiet = true;
			break;
		case 'o':
			return print_options(optarg);
		default:
			return use_error("unknown option, or one without its value");
		}
	}
	if (optind < argc)
		return use_error("takes no other words");
	if (!path)
		return use_error("which file? Say -c FILE");
	return check(path, quiet);
}

const struct command command_check = {
	.name = "check",
	.usage = "check -c FILE [-q]",
	.summary = "Check a configuration and all that it names; print it with its defaults.",
	.help = "  -c, --config FILE   the configuration\n"
		"  -q, --quiet         print nothing when all is well\n"
		"      --options FORM  print the list of options instead: help, roff or names\n"
		"\n"
		"Exit code: 0 all is well, 2 there are errors; each is a line on standard error,\n"
		"\"FILE:LINE:COLUMN: OPTION: what is wrong; what to do\".",
	.run = run,
};
