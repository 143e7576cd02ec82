/*
 * explain: asks the gates that need no engine about one request, and tells what they say.
 *
 * Nothing of the rules is known here: an exchange is filled as the front does, the gates judge it, and
 * what they have put into it is printed.
 */
#include "cmd/explain.h"

#include <stdlib.h>
#include <string.h>

#include "format/endpoint_words.h"
#include "format/json.h"
#include "format/space.h"
#include "policy/policy.h"

#define LABEL "%-10s "

/* Versions are what an engine says they are; without one only the gateway's own oldest is judged. */
#define ANY_NEWEST 99
#define ANY_OLDEST 23

struct asked {
	struct exchange x;
	struct text head;
	struct engine **backends;
	bool passed; /* the endpoint is known then */
	bool body_judged;
};

/* The head that a client would send, read by the parser that reads clients' heads. */
static int
asked_head(struct asked *a, const struct explain *e)
{
	static const struct http_limits limits = { 8192, 16384, HTTP_MAX_FIELDS };
	struct http_error err = { 400, "the request line cannot be read" };
	size_t scanned = 0, used;

	text_init(&a->head, 0);
	text_addf(&a->head, "%.*s %.*s HTTP/1.1\r\nHost: fairlead\r\n", SPAN_ARG(e->method),
		SPAN_ARG(e->path));
	if (e->body.len)
		text_addf(&a->head, "Content-Type: application/json\r\nContent-Length: %zu\r\n",
			e->body.len);
	text_add_str(&a->head, "\r\n");
	if (http_request_parse(text_span(&a->head), &limits, &scanned, &a->x.request, &used,
		    &err) == HTTP_DONE)
		return 0;
	exchange_refuse(&a->x, err.status, "bad head", "%s", err.message);
	return -1;
}

/* They are asked for nothing: that there is one is what the gate wants to know. */
static void
asked_backends(struct asked *a)
{
	const struct config *c = a->x.config;

	a->backends = calloc(c->backend_count + 1, sizeof(struct engine *));
	for (unsigned i = 0; a->backends && i < c->backend_count; i++)
		a->backends[i] = engine_new(NULL, c, &c->backends[i].address, NULL, 0);
	a->x.backends = a->backends;
}

static enum gate_answer
asked_version(struct exchange *x)
{
	static const struct engine_versions any = { .newest = ANY_NEWEST, .oldest = ANY_OLDEST };

	return x->backend ? GATE_PASS : version_judge(x, &any);
}

static bool
asked_takes_body(const struct asked *a, const struct explain *e)
{
	const struct exchange *x = &a->x;

	if (x->backend || x->everything)
		return false;
	return x->endpoint->body == BODY_REFUSED || (e->body.p && !BODY_STREAMS(x->endpoint->body));
}

/* In the order of front/roster_gates.c. */
static enum gate_answer
asked_gates(struct asked *a, const struct explain *e)
{
	struct exchange *x = &a->x;

	if (policy_target.check(x) != GATE_PASS || policy_endpoint.check(x) != GATE_PASS ||
		asked_version(x) != GATE_PASS || policy_query.check(x) != GATE_PASS)
		return GATE_REFUSE;
	a->body_judged = asked_takes_body(a, e);
	return a->body_judged ? policy_body.check(x) : GATE_PASS;
}

static void
asked_judge(struct asked *a, const struct explain *e, const struct config_tenant *tenant)
{
	struct exchange *x = &a->x;

	memset(a, 0, sizeof(*a));
	x->config = e->config;
	x->tenant = tenant;
	x->authenticated = true;
	x->everything = (tenant->rights & RIGHT_ADMIN) != 0;
	x->body = e->body;
	(void)span_copy(span_of(tenant->name), x->who.tenant, sizeof(x->who.tenant));
	asked_backends(a);
	a->passed = asked_head(a, e) == 0 && asked_gates(a, e) == GATE_PASS;
}

static void
asked_free(struct asked *a)
{
	for (unsigned i = 0; a->backends && i < a->x.config->backend_count; i++)
		engine_free(a->backends[i]);
	free(a->backends);
	exchange_clear(&a->x);
	text_free(&a->head);
}

static void
print_refusal(const struct exchange *x, struct text *out)
{
	text_addf(out, "refused: %u %.*s\n", x->refusal.status, (int)x->refusal.message.len,
		x->refusal.message.p ? x->refusal.message.p : "");
}

static void
print_right(const struct explain *e, const struct endpoint *row, struct text *out)
{
	const char *between = "presets ";

	if (!row->right) {
		text_addf(out, LABEL "none\n", "right");
		return;
	}
	text_addf(out, LABEL "%s: ", "right", right_name(row->right));
	for (unsigned i = 0; right_preset_at(i); i++) {
		if (row->right & ~right_preset(span_of(right_preset_at(i))))
			continue;
		text_addf(out, "%s%s", between, right_preset_at(i));
		between = ", ";
	}
	if (row->right != RIGHT_ADMIN)
		text_addf(out, "; grant \"%s\"", right_name(row->right));
	between = "; here ";
	for (unsigned i = 0; e->named && i < e->config->tenant_count; i++) {
		if (row->right & ~e->config->tenants[i].rights)
			continue;
		text_addf(out, "%s%s", between, e->config->tenants[i].name);
		between = ", ";
	}
	text_add_char(out, '\n');
}

static void
print_row(const struct explain *e, const struct endpoint *row, struct text *out)
{
	text_addf(out, LABEL "%s, ", "endpoint", row->name);
	endpoint_print_methods(row->methods, out);
	text_addf(out, " %s\n" LABEL, row->path, "class");
	endpoint_explain_class(row->class, out);
	text_add_char(out, '\n');
	print_right(e, row, out);
}

static void
print_query(const struct endpoint *row, struct text *out)
{
	if (!row->query->name)
		text_addf(out, LABEL "no keys\n", "query");
	for (const struct query_key *k = row->query; k->name; k++) {
		text_addf(out, LABEL "%s: ", k == row->query ? "query" : "", k->name);
		endpoint_explain_key(k, out);
		text_add_char(out, '\n');
	}
}

/* What the path's "{...}" must be; the refusal of a missing one is the gates' own. */
static void
print_object(const struct asked *a, struct text *out)
{
	static const char *const kinds[] = {
		[OBJECT_CONTAINER] = "a container of the tenant's",
		[OBJECT_EXEC] = "an exec in a container of the tenant's, by its full id",
		[OBJECT_NETWORK] = "a network of the tenant's",
		[OBJECT_VOLUME] = "a volume of the tenant's",
		[OBJECT_IMAGE] = "an image that the tenant may see",
		[OBJECT_OWN_IMAGE] = "an image of the tenant's own",
		[OBJECT_REPOSITORY] = "a repository that the tenant may pull from",
	};
	struct exchange missing = { .endpoint = a->x.endpoint, .object = a->x.object };
	enum endpoint_object object = a->x.endpoint->object;

	if (object == OBJECT_NONE || object == OBJECT_GROUP || object == OBJECT_OTHER)
		return;
	if (a->x.everything) {
		text_addf(out, LABEL "\"%.*s\", whoever's it is\n", "object",
			SPAN_ARG(a->x.object));
		return;
	}
	exchange_not_found(&missing);
	text_addf(out, LABEL "\"%.*s\" must be %s; else %u %s\n", "object", SPAN_ARG(a->x.object),
		kinds[object], missing.refusal.status, missing.refusal.message.p);
	exchange_clear(&missing);
}

static void
print_refs(const struct exchange *x, struct text *out)
{
	static const char *const kinds[] = {
		[REF_CONTAINER] = "container",
		[REF_NETWORK] = "network",
		[REF_VOLUME] = "volume",
		[REF_IMAGE] = "image",
	};

	for (unsigned i = 0; i < x->ref_count; i++)
		text_addf(out, LABEL "%s \"%.*s\"%s\n", "refers to", kinds[x->refs[i].kind],
			SPAN_ARG(x->refs[i].name),
			x->refs[i].make ? ", made when it is missing" : ", which must be there");
}

static void
print_body(const struct asked *a, const struct explain *e, struct text *out)
{
	const struct exchange *x = &a->x;

	text_addf(out, LABEL "%s\n", "body", endpoint_body_words(x->endpoint->body));
	if (!e->body.len || !a->passed)
		return;
	if (!a->body_judged) {
		text_addf(out, LABEL "not judged here\n", "");
		return;
	}
	text_addf(out, LABEL, "");
	if (x->tree.root)
		json_print(out, x->tree.root);
	else
		text_add_span(out, text_span(&x->out));
	text_add_char(out, '\n');
}

static const char *
backend_address(const struct asked *a)
{
	for (unsigned i = 0; i < a->x.config->backend_count; i++)
		if (a->backends[i] == a->x.backend)
			return a->x.config->backends[i].address.text;
	return "";
}

static void
print_way(const struct asked *a, struct text *out)
{
	const struct exchange *x = &a->x;

	text_addf(out, LABEL "%s; %s\n", "answer", endpoint_answer_words(x->endpoint->answer),
		x->everything || x->backend ? "passed on as it is"
					    : endpoint_filter_words(x->endpoint->filter));
	if (x->backend)
		text_addf(out, LABEL "the backend \"%s\" at %s\n", "goes to", x->endpoint->name,
			backend_address(a));
	else
		text_addf(out, LABEL "the engine%s%s\n", "goes to",
			x->config->engine.text ? " at " : "",
			x->config->engine.text ? x->config->engine.text : "");
	if (x->query.len)
		text_addf(out, LABEL "?%.*s\n", "with", SPAN_ARG(text_span(&x->query)));
}

static void
print_tenant(const struct config_tenant *t, struct text *out)
{
	text_addf(out, LABEL "%s: preset %s, ", "tenant", t->name, t->preset);
	text_add_str(out, "rights ");
	right_print(t->rights, out);
	text_add_char(out, '\n');
}

static void
print_verdict(const struct asked *a, struct text *out)
{
	const struct exchange *x = &a->x;
	bool names = x->ref_count || (x->endpoint && x->endpoint->object != OBJECT_NONE);

	text_addf(out, LABEL, "verdict");
	if (!a->passed)
		print_refusal(x, out);
	else
		text_add_str(out,
			names && !x->backend ? "passed on, if what it names is there\n"
					     : "passed on\n");
}

static bool
explain_tenant(const struct explain *e, struct text *out)
{
	struct asked a;

	asked_judge(&a, e, e->tenant);
	if (a.x.endpoint) {
		print_row(e, a.x.endpoint, out);
		print_tenant(e->tenant, out);
		if (!a.x.everything && !a.x.backend)
			print_query(a.x.endpoint, out);
		print_object(&a, out);
		print_refs(&a.x, out);
		print_body(&a, e, out);
		if (a.passed)
			print_way(&a, out);
	}
	print_verdict(&a, out);
	asked_free(&a);
	return a.passed;
}

/* Presets differ in their rights; what else a tenant may is its own options'. */
static bool
explain_preset(const struct explain *e, const char *preset, bool first, struct text *out)
{
	static char all[] = "*";
	char *images[] = { all, NULL }, name[16];
	struct config_tenant t = { .rights = right_preset(span_of(preset)), .images = images };
	struct asked a;

	(void)span_copy(span_of(preset), name, sizeof(name));
	t.name = t.preset = name;
	asked_judge(&a, e, &t);
	if (first && a.x.endpoint) {
		print_row(e, a.x.endpoint, out);
		print_query(a.x.endpoint, out);
		text_addf(out, LABEL "%s\n", "body", endpoint_body_words(a.x.endpoint->body));
		text_addf(out, LABEL "%s; %s\n", "answer",
			endpoint_answer_words(a.x.endpoint->answer),
			endpoint_filter_words(a.x.endpoint->filter));
	}
	text_addf(out, LABEL, preset);
	if (a.passed)
		text_add_str(out, "passed on\n");
	else
		print_refusal(&a.x, out);
	asked_free(&a);
	return a.passed && !(t.rights & RIGHT_ADMIN);
}

bool
explain_print(const struct explain *e, struct text *out)
{
	bool any = false;

	text_addf(out, LABEL "%.*s %.*s\n", "request", SPAN_ARG(e->method), SPAN_ARG(e->path));
	if (e->tenant)
		return explain_tenant(e, out);
	for (unsigned i = 0; right_preset_at(i); i++)
		any |= explain_preset(e, right_preset_at(i), i == 0, out);
	return any;
}
