/*
 * identity: who a request speaks for, and the contract of the auth schemes.
 *
 * A scheme is one file in auth/ with one const `struct auth_scheme`, listed in
 * front/roster.c. It looks at plain data only and never blocks.
 */
#ifndef FAIRLEAD_CONTRACT_IDENTITY_H
#define FAIRLEAD_CONTRACT_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/secret.h"
#include "base/text.h"
#include "format/http.h"
#include "net/tls.h"
#include "state/config.h"
#include "state/store.h"

struct identity {
	char tenant[64];
	char key[64]; /* the credential's name, for log and board */
	/* Which one it is, when another has got its name: the store's digest, or the certificate's. */
	unsigned char credential[SECRET_SHA256_LEN];
	const char *scheme; /* static */
	/* After AUTH_WRONG, for the log alone: why, static, or NULL. `key` is its name if `owned`. */
	const char *wrong;
	bool owned; /* the client has shown that it holds the credential */
	/* A scheme that signs the body: what its SHA-256 must be. */
	bool body_signed;
	unsigned char body_digest[SECRET_SHA256_LEN];
	/* A scheme that signs requests: the signature, and until when it would be taken. */
	unsigned char signature[SECRET_SHA256_LEN];
	int64_t signature_ends;
};

enum auth_answer {
	AUTH_NOT_MINE, /* nothing of this scheme in the request */
	AUTH_OK,       /* `who` is filled */
	AUTH_WRONG,    /* this scheme's, and not valid: why is no client's business */
};

struct auth_question {
	const struct http_request *request;
	const struct tls_peer *peer;
	const struct config *config;
	const struct store *store;
	int64_t now; /* unix seconds */
};

struct auth_scheme {
	const char *name;      /* "cert", "bearer", "hyper" */
	const char *challenge; /* for WWW-Authenticate; NULL: none exists (certificates) */
	const char *accepts;   /* for the 401's sentence: "a client certificate" */
	enum auth_answer (*check)(const struct auth_question *q, struct identity *who);
};

#endif
