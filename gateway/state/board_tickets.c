/*
 * board_tickets: the TLS ticket keys of the board, shared so that a client may
 * resume at any worker, and kept over a reload.
 */
#include <string.h>

#include "base/secret.h"
#include "state/board_map.h"

_Static_assert(sizeof(struct board_ticket_key) % sizeof(uint64_t) == 0, "keys are copied in words");

static void
copy_out(const struct board_tickets *t, uint64_t turn,
	struct board_ticket_key out[BOARD_TICKET_KEYS])
{
	char *to = (char *)out;

	for (size_t i = 0; i < TICKET_WORDS; i++) {
		uint64_t word = atomic_load_explicit(&t->word[turn & 1][i], memory_order_relaxed);
		memcpy(to + i * sizeof(word), &word, sizeof(word));
	}
}

void
board_tickets_rotate(struct board *b)
{
	struct board_tickets *t = &b->tickets;
	struct board_ticket_key key[BOARD_TICKET_KEYS];
	uint64_t word[TICKET_WORDS];
	uint64_t turn = atomic_load(&t->turn);

	copy_out(t, turn, key);
	memmove(&key[1], &key[0], sizeof(key) - sizeof(key[0]));
	secret_random(&key[0], sizeof(key[0]));
	memcpy(word, key, sizeof(word));
	/* Who still copies this set must see that its turn is over before a word of it changes. */
	atomic_thread_fence(memory_order_release);
	for (size_t i = 0; i < TICKET_WORDS; i++)
		atomic_store_explicit(&t->word[(turn + 1) & 1][i], word[i], memory_order_relaxed);
	atomic_store(&t->turn, turn + 1);
	secret_wipe(key, sizeof(key));
	secret_wipe(word, sizeof(word));
}

void
board_tickets_read(const struct board *b, struct board_ticket_key out[BOARD_TICKET_KEYS])
{
	const struct board_tickets *t = &b->tickets;
	uint64_t turn;

	/* Comes round again only when a rotation fell into the copy; they are minutes apart at least. */
	do {
		turn = atomic_load(&t->turn);
		copy_out(t, turn, out);
		atomic_thread_fence(memory_order_acquire);
	} while (atomic_load_explicit(&t->turn, memory_order_relaxed) != turn);
}
