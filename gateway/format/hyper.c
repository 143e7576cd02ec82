/*
 * hyper: parses the Authorization field and derives the signature.
 */
#include "format/hyper.h"

#include <string.h>

#define SECRET_MAX 1024

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static bool
name_ok(struct span name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (!is_name_char(name.p[i]))
			return false;
	}
	return name.len > 0;
}

static bool
sorted(struct span a, struct span b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = memcmp(a.p, b.p, common);

	return order < 0 || (order == 0 && a.len < b.len);
}

/* In the order that the signer writes: so each is there once, and there is one text for one set. */
static int
parse_signed(struct span list, struct hyper_auth *out)
{
	out->signed_names = list;
	while (list.p) {
		struct span name = span_cut(&list, ';');

		if (!name_ok(name) || out->signed_count == HYPER_MAX_SIGNED)
			return -1;
		if (out->signed_count > 0 && !sorted(out->signed_name[out->signed_count - 1], name))
			return -1;
		out->signed_name[out->signed_count++] = name;
	}
	return 0;
}

static int
parse_credential(struct span s, struct hyper_auth *out)
{
	out->access_key = span_cut(&s, '/');
	out->scope = s;
	out->date = span_cut(&s, '/');
	out->region = span_cut(&s, '/');
	out->service = span_cut(&s, '/');
	out->terminator = s;
	if (!s.p || memchr(s.p, '/', s.len))
		return -1;
	return out->access_key.len && out->date.len == 8 && out->region.len ? 0 : -1;
}

static int
parse_parameter(struct span s, unsigned *seen, struct hyper_auth *out)
{
	struct span name = span_cut(&s, '=');
	unsigned bit;
	int result;

	if (!s.p)
		return -1;
	if (span_eq(name, SPAN("Credential"))) {
		bit = 1;
		result = parse_credential(s, out);
	} else if (span_eq(name, SPAN("SignedHeaders"))) {
		bit = 2;
		result = *seen & bit ? -1 : parse_signed(s, out);
	} else if (span_eq(name, SPAN("Signature"))) {
		bit = 4;
		result = text_unhex(s, out->signature, sizeof(out->signature)) ? 0 : -1;
	} else {
		return -1;
	}
	if (*seen & bit)
		return -1;
	*seen |= bit;
	return result;
}

enum hyper_result
hyper_parse(struct span authorization, struct hyper_auth *out)
{
	struct span rest = authorization;
	unsigned seen = 0;

	memset(out, 0, sizeof(*out));
	if (!authorization.p || !span_eq_nocase(span_cut(&rest, ' '), SPAN(HYPER_SCHEME)))
		return HYPER_OTHER;
	while (rest.p) {
		if (parse_parameter(span_trim(span_cut(&rest, ',')), &seen, out) != 0)
			return HYPER_BAD;
	}
	return seen == 7 ? HYPER_OK : HYPER_BAD;
}

bool
hyper_is_signed(const struct hyper_auth *a, struct span name)
{
	for (unsigned i = 0; i < a->signed_count; i++) {
		if (span_eq(a->signed_name[i], name))
			return true;
	}
	return false;
}

bool
hyper_field(const struct http_request *r, struct span name, struct span *value)
{
	return http_field_count(&r->fields, name) == 1 && http_field(&r->fields, name, value);
}

void
hyper_string_to_sign(const struct hyper_auth *a, struct span date, struct span canonical,
	struct text *out)
{
	unsigned char digest[SECRET_SHA256_LEN];
	char hex[2 * SECRET_SHA256_LEN + 1];

	secret_sha256(canonical, digest);
	text_hex(hex, digest, sizeof(digest));
	text_addf(out, HYPER_SCHEME "\n%.*s\n%.*s\n%s", SPAN_ARG(date), SPAN_ARG(a->scope), hex);
}

/* key = HMAC(key, s) */
static void
derive(unsigned char key[SECRET_SHA256_LEN], struct span s)
{
	secret_hmac_sha256((struct span){ (const char *)key, SECRET_SHA256_LEN }, s, key);
}

void
hyper_sign(struct span secret, const struct hyper_auth *a, struct span string_to_sign,
	unsigned char out[SECRET_SHA256_LEN])
{
	char first[5 + SECRET_MAX] = "HYPER";
	unsigned char key[SECRET_SHA256_LEN];

	if (secret.len > SECRET_MAX)
		secret.len = SECRET_MAX;
	memcpy(first + 5, secret.p, secret.len);
	secret_hmac_sha256((struct span){ first, 5 + secret.len }, a->date, key);
	derive(key, a->region);
	derive(key, a->service);
	derive(key, a->terminator);
	secret_hmac_sha256((struct span){ (const char *)key, sizeof(key) }, string_to_sign, out);
	secret_wipe(first, 5 + secret.len);
	secret_wipe(key, sizeof(key));
}
