/*
 * exec_field: the readers of the single fields of exec bodies. Internal to exec_body.c.
 *
 * Each takes a value that is not null and fills its slot, or returns the status to answer and
 * appends what follows the field's name: ": must be true or false", "[2]: LD_AUDIT may not be set".
 * Spans and trees in slots belong to the document.
 */
#ifndef FAIRLEAD_FORMAT_EXEC_FIELD_H
#define FAIRLEAD_FORMAT_EXEC_FIELD_H

#include <stdbool.h>

#include "base/text.h"
#include "format/json.h"

struct exec_size {
	bool given;
	unsigned height, width;
};

/* bool */
int exec_field_bool(const struct json *v, void *slot, struct text *why);
/* struct span */
int exec_field_user(const struct json *v, void *slot, struct text *why);
int exec_field_working_dir(const struct json *v, void *slot, struct text *why);
int exec_field_detach_keys(const struct json *v, void *slot, struct text *why);
/* const struct json *, an array of strings */
int exec_field_env(const struct json *v, void *slot, struct text *why);
int exec_field_cmd(const struct json *v, void *slot, struct text *why);
/* struct exec_size */
int exec_field_size(const struct json *v, void *slot, struct text *why);

#endif
