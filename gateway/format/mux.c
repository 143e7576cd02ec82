/*
 * mux: the engine's multiplexed stream, taken apart.
 */
#include "format/mux.h"

static bool
head_ok(const unsigned char head[8])
{
	return head[0] <= MUX_ERROR && !head[1] && !head[2] && !head[3];
}

/* True when a head is whole. */
static bool
mux_head(struct mux *m, struct span in, size_t *used)
{
	while (m->have < sizeof(m->head) && *used < in.len)
		m->head[m->have++] = (unsigned char)in.p[(*used)++];
	if (m->have < sizeof(m->head))
		return false;
	if (!head_ok(m->head)) {
		m->bad = true;
		return true;
	}
	m->left = (uint32_t)m->head[4] << 24 | (uint32_t)m->head[5] << 16 |
		(uint32_t)m->head[6] << 8 | m->head[7];
	if (!m->left)
		m->have = 0;
	return true;
}

enum mux_result
mux_next(struct mux *m, struct span in, size_t *used, enum mux_stream *stream, struct span *piece)
{
	*used = 0;
	while (!m->left && !m->bad)
		if (!mux_head(m, in, used))
			return MUX_MORE;
	if (m->bad)
		return MUX_BAD;
	if (*used == in.len)
		return MUX_MORE;
	*piece = (struct span){ in.p + *used, in.len - *used };
	if (piece->len > m->left)
		piece->len = m->left;
	*used += piece->len;
	m->left -= (uint32_t)piece->len;
	if (!m->left)
		m->have = 0;
	*stream = (enum mux_stream)m->head[0];
	return MUX_PIECE;
}

bool
mux_may_end(const struct mux *m)
{
	return !m->have && !m->left && !m->bad;
}
