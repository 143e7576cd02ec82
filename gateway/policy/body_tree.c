/*
 * body_tree: a body with a schema is judged by its tenant's policy, and what it names and takes is noted.
 */
#include "format/body.h"
#include "format/space.h"
#include "policy/policy.h"

/* The table of a tenant's options allows no more folders (state/config_table_tenant.c). */
#define BINDS_MAX 64

static int
tree_ref(void *arg, const struct body_ref *named)
{
	static const enum ref_kind kinds[] = {
		[BODY_REF_CONTAINER] = REF_CONTAINER,
		[BODY_REF_NETWORK] = REF_NETWORK,
		[BODY_REF_VOLUME] = REF_VOLUME,
		[BODY_REF_IMAGE] = REF_IMAGE,
	};
	struct ref *ref = exchange_ref(arg, kinds[named->kind], named->name);

	if (!ref)
		return -1;
	ref->make = named->make;
	ref->short_id = named->short_id;
	ref->head = named->head;
	ref->tail = named->tail;
	ref->value = named->node;
	ref->key = named->key;
	ref->names = named->names;
	return 0;
}

/* The name that a new container is asked to have; what the query's judge refuses is none. */
static struct span
tree_name(const struct exchange *x)
{
	struct span name = { NULL, 0 };

	if (x->endpoint->body != BODY_CONTAINER_CREATE ||
		!target_query(&x->target, SPAN("name"), &name))
		return SPAN("");
	if (name.len && *name.p == '/')
		name = (struct span){ name.p + 1, name.len - 1 };
	return space_name_ok(name) ? name : SPAN("");
}

static unsigned
tree_binds(const struct config_tenant *t, struct body_bind binds[BINDS_MAX])
{
	unsigned n = 0;

	for (; n < t->bind_count && n < BINDS_MAX; n++)
		binds[n] = (struct body_bind){ span_of(t->binds[n].path), t->binds[n].write };
	return n;
}

static void
tree_demand(struct exchange *x, const struct body_demand *d)
{
	enum endpoint_body kind = x->endpoint->body;

	x->demand.containers += kind == BODY_CONTAINER_CREATE;
	x->demand.networks += kind == BODY_NETWORK_CREATE;
	x->demand.volumes += d->volumes + (kind == BODY_VOLUME_CREATE);
	x->demand.memory = d->memory;
	x->demand.nano_cpus = d->nano_cpus;
	x->demand.pids = d->pids;
}

enum gate_answer
body_tree(struct exchange *x, struct text *why)
{
	const struct config_tenant *t = x->tenant;
	const struct config_quota *q = &t->quota;
	struct body_bind binds[BINDS_MAX];
	const struct body_policy policy = {
		.tenant = span_of(t->name),
		.owner_label = x->config->owner_label,
		.minor = x->minor,
		.name = tree_name(x),
		.binds = binds,
		.bind_count = tree_binds(t, binds),
		.cap_add = t->cap_add,
		.port_first = t->port_first,
		.port_last = t->port_last,
		.port_host = t->port_host,
		.extra_hosts = t->extra_hosts,
		.memory = { q->memory, q->container_memory },
		.nano_cpus = { q->nano_cpus, q->container_nano_cpus },
		.pids = { q->pids, q->container_pids },
		.ref = tree_ref,
		.arg = x,
	};
	struct body_demand demand;
	unsigned status = body_judge(x->endpoint->body, x->body, &policy, &x->tree, &demand, why);

	if (status)
		return body_refusal(x, status, why);
	tree_demand(x, &demand);
	return GATE_PASS;
}

enum gate_answer
body_tree_image(struct exchange *x, const struct json *config)
{
	const struct body_policy policy = { .tenant = span_of(x->tenant->name),
		.owner_label = x->config->owner_label };
	struct body_demand demand;
	struct text why;
	unsigned status;
	enum gate_answer a = GATE_PASS;

	if (x->endpoint->body != BODY_CONTAINER_CREATE || !x->tree.root)
		return GATE_PASS;
	text_init(&why, 1000);
	status = body_judge_image(&x->tree, config, &policy, &demand, &why);
	if (status)
		a = body_refusal(x, status, &why);
	x->demand.volumes += demand.volumes;
	text_free(&why);
	return a;
}
