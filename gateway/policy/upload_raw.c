/*
 * upload_raw: a body that goes on as it comes: a backend's, and the administrator's.
 */
#include "policy/policy.h"

static void *
raw_start(struct exchange *x)
{
	return x;
}

static enum upload_answer
raw_feed(void *state, struct span piece, bool last, struct text *out)
{
	(void)state;
	(void)last;
	text_add_span(out, piece);
	return UPLOAD_MORE;
}

static void
raw_stop(void *state)
{
	(void)state;
}

const struct upload_kind upload_raw = { "raw", raw_start, raw_feed, raw_stop };
