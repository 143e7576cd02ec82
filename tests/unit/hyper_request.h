/*
 * hyper_request: heads for tests of the Hyper signature, parsed as the gateway does.
 */
#ifndef TESTS_UNIT_HYPER_REQUEST_H
#define TESTS_UNIT_HYPER_REQUEST_H

#include <stdio.h>
#include <string.h>

#include "format/http.h"

struct head {
	char bytes[4096];
	struct http_request request;
};

/* The request points into `h`. */
static inline void
head_parse(struct head *h)
{
	static const struct http_limits limits = { .line = 2048,
		.head = 4096,
		.fields = HTTP_MAX_FIELDS };
	struct http_error err;
	size_t scanned = 0, used;
	struct span in = span_of(h->bytes);

	assert_int_equal(http_request_parse(in, &limits, &scanned, &h->request, &used, &err),
		HTTP_DONE);
	assert_int_equal(used, in.len);
}

/* `fields` are lines with CRLF. */
static inline void
head_make(struct head *h, const char *method, const char *target, const char *fields)
{
	int n = snprintf(h->bytes, sizeof(h->bytes), "%s %s HTTP/1.1\r\n%s\r\n", method, target,
		fields);

	assert_true(n > 0 && (size_t)n < sizeof(h->bytes));
	head_parse(h);
}

#endif
