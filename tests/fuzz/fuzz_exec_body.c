/*
 * Fuzzes format/exec_body: what is generated is JSON, is taken again unchanged, and is never
 * privileged where that is not allowed.
 */
#include <stdlib.h>
#include <string.h>

#include "format/exec_body.h"
#include "format/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool truth)
{
	if (!truth)
		abort();
}

static void
check_created(struct span body, bool privileged_ok)
{
	const struct json_limits exact = { .exact_keys = true };
	const struct json *said;
	struct json_doc doc;

	must(json_parse(body, &exact, &doc, NULL) == 0);
	said = json_get_exact(doc.root, "Privileged");
	must(said && said->type == JSON_BOOL && (privileged_ok || !said->truth));
	must(json_get_exact(doc.root, "Cmd")->count > 0);
	must(doc.root->count <= 11);
	json_free(&doc);
}

static void
fuzz_create(struct span body, bool privileged_ok)
{
	const struct exec_create_rules rules = { .privileged_ok = privileged_ok };
	struct text out, again, why;
	int status;

	text_init(&out, 0);
	text_init(&again, 0);
	text_init(&why, 0);
	status = exec_create_judge(body, &rules, &out, &why);
	must(status == 0 || status == 400 || status == 403);
	must((status == 0) == (why.len == 0) && (status == 0) == (out.len > 0));
	if (!status) {
		check_created(text_span(&out), privileged_ok);
		must(exec_create_judge(text_span(&out), &rules, &again, &why) == 0);
		must(span_eq(text_span(&out), text_span(&again)));
	}
	text_free(&out);
	text_free(&again);
	text_free(&why);
}

static void
fuzz_start(struct span body)
{
	struct exec_start s, again;
	struct text out, why;

	text_init(&out, 0);
	text_init(&why, 0);
	if (exec_start_parse(body, &s, &why)) {
		must(why.len > 0);
	} else {
		exec_start_print(&s, true, &out);
		must(exec_start_parse(text_span(&out), &again, &why) == 0);
		must(s.detach == again.detach && s.tty == again.tty &&
			again.has_size == (s.has_size && s.tty));
		must(!again.has_size || (s.height == again.height && s.width == again.width));
	}
	text_free(&out);
	text_free(&why);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span body = { (const char *)data, size };

	fuzz_create(body, false);
	fuzz_create(body, true);
	fuzz_start(body);
	return 0;
}
