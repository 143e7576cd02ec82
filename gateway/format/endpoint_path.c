/*
 * endpoint_path: a file's path in a query. What it leads to is the engine's to find, within the container's own
 * files or within a build's context; here it must only be one that a log and the engine read alike.
 */
#include "format/endpoint_query.h"

#define PATH_MOST 4096 /* PATH_MAX */

bool
endpoint_query_is_path(struct span value)
{
	for (size_t i = 0; i < value.len; i++)
		if ((unsigned char)value.p[i] < ' ' || value.p[i] == 0x7f)
			return false;
	return value.len <= PATH_MOST;
}
