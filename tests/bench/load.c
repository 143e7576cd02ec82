/*
 * load: the load generator of the bench. One mode a run; it prints "ready" when
 * all is open, waits for a line, works, and prints its result as one JSON line.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "session.h"
#include "share.h"

#define BULK_BLOCK ((size_t)64 * 1024)
#define ECHO_SIZE 16
#define STALL_PATIENCE_MS 400
#define TAIL_SENT ((size_t)64 * 1024)
#define PATIENCE_S 90

static struct session **
open_all(const struct options *o, uint64_t n, enum exec_mode mode, uint64_t bytes)
{
	struct session **all = calloc(n, sizeof(struct session *));

	if (all == NULL)
		bench_die("no memory");
	for (uint64_t i = 0; i < n; i++) {
		all[i] = session_connect(false);
		session_exec(all[i], mode, bytes, 0, o->serial + i);
	}
	return all;
}

static void
close_all(struct session **all, uint64_t n, void (*how)(struct session *s))
{
	for (uint64_t i = 0; i < n; i++)
		how(all[i]);
	free(all);
}

static void *
read_stream(void *arg)
{
	struct share *share = arg;
	char *block = malloc(BULK_BLOCK);
	size_t n;

	if (block == NULL)
		bench_die("no memory");
	session_write(share->sessions[0], "g", 1);
	session_flush(share->sessions[0]);
	while ((n = session_read(share->sessions[0], block, BULK_BLOCK)) > 0)
		share->done += n;
	free(block);
	return NULL;
}

static void *
write_stream(void *arg)
{
	static const char block[BULK_BLOCK];
	struct share *share = arg;
	struct session *s = share->sessions[0];
	uint64_t left = share->o->bytes / share->o->streams;
	char report[17] = "";
	size_t have = 0, n;

	while (left > 0) {
		n = left < sizeof(block) ? (size_t)left : sizeof(block);
		session_write(s, block, n);
		left -= n;
	}
	session_end(s);
	while (have < 16 && (n = session_read(s, report + have, 16 - have)) > 0)
		have += n;
	share->done = strtoull(report, NULL, 16);
	return NULL;
}

static void
run_bulk(const struct options *o, enum exec_mode mode, void *(*work)(void *))
{
	uint64_t each = o->bytes / o->streams, total = 0;
	struct session **all = open_all(o, o->streams, mode, each);
	struct share shares[MAX_THREADS];
	double start;

	share_out(o, shares, o->streams, all);
	wait_for_go();
	start = seconds_now();
	run_threads(shares, o->streams, work);
	for (unsigned i = 0; i < o->streams; i++)
		total += shares[i].done;
	if (total != each * o->streams)
		bench_die("%" PRIu64 " of %" PRIu64 " bytes arrived", total, each * o->streams);
	printf("{\"bytes\": %" PRIu64 ", \"seconds\": %.6f}\n", total, seconds_now() - start);
	close_all(all, o->streams, session_free);
}

static void
run_down(const struct options *o)
{
	run_bulk(o, EXEC_SOURCE, read_stream);
}

static void
run_up(const struct options *o)
{
	run_bulk(o, EXEC_SINK, write_stream);
}

static void
round_trip(struct session *s)
{
	char sent[ECHO_SIZE] = "0123456789abcde", got[ECHO_SIZE];
	size_t have = 0, n;

	session_write(s, sent, sizeof(sent));
	session_flush(s);
	while (have < sizeof(got) && (n = session_read(s, got + have, sizeof(got) - have)) > 0)
		have += n;
	if (have != sizeof(got) || memcmp(sent, got, sizeof(got)) != 0)
		bench_die("an echo came back wrong");
}

static void
send_and_wait(struct session *s, const struct options *o)
{
	if (o->path == NULL)
		round_trip(s);
	else
		session_get(s, o->path);
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* One after another on one session; how long each took. */
static void
run_in_turn(const struct options *o, struct session *s)
{
	double *took = calloc(o->count, sizeof(*took));
	double start;

	if (took == NULL)
		bench_die("no memory");
	for (uint64_t i = 0; i < o->warm; i++)
		send_and_wait(s, o);
	wait_for_go();
	start = seconds_now();
	for (uint64_t i = 0; i < o->count; i++) {
		double at = seconds_now();

		send_and_wait(s, o);
		took[i] = seconds_now() - at;
	}
	printf("{\"count\": %" PRIu64 ", \"seconds\": %.6f, ", o->count, seconds_now() - start);
	qsort(took, o->count, sizeof(*took), by_size);
	printf("\"p50_us\": %.2f, \"p99_us\": %.2f}\n", took[o->count / 2] * 1e6,
		took[o->count * 99 / 100] * 1e6);
	free(took);
}

static void
run_echo(const struct options *o)
{
	struct session *s = session_connect(false);

	session_exec(s, EXEC_ECHO, 0, 0, o->serial);
	run_in_turn(o, s);
}

/* One request after another, on a connection of the thread's own. */
static void *
get_all(void *arg)
{
	struct share *share = arg;

	for (uint64_t i = 0; i < share->count; i++)
		session_get(share->sessions[0], share->o->path);
	return NULL;
}

/* On many kept connections at once. */
static void
run_get_many(const struct options *o)
{
	struct session *all[MAX_THREADS];
	struct share shares[MAX_THREADS];
	double start;

	for (unsigned i = 0; i < o->streams; i++) {
		all[i] = session_connect(false);
		session_get(all[i], o->path);
	}
	share_out(o, shares, o->count, NULL);
	for (unsigned i = 0; i < o->streams; i++)
		shares[i].sessions = &all[i];
	wait_for_go();
	start = seconds_now();
	run_threads(shares, o->streams, get_all);
	printf("{\"count\": %" PRIu64 ", \"seconds\": %.6f}\n", o->count, seconds_now() - start);
}

static void
run_get(const struct options *o)
{
	if (o->path == NULL)
		bench_die("get needs a path: -u PATH");
	if (o->streams > 1)
		run_get_many(o);
	else
		run_in_turn(o, session_connect(false));
}

/* Reads a session to its end; returns what came. */
static uint64_t
drain(struct session *s)
{
	char block[4096];
	uint64_t total = 0;
	size_t n;

	while ((n = session_read(s, block, sizeof(block))) > 0)
		total += n;
	return total;
}

/* Sessions from the first packet to the last, one after another in each thread. */
static void *
set_up_sessions(void *arg)
{
	struct share *share = arg;
	const struct options *o = share->o;

	for (uint64_t i = 0; i < share->count; i++) {
		struct session *s = session_connect(o->resume);
		uint64_t serial = o->fresh ? o->serial + i * o->streams + share->number : 0;

		session_exec(s, EXEC_ECHO, 0, serial, serial);
		session_end(s);
		drain(s);
		session_free(s);
	}
	return NULL;
}

static void
run_setup(const struct options *o)
{
	struct options warm = *o;
	struct share shares[MAX_THREADS];
	double start;

	if (o->resume)
		session_learn_ticket();
	warm.serial = o->serial + o->count;
	share_out(&warm, shares, o->warm, NULL);
	run_threads(shares, o->streams, set_up_sessions);
	share_out(o, shares, o->count, NULL);
	wait_for_go();
	start = seconds_now();
	run_threads(shares, o->streams, set_up_sessions);
	printf("{\"count\": %" PRIu64 ", \"seconds\": %.6f}\n", o->count, seconds_now() - start);
}

/* Idle sessions have carried a few bytes, as real ones have. */
static void
run_idle(const struct options *o)
{
	struct session **all = open_all(o, o->count, EXEC_ECHO, 0);

	for (uint64_t i = 0; i < o->count; i++)
		round_trip(all[i]);
	wait_for_go();
	for (uint64_t i = 0; i < o->count; i++)
		session_end(all[i]);
	for (uint64_t i = 0; i < o->count; i++)
		drain(all[i]);
	close_all(all, o->count, session_free);
	printf("{\"count\": %" PRIu64 "}\n", o->count);
}

static void
run_cut(const struct options *o)
{
	struct session **all = open_all(o, o->count, EXEC_SILENT, 0);

	wait_for_go();
	close_all(all, o->count, session_reset);
	printf("{\"count\": %" PRIu64 "}\n", o->count);
}

/* Readers that do not read: the engine sends for ever, the client takes nothing. */
static void
run_stall_down(const struct options *o)
{
	struct session **all = open_all(o, o->count, EXEC_SOURCE, 1ULL << 40);

	for (uint64_t i = 0; i < o->count; i++) {
		session_write(all[i], "g", 1);
		session_flush(all[i]);
	}
	wait_for_go();
	close_all(all, o->count, session_reset);
	printf("{\"count\": %" PRIu64 "}\n", o->count);
}

static void *
stall_one(void *arg)
{
	struct share *share = arg;

	share->done = session_write_until_stalled(share->sessions[0], STALL_PATIENCE_MS);
	return NULL;
}

/* The other way: the engine takes nothing. */
static void
run_stall_up(const struct options *o)
{
	struct session **all = open_all(o, o->streams, EXEC_SILENT, 0);
	struct share shares[MAX_THREADS];
	uint64_t went = 0;

	share_out(o, shares, o->streams, all);
	run_threads(shares, o->streams, stall_one);
	wait_for_go();
	for (unsigned i = 0; i < o->streams; i++)
		went += shares[i].done;
	close_all(all, o->streams, session_reset);
	printf("{\"count\": %u, \"bytes\": %" PRIu64 "}\n", o->streams, went);
}

/* Sends, half-closes, and wants the whole tail that the engine sends late. */
static void *
take_tail(void *arg)
{
	static const char block[TAIL_SENT];
	struct share *share = arg;
	struct session *s = share->sessions[0];
	unsigned char got[16384];
	size_t n;

	session_write(s, block, sizeof(block));
	session_end(s);
	while ((n = session_read(s, got, sizeof(got))) > 0) {
		for (size_t i = 0; i < n; i++)
			if (got[i] != session_pattern(share->done + i))
				return NULL;
		share->done += n;
	}
	return NULL;
}

static void
run_half_close(const struct options *o)
{
	struct session **all = open_all(o, o->streams, EXEC_TAIL, o->bytes);
	struct share shares[MAX_THREADS];
	unsigned whole = 0;

	share_out(o, shares, o->streams, all);
	wait_for_go();
	run_threads(shares, o->streams, take_tail);
	for (unsigned i = 0; i < o->streams; i++)
		whole += shares[i].done == o->bytes;
	printf("{\"count\": %u, \"whole\": %u}\n", o->streams, whole);
	close_all(all, o->streams, session_free);
}

static const struct mode {
	const char *name;
	void (*run)(const struct options *o);
} modes[] = {
	{ "down", run_down },
	{ "up", run_up },
	{ "echo", run_echo },
	{ "get", run_get },
	{ "setup", run_setup },
	{ "idle", run_idle },
	{ "cut", run_cut },
	{ "stall-down", run_stall_down },
	{ "stall-up", run_stall_up },
	{ "half-close", run_half_close },
};

static void
read_options(struct options *o, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "m:p:k:s:b:n:w:u:i:rf")) != -1) {
		switch (c) {
		case 'm':
			o->mode = optarg;
			break;
		case 'p':
			o->port = (uint16_t)strtoul(optarg, NULL, 10);
			break;
		case 'k':
			o->key = optarg;
			break;
		case 's':
			o->streams = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'b':
			o->bytes = strtoull(optarg, NULL, 10);
			break;
		case 'n':
			o->count = strtoull(optarg, NULL, 10);
			break;
		case 'w':
			o->warm = strtoull(optarg, NULL, 10);
			break;
		case 'u':
			o->path = optarg;
			break;
		case 'i':
			o->serial = strtoull(optarg, NULL, 10);
			break;
		case 'r':
			o->resume = true;
			break;
		case 'f':
			o->fresh = true;
			break;
		default:
			exit(2);
		}
	}
}

int
main(int argc, char **argv)
{
	struct options o = { .mode = "", .streams = 1, .bytes = 1 << 20, .count = 1 };

	read_options(&o, argc, argv);
	if (o.streams < 1 || o.streams > MAX_THREADS || o.count < 1) {
		fputs("load: -s goes from 1 to 64, -n from 1\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	alarm(PATIENCE_S); /* a session that hangs is a result too */
	session_setup(o.port, o.key);
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		if (strcmp(modes[i].name, o.mode) == 0) {
			modes[i].run(&o);
			fflush(stdout);
			_exit(0);
		}
	}
	fputs("load: -m MODE: down up echo get setup idle cut stall-down stall-up half-close\n",
		stderr);
	return 2;
}
