/*
 * engine_stream: a request's body that is written as it comes, in chunks.
 *
 * Before there is a connection it waits in `out` behind the head. An engine that
 * has answered may close without reading the rest: what is written then is dropped,
 * and its answer is read as any other.
 */
#include "net/engine_impl.h"

void
engine_stream_drained(void *arg)
{
	struct engine_call *call = arg;

	if (!call->streams)
		return;
	engine_call_rearm(call);
	if (call->h->drained)
		call->h->drained(call->arg);
}

/* What was added to `out` goes, once there is a connection. */
static void
stream_flush(struct engine_call *call)
{
	bool waited = engine_call_backlog(call) > call->out.len;

	if (call->state == CALL_CONNECT)
		return;
	if (call->out.failed)
		engine_call_fail_later(call, ENGINE_BROKEN, "out of memory");
	if (call->out.failed || channel_write(call->channel, call->out.p, call->out.len) == -1)
		call->deaf = true;
	text_clear(&call->out);
	/* Its time does not begin anew with what comes while it stands still. */
	if (!waited || call->body_ended)
		engine_call_rearm(call);
}

void
engine_call_write(struct engine_call *call, struct span piece)
{
	if (call->state == CALL_OVER || call->deaf || call->body_ended || !piece.len)
		return;
	text_addf(&call->out, "%zx\r\n", piece.len);
	text_add_span(&call->out, piece);
	text_add_str(&call->out, "\r\n");
	stream_flush(call);
}

void
engine_call_write_end(struct engine_call *call)
{
	if (call->state == CALL_OVER || call->body_ended)
		return;
	call->body_ended = true;
	if (call->deaf)
		return;
	text_add_str(&call->out, "0\r\n\r\n");
	stream_flush(call);
}

size_t
engine_call_backlog(const struct engine_call *call)
{
	if (call->state == CALL_OVER || call->deaf)
		return 0;
	return call->out.len + (call->channel ? channel_backlog(call->channel) : 0);
}
