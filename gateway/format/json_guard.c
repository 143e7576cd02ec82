/*
 * json_guard: what yajl leaves unchecked in the bytes of JSON, when they come in pieces.
 *
 * It need not know what is inside of a string: outside of them yajl takes neither a backslash
 * nor a byte over 0x7f, and VT and FF are allowed nowhere.
 */
#include "base/word.h"
#include "format/json_guard.h"

static const char half_pair[] = "a \\u escape is half of a surrogate pair";
static const char not_utf8[] = "a string is not valid UTF-8";

/* Line ends and tabs are as good, but as rare, and only cost a step of their own. */
static bool
is_plain(unsigned char c)
{
	return c >= ' ' && c < 0x80 && c != '\\';
}

static size_t
plain_run(struct span in)
{
	size_t i = 0;

	while (in.len - i >= WORD_SIZE) {
		uint64_t w = word_load(in.p + i);
		uint64_t odd = word_has_high(w) | word_has_less(w, ' ') | word_has(w, '\\');

		if (odd)
			return i + word_first(odd);
		i += WORD_SIZE;
	}
	while (i < in.len && is_plain((unsigned char)in.p[i]))
		i++;
	return i;
}

/* RFC 3629: the first byte of a character that is no ASCII. */
static const char *
guard_lead(struct json_guard *g, unsigned char c)
{
	if (c < 0xc2 || c > 0xf4)
		return not_utf8;
	g->inner = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
	g->low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
	g->high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
	return NULL;
}

static const char *
guard_inner(struct json_guard *g, unsigned char c)
{
	if (c < g->low || c > g->high)
		return not_utf8;
	g->inner--;
	g->low = 0x80;
	g->high = 0xbf;
	return NULL;
}

static const char *
guard_unit(struct json_guard *g)
{
	bool second = g->unit >= 0xdc00 && g->unit <= 0xdfff;

	if (second != g->half)
		return half_pair;
	g->half = g->unit >= 0xd800 && g->unit <= 0xdbff;
	return NULL;
}

static const char *
guard_digit(struct json_guard *g, char c)
{
	char pair[2] = { '0', c };
	unsigned char value;

	if (!text_unhex((struct span){ pair, 2 }, &value, 1))
		return "an escape is not right";
	g->unit = g->unit << 4 | value;
	return --g->digits ? NULL : guard_unit(g);
}

static const char *
guard_escape(struct json_guard *g, char c)
{
	g->escaped = false;
	if (c == 'u') {
		g->digits = 4;
		g->unit = 0;
		return NULL;
	}
	return g->half ? half_pair : NULL;
}

static bool
guard_is_idle(const struct json_guard *g)
{
	return !g->inner && !g->digits && !g->escaped && !g->half;
}

static const char *
guard_byte(struct json_guard *g, char c)
{
	if (g->inner)
		return guard_inner(g, (unsigned char)c);
	if (g->digits)
		return guard_digit(g, c);
	if (g->escaped)
		return guard_escape(g, c);
	if (c == '\\') {
		g->escaped = true;
		return NULL;
	}
	if (g->half)
		return half_pair;
	if (c == '\v' || c == '\f')
		return "a byte that is no white space stands between values";
	return (unsigned char)c < 0x80 ? NULL : guard_lead(g, (unsigned char)c);
}

const char *
json_guard_feed(struct json_guard *g, struct span in)
{
	size_t i = 0;

	while (i < in.len) {
		const char *fault;

		if (guard_is_idle(g))
			i += plain_run((struct span){ in.p + i, in.len - i });
		if (i == in.len)
			break;
		fault = guard_byte(g, in.p[i++]);
		if (fault)
			return fault;
	}
	return NULL;
}
