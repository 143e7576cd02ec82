/*
 * config_tree: an object of the file, read by a table of options: the file itself, or a tenant.
 */
#include <string.h>

#include "base/suggest.h"
#include "state/config_reader.h"

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

/* The option or group that may have been meant; p NULL: none. */
static struct span
nearest(const struct option_set *set, struct span name)
{
	struct span best = { 0 };
	unsigned least = SUGGEST_FAR;

	for (unsigned i = 0; i < set->count; i++) {
		struct span known[2] = { span_of(set->rows[i].name), option_group(&set->rows[i]) };

		for (unsigned j = 0; j < 2; j++) {
			unsigned d = known[j].len ? distance(name, known[j]) : SUGGEST_FAR;

			if (d < least) {
				least = d;
				best = known[j];
			}
		}
	}
	return best;
}

static void
refuse_unknown(struct config_reader *r, const struct json *v, struct span name)
{
	struct span best = nearest(r->scope->set, name);
	struct text quoted;

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

static void
read_option(struct config_reader *r, struct span name, const struct json *v)
{
	struct config_scope *scope = r->scope;
	unsigned errors = r->error_count;
	int i = option_index(scope->set, name);

	if (i < 0) {
		refuse_unknown(r, v, name);
		return;
	}
	scope->seen[i] = v;
	config_set(r, &scope->set->rows[i], v);
	scope->bad[i] = r->error_count > errors;
}

static bool
is_group(const struct option_set *set, struct span name)
{
	for (unsigned i = 0; i < set->count; i++) {
		if (name.len && span_eq(option_group(&set->rows[i]), name))
			return true;
	}
	return false;
}

static void
read_group(struct config_reader *r, const struct json *group)
{
	struct text name;

	text_init(&name, 0);
	if (group->type != JSON_OBJECT) {
		text_add_span(&name, group->key);
		config_error(r, group, name.p, "%s; write an object with the options of this group",
			config_type_name(group->type));
	}
	for (const struct json *m = group->type == JSON_OBJECT ? group->first : NULL; m;
		m = m->next) {
		text_clear(&name);
		text_addf(&name, "%.*s.%.*s", SPAN_ARG(group->key), SPAN_ARG(m->key));
		read_option(r, text_span(&name), m);
	}
	text_free(&name);
}

/* What a cleared snapshot says already. */
static bool
is_nothing(const char *fallback)
{
	return strcmp(fallback, "null") == 0 || strcmp(fallback, "0") == 0 ||
		strcmp(fallback, "false") == 0 || strcmp(fallback, "[]") == 0;
}

/* Defaults go the way of the file's values, so they are held to the same limits. */
static void
set_default(struct config_reader *r, const struct json *object, unsigned i)
{
	const struct option *o = &r->scope->set->rows[i];
	struct json_doc doc;
	struct json_error err;
	struct text limits;

	if (option_is_required(o)) {
		r->scope->bad[i] = true;
		text_init(&limits, 0);
		option_print_limits(o, &limits);
		config_error(r, object, o->name, "is missing and has no default; write %s",
			limits.p);
		text_free(&limits);
		return;
	}
	if (is_nothing(o->fallback))
		return;
	if (json_parse(span_of(o->fallback), NULL, &doc, &err) != 0) {
		config_error(r, NULL, o->name, "no default can be made: %s", err.message);
		return;
	}
	config_set(r, o, doc.root);
	json_free(&doc);
}

void
config_read_object(struct config_reader *r, const struct json *object)
{
	for (const struct json *m = object->first; m; m = m->next) {
		if (is_group(r->scope->set, m->key))
			read_group(r, m);
		else if (memchr(m->key.p, '.', m->key.len))
			refuse_unknown(r, m, m->key);
		else
			read_option(r, m->key, m);
	}
	for (unsigned i = 0; i < r->scope->set->count; i++) {
		if (!r->scope->seen[i])
			set_default(r, object, i);
	}
}
