/*
 * ws_handshake: the request that opens a WebSocket (RFC 6455 4.2).
 */
#include <string.h>

#include "base/secret.h"
#include "format/ws_handshake.h"

/* 16 bytes in base64. */
#define KEY_LEN 24

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The spare bits of the last digit are not looked at: nothing is made of the key but its digest. */
static bool
key_ok(struct span key)
{
	if (key.len != KEY_LEN || key.p[KEY_LEN - 1] != '=' || key.p[KEY_LEN - 2] != '=')
		return false;
	for (size_t i = 0; i < KEY_LEN - 2; i++)
		if (!key.p[i] || !strchr(base64, key.p[i]))
			return false;
	return true;
}

static bool
field_once(const struct http_request *q, struct span name, struct span *value)
{
	return http_field_count(&q->fields, name) == 1 && http_field(&q->fields, name, value);
}

unsigned
ws_handshake_check(const struct http_request *q, const char **why)
{
	struct span v;

	*why = "this path is a WebSocket: Upgrade: websocket is missing";
	if (!http_field_has_token(&q->fields, SPAN("Upgrade"), SPAN("websocket")))
		return 426;
	*why = "a WebSocket needs GET and HTTP/1.1";
	if (q->method != HTTP_GET || q->minor < 1)
		return 400;
	*why = "Connection: Upgrade is missing";
	if (!http_field_has_token(&q->fields, SPAN("Connection"), SPAN("Upgrade")))
		return 400;
	*why = "Sec-WebSocket-Version must be 13";
	if (!field_once(q, SPAN("Sec-WebSocket-Version"), &v) || !span_eq(v, SPAN("13")))
		return 426;
	*why = "Sec-WebSocket-Key must be 16 bytes in base64";
	if (!field_once(q, SPAN("Sec-WebSocket-Key"), &v) || !key_ok(v))
		return 400;
	*why = "a WebSocket's request has no body";
	if (q->framing != HTTP_BODY_NONE && (q->framing != HTTP_BODY_LENGTH || q->length))
		return 400;
	*why = NULL;
	return 0;
}

/* Scheme and host of an origin have no case (RFC 6454 4); it has nothing else. */
bool
ws_origin_ok(const struct http_request *q, char *const *origins)
{
	struct span origin;

	if (!http_field_count(&q->fields, SPAN("Origin")))
		return true;
	if (!field_once(q, SPAN("Origin"), &origin))
		return false;
	for (size_t i = 0; origins && origins[i]; i++)
		if (strcmp(origins[i], "*") == 0 || span_eq_nocase(origin, span_of(origins[i])))
			return true;
	return false;
}

/* The digest's 20 bytes: six whole groups of three, then two bytes and one '='. */
static void
encode(const unsigned char in[SECRET_SHA1_LEN], char out[WS_ACCEPT_SIZE])
{
	char *p = out;

	for (unsigned i = 0; i < SECRET_SHA1_LEN; i += 3) {
		bool whole = i + 2 < SECRET_SHA1_LEN;
		unsigned group =
			(unsigned)in[i] << 16 | (unsigned)in[i + 1] << 8 | (whole ? in[i + 2] : 0U);

		*p++ = base64[group >> 18];
		*p++ = base64[group >> 12 & 63];
		*p++ = base64[group >> 6 & 63];
		*p++ = whole ? base64[group & 63] : '=';
	}
	*p = '\0';
}

void
ws_accept(const struct http_request *q, char out[WS_ACCEPT_SIZE])
{
	static const char magic[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	char joined[KEY_LEN + sizeof(magic) - 1] = "";
	unsigned char digest[SECRET_SHA1_LEN];
	struct span key;

	if (http_field(&q->fields, SPAN("Sec-WebSocket-Key"), &key) && key.len == KEY_LEN)
		memcpy(joined, key.p, KEY_LEN);
	memcpy(joined + KEY_LEN, magic, sizeof(magic) - 1);
	secret_sha1((struct span){ joined, sizeof(joined) }, digest);
	encode(digest, out);
}
