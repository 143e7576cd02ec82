/*
 * config_table: the shape of the option table, for the files of config alone.
 */
#ifndef FAIRLEAD_STATE_CONFIG_TABLE_H
#define FAIRLEAD_STATE_CONFIG_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "state/config.h"

enum option_type {
	OPTION_NUMBER,  /* unsigned or uint64_t, by `width` */
	OPTION_SIZE,    /* bytes: 65536 or "64KiB" */
	OPTION_TIME,    /* seconds in the file, milliseconds in the snapshot */
	OPTION_SECONDS, /* the same, whole ones only: what the kernel counts in */
	OPTION_BOOL,
	OPTION_CHOICE, /* an enum; `words` in its order */
	OPTION_STRING,
	OPTION_ACCOUNT,      /* a user's or group's name */
	OPTION_PATH,         /* made absolute */
	OPTION_FILE,         /* made absolute, and must be readable */
	OPTION_LISTEN,       /* array of addresses */
	OPTION_ENGINE,       /* one address */
	OPTION_CERTIFICATES, /* array of {cert, key} */
	OPTION_TENANTS,      /* object of objects, each read by the tenants' table */
	OPTION_BACKENDS,     /* object of addresses */
	OPTION_ORIGINS,      /* array of origins, or "*" */
	/* Those below are a tenant's. */
	OPTION_CPUS,   /* CPUs with a fraction in the file, billionths in the snapshot */
	OPTION_PRESET, /* a preset's name */
	OPTION_GRANTS, /* array of grants' names */
	OPTION_BINDS,  /* array of {path, write} */
	OPTION_CAPS,   /* array of capabilities */
	OPTION_IMAGES, /* array of patterns of images */
	OPTION_OWN,    /* array of patterns of repositories in registries */
	OPTION_PORTS,  /* "20000-20999" */
	OPTION_HOST,   /* a literal IP address */
};
/* Tables by type have a row for each. */
#define OPTION_TYPES (OPTION_HOST + 1)

struct option {
	const char *name; /* "group.member" or "member" */
	enum option_type type;
	size_t offset, width; /* in struct config, or in struct config_tenant */
	/* As the file would say it; "null": not set; NULL: the option is required. */
	const char *fallback;
	/* Limits: the number, bytes or milliseconds; of a text, its length. `zero`: 0 is taken too. */
	uint64_t least, most;
	bool zero;
	const char *const *words; /* OPTION_CHOICE */
	const char *help;         /* one or more sentences */
};

#define OPTION_MAX 64

/* A table. Members of one group stand together; those of no group come first or last. */
struct option_set {
	const struct option *rows;
	unsigned count;
};

extern const struct option_set option_main;
/* What one tenant's object may hold: "quota.memory" is "tenants.NAME.quota.memory" in full. */
extern const struct option_set option_tenant;
#define OPTION_TENANT_PREFIX "tenants.NAME."

/* Of the main table. */
const struct option *option_find(const char *name);
/* Its place in this table; -1: there is none of that name. */
int option_index(const struct option_set *set, struct span name);
/* "timeouts" of "timeouts.drain"; empty when it has no group. */
struct span option_group(const struct option *o);
/* "drain" of "timeouts.drain". */
struct span option_member(const struct option *o);
bool option_is_required(const struct option *o);
/* What may be written, for help and for errors: "seconds, 0.01 to 86400, or 0". */
void option_print_limits(const struct option *o, struct text *out);
/* A number of this option as the file says it: seconds, "64KiB", ... */
void option_print_number(enum option_type type, uint64_t value, struct text *out);

#endif
