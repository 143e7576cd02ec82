/*
 * board_map: how the board lies in memory; for the files of the board only.
 */
#ifndef FAIRLEAD_STATE_BOARD_MAP_H
#define FAIRLEAD_STATE_BOARD_MAP_H

#include "state/board.h"
#include "state/board_claims.h"
#include "state/board_tenants.h"

#define TICKET_WORDS (BOARD_TICKET_KEYS * sizeof(struct board_ticket_key) / sizeof(uint64_t))

/* One cache line and more a slot, so that workers do not share lines while they count. */
struct board_slot {
	_Alignas(64) _Atomic uint64_t count[BOARD_COUNTERS];
};

/* Two sets: the one that `turn` selects is read, the other one is written. A
 * writer that dies half way therefore never makes a reader wait. */
struct board_tickets {
	_Atomic uint64_t turn;
	_Atomic uint64_t word[2][TICKET_WORDS];
};

/* 8,192 sets of 8: the state-changing signed requests of ten minutes. Pages never used cost nothing. */
#define BOARD_REPLAY_SETS 8192
#define BOARD_REPLAY_WAYS 8

/* A cache line each: tenants do not slow each other. */
struct board_tenant {
	_Alignas(64) _Atomic uint64_t key; /* of its name; 0: free */
	_Atomic uint32_t sessions, execs;
	_Atomic uint64_t requests,
		bytes; /* when each bucket is full again, monotonic nanoseconds */
};

struct board_claim {
	_Atomic uint64_t owner;     /* a pid; 0: free; else left, see board_claims.c */
	_Atomic uint64_t ticket;    /* its place in the order */
	_Atomic uint32_t tenant;    /* index */
	_Atomic uint64_t demand[7]; /* struct demand's */
};

struct board_claims {
	_Atomic uint64_t tickets;
	_Atomic uint32_t used; /* those behind were never taken */
	struct board_claim claim[BOARD_CLAIMS];
};

struct board {
	size_t mapped;
	uint64_t rows;
	_Atomic uint64_t next_serial;
	_Atomic uint64_t hint; /* where the search for a free row begins */
	struct board_tickets tickets;
	struct board_slot slot[BOARD_MAX_SLOTS];
	_Atomic uint64_t replay[BOARD_REPLAY_SETS][BOARD_REPLAY_WAYS];
	struct board_tenant tenant[BOARD_TENANTS];
	struct board_claims claims;
	struct board_row *row;
	/* Who has a row, 0: nobody. Apart from the rows, so that a search reads little
	 * memory and touches no page of a row that was never used. */
	_Atomic int32_t claim[];
};

/* Gives back what the row holds of its tenant's counts. */
void board_row_release(struct board *b, struct board_row *r);

#endif
