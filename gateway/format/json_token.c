/*
 * json_token: what yajl leaves unchecked between and inside the tokens of JSON.
 *
 * yajl 2.1 takes VT and FF for white space, has a loose idea of UTF-8, writes "?"
 * for a lone high surrogate, joins a high one with whatever \u follows, and does
 * not see a string or a comment that is left open behind the value.
 */
#include <string.h>

#include "base/word.h"
#include "format/json_token.h"

bool
json_token_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The length of the comment at the start of `s`; 0 when there is no whole one. */
static size_t
comment_length(struct span s)
{
	const char *end;

	if (span_starts(s, SPAN("//"))) {
		end = memchr(s.p, '\n', s.len);
		return end ? (size_t)(end - s.p) + 1 : s.len;
	}
	if (span_starts(s, SPAN("/*"))) {
		end = memmem(s.p + 2, s.len - 2, "*/", 2);
		return end ? (size_t)(end - s.p) + 2 : 0;
	}
	return 0;
}

size_t
json_token_skip(struct span in, size_t from, bool comments)
{
	while (from < in.len) {
		size_t n = 0;

		if (json_token_is_space(in.p[from]) || in.p[from] == ',' || in.p[from] == ':')
			n = 1;
		else if (comments)
			n = comment_length((struct span){ in.p + from, in.len - from });
		if (!n)
			break;
		from += n;
	}
	return from;
}

/* The code unit of the escape \uXXXX at the start of `s`; -1 when there is none. */
static int
escaped_unit(struct span s)
{
	unsigned char two[2];

	if (s.len < 6 || s.p[0] != '\\' || s.p[1] != 'u')
		return -1;
	if (!text_unhex((struct span){ s.p + 2, 4 }, two, sizeof(two)))
		return -1;
	return two[0] << 8 | two[1];
}

/* The length of the escape at the start of `s`; 0 for half a surrogate pair. */
static size_t
escape_length(struct span s)
{
	int unit = escaped_unit(s);
	int next;

	if (unit < 0)
		return s.len < 2 ? s.len : 2;
	if (unit < 0xd800 || unit > 0xdfff)
		return 6;
	next = escaped_unit((struct span){ s.p + 6, s.len - 6 });
	return unit <= 0xdbff && next >= 0xdc00 && next <= 0xdfff ? 12 : 0;
}

const char *
json_token_string_fault(struct span raw, size_t *at)
{
	size_t i = 0, n;

	for (;;) {
		struct span rest;
		uint32_t code;

		i += span_plain((struct span){ raw.p + i, raw.len - i });
		if (i == raw.len)
			return NULL;
		rest = (struct span){ raw.p + i, raw.len - i };
		*at = i;
		if (*rest.p == '\\') {
			n = escape_length(rest);
			if (!n)
				return "a \\u escape is half of a surrogate pair";
		} else {
			n = (unsigned char)*rest.p < 0x80 ? 1 : span_utf8(rest, &code);
			if (!n)
				return "a string is not valid UTF-8";
		}
		i += n;
	}
}

void
json_token_advance(struct span bytes, unsigned *line, unsigned *column)
{
	size_t i = 0;

	for (; i < bytes.len; i++) {
		while (bytes.len - i >= WORD_SIZE) {
			uint64_t w = word_load(bytes.p + i);

			if (word_has(w, '\n'))
				break;
			*column += (unsigned)WORD_SIZE - word_count_inner(w);
			i += WORD_SIZE;
		}
		if (i == bytes.len)
			break;
		if (bytes.p[i] == '\n') {
			++*line;
			*column = 1;
		} else if ((bytes.p[i] & 0xc0) != 0x80) {
			++*column;
		}
	}
}
