/*
 * store_impl: what the store's files share; its tests read from memory with it.
 */
#ifndef FAIRLEAD_STATE_STORE_IMPL_H
#define FAIRLEAD_STATE_STORE_IMPL_H

#include "state/store.h"

#define STORE_NAME_MAX 63
#define STORE_ACCESS_KEY_MAX 128
#define STORE_SECRET_MAX 1024

struct store {
	struct credential *at; /* as in the file */
	unsigned count;
	/* Sorted; of those that have such a key. */
	const struct credential **by_name, **by_digest, **by_access_key;
	unsigned digests, access_keys;
};

/* store.c */
void credential_clear(struct credential *c);
/* -1 with a line in `*errors` when two credentials could not be told apart, or without memory. */
int store_index(struct store *s, const char *path, struct text *errors);
/* A tenant's or credential's name: no ':', which begins names made of certificates. */
bool store_name_ok(struct span name);
bool store_access_key_ok(struct span key);

/* store_read.c */
struct store *store_read_bytes(const char *path, struct span in, struct text *errors);
/* The bytes of an open credential file, when its mode keeps others out. `bytes` is the caller's. */
int store_read_fd(int fd, const char *path, struct text *bytes, struct text *errors);

/* store_write.c */
void store_print(const struct store *s, struct text *out);

#endif
