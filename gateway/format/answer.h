/*
 * answer: what a tenant may see of the engine's JSON answers. Pure: trees in, trees out.
 */
#ifndef FAIRLEAD_FORMAT_ANSWER_H
#define FAIRLEAD_FORMAT_ANSWER_H

#include <stdbool.h>

#include "base/text.h"
#include "format/json.h"

/* What resolving a container needs of its inspect answer. `id` and `owner` point into `doc`. */
struct answer_container {
	struct span id;    /* 64 hex */
	struct span owner; /* value of the owner label; p NULL: none */
};
int answer_container_read(const struct json *inspect, const char *owner_label,
	struct answer_container *out);

/* Whether this element of GET /containers/json is the tenant's (by its Labels). */
bool answer_list_is_owned(const struct json *element, const char *owner_label, struct span tenant);
/* Take out or blank what tells of the host or of others (paths on the host, other tenants' counts, ...). */
int answer_redact_list_element(struct json_doc *doc, struct json *element);
int answer_redact_inspect(struct json_doc *doc, struct json *root);
int answer_redact_exec(struct json_doc *doc, struct json *root);
int answer_redact_info(struct json_doc *doc, struct json *root);

/* "message" of an engine's error body, or the body itself trimmed when it is plain text. Appended. */
void answer_error_message(struct span body, struct span content_type, struct text *out);
/* Whether an error's message says that several ids begin like this one: it tells of objects that
 * need not be the tenant's (moby pkg/truncindex, daemon/container/view.go; 500 up to 24, 400 since). */
bool answer_error_is_ambiguous(struct span message);

#endif
