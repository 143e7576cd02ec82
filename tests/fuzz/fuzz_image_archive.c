/*
 * Fuzz target of archives of images. What comes out for a tenant does not depend on how the bytes come, is an
 * archive again, and tells no other's names; a manifest that is made for the engine holds own names only.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/image_archive.h"
#include "format/image_saved.h"
#include "format/json.h"
#include "format/tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char shared_pattern[] = "alpine";
static char *const shared[] = { shared_pattern, NULL };
static const struct image_space space = { .tenant = { "acme", 4 }, .images = shared };

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static bool
is_config(const void *arg, struct span file)
{
	(void)arg;
	return file.len != 1;
}

static bool
are_layers(const void *arg, struct span config, const struct json *files)
{
	(void)arg;
	must(files->type == JSON_ARRAY && config.len != 1);
	return true;
}

static void
must_be_own(const struct json *names)
{
	struct image_name name;
	const char *why;

	must(names && names->first);
	for (const struct json *v = names->first; v; v = v->next) {
		must(v->type == JSON_STRING && image_name_parse(v->text, &name, &why) == 0);
		must(image_space_owner(&space, &name) == IMAGE_OWN && name.tag.len);
	}
}

static void
load(struct span in)
{
	struct image_archive_asker who = { &space, is_config, are_layers, NULL };
	struct text out, why;
	struct json_error err;
	struct json_doc doc;

	text_init(&out, 0);
	text_init(&why, 0);
	if (image_archive_load(in, &who, &out, &why) == 0) {
		must(json_parse(text_span(&out), NULL, &doc, &err) == 0);
		for (const struct json *image = doc.root->first; image; image = image->next) {
			must(image->count == 3);
			must_be_own(json_get_exact(image, "RepoTags"));
		}
		json_free(&doc);
	} else {
		must(why.len > 0);
	}
	text_free(&out);
	text_free(&why);
}

/* What is shown is JSON, and shown again it loses nothing more than names that are no words of the engine. */
static void
show(struct span in)
{
	static const char *const files[] = { "manifest.json", "repositories", "index.json" };

	for (unsigned i = 0; i < 3; i++) {
		struct text out;
		struct json_error err;
		struct json_doc doc;

		text_init(&out, 0);
		if (image_archive_show(span_of(files[i]), in, &space, &out) == 0) {
			must(json_parse(text_span(&out),
				     &(struct json_limits){ .exact_keys = true }, &doc, &err) == 0);
			json_free(&doc);
		}
		text_free(&out);
	}
}

static bool
pass(struct span in, size_t step, struct text *out)
{
	struct image_saved *s = image_saved_new(&space);
	bool ok = true;

	must(s != NULL);
	text_init(out, 0);
	for (size_t at = 0; ok && at < in.len; at += step)
		ok = image_saved_feed(s,
			     (struct span){ in.p + at, in.len - at < step ? in.len - at : step },
			     out) == 0;
	ok = image_saved_end(s, out) == 0 && ok;
	must(ok == (image_saved_fault(s) == NULL));
	image_saved_free(s);
	return ok;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = { (const char *)data, size };
	struct text whole, parts, again, layers;
	bool ok;

	load(in);
	show(in);
	text_init(&layers, 0);
	must(image_archive_config(in, "own.er", SPAN("acme"), &layers) == IMAGE_CONFIG_FINE ||
		!layers.len);
	must(layers.len % IMAGE_LAYER_SUM == 0);
	text_free(&layers);
	ok = pass(in, size ? size : 1, &whole);
	must(pass(in, 7, &parts) == ok);
	must(span_eq(text_span(&whole), text_span(&parts)));
	if (ok) {
		must(pass(text_span(&whole), whole.len, &again));
		text_free(&again);
	}
	text_free(&whole);
	text_free(&parts);
	return 0;
}
