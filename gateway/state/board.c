/*
 * board: maps the shared memory, and counts.
 */
#include "state/board.h"

#include <errno.h>
#include <sys/mman.h>

#include "state/board_map.h"

#define ROW_ALIGN ((size_t)64)
/* 16 million: far beyond what one host serves, and no size below can wrap. */
#define ROWS_MAX ((uint64_t)1 << 24)

static const struct {
	const char *name;
	const char *help;
} counters[BOARD_COUNTERS] = {
	[COUNT_CONNECTIONS] = { "connections", "Connections accepted." },
	[COUNT_CONNECTIONS_CLOSED] = { "connections_closed", "Connections closed." },
	[COUNT_HANDSHAKES] = { "handshakes", "TLS handshakes done." },
	[COUNT_HANDSHAKES_RESUMED] = { "handshakes_resumed",
		"TLS handshakes that resumed a session." },
	[COUNT_HANDSHAKES_FAILED] = { "handshakes_failed",
		"TLS handshakes that failed or timed out." },
	[COUNT_REQUESTS] = { "requests", "Requests that came to their answer or session." },
	[COUNT_ANSWERS_2XX] = { "answers_2xx", "Answers with status 200 to 299." },
	[COUNT_ANSWERS_3XX] = { "answers_3xx", "Answers with status 300 to 399." },
	[COUNT_ANSWERS_4XX] = { "answers_4xx", "Answers with status 400 to 499." },
	[COUNT_ANSWERS_5XX] = { "answers_5xx", "Answers with status 500 to 599." },
	[COUNT_AUTH_FAILURES] = { "auth_failures", "Requests without a valid credential." },
	[COUNT_REFUSALS] = { "refusals", "Requests refused by policy." },
	[COUNT_QUOTA_REFUSALS] = { "quota_refusals", "Requests refused for a tenant's quota." },
	[COUNT_SPLICES] = { "splices", "Raw streams begun." },
	[COUNT_SPLICES_CLOSED] = { "splices_closed", "Raw streams ended." },
	[COUNT_BYTES_UP] = { "bytes_up", "Payload bytes of raw streams, client to engine." },
	[COUNT_BYTES_DOWN] = { "bytes_down", "Payload bytes of raw streams, engine to client." },
	[COUNT_ENGINE_CONNECTS] = { "engine_connects", "Connections opened to the engine." },
	[COUNT_ENGINE_REUSES] = { "engine_reuses",
		"Requests sent on an idle connection to the engine." },
	[COUNT_ENGINE_ERRORS] = { "engine_errors", "Requests that the engine failed to answer." },
	[COUNT_OWNER_HITS] = { "owner_hits", "Owner look-ups answered from the cache." },
	[COUNT_OWNER_MISSES] = { "owner_misses", "Owner look-ups that asked the engine." },
	[COUNT_WORKERS_STARTED] = { "workers_started", "Worker processes started." },
	[COUNT_WORKERS_ENDED] = { "workers_ended", "Worker processes that ended." },
	[COUNT_WORKERS_FAILED] = { "workers_failed",
		"Worker processes that ended without being told to." },
	[COUNT_RELOADS] = { "reloads", "Reloads that came into force." },
	[COUNT_RELOADS_REFUSED] = { "reloads_refused", "Reloads refused for an error." },
};

static size_t
rows_offset(uint64_t rows)
{
	size_t end = sizeof(struct board) + (size_t)rows * sizeof(_Atomic int32_t);

	return (end + ROW_ALIGN - 1) & ~(ROW_ALIGN - 1);
}

struct board *
board_new(uint64_t rows)
{
	if (rows == 0 || rows > ROWS_MAX) {
		errno = EINVAL;
		return NULL;
	}
	size_t size = rows_offset(rows) + (size_t)rows * sizeof(struct board_row);
	struct board *b = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (b == MAP_FAILED)
		return NULL;
	/* It holds the ticket keys. A kernel without the advice has no harm of it. */
	(void)madvise(b, size, MADV_DONTDUMP);
	b->mapped = size;
	b->rows = rows;
	b->row = (struct board_row *)(void *)((char *)b + rows_offset(rows));
	atomic_store(&b->next_serial, 1);
	/* Three times, so that no key is ever one that could be guessed. */
	for (int i = 0; i < BOARD_TICKET_KEYS; i++)
		board_tickets_rotate(b);
	return b;
}

void
board_free(struct board *b)
{
	if (b)
		munmap(b, b->mapped);
}

uint64_t
board_rows(const struct board *b)
{
	return b->rows;
}

void
board_count(struct board *b, unsigned slot, enum board_counter c, uint64_t n)
{
	atomic_fetch_add_explicit(&b->slot[slot % BOARD_MAX_SLOTS].count[c], n,
		memory_order_relaxed);
}

uint64_t
board_total(const struct board *b, enum board_counter c)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < BOARD_MAX_SLOTS; i++)
		sum += atomic_load_explicit(&b->slot[i].count[c], memory_order_relaxed);
	return sum;
}

static void
settle(struct board_slot *s, enum board_counter opened, enum board_counter closed)
{
	atomic_store_explicit(&s->count[closed],
		atomic_load_explicit(&s->count[opened], memory_order_relaxed),
		memory_order_relaxed);
}

void
board_slot_settle(struct board *b, unsigned slot)
{
	struct board_slot *s = &b->slot[slot % BOARD_MAX_SLOTS];

	settle(s, COUNT_CONNECTIONS, COUNT_CONNECTIONS_CLOSED);
	settle(s, COUNT_SPLICES, COUNT_SPLICES_CLOSED);
}

const char *
board_counter_name(enum board_counter c)
{
	return (unsigned)c < BOARD_COUNTERS ? counters[c].name : NULL;
}

const char *
board_counter_help(enum board_counter c)
{
	return (unsigned)c < BOARD_COUNTERS ? counters[c].help : NULL;
}
