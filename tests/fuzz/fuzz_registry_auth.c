/*
 * Fuzz target of X-Registry-Auth: what is made is base64, and makes the same again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/registry_auth.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span value = { (const char *)data, size };
	struct text out, again;
	const char *why = NULL;

	text_init(&out, 0);
	text_init(&again, 0);
	if (registry_auth(value, &out, &why) == 0) {
		must(out.len % 4 == 0 && out.len > 0);
		for (size_t i = 0; i < out.len; i++)
			must(out.p[i] != '\0' &&
				strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=",
					out.p[i]));
		must(registry_auth(text_span(&out), &again, &why) == 0);
		must(span_eq(text_span(&out), text_span(&again)));
	} else {
		must(why != NULL && out.len == 0);
	}
	text_free_wiped(&out);
	text_free_wiped(&again);
	return 0;
}
