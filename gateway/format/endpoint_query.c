/*
 * endpoint_query: judges a query key by key and prints it anew.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "format/endpoint_query.h"

#define MAX_DETACH_KEYS 16
#define MAX_DURATION 32

int
endpoint_query_bad(const struct query_key *key, const char *message, struct text *why)
{
	text_addf(why, "query key \"%s\": %s", key->name, message);
	return -1;
}

bool
endpoint_query_is_choice(const char *choices, struct span value)
{
	struct span left = span_of(choices);

	while (left.p)
		if (span_eq(span_cut(&left, '|'), value))
			return true;
	return false;
}

void
endpoint_query_add(struct text *out, const struct query_key *key, struct span value)
{
	text_add_str(out, key->name);
	text_add_char(out, '=');
	target_add_encoded(out, value);
	text_add_char(out, '&');
}

/* moby, httputils.BoolValue. */
static bool
is_true(struct span s)
{
	s = span_trim(s);
	return s.len > 0 && !span_eq(s, SPAN("0")) && !span_eq_nocase(s, SPAN("no")) &&
		!span_eq_nocase(s, SPAN("false")) && !span_eq_nocase(s, SPAN("none"));
}

static bool
read_number(struct span s, long *n)
{
	bool minus = span_starts(s, SPAN("-"));
	uint64_t v;

	if (!span_u64((struct span){ s.p + minus, s.len - minus }, &v) || v > LONG_MAX)
		return false;
	*n = minus ? -(long)v : (long)v;
	return true;
}

static int
add_number(const struct query_key *key, struct span value, struct text *out, struct text *why)
{
	char printed[80];
	long n;

	if (!read_number(value, &n) || n < key->min || n > key->max) {
		snprintf(printed, sizeof(printed), "must be a number from %ld to %ld", key->min,
			key->max);
		return endpoint_query_bad(key, printed, why);
	}
	snprintf(printed, sizeof(printed), "%ld", n);
	endpoint_query_add(out, key, span_of(printed));
	return 0;
}

static bool
skip_digits(struct span *s, size_t least, size_t most)
{
	size_t n = 0;

	while (n < s->len && n < most && s->p[n] >= '0' && s->p[n] <= '9')
		n++;
	s->p += n;
	s->len -= n;
	return n >= least;
}

static bool
skip_text(struct span *s, const char *literal)
{
	struct span prefix = span_of(literal);

	if (!span_starts(*s, prefix))
		return false;
	s->p += prefix.len;
	s->len -= prefix.len;
	return true;
}

/* Seconds since 1970, maybe with a fraction. */
static bool
is_unix_time(struct span s)
{
	skip_text(&s, "-");
	if (!skip_digits(&s, 1, 19))
		return false;
	return s.len == 0 || (skip_text(&s, ".") && skip_digits(&s, 1, 9) && s.len == 0);
}

static bool
is_zone(struct span s)
{
	if (s.len == 0 || span_eq(s, SPAN("Z")))
		return true;
	if (!skip_text(&s, "+") && !skip_text(&s, "-"))
		return false;
	return skip_digits(&s, 2, 2) && skip_text(&s, ":") && skip_digits(&s, 2, 2) && s.len == 0;
}

/* RFC 3339, and its beginnings as Docker takes them: "2026-01-02", "2026-01-02T03:04". */
static bool
is_calendar_time(struct span s)
{
	if (!skip_digits(&s, 4, 4) || !skip_text(&s, "-") || !skip_digits(&s, 2, 2) ||
		!skip_text(&s, "-") || !skip_digits(&s, 2, 2))
		return false;
	if (!skip_text(&s, "T"))
		return is_zone(s);
	if (!skip_digits(&s, 2, 2) || !skip_text(&s, ":") || !skip_digits(&s, 2, 2))
		return false;
	if (skip_text(&s, ":")) {
		if (!skip_digits(&s, 2, 2))
			return false;
		if (skip_text(&s, ".") && !skip_digits(&s, 1, 9))
			return false;
	}
	return is_zone(s);
}

static bool
skip_unit(struct span *s)
{
	/* The longer ones first: "m" is the beginning of "ms". */
	static const char *const units[] = { "ns", "us", "ms", "s", "m", "h" };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (skip_text(s, units[i]))
			return true;
	return false;
}

/* Go's time.ParseDuration: "1h30m", "1.5s". */
static bool
is_duration(struct span s)
{
	if (s.len == 0 || s.len > MAX_DURATION)
		return false;
	while (s.len > 0) {
		if (!skip_digits(&s, 1, 19))
			return false;
		if (skip_text(&s, ".") && !skip_digits(&s, 1, 9))
			return false;
		if (!skip_unit(&s))
			return false;
	}
	return true;
}

static bool
is_tail(struct span s)
{
	return span_eq(s, SPAN("all")) || (skip_digits(&s, 1, 18) && s.len == 0);
}

/* One visible character, or "ctrl-" and what Control goes with. */
static bool
is_detach_key(struct span s)
{
	bool control = skip_text(&s, "ctrl-");

	if (s.len != 1)
		return false;
	if (control)
		return (s.p[0] >= 'a' && s.p[0] <= 'z') || strchr("@[\\]^_", s.p[0]) != NULL;
	return s.p[0] > ' ' && s.p[0] <= '~';
}

static bool
are_detach_keys(struct span s)
{
	unsigned n = 0;

	while (s.p)
		if (!is_detach_key(span_cut(&s, ',')) || ++n > MAX_DETACH_KEYS)
			return false;
	return true;
}

static int
add_checked(const struct query_key *key, struct span value, bool ok, const char *message,
	struct text *out, struct text *why)
{
	if (!ok)
		return endpoint_query_bad(key, message, why);
	endpoint_query_add(out, key, value);
	return 0;
}

static int
add_text(const struct query_key *key, struct span value, struct text *out, struct text *why)
{
	char message[64];

	if (value.len > (unsigned long)key->max) {
		snprintf(message, sizeof(message), "is longer than %ld bytes", key->max);
		return endpoint_query_bad(key, message, why);
	}
	for (size_t i = 0; i < value.len; i++)
		if ((unsigned char)value.p[i] < ' ' || value.p[i] == 0x7f)
			return endpoint_query_bad(key, "must be without control characters", why);
	endpoint_query_add(out, key, value);
	return 0;
}

/* Clients send what they do not want as false, or as JSON that says nothing. */
static int
check_refused(const struct query_key *key, struct span value, struct text *why)
{
	if (!is_true(value) || span_eq(value, SPAN("null")) || span_eq(value, SPAN("[]")) ||
		span_eq(value, SPAN("{}")))
		return 0;
	endpoint_query_bad(key, "not allowed", why);
	return ENDPOINT_QUERY_DENIED;
}

/* An empty value means "not set" to engines, but for booleans, which it sets to false. */
static int
add_value(const struct query_key *key, struct span value, struct text *out, struct text *why)
{
	switch (key->type) {
	case QUERY_BOOL:
		endpoint_query_add(out, key, is_true(value) ? SPAN("1") : SPAN("0"));
		return 0;
	case QUERY_NUMBER:
		return add_number(key, value, out, why);
	case QUERY_CHOICE:
		return add_checked(key, value, endpoint_query_is_choice(key->choices, value),
			"this value is not served", out, why);
	case QUERY_TIME:
		return add_checked(key, value,
			is_unix_time(value) || is_calendar_time(value) || is_duration(value),
			"must be a time or a duration", out, why);
	case QUERY_TAIL:
		return add_checked(key, value, is_tail(value), "must be \"all\" or a number", out,
			why);
	case QUERY_DETACH_KEYS:
		return add_checked(key, value, are_detach_keys(value),
			"must be keys like \"ctrl-p,ctrl-q\"", out, why);
	case QUERY_SIGNAL:
		return add_checked(key, value, endpoint_query_is_signal(value),
			"must be a signal's name or number", out, why);
	case QUERY_PS:
		return add_checked(key, value, endpoint_query_is_ps(value),
			"this value is not served: -ef, aux, or -o with a list of columns", out,
			why);
	case QUERY_TEXT:
		return add_text(key, value, out, why);
	case QUERY_PATH:
		return add_checked(key, value, endpoint_query_is_path(value),
			"must be a path of at most 4096 bytes without control characters", out,
			why);
	case QUERY_REFUSED:
		return check_refused(key, value, why);
	case QUERY_FILTERS:
	case QUERY_REFERENCE:
	case QUERY_DROPPED:
	case QUERY_FIXED:
	/* Those that name something: endpoint_name.c. */
	case QUERY_NAME:
	case QUERY_CONTAINER:
	case QUERY_IMAGE:
	case QUERY_PULL:
	case QUERY_REPO:
	case QUERY_TAG:
	/* endpoint_maps.c. */
	case QUERY_LABELS:
	case QUERY_MAP:
	case QUERY_BUILD:
		return 0;
	}
	return endpoint_query_bad(key, "is not served", why);
}

static const struct query_key *
find_key(const struct endpoint *e, struct span name)
{
	for (const struct query_key *k = e->query; k->name; k++)
		if (span_eq(span_of(k->name), name))
			return k;
	return NULL;
}

/* dockerode says in the query, too, what these bodies say: no engine reads it there. */
static bool
repeats_body(const struct endpoint *e)
{
	return e->body == BODY_CONTAINER_CREATE || e->body == BODY_NETWORK_CREATE ||
		e->body == BODY_VOLUME_CREATE;
}

/*
 * No two readings: no key that we do not know, and none twice (engines take the
 * first, others the last) but those of which all count.
 */
static int
check_keys(const struct endpoint *e, const struct target *t, struct text *why)
{
	for (unsigned i = 0; i < t->pairs; i++) {
		struct span key = t->query[i].key, first;
		const struct query_key *known = find_key(e, key);

		if (known && (endpoint_query_repeats(known) || target_query(t, key, &first) == 1))
			continue;
		if (!known && (t->query[i].value.len == 0 || repeats_body(e)))
			continue;
		text_add_str(why, "query key ");
		text_add_json(why, key);
		text_add_str(why, known ? ": is there twice" : ": is not known here");
		return -1;
	}
	return 0;
}

static struct span
older_filter(const struct endpoint *e, const struct target *t)
{
	struct span value = { NULL, 0 };

	for (const struct query_key *k = e->query; k->name; k++)
		if (k->type == QUERY_REFERENCE)
			target_query(t, span_of(k->name), &value);
	return value;
}

static int
judge_key(const struct endpoint *e, const struct target *t, const struct query_key *k,
	const struct endpoint_asker *who, struct text *out, struct text *why)
{
	struct span value = { NULL, 0 };
	unsigned n = target_query(t, span_of(k->name), &value);

	if (endpoint_query_names(k->type))
		return endpoint_query_name(e, t, k, who, out, why);
	if (k->type == QUERY_FIXED)
		endpoint_query_add(out, k, span_of(k->choices));
	if (k->type == QUERY_LABELS || k->type == QUERY_MAP)
		return endpoint_query_map(k, value, who, out, why);
	if (k->type == QUERY_FILTERS)
		return endpoint_filters(k, value, older_filter(e, t), who, out, why);
	if (value.len > 0 || (n > 0 && k->type == QUERY_BOOL))
		return add_value(k, value, out, why);
	return 0;
}

int
endpoint_query(const struct endpoint *e, const struct target *t, const struct endpoint_asker *who,
	struct text *out, struct text *why)
{
	size_t start = out->len;
	int rc = check_keys(e, t, why);

	for (const struct query_key *k = e->query; k->name && rc == 0; k++)
		rc = judge_key(e, t, k, who, out, why);
	/* Each pair ends with its '&'. */
	if (rc == 0 && out->len > start)
		out->p[--out->len] = '\0';
	return rc;
}
