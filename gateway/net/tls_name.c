/*
 * tls_name: which certificates stand side by side for a server name (SNI).
 *
 * Each name that any certificate has gets a set: of each key type the first
 * certificate that covers it. Names with the same certificates share a set,
 * and so a context.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "net/tls_impl.h"

/* DNS names have 253 characters at most. */
#define NAME_SIZE 256

static int
name_order(const void *a, const void *b)
{
	return strcmp(((const struct tls_name *)a)->name, ((const struct tls_name *)b)->name);
}

static const struct tls_name *
name_lookup(const struct tls *t, const char *name)
{
	struct tls_name key = { .name = name };

	return bsearch(&key, t->name, t->name_count, sizeof(key), name_order);
}

static void
set_fill(const struct tls *t, struct tls_set *set, const char *name)
{
	for (unsigned i = 0; i < t->cert_count; i++) {
		const struct tls_cert *cert = &t->cert[i];

		if (!set->cert[cert->type] && tls_cert_covers(cert, name))
			set->cert[cert->type] = cert;
	}
}

static unsigned
set_index(struct tls *t, const struct tls_set *like)
{
	unsigned i = 0;

	while (i < t->set_count && memcmp(t->set[i].cert, like->cert, sizeof(like->cert)) != 0)
		i++;
	if (i == t->set_count)
		t->set[t->set_count++] = *like;
	return i;
}

/* For clients that send no name, or one that nobody has. */
static void
add_default(struct tls *t)
{
	const struct tls_cert *first = &t->cert[0];
	struct tls_set set = { 0 };

	set.cert[first->type] = first;
	if (first->name_count)
		set_fill(t, &set, first->names[0]);
	set_index(t, &set);
}

int
tls_name_sets(struct tls *t)
{
	unsigned most = 0;

	for (unsigned i = 0; i < t->cert_count; i++)
		most += t->cert[i].name_count;
	t->set = calloc(most + 1, sizeof(*t->set));
	t->name = calloc(most + 1, sizeof(*t->name));
	if (!t->set || !t->name)
		return -1;
	add_default(t);
	for (unsigned i = 0; i < t->cert_count; i++) {
		for (unsigned j = 0; j < t->cert[i].name_count; j++) {
			struct tls_set set = { 0 };

			set_fill(t, &set, t->cert[i].names[j]);
			set_index(t, &set);
			t->name[t->name_count++].name = t->cert[i].names[j];
		}
	}
	return 0;
}

void
tls_name_sort(struct tls *t)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < t->name_count; i++) {
		struct tls_set set = { 0 };

		set_fill(t, &set, t->name[i].name);
		t->name[i].ctx = t->set[set_index(t, &set)].ctx;
	}
	qsort(t->name, t->name_count, sizeof(*t->name), name_order);
	/* A name that several certificates have leads to the same set each time. */
	for (unsigned i = 0; i < t->name_count; i++) {
		if (kept == 0 || strcmp(t->name[kept - 1].name, t->name[i].name) != 0)
			t->name[kept++] = t->name[i];
	}
	t->name_count = kept;
}

SSL_CTX *
tls_name_find(const struct tls *t, const char *server_name)
{
	char name[NAME_SIZE];
	const struct tls_name *found;
	char *dot;
	size_t len = strlen(server_name);

	if (len == 0 || len >= sizeof(name))
		return NULL;
	for (size_t i = 0; i <= len; i++)
		name[i] = (char)tolower((unsigned char)server_name[i]);
	found = name_lookup(t, name);
	dot = strchr(name, '.');
	/* The byte before the dot becomes the star of "*.example.com". */
	if (!found && dot && dot > name) {
		dot[-1] = '*';
		found = name_lookup(t, dot - 1);
	}
	return found ? found->ctx : NULL;
}
