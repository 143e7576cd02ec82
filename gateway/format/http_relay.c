/*
 * http_relay: which fields of an answer go on to the next connection (RFC 9110 7.6.1).
 */
#include "format/http.h"

/* Those that are about the connection or the framing, and the media type, which has a line of its own. */
static const char *const kept[] = { "Connection", "Content-Length", "Content-Type", "Keep-Alive",
	"Proxy-Authenticate", "Proxy-Authentication-Info", "Proxy-Connection", "TE", "Trailer",
	"Transfer-Encoding", "Upgrade", NULL };

static bool
is_kept(struct span name)
{
	for (unsigned i = 0; kept[i]; i++)
		if (span_eq_nocase(name, span_of(kept[i])))
			return true;
	return false;
}

void
http_relay_fields(const struct http_fields *f, struct text *out)
{
	for (unsigned i = 0; i < f->count; i++) {
		struct span name = f->at[i].name;

		if (!is_kept(name) && !http_field_has_token(f, SPAN("Connection"), name))
			text_addf(out, "%.*s: %.*s\r\n", SPAN_ARG(name), SPAN_ARG(f->at[i].value));
	}
}
