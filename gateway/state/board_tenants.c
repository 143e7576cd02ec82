/*
 * board_tenants: the tenants' counts and rates.
 */
#include "state/board_tenants.h"

#include <string.h>

#include "base/secret.h"
#include "state/board_map.h"

/* Of board_row.held: the tenant's place, and what the row stands for. */
#define HELD_SESSION 0x80000000U
#define HELD_EXEC 0x40000000U
#define HELD_TENANT 0x3fffffffU

#define SECOND UINT64_C(1000000000)
#define REQUEST_BURST (10 * SECOND)
#define BYTE_BURST SECOND

_Static_assert(BOARD_TENANTS <= HELD_TENANT, "a row holds the tenant's place");

/* A name stands as one word, so that taking a place is one step that nobody can leave half done. Of a
 * digest: who may choose a tenant's name must not be able to choose another tenant's place. */
static uint64_t
tenant_key(struct span name)
{
	unsigned char digest[SECRET_SHA256_LEN];
	uint64_t key;

	secret_sha256(name, digest);
	memcpy(&key, digest, sizeof(key));
	return key ? key : 1;
}

struct board_tenant *
board_tenant(struct board *b, struct span name)
{
	uint64_t key = tenant_key(name);

	for (uint64_t i = 0; i < BOARD_TENANTS; i++) {
		struct board_tenant *t = &b->tenant[(key + i) % BOARD_TENANTS];
		uint64_t is = atomic_load_explicit(&t->key, memory_order_relaxed);

		if (is == key)
			return t;
		if (!is && (atomic_compare_exchange_strong(&t->key, &is, key) || is == key))
			return t;
	}
	return NULL;
}

/* Never above `most`, and no other's attempt is in the way of one that fits. */
static bool
count_up(_Atomic uint32_t *count, uint64_t most)
{
	uint32_t n = atomic_load(count);

	do {
		if (n >= most)
			return false;
	} while (!atomic_compare_exchange_weak(count, &n, n + 1));
	return true;
}

/* Who is killed between the count and the row's word leaves one too many: some nanoseconds in a worker's life. */
static bool
hold(struct board *b, struct board_tenant *t, struct board_row *r, _Atomic uint32_t *count,
	uint32_t what, uint64_t most)
{
	if (!count_up(count, most))
		return false;
	atomic_fetch_or(&r->held, what | (uint32_t)(t - b->tenant));
	return true;
}

bool
board_tenant_session(struct board *b, struct board_tenant *t, struct board_row *r, uint64_t most)
{
	return hold(b, t, r, &t->sessions, HELD_SESSION, most);
}

bool
board_tenant_exec(struct board *b, struct board_tenant *t, struct board_row *r, uint64_t most)
{
	return hold(b, t, r, &t->execs, HELD_EXEC, most);
}

void
board_row_release(struct board *b, struct board_row *r)
{
	uint32_t held = atomic_exchange(&r->held, 0);
	struct board_tenant *t = &b->tenant[(held & HELD_TENANT) % BOARD_TENANTS];

	if (held & HELD_SESSION)
		atomic_fetch_sub(&t->sessions, 1);
	if (held & HELD_EXEC)
		atomic_fetch_sub(&t->execs, 1);
}

uint64_t
board_tenant_sessions(const struct board_tenant *t)
{
	return atomic_load(&t->sessions);
}

uint64_t
board_tenant_execs(const struct board_tenant *t)
{
	return atomic_load(&t->execs);
}

bool
board_tenant_request(struct board_tenant *t, uint64_t rate, uint64_t now)
{
	uint64_t full = atomic_load(&t->requests), next;

	do {
		next = (full > now ? full : now) + SECOND / rate;
		if (next - now > REQUEST_BURST)
			return false;
	} while (!atomic_compare_exchange_weak(&t->requests, &full, next));
	return true;
}

uint64_t
board_tenant_bytes(struct board_tenant *t, uint64_t rate, uint64_t bytes, uint64_t now)
{
	/* Rounded up, or a rate of many bytes a nanosecond would let small pieces pass for nothing. Pieces
	 * are scratch buffers of some 100 KiB: 8 GiB at once would still not wrap. */
	uint64_t cost = (bytes * SECOND + rate - 1) / rate;
	uint64_t full = atomic_load(&t->bytes), next;

	do
		next = (full > now ? full : now) + cost;
	while (!atomic_compare_exchange_weak(&t->bytes, &full, next));
	return next - now > BYTE_BURST ? next - now - BYTE_BURST : 0;
}
