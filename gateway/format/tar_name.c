/*
 * tar_name: what a name in an archive, and its first bytes, tell.
 */
#include "format/tar.h"

bool
tar_name_stays(struct span name)
{
	if (!name.len || name.p[0] == '/')
		return false;
	while (name.p)
		if (span_eq(span_cut(&name, '/'), SPAN("..")))
			return false;
	return true;
}

bool
tar_name_clean(struct span name, struct text *out)
{
	size_t start = out->len;

	if (!tar_name_stays(name))
		return false;
	while (name.p) {
		struct span segment = span_cut(&name, '/');

		if (!segment.len || span_eq(segment, SPAN(".")))
			continue;
		if (out->len > start)
			text_add_char(out, '/');
		text_add_span(out, segment);
	}
	return true;
}

const char *
tar_compression(struct span beginning)
{
	static const struct {
		struct span magic;
		const char *name;
	} known[] = {
		{ { "\x1f\x8b", 2 }, "gzip" },
		{ { "BZh", 3 }, "bzip2" },
		{ { "\xfd\x37zXZ\0", 6 }, "xz" },
		{ { "\x28\xb5\x2f\xfd", 4 }, "zstd" },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (span_starts(beginning, known[i].magic))
			return known[i].name;
	/* Frames that zstd skips: 0x184D2A50 to 0x184D2A5F, little-endian. */
	if (beginning.len >= 4 && ((unsigned char)beginning.p[0] & 0xf0) == 0x50 &&
		span_eq((struct span){ beginning.p + 1, 3 }, (struct span){ "\x2a\x4d\x18", 3 }))
		return "zstd";
	return NULL;
}
