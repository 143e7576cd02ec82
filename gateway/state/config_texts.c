/*
 * config_texts: presets, and the options that are arrays of texts: grants, capabilities, patterns
 * of images, origins. Each text is held to the rules of its option.
 */
#include <stdlib.h>
#include <string.h>

#include "format/right.h"
#include "state/config_reader.h"

#define PATTERN_MAX 255

/* capabilities(7), without CAP_. */
static const char *const capabilities[] = { "AUDIT_CONTROL", "AUDIT_READ", "AUDIT_WRITE",
	"BLOCK_SUSPEND", "BPF", "CHECKPOINT_RESTORE", "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH",
	"FOWNER", "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL", "LEASE", "LINUX_IMMUTABLE",
	"MAC_ADMIN", "MAC_OVERRIDE", "MKNOD", "NET_ADMIN", "NET_BIND_SERVICE", "NET_BROADCAST",
	"NET_RAW", "PERFMON", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYSLOG", "SYS_ADMIN",
	"SYS_BOOT", "SYS_CHROOT", "SYS_MODULE", "SYS_NICE", "SYS_PACCT", "SYS_PTRACE", "SYS_RAWIO",
	"SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "WAKE_ALARM", NULL };

static bool
is_of(struct span s, const char *allowed)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!s.p[i] || !strchr(allowed, s.p[i]))
			return false;
	}
	return s.len > 0;
}

#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static const char *
why_no_grant(struct span s)
{
	return right_grant(s) ? NULL : "is no grant";
}

static const char *
why_no_capability(struct span s)
{
	for (unsigned i = 0; capabilities[i]; i++) {
		if (span_eq(s, span_of(capabilities[i])))
			return NULL;
	}
	if (span_starts(s, SPAN("CAP_")))
		return "begins with CAP_; leave that out";
	if (span_eq(s, SPAN("ALL")))
		return "would give the host away";
	return "is no capability of Linux";
}

static const char *
why_no_pattern(struct span s)
{
	if (s.len > PATTERN_MAX)
		return "is longer than 255 bytes";
	return is_of(s, LETTERS CAPITALS DIGITS "._-/:@*")
		? NULL
		: "holds what no name of an image may hold";
}

/* A registry's name is what has a point or a port, or is localhost (distribution/reference). */
static bool
is_registry(struct span s)
{
	return span_eq(s, SPAN("localhost")) || (s.len && memchr(s.p, '.', s.len)) ||
		(s.len && memchr(s.p, ':', s.len));
}

static const char *
why_not_own(struct span s)
{
	struct span path = s, registry = span_cut(&path, '/');

	if (why_no_pattern(s))
		return why_no_pattern(s);
	if (!path.p || !path.len || !is_registry(registry))
		return "has no registry's name before its first '/' (a repository without one is the "
		       "tenant's anyway)";
	if (memchr(registry.p, '*', registry.len))
		return "has a '*' in the registry's name";
	if (memchr(path.p, ':', path.len) || memchr(path.p, '@', path.len))
		return "has a tag or a digest, but names repositories";
	return NULL;
}

/* RFC 6454 6.2: scheme, host, port. Compared as bytes, so in the form that browsers send. */
static const char *
why_no_origin(struct span s)
{
	struct span host;

	if (span_eq(s, SPAN("*")))
		return NULL;
	if (span_starts(s, SPAN("https://")))
		host = (struct span){ s.p + 8, s.len - 8 };
	else if (span_starts(s, SPAN("http://")))
		host = (struct span){ s.p + 7, s.len - 7 };
	else
		return "begins with neither \"https://\" nor \"http://\"";
	return is_of(host, LETTERS DIGITS ".-:[]_") && host.len <= PATTERN_MAX
		? NULL
		: "has no host in small letters with nothing behind it but a port";
}

static const char *
why_not(enum option_type type, struct span s)
{
	if (type == OPTION_GRANTS)
		return why_no_grant(s);
	if (type == OPTION_CAPS)
		return why_no_capability(s);
	if (type == OPTION_IMAGES)
		return why_no_pattern(s);
	if (type == OPTION_OWN)
		return why_not_own(s);
	return why_no_origin(s);
}

static bool
is_there(char *const *list, struct span s)
{
	for (; *list; list++) {
		if (span_eq(span_of(*list), s))
			return true;
	}
	return false;
}

void
config_set_texts(struct config_reader *r, const struct option *o, const struct json *v)
{
	char **list;
	unsigned n = 0;

	if (v->type == JSON_ARRAY && v->count == 0)
		return;
	/* One of the children is the end: json counts them, calloc clears it. */
	list = config_list_new(r, o, v, JSON_ARRAY, 2 * sizeof(*list));
	if (!list)
		return;
	for (const struct json *e = v->first; e; e = e->next) {
		const char *why = e->type == JSON_STRING ? why_not(o->type, e->text) : NULL;

		if (e->type != JSON_STRING)
			config_refuse(r, e, o, NULL);
		else if (why)
			config_refuse_text(r, e, o, why);
		else if (is_there(list, e->text))
			config_refuse_text(r, e, o, "is there twice");
		else if (!(list[n] = span_dup(e->text)))
			config_error(r, e, o->name, "no memory");
		else
			n++;
	}
	memcpy(config_member(r, o), &list, sizeof(list));
}

void
config_set_preset(struct config_reader *r, const struct option *o, const struct json *v)
{
	char *name;

	if (v->type != JSON_STRING) {
		config_refuse(r, v, o, NULL);
		return;
	}
	if (!right_preset(v->text)) {
		config_refuse_text(r, v, o, "is none of them");
		return;
	}
	name = span_dup(v->text);
	if (!name)
		config_error(r, v, o->name, "no memory");
	memcpy(config_member(r, o), &name, sizeof(name));
}
