/*
 * explain: what the gateway would do with a request, told by its own gates, without an engine.
 */
#ifndef FAIRLEAD_CMD_EXPLAIN_H
#define FAIRLEAD_CMD_EXPLAIN_H

#include <stdbool.h>

#include "base/text.h"
#include "state/config.h"

struct explain {
	struct span method,
		path;     /* as a client sends them; `path` may have a version and a query */
	struct span body; /* p NULL: none is given, and none is judged */
	const struct config *config;
	bool named; /* the configuration is the operator's, not defaults alone */
	/* Of the configuration, or NULL: what each preset may. */
	const struct config_tenant *tenant;
};

/* Appends the explanation. True when all gates pass that ask nothing of an engine; without a tenant,
 * when they do for a preset that is not the administrator's. */
bool explain_print(const struct explain *e, struct text *out);

#endif
