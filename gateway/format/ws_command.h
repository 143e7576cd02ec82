/*
 * ws_command: what a text message says on the WebSocket of an exec: {"resize":[h,w]}
 * or {"stdin":"close"}. Ours: the engine has no such thing.
 */
#ifndef FAIRLEAD_FORMAT_WS_COMMAND_H
#define FAIRLEAD_FORMAT_WS_COMMAND_H

#include "base/text.h"

#define WS_COMMAND_MAX 1024 /* bytes of such a message */

enum ws_command_kind { WS_RESIZE, WS_STDIN_CLOSE };

struct ws_command {
	enum ws_command_kind kind;
	unsigned height, width; /* WS_RESIZE: 1 to 65535 */
};

/* 0; or -1 with one sentence (static), short enough for a close frame. */
int ws_command_parse(struct span text, struct ws_command *c, const char **why);

#endif
