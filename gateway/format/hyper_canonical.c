/*
 * hyper_canonical: a request as the text whose digest is signed.
 */
#include <string.h>

#include "format/hyper.h"
#include "format/target.h"

/*
 * Re-encodes the path. target_parse has taken it: escapes are whole, none of them is a slash,
 * and no segment is empty. The version stays a segment like the others.
 */
static void
add_path(struct text *out, struct span path)
{
	for (size_t i = 1; i < path.len; i++) {
		char c = path.p[i];

		if (c == '%') {
			text_unhex((struct span){ path.p + i + 1, 2 }, &c, 1);
			i += 2;
		} else if (c == '/') {
			text_add_char(out, c);
			continue;
		}
		target_add_encoded(out, (struct span){ &c, 1 });
	}
}

static int
compare_keys(struct span a, struct span b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common ? memcmp(a.p, b.p, common) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* By insertion: the values of one key keep their order, and there are 32 pairs at most. */
static void
sort_query(struct target *t)
{
	for (unsigned i = 1; i < t->pairs; i++) {
		struct target_pair moving = t->query[i];
		unsigned at = i;

		for (; at > 0 && compare_keys(t->query[at - 1].key, moving.key) > 0; at--)
			t->query[at] = t->query[at - 1];
		t->query[at] = moving;
	}
}

static void
add_query(struct text *out, struct target *t)
{
	sort_query(t);
	for (unsigned i = 0; i < t->pairs; i++) {
		if (i > 0)
			text_add_char(out, '&');
		target_add_encoded(out, t->query[i].key);
		text_add_char(out, '=');
		target_add_encoded(out, t->query[i].value);
	}
}

/* Clients leave the ports out that they think of as the usual ones, with TLS or without. */
static struct span
host_to_sign(struct span host)
{
	static const struct span ports[] = { { ":80", 3 }, { ":443", 4 } };

	for (unsigned i = 0; i < 2; i++) {
		struct span port = ports[i];

		if (host.len > port.len &&
			memcmp(host.p + host.len - port.len, port.p, port.len) == 0)
			return (struct span){ host.p, host.len - port.len };
	}
	return host;
}

static int
add_fields(struct text *out, const struct http_request *r, const struct hyper_auth *a)
{
	for (unsigned i = 0; i < a->signed_count; i++) {
		struct span value;

		if (!hyper_field(r, a->signed_name[i], &value))
			return -1;
		if (span_eq(a->signed_name[i], SPAN("host")))
			value = host_to_sign(value);
		text_add_span(out, a->signed_name[i]);
		text_add_char(out, ':');
		text_add_span(out, span_trim(value));
		text_add_char(out, '\n');
	}
	return 0;
}

int
hyper_canonical(const struct http_request *r, const struct hyper_auth *a, struct text *out)
{
	struct span query = r->target, path = span_cut(&query, '?'), payload;
	struct target t;
	const char *why;
	int result;

	if (!hyper_field(r, SPAN("x-hyper-content-sha256"), &payload) ||
		target_parse(r->target, &t, &why) != 0)
		return -1;
	text_add_span(out, r->method_text);
	text_add_char(out, '\n');
	add_path(out, path);
	text_add_char(out, '\n');
	add_query(out, &t);
	text_add_char(out, '\n');
	result = add_fields(out, r, a);
	text_add_char(out, '\n');
	text_add_span(out, a->signed_names);
	text_add_char(out, '\n');
	text_add_span(out, payload);
	target_free(&t);
	return out->failed ? -1 : result;
}
