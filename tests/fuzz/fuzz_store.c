/*
 * Fuzzes state/store: any bytes are read or refused with a reason; what was read prints as
 * a file that reads and prints the same, and each credential in it is found.
 */
#include <stdlib.h>
#include <string.h>

#include "state/store_impl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool truth)
{
	if (!truth)
		abort();
}

static void
check_found(const struct store *s)
{
	for (unsigned i = 0; i < store_count(s); i++) {
		const struct credential *c = store_at(s, i);

		must(strlen(c->name) <= STORE_NAME_MAX && strlen(c->tenant) <= STORE_NAME_MAX);
		must(!strchr(c->name, ':'));
		must(store_find_name(s, span_of(c->name)) == c);
		if (c->kind == CREDENTIAL_HYPER)
			must(store_find_access_key(s, span_of(c->access_key)) == c && c->secret);
		else
			must(store_find_digest(s, c->kind, c->digest) == c);
	}
}

static void
check_round_trip(const struct store *s)
{
	struct text first, second, errors;
	struct store *again;

	text_init(&first, 0);
	text_init(&second, 0);
	text_init(&errors, 0);
	store_print(s, &first);
	again = store_read_bytes("again", text_span(&first), &errors);
	must(again && errors.len == 0);
	store_print(again, &second);
	must(span_eq(text_span(&first), text_span(&second)));
	store_free(again);
	text_free(&first);
	text_free(&second);
	text_free(&errors);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text errors;
	struct store *s;

	text_init(&errors, 0);
	s = store_read_bytes("fuzz", (struct span){ (const char *)data, size }, &errors);
	must(!s == (errors.len > 0));
	if (s) {
		check_found(s);
		check_round_trip(s);
	}
	store_free(s);
	text_free(&errors);
	return 0;
}
