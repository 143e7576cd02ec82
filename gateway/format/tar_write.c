/*
 * tar_write: the headers of an entry, as Go's writer makes them of what it knows.
 */
#include <string.h>

#include "format/tar_impl.h"

/* Digits of a decimal number. */
static size_t
digits_of(size_t n)
{
	size_t digits = 1;

	while (n >= 10) {
		n /= 10;
		digits++;
	}
	return digits;
}

/* "LENGTH KEY=VALUE\n": the length counts its own digits. */
static void
add_record(struct text *out, struct span name, struct span key, struct span value)
{
	size_t rest = 1 + name.len + key.len + 1 + value.len + 1;
	size_t len = rest + digits_of(rest);

	len = rest + digits_of(len);
	text_addf(out, "%zu ", len);
	text_add_span(out, name);
	text_add_span(out, key);
	text_add_char(out, '=');
	text_add_span(out, value);
	text_add_char(out, '\n');
}

static void
add_number_record(struct text *out, struct span key, uint64_t n)
{
	struct text t;

	text_init(&t, 0);
	text_addf(&t, "%llu", (unsigned long long)n);
	add_record(out, key, SPAN(""), text_span(&t));
	out->failed |= t.failed;
	text_free(&t);
}

/* The seconds are rounded down, so those before 1970 lie above what is printed. */
static void
add_time_record(struct text *out, const struct tar_entry *e)
{
	bool minus = e->mtime < 0;
	uint64_t whole = minus ? -(uint64_t)e->mtime : (uint64_t)e->mtime;
	uint32_t ns = e->mtime_ns;
	struct text t;

	if (minus && ns) {
		whole--;
		ns = 1000000000 - ns;
	}
	text_init(&t, 0);
	text_addf(&t, "%s%llu", minus ? "-" : "", (unsigned long long)whole);
	if (ns)
		text_addf(&t, ".%09u", ns);
	add_record(out, SPAN("mtime"), SPAN(""), text_span(&t));
	out->failed |= t.failed;
	text_free(&t);
}

/* Into a header's field as it is: every reader takes it for the same. */
static bool
string_fits(struct span s, size_t size)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return s.len <= size;
}

/* Nor may an archive begin like what is compressed: "BZh" is a name, too, and the engine would decompress it. */
static bool
name_fits(struct span s)
{
	return string_fits(s, 100) && !tar_compression(s);
}

static bool
time_fits(const struct tar_entry *e)
{
	return e->mtime >= 0 && (uint64_t)e->mtime <= TAR_OCTAL_SIZE_MAX && !e->mtime_ns;
}

#define ID_FITS ((1U << 21) - 1)

static void
add_records(struct text *out, const struct tar_entry *e)
{
	const struct span none = { NULL, 0 };

	if (!name_fits(e->name))
		add_record(out, SPAN("path"), none, e->name);
	if (!string_fits(e->link, 100))
		add_record(out, SPAN("linkpath"), none, e->link);
	if (!string_fits(e->user, 31))
		add_record(out, SPAN("uname"), none, e->user);
	if (!string_fits(e->group, 31))
		add_record(out, SPAN("gname"), none, e->group);
	if (e->size > TAR_OCTAL_SIZE_MAX)
		add_number_record(out, SPAN("size"), e->size);
	if (e->uid > ID_FITS)
		add_number_record(out, SPAN("uid"), e->uid);
	if (e->gid > ID_FITS)
		add_number_record(out, SPAN("gid"), e->gid);
	if (!time_fits(e))
		add_time_record(out, e);
	for (unsigned i = 0; i < e->attribute_count; i++)
		add_record(out, SPAN("SCHILY.xattr."), e->attributes[i].key,
			e->attributes[i].value);
}

static void
put_octal(char *field, size_t digits, uint64_t n)
{
	for (size_t i = digits; i-- > 0; n >>= 3)
		field[i] = (char)('0' + (n & 7));
}

static void
put_string(char *field, size_t size, struct span s)
{
	if (s.len && string_fits(s, size))
		memcpy(field, s.p, s.len);
}

static void
add_header(struct text *out, char type, const struct tar_entry *e)
{
	char b[TAR_BLOCK_SIZE] = { 0 };
	unsigned sum = 0;

	/* One that does not fit is in the pax header; a reader without pax sees that it knows nothing. */
	put_string(b, 100, name_fits(e->name) ? e->name : SPAN("-"));
	put_octal(b + 100, 7, e->mode & 07777);
	put_octal(b + 108, 7, e->uid <= ID_FITS ? e->uid : 0);
	put_octal(b + 116, 7, e->gid <= ID_FITS ? e->gid : 0);
	put_octal(b + 124, 11, e->size <= TAR_OCTAL_SIZE_MAX ? e->size : 0);
	put_octal(b + 136, 11,
		e->mtime >= 0 && (uint64_t)e->mtime <= TAR_OCTAL_SIZE_MAX ? (uint64_t)e->mtime : 0);
	memset(b + 148, ' ', 8);
	b[156] = type;
	put_string(b + 157, 100, e->link);
	memcpy(b + 257, "ustar\00000", 8);
	put_string(b + 265, 31, e->user);
	put_string(b + 297, 31, e->group);
	put_octal(b + 329, 7, e->major);
	put_octal(b + 337, 7, e->minor);
	for (size_t i = 0; i < sizeof(b); i++)
		sum += (unsigned char)b[i];
	put_octal(b + 148, 6, sum);
	b[154] = '\0';
	text_add(out, b, sizeof(b));
}

static char
type_letter(enum tar_type t)
{
	switch (t) {
	case TAR_FILE:
		return '0';
	case TAR_LINK:
		return '1';
	case TAR_SYMLINK:
		return '2';
	case TAR_CHAR:
		return '3';
	case TAR_BLOCK:
		return '4';
	case TAR_DIRECTORY:
		return '5';
	case TAR_FIFO:
		return '6';
	}
	return '0';
}

void
tar_write_entry(struct text *out, const struct tar_entry *e)
{
	struct text records;

	text_init(&records, 0);
	add_records(&records, e);
	if (records.len) {
		const struct tar_entry pax = { .name = SPAN("PaxHeader"), .size = records.len };

		add_header(out, 'x', &pax);
		text_add_span(out, text_span(&records));
		tar_write_padding(out, records.len);
	}
	add_header(out, type_letter(e->type), e);
	out->failed |= records.failed;
	text_free(&records);
}

void
tar_write_padding(struct text *out, uint64_t size)
{
	static const char zeros[TAR_BLOCK_SIZE];

	text_add(out, zeros, (size_t)(-size % TAR_BLOCK_SIZE));
}

void
tar_write_end(struct text *out)
{
	static const char zeros[2 * TAR_BLOCK_SIZE];

	text_add(out, zeros, sizeof(zeros));
}
