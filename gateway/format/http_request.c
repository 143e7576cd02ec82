/*
 * http_request: one request head, in one reading only (RFC 9112 3, 5 and 6).
 */
#include <string.h>

#include "format/http_head.h"

static int
bad(struct http_head *h, unsigned status, const char *message)
{
	http_bad(h->err, status, message);
	return -1;
}

static enum http_method
method_of(struct span name)
{
	static const enum http_method all[] = { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT,
		HTTP_DELETE, HTTP_OPTIONS, HTTP_PATCH };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (span_eq(name, span_of(http_method_name(all[i]))))
			return all[i];
	return HTTP_OTHER;
}

/* The bytes of `classes` at `h->at`; what ends them must be one SP. */
static bool
take_word(struct http_head *h, unsigned classes, struct span *word)
{
	const char *p = h->at;

	while (http_char_is(*p, classes))
		p++;
	*word = (struct span){ h->at, (size_t)(p - h->at) };
	if (word->len == 0 || *p != ' ')
		return false;
	h->at = p + 1;
	return true;
}

static int
parse_line(struct http_head *h, struct http_request *out)
{
	if (!take_word(h, HTTP_CHAR_TOKEN, &out->method_text))
		return bad(h, 400, "the request line has no valid method");
	out->method = method_of(out->method_text);
	if (!take_word(h, HTTP_CHAR_TARGET, &out->target))
		return bad(h, 400, "the request line is not METHOD TARGET VERSION");
	if (http_head_version(h, &out->minor) < 0)
		return -1;
	if (h->at[0] != '\r' || h->at[1] != '\n')
		return bad(h, 400, "the request line goes on after the version");
	h->at += 2;
	if (out->target.p[0] == '/')
		return 0;
	if (out->method == HTTP_OPTIONS && span_eq(out->target, SPAN("*")))
		return 0;
	return bad(h, 400, "the request target must be a path");
}

static int
check_host(struct http_head *h, const struct http_request *out)
{
	struct span host = h->known[KNOWN_HOST];

	if (http_head_twice(h, KNOWN_HOST))
		return bad(h, 400, "Host is there twice");
	if (!host.p)
		return out->minor > 0 ? bad(h, 400, "Host is missing") : 0;
	for (size_t i = 0; i < host.len; i++)
		if (!http_char_is(host.p[i], HTTP_CHAR_HOST))
			return bad(h, 400, "Host is not a host and a port");
	return 0;
}

/* Fields of which a second one, or any at all, would be read differently by others. */
static int
check_single(struct http_head *h)
{
	if (http_head_twice(h, KNOWN_CONTENT_TYPE))
		return bad(h, 400, "Content-Type is there twice");
	if (http_head_twice(h, KNOWN_AUTHORIZATION))
		return bad(h, 400, "Authorization is there twice");
	if (http_head_twice(h, KNOWN_UPGRADE))
		return bad(h, 400, "Upgrade is there twice");
	if (http_head_has(h, KNOWN_TRAILER))
		return bad(h, 400, "trailer fields are not served");
	return 0;
}

static int
check_expect(struct http_head *h, struct http_request *out)
{
	if (!http_head_has(h, KNOWN_EXPECT))
		return 0;
	if (http_head_twice(h, KNOWN_EXPECT) ||
		!span_eq_nocase(h->known[KNOWN_EXPECT], SPAN("100-continue")))
		return bad(h, 417, "the only expectation served is 100-continue");
	/* RFC 9110 10.1.1: HTTP/1.0 does not have it, and without a body nobody waits. */
	out->expect_continue =
		out->minor > 0 && (out->framing == HTTP_BODY_CHUNKED || out->length > 0);
	return 0;
}

static int
parse_head(struct http_head *h, struct http_request *out)
{
	if (parse_line(h, out) < 0 || http_head_fields(h) < 0)
		return -1;
	if (check_host(h, out) < 0 || check_single(h) < 0)
		return -1;
	if (http_head_framing(h, out->minor, &out->framing, &out->length) < 0)
		return -1;
	if (check_expect(h, out) < 0)
		return -1;
	out->host = h->known[KNOWN_HOST];
	out->content_type = h->known[KNOWN_CONTENT_TYPE];
	out->authorization = h->known[KNOWN_AUTHORIZATION];
	out->upgrade = h->known[KNOWN_UPGRADE];
	out->keep_alive = !h->close && (out->minor > 0 || h->keep_alive);
	return 0;
}

/* RFC 9112 2.2: an old client may send CRLF behind a body. Beyond two it is no accident. */
static size_t
empty_lines(struct span in)
{
	size_t n = 0;

	while (n < 6 && in.len >= n + 2 && in.p[n] == '\r' && in.p[n + 1] == '\n')
		n += 2;
	return n;
}

enum http_result
http_request_parse(struct span in, const struct http_limits *limits, size_t *scanned,
	struct http_request *out, size_t *used, struct http_error *err)
{
	size_t start = empty_lines(in), end = 0;
	struct http_head h = { .fields = &out->fields, .err = err };
	enum http_result r;

	if (start > 4)
		return http_bad(err, 400, "more than two empty lines before the request line");
	r = http_head_scan(in, start, limits, scanned, &end, err);
	if (r != HTTP_DONE)
		return r;
	memset(out, 0, sizeof(*out));
	h.at = in.p + start;
	h.end = in.p + end;
	h.max_fields = limits->fields < HTTP_MAX_FIELDS ? limits->fields : HTTP_MAX_FIELDS;
	if (parse_head(&h, out) < 0)
		return HTTP_BAD;
	*used = end;
	return HTTP_DONE;
}
