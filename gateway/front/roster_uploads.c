/*
 * roster_uploads: what judges the bodies that are not held.
 */
#include "front/roster.h"
#include "policy/policy.h"

static const struct upload_kind *const kinds[] = {
	[BODY_ARCHIVE] = &upload_archive,
	[BODY_LOAD] = &upload_load,
	[BODY_BUILD] = &upload_build,
	[BODY_RAW] = &upload_raw,
};

static bool
has_body(const struct http_request *q)
{
	return q->framing == HTTP_BODY_CHUNKED || (q->framing == HTTP_BODY_LENGTH && q->length);
}

/* What the administrator sends as JSON is held: it is printed anew. */
static bool
is_held(const struct exchange *x)
{
	struct span type = x->request.content_type;

	if (x->endpoint->answer == ANSWER_HIJACK || x->endpoint->answer == ANSWER_WEBSOCKET)
		return true;
	return !x->backend && type.p && http_media_type_is(type, SPAN("application/json"));
}

const struct upload_kind *
roster_upload(const struct exchange *x)
{
	if (x->backend || x->everything)
		return has_body(&x->request) && !is_held(x) ? &upload_raw : NULL;
	return (unsigned)x->endpoint->body < sizeof(kinds) / sizeof(kinds[0])
		? kinds[x->endpoint->body]
		: NULL;
}
