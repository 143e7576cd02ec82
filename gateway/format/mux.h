/*
 * mux: the engine's multiplexed stream of a container or an exec without a TTY,
 * taken apart (Engine API, POST /containers/{id}/attach, "Stream format").
 *
 * A frame is [stream, 0, 0, 0, length big-endian 32] and its payload. There is no
 * bound on the length: payload comes out in pieces and nothing of it is held.
 */
#ifndef FAIRLEAD_FORMAT_MUX_H
#define FAIRLEAD_FORMAT_MUX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* MUX_ERROR: the engine's own words about a failure. */
enum mux_stream { MUX_STDIN, MUX_STDOUT, MUX_STDERR, MUX_ERROR };

/* Begins as all zero. */
struct mux {
	uint32_t left; /* of the frame's payload */
	unsigned char head[8];
	unsigned char have; /* of `head` */
	bool bad;
};

enum mux_result { MUX_MORE, MUX_PIECE, MUX_BAD /* for good */ };

/* Takes bytes from the start of `in` until there is a piece: `*used` of them. The piece points into `in`. */
enum mux_result mux_next(struct mux *m, struct span in, size_t *used, enum mux_stream *stream,
	struct span *piece);
/* Between two frames: the only place where a stream may end. */
bool mux_may_end(const struct mux *m);

#endif
