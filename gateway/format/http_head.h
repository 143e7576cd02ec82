/*
 * http_head: what request and response heads have in common. For http_request.c
 * and http_response.c only; all others use format/http.h.
 */
#ifndef FAIRLEAD_FORMAT_HTTP_HEAD_H
#define FAIRLEAD_FORMAT_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "format/http.h"

/* Classes of bytes (RFC 9110 5.6.2 and 5.5, RFC 3986). */
enum {
	HTTP_CHAR_TOKEN = 1 << 0,
	HTTP_CHAR_VALUE = 1 << 1,  /* HTAB, SP, visible, obs-text: what a field's value may hold */
	HTTP_CHAR_TARGET = 1 << 2, /* visible ASCII */
	HTTP_CHAR_HOST = 1 << 3,   /* what uri-host and port are made of */
};
extern const unsigned char http_char_class[256];

static inline bool
http_char_is(char c, unsigned classes)
{
	return (http_char_class[(unsigned char)c] & classes) != 0;
}

/* Fields that decide how a message is read; found while the fields are parsed. */
enum http_known {
	KNOWN_HOST,
	KNOWN_CONTENT_TYPE,
	KNOWN_AUTHORIZATION,
	KNOWN_CONTENT_LENGTH,
	KNOWN_TRANSFER_ENCODING,
	KNOWN_EXPECT,
	KNOWN_UPGRADE,
	KNOWN_TRAILER,
	KNOWN_CONNECTION,
	KNOWN_COUNT,
};

struct http_head {
	const char *at, *end; /* what is left to parse: `end` is behind the empty line */
	struct http_fields *fields;
	unsigned max_fields;
	struct span known[KNOWN_COUNT]; /* the first of that name; p NULL: absent */
	unsigned twice;                 /* bit per http_known: there is a second one */
	bool close, keep_alive;         /* options of Connection */
	struct http_error *err;
};

/* Sets `*err`; HTTP_BAD, so that a check ends with `return http_bad(...)`. */
enum http_result http_bad(struct http_error *err, unsigned status, const char *message);

/*
 * Looks for the end of the head from `*scanned` on. HTTP_DONE: `*end` is behind
 * its empty line. Bare LF and the limits are found here, at the first byte that
 * is wrong, so the result does not depend on how the bytes came. `start` is
 * where the first line begins.
 */
enum http_result http_head_scan(struct span in, size_t start, const struct http_limits *limits,
	size_t *scanned, size_t *end, struct http_error *err);
/* Parses the field lines up to the empty line. 0, or -1 with `h->err`. */
int http_head_fields(struct http_head *h);
bool http_head_has(const struct http_head *h, enum http_known k);
bool http_head_twice(const struct http_head *h, enum http_known k);
/*
 * Transfer-Encoding and Content-Length, by RFC 9112 6: HTTP_BODY_NONE when there
 * is neither. 0, or -1 with `h->err`.
 */
int http_head_framing(struct http_head *h, unsigned minor, enum http_framing *framing,
	uint64_t *length);
/* Reads "HTTP/1.0" or "HTTP/1.1" at `h->at` and goes past it. 0, or -1 with `h->err`. */
int http_head_version(struct http_head *h, unsigned *minor);

#endif
