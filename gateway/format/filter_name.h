/*
 * filter_name: what a tenant's pattern of names is for the names that the engine has.
 *
 * A pattern is a regular expression of Go's that engines look for in a name, in "/web" and in "web" (moby
 * daemon/list.go, api/types/filters Args.Match). The engine's "acme--web" is "web" to acme; what the
 * operator made and labelled for a tenant is in no namespace. So one pattern becomes two.
 * They narrow a list for the tenant. Whose an object is does not hang on them.
 */
#ifndef FAIRLEAD_FORMAT_FILTER_NAME_H
#define FAIRLEAD_FORMAT_FILTER_NAME_H

#include <stdbool.h>

#include "base/text.h"

/* Appends what finds it in the tenant's own names: "^/?web$" is "^/?acme--(?:web$)", "web" is
 * "^/?acme--.*(?:web)". */
void filter_name_own(struct span tenant, struct span pattern, struct text *out);
/* The same for names that are in no namespace: they hold no "--". */
void filter_name_plain(struct span pattern, struct text *out);
/* Whether the latter finds no name of a namespace: the pattern itself matches no "--". */
bool filter_name_is_plain(struct span pattern);

#endif
