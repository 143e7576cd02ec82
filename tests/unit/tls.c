/*
 * Tests of net/tls: what its contexts agree to with a client, and what they refuse.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/log.h"
#include "tls_fixture.h"

static void
versions_and_suites(void **state)
{
	static const struct {
		int version;
		const char *suites; /* the client's; NULL: OpenSSL's own */
		const char *chosen; /* NULL: refused */
	} cases[] = {
		{ TLS1_3_VERSION, NULL, "TLS_AES_128_GCM_SHA256" },
		{ TLS1_2_VERSION, NULL, "ECDHE-ECDSA-AES128-GCM-SHA256" },
		{ TLS1_2_VERSION, "ECDHE-ECDSA-CHACHA20-POLY1305",
			"ECDHE-ECDSA-CHACHA20-POLY1305" },
		{ TLS1_2_VERSION, "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256",
			"ECDHE-ECDSA-AES128-GCM-SHA256" },
		{ TLS1_2_VERSION,
			"ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES128-SHA:AES128-GCM-SHA256", NULL },
		{ TLS1_2_VERSION, "ECDHE-ECDSA-AES128-CCM", NULL },
		{ TLS1_1_VERSION, "ALL:@SECLEVEL=0", NULL },
		{ TLS1_VERSION, "ALL:@SECLEVEL=0", NULL },
	};
	struct config c = config_of(fixture.cert, 1);
	struct tls *t = tls_of(&c);

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		SSL_CTX *ctx = client_new(cases[i].version);
		struct pair p;

		if (cases[i].suites)
			assert_int_equal(SSL_CTX_set_cipher_list(ctx, cases[i].suites), 1);
		p = pair_new(ctx, tls_accept(t));
		assert_int_equal(pair_shake(&p), cases[i].chosen != NULL);
		if (cases[i].chosen) {
			assert_string_equal(SSL_get_cipher_name(p.server), cases[i].chosen);
			assert_string_equal(tls_version(p.server),
				cases[i].version == TLS1_3_VERSION ? "TLSv1.3" : "TLSv1.2");
		}
		pair_free(&p);
		SSL_CTX_free(ctx);
	}
	tls_free(t);
}

static void
what_is_off_stays_off(void **state)
{
	struct config c = config_of(fixture.cert, 1);
	struct tls *t = tls_of(&c);
	SSL_CTX *ctx = client_new(TLS1_2_VERSION);
	unsigned char before[64], after[64];
	size_t len;
	struct pair p;

	(void)state;
	p = pair_new(ctx, tls_accept(t));
	assert_true(pair_shake(&p));
	assert_null(SSL_get_current_compression(p.server));
	assert_int_equal(SSL_get_read_ahead(p.server), 0);
	/* The client asks for another handshake, and gets none: the first is still the last. */
	len = SSL_get_finished(p.server, before, sizeof(before));
	assert_int_equal(SSL_renegotiate(p.client), 1);
	for (int i = 0; i < 10; i++) {
		SSL_do_handshake(p.client);
		SSL_read(p.server, &(char){ 0 }, 1);
	}
	ERR_clear_error();
	assert_false(SSL_is_init_finished(p.client));
	assert_int_equal(SSL_get_finished(p.server, after, sizeof(after)), len);
	assert_memory_equal(before, after, len);
	pair_free(&p);
	SSL_CTX_free(ctx);
	ctx = client_new(TLS1_3_VERSION);
	p = pair_new(ctx, tls_accept(t));
	assert_true(pair_shake(&p));
	assert_int_equal(SSL_SESSION_get_max_early_data(SSL_get_session(p.client)), 0);
	pair_free(&p);
	SSL_CTX_free(ctx);
	tls_free(t);
}

static void
protocols(void **state)
{
	static const struct {
		const char *offer;  /* with lengths; NULL: no extension */
		const char *chosen; /* NULL: refused; "": none */
	} cases[] = {
		{ NULL, "" },
		{ "\010http/1.1", "http/1.1" },
		{ "\002h2\010http/1.1", "http/1.1" },
		{ "\002h2", NULL },
		{ "\007http/1.", NULL },
		{ "\011http/1.10", NULL },
	};
	struct config c = config_of(fixture.cert, 1);
	struct tls *t = tls_of(&c);

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const unsigned char *got;
		unsigned len;
		SSL_CTX *ctx = client_new(TLS1_3_VERSION);
		struct pair p = pair_new(ctx, tls_accept(t));

		if (cases[i].offer)
			SSL_set_alpn_protos(p.client, (const unsigned char *)cases[i].offer,
				(unsigned)strlen(cases[i].offer));
		assert_int_equal(pair_shake(&p), cases[i].chosen != NULL);
		SSL_get0_alpn_selected(p.client, &got, &len);
		if (cases[i].chosen)
			assert_true(span_eq((struct span){ (const char *)got, len },
				span_of(cases[i].chosen)));
		pair_free(&p);
		SSL_CTX_free(ctx);
	}
	tls_free(t);
}

/* The common name of the certificate that a client gets; "" when the handshake fails. */
static const char *
certificate_for(struct tls *t, int version, const char *name, const char *algorithms)
{
	static char cn[64];
	SSL_CTX *ctx = client_new(version);
	struct pair p = pair_new(ctx, tls_accept(t));

	/* Copies: OpenSSL's macros cast const away. */
	char host[64], list[128];

	cn[0] = '\0';
	snprintf(host, sizeof(host), "%s", name ? name : "");
	snprintf(list, sizeof(list), "%s", algorithms ? algorithms : "");
	if (name)
		SSL_set_tlsext_host_name(p.client, host);
	if (algorithms)
		SSL_set1_sigalgs_list(p.client, list);
	if (version == TLS1_2_VERSION && algorithms && strncmp(algorithms, "RSA", 3) == 0)
		SSL_set_cipher_list(p.client, "ECDHE-RSA-AES128-GCM-SHA256");
	if (pair_shake(&p))
		X509_NAME_get_text_by_NID(X509_get_subject_name(
						  SSL_get0_peer_certificate(p.client)),
			NID_commonName, cn, sizeof(cn));
	pair_free(&p);
	SSL_CTX_free(ctx);
	return cn;
}

static void
certificates_by_name_and_key_type(void **state)
{
	static const char *const ec = "ECDSA+SHA256", *const rsa = "RSA-PSS+SHA256:RSA+SHA256";
	struct config c = config_of(fixture.cert, 4);
	struct tls *t = tls_of(&c);

	(void)state;
	for (int v = TLS1_2_VERSION; v <= TLS1_3_VERSION; v++) {
		assert_string_equal(certificate_for(t, v, "a.example", NULL), "ec");
		assert_string_equal(certificate_for(t, v, "a.example", ec), "ec");
		assert_string_equal(certificate_for(t, v, "a.example",
					    "RSA-PSS+SHA256:RSA+SHA256:RSA-PSS+SHA384"),
			"rsa");
		assert_string_equal(certificate_for(t, v, "A.EXAMPLE", rsa), "rsa");
		assert_string_equal(certificate_for(t, v, "b.example", NULL), "b");
		assert_string_equal(certificate_for(t, v, "B.Example", NULL), "b");
		assert_string_equal(certificate_for(t, v, "x.b.example", NULL), "wild");
		/* A star is one label, and a whole one. */
		assert_string_equal(certificate_for(t, v, "y.x.b.example", NULL), "ec");
		assert_string_equal(certificate_for(t, v, "unknown.example", NULL), "ec");
		assert_string_equal(certificate_for(t, v, NULL, NULL), "ec");
		/* The default is a name's certificates too: both key types. */
		assert_string_equal(certificate_for(t, v, NULL, rsa), "rsa");
		/* b has no RSA certificate, and a's is not for it. */
		assert_string_equal(certificate_for(t, v, "b.example", rsa), "");
	}
	tls_free(t);
}

static void
the_chain_is_sent(void **state)
{
	struct config_certificate cert = files_of("chain.pem", "leaf.key");
	struct config_certificate bare = files_of("leaf.pem", "leaf.key");
	struct config c = config_of(&cert, 1);
	struct pki middle = pki_make(&fixture.ca, (struct pki_wish){ .cn = "middle", .ca = true });
	struct tls *t;

	(void)state;
	issue(&middle, "leaf", (struct pki_wish){ .cn = "leaf", .san = "DNS:leaf.example" });
	pki_write("middle.pem", NULL, &middle);
	pki_free(&middle);
	assert_int_equal(system("cat leaf.pem middle.pem >chain.pem"), 0);
	t = tls_of(&c);
	assert_string_equal(certificate_for(t, TLS1_3_VERSION, "leaf.example", NULL), "leaf");
	tls_free(t);
	c = config_of(&bare, 1);
	t = tls_of(&c);
	assert_string_equal(certificate_for(t, TLS1_3_VERSION, "leaf.example", NULL), "");
	tls_free(t);
}

static void
errors_name_the_file(void **state)
{
	static const struct {
		const char *cert, *key, *client_ca;
		const char *error;
	} cases[] = {
		{ "none.pem", "a-ec.key", NULL,
			"none.pem: cannot be read: No such file or directory; name a PEM file that can\n" },
		{ "a-ec.pem", "none.key", NULL,
			"none.key: cannot be read: No such file or directory; name a PEM file that can\n" },
		{ "empty.pem", "a-ec.key", NULL,
			"empty.pem: holds no certificate; write PEM, as from openssl x509\n" },
		{ "second-broken.pem", "ca.key", NULL,
			"second-broken.pem: certificate 2 in it is broken (" },
		{ "a-ec.key", "a-ec.key", NULL,
			"a-ec.key: holds no certificate; write PEM, as from openssl x509\n" },
		{ "a-ec.pem", "a-ec.pem", NULL,
			"a-ec.pem: holds no private key that can be read (" },
		{ "a-ec.pem", "locked.key", NULL,
			"locked.key: the key is encrypted; decrypt it with openssl pkey, mode 0600\n" },
		{ "a-ec.pem", "b.key", NULL,
			"b.key: is not the key of the certificate in a-ec.pem; name the one it was made with\n" },
		{ "a-ec.pem", "ed.key", NULL,
			"ed.key: is neither an ECDSA nor an RSA key; take one of these\n" },
		{ "a-ec.pem", "a-ec.key", "empty.pem",
			"empty.pem: holds no certificate; write PEM, as from openssl x509\n" },
		{ "a-ec.pem", "a-ec.key", "b.pem",
			"b.pem: certificate 1 in it is not an authority's; name the CA's own file\n" },
		/* Both are told. */
		{ "empty.pem", "none.key", "empty.pem",
			"empty.pem: holds no certificate; write PEM, as from openssl x509\n"
			"none.key: cannot be read: No such file or directory; name a PEM file that can\n"
			"empty.pem: holds no certificate; write PEM, as from openssl x509\n" },
	};

	(void)state;
	assert_int_equal(system("echo nothing >empty.pem; sed '3s/^..../!!!!/' ca.pem >broken.pem;"
				"cat ca.pem broken.pem >second-broken.pem;"
				"openssl pkey -in a-ec.key -aes128 -passout pass:x -out locked.key;"
				"openssl genpkey -algorithm ed25519 -out ed.key"),
		0);
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct config_certificate cert = files_of(cases[i].cert, cases[i].key);
		struct config c = config_of(&cert, 1);
		struct text errors;

		text_init(&errors, 0);
		if (cases[i].client_ca) {
			c.client_ca = name_of(cases[i].client_ca);
			c.client_cert = CLIENT_CERT_REQUIRED;
		}
		assert_null(tls_new(&c, fixture.board, &errors));
		assert_non_null(errors.p);
		if (!span_starts(text_span(&errors), span_of(cases[i].error)))
			assert_string_equal(errors.p, cases[i].error);
		text_free(&errors);
	}
}

/* The log says so; the certificate is taken. */
static void
an_expired_certificate_is_only_warned_of(void **state)
{
	struct config_certificate cert = files_of("old.pem", "old.key");
	struct config c = config_of(&cert, 1);
	char line[512] = "";
	int ends[2];
	struct tls *t;

	(void)state;
	issue(&fixture.ca, "old", (struct pki_wish){ .cn = "old", .from = -9, .to = -2 });
	assert_int_equal(pipe(ends), 0);
	log_setup(LOG_INFO, LOG_KEYVALUE, ends[1]);
	t = tls_of(&c);
	assert_true(read(ends[0], line, sizeof(line) - 1) > 0);
	assert_non_null(strstr(line, "old.pem: the certificate has expired"));
	log_setup(LOG_INFO, LOG_KEYVALUE, 2);
	close(ends[0]);
	close(ends[1]);
	tls_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_and_suites),
		cmocka_unit_test(what_is_off_stays_off),
		cmocka_unit_test(protocols),
		cmocka_unit_test(certificates_by_name_and_key_type),
		cmocka_unit_test(the_chain_is_sent),
		cmocka_unit_test(errors_name_the_file),
		cmocka_unit_test(an_expired_certificate_is_only_warned_of),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
