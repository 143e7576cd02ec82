/*
 * body_judge: what the readers of single fields share. Internal to body*.c.
 */
#ifndef FAIRLEAD_FORMAT_BODY_JUDGE_H
#define FAIRLEAD_FORMAT_BODY_JUDGE_H

#include "format/body.h"

#define BODY_BAD 400
#define BODY_DENIED 403
#define BODY_MEMORY 500

/* Nanoseconds between two runs of a healthcheck. */
#define BODY_HEALTH_LEAST INT64_C(100000000)

/* One body on its way. */
struct body_judge {
	const struct body_policy *policy;
	struct json_doc *doc; /* the new tree */
	struct text path;     /* of the field at hand: "HostConfig.Mounts[0].Type" */
	struct text *why;
	struct body_demand *demand;
	/* What fields leave for the end: arrays of strings of the new document; NULL: none. */
	struct json *links;   /* of HostConfig */
	struct json *volumes; /* paths of volumes without a name */
	struct json *targets; /* paths that something is mounted on */
};

struct body_field {
	const char *name;
	/* Judges a value and adds what is to be sent to `out`: 0, or the status with its sentence. */
	int (*read)(struct body_judge *j, const struct body_field *f, const struct json *v,
		struct json *out);
	unsigned flags;
	int64_t least, most;             /* of numbers; `most` of a text's bytes, 0: 4096 */
	const char *choices;             /* with '|' between them; or what a refusal adds */
	const struct body_field *fields; /* of an object */
};

/* A value that says "not set" reaches the reader too; else it is dropped. null never does. */
#define BODY_KEEP 1u
/* Only null says "not set": [] takes the engine's default away. */
#define BODY_ABSENT 2u
/* A text may hold any character but NUL. */
#define BODY_ANY_TEXT 4u

/* The tables; a row without a name ends one. */
extern const struct body_field body_create_fields[], body_commit_fields[], body_host_fields[],
	body_update_fields[], body_network_fields[], body_connect_fields[],
	body_disconnect_fields[], body_volume_fields[], body_endpoint_fields[];

/* The path gets ".name" or "[i]"; what is returned is given back to body_leave. */
size_t body_enter(struct body_judge *j, struct span name);
size_t body_enter_item(struct body_judge *j, size_t i);
void body_leave(struct body_judge *j, size_t before);

/* The sentence behind the path, and the status. */
__attribute__((format(printf, 2, 3))) int body_bad(struct body_judge *j, const char *fmt, ...);
/* "PATH: VALUE is not allowed for tenant acme; hint". `v` and `hint` may be NULL. */
int body_denied(struct body_judge *j, const struct json *v, const char *hint);

/* Members of `v`, an object, by the table into `out`. */
int body_fields(struct body_judge *j, const struct body_field *fields, const struct json *v,
	struct json *out);
/* Puts the members of a built object into the table's order. */
void body_order(const struct body_field *fields, struct json *object);

/* Building. A node that is NULL means that memory is out: BODY_MEMORY. body_add does not look whether the key
 * is there already, body_set replaces it. */
int body_add(struct body_judge *j, struct json *out, struct span key, struct json *node);
int body_push(struct body_judge *j, struct json *array, struct json *node);
int body_set(struct body_judge *j, struct json *out, const char *key, struct json *node);
int body_set_string(struct body_judge *j, struct json *out, const char *key, struct span value);
int body_set_number(struct body_judge *j, struct json *out, const char *key, uint64_t value);
int body_set_bool(struct body_judge *j, struct json *out, const char *key, bool value);
struct json *body_string(struct body_judge *j, struct span value);
/* The object or array that is `out`'s member `key`, made when it is missing; NULL without memory. */
struct json *body_child(struct body_judge *j, struct json *out, const char *key,
	enum json_type type);
/* Tells of an object that `node` names; the names in `ref` are parts of the node's own text or key. */
int body_name(struct body_judge *j, const struct body_ref *ref);

/* Whether a text holds nothing but what is printed, and at most `most` bytes. */
bool body_is_plain(struct span s, size_t most);
/* The text of a string: checked as such, without control characters. */
int body_text(struct body_judge *j, const struct json *v, struct span *text);
/* An absolute path, cleaned as path.Clean does, into a new string; ".." is refused. */
int body_path(struct body_judge *j, struct span path, struct json **clean);
/* The same of what something is mounted on in a container. */
int body_target(struct body_judge *j, struct span path, struct json **clean);
/* Whether `s` is one of "a|b|c". */
bool body_is_one_of(struct span s, const char *choices);

/* Readers of any field (body_value.c). */
int body_read_bool(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_number(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_text(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_choice(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_texts(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_command(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_map(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_object(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_size(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_path(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_refuse(struct body_judge *, const struct body_field *, const struct json *, struct json *);
/* Dropped, whatever it is. */
int body_drop(struct body_judge *, const struct body_field *, const struct json *, struct json *);

/* Readers of Config (body_config.c). */
int body_read_labels(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_image(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_exposed(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_volumes(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_volume_set(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_signal(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_interval(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_working_dir(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);

/* Readers of HostConfig: body_host.c, */
int body_read_caps(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_drops(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_security(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_sysctls(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_log_options(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_extra_hosts(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_dns(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_ulimits(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_swappiness(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_cpuset(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
/* body_mount.c, */
int body_read_binds(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_mounts(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_tmpfs(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_tmpfs_options(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_subpath(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
/* body_port.c, */
int body_read_ports(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_host_ip(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_host_port(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
/* and body_network.c. */
int body_read_network_mode(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_volumes_from(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_links(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_endpoints(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_endpoint_links(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_aliases(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);

/* body_name.c: names of new networks and volumes, and options of networks. */
int body_read_network_name(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_network_options(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);
int body_read_volume_name(struct body_judge *, const struct body_field *, const struct json *,
	struct json *);

/* What no single field can tell, when all are read. `host` is HostConfig. */
int body_finish_network(struct body_judge *j, struct json *root, struct json *host);
/* connect's and disconnect's Container; `aliases` gets its name, too, or is NULL. */
int body_name_member(struct body_judge *j, struct json *container, struct json *aliases);
/* A name that the container has in this network, too. */
int body_add_alias(struct body_judge *j, struct json *endpoint, struct span alias);
int body_finish_mounts(struct body_judge *j, struct json *host);
int body_mark_targets(struct body_judge *j, const struct json *host);
int body_finish_quota(struct body_judge *j, struct json *host);
int body_finish_update(struct body_judge *j, struct json *update);
/* Labels of the gateway: all of a container's when it is one. `image`: as the client wrote it. */
int body_stamp_container(struct body_judge *j, struct json *labels, struct span image);
int body_stamp_owner(struct body_judge *j, struct json *labels);
int body_stamp_image(struct body_judge *j, struct json *labels);

/* "80", "8000-8010": false unless 1 <= first <= last <= 65535. */
bool body_port_range(struct span s, unsigned *first, unsigned *last);
/* "80/tcp", "8000-8010/udp", "80". */
bool body_is_port(struct span s);
/* An IPv4 or IPv6 address by its characters. */
bool body_is_address(struct span s);

#endif
