/*
 * Archives: of Python and GNU tar in all their formats (tests/fuzz/tar_seeds.py), and ones spoiled in one place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "format/tar.h"

static void
load(const char *name, struct text *in)
{
	char path[200], piece[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "tests/fuzz/corpus/tar/%s", name);
	f = fopen(path, "rb");
	assert_non_null(f);
	text_init(in, 0);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		text_add(in, piece, n);
	fclose(f);
}

static void
tell(const struct tar_entry *e, struct text *out)
{
	static const char letters[] = "-hlcbdp";

	text_addf(out, "%c%04o %llu:%llu %.*s:%.*s %lld", letters[e->type], e->mode,
		(unsigned long long)e->uid, (unsigned long long)e->gid, SPAN_ARG(e->user),
		SPAN_ARG(e->group), (long long)e->mtime);
	if (e->mtime_ns)
		text_addf(out, ".%09u", e->mtime_ns);
	text_addf(out, " %.*s", SPAN_ARG(e->name));
	if (e->link.p)
		text_addf(out, " -> %.*s", SPAN_ARG(e->link));
	if (e->type == TAR_CHAR || e->type == TAR_BLOCK)
		text_addf(out, " %u,%u", e->major, e->minor);
	for (unsigned i = 0; i < e->attribute_count; i++)
		text_addf(out, " %.*s=%.*s", SPAN_ARG(e->attributes[i].key),
			SPAN_ARG(e->attributes[i].value));
	text_add_char(out, '\n');
}

/* What an archive holds, a line an entry; the bytes of each as "(n)"; "!" and the fault at its end. */
static void
list(struct span in, size_t step, struct text *out)
{
	struct tar_reader *r = tar_reader_new();
	enum tar_event event = TAR_MORE;
	struct span piece;
	size_t bytes = 0;

	assert_non_null(r);
	text_init(out, 0);
	while (in.len && event != TAR_BAD) {
		struct span part = { in.p, in.len < step ? in.len : step };

		in.p += part.len;
		in.len -= part.len;
		while ((event = tar_reader_next(r, &part, &piece)) != TAR_MORE &&
			event != TAR_BAD) {
			if (event == TAR_ENTRY)
				tell(tar_reader_entry(r), out);
			bytes += piece.len;
			if (event == TAR_ENTRY_END && bytes)
				text_addf(out, "(%zu)\n", bytes);
			if (event == TAR_ENTRY_END)
				bytes = 0;
		}
	}
	if (event == TAR_BAD)
		text_addf(out, "! %s\n", tar_reader_fault(r));
	else if (!tar_reader_may_end(r))
		text_add_str(out, "! cut\n");
	tar_reader_free(r);
}

static void
expect_span(struct span in, const char *wanted)
{
	static const size_t steps[] = { 1, 511, 512, 513, 1 << 20 };

	for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct text out;

		list(in, steps[i], &out);
		assert_string_equal(out.p ? out.p : "", wanted);
		text_free(&out);
	}
}

static void
expect(const char *name, const char *wanted)
{
	struct text in;

	load(name, &in);
	expect_span(text_span(&in), wanted);
	text_free(&in);
}

#define N10 "nnnnnnnnnn"
#define N90 N10 N10 N10 N10 N10 N10 N10 N10 N10
#define N120 N90 N10 N10 N10
#define T10 "tttttttttt"
#define T150 T10 T10 T10 T10 T10 T10 T10 T10 T10 T10 T10 T10 T10 T10 T10

#define PYTHON                                                                                     \
	"-0644 1000:100 ann:users 1700000000 a\n(5)\n"                                             \
	"d1755 0:0 : 1700000000 dir%s\n"                                                           \
	"h0644 0:0 : 1700000000 dir/ln -> a\n"                                                     \
	"l0644 0:0 : 1700000000 dir/sym -> /etc/hosts\n"                                           \
	"c0644 0:0 : 1700000000 null 1,3\n"                                                        \
	"p0644 0:0 : 1700000000 fifo\n"                                                            \
	"-0644 0:0 : 1700000000 d/" N120 "/file\n(513)\n"
#define PYTHON_LONG                                                                                \
	"l0644 0:0 : 1700000000 s -> " T150 "\n"                                                   \
	"-0644 0:0 : 1700000000 n\xc3\xa4me\n(1)\n"

static void
test_python(void **state)
{
	char wanted[2000];

	(void)state;
	snprintf(wanted, sizeof(wanted), PYTHON, "/");
	expect("python-ustar", wanted);
	snprintf(wanted, sizeof(wanted),
		PYTHON PYTHON_LONG "-0644 0:0 : -2 old\n-0644 3000000:0 : 1700000000 uid\n", "/");
	expect("python-gnu", wanted);
	snprintf(wanted, sizeof(wanted),
		PYTHON PYTHON_LONG
		"-0644 0:0 : -2.500000000 old\n-0644 3000000:0 : 1700000000 uid\n",
		"/");
	expect("python-pax", wanted);
}

#define GNU(who)                                                                                   \
	"-0644 1000:100 " who " 1700000000 a\n(5)\n"                                               \
	"d0755 1000:100 " who " 1700000000 dir/\n"                                                 \
	"h0644 1000:100 " who " 1700000000 dir/ln -> a\n"                                          \
	"l0755 1000:100 " who " 1700000000 dir/sym -> /etc/hosts\n"                                \
	"d0755 1000:100 " who " 1700000000 d/\n"                                                   \
	"d0755 1000:100 " who " 1700000000 d/" N90 "/\n"                                           \
	"-0644 1000:100 " who " 1700000000 d/" N90 "/file\n(513)\n"

static void
test_gnu(void **state)
{
	(void)state;
	expect("gnutar-v7", GNU(":"));
	expect("gnutar-oldgnu", GNU("ann:users"));
	expect("gnutar-gnu", GNU("ann:users"));
	expect("gnutar-ustar", GNU("ann:users"));
	expect("gnutar-posix", GNU("ann:users"));
	expect("gnutar-sparse",
		"! a header is incremental, sparse or of several volumes: not served\n");
	expect("gnutar-sparse-pax", "! a file is sparse: not served\n");
}

static void
test_pax(void **state)
{
	(void)state;
	expect("pax-attributes",
		"-0644 0:0 : 1.250000000 x user.note=v=1 trusted.overlay.opaque=y\n");
	expect("pax-global-path", "! a global pax header would change the entries: not served\n");
}

/* A header whose type is `type`, said to have `size` bytes, that follow. */
static void
add_raw(struct text *out, char type, const char *name, struct span data)
{
	struct tar_entry e = { .name = span_of(name), .size = data.len, .mode = 0644 };
	size_t at = out->len;
	unsigned sum = 0;

	tar_write_entry(out, &e);
	out->p[at + 156] = type;
	memset(out->p + at + 148, ' ', 8);
	for (size_t i = 0; i < TAR_BLOCK_SIZE; i++)
		sum += (unsigned char)out->p[at + i];
	snprintf(out->p + at + 148, 8, "%06o", sum);
	text_add_span(out, data);
	tar_write_padding(out, data.len);
}

static void
expect_two(char type, struct span meta, const char *wanted)
{
	struct text in;

	text_init(&in, 0);
	add_raw(&in, type, "m", meta);
	add_raw(&in, '0', "f", SPAN("abc"));
	expect_span(text_span(&in), wanted);
	text_free(&in);
}

static void
test_meta(void **state)
{
	(void)state;
	expect_two('x', SPAN("9 path=g\n"), "-0644 0:0 : 0 g\n(3)\n");
	expect_two('x', SPAN("9 size=3\n"), "-0644 0:0 : 0 f\n(3)\n");
	expect_two('x', SPAN("9 size=4\n"), "! a pax header's size is not its entry's\n");
	expect_two('x', SPAN("9 path=g\n9 path=g\n"), "! a pax header has a key twice\n");
	expect_two('x', SPAN("9 path=\0\n"),
		"! a pax header's name is empty, too long, or has a NUL\n");
	expect_two('x', SPAN("8 path=\n"),
		"! a pax header's name is empty, too long, or has a NUL\n");
	expect_two('x', SPAN("+9 path=g\n"), "! a pax header is malformed\n");
	expect_two('x', SPAN("11 path=g\n"), "! a pax header is malformed\n");
	expect_two('x', SPAN("09 path=g\n"), "! a pax header is malformed\n");
	expect_two('x', SPAN("9 path=gg"), "! a pax header is malformed\n");
	expect_two('x', SPAN("4 =\n"), "! a pax header is malformed\n");
	expect_two('x', SPAN("22 GNU.sparse.major=1\n"), "! a file is sparse: not served\n");
	expect_two('x', SPAN("11 mtime=x\n"), "! a pax header's time cannot be read\n");
	expect_two('g', SPAN("9 path=g\n"),
		"! a global pax header would change the entries: not served\n");
	expect_two('g', SPAN("12 comment=a\n"), "! a pax header is malformed\n");
	expect_two('g', SPAN("13 comment=a\n"), "-0644 0:0 : 0 f\n(3)\n");
	expect_two('L', SPAN("long\0"), "-0644 0:0 : 0 long\n(3)\n");
	expect_two('L', SPAN("long\0er\0"), "! a long name has a NUL\n");
	expect_two('L', SPAN(""), "! a long name is empty or too long\n");
	expect_two('K', SPAN("other"), "-0644 0:0 : 0 f\n(3)\n");
	expect_two('5', SPAN("data"), "! an entry has data that is no file\n");
	expect_two('1', SPAN(""), "! a link leads nowhere\n");
	expect_two('7', SPAN(""), "! an entry's type is not served\n");
	expect_two('S', SPAN(""), "! an entry's type is not served\n");
	expect_two('M', SPAN(""), "! an entry's type is not served\n");
}

static void
test_order(void **state)
{
	struct text in;

	(void)state;
	text_init(&in, 0);
	add_raw(&in, 'L', "m", SPAN("long"));
	add_raw(&in, 'x', "m", SPAN("9 path=g\n"));
	expect_span(text_span(&in), "! an entry has headers that are read in two ways\n");
	text_clear(&in);
	add_raw(&in, 'x', "m", SPAN("9 path=g\n"));
	expect_span(text_span(&in), "! cut\n");
	tar_write_end(&in);
	expect_span(text_span(&in),
		"! the archive ends behind a header of an entry that is not there\n");
	text_clear(&in);
	tar_write_end(&in);
	add_raw(&in, '0', "f", SPAN(""));
	expect_span(text_span(&in), "! the archive has bytes behind its end\n");
	text_clear(&in);
	add_raw(&in, '0', "d/", SPAN(""));
	expect_span(text_span(&in), "! a file has a directory's name\n");
	text_clear(&in);
	add_raw(&in, '\0', "d/", SPAN(""));
	expect_span(text_span(&in), "d0644 0:0 : 0 d/\n");
	text_free(&in);
}

/* Each byte of a header but those of the padding of its fields tells, or the sum is wrong. */
static void
test_damage(void **state)
{
	struct text in;

	(void)state;
	text_init(&in, 0);
	add_raw(&in, '0', "f", SPAN(""));
	for (size_t i = 0; i < TAR_BLOCK_SIZE; i++) {
		struct text out;

		if (i >= 148 && i < 156)
			continue;
		in.p[i] ^= 1;
		list(text_span(&in), 512, &out);
		assert_true(span_starts(text_span(&out), SPAN("! a header's checksum")));
		in.p[i] ^= 1;
		text_free(&out);
	}
	text_free(&in);
}

static void
test_large(void **state)
{
	struct tar_entry e = { .name = SPAN("f"),
		.size = (uint64_t)1 << 40,
		.uid = INT32_MAX,
		.mtime = -1,
		.mtime_ns = 999999999 };
	struct text in;

	(void)state;
	text_init(&in, 0);
	tar_write_entry(&in, &e);
	expect_span(text_span(&in), "-0000 2147483647:0 : -1.999999999 f\n! cut\n");
	assert_non_null(memmem(in.p, in.len, "size=1099511627776\n", 19));
	assert_non_null(memmem(in.p, in.len, "mtime=-0.000000001\n", 19));
	/* The same in base 256. */
	text_clear(&in);
	e = (struct tar_entry){ .name = SPAN("f") };
	tar_write_entry(&in, &e);
	memcpy(in.p + 124, "\x80\0\0\0\0\0\1\0\0\0\0\0", 12);
	add_raw(&in, '0', "g", SPAN(""));
	memcpy(in.p + 148, "        ", 8);
	{
		unsigned sum = 0;

		for (size_t i = 0; i < TAR_BLOCK_SIZE; i++)
			sum += (unsigned char)in.p[i];
		snprintf(in.p + 148, 8, "%06o", sum);
	}
	expect_span(text_span(&in), "-0000 0:0 : 0 f\n! cut\n");
	text_free(&in);
}

/* Whatever the first entry's name is, what is written is an archive and nothing else. */
static void
test_bzip2(void **state)
{
	struct tar_entry e = { .name = SPAN("BZh91AY&SY") };
	struct text in;

	(void)state;
	text_init(&in, 0);
	tar_write_entry(&in, &e);
	assert_null(tar_compression(text_span(&in)));
	expect_span(text_span(&in), "-0000 0:0 : 0 BZh91AY&SY\n");
	text_free(&in);
}

static void
test_names(void **state)
{
	(void)state;
	assert_true(tar_name_stays(SPAN("a")));
	assert_true(tar_name_stays(SPAN("./a//b/")));
	assert_true(tar_name_stays(SPAN("..a/b..")));
	assert_false(tar_name_stays(SPAN("")));
	assert_false(tar_name_stays(SPAN("/a")));
	assert_false(tar_name_stays(SPAN("..")));
	assert_false(tar_name_stays(SPAN("a/../b")));
	assert_false(tar_name_stays(SPAN("a/..")));
	{
		struct text clean;

		text_init(&clean, 0);
		assert_true(tar_name_clean(SPAN("./"), &clean));
		assert_int_equal(clean.len, 0);
		assert_true(tar_name_clean(SPAN(".//a/./b//"), &clean));
		assert_string_equal(clean.p, "a/b");
		assert_false(tar_name_clean(SPAN("a/../b"), &clean));
		text_free(&clean);
	}
	assert_string_equal(tar_compression(SPAN("\x1f\x8b\x08")), "gzip");
	assert_string_equal(tar_compression(SPAN("BZh9")), "bzip2");
	assert_string_equal(tar_compression(SPAN("\xfd\x37zXZ\0")), "xz");
	assert_string_equal(tar_compression(SPAN("\x28\xb5\x2f\xfd")), "zstd");
	assert_string_equal(tar_compression(SPAN("\x51\x2a\x4d\x18")), "zstd");
	assert_null(tar_compression(SPAN("BZ")));
	assert_null(tar_compression(SPAN("")));
	assert_null(tar_compression(SPAN("Dockerfile")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_python),
		cmocka_unit_test(test_gnu),
		cmocka_unit_test(test_pax),
		cmocka_unit_test(test_meta),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_bzip2),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
