/*
 * config_print: a snapshot as the file that would be read into it.
 */
#include <string.h>

#include "state/config_reader.h"

static const void *
member(const void *base, const struct option *o)
{
	return (const char *)base + o->offset;
}

static uint64_t
number(const void *base, const struct option *o)
{
	uint64_t n;
	unsigned small;

	if (o->width == sizeof(n)) {
		memcpy(&n, member(base, o), sizeof(n));
		return n;
	}
	memcpy(&small, member(base, o), sizeof(small));
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
print_backends(const struct config *c, struct text *out)
{
	for (unsigned i = 0; i < c->backend_count; i++) {
		text_add_str(out, i ? ", " : "{ ");
		print_string(c->backends[i].group, out);
		text_add_str(out, ": ");
		print_string(c->backends[i].address.text, out);
	}
	text_add_str(out, c->backend_count ? " }" : "{}");
}

static void
print_truth(const void *base, const struct option *o, struct text *out)
{
	bool truth;

	memcpy(&truth, member(base, o), sizeof(truth));
	text_add_str(out, truth ? "true" : "false");
}

static void
print_text(const void *base, const struct option *o, struct text *out)
{
	const char *s;

	memcpy(&s, member(base, o), sizeof(s));
	print_string(s, out);
}

static void
print_texts(const void *base, const struct option *o, struct text *out)
{
	char *const *list;

	memcpy(&list, member(base, o), sizeof(list));
	text_add_char(out, '[');
	for (char *const *p = list; p && *p; p++) {
		if (p > list)
			text_add_str(out, ", ");
		print_string(*p, out);
	}
	text_add_char(out, ']');
}

static void
print_binds(const struct config_tenant *t, struct text *out)
{
	text_add_char(out, '[');
	for (unsigned i = 0; i < t->bind_count; i++) {
		text_add_str(out, i ? ", { \"path\": " : "{ \"path\": ");
		print_string(t->binds[i].path, out);
		text_addf(out, ", \"write\": %s }", t->binds[i].write ? "true" : "false");
	}
	text_add_char(out, ']');
}

static void
print_ports(const struct config_tenant *t, struct text *out)
{
	if (t->port_first)
		text_addf(out, "\"%u-%u\"", (unsigned)t->port_first, (unsigned)t->port_last);
	else
		text_add_str(out, "null");
}

static void print_tenants(const struct config *c, struct text *out);

static void
print_value(const void *base, const struct option *o, struct text *out)
{
	switch (o->type) {
	case OPTION_NUMBER:
	case OPTION_SIZE:
	case OPTION_TIME:
	case OPTION_SECONDS:
	case OPTION_CPUS:
		option_print_number(o->type, number(base, o), out);
		break;
	case OPTION_BOOL:
		print_truth(base, o, out);
		break;
	case OPTION_CHOICE:
		print_string(o->words[number(base, o)], out);
		break;
	case OPTION_STRING:
	case OPTION_ACCOUNT:
	case OPTION_PATH:
	case OPTION_FILE:
	case OPTION_PRESET:
	case OPTION_HOST:
		print_text(base, o, out);
		break;
	case OPTION_LISTEN:
		print_listen(base, out);
		break;
	case OPTION_ENGINE:
		print_string(((const struct config *)base)->engine.text, out);
		break;
	case OPTION_CERTIFICATES:
		print_certificates(base, out);
		break;
	case OPTION_TENANTS:
		print_tenants(base, out);
		break;
	case OPTION_BACKENDS:
		print_backends(base, out);
		break;
	case OPTION_ORIGINS:
	case OPTION_GRANTS:
	case OPTION_CAPS:
	case OPTION_IMAGES:
	case OPTION_OWN:
		print_texts(base, o, out);
		break;
	case OPTION_BINDS:
		print_binds(base, out);
		break;
	case OPTION_PORTS:
		print_ports(base, out);
		break;
	}
}

/* The beginning of a group, or what stands between two members. */
static void
print_name(const struct option *o, struct span *group, bool first, const char *indent,
	struct text *out)
{
	bool same = span_eq(option_group(o), *group);

	if (!same && group->len)
		text_addf(out, "\n%s}", indent);
	text_add_str(out, first ? "{\n" : ",\n");
	*group = option_group(o);
	if (!same && group->len)
		text_addf(out, "%s\"%.*s\": {\n", indent, SPAN_ARG(*group));
	text_addf(out, "%s%s\"%.*s\": ", indent, group->len ? "\t" : "",
		SPAN_ARG(option_member(o)));
}

/* The preset, and what differs from its default: tenants can be many. */
static void
print_tenant(const struct config_tenant *t, struct text *out)
{
	struct span group = { 0 };
	struct text value;

	text_init(&value, 0);
	for (unsigned i = 0; i < option_tenant.count; i++) {
		const struct option *o = &option_tenant.rows[i];

		text_clear(&value);
		print_value(t, o, &value);
		if (i > 0 && span_eq(text_span(&value), span_of(o->fallback)))
			continue;
		print_name(o, &group, i == 0, "\t\t\t", out);
		text_add_span(out, text_span(&value));
	}
	text_free(&value);
	text_add_str(out, group.len ? "\n\t\t\t}\n\t\t}" : "\n\t\t}");
}

static void
print_tenants(const struct config *c, struct text *out)
{
	text_add_char(out, '{');
	for (unsigned i = 0; i < c->tenant_count; i++) {
		text_add_str(out, i ? ",\n\t\t" : "\n\t\t");
		print_string(c->tenants[i].name, out);
		text_add_str(out, ": ");
		print_tenant(&c->tenants[i], out);
	}
	text_add_str(out, c->tenant_count ? "\n\t}" : "}");
}

void
config_print(const struct config *c, struct text *out)
{
	struct span group = { 0 };

	for (unsigned i = 0; i < option_main.count; i++) {
		print_name(&option_main.rows[i], &group, i == 0, "\t", out);
		print_value(c, &option_main.rows[i], out);
	}
	text_add_str(out, group.len ? "\n\t}\n}\n" : "\n}\n");
}
