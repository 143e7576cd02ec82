/*
 * config_read: from the file to a whole snapshot, or to all of its errors.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "state/config_reader.h"

/* 65536 tenants with the longest names and some options each. */
#define FILE_MAX ((size_t)32 << 20)
#define VALUES_MAX 2000000
#define QUOTE_MAX 64
/* A file that is wrong from end to end should not fill a terminal's memory. */
#define ERRORS_MAX 100

void
config_quote(struct span s, struct text *out)
{
	text_add_json(out, (struct span){ s.p, s.len > QUOTE_MAX ? QUOTE_MAX : s.len });
	if (s.len > QUOTE_MAX)
		text_add_str(out, "...");
}

void
config_error(struct config_reader *r, const struct json *at, const char *option, const char *fmt,
	...)
{
	char message[1024];
	unsigned line, column;
	va_list ap;

	if (++r->error_count > ERRORS_MAX) {
		if (r->error_count == ERRORS_MAX + 1)
			text_addf(r->errors, "%s: more errors are not shown; mend these first\n",
				r->path);
		return;
	}
	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	text_add_str(r->errors, r->path);
	if (at) {
		json_where(r->in, at->offset, &line, &column);
		text_addf(r->errors, ":%u:%u", line, column);
	}
	text_addf(r->errors, ": %s%s%s%s\n", option ? r->scope->prefix : "", option ? option : "",
		option ? ": " : "", message);
}

const char *
config_type_name(enum json_type type)
{
	static const char *const names[] = {
		[JSON_NULL] = "is null",
		[JSON_BOOL] = "is true or false",
		[JSON_NUMBER] = "is a number",
		[JSON_STRING] = "is a string",
		[JSON_ARRAY] = "is an array",
		[JSON_OBJECT] = "is an object",
	};

	return names[type];
}

void
config_refuse(struct config_reader *r, const struct json *at, const struct option *o,
	const char *wrong)
{
	struct text limits;

	text_init(&limits, 0);
	option_print_limits(o, &limits);
	config_error(r, at, o->name, "%s; write %s", wrong ? wrong : config_type_name(at->type),
		limits.p ? limits.p : "another value");
	text_free(&limits);
}

void
config_refuse_text(struct config_reader *r, const struct json *at, const struct option *o,
	const char *wrong)
{
	struct text quoted;

	text_init(&quoted, 0);
	config_quote(at->text, &quoted);
	text_addf(&quoted, " %s", wrong);
	config_refuse(r, at, o, quoted.p);
	text_free(&quoted);
}

/* Cores that this process may use. */
static unsigned
cores(void)
{
	cpu_set_t set;
	int n;

	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return 1;
	n = CPU_COUNT(&set);
	return n < 1 ? 1 : n > 64 ? 64 : (unsigned)n;
}

static void
read_document(struct config_reader *r)
{
	if (r->root->type != JSON_OBJECT) {
		config_error(r, r->root, NULL, "the file %s; write an object, { ... }",
			config_type_name(r->root->type));
		return;
	}
	config_read_object(r, r->root);
	if (r->config->workers == 0)
		r->config->workers = cores();
	config_check(r);
}

/* The config file's folder. Absolute, because a daemon changes its own. */
static char *
folder_of(const char *path, bool system)
{
	const char *slash = strrchr(path, '/');
	struct span name = SPAN(".");
	char *folder, *full;

	if (slash)
		name = (struct span){ path, slash == path ? 1 : (size_t)(slash - path) };
	folder = span_dup(name);
	if (!system || !folder)
		return folder;
	full = realpath(folder, NULL);
	free(folder);
	return full;
}

struct config *
config_read_bytes(const char *path, struct span in, bool system, struct text *errors)
{
	static const struct json_limits limits = { .depth = 8,
		.nodes = VALUES_MAX,
		.comments = true };
	struct config_reader r = { .path = path, .in = in, .system = system, .errors = errors };
	struct json_doc doc;
	struct json_error err;

	r.folder = folder_of(path, system);
	r.config = calloc(1, sizeof(*r.config));
	r.file = (struct config_scope){ .set = &option_main, .base = r.config, .prefix = "" };
	r.scope = &r.file;
	if (!r.folder || !r.config) {
		config_error(&r, NULL, NULL, "cannot find its folder: %s", strerror(errno));
	} else if (json_parse(in, &limits, &doc, &err) != 0) {
		text_addf(errors, "%s:%u:%u: the file is not JSON: %s; mend it there\n", path,
			err.line, err.column, err.message);
		r.error_count++;
	} else {
		r.root = doc.root;
		read_document(&r);
		json_free(&doc);
	}
	free(r.folder);
	if (r.error_count > 0) {
		config_free(r.config);
		return NULL;
	}
	return r.config;
}

struct config *
config_read(const char *path, struct text *errors)
{
	struct config *c = NULL;
	struct text bytes;
	int fd = open(path, O_RDONLY | O_CLOEXEC), fault;

	text_init(&bytes, FILE_MAX);
	fault = fd < 0 || file_read_all(fd, &bytes) != 0 ? errno : 0;
	if (fd >= 0)
		close(fd);
	if (fault)
		text_addf(errors,
			"%s: cannot read the configuration: %s; name a file that can be read\n",
			path, fault == EFBIG ? "it is larger than 32 MiB" : strerror(fault));
	else
		c = config_read_bytes(path, text_span(&bytes), true, errors);
	text_free(&bytes);
	return c;
}
