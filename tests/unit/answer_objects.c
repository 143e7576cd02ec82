/*
 * Tests of format/answer on networks and volumes: answers of Engine 20.10 (data/answer), and what newer ones add.
 */
#include "answer_tree.h"

#define WEB "9e3b788d670de1f9015910f3a37fb7a3a959ceb815974fa184d1c01cf23c1c27"
#define BETAS "ec2e8c1e02483475fb05be5f3cb86689166eeb2879232acd36cf81a1c0e4d5b3"
#define ID "415e76f417c64c70a4c68533e3599258c4c2ab5b752125c5f34d47ad7f4a5610"
#define OWNED "\"Labels\":{\"fairlead.tenant\":\"acme\"}"

static const struct image_space images = { .tenant = { "acme", 4 } };

static enum answer_owner
owner_of(const void *arg, struct span id)
{
	(void)arg;
	if (span_eq(id, SPAN(BETAS)))
		return ANSWER_OWNER_OTHER;
	return span_eq(id, SPAN(WEB)) ? ANSWER_OWNER_SELF : ANSWER_OWNER_UNKNOWN;
}

static const struct answer_view view = { .tenant = { "acme", 4 },
	.owner_label = "fairlead.tenant",
	.images = &images,
	.owner = owner_of };

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
networks_are_the_tenants(void **state)
{
	(void)state;
	struct json_doc doc = load("networks");
	const struct json *none = doc.root->first->next;

	for (struct json *v = doc.root->first; v != doc.root->last; v = v->next)
		assert_int_equal(answer_network(&view, &doc, v), ANSWER_FOREIGN);
	assert_member(none, "Name", "\"none\"");
	assert_int_equal(answer_network(&view, &doc, doc.root->last), ANSWER_SHOWN);
	assert_json(doc.root->last,
		"{\"Name\":\"net1\",\"Id\":\"" ID
		"\",\"Created\":\"2026-11-25T19:14:45.993021127Z\",\"Scope\":\"local\","
		"\"Driver\":\"bridge\",\"EnableIPv6\":false,\"IPAM\":{\"Driver\":\"default\",\"Options\":{},"
		"\"Config\":[{\"Subnet\":\"172.17.0.0/16\",\"Gateway\":\"172.17.0.1\"}]},\"Internal\":false,"
		"\"Attachable\":false,\"Ingress\":false,\"ConfigFrom\":{\"Network\":\"\"},\"ConfigOnly\":false,"
		"\"Containers\":{},\"Options\":{},\"Labels\":{}}");
	json_free(&doc);
}

static void
networks_show_the_tenants_containers(void **state)
{
	(void)state;
	struct json_doc doc = load("network");

	assert_int_equal(answer_network(&view, &doc, doc.root), ANSWER_SHOWN);
	assert_member(doc.root, "Containers",
		"{\"" WEB
		"\":{\"Name\":\"web\",\"EndpointID\":\"e88d26df98ae2151f297ef297eaa7eb59b8911d91231b0821b5a458a656945ac\","
		"\"MacAddress\":\"02:42:ac:11:00:02\",\"IPv4Address\":\"172.17.0.2/16\",\"IPv6Address\":\"\"}}");
	json_free(&doc);
	/* One made by the operator has no prefix: it is known by its id, or not at all. */
	shows(answer_network,
		"{" OWNED ",\"Containers\":{\"" WEB "\":{\"Name\":\"given\"},\"" ID
		"\":{\"Name\":\"plain\"},\"x\":{\"Name\":7},\"y\":[]}}",
		ANSWER_SHOWN, "{\"Labels\":{},\"Containers\":{\"" WEB "\":{\"Name\":\"given\"}}}");
	shows(answer_network, "{" OWNED ",\"Containers\":null}", ANSWER_SHOWN,
		"{\"Labels\":{},\"Containers\":null}");
}

static void
networks_hide_the_host(void **state)
{
	(void)state;
	shows(answer_network,
		"{\"Name\":\"given\",\"EnableIPv4\":true,\"ConfigFrom\":{\"Network\":\"rack\"},"
		"\"Options\":{\"parent\":\"eth0.7\",\"com.docker.network.bridge.name\":\"br-acme\",\"com.docker.network.driver.mtu\":\"1400\"},"
		"\"Peers\":[{\"Name\":\"node\",\"IP\":\"10.0.0.1\"}],\"Services\":{\"db\":{}},"
		"\"Status\":{\"IPAM\":{\"Subnets\":{\"10.1.0.0/16\":{\"IPsInUse\":9}}}},\"Invented\":1," OWNED
		"}",
		ANSWER_SHOWN,
		"{\"Name\":\"given\",\"EnableIPv4\":true,\"ConfigFrom\":{\"Network\":\"\"},"
		"\"Options\":{\"parent\":\"\",\"com.docker.network.bridge.name\":\"\",\"com.docker.network.driver.mtu\":\"1400\"},"
		"\"Labels\":{}}");
}

static void
created_networks_warn_in_the_tenants_words(void **state)
{
	(void)state;
	shows(answer_network_created, "{\"Id\":\"" ID "\",\"Warning\":\"\"}", ANSWER_SHOWN,
		"{\"Id\":\"" ID "\",\"Warning\":\"\"}");
	shows(answer_network_created,
		"{\"Id\":\"" ID "\",\"Warning\":\"Network with name acme--net1 (id : " BETAS
		") already exists\",\"Invented\":1}",
		ANSWER_SHOWN,
		"{\"Id\":\"" ID
		"\",\"Warning\":\"Network with name net1 (id : <hidden>) already exists\"}");
	shows(answer_network_created, "[]", ANSWER_UNREADABLE, NULL);
}

static void
the_label_alone_tells_the_owner(void **state)
{
	(void)state;
	static answer_show_fn *const all[] = { answer_network, answer_volume };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		shows(all[i], "{\"Name\":\"acme--x\"}", ANSWER_FOREIGN, NULL);
		shows(all[i], "{\"Name\":\"acme--x\",\"Labels\":null}", ANSWER_FOREIGN, NULL);
		shows(all[i], "{\"Name\":\"acme--x\",\"Labels\":{\"fairlead.tenant\":\"beta\"}}",
			ANSWER_FOREIGN, NULL);
		shows(all[i], "{\"Name\":\"acme--x\",\"Labels\":{\"fairlead.tenant.x\":\"acme\"}}",
			ANSWER_FOREIGN, NULL);
		shows(all[i], "[]", ANSWER_UNREADABLE, NULL);
		shows(all[i], "null", ANSWER_UNREADABLE, NULL);
	}
}

static void
volumes_are_the_tenants(void **state)
{
	(void)state;
	struct json_doc doc = load("volumes");

	assert_int_equal(answer_volume_list(&view, &doc, doc.root), ANSWER_SHOWN);
	assert_json(doc.root,
		"{\"Volumes\":[{\"CreatedAt\":\"2026-11-25T19:14:46Z\",\"Driver\":\"local\",\"Labels\":{\"a\":\"b\"},"
		"\"Mountpoint\":\"\",\"Name\":\"data\",\"Options\":null,\"Scope\":\"local\"}],\"Warnings\":null}");
	json_free(&doc);
	shows(answer_volume_list,
		"{\"Volumes\":null,\"Warnings\":[\"plugin 10.0.0.1 is down\"],\"Invented\":1}",
		ANSWER_SHOWN, "{\"Volumes\":null,\"Warnings\":[]}");
	shows(answer_volume_list, "{}", ANSWER_SHOWN, "{}");
}

static void
lists_of_another_form_are_not_shown(void **state)
{
	(void)state;
	shows(answer_volume_list, "{\"Volumes\":{\"a\":{" OWNED "}}}", ANSWER_UNREADABLE, NULL);
	/* Made by the engine when a container was created: a folder in the tenant's namespace, and nothing else. */
	shows(answer_volume_list,
		"{\"Volumes\":[{\"Driver\":\"local\",\"Labels\":null,\"Name\":\"acme--a\",\"Options\":null},"
		"{\"Driver\":\"local\",\"Labels\":null,\"Name\":\"b\",\"Options\":null},"
		"{\"Driver\":\"local\",\"Labels\":null,\"Name\":\"beta--c\",\"Options\":null},"
		"{\"Driver\":\"nfs\",\"Labels\":null,\"Name\":\"acme--d\",\"Options\":null},"
		"{\"Driver\":\"local\",\"Labels\":null,\"Name\":\"acme--e\",\"Options\":{\"device\":\"/\"}},"
		"{\"Driver\":\"local\",\"Labels\":{\"fairlead.tenant\":\"beta\"},\"Name\":\"acme--f\"}]}",
		ANSWER_SHOWN,
		"{\"Volumes\":[{\"Driver\":\"local\",\"Labels\":null,\"Name\":\"a\",\"Options\":null}]}");
	shows(answer_volume_list, "{\"Volumes\":[7]}", ANSWER_UNREADABLE, NULL);
	shows(answer_volume_list, "[{" OWNED "}]", ANSWER_UNREADABLE, NULL);
}

static void
volumes_hide_the_host(void **state)
{
	(void)state;
	shows(answer_volume,
		"{\"Name\":\"acme--data\",\"Mountpoint\":{\"p\":\"/x\"},\"Status\":{\"host\":\"10.0.0.1\"},"
		"\"ClusterVolume\":{},\"Options\":{\"o\":\"addr=10.0.0.1,password=hush\"},"
		"\"UsageData\":{\"RefCount\":1,\"Size\":5}," OWNED "}",
		ANSWER_SHOWN,
		"{\"Name\":\"data\",\"Mountpoint\":{},\"Options\":{},\"UsageData\":{\"RefCount\":1,\"Size\":5},\"Labels\":{}}");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(networks_are_the_tenants),
		cmocka_unit_test(networks_show_the_tenants_containers),
		cmocka_unit_test(networks_hide_the_host),
		cmocka_unit_test(created_networks_warn_in_the_tenants_words),
		cmocka_unit_test(the_label_alone_tells_the_owner),
		cmocka_unit_test(volumes_are_the_tenants),
		cmocka_unit_test(lists_of_another_form_are_not_shown),
		cmocka_unit_test(volumes_hide_the_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
