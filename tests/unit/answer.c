/*
 * Tests of format/answer, on answers that engines gave (tests/unit/data/answer).
 */
#include "answer_tree.h"

#define OWNER "com.example.owner"
#define ID_A "e28e510215925165bc93dc72a84233ed9beec485f850f0863a3f165231e7fcdb"
#define ID_B "45eb4f6ae200687c19248d7024cc6dad37c9394bb4092b8e4ca3be0df49e0fc7"

static const struct image_space images = { .tenant = { "alice", 5 },
	.images = (char *const[]){ (char[]){ "*" }, NULL } };
static const struct answer_view view = { .tenant = { "alice", 5 },
	.owner_label = OWNER,
	.images = &images };

static int
show(answer_show_fn *fn, struct json_doc *doc, struct json *v)
{
	return (int)fn(&view, doc, v);
}

static void
inspect_keeps_what_clients_read(void **state)
{
	(void)state;
	struct json_doc doc = load("inspect");
	const struct json *host;

	assert_int_equal(show(answer_container, &doc, doc.root), ANSWER_SHOWN);
	assert_member(doc.root, "Id", "\"" ID_A "\"");
	assert_member(doc.root, "Name", "\"/web\"");
	assert_member(doc.root, "ExecIDs", "[\"" ID_B "\"]");
	assert_member(doc.root, "ResolvConfPath", "\"\"");
	assert_member(doc.root, "GraphDriver", "{\"Data\":null,\"Name\":\"vfs\"}");
	assert_member(json_get_exact(doc.root, "State"), "Pid", "0");
	assert_member(json_get_exact(doc.root, "State"), "Running", "true");
	assert_member(json_get_exact(doc.root, "Config"), "Labels", "{}");
	host = json_get_exact(doc.root, "HostConfig");
	assert_member(host, "Binds", "[\"data:/data\",\":/srv:ro\"]");
	assert_member(host, "NetworkMode", "\"none\"");
	assert_member(host, "LogConfig", "{\"Type\":\"json-file\",\"Config\":{}}");
	assert_member(host, "Mounts",
		"[{\"Type\":\"bind\",\"Source\":\"\",\"Target\":\"/mnt\",\"ReadOnly\":true}]");
	assert_member(doc.root, "Mounts",
		"[{\"Type\":\"volume\",\"Name\":\"data\",\"Source\":\"\",\"Destination\":\"/data\","
		"\"Driver\":\"local\",\"Mode\":\"z\",\"RW\":true,\"Propagation\":\"\"},"
		"{\"Type\":\"bind\",\"Source\":\"\",\"Destination\":\"/srv\",\"Mode\":\"ro\",\"RW\":false,"
		"\"Propagation\":\"rprivate\"},"
		"{\"Type\":\"bind\",\"Source\":\"\",\"Destination\":\"/mnt\",\"Mode\":\"\",\"RW\":false,"
		"\"Propagation\":\"rprivate\"}]");
	json_free(&doc);
}

static void
inspect_hides_the_host(void **state)
{
	(void)state;
	static const char *const words[] = { "/var/lib", "/var/run", "/srv:/", "\"/etc\"",
		"docker-default", "system_u", "machine.slice", "web.cid", "hush", "logs.internal",
		"/dev/sd", "\"/dev/null\"", "/export", "10.0.0.", "engine-1", "20082", NULL };
	struct json_doc doc = load("inspect-full");
	const struct json *host;

	assert_int_equal(show(answer_container, &doc, doc.root), ANSWER_SHOWN);
	assert_lacks(doc.root, words);
	assert_null(json_get_exact(doc.root, "Node"));
	assert_member(doc.root, "Volumes", "{\"/data\":\"\"}");
	assert_member(doc.root, "GraphDriver", "{\"Data\":{},\"Name\":\"overlay2\"}");
	host = json_get_exact(doc.root, "HostConfig");
	assert_member(host, "Binds", "[\"data:/data\",\":/srv:ro\",\"/anonymous\"]");
	assert_member(host, "LogConfig", "{\"Type\":\"splunk\",\"Config\":{}}");
	assert_member(host, "BlkioDeviceReadBps", "[{\"Path\":\"\",\"Rate\":1048576}]");
	assert_member(host, "Devices",
		"[{\"PathOnHost\":\"\",\"PathInContainer\":\"/dev/xnull\",\"CgroupPermissions\":\"rwm\"}]");
	assert_json(json_get_exact(host, "Mounts")->last,
		"{\"Type\":\"volume\",\"Source\":\"data\",\"Target\":\"/d\",\"VolumeOptions\":"
		"{\"NoCopy\":true,\"DriverConfig\":{}}}");
	json_free(&doc);
}

static void
odd_types_are_blanked_not_shown(void **state)
{
	(void)state;
	struct json_doc doc = parse(
		"{\"HostConfig\":{\"Binds\":[[\"/x\"],null,\"\",\":\"]},\"Mounts\":{\"a\":{\"Source\":[\"/x\"]}},"
		"\"State\":[],\"LogPath\":{\"p\":\"/x\"},\"GraphDriver\":\"/x\"}");

	assert_int_equal(show(answer_container, &doc, doc.root), ANSWER_SHOWN);
	assert_json(doc.root,
		"{\"HostConfig\":{\"Binds\":[[],null,\"\",\":\"]},\"Mounts\":{\"a\":{\"Source\":[]}},"
		"\"State\":[],\"LogPath\":{},\"GraphDriver\":\"\"}");
	json_free(&doc);
}

static void
list_elements_lose_sources(void **state)
{
	(void)state;
	static const char *const words[] = { "/var/lib", "\"Source\":\"/", NULL };
	struct json_doc doc = load("list");

	assert_int_equal(show(answer_container_element, &doc, doc.root->first), ANSWER_FOREIGN);
	json_remove(doc.root->first);
	assert_int_equal(show(answer_container_element, &doc, doc.root->first), ANSWER_SHOWN);
	assert_lacks(doc.root, words);
	assert_member(doc.root->last, "Names", "[\"/web\"]");
	assert_member(doc.root->last, "Status", "\"Up 18 seconds\"");
	assert_int_equal(json_get_exact(doc.root->last, "Mounts")->count, 3);
	json_free(&doc);
}

static bool
owns(const char *tenant, const char *label, const struct json *v)
{
	struct answer_view eyes = view;

	eyes.tenant = span_of(tenant);
	eyes.owner_label = label;
	return answer_is_owned(&eyes, v);
}

static void
lists_are_told_apart_by_owner(void **state)
{
	(void)state;
	struct json_doc doc = load("list");

	assert_false(owns("alice", OWNER, doc.root->first));
	assert_true(owns("alice", OWNER, doc.root->last));
	assert_false(owns("alic", OWNER, doc.root->last));
	assert_false(owns("Alice", OWNER, doc.root->last));
	assert_false(owns("alice", "com.example.Owner", doc.root->last));
	assert_false(owns("alice", OWNER, doc.root));
	json_free(&doc);
	doc = parse("[{\"Labels\":{\"" OWNER "\":\"\"}},{\"Labels\":null},{\"Labels\":{\"" OWNER
		    "\":[\"alice\"]}},"
		    "{\"labels\":{\"" OWNER "\":\"alice\"}},7]");
	for (struct json *v = doc.root->first; v; v = v->next) {
		assert_false(owns("alice", OWNER, v));
		assert_false(owns("", OWNER, v));
	}
	json_free(&doc);
}

static void
exec_hides_the_pid(void **state)
{
	(void)state;
	struct json_doc doc = load("exec");

	assert_int_equal(json_set(&doc, doc.root, "Container", json_new(&doc, JSON_OBJECT)), 0);
	assert_int_equal(show(answer_exec, &doc, doc.root), ANSWER_SHOWN);
	assert_json(doc.root,
		"{\"ID\":\"" ID_B
		"\",\"Running\":true,\"ExitCode\":null,\"ProcessConfig\":{\"tty\":true,"
		"\"entrypoint\":\"sleep\",\"arguments\":[\"300\"],\"privileged\":false},"
		"\"OpenStdin\":false,\"OpenStderr\":false,\"OpenStdout\":true,\"CanRemove\":false,"
		"\"ContainerID\":\"" ID_A "\",\"DetachKeys\":\"\",\"Pid\":0}");
	json_free(&doc);
}

static void
info_is_of_the_engine_not_of_the_host(void **state)
{
	(void)state;
	static const char *const words[] = { "hush", "internal", "rack", "10.0.", "10.99",
		"engine-1", "WZ62", "/var", "/opt", "debug\"", "awslogs", "cdi", "NRI", "mapper",
		"etcd", "WARNING", "Containerd\"", "License", "q1w2", "deb12", NULL };
	static const char *const counts[] = { "Containers", "ContainersRunning", "ContainersPaused",
		"ContainersStopped", "Images", "NEventsListener", "NFd", "NGoroutines" };
	struct json_doc doc = load("info-full");

	assert_int_equal(show(answer_info, &doc, doc.root), ANSWER_SHOWN);
	assert_lacks(doc.root, words);
	assert_member(doc.root, "ID", "\"\"");
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		assert_member(doc.root, counts[i], "0");
	assert_member(doc.root, "InitBinary", "\"\"");
	assert_member(doc.root, "InitCommit", "{}");
	assert_member(doc.root, "Driver", "\"overlay2\"");
	assert_member(doc.root, "DriverStatus", "[]");
	assert_member(doc.root, "ServerVersion", "\"20.10.24+dfsg1\"");
	assert_member(doc.root, "NCPU", "2");
	assert_member(doc.root, "MemoryLimit", "true");
	assert_member(doc.root, "HttpProxy", "\"\"");
	assert_member(doc.root, "Labels", "[]");
	assert_member(doc.root, "Name", "\"\"");
	assert_member(doc.root, "Plugins", "{}");
	assert_member(doc.root, "RegistryConfig", "{}");
	assert_member(doc.root, "Swarm", "{\"LocalNodeState\":\"inactive\"}");
	assert_member(doc.root, "Runtimes",
		"{\"io.containerd.runc.v2\":{},\"io.containerd.runtime.v1.linux\":{},\"runc\":{},\"kata\":{}}");
	assert_member(doc.root, "SecurityOptions", "[\"name=seccomp,profile=default\"]");
	json_free(&doc);
}

static void
info_counts_the_tenants_own(void **state)
{
	(void)state;
	static const struct answer_counts counts = { 5, 2, 1, 2, 7 };
	struct answer_view eyes = view;
	struct json_doc doc =
		parse("{\"Containers\":90,\"ContainersRunning\":91,\"ContainersPaused\":92,"
		      "\"ContainersStopped\":93,\"Images\":94}");

	eyes.counts = &counts;
	assert_int_equal(answer_info(&eyes, &doc, doc.root), ANSWER_SHOWN);
	assert_json(doc.root,
		"{\"Containers\":5,\"ContainersRunning\":2,\"ContainersPaused\":1,"
		"\"ContainersStopped\":2,\"Images\":7,\"Swarm\":{\"LocalNodeState\":\"inactive\"}}");
	json_free(&doc);
}

/* Whatever a newer engine adds stays hidden. */
static void
info_shows_nothing_unknown(void **state)
{
	(void)state;
	struct json_doc doc = parse("{\"Invented\":\"x\",\"OSType\":\"linux\",\"id\":\"x\"}");

	assert_int_equal(show(answer_info, &doc, doc.root), ANSWER_SHOWN);
	assert_json(doc.root, "{\"OSType\":\"linux\",\"Swarm\":{\"LocalNodeState\":\"inactive\"}}");
	json_free(&doc);
	doc = load("info");
	assert_int_equal(show(answer_info, &doc, doc.root), ANSWER_SHOWN);
	assert_member(doc.root, "Warnings", "null");
	json_free(&doc);
}

static void
only_objects_are_redacted(void **state)
{
	(void)state;
	answer_show_fn *const all[] = { answer_container_element, answer_container,
		answer_container_created, answer_stats, answer_exec, answer_exec_created,
		answer_info };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct json_doc doc = parse("[{\"Pid\":1}]");

		assert_int_equal(show(all[i], &doc, doc.root), ANSWER_UNREADABLE);
		json_free(&doc);
	}
}

static void
containers_are_read(void **state)
{
	(void)state;
	struct json_doc doc = load("inspect");
	struct answer_container c;

	assert_int_equal(answer_container_read(doc.root, OWNER, &c), 0);
	assert_true(span_eq(c.id, SPAN(ID_A)));
	assert_true(span_eq(c.owner, SPAN("alice")));
	assert_int_equal(answer_container_read(doc.root, "other", &c), 0);
	assert_null(c.owner.p);
	json_free(&doc);
	doc = parse("[{\"Id\":\"" ID_A "\",\"Config\":{\"Labels\":null}}]");
	assert_int_equal(answer_container_read(doc.root->first, OWNER, &c), 0);
	assert_null(c.owner.p);
	assert_int_equal(answer_container_read(doc.root, OWNER, &c), -1);
	json_free(&doc);
}

static void
containers_without_a_clear_answer_are_not_read(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"{}",
		"{\"Id\":\"" ID_A "\"}",
		"{\"Id\":\"" ID_A "0\",\"Config\":{}}",
		"{\"Id\":\"web\",\"Config\":{}}",
		"{\"id\":\"" ID_A "\",\"Config\":{}}",
		"{\"Id\":7,\"Config\":{}}",
		"{\"Id\":\"" ID_A "\",\"Config\":{\"Labels\":{\"" OWNER "\":7}}}",
	};
	struct answer_container c;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct json_doc doc = parse(bad[i]);

		assert_int_equal(answer_container_read(doc.root, OWNER, &c), -1);
		json_free(&doc);
	}
}

static void
assert_message(const char *body, const char *type, const char *want)
{
	struct text out;

	text_init(&out, 0);
	text_add_str(&out, "");
	answer_error_message(span_of(body), span_of(type), &out);
	assert_string_equal(out.p, want);
	text_free(&out);
}

static void
errors_give_their_message(void **state)
{
	(void)state;
	assert_message("{\"message\":\"No such container: x\"}\n", "application/json",
		"No such container: x");
	assert_message("{\"message\":\"a\\nb\\u001b[0m \"}", "Application/JSON ; charset=utf-8",
		"a b [0m");
	assert_message(" No such exec\r\n", "text/plain; charset=utf-8", "No such exec");
	assert_message("{\"message\":\"x\"}", "text/plain", "{\"message\":\"x\"}");
	assert_message("{\"error\":1}", "application/json", "{\"error\":1}");
	assert_message("{\"message\":", "application/json", "{\"message\":");
	assert_message("{\"message\":null}", "application/json", "{\"message\":null}");
	assert_message("", "application/json", "");
	assert_message("", "", "");
}

static void
errors_are_bounded(void **state)
{
	(void)state;
	char body[10000];
	struct text out;

	memset(body, 'x', sizeof(body));
	text_init(&out, 0);
	answer_error_message((struct span){ body, sizeof(body) }, SPAN("text/plain"), &out);
	assert_int_equal(out.len, 4096);
	text_free(&out);
}

static void
errors_about_several_objects_are_known(void **state)
{
	(void)state;
	assert_true(answer_error_is_ambiguous(SPAN("Multiple IDs found with provided prefix: ab")));
	assert_true(answer_error_is_ambiguous(SPAN("multiple IDs found with provided prefix: ab")));
	assert_false(answer_error_is_ambiguous(SPAN("No such container: ab")));
	assert_false(answer_error_is_ambiguous((struct span){ NULL, 0 }));
}

/* Containers are made on the host, mostly by Compose, which writes there where its files are. */
static void
labels_do_not_tell_where_the_host_has_its_files(void **state)
{
	struct json_doc doc;

	(void)state;
	doc = parse(
		"{\"Config\":{\"Labels\":{\"com.docker.compose.project\":\"web\","
		"\"com.docker.compose.project.working_dir\":\"/srv/acme\","
		"\"com.docker.compose.project.config_files\":\"/srv/acme/a.yml,/srv/acme/b.yml\","
		"\"com.docker.compose.service\":\"db\",\"path\":\"/api\","
		"\"desktop.docker.io/binds/0/Source\":\"/Users/op\"}}}");
	assert_int_equal(show(answer_container, &doc, doc.root), ANSWER_SHOWN);
	assert_json(doc.root,
		"{\"Config\":{\"Labels\":{\"com.docker.compose.project\":\"web\","
		"\"com.docker.compose.project.working_dir\":\"\","
		"\"com.docker.compose.project.config_files\":\"\","
		"\"com.docker.compose.service\":\"db\",\"path\":\"/api\","
		"\"desktop.docker.io/binds/0/Source\":\"\"}}}");
	json_free(&doc);
	doc = parse("{\"Labels\":{\"com.docker.compose.project.working_dir\":\"/srv\",\"" OWNER
		    "\":\"alice\",\"a\":\"b\"}}");
	assert_int_equal(show(answer_container_element, &doc, doc.root), ANSWER_SHOWN);
	assert_json(doc.root,
		"{\"Labels\":{\"com.docker.compose.project.working_dir\":\"\",\"a\":\"b\"}}");
	json_free(&doc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inspect_keeps_what_clients_read),
		cmocka_unit_test(labels_do_not_tell_where_the_host_has_its_files),
		cmocka_unit_test(inspect_hides_the_host),
		cmocka_unit_test(odd_types_are_blanked_not_shown),
		cmocka_unit_test(list_elements_lose_sources),
		cmocka_unit_test(lists_are_told_apart_by_owner),
		cmocka_unit_test(exec_hides_the_pid),
		cmocka_unit_test(info_is_of_the_engine_not_of_the_host),
		cmocka_unit_test(info_counts_the_tenants_own),
		cmocka_unit_test(info_shows_nothing_unknown),
		cmocka_unit_test(only_objects_are_redacted),
		cmocka_unit_test(containers_are_read),
		cmocka_unit_test(containers_without_a_clear_answer_are_not_read),
		cmocka_unit_test(errors_give_their_message),
		cmocka_unit_test(errors_are_bounded),
		cmocka_unit_test(errors_about_several_objects_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
