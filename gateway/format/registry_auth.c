/*
 * registry_auth: the field X-Registry-Auth, read and made anew.
 */
#include "format/registry_auth.h"

#include "format/json.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Of both alphabets of RFC 4648; -1 for any other byte. */
static int
digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '-' || c == '+')
		return 62;
	return c == '_' || c == '/' ? 63 : -1;
}

/* With its padding or without. */
static int
decode(struct span s, struct text *out)
{
	unsigned bits = 0, have = 0;

	for (unsigned pad = 0; pad < 2 && s.len && s.p[s.len - 1] == '='; pad++)
		s.len--;
	if (s.len % 4 == 1)
		return -1;
	for (size_t i = 0; i < s.len; i++) {
		int d = digit(s.p[i]);

		if (d < 0)
			return -1;
		bits = bits << 6 | (unsigned)d;
		have += 6;
		if (have >= 8) {
			have -= 8;
			text_add_char(out, (char)(bits >> have & 0xff));
		}
	}
	return 0;
}

static void
encode(struct span s, struct text *out)
{
	for (size_t i = 0; i < s.len; i += 3) {
		size_t left = s.len - i;
		unsigned n = (unsigned)(unsigned char)s.p[i] << 16;

		if (left > 1)
			n |= (unsigned)(unsigned char)s.p[i + 1] << 8;
		if (left > 2)
			n |= (unsigned char)s.p[i + 2];
		text_add_char(out, alphabet[n >> 18 & 63]);
		text_add_char(out, alphabet[n >> 12 & 63]);
		text_add_char(out, left > 1 ? alphabet[n >> 6 & 63] : '=');
		text_add_char(out, left > 2 ? alphabet[n & 63] : '=');
	}
}

/* The known fields, in this order; others are dropped. */
static int
print(const struct json *auth, struct text *json)
{
	static const char *const fields[] = { "username", "password", "auth", "email",
		"serveraddress", "identitytoken", "registrytoken" };
	const char *comma = "";

	text_add_char(json, '{');
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const struct json *v = json_get(auth, fields[i]);

		if (!v || v->type == JSON_NULL)
			continue;
		if (v->type != JSON_STRING)
			return -1;
		text_addf(json, "%s\"%s\":", comma, fields[i]);
		text_add_json(json, v->text);
		comma = ",";
	}
	text_add_char(json, '}');
	return 0;
}

static int
make(struct span decoded, struct text *json, const char **why)
{
	struct json_doc doc;
	struct json_error err;
	int rc = -1;

	if (json_parse(decoded, NULL, &doc, &err) == -1) {
		*why = "holds no JSON";
		return -1;
	}
	if (doc.root->type != JSON_OBJECT && doc.root->type != JSON_NULL)
		*why = "holds no JSON object";
	else if (print(doc.root, json) == -1)
		*why = "holds a field that is no string";
	else
		rc = 0;
	json_free(&doc);
	return rc;
}

int
registry_auth(struct span value, struct text *out, const char **why)
{
	struct text decoded, json;
	int rc = -1;

	value = span_trim(value);
	if (value.len > REGISTRY_AUTH_MAX) {
		*why = "is too long";
		return -1;
	}
	text_init(&decoded, 0);
	text_init(&json, 0);
	if (decode(value, &decoded) == -1)
		*why = "is not base64";
	else if (make(decoded.len ? text_span(&decoded) : SPAN("{}"), &json, why) == 0)
		rc = 0;
	if (rc == 0)
		encode(text_span(&json), out);
	if (decoded.failed || json.failed)
		out->failed = true;
	text_free_wiped(&decoded);
	text_free_wiped(&json);
	return rc;
}
