/*
 * text: string views and growable byte buffers.
 *
 * A `struct span` is a view of bytes that somebody else owns; it is not
 * NUL-terminated and may hold any byte. A `struct text` owns its bytes,
 * grows as needed and never beyond its limit. A text that could not grow
 * (limit or memory) turns `failed` and ignores what follows, so a writer
 * checks once at the end.
 */
#ifndef FAIRLEAD_BASE_TEXT_H
#define FAIRLEAD_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	const char *p;
	size_t len;
};

#define SPAN(literal) ((struct span){ (literal), sizeof(literal) - 1 })
/* For printf's "%.*s". */
#define SPAN_ARG(s) (int)(s).len, ((s).p ? (s).p : "")

struct span span_of(const char *cstring);
bool span_eq(struct span a, struct span b);
/* ASCII case is ignored; other bytes must be equal. */
bool span_eq_nocase(struct span a, struct span b);
bool span_starts(struct span s, struct span prefix);
/* Without leading and trailing SP and HTAB. */
struct span span_trim(struct span s);
/* Cuts `s` at the first `sep`: returns what is before it, leaves what is after
 * it in `*s`. With no `sep` the whole is returned and `*s` becomes empty with p NULL. */
struct span span_cut(struct span *s, char sep);
/* A decimal number of 1 to 19 digits without sign; false for anything else. */
bool span_u64(struct span s, uint64_t *value);
/* Copies into `dst` as a C string; false (dst empty) when it does not fit or holds a NUL. */
bool span_copy(struct span s, char *dst, size_t size);
/* A heap copy as a C string, the caller frees it; NULL without memory or when it holds a NUL. */
char *span_dup(struct span s);
/* How many bytes at the start of `s` stand for themselves in a JSON string and anywhere else:
 * printable ASCII but '"' and '\\'. */
size_t span_plain(struct span s);
/* How many bytes the UTF-8 character at the start of `s` has; 0 when there is no valid one. */
size_t span_utf8(struct span s, uint32_t *code);

struct text {
	char *p;      /* NUL-terminated when not NULL */
	size_t len;   /* without the NUL */
	size_t size;  /* allocated */
	size_t limit; /* largest len, 0: TEXT_LIMIT */
	bool failed;
};

#define TEXT_LIMIT ((size_t)64 << 20)

void text_init(struct text *t, size_t limit);
void text_free(struct text *t);
/* Wipes before it frees: for secrets. */
void text_free_wiped(struct text *t);
void text_clear(struct text *t);
void text_add(struct text *t, const void *bytes, size_t len);
void text_add_span(struct text *t, struct span s);
void text_add_str(struct text *t, const char *cstring);
void text_add_char(struct text *t, char c);
__attribute__((format(printf, 2, 3))) void text_addf(struct text *t, const char *fmt, ...);
/* As a JSON string with its quotes; bytes that are not valid UTF-8 become U+FFFD. */
void text_add_json(struct text *t, struct span s);
/* Drops `len` bytes from the front. */
void text_drop(struct text *t, size_t len);
struct span text_span(const struct text *t);

/* Lower-case hex of `len` bytes into `dst`, which holds 2 * len + 1. */
void text_hex(char *dst, const void *bytes, size_t len);
/* What a hex digit of either case stands for; -1 for any other byte. */
int text_hex_value(char c);
/* The reverse of text_hex; false unless `s` is exactly 2 * len hex digits. */
bool text_unhex(struct span s, void *dst, size_t len);
/* True for 64 lower-case hex digits: a full id of the engine. */
bool text_is_full_id(struct span s);

#endif
