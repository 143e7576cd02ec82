/*
 * http_body: a message body by its framing (RFC 9112 6 and 7), decoded as it
 * arrives, holding nothing.
 *
 * Strict: chunk sizes of 1 to 15 hex digits, no chunk extension, no trailer
 * field, CRLF only.
 */
#ifndef FAIRLEAD_FORMAT_HTTP_BODY_H
#define FAIRLEAD_FORMAT_HTTP_BODY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "format/http.h"

struct http_body {
	enum http_framing framing;
	uint64_t left; /* of the length, or of the present chunk */
	unsigned state;
	unsigned digits; /* of the chunk's size; or bytes skipped */
	bool lenient;
};

void http_body_init(struct http_body *b, enum http_framing framing, uint64_t length);
/* Engines may send trailers and extensions: a response's body skips them (bounded) instead of refusing. */
void http_body_init_lenient(struct http_body *b, enum http_framing framing, uint64_t length);

/*
 * Takes bytes from `in`: `*used` of them are consumed, `*payload` is the part
 * of them that is body (empty when only framing was read). HTTP_MORE: call
 * again with the rest or with more; HTTP_DONE: the body has ended, bytes after
 * `*used` belong to what follows; HTTP_BAD: the framing is wrong.
 * A body with no bytes (NONE, length 0) is done at once, also with an empty `in`.
 * With HTTP_BODY_TO_EOF it is never done: the end of the connection ends it.
 */
enum http_result http_body_next(struct http_body *b, struct span in, size_t *used,
	struct span *payload);

/* Whether the end of the connection here is the end of the message. */
bool http_body_may_end(const struct http_body *b);

#endif
