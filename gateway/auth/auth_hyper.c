/*
 * auth_hyper: requests signed with HYPER-HMAC-SHA256, as the Hyper CLI does.
 */
#include <string.h>

#include "auth/auth.h"
#include "base/clock.h"
#include "format/hyper.h"

/* How far the clocks of a client and of the gateway may be apart, either way. */
#define SKEW ((int64_t)300)

/* The secret of nobody: an unknown access key is answered after the same work as a known one.
 * It is as long as those that "fairlead key" makes. */
static const char nobodys_secret[] =
	"fls_0000000000000000000000000000000000000000000000000000000000000000";

static bool
scope_ok(const struct auth_question *q, const struct hyper_auth *a, struct span *date)
{
	int64_t when;

	if (!span_eq(a->service, SPAN("hyper")) || !span_eq(a->terminator, SPAN("hyper_request")) ||
		!q->config->hyper_region || !span_eq(a->region, span_of(q->config->hyper_region)))
		return false;
	if (!hyper_field(q->request, SPAN("x-hyper-date"), date) ||
		!clock_parse_basic(*date, &when))
		return false;
	return span_starts(*date, a->date) && when >= q->now - SKEW && when <= q->now + SKEW;
}

static bool
has_body(const struct http_request *r)
{
	return r->framing != HTTP_BODY_NONE && (r->framing != HTTP_BODY_LENGTH || r->length > 0);
}

/* What must be covered, or the signature would fit another request too. */
static bool
covers(const struct auth_question *q, const struct hyper_auth *a)
{
	return hyper_is_signed(a, SPAN("host")) && hyper_is_signed(a, SPAN("x-hyper-date")) &&
		hyper_is_signed(a, SPAN("x-hyper-content-sha256")) &&
		(!has_body(q->request) || hyper_is_signed(a, SPAN("content-type")));
}

static bool
body_digest(const struct http_request *r, unsigned char out[SECRET_SHA256_LEN])
{
	struct span hex;

	return hyper_field(r, SPAN("x-hyper-content-sha256"), &hex) &&
		text_unhex(hex, out, SECRET_SHA256_LEN);
}

/* Signs the request as the client must have. -1: it has no canonical form. */
static int
sign(const struct auth_question *q, const struct hyper_auth *a, struct span date,
	struct span secret, unsigned char out[SECRET_SHA256_LEN])
{
	struct text canonical, to_sign;
	int result;

	text_init(&canonical, 0);
	text_init(&to_sign, 0);
	result = hyper_canonical(q->request, a, &canonical);
	if (result == 0) {
		hyper_string_to_sign(a, date, text_span(&canonical), &to_sign);
		result = to_sign.failed ? -1 : 0;
	}
	if (result == 0)
		hyper_sign(secret, a, text_span(&to_sign), out);
	text_free(&canonical);
	text_free(&to_sign);
	return result;
}

static enum auth_answer
check(const struct auth_question *q, struct identity *who)
{
	struct hyper_auth a;
	struct span date;
	const struct credential *c;
	unsigned char expected[SECRET_SHA256_LEN];
	bool right;

	switch (hyper_parse(q->request->authorization, &a)) {
	case HYPER_OTHER:
		return AUTH_NOT_MINE;
	case HYPER_BAD:
		return AUTH_WRONG;
	case HYPER_OK:
		break;
	}
	if (!scope_ok(q, &a, &date)) {
		who->wrong = "date or region of the signature";
		return AUTH_WRONG;
	}
	if (!covers(q, &a) || !body_digest(q->request, who->body_digest))
		return AUTH_WRONG;
	c = store_find_access_key(q->store, a.access_key);
	if (sign(q, &a, date, c ? span_of(c->secret) : SPAN(nobodys_secret), expected) != 0)
		return AUTH_WRONG;
	right = secret_equal(expected, a.signature, sizeof(expected));
	memcpy(who->signature, a.signature, sizeof(who->signature));
	who->signature_ends = q->now + 2 * SKEW;
	secret_wipe(expected, sizeof(expected));
	if (!right || !c)
		return AUTH_WRONG;
	who->body_signed = true; /* checked when the body is here: contract/identity.h */
	return auth_accept(q, c, who);
}

const struct auth_scheme auth_hyper = {
	.name = "hyper",
	.challenge = HYPER_SCHEME " realm=\"fairlead\"",
	.accepts = "a " HYPER_SCHEME " signature",
	.check = check,
};
