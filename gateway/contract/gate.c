/*
 * gate: the few things every gate does with an exchange.
 */
#include "contract/gate.h"

#include <stdio.h>
#include <stdlib.h>

enum gate_answer
exchange_refuse(struct exchange *x, unsigned status, const char *reason, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	x->refusal.status = status;
	x->refusal.reason = reason;
	text_clear(&x->refusal.message);
	text_add_str(&x->refusal.message, line);
	return GATE_REFUSE;
}

/* The engine's own words (moby daemon/container.go, daemon/exec.go). */
enum gate_answer
exchange_not_found(struct exchange *x)
{
	const char *what = x->endpoint->object == OBJECT_EXEC ? "exec instance" : "container";

	return exchange_refuse(x, 404, "not found", "No such %s: %.*s", what, SPAN_ARG(x->object));
}

struct ref *
exchange_ref(struct exchange *x, enum ref_kind kind, struct span name)
{
	struct ref *more = realloc(x->refs, (x->ref_count + 1) * sizeof(*more));

	if (!more)
		return NULL;
	x->refs = more;
	more += x->ref_count++;
	*more = (struct ref){ .kind = kind, .name = name };
	return more;
}

void
exchange_clear(struct exchange *x)
{
	free(x->refs);
	json_free(&x->tree);
	text_free(&x->headers);
	target_free(&x->target);
	text_free(&x->query);
	text_free(&x->out);
	text_free(&x->refusal.message);
}
