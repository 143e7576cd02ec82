/*
 * admin_text: what the admin listener says, from the board alone.
 */
#ifndef FAIRLEAD_RUN_ADMIN_TEXT_H
#define FAIRLEAD_RUN_ADMIN_TEXT_H

#include "base/text.h"
#include "state/board.h"

/* Prometheus text format 0.0.4. */
void admin_write_metrics(const struct board *b, struct text *out);
/* JSON array, one object a live session. */
void admin_write_sessions(const struct board *b, struct text *out);
/* {"message": ...} */
void admin_write_message(const char *message, struct text *out);

#endif
