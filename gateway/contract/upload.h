/*
 * upload: what judges a request's body while it streams to the engine, and writes what is sent instead.
 *
 * A kind is one const table of functions, listed in front/roster_uploads.c by the endpoint's body. It
 * sees the decoded body in pieces, keeps what it needs of it (bounded), and appends what the engine is to
 * get. The gates have passed before the first piece, without the body. Nothing is sent that was not judged; when it refuses, the engine's request is cut
 * before its end, so that the engine does nothing of it.
 */
#ifndef FAIRLEAD_CONTRACT_UPLOAD_H
#define FAIRLEAD_CONTRACT_UPLOAD_H

#include "contract/gate.h"

enum upload_answer {
	UPLOAD_MORE, /* all of the piece is taken */
	UPLOAD_WAIT, /* it is taken, and x->resume will be called later (x->cancel is set): no piece until then */
	UPLOAD_REFUSE, /* exchange_refuse was called */
};

struct upload_kind {
	const char *name;
	/* State for one body, or NULL without memory. The gates have passed; it may still set x->content_type
	 * (none is sent else) and x->headers. */
	void *(*start)(struct exchange *x);
	/* `last`: nothing follows (the piece may be empty). After a WAIT that ended with GATE_PASS it is called
	 * with an empty piece, so that it can go on with what it holds. */
	enum upload_answer (*feed)(void *state, struct span piece, bool last, struct text *out);
	void (*stop)(void *state);
};

struct upload {
	const struct upload_kind *kind;
	void *state;
};

#endif
