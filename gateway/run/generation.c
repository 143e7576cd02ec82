/*
 * generation: builds a generation, and judges old sessions by it.
 */
#include "run/generation.h"

#include <errno.h>
#include <string.h>

/* What the name of a key begins with when it is a certificate that is in no store. */
#define FOREIGN_CERT "cert:"

static int
fit_board(const struct config *c, struct board **board, struct text *errors)
{
	if (!*board)
		*board = board_new(c->max_sessions);
	if (!*board) {
		text_addf(errors,
			"limits.sessions: no shared memory for %llu sessions: %s; use fewer\n",
			(unsigned long long)c->max_sessions, strerror(errno));
		return -1;
	}
	if (board_rows(*board) != c->max_sessions) {
		text_addf(errors,
			"limits.sessions: a change from %llu to %llu needs a restart; restart or change it back\n",
			(unsigned long long)board_rows(*board),
			(unsigned long long)c->max_sessions);
		return -1;
	}
	return 0;
}

int
generation_build(struct generation *g, const char *path, unsigned number, struct board **board,
	struct text *errors)
{
	bool ok;

	memset(g, 0, sizeof(*g));
	g->number = number;
	g->config = config_read(path, errors);
	if (!g->config)
		return -1;
	/* All are tried, so that all errors are named at once. */
	ok = fit_board(g->config, board, errors) == 0;
	g->store = store_read(g->config->credentials, errors);
	ok = g->store && ok;
	if (*board) {
		g->tls = tls_new(g->config, *board, errors);
		ok = g->tls && ok;
	}
	ok = sandbox_account(g->config, &g->account, errors) == 0 && ok;
	if (ok)
		return 0;
	generation_free(g);
	return -1;
}

void
generation_free(struct generation *g)
{
	if (g->tls)
		tls_free(g->tls);
	if (g->store)
		store_free(g->store);
	if (g->config)
		config_free(g->config);
	memset(g, 0, sizeof(*g));
}

/* One that is in no store is good by the rule of its authorities, until the store says otherwise. */
static bool
foreign_is_good(const struct generation *g, int64_t now, const struct board_session *s)
{
	const struct credential *c = store_find_digest(g->store, CREDENTIAL_CERT, s->credential);

	return !c || (credential_is_live(c, now) && strcmp(c->tenant, s->tenant) == 0);
}

static bool
known_is_good(const struct generation *g, int64_t now, const struct board_session *s)
{
	const struct credential *c = store_find_name(g->store, span_of(s->key));

	return c && credential_is_live(c, now) && strcmp(c->tenant, s->tenant) == 0 &&
		memcmp(c->digest, s->credential, sizeof(c->digest)) == 0;
}

enum board_kill
generation_judge(const struct generation *g, int64_t now, const struct board_session *s)
{
	bool foreign = strncmp(s->key, FOREIGN_CERT, sizeof(FOREIGN_CERT) - 1) == 0;

	if (!config_tenant(g->config, span_of(s->tenant)))
		return BOARD_KILL_TENANT_GONE;
	if (foreign ? foreign_is_good(g, now, s) : known_is_good(g, now, s))
		return BOARD_KILL_NONE;
	return BOARD_KILL_REVOKED;
}
