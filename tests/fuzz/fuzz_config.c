/*
 * Fuzz target of state/config: any bytes are read or refused with a reason, and
 * what was read prints as a file that reads and prints the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "state/config_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_round_trip(const struct config *c)
{
	struct text first, second, errors;
	struct config *again;

	text_init(&first, 0);
	text_init(&second, 0);
	text_init(&errors, 0);
	config_print(c, &first);
	again = config_read_bytes("/fuzz/again.json", text_span(&first), false, &errors);
	if (!again || errors.len > 0)
		abort();
	config_print(again, &second);
	if (!span_eq(text_span(&first), text_span(&second)))
		abort();
	config_free(again);
	text_free(&first);
	text_free(&second);
	text_free(&errors);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = { (const char *)data, size };
	struct text errors;
	struct config *c;

	text_init(&errors, 0);
	c = config_read_bytes("/fuzz/fuzz.json", in, false, &errors);
	/* Refused without a reason, or taken with one. */
	if (!c == (errors.len == 0))
		abort();
	if (c)
		check_round_trip(c);
	config_free(c);
	text_free(&errors);
	return 0;
}
