/*
 * board: the memory that master and workers share. C11 atomics, no locks.
 *
 * It holds counters (one row of them a worker slot, summed by the reader), a
 * row for each live session, and the TLS ticket keys. It is mapped once by the
 * master and inherited by every worker; any process may read all of it.
 */
#ifndef FAIRLEAD_STATE_BOARD_H
#define FAIRLEAD_STATE_BOARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/text.h"

/* A slot belongs to one living worker of any generation; its counts stay when it is given on. */
#define BOARD_MAX_SLOTS 256
#define BOARD_TENANT_SIZE 64
#define BOARD_KEY_SIZE 64
#define BOARD_CREDENTIAL_SIZE 32
#define BOARD_ID_SIZE 65
#define BOARD_ID_BYTES 32
#define BOARD_PEER_SIZE 56

enum board_counter {
	COUNT_CONNECTIONS, /* accepted */
	COUNT_CONNECTIONS_CLOSED,
	COUNT_HANDSHAKES,
	COUNT_HANDSHAKES_RESUMED,
	COUNT_HANDSHAKES_FAILED,
	COUNT_REQUESTS,
	COUNT_ANSWERS_2XX,
	COUNT_ANSWERS_3XX,
	COUNT_ANSWERS_4XX,
	COUNT_ANSWERS_5XX,
	COUNT_AUTH_FAILURES,
	COUNT_REFUSALS,       /* by policy */
	COUNT_QUOTA_REFUSALS, /* those among them that a quota is the reason of */
	COUNT_SPLICES,
	COUNT_SPLICES_CLOSED,
	COUNT_BYTES_UP, /* spliced, client to engine */
	COUNT_BYTES_DOWN,
	COUNT_ENGINE_CONNECTS,
	COUNT_ENGINE_REUSES,
	COUNT_ENGINE_ERRORS,
	COUNT_OWNER_HITS,
	COUNT_OWNER_MISSES,
	COUNT_WORKERS_STARTED,
	COUNT_WORKERS_ENDED,
	COUNT_WORKERS_FAILED, /* ended without being told to */
	COUNT_RELOADS,
	COUNT_RELOADS_REFUSED,
	BOARD_COUNTERS
};

/* Why a session is to end, set by another process. */
enum board_kill { BOARD_KILL_NONE, BOARD_KILL_REVOKED, BOARD_KILL_TENANT_GONE, BOARD_KILL_ADMIN };

/* One live session: a request from its authentication to its end. Text fields are
 * written by the owner before `serial` is published and do not change while it stands. */
struct board_row {
	_Atomic uint64_t serial;   /* 0: free; else unique while the master lives */
	_Atomic int32_t pid;       /* owner */
	_Atomic uint32_t kill;     /* enum board_kill; other values are none yet */
	_Atomic uint64_t up, down; /* payload bytes so far */
	_Atomic uint32_t spliced;
	_Atomic uint32_t held; /* what it takes of its tenant's quotas: board_tenants.c's */
	int64_t since_ms;      /* unix */
	char tenant[BOARD_TENANT_SIZE];
	char key[BOARD_KEY_SIZE];                        /* the credential's name */
	unsigned char credential[BOARD_CREDENTIAL_SIZE]; /* its digest */
	char endpoint[32];
	/* Full ids as bytes, all 0: none. There is a row for each idle stream. */
	unsigned char container[BOARD_ID_BYTES], exec[BOARD_ID_BYTES];
	char peer[BOARD_PEER_SIZE];
};

/* A row's id from 64 hex digits (from anything else: none), and back ("" for none). */
void board_id_write(unsigned char id[BOARD_ID_BYTES], const char *hex);
void board_id_read(const unsigned char id[BOARD_ID_BYTES], char hex[BOARD_ID_SIZE]);

/* What a reader gets of a row. */
struct board_session {
	uint64_t serial;
	int32_t pid;
	uint64_t up, down;
	bool spliced;
	int64_t since_ms;
	unsigned char credential[BOARD_CREDENTIAL_SIZE];
	char tenant[BOARD_TENANT_SIZE], key[BOARD_KEY_SIZE], endpoint[32];
	char container[BOARD_ID_SIZE], exec[BOARD_ID_SIZE], peer[BOARD_PEER_SIZE];
};

#define BOARD_TICKET_KEYS 3
struct board_ticket_key {
	unsigned char name[16], aes[32], hmac[32];
};

struct board;

/* Maps a board (MAP_SHARED, anonymous); NULL with errno. Pages never used cost no memory. */
struct board *board_new(uint64_t rows);
void board_free(struct board *b);
uint64_t board_rows(const struct board *b);

/* Counters. `slot` is the worker's. */
void board_count(struct board *b, unsigned slot, enum board_counter c, uint64_t n);
uint64_t board_total(const struct board *b, enum board_counter c);
/* No process has this slot: what it left open counts as closed (connections, splices). */
void board_slot_settle(struct board *b, unsigned slot);
const char *board_counter_name(enum board_counter c);
const char *board_counter_help(enum board_counter c);

/* A row for a session of the calling process; NULL when all are taken. It comes cleared. Fill the text fields, then publish. */
struct board_row *board_row_take(struct board *b);
void board_row_publish(struct board *b, struct board_row *r, pid_t owner);
/* Readers leave it out until it is published anew: its text may change meanwhile. What is asked of it by its kill word stays. */
void board_row_hide(struct board_row *r);
void board_row_give(struct board *b, struct board_row *r);
/* Gives back all rows of a process that is gone. */
void board_rows_reap(struct board *b, pid_t owner);

/* Reading: calls `each` for every live row with a consistent copy (a row that ends meanwhile is left out). */
void board_sessions(const struct board *b, void (*each)(void *arg, const struct board_session *s),
	void *arg);
/* Marks the sessions for which `wanted` says why; returns how many. Their owners look when told (a signal). */
unsigned board_kill(struct board *b,
	enum board_kill (*wanted)(void *arg, const struct board_session *s), void *arg);

/* Ticket keys: [0] seals; all open. Random from the start. Only the master rotates; readers copy under a sequence counter. */
void board_tickets_rotate(struct board *b);
void board_tickets_read(const struct board *b, struct board_ticket_key out[BOARD_TICKET_KEYS]);

/*
 * Replay guard: whether this value (of 32 random-like bytes, a signature) was given before, by
 * whatever worker; it is remembered until `expires` (unix seconds). When a set is full the one
 * that would end first is forgotten.
 */
bool board_replay_seen(struct board *b, const unsigned char value[32], int64_t now,
	int64_t expires);

#endif
