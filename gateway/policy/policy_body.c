/*
 * policy_body: the body, judged by the endpoint's schema and generated anew.
 */
#include "policy/policy.h"

/* The engine merges a form's values into the query, before the query's own (Go's ParseForm):
 * a form could replace what was judged there. */
static enum gate_answer
body_type_check(struct exchange *x)
{
	struct span type = x->request.content_type;

	if (!x->body.len && !x->upload)
		return GATE_PASS;
	if (type.p && http_media_type_is(type, SPAN("application/x-www-form-urlencoded")))
		return exchange_refuse(x, 415, "form body",
			"Content-Type application/x-www-form-urlencoded is not taken; send application/json");
	if (x->endpoint->body == BODY_REFUSED || x->everything || x->upload)
		return GATE_PASS;
	if (!type.p || !http_media_type_is(type, SPAN("application/json")))
		return exchange_refuse(x, 400, "content type",
			"Content-Type must be application/json");
	return GATE_PASS;
}

static enum gate_answer
body_refusal(struct exchange *x, unsigned status, const struct text *why)
{
	return exchange_refuse(x, status, status == 403 ? "denied" : "bad body", "%.*s",
		(int)why->len, why->p ? why->p : "bad body");
}

static enum gate_answer
body_exec_create(struct exchange *x, struct text *why)
{
	static const struct exec_create_rules rules = { .privileged_ok = false };
	int status = exec_create_judge(x->body, &rules, &x->out, why);

	return status ? body_refusal(x, (unsigned)status, why) : GATE_PASS;
}

static enum gate_answer
body_exec_start(struct exchange *x, struct text *why)
{
	struct span upgrade = x->request.upgrade;

	if (upgrade.p && !span_eq_nocase(upgrade, SPAN("tcp")))
		return exchange_refuse(x, 400, "upgrade", "Upgrade: must be tcp");
	if (exec_start_parse(x->body, &x->start, why) == -1)
		return body_refusal(x, 400, why);
	exec_start_print(&x->start, x->minor >= 42, &x->out);
	return GATE_PASS;
}

static enum gate_answer
body_none(struct exchange *x)
{
	if (x->body.len)
		return exchange_refuse(x, 400, "unexpected body", "%s takes no body",
			x->endpoint->name);
	if (x->endpoint->answer == ANSWER_HIJACK && x->request.upgrade.p &&
		!span_eq_nocase(x->request.upgrade, SPAN("tcp")))
		return exchange_refuse(x, 400, "upgrade", "Upgrade: must be tcp");
	return GATE_PASS;
}

static enum gate_answer
body_check(struct exchange *x)
{
	enum gate_answer a = x->backend ? GATE_PASS : body_type_check(x);
	struct text why;

	if (a != GATE_PASS)
		return a;
	text_init(&why, 1000);
	text_init(&x->out, 0);
	if (x->backend || x->everything)
		a = raw_body(x);
	else if (x->upload)
		a = GATE_PASS; /* judged as it streams */
	else
		switch (x->endpoint->body) {
		case BODY_EXEC_CREATE:
			a = body_exec_create(x, &why);
			break;
		case BODY_EXEC_START:
			a = body_exec_start(x, &why);
			break;
		case BODY_REFUSED:
			a = body_none(x);
			break;
		case BODY_CONTAINER_CREATE:
		case BODY_CONTAINER_UPDATE:
		case BODY_NETWORK_CREATE:
		case BODY_NETWORK_CONNECT:
		case BODY_NETWORK_DISCONNECT:
		case BODY_VOLUME_CREATE:
		case BODY_COMMIT:
		case BODY_ARCHIVE:
		case BODY_LOAD:
		case BODY_BUILD:
		case BODY_RAW:
			a = exchange_refuse(x, 501, "not served", "%s: not served",
				x->endpoint->name);
			break;
		}
	if (a == GATE_PASS && x->out.failed)
		a = exchange_refuse(x, 500, "memory", "out of memory");
	text_free(&why);
	return a;
}

const struct gate policy_body = { "body", GATE_BODY, body_check };
