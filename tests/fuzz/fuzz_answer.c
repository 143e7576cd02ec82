/*
 * Fuzzes format/answer: what is shown is JSON, and what must not be seen is not in it. The first
 * byte picks the kind of answer.
 */
#include <stdlib.h>
#include <string.h>

#include "format/answer.h"
#include "format/answer_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Seeds name them by their place. */
static answer_show_fn *const shows[] = { answer_container, answer_info, answer_exec,
	answer_container_element, answer_network, answer_volume, answer_volume_list,
	answer_image_element, answer_image, answer_image_removed, answer_pruned, answer_usage,
	answer_event, answer_progress, answer_network_created };

static const struct image_space images = { .tenant = { "acme", 4 },
	.images = (char *const[]){ (char[]){ "*" }, NULL } };
static const struct answer_view view = { .tenant = { "acme", 4 },
	.owner_label = "com.example.owner",
	.images = &images };

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

/* No key of the gateway's is left in an object. */
static void
check_labels(const struct json *labels)
{
	for (const struct json *v = labels ? labels->first : NULL; v; v = v->next)
		must(labels->type != JSON_OBJECT ||
			!span_starts(v->key, SPAN("com.example.owner.")));
}

static void
check_names(const struct json *names)
{
	for (const struct json *v = names ? names->first : NULL; v; v = v->next)
		must(names->type != JSON_ARRAY || (v->type == JSON_STRING && v->text.len));
}

static void
check_container(const struct json *root)
{
	check_blank(root, "LogPath");
	check_blank(json_get_exact(root, "State"), "Pid");
	check_sources(json_get_exact(root, "Mounts"));
	check_labels(json_get_exact(json_get_exact(root, "Config"), "Labels"));
}

static void
check_element(const struct json *root)
{
	check_sources(json_get_exact(root, "Mounts"));
	check_labels(json_get_exact(root, "Labels"));
}

static void
check_info(const struct json *root)
{
	check_blank(root, "Name");
	check_blank(root, "Containers");
	must(!json_get_exact(root, "NRI"));
}

static void
check_exec(const struct json *root)
{
	check_blank(root, "Pid");
}

static void
check_network(const struct json *root)
{
	check_labels(json_get_exact(root, "Labels"));
	must(!json_get_exact(root, "Peers") && !json_get_exact(root, "Status"));
}

static void
check_volume(const struct json *root)
{
	check_labels(json_get_exact(root, "Labels"));
	check_blank(root, "Mountpoint");
	must(!json_get_exact(root, "Status"));
}

static void
check_all(const struct json *array, void (*check)(const struct json *v))
{
	for (const struct json *v = array ? array->first : NULL; v; v = v->next)
		check(v);
}

static void
check_volume_list(const struct json *root)
{
	check_all(json_get_exact(root, "Volumes"), check_volume);
}

static void
check_image_element(const struct json *root)
{
	const struct json *containers = json_get_exact(root, "Containers");

	check_names(json_get_exact(root, "RepoTags"));
	check_names(json_get_exact(root, "RepoDigests"));
	check_labels(json_get_exact(root, "Labels"));
	must(!containers || containers->type == JSON_NUMBER);
}

static void
check_image(const struct json *root)
{
	check_names(json_get_exact(root, "RepoTags"));
	check_names(json_get_exact(root, "RepoDigests"));
	check_labels(json_get_exact(json_get_exact(root, "Config"), "Labels"));
}

static void
check_usage(const struct json *root)
{
	check_blank(root, "BuildCache");
	check_all(json_get_exact(root, "Containers"), check_element);
	check_all(json_get_exact(root, "Images"), check_image_element);
	check_all(json_get_exact(root, "Volumes"), check_volume);
}

static void
check_event(const struct json *root)
{
	check_labels(json_get_exact(json_get_exact(root, "Actor"), "Attributes"));
}

static void
check_hidden(const struct json *root, answer_show_fn *show)
{
	static const struct {
		answer_show_fn *show;
		void (*check)(const struct json *root);
	} checks[] = {
		{ answer_container, check_container },
		{ answer_container_element, check_element },
		{ answer_info, check_info },
		{ answer_exec, check_exec },
		{ answer_network, check_network },
		{ answer_volume, check_volume },
		{ answer_volume_list, check_volume_list },
		{ answer_image_element, check_image_element },
		{ answer_image, check_image },
		{ answer_usage, check_usage },
		{ answer_event, check_event },
	};

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if (checks[i].show == show)
			checks[i].check(root);
}

static void
fuzz_show(struct span in, answer_show_fn *show)
{
	struct json_doc doc, again;
	struct text out;

	if (json_parse(in, &engine, &doc, NULL))
		return;
	text_init(&out, 0);
	if (show(&view, &doc, doc.root) == ANSWER_SHOWN) {
		check_hidden(doc.root, show);
		json_print(&out, doc.root);
		must(json_parse(text_span(&out), &engine, &again, NULL) == 0);
		json_free(&again);
	}
	json_free(&doc);
	text_free(&out);
}

static bool
keys_are_short(const struct json *object)
{
	for (const struct json *v = object->first; v; v = v->next)
		if (v->key.len > 256)
			return false;
	return true;
}

/* What stays of it, fed in two pieces; NULL: it is refused. */
static struct answer_parts *
cut(struct span in, const struct answer_part *table, struct span *rest)
{
	struct answer_parts *p = answer_parts_new(&view, table, 1 << 20);
	size_t half = in.len / 2;

	must(p);
	if (answer_parts_feed(p, (struct span){ in.p, half }) == 0 &&
		answer_parts_feed(p, (struct span){ in.p + half, in.len - half }) == 0 &&
		answer_parts_end(p, rest) == 0)
		return p;
	must(answer_parts_fault(p) != NULL);
	answer_parts_free(p);
	return NULL;
}

/* Cut while it comes, it shows the same. */
static void
fuzz_parts(struct span in, answer_show_fn *show, const struct answer_part *table)
{
	struct json_doc doc, rest;
	struct span left = { NULL, 0 };
	struct answer_parts *p = cut(in, table, &left);
	struct text whole, parts;

	if (json_parse(in, &engine, &doc, NULL)) {
		answer_parts_free(p);
		return;
	}
	text_init(&whole, 0);
	text_init(&parts, 0);
	if (doc.root->type == JSON_OBJECT && keys_are_short(doc.root) &&
		show(&view, &doc, doc.root) == ANSWER_SHOWN) {
		must(p && json_parse(left, &engine, &rest, NULL) == 0);
		must(show(&view, &rest, rest.root) == ANSWER_SHOWN);
		json_print(&whole, doc.root);
		json_print(&parts, rest.root);
		must(span_eq(text_span(&whole), text_span(&parts)));
		json_free(&rest);
	}
	text_free(&whole);
	text_free(&parts);
	json_free(&doc);
	answer_parts_free(p);
}

static void
fuzz_read(struct span in)
{
	struct answer_container c;
	struct json_doc doc;

	if (json_parse(in, &engine, &doc, NULL))
		return;
	if (answer_container_read(doc.root, "com.example.owner", &c) == 0)
		must(text_is_full_id(c.id));
	must(!answer_is_owned(&(struct answer_view){ .owner_label = "com.example.owner" },
		doc.root));
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

static void
fuzz_error(struct span in)
{
	struct json_doc doc;
	struct text out;

	text_init(&out, 0);
	answer_error_as_asked(in, (struct span){ in.p, in.len / 2 }, SPAN("web"), &out);
	must(out.len <= in.len + 3);
	text_clear(&out);
	answer_error_print(&view, in, &out);
	must(json_parse(text_span(&out), &engine, &doc, NULL) == 0);
	json_free(&doc);
	text_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in;

	if (!size)
		return 0;
	in = (struct span){ (const char *)data + 1, size - 1 };
	fuzz_show(in, shows[data[0] % (sizeof(shows) / sizeof(shows[0]))]);
	fuzz_parts(in, answer_usage, answer_usage_parts);
	fuzz_parts(in, answer_volume_list, answer_volume_parts);
	fuzz_read(in);
	fuzz_error(in);
	fuzz_message(in, SPAN("application/json"));
	fuzz_message(in, SPAN("text/plain"));
	return 0;
}
