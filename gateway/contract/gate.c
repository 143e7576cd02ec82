/*
 * gate: the few things every gate does with an exchange.
 */
#include "contract/gate.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "format/image_name.h"

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

/* With the tag that was meant (moby daemon/images ErrImageDoesNotExist). */
static enum gate_answer
image_missing(struct exchange *x, struct span written)
{
	struct image_name name;
	struct span hex;
	struct text word;
	const char *why;

	text_init(&word, 0);
	if (!image_name_is_id(written, &hex) && image_name_parse(written, &name, &why) == 0) {
		image_name_latest(&name);
		image_name_add(&word, &name);
	} else {
		text_add_span(&word, written);
	}
	exchange_refuse(x, 404, "not found", "No such image: %.*s", (int)word.len,
		word.p ? word.p : "");
	text_free(&word);
	return GATE_REFUSE;
}

/* The engine's own words (moby daemon/container.go, daemon/network.go, volume/service, daemon/images). */
enum gate_answer
exchange_missing(struct exchange *x, enum ref_kind kind, struct span name)
{
	static const char *const words[][2] = {
		[REF_CONTAINER] = { "No such container: ", "" },
		[REF_NETWORK] = { "network ", " not found" },
		[REF_VOLUME] = { "get ", ": no such volume" },
	};

	if (kind == REF_IMAGE)
		return image_missing(x, name);
	return exchange_refuse(x, 404, "not found", "%s%.*s%s", words[kind][0], SPAN_ARG(name),
		words[kind][1]);
}

enum gate_answer
exchange_not_found(struct exchange *x)
{
	switch (x->endpoint->object) {
	case OBJECT_CONTAINER:
		return exchange_missing(x, REF_CONTAINER, x->object);
	case OBJECT_EXEC: /* moby daemon/exec.go */
		return exchange_refuse(x, 404, "not found", "No such exec instance: %.*s",
			SPAN_ARG(x->object));
	case OBJECT_NETWORK:
		return exchange_missing(x, REF_NETWORK, x->object);
	case OBJECT_VOLUME:
		return exchange_missing(x, REF_VOLUME, x->object);
	case OBJECT_IMAGE:
	case OBJECT_OWN_IMAGE:
	case OBJECT_REPOSITORY:
		return exchange_missing(x, REF_IMAGE, x->object);
	case OBJECT_NONE:
	case OBJECT_GROUP:
	case OBJECT_OTHER:
		break;
	}
	return exchange_refuse(x, 404, "not found", "page not found");
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
exchange_settle(struct exchange *x, bool known)
{
	if (x->claim && known)
		board_claim_give(x->claim);
	else if (x->claim)
		board_claim_leave(x->claim, clock_mono_ms() + BOARD_CLAIM_GRACE_MS);
	x->claim = NULL;
}

void
exchange_clear(struct exchange *x)
{
	free(x->refs);
	json_free(&x->tree);
	json_free(&x->filters);
	text_free_wiped(&x->headers); /* credentials for a registry */
	target_free(&x->target);
	text_free(&x->query);
	text_free(&x->out);
	text_free(&x->refusal.message);
}
