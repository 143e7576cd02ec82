/*
 * sandbox_landlock: takes the file system away, and TCP but to the engine and the backends.
 *
 * connect() to a unix socket by its path is no file access for Landlock, so
 * those stay reachable. The numbers are the kernel's (linux/landlock.h); they
 * stand here because the build's headers may know fewer than the kernel that runs.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "run/sandbox_kernel.h"

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

#define CREATE_RULESET_VERSION 1U
#define RULE_NET_PORT 2
#define NET_BIND_TCP (UINT64_C(1) << 0)
#define NET_CONNECT_TCP (UINT64_C(1) << 1)
#define SCOPE_ABSTRACT_UNIX_SOCKET (UINT64_C(1) << 0)
#define SCOPE_SIGNAL (UINT64_C(1) << 1)

struct ruleset {
	uint64_t access_fs;
	uint64_t access_net; /* from version 4 */
	uint64_t scoped;     /* from version 6 */
};

struct net_port {
	uint64_t access;
	uint64_t port;
} __attribute__((packed));

/* All rights that a version knows, execute to ioctl on devices: nothing is allowed. */
static uint64_t
all_file_rights(long version)
{
	static const unsigned rights[] = { 0, 13, 14, 15, 15, 16 };
	size_t last = sizeof(rights) / sizeof(rights[0]) - 1;

	return (UINT64_C(1) << rights[(size_t)version < last ? (size_t)version : last]) - 1;
}

static int
allow_port(int ruleset, const struct config_address *to)
{
	struct net_port rule = { .access = NET_CONNECT_TCP, .port = to->port };

	if (to->is_unix)
		return 0;
	return (int)syscall(SYS_landlock_add_rule, ruleset, RULE_NET_PORT, &rule, 0U);
}

static int
allow_ports(int ruleset, const struct config *c)
{
	int r = allow_port(ruleset, &c->engine);

	for (unsigned i = 0; r == 0 && i < c->backend_count; i++)
		r = allow_port(ruleset, &c->backends[i].address);
	return r;
}

void
sandbox_landlock(const struct config *c)
{
	struct ruleset r = { 0 };
	long version =
		syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, CREATE_RULESET_VERSION);

	if (version < 1) {
		log_msg(LOG_DEBUG, "this kernel has no Landlock: %s", strerror(errno));
		return;
	}
	r.access_fs = all_file_rights(version);
	if (version >= 4)
		r.access_net = NET_BIND_TCP | NET_CONNECT_TCP;
	else
		log_msg(LOG_DEBUG, "Landlock version %ld cannot restrict TCP", version);
	if (version >= 6)
		r.scoped = SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL;
	size_t size = version >= 6 ? sizeof(r)
		: version >= 4     ? 2 * sizeof(uint64_t)
				   : sizeof(uint64_t);
	int fd = (int)syscall(SYS_landlock_create_ruleset, &r, size, 0U);
	if (fd < 0 || (version >= 4 && allow_ports(fd, c) < 0) ||
		syscall(SYS_landlock_restrict_self, fd, 0U) < 0)
		fatal("Landlock version %ld: %s; \"sandbox\": false turns the sandbox off", version,
			strerror(errno));
	close(fd);
}
