/*
 * log: builds one line in memory and writes it at once.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

/* Longer values are cut: a line is for reading, and what a client sends may be long. */
#define VALUE_MAX 2048
/* A field that makes the line longer is left out; the tail's room is for its end. */
#define LINE_MAX_BYTES ((size_t)32 << 10)
#define TAIL_ROOM 32

static struct {
	enum log_level least;
	enum log_format format;
	int fd;
	size_t piece; /* what is written in one call: more to a pipe could wait for its reader */
	char who[32];
	bool open; /* between begin and end of a line that is wanted */
	bool cut;
	struct text line;
} logger = { .least = LOG_INFO, .format = LOG_KEYVALUE, .fd = STDERR_FILENO, .piece = PIPE_BUF };

void
log_setup(enum log_level least, enum log_format format, int fd)
{
	struct stat st;

	logger.least = least;
	logger.format = format;
	logger.fd = fd;
	logger.piece = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? LINE_MAX_BYTES : PIPE_BUF;
}

void
log_name(const char *who)
{
	snprintf(logger.who, sizeof(logger.who), "%s", who);
}

bool
log_wants(enum log_level level)
{
	return level >= logger.least;
}

static bool
is_bare(struct span s)
{
	static const char bare[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@+,*?&%";

	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == '\0' || !strchr(bare, s.p[i]))
			return false;
	return s.len > 0;
}

/* Quoted as JSON does when it is not plain: one rule of escaping for both forms. */
static void
add_value(struct span s)
{
	if (logger.format == LOG_KEYVALUE && is_bare(s))
		text_add_span(&logger.line, s);
	else
		text_add_json(&logger.line, s);
}

static void
add_key(const char *key)
{
	struct text *t = &logger.line;

	if (logger.format == LOG_JSON) {
		text_add_char(t, t->len ? ',' : '{');
		text_add_json(t, span_of(key));
		text_add_char(t, ':');
		return;
	}
	if (t->len)
		text_add_char(t, ' ');
	text_add_str(t, key);
	text_add_char(t, '=');
}

/* Takes the field back that began at `mark` when the line grew too long by it. */
static void
keep_room(size_t mark)
{
	struct text *t = &logger.line;

	if (!t->failed && t->len <= LINE_MAX_BYTES - TAIL_ROOM)
		return;
	t->failed = false;
	t->len = mark;
	logger.cut = true;
}

void
log_span(const char *key, struct span value)
{
	size_t mark = logger.line.len;

	if (!logger.open)
		return;
	if (value.len > VALUE_MAX) {
		value.len = VALUE_MAX;
		logger.cut = true;
	}
	add_key(key);
	add_value(value);
	keep_room(mark);
}

void
log_str(const char *key, const char *value)
{
	if (value)
		log_span(key, span_of(value));
}

void
log_u64(const char *key, uint64_t value)
{
	size_t mark = logger.line.len;

	if (!logger.open)
		return;
	add_key(key);
	text_addf(&logger.line, "%llu", (unsigned long long)value);
	keep_room(mark);
}

void
log_i64(const char *key, int64_t value)
{
	size_t mark = logger.line.len;

	if (!logger.open)
		return;
	add_key(key);
	text_addf(&logger.line, "%lld", (long long)value);
	keep_room(mark);
}

void
log_begin(enum log_level level, const char *event)
{
	static const char *const names[] = { "debug", "info", "warn", "error", "audit" };
	char now[CLOCK_RFC3339_SIZE];

	if (logger.open)
		log_end();
	if (!log_wants(level))
		return;
	logger.open = true;
	logger.cut = false;
	text_clear(&logger.line);
	logger.line.limit = LINE_MAX_BYTES;
	clock_rfc3339_ms(clock_unix_ms(), now);
	log_str("time", now);
	log_str("level", names[level]);
	if (logger.who[0])
		log_str("who", logger.who);
	log_str("event", event);
}

/*
 * Whether a piece can be written at once. Asked, not made so by O_NONBLOCK: that would hold
 * for whoever else has the same terminal or pipe.
 */
static bool
has_room(void)
{
	struct pollfd p = { .fd = logger.fd, .events = POLLOUT };

	return poll(&p, 1, 0) == 1 && (p.revents & POLLOUT);
}

/* A reader that is gone or too slow costs lines, never the service. */
static void
write_line(const char *p, size_t len)
{
	while (len > 0 && has_room()) {
		ssize_t n = write(logger.fd, p, len < logger.piece ? len : logger.piece);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		p += n;
		len -= (size_t)n;
	}
}

void
log_end(void)
{
	struct text *t = &logger.line;

	if (!logger.open)
		return;
	logger.open = false;
	if (logger.cut)
		text_add_str(t, logger.format == LOG_JSON ? ",\"cut\":true" : " cut=true");
	text_add_str(t, logger.format == LOG_JSON ? "}\n" : "\n");
	if (!t->failed)
		write_line(t->p, t->len);
}

static void
log_vmsg(enum log_level level, const char *fmt, va_list ap)
{
	char msg[VALUE_MAX];

	vsnprintf(msg, sizeof(msg), fmt, ap);
	log_begin(level, "message");
	log_str("msg", msg);
	log_end();
}

void
log_msg(enum log_level level, const char *fmt, ...)
{
	va_list ap;

	if (!log_wants(level))
		return;
	va_start(ap, fmt);
	log_vmsg(level, fmt, ap);
	va_end(ap);
}

void
fatal(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_vmsg(LOG_ERROR, fmt, ap);
	va_end(ap);
	exit(1);
}
