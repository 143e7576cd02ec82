/*
 * command: the contract of the subcommands. One is one file, cmd_NAME.c, with
 * one const table of this kind, listed once in main.c.
 */
#ifndef FAIRLEAD_CMD_COMMAND_H
#define FAIRLEAD_CMD_COMMAND_H

/* Exit codes: 0 done, 1 failed while running, 2 bad use or bad input (one line on standard error says which and what to do). */
struct command {
	const char *name;    /* "serve" */
	const char *usage;   /* "serve -c FILE" */
	const char *summary; /* one line */
	const char *help;    /* more, for `fairlead NAME --help`; NULL: none */
	/* argv[0] is the name. Returns the exit code. */
	int (*run)(int argc, char **argv);
};

extern const struct command command_serve, command_check, command_key, command_cert, command_policy;

#endif
