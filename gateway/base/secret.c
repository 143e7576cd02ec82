/*
 * secret: libcrypto's digests, MACs, random numbers and constant-time compare.
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <limits.h>

#include "base/log.h"
#include "base/secret.h"

/* Fetched once: OpenSSL 3 looks a digest up by name on every use otherwise. */
static const EVP_MD *
sha256(void)
{
	static EVP_MD *md;

	if (!md)
		md = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (!md)
		fatal("the crypto library has no SHA-256");
	return md;
}

bool
secret_equal(const void *a, const void *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

void
secret_wipe(void *p, size_t len)
{
	OPENSSL_cleanse(p, len);
}

void
secret_random(void *p, size_t len)
{
	if (len > INT_MAX || RAND_bytes(p, (int)len) != 1)
		fatal("the system gives no random bytes");
}

void
secret_sha256(struct span s, unsigned char out[SECRET_SHA256_LEN])
{
	if (EVP_Digest(s.p, s.len, out, NULL, sha256(), NULL) != 1)
		fatal("SHA-256 failed");
}

void
secret_sha1(struct span s, unsigned char out[SECRET_SHA1_LEN])
{
	if (EVP_Digest(s.p, s.len, out, NULL, EVP_sha1(), NULL) != 1)
		fatal("SHA-1 failed");
}

/* HMAC() takes a NULL for a question about sizes, so an empty span needs some address. */
static const char *
address_of(struct span s)
{
	return s.p ? s.p : "";
}

void
secret_hmac_sha256(struct span key, struct span s, unsigned char out[SECRET_SHA256_LEN])
{
	const unsigned char *data = (const unsigned char *)address_of(s);

	if (key.len > INT_MAX ||
		!HMAC(sha256(), address_of(key), (int)key.len, data, s.len, out, NULL))
		fatal("HMAC-SHA-256 failed");
}

struct secret_digest {
	EVP_MD_CTX *context;
};

struct secret_digest *
secret_digest_new(void)
{
	struct secret_digest *d = OPENSSL_zalloc(sizeof(*d));

	if (!d || !(d->context = EVP_MD_CTX_new()) ||
		EVP_DigestInit_ex(d->context, sha256(), NULL) != 1)
		fatal("no memory for a digest");
	return d;
}

void
secret_digest_add(struct secret_digest *d, const void *p, size_t len)
{
	if (EVP_DigestUpdate(d->context, p, len) != 1)
		fatal("SHA-256 failed");
}

void
secret_digest_end(struct secret_digest *d, unsigned char out[SECRET_SHA256_LEN])
{
	if (EVP_DigestFinal_ex(d->context, out, NULL) != 1)
		fatal("SHA-256 failed");
	secret_digest_free(d);
}

void
secret_digest_free(struct secret_digest *d)
{
	if (!d)
		return;
	EVP_MD_CTX_free(d->context);
	OPENSSL_clear_free(d, sizeof(*d));
}
