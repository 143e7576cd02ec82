/*
 * hyper: the text of a HYPER-HMAC-SHA256 signature: the Authorization field,
 * the canonical request, the string to sign, the keys. Who has which secret,
 * and what time it is, is not known here.
 *
 *   Authorization: HYPER-HMAC-SHA256 Credential=KEY/20260102/REGION/hyper/hyper_request,
 *       SignedHeaders=content-type;host;x-hyper-content-sha256;x-hyper-date, Signature=HEX
 */
#ifndef FAIRLEAD_FORMAT_HYPER_H
#define FAIRLEAD_FORMAT_HYPER_H

#include "base/secret.h"
#include "base/text.h"
#include "format/http.h"

#define HYPER_SCHEME "HYPER-HMAC-SHA256"
/* The client signs four, and what X-Hyper- fields it has besides. */
#define HYPER_MAX_SIGNED 16

/* Points into the field's bytes. */
struct hyper_auth {
	struct span access_key;
	struct span scope; /* from the date on: "20260102/REGION/hyper/hyper_request" */
	struct span date, region, service, terminator;
	struct span signed_names;                  /* as sent: "content-type;host;..." */
	struct span signed_name[HYPER_MAX_SIGNED]; /* lower case, sorted, each once */
	unsigned signed_count;
	unsigned char signature[SECRET_SHA256_LEN];
};

enum hyper_result {
	HYPER_OTHER, /* another scheme's */
	HYPER_OK,
	HYPER_BAD,
};
enum hyper_result hyper_parse(struct span authorization, struct hyper_auth *out);
bool hyper_is_signed(const struct hyper_auth *a, struct span name);

/* A signed field's value; false unless the request has it exactly once. */
bool hyper_field(const struct http_request *r, struct span name, struct span *value);
/*
 * Appends the canonical request. -1 when there is none that all would agree on:
 * a signed field is missing or there twice, the target has more than one reading
 * (see format/target.h), no X-Hyper-Content-Sha256.
 */
int hyper_canonical(const struct http_request *r, const struct hyper_auth *a, struct text *out);
/* `date` is the X-Hyper-Date. */
void hyper_string_to_sign(const struct hyper_auth *a, struct span date, struct span canonical,
	struct text *out);
/* `secret` has 1024 bytes at most; more never makes a right signature. */
void hyper_sign(struct span secret, const struct hyper_auth *a, struct span string_to_sign,
	unsigned char out[SECRET_SHA256_LEN]);

#endif
