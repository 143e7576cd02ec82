/*
 * client_cert: a new client certificate in memory.
 */
#ifndef FAIRLEAD_CMD_CLIENT_CERT_H
#define FAIRLEAD_CMD_CLIENT_CERT_H

#include <openssl/x509.h>

#include "base/secret.h"
#include "cmd/issue.h"

struct client_cert {
	EVP_PKEY *key;
	X509 *cert;
	STACK_OF(X509) * server_ca; /* what the client checks the gateway against */
	int64_t not_after;
	unsigned char digest[SECRET_SHA256_LEN];
};

/* 0, or the exit code, said on standard error. `c` is the caller's to free either way. */
int client_cert_make(struct client_cert *c, const struct issue *i, const struct issue_cert *want);
void client_cert_free(struct client_cert *c);

#endif
