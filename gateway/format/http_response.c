/*
 * http_response: one response head of an engine (RFC 9112 4 and 6.3). Whatever
 * is wrong with it is a 502 for the tenant.
 */
#include <string.h>

#include "format/http_head.h"

static int
bad(struct http_head *h, const char *message)
{
	http_bad(h->err, 502, message);
	return -1;
}

static int
parse_status(struct http_head *h, struct http_response *out)
{
	const char *p;

	if (http_head_version(h, &out->minor) < 0)
		return -1;
	p = h->at;
	/* The shortest rest is " 200" CRLF CRLF. */
	if (h->end - p < 8 || p[0] != ' ' || p[1] < '1' || p[1] > '5' || p[2] < '0' || p[2] > '9' ||
		p[3] < '0' || p[3] > '9')
		return bad(h, "the engine's status line is malformed");
	out->status = (unsigned)((p[1] - '0') * 100 + (p[2] - '0') * 10 + (p[3] - '0'));
	p += 4;
	if (*p == ' ')
		p++;
	else if (*p != '\r')
		return bad(h, "the engine's status line is malformed");
	out->reason.p = p;
	while (http_char_is(*p, HTTP_CHAR_VALUE))
		p++;
	out->reason.len = (size_t)(p - out->reason.p);
	if (p[0] != '\r' || p[1] != '\n')
		return bad(h, "the engine's status line holds a control byte");
	h->at = p + 2;
	return 0;
}

/* RFC 9112 6.3, 1 and 2: these end with their head, whatever their fields say. */
static bool
has_no_body(enum http_method method, unsigned status)
{
	return method == HTTP_HEAD || status < 200 || status == 204 || status == 304;
}

static int
parse_head(struct http_head *h, enum http_method method, struct http_response *out)
{
	if (parse_status(h, out) < 0 || http_head_fields(h) < 0)
		return -1;
	if (http_head_twice(h, KNOWN_CONTENT_TYPE))
		return bad(h, "the engine's answer has two Content-Type fields");
	if (http_head_framing(h, out->minor, &out->framing, &out->length) < 0)
		return -1;
	if (has_no_body(method, out->status))
		out->framing = HTTP_BODY_NONE;
	else if (out->framing == HTTP_BODY_NONE)
		out->framing = HTTP_BODY_TO_EOF;
	out->content_type = h->known[KNOWN_CONTENT_TYPE];
	out->keep_alive =
		!h->close && (out->minor > 0 || h->keep_alive) && out->framing != HTTP_BODY_TO_EOF;
	return 0;
}

enum http_result
http_response_parse(struct span in, const struct http_limits *limits, size_t *scanned,
	enum http_method method, struct http_response *out, size_t *used, struct http_error *err)
{
	size_t end = 0;
	struct http_head h = { .fields = &out->fields, .err = err };
	enum http_result r;

	r = http_head_scan(in, 0, limits, scanned, &end, err);
	if (r == HTTP_MORE)
		return r;
	if (r == HTTP_DONE) {
		memset(out, 0, sizeof(*out));
		h.at = in.p;
		h.end = in.p + end;
		h.max_fields = limits->fields < HTTP_MAX_FIELDS ? limits->fields : HTTP_MAX_FIELDS;
		if (parse_head(&h, method, out) == 0) {
			*used = end;
			return HTTP_DONE;
		}
	}
	err->status = 502;
	return HTTP_BAD;
}
