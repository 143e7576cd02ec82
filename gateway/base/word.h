/*
 * word: eight bytes looked at in one step, to pass over long runs of dull ones.
 *
 * A question is about all eight bytes; the answer is 0 when it is true of none, and word_first
 * tells the first of which it is true. Other bits of it mean nothing: a borrow may set those
 * behind the first. Answers may be or'ed.
 */
#ifndef FAIRLEAD_BASE_WORD_H
#define FAIRLEAD_BASE_WORD_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define WORD_SIZE sizeof(uint64_t)
#define WORD_ONES UINT64_C(0x0101010101010101)
#define WORD_HIGHS UINT64_C(0x8080808080808080)

static inline uint64_t
word_load(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return le64toh(w);
}

static inline size_t
word_first(uint64_t answer)
{
	return (size_t)__builtin_ctzll(answer) / 8;
}

/* A byte over 0x7f. */
static inline uint64_t
word_has_high(uint64_t w)
{
	return w & WORD_HIGHS;
}

/* A byte less than `limit`, which is at most 0x80. */
static inline uint64_t
word_has_less(uint64_t w, unsigned char limit)
{
	return (w - WORD_ONES * limit) & ~w & WORD_HIGHS;
}

static inline uint64_t
word_has(uint64_t w, char c)
{
	return word_has_less(w ^ WORD_ONES * (unsigned char)c, 1);
}

/* How many bytes are 10xxxxxx: inside a UTF-8 character, not its first. */
static inline unsigned
word_count_inner(uint64_t w)
{
	return (unsigned)(((w & ~(w << 1) & WORD_HIGHS) >> 7) * WORD_ONES >> 56);
}

#endif
