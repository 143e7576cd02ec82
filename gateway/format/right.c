/*
 * right: the names of rights and presets.
 */
#include "format/right.h"

struct named {
	const char *name;
	unsigned rights;
};

/* A tenant's grants are any of these. */
static const struct named grants[] = {
	{ "read", RIGHT_READ },
	{ "exec", RIGHT_EXEC },
	{ "control", RIGHT_CONTROL },
	{ "create", RIGHT_CREATE },
	{ "pull", RIGHT_PULL },
	{ "images", RIGHT_IMAGES },
	{ "archive", RIGHT_ARCHIVE },
	{ "export", RIGHT_EXPORT },
	{ "commit", RIGHT_COMMIT },
	{ "build", RIGHT_BUILD },
	{ "load", RIGHT_LOAD },
	{ "save", RIGHT_SAVE },
	{ "push", RIGHT_PUSH },
	{ "search", RIGHT_SEARCH },
	{ "privileged_exec", RIGHT_PRIVILEGED_EXEC },
	{ NULL, 0 },
};

#define OPERATOR (RIGHT_READ | RIGHT_EXEC | RIGHT_CONTROL)

static const struct named presets[] = {
	{ "observer", RIGHT_READ },
	{ "operator", OPERATOR },
	{ "tenant", OPERATOR | RIGHT_CREATE | RIGHT_PULL | RIGHT_IMAGES },
	{ "admin", ~0U },
	{ NULL, 0 },
};

static unsigned
find(const struct named *table, struct span name)
{
	for (; table->name; table++)
		if (span_eq(span_of(table->name), name))
			return table->rights;
	return 0;
}

static void
print(const struct named *table, struct text *out)
{
	for (const struct named *n = table; n->name; n++) {
		if (n > table)
			text_add_str(out, n[1].name ? ", " : " and ");
		text_add_str(out, n->name);
	}
}

unsigned
right_preset(struct span name)
{
	return find(presets, name);
}

unsigned
right_grant(struct span name)
{
	return find(grants, name);
}

const char *
right_preset_at(unsigned i)
{
	return i < sizeof(presets) / sizeof(presets[0]) ? presets[i].name : NULL;
}

const char *
right_name(unsigned bit)
{
	for (const struct named *n = grants; n->name; n++)
		if (n->rights == bit)
			return n->name;
	return "admin";
}

void
right_print_presets(struct text *out)
{
	print(presets, out);
}

void
right_print_grants(struct text *out)
{
	print(grants, out);
}

void
right_print(unsigned rights, struct text *out)
{
	bool any = false;

	for (const struct named *n = grants; n->name; n++) {
		if (!(rights & n->rights))
			continue;
		if (any)
			text_add_str(out, ", ");
		text_add_str(out, n->name);
		any = true;
	}
	if (rights & RIGHT_ADMIN)
		text_add_str(out, any ? ", admin" : "admin");
}
