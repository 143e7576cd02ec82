/*
 * store: the credentials in memory and the ways to find one.
 */
#include <stdlib.h>
#include <string.h>

#include "state/store_impl.h"

static int
order_spans(struct span a, struct span b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common ? memcmp(a.p, b.p, common) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int
by_name(const void *a, const void *b)
{
	const struct credential *const *left = a, *const *right = b;

	return strcmp((*left)->name, (*right)->name);
}

static int
by_access_key(const void *a, const void *b)
{
	const struct credential *const *left = a, *const *right = b;

	return strcmp((*left)->access_key, (*right)->access_key);
}

static int
by_digest(const void *a, const void *b)
{
	const struct credential *const *left = a, *const *right = b;

	if ((*left)->kind != (*right)->kind)
		return (*left)->kind < (*right)->kind ? -1 : 1;
	return memcmp((*left)->digest, (*right)->digest, sizeof((*left)->digest));
}

/* In a sorted list what is there twice stands side by side. */
static int
check_twice(const struct credential *const *list, unsigned count,
	int (*order)(const void *, const void *), const char *what, const char *path,
	struct text *errors)
{
	for (unsigned i = 1; i < count; i++) {
		if (order(&list[i - 1], &list[i]) != 0)
			continue;
		text_addf(errors,
			"%s: credentials \"%s\" and \"%s\" have the same %s; take one of them out\n",
			path, list[i - 1]->name, list[i]->name, what);
		return -1;
	}
	return 0;
}

int
store_index(struct store *s, const char *path, struct text *errors)
{
	const struct credential **all = calloc((size_t)s->count * 3 + 1, sizeof(*all));

	free(s->by_name);
	s->digests = s->access_keys = 0;
	s->by_name = all;
	if (!all) {
		text_addf(errors, "%s: no memory for its credentials\n", path);
		return -1;
	}
	s->by_digest = all + s->count;
	s->by_access_key = all + (size_t)s->count * 2;
	for (unsigned i = 0; i < s->count; i++) {
		s->by_name[i] = &s->at[i];
		if (s->at[i].kind == CREDENTIAL_HYPER)
			s->by_access_key[s->access_keys++] = &s->at[i];
		else
			s->by_digest[s->digests++] = &s->at[i];
	}
	qsort(s->by_name, s->count, sizeof(*all), by_name);
	qsort(s->by_digest, s->digests, sizeof(*all), by_digest);
	qsort(s->by_access_key, s->access_keys, sizeof(*all), by_access_key);
	if (check_twice(s->by_name, s->count, by_name, "name", path, errors) != 0 ||
		check_twice(s->by_digest, s->digests, by_digest, "sha256", path, errors) != 0)
		return -1;
	return check_twice(s->by_access_key, s->access_keys, by_access_key, "access_key", path,
		errors);
}

void
credential_clear(struct credential *c)
{
	if (c->secret)
		secret_wipe(c->secret, strlen(c->secret));
	free(c->secret);
	free(c->access_key);
	free(c->tenant);
	free(c->name);
	memset(c, 0, sizeof(*c));
}

void
store_free(struct store *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < s->count; i++)
		credential_clear(&s->at[i]);
	free(s->by_name);
	free(s->at);
	free(s);
}

unsigned
store_count(const struct store *s)
{
	return s->count;
}

const struct credential *
store_at(const struct store *s, unsigned i)
{
	return i < s->count ? &s->at[i] : NULL;
}

static const struct credential *
find(const struct credential *const *list, unsigned count, const void *key,
	int (*order)(const void *, const void *))
{
	const struct credential *const *found =
		count ? bsearch(key, list, count, sizeof(*list), order) : NULL;

	return found ? *found : NULL;
}

static int
span_by_name(const void *name, const void *at)
{
	const struct credential *const *c = at;

	return order_spans(*(const struct span *)name, span_of((*c)->name));
}

const struct credential *
store_find_name(const struct store *s, struct span name)
{
	return find(s->by_name, s->count, &name, span_by_name);
}

/*
 * The time of this search tells how far digests agree, and that is harmless:
 * who sends keys cannot choose the bytes of their SHA-256, so knowing that the
 * first bytes of one are right brings no nearer to a key of 256 random bits.
 */
const struct credential *
store_find_digest(const struct store *s, enum credential_kind kind,
	const unsigned char digest[SECRET_SHA256_LEN])
{
	struct credential wanted = { .kind = kind };
	const struct credential *key = &wanted;

	memcpy(wanted.digest, digest, sizeof(wanted.digest));
	return find(s->by_digest, s->digests, &key, by_digest);
}

static int
span_by_access_key(const void *access_key, const void *at)
{
	const struct credential *const *c = at;

	return order_spans(*(const struct span *)access_key, span_of((*c)->access_key));
}

/* Access keys are names, not secrets: the search may take the time it takes. */
const struct credential *
store_find_access_key(const struct store *s, struct span access_key)
{
	return find(s->by_access_key, s->access_keys, &access_key, span_by_access_key);
}

bool
credential_is_live(const struct credential *c, int64_t now)
{
	return c->revoked == 0 && (c->expires == 0 || now < c->expires);
}

const char *
credential_kind_name(enum credential_kind k)
{
	switch (k) {
	case CREDENTIAL_CERT:
		return "cert";
	case CREDENTIAL_BEARER:
		return "bearer";
	case CREDENTIAL_HYPER:
		return "hyper";
	}
	return "";
}

static bool
is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool
is_word(struct span s, const char *others, size_t most)
{
	if (s.len == 0 || s.len > most || !is_name_start(s.p[0]))
		return false;
	for (size_t i = 1; i < s.len; i++) {
		if (!is_name_start(s.p[i]) && (s.p[i] == '\0' || !strchr(others, s.p[i])))
			return false;
	}
	return true;
}

bool
store_name_ok(struct span name)
{
	return is_word(name, "_.@-", STORE_NAME_MAX);
}

bool
store_access_key_ok(struct span key)
{
	return is_word(key, "_.-", STORE_ACCESS_KEY_MAX);
}
