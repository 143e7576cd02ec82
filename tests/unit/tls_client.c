/*
 * Tests of net/tls: client certificates, and what session tickets bring back of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tls_fixture.h"

/* Whether the handshake was done; what is known of the client then in `*peer`. */
static bool
shake_as(struct tls *t, int version, const struct pki *who, struct tls_peer *peer)
{
	SSL_CTX *ctx = client_new(version);
	struct pair p;
	bool done;

	if (who) {
		SSL_CTX_use_certificate(ctx, who->cert);
		SSL_CTX_use_PrivateKey(ctx, who->key);
	}
	p = pair_new(ctx, tls_accept(t));
	done = pair_shake(&p);
	tls_peer_read(p.server, peer);
	pair_free(&p);
	SSL_CTX_free(ctx);
	return done;
}

static struct tls *
tls_with_ca(enum config_client_cert mode, const char *file)
{
	struct config c = config_of(fixture.cert, 1);

	c.client_cert = mode;
	c.client_ca = name_of(file);
	return tls_of(&c);
}

static void
client_certificates(void **state)
{
	static const enum config_client_cert modes[] = { CLIENT_CERT_OFF, CLIENT_CERT_OPTIONAL,
		CLIENT_CERT_REQUIRED };
	struct pki stranger = pki_make(&fixture.other_ca,
		(struct pki_wish){ .cn = "alice", .usage = "clientAuth" });
	struct pki expired =
		pki_make(&fixture.ca, (struct pki_wish){ .cn = "late", .from = -9, .to = -2 });
	struct pki wrong_use =
		pki_make(&fixture.ca, (struct pki_wish){ .cn = "web", .usage = "serverAuth" });
	struct tls_peer peer;

	(void)state;
	for (int v = TLS1_2_VERSION; v <= TLS1_3_VERSION; v++) {
		for (unsigned i = 0; i < 3; i++) {
			struct tls *t = tls_with_ca(modes[i], "ca.pem");
			bool off = modes[i] == CLIENT_CERT_OFF;

			assert_int_equal(shake_as(t, v, NULL, &peer),
				modes[i] != CLIENT_CERT_REQUIRED);
			assert_false(peer.present);
			assert_true(shake_as(t, v, &fixture.alice, &peer));
			assert_int_equal(peer.present, !off);
			assert_int_equal(shake_as(t, v, &stranger, &peer), off);
			assert_false(peer.present);
			assert_int_equal(shake_as(t, v, &expired, &peer), off);
			assert_false(peer.present);
			assert_int_equal(shake_as(t, v, &wrong_use, &peer), off);
			assert_false(peer.present);
			tls_free(t);
		}
	}
	pki_free(&stranger);
	pki_free(&expired);
	pki_free(&wrong_use);
}

static void
what_a_client_certificate_says(void **state)
{
	struct tls *t = tls_with_ca(CLIENT_CERT_REQUIRED, "ca.pem");
	struct pki two =
		pki_make(&fixture.ca, (struct pki_wish){ .san = "URI:urn:a,DNS:x,URI:urn:b" });
	struct pki future = pki_make(&fixture.ca,
		(struct pki_wish){ .cn = "caf\xc3\xa9", .from = -1, .to = 20000 });
	struct tls_peer peer;
	unsigned char digest[SECRET_SHA256_LEN];
	int64_t not_after = (int64_t)time(NULL) + DAY;

	(void)state;
	assert_true(shake_as(t, TLS1_3_VERSION, &fixture.alice, &peer));
	assert_string_equal(peer.common_name, "alice");
	assert_string_equal(peer.uri, "urn:fairlead:tenant:acme");
	assert_true(peer.not_after > not_after - 120 && peer.not_after <= not_after);
	X509_digest(fixture.alice.cert, EVP_sha256(), digest, NULL);
	assert_memory_equal(peer.digest, digest, sizeof(digest));
	assert_true(shake_as(t, TLS1_3_VERSION, &two, &peer));
	assert_string_equal(peer.common_name, "");
	assert_string_equal(peer.uri, "");
	/* After 2049 the date has another form. */
	assert_true(shake_as(t, TLS1_3_VERSION, &future, &peer));
	assert_string_equal(peer.common_name, "caf\xc3\xa9");
	assert_true(peer.not_after > not_after + 19000 * DAY);
	pki_free(&two);
	pki_free(&future);
	tls_free(t);
}

static void
the_names_of_the_authorities_are_sent(void **state)
{
	struct tls *t = tls_with_ca(CLIENT_CERT_OPTIONAL, "ca.pem");
	SSL_CTX *ctx = client_new(TLS1_3_VERSION);
	struct pair p = pair_new(ctx, tls_accept(t));
	const STACK_OF(X509_NAME) * names;

	(void)state;
	assert_true(pair_shake(&p));
	names = SSL_get0_peer_CA_list(p.client);
	assert_int_equal(sk_X509_NAME_num(names), 1);
	assert_int_equal(X509_NAME_cmp(sk_X509_NAME_value(names, 0),
				 X509_get_subject_name(fixture.ca.cert)),
		0);
	pair_free(&p);
	SSL_CTX_free(ctx);
	tls_free(t);
}

static SSL_SESSION *kept;

static int
keep_session(SSL *ssl, SSL_SESSION *session)
{
	(void)ssl;
	SSL_SESSION_free(kept);
	kept = session;
	return 1;
}

/* A handshake that offers `kept` and keeps what it gets; whether it was resumed. */
static bool
shake_again(struct tls *t, int version, const struct pki *who, struct tls_peer *peer)
{
	SSL_CTX *ctx = client_new(version);
	struct pair p;
	bool resumed;

	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(ctx, keep_session);
	if (who) {
		SSL_CTX_use_certificate(ctx, who->cert);
		SSL_CTX_use_PrivateKey(ctx, who->key);
	}
	p = pair_new(ctx, tls_accept(t));
	if (kept)
		SSL_set_session(p.client, kept);
	assert_true(pair_shake(&p));
	resumed = tls_resumed(p.server);
	assert_int_equal(resumed, SSL_session_reused(p.client));
	tls_peer_read(p.server, peer);
	/* Of a ticket renewed while it was taken, TLS 1.2's client tells nobody. */
	if (version == TLS1_2_VERSION)
		keep_session(p.client, SSL_get1_session(p.client));
	pair_free(&p);
	SSL_CTX_free(ctx);
	return resumed;
}

static void
forget_session(void)
{
	SSL_SESSION_free(kept);
	kept = NULL;
}

static void
any_worker_resumes(void **state)
{
	struct tls_peer peer;

	(void)state;
	for (int v = TLS1_2_VERSION; v <= TLS1_3_VERSION; v++) {
		struct tls *one = tls_with_ca(CLIENT_CERT_REQUIRED, "ca.pem");
		struct tls *two = tls_with_ca(CLIENT_CERT_REQUIRED, "ca.pem");

		assert_false(shake_again(one, v, &fixture.alice, &peer));
		assert_non_null(kept);
		assert_true(shake_again(two, v, &fixture.alice, &peer));
		/* Who it is comes out of the ticket. */
		assert_true(peer.present);
		assert_string_equal(peer.common_name, "alice");
		forget_session();
		tls_free(one);
		tls_free(two);
	}
}

static void
tickets_end_with_what_was_checked(void **state)
{
	struct tls_peer peer;

	(void)state;
	for (int v = TLS1_2_VERSION; v <= TLS1_3_VERSION; v++) {
		struct tls *before = tls_with_ca(CLIENT_CERT_OPTIONAL, "ca.pem");
		struct tls *required = tls_with_ca(CLIENT_CERT_REQUIRED, "ca.pem");
		struct tls *other = tls_with_ca(CLIENT_CERT_OPTIONAL, "other-ca.pem");

		assert_false(shake_again(before, v, &fixture.alice, &peer));
		assert_false(shake_again(required, v, &fixture.alice, &peer));
		forget_session();
		assert_false(shake_again(before, v, &fixture.alice, &peer));
		/* Under the other authority alice would be refused: only the ticket could bring her in. */
		assert_false(shake_again(other, v, NULL, &peer));
		assert_false(peer.present);
		forget_session();
		tls_free(before);
		tls_free(required);
		tls_free(other);
	}
}

static void
keys_grow_old(void **state)
{
	struct tls_peer peer;

	(void)state;
	for (int v = TLS1_2_VERSION; v <= TLS1_3_VERSION; v++) {
		struct config c = config_of(fixture.cert, 1);
		struct tls *t = tls_of(&c);

		assert_false(shake_again(t, v, NULL, &peer));
		/* A ticket of an old key is taken, and a new one given. */
		board_tickets_rotate(fixture.board);
		board_tickets_rotate(fixture.board);
		assert_true(shake_again(t, v, NULL, &peer));
		board_tickets_rotate(fixture.board);
		board_tickets_rotate(fixture.board);
		assert_true(shake_again(t, v, NULL, &peer));
		for (unsigned i = 0; i < BOARD_TICKET_KEYS; i++)
			board_tickets_rotate(fixture.board);
		assert_false(shake_again(t, v, NULL, &peer));
		forget_session();
		tls_free(t);
	}
}

static void
no_tickets_when_they_are_off(void **state)
{
	struct tls_peer peer;

	(void)state;
	for (int v = TLS1_2_VERSION; v <= TLS1_3_VERSION; v++) {
		struct config c = config_of(fixture.cert, 1);
		struct tls *t;

		c.ticket_rotation_ms = 0;
		t = tls_of(&c);
		assert_false(shake_again(t, v, NULL, &peer));
		assert_true(!kept || !SSL_SESSION_has_ticket(kept));
		assert_false(shake_again(t, v, NULL, &peer));
		forget_session();
		tls_free(t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(client_certificates),
		cmocka_unit_test(what_a_client_certificate_says),
		cmocka_unit_test(the_names_of_the_authorities_are_sent),
		cmocka_unit_test(any_worker_resumes),
		cmocka_unit_test(tickets_end_with_what_was_checked),
		cmocka_unit_test(keys_grow_old),
		cmocka_unit_test(no_tickets_when_they_are_off),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
