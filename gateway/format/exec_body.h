/*
 * exec_body: the bodies of exec create and exec start, judged and generated anew.
 * Source: moby api/types/container (ExecOptions, ExecStartOptions), Engine API 1.24 to 1.51.
 */
#ifndef FAIRLEAD_FORMAT_EXEC_BODY_H
#define FAIRLEAD_FORMAT_EXEC_BODY_H

#include <stdbool.h>

#include "base/text.h"

struct exec_start {
	bool detach;
	bool tty;
	bool has_size;
	unsigned height, width; /* ConsoleSize */
};

/* A body by the contract: known fields' types are checked, unknown ones dropped (clients send
 * their whole exec configuration). An empty body takes all defaults. -1 with
 * "Tty: must be true or false" and its like in `why`. */
int exec_start_parse(struct span body, struct exec_start *s, struct text *why);
/* The canonical body; ConsoleSize only when `with_size` (API >= 1.42) and a TTY. */
void exec_start_print(const struct exec_start *s, bool with_size, struct text *out);

struct exec_create_rules {
	bool privileged_ok;
};

/* Judges and generates: `out` gets the body to send. Refuses by field: Privileged, empty Cmd, Env names
 * LD_* and DOCKER_*, WorkingDir not clean or in /proc, /sys, /dev, DetachKeys' form, ConsoleSize's form,
 * any unknown key that is not neutral (but for the extras that known clients send: dropped).
 * Returns 0, or the status to answer (400: malformed, 403: not allowed) with the sentence in `why`. */
int exec_create_judge(struct span body, const struct exec_create_rules *rules, struct text *out,
	struct text *why);

#endif
