/*
 * watch_metrics: counts what happened on the board.
 */
#include <stdlib.h>

#include "base/log.h"
#include "watch/watch.h"

struct metrics {
	struct board *board;
	unsigned slot;
};

static void *
start(struct board *b, unsigned slot)
{
	struct metrics *m = malloc(sizeof(*m));

	if (!m)
		fatal("metrics: no memory");
	m->board = b;
	m->slot = slot;
	return m;
}

static void
count(const struct metrics *m, enum board_counter c)
{
	board_count(m->board, m->slot, c, 1);
}

/* A 101 is in no class: it is counted as the raw stream that it begins. */
static void
count_request(const struct metrics *m, unsigned status)
{
	count(m, COUNT_REQUESTS);
	if (status >= 200 && status < 300)
		count(m, COUNT_ANSWERS_2XX);
	else if (status >= 300 && status < 400)
		count(m, COUNT_ANSWERS_3XX);
	else if (status >= 400 && status < 500)
		count(m, COUNT_ANSWERS_4XX);
	else if (status >= 500 && status < 600)
		count(m, COUNT_ANSWERS_5XX);
}

static void
see(void *state, const struct event_facts *f)
{
	const struct metrics *m = state;

	switch (f->kind) {
	case EVENT_CONNECTION_OPEN:
		count(m, COUNT_CONNECTIONS);
		break;
	case EVENT_HANDSHAKE:
		count(m, COUNT_HANDSHAKES);
		if (f->resumed)
			count(m, COUNT_HANDSHAKES_RESUMED);
		break;
	case EVENT_HANDSHAKE_FAILED:
		count(m, COUNT_HANDSHAKES_FAILED);
		break;
	case EVENT_CONNECTION_CLOSE:
		count(m, COUNT_CONNECTIONS_CLOSED);
		break;
	case EVENT_AUTH_FAILED:
		count(m, COUNT_AUTH_FAILURES);
		break;
	case EVENT_REFUSED:
		count(m, COUNT_REFUSALS);
		break;
	case EVENT_ANSWERED:
		count_request(m, f->status);
		break;
	case EVENT_SPLICE_START:
		count_request(m, f->status);
		count(m, COUNT_SPLICES);
		break;
	case EVENT_SPLICE_END:
		count(m, COUNT_SPLICES_CLOSED);
		break;
	}
}

static void
stop(void *state)
{
	free(state);
}

const struct watcher watch_metrics = { .name = "metrics",
	.see = see,
	.start = start,
	.stop = stop };
