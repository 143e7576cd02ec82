/*
 * json_fold: keys of objects as Go's encoding/json binds them to fields.
 * Internal to json*.c; json_key_folds_to is in json.h.
 */
#ifndef FAIRLEAD_FORMAT_JSON_FOLD_H
#define FAIRLEAD_FORMAT_JSON_FOLD_H

#include <stdbool.h>

#include "format/json.h"

/* Finds two members of `object` whose keys are one (with `exact` byte by byte, else folded):
 * 1 and the later one in `*twice`, 0 when there are none, -1 without memory. */
int json_fold_find_twice(const struct json *object, bool exact, const struct json **twice);

#endif
