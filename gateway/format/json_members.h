/*
 * json_members: an object of long arrays, read with bounded memory: element by element what is in an
 * array, whole what is not. For answers such as {"Volumes":[...],"Warnings":null}.
 *
 * Values are judged by json_parse, with exact_keys. A key that is there twice is not seen here: whoever
 * puts the parts together again and parses them sees it.
 */
#ifndef FAIRLEAD_FORMAT_JSON_MEMBERS_H
#define FAIRLEAD_FORMAT_JSON_MEMBERS_H

#include "format/json.h"

/* Each gets a member or an element, valid during the call only, and answers 0, or -1 to stop. */
struct json_members_kind {
	int (*value)(void *arg, struct span key, struct json_doc *doc, struct json *v);
	/* An array begins, maybe an empty one; its elements follow. */
	int (*array)(void *arg, struct span key);
	json_element_fn *element;
};

struct json_members;

/* `largest` bounds one element's bytes, and one member's that is no array. NULL without memory. */
struct json_members *json_members_new(size_t largest, const struct json_members_kind *kind,
	void *arg);
/* -1: refused, as is all that follows. */
int json_members_feed(struct json_members *m, struct span in);
/* All is read: -1 when the object has not ended. */
int json_members_end(struct json_members *m);
/* Why it was refused, static or the members' own; NULL when it was not. */
const char *json_members_fault(const struct json_members *m);
void json_members_free(struct json_members *m);

#endif
