/*
 * Fuzzes format/answer: a redacted answer is JSON, redacting it again changes nothing, and
 * what must not be seen is not in it. The first byte picks the kind of answer.
 */
#include <stdlib.h>
#include <string.h>

#include "format/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef int redact_fn(struct json_doc *doc, struct json *root);

static redact_fn *const redactions[] = { answer_redact_inspect, answer_redact_info,
	answer_redact_exec, answer_redact_list_element };

static const struct json_limits engine = { .exact_keys = true };

static void
must(bool truth)
{
	if (!truth)
		abort();
}

static void
check_blank(const struct json *object, const char *key)
{
	const struct json *v = json_get_exact(object, key);

	must(!v || json_is_neutral(v));
}

static void
check_sources(const struct json *mounts)
{
	for (const struct json *v = mounts ? mounts->first : NULL; v; v = v->next) {
		const struct json *source = json_get_exact(v, "Source");

		must(!source || source->type != JSON_STRING ||
			!span_starts(source->text, SPAN("/")));
	}
}

static void
check_hidden(const struct json *root, redact_fn *redact)
{
	if (redact == answer_redact_inspect) {
		check_blank(root, "LogPath");
		check_blank(json_get_exact(root, "State"), "Pid");
		check_sources(json_get_exact(root, "Mounts"));
	} else if (redact == answer_redact_info) {
		check_blank(root, "Name");
		check_blank(root, "Containers");
		must(!json_get_exact(root, "NRI"));
	} else if (redact == answer_redact_exec) {
		check_blank(root, "Pid");
	} else {
		check_sources(json_get_exact(root, "Mounts"));
	}
}

static void
fuzz_redact(struct span in, redact_fn *redact)
{
	struct text once, twice;
	struct json_doc doc;

	if (json_parse(in, &engine, &doc, NULL))
		return;
	text_init(&once, 0);
	text_init(&twice, 0);
	if (redact(&doc, doc.root)) {
		must(doc.root->type != JSON_OBJECT);
		json_free(&doc);
		return;
	}
	check_hidden(doc.root, redact);
	json_print(&once, doc.root);
	json_free(&doc);
	must(json_parse(text_span(&once), &engine, &doc, NULL) == 0);
	must(redact(&doc, doc.root) == 0);
	json_print(&twice, doc.root);
	must(span_eq(text_span(&once), text_span(&twice)));
	json_free(&doc);
	text_free(&once);
	text_free(&twice);
}

static void
fuzz_read(struct span in)
{
	struct answer_container c;
	struct json_doc doc;

	if (json_parse(in, &engine, &doc, NULL))
		return;
	if (answer_container_read(doc.root, "com.example.owner", &c) == 0) {
		must(text_is_full_id(c.id));
		must(!c.owner.len || !answer_list_is_owned(doc.root, "com.example.other", c.owner));
	}
	must(!answer_list_is_owned(doc.root, "com.example.owner", SPAN("")));
	json_free(&doc);
}

static void
fuzz_message(struct span in, struct span type)
{
	struct text out;

	text_init(&out, 0);
	answer_error_message(in, type, &out);
	for (size_t i = 0; i < out.len; i++)
		must((unsigned char)out.p[i] >= ' ' && out.p[i] != 0x7f);
	text_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in;

	if (!size)
		return 0;
	in = (struct span){ (const char *)data + 1, size - 1 };
	fuzz_redact(in, redactions[data[0] % (sizeof(redactions) / sizeof(redactions[0]))]);
	fuzz_read(in);
	fuzz_message(in, SPAN("application/json"));
	fuzz_message(in, SPAN("text/plain"));
	return 0;
}
