/*
 * clock: the two times a gateway needs.
 */
#ifndef FAIRLEAD_BASE_CLOCK_H
#define FAIRLEAD_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* Never goes back; for durations. Milliseconds, microseconds. */
uint64_t clock_mono_ms(void);
uint64_t clock_mono_us(void);
/* Seconds and milliseconds since 1970, UTC. */
int64_t clock_unix(void);
int64_t clock_unix_ms(void);

#define CLOCK_RFC3339_SIZE 32
/* "2026-01-02T03:04:05.678Z" */
void clock_rfc3339_ms(int64_t unix_ms, char out[CLOCK_RFC3339_SIZE]);
/* "2026-01-02T03:04:05Z" */
void clock_rfc3339(int64_t unix_seconds, char out[CLOCK_RFC3339_SIZE]);
/* Reads "2026-01-02T03:04:05Z" or "2026-01-02" (its first second); false for all else. */
bool clock_parse(struct span s, int64_t *unix_seconds);
/* Reads "20260102T030405Z", the form of X-Hyper-Date and of X-Amz-Date. */
bool clock_parse_basic(struct span s, int64_t *unix_seconds);

#endif
