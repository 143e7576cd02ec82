/*
 * image_space: which names of images are a tenant's, and how they go to the engine and back.
 */
#include <string.h>

#include "format/image_name.h"
#include "format/space.h"

/* '*' stands for any text; linear in practice, for only the last one is tried again. */
static bool
glob(struct span pattern, struct span s, bool nocase)
{
	size_t p = 0, i = 0, star = SIZE_MAX, again = 0;

	while (i < s.len) {
		struct span a = { pattern.p + p, p < pattern.len }, b = { s.p + i, 1 };

		if (a.len && *a.p == '*') {
			star = p++;
			again = i;
		} else if (a.len && (nocase ? span_eq_nocase(a, b) : span_eq(a, b))) {
			p++;
			i++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			i = ++again;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.p[p] == '*')
		p++;
	return p == pattern.len;
}

/* A pattern in the parts that a name has. */
static void
pattern_cut(struct span s, struct image_name *parts)
{
	const char *mark = s.len ? memrchr(s.p, ':', s.len) : NULL;
	const char *slash;
	struct span first;

	*parts = (struct image_name){ 0 };
	if (mark && !memchr(mark, '/', (size_t)(s.p + s.len - mark))) {
		size_t len = (size_t)(mark - s.p);

		parts->tag = (struct span){ mark + 1, s.len - len - 1 };
		s.len = len;
	}
	slash = s.len ? memchr(s.p, '/', s.len) : NULL;
	first = (struct span){ s.p, slash ? (size_t)(slash - s.p) : 0 };
	if (first.len &&
		(memchr(first.p, '.', first.len) || memchr(first.p, ':', first.len) ||
			span_eq(first, SPAN("localhost")))) {
		parts->domain = first;
		s = (struct span){ slash + 1, s.len - first.len - 1 };
	}
	if (span_eq(parts->domain, SPAN("docker.io")) ||
		span_eq(parts->domain, SPAN("index.docker.io")))
		parts->domain.len = 0;
	parts->path = s;
}

bool
image_pattern_ok(struct span pattern)
{
	struct image_name parts;

	if (pattern.len == 0 || pattern.len > IMAGE_NAME_MAX)
		return false;
	for (size_t i = 0; i < pattern.len; i++)
		if (pattern.p[i] <= ' ' || pattern.p[i] > '~' || strchr("@\\?[]{}", pattern.p[i]))
			return false;
	pattern_cut(pattern, &parts);
	return parts.path.len > 0 && (!parts.tag.p || parts.tag.len > 0);
}

static bool
path_matches(struct span pattern, const struct image_name *name)
{
	struct span official = SPAN("library/");

	if (glob(pattern, name->path, false))
		return true;
	/* "library/alpine" of Docker Hub is "alpine" here. */
	if (name->domain.len || memchr(name->path.p, '/', name->path.len) ||
		!span_starts(pattern, official))
		return false;
	pattern.p += official.len;
	pattern.len -= official.len;
	return glob(pattern, name->path, false);
}

static bool
repository_matches(const struct image_name *pattern, const struct image_name *name)
{
	return !pattern->domain.len == !name->domain.len &&
		glob(pattern->domain, name->domain, true) && path_matches(pattern->path, name);
}

bool
image_pattern_matches(struct span pattern, const struct image_name *name)
{
	struct image_name parts;

	if (span_eq(pattern, SPAN("*")))
		return true;
	pattern_cut(pattern, &parts);
	if (!repository_matches(&parts, name))
		return false;
	if (!parts.tag.p || span_eq(parts.tag, SPAN("*")))
		return true;
	/* Of a name with both the digest counts, and the tag is any word. */
	return name->tag.len && !name->digest.len && glob(parts.tag, name->tag, false);
}

bool
image_patterns_match(char *const *patterns, const struct image_name *name)
{
	for (; patterns && *patterns; patterns++)
		if (image_pattern_matches(span_of(*patterns), name))
			return true;
	return false;
}

static bool
pattern_touches(struct span pattern, const struct image_name *name)
{
	struct image_name parts;

	if (image_pattern_matches(pattern, name))
		return true;
	pattern_cut(pattern, &parts);
	return (!name->tag.len || name->digest.len) && repository_matches(&parts, name);
}

/* "reg.example:443" is "reg.example"; without TLS it is asked at 80. */
static void
cut_usual_port(struct span *domain)
{
	static const struct span ports[] = { { ":443", 4 }, { ":80", 3 } };

	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		size_t len = ports[i].len;

		if (domain->len > len &&
			memcmp(domain->p + domain->len - len, ports[i].p, len) == 0) {
			domain->len -= len;
			return;
		}
	}
}

bool
image_patterns_touch(char *const *patterns, const struct image_name *name)
{
	struct image_name usual = *name;

	cut_usual_port(&usual.domain);
	for (; patterns && *patterns; patterns++)
		if (pattern_touches(span_of(*patterns), name) ||
			(usual.domain.len && pattern_touches(span_of(*patterns), &usual)))
			return true;
	return false;
}

static struct span
first_component(const struct image_name *name)
{
	struct span path = name->path;

	return span_cut(&path, '/');
}

/* In a tenant's namespace, whosever. */
static bool
is_taken(const struct image_name *name)
{
	return !name->domain.len && space_is_taken(first_component(name));
}

/* Its own by the registry's name. */
static bool
is_own_repository(const struct image_space *s, const struct image_name *name)
{
	return !is_taken(name) && image_patterns_match(s->own_images, name);
}

enum image_owner
image_space_owner(const struct image_space *s, const struct image_name *engine)
{
	struct span path = engine->path;

	if (!engine->domain.len && space_strip(s->tenant, &path))
		return IMAGE_OWN;
	if (is_taken(engine))
		return IMAGE_HIDDEN;
	if (is_own_repository(s, engine))
		return IMAGE_OWN;
	if (s->foreign && s->foreign(s->arg, engine))
		return IMAGE_HIDDEN;
	return image_patterns_match(s->images, engine) ? IMAGE_SHARED : IMAGE_HIDDEN;
}

enum image_owner
image_space_show(const struct image_space *s, struct span engine, struct text *out)
{
	struct image_name name;
	enum image_owner owner;
	const char *why;

	if (image_name_parse(engine, &name, &why) == -1)
		return IMAGE_HIDDEN;
	owner = image_space_owner(s, &name);
	if (owner == IMAGE_OWN && !name.domain.len)
		space_strip(s->tenant, &name.path);
	if (owner != IMAGE_HIDDEN)
		image_name_add(out, &name);
	return owner;
}

int
image_space_own(const struct image_space *s, const struct image_name *name, struct text *out,
	const char **why)
{
	struct text own;
	struct image_name parsed;
	int rc = -1;

	if (is_own_repository(s, name)) {
		image_name_add(out, name);
		return 0;
	}
	if (name->domain.len) {
		*why = "is not the tenant's own: a name without a registry is, and what its own_images name";
		return -1;
	}
	text_init(&own, 0);
	space_add(&own, s->tenant, SPAN(""));
	image_name_add(&own, name);
	/* Longer now, and the tenant's name may be none that a repository can begin with. */
	if (image_name_parse(text_span(&own), &parsed, why) == 0 && !parsed.domain.len) {
		text_add_span(out, text_span(&own));
		rc = 0;
	} else {
		*why = "does not make a repository's name behind the tenant's";
	}
	if (own.failed)
		out->failed = true;
	text_free(&own);
	return rc;
}

bool
image_space_candidate(const struct image_space *s, const struct image_name *name, unsigned i,
	struct text *out)
{
	const char *why;

	if (i == 0)
		return image_space_own(s, name, out, &why) == 0;
	if (i != 1 || image_space_owner(s, name) != IMAGE_SHARED)
		return false;
	image_name_add(out, name);
	return true;
}

/* A registry by an address, or by a name that only the host's own network knows: whoever makes the engine ask
 * there looks around in that network. */
static bool
is_inner_registry(struct span domain)
{
	static const char *const inner[] = { "internal", "local", "localdomain", "localhost" };
	struct span host = span_cut(&domain, ':');
	const char *dot = host.len ? memrchr(host.p, '.', host.len) : NULL;
	struct span last;

	if (!dot || *host.p == '[')
		return true;
	last = (struct span){ dot + 1, (size_t)(host.p + host.len - dot) - 1 };
	/* Of names the last part never begins so; of addresses it does, "0x7f.0.0.0x1" too. */
	if (last.len && *last.p >= '0' && *last.p <= '9')
		return true;
	for (size_t i = 0; i < sizeof(inner) / sizeof(inner[0]); i++)
		if (span_eq_nocase(last, span_of(inner[i])))
			return true;
	return false;
}

/* By more than the pattern that means everything. */
static bool
is_named_by_patterns(char *const *patterns, const struct image_name *name)
{
	for (; patterns && *patterns; patterns++)
		if (!span_eq(span_of(*patterns), SPAN("*")) &&
			image_pattern_matches(span_of(*patterns), name))
			return true;
	return false;
}

bool
image_space_pulls(const struct image_space *s, const struct image_name *name)
{
	if (is_own_repository(s, name))
		return true;
	if (image_space_owner(s, name) != IMAGE_SHARED)
		return false;
	return !name->domain.len || !is_inner_registry(name->domain) ||
		is_named_by_patterns(s->images, name);
}
