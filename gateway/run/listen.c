/*
 * listen: which sockets a configuration asks for, and which of them are there already.
 */
#include "run/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "run/listen_open.h"

int
listen_find(const struct listen_set *set, const char *name)
{
	for (unsigned i = 0; i < set->count; i++)
		if (strcmp(set->group[i].name, name) == 0)
			return (int)i;
	return -1;
}

bool
listen_is_mine(const struct listen_group *g, unsigned i, unsigned worker, unsigned workers)
{
	if (workers == 0 || g->count == 0)
		return false;
	return i % workers == worker || (worker >= g->count && worker % g->count == i);
}

static struct listen_group *
add_group(struct listen_set *set, const char *name, bool is_admin)
{
	if (set->count == LISTEN_MAX_GROUPS)
		return NULL;
	struct listen_group *g = &set->group[set->count++];
	memset(g, 0, sizeof(*g));
	snprintf(g->name, sizeof(g->name), "%s", name);
	g->is_admin = is_admin;
	return g;
}

static void
add_socket(struct listen_group *g, int fd, bool fresh)
{
	g->socket[g->count++] = (struct listen_socket){ .fd = fd, .fresh = fresh };
}

static int
inherit_one(struct listen_set *set, int fd, struct text *errors)
{
	char name[LISTEN_NAME_SIZE];
	bool is_unix;

	if (listen_name_of(fd, name, &is_unix) < 0) {
		text_addf(errors,
			"descriptor %d from the service manager is not a listening TCP or unix stream "
			"socket; use ListenStream= with an address or a path\n",
			fd);
		return -1;
	}
	int i = listen_find(set, name);
	struct listen_group *g = i >= 0 ? &set->group[i] : add_group(set, name, is_unix);
	if (!g || g->count == LISTEN_MAX_SOCKETS) {
		text_addf(errors, "%s: the service manager hands over too many sockets\n", name);
		return -1;
	}
	if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0) {
		text_addf(errors, "%s: %s\n", name, strerror(errno));
		return -1;
	}
	add_socket(g, fd, false);
	return 0;
}

int
listen_inherit(struct listen_set *set, int first_fd, int count, struct text *errors)
{
	int result = 0;

	for (int fd = first_fd; fd < first_fd + count; fd++)
		if (inherit_one(set, fd, errors) < 0)
			result = -1;
	return result;
}

/* Takes over what is there. */
static struct listen_group *
begin_group(const struct listen_set *old, struct listen_set *next, const char *name, bool is_admin)
{
	struct listen_group *g = add_group(next, name, is_admin);
	int i = listen_find(old, name);

	if (g && i >= 0) {
		*g = old->group[i];
		for (unsigned k = 0; k < g->count; k++)
			g->socket[k].fresh = false;
	}
	return g;
}

/* The port alone, whatever the host: 0.0.0.0 and 127.0.0.1 stand in each other's way. */
static bool
has_port(const struct listen_set *set, const char *name)
{
	const char *port = strrchr(name, ':');

	for (unsigned i = 0; i < set->count; i++)
		if (!set->group[i].is_admin && strcmp(strrchr(set->group[i].name, ':'), port) == 0)
			return true;
	return false;
}

static const char *
why_no_port(int error)
{
	switch (error) {
	case EADDRINUSE:
		return "another process listens there; stop it or choose another port";
	case EADDRNOTAVAIL:
		return "this machine has no such address; choose one that it has, or 0.0.0.0";
	case EAFNOSUPPORT:
		return "this machine has no addresses of that kind; remove it from listen";
	case EACCES:
		return "this port is for root; start as root or choose one above 1023";
	default:
		return strerror(error);
	}
}

static int
prepare_tcp(const struct listen_set *old, const struct config_address *a, unsigned workers,
	struct listen_set *next, struct text *errors)
{
	struct sockaddr_storage address;
	socklen_t len;
	char name[LISTEN_NAME_SIZE];

	if (a->is_unix || listen_address(a->host, a->port, &address, &len) < 0) {
		text_addf(errors,
			"listen: \"%s\" is not a numeric IPv4 or IPv6 address with a port\n",
			a->text);
		return -1;
	}
	listen_name(&address, name);
	if (listen_find(next, name) >= 0) {
		text_addf(errors, "listen: \"%s\" stands there twice; remove one\n", a->text);
		return -1;
	}
	bool ours = has_port(old, name) || has_port(next, name);
	struct listen_group *g = begin_group(old, next, name, false);
	if (!g) {
		text_addf(errors, "listen: \"%s\" is one address too many\n", a->text);
		return -1;
	}
	/* One handed over by the service manager cannot be joined by more: it may lack SO_REUSEPORT. */
	if (g->count > 0 && !listen_is_reuseport(g->socket[0].fd))
		return 0;
	if (!ours && listen_probe(&address, len) < 0) {
		text_addf(errors, "listen: \"%s\": %s\n", a->text, why_no_port(errno));
		return -1;
	}
	while (g->count < workers && g->count < LISTEN_MAX_SOCKETS) {
		int fd = listen_open_tcp(&address, len);
		if (fd < 0) {
			text_addf(errors, "listen: \"%s\": %s\n", a->text, strerror(errno));
			return -1;
		}
		add_socket(g, fd, true);
	}
	return 0;
}

static const char *
why_no_admin(int error)
{
	switch (error) {
	case EADDRINUSE:
		return "another process answers there; stop it or choose another name";
	case EEXIST:
		return "there is something that is not a socket; remove it or choose another name";
	case ENOENT:
	case ENOTDIR:
		return "its folder is not there; make it or choose another name";
	case EACCES:
		return "its folder may not be written to; start as root or choose another name";
	default:
		return strerror(error);
	}
}

static int
prepare_admin(const struct listen_set *old, const char *path, struct listen_set *next,
	struct text *errors)
{
	if (strlen(path) >= sizeof(((struct sockaddr_un *)0)->sun_path)) {
		text_addf(errors, "admin_socket: \"%s\" is too long for a unix socket\n", path);
		return -1;
	}
	struct listen_group *g = begin_group(old, next, path, true);
	if (!g)
		return -1;
	if (g->count > 0)
		return 0;
	int fd = listen_open_unix(path);
	if (fd < 0) {
		text_addf(errors, "admin_socket: \"%s\": %s\n", path, why_no_admin(errno));
		return -1;
	}
	struct stat st;
	if (lstat(path, &st) == 0) {
		g->dev = st.st_dev;
		g->ino = st.st_ino;
	}
	add_socket(g, fd, true);
	return 0;
}

int
listen_prepare(const struct listen_set *old, const struct config *c, struct listen_set *next,
	struct text *errors)
{
	int result = 0;

	memset(next, 0, sizeof(*next));
	for (unsigned i = 0; i < c->listen_count; i++)
		if (prepare_tcp(old, &c->listen[i], c->workers, next, errors) < 0)
			result = -1;
	if (c->admin_socket && prepare_admin(old, c->admin_socket, next, errors) < 0)
		result = -1;
	if (result < 0)
		listen_abandon(next);
	return result;
}

int
listen_begin_all(const struct listen_set *next, struct text *errors)
{
	for (unsigned i = 0; i < next->count; i++) {
		const struct listen_group *g = &next->group[i];

		for (unsigned k = 0; k < g->count; k++) {
			if (g->is_admin || !g->socket[k].fresh ||
				listen_begin(g->socket[k].fd) == 0)
				continue;
			text_addf(errors, "listen: \"%s\": %s\n", g->name, strerror(errno));
			return -1;
		}
	}
	return 0;
}

/* Only if it is still the file that was made: another process may have put its own there. */
static void
remove_file(const struct listen_group *g)
{
	struct stat st;

	if (g->is_admin && g->ino && lstat(g->name, &st) == 0 && st.st_dev == g->dev &&
		st.st_ino == g->ino)
		unlink(g->name);
}

void
listen_abandon(struct listen_set *next)
{
	for (unsigned i = 0; i < next->count; i++) {
		struct listen_group *g = &next->group[i];
		for (unsigned k = 0; k < g->count; k++) {
			if (!g->socket[k].fresh)
				continue;
			remove_file(g);
			close(g->socket[k].fd);
		}
	}
	next->count = 0;
}

static void
close_group(struct listen_group *g, bool unlink_file)
{
	if (unlink_file)
		remove_file(g);
	for (unsigned k = 0; k < g->count; k++)
		close(g->socket[k].fd);
	g->count = 0;
}

void
listen_adopt(struct listen_set *old, struct listen_set *next)
{
	for (unsigned i = 0; i < old->count; i++)
		if (listen_find(next, old->group[i].name) < 0)
			close_group(&old->group[i], true);
	for (unsigned i = 0; i < next->count; i++)
		for (unsigned k = 0; k < next->group[i].count; k++)
			next->group[i].socket[k].fresh = false;
	*old = *next;
	next->count = 0;
}

void
listen_close_tcp(struct listen_set *set)
{
	for (unsigned i = 0; i < set->count; i++)
		if (!set->group[i].is_admin)
			close_group(&set->group[i], false);
}

void
listen_close(struct listen_set *set, bool unlink_files)
{
	for (unsigned i = 0; i < set->count; i++)
		close_group(&set->group[i], unlink_files);
	set->count = 0;
}
