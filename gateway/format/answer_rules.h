/*
 * answer_rules: tables that say what becomes of the fields of an engine's answer, and what is done
 * by them. Internal to answer*.c.
 */
#ifndef FAIRLEAD_FORMAT_ANSWER_RULES_H
#define FAIRLEAD_FORMAT_ANSWER_RULES_H

#include <stdbool.h>

#include "format/answer.h"
#include "format/json.h"

/* Strings are meant unless it says else; a value of another type is blanked, null stays. */
enum answer_action {
	RULE_KEEP,
	RULE_BLANK, /* the empty value of its type: "", 0, false, [], {}; null stays */
	RULE_REMOVE,
	RULE_HOST_PATH, /* blank when it is a path, else the name of a volume, as the tenant knows it */
	RULE_LABELS, /* an object: without the gateway's, and without what a tool on the host wrote its paths into */
	RULE_BIND,      /* "source:target:mode": the source is as in RULE_HOST_PATH */
	RULE_NAME,      /* "acme--web" is "web" */
	RULE_SENTENCE,  /* the same for every name in it: "/acme--web/db" is "/web/db" */
	RULE_NAMES,     /* an array: as RULE_SENTENCE, without what is in another's namespace */
	RULE_NAME_KEYS, /* an object: its keys, in the same way */
};

/* Keys with dots between them; `*` is each member or element. */
struct answer_rule {
	const char *path; /* NULL ends the table */
	enum answer_action action;
};

/* All of the table, in its order. -1: `root` is no object, or there is no memory. */
int answer_apply(const struct answer_view *view, struct json_doc *doc, struct json *root,
	const struct answer_rule *rules);
/* Takes out the members of `root` that no rule begins with. */
void answer_apply_only(struct json *root, const struct answer_rule *rules);
void answer_blank(struct json *v);
/* Takes out the children that `keep` does not want, in one pass. */
typedef bool answer_keep_fn(void *arg, struct json *child);
void answer_keep(struct json *parent, answer_keep_fn *keep, void *arg);
/* Shows each element of an array, and takes out the foreign ones; null, or none (NULL), is an empty one.
 * UNREADABLE when it is no array, or one of them is unreadable. */
enum answer_verdict answer_elements(const struct answer_view *view, struct json_doc *doc,
	struct json *array, answer_show_fn *show);
/* The member's text; false when it is no string. */
bool answer_string(const struct json *object, const char *key, struct span *out);
/* Whether a name on the engine is in the namespace of another tenant. */
bool answer_is_anothers(const struct answer_view *view, struct span name);
/* Gives a string another text, by copy. -1 without memory. */
int answer_set_text(struct json_doc *doc, struct json *v, struct span text);
/* Whether the label of that name is the tenant's; `what` NULL: the owner label itself. */
bool answer_label_is(const struct answer_view *view, const struct json *labels, const char *what);

#endif
