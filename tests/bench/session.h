/*
 * session: one client of the bench: a TLS connection over loopback that speaks
 * the Docker API as a stock client does, exec start and its 101 included.
 */
#ifndef FAIRLEAD_BENCH_SESSION_H
#define FAIRLEAD_BENCH_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/ssl.h>

#define SESSION_BUFFER 16384

/* What the engine of the bench does with an exec: the first digit of its id (see stub.c). */
enum exec_mode {
	EXEC_ECHO = 1,
	EXEC_SOURCE, /* waits for one byte, then sends as many as the id says */
	EXEC_SINK,   /* counts until the client's end, then answers the count in 16 hex digits */
	EXEC_TAIL, /* reads until the client's end, waits, then sends as many bytes as the id says */
	EXEC_SILENT, /* neither reads nor writes */
};

struct session {
	int fd;
	SSL *ssl;
	bool resumed;
	size_t from, to; /* unread part of `buffer` */
	unsigned char buffer[SESSION_BUFFER];
};

/* Once, before any thread. `key`: a bearer key, or NULL. */
void session_setup(uint16_t port, const char *key);
/* Keeps the ticket of a session for the ones that resume; waits for it with an echo exec. */
void session_learn_ticket(void);

/* All of these end the program with a message when anything fails: a bench with a broken session has no result. */
struct session *session_connect(bool resume);
/* Sends exec start and reads the 101. `serial` and `container` make the ids. */
void session_exec(struct session *s, enum exec_mode mode, uint64_t bytes, uint64_t container,
	uint64_t serial);
/* One GET on a connection that stays; returns the length of the body. */
size_t session_get(struct session *s, const char *path);
void session_write(struct session *s, const void *bytes, size_t len);
void session_flush(struct session *s);
/* 0: the other side's end, with or without close_notify; a reset ends the program. */
size_t session_read(struct session *s, void *bytes, size_t len);
/* Half-close: close_notify; reading goes on. */
void session_end(struct session *s);
void session_free(struct session *s);
/* Ends it with a reset. */
void session_reset(struct session *s);

/* Writes until the other side has taken nothing for `patience_ms`; returns what went in. */
uint64_t session_write_until_stalled(struct session *s, int patience_ms);

#define SESSION_PATTERN 32768 /* its period */
/* The byte at an offset of what a tail sends. */
static inline unsigned char
session_pattern(uint64_t offset)
{
	offset %= SESSION_PATTERN;
	return (unsigned char)(offset * 31 + (offset >> 8) * 7);
}

__attribute__((noreturn, format(printf, 1, 2))) void bench_die(const char *fmt, ...);

#endif
