/*
 * body_rules: what single fields of a container may say, and what is sent for it.
 */
#include "body_case.h"

#define CREATE(rest) "{\"Image\":\"i\"," rest "}"
#define HOST(rest) "{\"Image\":\"i\",\"HostConfig\":{" rest "}}"

struct sent {
	const char *body, *part;
};

static void
all_send(struct body_case *c, enum endpoint_body kind, const struct sent *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		case_sends(c, kind, rows[i].body, rows[i].part);
}

struct refused {
	const char *body;
	unsigned status;
	const char *words;
};

static void
all_refused(struct body_case *c, enum endpoint_body kind, const struct refused *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		case_refused(c, kind, rows[i].body, rows[i].status, rows[i].words);
}

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* clang-format off */
static const struct sent plain_sent[] = {
	{ CREATE("\"Cmd\":\"ls\""), "\"Cmd\":[\"ls\"]" },
	{ CREATE("\"Env\":[\"A=\\u0001\"]"), "\"Env\":[\"A=\\u0001\"]" },
	{ CREATE("\"WorkingDir\":\"/a//b/./c/\""), "\"WorkingDir\":\"/a/b/c\"" },
	{ CREATE("\"WorkingDir\":\"/\""), "\"WorkingDir\":\"/\"" },
	{ CREATE("\"StopSignal\":\"SIGRTMIN+3\""), "\"StopSignal\":\"SIGRTMIN+3\"" },
	{ CREATE("\"ExposedPorts\":{\"80/tcp\":{},\"9-10/udp\":null}"), "\"ExposedPorts\":{\"80/tcp\":{},\"9-10/udp\":{}}" },
	{ CREATE("\"Labels\":{\"com.docker.compose.project\":\"p\",\"a\":null}"),
		"\"Labels\":{\"com.docker.compose.project\":\"p\",\"a\":\"\",\"fairlead.tenant\":\"acme\"" },
	{ CREATE("\"Labels\":{\"A\":\"1\",\"a\":\"2\"}"), "\"A\":\"1\",\"a\":\"2\"" },
	{ CREATE("\"hostconfig\":{\"BINDS\":[\"data:/d\"]}"), "\"HostConfig\":{\"Binds\":[\"data:/d\"]" },
	{ CREATE("\"HO\\u017ftConfig\":{\"Networ\\u212aMode\":\"none\"}"), "\"NetworkMode\":\"none\"" },
	{ HOST("\"CapDrop\":[\"all\",\"CAP_NET_RAW\"]"), "\"CapDrop\":[\"ALL\",\"NET_RAW\"]" },
	{ HOST("\"SecurityOpt\":[\"no-new-privileges:true\"]"), "\"SecurityOpt\":[\"no-new-privileges\"]" },
	{ HOST("\"Sysctls\":{\"net.core.somaxconn\":\"1024\"}"), "\"Sysctls\":{\"net.core.somaxconn\":\"1024\"}" },
	{ HOST("\"LogConfig\":{\"Type\":\"local\",\"Config\":{\"max-size\":\"10m\",\"max-file\":\"3\",\"tag\":\"a/{{.Name}}/{{ .ID }}\"}}"),
		"\"LogConfig\":{\"Type\":\"local\",\"Config\":{\"max-size\":\"10m\",\"max-file\":\"3\",\"tag\":\"a/{{.Name}}/{{ .ID }}\"}}" },
	{ HOST("\"Ulimits\":[{\"Name\":\"memlock\",\"Soft\":-1,\"Hard\":-1}]"), "{\"Name\":\"memlock\",\"Soft\":-1,\"Hard\":-1}" },
	{ HOST("\"RestartPolicy\":{\"Name\":\"on-failure\",\"MaximumRetryCount\":3}"), "{\"Name\":\"on-failure\",\"MaximumRetryCount\":3}" },
	{ HOST("\"Dns\":[\"1.1.1.1\",\"fd00::1\"]"), "\"Dns\":[\"1.1.1.1\",\"fd00::1\"]" },
	{ HOST("\"IpcMode\":\"private\",\"CgroupnsMode\":\"private\""), "\"CgroupnsMode\":\"private\",\"IpcMode\":\"private\"" },
	{ HOST("\"ConsoleSize\":[24,80]"), "\"ConsoleSize\":[24,80]" },
	{ HOST("\"MemorySwappiness\":0"), "\"MemorySwappiness\":0" },
};

static const struct refused plain_refused[] = {
	{ "", 400, "not valid JSON" },
	{ "[]", 400, "must be a JSON object" },
	{ "null", 400, "must be a JSON object" },
	{ "{}", 400, "Image: must name an image" },
	{ "{\"Image\":\"\"}", 400, "Image: must name an image" },
	{ "{\"Image\":\"i\"}{}", 400, "not valid JSON" },
	{ CREATE("\"Tty\":1"), 400, "Tty: must be true or false" },
	{ CREATE("\"Tty\":true,\"tty\":false"), 400, "tty: stands there twice" },
	{ CREATE("\"HostConfig\":{},\"Ho\\u017ftConfig\":{}"), 400, "stands there twice" },
	{ CREATE("\"HostConfig\":[1]"), 400, "HostConfig: must be an object" },
	{ CREATE("\"Env\":[1]"), 400, "Env[0]: must be a string" },
	{ CREATE("\"Env\":[\"a\\u0000\"]"), 400, "Env[0]: " },
	{ CREATE("\"User\":\"a\\nb\""), 400, "User: " },
	{ CREATE("\"WorkingDir\":\"/proc/self/fd/8\""), 403, "WorkingDir: \"/proc/self/fd/8\" is not allowed for tenant acme" },
	{ CREATE("\"WorkingDir\":\"/proc/./self\""), 403, "WorkingDir: " },
	{ CREATE("\"WorkingDir\":\"/a/../proc\""), 400, "WorkingDir: " },
	{ CREATE("\"WorkingDir\":\"a\""), 400, "WorkingDir: must be an absolute path" },
	{ CREATE("\"StopTimeout\":601"), 400, "StopTimeout: 601 is not between 0 and 600" },
	{ CREATE("\"StopTimeout\":-1"), 400, "StopTimeout: " },
	{ CREATE("\"StopSignal\":\"a b\""), 400, "StopSignal: " },
	{ CREATE("\"Healthcheck\":{\"Interval\":1000}"), 403, "Healthcheck.Interval: 1000 is not allowed" },
	{ CREATE("\"Healthcheck\":{\"Interval\":1.5e9}"), 400, "Healthcheck.Interval: " },
	{ CREATE("\"ExposedPorts\":{\"x\":{}}"), 400, "ExposedPorts.x: " },
	{ CREATE("\"Labels\":{\"com.docker.composer\":\"\"}"), 403, "Labels.com.docker.composer: not allowed" },
	{ CREATE("\"Labels\":{\"fairlead.tenant\":null}"), 403, "Labels.fairlead.tenant: " },
	{ HOST("\"Privileged\":true"), 403, "HostConfig.Privileged: not allowed for tenant acme" },
	{ HOST("\"PublishAllPorts\":true"), 403,
		"HostConfig.PublishAllPorts: not allowed for tenant acme; publish the ports one by one" },
	{ HOST("\"NetworkMode\":\"host\""), 403, "HostConfig.NetworkMode: \"host\" is not allowed for tenant acme" },
	{ HOST("\"CapDrop\":[\"a b\"]"), 400, "HostConfig.CapDrop[0]: " },
	{ HOST("\"Sysctls\":{\"net..x\":\"1\"}"), 403, "HostConfig.Sysctls.net..x: " },
	{ HOST("\"Sysctls\":{\"net.x/../../kernel.y\":\"1\"}"), 403, "HostConfig.Sysctls" },
	{ HOST("\"LogConfig\":{\"Config\":{\"max-buffer-size\":\"1g\"}}"), 400, "HostConfig.LogConfig.Config.max-buffer-size: " },
	{ HOST("\"Ulimits\":[{\"Name\":\"rtprio\",\"Soft\":1,\"Hard\":1}]"), 403, "HostConfig.Ulimits[0].Name: \"rtprio\" is not allowed" },
	{ HOST("\"Ulimits\":[{\"Name\":\"nofile\",\"Soft\":1,\"Hard\":-1}]"), 403, "HostConfig.Ulimits[0]: nofile must be 0 to 1048576" },
	{ HOST("\"LogConfig\":{\"Config\":{\"tag\":\"{{printf \\\"%999999d\\\" 1}}\"}}"), 400, "HostConfig.LogConfig.Config.tag: " },
	{ HOST("\"LogConfig\":{\"Config\":{\"tag\":\"a}}b\"}}"), 400, "HostConfig.LogConfig.Config.tag: " },
	{ HOST("\"ShmSize\":-1"), 400, "HostConfig.ShmSize: " },
	{ HOST("\"Memory\":1e9"), 400, "HostConfig.Memory: must be a whole number" },
	{ HOST("\"Memory\":99999999999999999999"), 400, "HostConfig.Memory: " },
};

static const struct sent mount_sent[] = {
	{ HOST("\"Binds\":[\"data:/d//x/:ro,z\"]"), "\"Binds\":[\"data:/d/x:ro,z\"]" },
	{ HOST("\"Binds\":[\"data:/d:rw,cached\"]"), "\"Binds\":[\"data:/d\"]" },
	{ HOST("\"Binds\":[\"/anon\"]"), "\"Mounts\":[{\"Type\":\"volume\",\"Target\":\"/anon\",\"VolumeOptions\":{\"Labels\":{\"fairlead.tenant\":\"acme\"}}}]" },
	{ CREATE("\"Volumes\":{\"/d/\":{},\"/d\":null,\"/e\":{}},\"HostConfig\":{\"Binds\":[\"data:/d\"]}"),
		"\"Mounts\":[{\"Type\":\"volume\",\"Target\":\"/e\"," },
	{ HOST("\"Mounts\":[{\"Type\":\"volume\",\"Source\":\"v1\",\"Target\":\"/h\",\"ReadOnly\":true,\"VolumeOptions\":{\"NoCopy\":true}}]"),
		"{\"Type\":\"volume\",\"Source\":\"v1\",\"Target\":\"/h\",\"ReadOnly\":true,\"VolumeOptions\":{\"NoCopy\":true}}" },
	{ HOST("\"Mounts\":[{\"Type\":\"volume\",\"Target\":\"/h\",\"VolumeOptions\":{\"Labels\":{\"a\":\"b\"}}}]"),
		"\"Labels\":{\"a\":\"b\",\"fairlead.tenant\":\"acme\"}" },
	{ HOST("\"Mounts\":[{\"Type\":\"tmpfs\",\"Target\":\"/t\",\"TmpfsOptions\":{\"SizeBytes\":1048576,\"Mode\":1023,\"Options\":[[\"noexec\"],[\"uid\",\"1\"]]}}]"),
		"\"TmpfsOptions\":{\"SizeBytes\":1048576,\"Mode\":1023,\"Options\":[[\"noexec\"],[\"uid\",\"1\"]]}" },
	{ HOST("\"Tmpfs\":{\"/t/\":\"rw,noexec,nosuid,size=65536k,mode=1777\",\"/dev/shm\":\"\"}"),
		"\"Tmpfs\":{\"/t\":\"rw,noexec,nosuid,size=65536k,mode=1777\",\"/dev/shm\":\"\"}" },
};

static const struct refused mount_refused[] = {
	{ HOST("\"Binds\":[\"data:d\"]"), 400, "HostConfig.Binds[0]: must be an absolute path" },
	{ HOST("\"Binds\":[\"data:/\"]"), 400, "HostConfig.Binds[0]: " },
	{ HOST("\"Binds\":[\"data:/proc/x\"]"), 403, "HostConfig.Binds[0]: \"/proc/x\" is not allowed" },
	{ HOST("\"Binds\":[\"data:/dev\"]"), 403, "HostConfig.Binds[0]: \"/dev\" is not allowed" },
	{ HOST("\"Binds\":[\"data:/a/../sys\"]"), 400, "HostConfig.Binds[0]: " },
	{ HOST("\"Binds\":[\"data:/d:ro:rw\"]"), 400, "HostConfig.Binds[0]: " },
	{ HOST("\"Binds\":[\"a:/d\"]"), 400, "must be a volume's name" },
	{ HOST("\"Binds\":[\"/srv:/d\"]"), 403, "HostConfig.Binds[0]: \"/srv:/d\" is not allowed" },
	{ HOST("\"Binds\":[\"\"]"), 400, "HostConfig.Binds[0]: " },
	{ HOST("\"Mounts\":[{\"Type\":\"volume\"}]"), 400, "must have a Target" },
	{ HOST("\"Mounts\":[{\"Target\":\"/x\"}]"), 400, "must have a Type" },
	{ HOST("\"Mounts\":[{\"Type\":\"tmpfs\",\"Source\":\"/etc\",\"Target\":\"/x\"}]"), 400, "HostConfig.Mounts[0].Source: " },
	{ HOST("\"Mounts\":[{\"Type\":\"volume\",\"Source\":\"/etc\",\"Target\":\"/x\"}]"), 400, "HostConfig.Mounts[0].Source: " },
	{ HOST("\"Mounts\":[{\"Type\":\"volume\",\"Source\":\"v1\",\"Target\":\"/x\",\"VolumeOptions\":{\"Subpath\":\"a\"}}]"), 400, "needs API 1.45" },
	{ HOST("\"Mounts\":[{\"Type\":\"volume\",\"Source\":\"v1\",\"Target\":\"/x\",\"VolumeOptions\":{\"Labels\":{\"fairlead.tenant\":\"b\"}}}]"), 403, "VolumeOptions.Labels.fairlead.tenant: " },
	{ HOST("\"Mounts\":[{\"Type\":\"tmpfs\",\"Target\":\"/x\",\"TmpfsOptions\":{\"Mode\":2048}}]"), 400, "TmpfsOptions.Mode: " },
	{ HOST("\"Tmpfs\":{\"/t\":\"\",\"/t/\":\"\"}"), 400, "mounted twice" },
	{ HOST("\"Tmpfs\":{\"/proc/sys\":\"\"}"), 403, "HostConfig.Tmpfs" },
	{ HOST("\"VolumesFrom\":[\"own:exec\"]"), 403, "HostConfig.VolumesFrom[0]: " },
};

static const struct sent network_sent[] = {
	{ CREATE("\"Tty\":true"), "\"HostConfig\":{\"NetworkMode\":\"bridge\"},\"NetworkingConfig\":{\"EndpointsConfig\":{\"bridge\":{\"Aliases\":[\"web\"]}}}" },
	{ HOST("\"NetworkMode\":\"none\""), "\"HostConfig\":{\"NetworkMode\":\"none\"}}" },
	{ HOST("\"NetworkMode\":\"container:own\""), "\"HostConfig\":{\"NetworkMode\":\"container:own\"}}" },
	{ HOST("\"NetworkMode\":\"net1\""), "\"EndpointsConfig\":{\"net1\":{\"Aliases\":[\"web\"]}}" },
	{ CREATE("\"NetworkingConfig\":{\"EndpointsConfig\":{\"net1\":null,\"net2\":{\"Aliases\":[\"web\",\"w\"],\"NetworkID\":\"x\"}}}"),
		"\"HostConfig\":{\"NetworkMode\":\"net1\"},\"NetworkingConfig\":{\"EndpointsConfig\":{\"net1\":{\"Aliases\":[\"web\"]},\"net2\":{\"Aliases\":[\"web\",\"w\"]}}}" },
	{ HOST("\"Links\":[\"/db:/web/alias\",\"db:alias\",\"db\"]"), "\"EndpointsConfig\":{\"bridge\":{\"Links\":[\"db:alias\",\"db:db\"],\"Aliases\":[\"web\"]}}" },
	{ CREATE("\"HostConfig\":{\"NetworkMode\":\"none\"},\"NetworkingConfig\":{\"EndpointsConfig\":{\"none\":{}}}"), "\"NetworkMode\":\"none\"}}" },
};

static const struct refused network_refused[] = {
	{ HOST("\"NetworkMode\":\"a/b\""), 400, "HostConfig.NetworkMode: " },
	{ HOST("\"NetworkMode\":\"container:\""), 400, "HostConfig.NetworkMode: " },
	{ HOST("\"NetworkMode\":\"none\",\"Links\":[\"db\"]"), 400, "HostConfig.Links: needs a network" },
	{ HOST("\"NetworkMode\":\"container:own\",\"Links\":[\"db\"]"), 400, "HostConfig.Links: needs a network" },
	{ HOST("\"Links\":[\"a b:c\"]"), 400, "HostConfig.Links[0]: " },
	{ CREATE("\"NetworkingConfig\":{\"EndpointsConfig\":{\"host\":{}}}"), 403, "EndpointsConfig.host: " },
	{ CREATE("\"NetworkingConfig\":{\"EndpointsConfig\":{\"a/b\":{}}}"), 400, "EndpointsConfig.a/b: " },
	{ CREATE("\"NetworkingConfig\":{\"EndpointsConfig\":{\"net1\":{\"Aliases\":[\"a b\"]}}}"), 400, "EndpointsConfig.net1.Aliases[0]: " },
	{ CREATE("\"NetworkingConfig\":{\"EndpointsConfig\":{\"net1\":{\"Links\":[1]}}}"), 400, "EndpointsConfig.net1.Links[0]: " },
};
/* clang-format on */

static void
plain_fields(void **state)
{
	struct body_case c;

	(void)state;
	case_init(&c);
	all_send(&c, BODY_CONTAINER_CREATE, plain_sent, COUNT(plain_sent));
	all_refused(&c, BODY_CONTAINER_CREATE, plain_refused, COUNT(plain_refused));
	case_free(&c);
}

static void
mounts(void **state)
{
	struct body_case c;

	(void)state;
	case_init(&c);
	all_send(&c, BODY_CONTAINER_CREATE, mount_sent, COUNT(mount_sent));
	all_refused(&c, BODY_CONTAINER_CREATE, mount_refused, COUNT(mount_refused));
	c.policy.minor = 45;
	case_sends(&c, BODY_CONTAINER_CREATE,
		HOST("\"Mounts\":[{\"Type\":\"volume\",\"Source\":\"v1\",\"Target\":\"/x\","
		     "\"VolumeOptions\":{\"Subpath\":\"a/b\"}}]"),
		"\"Subpath\":\"a/b\"");
	case_free(&c);
}

static void
mounts_name_volumes(void **state)
{
	struct body_case c;

	(void)state;
	case_init(&c);
	case_passes(&c, BODY_CONTAINER_CREATE,
		HOST("\"Binds\":[\"data:/d:ro\",\"0123456789abcdef0123456789abcdef0123456789abcdef"
		     "0123456789abcdef:/e\"],\"Mounts\":[{\"Type\":\"volume\",\"Source\":\"v1\","
		     "\"Target\":\"/h\"}],\"VolumesFrom\":[\"own:ro\",\"/other\"]"));
	case_names(&c, "volume! [data]:/d:ro\n");
	case_names(&c,
		"volume [0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef]:/e\n");
	case_names(&c, "volume! [v1]\n");
	case_names(&c, "container [own]:ro\n");
	case_names(&c, "container [other]\n");
	case_free(&c);
}

static void
networks(void **state)
{
	struct body_case c;

	(void)state;
	case_init(&c);
	c.policy.name = SPAN("web");
	all_send(&c, BODY_CONTAINER_CREATE, network_sent, COUNT(network_sent));
	all_refused(&c, BODY_CONTAINER_CREATE, network_refused, COUNT(network_refused));
	case_free(&c);
}

static void
networks_are_named(void **state)
{
	struct body_case c;

	(void)state;
	case_init(&c);
	case_passes(&c, BODY_CONTAINER_CREATE,
		HOST("\"NetworkMode\":\"default\",\"Links\":[\"db\"]"));
	assert_string_equal(case_text(&c.refs),
		"image [i]\nnetwork! [bridge]\nnetwork! key [bridge]\ncontainer short [db]:db\n");
	case_passes(&c, BODY_CONTAINER_CREATE, HOST("\"NetworkMode\":\"container:own\""));
	assert_string_equal(case_text(&c.refs), "image [i]\ncontainer container:[own]\n");
	case_passes(&c, BODY_CONTAINER_CREATE, HOST("\"NetworkMode\":\"none\""));
	assert_string_equal(case_text(&c.refs), "image [i]\n");
	case_free(&c);
}

static unsigned
add_image(struct body_case *c, const char *config)
{
	struct json_doc doc;
	unsigned status;

	assert_int_equal(json_parse(span_of(config), NULL, &doc, NULL), 0);
	text_clear(&c->out);
	status = body_judge_image(&c->tree, doc.root, &c->policy, &c->demand, &c->why);
	json_print(&c->out, c->tree.root);
	json_free(&doc);
	return status;
}

/* What an image declares is labelled, too, where nothing else is mounted. */
static void
volumes_of_images(void **state)
{
	static const char mount[] =
		"\"VolumeOptions\":{\"Labels\":{\"fairlead.tenant\":\"acme\"}}}";
	struct body_case c;

	(void)state;
	case_init(&c);
	case_passes(&c, BODY_CONTAINER_CREATE,
		CREATE("\"Volumes\":{\"/anon\":{}},\"HostConfig\":{\"Binds\":[\"data:/data\"],"
		       "\"Tmpfs\":{\"/t\":\"\"}}"));
	assert_int_equal(
		add_image(&c, "{\"Volumes\":{\"/data/\":{},\"/t\":{},\"/anon\":{},\"/new\":{}}}"),
		0);
	assert_int_equal(c.demand.volumes, 1);
	assert_non_null(strstr(case_text(&c.out), "{\"Type\":\"volume\",\"Target\":\"/new\","));
	assert_non_null(strstr(case_text(&c.out), mount));
	assert_null(strstr(case_text(&c.out), "\"Target\":\"/data\""));
	assert_int_equal(add_image(&c, "null"), 0);
	assert_int_equal(add_image(&c, "{\"Volumes\":{\"/dev\":{}}}"), 403);
	assert_non_null(strstr(case_text(&c.why), "the image's Volumes"));
	case_passes(&c, BODY_CONTAINER_CREATE, HOST("\"VolumesFrom\":[\"own\"]"));
	assert_int_equal(add_image(&c, "{\"Volumes\":{\"/new\":{}}}"), 0);
	assert_int_equal(c.demand.volumes, 0);
	assert_null(strstr(case_text(&c.out), "/new"));
	assert_int_equal(add_image(&c, "{\"Volumes\":{\"/dev\":{}}}"), 403);
	case_passes(&c, BODY_CONTAINER_CREATE, CREATE("\"Tty\":true"));
	assert_int_equal(add_image(&c, "{\"WorkingDir\":\"/proc/self/fd/8\"}"), 403);
	assert_non_null(strstr(case_text(&c.why),
		"the image's WorkingDir: \"/proc/self/fd/8\" is not allowed"));
	assert_int_equal(add_image(&c, "{\"WorkingDir\":\"/app\",\"Volumes\":null}"), 0);
	case_passes(&c, BODY_CONTAINER_CREATE, CREATE("\"WorkingDir\":\"/app\""));
	assert_int_equal(add_image(&c, "{\"WorkingDir\":\"/proc/self/fd/8\"}"), 0);
	case_free(&c);
}

/* The engine takes from an image's healthcheck what the body's own does not say. */
static void
healthchecks_of_images(void **state)
{
	static const char often[] =
		"{\"Healthcheck\":{\"Test\":[\"CMD\",\"x\"],\"Interval\":1000000}}";
	struct body_case c;

	(void)state;
	case_init(&c);
	case_passes(&c, BODY_CONTAINER_CREATE, CREATE("\"Tty\":true"));
	assert_int_equal(add_image(&c, often), 403);
	assert_non_null(strstr(case_text(&c.why), "the image's Healthcheck.Interval: 1000000"));
	assert_int_equal(add_image(&c, "{\"Healthcheck\":{\"StartInterval\":1}}"), 403);
	assert_int_equal(add_image(&c, "{\"Healthcheck\":{\"Interval\":100000000}}"), 0);
	assert_int_equal(add_image(&c, "{\"Healthcheck\":{\"Interval\":0}}"), 0);
	case_passes(&c, BODY_CONTAINER_CREATE,
		CREATE("\"Healthcheck\":{\"Test\":[\"CMD\",\"y\"]}"));
	assert_int_equal(add_image(&c, often), 403);
	case_passes(&c, BODY_CONTAINER_CREATE,
		CREATE("\"Healthcheck\":{\"Test\":[\"CMD\",\"y\"],\"Interval\":1000000000}"));
	assert_int_equal(add_image(&c, often), 0);
	case_free(&c);
}

static const struct body_bind folders[] = {
	{ { "/srv/read", 9 }, false },
	{ { "/srv/write", 10 }, true },
};

/* Read-only with all below; or to write, and only itself. */
static void
folders_of_the_host(void **state)
{
	struct body_case c;

	(void)state;
	case_init(&c);
	c.policy.binds = folders;
	c.policy.bind_count = COUNT(folders);
	case_sends(&c, BODY_CONTAINER_CREATE, HOST("\"Binds\":[\"/srv/read//a/:/x\"]"),
		"\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/srv/read/a\",\"Target\":\"/x\",\"ReadOnly\":true,\"BindOptions\":{\"NonRecursive\":true}}]");
	case_sends(&c, BODY_CONTAINER_CREATE, HOST("\"Binds\":[\"/srv/write:/x\"]"),
		"\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/srv/write\",\"Target\":\"/x\"}]");
	case_sends(&c, BODY_CONTAINER_CREATE, HOST("\"Binds\":[\"/srv/write:/x:ro\"]"),
		"\"ReadOnly\":true");
	case_sends(&c, BODY_CONTAINER_CREATE,
		HOST("\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/srv/read\",\"Target\":\"/x\"}]"),
		"{\"Type\":\"bind\",\"Source\":\"/srv/read\",\"Target\":\"/x\",\"ReadOnly\":true,\"BindOptions\":{\"NonRecursive\":true}}");
	case_refused(&c, BODY_CONTAINER_CREATE, HOST("\"Binds\":[\"/srv/write/a:/x\"]"), 403,
		"Binds[0]");
	case_refused(&c, BODY_CONTAINER_CREATE, HOST("\"Binds\":[\"/srv/reader:/x\"]"), 403,
		"Binds[0]");
	case_refused(&c, BODY_CONTAINER_CREATE, HOST("\"Binds\":[\"/srv:/x\"]"), 403, "Binds[0]");
	case_refused(&c, BODY_CONTAINER_CREATE, HOST("\"Binds\":[\"/srv/read/../../etc:/x\"]"), 400,
		"Binds[0]");
	case_refused(&c, BODY_CONTAINER_CREATE, HOST("\"Binds\":[\"/srv/read:/x:z\"]"), 403,
		"Binds[0]");
	case_refused(&c, BODY_CONTAINER_CREATE,
		HOST("\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/srv/read\",\"Target\":\"/x\","
		     "\"BindOptions\":{\"Propagation\":\"shared\"}}]"),
		403, "BindOptions.Propagation: \"shared\" is not allowed");
	case_refused(&c, BODY_CONTAINER_CREATE,
		HOST("\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/srv/read/new\",\"Target\":\"/x\","
		     "\"BindOptions\":{\"CreateMountpoint\":true}}]"),
		403, "BindOptions.CreateMountpoint: ");
	case_free(&c);
}

static char net_admin[] = "NET_ADMIN";
static char *capabilities[] = { net_admin, NULL };

static void
what_was_given(void **state)
{
	struct body_case c;

	(void)state;
	case_init(&c);
	c.policy.cap_add = capabilities;
	c.policy.extra_hosts = true;
	case_sends(&c, BODY_CONTAINER_CREATE, HOST("\"CapAdd\":[\"cap_net_admin\"]"),
		"\"CapAdd\":[\"NET_ADMIN\"]");
	case_refused(&c, BODY_CONTAINER_CREATE, HOST("\"CapAdd\":[\"NET_ADMIN\",\"ALL\"]"), 403,
		"CapAdd[1]");
	case_sends(&c, BODY_CONTAINER_CREATE, HOST("\"ExtraHosts\":[\"a.b=[::1]\",\"x:10.0.0.1\"]"),
		"\"ExtraHosts\":[\"a.b:::1\",\"x:10.0.0.1\"]");
	case_refused(&c, BODY_CONTAINER_CREATE, HOST("\"ExtraHosts\":[\"x:host-gateway\"]"), 403,
		"ExtraHosts[0]");
	case_refused(&c, BODY_CONTAINER_CREATE, HOST("\"ExtraHosts\":[\"x:y\"]"), 400,
		"ExtraHosts[0]");
	case_free(&c);
}

/* A port without a number is one of the tenant's: the engine chooses. */
static void
ports(void **state)
{
	struct body_case c;

	(void)state;
	case_init(&c);
	case_drops(&c, BODY_CONTAINER_CREATE,
		HOST("\"PortBindings\":{\"80/tcp\":[],\"81/tcp\":null}"), "PortBindings");
	case_refused(&c, BODY_CONTAINER_CREATE, HOST("\"PortBindings\":{\"80/tcp\":[{}]}"), 403,
		"HostConfig.PortBindings.80/tcp[0]: not allowed for tenant acme");
	c.policy.port_first = 8000;
	c.policy.port_last = 8010;
	case_sends(&c, BODY_CONTAINER_CREATE,
		HOST("\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"\",\"HostPort\":\"8001\"},{\"hostport\":\"0\"},null]}"),
		"\"PortBindings\":{\"80/tcp\":[{\"HostPort\":\"8001\"},{\"HostPort\":\"8000-8010\"},{\"HostPort\":\"8000-8010\"}]}");
	case_sends(&c, BODY_CONTAINER_CREATE,
		HOST("\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"8001-8002\"}]}"),
		"[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"8001-8002\"}]");
	case_refused(&c, BODY_CONTAINER_CREATE,
		HOST("\"PortBindings\":{\"80/tcp\":[{\"HostPort\":\"7999\"}]}"), 403,
		"HostPort: \"7999\" is not allowed for tenant acme; ports 8000 to 8010 are");
	case_refused(&c, BODY_CONTAINER_CREATE,
		HOST("\"PortBindings\":{\"80/tcp\":[{\"HostPort\":\"8005-8011\"}]}"), 403,
		"8005-8011");
	case_refused(&c, BODY_CONTAINER_CREATE,
		HOST("\"PortBindings\":{\"80/tcp\":[{\"HostPort\":\"8001\",\"hostport\":\"22\"}]}"),
		400, "twice");
	case_refused(&c, BODY_CONTAINER_CREATE,
		HOST("\"PortBindings\":{\"80/tcp\":[{\"HostPort\":8001}]}"), 400,
		"must be a string");
	case_refused(&c, BODY_CONTAINER_CREATE,
		HOST("\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"x\"}]}"), 400,
		"must be an address");
	c.policy.port_host = "10.1.1.1";
	case_sends(&c, BODY_CONTAINER_CREATE,
		HOST("\"PortBindings\":{\"80/tcp\":[{\"HostPort\":\"8001\",\"HostIp\":\"0.0.0.0\"}]}"),
		"[{\"HostIp\":\"10.1.1.1\",\"HostPort\":\"8001\"}]");
	case_refused(&c, BODY_CONTAINER_CREATE,
		HOST("\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"127.0.0.1\"}]}"), 403,
		"HostIp: \"127.0.0.1\" is not allowed for tenant acme; 10.1.1.1");
	case_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_fields),
		cmocka_unit_test(mounts),
		cmocka_unit_test(mounts_name_volumes),
		cmocka_unit_test(volumes_of_images),
		cmocka_unit_test(healthchecks_of_images),
		cmocka_unit_test(networks),
		cmocka_unit_test(networks_are_named),
		cmocka_unit_test(folders_of_the_host),
		cmocka_unit_test(what_was_given),
		cmocka_unit_test(ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
