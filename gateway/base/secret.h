/*
 * secret: what touches keys, tokens and digests (the only user of libcrypto's
 * digests and random numbers outside net/).
 */
#ifndef FAIRLEAD_BASE_SECRET_H
#define FAIRLEAD_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

#define SECRET_SHA256_LEN 32
#define SECRET_SHA1_LEN 20

/* Time depends on `len` only. */
bool secret_equal(const void *a, const void *b, size_t len);
void secret_wipe(void *p, size_t len);
/* Ends the process when the system gives no random bytes. */
void secret_random(void *p, size_t len);

void secret_sha256(struct span s, unsigned char out[SECRET_SHA256_LEN]);
/* For WebSocket's handshake (RFC 6455 1.3), which proves nothing but that it is one. */
void secret_sha1(struct span s, unsigned char out[SECRET_SHA1_LEN]);
void secret_hmac_sha256(struct span key, struct span s, unsigned char out[SECRET_SHA256_LEN]);

/* A digest over parts. `_new` never returns NULL (no memory ends the process). */
struct secret_digest;
struct secret_digest *secret_digest_new(void);
void secret_digest_add(struct secret_digest *d, const void *p, size_t len);
/* Gives the digest of all that was added and frees `d`. */
void secret_digest_end(struct secret_digest *d, unsigned char out[SECRET_SHA256_LEN]);
void secret_digest_free(struct secret_digest *d);

#endif
