/*
 * sandbox: what a worker gives up before it serves: root, new privileges, core
 * dumps, the file system, new sockets of other kinds, new programs.
 */
#ifndef FAIRLEAD_RUN_SANDBOX_H
#define FAIRLEAD_RUN_SANDBOX_H

#include <sys/types.h>

#include "base/text.h"
#include "state/config.h"

#define SANDBOX_MAX_GROUPS 64

/* Who a worker becomes, looked up before it can no longer look. */
struct sandbox_account {
	bool change; /* false: it stays who it is */
	uid_t uid;
	gid_t gid;
	gid_t groups[SANDBOX_MAX_GROUPS];
	int group_count;
};

/*
 * From `user` and `group`, with the user's groups and the group of the engine's
 * unix socket (not root's: that would be most of root again). -1 with lines in `*errors`.
 */
int sandbox_account(const struct config *c, struct sandbox_account *out, struct text *errors);

/* Descriptors: as many as the connections need, within what the system allows. */
void sandbox_raise_limits(const struct config *c);
/* Becomes the account. Ends the process when it cannot, or when root could be had again. */
void sandbox_drop(const struct sandbox_account *a);
/* No core dumps and no tracers: keys are in memory. */
void sandbox_hide_memory(void);
/*
 * Hides the memory and gives new privileges up; with `sandbox` also: no file system and
 * only the engine's TCP port (Landlock, as far as the kernel has it), and a list of
 * system calls (seccomp). For the worker's life. All that it opens later must be a
 * socket. Ends the process when seccomp fails.
 */
void sandbox_enter(const struct config *c);

#endif
