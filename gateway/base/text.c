/*
 * text: growable byte buffers, and the escapes that go into them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define FIRST_SIZE 128

void
text_init(struct text *t, size_t limit)
{
	*t = (struct text){ .limit = limit ? limit : TEXT_LIMIT };
}

void
text_free(struct text *t)
{
	free(t->p);
	text_init(t, t->limit);
}

void
text_free_wiped(struct text *t)
{
	if (t->p)
		explicit_bzero(t->p, t->size);
	text_free(t);
}

void
text_clear(struct text *t)
{
	t->len = 0;
	t->failed = false;
	if (t->p)
		t->p[0] = '\0';
}

/* Moves to a larger block. Not realloc: the block left behind may have held a secret. */
static void
text_move(struct text *t, size_t size)
{
	char *p = malloc(size);

	if (!p) {
		t->failed = true;
		return;
	}
	if (t->p) {
		memcpy(p, t->p, t->len);
		explicit_bzero(t->p, t->len);
		free(t->p);
	}
	p[t->len] = '\0';
	t->p = p;
	t->size = size;
}

/* Makes room for `more` bytes and the NUL; false when it cannot. */
static bool
text_room(struct text *t, size_t more)
{
	size_t limit = t->limit ? t->limit : TEXT_LIMIT;
	size_t size;

	if (t->failed)
		return false;
	if (more < t->size - t->len)
		return true;
	if (more > limit - t->len) {
		t->failed = true;
		return false;
	}
	size = t->size ? t->size * 2 : FIRST_SIZE;
	if (size < t->len + more + 1)
		size = t->len + more + 1;
	if (size > limit + 1)
		size = limit + 1;
	text_move(t, size);
	return !t->failed;
}

void
text_add(struct text *t, const void *bytes, size_t len)
{
	if (!text_room(t, len))
		return;
	if (len)
		memcpy(t->p + t->len, bytes, len);
	t->len += len;
	t->p[t->len] = '\0';
}

void
text_add_span(struct text *t, struct span s)
{
	text_add(t, s.p, s.len);
}

void
text_add_str(struct text *t, const char *cstring)
{
	text_add(t, cstring, strlen(cstring));
}

void
text_add_char(struct text *t, char c)
{
	if (t->failed || t->size - t->len < 2) {
		text_add(t, &c, 1);
		return;
	}
	t->p[t->len++] = c;
	t->p[t->len] = '\0';
}

static int
text_try(struct text *t, const char *fmt, va_list ap)
{
	va_list copy;
	int n;

	va_copy(copy, ap);
	n = vsnprintf(t->p + t->len, t->size - t->len, fmt, copy);
	va_end(copy);
	return n;
}

void
text_addf(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (!text_room(t, 0))
		return;
	va_start(ap, fmt);
	n = text_try(t, fmt, ap);
	if (n < 0) {
		t->failed = true;
	} else if ((size_t)n >= t->size - t->len && text_room(t, (size_t)n)) {
		n = text_try(t, fmt, ap);
	}
	va_end(ap);
	if (!t->failed)
		t->len += (size_t)n;
	t->p[t->len] = '\0';
}

/*
 * Besides what JSON wants, DEL, the C1 controls and U+2028/9 are escaped: a
 * terminal or a script may act on them.
 */
static bool
json_plain(uint32_t code)
{
	return code >= 0x20 && code != '"' && code != '\\' && (code < 0x7f || code > 0x9f) &&
		code != 0x2028 && code != 0x2029;
}

static void
json_escape(struct text *t, uint32_t code)
{
	static const char letters[] = "\"\"\\\\\bb\ff\nn\rr\tt";

	for (size_t i = 0; i + 1 < sizeof(letters); i += 2) {
		if ((unsigned char)letters[i] == code) {
			char pair[2] = { '\\', letters[i + 1] };

			text_add(t, pair, sizeof(pair));
			return;
		}
	}
	text_addf(t, "\\u%04x", (unsigned)code);
}

/* The string has nothing to escape, and there is room for it and its quotes already. */
static void
json_add_whole(struct text *t, struct span s)
{
	char *p = t->p + t->len;

	*p++ = '"';
	if (s.len)
		memcpy(p, s.p, s.len);
	p += s.len;
	*p++ = '"';
	*p = '\0';
	t->len += s.len + 2;
}

void
text_add_json(struct text *t, struct span s)
{
	size_t done = 0, i = span_plain(s);

	if (i == s.len && !t->failed && t->size - t->len > s.len + 2) {
		json_add_whole(t, s);
		return;
	}
	text_add_char(t, '"');
	while (i < s.len) {
		uint32_t code = 0;
		size_t n = span_utf8((struct span){ s.p + i, s.len - i }, &code);

		if (n && json_plain(code)) {
			i += n;
			i += span_plain((struct span){ s.p + i, s.len - i });
			continue;
		}
		if (i > done)
			text_add(t, s.p + done, i - done);
		if (n)
			json_escape(t, code);
		else
			text_add_str(t, "\xef\xbf\xbd");
		i += n ? n : 1;
		done = i;
	}
	if (i > done)
		text_add(t, s.p + done, i - done);
	text_add_char(t, '"');
}

void
text_drop(struct text *t, size_t len)
{
	if (!t->p)
		return;
	if (len > t->len)
		len = t->len;
	memmove(t->p, t->p + len, t->len - len);
	t->len -= len;
	t->p[t->len] = '\0';
}

struct span
text_span(const struct text *t)
{
	return (struct span){ t->p, t->len };
}

void
text_hex(char *dst, const void *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *p = bytes;

	for (size_t i = 0; i < len; i++) {
		dst[2 * i] = digits[p[i] >> 4];
		dst[2 * i + 1] = digits[p[i] & 15];
	}
	dst[2 * len] = '\0';
}

int
text_hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
		return (c | 0x20) - 'a' + 10;
	return -1;
}

bool
text_unhex(struct span s, void *dst, size_t len)
{
	unsigned char *out = dst;

	if (s.len / 2 != len || s.len % 2 != 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		int high = text_hex_value(s.p[2 * i]), low = text_hex_value(s.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

bool
text_is_full_id(struct span s)
{
	if (s.len != 64)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return true;
}
