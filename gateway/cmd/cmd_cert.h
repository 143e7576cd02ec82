/*
 * cmd_cert: what the files of "fairlead cert" share.
 */
#ifndef FAIRLEAD_CMD_CMD_CERT_H
#define FAIRLEAD_CMD_CMD_CERT_H

#include "base/secret.h"
#include "cmd/issue.h"

/* What is asked of a new client certificate. */
struct cert_wish {
	const char *ca_cert, *ca_key; /* PEM files */
	const char *server_ca;        /* PEM file for the tenant's ca.pem; NULL: ca_cert */
	const char *folder;           /* where the files go; made when it is not there */
	unsigned days;
};

/* In the order in which they are written. */
enum cert_file { CERT_FILE_KEY, CERT_FILE_CERT, CERT_FILE_CA, CERT_FILES };

/* A certificate that nobody has yet. */
struct cert_made {
	struct text pem[CERT_FILES];
	int64_t not_after;
	unsigned char digest[SECRET_SHA256_LEN]; /* of its DER */
};

/* cmd_cert_make.c: 0, or the exit code, said on standard error. `made` is the caller's to free either way. */
int cert_make(struct cert_made *made, const struct issue *i, const struct cert_wish *wish);
void cert_made_free(struct cert_made *made);

/* cmd_cert_files.c: makes one, writes its files, registers it, prints how to use it. Returns the exit code. */
int cert_give(const struct issue *i, const struct cert_wish *wish);
/* "FOLDER/NAME", the caller frees it; NULL without memory. */
char *cert_path(struct span folder, const char *name);

#endif
