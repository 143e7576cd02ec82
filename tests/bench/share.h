/*
 * share: what the load generator is asked for, and its threads' parts of it.
 */
#ifndef FAIRLEAD_BENCH_SHARE_H
#define FAIRLEAD_BENCH_SHARE_H

#include <stdbool.h>
#include <stdint.h>

#include "session.h"

#define MAX_THREADS 64

struct options {
	const char *mode, *key;
	const char *path; /* NULL: an echo */
	uint16_t port;
	unsigned streams; /* at once */
	uint64_t bytes;   /* in all */
	uint64_t count;   /* sessions, round trips or requests in all */
	uint64_t warm;    /* of them before "ready" */
	uint64_t serial;  /* where fresh ids start */
	bool resume, fresh;
};

/* The part of one thread. */
struct share {
	const struct options *o;
	unsigned number;
	uint64_t count;
	uint64_t done;
	struct session **sessions;
};

double seconds_now(void);
/* Says that all is open, and waits until the measuring begins. */
void wait_for_go(void);
/* Until all have returned. */
void run_threads(struct share *shares, unsigned n, void *(*work)(void *));
/* `count` in parts as equal as may be; with `sessions` each part has as many of them. */
void share_out(const struct options *o, struct share *shares, uint64_t count,
	struct session **sessions);

#endif
