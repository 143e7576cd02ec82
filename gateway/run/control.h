/*
 * control: the messages between the master and a worker, over a socket pair
 * that keeps their borders. Its end tells either side that the other is gone.
 */
#ifndef FAIRLEAD_RUN_CONTROL_H
#define FAIRLEAD_RUN_CONTROL_H

#include <stdint.h>

#include "run/listen.h"

enum control_what {
	/* worker to master */
	CONTROL_READY = 'r',   /* can serve, waits for CONTROL_SERVE */
	CONTROL_LEAVING = 'l', /* accepts no more, ends with its last connection */
	/* both ways: the board has kill flags; the master passes it on to all */
	CONTROL_KILLS = 'k',
	/* master to worker */
	CONTROL_SERVE = 's',
	CONTROL_SWEEP =
		'w', /* `name` goes away: accept what is queued in it when the drain begins */
	CONTROL_DRAIN = 'd', /* arg: 1 when all stops, 0 when others serve on */
	CONTROL_CLOSE = 'c', /* arg: enum control_reason */
};

enum control_reason { CONTROL_DRAIN_TIMEOUT, CONTROL_SHUTDOWN };

struct control_message {
	uint8_t what;
	uint8_t arg;
	char name[LISTEN_NAME_SIZE];
};

/* Two ends, non-blocking and close-on-exec; -1 with errno. */
int control_pair(int fd[2]);
/* -1 when the other side is gone or takes no more. */
int control_send(int fd, enum control_what what, unsigned arg, const char *name);
/* 1: a message; 0: none now; -1: the other side is gone. */
int control_read(int fd, struct control_message *m);

#endif
