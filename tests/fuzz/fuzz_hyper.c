/*
 * Fuzzes format/hyper: of a head that is taken, the canonical request is one text, and the
 * target that it writes has that text too.
 */
#include <stdlib.h>
#include <string.h>

#include "format/hyper.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool truth)
{
	if (!truth)
		abort();
}

static void
check_auth(const struct hyper_auth *a)
{
	must(a->access_key.len > 0 && a->date.len == 8 && a->region.len > 0);
	must(a->signed_count > 0 && a->signed_count <= HYPER_MAX_SIGNED);
	for (unsigned i = 0; i < a->signed_count; i++) {
		must(a->signed_name[i].len > 0);
		must(hyper_is_signed(a, a->signed_name[i]));
	}
}

/* METHOD \n URI \n QUERY \n: as a target it must come out the same. */
static void
check_target(const struct http_request *r, const struct hyper_auth *a, struct span canonical)
{
	struct http_request again = *r;
	struct span rest = canonical, uri, query;
	struct text target, out;

	span_cut(&rest, '\n');
	uri = span_cut(&rest, '\n');
	query = span_cut(&rest, '\n');
	text_init(&target, 0);
	text_init(&out, 0);
	text_addf(&target, "/%.*s?%.*s", SPAN_ARG(uri), SPAN_ARG(query));
	again.target = text_span(&target);
	must(hyper_canonical(&again, a, &out) == 0);
	must(span_eq(text_span(&out), canonical));
	text_free(&target);
	text_free(&out);
}

static void
check_request(const struct http_request *r, const struct hyper_auth *a)
{
	unsigned char signature[SECRET_SHA256_LEN];
	struct text canonical, to_sign;

	text_init(&canonical, 0);
	text_init(&to_sign, 0);
	if (hyper_canonical(r, a, &canonical) == 0) {
		unsigned lines = 0;

		for (size_t i = 0; i < canonical.len; i++)
			lines += canonical.p[i] == '\n';
		must(lines == 5 + a->signed_count);
		check_target(r, a, text_span(&canonical));
		hyper_string_to_sign(a, SPAN("20260102T030405Z"), text_span(&canonical), &to_sign);
		hyper_sign(SPAN("secret"), a, text_span(&to_sign), signature);
	}
	text_free(&canonical);
	text_free(&to_sign);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct http_limits limits = { .line = 8192,
		.head = 32768,
		.fields = HTTP_MAX_FIELDS };
	struct http_request r;
	struct http_error err;
	struct hyper_auth a;
	size_t scanned = 0, used;

	/* Without a head around it the field is reached by more inputs. */
	if (hyper_parse((struct span){ (const char *)data, size }, &a) == HYPER_OK)
		check_auth(&a);
	if (http_request_parse((struct span){ (const char *)data, size }, &limits, &scanned, &r,
		    &used, &err) != HTTP_DONE)
		return 0;
	if (hyper_parse(r.authorization, &a) != HYPER_OK)
		return 0;
	check_auth(&a);
	check_request(&r, &a);
	return 0;
}
