/*
 * tar_impl: what the files of the tar reader share. Others use format/tar.h.
 */
#ifndef FAIRLEAD_FORMAT_TAR_IMPL_H
#define FAIRLEAD_FORMAT_TAR_IMPL_H

#include "format/tar.h"

#define TAR_OCTAL_SIZE_MAX (((uint64_t)1 << 33) - 1) /* 11 octal digits */
#define TAR_DEVICE_MAX ((1 << 21) - 1)               /* 7 octal digits */
#define TAR_ID_MAX INT32_MAX
#define TAR_TIME_MAX ((int64_t)1 << 62)

/* A header's block in its parts; the spans point into the block. */
struct tar_head {
	char type;
	struct span name, prefix, link, user, group;
	uint64_t size, uid, gid, major, minor;
	unsigned mode;
	int64_t mtime;
};

/* tar_head.c. NULL, or what is wrong (static). */
const char *tar_head_read(const unsigned char *block, struct tar_head *h);

/* The records of a pax header; the spans point into what was read. */
struct tar_pax {
	struct tar_attribute records[TAR_RECORDS_MAX];
	unsigned count;
};

/* tar_pax.c. NULL, or what is wrong (static). */
const char *tar_pax_read(struct span text, struct tar_pax *pax);
/* A global header must not say anything that changes entries. */
const char *tar_pax_check_global(const struct tar_pax *pax);
/* Puts what the records say into an entry that was read from a header with this size. The records become
 * its attributes. */
const char *tar_pax_apply(struct tar_pax *pax, struct tar_entry *e);

#endif
