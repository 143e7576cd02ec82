/*
 * sandbox_kernel: the two mechanisms of the kernel; for sandbox.c and its test.
 */
#ifndef FAIRLEAD_RUN_SANDBOX_KERNEL_H
#define FAIRLEAD_RUN_SANDBOX_KERNEL_H

#include "state/config.h"

/* Denies the file system, and TCP but to the engine. What the kernel does not have is said at debug level. */
void sandbox_landlock(const struct config *c);
/* Loads the list of system calls; -1 with errno. */
int sandbox_seccomp(void);

#endif
