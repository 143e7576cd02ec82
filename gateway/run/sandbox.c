/*
 * sandbox: who a worker becomes, and the order in which it gives things up.
 */
#include "run/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "run/sandbox_kernel.h"

#define FDS_MAX ((rlim_t)1 << 20)

static void
add_group(struct sandbox_account *a, gid_t gid)
{
	for (int i = 0; i < a->group_count; i++)
		if (a->groups[i] == gid)
			return;
	if (a->group_count < SANDBOX_MAX_GROUPS)
		a->groups[a->group_count++] = gid;
}

static int
find_user(const struct config *c, struct sandbox_account *a, struct text *errors)
{
	struct passwd *pw = getpwnam(c->user);

	if (!pw) {
		text_addf(errors, "user: there is no user \"%s\"; create it or name another\n",
			c->user);
		return -1;
	}
	a->uid = pw->pw_uid;
	a->gid = pw->pw_gid;
	int n = SANDBOX_MAX_GROUPS - 1; /* one at least is left for the engine's */
	if (getgrouplist(c->user, pw->pw_gid, a->groups, &n) < 0) {
		text_addf(errors,
			"user: \"%s\" is in more than %d groups; use a user for the gateway alone\n",
			c->user, SANDBOX_MAX_GROUPS - 1);
		return -1;
	}
	a->group_count = n;
	return 0;
}

static int
find_group(const struct config *c, struct sandbox_account *a, struct text *errors)
{
	struct group *gr = getgrnam(c->group);

	if (!gr) {
		text_addf(errors, "group: there is no group \"%s\"; create it or name another\n",
			c->group);
		return -1;
	}
	a->gid = gr->gr_gid;
	add_group(a, gr->gr_gid);
	return 0;
}

/* The group that a unix socket is opened to. */
static void
join_socket(const struct config_address *to, struct sandbox_account *a)
{
	struct stat st;

	if (!to->is_unix || a->uid == 0 || stat(to->path, &st) < 0)
		return;
	if (st.st_uid != a->uid && !(st.st_mode & S_IWOTH) && (st.st_mode & S_IWGRP) &&
		st.st_gid != 0)
		add_group(a, st.st_gid);
}

int
sandbox_account(const struct config *c, struct sandbox_account *out, struct text *errors)
{
	memset(out, 0, sizeof(*out));
	out->uid = getuid();
	out->gid = getgid();
	if (!c->user && !c->group)
		return 0;
	if (c->user && find_user(c, out, errors) < 0)
		return -1;
	if (c->group && find_group(c, out, errors) < 0)
		return -1;
	if (out->uid == getuid() && out->gid == getgid() && getuid() != 0)
		return 0;
	if (geteuid() != 0) {
		text_addf(errors,
			"%s: only root can become another; start as root or remove the option\n",
			c->user ? "user" : "group");
		return -1;
	}
	join_socket(&c->engine, out);
	for (unsigned i = 0; i < c->backend_count; i++)
		join_socket(&c->backends[i].address, out);
	out->change = true;
	return 0;
}

void
sandbox_raise_limits(const struct config *c)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) < 0)
		return;
	rlim_t want = rl.rlim_max < FDS_MAX ? rl.rlim_max : FDS_MAX;
	if (want > rl.rlim_cur) {
		rl.rlim_cur = want;
		if (setrlimit(RLIMIT_NOFILE, &rl) < 0)
			log_msg(LOG_WARN, "RLIMIT_NOFILE cannot be raised: %s", strerror(errno));
	}
	if (rl.rlim_cur / 2 < c->max_connections)
		log_msg(LOG_WARN,
			"limits.connections %llu needs about %llu descriptors and the limit is %llu; raise "
			"LimitNOFILE or lower limits.connections",
			(unsigned long long)c->max_connections, 2ULL * c->max_connections,
			(unsigned long long)rl.rlim_cur);
}

void
sandbox_drop(const struct sandbox_account *a)
{
	if (!a->change)
		return;
	if (setgroups((size_t)a->group_count, a->groups) < 0 ||
		setresgid(a->gid, a->gid, a->gid) < 0 || setresuid(a->uid, a->uid, a->uid) < 0)
		fatal("cannot become uid %u, gid %u: %s", a->uid, a->gid, strerror(errno));
	if (a->uid != 0 && (setuid(0) == 0 || seteuid(0) == 0))
		fatal("root could be had again after becoming uid %u", a->uid);
}

void
sandbox_hide_memory(void)
{
#if !defined(__SANITIZE_ADDRESS__) /* the leak check traces its own process */
	const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		fatal("core dumps cannot be turned off: %s", strerror(errno));
#endif
}

void
sandbox_enter(const struct config *c)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		fatal("no_new_privs: %s", strerror(errno));
	/* Anew: becoming another user has taken it back. */
	sandbox_hide_memory();
#if defined(__SANITIZE_ADDRESS__)
	(void)c;
	log_msg(LOG_DEBUG, "a sanitizer build has no sandbox");
#else
	if (!c->sandbox) {
		log_msg(LOG_DEBUG, "the sandbox is off");
		return;
	}
	sandbox_landlock(c);
	if (sandbox_seccomp() < 0)
		fatal("seccomp: %s; \"sandbox\": false turns the sandbox off", strerror(errno));
#endif
}
