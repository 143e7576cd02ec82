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
print_words(const struct option *o, const char *what, struct text *out)
{
	(void)what;
	for (unsigned i = 0; o->words[i]; i++)
		text_addf(out, "%s\"%s\"",
			i == 0                    ? ""
				: o->words[i + 1] ? ", "
						  : " or ",
			o->words[i]);
}

static void
print_phrase(const struct option *o, const char *what, struct text *out)
{
	(void)o;
	text_add_str(out, what);
}

static void
print_string(const struct option *o, const char *what, struct text *out)
{
	text_addf(out, "%s 1 to %" PRIu64 " printable characters without spaces and quotes", what,
		o->most);
}

static void
print_account(const struct option *o, const char *what, struct text *out)
{
	text_addf(out, "%s %s", what, o->name);
}

static void
print_path(const struct option *o, const char *what, struct text *out)
{
	text_addf(out, "%s at most %" PRIu64 " bytes", what, o->most);
}

static void
print_array(const struct option *o, const char *what, struct text *out)
{
	text_addf(out, "an array of at most %" PRIu64 " %s", o->most, what);
}

static void
print_some(const struct option *o, const char *what, struct text *out)
{
	text_addf(out, "an array of 1 to %" PRIu64 " %s", o->most, what);
}

static void
print_preset(const struct option *o, const char *what, struct text *out)
{
	(void)o;
	text_add_str(out, what);
	right_print_presets(out);
}

static void
print_grants(const struct option *o, const char *what, struct text *out)
{
	(void)o;
	text_add_str(out, what);
	right_print_grants(out);
}

static void
print_ports(const struct option *o, const char *what, struct text *out)
{
	text_addf(out, "%s, %" PRIu64 " to %" PRIu64, what, o->least, o->most);
}

static const struct {
	void (*print)(const struct option *o, const char *what, struct text *out);
	const char *what;
} limits[OPTION_TYPES] = {
	[OPTION_NUMBER] = { print_range, "a whole number" },
	[OPTION_SIZE] = { print_range, "bytes" },
	[OPTION_TIME] = { print_range, "seconds" },
	[OPTION_SECONDS] = { print_range, "whole seconds" },
	[OPTION_BOOL] = { print_phrase, "true or false" },
	[OPTION_CHOICE] = { print_words, NULL },
	[OPTION_STRING] = { print_string, "a text of" },
	[OPTION_ACCOUNT] = { print_account, "the name of a" },
	[OPTION_PATH] = { print_path, "a file name of" },
	[OPTION_FILE] = { print_phrase, "the name of a file that can be read" },
	[OPTION_LISTEN] = { print_some, "addresses, \"IP:PORT\" or \"[IPv6]:PORT\"" },
	[OPTION_ENGINE] = { print_phrase, "\"unix:/PATH\" or \"tcp:IP:PORT\"" },
	[OPTION_CERTIFICATES] = { print_some, "objects {\"cert\": FILE, \"key\": FILE}" },
	[OPTION_TENANTS] = { print_phrase, "an object with a member, {} or more, for each tenant" },
	[OPTION_BACKENDS] = { print_phrase,
		"an object of groups' addresses, \"unix:/PATH\" or \"tcp:IP:PORT\"" },
	[OPTION_ORIGINS] = { print_array,
		"origins, \"https://HOST\", \"https://HOST:PORT\" or \"*\"" },
	[OPTION_CPUS] = { print_range, "CPUs" },
	[OPTION_PRESET] = { print_preset, "one of " },
	[OPTION_GRANTS] = { print_grants, "an array of " },
	[OPTION_BINDS] = { print_array, "objects {\"path\": FOLDER, \"write\": true}" },
	[OPTION_CAPS] = { print_array, "capabilities as \"NET_ADMIN\"" },
	[OPTION_IMAGES] = { print_array, "patterns of images as \"alpine:*\"" },
	[OPTION_OWN] = { print_array, "patterns of repositories as \"REGISTRY/acme/*\"" },
	[OPTION_PORTS] = { print_ports, "ports, \"FIRST-LAST\" or \"PORT\"" },
	[OPTION_HOST] = { print_phrase, "an IP address" },
};

void
option_print_limits(const struct option *o, struct text *out)
{
	limits[o->type].print(o, limits[o->type].what, out);
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
