/*
 * body_container_table: the fields of a container's Config (create and commit), one a row.
 *
 * Sources: moby api/types/container/config.go, docker_image_spec; Engine API 1.24 to 1.51.
 */
#include "format/body_judge.h"

/* clang-format off */

#define LONGEST INT64_C(1000000000000000000)

static const struct body_field healthcheck_fields[] = {
	{ .name = "Test", .read = body_read_texts, .flags = BODY_KEEP | BODY_ANY_TEXT },
	{ .name = "Interval", .read = body_read_interval, .least = BODY_HEALTH_LEAST, .most = LONGEST },
	{ .name = "Timeout", .read = body_read_interval, .least = BODY_HEALTH_LEAST, .most = LONGEST },
	{ .name = "StartPeriod", .read = body_read_interval, .least = BODY_HEALTH_LEAST, .most = LONGEST },
	{ .name = "StartInterval", .read = body_read_interval, .least = BODY_HEALTH_LEAST, .most = LONGEST },
	{ .name = "Retries", .read = body_read_number, .least = 0, .most = 1000000 },
	{ .name = NULL },
};

static const struct body_field networking_fields[] = {
	{ .name = "EndpointsConfig", .read = body_read_endpoints },
	{ .name = NULL },
};

/* Of both bodies. Entrypoint [] takes the image's away, StopTimeout 0 is no time at all. */
#define CONFIG_HEAD \
	{ .name = "Hostname", .read = body_read_text, .most = 253 }, \
	{ .name = "Domainname", .read = body_read_text, .most = 253 }, \
	{ .name = "User", .read = body_read_text, .most = 256 }, \
	{ .name = "AttachStdin", .read = body_read_bool }, \
	{ .name = "AttachStdout", .read = body_read_bool }, \
	{ .name = "AttachStderr", .read = body_read_bool }, \
	{ .name = "ExposedPorts", .read = body_read_exposed }, \
	{ .name = "Tty", .read = body_read_bool }, \
	{ .name = "OpenStdin", .read = body_read_bool }, \
	{ .name = "StdinOnce", .read = body_read_bool }, \
	{ .name = "Env", .read = body_read_texts, .flags = BODY_ANY_TEXT }, \
	{ .name = "Cmd", .read = body_read_command, .flags = BODY_ANY_TEXT }, \
	{ .name = "Healthcheck", .read = body_read_object, .fields = healthcheck_fields }, \
	{ .name = "ArgsEscaped", .read = body_read_bool }

#define CONFIG_TAIL \
	{ .name = "WorkingDir", .read = body_read_working_dir }, \
	{ .name = "Entrypoint", .read = body_read_command, .flags = BODY_KEEP | BODY_ANY_TEXT }, \
	{ .name = "NetworkDisabled", .read = body_read_bool }, \
	{ .name = "MacAddress", .read = body_refuse }, \
	{ .name = "OnBuild", .read = body_refuse }, \
	{ .name = "Labels", .read = body_read_labels }, \
	{ .name = "StopSignal", .read = body_read_signal }, \
	{ .name = "StopTimeout", .read = body_read_number, .flags = BODY_KEEP, .least = 0, .most = 600 }, \
	{ .name = "Shell", .read = body_read_texts, .flags = BODY_ANY_TEXT }

/* dockerode says in the body, too, what the query says: no engine reads it there. */
#define REPEATED(key) { .name = (key), .read = body_drop }

const struct body_field body_create_fields[] = {
	CONFIG_HEAD,
	{ .name = "Image", .read = body_read_image },
	{ .name = "Volumes", .read = body_read_volumes },
	CONFIG_TAIL,
	{ .name = "HostConfig", .read = body_read_object, .fields = body_host_fields, .flags = BODY_KEEP },
	{ .name = "NetworkingConfig", .read = body_read_object, .fields = networking_fields },
	REPEATED("name"),
	REPEATED("platform"),
	{ .name = NULL },
};

/* An image's: what it was made of is no part of it. */
const struct body_field body_commit_fields[] = {
	CONFIG_HEAD,
	{ .name = "Image", .read = body_drop },
	{ .name = "Volumes", .read = body_read_volume_set },
	CONFIG_TAIL,
	REPEATED("container"),
	REPEATED("repo"),
	REPEATED("tag"),
	REPEATED("comment"),
	REPEATED("author"),
	REPEATED("pause"),
	{ .name = NULL },
};
