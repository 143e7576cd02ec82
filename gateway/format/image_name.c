/*
 * image_name: references of images, read as engines read them.
 *
 * Source: github.com/distribution/reference, reference.go, regexp.go and normalize.go.
 */
#include "format/image_name.h"

#include <string.h>

#define NAME_MAX_LEN 255 /* domain and path, reference.NameTotalLengthMax */
#define TAG_MAX_LEN 128
#define HUB SPAN("docker.io")
#define HUB_OLD SPAN("index.docker.io")
#define OFFICIAL SPAN("library/")

static bool
is_small(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_alnum(char c)
{
	return is_small(c) || is_digit(c) || (c >= 'A' && c <= 'Z');
}

static bool
is_hex(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_digit(s.p[i]) && !(s.p[i] >= 'a' && s.p[i] <= 'f'))
			return false;
	return s.len > 0;
}

static bool
has_char(struct span s, char c)
{
	return s.len > 0 && memchr(s.p, c, s.len) != NULL;
}

static struct span
skip(struct span s, size_t n)
{
	return (struct span){ s.p + n, s.len - n };
}

/* "reg-1.example": parts of letters, digits and '-', which neither begins nor ends one. */
static bool
is_host(struct span s)
{
	char before = '.';

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c == '.' ? !is_alnum(before) : c == '-' ? before == '.' : !is_alnum(c))
			return false;
		before = c;
	}
	return is_alnum(before);
}

/* "[fd00::1]": what is between the brackets is the dialler's to understand. */
static bool
is_bracketed(struct span s)
{
	if (s.len < 4 || s.p[0] != '[' || s.p[s.len - 1] != ']')
		return false;
	for (size_t i = 1; i < s.len - 1; i++)
		if (!strchr("0123456789abcdefABCDEF:", s.p[i]) || !s.p[i])
			return false;
	return true;
}

static bool
is_domain(struct span s)
{
	const char *colon = s.len ? memrchr(s.p, ':', s.len) : NULL;
	struct span host = s, port;

	if (colon && !(s.p[0] == '[' && s.p[s.len - 1] == ']')) {
		host.len = (size_t)(colon - s.p);
		port = skip(s, host.len + 1);
		if (!port.len || port.len > 5)
			return false;
		for (size_t i = 0; i < port.len; i++)
			if (!is_digit(port.p[i]))
				return false;
	}
	return is_host(host) || is_bracketed(host);
}

/* One of '.', '_', "__", or any number of '-', between letters and digits. */
static bool
is_separator(struct span s)
{
	if (s.p[0] != '-')
		return s.len == 1 || (s.len == 2 && s.p[0] == '_' && s.p[1] == '_');
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] != '-')
			return false;
	return true;
}

static bool
is_component(struct span s)
{
	while (s.len) {
		size_t n = 0, mark;

		while (n < s.len && (is_small(s.p[n]) || is_digit(s.p[n])))
			n++;
		mark = n;
		while (n < s.len && strchr("._-", s.p[n]) && s.p[n])
			n++;
		if (mark == 0 || (n == s.len && n > mark) || n == 0)
			return false;
		if (n == mark)
			return n == s.len;
		if (!is_separator((struct span){ s.p + mark, n - mark }))
			return false;
		s = skip(s, n);
	}
	return false;
}

static bool
is_path(struct span s)
{
	while (s.p)
		if (!is_component(span_cut(&s, '/')))
			return false;
	return true;
}

static bool
is_tag(struct span s)
{
	if (s.len == 0 || s.len > TAG_MAX_LEN || s.p[0] == '.' || s.p[0] == '-')
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!is_alnum(s.p[i]) && (!s.p[i] || !strchr("_.-", s.p[i])))
			return false;
	return true;
}

static bool
is_digest(struct span s)
{
	if (span_starts(s, SPAN("sha256:")))
		return s.len == 7 + 64 && is_hex(skip(s, 7));
	if (span_starts(s, SPAN("sha512:")))
		return s.len == 7 + 128 && is_hex(skip(s, 7));
	return false;
}

/* Of "localhost", "reg.example" and "reg:5000" engines know that it is a registry; of capitals too, which no
 * path has (normalize.go, splitDockerDomain). */
static bool
looks_like_domain(struct span s)
{
	if (has_char(s, '.') || has_char(s, ':') || span_eq(s, SPAN("localhost")))
		return true;
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] >= 'A' && s.p[i] <= 'Z')
			return true;
	return false;
}

static void
cut_domain(struct span s, struct image_name *name)
{
	const char *slash = memchr(s.p, '/', s.len);
	size_t first = slash ? (size_t)(slash - s.p) : 0;

	name->domain = (struct span){ s.p, 0 };
	name->path = s;
	if (slash && looks_like_domain((struct span){ s.p, first })) {
		name->domain.len = first;
		name->path = skip(s, first + 1);
	}
	if (span_eq(name->domain, HUB) || span_eq(name->domain, HUB_OLD))
		name->domain.len = 0;
	if (!name->domain.len && span_starts(name->path, OFFICIAL) &&
		!has_char(skip(name->path, OFFICIAL.len), '/'))
		name->path = skip(name->path, OFFICIAL.len);
}

/* What the whole name has on Docker Hub. */
static size_t
whole_length(const struct image_name *name)
{
	if (name->domain.len)
		return name->domain.len + 1 + name->path.len;
	return HUB.len + 1 + name->path.len + (has_char(name->path, '/') ? 0 : OFFICIAL.len);
}

static const char *
check_name(const struct image_name *name)
{
	if (name->domain.len && !is_domain(name->domain))
		return "the registry's name is malformed";
	for (size_t i = 0; i < name->path.len; i++)
		if (name->path.p[i] >= 'A' && name->path.p[i] <= 'Z')
			return "the repository's name must be lowercase";
	if (!is_path(name->path))
		return "the repository's name is malformed";
	if (whole_length(name) > NAME_MAX_LEN)
		return "the repository's name is too long";
	/* Printed without its registry such a path would be read as one with another. */
	if (!name->domain.len && has_char(name->path, '/') &&
		looks_like_domain((struct span){ name->path.p,
			(size_t)((const char *)memchr(name->path.p, '/', name->path.len) -
				name->path.p) }))
		return "the repository's name begins like a registry's";
	if (!name->domain.len &&
		(image_name_is_id(name->path, &(struct span){ 0 }) ||
			span_eq(name->path, SPAN("sha256"))))
		return "the repository's name is that of an id";
	return NULL;
}

static const char *
parse(struct span s, struct image_name *name)
{
	const char *at, *mark;

	*name = (struct image_name){ 0 };
	if (s.len == 0)
		return "a name is missing";
	if (s.len > IMAGE_NAME_MAX)
		return "the name is too long";
	at = memchr(s.p, '@', s.len);
	if (at) {
		name->digest = skip(s, (size_t)(at - s.p) + 1);
		s.len = (size_t)(at - s.p);
		if (!is_digest(name->digest))
			return "the digest is malformed";
	}
	mark = s.len ? memrchr(s.p, ':', s.len) : NULL;
	if (mark && !memchr(mark, '/', (size_t)(s.p + s.len - mark))) {
		name->tag = skip(s, (size_t)(mark - s.p) + 1);
		s.len = (size_t)(mark - s.p);
		if (!is_tag(name->tag))
			return "the tag is malformed";
	}
	if (s.len == 0)
		return "the repository's name is missing";
	cut_domain(s, name);
	return check_name(name);
}

int
image_name_parse(struct span text, struct image_name *name, const char **why)
{
	*why = parse(text, name);
	return *why ? -1 : 0;
}

int
image_name_parse_with(struct span text, struct span tag, struct image_name *name, const char **why)
{
	*why = parse(text, name);
	if (!*why && tag.len) {
		bool digest = is_digest(tag);

		name->tag = digest ? (struct span){ NULL, 0 } : tag;
		name->digest = digest ? tag : (struct span){ NULL, 0 };
		if (!digest && !is_tag(tag))
			*why = "the tag is malformed";
	}
	return *why ? -1 : 0;
}

void
image_name_latest(struct image_name *name)
{
	if (!name->tag.len && !name->digest.len)
		name->tag = SPAN("latest");
}

void
image_name_add_repository(struct text *out, const struct image_name *name)
{
	if (name->domain.len) {
		text_add_span(out, name->domain);
		text_add_char(out, '/');
	}
	text_add_span(out, name->path);
}

static void
add_version(struct text *out, const struct image_name *name)
{
	if (name->tag.len) {
		text_add_char(out, ':');
		text_add_span(out, name->tag);
	}
	if (name->digest.len) {
		text_add_char(out, '@');
		text_add_span(out, name->digest);
	}
}

void
image_name_add(struct text *out, const struct image_name *name)
{
	image_name_add_repository(out, name);
	add_version(out, name);
}

bool
image_name_same(const struct image_name *a, const struct image_name *b)
{
	return span_eq_nocase(a->domain, b->domain) && span_eq(a->path, b->path) &&
		span_eq(a->tag, b->tag) && span_eq(a->digest, b->digest);
}

bool
image_name_may_be_id(struct span text, struct span *hex)
{
	*hex = span_starts(text, SPAN("sha256:")) ? skip(text, 7) : text;
	return hex->len <= 64 && is_hex(*hex);
}

bool
image_name_is_id(struct span text, struct span *hex)
{
	return image_name_may_be_id(text, hex) && hex->len == 64;
}
