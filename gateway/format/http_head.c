/*
 * http_head: finds the end of a head, parses its fields and its framing.
 *
 * memchr finds the lines while the head comes in; then each byte is looked at
 * once more, against a table.
 */
#include <string.h>

#include "format/http_head.h"

/* All but controls are V, a value's; of these, the visible ASCII ones also a target's: T. */
#define V HTTP_CHAR_VALUE
#define T (V | HTTP_CHAR_TARGET)
#define H (T | HTTP_CHAR_HOST)
#define K (T | HTTP_CHAR_TOKEN)
#define N (H | HTTP_CHAR_TOKEN)
#define V16 V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V

/* clang-format off */
const unsigned char http_char_class[256] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, V, 0, 0, 0, 0, 0, 0, /* controls */
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* controls */
	V, N, T, K, N, N, N, N, H, H, N, N, H, N, N, T, /* SP !"#$%&'()*+,-./ */
	N, N, N, N, N, N, N, N, N, N, H, H, T, H, T, T, /* 0 to 9 :;<=>? */
	T, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, /* @ A to O */
	N, N, N, N, N, N, N, N, N, N, N, H, T, H, K, N, /* P to Z [\]^_ */
	K, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, /* ` a to o */
	N, N, N, N, N, N, N, N, N, N, N, T, K, T, N, 0, /* p to z {|}~ DEL */
	V16, V16, V16, V16, V16, V16, V16, V16, /* obs-text */
};
/* clang-format on */

static const struct span known_names[KNOWN_COUNT] = {
	[KNOWN_HOST] = { "host", 4 },
	[KNOWN_CONTENT_TYPE] = { "content-type", 12 },
	[KNOWN_AUTHORIZATION] = { "authorization", 13 },
	[KNOWN_CONTENT_LENGTH] = { "content-length", 14 },
	[KNOWN_TRANSFER_ENCODING] = { "transfer-encoding", 17 },
	[KNOWN_EXPECT] = { "expect", 6 },
	[KNOWN_UPGRADE] = { "upgrade", 7 },
	[KNOWN_TRAILER] = { "trailer", 7 },
	[KNOWN_CONNECTION] = { "connection", 10 },
};

enum http_result
http_bad(struct http_error *err, unsigned status, const char *message)
{
	*err = (struct http_error){ status, message };
	return HTTP_BAD;
}

/* Goes over the lines that end in [*scanned, stop). */
static enum http_result
scan_lines(struct span in, size_t start, size_t stop, size_t *scanned, size_t *end,
	struct http_error *err)
{
	while (*scanned < stop) {
		const char *lf = memchr(in.p + *scanned, '\n', stop - *scanned);
		size_t i;

		if (!lf)
			break;
		i = (size_t)(lf - in.p);
		*scanned = i + 1;
		if (i == 0 || in.p[i - 1] != '\r')
			return http_bad(err, 400, "a line of the head does not end with CRLF");
		if (i >= start + 2 && in.p[i - 2] == '\n') {
			*end = i + 1;
			return HTTP_DONE;
		}
	}
	*scanned = stop;
	return HTTP_MORE;
}

enum http_result
http_head_scan(struct span in, size_t start, const struct http_limits *limits, size_t *scanned,
	size_t *end, struct http_error *err)
{
	size_t stop = in.len < limits->head ? in.len : limits->head;
	size_t edge = start + limits->line + 2;
	enum http_result r = HTTP_MORE;

	/* Once, when the bytes pass the place where the first line must have ended at the latest. */
	if (*scanned < edge && stop >= edge) {
		r = scan_lines(in, start, edge, scanned, end, err);
		if (r == HTTP_MORE && !memchr(in.p + start, '\n', edge - start))
			return http_bad(err, 414, "the first line of the head is too long");
	}
	if (r == HTTP_MORE)
		r = scan_lines(in, start, stop, scanned, end, err);
	if (r == HTTP_MORE && in.len >= limits->head)
		return http_bad(err, 431, "the head is too long");
	return r;
}

static int
bad_field(struct http_head *h, unsigned status, const char *message)
{
	http_bad(h->err, status, message);
	return -1;
}

/* Takes "name:" and leaves `h->at` behind the colon. */
static int
take_name(struct http_head *h, struct span *name)
{
	const char *p = h->at;

	if (*p == ' ' || *p == '\t')
		return bad_field(h, 400, "a header field is folded over two lines");
	while (http_char_is(*p, HTTP_CHAR_TOKEN))
		p++;
	*name = (struct span){ h->at, (size_t)(p - h->at) };
	if (*p == ' ' || *p == '\t')
		return bad_field(h, 400, "white space before the colon of a header field");
	if (name->len == 0 || *p != ':')
		return bad_field(h, 400, "a header field has no valid name");
	h->at = p + 1;
	return 0;
}

/*
 * Whether any of eight bytes may be a control. Values are most of a head's bytes,
 * and in most of them there is none but the CR at the end.
 */
static bool
may_hold_control(const char *p)
{
	const uint64_t ones = UINT64_MAX / 255, highs = ones * 0x80;
	uint64_t word, del;

	memcpy(&word, p, sizeof(word));
	del = word ^ (ones * 0x7f);
	return (((word - ones * 0x20) & ~word) | ((del - ones) & ~del)) & highs;
}

/* Takes the rest of the line with its CRLF. */
static int
take_value(struct http_head *h, struct span *value)
{
	const char *p = h->at;

	while (h->end - p >= 8 && !may_hold_control(p))
		p += 8;
	while (http_char_is(*p, HTTP_CHAR_VALUE))
		p++;
	if (p[0] != '\r' || p[1] != '\n')
		return bad_field(h, 400, "a header field holds a control byte");
	*value = span_trim((struct span){ h->at, (size_t)(p - h->at) });
	h->at = p + 2;
	return 0;
}

static void
note_connection(struct http_head *h, struct span value)
{
	while (value.p) {
		struct span option = span_trim(span_cut(&value, ','));

		if (span_eq_nocase(option, SPAN("close")))
			h->close = true;
		else if (span_eq_nocase(option, SPAN("keep-alive")))
			h->keep_alive = true;
	}
}

static void
note_known(struct http_head *h, const struct http_field *f)
{
	for (unsigned k = 0; k < KNOWN_COUNT; k++) {
		if (f->name.len != known_names[k].len || !span_eq_nocase(f->name, known_names[k]))
			continue;
		if (h->known[k].p)
			h->twice |= 1U << k;
		else
			h->known[k] = f->value;
		if (k == KNOWN_CONNECTION)
			note_connection(h, f->value);
		return;
	}
}

int
http_head_fields(struct http_head *h)
{
	while (h->at < h->end - 2) {
		struct http_field *f;

		if (h->fields->count >= h->max_fields)
			return bad_field(h, 431, "the head has too many fields");
		f = &h->fields->at[h->fields->count];
		if (take_name(h, &f->name) < 0 || take_value(h, &f->value) < 0)
			return -1;
		h->fields->count++;
		note_known(h, f);
	}
	return 0;
}

bool
http_head_has(const struct http_head *h, enum http_known k)
{
	return h->known[k].p != NULL;
}

bool
http_head_twice(const struct http_head *h, enum http_known k)
{
	return (h->twice >> k & 1) != 0;
}

int
http_head_framing(struct http_head *h, unsigned minor, enum http_framing *framing, uint64_t *length)
{
	bool coded = http_head_has(h, KNOWN_TRANSFER_ENCODING);
	bool counted = http_head_has(h, KNOWN_CONTENT_LENGTH);

	*framing = HTTP_BODY_NONE;
	*length = 0;
	if (http_head_twice(h, KNOWN_CONTENT_LENGTH))
		return bad_field(h, 400, "Content-Length is there twice");
	if (http_head_twice(h, KNOWN_TRANSFER_ENCODING))
		return bad_field(h, 400, "Transfer-Encoding is there twice");
	if (coded && counted)
		return bad_field(h, 400, "both Transfer-Encoding and Content-Length are there");
	if (coded) {
		if (minor == 0)
			return bad_field(h, 400, "HTTP/1.0 has no Transfer-Encoding");
		if (!span_eq_nocase(h->known[KNOWN_TRANSFER_ENCODING], SPAN("chunked")))
			return bad_field(h, 501, "the only Transfer-Encoding served is chunked");
		*framing = HTTP_BODY_CHUNKED;
	}
	if (counted) {
		if (!span_u64(h->known[KNOWN_CONTENT_LENGTH], length))
			return bad_field(h, 400, "Content-Length is not a number");
		*framing = HTTP_BODY_LENGTH;
	}
	return 0;
}

int
http_head_version(struct http_head *h, unsigned *minor)
{
	const char *p = h->at;

	if (h->end - p < 8 || memcmp(p, "HTTP/", 5) != 0 || p[5] < '0' || p[5] > '9' ||
		p[6] != '.' || p[7] < '0' || p[7] > '9')
		return bad_field(h, 400, "the first line has no valid HTTP version");
	if (p[5] != '1' || p[7] > '1')
		return bad_field(h, 505, "only HTTP/1.0 and HTTP/1.1 are served");
	*minor = (unsigned)(p[7] - '0');
	h->at = p + 8;
	return 0;
}
