/*
 * span: what can be asked of a view of bytes (base/text.h).
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/word.h"

struct span
span_of(const char *cstring)
{
	return (struct span){ cstring, cstring ? strlen(cstring) : 0 };
}

bool
span_eq(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

static unsigned char
fold(char c)
{
	unsigned char u = (unsigned char)c;

	return u >= 'A' && u <= 'Z' ? u | 0x20 : u;
}

bool
span_eq_nocase(struct span a, struct span b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (fold(a.p[i]) != fold(b.p[i]))
			return false;
	return true;
}

bool
span_starts(struct span s, struct span prefix)
{
	return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.p, prefix.p, prefix.len) == 0);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct span
span_trim(struct span s)
{
	while (s.len > 0 && is_blank(s.p[0])) {
		s.p++;
		s.len--;
	}
	while (s.len > 0 && is_blank(s.p[s.len - 1]))
		s.len--;
	return s;
}

struct span
span_cut(struct span *s, char sep)
{
	const char *at = s->len ? memchr(s->p, sep, s->len) : NULL;
	struct span before = *s;

	if (!at) {
		*s = (struct span){ NULL, 0 };
		return before;
	}
	before.len = (size_t)(at - s->p);
	s->p = at + 1;
	s->len -= before.len + 1;
	return before;
}

bool
span_u64(struct span s, uint64_t *value)
{
	uint64_t v = 0;

	/* 19 nines fit in 64 bits, so there is no overflow to look for. */
	if (s.len < 1 || s.len > 19)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	}
	*value = v;
	return true;
}

bool
span_copy(struct span s, char *dst, size_t size)
{
	if (size == 0)
		return false;
	dst[0] = '\0';
	if (s.len >= size || (s.len && memchr(s.p, '\0', s.len)))
		return false;
	if (s.len)
		memcpy(dst, s.p, s.len);
	dst[s.len] = '\0';
	return true;
}

char *
span_dup(struct span s)
{
	char *copy;

	if (s.len && memchr(s.p, '\0', s.len))
		return NULL;
	copy = malloc(s.len + 1);
	if (!copy)
		return NULL;
	if (s.len)
		memcpy(copy, s.p, s.len);
	copy[s.len] = '\0';
	return copy;
}

static uint64_t
word_has_special(uint64_t w)
{
	return word_has_high(w) | word_has_less(w, ' ') | word_has(w, '"') | word_has(w, '\\') |
		word_has(w, 0x7f);
}

static size_t
plain_byte_by_byte(struct span s)
{
	size_t i = 0;

	while (i < s.len && s.p[i] >= ' ' && s.p[i] < 0x7f && s.p[i] != '"' && s.p[i] != '\\')
		i++;
	return i;
}

size_t
span_plain(struct span s)
{
	uint64_t special;
	size_t i = 0;

	if (s.len < WORD_SIZE)
		return plain_byte_by_byte(s);
	while (s.len - i >= WORD_SIZE) {
		special = word_has_special(word_load(s.p + i));
		if (special)
			return i + word_first(special);
		i += WORD_SIZE;
	}
	/* The last word again with the rest, instead of the rest byte by byte. */
	i = s.len - WORD_SIZE;
	special = word_has_special(word_load(s.p + i));
	return special ? i + word_first(special) : s.len;
}

/* RFC 3629: no overlong form, no surrogate, nothing over U+10FFFF. */
size_t
span_utf8(struct span s, uint32_t *code)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t len;
	uint32_t c, least;

	if (s.len == 0)
		return 0;
	if (p[0] < 0x80) {
		*code = p[0];
		return 1;
	}
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		len = 2, c = p[0] & 0x1f, least = 0x80;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		len = 3, c = p[0] & 0x0f, least = 0x800;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		len = 4, c = p[0] & 0x07, least = 0x10000;
	else
		return 0;
	if (s.len < len)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3fU);
	}
	if (c < least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*code = c;
	return len;
}
