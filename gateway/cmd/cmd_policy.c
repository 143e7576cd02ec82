/*
 * cmd_policy: what the gateway serves, and what it would do with one request.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cmd/command.h"
#include "cmd/explain.h"
#include "cmd/issue.h"
#include "format/endpoint_words.h"
#include "state/config.h"

#define EXPLAIN "policy explain"
#define MAX_BODY ((size_t)16 << 20)

/* What the command line says. */
struct wish {
	const char *config_path, *tenant, *body_path;
	const char *method, *path;
};

static int
print(struct text *out)
{
	bool written = !out->failed && fwrite(out->p, 1, out->len, stdout) == out->len &&
		fflush(stdout) == 0;

	text_free(out);
	return written ? 0 : issue_fail("policy", 1, "standard output cannot be written to");
}

static void
print_endpoint(const struct endpoint *e, struct text *out)
{
	struct text methods, class;

	text_init(&methods, 0);
	text_init(&class, 0);
	endpoint_print_methods(e->methods, &methods);
	endpoint_print_class(e->class, &class);
	text_addf(out, "%-8s %-40s %-21s %-33s %s\n", methods.p, e->path, e->name, class.p,
		e->right ? right_name(e->right) : "-");
	text_free(&methods);
	text_free(&class);
}

static int
run_list(int argc, char **argv)
{
	static const struct option options[] = { { 0 } };
	struct text out;

	if (getopt_long(argc, argv, "", options, NULL) != -1)
		return issue_bad_option("policy list", argv[optind - 1]);
	if (optind < argc)
		return issue_fail("policy list", 2,
			"takes no other words; see \"fairlead policy --help\"");
	text_init(&out, 0);
	text_addf(&out, "%-8s %-40s %-21s %-33s %s\n", "METHOD", "PATH", "NAME", "CLASS", "RIGHT");
	for (unsigned i = 0; endpoint_at(i); i++)
		print_endpoint(endpoint_at(i), &out);
	return print(&out);
}

/* What a configuration of defaults says of what the gates look at. */
static struct config *
defaults(void)
{
	static char label[] = "fairlead.tenant";
	static struct config c = { .owner_label = label,
		.max_body = MAX_BODY,
		.max_answer = MAX_BODY };

	return &c;
}

static int
explain(const struct wish *w, struct config *c, struct span body)
{
	struct explain e = { .method = span_of(w->method),
		.path = span_of(w->path),
		.body = body,
		.config = c,
		.named = w->config_path != NULL };
	struct text out;
	bool passed;

	if (w->tenant) {
		struct issue i = { .command = EXPLAIN, .config_path = w->config_path };

		i.tenant = w->tenant;
		i.config = c;
		e.tenant = config_tenant(c, span_of(w->tenant));
		if (!e.tenant)
			return issue_refuse_tenant(&i);
	}
	text_init(&out, 0);
	passed = explain_print(&e, &out);
	return print(&out) == 0 && passed ? 0 : 1;
}

static int
explain_with_config(const struct wish *w, struct span body)
{
	struct text errors;
	struct config *c;
	int code;

	if (!w->config_path)
		return explain(w, defaults(), body);
	text_init(&errors, 0);
	c = config_read(w->config_path, &errors);
	if (!c)
		return issue_fail_with(2, &errors);
	text_free(&errors);
	code = explain(w, c, body);
	config_free(c);
	return code;
}

static int
explain_with_body(const struct wish *w)
{
	bool standard = w->body_path && strcmp(w->body_path, "-") == 0;
	struct text body;
	int fd, code;

	if (!w->body_path)
		return explain_with_config(w, (struct span){ NULL, 0 });
	fd = standard ? STDIN_FILENO : open(w->body_path, O_RDONLY | O_CLOEXEC);
	text_init(&body, MAX_BODY);
	if (fd == -1 || file_read_all(fd, &body) == -1)
		code = issue_fail(EXPLAIN, 2, "%s: %s", w->body_path, strerror(errno));
	else
		code = explain_with_config(w, (struct span){ body.p ? body.p : "", body.len });
	if (fd != -1 && !standard)
		close(fd);
	text_free(&body);
	return code;
}

/* Whether it can stand in a request line at all; what it means is the gates' business. */
static bool
is_word(const char *s)
{
	for (; *s; s++)
		if (*s <= ' ' || *s == 0x7f)
			return false;
	return true;
}

static int
check_words(const struct wish *w)
{
	if (!is_word(w->method) ||
		strspn(w->method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != strlen(w->method))
		return issue_fail(EXPLAIN, 2, "\"%s\" is no method; write GET, POST, PUT, ...",
			w->method);
	if (w->path[0] != '/' || !is_word(w->path))
		return issue_fail(EXPLAIN, 2,
			"\"%s\" is no path; write it as in /v1.41/containers/web/json", w->path);
	if (w->tenant && !w->config_path)
		return issue_fail(EXPLAIN, 2, "--tenant needs the configuration too: -c FILE");
	return explain_with_body(w);
}

static int
run_explain(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "tenant", required_argument, NULL, 't' },
		{ "body", required_argument, NULL, 'b' },
		{ 0 },
	};
	struct wish w = { 0 };
	int opt;

	while ((opt = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		if (opt == 'c')
			w.config_path = optarg;
		else if (opt == 't')
			w.tenant = optarg;
		else if (opt == 'b')
			w.body_path = optarg;
		else
			return issue_bad_option(EXPLAIN, argv[optind - 1]);
	}
	if (argc - optind != 2)
		return issue_fail(EXPLAIN, 2,
			"needs METHOD and PATH; see \"fairlead policy --help\"");
	w.method = argv[optind];
	w.path = argv[optind + 1];
	return check_words(&w);
}

static int
run(int argc, char **argv)
{
	opterr = 0;
	if (argc > 1 && strcmp(argv[1], "explain") == 0)
		return run_explain(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "list") == 0)
		return run_list(argc - 1, argv + 1);
	return issue_fail("policy", 2, "explain or list? See \"fairlead policy --help\"");
}

const struct command command_policy = {
	.name = "policy",
	.usage = "policy explain METHOD PATH [--tenant TENANT] [-c FILE] [--body FILE]\n"
		 "       fairlead policy list",
	.summary = "Say what the gateway would do with a request, and why; list what it serves.",
	.help = "  policy explain METHOD PATH [--tenant TENANT] [-c FILE] [--body FILE]\n"
		"      prints the operation, the right it needs and who has it, what is checked of the\n"
		"      path, the query and the body, where the request would go, and the verdict: the\n"
		"      gateway's own rules judge it, a refusal is the one that a client would get. PATH\n"
		"      may have a version and a query: '/v1.41/containers/web/logs?follow=1'. With --body\n"
		"      the body in FILE (\"-\": standard input) is judged too, and what would be sent\n"
		"      instead is printed. No engine is asked: whether an object is there and whose\n"
		"      it is, and what is left of quotas, is not known.\n"
		"      Without --tenant: what each preset may.\n"
		"      Exit code: 0 it is passed on, 1 it is refused, 2 bad use. Without --tenant 0 when\n"
		"      a preset other than admin may.\n"
		"  policy list\n"
		"      prints every operation, one a line: methods, path, name, class, right.",
	.run = run,
};
