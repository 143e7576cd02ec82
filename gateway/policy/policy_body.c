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

enum gate_answer
body_refusal(struct exchange *x, unsigned status, const struct text *why)
{
	static const char *const reasons[] = { "bad body", "denied", "memory" };

	return exchange_refuse(x, status,
		reasons[status == 403           ? 1
				: status == 500 ? 2
						: 0],
		"%.*s", (int)why->len, why->p ? why->p : "bad body");
}

static enum gate_answer
body_exec_create(struct exchange *x, struct text *why)
{
	const struct exec_create_rules rules = { .privileged_ok = x->tenant->rights &
			RIGHT_PRIVILEGED_EXEC };
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

static bool
is_query_key(const struct endpoint *e, struct span key)
{
	for (const struct query_key *k = e->query; k && k->name; k++)
		if (span_eq(key, span_of(k->name)))
			return true;
	return false;
}

/* Clients say in a body, too, what they say in the query (dockerode): no engine reads it there. */
static bool
body_repeats_query(const struct exchange *x)
{
	struct json_error err;
	struct json_doc doc;
	bool repeats;

	if (json_parse(x->body, NULL, &doc, &err) == -1)
		return false;
	repeats = doc.root->type == JSON_OBJECT || doc.root->type == JSON_NULL;
	for (const struct json *v = doc.root->first; v && repeats; v = v->next)
		repeats = json_is_neutral(v) || is_query_key(x->endpoint, v->key);
	json_free(&doc);
	return repeats;
}

static enum gate_answer
body_none(struct exchange *x, struct text *why)
{
	(void)why;
	if (x->body.len && !body_repeats_query(x))
		return exchange_refuse(x, 400, "unexpected body", "%s takes no body",
			x->endpoint->name);
	if (x->endpoint->answer == ANSWER_HIJACK && x->request.upgrade.p &&
		!span_eq_nocase(x->request.upgrade, SPAN("tcp")))
		return exchange_refuse(x, 400, "upgrade", "Upgrade: must be tcp");
	return GATE_PASS;
}

/* What has no row here is judged as it streams, or not served. */
static enum gate_answer (*const judges[])(struct exchange *x, struct text *why) = {
	[BODY_REFUSED] = body_none,
	[BODY_EXEC_CREATE] = body_exec_create,
	[BODY_EXEC_START] = body_exec_start,
	[BODY_CONTAINER_CREATE] = body_tree,
	[BODY_CONTAINER_UPDATE] = body_tree,
	[BODY_NETWORK_CREATE] = body_tree,
	[BODY_NETWORK_CONNECT] = body_tree,
	[BODY_NETWORK_DISCONNECT] = body_tree,
	[BODY_VOLUME_CREATE] = body_tree,
	[BODY_COMMIT] = body_tree,
	[BODY_RAW] = NULL,
};

static enum gate_answer
body_judge_by_kind(struct exchange *x)
{
	struct text why;
	enum gate_answer a;

	if (!judges[x->endpoint->body])
		return exchange_refuse(x, 501, "not served", "%s: not served", x->endpoint->name);
	text_init(&why, 1000);
	a = judges[x->endpoint->body](x, &why);
	text_free(&why);
	return a;
}

static enum gate_answer
body_check(struct exchange *x)
{
	enum gate_answer a = x->backend ? GATE_PASS : body_type_check(x);

	if (a != GATE_PASS)
		return a;
	text_init(&x->out, 0);
	if (x->backend || x->everything)
		a = raw_body(x);
	else if (!x->upload) /* else it is judged as it streams */
		a = body_judge_by_kind(x);
	if (a == GATE_PASS && x->out.failed)
		a = exchange_refuse(x, 500, "memory", "out of memory");
	return a;
}

const struct gate policy_body = { "body", GATE_BODY, body_check };
