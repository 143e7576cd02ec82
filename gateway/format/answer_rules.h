/*
 * answer_rules: tables that say what becomes of the fields of an engine's answer, and what is done
 * by them (answer_rules.c); the trees' (answer_tree.c) and the texts' own tools (answer_words.c).
 * Internal to answer*.c.
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
	RULE_IMAGE, /* an image's name as the tenant knows it; an id stays, what it may not see is blanked */
	RULE_IMAGES,  /* an array of such names: those that it may see, each once */
	RULE_COMMAND, /* of a build: without the words that set the gateway's labels */
	RULE_ERROR,   /* as answer_error_sentence says it */
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
/* Gives the name of an image the tenant's own words; an id stays, one that it may not see becomes "". -1 without memory. */
int answer_image_text(const struct answer_view *view, struct json_doc *doc, struct json *v);
/* Brings an array of images' names into the order in which engines tell them. -1 without memory. */
int answer_sort_images(struct json *array);
/* "<none>:<none>", "<none>@<none>": how engines write that there is no name. */
bool answer_is_no_image(struct span name);
/* Appends a text in another form. */
typedef void answer_text_fn(const struct answer_view *view, struct span text, struct text *out);
/* A build's command without the words that set the gateway's labels. */
answer_text_fn answer_command;
/* What a container's or an event's image is called: as the client wrote it, where `labels` hold that, else
 * as the tenant knows it. `image` NULL or no string: nothing is done. -1 without memory. */
int answer_show_image(const struct answer_view *view, struct json_doc *doc, struct json *image,
	const struct json *labels);
/* As view->owner says. */
enum answer_owner answer_owner_of(const struct answer_view *view, struct span id);
/* Gives a string another text, by copy. -1 without memory. */
int answer_set_text(struct json_doc *doc, struct json *v, struct span text);
/* Makes a member that is there a number, whatever it was. -1 without memory. */
int answer_set_number(struct json_doc *doc, struct json *object, const char *key, int64_t number);
/* Whether the label of that name is the tenant's; `what` NULL: the owner label itself. */
bool answer_label_is(const struct answer_view *view, const struct json *labels, const char *what);

#endif
