/*
 * body_port: PortBindings: which ports of the host a container is published on.
 */
#include <stdio.h>

#include "format/body_judge.h"

static int
deny_port(struct body_judge *j, const struct json *v)
{
	char hint[64];

	if (!j->policy->port_first)
		return body_denied(j, v, "it has no ports of the host");
	snprintf(hint, sizeof(hint), "ports %u to %u are", (unsigned)j->policy->port_first,
		(unsigned)j->policy->port_last);
	return body_denied(j, v, hint);
}

static int
set_range(struct body_judge *j, struct json *out, unsigned first, unsigned last)
{
	char range[32];

	snprintf(range, sizeof(range), first == last ? "%u" : "%u-%u", first, last);
	return body_set_string(j, out, "HostPort", span_of(range));
}

int
body_read_host_port(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	unsigned first, last;
	struct span text;
	int status = body_text(j, v, &text);

	(void)f;
	if (status || span_eq(text, SPAN("0")))
		return status;
	if (!body_port_range(text, &first, &last))
		return body_bad(j, "must be a port or a range of ports");
	if (!j->policy->port_first || first < j->policy->port_first || last > j->policy->port_last)
		return deny_port(j, v);
	return set_range(j, out, first, last);
}

/* Any address means the tenant's, if it has one. */
int
body_read_host_ip(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	const char *host = j->policy->port_host;
	struct span text;
	int status = body_text(j, v, &text);

	if (status)
		return status;
	if (!body_is_address(text))
		return body_bad(j, "must be an address");
	if (!host)
		return body_set_string(j, out, f->name, text);
	if (!body_is_one_of(text, "0.0.0.0|::") && !span_eq(text, span_of(host)))
		return body_denied(j, v, host);
	return 0;
}

/* Without a number the engine chooses one of the tenant's. */
static int
read_binding(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *list)
{
	const struct body_policy *p = j->policy;
	struct json *one = json_new(j->doc, JSON_OBJECT);
	int status = body_push(j, list, one);

	if (!status && v->type != JSON_NULL)
		status = body_fields(j, f->fields, v, one);
	if (!status && !p->port_first)
		status = deny_port(j, NULL);
	if (!status && p->port_host && !json_get_exact(one, "HostIp"))
		status = body_set_string(j, one, "HostIp", span_of(p->port_host));
	if (!status && !json_get_exact(one, "HostPort"))
		status = set_range(j, one, p->port_first, p->port_last);
	if (!status)
		body_order(f->fields, one);
	return status;
}

static int
read_port(struct body_judge *j, const struct body_field *f, const struct json *m, struct json *made)
{
	struct json *list = json_new(j->doc, JSON_ARRAY);
	size_t i = 0;
	int status;

	if (!body_is_port(m->key))
		return body_bad(j, "must be a port like \"80/tcp\"");
	if (json_is_neutral(m))
		return 0;
	if (m->type != JSON_ARRAY)
		return body_bad(j, "must be an array");
	status = body_add(j, made, m->key, list);
	for (const struct json *item = m->first; item && !status; item = item->next, i++) {
		size_t before = body_enter_item(j, i);

		status = read_binding(j, f, item, list);
		if (!status)
			body_leave(j, before);
	}
	return status;
}

int
body_read_ports(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct json *made = json_new(j->doc, JSON_OBJECT);
	int status = body_set(j, out, f->name, made);

	if (v->type != JSON_OBJECT)
		return body_bad(j, "must be an object with ports like \"80/tcp\"");
	for (const struct json *m = v->first; m && !status; m = m->next) {
		size_t before = body_enter(j, m->key);

		status = read_port(j, f, m, made);
		if (!status)
			body_leave(j, before);
	}
	if (!status && !made->first)
		json_remove(made);
	return status;
}
