/*
 * board_rows: the rows of live sessions.
 *
 * A row is claimed by its owner's pid, filled, and published by its serial. A
 * reader takes the serial, copies, and takes it again: serials are never used
 * twice, so equal ones mean that the copy is of one session.
 */
#include <string.h>
#include <unistd.h>

#include "state/board_map.h"

/* The kill word while it is being set, with the low bits of the serial meant. */
#define KILL_PENDING 0x80000000U

static uint64_t
row_index(const struct board *b, const struct board_row *r)
{
	return (uint64_t)(r - b->row);
}

static bool
claim(struct board *b, uint64_t i, int32_t me)
{
	int32_t nobody = 0;

	return atomic_load_explicit(&b->claim[i], memory_order_relaxed) == 0 &&
		atomic_compare_exchange_strong(&b->claim[i], &nobody, me);
}

static void
clear(struct board_row *r)
{
	/* The serial became 0 before the claim did: a reader that sees what is written from here on sees that too. */
	atomic_thread_fence(memory_order_release);
	atomic_store(&r->kill, BOARD_KILL_NONE);
	atomic_store(&r->up, 0);
	atomic_store(&r->down, 0);
	atomic_store(&r->spliced, 0);
	atomic_store(&r->held, 0);
	r->since_ms = 0;
	memset(r->tenant, 0, sizeof(r->tenant));
	memset(r->key, 0, sizeof(r->key));
	memset(r->credential, 0, sizeof(r->credential));
	memset(r->endpoint, 0, sizeof(r->endpoint));
	memset(r->container, 0, sizeof(r->container));
	memset(r->exec, 0, sizeof(r->exec));
	memset(r->peer, 0, sizeof(r->peer));
}

void
board_id_write(unsigned char id[BOARD_ID_BYTES], const char *hex)
{
	if (!text_unhex(span_of(hex), id, BOARD_ID_BYTES))
		memset(id, 0, BOARD_ID_BYTES);
}

void
board_id_read(const unsigned char id[BOARD_ID_BYTES], char hex[BOARD_ID_SIZE])
{
	static const unsigned char none[BOARD_ID_BYTES];

	hex[0] = '\0';
	if (memcmp(id, none, BOARD_ID_BYTES) != 0)
		text_hex(hex, id, BOARD_ID_BYTES);
}

struct board_row *
board_row_take(struct board *b)
{
	int32_t me = getpid();
	uint64_t start = atomic_fetch_add_explicit(&b->hint, 1, memory_order_relaxed);

	for (uint64_t n = 0; n < b->rows; n++) {
		uint64_t i = (start + n) % b->rows;
		if (!claim(b, i, me))
			continue;
		/* The next search begins behind it, or a run of taken rows would be walked every time. */
		if (n)
			atomic_fetch_add_explicit(&b->hint, n, memory_order_relaxed);
		clear(&b->row[i]);
		return &b->row[i];
	}
	return NULL;
}

void
board_row_publish(struct board *b, struct board_row *r, pid_t owner)
{
	atomic_store(&b->claim[row_index(b, r)], owner);
	atomic_store(&r->pid, owner);
	atomic_store(&r->serial, atomic_fetch_add(&b->next_serial, 1));
}

void
board_row_hide(struct board_row *r)
{
	atomic_store(&r->serial, 0);
	/* As in clear(). */
	atomic_thread_fence(memory_order_release);
}

void
board_row_give(struct board *b, struct board_row *r)
{
	atomic_store(&r->serial, 0);
	board_row_release(b, r);
	atomic_store(&b->claim[row_index(b, r)], 0);
}

void
board_rows_reap(struct board *b, pid_t owner)
{
	if (owner <= 0)
		return;
	for (uint64_t i = 0; i < b->rows; i++)
		if (atomic_load(&b->claim[i]) == owner)
			board_row_give(b, &b->row[i]);
}

/* Byte by byte through atomic loads: the owner may be filling the row anew meanwhile. */
static void
copy_bytes(void *dst, const void *src, size_t size)
{
	const unsigned char *from = src;
	unsigned char *to = dst;

	for (size_t i = 0; i < size; i++)
		to[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
}

static void
copy_text(char *dst, const char *src, size_t size)
{
	copy_bytes(dst, src, size);
	dst[size - 1] = '\0';
}

static void
copy_id(char hex[BOARD_ID_SIZE], const unsigned char id[BOARD_ID_BYTES])
{
	unsigned char copy[BOARD_ID_BYTES];

	copy_bytes(copy, id, sizeof(copy));
	board_id_read(copy, hex);
}

static bool
copy_row(const struct board *b, uint64_t i, struct board_session *s)
{
	if (atomic_load_explicit(&b->claim[i], memory_order_relaxed) == 0)
		return false;
	const struct board_row *r = &b->row[i];
	s->serial = atomic_load(&r->serial);
	if (s->serial == 0)
		return false;
	s->pid = atomic_load_explicit(&r->pid, memory_order_relaxed);
	s->up = atomic_load_explicit(&r->up, memory_order_relaxed);
	s->down = atomic_load_explicit(&r->down, memory_order_relaxed);
	s->spliced = atomic_load_explicit(&r->spliced, memory_order_relaxed) != 0;
	s->since_ms = __atomic_load_n(&r->since_ms, __ATOMIC_RELAXED);
	copy_text(s->tenant, r->tenant, sizeof(s->tenant));
	copy_text(s->key, r->key, sizeof(s->key));
	copy_bytes(s->credential, r->credential, sizeof(s->credential));
	copy_text(s->endpoint, r->endpoint, sizeof(s->endpoint));
	copy_id(s->container, r->container);
	copy_id(s->exec, r->exec);
	copy_text(s->peer, r->peer, sizeof(s->peer));
	atomic_thread_fence(memory_order_acquire);
	return atomic_load_explicit(&r->serial, memory_order_relaxed) == s->serial;
}

void
board_sessions(const struct board *b, void (*each)(void *arg, const struct board_session *s),
	void *arg)
{
	struct board_session s;

	for (uint64_t i = 0; i < b->rows; i++)
		if (copy_row(b, i, &s))
			each(arg, &s);
}

/*
 * Marks the row only while it is that session's. The word says first which one
 * is meant; whoever takes the row anew clears it, and then the second step fails.
 */
static bool
mark(struct board_row *r, uint64_t serial, enum board_kill why)
{
	uint32_t none = BOARD_KILL_NONE;
	uint32_t pending = KILL_PENDING | ((uint32_t)serial & ~KILL_PENDING);

	if (!atomic_compare_exchange_strong(&r->kill, &none, pending))
		return false;
	if (atomic_load(&r->serial) != serial) {
		atomic_compare_exchange_strong(&r->kill, &pending, BOARD_KILL_NONE);
		return false;
	}
	return atomic_compare_exchange_strong(&r->kill, &pending, why);
}

unsigned
board_kill(struct board *b, enum board_kill (*wanted)(void *arg, const struct board_session *s),
	void *arg)
{
	struct board_session s;
	unsigned n = 0;

	for (uint64_t i = 0; i < b->rows; i++) {
		if (!copy_row(b, i, &s))
			continue;
		enum board_kill why = wanted(arg, &s);
		if (why != BOARD_KILL_NONE && mark(&b->row[i], s.serial, why))
			n++;
	}
	return n;
}
