/*
 * tar_head: the 512 bytes of an entry's header.
 */
#include <string.h>

#include "format/tar_impl.h"

/* Offset and size of each field. */
enum {
	AT_NAME = 0,
	AT_MODE = 100,
	AT_UID = 108,
	AT_GID = 116,
	AT_SIZE = 124,
	AT_MTIME = 136,
	AT_SUM = 148,
	AT_TYPE = 156,
	AT_LINK = 157,
	AT_MAGIC = 257,
	AT_USER = 265,
	AT_GROUP = 297,
	AT_MAJOR = 329,
	AT_MINOR = 337,
	AT_PREFIX = 345,
	AT_PADDING = 500,
};

static struct span
field(const unsigned char *block, size_t at, size_t size)
{
	return (struct span){ (const char *)block + at, size };
}

static bool
is_zero(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i])
			return false;
	return true;
}

/* To the first NUL; only NULs may follow. */
static bool
read_string(struct span f, struct span *out)
{
	*out = (struct span){ f.p, strnlen(f.p, f.len) };
	return is_zero((struct span){ f.p + out->len, f.len - out->len });
}

/* Two's complement, big-endian, behind a first byte of 0x80 or 0xff. */
static bool
read_binary(struct span f, int64_t *value)
{
	bool minus = (unsigned char)f.p[0] == 0xff;
	uint64_t v = minus ? UINT64_MAX : 0;

	for (size_t i = 1; i < f.len; i++) {
		/* What is shifted out must be the sign's. */
		if (v >> 55 != (minus ? 0x1ffU : 0))
			return false;
		v = v << 8 | (unsigned char)f.p[i];
	}
	*value = (int64_t)v;
	return v >> 63 == (minus ? 1U : 0);
}

/* Spaces, octal digits, then spaces and NULs; nothing at all is 0. */
static bool
read_octal(struct span f, int64_t *value)
{
	uint64_t v = 0;
	size_t i = 0;

	while (i < f.len && f.p[i] == ' ')
		i++;
	for (; i < f.len && f.p[i] >= '0' && f.p[i] <= '7'; i++)
		v = v << 3 | (uint64_t)(f.p[i] - '0');
	for (; i < f.len; i++)
		if (f.p[i] && f.p[i] != ' ')
			return false;
	*value = (int64_t)v;
	return true;
}

static bool
read_signed(struct span f, int64_t *value)
{
	unsigned char first = (unsigned char)f.p[0];

	return first == 0x80 || first == 0xff ? read_binary(f, value) : read_octal(f, value);
}

static bool
read_number(struct span f, uint64_t most, uint64_t *value)
{
	int64_t v;

	if (!read_signed(f, &v) || v < 0 || (uint64_t)v > most)
		return false;
	*value = (uint64_t)v;
	return true;
}

/* The sum of all bytes, its own taken for spaces. */
static bool
sum_is_right(const unsigned char *block)
{
	uint64_t sum = UINT64_C(8) * ' ', told;

	for (size_t i = 0; i < TAR_BLOCK_SIZE; i++)
		if (i < AT_SUM || i >= AT_TYPE)
			sum += block[i];
	return read_number(field(block, AT_SUM, 8), UINT32_MAX, &told) && told == sum;
}

static const char *
read_posix(const unsigned char *block, struct tar_head *h)
{
	/* The layout called STAR has a shorter prefix, and marks itself here. */
	if (!is_zero(field(block, AT_PADDING, TAR_BLOCK_SIZE - AT_PADDING)))
		return "a header has bytes behind its last field";
	if (!read_string(field(block, AT_PREFIX, 155), &h->prefix))
		return "a name has bytes behind its end";
	return NULL;
}

/* Behind the fields that all have: Go reads times there, others a prefix. */
static const char *
read_gnu(const unsigned char *block)
{
	if (!is_zero(field(block, AT_PREFIX, TAR_BLOCK_SIZE - AT_PREFIX)))
		return "a header is incremental, sparse or of several volumes: not served";
	return NULL;
}

static const char *
read_newer(const unsigned char *block, struct tar_head *h)
{
	if (!read_string(field(block, AT_USER, 32), &h->user) ||
		!read_string(field(block, AT_GROUP, 32), &h->group))
		return "a user's or group's name has bytes behind its end";
	if ((h->type == '3' || h->type == '4') &&
		(!read_number(field(block, AT_MAJOR, 8), TAR_DEVICE_MAX, &h->major) ||
			!read_number(field(block, AT_MINOR, 8), TAR_DEVICE_MAX, &h->minor)))
		return "a device's number cannot be read";
	return NULL;
}

/* What is behind the fields that the oldest archives have; GNU tar writes device numbers into those too. */
static const char *
read_format(const unsigned char *block, struct tar_head *h)
{
	struct span magic = field(block, AT_MAGIC, 8);
	const char *wrong;

	if (span_eq(magic, (struct span){ "ustar\00000", 8 }))
		wrong = read_posix(block, h);
	else if (is_zero(magic) || span_eq(magic, (struct span){ "ustar  \0", 8 }))
		wrong = read_gnu(block);
	else
		wrong = "a header is of no kind that is known";
	return wrong ? wrong : read_newer(block, h);
}

const char *
tar_head_read(const unsigned char *block, struct tar_head *h)
{
	uint64_t mode;

	*h = (struct tar_head){ .type = (char)block[AT_TYPE] };
	if (!sum_is_right(block))
		return "a header's checksum is not right: it is no tar archive, or damaged";
	if (!read_string(field(block, AT_NAME, 100), &h->name) ||
		!read_string(field(block, AT_LINK, 100), &h->link))
		return "a name has bytes behind its end";
	if (!read_number(field(block, AT_MODE, 8), UINT32_MAX, &mode))
		return "a mode cannot be read";
	h->mode = (unsigned)mode & 07777;
	if (!read_number(field(block, AT_UID, 8), TAR_ID_MAX, &h->uid) ||
		!read_number(field(block, AT_GID, 8), TAR_ID_MAX, &h->gid))
		return "a user's or group's number cannot be read";
	if (!read_number(field(block, AT_SIZE, 12), INT64_MAX - TAR_BLOCK_SIZE, &h->size))
		return "a size cannot be read";
	if (!read_signed(field(block, AT_MTIME, 12), &h->mtime) || h->mtime > TAR_TIME_MAX ||
		h->mtime < -TAR_TIME_MAX)
		return "a time cannot be read";
	return read_format(block, h);
}
