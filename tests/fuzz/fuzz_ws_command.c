/*
 * Fuzz target of the commands on an exec's WebSocket: what is taken, written anew, reads the same; what is
 * refused is told in a sentence that fits a close frame.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/ws_command.h"
#include "format/ws_frame.h"

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
	struct span in = { (const char *)data, size };
	struct ws_command c, again;
	const char *why = NULL;
	char text[64] = "{\"stdin\":\"close\"}";

	if (ws_command_parse(in, &c, &why) == -1) {
		must(why && why[0] && strlen(why) <= WS_REASON_MAX);
		return 0;
	}
	must(size <= WS_COMMAND_MAX);
	if (c.kind == WS_RESIZE) {
		must(c.height >= 1 && c.height <= 65535 && c.width >= 1 && c.width <= 65535);
		snprintf(text, sizeof(text), "{\"resize\":[%u,%u]}", c.height, c.width);
	}
	must(ws_command_parse(span_of(text), &again, &why) == 0);
	must(again.kind == c.kind && again.height == c.height && again.width == c.width);
	return 0;
}
