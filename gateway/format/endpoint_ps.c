/*
 * endpoint_ps: what a tenant may ask ps for. It runs on the engine's host with these words (moby
 * daemon/top_unix.go), so only those pass that are known to tell of the processes alone: no environment
 * ("e"), no files, no cgroups and namespaces of the host.
 */
#include "format/endpoint_query.h"

#define WORDS "-ef|-eF|-e|-ely|aux|-aux|axu|auxw|auxww"
/* Before a list of columns. */
#define LISTS "-o|-eo|-Ao|axo|-axo|o"
#define COLUMNS                                                                                    \
	"pid|ppid|pgid|sid|tid|lwp|nlwp|user|uid|group|gid|ruser|ruid|euser|euid|comm|ucmd|cmd|"   \
	"args|command|stat|state|s|pri|ni|nice|cls|psr|c|pcpu|%cpu|pmem|%mem|vsz|rss|sz|time|"     \
	"cputime|etime|etimes|start|stime|lstart|start_time|bsdstart|tty|tt|tname|wchan"

bool
endpoint_query_is_ps(struct span value)
{
	struct span columns = value, first = span_cut(&columns, ' ');

	if (!columns.p)
		return endpoint_query_is_choice(WORDS, value);
	if (!endpoint_query_is_choice(LISTS, first))
		return false;
	while (columns.p)
		if (!endpoint_query_is_choice(COLUMNS, span_cut(&columns, ',')))
			return false;
	return true;
}
