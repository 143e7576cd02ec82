/*
 * issue: what the commands that give out credentials share: their checks, and the
 * lines that a tenant pastes to use one.
 */
#ifndef FAIRLEAD_CMD_ISSUE_H
#define FAIRLEAD_CMD_ISSUE_H

#include <stdint.h>

#include "base/text.h"
#include "state/config.h"
#include "state/store.h"

/* What was asked for on the command line. */
struct issue {
	const char *command; /* "key new", for messages */
	const char *config_path;
	const char *tenant, *name;
	const char *host; /* NULL: taken from the configuration */
	struct config *config;
};

/* "fairlead COMMAND: ..." on standard error. Returns `code`. */
__attribute__((format(printf, 3, 4))) int issue_fail(const char *command, int code, const char *fmt,
	...);
/* Refuses `word`, where getopt_long stopped. `command` "key new" has its help under "key". Returns 2. */
int issue_bad_option(const char *command, const char *word);
/* Says that the configuration has no such tenant, and which may be meant. Returns 2. */
int issue_refuse_tenant(const struct issue *i);
/* Prints and frees `errors`. Returns `code`. */
int issue_fail_with(int code, struct text *errors);

/* Reads the configuration and checks tenant, name and host. 0, or the exit code; `i->config` is the caller's. */
int issue_begin(struct issue *i);
/* "90d", "36h" or a date, after `now`. 0 or -1. */
int issue_time(const char *word, int64_t now, int64_t *when);
/* Adds it to the store, with the tenant and the name of `i`. 0, or the exit code. */
int issue_register(const struct issue *i, struct credential *c);
/* `prefix` and 256 random bits in hex; the caller frees it with text_free_wiped. */
void issue_random_key(const char *prefix, struct text *out);
/* Writes `out` to standard output and wipes it. Returns the exit code. */
int issue_print(const char *command, struct text *out);

/* issue_paste.c: lines for the tenant. */
void paste_bearer(struct text *out, const struct issue *i, const char *key);
void paste_hyper(struct text *out, const struct issue *i, const char *access_key,
	const char *secret);
/* `folder` has ca.pem, cert.pem and key.pem. */
void paste_cert(struct text *out, const struct issue *i, const char *folder);

#endif
