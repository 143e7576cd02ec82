/*
 * master: the first process. It reads the configuration, keeps the listening
 * sockets and the board, starts workers and serves nobody itself.
 *
 * Signals: SIGHUP reloads; SIGTERM drains and ends, a second one hastens;
 * SIGINT ends at once; SIGUSR1 makes the workers look at the kill flags.
 */
#ifndef FAIRLEAD_RUN_MASTER_H
#define FAIRLEAD_RUN_MASTER_H

/* Returns the exit code: 0 after an orderly end, 1 when it failed while starting or running, 2 for a
 * configuration that cannot be served (all errors are on standard error). */
int master_run(const char *config_path);

#endif
