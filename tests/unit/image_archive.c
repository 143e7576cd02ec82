/*
 * Archives of images: manifests on their way to the engine and back, labels in configurations, whole archives.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "format/image_archive.h"
#include "format/image_saved.h"
#include "format/tar.h"

static char alpine[] = "alpine", public[] = "reg.example/pub/*", private[] = "reg.example/acme/*";
static char *const shared[] = { alpine, public, NULL };
static char *const own[] = { private, NULL };
static const struct image_space space = { .tenant = { "acme", 4 },
	.images = shared,
	.own_images = own };

static bool
is_config(const void *arg, struct span file)
{
	return span_eq(file, span_of(arg));
}

static bool
are_layers(const void *arg, struct span config, const struct json *files)
{
	if (files->type != JSON_ARRAY || !span_eq(config, span_of(arg)))
		return false;
	for (const struct json *v = files->first; v; v = v->next)
		if (!span_eq(v->text, SPAN("l/layer.tar")))
			return false;
	return true;
}

static void
expect_load(const char *manifest, const char *wanted, const char *fault)
{
	struct image_archive_asker who = { &space, is_config, are_layers, "c.json" };
	struct text out, why;
	int rc;

	text_init(&out, 0);
	text_init(&why, 0);
	rc = image_archive_load(span_of(manifest), &who, &out, &why);
	assert_int_equal(rc, wanted ? 0 : -1);
	if (wanted)
		assert_string_equal(out.p, wanted);
	else if (!fault || !strstr(why.p, fault))
		fail_msg("%s: %s", manifest, why.p);
	text_free(&out);
	text_free(&why);
}

#define IMAGE(names)                                                                               \
	"[{\"Config\":\"c.json\",\"RepoTags\":[" names "],\"Layers\":[\"l/layer.tar\"]}]"

static void
manifests_are_made_anew(void **state)
{
	(void)state;
	expect_load(IMAGE("\"app:1\""), IMAGE("\"acme--app:1\""), NULL);
	expect_load(IMAGE("\"app\",\"team/x:2\""), IMAGE("\"acme--app:latest\",\"acme--team/x:2\""),
		NULL);
	expect_load(IMAGE("\"docker.io/library/alpine:3\""), IMAGE("\"acme--alpine:3\""), NULL);
	expect_load(IMAGE("\"reg.example/acme/x:1\""), IMAGE("\"reg.example/acme/x:1\""), NULL);
	expect_load("[{\"config\":\"c.json\",\"repotags\":[\"a:1\"],\"Parent\":\"sha256:0\","
		    "\"LayerSources\":{\"a\":{}},\"Layers\":null}]",
		"[{\"Config\":\"c.json\",\"RepoTags\":[\"acme--a:1\"],\"Layers\":[]}]", NULL);
}

static void
names_of_others_are_refused(void **state)
{
	(void)state;
	expect_load(IMAGE("\"reg.example/pub/x:1\""), NULL, "not the tenant's own");
	expect_load(IMAGE("\"reg.example/beta/x:1\""), NULL, "not the tenant's own");
	expect_load(IMAGE("\"beta--x:1\""), IMAGE("\"acme--beta--x:1\""), NULL);
	expect_load(IMAGE("\"UPPER:1\""), NULL, "image \"UPPER:1\"");
	expect_load(IMAGE("\"a@sha256:"
			  "4f2a4f2a4f2a4f2a4f2a4f2a4f2a4f2a4f2a4f2a4f2a4f2a4f2a4f2a4f2a4f2a\""),
		NULL, "has a digest");
	expect_load(IMAGE(""), NULL, "no name");
	expect_load("[{\"Config\":\"c.json\",\"RepoTags\":null,\"Layers\":[]}]", NULL, "no name");
	expect_load("[{\"Config\":\"other\",\"RepoTags\":[\"a:1\"],\"Layers\":[]}]", NULL,
		"Config");
	expect_load("[{\"Config\":\"c.json\",\"RepoTags\":[\"a:1\"],\"Layers\":[\"../x\"]}]", NULL,
		"layer");
	expect_load("[{\"Config\":\"c.json\",\"RepoTags\":[\"a:1\"],\"Layers\":[\"m/layer.tar\"]}]",
		NULL, "not those of its Config");
	expect_load("[{\"Config\":\"c.json\",\"RepoTags\":[\"a:1\"],\"repoTags\":[\"b:1\"]}]", NULL,
		"manifest.json");
	expect_load("[]", NULL, "no image");
	expect_load("{}", NULL, "no image");
	expect_load("", NULL, "manifest.json");
}

static void
expect_config(const char *json, enum image_config wanted)
{
	struct text layers;

	text_init(&layers, 0);
	assert_int_equal(image_archive_config(span_of(json), "own.er", SPAN("acme"), &layers),
		wanted);
	assert_int_equal(layers.len, 0);
	text_free(&layers);
}

#define SUM_A "sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define ROOTFS(sums) "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[" sums "]}"

/* Engines fold keys, and would take one of two. */
static void
layers_of_a_configuration(void **state)
{
	struct text layers;

	(void)state;
	text_init(&layers, 0);
	text_add_str(&layers, "x");
	assert_int_equal(image_archive_config(SPAN("{" ROOTFS("\"" SUM_A "\",\"" SUM_A "\"") "}"),
				 "own.er", SPAN("acme"), &layers),
		IMAGE_CONFIG_FINE);
	assert_int_equal(layers.len, 1 + 2 * IMAGE_LAYER_SUM);
	assert_memory_equal(layers.p + 1, "\x00\x11\x22\x33", 4);
	text_free(&layers);
	expect_config("{" ROOTFS("") "}", IMAGE_CONFIG_FINE);
	expect_config("{" ROOTFS("") ",\"RootFS\":{}}", IMAGE_CONFIG_NONE);
	expect_config("{\"rootfs\":{\"diff_ids\":[],\"Diff_Ids\":[]}}", IMAGE_CONFIG_NONE);
	expect_config("{" ROOTFS("\"sha512:00\"") "}", IMAGE_CONFIG_NONE);
	expect_config("{" ROOTFS("1") "}", IMAGE_CONFIG_NONE);
	expect_config("{" ROOTFS("\"sha256:00\"") "}", IMAGE_CONFIG_NONE);
}

static void
labels_of_the_gateway(void **state)
{
	(void)state;
	expect_config("{\"config\":{\"Labels\":{\"a\":\"b\",\"A\":\"b\",\"own.erx\":\"1\"}}}",
		IMAGE_CONFIG_FINE);
	expect_config("{\"config\":{\"Labels\":{\"own.er\":\"acme\",\"own.er.image\":\"acme\","
		      "\"own.er.ref\":\"x\",\"own.er.memory\":\"0\"}}}",
		IMAGE_CONFIG_FINE);
	expect_config("{\"config\":{\"Labels\":{\"own.er\":\"beta\"}}}", IMAGE_CONFIG_SPOOFED);
	expect_config("{\"config\":{\"Labels\":{\"own.er.image\":\"beta\"}}}",
		IMAGE_CONFIG_SPOOFED);
	expect_config("{\"CONFIG\":{\"labels\":{\"own\\u002eer\":\"beta\"}}}",
		IMAGE_CONFIG_SPOOFED);
	expect_config("{\"container_config\":{\"Labels\":{\"own.er.\":\"acme\"}}}",
		IMAGE_CONFIG_SPOOFED);
	expect_config("{\"config\":{\"Labels\":{\"own.er.new\":\"acme\"}}}", IMAGE_CONFIG_SPOOFED);
	expect_config("{\"config\":{\"Labels\":{\"own.er\":null}}}", IMAGE_CONFIG_SPOOFED);
	expect_config("[]", IMAGE_CONFIG_NONE);
	expect_config("{\"a\":1,\"a\":2}", IMAGE_CONFIG_NONE);
	expect_config("{} x", IMAGE_CONFIG_NONE);
	expect_config("", IMAGE_CONFIG_NONE);
}

static void
expect_show(const char *file, const char *json, const char *wanted)
{
	struct text out;

	assert_true(image_archive_has_names(span_of(file)));
	text_init(&out, 0);
	assert_int_equal(image_archive_show(span_of(file), span_of(json), &space, &out),
		wanted ? 0 : -1);
	if (wanted)
		assert_string_equal(out.p, wanted);
	text_free(&out);
}

static void
names_on_their_way_back(void **state)
{
	(void)state;
	expect_show("manifest.json", IMAGE("\"acme--app:1\",\"beta--app:1\",\"alpine:3\",\"op:1\""),
		IMAGE("\"app:1\",\"alpine:3\""));
	expect_show("manifest.json", "[{\"Config\":\"c\",\"RepoTags\":null,\"Layers\":[]}]",
		"[{\"Config\":\"c\",\"RepoTags\":null,\"Layers\":[]}]");
	expect_show("manifest.json", "{}", NULL);
	expect_show("manifest.json", "[1]", NULL);
	expect_show("repositories",
		"{\"acme--app\":{\"1\":\"x\",\"2\":\"y\"},\"beta--app\":{\"1\":\"x\"},"
		"\"alpine\":{\"3\":\"z\"},\"op\":{\"1\":\"x\"}}",
		"{\"app\":{\"1\":\"x\",\"2\":\"y\"},\"alpine\":{\"3\":\"z\"}}");
	expect_show("repositories", "[]", NULL);
#define ANNOTATED(a)                                                                               \
	"{\"schemaVersion\":2,\"manifests\":[{\"digest\":\"d\",\"annotations\":{" a "}}]}"
#define NAME "\"io.containerd.image.name\":"
#define REF "\"org.opencontainers.image.ref.name\":"
	expect_show("index.json", ANNOTATED(NAME "\"docker.io/library/acme--app:1\"," REF "\"1\""),
		ANNOTATED(NAME "\"docker.io/library/app:1\"," REF "\"1\""));
	expect_show("index.json", ANNOTATED(NAME "\"docker.io/acme--team/app:1\""),
		ANNOTATED(NAME "\"docker.io/team/app:1\""));
	expect_show("index.json", ANNOTATED(NAME "\"docker.io/library/beta--app:1\"," REF "\"1\""),
		ANNOTATED(""));
	expect_show("index.json", ANNOTATED(REF "\"beta--app:1\",\"x\":\"y\""),
		ANNOTATED("\"x\":\"y\""));
	assert_false(image_archive_has_names(SPAN("oci-layout")));
	assert_false(image_archive_has_names(SPAN("x/manifest.json")));
}

static void
add_file(struct text *t, const char *name, const char *data)
{
	const struct tar_entry e = { .name = span_of(name), .size = strlen(data), .mode = 0644 };

	tar_write_entry(t, &e);
	text_add_str(t, data);
	tar_write_padding(t, e.size);
}

/* What flows and what is held, whatever the pieces. */
static void
whole_archives(void **state)
{
	static const size_t steps[] = { 1, 100, 512, 10000 };
	struct text in, wanted, out;

	(void)state;
	text_init(&in, 0);
	text_init(&wanted, 0);
	add_file(&in, "c.json", "{}");
	add_file(&in, "manifest.json", IMAGE("\"acme--app:1\",\"beta--app:1\""));
	add_file(&in, "repositories", "{\"acme--app\":{\"1\":\"x\"}}");
	add_file(&wanted, "c.json", "{}");
	add_file(&wanted, "manifest.json", IMAGE("\"app:1\""));
	add_file(&wanted, "repositories", "{\"app\":{\"1\":\"x\"}}");
	tar_write_end(&wanted);
	for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct image_saved *s = image_saved_new(&space);

		text_init(&out, 0);
		for (size_t at = 0; at < in.len; at += steps[i]) {
			size_t n = in.len - at < steps[i] ? in.len - at : steps[i];

			assert_int_equal(image_saved_feed(s, (struct span){ in.p + at, n }, &out),
				0);
		}
		assert_int_equal(image_saved_end(s, &out), 0);
		assert_true(span_eq(text_span(&out), text_span(&wanted)));
		image_saved_free(s);
		text_free(&out);
	}
	text_free(&in);
	text_free(&wanted);
}

static void
broken_archives(void **state)
{
	struct text in, out;
	struct image_saved *s = image_saved_new(&space);

	(void)state;
	text_init(&in, 0);
	text_init(&out, 0);
	add_file(&in, "manifest.json", "{\"no\":\"list\"}");
	assert_int_equal(image_saved_feed(s, text_span(&in), &out), -1);
	assert_string_equal(image_saved_fault(s), "a file with its names cannot be read");
	assert_int_equal(image_saved_end(s, &out), -1);
	image_saved_free(s);
	s = image_saved_new(&space);
	assert_int_equal(image_saved_feed(s, (struct span){ in.p, 100 }, &out), 0);
	assert_int_equal(image_saved_end(s, &out), -1);
	image_saved_free(s);
	text_free(&in);
	text_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(manifests_are_made_anew),
		cmocka_unit_test(names_of_others_are_refused),
		cmocka_unit_test(labels_of_the_gateway),
		cmocka_unit_test(layers_of_a_configuration),
		cmocka_unit_test(names_on_their_way_back),
		cmocka_unit_test(whole_archives),
		cmocka_unit_test(broken_archives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
