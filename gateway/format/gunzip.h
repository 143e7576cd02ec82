/*
 * gunzip: undoes gzip (RFC 1952) piece by piece where there is some, and gives on as it is what is none.
 *
 * What comes out is bounded: 1032 bytes may come of one. A body that grows on and on by more than
 * GUNZIP_RATIO is refused; what it may grow by at once is GUNZIP_BURST at most.
 */
#ifndef FAIRLEAD_FORMAT_GUNZIP_H
#define FAIRLEAD_FORMAT_GUNZIP_H

#include <stdbool.h>

#include "base/text.h"

#define GUNZIP_RATIO 100 /* images come to 2 to 20; long runs of zeros to 1000 */
#define GUNZIP_BURST ((size_t)32 << 20)

struct gunzip;

enum gunzip_result {
	GUNZIP_MORE,  /* all of the input is taken */
	GUNZIP_PIECE, /* `*piece` is some of the output, never empty; valid until the next call */
	GUNZIP_BAD,   /* refused, as is all that follows: gunzip_fault */
};

/* NULL without memory. */
struct gunzip *gunzip_new(void);
void gunzip_free(struct gunzip *g);
/* Takes bytes from the front of `*in`. To be called until GUNZIP_MORE or GUNZIP_BAD. */
enum gunzip_result gunzip_next(struct gunzip *g, struct span *in, struct span *piece);
/* The input is over. False: it ends within what is compressed, or it was too short to tell what it is. */
bool gunzip_may_end(const struct gunzip *g);
/* Why, static. */
const char *gunzip_fault(const struct gunzip *g);

#endif
