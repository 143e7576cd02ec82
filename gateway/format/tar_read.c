/*
 * tar_read: takes an archive apart, block by block.
 */
#include <stdlib.h>
#include <string.h>

#include "format/tar_impl.h"

enum place {
	PLACE_HEADER, /* a block's bytes are gathered */
	PLACE_META,   /* what a header before an entry's says */
	PLACE_META_PADDING,
	PLACE_BEGUN, /* an entry was given out, none of its data */
	PLACE_DATA,
	PLACE_PADDING,
	PLACE_BAD,
};

struct tar_reader {
	enum place place;
	unsigned char block[TAR_BLOCK_SIZE];
	size_t have;        /* of the block */
	unsigned zeros;     /* blocks of zeros seen: two end the archive */
	uint64_t left;      /* of the data, or of what a header says */
	unsigned padding;   /* to come behind it */
	char meta;          /* what is read: 'x', 'g', 'L', 'K' */
	struct text global; /* read, checked, forgotten */
	/* What came before the entry's own header. */
	struct text pax, long_name, long_link;
	bool has_pax, has_long_name, has_long_link;
	struct text name; /* of prefix and name */
	struct tar_head head;
	struct tar_pax records;
	struct tar_entry entry;
	const char *fault;
};

struct tar_reader *
tar_reader_new(void)
{
	struct tar_reader *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	text_init(&r->global, TAR_META_MAX);
	text_init(&r->pax, TAR_META_MAX);
	text_init(&r->long_name, TAR_NAME_MAX + 1);
	text_init(&r->long_link, TAR_NAME_MAX + 1);
	text_init(&r->name, 0);
	return r;
}

void
tar_reader_free(struct tar_reader *r)
{
	if (!r)
		return;
	text_free(&r->global);
	text_free(&r->pax);
	text_free(&r->long_name);
	text_free(&r->long_link);
	text_free(&r->name);
	free(r);
}

const struct tar_entry *
tar_reader_entry(const struct tar_reader *r)
{
	return &r->entry;
}

const char *
tar_reader_fault(const struct tar_reader *r)
{
	return r->fault;
}

bool
tar_reader_may_end(const struct tar_reader *r)
{
	return r->place == PLACE_HEADER && r->have == 0 && !r->has_pax && !r->has_long_name &&
		!r->has_long_link;
}

static enum tar_event
refuse(struct tar_reader *r, const char *why)
{
	r->place = PLACE_BAD;
	r->fault = why;
	return TAR_BAD;
}

static unsigned
padding_of(uint64_t size)
{
	return (unsigned)(-size % TAR_BLOCK_SIZE);
}

static struct span
take(struct span *in, uint64_t most)
{
	struct span piece = { in->p, in->len < most ? in->len : (size_t)most };

	in->p += piece.len;
	in->len -= piece.len;
	return piece;
}

static struct text *
meta_text(struct tar_reader *r)
{
	switch (r->meta) {
	case 'x':
		return &r->pax;
	case 'L':
		return &r->long_name;
	case 'K':
		return &r->long_link;
	default:
		return &r->global;
	}
}

static const char *
meta_begin(struct tar_reader *r)
{
	bool gnu = r->has_long_name || r->has_long_link;
	struct text *t;

	r->meta = r->head.type;
	t = meta_text(r);
	text_clear(t);
	if (r->head.size > t->limit)
		return "a header before an entry is too long";
	if ((r->meta == 'x' && (r->has_pax || gnu)) || (r->meta == 'g' && (r->has_pax || gnu)) ||
		(r->meta == 'L' && (r->has_pax || r->has_long_name)) ||
		(r->meta == 'K' && (r->has_pax || r->has_long_link)))
		return "an entry has headers that are read in two ways";
	r->left = r->head.size;
	r->padding = padding_of(r->head.size);
	r->place = PLACE_META;
	return NULL;
}

/* A GNU long name: its NUL, or more of them, may be behind it. */
static const char *
cut_long_name(struct text *t)
{
	size_t len = t->len ? strnlen(t->p, t->len) : 0;

	for (size_t i = len; i < t->len; i++)
		if (t->p[i])
			return "a long name has a NUL";
	t->len = len;
	return len && len <= TAR_NAME_MAX ? NULL : "a long name is empty or too long";
}

static const char *
meta_end(struct tar_reader *r)
{
	const char *wrong;

	r->place = PLACE_META_PADDING;
	if (meta_text(r)->failed)
		return "out of memory";
	switch (r->meta) {
	case 'x':
		r->has_pax = true;
		return tar_pax_read(text_span(&r->pax), &r->records);
	case 'L':
		r->has_long_name = true;
		return cut_long_name(&r->long_name);
	case 'K':
		r->has_long_link = true;
		return cut_long_name(&r->long_link);
	default:
		wrong = tar_pax_read(text_span(&r->global), &r->records);
		return wrong ? wrong : tar_pax_check_global(&r->records);
	}
}

static bool
read_type(const struct tar_entry *e, char c, enum tar_type *type)
{
	switch (c) {
	case '\0':
		/* The oldest archives have no type for directories. */
		*type = e->name.len && e->name.p[e->name.len - 1] == '/' ? TAR_DIRECTORY : TAR_FILE;
		return true;
	case '0':
		*type = TAR_FILE;
		return true;
	case '1':
		*type = TAR_LINK;
		return true;
	case '2':
		*type = TAR_SYMLINK;
		return true;
	case '3':
		*type = TAR_CHAR;
		return true;
	case '4':
		*type = TAR_BLOCK;
		return true;
	case '5':
		*type = TAR_DIRECTORY;
		return true;
	case '6':
		*type = TAR_FIFO;
		return true;
	default:
		return false;
	}
}

static void
entry_from_head(struct tar_reader *r)
{
	const struct tar_head *h = &r->head;
	struct tar_entry *e = &r->entry;

	text_clear(&r->name);
	if (h->prefix.len) {
		text_add_span(&r->name, h->prefix);
		text_add_char(&r->name, '/');
	}
	text_add_span(&r->name, h->name);
	*e = (struct tar_entry){ .name = text_span(&r->name),
		.link = h->link,
		.mode = h->mode,
		.uid = h->uid,
		.gid = h->gid,
		.user = h->user,
		.group = h->group,
		.size = h->size,
		.mtime = h->mtime,
		.major = (unsigned)h->major,
		.minor = (unsigned)h->minor };
	if (r->has_long_name)
		e->name = text_span(&r->long_name);
	if (r->has_long_link)
		e->link = text_span(&r->long_link);
}

/* What only the whole of an entry tells. */
static const char *
entry_check(struct tar_reader *r)
{
	struct tar_entry *e = &r->entry;
	bool links;

	if (r->name.failed)
		return "out of memory";
	if (!read_type(e, r->head.type, &e->type))
		return "an entry's type is not served";
	links = e->type == TAR_LINK || e->type == TAR_SYMLINK;
	if (!e->name.len)
		return "an entry has no name";
	if (e->type == TAR_FILE && e->name.p[e->name.len - 1] == '/')
		return "a file has a directory's name";
	if (links && !e->link.len)
		return "a link leads nowhere";
	if (e->type != TAR_FILE && e->size)
		return "an entry has data that is no file";
	if (!links)
		e->link = (struct span){ NULL, 0 };
	return NULL;
}

static const char *
entry_begin(struct tar_reader *r)
{
	const char *wrong = NULL;

	entry_from_head(r);
	if (r->has_pax)
		wrong = tar_pax_apply(&r->records, &r->entry);
	if (!wrong)
		wrong = entry_check(r);
	r->has_pax = r->has_long_name = r->has_long_link = false;
	r->left = r->entry.size;
	r->padding = padding_of(r->entry.size);
	r->place = PLACE_BEGUN;
	return wrong;
}

static bool
block_is_zero(const struct tar_reader *r)
{
	for (size_t i = 0; i < TAR_BLOCK_SIZE; i++)
		if (r->block[i])
			return false;
	return true;
}

/* A block is whole. */
static const char *
block_read(struct tar_reader *r)
{
	const char *wrong;

	r->have = 0;
	if (block_is_zero(r)) {
		if (r->has_pax || r->has_long_name || r->has_long_link)
			return "the archive ends behind a header of an entry that is not there";
		if (r->zeros < 2)
			r->zeros++;
		return NULL;
	}
	if (r->zeros)
		return "the archive has bytes behind its end";
	wrong = tar_head_read(r->block, &r->head);
	if (wrong)
		return wrong;
	if (r->head.type && strchr("xgLK", r->head.type))
		return meta_begin(r);
	return entry_begin(r);
}

static const char *
header_feed(struct tar_reader *r, struct span *in)
{
	struct span piece = take(in, TAR_BLOCK_SIZE - r->have);

	memcpy(r->block + r->have, piece.p, piece.len);
	r->have += piece.len;
	return r->have == TAR_BLOCK_SIZE ? block_read(r) : NULL;
}

static const char *
meta_feed(struct tar_reader *r, struct span *in)
{
	struct span piece = take(in, r->left);

	text_add_span(meta_text(r), piece);
	r->left -= piece.len;
	return r->left ? NULL : meta_end(r);
}

static void
padding_feed(struct tar_reader *r, struct span *in)
{
	r->padding -= (unsigned)take(in, r->padding).len;
	if (!r->padding)
		r->place = PLACE_HEADER;
}

/* What needs no input. */
static enum tar_event
data_next(struct tar_reader *r, struct span *in, struct span *piece)
{
	r->place = PLACE_DATA;
	if (!r->left) {
		r->place = r->padding ? PLACE_PADDING : PLACE_HEADER;
		return TAR_ENTRY_END;
	}
	*piece = take(in, r->left);
	r->left -= piece->len;
	return piece->len ? TAR_DATA : TAR_MORE;
}

/* One step over what gives nothing out. */
static const char *
step(struct tar_reader *r, struct span *in)
{
	switch (r->place) {
	case PLACE_HEADER:
		return header_feed(r, in);
	case PLACE_META:
		return meta_feed(r, in);
	case PLACE_META_PADDING:
	case PLACE_PADDING:
		padding_feed(r, in);
		return NULL;
	case PLACE_BEGUN:
	case PLACE_DATA:
	case PLACE_BAD:
		break;
	}
	return NULL;
}

enum tar_event
tar_reader_next(struct tar_reader *r, struct span *in, struct span *piece)
{
	*piece = (struct span){ NULL, 0 };
	while (r->place != PLACE_BAD) {
		const char *wrong;

		if (r->place == PLACE_BEGUN || r->place == PLACE_DATA)
			return data_next(r, in, piece);
		/* Not when nothing is to be taken: a name of no bytes ends at once. */
		if (!in->len && !(r->place == PLACE_META && !r->left))
			return TAR_MORE;
		wrong = step(r, in);
		if (wrong)
			return refuse(r, wrong);
		if (r->place == PLACE_BEGUN)
			return TAR_ENTRY;
	}
	return TAR_BAD;
}
