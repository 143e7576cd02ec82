/*
 * gate_auth: asks the schemes in order; the first whose credential is in the
 * request decides. What was wrong with it
 * stands in the log and is never told.
 */
#include "auth/gate_auth.h"

#include "base/clock.h"

static enum gate_answer
auth_refuse(struct exchange *x, const char *reason)
{
	struct text accepted;
	enum gate_answer a;

	text_init(&accepted, 1000);
	for (unsigned i = 0; x->schemes[i]; i++) {
		if (i > 0)
			text_add_str(&accepted, x->schemes[i + 1] ? ", " : " or ");
		text_add_str(&accepted, x->schemes[i]->accepts);
	}
	a = exchange_refuse(x, 401, reason,
		"no valid credential in the request; this gateway accepts %s",
		accepted.p ? accepted.p : "none");
	x->refusal.challenge = true;
	text_free(&accepted);
	return a;
}

static enum gate_answer
auth_check(struct exchange *x)
{
	struct auth_question q = { &x->request, x->peer, x->config, x->store, clock_unix() };

	for (unsigned i = 0; x->schemes[i]; i++) {
		switch (x->schemes[i]->check(&q, &x->who)) {
		case AUTH_OK:
			x->who.scheme = x->schemes[i]->name;
			x->authenticated = true;
			x->tenant = config_tenant(x->config, span_of(x->who.tenant));
			x->everything = x->tenant && (x->tenant->rights & RIGHT_ADMIN);
			return GATE_PASS;
		case AUTH_WRONG:
			return auth_refuse(x, x->who.wrong ? x->who.wrong : "credential not valid");
		case AUTH_NOT_MINE:
			break;
		}
	}
	return auth_refuse(x, "no credential");
}

enum gate_answer
gate_signed_body_judge(struct exchange *x, const unsigned char digest[SECRET_SHA256_LEN])
{
	if (secret_equal(digest, x->who.body_digest, SECRET_SHA256_LEN))
		return GATE_PASS;
	return auth_refuse(x, "body is not the signed one");
}

/* A body that streams is not here yet: it is judged before its end is sent. */
static enum gate_answer
signed_body_check(struct exchange *x)
{
	unsigned char digest[SECRET_SHA256_LEN];

	if (!x->who.body_signed || x->upload)
		return GATE_PASS;
	secret_sha256(x->body, digest);
	return gate_signed_body_judge(x, digest);
}

/* Clients repeat an identical signed GET within the second that a signature tells. */
static enum gate_answer
replay_check(struct exchange *x)
{
	bool asks = (x->request.method & (HTTP_GET | HTTP_HEAD)) &&
		x->endpoint->answer != ANSWER_WEBSOCKET;
	bool changes = !asks && !(x->endpoint->class & EP_REPEAT);

	if (!x->config->hyper_replay_guard || !x->who.body_signed || !changes)
		return GATE_PASS;
	if (!board_replay_seen(x->board, x->who.signature, clock_unix(), x->who.signature_ends))
		return GATE_PASS;
	return auth_refuse(x, "signature used before");
}

const struct gate gate_auth = { "auth", GATE_HEAD, auth_check };
const struct gate gate_signed_body = { "signed body", GATE_BODY, signed_body_check };
const struct gate gate_replay = { "replay", GATE_BODY, replay_check };
