/*
 * tar_pax: the records "LENGTH KEY=VALUE\n" that say more of an entry than its header can.
 */
#include <string.h>

#include "format/tar_impl.h"

#define ATTRIBUTE "SCHILY.xattr."

static struct span
span_after(struct span s, size_t n)
{
	return (struct span){ s.p + n, s.len - n };
}

/* The length counts all of the record, itself too. */
static bool
cut_record(struct span *text, struct span *record)
{
	size_t digits = 0;
	uint64_t len;

	while (digits < text->len && digits < 8 && text->p[digits] >= '0' && text->p[digits] <= '9')
		digits++;
	if (digits == 0 || text->p[0] == '0' || digits == text->len || text->p[digits] != ' ')
		return false;
	if (!span_u64((struct span){ text->p, digits }, &len) || len > text->len ||
		len < digits + 2 || text->p[len - 1] != '\n')
		return false;
	*record = (struct span){ text->p + digits + 1, len - digits - 2 };
	*text = span_after(*text, len);
	return true;
}

static const struct span *
find(const struct tar_pax *pax, struct span key)
{
	for (unsigned i = 0; i < pax->count; i++)
		if (span_eq(pax->records[i].key, key))
			return &pax->records[i].value;
	return NULL;
}

const char *
tar_pax_read(struct span text, struct tar_pax *pax)
{
	pax->count = 0;
	while (text.len) {
		struct span record, key;

		if (!cut_record(&text, &record))
			return "a pax header is malformed";
		key = span_cut(&record, '=');
		if (!record.p || key.len == 0 || memchr(key.p, '\0', key.len))
			return "a pax header is malformed";
		if (find(pax, key))
			return "a pax header has a key twice";
		if (pax->count == TAR_RECORDS_MAX)
			return "a pax header has too many records";
		pax->records[pax->count++] = (struct tar_attribute){ key, record };
	}
	return NULL;
}

const char *
tar_pax_check_global(const struct tar_pax *pax)
{
	/* git's, and libarchive's. */
	for (unsigned i = 0; i < pax->count; i++)
		if (!span_eq(pax->records[i].key, SPAN("comment")) &&
			!span_eq(pax->records[i].key, SPAN("hdrcharset")))
			return "a global pax header would change the entries: not served";
	return NULL;
}

static bool
is_sparse(struct span key)
{
	return span_starts(key, SPAN("GNU.sparse.")) || span_eq(key, SPAN("SCHILY.realsize")) ||
		span_eq(key, SPAN("SCHILY.filetype"));
}

static bool
apply_string(const struct tar_pax *pax, struct span key, size_t most, struct span *out)
{
	const struct span *v = find(pax, key);

	if (!v)
		return true;
	*out = *v;
	return v->len && v->len <= most && !memchr(v->p, '\0', v->len);
}

static bool
apply_number(const struct tar_pax *pax, struct span key, uint64_t most, uint64_t *out)
{
	const struct span *v = find(pax, key);

	return !v || (span_u64(*v, out) && *out <= most);
}

/* "-12.5": rounded down, what is below a nanosecond dropped. */
static bool
read_time(struct span s, int64_t *seconds, uint32_t *ns)
{
	bool minus = span_starts(s, SPAN("-"));
	struct span whole;
	uint64_t n;
	uint32_t part = 0;

	if (minus)
		s = span_after(s, 1);
	whole = span_cut(&s, '.');
	if (!span_u64(whole, &n) || n >= TAR_TIME_MAX)
		return false;
	for (size_t i = 0; i < 9 || i < s.len; i++) {
		char c = i < s.len ? s.p[i] : '0';

		if (c < '0' || c > '9')
			return false;
		if (i < 9)
			part = part * 10 + (uint32_t)(c - '0');
	}
	*seconds = minus ? -(int64_t)n - (part > 0) : (int64_t)n;
	*ns = minus && part ? 1000000000 - part : part;
	return true;
}

static const char *
apply_size(const struct tar_pax *pax, struct tar_entry *e)
{
	uint64_t told = e->size;

	if (!apply_number(pax, SPAN("size"), INT64_MAX - TAR_BLOCK_SIZE, &e->size))
		return "a pax header's size cannot be read";
	/* Writers put 0 or all sevens into the header for a size that does not fit. */
	if (e->size != told && told != 0 &&
		!(told == TAR_OCTAL_SIZE_MAX && e->size > TAR_OCTAL_SIZE_MAX))
		return "a pax header's size is not its entry's";
	return NULL;
}

/* The records that are attributes, in the place of all records. */
static void
keep_attributes(struct tar_pax *pax, struct tar_entry *e)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < pax->count; i++) {
		struct tar_attribute a = pax->records[i];

		/* One without a value is none for Go. */
		if (!span_starts(a.key, SPAN(ATTRIBUTE)) || !a.value.len)
			continue;
		a.key = span_after(a.key, sizeof(ATTRIBUTE) - 1);
		if (a.key.len)
			pax->records[kept++] = a;
	}
	pax->count = kept;
	e->attributes = pax->records;
	e->attribute_count = kept;
}

const char *
tar_pax_apply(struct tar_pax *pax, struct tar_entry *e)
{
	const struct span *mtime = find(pax, SPAN("mtime"));
	const char *wrong;

	for (unsigned i = 0; i < pax->count; i++)
		if (is_sparse(pax->records[i].key))
			return "a file is sparse: not served";
	if (!apply_string(pax, SPAN("path"), TAR_NAME_MAX, &e->name) ||
		!apply_string(pax, SPAN("linkpath"), TAR_NAME_MAX, &e->link))
		return "a pax header's name is empty, too long, or has a NUL";
	if (!apply_string(pax, SPAN("uname"), 255, &e->user) ||
		!apply_string(pax, SPAN("gname"), 255, &e->group))
		return "a pax header's user or group is empty, too long, or has a NUL";
	if (!apply_number(pax, SPAN("uid"), TAR_ID_MAX, &e->uid) ||
		!apply_number(pax, SPAN("gid"), TAR_ID_MAX, &e->gid))
		return "a pax header's user or group cannot be read";
	if (mtime && !read_time(*mtime, &e->mtime, &e->mtime_ns))
		return "a pax header's time cannot be read";
	wrong = apply_size(pax, e);
	if (!wrong)
		keep_attributes(pax, e);
	return wrong;
}
