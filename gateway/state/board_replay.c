/*
 * board_replay: values that may be used once, seen by all workers.
 *
 * A table of small sets. An entry is one word, a part of the value beside its
 * end of life, so that taking a place is one compare-and-swap. Two values that
 * share set and part are one in 2^44 pairs.
 */
#include <string.h>

#include "state/board_map.h"

/* Seconds to one unit of an entry's 20 bits of time: they go round in 48 days. */
#define UNIT 4
#define TIME_BITS 20
#define TIME_MASK ((UINT64_C(1) << TIME_BITS) - 1)
/* Ends so far ahead are in the past, of the last time round. */
#define TIME_HALF (TIME_MASK / 2)
/* Others who take places meanwhile; each of them has got on. */
#define TRIES 64

static bool
entry_lives(uint64_t entry, uint64_t now)
{
	uint64_t left = ((entry & TIME_MASK) - now) & TIME_MASK;

	return entry && left && left < TIME_HALF;
}

/* The first free place, or that of the entry that ends first. */
static unsigned
replay_place(const uint64_t *entries, uint64_t now)
{
	unsigned place = 0;
	uint64_t least = TIME_MASK;

	for (unsigned i = 0; i < BOARD_REPLAY_WAYS; i++) {
		uint64_t left = ((entries[i] & TIME_MASK) - now) & TIME_MASK;

		if (!entry_lives(entries[i], now))
			return i;
		if (left < least) {
			least = left;
			place = i;
		}
	}
	return place;
}

bool
board_replay_seen(struct board *b, const unsigned char value[32], int64_t now, int64_t expires)
{
	uint64_t word[2], tag, unit = (uint64_t)(now / UNIT) & TIME_MASK;
	_Atomic uint64_t *set;

	memcpy(word, value, sizeof(word));
	set = b->replay[word[0] % BOARD_REPLAY_SETS];
	/* One unit later at the least, and never the word that means free. */
	tag = (word[1] & ~TIME_MASK) | ((uint64_t)((expires + UNIT - 1) / UNIT + 1) & TIME_MASK);
	for (int try = 0; try < TRIES; try++) {
		uint64_t entries[BOARD_REPLAY_WAYS];
		unsigned place;

		for (unsigned i = 0; i < BOARD_REPLAY_WAYS; i++) {
			entries[i] = atomic_load(&set[i]);
			if (entry_lives(entries[i], unit) && !((entries[i] ^ tag) & ~TIME_MASK))
				return true;
		}
		place = replay_place(entries, unit);
		if (atomic_compare_exchange_strong(&set[place], &entries[place], tag))
			return false;
	}
	return true;
}
