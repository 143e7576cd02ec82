/*
 * tar: archives, read piece by piece with bounded memory, and written.
 *
 * It reads what Go's archive/tar (the engine's reader) reads of POSIX ustar, pax and GNU archives, but has one
 * meaning for each or refuses it. Refused are: a checksum that is not right, sparse files, volumes, types that are not
 * in enum tar_type, NUL within names, pax keys that are there twice, global pax keys that would change entries
 * (Go does not apply them, others do), pax and GNU long names for one entry, a size of the header that is not
 * the pax one's, data of what has none, STAR's and incremental GNU's layouts, anything but zeros behind the end.
 *
 * A name is what the archive says: whether it is absolute, or leads out by "..", is the caller's to judge.
 * What is sent on is written anew from the entry by tar_write_entry.
 *
 * Sources: POSIX.1-2018 pax "ustar Interchange Format"; GNU tar manual "Basic Tar Format"; Go archive/tar/reader.go.
 */
#ifndef FAIRLEAD_FORMAT_TAR_H
#define FAIRLEAD_FORMAT_TAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

#define TAR_BLOCK_SIZE 512
#define TAR_NAME_MAX 4096 /* PATH_MAX */
/* Of the headers before an entry: attributes may be long (64 KiB each on Linux). */
#define TAR_META_MAX ((size_t)256 << 10)
#define TAR_RECORDS_MAX 64 /* pax records of an entry */

enum tar_type {
	TAR_FILE,
	TAR_LINK, /* hard: `link` is the name of an entry before it */
	TAR_SYMLINK,
	TAR_CHAR,
	TAR_BLOCK,
	TAR_DIRECTORY,
	TAR_FIFO,
};

/* An extended attribute of a file ("user.note"), from a pax record "SCHILY.xattr.user.note". */
struct tar_attribute {
	struct span key, value;
};

struct tar_entry {
	enum tar_type type;
	struct span name;  /* never empty, no NUL; a directory's may end in '/' */
	struct span link;  /* of the two link types; never empty then */
	unsigned mode;     /* 07777 */
	uint64_t uid, gid; /* 0 to 2^31 - 1 */
	struct span user, group;
	uint64_t size; /* of the data that follows; 0 of what is no file */
	int64_t mtime; /* seconds since 1970, rounded down */
	uint32_t mtime_ns;
	unsigned major, minor; /* of the two device types */
	const struct tar_attribute *attributes;
	unsigned attribute_count;
};

struct tar_reader;

enum tar_event {
	TAR_MORE,      /* all of the input is taken; nothing else has happened */
	TAR_ENTRY,     /* an entry begins: tar_reader_entry */
	TAR_DATA,      /* `*piece` is some of its data, of the input; never empty */
	TAR_ENTRY_END, /* all of its data was given; of every entry, an empty one too */
	TAR_BAD,       /* refused, as is all that follows: tar_reader_fault */
};

/* NULL without memory. */
struct tar_reader *tar_reader_new(void);
void tar_reader_free(struct tar_reader *r);
/* Takes bytes from the front of `*in` until something has happened. To be called until TAR_MORE or TAR_BAD. */
enum tar_event tar_reader_next(struct tar_reader *r, struct span *in, struct span *piece);
/* The entry that is read. Its spans are the reader's, and hold until the call behind its TAR_ENTRY_END. */
const struct tar_entry *tar_reader_entry(const struct tar_reader *r);
/* Why it was refused, static. */
const char *tar_reader_fault(const struct tar_reader *r);
/* Whether the input may end here: between entries, as Go has it, or behind the end's zeros. */
bool tar_reader_may_end(const struct tar_reader *r);

/* The beginning of what is compressed: engines that expect an archive decompress it. Needs `TAR_MAGIC_SIZE` bytes,
 * fewer at the input's end. NULL: it is not, else "gzip", "bzip2", "xz", "zstd". */
#define TAR_MAGIC_SIZE 6
const char *tar_compression(struct span beginning);

/* Appends the headers of an entry: ustar's, with a pax header before it for what does not fit. `e->size`
 * bytes of data are to follow, then tar_write_padding; behind the last entry tar_write_end. */
void tar_write_entry(struct text *out, const struct tar_entry *e);
void tar_write_padding(struct text *out, uint64_t size);
void tar_write_end(struct text *out);

/*
 * Names in archives. A path is relative and clean enough to stay below where it is unpacked: it is not empty, does
 * not begin with '/', and has no ".." segment. "./a", "a//b" and "a/" pass.
 */
bool tar_name_stays(struct span name);
/* Appends such a name without "." segments and needless slashes; nothing for "./". False: it does not stay. */
bool tar_name_clean(struct span name, struct text *out);

#endif
