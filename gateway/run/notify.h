/*
 * notify: speaks to the service manager: sockets handed over at the start
 * (LISTEN_FDS, see sd_listen_fds(3)) and state notices (see sd_notify(3)).
 * Both are no-ops when nobody manages us.
 */
#ifndef FAIRLEAD_RUN_NOTIFY_H
#define FAIRLEAD_RUN_NOTIFY_H

#include <stdint.h>

/* Descriptors handed over begin at 3. */
#define NOTIFY_FIRST_FD 3

/*
 * How many sockets were handed over to this process; all get close-on-exec. 0 when none.
 * -1 when the variables make no sense (not a number, a closed descriptor). Forgets the
 * variables, so that no child takes them for its own.
 */
int notify_listen_fds(void);

/* Where notices go: reads NOTIFY_SOCKET and WATCHDOG_USEC, and forgets them. */
void notify_open(void);
/* Also for a child: only the first process speaks. */
void notify_close(void);

void notify_ready(void);
/* Until the next notify_ready. */
void notify_reloading(void);
void notify_stopping(void);
__attribute__((format(printf, 1, 2))) void notify_status(const char *fmt, ...);
/* Milliseconds between two notify_watchdog calls that the manager can rely on; 0: it does not watch. */
uint64_t notify_watchdog_ms(void);
void notify_watchdog(void);

#endif
