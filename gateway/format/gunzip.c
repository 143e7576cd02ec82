/*
 * gunzip: gzip's members, one behind the other, by zlib.
 */
#include "format/gunzip.h"

#include <stdlib.h>
#include <zlib.h>

#define GZIP_FIRST 0x1f
#define GZIP_SECOND 0x8b
#define OUT_SIZE ((size_t)32 << 10)

enum place {
	PLACE_BEGIN,
	PLACE_FIRST, /* gzip's first byte is taken */
	PLACE_PLAIN,
	PLACE_MEMBER,
	PLACE_BETWEEN, /* a member is over: another one, or the end */
	PLACE_BAD,
};

struct gunzip {
	enum place place;
	bool again; /* zlib may have more without input */
	bool held;  /* the first byte is still to be given on */
	z_stream z;
	bool open;
	size_t allowed; /* output that may still come of what was taken */
	const char *fault;
	unsigned char out[OUT_SIZE];
};

struct gunzip *
gunzip_new(void)
{
	struct gunzip *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	/* 16: gzip's header and sum. */
	g->open = inflateInit2(&g->z, 16 + MAX_WBITS) == Z_OK;
	if (!g->open) {
		free(g);
		return NULL;
	}
	g->allowed = GUNZIP_BURST;
	return g;
}

void
gunzip_free(struct gunzip *g)
{
	if (!g)
		return;
	inflateEnd(&g->z);
	free(g);
}

bool
gunzip_may_end(const struct gunzip *g)
{
	return g->place == PLACE_BEGIN || g->place == PLACE_PLAIN || g->place == PLACE_BETWEEN;
}

const char *
gunzip_fault(const struct gunzip *g)
{
	return g->fault;
}

static enum gunzip_result
refuse(struct gunzip *g, const char *why)
{
	g->place = PLACE_BAD;
	g->fault = why;
	return GUNZIP_BAD;
}

/* zlib wants pointers that it may write through, and does not. */
static void
give_in(struct gunzip *g, const unsigned char *p, size_t len)
{
	union {
		const unsigned char *readable;
		unsigned char *writable;
	} u = { p };

	g->z.next_in = u.writable;
	g->z.avail_in = (unsigned)len;
}

/* Some of the input through zlib; what came out of it is at `out`. */
static enum gunzip_result
inflate_some(struct gunzip *g, const unsigned char *p, size_t *len, struct span *piece)
{
	size_t given = *len < OUT_SIZE ? *len : OUT_SIZE, taken, made;
	int r;

	give_in(g, p, given);
	g->z.next_out = g->out;
	g->z.avail_out = OUT_SIZE;
	r = inflate(&g->z, Z_NO_FLUSH);
	taken = given - g->z.avail_in;
	made = OUT_SIZE - g->z.avail_out;
	*len = taken;
	if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
		return refuse(g, r == Z_MEM_ERROR ? "out of memory" : "its gzip is damaged");
	g->again = r == Z_OK && g->z.avail_out == 0;
	g->allowed += taken * GUNZIP_RATIO;
	if (g->allowed > GUNZIP_BURST)
		g->allowed = GUNZIP_BURST;
	if (made > g->allowed)
		return refuse(g, "it grows too much; send it uncompressed");
	g->allowed -= made;
	if (r == Z_STREAM_END) {
		g->place = PLACE_BETWEEN;
		if (inflateReset(&g->z) != Z_OK)
			return refuse(g, "out of memory");
	}
	*piece = (struct span){ (const char *)g->out, made };
	return made ? GUNZIP_PIECE : GUNZIP_MORE;
}

static enum gunzip_result
member_next(struct gunzip *g, struct span *in, struct span *piece)
{
	enum gunzip_result r = GUNZIP_MORE;

	while (r == GUNZIP_MORE && g->place == PLACE_MEMBER && (in->len || g->again)) {
		size_t len = in->len;

		r = inflate_some(g, (const unsigned char *)in->p, &len, piece);
		if (len) {
			in->p += len;
			in->len -= len;
		}
	}
	return r;
}

static void
drop(struct span *in)
{
	in->p++;
	in->len--;
}

/* What the first bytes tell. */
static enum gunzip_result
begin(struct gunzip *g, struct span *in, struct span *piece)
{
	static const unsigned char magic[2] = { GZIP_FIRST, GZIP_SECOND };
	size_t one = 1;

	if (g->place == PLACE_BEGIN && (unsigned char)in->p[0] == GZIP_FIRST) {
		drop(in);
		g->place = PLACE_FIRST;
		return GUNZIP_MORE;
	}
	if (g->place == PLACE_FIRST && (unsigned char)in->p[0] == GZIP_SECOND) {
		g->place = PLACE_MEMBER;
		return inflate_some(g, magic, &one, piece);
	}
	g->place = PLACE_PLAIN;
	*piece = (struct span){ (const char *)magic, 1 };
	return g->held ? GUNZIP_PIECE : GUNZIP_MORE;
}

/* One step; false: it gives `*r` out. */
static bool
step(struct gunzip *g, struct span *in, struct span *piece, enum gunzip_result *r)
{
	*r = GUNZIP_MORE;
	switch (g->place) {
	case PLACE_BEGIN:
	case PLACE_FIRST:
		g->held = g->place == PLACE_FIRST;
		*r = begin(g, in, piece);
		return *r == GUNZIP_MORE;
	case PLACE_PLAIN:
		*piece = *in;
		*in = (struct span){ in->p + in->len, 0 };
		*r = GUNZIP_PIECE;
		return false;
	case PLACE_BETWEEN:
		if ((unsigned char)in->p[0] != GZIP_FIRST)
			*r = refuse(g, "it has bytes behind its gzip's end");
		else
			g->place = PLACE_MEMBER;
		return *r == GUNZIP_MORE;
	case PLACE_MEMBER:
		*r = member_next(g, in, piece);
		return *r == GUNZIP_MORE;
	case PLACE_BAD:
		break;
	}
	*r = GUNZIP_BAD;
	return false;
}

enum gunzip_result
gunzip_next(struct gunzip *g, struct span *in, struct span *piece)
{
	enum gunzip_result r;

	*piece = (struct span){ NULL, 0 };
	while (in->len || g->again || g->place == PLACE_BAD)
		if (!step(g, in, piece, &r))
			return r;
	return GUNZIP_MORE;
}
