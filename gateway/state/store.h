/*
 * store: the credentials, one immutable snapshot of the credential file.
 *
 * The file is JSON: {"credentials": [{...}]}; mode 0600, because a Hyper secret
 * must be kept as it is (HMAC). A bearer key is kept as its SHA-256 only, a
 * certificate as the SHA-256 of its DER. Changes go to a new file that replaces
 * the old one by rename, under a lock.
 */
#ifndef FAIRLEAD_STATE_STORE_H
#define FAIRLEAD_STATE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/secret.h"
#include "base/text.h"

enum credential_kind { CREDENTIAL_CERT, CREDENTIAL_BEARER, CREDENTIAL_HYPER };

struct credential {
	enum credential_kind kind;
	char *tenant;
	char *name;               /* one in the file */
	int64_t created, expires; /* seconds, UTC; expires 0: never */
	int64_t revoked;          /* 0: not */
	/* CERT: of the DER; BEARER: of the key; HYPER: of both keys, to tell it from another of its name. */
	unsigned char digest[SECRET_SHA256_LEN];
	char *access_key; /* HYPER */
	char *secret;     /* HYPER */
};

struct store;

/* Errors as in config_read. A file that does not exist is an error; an empty store is `{"credentials": []}`. */
struct store *store_read(const char *path, struct text *errors);
void store_free(struct store *s);

unsigned store_count(const struct store *s);
const struct credential *store_at(const struct store *s, unsigned i);
/* NULL when there is none; revoked and expired ones are found too, see credential_is_live. */
const struct credential *store_find_name(const struct store *s, struct span name);
const struct credential *store_find_digest(const struct store *s, enum credential_kind kind,
	const unsigned char digest[SECRET_SHA256_LEN]);
const struct credential *store_find_access_key(const struct store *s, struct span access_key);
bool credential_is_live(const struct credential *c, int64_t now);
const char *credential_kind_name(enum credential_kind k);

/* Changes to the file, for the key and cert commands: locked, whole or not at all; -1 with a line in `*errors`. */
int store_add(const char *path, const struct credential *c, struct text *errors);
int store_revoke(const char *path, struct span name, struct text *errors);

#endif
