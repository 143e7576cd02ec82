/*
 * body_quota: what a container takes of its tenant's quotas: as its body says, as it gets when the body is
 * silent, and what is too much. And the bodies that are no container's.
 */
#include "body_case.h"

#define HOST(rest) "{\"Image\":\"i\",\"HostConfig\":{" rest "}}"
#define MIB (UINT64_C(1) << 20)
#define CPU UINT64_C(1000000000)

static void
limit(struct body_case *c)
{
	case_init(c);
	c->policy.memory.all = 800 * MIB;
	c->policy.nano_cpus.all = 4 * CPU;
	c->policy.pids.all = 400;
}

static void
takes(const struct body_case *c, uint64_t memory, uint64_t cpus, uint64_t pids)
{
	assert_int_equal(c->demand.memory, memory);
	assert_int_equal(c->demand.nano_cpus, cpus);
	assert_int_equal(c->demand.pids, pids);
}

static void
defaults(void **state)
{
	struct body_case c;

	(void)state;
	limit(&c);
	case_sends(&c, BODY_CONTAINER_CREATE, HOST("\"Memory\":0,\"PidsLimit\":0"),
		"\"NanoCpus\":500000000,\"PidsLimit\":50");
	takes(&c, 100 * MIB, CPU / 2, 50);
	assert_non_null(strstr(case_text(&c.out), "\"Memory\":104857600"));
	assert_non_null(strstr(case_text(&c.out),
		"\"fairlead.tenant.memory\":\"104857600\",\"fairlead.tenant.cpus\":\"500000000\","
		"\"fairlead.tenant.pids\":\"50\""));
	/* What the operator names counts instead. */
	c.policy.memory.each = 32 * MIB;
	c.policy.nano_cpus = (struct body_quota){ 0, CPU };
	c.policy.pids = (struct body_quota){ 0, 7 };
	case_passes(&c, BODY_CONTAINER_CREATE, HOST("\"Memory\":null"));
	takes(&c, 32 * MIB, CPU, 7);
	/* Never more than there is, nor less than engines take. */
	c.policy.memory = (struct body_quota){ 16 * MIB, 32 * MIB };
	c.policy.nano_cpus = (struct body_quota){ CPU / 50, 0 };
	c.policy.pids = (struct body_quota){ 3, 0 };
	case_passes(&c, BODY_CONTAINER_CREATE, HOST("\"Memory\":null"));
	takes(&c, 16 * MIB, CPU / 100, 1);
	case_free(&c);
}

static void
without_quotas(void **state)
{
	struct body_case c;

	(void)state;
	case_init(&c);
	case_sends(&c, BODY_CONTAINER_CREATE, HOST("\"MemorySwap\":-1,\"PidsLimit\":-1"),
		"\"MemorySwap\":-1,\"PidsLimit\":-1");
	takes(&c, 0, 0, 0);
	assert_null(strstr(case_text(&c.out), "\"Memory\":"));
	case_free(&c);
}

static void
too_much(void **state)
{
	struct body_case c;

	(void)state;
	limit(&c);
	case_passes(&c, BODY_CONTAINER_CREATE,
		HOST("\"Memory\":838860800,\"MemorySwap\":1677721600,\"NanoCpus\":4000000000,"
		     "\"PidsLimit\":400,\"ShmSize\":838860800"));
	takes(&c, 800 * MIB, 4 * CPU, 400);
	case_refused(&c, BODY_CONTAINER_CREATE, HOST("\"Memory\":838860801"), 403,
		"HostConfig.Memory: 838860801 is not allowed for tenant acme; quota.memory is 838860800");
	case_refused(&c, BODY_CONTAINER_CREATE, HOST("\"NanoCpus\":4000000001"), 403,
		"HostConfig.NanoCpus: 4000000001 is not allowed");
	case_refused(&c, BODY_CONTAINER_CREATE, HOST("\"PidsLimit\":401"), 403,
		"HostConfig.PidsLimit: 401");
	case_refused(&c, BODY_CONTAINER_CREATE, HOST("\"PidsLimit\":-1"), 403,
		"HostConfig.PidsLimit: -1");
	case_refused(&c, BODY_CONTAINER_CREATE, HOST("\"MemorySwap\":-1"), 403,
		"HostConfig.MemorySwap: -1");
	case_refused(&c, BODY_CONTAINER_CREATE, HOST("\"Memory\":8388608,\"MemorySwap\":16777217"),
		403, "HostConfig.MemorySwap: 16777217");
	case_refused(&c, BODY_CONTAINER_CREATE, HOST("\"Memory\":8388608,\"ShmSize\":8388609"), 403,
		"HostConfig.ShmSize: 8388609");
	case_free(&c);
}

/* CpuQuota over CpuPeriod is a number of CPUs, too. */
static void
cpu_times(void **state)
{
	struct body_case c;

	(void)state;
	limit(&c);
	case_passes(&c, BODY_CONTAINER_CREATE, HOST("\"CpuQuota\":150000"));
	takes(&c, 100 * MIB, 3 * CPU / 2, 50);
	case_passes(&c, BODY_CONTAINER_CREATE, HOST("\"CpuQuota\":1000,\"CpuPeriod\":3000"));
	takes(&c, 100 * MIB, 333333334, 50);
	case_sends(&c, BODY_CONTAINER_CREATE, HOST("\"CpuPeriod\":50000"),
		"\"CpuPeriod\":50000,\"CpuQuota\":25000");
	takes(&c, 100 * MIB, CPU / 2, 50);
	case_refused(&c, BODY_CONTAINER_CREATE, HOST("\"CpuQuota\":5000,\"CpuPeriod\":1000"), 403,
		"HostConfig.CpuQuota: 5000 is not allowed");
	case_refused(&c, BODY_CONTAINER_CREATE, HOST("\"CpuQuota\":65536000000,\"CpuPeriod\":1000"),
		403, "HostConfig.CpuQuota: ");
	case_refused(&c, BODY_CONTAINER_CREATE, HOST("\"NanoCpus\":1000000000,\"CpuQuota\":100000"),
		400, "HostConfig.NanoCpus: cannot be set with");
	case_free(&c);
}

static void
updates(void **state)
{
	struct body_case c;

	(void)state;
	limit(&c);
	case_sends(&c, BODY_CONTAINER_UPDATE, "{\"Memory\":67108864,\"MemorySwap\":67108864}",
		"{\"Memory\":67108864,\"MemorySwap\":67108864}");
	takes(&c, 64 * MIB, 0, 0);
	case_sends(&c, BODY_CONTAINER_UPDATE, "{\"RestartPolicy\":{\"Name\":\"always\"}}",
		"{\"RestartPolicy\":{\"Name\":\"always\"}}");
	takes(&c, 0, 0, 0);
	case_passes(&c, BODY_CONTAINER_UPDATE, "{\"CpuQuota\":100000,\"CpuPeriod\":50000}");
	takes(&c, 0, 2 * CPU, 0);
	case_refused(&c, BODY_CONTAINER_UPDATE, "{\"CpuQuota\":100000}", 403,
		"CpuQuota: not allowed");
	case_refused(&c, BODY_CONTAINER_UPDATE, "{\"CpuPeriod\":1000}", 403,
		"CpuPeriod: not allowed");
	case_refused(&c, BODY_CONTAINER_UPDATE, "{\"PidsLimit\":-1}", 403, "PidsLimit: -1");
	case_refused(&c, BODY_CONTAINER_UPDATE, "{\"MemorySwap\":-1}", 403, "MemorySwap: -1");
	case_refused(&c, BODY_CONTAINER_UPDATE, "{\"MemorySwap\":67108864}", 403,
		"give both Memory and MemorySwap");
	case_refused(&c, BODY_CONTAINER_UPDATE, "{\"Memory\":67108864,\"MemorySwap\":134217729}",
		403, "MemorySwap: 134217729");
	case_refused(&c, BODY_CONTAINER_UPDATE, "{\"Memory\":838860801}", 403, "Memory: 838860801");
	case_refused(&c, BODY_CONTAINER_UPDATE, "", 400, "not valid JSON");
	case_free(&c);
	case_init(&c);
	case_sends(&c, BODY_CONTAINER_UPDATE, "{\"CpuQuota\":100000}", "{\"CpuQuota\":100000}");
	case_free(&c);
}

static void
networks(void **state)
{
	struct body_case c;

	(void)state;
	case_init(&c);
	case_passes(&c, BODY_NETWORK_CREATE,
		"{\"Name\":\"net1\",\"Internal\":true,\"Attachable\":true,\"Labels\":{\"a\":\"b\"},"
		"\"IPAM\":{\"Driver\":\"default\",\"Config\":[]},\"ConfigFrom\":{\"Network\":\"\"},"
		"\"Options\":{\"com.docker.network.driver.mtu\":\"1400\"}}");
	assert_string_equal(case_text(&c.out),
		"{\"Name\":\"acme--net1\",\"CheckDuplicate\":true,\"Driver\":\"bridge\","
		"\"IPAM\":{\"Driver\":\"default\"},\"Internal\":true,"
		"\"Options\":{\"com.docker.network.driver.mtu\":\"1400\"},"
		"\"Labels\":{\"a\":\"b\",\"fairlead.tenant\":\"acme\"}}");
	case_refused(&c, BODY_NETWORK_CREATE, "{}", 400, "Name: must name the network");
	case_refused(&c, BODY_NETWORK_CREATE, "{\"Name\":\"bridge\"}", 403,
		"Name: \"bridge\" is not allowed");
	case_refused(&c, BODY_NETWORK_CREATE, "{\"Name\":\"a/b\"}", 400, "Name: ");
	case_refused(&c, BODY_NETWORK_CREATE,
		"{\"Name\":\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}",
		400, "Name: ");
	case_refused(&c, BODY_NETWORK_CREATE,
		"{\"Name\":\"net1\",\"Options\":{\"com.docker.network.driver.mtu\":\"x\"}}", 400,
		"Options.com.docker.network.driver.mtu: ");
	case_passes(&c, BODY_NETWORK_CONNECT,
		"{\"Container\":\"web\",\"EndpointConfig\":{\"Aliases\":[\"a\"],\"IPAMConfig\":{}}}");
	assert_string_equal(case_text(&c.out),
		"{\"Container\":\"web\",\"EndpointConfig\":{\"Aliases\":[\"a\"]}}");
	assert_string_equal(case_text(&c.refs), "container named [web]\n");
	case_refused(&c, BODY_NETWORK_CONNECT,
		"{\"Container\":\"web\",\"EndpointConfig\":{\"IPAMConfig\":{\"IPv4Address\":\"10.0.0.9\"}}}",
		403, "EndpointConfig.IPAMConfig.IPv4Address: \"10.0.0.9\" is not allowed");
	case_refused(&c, BODY_NETWORK_CONNECT, "{}", 400, "Container: must name a container");
	case_sends(&c, BODY_NETWORK_DISCONNECT, "{\"Container\":\"web\",\"Force\":true}",
		"{\"Container\":\"web\",\"Force\":true}");
	case_free(&c);
}

static void
volumes(void **state)
{
	struct body_case c;

	(void)state;
	case_init(&c);
	case_passes(&c, BODY_VOLUME_CREATE, "{\"Name\":\"data\",\"Labels\":{\"a\":\"b\"}}");
	assert_string_equal(case_text(&c.out),
		"{\"Name\":\"acme--data\",\"Driver\":\"local\","
		"\"Labels\":{\"a\":\"b\",\"fairlead.tenant\":\"acme\"}}");
	case_passes(&c, BODY_VOLUME_CREATE, "");
	assert_string_equal(case_text(&c.out),
		"{\"Driver\":\"local\",\"Labels\":{\"fairlead.tenant\":\"acme\"}}");
	case_refused(&c, BODY_VOLUME_CREATE, "{\"Name\":\"../x\"}", 400, "Name: ");
	case_refused(&c, BODY_VOLUME_CREATE, "{\"Name\":\"a\"}", 400, "Name: ");
	case_free(&c);
}

/* An image has its owner in a label of its own: containers inherit an image's labels. */
static void
commits(void **state)
{
	static const char *const nothing[] = { "", "null", "null\n", "{}",
		"{\"repo\":\"app\",\"tag\":\"1\",\"container\":\"x\"}" };
	struct body_case c;

	(void)state;
	case_init(&c);
	for (size_t i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++) {
		case_passes(&c, BODY_COMMIT, nothing[i]);
		assert_string_equal(case_text(&c.out),
			"{\"Labels\":{\"fairlead.tenant.image\":\"acme\"}}");
	}
	case_sends(&c, BODY_COMMIT, "{\"Cmd\":[\"a\"],\"Volumes\":{\"/v/\":{}},\"Image\":\"x\"}",
		"{\"Cmd\":[\"a\"],\"Volumes\":{\"/v\":{}},\"Labels\":");
	assert_int_equal(c.refs.len, 0);
	case_refused(&c, BODY_COMMIT, "{\"Labels\":{\"fairlead.tenant.image\":\"beta\"}}", 403,
		"Labels");
	case_refused(&c, BODY_COMMIT, "{\"OnBuild\":[\"RUN x\"]}", 403, "OnBuild");
	case_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(without_quotas),
		cmocka_unit_test(too_much),
		cmocka_unit_test(cpu_times),
		cmocka_unit_test(updates),
		cmocka_unit_test(networks),
		cmocka_unit_test(volumes),
		cmocka_unit_test(commits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
