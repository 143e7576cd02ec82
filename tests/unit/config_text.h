/*
 * config_text: configurations written in a test, read from memory. Include it after cmocka.h.
 */
#ifndef FAIRLEAD_TESTS_CONFIG_TEXT_H
#define FAIRLEAD_TESTS_CONFIG_TEXT_H

#include <string.h>

#include "state/config_reader.h"

#define CERTIFICATES "[{\"cert\": \"server.pem\", \"key\": \"server.key\"}]"
/* The least that is a configuration, with room for more. */
#define LEAST_TLS(more) "\"tls\": {\"certificates\": " CERTIFICATES more "}"
#define LEAST "\"credentials\": \"c.json\", \"tenants\": {\"acme\": {}}, "
#define FILE_OF(more) "{" LEAST LEAST_TLS("") more "}"

static inline struct config *
read_text(const char *in, struct text *errors)
{
	text_init(errors, 0);
	return config_read_bytes("/etc/fairlead/f.json", span_of(in), false, errors);
}

static inline struct config *
read_good(const char *in)
{
	struct text errors;
	struct config *c = read_text(in, &errors);

	if (!c)
		fail_msg("refused: %s", errors.p);
	assert_int_equal(errors.len, 0);
	text_free(&errors);
	return c;
}

static inline void
expect_errors(const char *in, const char *expected)
{
	struct text errors;
	struct config *c = read_text(in, &errors);

	assert_null(c);
	assert_non_null(errors.p);
	assert_string_equal(errors.p, expected);
	text_free(&errors);
}

/* That `in` is refused, with one line that holds `part`. */
static inline void
expect_refusal(const char *in, const char *part)
{
	struct text errors;
	struct config *c = read_text(in, &errors);

	if (c)
		fail_msg("taken: %s", in);
	if (!strstr(errors.p, part))
		fail_msg("\"%s\" is not in \"%s\"", part, errors.p);
	assert_ptr_equal(strchr(errors.p, '\n'), errors.p + errors.len - 1);
	text_free(&errors);
}

#endif
