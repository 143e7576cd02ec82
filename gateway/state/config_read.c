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
#include "base/suggest.h"
#include "state/config_reader.h"

/* 65536 tenants of the longest name are 5 MiB. */
#define FILE_MAX ((size_t)8 << 20)
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
	text_addf(r->errors, ": %s%s%s\n", option ? option : "", option ? ": " : "", message);
}

static const char *
type_name(enum json_type type)
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
	config_error(r, at, o->name, "%s; write %s", wrong ? wrong : type_name(at->type),
		limits.p ? limits.p : "another value");
	text_free(&limits);
}

/* How far `name` is from this option or group; an option's last word in another group is near too. */
static unsigned
distance(struct span name, struct span known)
{
	struct span rest = known, typed_rest = name;
	unsigned whole = suggest_distance(name, known), last;
	struct span member = span_cut(&rest, '.'), typed = span_cut(&typed_rest, '.');

	member = rest.p ? rest : member;
	typed = typed_rest.p ? typed_rest : typed;
	last = suggest_distance(typed, member);
	if (suggest_is_near(last, member.len) && last + 1 < whole)
		return last + 1;
	return suggest_is_near(whole, known.len) ? whole : SUGGEST_FAR;
}

static void
refuse_unknown(struct config_reader *r, const struct json *v, struct span name)
{
	struct span best = { 0 };
	unsigned least = SUGGEST_FAR;
	struct text quoted;

	for (unsigned i = 0; i < option_count; i++) {
		struct span known[2] = { span_of(option_table[i].name),
			option_group(&option_table[i]) };

		for (unsigned j = 0; j < 2; j++) {
			unsigned d = known[j].len ? distance(name, known[j]) : SUGGEST_FAR;

			if (d < least) {
				least = d;
				best = known[j];
			}
		}
	}
	text_init(&quoted, 0);
	config_quote(name, &quoted);
	if (best.p)
		config_error(r, v, quoted.p, "there is no such option; did you mean \"%.*s\"?",
			SPAN_ARG(best));
	else
		config_error(r, v, quoted.p,
			"there is no such option; \"fairlead --help\" lists all");
	text_free(&quoted);
}

/* The option of this full name, by bytes. */
static int
index_of(struct span name)
{
	for (unsigned i = 0; i < option_count; i++) {
		if (span_eq(span_of(option_table[i].name), name))
			return (int)i;
	}
	return -1;
}

static void
read_option(struct config_reader *r, struct span name, const struct json *v)
{
	unsigned errors = r->error_count;
	int i = index_of(name);

	if (i < 0) {
		refuse_unknown(r, v, name);
		return;
	}
	r->seen[i] = v;
	config_set(r, &option_table[i], v);
	r->bad[i] = r->error_count > errors;
}

static bool
is_group(struct span name)
{
	for (unsigned i = 0; i < option_count; i++) {
		if (name.len && span_eq(option_group(&option_table[i]), name))
			return true;
	}
	return false;
}

static void
read_group(struct config_reader *r, const struct json *group)
{
	if (group->type != JSON_OBJECT) {
		struct text name;

		text_init(&name, 0);
		text_add_span(&name, group->key);
		config_error(r, group, name.p, "%s; write an object with the options of this group",
			type_name(group->type));
		text_free(&name);
		return;
	}
	for (const struct json *m = group->first; m; m = m->next) {
		struct text name;

		text_init(&name, 0);
		text_addf(&name, "%.*s.%.*s", SPAN_ARG(group->key), SPAN_ARG(m->key));
		read_option(r, text_span(&name), m);
		text_free(&name);
	}
}

static void
read_tree(struct config_reader *r)
{
	if (r->root->type != JSON_OBJECT) {
		config_error(r, r->root, NULL, "the file %s; write an object, { ... }",
			type_name(r->root->type));
		return;
	}
	for (const struct json *m = r->root->first; m; m = m->next) {
		if (is_group(m->key))
			read_group(r, m);
		else if (memchr(m->key.p, '.', m->key.len))
			refuse_unknown(r, m, m->key);
		else
			read_option(r, m->key, m);
	}
}

/* Defaults go the way of the file's values, so they are held to the same limits. */
static void
set_default(struct config_reader *r, const struct option *o)
{
	struct json_doc doc;
	struct json_error err;

	if (option_is_required(o)) {
		struct text limits;

		r->bad[o - option_table] = true;
		text_init(&limits, 0);
		option_print_limits(o, &limits);
		config_error(r, r->root, o->name, "is missing and has no default; write %s",
			limits.p);
		text_free(&limits);
		return;
	}
	if (json_parse(span_of(o->fallback), NULL, &doc, &err) != 0) {
		config_error(r, NULL, o->name, "no default can be made: %s", err.message);
		return;
	}
	config_set(r, o, doc.root);
	json_free(&doc);
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
	read_tree(r);
	if (r->root->type != JSON_OBJECT)
		return;
	for (unsigned i = 0; i < option_count; i++) {
		if (!r->seen[i])
			set_default(r, &option_table[i]);
	}
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
	static const struct json_limits limits = { .depth = 8, .nodes = 200000, .comments = true };
	struct config_reader r = { .path = path, .in = in, .system = system, .errors = errors };
	struct json_doc doc;
	struct json_error err;

	r.folder = folder_of(path, system);
	r.config = calloc(1, sizeof(*r.config));
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
			path, fault == EFBIG ? "it is larger than 8 MiB" : strerror(fault));
	else
		c = config_read_bytes(path, text_span(&bytes), true, errors);
	text_free(&bytes);
	return c;
}
