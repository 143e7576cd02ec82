/*
 * Tests of format/answer on images: answers of Engine 20.10 (data/answer), and what newer ones add.
 */
#include "answer_tree.h"
#include "format/answer_parts.h"

#define IMAGE_ID "sha256:e7a576b864de91cf6f15fa16f4da9e1544774291119d5b6d0c072d064ae2d4d0"
#define DIGEST "@sha256:4e1d685957a2185981c43638488fd814fc41c5812d0c2721ab40d9b97948ea5e"
#define BUILT "\"Labels\":{\"fairlead.tenant.image\":\"acme\"}"

static const struct image_space images = { .tenant = { "acme", 4 },
	.images = (char *const[]){ (char[]){ "alpine" }, NULL } };
static const struct answer_view view = { .tenant = { "acme", 4 },
	.owner_label = "fairlead.tenant",
	.images = &images };

static void
shows(answer_show_fn *fn, const char *in, enum answer_verdict verdict, const char *want)
{
	struct json_doc doc = parse(in);

	assert_int_equal(fn(&view, &doc, doc.root), verdict);
	if (want)
		assert_json(doc.root, want);
	json_free(&doc);
}

static void
lists_show_names_that_the_tenant_may_see(void **state)
{
	(void)state;
	struct json_doc doc = load("images");

	assert_int_equal(answer_image_element(&view, &doc, doc.root->first), ANSWER_SHOWN);
	assert_json(doc.root->first,
		"{\"Containers\":-1,\"Created\":1795634069,\"Id\":\"" IMAGE_ID
		"\",\"Labels\":null,\"ParentId\":\"\","
		"\"RepoDigests\":null,\"RepoTags\":[\"app:1\"],\"SharedSize\":-1,\"Size\":1982296,\"VirtualSize\":1982296}");
	json_free(&doc);
	shows(answer_image_element,
		"{\"Containers\":7,\"SharedSize\":9,\"RepoTags\":[\"beta--x:1\",\"alpine:3\",\"acme--team/app:1\",\"private:1\",\"acme--alpine:3\",7],"
		"\"RepoDigests\":[\"alpine" DIGEST "\",\"acme--app" DIGEST "\",\"private" DIGEST
		"\"]}",
		ANSWER_SHOWN,
		"{\"Containers\":-1,\"SharedSize\":-1,\"RepoTags\":[\"alpine:3\",\"team/app:1\"],"
		"\"RepoDigests\":[\"alpine" DIGEST "\",\"app" DIGEST "\"]}");
	/* As an engine would sort them, had they these names there. */
	shows(answer_image_element,
		"{\"RepoTags\":[\"acme--team/app:latest\",\"acme--app:1\",\"alpine:2\",\"acme--app:2\"]}",
		ANSWER_SHOWN,
		"{\"RepoTags\":[\"alpine:2\",\"app:1\",\"app:2\",\"team/app:latest\"]}");
	/* One that was pulled by its digest. */
	shows(answer_image_element, "{\"RepoTags\":[],\"RepoDigests\":[\"alpine" DIGEST "\"]}",
		ANSWER_SHOWN, "{\"RepoTags\":[],\"RepoDigests\":[\"alpine" DIGEST "\"]}");
}

static void
images_of_others_are_left_out(void **state)
{
	(void)state;
	static const char *const foreign[] = {
		"{}",
		"{\"RepoTags\":[\"beta--x:1\"],\"RepoDigests\":[\"private" DIGEST "\"]}",
		"{\"RepoTags\":[\"<none>:<none>\"],\"RepoDigests\":[\"<none>@<none>\"]}",
		"{\"RepoTags\":[],\"RepoDigests\":[]}",
		"{\"RepoTags\":null,\"RepoDigests\":null,\"Labels\":{\"fairlead.tenant.image\":\"beta\"}}",
		/* A container's labels, of which a commit made the image's. */
		"{\"RepoTags\":null,\"Labels\":{\"fairlead.tenant\":\"acme\"}}",
		"{\"RepoTags\":{\"a\":\"acme--x:1\"}}",
		"{\"RepoTags\":\"acme--x:1\"}",
		"{\"RepoTags\":[[\"acme--x:1\"],7,null]}",
	};

	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		shows(answer_image_element, foreign[i], ANSWER_FOREIGN, NULL);
		shows(answer_image, foreign[i], ANSWER_FOREIGN, NULL);
	}
}

static void
images_without_a_name_are_who_built_thems(void **state)
{
	(void)state;
	shows(answer_image_element,
		"{\"RepoTags\":[\"<none>:<none>\"],\"RepoDigests\":[\"<none>@<none>\"]," BUILT "}",
		ANSWER_SHOWN,
		"{\"RepoTags\":[\"<none>:<none>\"],\"RepoDigests\":[\"<none>@<none>\"],\"Labels\":{}}");
	shows(answer_image_element, "{\"RepoTags\":[],\"RepoDigests\":[]," BUILT "}", ANSWER_SHOWN,
		"{\"RepoTags\":[],\"RepoDigests\":[],\"Labels\":{}}");
	shows(answer_image_element, "{\"RepoTags\":[\"prod:1\"],\"RepoDigests\":null," BUILT "}",
		ANSWER_SHOWN,
		"{\"RepoTags\":[\"<none>:<none>\"],\"RepoDigests\":[\"<none>@<none>\"],\"Labels\":{}}");
	shows(answer_image, "{\"RepoTags\":[\"prod:1\"],\"Config\":{" BUILT "}}", ANSWER_SHOWN,
		"{\"RepoTags\":[],\"Config\":{\"Labels\":{}}}");
}

static void
inspects_hide_others_and_the_host(void **state)
{
	(void)state;
	struct json_doc doc = load("image");

	assert_int_equal(answer_image(&view, &doc, doc.root), ANSWER_SHOWN);
	assert_member(doc.root, "RepoTags", "[\"app:1\"]");
	assert_member(doc.root, "Id", "\"" IMAGE_ID "\"");
	assert_member(doc.root, "Size", "1982296");
	assert_member(doc.root, "Metadata", "{\"LastTagTime\":\"0001-01-01T00:00:00Z\"}");
	json_free(&doc);
	shows(answer_image,
		"{\"RepoTags\":[\"alpine:3\"],\"Container\":\"4f2a\",\"ContainerConfig\":{\"Image\":\"beta--x:1\","
		"\"Cmd\":[\"/bin/sh\",\"-c\",\"#(nop) \",\"LABEL fairlead.tenant.image=acme a=b\"],\"Labels\":{\"fairlead.tenant\":\"beta\",\"a\":\"b\"}},"
		"\"Config\":{\"Image\":\"" IMAGE_ID
		"\",\"Labels\":{\"fairlead.tenant.image\":\"beta\"}},"
		"\"GraphDriver\":{\"Data\":{\"MergedDir\":\"/var/lib/docker\"},\"Name\":\"overlay2\"},"
		"\"Descriptor\":{\"size\":1,\"annotations\":{\"io.containerd.image.name\":\"docker.io/library/beta--x:1\"}},"
		"\"Manifests\":[{}],\"Identity\":{\"Pull\":[]}}",
		ANSWER_SHOWN,
		"{\"RepoTags\":[\"alpine:3\"],\"Container\":\"\",\"ContainerConfig\":{\"Image\":\"\","
		"\"Cmd\":[\"/bin/sh\",\"-c\",\"#(nop) \",\"LABEL a=b\"],\"Labels\":{\"a\":\"b\"}},"
		"\"Config\":{\"Image\":\"" IMAGE_ID "\",\"Labels\":{}},"
		"\"GraphDriver\":{\"Data\":{},\"Name\":\"overlay2\"},\"Descriptor\":{\"size\":1}}");
}

static void
histories_hide_others_names(void **state)
{
	(void)state;
	struct json_doc doc = load("history");

	assert_int_equal(answer_image(&view, &doc, doc.root), ANSWER_SHOWN);
	assert_member(doc.root->first, "Tags", "[\"app:1\"]");
	json_free(&doc);
	shows(answer_image,
		"[{\"CreatedBy\":\"/bin/sh -c #(nop)  LABEL fairlead.tenant.image=acme\",\"Tags\":null},"
		"{\"CreatedBy\":\"LABEL a=b \\\"fairlead.tenant.image\\\"=\\\"acme\\\" c=d\",\"Tags\":[\"beta--x:1\"]},"
		"{\"CreatedBy\":\"echo fairlead.tenant fairlead.tenants=1 a=fairlead.tenant\"}]",
		ANSWER_SHOWN,
		"[{\"CreatedBy\":\"/bin/sh -c #(nop)  LABEL \",\"Tags\":null},{\"CreatedBy\":\"LABEL a=b c=d\",\"Tags\":[]},"
		"{\"CreatedBy\":\"echo fairlead.tenant fairlead.tenants=1 a=fairlead.tenant\"}]");
	shows(answer_image, "[7]", ANSWER_UNREADABLE, NULL);
}

static void
removals_tell_of_the_tenants_names(void **state)
{
	(void)state;
	shows(answer_image_removed,
		"[{\"Untagged\":\"acme--app:1\"},{\"Untagged\":\"beta--x:1\"},{\"Untagged\":\"acme--app" DIGEST
		"\"},"
		"{\"Deleted\":\"" IMAGE_ID "\",\"Invented\":1}]",
		ANSWER_SHOWN,
		"[{\"Untagged\":\"app:1\"},{\"Untagged\":\"app" DIGEST
		"\"},{\"Deleted\":\"" IMAGE_ID "\"}]");
	shows(answer_image_removed, "null", ANSWER_SHOWN, "null");
	shows(answer_image_removed, "{}", ANSWER_UNREADABLE, NULL);
	shows(answer_image_removed, "[7]", ANSWER_UNREADABLE, NULL);
}

static void
prunes_tell_of_the_tenants_names(void **state)
{
	(void)state;
	shows(answer_pruned, "{\"ContainersDeleted\":[\"4f2a\"],\"SpaceReclaimed\":5}",
		ANSWER_SHOWN, "{\"ContainersDeleted\":[\"4f2a\"],\"SpaceReclaimed\":5}");
	shows(answer_pruned, "{\"NetworksDeleted\":[\"acme--net1\",\"beta--net1\"]}", ANSWER_SHOWN,
		"{\"NetworksDeleted\":[\"net1\"]}");
	shows(answer_pruned,
		"{\"VolumesDeleted\":[\"acme--data\",\"beta--data\",\"given\"],\"SpaceReclaimed\":0,\"Invented\":1}",
		ANSWER_SHOWN, "{\"VolumesDeleted\":[\"data\",\"given\"],\"SpaceReclaimed\":0}");
	shows(answer_pruned,
		"{\"ImagesDeleted\":[{\"Untagged\":\"beta--x:1\"},{\"Untagged\":\"acme--x:1\"},{\"Deleted\":\"sha256:1\"}],\"SpaceReclaimed\":0}",
		ANSWER_SHOWN,
		"{\"ImagesDeleted\":[{\"Untagged\":\"x:1\"},{\"Deleted\":\"sha256:1\"}],\"SpaceReclaimed\":0}");
	shows(answer_pruned, "{\"ImagesDeleted\":null,\"SpaceReclaimed\":0}", ANSWER_SHOWN,
		"{\"ImagesDeleted\":null,\"SpaceReclaimed\":0}");
	shows(answer_pruned, "{\"ImagesDeleted\":{}}", ANSWER_UNREADABLE, NULL);
	shows(answer_pruned, "[]", ANSWER_UNREADABLE, NULL);
}

static void
usage_counts_what_is_shown(void **state)
{
	(void)state;
	static const char *const words[] = { "beta", "fairlead", "/var/lib", NULL };
	struct json_doc doc = load("df");
	const struct json *image;

	assert_int_equal(answer_usage(&view, &doc, doc.root), ANSWER_SHOWN);
	assert_lacks(doc.root, words);
	assert_member(doc.root, "LayersSize", "1982296");
	image = json_get_exact(doc.root, "Images")->first;
	assert_member(image, "Containers", "1");
	assert_member(image, "SharedSize", "0");
	assert_member(image, "RepoTags", "[\"app:1\"]");
	assert_int_equal(json_get_exact(doc.root, "Containers")->count, 1);
	assert_member(json_get_exact(doc.root, "Containers")->first, "Names", "[\"/web\"]");
	assert_int_equal(json_get_exact(doc.root, "Volumes")->count, 1);
	assert_member(json_get_exact(doc.root, "Volumes")->first, "UsageData",
		"{\"RefCount\":1,\"Size\":0}");
	assert_member(doc.root, "BuildCache", "null");
	json_free(&doc);
}

#define OWNEDS "{\"Labels\":{\"fairlead.tenant\":\"acme\"}}"
#define OWNED "\"Labels\":{\"fairlead.tenant\":\"acme\"}"

static void
usage_of_newer_engines_is_summed_anew(void **state)
{
	(void)state;
	shows(answer_usage,
		"{\"LayersSize\":999,\"Images\":[],\"BuildCache\":[{\"ID\":\"x\"}],\"Invented\":1,"
		"\"ImageUsage\":{\"ActiveCount\":9,\"Items\":["
		"{\"Id\":\"sha256:1\",\"Containers\":7,\"SharedSize\":3,\"Size\":100,\"RepoTags\":[\"alpine:3\"]},"
		"{\"Id\":\"sha256:2\",\"Containers\":7,\"SharedSize\":3,\"Size\":30,\"RepoTags\":[\"acme--x:1\"]},"
		"{\"Id\":\"sha256:3\",\"Containers\":7,\"SharedSize\":3,\"Size\":500,\"RepoTags\":[\"beta--x:1\"]}],"
		"\"Reclaimable\":9,\"TotalCount\":9,\"TotalSize\":999},"
		"\"ContainerUsage\":{\"ActiveCount\":9,\"Items\":["
		"{\"ImageID\":\"sha256:1\",\"State\":\"running\",\"SizeRw\":5," OWNED "},"
		"{\"ImageID\":\"sha256:1\",\"State\":\"exited\",\"SizeRw\":7," OWNED "},"
		"{\"ImageID\":\"sha256:2\",\"State\":\"running\",\"SizeRw\":50}],\"Reclaimable\":9,\"TotalCount\":9,\"TotalSize\":9},"
		"\"VolumeUsage\":{\"ActiveCount\":9,\"Items\":[{\"Name\":\"acme--v\",\"UsageData\":{\"RefCount\":0,\"Size\":11}," OWNED
		"},"
		"{\"Name\":\"acme--w\",\"UsageData\":{\"RefCount\":1,\"Size\":-1}," OWNED
		"}],\"Invented\":1,\"TotalSize\":99},"
		"\"BuildCacheUsage\":{\"Items\":[{}],\"TotalSize\":9}}",
		ANSWER_SHOWN,
		"{\"LayersSize\":0,\"Images\":[],\"BuildCache\":[],"
		"\"ImageUsage\":{\"ActiveCount\":1,\"Items\":["
		"{\"Id\":\"sha256:1\",\"Containers\":2,\"SharedSize\":0,\"Size\":100,\"RepoTags\":[\"alpine:3\"]},"
		"{\"Id\":\"sha256:2\",\"Containers\":0,\"SharedSize\":0,\"Size\":30,\"RepoTags\":[\"x:1\"]}],"
		"\"Reclaimable\":30,\"TotalCount\":2,\"TotalSize\":130},"
		"\"ContainerUsage\":{\"ActiveCount\":1,\"Items\":["
		"{\"ImageID\":\"sha256:1\",\"State\":\"running\",\"SizeRw\":5,\"Labels\":{}},"
		"{\"ImageID\":\"sha256:1\",\"State\":\"exited\",\"SizeRw\":7,\"Labels\":{}}],\"Reclaimable\":7,\"TotalCount\":2,\"TotalSize\":12},"
		"\"VolumeUsage\":{\"ActiveCount\":1,\"Items\":[{\"Name\":\"v\",\"UsageData\":{\"RefCount\":0,\"Size\":11},\"Labels\":{}},"
		"{\"Name\":\"w\",\"UsageData\":{\"RefCount\":1,\"Size\":-1},\"Labels\":{}}],\"TotalSize\":11},"
		"\"BuildCacheUsage\":{\"Items\":[],\"TotalSize\":0}}");
	shows(answer_usage, "{\"Containers\":{}}", ANSWER_UNREADABLE, NULL);
	shows(answer_usage, "{\"ImageUsage\":{\"Items\":7}}", ANSWER_UNREADABLE, NULL);
	shows(answer_usage, "{\"VolumeUsage\":[{}]}", ANSWER_UNREADABLE, NULL);
	shows(answer_usage, "{\"VolumeUsage\":null}", ANSWER_SHOWN, "{\"VolumeUsage\":null}");
	shows(answer_usage, "[]", ANSWER_UNREADABLE, NULL);
}

/* What stays of `in`, fed in pieces of `piece` bytes; the fault behind '!'. */
static struct text
parts_of(const struct answer_part *table, size_t most, struct span in, size_t piece)
{
	struct answer_parts *p = answer_parts_new(&view, table, most);
	struct span rest = { NULL, 0 };
	struct text out;
	int result = 0;

	assert_non_null(p);
	text_init(&out, 0);
	for (; in.len && !result; in.p += piece, in.len -= piece) {
		piece = piece < in.len ? piece : in.len;
		result = answer_parts_feed(p, (struct span){ in.p, piece });
	}
	if (result == 0)
		result = answer_parts_end(p, &rest);
	text_add_str(&out, result ? "!" : "");
	text_add_str(&out, result ? answer_parts_fault(p) : "");
	text_add_span(&out, result ? SPAN("") : rest);
	answer_parts_free(p);
	return out;
}

static void
long_answers_are_cut_while_they_come(void **state)
{
	(void)state;
	struct json_doc doc = load("df"), cut;
	struct text in = printed(doc.root), want;

	assert_int_equal(answer_usage(&view, &doc, doc.root), ANSWER_SHOWN);
	want = printed(doc.root);
	for (size_t piece = 1; piece <= in.len + 1; piece += 7) {
		struct text rest = parts_of(answer_usage_parts, in.len, text_span(&in), piece);

		assert_null(strstr(rest.p, "beta"));
		cut = parse(rest.p);
		assert_int_equal(answer_usage(&view, &cut, cut.root), ANSWER_SHOWN);
		assert_json(cut.root, want.p);
		json_free(&cut);
		text_free(&rest);
	}
	text_free(&in);
	text_free(&want);
	json_free(&doc);
}

static void
cuts(const char *in, size_t most, const char *want)
{
	struct text out = parts_of(answer_volume_parts, most, span_of(in), 5);

	assert_string_equal(out.p, want);
	text_free(&out);
}

static void
what_stays_is_bounded_what_goes_is_not(void **state)
{
	(void)state;
	cuts("{}", 99, "{}");
	cuts("{\"Volumes\":null,\"Warnings\":[\"x\"]}", 99, "{\"Volumes\":null,\"Warnings\":[]}");
	cuts("{\"Volumes\":[{\"a\":1},{\"a\":2}," OWNEDS ",{\"a\":3}," OWNEDS "]}", 99,
		"{\"Volumes\":[" OWNEDS "," OWNEDS "]}");
	cuts("{\"Volumes\":[" OWNEDS "," OWNEDS "," OWNEDS "]}", 99, "!it is too large");
	cuts("{\"Volumes\":[7]}", 99, "!an element is not of the form it should have");
	cuts("{\"Volumes\":[", 99, "!the object does not end");
	cuts("[]", 99, "!an object must begin here");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_show_names_that_the_tenant_may_see),
		cmocka_unit_test(images_of_others_are_left_out),
		cmocka_unit_test(images_without_a_name_are_who_built_thems),
		cmocka_unit_test(inspects_hide_others_and_the_host),
		cmocka_unit_test(histories_hide_others_names),
		cmocka_unit_test(removals_tell_of_the_tenants_names),
		cmocka_unit_test(prunes_tell_of_the_tenants_names),
		cmocka_unit_test(usage_counts_what_is_shown),
		cmocka_unit_test(long_answers_are_cut_while_they_come),
		cmocka_unit_test(what_stays_is_bounded_what_goes_is_not),
		cmocka_unit_test(usage_of_newer_engines_is_summed_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
