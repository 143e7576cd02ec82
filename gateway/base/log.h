/*
 * log: one line a fact, as JSON or as key=value, to one descriptor.
 *
 * A line is built field by field and written with one write(2), so lines of
 * several processes do not mix. Values are escaped (CR, LF, ESC, quotes, other
 * control bytes, invalid UTF-8), whatever they hold. Never give it a secret:
 * there is no field that masks one.
 */
#ifndef FAIRLEAD_BASE_LOG_H
#define FAIRLEAD_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* LOG_AUDIT is written whatever is wanted. */
enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_AUDIT };
enum log_format { LOG_KEYVALUE, LOG_JSON };

/* Until it is called: LOG_INFO, key=value, standard error. */
void log_setup(enum log_level least, enum log_format format, int fd);
/* Who speaks, in every line from now on ("master", "worker 2"); kept by copy, 31 bytes at most. */
void log_name(const char *who);
bool log_wants(enum log_level level);

/* One line at a time a process. Times are UTC, RFC 3339 with milliseconds. */
void log_begin(enum log_level level, const char *event);
void log_str(const char *key, const char *value); /* NULL: the field is left out */
void log_span(const char *key, struct span value);
void log_u64(const char *key, uint64_t value);
void log_i64(const char *key, int64_t value);
void log_end(void);

/* A line with event=message and msg=... */
__attribute__((format(printf, 2, 3))) void log_msg(enum log_level level, const char *fmt, ...);
/* Logs and exits with 1: at start-up or for the impossible only. */
__attribute__((format(printf, 1, 2), noreturn)) void fatal(const char *fmt, ...);

#endif
