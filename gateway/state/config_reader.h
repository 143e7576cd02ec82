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

/* The object that is being read: the file, or a tenant. */
struct config_scope {
	const struct option_set *set;
	void *base;         /* what the options' offsets are of */
	const char *prefix; /* of the options' full names: "tenants.acme." */
	const struct json
		*seen[OPTION_MAX]; /* an option's value in the file; NULL: it is not there */
	bool bad[OPTION_MAX];      /* it is missing, or its value was refused */
};

struct config_reader {
	const char *path; /* of the file, for messages */
	struct span in;
	char *folder; /* relative names are taken from it */
	bool system;  /* look whether named files and accounts exist */
	struct text *errors;
	unsigned error_count;
	struct config *config;
	struct config_scope *scope;
	struct config_scope file; /* the whole file's */
	const struct json *root;
};

/* As config_read, from bytes. With `system` false nothing but `in` is looked at. */
struct config *config_read_bytes(const char *path, struct span in, bool system,
	struct text *errors);

/* Appends the error's line. `at` NULL: no place in the file is meant. The scope's prefix is put before
 * `option`. */
__attribute__((format(printf, 4, 5))) void config_error(struct config_reader *r,
	const struct json *at, const char *option, const char *fmt, ...);
/* "OPTION: WRONG; write LIMITS". `wrong` NULL: says of what type the value is. */
void config_refuse(struct config_reader *r, const struct json *at, const struct option *o,
	const char *wrong);
/* "OPTION: "VALUE" WRONG; write LIMITS". */
void config_refuse_text(struct config_reader *r, const struct json *at, const struct option *o,
	const char *wrong);
/* The value, short and escaped, for a message. */
void config_quote(struct span s, struct text *out);
const char *config_type_name(enum json_type type);

/* Reads the object's members as options of the scope, and gives those that are not there their defaults. */
void config_read_object(struct config_reader *r, const struct json *object);
/* Where the scope keeps this option. */
void *config_member(const struct config_reader *r, const struct option *o);
/* Room for the children of `v`; NULL: reported. */
void *config_list_new(struct config_reader *r, const struct option *o, const struct json *v,
	enum json_type type, size_t element);

/* Sets the option of this value in the snapshot, or reports what is wrong with it. */
void config_set(struct config_reader *r, const struct option *o, const struct json *v);
void config_set_listen(struct config_reader *r, const struct option *o, const struct json *v);
void config_set_engine(struct config_reader *r, const struct option *o, const struct json *v);
void config_set_certificates(struct config_reader *r, const struct option *o, const struct json *v);
void config_set_tenants(struct config_reader *r, const struct option *o, const struct json *v);
void config_set_backends(struct config_reader *r, const struct option *o, const struct json *v);
void config_set_preset(struct config_reader *r, const struct option *o, const struct json *v);
/* Arrays of texts, each held to the rules of the option's type. */
void config_set_texts(struct config_reader *r, const struct option *o, const struct json *v);
void config_set_binds(struct config_reader *r, const struct option *o, const struct json *v);
void config_set_ports(struct config_reader *r, const struct option *o, const struct json *v);
void config_set_host(struct config_reader *r, const struct option *o, const struct json *v);
/* A file name's absolute form, the caller's; NULL: reported. `name` is the option's full name. */
char *config_path(struct config_reader *r, const struct json *v, const char *name, uint64_t most,
	bool readable);

/* Whether a clean path is this folder, or below it. */
bool config_path_within(struct span inner, struct span folder);

/* Parses an address; false: `*why` says what is wrong. `out` is the caller's to free either way. */
bool config_address_listen(struct span s, struct config_address *out, const char **why);
bool config_address_engine(struct span s, struct config_address *out, const char **why);
/* "127.0.0.1", "::1": its canonical form, the caller's; NULL: it is none. */
char *config_address_host(struct span s);
void config_address_free(struct config_address *a);
bool config_address_same(const struct config_address *a, const struct config_address *b);

/* Tenants are kept in this order, as bytes: they are looked up for every request. */
int config_tenant_order(struct span a, struct span b);

/* What one option alone cannot tell, of the options that are not bad. Called when all are set. */
void config_check(struct config_reader *r);
/* The same for what tenants are given: no two own one thing, and none owns the gateway's. */
void config_check_tenants(struct config_reader *r);
/* Where the option stands in the file; the whole file when it has its default. */
const struct json *config_place(const struct config_reader *r, const char *name);
/* Whether the main option was neither missing nor refused. */
bool config_is_good(const struct config_reader *r, const char *name);

#endif
