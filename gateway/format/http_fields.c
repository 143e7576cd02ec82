/*
 * http_fields: questions to parsed fields, and the protocol's names.
 */
#include "format/http_head.h"

bool
http_field(const struct http_fields *f, struct span name, struct span *value)
{
	for (unsigned i = 0; i < f->count; i++) {
		if (span_eq_nocase(f->at[i].name, name)) {
			*value = f->at[i].value;
			return true;
		}
	}
	return false;
}

unsigned
http_field_count(const struct http_fields *f, struct span name)
{
	unsigned n = 0;

	for (unsigned i = 0; i < f->count; i++)
		if (span_eq_nocase(f->at[i].name, name))
			n++;
	return n;
}

static bool
list_has(struct span list, struct span token)
{
	while (list.p)
		if (span_eq_nocase(span_trim(span_cut(&list, ',')), token))
			return true;
	return false;
}

bool
http_field_has_token(const struct http_fields *f, struct span name, struct span token)
{
	for (unsigned i = 0; i < f->count; i++)
		if (span_eq_nocase(f->at[i].name, name) && list_has(f->at[i].value, token))
			return true;
	return false;
}

static bool
skip_token(struct span *s)
{
	size_t n = 0;

	while (n < s->len && http_char_is(s->p[n], HTTP_CHAR_TOKEN))
		n++;
	s->p += n;
	s->len -= n;
	return n > 0;
}

static bool
skip_char(struct span *s, char c)
{
	if (s->len == 0 || s->p[0] != c)
		return false;
	s->p++;
	s->len--;
	return true;
}

/* RFC 9110 5.6.4, the opening quote is there. */
static bool
skip_quoted(struct span *s)
{
	skip_char(s, '"');
	while (s->len > 0) {
		if (skip_char(s, '"'))
			return true;
		skip_char(s, '\\');
		if (s->len == 0 || !http_char_is(s->p[0], HTTP_CHAR_VALUE))
			return false;
		s->p++;
		s->len--;
	}
	return false;
}

/* RFC 9110 5.6.6: *( OWS ";" OWS [ name "=" ( token / quoted ) ] ) */
static bool
parameters_ok(struct span s)
{
	for (s = span_trim(s); s.len > 0; s = span_trim(s)) {
		if (!skip_char(&s, ';'))
			return false;
		s = span_trim(s);
		if (s.len == 0 || s.p[0] == ';')
			continue;
		if (!skip_token(&s) || !skip_char(&s, '='))
			return false;
		if (s.len > 0 && s.p[0] == '"' ? !skip_quoted(&s) : !skip_token(&s))
			return false;
	}
	return true;
}

bool
http_media_type_is(struct span value, struct span type)
{
	if (value.len < type.len)
		return false;
	if (!span_eq_nocase((struct span){ value.p, type.len }, type))
		return false;
	return parameters_ok((struct span){ value.p + type.len, value.len - type.len });
}

static const struct {
	unsigned status;
	const char *phrase;
} reasons[] = {
	{ 100, "Continue" },
	{ 101, "Switching Protocols" },
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 204, "No Content" },
	{ 206, "Partial Content" },
	{ 301, "Moved Permanently" },
	{ 302, "Found" },
	{ 303, "See Other" },
	{ 304, "Not Modified" },
	{ 307, "Temporary Redirect" },
	{ 308, "Permanent Redirect" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 411, "Length Required" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 417, "Expectation Failed" },
	{ 421, "Misdirected Request" },
	{ 422, "Unprocessable Content" },
	{ 426, "Upgrade Required" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 505, "HTTP Version Not Supported" },
};

const char *
http_reason(unsigned status)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].phrase;
	return "Unknown";
}

const char *
http_method_name(enum http_method m)
{
	switch (m) {
	case HTTP_GET:
		return "GET";
	case HTTP_HEAD:
		return "HEAD";
	case HTTP_POST:
		return "POST";
	case HTTP_PUT:
		return "PUT";
	case HTTP_DELETE:
		return "DELETE";
	case HTTP_OPTIONS:
		return "OPTIONS";
	case HTTP_PATCH:
		return "PATCH";
	case HTTP_OTHER:
		break;
	}
	return "OTHER";
}
