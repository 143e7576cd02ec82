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
order_digests(enum credential_kind kind, const unsigned char *digest, const struct credential *c)
{
	if (kind != c->kind)
		return kind < c->kind ? -1 : 1;
	return memcmp(digest, c->digest, sizeof(c->digest));
}

static int
by_digest(const void *a, const void *b)
{
	const struct credential *const *left = a, *const *right = b;

	return order_digests((*left)->kind, (*left)->digest, *right);
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

const struct credential *
store_find_name(const struct store *s, struct span name)
{
	unsigned low = 0, high = s->count;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;
		int order = order_spans(name, span_of(s->by_name[middle]->name));

		if (order == 0)
			return s->by_name[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
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
	unsigned low = 0, high = s->digests;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;
		int order = order_digests(kind, digest, s->by_digest[middle]);

		if (order == 0)
			return s->by_digest[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* Access keys are names, not secrets: the search may take the time it takes. */
const struct credential *
store_find_access_key(const struct store *s, struct span access_key)
{
	unsigned low = 0, high = s->access_keys;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;
		int order = order_spans(access_key, span_of(s->by_access_key[middle]->access_key));

		if (order == 0)
			return s->by_access_key[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
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
