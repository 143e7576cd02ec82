/*
 * file: what is written to or read from a descriptor whole, signals or not.
 */
#ifndef FAIRLEAD_BASE_FILE_H
#define FAIRLEAD_BASE_FILE_H

#include "base/text.h"

/* For files, whose reads and writes do not block. 0, or -1 with errno. What was written is not yet on disk. */
int file_write_all(int fd, struct span s);
/* Adds all that is left to `bytes`. 0, or -1 with errno; EFBIG when `bytes` takes no more. */
int file_read_all(int fd, struct text *bytes);

#endif
