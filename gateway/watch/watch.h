/*
 * watch: the watchers that there are; see contract/event.h for what one is.
 */
#ifndef FAIRLEAD_WATCH_WATCH_H
#define FAIRLEAD_WATCH_WATCH_H

#include "contract/event.h"

/* One line a request and one a session's end; connections at debug level, their failures above it. */
extern const struct watcher watch_log;
/* One line for each request of an administrator, whatever the log's level is. */
extern const struct watcher watch_audit;
/* Counts on the board. Bytes of raw streams are counted where they pass. */
extern const struct watcher watch_metrics;

#endif
