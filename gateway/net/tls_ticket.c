/*
 * tls_ticket: session tickets (RFC 5077, RFC 8446 4.6.1) sealed with the
 * board's keys, so that any worker of any generation opens what another sealed.
 */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#include "net/tls_impl.h"

#define TICKET_IV_LEN 16 /* a block of AES */

int
tls_ticket_setup(struct tls *t)
{
	t->ticket_cipher = EVP_CIPHER_fetch(NULL, "AES-256-CBC", NULL);
	t->ticket_mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	return t->ticket_cipher && t->ticket_mac ? 0 : -1;
}

static int
use_mac_key(EVP_MAC_CTX *mac, struct board_ticket_key *key)
{
	char digest[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key->hmac, sizeof(key->hmac)),
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end(),
	};

	return EVP_MAC_CTX_set_params(mac, params);
}

static int
seal(const struct tls *t, struct board_ticket_key *key, unsigned char *name, unsigned char *iv,
	EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac)
{
	memcpy(name, key->name, sizeof(key->name));
	if (RAND_bytes(iv, TICKET_IV_LEN) != 1 ||
		EVP_EncryptInit_ex(cipher, t->ticket_cipher, NULL, key->aes, iv) != 1 ||
		use_mac_key(mac, key) != 1)
		return -1;
	return 1;
}

/* 1: taken, 2: taken, and the client gets a new one, 0: a whole handshake. */
static int
unseal(const struct tls *t, struct board_ticket_key keys[BOARD_TICKET_KEYS],
	const unsigned char *name, const unsigned char *iv, EVP_CIPHER_CTX *cipher,
	EVP_MAC_CTX *mac)
{
	unsigned i = 0;

	while (i < BOARD_TICKET_KEYS && memcmp(name, keys[i].name, sizeof(keys[i].name)) != 0)
		i++;
	if (i == BOARD_TICKET_KEYS)
		return 0;
	if (use_mac_key(mac, &keys[i]) != 1 ||
		EVP_DecryptInit_ex(cipher, t->ticket_cipher, NULL, keys[i].aes, iv) != 1)
		return -1;
	return i == 0 ? 1 : 2;
}

static int
on_ticket(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
	EVP_MAC_CTX *mac, int sealing)
{
	const struct tls *t = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	struct board_ticket_key keys[BOARD_TICKET_KEYS];
	int result;

	board_tickets_read(t->board, keys);
	result = sealing ? seal(t, &keys[0], name, iv, cipher, mac)
			 : unseal(t, keys, name, iv, cipher, mac);
	secret_wipe(keys, sizeof(keys));
	return result;
}

int
tls_ticket_use(SSL_CTX *ctx, const struct config *c)
{
	uint64_t rotation = c->ticket_rotation_ms / 1000;

	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	if (rotation == 0) {
		SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
		return SSL_CTX_set_num_tickets(ctx, 0) == 1 ? 0 : -1;
	}
	/* Its key opens a ticket for two rotations at the least. */
	SSL_CTX_set_timeout(ctx, (long)(2 * rotation));
	if (SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, on_ticket) != 1)
		return -1;
	/* One, not OpenSSL's two: 49 us of a handshake's 456 for what no client of ours uses. */
	return SSL_CTX_set_num_tickets(ctx, 1) == 1 ? 0 : -1;
}
