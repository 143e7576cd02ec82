/*
 * tls: contexts for the listeners, from the config. The private keys are used behind this file only.
 */
#ifndef FAIRLEAD_NET_TLS_H
#define FAIRLEAD_NET_TLS_H

#include <stdbool.h>

#include "base/secret.h"
#include "base/text.h"
#include "state/board.h"
#include "state/config.h"

typedef struct ssl_st SSL;
struct tls;

/* Reads certificates, keys and CA. Errors as in config_read. The board gives the ticket keys. */
struct tls *tls_new(const struct config *c, const struct board *b, struct text *errors);
void tls_free(struct tls *t);
/* A server-side SSL without a descriptor, for channel_new; NULL without memory. */
SSL *tls_accept(struct tls *t);

/* What a verified client certificate says. */
struct tls_peer {
	bool present;
	unsigned char digest[SECRET_SHA256_LEN]; /* of its DER */
	char common_name[128];                   /* "" when there is none or it does not fit */
	char uri[256]; /* first SAN URI, "" as above; more than one URI: "" */
	int64_t not_after;
};
void tls_peer_read(SSL *ssl, struct tls_peer *out);
/* "TLSv1.3", for the log. */
const char *tls_version(SSL *ssl);
bool tls_resumed(SSL *ssl);

#endif
