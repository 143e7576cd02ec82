/*
 * generation: what one reading of the configuration gives: built whole or not
 * at all, never changed after. The master serves by one and builds the next beside it.
 */
#ifndef FAIRLEAD_RUN_GENERATION_H
#define FAIRLEAD_RUN_GENERATION_H

#include "net/tls.h"
#include "run/sandbox.h"
#include "state/board.h"
#include "state/config.h"
#include "state/store.h"

struct generation {
	unsigned number; /* 0: there is none */
	struct config *config;
	struct store *store;
	struct tls *tls;
	struct sandbox_account account;
};

/*
 * Reads the configuration at `path` and all that it names. `*board` is mapped at
 * the first time, and must fit at all later ones: what it was mapped for needs a
 * restart to change. -1 with all errors as lines in `*errors`, `g` is empty then.
 */
int generation_build(struct generation *g, const char *path, unsigned number, struct board **board,
	struct text *errors);
void generation_free(struct generation *g);

/* Why a session may not live on under this generation, as of `now` (unix seconds). */
enum board_kill generation_judge(const struct generation *g, int64_t now,
	const struct board_session *s);

#endif
