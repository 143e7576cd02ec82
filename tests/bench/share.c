/*
 * share: the threads of the load generator.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "share.h"

double
seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void
wait_for_go(void)
{
	char line[16];

	puts("ready");
	fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		exit(1);
}

void
run_threads(struct share *shares, unsigned n, void *(*work)(void *))
{
	pthread_t thread[MAX_THREADS];

	for (unsigned i = 0; i < n; i++)
		if (pthread_create(&thread[i], NULL, work, &shares[i]) != 0)
			bench_die("no thread");
	for (unsigned i = 0; i < n; i++)
		pthread_join(thread[i], NULL);
}

void
share_out(const struct options *o, struct share *shares, uint64_t count, struct session **sessions)
{
	uint64_t given = 0;

	for (unsigned i = 0; i < o->streams; i++) {
		uint64_t upto = count * (i + 1) / o->streams;

		shares[i] = (struct share){ .o = o, .number = i, .count = upto - given };
		if (sessions != NULL)
			shares[i].sessions = sessions + given;
		given = upto;
	}
}
