/*
 * config_print: a snapshot as the file that would be read into it.
 */
#include <string.h>

#include "state/config_reader.h"

static const void *
member(const struct config *c, const struct option *o)
{
	return (const char *)c + o->offset;
}

static uint64_t
number(const struct config *c, const struct option *o)
{
	uint64_t n;
	unsigned small;

	if (o->width == sizeof(n)) {
		memcpy(&n, member(c, o), sizeof(n));
		return n;
	}
	memcpy(&small, member(c, o), sizeof(small));
	return small;
}

static void
print_string(const char *s, struct text *out)
{
	if (s)
		text_add_json(out, span_of(s));
	else
		text_add_str(out, "null");
}

static void
print_listen(const struct config *c, struct text *out)
{
	for (unsigned i = 0; i < c->listen_count; i++) {
		text_add_str(out, i ? ", " : "[");
		print_string(c->listen[i].text, out);
	}
	text_add_char(out, ']');
}

static void
print_certificates(const struct config *c, struct text *out)
{
	for (unsigned i = 0; i < c->certificate_count; i++) {
		text_add_str(out, i ? ", { \"cert\": " : "[{ \"cert\": ");
		print_string(c->certificates[i].cert, out);
		text_add_str(out, ", \"key\": ");
		print_string(c->certificates[i].key, out);
		text_add_str(out, " }");
	}
	text_add_char(out, ']');
}

static void
print_tenants(const struct config *c, struct text *out)
{
	text_add_char(out, '{');
	for (unsigned i = 0; i < c->tenant_count; i++) {
		text_add_str(out, i ? ",\n\t\t" : "\n\t\t");
		print_string(c->tenants[i].name, out);
		text_add_str(out, ": {}");
	}
	text_add_str(out, c->tenant_count ? "\n\t}" : "}");
}

static void
print_value(const struct config *c, const struct option *o, struct text *out)
{
	const char *s;
	bool truth;

	switch (o->type) {
	case OPTION_NUMBER:
	case OPTION_SIZE:
	case OPTION_TIME:
	case OPTION_SECONDS:
		option_print_number(o->type, number(c, o), out);
		break;
	case OPTION_BOOL:
		memcpy(&truth, member(c, o), sizeof(truth));
		text_add_str(out, truth ? "true" : "false");
		break;
	case OPTION_CHOICE:
		print_string(o->words[number(c, o)], out);
		break;
	case OPTION_STRING:
	case OPTION_ACCOUNT:
	case OPTION_PATH:
	case OPTION_FILE:
		memcpy(&s, member(c, o), sizeof(s));
		print_string(s, out);
		break;
	case OPTION_LISTEN:
		print_listen(c, out);
		break;
	case OPTION_ENGINE:
		print_string(c->engine.text, out);
		break;
	case OPTION_CERTIFICATES:
		print_certificates(c, out);
		break;
	case OPTION_TENANTS:
		print_tenants(c, out);
		break;
	}
}

void
config_print(const struct config *c, struct text *out)
{
	struct span group = { 0 };

	for (unsigned i = 0; i < option_count; i++) {
		const struct option *o = &option_table[i];
		bool same = span_eq(option_group(o), group);

		if (!same && group.len)
			text_add_str(out, "\n\t}");
		text_add_str(out, i == 0 ? "{\n" : ",\n");
		group = option_group(o);
		if (!same && group.len)
			text_addf(out, "\t\"%.*s\": {\n", SPAN_ARG(group));
		text_addf(out, "%s\"%.*s\": ", group.len ? "\t\t" : "\t",
			SPAN_ARG(option_member(o)));
		print_value(c, o, out);
	}
	text_add_str(out, group.len ? "\n\t}\n}\n" : "\n}\n");
}
