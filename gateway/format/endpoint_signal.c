/*
 * endpoint_signal: the signals that an engine's process may be sent, by name or number.
 *
 * Source: moby, sys/signal: names with or without "SIG", in any case; the real-time ones with
 * their distance ("RTMIN+3"); numbers. They are those of Linux.
 */
#include "format/endpoint_query.h"

#define LAST_SIGNAL 64
/* From each end of the real-time signals up to their middle. */
#define LAST_AFTER_MIN 15
#define LAST_BEFORE_MAX 14

static const char names[] =
	"HUP|INT|QUIT|ILL|TRAP|ABRT|IOT|BUS|FPE|KILL|USR1|SEGV|USR2|PIPE|ALRM|TERM|STKFLT|"
	"CHLD|CLD|CONT|STOP|TSTP|TTIN|TTOU|URG|XCPU|XFSZ|VTALRM|PROF|WINCH|IO|POLL|PWR|SYS|"
	"RTMIN|RTMAX";

static bool
is_name(struct span value)
{
	struct span left = span_of(names);

	while (left.p)
		if (span_eq_nocase(span_cut(&left, '|'), value))
			return true;
	return false;
}

/* "RTMIN+3", "RTMAX-1" */
static bool
is_distance(struct span value, const char *end, uint64_t most)
{
	struct span from = { value.p, 6 };
	uint64_t n;

	if (value.len < 7 || !span_eq_nocase(from, span_of(end)))
		return false;
	return span_u64((struct span){ value.p + 6, value.len - 6 }, &n) && n >= 1 && n <= most;
}

bool
endpoint_query_is_signal(struct span value)
{
	uint64_t n;

	if (span_u64(value, &n))
		return n >= 1 && n <= LAST_SIGNAL;
	if (value.len > 3 && span_eq_nocase((struct span){ value.p, 3 }, SPAN("SIG"))) {
		value.p += 3;
		value.len -= 3;
	}
	return is_name(value) || is_distance(value, "RTMIN+", LAST_AFTER_MIN) ||
		is_distance(value, "RTMAX-", LAST_BEFORE_MAX);
}
