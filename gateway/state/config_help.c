/*
 * config_help: the option table as text: limits in one phrase, --help, the man page's list.
 */
#include <inttypes.h>
#include <string.h>

#include "format/right.h"
#include "state/config_table.h"

#define HELP_WIDTH 92
#define HELP_INDENT 6

static void
print_size(uint64_t bytes, struct text *out)
{
	static const char *const units[] = { "KiB", "MiB", "GiB" };
	unsigned unit = 0;

	if (bytes == 0 || bytes % 1024 != 0) {
		text_addf(out, "%" PRIu64, bytes);
		return;
	}
	for (bytes /= 1024; unit < 2 && bytes % 1024 == 0; bytes /= 1024)
		unit++;
	text_addf(out, "\"%" PRIu64 "%s\"", bytes, units[unit]);
}

/* Units of 10^-digits, with no more digits than needed. */
static void
print_decimal(uint64_t units, unsigned digits, struct text *out)
{
	char fraction[24];
	uint64_t scale = 1;
	size_t len;

	for (unsigned i = 0; i < digits; i++)
		scale *= 10;
	text_addf(out, "%" PRIu64, units / scale);
	if (units % scale == 0)
		return;
	snprintf(fraction, sizeof(fraction), "%0*" PRIu64, (int)digits, units % scale);
	for (len = digits; fraction[len - 1] == '0'; len--)
		;
	text_addf(out, ".%.*s", (int)len, fraction);
}

void
option_print_number(enum option_type type, uint64_t value, struct text *out)
{
	if (type == OPTION_SIZE)
		print_size(value, out);
	else if (type == OPTION_TIME || type == OPTION_SECONDS)
		print_decimal(value, 3, out);
	else if (type == OPTION_CPUS)
		print_decimal(value, 9, out);
	else
		text_addf(out, "%" PRIu64, value);
}

static void
print_range(const struct option *o, const char *what, struct text *out)
{
	text_addf(out, "%s, ", what);
	option_print_number(o->type, o->least, out);
	text_add_str(out, " to ");
	option_print_number(o->type, o->most, out);
	if (o->zero)
		text_add_str(out, ", or 0");
}

static void
print_words(const struct option *o, struct text *out)
{
	for (unsigned i = 0; o->words[i]; i++)
		text_addf(out, "%s\"%s\"",
			i == 0                    ? ""
				: o->words[i + 1] ? ", "
						  : " or ",
			o->words[i]);
}

static void
print_array(const struct option *o, const char *what, struct text *out)
{
	text_addf(out, "an array of at most %" PRIu64 " %s", o->most, what);
}

void
option_print_limits(const struct option *o, struct text *out)
{
	switch (o->type) {
	case OPTION_NUMBER:
		print_range(o, "a whole number", out);
		break;
	case OPTION_SIZE:
		print_range(o, "bytes", out);
		break;
	case OPTION_TIME:
		print_range(o, "seconds", out);
		break;
	case OPTION_SECONDS:
		print_range(o, "whole seconds", out);
		break;
	case OPTION_BOOL:
		text_add_str(out, "true or false");
		break;
	case OPTION_CHOICE:
		print_words(o, out);
		break;
	case OPTION_STRING:
		text_addf(out,
			"a text of 1 to %" PRIu64 " printable characters without spaces and quotes",
			o->most);
		break;
	case OPTION_ACCOUNT:
		text_addf(out, "the name of a %s", o->name);
		break;
	case OPTION_PATH:
		text_addf(out, "a file name of at most %" PRIu64 " bytes", o->most);
		break;
	case OPTION_FILE:
		text_add_str(out, "the name of a file that can be read");
		break;
	case OPTION_LISTEN:
		text_addf(out,
			"an array of 1 to %" PRIu64 " addresses, \"IP:PORT\" or \"[IPv6]:PORT\"",
			o->most);
		break;
	case OPTION_ENGINE:
		text_add_str(out, "\"unix:/PATH\" or \"tcp:IP:PORT\"");
		break;
	case OPTION_CERTIFICATES:
		text_addf(out,
			"an array of 1 to %" PRIu64 " objects {\"cert\": FILE, \"key\": FILE}",
			o->most);
		break;
	case OPTION_TENANTS:
		text_add_str(out, "an object with a member, {} or more, for each tenant");
		break;
	case OPTION_BACKENDS:
		text_add_str(out,
			"an object of groups' addresses, \"unix:/PATH\" or \"tcp:IP:PORT\"");
		break;
	case OPTION_ORIGINS:
		print_array(o, "origins, \"https://HOST\", \"https://HOST:PORT\" or \"*\"", out);
		break;
	case OPTION_CPUS:
		print_range(o, "CPUs", out);
		break;
	case OPTION_PRESET:
		text_add_str(out, "one of ");
		right_print_presets(out);
		break;
	case OPTION_GRANTS:
		text_add_str(out, "an array of ");
		right_print_grants(out);
		break;
	case OPTION_BINDS:
		print_array(o, "objects {\"path\": FOLDER, \"write\": true}", out);
		break;
	case OPTION_CAPS:
		print_array(o, "capabilities as \"NET_ADMIN\"", out);
		break;
	case OPTION_IMAGES:
		print_array(o, "patterns of images as \"alpine:*\"", out);
		break;
	case OPTION_OWN:
		print_array(o, "patterns of repositories as \"REGISTRY/acme/*\"", out);
		break;
	case OPTION_PORTS:
		text_addf(out, "ports, \"FIRST-LAST\" or \"PORT\", %" PRIu64 " to %" PRIu64,
			o->least, o->most);
		break;
	case OPTION_HOST:
		text_add_str(out, "an IP address");
		break;
	}
}

/* What a reader wants to know beside the help: "Takes seconds, 0.01 to 86400; default 10." */
static void
print_facts(const struct option *o, struct text *out)
{
	text_add_str(out, "Takes ");
	option_print_limits(o, out);
	if (option_is_required(o))
		text_add_str(out, "; required");
	else if (strcmp(o->fallback, "null") == 0)
		text_add_str(out, "; default none");
	else
		text_addf(out, "; default %s", o->fallback);
	text_add_char(out, '.');
}

/* Words of `s`, broken to lines of the help's width. */
static void
print_wrapped(struct span s, struct text *out)
{
	size_t column = 0;

	while (s.p) {
		struct span word = span_cut(&s, ' ');

		if (column == 0 || column + 1 + word.len > HELP_WIDTH) {
			text_addf(out, "%s%*s", column ? "\n" : "", HELP_INDENT, "");
			column = HELP_INDENT;
		} else {
			text_add_char(out, ' ');
			column++;
		}
		text_add_span(out, word);
		column += word.len;
	}
	text_add_char(out, '\n');
}

/* Calls `print` for each option of both tables; `prefix` is what its full name begins with. */
static void
each_option(void (*print)(const struct option *o, const char *prefix, struct text *out),
	struct text *out)
{
	for (unsigned i = 0; i < option_main.count; i++)
		print(&option_main.rows[i], "", out);
	for (unsigned i = 0; i < option_tenant.count; i++)
		print(&option_tenant.rows[i], OPTION_TENANT_PREFIX, out);
}

static void
print_help(const struct option *o, const char *prefix, struct text *out)
{
	struct text facts;

	text_init(&facts, 0);
	print_facts(o, &facts);
	text_addf(out, "  %s%s\n", prefix, o->name);
	print_wrapped(span_of(o->help), out);
	print_wrapped(text_span(&facts), out);
	text_free(&facts);
}

void
config_print_help(struct text *out)
{
	each_option(print_help, out);
}

/* Text for roff: a backslash, a dash, and a quote or point that begins a line have meanings there. */
static void
print_roff(struct span s, struct text *out)
{
	for (size_t i = 0; i < s.len; i++) {
		if (i == 0 && (s.p[0] == '.' || s.p[0] == '\''))
			text_add_str(out, "\\&");
		if (s.p[i] == '\\')
			text_add_str(out, "\\e");
		else if (s.p[i] == '-')
			text_add_str(out, "\\-");
		else if (s.p[i] == '\'')
			text_add_str(out, "\\(aq");
		else
			text_add_char(out, s.p[i]);
	}
	text_add_char(out, '\n');
}

static void
print_roff_option(const struct option *o, const char *prefix, struct text *out)
{
	struct text facts;

	text_init(&facts, 0);
	print_facts(o, &facts);
	text_addf(out, ".TP\n.B %s%s\n", prefix, o->name);
	print_roff(span_of(o->help), out);
	print_roff(text_span(&facts), out);
	text_free(&facts);
}

void
config_print_roff(struct text *out)
{
	each_option(print_roff_option, out);
}

static void
print_name(const struct option *o, const char *prefix, struct text *out)
{
	text_addf(out, "%s%s\n", prefix, o->name);
}

void
config_print_names(struct text *out)
{
	each_option(print_name, out);
}
