/*
 * config_reader: what the files that read a configuration share. Not for others,
 * but for the tests, which read from memory.
 */
#ifndef FAIRLEAD_STATE_CONFIG_READER_H
#define FAIRLEAD_STATE_CONFIG_READER_H

#include <stdbool.h>

#include "base/text.h"
#include "format/json.h"
#include "state/config.h"
#include "state/config_table.h"

struct config_reader {
	const char *path; /* of the file, for messages */
	struct span in;
	char *folder; /* relative names are taken from it */
	bool system;  /* look whether named files and accounts exist */
	struct text *errors;
	unsigned error_count;
	struct config *config;
	const struct json
		*seen[OPTION_MAX]; /* an option's value in the file; NULL: it is not there */
	bool bad[OPTION_MAX];      /* it is missing, or its value was refused */
	const struct json *root;
};

/* As config_read, from bytes. With `system` false nothing but `in` is looked at. */
struct config *config_read_bytes(const char *path, struct span in, bool system,
	struct text *errors);

/* Appends the error's line. `at` NULL: no place in the file is meant. */
__attribute__((format(printf, 4, 5))) void config_error(struct config_reader *r,
	const struct json *at, const char *option, const char *fmt, ...);
/* "OPTION: WRONG; write LIMITS". `wrong` NULL: says of what type the value is. */
void config_refuse(struct config_reader *r, const struct json *at, const struct option *o,
	const char *wrong);
/* The value, short and escaped, for a message. */
void config_quote(struct span s, struct text *out);

/* Sets the option of this value in the snapshot, or reports what is wrong with it. */
void config_set(struct config_reader *r, const struct option *o, const struct json *v);
void config_set_listen(struct config_reader *r, const struct option *o, const struct json *v);
void config_set_engine(struct config_reader *r, const struct option *o, const struct json *v);
void config_set_certificates(struct config_reader *r, const struct option *o, const struct json *v);
void config_set_tenants(struct config_reader *r, const struct option *o, const struct json *v);
/* A file name's absolute form, the caller's; NULL: reported. `name` is the option's full name. */
char *config_path(struct config_reader *r, const struct json *v, const char *name, uint64_t most,
	bool readable);

/* Parses an address; false: `*why` says what is wrong. `out` is the caller's to free either way. */
bool config_address_listen(struct span s, struct config_address *out, const char **why);
bool config_address_engine(struct span s, struct config_address *out, const char **why);
void config_address_free(struct config_address *a);
bool config_address_same(const struct config_address *a, const struct config_address *b);

/* Tenants are kept in this order, as bytes: they are looked up for every request. */
int config_tenant_order(struct span a, struct span b);

/* What one option alone cannot tell, of the options that are not bad. Called when all are set. */
void config_check(struct config_reader *r);

#endif
