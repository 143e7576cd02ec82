/*
 * endpoint_table: the rows that format/endpoint.h gives out. For endpoint.c only.
 *
 * A path's segment is literal text, or "{name}" for any one segment, or
 * "{name...}" for one or more (no text of a later segment is lost: what follows
 * it in the pattern must match at the end). "{rest...}" at the end of a path
 * matches none as well. At most one of the long forms a path.
 */
#ifndef FAIRLEAD_FORMAT_ENDPOINT_TABLE_H
#define FAIRLEAD_FORMAT_ENDPOINT_TABLE_H

#include "format/endpoint.h"

extern const struct endpoint endpoint_table[];
extern const unsigned endpoint_count;

#endif
