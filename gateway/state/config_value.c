/*
 * config_value: one JSON value into one member of the snapshot, by its option's type.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "state/config_reader.h"

void *
config_member(const struct config_reader *r, const struct option *o)
{
	return (char *)r->scope->base + o->offset;
}

static void
keep_number(struct config_reader *r, const struct option *o, uint64_t n)
{
	unsigned small = (unsigned)n;

	if (o->width == sizeof(n))
		memcpy(config_member(r, o), &n, sizeof(n));
	else
		memcpy(config_member(r, o), &small, sizeof(small));
}

static void
keep_string(struct config_reader *r, const struct option *o, char *s)
{
	memcpy(config_member(r, o), &s, sizeof(s));
}

static void
set_in_limits(struct config_reader *r, const struct option *o, const struct json *v, uint64_t n)
{
	struct text wrong;

	if ((n >= o->least && n <= o->most) || (n == 0 && o->zero)) {
		keep_number(r, o, n);
		return;
	}
	text_init(&wrong, 0);
	if (v->type == JSON_NUMBER)
		text_add_span(&wrong, v->text);
	else
		config_quote(v->text, &wrong);
	text_add_str(&wrong, n < o->least ? " is too small" : " is too large");
	config_refuse(r, v, o, wrong.p);
	text_free(&wrong);
}

static void
set_number(struct config_reader *r, const struct option *o, const struct json *v)
{
	uint64_t n;

	if (v->type != JSON_NUMBER)
		config_refuse(r, v, o, NULL);
	else if (!span_u64(v->text, &n))
		config_refuse(r, v, o, "is not a whole number, or too long a one");
	else
		set_in_limits(r, o, v, n);
}

/* "64KiB" */
static bool
parse_size(struct span s, uint64_t *bytes)
{
	static const struct {
		const char *name;
		unsigned shift;
	} units[] = { { "KiB", 10 }, { "MiB", 20 }, { "GiB", 30 } };

	for (unsigned i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		struct span unit = span_of(units[i].name);
		uint64_t n;

		if (s.len <= unit.len ||
			!span_eq((struct span){ s.p + s.len - unit.len, unit.len }, unit))
			continue;
		if (!span_u64((struct span){ s.p, s.len - unit.len }, &n) ||
			n > UINT64_MAX >> units[i].shift)
			return false;
		*bytes = n << units[i].shift;
		return true;
	}
	return false;
}

static void
set_size(struct config_reader *r, const struct option *o, const struct json *v)
{
	uint64_t n;

	if (v->type != JSON_NUMBER && v->type != JSON_STRING)
		config_refuse(r, v, o, NULL);
	else if (v->type == JSON_NUMBER ? span_u64(v->text, &n) : parse_size(v->text, &n))
		set_in_limits(r, o, v, n);
	else
		config_refuse(r, v, o, "is no size");
}

/* "2", "0.25" in units of 10^-digits, without sign or exponent. `most`: digits after the point. */
static bool
parse_decimal(struct span s, unsigned digits, unsigned most, uint64_t *units)
{
	struct span fraction = s;
	struct span whole = span_cut(&fraction, '.');
	uint64_t n, part = 0, scale = 1;

	for (unsigned i = 0; i < digits; i++)
		scale *= 10;
	if (!span_u64(whole, &n) || n > UINT64_MAX / scale - 1)
		return false;
	if (fraction.p && (fraction.len > most || !span_u64(fraction, &part)))
		return false;
	for (size_t i = fraction.p ? fraction.len : digits; i < digits; i++)
		part *= 10;
	*units = n * scale + part;
	return true;
}

static void
set_time(struct config_reader *r, const struct option *o, const struct json *v)
{
	unsigned most = o->type == OPTION_SECONDS ? 0 : 3;
	uint64_t ms;

	if (v->type != JSON_NUMBER)
		config_refuse(r, v, o, NULL);
	else if (!parse_decimal(v->text, 3, most, &ms))
		config_refuse(r, v, o,
			most ? "is no plain number of seconds (three digits after the point at most)"
			     : "is no whole number of seconds");
	else
		set_in_limits(r, o, v, ms);
}

static void
set_cpus(struct config_reader *r, const struct option *o, const struct json *v)
{
	uint64_t nano;

	if (v->type != JSON_NUMBER)
		config_refuse(r, v, o, NULL);
	else if (!parse_decimal(v->text, 9, 9, &nano))
		config_refuse(r, v, o,
			"is no plain number of CPUs (nine digits after the point at most)");
	else
		set_in_limits(r, o, v, nano);
}

static void
set_bool(struct config_reader *r, const struct option *o, const struct json *v)
{
	if (v->type == JSON_BOOL)
		memcpy(config_member(r, o), &v->truth, sizeof(v->truth));
	else
		config_refuse(r, v, o, NULL);
}

static void
set_choice(struct config_reader *r, const struct option *o, const struct json *v)
{
	if (v->type != JSON_STRING) {
		config_refuse(r, v, o, NULL);
		return;
	}
	for (unsigned i = 0; o->words[i]; i++) {
		if (span_eq(v->text, span_of(o->words[i]))) {
			keep_number(r, o, i);
			return;
		}
	}
	config_refuse_text(r, v, o, "is none of its values");
}

/* Printable ASCII without space, quote and backslash: what needs no thought in labels, headers and logs. */
static bool
is_plain(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '"' || s.p[i] == '\\')
			return false;
	}
	return true;
}

static void
set_string(struct config_reader *r, const struct option *o, const struct json *v)
{
	char *s;

	if (v->type != JSON_STRING || v->text.len < o->least || v->text.len > o->most ||
		!is_plain(v->text)) {
		config_refuse(r, v, o, v->type == JSON_STRING ? "is no such text" : NULL);
		return;
	}
	s = span_dup(v->text);
	if (s)
		keep_string(r, o, s);
	else
		config_error(r, v, o->name, "no memory");
}

static void
set_account(struct config_reader *r, const struct option *o, const struct json *v)
{
	const char *name;
	bool is_user = strcmp(o->name, "user") == 0;

	set_string(r, o, v);
	memcpy(&name, config_member(r, o), sizeof(name));
	if (!name || !r->system)
		return;
	if (is_user ? !getpwnam(name) : !getgrnam(name))
		config_error(r, v, o->name,
			"\"%s\" is no %s of this system; make it, or name another", name, o->name);
}

static const char *
why_unreadable(const char *path)
{
	struct stat st;
	const char *why = NULL;
	/* Not to hang in the open of a FIFO. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return strerror(errno);
	if (fstat(fd, &st) != 0)
		why = strerror(errno);
	else if (!S_ISREG(st.st_mode))
		why = "it is not a plain file";
	close(fd);
	return why;
}

static void
check_readable(struct config_reader *r, const struct json *v, const char *name, const char *path)
{
	const char *why = why_unreadable(path);
	struct text quoted;

	if (!why)
		return;
	text_init(&quoted, 0);
	text_add_json(&quoted, span_of(path));
	config_error(r, v, name, "cannot read %s: %s; name a file that can be read", quoted.p, why);
	text_free(&quoted);
}

static char *
absolute(const struct config_reader *r, struct span name)
{
	struct text path;

	text_init(&path, 0);
	if (name.p[0] != '/')
		text_addf(&path, "%s/", strcmp(r->folder, "/") == 0 ? "" : r->folder);
	text_add_span(&path, name);
	if (path.failed)
		text_free(&path);
	return path.p;
}

char *
config_path(struct config_reader *r, const struct json *v, const char *name, uint64_t most,
	bool readable)
{
	char *path;

	if (v->type != JSON_STRING || v->text.len == 0 || memchr(v->text.p, '\0', v->text.len)) {
		config_error(r, v, name, "is not the name of a file; write one as a string");
		return NULL;
	}
	path = absolute(r, v->text);
	if (!path) {
		config_error(r, v, name, "no memory");
		return NULL;
	}
	if (strlen(path) > most) {
		config_error(r, v, name, "is %zu bytes long as an absolute name; %llu is the most",
			strlen(path), (unsigned long long)most);
	} else if (readable && r->system) {
		check_readable(r, v, name, path);
	}
	return path;
}

static void
set_path(struct config_reader *r, const struct option *o, const struct json *v)
{
	keep_string(r, o, config_path(r, v, o->name, o->most, o->type == OPTION_FILE));
}

typedef void set_fn(struct config_reader *r, const struct option *o, const struct json *v);

static set_fn *const setters[OPTION_TYPES] = {
	[OPTION_NUMBER] = set_number,
	[OPTION_SIZE] = set_size,
	[OPTION_TIME] = set_time,
	[OPTION_SECONDS] = set_time,
	[OPTION_BOOL] = set_bool,
	[OPTION_CHOICE] = set_choice,
	[OPTION_STRING] = set_string,
	[OPTION_ACCOUNT] = set_account,
	[OPTION_PATH] = set_path,
	[OPTION_FILE] = set_path,
	[OPTION_LISTEN] = config_set_listen,
	[OPTION_ENGINE] = config_set_engine,
	[OPTION_CERTIFICATES] = config_set_certificates,
	[OPTION_TENANTS] = config_set_tenants,
	[OPTION_BACKENDS] = config_set_backends,
	[OPTION_ORIGINS] = config_set_texts,
	[OPTION_CPUS] = set_cpus,
	[OPTION_PRESET] = config_set_preset,
	[OPTION_GRANTS] = config_set_texts,
	[OPTION_BINDS] = config_set_binds,
	[OPTION_CAPS] = config_set_texts,
	[OPTION_IMAGES] = config_set_texts,
	[OPTION_OWN] = config_set_texts,
	[OPTION_PORTS] = config_set_ports,
	[OPTION_HOST] = config_set_host,
};

void
config_set(struct config_reader *r, const struct option *o, const struct json *v)
{
	if (v->type != JSON_NULL)
		setters[o->type](r, o, v);
	else if (option_is_required(o) || strcmp(o->fallback, "null") != 0)
		config_refuse(r, v, o, "cannot be null");
}
