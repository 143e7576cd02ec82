/*
 * owners: two small set-associative tables, keyed by the bytes of a full id.
 */
#include "policy/owners.h"

#include <stdlib.h>
#include <string.h>

#define ID_LEN 32
/* Places that one id may be in; the oldest entry of them is replaced. */
#define WAYS 4
/* Of networks there is one for many containers. */
#define CONTAINERS_A_NETWORK 8

struct owner_entry {
	unsigned char id[ID_LEN];
	unsigned char container[ID_LEN]; /* of an exec */
	uint32_t tenant;                 /* of a container or network */
	bool used;
};

struct owner_table {
	size_t sets;
	struct owner_entry *entries;
};

struct owners {
	struct owner_table containers, networks, execs;
};

static int
table_init(struct owner_table *t, uint64_t entries)
{
	t->sets = entries > WAYS ? (size_t)(entries / WAYS) : 1;
	t->entries = calloc(t->sets * WAYS, sizeof(*t->entries));
	return t->entries ? 0 : -1;
}

/* Ids are random numbers already: their first bytes are the hash. */
static struct owner_entry *
table_set(const struct owner_table *t, const unsigned char *id)
{
	uint64_t h;

	memcpy(&h, id, sizeof(h));
	return t->entries + (size_t)(h % t->sets) * WAYS;
}

static void
table_put(struct owner_table *t, const struct owner_entry *e)
{
	struct owner_entry *set = table_set(t, e->id);
	size_t way;

	for (way = 0; way < WAYS - 1; way++)
		if (!set[way].used || memcmp(set[way].id, e->id, ID_LEN) == 0)
			break;
	memmove(set + 1, set, way * sizeof(*set));
	set[0] = *e;
}

static const struct owner_entry *
table_get(const struct owner_table *t, struct span id)
{
	unsigned char bytes[ID_LEN];
	const struct owner_entry *set;

	if (!text_unhex(id, bytes, ID_LEN))
		return NULL;
	set = table_set(t, bytes);
	for (size_t way = 0; way < WAYS; way++)
		if (set[way].used && memcmp(set[way].id, bytes, ID_LEN) == 0)
			return &set[way];
	return NULL;
}

struct owners *
owners_new(uint64_t entries)
{
	struct owners *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	if (table_init(&o->containers, entries) == 0 && table_init(&o->execs, entries) == 0 &&
		table_init(&o->networks, entries / CONTAINERS_A_NETWORK) == 0)
		return o;
	owners_free(o);
	return NULL;
}

void
owners_free(struct owners *o)
{
	if (!o)
		return;
	free(o->containers.entries);
	free(o->networks.entries);
	free(o->execs.entries);
	free(o);
}

static void
put_tenant(struct owner_table *t, struct span id, unsigned tenant)
{
	struct owner_entry e = { .tenant = tenant, .used = true };

	if (text_unhex(id, e.id, ID_LEN))
		table_put(t, &e);
}

static bool
get_tenant(const struct owner_table *t, struct span id, unsigned *tenant)
{
	const struct owner_entry *e = table_get(t, id);

	if (e)
		*tenant = e->tenant;
	return e != NULL;
}

void
owners_put_container(struct owners *o, struct span id, unsigned tenant)
{
	put_tenant(&o->containers, id, tenant);
}

bool
owners_get_container(const struct owners *o, struct span id, unsigned *tenant)
{
	return get_tenant(&o->containers, id, tenant);
}

void
owners_put_network(struct owners *o, struct span id, unsigned tenant)
{
	put_tenant(&o->networks, id, tenant);
}

bool
owners_get_network(const struct owners *o, struct span id, unsigned *tenant)
{
	return get_tenant(&o->networks, id, tenant);
}

void
owners_put_exec(struct owners *o, struct span exec, struct span container)
{
	struct owner_entry e = { .used = true };

	if (text_unhex(exec, e.id, ID_LEN) && text_unhex(container, e.container, ID_LEN))
		table_put(&o->execs, &e);
}

bool
owners_get_exec(const struct owners *o, struct span exec, char *container)
{
	const struct owner_entry *e = table_get(&o->execs, exec);

	if (e)
		text_hex(container, e->container, ID_LEN);
	return e != NULL;
}
