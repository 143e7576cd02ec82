/*
 * policy_raw: a body that no schema judges: a backend's, and the administrator's.
 *
 * A backend gets it as it came. What the administrator sends to the engine as
 * JSON is read and printed anew, so that it has one meaning for the engine and for who reads it here.
 */
#include "policy/policy.h"

static enum gate_answer
raw_upgrade(struct exchange *x)
{
	struct span upgrade = x->request.upgrade;

	if (x->endpoint->answer != ANSWER_HIJACK || !upgrade.p)
		return GATE_PASS;
	if (span_eq_nocase(upgrade, SPAN("tcp")) || span_eq_nocase(upgrade, SPAN("h2c")))
		return GATE_PASS;
	return exchange_refuse(x, 400, "upgrade", "Upgrade: must be tcp or h2c");
}

static enum gate_answer
raw_json(struct exchange *x)
{
	struct json_doc doc;
	struct json_error err;

	if (json_parse(x->body, NULL, &doc, &err) == -1)
		return exchange_refuse(x, 400, "bad body", "body, line %u column %u: %s", err.line,
			err.column, err.message);
	json_print(&x->out, doc.root);
	json_free(&doc);
	return GATE_PASS;
}

enum gate_answer
raw_body(struct exchange *x)
{
	struct span type = x->request.content_type;
	enum gate_answer a = raw_upgrade(x);

	if (a == GATE_PASS && x->upload)
		x->content_type = type;
	if (a != GATE_PASS || !x->body.len)
		return a;
	if (!x->backend && type.p && http_media_type_is(type, SPAN("application/json")))
		return raw_json(x);
	x->content_type = type;
	text_add_span(&x->out, x->body);
	return GATE_PASS;
}
