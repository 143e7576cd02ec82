/*
 * upload_tar: what the judges of archives (copied in, loaded, built of) share: reading one, and saying what is wrong.
 */
#ifndef FAIRLEAD_POLICY_UPLOAD_TAR_H
#define FAIRLEAD_POLICY_UPLOAD_TAR_H

#include "contract/upload.h"
#include "format/gunzip.h"
#include "format/tar.h"

struct upload_tar {
	struct exchange *x;
	struct tar_reader *reader;
	char first[TAR_MAGIC_SIZE]; /* of the body */
	size_t seen;                /* of them */
	bool asked;                 /* the request's fields were looked at */
	struct gunzip *gunzip;      /* NULL: what is compressed is refused */
	struct span plain;          /* its output, to be read */
};

/* -1 without memory. The struct stays the caller's. `unzips`: it may come with gzip, and goes on without. */
int upload_tar_init(struct upload_tar *u, struct exchange *x, bool unzips);
void upload_tar_clear(struct upload_tar *u);
/* As tar_reader_next; after TAR_BAD the exchange is refused. */
enum tar_event upload_tar_next(struct upload_tar *u, struct span *in, struct span *piece);
/* All is read: UPLOAD_MORE, or UPLOAD_REFUSE when it is cut short. */
enum upload_answer upload_tar_end(struct upload_tar *u);
/* Refuses what is read just now, with its name: 'entry "x": WHAT'. */
enum upload_answer upload_tar_refuse(struct upload_tar *u, unsigned status, const char *what);

#endif
