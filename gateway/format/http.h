/*
 * http: strict HTTP/1.x heads (RFC 9112), parsed into plain data and printed
 * from it. No I/O, no allocation: the results point into the caller's bytes.
 *
 * Strict means: one reading only. Bare LF, obs-fold, space before the colon,
 * NUL, both framings, a Content-Length twice or not a plain number, any
 * Transfer-Encoding but exactly "chunked", and (requests) a missing or double
 * Host in HTTP/1.1, a duplicate Content-Type, absolute-form targets are errors.
 */
#ifndef FAIRLEAD_FORMAT_HTTP_H
#define FAIRLEAD_FORMAT_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

#define HTTP_MAX_FIELDS 64 /* docker sends about 10; what custom HttpHeaders may add */

struct http_field {
	struct span name;
	struct span value; /* trimmed */
};

struct http_fields {
	struct http_field at[HTTP_MAX_FIELDS];
	unsigned count;
};

struct http_limits {
	size_t line;     /* request line, bytes without CRLF: 414 */
	size_t head;     /* the whole head: 431 */
	unsigned fields; /* at most HTTP_MAX_FIELDS: 431 */
};

enum http_method {
	HTTP_GET = 1 << 0,
	HTTP_HEAD = 1 << 1,
	HTTP_POST = 1 << 2,
	HTTP_PUT = 1 << 3,
	HTTP_DELETE = 1 << 4,
	HTTP_OPTIONS = 1 << 5,
	HTTP_PATCH = 1 << 6,
	HTTP_OTHER = 1 << 7, /* a well-formed token that is none of these */
};

enum http_framing {
	HTTP_BODY_NONE,
	HTTP_BODY_LENGTH,
	HTTP_BODY_CHUNKED,
	HTTP_BODY_TO_EOF, /* responses only */
};

struct http_request {
	enum http_method method;
	struct span method_text;
	struct span target; /* as sent, begins with '/', or is "*" */
	unsigned minor;     /* HTTP/1.minor */
	struct http_fields fields;
	struct span host;          /* empty when HTTP/1.0 sent none */
	struct span content_type;  /* p NULL: absent */
	struct span authorization; /* p NULL: absent; a duplicate is an error */
	enum http_framing framing;
	uint64_t length; /* HTTP_BODY_LENGTH */
	bool keep_alive; /* the client wants the connection kept */
	bool expect_continue;
	struct span
		upgrade; /* p NULL: absent; only when Connection names it too or not: engines look at Upgrade alone */
};

struct http_response {
	unsigned status;
	struct span reason;
	unsigned minor;
	struct http_fields fields;
	struct span content_type;  /* p NULL: absent */
	enum http_framing framing; /* for the request's method, see http_response_parse */
	uint64_t length;
	bool keep_alive;
};

/* What is wrong with a head: what to answer, and one sentence for the body and the log. */
struct http_error {
	unsigned status;     /* 400, 414, 417, 431, 501, 505; of responses always 502 */
	const char *message; /* static */
};

enum http_result { HTTP_MORE, HTTP_DONE, HTTP_BAD };

/*
 * Parses one request head at the start of `in`. HTTP_DONE: `*used` bytes were
 * the head. HTTP_MORE: call again with more bytes; `*scanned` (0 at first) is
 * kept between the calls so that no byte is looked at twice. HTTP_BAD: `*err`.
 * Empty lines (CRLF) before a request line are skipped, two at most (RFC 9112 2.2).
 */
enum http_result http_request_parse(struct span in, const struct http_limits *limits,
	size_t *scanned, struct http_request *out, size_t *used, struct http_error *err);

/*
 * The same for a response head. `method` is the request's: the answer to HEAD,
 * and 1xx, 204 and 304, have no body. A 1xx (101 too) is returned like any
 * other: the caller skips 100 to 199 but 101.
 */
enum http_result http_response_parse(struct span in, const struct http_limits *limits,
	size_t *scanned, enum http_method method, struct http_response *out, size_t *used,
	struct http_error *err);

/* First field of that name (ASCII case ignored); false when there is none. */
bool http_field(const struct http_fields *f, struct span name, struct span *value);
/* How many fields have that name. */
unsigned http_field_count(const struct http_fields *f, struct span name);
/* True when a comma-separated field holds `token`, in any of its lines, case ignored. */
bool http_field_has_token(const struct http_fields *f, struct span name, struct span token);
/* True when media type `value` is `type` (case ignored, parameters allowed and checked for form). */
bool http_media_type_is(struct span value, struct span type);

/* Appends the fields of an answer that are not about its connection, its framing or its media type:
 * what an intermediary passes on (RFC 9110 7.6.1). */
void http_relay_fields(const struct http_fields *f, struct text *out);

/* The standard reason phrase; "Unknown" for a code without one. */
const char *http_reason(unsigned status);
const char *http_method_name(enum http_method m);

#endif
