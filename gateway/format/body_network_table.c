/*
 * body_network_table: the fields of the bodies that make networks and volumes, and connect containers.
 *
 * Sources: moby api/types/network, api/types/volume; Engine API 1.24 to 1.51.
 */
#include "format/body_judge.h"

/* clang-format off */

static const struct body_field address_fields[] = {
	{ .name = "IPv4Address", .read = body_refuse },
	{ .name = "IPv6Address", .read = body_refuse },
	{ .name = "LinkLocalIPs", .read = body_refuse },
	{ .name = NULL },
};

/* What the engine fills in itself is dropped: clients send back what an inspect told them. */
const struct body_field body_endpoint_fields[] = {
	{ .name = "IPAMConfig", .read = body_read_object, .fields = address_fields },
	{ .name = "Links", .read = body_read_endpoint_links },
	{ .name = "Aliases", .read = body_read_aliases },
	{ .name = "MacAddress", .read = body_refuse },
	{ .name = "DriverOpts", .read = body_refuse },
	{ .name = "GwPriority", .read = body_refuse },
	{ .name = "NetworkID", .read = body_drop },
	{ .name = "EndpointID", .read = body_drop },
	{ .name = "Gateway", .read = body_drop },
	{ .name = "IPAddress", .read = body_drop },
	{ .name = "IPPrefixLen", .read = body_drop },
	{ .name = "IPv6Gateway", .read = body_drop },
	{ .name = "GlobalIPv6Address", .read = body_drop },
	{ .name = "GlobalIPv6PrefixLen", .read = body_drop },
	{ .name = "DNSNames", .read = body_drop },
	{ .name = NULL },
};

static const struct body_field ipam_fields[] = {
	{ .name = "Driver", .read = body_read_choice, .choices = "default" },
	{ .name = "Config", .read = body_refuse, .choices = "the engine chooses the addresses" },
	{ .name = "Options", .read = body_refuse },
	{ .name = NULL },
};

/* Clients send {"Network": ""}. */
static const struct body_field config_from_fields[] = {
	{ .name = "Network", .read = body_refuse },
	{ .name = NULL },
};

/* Attachable says nothing of a bridge; Compose sends it with each. CheckDuplicate is always sent. */
const struct body_field body_network_fields[] = {
	{ .name = "Name", .read = body_read_network_name },
	{ .name = "CheckDuplicate", .read = body_drop },
	{ .name = "Driver", .read = body_read_choice, .choices = "bridge" },
	{ .name = "Scope", .read = body_read_choice, .choices = "local" },
	{ .name = "EnableIPv4", .read = body_read_bool, .flags = BODY_KEEP },
	{ .name = "EnableIPv6", .read = body_read_bool, .flags = BODY_KEEP },
	{ .name = "IPAM", .read = body_read_object, .fields = ipam_fields },
	{ .name = "Internal", .read = body_read_bool },
	{ .name = "Attachable", .read = body_drop },
	{ .name = "Ingress", .read = body_refuse },
	{ .name = "ConfigOnly", .read = body_refuse },
	{ .name = "ConfigFrom", .read = body_read_object, .fields = config_from_fields },
	{ .name = "Options", .read = body_read_network_options,
		.choices = "com.docker.network.bridge.enable_icc|com.docker.network.bridge.enable_ip_masquerade|"
			   "com.docker.network.driver.mtu" },
	{ .name = "Labels", .read = body_read_labels },
	{ .name = NULL },
};

const struct body_field body_connect_fields[] = {
	{ .name = "Container", .read = body_read_text, .most = 256 },
	{ .name = "EndpointConfig", .read = body_read_object, .fields = body_endpoint_fields },
	{ .name = NULL },
};

const struct body_field body_disconnect_fields[] = {
	{ .name = "Container", .read = body_read_text, .most = 256 },
	{ .name = "Force", .read = body_read_bool },
	{ .name = NULL },
};

const struct body_field body_volume_fields[] = {
	{ .name = "Name", .read = body_read_volume_name },
	{ .name = "Driver", .read = body_read_choice, .choices = "local" },
	{ .name = "DriverOpts", .read = body_refuse, .choices = "they lead to the host" },
	{ .name = "Labels", .read = body_read_labels },
	{ .name = "ClusterVolumeSpec", .read = body_refuse },
	{ .name = NULL },
};
